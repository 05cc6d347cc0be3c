"""The ends of a module's three streams: those it gets, and those we hold."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass, field

from ipymod.run.terminal import enlarge, open_terminal

UNBROKEN = 10_000  # columns of a pipe: nothing wraps the lines there


@dataclass
class Streams:
    """What `Popen` is given, and our ends by name.

    Attributes:
        stdin, stdout, stderr: as for `Popen`: a descriptor, DEVNULL, or None to inherit ours.
        ours: name to the descriptor that we read: `stdout`, `stderr`, and `echo`, which is what a
            terminal repeats of the answers.
        keyboard: where answers are written, None where nobody is asked.
        stdin_name: what `/proc/PID/fd/0` of the module points to.
    """

    stdin: int | None = subprocess.DEVNULL
    stdout: int | None = subprocess.DEVNULL
    stderr: int | None = subprocess.DEVNULL
    ours: dict[str, int] = field(default_factory=dict)
    keyboard: int | None = None
    stdin_name: str = ""
    _theirs: list[int] = field(default_factory=list)

    def started(self) -> None:
        """Close our copies of the module's ends: only then does the end of output show."""
        while self._theirs:
            os.close(self._theirs.pop())

    def close(self) -> None:
        """Close all that is open; may be called twice."""
        self.started()
        mine = {*self.ours.values()} | ({self.keyboard} if self.keyboard is not None else set())
        self.ours, self.keyboard = {}, None
        for descriptor in mine:
            os.close(descriptor)

    def close_keyboard(self) -> None:
        """Let the module read its end of file."""
        if self.keyboard is not None and self.keyboard not in self.ours.values():
            os.close(self.keyboard)
            self.keyboard = None

    def inherit(self) -> None:
        """Give the module the terminal in which we are."""
        self.stdin = self.stdout = self.stderr = None

    def use_pipes(self) -> None:
        """Keep stdout and stderr apart, on a pipe each."""
        self.ours["stdout"], self.stdout = self._pipe()
        self.ours["stderr"], self.stderr = self._pipe()

    def use_terminal(self) -> None:
        """Put both on one terminal, in the exact order in which they are written."""
        self.ours["stdout"], self.stdout, _ = self._terminal()
        self.stderr = self.stdout

    def use_text(self, text: str) -> None:
        """Give the module a text to read, whole, as a file that is gone when it is closed."""
        with tempfile.TemporaryFile() as file:
            file.write(text.encode("utf-8", "surrogatepass"))
            file.seek(0)
            stdin = self.stdin = os.dup(file.fileno())
        self._theirs.append(stdin)

    def use_keyboard(self) -> None:
        """Let the module ask: a terminal of its own, so that no echo mixes with its output."""
        self.keyboard, self.stdin, self.stdin_name = self._terminal()
        self.ours["echo"] = self.keyboard

    def use_silence(self) -> None:
        """Let the module wait for an answer, so that it is seen to ask before it gets none."""
        self.stdin, self.keyboard = os.pipe()
        self.stdin_name = os.readlink(f"/proc/self/fd/{self.stdin}")
        self._theirs.append(self.stdin)

    def _pipe(self) -> tuple[int, int]:
        read, write = os.pipe()
        self._theirs.append(write)
        enlarge(read)
        return read, write

    def _terminal(self) -> tuple[int, int, str]:
        master, slave, name = open_terminal()
        self._theirs.append(slave)
        return master, slave, name
