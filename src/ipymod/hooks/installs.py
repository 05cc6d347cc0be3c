"""FACE: the look after an install: what is new is importable at once, and one sentence says so."""

from __future__ import annotations

import sys

from ipymod.hooks.saying import say, say_surely
from ipymod.hooks.switch import Switch, uncollected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.idle import Waiting
    from ipymod.refresh import Imports, Snapshot


class Installs:
    """Knows what was installed and loaded when it last looked, and compares.

    The first look is taken when the kernel is idle. From then on what a terminal installs beside
    the notebook is seen at the next cell, and what a line installs right behind that line.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._switch = Switch("the look after installs is")
        self._last: Snapshot | None = None
        self._imports: Imports | None = None
        self._begun = False
        self._planned: Waiting | None = None

    def plan(self) -> None:
        """Take the first look when the kernel has nothing else to do."""
        from ipymod.idle import when_idle

        self._planned = when_idle(self._shell, lambda: self._do(self._look))

    def cancel(self) -> None:
        """Look no more, and leave no trace."""
        if self._planned:
            self._planned.cancel()
        if self._imports:
            self._imports.leave()

    def start(self, is_expected: Callable[[], bool] = lambda: True) -> None:
        """Note what is there, right before something is installed; ask whether it is."""
        self._do(lambda: self._start() if is_expected() else None)

    def end(self) -> None:
        """Compare with it, right behind; nothing if there was no start."""
        if self._begun:
            self._do(self._end)

    def arrive(self) -> None:
        """Look whether something was installed beside the notebook, before a cell runs."""
        if self._last:
            self._do(self._if_touched)

    def leave(self) -> None:
        """Note what a cell has imported, and what it has installed in a way that we do not know."""
        self._begun = False  # a line that was interrupted
        if self._last:
            self._do(self._settle)

    def _do(self, work: Callable[[], None]) -> None:
        self._switch.do(lambda: uncollected(work))

    def _look(self) -> None:
        """Look for the first time."""
        from ipymod.refresh import Imports, snapshot

        if self._last is None:
            self._imports = Imports()
            self._imports.watch()
            self._last = snapshot(sys.path, sys.modules)

    def _start(self) -> None:
        self._begun = True
        self._look()
        self._settle()

    def _settle(self) -> None:
        self._if_touched()
        self._seen()

    def _end(self) -> None:
        self._begun = False
        self._if_touched()

    def _seen(self) -> None:
        from ipymod.refresh import seen

        if self._last and self._imports:
            self._last = seen(self._last, sys.path, sys.modules, self._imports)

    def _if_touched(self) -> None:
        from ipymod.refresh import untouched

        if self._last and not untouched(self._last, sys.path):
            self._compare(self._last)

    def _compare(self, before: Snapshot) -> None:
        from ipymod.refresh import after, make_importable, sentence

        change = after(before, sys.path, sys.modules, self._imports)
        self._last = change.now
        failed = make_importable(change)
        if text := "\n".join(filter(None, [sentence(change), *failed])):
            is_grave = failed or any(step.weight for step in change.steps)
            tell = say_surely if is_grave else say
            tell(self._shell, text)
