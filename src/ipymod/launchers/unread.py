"""GATHER: what was there and could not be read, so that a report can say so.

A survey keeps a list; whoever reads a file adds to it. Beside it, the directories that do not
answer: one on a server that is gone would hold up whoever looks into it for minutes.
"""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PATIENCE = 1.0  # seconds that a directory has to answer
_MOST = 20  # what is said of more would be read by nobody
# What is not there, or is no directory, is an answer.
_ANSWERS = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.EINVAL})
_NOTED: ContextVar[dict[str, str] | None] = ContextVar("_NOTED", default=None)


@contextmanager
def noting() -> Iterator[dict[str, str]]:
    """Keep a list meanwhile: path to why it could not be read."""
    noted: dict[str, str] = {}
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note(path: str, error: OSError | ValueError) -> None:
    """Add to the list, if one is kept and the error means that something is there."""
    noted = _NOTED.get()
    if noted is None or len(noted) >= _MOST or not isinstance(error, OSError):
        return
    if error.errno not in _ANSWERS:
        noted.setdefault(path, error.strerror or "cannot be read")


def silent(directories: Iterable[str], patience: float = PATIENCE) -> tuple[str, ...]:
    """The directories that do not answer in time; each costs that time, all others nothing.

    Args:
        directories: absolute paths.
        patience: seconds for each.
    """
    left = list(dict.fromkeys(directories))
    found = []
    while left:
        asked = _ask(left, patience)
        if asked == len(left):
            break
        found.append(left[asked])
        left = left[asked + 1 :]
    return tuple(found)


def _ask(directories: list[str], patience: float) -> int:
    """How many answer before the first that does not; the thread that asks it is left behind."""
    answered, finished = [0], threading.Event()

    def ask() -> None:
        for directory in directories:
            with suppress(OSError, ValueError):  # an answer, too
                os.stat(directory)
            answered[0] += 1
        finished.set()

    try:
        threading.Thread(target=ask, daemon=True, name="ipymod: is it there?").start()
    except RuntimeError:  # a browser has no threads, and no servers of files either
        return len(directories)
    before = -1
    while before < answered[0] and not finished.is_set():
        before = answered[0]
        finished.wait(patience)
    return answered[0]
