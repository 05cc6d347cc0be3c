"""DO: mend notebooks; only the bytes of the strings that change are written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.notebooks.edit import edited, with_kernelspec
from ipymod.notebooks.file import parse
from ipymod.notebooks.model import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipymod.edits import Edit
    from ipymod.lint.linting import Linter
    from ipymod.notebooks.model import Unreadable
    from ipymod.registry import Problem

_MOST_PASSES = 100  # each mends at least one line; more than a notebook has is a fault of ours


@dataclass(frozen=True)
class Kernelspec:
    """The kernel that notebooks in Python are to name."""

    name: str
    display_name: str


@dataclass(frozen=True)
class Change:
    """A cell before and after; for the kernelspec the cell is None."""

    cell: int | None
    before: str
    after: str


@dataclass(frozen=True)
class Fixed:
    """What was done to one notebook.

    Attributes:
        path: of its file.
        before: the bytes of the file.
        after: the bytes that are to take their place; the same where there is nothing to mend.
        changes: what differs.
        fixes: how many faults were mended.
        unreadable: why the file gives no notebook.
    """

    path: str
    before: bytes
    after: bytes
    changes: tuple[Change, ...] = ()
    fixes: int = 0
    unreadable: Unreadable | None = None


@dataclass(frozen=True)
class Fixer:
    """How notebooks are mended.

    Attributes:
        linter: what judges them.
        unsafe: whether fixes are made that may change what a cell does.
        kernelspec: the kernel to name; None leaves it as it is.
    """

    linter: Linter
    unsafe: bool = False
    kernelspec: Kernelspec | None = None

    def fix(self, path: str, data: bytes) -> Fixed:
        """Mend a notebook in memory.

        Raises:
            IpymodError: the file has a shape that cannot be edited; nothing is to be written.
        """
        first = parse(path, data)
        if not isinstance(first, Notebook):
            return Fixed(path, data, data, unreadable=first)
        after, last, fixes = self._mended(data, first)
        changes = tuple(_changes(first, last))
        if self.kernelspec and _is_other(first, self.kernelspec):
            spec = self.kernelspec
            after = with_kernelspec(after, spec.name, spec.display_name, "python")
            changes = (Change(None, first.kernel, spec.name), *changes)
            fixes += 1
        return Fixed(path, data, after, changes, fixes)

    def _mended(self, data: bytes, notebook: Notebook) -> tuple[bytes, Notebook, int]:
        """Mend until nothing is left to mend: one fix may make room for another."""
        fixes = 0
        for _ in range(_MOST_PASSES):
            edits, taken = _together(self._fixable(notebook))
            if not edits:
                break
            data, fixes = edited(data, edits), fixes + taken
            again = parse(notebook.path, data)
            if not isinstance(again, Notebook):  # `edited` has proved that it is one
                break
            notebook = again
        return data, notebook, fixes

    def _fixable(self, notebook: Notebook) -> Iterator[Problem]:
        for problem in self.linter.problems(notebook):
            if problem.at and problem.at.edits and (self.unsafe or problem.at.is_safe):
                yield problem


def _is_other(notebook: Notebook, spec: Kernelspec) -> bool:
    return notebook.language == "python" and notebook.kernel != spec.name


def _together(problems: Iterable[Problem]) -> tuple[Mapping[int, list[Edit]], int]:
    """Give the edits of each cell that do not touch each other; the others wait for their turn."""
    found: dict[int, list[Edit]] = {}
    taken = 0
    for problem in problems:
        cell = problem.at.cell if problem.at else None
        if problem.at is None or cell is None:
            continue
        others = found.setdefault(cell, [])
        every = [each for edits in found.values() for each in edits]
        if not any(_collide(one, two) for one in problem.at.edits for two in others) and not any(
            _is_a_line(one) and _is_a_line(two) for one in problem.at.edits for two in every
        ):
            others += problem.at.edits
            taken += 1
    return {cell: edits for cell, edits in found.items() if edits}, taken


def _collide(one: Edit, two: Edit) -> bool:
    return one.start <= two.end and two.start <= one.end


def _is_a_line(edit: Edit) -> bool:
    """Tell whether it puts a line in: one `import sys` may do for all."""
    return edit.start == edit.end and edit.text.endswith("\n")


def _changes(first: Notebook, last: Notebook) -> Iterator[Change]:
    for before, after in zip(first.cells, last.cells, strict=True):
        if before.source != after.source:
            yield Change(before.index, before.source, after.source)
