"""DATA: a notebook as its file has it; nothing of it was run, and no output is kept."""

from __future__ import annotations

from typing import NamedTuple

from ipymod.frozen import dataclass


class Cell(NamedTuple):
    """One cell; a tuple, since a folder of notebooks has a hundred thousand.

    Attributes:
        index: among all cells of the notebook, from 0.
        kind: `code`, `markdown`, `raw`.
        source: its text; a list of strings in the file is joined.
        tags: those of its metadata.
    """

    index: int  # type: ignore[assignment]  # hides a method of tuples that nobody needs here
    kind: str
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notebook:
    """A notebook.

    Attributes:
        path: as it was given, or found.
        cells: all of them, in their order.
        language: in lower case, `python` where the notebook does not say.
        kernel: the name of its kernelspec; empty without one.
        display_name: the name that the kernelspec shows.
        has_kernelspec: whether its metadata have one at all.
        version: major and minor number of its format.
        faults: in what it differs from the schema of its format.
    """

    path: str
    cells: tuple[Cell, ...]
    language: str = "python"
    kernel: str = ""
    display_name: str = ""
    has_kernelspec: bool = False
    version: tuple[int, int] = (4, 5)
    faults: tuple[str, ...] = ()

    @property
    def code(self) -> tuple[Cell, ...]:
        """Its code cells."""
        return tuple([cell for cell in self.cells if cell.kind == "code"])


@dataclass(frozen=True)
class Unreadable:
    """A file that gives no notebook.

    Attributes:
        path: as it was given, or found.
        kind: `denied` for what the system refuses, `empty`, `pointer` of Git LFS, `encoding`,
            `json`, `shape` for JSON of something else, `old` for a format before 4, `new` for one
            after it.
        reason: what is wrong, in words that end a sentence.
        line: of the file, from 1, where that is known.
    """

    path: str
    kind: str
    reason: str
    line: int = 1
