"""What happens to a running module, in the order in which it happens."""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK = 1 << 18  # bytes of one read
_BLIND = 0.05  # seconds between looks at the child where nothing tells of its end


class Source(Protocol):
    """Waits for output.

    `open` holds the names of the streams that have not ended; `settle` is how many seconds of
    silence, after the end of the module, mean that all of its output was read.
    """

    open: set[str]
    settle: float

    def wait(self, seconds: float) -> list[tuple[str, bytes]]:
        """Wait until something happens, for so many seconds at most; give what was read.

        An empty list means: time is up, the child ended, or an interrupt came.
        """

    def close(self) -> None:
        """Give back what the waiting needed; the streams themselves stay open."""


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
            seconds = min(seconds, _BLIND if self.open else _BLIND / 10)
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
            data = os.read(descriptor, _CHUNK)
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
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # not Linux, an old one, or the child was reaped
        return None


class ThreadSource:
    """Waits with a thread a stream: for Windows, where pipes cannot be polled."""

    settle = _BLIND

    def __init__(self, streams: Mapping[str, int]) -> None:
        self.open = set(streams)
        # Bounded, so that a flood waits in the module and not in our memory.
        self._queue: queue.Queue[tuple[str, bytes]] = queue.Queue(maxsize=16)
        for name, descriptor in streams.items():
            threading.Thread(target=self._pump, args=(name, descriptor), daemon=True).start()

    def _pump(self, name: str, descriptor: int) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(descriptor, _CHUNK)
            except OSError:
                data = b""
            self._queue.put((name, data))

    def wait(self, seconds: float) -> list[tuple[str, bytes]]:
        """See `Source.wait`."""
        if not self.open:
            time.sleep(min(max(seconds, 0), _BLIND))
            return []
        try:
            name, data = self._queue.get(timeout=min(max(seconds, 0.001), _BLIND))
        except queue.Empty:
            return []
        if not data:
            self.open.discard(name)
            return []
        return [(name, data)]

    def close(self) -> None:
        """See `Source.close`."""


def source(streams: Mapping[str, int], pid: int, wake: int | None = None) -> Source:
    """Give the kind of source that this system can wait with."""
    if hasattr(select, "poll"):
        return PollSource(streams, pid, wake)
    return ThreadSource(streams)
