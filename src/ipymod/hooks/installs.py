"""FACE: the look after an install: what is new is importable at once, and one sentence says so."""

from __future__ import annotations

import sys

from ipymod.hooks.switch import Switch, say, uncollected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.refresh import Snapshot


class Installs:
    """Knows what was installed and loaded when it last looked, and compares.

    The first look is taken when the kernel is idle. From then on what a terminal installs beside
    the notebook is seen at the next cell, and what a line installs right behind that line.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._switch = Switch("the look after installs is")
        self._last: Snapshot | None = None
        self._begun: Snapshot | None = None
        self._planned: Callable[[], object] | None = None

    def plan(self) -> None:
        """Take the first look when the kernel has nothing else to do."""
        from ipymod.idle import when_idle

        self._planned = when_idle(self._shell, lambda: self._do(self._first)).cancel

    def cancel(self) -> None:
        """Take no first look any more."""
        if self._planned:
            self._planned()

    def start(self) -> None:
        """Note what is there, right before something is installed."""
        self._do(self._start)

    def end(self) -> None:
        """Compare with it, right behind; nothing if there was no start."""
        if self._begun:
            self._do(self._end)

    def arrive(self) -> None:
        """Look whether something was installed beside the notebook, before a cell runs."""
        if self._last:
            self._do(self._if_touched)

    def leave(self, *, surely: bool) -> None:
        """Note what a cell has imported, and what it has begun; `surely`: it may have installed."""
        self.end()  # a line that was interrupted
        if self._last:
            self._do(self._if_touched if surely else self._seen)

    def _do(self, work: Callable[[], None]) -> None:
        self._switch.do(lambda: uncollected(work))

    def _first(self) -> None:
        from ipymod.refresh import snapshot

        if self._last is None:
            self._last = snapshot(sys.path, sys.modules)

    def _start(self) -> None:
        from ipymod.refresh import snapshot

        self._begun = self._last = snapshot(sys.path, sys.modules, self._last)

    def _end(self) -> None:
        before, self._begun = self._begun, None
        if before:
            self._compare(before)

    def _if_touched(self) -> None:
        from ipymod.refresh import untouched

        if self._last and not untouched(self._last):
            self._compare(self._last)

    def _seen(self) -> None:
        pass

    def _compare(self, before: Snapshot) -> None:
        from ipymod.refresh import after, make_importable, sentence

        change = after(before, sys.path, sys.modules)
        self._last = change.now
        failed = make_importable(change)
        if text := "\n".join(filter(None, [sentence(change), *failed])):
            say(self._shell, text)
