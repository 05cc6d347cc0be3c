"""Wait for output on descriptors, in this thread; not for Windows, whose pipes cannot be polled."""

from __future__ import annotations

import os
import select
import sys
from typing import TYPE_CHECKING

from ipymod.run.source import BLIND, CHUNK

if TYPE_CHECKING:
    from collections.abc import Mapping

if sys.platform == "win32":
    raise ImportError("pipes cannot be polled on Windows")


class PollSource:
    """Waits on descriptors in this thread: what it writes goes to the right cell by itself."""

    settle = 0.0

    def __init__(self, streams: Mapping[str, int], pid: int, wake: int | None) -> None:
        self._names = {descriptor: name for name, descriptor in streams.items()}
        self.open = set(streams) - {"echo"}
        self._poll = select.poll()
        for descriptor in self._names:
            os.set_blocking(descriptor, False)
            self._poll.register(descriptor, select.POLLIN)
        self._wake = wake
        if wake is not None:
            self._poll.register(wake, select.POLLIN)
        self._pidfd = _pidfd(pid)
        if self._pidfd is not None:
            self._poll.register(self._pidfd, select.POLLIN)

    def wait(self, seconds: float) -> list[tuple[str, bytes]]:
        """See `Source.wait`."""
        if self._pidfd is None:
            seconds = min(seconds, BLIND if self.open else BLIND / 10)
        ready = [fd for fd, _ in self._poll.poll(max(seconds, 0) * 1000)]
        if self._wake in ready:
            os.read(ready.pop(ready.index(self._wake)), 64)
        if self._pidfd in ready:  # it would be ready for ever
            self._forget_child()
        return [
            (self._names[fd], data) for fd in ready if fd in self._names if (data := self._read(fd))
        ]

    def _read(self, descriptor: int) -> bytes:
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return b""
        except OSError:  # a terminal whose last user has closed it
            data = b""
        if not data:
            self._poll.unregister(descriptor)
            self.open.discard(self._names.pop(descriptor))
        return data

    def _forget_child(self) -> None:
        if self._pidfd is not None:
            self._poll.unregister(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def close(self) -> None:
        """See `Source.close`."""
        self._forget_child()


def _pidfd(pid: int) -> int | None:
    """Give a descriptor that tells of the end of a process; None where there are none."""
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:  # an old Linux, or the child was reaped
        return None
