"""FACE: the hooks of one shell, and the two events of a cell that they live on."""

from __future__ import annotations

from ipymod.cells import may_hold_one
from ipymod.hooks.after_import import AfterImport
from ipymod.hooks.installs import Installs
from ipymod.hooks.saying import say_held
from ipymod.hooks.settings import PyMod
from ipymod.hooks.switch import Switch
from ipymod.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.hooks.guarding import Guarding
    from ipymod.hooks.rewrite import Rewriter

# What installs without a shell's line, or runs the cells of a file, of which IPython tells nobody;
# such a text may be a formula, which costs a look at it.
_MAGIC = pattern(r"%[ \t]*(?:pip|uv|conda|mamba|micromamba|run)\b")


class Cells:
    """What one shell does around its cells.

    Attributes:
        shell: the shell.
        settings: what `%config PyMod` shows and sets.
        installs: the look after what is installed.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.settings = PyMod.of(shell)
        self.installs = Installs(shell)
        self._after_import = AfterImport(shell)
        self._switch = Switch("the guard of shell lines is")
        self._rewriter: Rewriter | None = None
        self._guarding: Guarding | None = None

    def stand(self) -> None:
        """Register all of it."""
        self.shell.events.register("pre_run_cell", self.before)
        self.shell.events.register("post_run_cell", self.after)
        self.shell.configurables.append(self.settings)
        self.installs.plan()

    def leave(self) -> None:
        """Take all of it back."""
        self.installs.cancel()
        self.shell.events.unregister("pre_run_cell", self.before)
        self.shell.events.unregister("post_run_cell", self.after)
        self.shell.configurables.remove(self.settings)
        self._rewrite(wanted=False)

    def before(self, info: Any) -> None:
        """Get ready for a cell that is about to run; the event's name is `pre_run_cell`."""
        wanted = _is_guarded(info.raw_cell)
        self._switch.do(lambda: self._rewrite(wanted=wanted))
        if self._guarding:
            self._guarding.forget()
        self.installs.arrive()

    def after(self, result: Any) -> None:
        """Look back on a cell that has ended; the result is None where it was interrupted."""
        self.installs.leave()
        self._after_import.look(result)
        say_held(self.shell)

    @property
    def guarding(self) -> Guarding:
        """The guard, loaded when a first line asks for it."""
        if self._guarding is None:
            from ipymod.hooks.guarding import Guarding

            self._guarding = Guarding(self.shell, self.settings)
        return self._guarding

    def _rewrite(self, *, wanted: bool) -> None:
        """Stand among the transformers only for cells with such a line: others pay for each."""
        transformers: list[Any] = self.shell.ast_transformers
        is_there = self._rewriter in transformers
        if wanted and not is_there:
            transformers.append(self._loaded_rewriter())
        elif is_there and not wanted:
            transformers.remove(self._rewriter)

    def _loaded_rewriter(self) -> Rewriter:
        if self._rewriter is None:
            from ipymod.hooks.rewrite import Rewriter

            self._rewriter = Rewriter(self.shell)
            _ = self.guarding  # what the rewritten cell calls is there: its failure were the cell's
        return self._rewriter


def _is_guarded(cell: str) -> bool:
    """Tell whether there may be something to guard, at next to no cost."""
    found = may_hold_one(cell) or ("%" in cell and bool(_MAGIC.search(cell)))
    return found and "ast_transformers" not in cell  # whoever edits that list finds it unchanged
