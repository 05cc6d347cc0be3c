"""Notice that a module waits for input, and give it the answer or the end of file.

Linux says which system call a process is in: `read` on descriptor 0. Only a process whose
descriptor 0 is the one that we gave counts, so that a child reading a pipe of its own does not.
Where the system does not say, nobody is asked and the module reads its end of file at once.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from typing import TYPE_CHECKING

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
        self._quiet_since = time.monotonic()

    @property
    def hidden(self) -> bool:
        """Whether the terminal was told not to repeat what is typed: a password."""
        import termios

        if self._streams.keyboard is None:
            return False
        flags = termios.tcgetattr(self._streams.keyboard)[3]
        return bool(flags & termios.ICANON) and not flags & termios.ECHO

    def noticed_output(self) -> None:
        """Something was printed: whoever prints does not wait."""
        self._quiet_since = time.monotonic()

    def waiting(self) -> bool:
        """Tell whether the module waits for an answer now."""
        if self.kind == "closed":
            return False
        if any(_reads(pid, self._streams.stdin_name) for pid in _family(self._pid)):
            return not self._unread()
        return self.kind == "ask" and self._raw() and self._quiet() > _RAW_PAUSE

    def out_of_patience(self) -> bool:
        """Tell whether an input that nobody gives has been kept open for long enough."""
        return self.kind == "silent" and self._quiet() > _PATIENCE

    def answer(self, text: str) -> None:
        """Type an answer, and the key that ends it."""
        if self._streams.keyboard is not None:
            os.write(self._streams.keyboard, (text + "\n").encode())
        self.noticed_output()

    def end(self, *, refused: bool = False) -> None:
        """Give the end of file."""
        self.refused |= refused
        if self.kind == "ask" and self._streams.keyboard is not None:
            os.write(self._streams.keyboard, b"\x04")
        else:
            self._streams.close_keyboard()
            self.kind = "closed"
        self.noticed_output()

    def _quiet(self) -> float:
        return time.monotonic() - self._quiet_since

    def _unread(self) -> bool:
        """Whether the last answer is still on its way to a process that is slow to wake up."""
        if self.kind != "ask" or self._streams.keyboard is None:
            return False
        import fcntl
        import termios

        slave = os.open(self._streams.stdin_name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            return bool(
                int.from_bytes(fcntl.ioctl(slave, termios.FIONREAD, bytes(4)), sys.byteorder)
            )
        finally:
            os.close(slave)

    def _raw(self) -> bool:
        """Whether keys are read one by one, as a line editor does; it polls, it does not read."""
        import termios

        if self._streams.keyboard is None:
            return False
        return not termios.tcgetattr(self._streams.keyboard)[3] & termios.ICANON


def _family(pid: int) -> Iterator[int]:
    """Give a process and all that descends from it."""
    yield pid
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:
            children = file.read().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _reads(pid: int, name: str) -> bool:
    """Tell whether a thread of the process is inside a read of our end."""
    folder = f"/proc/{pid}/task"
    try:
        if os.readlink(f"/proc/{pid}/fd/0") != name:
            return False
        return any(_in_read(f"{folder}/{task}/syscall") for task in os.listdir(folder))
    except OSError:
        return False


def _in_read(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(16).startswith(_READ_STDIN[platform.machine()])
