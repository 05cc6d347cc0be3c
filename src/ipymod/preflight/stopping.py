"""DO: what Ctrl-C and SIGTERM do: the first stops the work in order, the second ends hard."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_STATUS = 128  # a shell adds the number of the signal


class Stopping:
    """Attributes: status: the exit status that the signal asks for; 0 while none came."""

    def __init__(self, stop: Callable[[], object], kill: Callable[[], object]) -> None:
        self.status = 0
        self._stop = stop
        self._kill = kill

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Take a signal."""
        if self.status:
            self._kill()
            os._exit(self.status)
        self.status = _STATUS + number
        self._stop()


@contextmanager
def stopping(stop: Callable[[], object], kill: Callable[[], object]) -> Iterator[Stopping]:
    """Call `stop` at the first signal, `kill` at the second, right before the end of the process.

    A signal that is ignored, as by nohup, stays so.
    """
    taken = Stopping(stop, kill)
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, taken)
    try:
        yield taken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
