"""FACE: what happens around a cell: a word below the traceback of an import that failed.

Nothing else is loaded before an import fails, and a cell of any other end costs one question.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

_EVENT = "post_run_cell"  # after the traceback was sent, and whoever else shows errors is done


class AfterImportError:
    """Asked after each cell; for the session switched off by its first own failure."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._on = True

    def look(self, result: Any) -> None:
        """Say what to do if the cell ended in an import that failed."""
        # The result is None where the kernel was interrupted.
        error = getattr(result, "error_in_exec", None)
        if not isinstance(error, ImportError) or not self._on:
            return
        try:
            _uncollected(self._say, error)
        except KeyboardInterrupt:  # who interrupts does not want to read it
            return
        except Exception as failure:  # noqa: BLE001  whatever it is, the cell is the user's
            self._switch_off(failure)

    def _say(self, error: ImportError) -> None:
        from ipymod.hints import hint

        text = hint(error)
        if text:  # a display and no stream: no red, kept in the file, the error stays as it is
            self._shell.display_pub.publish(data={"text/plain": text}, metadata={})

    def _switch_off(self, failure: Exception) -> None:
        import sys

        self._on = False
        name = type(failure).__name__
        line = (
            f"ipymod: the hints after failed imports failed ({name}) and are off for this session;"
            " to report it, send this line with what %whichpip --share shows"
        )
        print(line, file=sys.stderr)  # noqa: T201  what publishes may be what failed


def _uncollected(say: Callable[[ImportError], None], error: ImportError) -> None:
    """Do it without a collection of garbage: what is made here would set off several."""
    import gc

    collecting = gc.isenabled()
    gc.disable()
    try:
        say(error)
    finally:
        if collecting:
            gc.enable()


def add(shell: InteractiveShell) -> None:
    """Look after each cell from now on; twice is once."""
    remove(shell)
    shell.events.register(_EVENT, AfterImportError(shell).look)


def remove(shell: InteractiveShell) -> None:
    """Look no more; the callbacks of others stay, in their order."""
    for callback in list(shell.events.callbacks[_EVENT]):
        if isinstance(getattr(callback, "__self__", None), AfterImportError):
            shell.events.unregister(_EVENT, callback)
