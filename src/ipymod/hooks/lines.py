"""FACE: what a rewritten cell calls around a line that a shell or an installer gets.

Here the line is about to run: PATH, the working directory and `os.environ` are what the cell has
made of them by then.
"""

from __future__ import annotations

from typing import TypeVar

from ipymod.hooks import standing

_Value = TypeVar("_Value")


def before(text: str, kind: str) -> str:
    """Give the text to run.

    Args:
        text: of the line, or of the cell's body.
        kind: as `ipymod.cells` has it, or `%pip`, `%uv`, `%conda`.

    Raises:
        Refused: it is not to run.
    """
    cells = standing()
    if cells is None or not isinstance(text, str):  # IPython says what is wrong with it
        return text
    return cells.guarding.before(text, kind, cells.installs)


def after(value: _Value) -> _Value:
    """Give the value of the line that has run."""
    cells = standing()
    if cells:
        cells.installs.end()
    return value
