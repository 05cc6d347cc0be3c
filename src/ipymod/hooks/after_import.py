"""FACE: a word below the traceback of an import that failed."""

from __future__ import annotations

from ipymod.hooks.saying import say
from ipymod.hooks.switch import Switch, uncollected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell


class AfterImport:
    """Asked after each cell, when the traceback was sent and whoever else shows errors is done."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._switch = Switch("the hints after failed imports are")

    def look(self, result: Any) -> None:
        """Say what to do if the cell ended in an import that failed."""
        # The result is None where the kernel was interrupted.
        error = getattr(result, "error_in_exec", None)
        if not isinstance(error, ImportError):
            return
        try:
            self._switch.do(lambda: uncollected(lambda: self._say(error)))
        except KeyboardInterrupt:  # who interrupts does not want to read it
            return

    def _say(self, error: ImportError) -> None:
        from ipymod.hints import hint

        if text := hint(error):
            say(self._shell, text)
