"""DATA: what a check is, and the registry that holds them; it knows no check in particular.

A check is a function of facts. From the one place where it stands come its code, its name, its
explanation, the facts that it reads, its example and, through the report, its page.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ipymod.errors import UsageError
from ipymod.frozen import dataclass, field

if TYPE_CHECKING:
    from ipymod.edits import Edit


class Severity(enum.Enum):
    """How bad a problem is: it breaks something, it will surprise, it is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class At:
    """Where in a notebook a fault stands, and what mends it there.

    Attributes:
        cell: its index among all cells, from 0; None for the notebook as a whole.
        line: in the cell, from 1; in the file, where it is about the file.
        edits: changes to the cell's source that mend the fault; none if nothing surely does.
        is_safe: whether these are provably the same for the kernel's environment.
    """

    cell: int | None = None
    line: int = 1
    edits: tuple[Edit, ...] = ()
    is_safe: bool = False


@dataclass(frozen=True)
class Finding:
    """What a check yields: one fault that it saw.

    Attributes:
        message: both sides, in one sentence.
        fix: the command to paste, empty where there is none.
        evidence: what was seen, name to value; paths, versions.
        severity: where it differs from the check's own.
        at: where in a notebook; None for a fault of the machine.
    """

    message: str
    fix: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    at: At | None = None


Judge = Callable[..., Iterable[Finding]]
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        code: stable for ever, never used again: `WP101`.
        name: the function's name; it states the fault.
        family: the group it belongs to, as the user selects it.
        severity: of its findings, unless they say otherwise.
        reads: the names of the facts it needs; where one is None it is skipped.
        judge: the function itself.
        example: turns healthy facts into the smallest facts that trip this check alone.
    """

    code: str
    name: str
    family: str
    severity: Severity
    reads: tuple[str, ...]
    judge: Judge
    example: Change

    @property
    def summary(self) -> str:
        """The first sentence of its explanation."""
        return _told(self.judge).partition("\n\n")[0]

    @property
    def explanation(self) -> str:
        """What it means and why it matters, in full."""
        return _told(self.judge).partition("\n\n")[2]


@dataclass(frozen=True)
class Problem:
    """A finding together with the check that found it: what a report shows."""

    code: str
    name: str
    severity: Severity
    message: str
    fix: str
    evidence: Mapping[str, str]
    at: At | None = None


@dataclass(frozen=True)
class Skipped:
    """A check that could not be applied, and the fact that it lacked."""

    code: str
    name: str
    missing: str


@dataclass(frozen=True)
class Verdict:
    """What the checks say of some facts: the worst problems first."""

    problems: tuple[Problem, ...]
    skipped: tuple[Skipped, ...]


class Registry:
    """All checks, by code."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def __iter__(self) -> Iterator[Check]:
        return iter(sorted(self._checks.values(), key=lambda check: check.code))

    def __getitem__(self, code: str) -> Check:
        try:
            return self._checks[code.upper()]
        except KeyError:
            raise UsageError(f"there is no check {code}; {self._near(code)}") from None

    def _near(self, code: str) -> str:
        import difflib

        near = difflib.get_close_matches(code.upper(), self._checks, n=1)
        return f"did you mean {near[0]}?" if near else "ipymod explain lists them"

    def check(
        self, code: str, family: str, severity: Severity, *, example: Change
    ) -> Callable[[Judge], Judge]:
        """Register a function as a check; used as a decorator.

        Raises:
            ValueError: the code is taken.
        """
        if code in self._checks:
            raise ValueError(f"{code} is taken by {self._checks[code].name}")

        def register(judge: Judge) -> Judge:
            code_of = judge.__code__  # `inspect.signature` takes ten times as long as all this
            reads, name = code_of.co_varnames[: code_of.co_argcount], judge.__name__
            self._checks[code] = Check(code, name, family, severity, reads, judge, example)
            return judge

        return register

    def select(self, words: Iterable[str]) -> list[Check]:
        """Give the checks named by codes (`WP101`), beginnings of codes (`WP1`) or families.

        Raises:
            UsageError: a word names none.
        """
        chosen: list[Check] = []
        for word in words:
            fitting = [c for c in self if c.family == word or c.code.startswith(word.upper())]
            chosen += fitting or [self[word]]
        return list(dict.fromkeys(chosen)) if chosen else list(self)

    def judge(self, facts: Any, words: Iterable[str] = ()) -> Verdict:
        """Apply the checks to facts; a fact is an attribute of theirs."""
        checks = self.select(words)
        order = list(Severity)
        problems = sorted(apply(checks, facts), key=lambda each: order.index(each.severity))
        return Verdict(tuple(problems), tuple(_skipped(checks, facts)))


def apply(checks: Iterable[Check], facts: Any) -> list[Problem]:
    """Apply those checks that lack no fact; the problems in the order of the checks."""
    problems: list[Problem] = []
    known: dict[str, Any] = {}
    for check in checks:
        for name in check.reads:
            if name not in known:
                known[name] = getattr(facts, name)
        found = [known[name] for name in check.reads]
        if None not in found:
            problems += [_problem(check, finding) for finding in check.judge(*found)]
    return problems


def _skipped(checks: Iterable[Check], facts: Any) -> Iterator[Skipped]:
    for check in checks:
        missing = [name for name in check.reads if getattr(facts, name) is None]
        if missing:
            yield Skipped(check.code, check.name, missing[0])


def _told(judge: Judge) -> str:
    import inspect  # which nobody needs who explains nothing

    return inspect.cleandoc(judge.__doc__ or "")


def _problem(check: Check, finding: Finding) -> Problem:
    return Problem(
        check.code,
        check.name,
        finding.severity or check.severity,
        finding.message,
        finding.fix,
        finding.evidence,
        finding.at,
    )
