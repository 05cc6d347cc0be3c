"""SHOW: what Binder would do, in words, and what is wrong with it."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from ipymod.binder.declared import all_requirements
from ipymod.binder.image import MEASURED
from ipymod.binder.plan import PROJECT, environment_file
from ipymod.binder.requirements import included
from ipymod.frozen import dataclass
from ipymod.legible import legible, legible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.binder.facts import Repository
    from ipymod.registry import Problem

WIDTH = 80
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m"}
_PLAIN = "\x1b[0m"
_COUNTED = {"error": "error", "warning": "warning", "info": "note"}
_DOES = {
    "Dockerfile": "Docker builds {}, whatever that says; nothing else is looked at",
    "Project.toml": "Julia instantiates {}",
    "JuliaProject.toml": "Julia instantiates {}",
    "default.nix": "nix-shell takes {}",
    "install.R": "R runs {}",
    "DESCRIPTION": "R installs the repository itself, from {}",
    "environment.yml": "conda installs {}",
    "environment.yaml": "conda installs {}",
    "Pipfile.lock": "pipenv installs {}",
    "Pipfile": "pipenv knows {}",
    "requirements.txt": "pip installs {}",
    "apt.txt": "apt-get installs {}",
    "postBuild": "{} runs once all is installed",
    "start": "{} runs before each server",
}


@dataclass(frozen=True)
class Page:
    """What is said of a repository.

    Attributes:
        repository: what was looked at.
        problems: what is wrong, the worst first.
        remarks: what was passed over, and why.
        colour: whether a terminal shows it.
        width: in columns.
    """

    repository: Repository
    problems: Sequence[Problem]
    remarks: Sequence[str] = ()
    colour: bool = False
    width: int = WIDTH

    def text(self) -> str:
        """As lines."""
        lines = [*map(legible, story(self.repository))]
        for problem in self.problems:
            lines += ["", *self._problem(problem)]
        return "\n".join([*lines, "", *self._wrapped(_sum(self), "")])

    def _problem(self, problem: Problem) -> Iterator[str]:
        severity = problem.severity.value
        name = problem.name.replace("_", " ")
        told = f"{_where(problem)}: {_COUNTED[severity]}: {problem.message} ({problem.code} {name})"
        for line in self._wrapped(legible(told), "  "):
            yield f"{_COLOURS[severity]}{line}{_PLAIN}" if self.colour else line
        yield from (f"    try: {line}" for line in legible_lines(problem.fix) if line)

    def _wrapped(self, text: str, indent: str) -> list[str]:
        return textwrap.wrap(
            text,
            max(self.width, 20),
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def as_json(self) -> str:
        """As one object, in ASCII; a key may be added, none changes."""
        return json.dumps(_object(self), indent=1)


def story(repository: Repository) -> list[str]:
    """What Binder would do, a sentence each."""
    plan = repository.plan
    if plan.fault:
        where = f" at {plan.at[0]}" if plan.at[0] else ""
        return [f"Binder builds nothing: it stops{where}, since {plan.fault}."]
    told = [_python(repository), *_steps(repository), *_passed_over(repository)]
    return [f"{sentence}." for sentence in told if sentence]


def _python(repository: Repository) -> str:
    plan, python = repository.plan, repository.plan.python
    if plan.environment and plan.environment.fault:
        return f"Binder builds nothing: {plan.environment.fault}"
    if python.fault:
        return f"Binder builds nothing: {python.fault}"
    if not python.version:
        is_told = plan.buildpack in {"docker", "nix"}
        doubt = plan.environment.doubt if plan.environment else ""
        return "" if is_told else f"Which Python it takes cannot be told: {doubt}"
    return f"Python {python.version}, {_source(repository)}"


def _source(repository: Repository) -> str:
    python = repository.plan.python
    if python.path == "pyproject.toml":
        return "the newest that requires-python in pyproject.toml allows"
    if python.path:
        return f"from {python.path}"
    return f"the default of repo2docker {MEASURED}"


def _steps(repository: Repository) -> Iterator[str]:
    """What is done with each file that is read, in the order of repo2docker."""
    read = repository.plan.read
    for name, does in _DOES.items():
        path = next((path for path in read if path.rpartition("/")[2] == name), "")
        if path and not (name == "Pipfile" and any(each.endswith(".lock") for each in read)):
            yield does.format(path)
    is_project = bool(repository.declared and repository.declared.project)
    if is_project:
        yield "pip installs the repository itself"
    if not any(path.rpartition("/")[2] in _DOES for path in read) and not is_project:
        yield "Nothing is installed beside Jupyter: no file says what"


def _passed_over(repository: Repository) -> Iterator[str]:
    """What lies there and has no effect."""
    plan = repository.plan
    hidden, beside = (_unused(repository, paths) for paths in (plan.hidden, plan.ignored))
    if hidden:
        yield f"{_list(hidden)} in the root {_is(hidden)} ignored: {repository.folder}/ exists"
    if beside:
        yield f"{_list(beside)} {_is(beside)} ignored: {_winner(repository)} decides"


def _unused(repository: Repository, paths: Sequence[str]) -> list[str]:
    """Those of the paths that no requirement leads to either."""
    used = {included(each) for each in all_requirements(repository)}
    if repository.declared and repository.declared.project:
        used |= {*PROJECT}
    return [path for path in paths if path not in used]


def _winner(repository: Repository) -> str:
    environment = environment_file(repository)
    if repository.plan.buildpack == "conda" and environment:
        return environment.path
    return repository.plan.read[0] if repository.plan.read else "nothing there"


def _list(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _is(words: Sequence[str]) -> str:
    return "are" if words[1:] else "is"


def _where(problem: Problem) -> str:
    path, at = problem.evidence["path"], problem.at
    if at is None or (at.cell is None and at.line == 1):
        return path
    if at.cell is None:
        return f"{path}:{at.line}"
    return f"{path} cell {at.cell + 1}, line {at.line}"


def _sum(page: Page) -> str:
    number = len(page.repository.notebooks)
    notebooks = f"{number} notebook{'s' * (number != 1)}"
    counts = Counter(problem.severity.value for problem in page.problems)
    told = [
        f"{counts[key]} {noun}{'s' * (counts[key] > 1)}"
        for key, noun in _COUNTED.items()
        if counts[key]
    ]
    unread = len(page.repository.unread)
    more = f"; {unread} more cannot be read" if unread else ""
    return f"{', '.join(told) or 'OK: no problem'}; {notebooks} looked at{more}"


def _object(page: Page) -> dict[str, Any]:
    repository, plan = page.repository, page.repository.plan
    declared = repository.declared
    return {
        "path": repository.root,
        "repo2docker": MEASURED,
        "folder": repository.folder,
        "buildpack": plan.buildpack,
        "python": {"version": plan.python.version, "path": plan.python.path},
        "read": list(plan.read),
        "ignored": _unused(repository, [*plan.ignored, *plan.hidden]),
        "installs": sorted(declared.names) if declared else None,
        "story": story(repository),
        "notebooks": [lesson.path for lesson in repository.notebooks],
        "unread": [{"path": path, "reason": reason} for path, reason in repository.unread],
        "remarks": list(page.remarks),
        "problems": [_problem(problem) for problem in page.problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.evidence["path"],
        "cell": problem.at.cell if problem.at else None,
        "line": problem.at.line if problem.at else 1,
        "code": problem.code,
        "name": problem.name,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.fix,
    }
