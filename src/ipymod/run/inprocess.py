"""Run a module in the kernel's own process, and put back all state that can be put back."""

from __future__ import annotations

import builtins
import codecs
import contextlib
import contextvars
import importlib
import io
import linecache
import os
import runpy
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NoReturn, TextIO

from ipymod.errors import UsageError
from ipymod.frozen import dataclass
from ipymod.run.state import kept_state

Program = Callable[[], dict[str, Any]]

# The frames between `run_here` and the first line of the module.
_OURS = {__name__, "runpy", "importlib._bootstrap", "importlib._bootstrap_external", "zipimport"}


@dataclass(frozen=True)
class Here:
    """What a module left when it ended.

    Attributes:
        globals: a copy of its namespace; empty if it never began.
        returncode: the status that `python -m` would have ended with.
        seconds: wall time.
    """

    globals: dict[str, Any]
    returncode: int
    seconds: float


def run_here(  # noqa: PLR0913  the interface mirrors `subprocess.run`
    name: str,
    args: Sequence[str],
    *,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    source: str | None = None,
    safe_path: bool = False,
) -> Here:
    """Run the module `name` as `python -m name` would, but in this process.

    Put back are the parts of the state that `ipymod.run.state` lists, and every context
    variable. Nothing can undo the functions registered with `atexit` (they run when the kernel
    ends), the threads that the module leaves behind (they go on, and still print), the modules
    that it imported, what it changed inside objects that others share, the state of C
    extensions and of `random`. `os._exit` and `os.exec*` take the kernel with them.

    Args:
        name: the module or package; only a label when `source` is given.
        args: what `sys.argv` holds behind its first item.
        cwd: the folder to run in.
        env: the whole environment, as `subprocess` takes it; None is the kernel's.
        stdin: the text that `sys.stdin` and `input` read; None leaves both to the kernel.
        source: a program to run in place of the module, as `python -` does.
        safe_path: leave the folder out of `sys.path`, as the flag -P does.

    Raises:
        UsageError: `cwd` is no folder to change to.
        KeyboardInterrupt: from the module, when all state is back.
    """
    begin = time.perf_counter()
    program = _module(name) if source is None else partial(_run_source, source)
    with kept_state(), _streams():
        _enter(cwd, env)
        first = None if safe_path else "" if source is not None else str(Path.cwd())
        _prepare_sys("-m" if source is None else "-", args, first)
        _prepare_builtins(stdin)
        namespace, returncode = contextvars.copy_context().run(_run, program)
    return Here(namespace, returncode, time.perf_counter() - begin)


def _enter(cwd: str | None, env: Mapping[str, str] | None) -> None:
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
    try:
        if cwd is not None:
            os.chdir(cwd)
    except OSError as error:
        raise UsageError(f"cannot run in {cwd!r}: {error.strerror}; name a folder") from error


def _prepare_sys(name: str, args: Sequence[str], first: str | None) -> None:
    sys.argv = [name, *args]
    if first is not None and not sys.flags.safe_path:
        sys.path.insert(0, first)
    sys.displayhook, sys.excepthook = sys.__displayhook__, sys.__excepthook__
    importlib.invalidate_caches()  # the module may be younger than the kernel's last look


def _prepare_builtins(stdin: str | None) -> None:
    # IPython takes both away from modules, and those of `site` would close the kernel's stdin.
    vars(builtins).update(exit=_exit, quit=_exit)
    if stdin is not None:
        sys.stdin = io.TextIOWrapper(_Stdin(stdin.encode()), encoding="utf-8")
        vars(builtins).update(input=_input)  # ipykernel's own would ask the notebook


def _exit(code: Any = None) -> NoReturn:
    raise SystemExit(code)


def _input(prompt: object = "") -> str:
    sys.stdout.write(str(prompt))
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")


class _Stdin(io.BytesIO):
    name = "<stdin>"


def _module(name: str) -> Program:
    return partial(runpy.run_module, name, run_name="__main__", alter_sys=True)


def _run_source(source: str) -> dict[str, Any]:
    main = sys.modules["__main__"] = ModuleType("__main__")
    lines = io.StringIO(source).readlines()
    linecache.cache["<stdin>"] = (len(source), None, lines, "<stdin>")
    exec(compile(source, "<stdin>", "exec", dont_inherit=True), vars(main))  # noqa: S102  asked for
    return dict(vars(main))


