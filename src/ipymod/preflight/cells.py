"""DO: the cells of a notebook, one after the other, until one fails or time is over."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass, field
from ipymod.preflight import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipymod.notebooks.model import Cell, Notebook
    from ipymod.preflight.client import Client
    from ipymod.preflight.kernel import Kernel
    from ipymod.preflight.model import Fault, Settings

_AFTER_INTERRUPT = 2.0  # seconds in which a cell that took too long may tell where it was
_SKIPPED = "skip-execution"


@dataclass(frozen=True)
class Ran:
    """What came of the cells.

    Attributes:
        cells: how many were executed.
        seconds: how long that took.
        fault: None if the last one was reached.
        outputs: by the index of the cell, its execution count and its outputs, of those that were
            executed; empty if they are not kept.
        widgets: the state of the widgets as notebooks keep it; empty if there are none.
    """

    cells: int = 0
    seconds: float = 0.0
    fault: Fault | None = None
    outputs: Mapping[int, tuple[int | None, list[Any]]] = field(default_factory=dict)
    widgets: Mapping[str, Any] = field(default_factory=dict)


class Run:
    """Executes the cells of one notebook in a kernel that is ready.

    Attributes:
        cells: how many were begun.
        cell: the one that was begun last; None before the first.
    """

    def __init__(self, notebook: Notebook, kernel: Kernel, settings: Settings) -> None:
        self.cells = 0
        self.cell: Cell | None = None
        self._notebook = notebook
        self._kernel = kernel
        self._settings = settings
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._began

    async def all(self, client: Client, seen: Callable[[Cell], None]) -> Ran:
        """Execute all; `seen` is told of each cell before it begins."""
        fault = None
        for cell in executed(self._notebook):
            seen(cell)
            self.cell, self.cells = cell, self.cells + 1
            fault = await self._one(client, cell)
            if fault:
                break
        return Ran(self.cells, self.seconds, fault, client.kept(), client.widgets())

    async def _one(self, client: Client, cell: Cell) -> Fault | None:
        """Execute a cell; what it is told in exceptions is read from them.

        A cell that is not done in time is interrupted, so that its traceback tells where it was.
        """
        client.error = None
        seconds, whose = self._allowed()
        task = asyncio.ensure_future(
            client.async_execute_cell(
                client.nb.cells[cell.index], cell.index, client.code_cells_executed + 1
            )
        )
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
            if not done:
                await self._kernel.interrupt()
                await asyncio.wait({task}, timeout=_AFTER_INTERRUPT)
                return faults.of_time(cell, whose, client.error)
        finally:
            task.cancel()
            error = (await asyncio.gather(task, return_exceptions=True))[0]
        return self._fault(client, cell, error) if isinstance(error, Exception) else None

    def _allowed(self) -> tuple[float | None, str]:
        """The seconds that a cell has, and the words for them."""
        of_cell, of_all = self._settings.timeout, self._settings.notebook_timeout
        left = None if of_all is None else max(0.0, of_all - self.seconds)
        if left is not None and (of_cell is None or left < of_cell):
            return left, f"the notebook was not done after {of_all:g} s"
        return of_cell, f"the cell was not done after {of_cell:g} s" if of_cell else ""

    def _fault(self, client: Client, cell: Cell, error: BaseException) -> Fault:
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        if isinstance(error, CellExecutionError):
            told = client.error or {"ename": error.ename, "evalue": error.evalue}
            return faults.of_error(cell, told)
        if isinstance(error, DeadKernelError):
            return faults.of_death(cell, self._kernel.death())
        raise error


def executed(notebook: Notebook) -> list[Cell]:
    """Give the cells that are executed: of code, not empty, not left out by their tag."""
    return [cell for cell in notebook.code if cell.source.strip() and _SKIPPED not in cell.tags]
