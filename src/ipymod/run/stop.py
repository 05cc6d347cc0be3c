"""End a run: politely first, by force in the end."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipymod.run.child import Child

# What is sent, and the seconds that it is given to work. A second interrupt cuts the time short.
if sys.platform == "win32":
    _KILL = signal.SIGTERM
else:
    _KILL = signal.SIGKILL
STEPS = ((signal.SIGINT, 5.0), (signal.SIGTERM, 2.0), (_KILL, 2.0))


class Stop:
    """Where the ending of a run stands; `why` is empty as long as nobody asked for it."""

    def __init__(self, child: Child) -> None:
        self.why = ""
        self._child = child
        self._step = 0
        self._deadline = float("inf")

    def press(self, why: str) -> None:
        """Take the next step at once: an interrupt, another one, or a time limit."""
        self.why = self.why or why
        number, patience = STEPS[min(self._step, len(STEPS) - 1)]
        self._step += 1
        self._deadline = time.monotonic() + patience
        if number == _KILL:
            self._child.kill()
        else:
            self._child.signal(number)

    def tick(self) -> None:
        """Go on to the next step when the time of the last one is over."""
        if time.monotonic() > self._deadline:
            self.press(self.why)
