"""SHOW: what fixes change, cell by cell; the JSON around it does not change."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.lint.fixing import Change, Fixed


def diff(fixed: Fixed) -> str:
    """Write the changes of one notebook as a unified diff; each cell counts its own lines."""
    return "".join(line for change in fixed.changes for line in _of(fixed.path, change))


def _of(path: str, change: Change) -> Iterator[str]:
    place = "kernelspec" if change.cell is None else f"cell {change.cell + 1}"
    before, after = (text.split("\n") for text in (change.before, change.after))
    name = f"{path} {place}"
    for line in difflib.unified_diff(before, after, name, name, lineterm=""):
        yield f"{line}\n"
