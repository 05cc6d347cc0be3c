"""GATHER: the line of a notebook's file that a line of a cell stands in."""

from __future__ import annotations

from functools import lru_cache

from ipymod.errors import IpymodError
from ipymod.notebooks.spans import member, outline, tokens


def line_in_file(path: str, cell: int, line: int) -> int:
    """Give the line of the file, from 1; other programs show the file, and know no cells.

    Args:
        path: of the notebook.
        cell: its index, from 0.
        line: in the cell, from 1.

    Returns:
        1 where it cannot be told: the file is gone, or was changed meanwhile.
    """
    try:
        lines = _lines(path, cell)
    except (OSError, IndexError, IpymodError):
        return 1
    return lines[min(line, len(lines)) - 1] if lines else 1


@lru_cache(maxsize=8)  # whoever asks does so notebook by notebook
def _lines(path: str, cell: int) -> list[int]:
    """The line of the file for each line of a cell."""
    with open(path, "rb") as file:
        data = file.read()
    cells = member(outline(data), "cells")
    source = member(cells.items[cell], "source") if cells else None
    lines: list[int] = []
    goes_on = False  # whether the last line has not ended
    for token in tokens(data, source) if source else ():
        number = data.count(b"\n", 0, token.start) + 1
        begun = token.text.count("\n") + (token.text[-1:] not in {"\n", ""})
        lines += [number] * (begun - goes_on)
        goes_on = token.text[-1:] != "\n" and (goes_on or bool(token.text))
    return lines
