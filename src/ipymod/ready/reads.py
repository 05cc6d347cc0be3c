"""GATHER: which files of a course its notebooks read, as far as that is sure."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from ipymod.notebooks.code import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.notebooks.model import Cell, Notebook

_READING = ("read", "load", "imread", "genfromtxt", "parse", "open")
_NOT_READING = ("reader_of", "read_only", "load_ext", "load_dataset", "opener")
_WRITING = ("to_", "save", "write", "dump", "imwrite", "export")
_MOST = 200  # characters of a path


def files_read(notebook: Notebook, root: str) -> tuple[set[str], set[str]]:
    """The files below the root that a notebook reads, and those that it writes, from the root.

    Only what stands as a whole path in the call that reads it, and lies there now.
    """
    reads: set[str] = set()
    writes: set[str] = set()
    folder = os.path.dirname(notebook.path)
    for cell in notebook.code:
        for name, is_read in _of_cell(cell):
            path = _below(os.path.join(folder, name), root)
            if path:
                (reads if is_read else writes).add(path)
    return reads, writes


def _of_cell(cell: Cell) -> Iterator[tuple[str, bool]]:
    tree = tree_of(cell.source) if "(" in cell.source and "." in cell.source else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                use = _use(node)
                if use is not None and 0 < len(first.value) <= _MOST:
                    yield first.value, use


def _use(call: ast.Call) -> bool | None:
    """Whether a call reads the file that it names; None if nobody can tell."""
    name: str = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
    if name.startswith(_WRITING):
        return False
    if name == "open":
        return not _mode(call).startswith(("w", "a", "x"))
    return True if name.startswith(_READING) and name not in _NOT_READING else None


def _mode(call: ast.Call) -> str:
    given = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "mode")]
    values = [each.value for each in given if isinstance(each, ast.Constant)]
    return next((value for value in values if isinstance(value, str)), "r")


def _below(path: str, root: str) -> str:
    """The path from the root; empty if it leads out of it, or to no file."""
    try:
        if not os.path.isfile(path):
            return ""
        relative = os.path.relpath(path, root).replace(os.sep, "/")
    except (OSError, ValueError):
        return ""
    return "" if relative.startswith("../") or os.path.isabs(relative) else relative
