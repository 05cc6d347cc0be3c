"""What happens to a running module, in the order in which it happens."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

CHUNK = 1 << 18  # bytes of one read
BLIND = 0.05  # seconds between looks at the child where nothing tells of its end


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


class ThreadSource:
    """Waits with a thread a stream: for Windows, where pipes cannot be polled."""

    settle = BLIND

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
                data = os.read(descriptor, CHUNK)
            except OSError:
                data = b""
            self._queue.put((name, data))

    def wait(self, seconds: float) -> list[tuple[str, bytes]]:
        """See `Source.wait`."""
        if not self.open:
            time.sleep(min(max(seconds, 0), BLIND))
            return []
        try:
            name, data = self._queue.get(timeout=min(max(seconds, 0.001), BLIND))
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
    if sys.platform == "win32":
        return ThreadSource(streams)
    from ipymod.run.polling import PollSource

    return PollSource(streams, pid, wake)
