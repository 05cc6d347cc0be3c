"""JUDGE: what the author of a notebook does not want to hear of a line, or of a cell.

`# noqa: NB101` ends a line, `# noqa` is about all rules; a tag `noqa` or `noqa:NB101` is about a
whole cell. Several codes have commas between them, and the beginning of a code is enough: `NB1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.notebooks.model import Cell
    from ipymod.registry import Problem

_CODES = r"[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*"
_COMMENT = pattern(rf"(?i)#\s*noqa(?:\s*:\s*({_CODES}))?", 0)
_TAG = pattern(rf"(?i)noqa(?:[:\-]\s*({_CODES}))?", 0)
_SPLIT = pattern(r"[,\s]+")


def is_silenced(problem: Problem, cell: Cell) -> bool:
    """Tell whether a comment at its line, or a tag of its cell, is about a problem."""
    if any(_is_about(_TAG.fullmatch(tag), problem.code) for tag in cell.tags):
        return True
    if problem.at is None or "noqa" not in cell.source.lower():
        return False
    return any(
        _is_about(_COMMENT.search(line), problem.code)
        for line in _logical_line(cell.source.split("\n"), problem.at.line)
    )


def _is_about(found: object, code: str) -> bool:
    codes = getattr(found, "group", lambda _: "none")(1)
    if found is None:
        return False
    return codes is None or code.startswith(tuple(_SPLIT.split(codes.upper())))


def _logical_line(lines: list[str], line: int) -> list[str]:
    """The line, and those that continue it."""
    last = line - 1
    while last + 1 < len(lines) and lines[last].endswith("\\"):
        last += 1
    return lines[line - 1 : last + 1]
