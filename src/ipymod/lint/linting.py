"""JUDGE: the rules, applied to one notebook after the other; what was silenced is left out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.edits import applied
from ipymod.frozen import dataclass
from ipymod.lint.facts import Facts
from ipymod.lint.found import Found
from ipymod.lint.noqa import is_silenced
from ipymod.lint.rules import REGISTRY
from ipymod.notebooks.file import read
from ipymod.notebooks.model import Notebook
from ipymod.registry import At, apply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    from ipymod.lint.targets import Target
    from ipymod.notebooks.model import Unreadable
    from ipymod.registry import Check, Problem

_MOST = 300  # characters of a line that is shown


@dataclass(frozen=True)
class Linter:
    """How notebooks are judged.

    Attributes:
        checks: the rules that are applied.
        to: what a fix makes of `!pip`.
        target: the environment that the notebooks are to run in.
        ignored: gives the codes that a project leaves out in one notebook; None for none.
    """

    checks: tuple[Check, ...]
    to: Literal["pip", "pymod"] = "pip"
    target: Target | None = None
    ignored: Callable[[str], Sequence[str]] | None = None

    @cached_property
    def _of_notebooks(self) -> tuple[Check, ...]:
        """The rules that say something of a file that can be read."""
        lacking = {"file"} if self.target else {"file", "target", "imports"}
        return tuple(check for check in self.checks if not lacking.intersection(check.reads))

    def facts(self, notebook: Notebook | Unreadable) -> Facts:
        """Give what the rules read of a notebook."""
        if isinstance(notebook, Notebook):
            return Facts(None, notebook, self.to, self.target)
        return Facts(notebook, None, self.to, self.target)

    def problems(self, notebook: Notebook | Unreadable) -> list[Problem]:
        """Judge a notebook: its problems, from its first cell to its last."""
        is_read = isinstance(notebook, Notebook)
        found = apply(self._of_notebooks if is_read else self.checks, self.facts(notebook))
        if found and self.ignored and (words := self.ignored(notebook.path)):
            left_out = {check.code for check in REGISTRY.select(words)}
            found = [each for each in found if each.code not in left_out]
        if isinstance(notebook, Notebook) and found:
            found = [each for each in found if not _is_silenced(each, notebook)]
        return sorted(found, key=_place)

    def lint(self, path: str) -> list[Found]:
        """Read a notebook and judge it."""
        notebook = read(path)
        return [_found(path, each, notebook) for each in self.problems(notebook)]


def chosen(
    select: Sequence[str], ignore: Sequence[str], extend: Sequence[str] = ()
) -> tuple[Check, ...]:
    """Give the rules by codes, beginnings of codes, families or names.

    Raises:
        UsageError: a word names none.
    """
    taken = [*REGISTRY.select(select), *(REGISTRY.select(extend) if extend else ())]
    left_out = {check.code for check in REGISTRY.select(ignore)} if ignore else set()
    return tuple(check for check in dict.fromkeys(taken) if check.code not in left_out)


def _found(path: str, problem: Problem, notebook: Notebook | Unreadable) -> Found:
    """Give a problem of a notebook as every format shows it."""
    at = problem.at or At()
    fix: Literal["safe", "unsafe"] | None = None
    if at.edits:
        fix = "safe" if at.is_safe else "unsafe"
    return Found(
        path,
        at.cell,
        at.line,
        problem.code,
        problem.name,
        problem.severity,
        problem.message,
        _mended(at, notebook) or problem.fix,
        fix,
        _source(at, notebook),
    )


def _mended(at: At, notebook: Notebook | Unreadable) -> str:
    """The line as a fix would leave it; empty where there is none."""
    if at.cell is None or not at.edits or not isinstance(notebook, Notebook):
        return ""
    source = notebook.cells[at.cell].source
    added = sum(e.text.count("\n") - source.count("\n", e.start, e.end) for e in at.edits)
    lines = applied(source, at.edits).split("\n")
    return "".join(lines[max(at.line - 1 + added, 0) :][:1]).strip()[:_MOST]


def _source(at: At, notebook: Notebook | Unreadable) -> str:
    if at.cell is None or not isinstance(notebook, Notebook):
        return ""
    lines = notebook.cells[at.cell].source.split("\n")
    return lines[at.line - 1][:_MOST] if at.line <= len(lines) else ""


def _place(problem: Problem) -> tuple[int, int, str]:
    at = problem.at
    return (-1 if at is None or at.cell is None else at.cell, at.line if at else 1, problem.code)


def _is_silenced(problem: Problem, notebook: Notebook) -> bool:
    at = problem.at
    return at is not None and at.cell is not None and is_silenced(problem, notebook.cells[at.cell])
