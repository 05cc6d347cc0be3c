"""Count interrupts instead of raising them, so that none comes between a read and a write."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator


class Interrupts:
    """While this is entered, SIGINT is noted: `count` grows and `wake` becomes readable.

    Only the main thread gets signals; elsewhere (a subshell, a thread of the user's) it stays idle.
    """

    def __init__(self) -> None:
        self.count = 0
        self.wake, self._bell = os.pipe()
        self._main = threading.current_thread() is threading.main_thread()
        self._previous: Any = None

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            os.set_blocking(self._bell, False)
        if self._main:
            self._previous = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()
        os.close(self.wake)
        os.close(self._bell)

    def _note(self, *_: object) -> None:
        self.count += 1
        try:
            os.write(self._bell, b"!")
        except BlockingIOError:  # it is ringing already
            return

    def _restore(self) -> None:
        if self._main:
            # None: the handler was not set from Python, and cannot be put back from it.
            signal.signal(signal.SIGINT, self._previous or signal.default_int_handler)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let SIGINT raise again, as whoever waits for an answer expects."""
        self._restore()
        try:
            yield
        finally:
            if self._main:
                signal.signal(signal.SIGINT, self._note)
