"""GATHER: what the cells of a notebook import, and what of it the notebook brings itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.notebooks.code import tree_of
from ipymod.notebooks.imports.installs import Installs
from ipymod.notebooks.imports.own import Own
from ipymod.notebooks.imports.statements import lines_of_a_place, may_import, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.notebooks.model import Cell, Notebook

__all__ = ["Import", "imports_of", "lines_of_a_place", "own_modules"]


@dataclass(frozen=True)
class Import:
    """One module that a cell imports.

    Attributes:
        module: its dotted name; of `from google.cloud import storage` the name of the part, since
            `google.cloud` is nobody's.
        cell: the index of the cell among all cells, from 0.
        line: in the cell, from 1.
        guarded: whether the notebook goes on without it, or imports it in some places only.
        own: whether it lies beside the notebook or is made by it, or may well be.
        installed_by: the cell that installs it; None if none does.
        perhaps_by: the cell that installs something else, which may bring it; None if none does.
    """

    module: str
    cell: int
    line: int
    guarded: bool = False
    own: bool = False
    installed_by: int | None = None
    perhaps_by: int | None = None


def imports_of(notebook: Notebook) -> tuple[Import, ...]:
    """Give what a notebook in Python imports, in order; cells that do not parse are left out."""
    if notebook.language != "python":
        return ()
    found = [(cell.index, *each) for cell in notebook.code for each in _of_cell(cell)]
    if not found:
        return ()
    own, installs = Own(notebook), Installs(notebook)
    return tuple(
        [
            Import(
                module,
                cell,
                line,
                guarded,
                own.has(module),
                installs.of(module, cell),
                installs.before(cell),
            )
            for cell, module, line, guarded in found
        ]
    )


def own_modules(notebook: Notebook) -> frozenset[str]:
    """The modules that lie beside a notebook, that it writes, or that it puts on `sys.path`.

    Only names without a dot: of `pkg/part.py` it is `pkg` that an import finds.
    """
    return Own(notebook).modules


def _of_cell(cell: Cell) -> Sequence[tuple[str, int, bool]]:
    tree = tree_of(cell.source) if may_import(cell.source) else None
    return statements(tree, cell.source) if tree else ()
