"""SHOW: one report, from which all forms are made; it says nothing that facts or checks do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ipymod.facts import same
from ipymod.facts.base import BROWSER
from ipymod.frozen import dataclass, field
from ipymod.registry import Severity
from ipymod.report.redact import redact, redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.facts import Command, Environment, Kernel
    from ipymod.facts.commands import Target
    from ipymod.facts.everything import Facts
    from ipymod.registry import Problem, Registry, Verdict

NAMES = ("pip", "pip3", "python", "python3", "uv", "conda", "jupyter")
# Where these go is what a person means by "my Python"; Jupyter may well live elsewhere.
INSTALLERS = ("pip", "pip3", "python", "python3", "uv", "conda")


@dataclass(frozen=True)
class Route:
    """Where one command goes.

    Attributes:
        name: as it is typed.
        path: the file that a shell starts.
        python: the interpreter that is reached, or None.
        environment: where packages would go; None if it is not known.
        state: `ok`, `broken` or `unknown`.
        certainty: `certain`, `likely` or `unknown`.
        same_as_kernel: whether that is the kernel's environment; None if it is not known.
        reason: why it is broken or unknown.
        steps: how it was found out.
    """

    name: str
    path: str
    python: str | None
    environment: Environment | None
    state: str
    certainty: str
    same_as_kernel: bool | None
    reason: str
    steps: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """The prefix that is reached; empty if it is not known."""
        return self.environment.prefix if self.environment else ""

    @property
    def version(self) -> str:
        """The version of the Python that is reached; empty if it is not known."""
        return self.environment.version if self.environment else ""

    @property
    def goes(self) -> str:
        """Where it goes, in two words."""
        if self.state != "ok":
            return self.state
        if self.same_as_kernel is None:
            return "unknown"
        return "this kernel" if self.same_as_kernel else "elsewhere"


class Name(Protocol):
    """What is known of a module or distribution: facts that tell themselves."""

    @property
    def kind(self) -> str:
        """What module it is; `missing` if the kernel cannot import it."""

    def to_text(self) -> list[str]:
        """The answer, and details in lines that are indented."""


@dataclass(frozen=True)
class Report:
    """What there is to say.

    Attributes:
        facts: what it was made from; they make the same report again.
        kernel: the interpreter that it is about.
        commands: where each command goes.
        verdict: the problems, the worst first, and the checks that could not be applied.
        checks: how many checks were applied.
        selection: the codes and families that were asked for, none for all.
        names: what is known of the modules and distributions that were asked for.
        everything: whether it tells what it leaves out otherwise.
        form: how it shows itself: `rich`, `text`, `colour` or `json`.
    """

    facts: Facts = field(repr=False)  # it holds what is redacted everywhere else
    kernel: Kernel
    commands: tuple[Route, ...]
    verdict: Verdict
    checks: int
    selection: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    everything: bool = False
    form: str = "rich"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Errors and warnings."""
        return tuple(p for p in self.verdict.problems if p.severity is not Severity.INFO)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is good to know."""
        return tuple(p for p in self.verdict.problems if p.severity is Severity.INFO)

    @property
    def brief(self) -> bool:
        """Whether it is about names alone, and judges nothing."""
        return bool(self.names) and not self.checks

    @property
    def in_browser(self) -> bool:
        """Whether the kernel runs in a page, where there is nothing that could lead elsewhere."""
        return self.kernel.system == BROWSER

    @property
    def exit_status(self) -> int:
        """0 if there is no error, no warning and no name that cannot be imported, else 1."""
        return 1 if self.problems or any(name.kind == "missing" for name in self.names) else 0

    @property
    def first_line(self) -> str:
        """The verdict in words."""
        if self.brief:
            return redact(self.names[0].to_text()[0])
        return redact(_counted(self.problems) if self.problems else f"OK: {self._praise()}")

    @property
    def last_line(self) -> str:
        """The verdict again, and where to read on."""
        found = [_plural(len(self.problems), "problem")] if self.problems else ["no problem"]
        found += [_plural(len(self.notes), "note")] if self.notes else []
        told = f"{_plural(self.checks, 'check')} found {listed(found)}"
        if self.verdict.skipped:
            told += f", {len(self.verdict.skipped)} skipped"
        shown = self.verdict.problems
        how = "%whichpip --explain" if self.kernel.running else "ipymod explain"
        told += f"; {how} {shown[0].code} says more" if shown else ""
        return told if self.problems else f"OK: {told}"

    def _praise(self) -> str:
        if self.selection:
            return f"no problem found in {listed(self.selection)}"
        if self.in_browser:
            return "%pymod pip install installs for this kernel, and nothing else can be reached"
        routes = [route for route in self.commands if route.name in INSTALLERS]
        if not routes:
            return "no pip and no python on PATH that could lead elsewhere"
        unknown = [route.name for route in routes if route.goes == "unknown"]
        if unknown:
            return f"no problem found, but only a run tells where {listed(unknown)} would lead"
        if any(route.goes != "this kernel" for route in routes):
            return "no problem found"
        names = [route.name for route in routes if not _is_double(route, routes)]
        verb = {1: "reaches", 2: "both reach"}.get(len(names), "all reach")
        return f"{listed(names)} {verb} this kernel's environment"

    def __str__(self) -> str:
        return self.text()

    def text(self, *, colour: bool = False, width: int = 80) -> str:
        """Write it for a terminal."""
        from ipymod.report.text import write

        return write(self, colour=colour, width=width)

    def html(self) -> str:
        """Write it as a part of a page."""
        from ipymod.report.html import write

        return write(self)

    def markdown(self) -> str:
        """Write it as Markdown."""
        from ipymod.report.markdown import write

        return write(self)

    def json(self, *, facts: bool = True) -> dict[str, Any]:
        """Give what `json` writes; with the facts it can be replayed."""
        from ipymod.report.json import data

        return data(self, facts=facts)

    def svg(self) -> str:
        """Draw where the commands go."""
        from ipymod.report.picture import draw

        return draw(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Let every front end take the form that it shows best.

        JSON is none of them: JupyterLab would show its tree in place of the page.
        """
        from ipymod.report.json import dumps

        if self.form == "json":
            return {"text/plain": dumps(self)}
        if self.form != "rich":
            return {"text/plain": self.text(colour=self.form == "colour")}
        return {
            "text/plain": self.text(),
            "text/html": self.html(),
            "text/markdown": self.markdown(),
        }


