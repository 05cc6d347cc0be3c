"""JUDGE: `import sys`, where a statement is to use it and nothing before it has imported it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.notebooks.code import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.notebooks.model import Cell, Notebook

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def with_sys(cell: Cell, at: int, notebook: Notebook) -> tuple[Edit, ...]:
    """Import it on a line above, unless it was imported before.

    Args:
        cell: where it is to be used.
        at: where the statement begins that is to use it.
        notebook: all cells.
    """
    if _is_imported(cell, at, notebook):
        return ()
    start = _start_of_line(cell.source, at)
    return (Edit(start, start, f"{_indent(cell.source[start:at])}import sys\n"),)


def with_sys_on_top(cell: Cell, at: int, notebook: Notebook) -> tuple[Edit, ...]:
    """Import it where imports stand: the statement may be a part of a function, or of another."""
    if _is_imported(cell, at, notebook):
        return ()
    start = 0
    for _ in range(_last_line_that_comes_first(cell)):
        start = cell.source.index("\n", start) + 1
    return (Edit(start, start, "import sys\n"),)


def _last_line_that_comes_first(cell: Cell) -> int:
    """The line of `%%time`, of a docstring, of an import from `__future__`; 0 without them."""
    tree, last = tree_of(cell.source), 0
    may_be_magic = cell.source.lstrip().startswith("%%")
    for node in tree.body if tree else ():
        is_magic = may_be_magic and isinstance(node, ast.Pass) and not last
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_magic or is_text or is_future):
            break
        last = node.end_lineno or node.lineno
    return last


def _is_imported(cell: Cell, at: int, notebook: Notebook) -> bool:
    """Tell whether it surely is when a statement of the cell is reached."""
    line, tree = cell.source.count("\n", 0, at) + 1, tree_of(cell.source)
    if tree and "sys" in cell.source and any(map(_imports_sys, _above(tree.body, line))):
        return True
    before = (each for each in notebook.code if each.index < cell.index and "sys" in each.source)
    trees = (tree_of(each.source) for each in before)
    return any(_imports_sys(node) for tree in trees if tree for node in tree.body)


def _imports_sys(node: ast.stmt) -> bool:
    names = node.names if isinstance(node, ast.Import) else ()
    return any(each.name == "sys" and each.asname is None for each in names)


def _above(block: Sequence[ast.stmt], line: int, *, is_local: bool = False) -> list[ast.stmt]:
    """Give what has run in the same scope when a line is reached, and what has in the notebook's.

    A function around a function is none of them: IPython looks only into the inner one.
    """
    found: list[ast.stmt] = []
    for node in block:
        if node.lineno >= line:
            break
        for inner in _blocks(node):
            if inner[0].lineno <= line <= (inner[-1].end_lineno or line):
                is_scope = isinstance(node, _SCOPES)
                kept = [] if is_scope and is_local else found
                return kept + _above(inner, line, is_local=is_local or is_scope)
        found.append(node)
    return found


def _blocks(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(node, name, None):
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _start_of_line(source: str, at: int) -> int:
    """Where the line begins, or the first of those that are continued into it."""
    start = source.rfind("\n", 0, at) + 1
    while source.endswith("\\\n", 0, start):
        start = source.rfind("\n", 0, start - 1) + 1
    return start


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
