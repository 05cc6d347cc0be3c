"""DATA: what a rule found, with the notebook that it found it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from ipymod.registry import Severity


@dataclass(frozen=True)
class Found:
    """One finding, as every format shows it.

    Attributes:
        path: of the notebook, as it was given or found.
        cell: its index, from 0; None for the notebook as a whole.
        line: in the cell, from 1; in the file, where there is no cell.
        code: of the rule: `NB101`.
        name: of the rule; it states the fault.
        severity: how bad it is.
        message: what is wrong, in one sentence.
        hint: the line or command that mends it; empty where there is none.
        fix: whether `ipymod fix` mends it: `safe` by itself, `unsafe` only when asked.
        source: the line of the cell that it is about; empty where it is about none.
    """

    path: str
    cell: int | None
    line: int
    code: str
    name: str
    severity: Severity
    message: str
    hint: str = ""
    fix: Literal["safe", "unsafe"] | None = None
    source: str = ""
