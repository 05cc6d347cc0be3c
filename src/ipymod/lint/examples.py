"""DATA: a healthy notebook, and the smallest changes to it that trip a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.lint.facts import Facts
from ipymod.notebooks.model import Cell, Notebook, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipymod.lint.targets import Target

HEALTHY = Facts(
    notebook=Notebook(
        "lesson.ipynb",
        (
            Cell(
                0, "markdown", "# Lesson\n\nRun `!pip install seaborn` in a terminal? Better not."
            ),
            Cell(1, "code", "%pip install seaborn"),
            Cell(2, "code", 'import json\n\nprint("!pip install seaborn")'),
        ),
        kernel="python3",
        display_name="Python 3 (ipykernel)",
        has_kernelspec=True,
    )
)


def code(source: str) -> Callable[[Facts], Facts]:
    """Add a cell of code."""

    def change(healthy: Facts) -> Facts:
        from dataclasses import replace

        notebook = healthy.notebook or _NONE
        cells = (*notebook.cells, Cell(len(notebook.cells), "code", source))
        return replace(healthy, notebook=replace(notebook, cells=cells))

    return change


def aimed_at(target: Target, change: Callable[[Facts], Facts]) -> Callable[[Facts], Facts]:
    """Make the same change, in a notebook that is meant for some environment."""

    def aimed(healthy: Facts) -> Facts:
        from dataclasses import replace

        return replace(change(healthy), target=target)

    return aimed


def metadata(**changes: object) -> Callable[[Facts], Facts]:
    """Change what the notebook says of itself."""

    def change(healthy: Facts) -> Facts:
        from dataclasses import replace

        changed = replace(healthy.notebook or _NONE, **changes)  # type: ignore[arg-type]  # as named
        return replace(healthy, notebook=changed)

    return change


def unreadable(kind: str, reason: str, line: int = 1) -> Callable[[Facts], Facts]:
    """Put a file in its place that gives no notebook."""
    return lambda _: Facts(file=Unreadable("lesson.ipynb", kind, reason, line))


_NONE = Notebook("lesson.ipynb", ())
