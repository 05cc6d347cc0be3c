"""Notice that a module waits for input, and give it the answer or the end of file.

Linux says which system call a process is in: `read` on descriptor 0. Only a process whose
descriptor 0 is the one that we gave counts, so that a child reading a pipe of its own does not.
Where the system does not say, nobody is asked and the module reads its end of file at once.
"""

from __future__ import annotations

import os
import platform
import time
from typing import TYPE_CHECKING

from ipymod.run.terminal import echoes, reads_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.run.streams import Streams

# The number of read(2), and descriptor 0 as its first argument; from the kernel's syscall tables.
_READ_STDIN = {"x86_64": b"0 0x0 ", "aarch64": b"63 0x0 "}
_PATIENCE = 2.0  # seconds; who waits for events instead of reading gets the end of file then
_RAW_PAUSE = 0.2  # seconds of quiet after which a terminal in raw mode is waiting for a key


def can_tell() -> bool:
    """Tell whether this system says when a process waits for input."""
    return platform.machine() in _READ_STDIN and os.path.exists("/proc/self/syscall")


class Questions:
    """The module's standard input, as far as somebody may be asked for it.

    `kind` is `ask` (a terminal whose answers come from the reader), `silent` (nobody can answer)
    or `closed` (a file, or nothing).
    """

    def __init__(self, streams: Streams, pid: int, kind: str) -> None:
        self.kind = kind
        self.refused = False  # whether the module wanted an answer and got the end of file
        self._streams = streams
        self._pid = pid
        self._answered: set[tuple[str, int]] = set()  # who was waiting for the last answer
        self._quiet_since = time.monotonic()

    @property
    def hidden(self) -> bool:
        """Whether the terminal was told not to repeat what is typed: a password."""
        keyboard = self._streams.keyboard
        return keyboard is not None and reads_lines(keyboard) and not echoes(keyboard)

    def noticed_output(self) -> None:
        """Something was printed: whoever prints does not wait."""
        self._quiet_since = time.monotonic()

    def waiting(self) -> bool:
        """Tell whether the module waits for an answer now."""
        if self.kind == "closed":
            return False
        if readers := self._readers():
            return self._is_new(readers)
        return self.kind == "ask" and self._raw() and self._quiet() > _RAW_PAUSE

    def out_of_patience(self) -> bool:
        """Tell whether an input that nobody gives has been kept open for long enough."""
        return self.kind == "silent" and self._quiet() > _PATIENCE

    def answer(self, text: str) -> None:
        """Type an answer, and the key that ends it."""
        self._type((text + "\n").encode())
        self.noticed_output()

    def end(self, *, refused: bool = False) -> None:
        """Give the end of file."""
        self.refused |= refused
        if self.kind == "ask":
            self._type(b"\x04")
        else:
            self._streams.close_keyboard()
            self.kind = "closed"
        self.noticed_output()

    def _type(self, keys: bytes) -> None:
        self._answered = self._readers()
        if self._streams.keyboard is not None:
            os.write(self._streams.keyboard, keys)

    def _quiet(self) -> float:
        return time.monotonic() - self._quiet_since

    def _readers(self) -> set[tuple[str, int]]:
        return set(_all_readers(self._pid, self._streams.stdin_name))

    def _is_new(self, readers: set[tuple[str, int]]) -> bool:
        """Whether this is another question, not an answered one whose reader has yet to wake up."""
        return not self._answered or not self._answered <= readers

    def _raw(self) -> bool:
        """Whether keys are read one by one, as a line editor does; it polls, it does not read."""
        keyboard = self._streams.keyboard
        return keyboard is not None and not reads_lines(keyboard)


def _all_readers(pid: int, name: str) -> Iterator[tuple[str, int]]:
    """Give the threads of a process, and of all that descends from it, that wait for our end.

    Each with the number of times that it has gone to sleep: another number is another wait.
    """
    folder = f"/proc/{pid}/task"
    try:
        ours = os.readlink(f"/proc/{pid}/fd/0") == name
        for task in os.listdir(folder):
            if ours and _in_read(f"{folder}/{task}/syscall"):
                yield task, _sleeps(f"{folder}/{task}/status")
            for child in _children(f"{folder}/{task}/children"):
                yield from _all_readers(child, name)
    except OSError:  # it ended while we looked
        return


def _children(path: str) -> list[int]:
    with open(path, "rb") as file:
        return [int(child) for child in file.read().split()]


def _in_read(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(16).startswith(_READ_STDIN[platform.machine()])


def _sleeps(path: str) -> int:
    with open(path, "rb") as file:
        return int(file.read().partition(b"\nvoluntary_ctxt_switches:")[2].split()[0])