def _run(program: Program) -> tuple[dict[str, Any], int]:
    """Return the namespace and the status, both by the rules of Python's own main function."""
    try:
        return program(), 0
    except BaseException as error:  # noqa: BLE001  a process would end with any of them
        ending = error.__context__ if _emptied_argv(error) else error
        if isinstance(ending, KeyboardInterrupt):
            raise ending from None
        return _namespace(ending), _status(ending)


def _emptied_argv(error: BaseException) -> bool:
    """Recognise an accident of runpy: it puts `argv[0]` back although there is none any more."""
    *_, (frame, _line) = traceback.walk_tb(error.__traceback__)
    return _frames(error) is None and frame.f_code.co_name == "__exit__"


def _frames(error: BaseException) -> TracebackType | None:
    """Return the traceback from the module's first frame on; None if it never came so far."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_globals.get("__name__") in _OURS:
        frames = frames.tb_next
    return frames


def _namespace(error: BaseException | None) -> dict[str, Any]:
    """Read the namespace from the traceback, since runpy returns it only after a normal end."""
    frames = error and _frames(error)
    namespace = frames.tb_frame.f_globals if frames else {}
    return dict(namespace) if namespace.get("__name__") == "__main__" else {}


def _status(error: BaseException | None) -> int:
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        _show(error)
        return 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & (0xFF if os.name == "posix" else 0xFFFF_FFFF)
    _complain(error.code)
    return 1


def _complain(what: object) -> None:
    with contextlib.suppress(Exception):  # the module may have closed stderr
        sys.stderr.write(f"{what}\n")


def _show(error: BaseException) -> None:
    frames = _frames(error)
    if frames is None and isinstance(error, ImportError):
        _complain(f"{sys.executable}: {error}")  # runpy did not find the module
        return
    with contextlib.suppress(Exception):  # as above
        if not _hook(error.with_traceback(frames)):
            traceback.print_exception(error)  # unlike Python's hook it shows lines of `source`


def _hook(error: BaseException) -> bool:
    """Let the hook that the module has set show the error; False if there is none or it fails."""
    if sys.excepthook is sys.__excepthook__:
        return False
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except (Exception, SystemExit):  # noqa: BLE001  it is not ours
        return False
    return True


@contextlib.contextmanager
def _streams() -> Iterator[None]:
    """Stand between the module and the kernel's streams, which it must not close."""
    errors = {"stdout": "strict", "stderr": "backslashreplace"}  # as Python sets them
    ends = [_replace_stream(name, errors[name]) for name in errors if getattr(sys, name)]
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):  # the module may have put its own there
            with contextlib.suppress(Exception):
                stream.flush()
        for end in ends:
            end.finish()


def _replace_stream(name: str, errors: str) -> _Bytes:
    end = _Bytes(getattr(sys, name), f"<{name}>")
    end.text = io.TextIOWrapper(end, "utf-8", errors, newline="", write_through=True)
    setattr(sys, name, end.text)
    return end


class _Bytes(io.BufferedIOBase):
    """Bytes that come out of a text stream of the kernel, decoded as UTF-8 on the way.

    Closing it closes nothing else. It holds the text layer above it, as `sys.__stdout__` does
    in a process: else `sys.stdout = TextIOWrapper(sys.stdout.buffer)` would close both.
    """

    text: TextIO | None = None

    def __init__(self, kernel: TextIO, name: str) -> None:
        self.name = name
        self._kernel = kernel
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        content = memoryview(data).tobytes()
        self._forward(self._decoder.decode(content))
        return len(content)

    def finish(self) -> None:
        """Show what an unfinished character leaves."""
        self._forward(self._decoder.decode(b"", final=True))

    def flush(self) -> None:
        with contextlib.suppress(ValueError):  # the kernel closed it; we may be garbage by then
            self._kernel.flush()

    def fileno(self) -> int:
        if not hasattr(self._kernel, "fileno"):
            raise io.UnsupportedOperation("fileno")
        return self._kernel.fileno()

    def _forward(self, text: str) -> None:
        if text:
            self._kernel.write(text)
