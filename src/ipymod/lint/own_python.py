"""JUDGE: `import sys`, where a line is to use it and the notebook has not imported it before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.notebooks.model import Cell, Notebook

_IMPORTS_SYS = pattern(r"(?m)^import[ \t]+(?:[\w.]+[ \t]*,[ \t]*)*sys\b(?![.\w])(?! as)", 0)


def with_sys(cell: Cell, at: int, notebook: Notebook) -> tuple[Edit, ...]:
    """Import it on a line above, unless it was imported before.

    Args:
        cell: where it is to be used.
        at: where the statement begins that is to use it.
        notebook: all cells.
    """
    if _IMPORTS_SYS.search(cell.source, 0, at):
        return ()
    before = (each for each in notebook.code if each.index < cell.index)
    if any("sys" in each.source and _IMPORTS_SYS.search(each.source) for each in before):
        return ()
    start = cell.source.rfind("\n", 0, at) + 1
    return (Edit(start, start, f"{_indent(cell.source[start:at])}import sys\n"),)


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
