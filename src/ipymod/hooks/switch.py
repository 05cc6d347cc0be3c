"""FACE: a hook is on until it first fails: the cell is the user's."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Switch:
    """Does what one hook does, as long as it never failed.

    Args:
        what: the hook as a sentence begins with it: `the guard of shell lines is`.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._on = True

    def do(self, work: Callable[[], None]) -> None:
        """Do it; its own failure switches the hook off for this session with one line.

        Raises:
            KeyboardInterrupt: the user interrupted it.
            IpymodError: it says on purpose that the cell is not to go on.
        """
        from ipymod.errors import IpymodError

        if not self._on:
            return
        try:
            work()
        except IpymodError:
            raise
        except Exception as failure:  # noqa: BLE001  whatever it is, the cell is the user's
            self._switch_off(failure)

    def _switch_off(self, failure: Exception) -> None:
        import sys

        self._on = False
        what, verb = self._what.rsplit(" ", 1)
        line = (
            f"ipymod: {what} failed ({type(failure).__name__}) and {verb} off for this session;"
            " to report it, send this line with what %whichpip --share shows"
        )
        print(line, file=sys.stderr)  # noqa: T201  what publishes may be what failed


def uncollected(work: Callable[[], None]) -> None:
    """Do it without a collection of garbage: what is made here would set off several."""
    import gc

    collecting = gc.isenabled()
    gc.disable()
    try:
        work()
    finally:
        if collecting:
            gc.enable()
