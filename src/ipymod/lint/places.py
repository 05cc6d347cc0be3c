"""GATHER: the line of a notebook's file that a finding stands in; other programs show the file."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError
from ipymod.notebooks.spans import member, outline, tokens

if TYPE_CHECKING:
    from ipymod.lint.found import Found


def line_of(found: Found) -> int:
    """Give the line of the file, from 1; the cell's first line where it cannot be told closer."""
    if found.cell is None:
        return found.line
    try:
        lines = _lines(found.path, found.cell)
    except (OSError, IndexError, IpymodError):  # it is gone or was changed meanwhile
        return 1
    return lines[min(found.line, len(lines)) - 1] if lines else 1


@lru_cache(maxsize=8)  # findings come notebook by notebook
def _lines(path: str, cell: int) -> list[int]:
    """The line of the file for each line of a cell."""
    with open(path, "rb") as file:
        data = file.read()
    cells = member(outline(data), "cells")
    source = member(cells.items[cell], "source") if cells else None
    lines: list[int] = []
    for token in tokens(data, source) if source else ():
        number = data.count(b"\n", 0, token.start) + 1
        lines += [number] * (token.text.count("\n") + (not token.text.endswith("\n")))
    return lines