def build(facts: Facts, registry: Registry, words: Sequence[str] = ()) -> Report:
    """Judge the facts, and put together what there is to say; secrets are gone from it.

    Args:
        facts: what is known.
        registry: the checks.
        words: codes, beginnings of codes and families; none means all checks.

    Raises:
        UsageError: a word names no check.
    """
    verdict = registry.judge(facts, words)
    if not facts.kernel.running:
        from ipymod.report.shell import for_terminal

        verdict = for_terminal(verdict, facts.kernel)
    return Report(
        facts=facts,
        kernel=facts.kernel,
        commands=redacted(tuple(routes(facts))),
        verdict=redacted(verdict),
        checks=len(registry.select(words)) - len(verdict.skipped),
        selection=tuple(words),
    )


def routes(facts: Facts) -> Iterable[Route]:
    """Tell where each command goes that is there."""
    for name in NAMES:
        command: Command | None = getattr(facts, name)
        if command is not None:
            yield _route(command, facts)


def _route(command: Command, facts: Facts) -> Route:
    route = Route(
        name=command.name,
        path=command.path,
        python=command.python,
        environment=command.environment,
        state=command.state,
        certainty=command.certainty,
        same_as_kernel=is_kernels(command.environment, facts.kernel),
        reason=command.reason,
        steps=command.steps,
    )
    if command.name in {"uv", "conda"}:
        target: Target | None = getattr(facts, f"{command.name}_target")
        return _to_target(route, target, facts.kernel)
    return route


def _to_target(route: Route, target: Target | None, kernel: Kernel) -> Route:
    """Where a program lies says nothing of where it installs; what it would change does."""
    if target is None or route.state == "broken":
        return replace(route, environment=None, same_as_kernel=None)
    environment, is_its = target.environment, is_kernels(target.environment, kernel)
    if environment and target.folder:
        environment, is_its = replace(environment, prefix=target.folder), target.seen
    return replace(
        route,
        environment=environment,
        state=target.state,
        certainty=target.certainty,
        same_as_kernel=is_its,
        reason="" if target.state == "ok" else (target.steps or (target.reason,))[-1],
        steps=(*route.steps, *target.steps),
    )


def is_kernels(environment: Environment | None, kernel: Kernel) -> bool | None:
    """Whether an environment is the kernel's own; None if it is not known."""
    if environment is None or not environment.prefix:
        return None
    return same(environment, kernel.environment)


def _is_double(route: Route, among: Sequence[Route]) -> bool:
    """`pip3` says nothing that `pip` does not say."""
    return route.name.endswith("3") and any(each.name == route.name[:-1] for each in among)


def _counted(problems: Sequence[Problem]) -> str:
    counts = Counter(words_of(problem) for problem in problems)
    named = [words if count == 1 else f"{words} ({count})" for words, count in counts.items()]
    most = 4
    if len(named) > most:
        named[most - 1 :] = [f"and {len(named) - most + 1} more"]
    return f"{_plural(len(problems), 'problem')}: {', '.join(named)}"


def words_of(problem: Any) -> str:
    """The name of a check as words."""
    return str(problem.name).replace("_", " ")


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
