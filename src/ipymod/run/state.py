"""The state of a process that a module may change, and how each part of it is put back.

Every function named after a part reads it at once and returns the call that puts it back. What
nothing can put back is listed in `ipymod.run.inprocess`.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import decimal
import gc
import linecache
import locale
import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any

Restore = Callable[[], object]

_ABSENT: Any = object()

# Names that a module rebinds. What it appends to the first three is handled by `_lists`.
_ATTRIBUTES: tuple[tuple[Any, str], ...] = (
    (sys, "path"),
    (sys, "meta_path"),
    (sys, "path_hooks"),
    (sys, "argv"),
    (sys, "stdin"),
    (sys, "stdout"),
    (sys, "stderr"),
    (sys, "displayhook"),
    (sys, "excepthook"),
    (sys, "unraisablehook"),
    (sys, "breakpointhook"),
    (sys, "tracebacklimit"),
    (threading, "excepthook"),
    (os, "environ"),
)

# One key of a dictionary that is otherwise left alone.
_ENTRIES: tuple[tuple[MutableMapping[str, Any], str], ...] = (
    (sys.modules, "__main__"),
    (linecache.cache, "<stdin>"),
)


def _folder() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:  # it was removed
        return None


def _change_folder(folder: str | None) -> None:
    with contextlib.suppress(OSError):  # the module may have removed it
        if folder is not None:
            os.chdir(folder)


# What only a pair of functions reads and sets.
_SETTINGS: tuple[tuple[Callable[[], Any], Callable[..., object]], ...] = (
    (_folder, _change_folder),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (sys.getswitchinterval, sys.setswitchinterval),
    (socket.getdefaulttimeout, socket.setdefaulttimeout),
    (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    (partial(locale.setlocale, locale.LC_ALL), partial(locale.setlocale, locale.LC_ALL)),
    (threading.getprofile, threading.setprofile),
    (threading.gettrace, threading.settrace),
    (sys.getprofile, sys.setprofile),
    (sys.gettrace, sys.settrace),
)


@contextlib.contextmanager
def kept_state() -> Iterator[None]:
    """Put everything back at the end, whatever happens in between.

    State belongs to the whole process: what another thread changes meanwhile is undone too.
    The module finds no running event loop and a fresh loop policy, as a new process has them;
    signal handlers can be kept on the main thread alone.
    """
    with contextlib.ExitStack() as stack:
        for part in _PARTS:
            stack.callback(part())
        for setting in _SETTINGS:
            stack.callback(_setting(*setting))
        for context in (warnings.catch_warnings, decimal.localcontext, _no_event_loop):
            stack.enter_context(context())
        stack.callback(_captured_warnings())
        # Last in, first out: what follows needs `print` and its like to be the real ones.
        stack.callback(_mapping(vars(builtins)))
        yield


def _setting(read: Callable[[], Any], write: Callable[..., object]) -> Restore:
    before = read()

    def restore() -> None:
        if read() != before:  # setting a tracer anew, even the same one, confuses debuggers
            write(before)

    return restore


def _attributes() -> Restore:
    before = [(place, name, getattr(place, name, _ABSENT)) for place, name in _ATTRIBUTES]

    def restore() -> None:
        for place, name, value in before:
            if value is not _ABSENT:
                setattr(place, name, value)
            elif hasattr(place, name):
                delattr(place, name)

    return restore


def _entries() -> Restore:
    before = [(place, key, place.get(key, _ABSENT)) for place, key in _ENTRIES]

    def restore() -> None:
        for place, key, value in before:
            _put(place, key, value)

    return restore


def _put(place: MutableMapping[str, Any], key: str, value: Any) -> None:
    if value is _ABSENT:
        place.pop(key, None)
    elif place.get(key, _ABSENT) is not value:
        place[key] = value


def _mapping(place: MutableMapping[str, Any]) -> Restore:
    before = dict(place)

    def restore() -> None:
        for key in before.keys() | place.keys():
            _put(place, key, before.get(key, _ABSENT))

    return restore


def _lists() -> Restore:
    """Others hold on to these lists, so they stay the same objects."""
    places: list[Any] = [sys.path, sys.meta_path, sys.path_hooks]
    before = [(place, list(place)) for place in places]

    def restore() -> None:
        for place, content in before:
            place[:] = content

    return restore


def _variables() -> Restore:
    restore_all, before = _mapping(os.environ), dict(os.environ)

    def restore() -> None:
        zone = os.environ.get("TZ")
        if os.environ != before:
            restore_all()
        if zone != before.get("TZ") and hasattr(time, "tzset"):
            time.tzset()

    return restore


def _umask() -> Restore:
    before = os.umask(0o077)  # only setting reads it; the strict value harms no other thread
    os.umask(before)
    return partial(os.umask, before)


def _loggers() -> Restore:
    """`dictConfig` disables every logger there is, so the root is not enough."""
    root, disabled = logging.root, logging.root.manager.disable
    known = [root, *(x for x in root.manager.loggerDict.values() if isinstance(x, logging.Logger))]
    restores = [_logger(logger) for logger in known]

    def restore() -> None:
        for restore_one in restores:
            restore_one()
        logging.disable(disabled)

    return restore


def _logger(logger: logging.Logger) -> Restore:
    handlers, filters, level = list(logger.handlers), list(logger.filters), logger.level
    disabled, propagate = logger.disabled, logger.propagate

    def restore() -> None:
        logger.handlers[:], logger.filters[:] = handlers, filters
        logger.disabled, logger.propagate = disabled, propagate
        if logger.level != level:
            logger.setLevel(level)  # empties the caches of `isEnabledFor` as well

    return restore


def _captured_warnings() -> Restore:
    """`logging` remembers that it captures, and would do nothing when asked a second time."""
    before = _capturing()

    def restore() -> None:
        if _capturing() and not before:
            logging.captureWarnings(capture=False)

    return restore


def _capturing() -> bool:
    return getattr(warnings.showwarning, "__module__", None) == logging.__name__


def _signals() -> Restore:
    if threading.current_thread() is not threading.main_thread():
        return _nothing  # Python sets handlers on the main thread alone
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def restore() -> None:
        for number, handler in before.items():
            # None stands for a handler of C, which cannot be set from here
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)

    return restore


def _wakeup_fd() -> Restore:
    """`asyncio.run` takes it away from the loop of a kernel that handles signals itself."""
    if threading.current_thread() is not threading.main_thread():
        return _nothing
    before = signal.set_wakeup_fd(-1)

    def restore() -> None:
        with contextlib.suppress(OSError, ValueError):  # closed meanwhile
            signal.set_wakeup_fd(before, warn_on_full_buffer=False)

    restore()
    return restore


def _alarm() -> Restore:
    """An alarm of the module that rings after its handler is gone would kill the kernel."""
    if sys.platform == "win32" or not hasattr(signal, "setitimer"):  # Pyodide has none either
        return _nothing
    (left, interval), begin = signal.getitimer(signal.ITIMER_REAL), time.monotonic()

    def restore() -> None:
        still_left = max(left - (time.monotonic() - begin), 0.001) if left else 0
        signal.setitimer(signal.ITIMER_REAL, still_left, interval)

    return restore


def _nothing() -> None:
    """Put nothing back."""


@contextlib.contextmanager
def _no_event_loop() -> Iterator[None]:
    """Hide the kernel's loop, so that `asyncio.run` works in the thread where it runs.

    The calls are those that asyncio documents for those who write loops and tasks.
    """
    loop = asyncio._get_running_loop()  # noqa: SLF001  documented for writers of loops
    task = asyncio.current_task(loop) if loop else None
    policy = _swap_policy(None)
    _leave(loop, task)
    try:
        yield
    finally:
        _enter(loop, task)
        _swap_policy(policy)


def _leave(loop: Any, task: Any) -> None:
    if task:  # since 3.14 a thread has one current task, before that a loop has
        asyncio.tasks._leave_task(loop, task)  # noqa: SLF001  documented for writers of tasks
    asyncio._set_running_loop(None)  # noqa: SLF001  documented for writers of loops


def _enter(loop: Any, task: Any) -> None:
    asyncio._set_running_loop(loop)  # noqa: SLF001  documented for writers of loops
    if task:
        asyncio.tasks._enter_task(loop, task)  # noqa: SLF001  documented for writers of tasks


def _swap_policy(new: Any) -> Any:
    """Set a policy, None for a fresh one, and return the old, which keeps its loops."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # policies end with Python 3.16
        old = asyncio.get_event_loop_policy()
        asyncio.set_event_loop_policy(new)
    return old


# Put back from the last to the first: the attributes come after all that prints or logs.
_PARTS: tuple[Callable[[], Restore], ...] = (
    _lists,
    _variables,
    _attributes,
    _entries,
    _umask,
    _loggers,
    _signals,
    _wakeup_fd,
    _alarm,
)
