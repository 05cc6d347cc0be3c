"""FACE: what happens around a cell.

A word before a line that leads astray, one after an install, and one below the traceback of an
import that failed. Nothing of it is loaded before a cell needs it; any other cell costs a look at
its text and at the times of the directories that packages are installed into.
"""

from __future__ import annotations

from contextlib import contextmanager

from ipymod.hooks.cells import Cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["add", "installing", "remove", "standing"]

_STANDING: list[Cells] = []  # of this process's one shell; none while ipymod is not loaded


def add(shell: InteractiveShell) -> None:
    """Look around each cell from now on; twice is once."""
    remove(shell)
    cells = Cells(shell)
    cells.stand()
    _STANDING.append(cells)


def remove(shell: InteractiveShell) -> None:
    """Look no more; what others have hooked in stays, in its order."""
    for cells in [each for each in _STANDING if each.shell is shell]:
        cells.leave()
        _STANDING.remove(cells)


def standing() -> Cells | None:
    """The hooks of this kernel; None while ipymod is not loaded."""
    return _STANDING[-1] if _STANDING else None


@contextmanager
def installing() -> Iterator[None]:
    """Look at what the block installs or removes; the caller knows that it may."""
    cells = standing()
    if cells:
        cells.installs.start()
    try:
        yield
    finally:
        if cells:
            cells.installs.end()
