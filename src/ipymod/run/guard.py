"""The kernel's side of the guardian: what it is told, and the mark that every child carries."""

from __future__ import annotations

import itertools
import os
import secrets
import subprocess
import sys

_SCRIPT = os.path.join(os.path.dirname(__file__), "guardian.py")
_runs = itertools.count(1)


class Guard:
    """Sees to it that nothing outlives this kernel. Started with the first run, one per kernel.

    On Windows it stays idle: there a Job object does the same, see `windows.py`.
    """

    def __init__(self) -> None:
        self.kernel = os.getpid()
        self.mark = f"{self.kernel}-{secrets.token_hex(6)}"
        self._groups: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def new_mark(self) -> str:
        """Give the mark of one run; the kernel's own is its beginning."""
        return f"{self.mark}.{next(_runs)}"

    def watch(self, pgid: int) -> None:
        """Have a process group ended when the kernel is gone."""
        self._groups.add(pgid)
        self._tell(f"+{pgid}\n")

    def forget(self, pgid: int) -> None:
        """Take a group off the list once nobody is in it; its number may be used again."""
        if sys.platform == "win32":
            return
        try:
            os.killpg(pgid, 0)
        except ProcessLookupError:
            self._groups.discard(pgid)
            self._tell(f"-{pgid}\n")
        except OSError:
            return

    def _tell(self, line: str) -> None:
        if sys.platform == "win32":
            return
        if self._process is None or self._process.poll() is not None:
            self._process = self._start()
            line = "".join(f"+{pgid}\n" for pgid in self._groups)
        assert self._process.stdin is not None  # noqa: S101  it is a pipe
        try:
            os.write(self._process.stdin.fileno(), line.encode())
        except BrokenPipeError:  # somebody has just killed it: the next line starts another
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", _SCRIPT, self.mark, str(self.kernel)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.path.abspath(os.sep),  # it must not keep a folder in use
            start_new_session=True,
        )


_guard: Guard | None = None


def guard() -> Guard:
    """Give this process's guard; a forked child gets one of its own."""
    global _guard  # noqa: PLW0603  one per process is what it is
    if _guard is None or _guard.kernel != os.getpid():
        _guard = Guard()
    return _guard
