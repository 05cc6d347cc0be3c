"""SHOW: the parts of a report in their order, as words; each form only lays them out."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ipymod.facts import same
from ipymod.frozen import dataclass
from ipymod.report.model import words_of
from ipymod.report.redact import redact

if TYPE_CHECKING:
    from ipymod.facts import Environment
    from ipymod.facts.kernels import Kernelspec
    from ipymod.registry import Problem
    from ipymod.report.model import Report, Route

_MOST_CODES = 20  # in one list
_MOST = 5  # findings of one check that are shown unless all are asked for

# Why a fact is not there, for a reader who does not know its name.
_WITHOUT = {
    "pip": "no pip on PATH",
    "pip3": "no pip3 on PATH",
    "python": "no python on PATH",
    "python3": "no python3 on PATH",
    "uv": "no uv on PATH",
    "uv_target": "no uv on PATH",
    "conda": "no conda on PATH",
    "conda_target": "no conda on PATH",
    "jupyter": "no jupyter on PATH",
    "server": "no Jupyter server is seen",
    "notebook": "the notebook is not known",
    "loaded": "the interpreter is not running",
    "missing": "no module was found missing",
    "project": "the folder belongs to no project",
}

_BASES = {
    "conda": "a conda environment",
    "debian": "the Python of the operating system",
    "pyenv": "installed by pyenv",
}


@dataclass(frozen=True)
class Table:
    """A table: its title, its head, its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def kernel_line(report: Report) -> str:
    """Which Python the report is about."""
    kernel = report.kernel
    if report.in_browser:
        return f"This kernel is Python {kernel.version} in Pyodide, inside a page of the browser"
    what = "This kernel is" if kernel.running else "The kernel would be"
    line = f"{what} Python {kernel.version}, {kernel.executable}"
    return f"{line}, {_made_from(kernel.environment)}"


def _made_from(environment: Environment) -> str:
    if environment.base_prefix in {"", environment.prefix}:
        return _BASES.get(environment.kind, "which is no virtual environment")
    by = f", made by {environment.kind}" if environment.kind in {"uv", "virtualenv"} else ""
    return f"a virtual environment of {environment.base_prefix}{by}"


def commands(report: Report) -> Table:
    """Where each command goes."""
    head = ("command", "goes to", "Python", "environment", "file")
    return Table("Commands", head, tuple(map(_row, report.commands)))


def _row(route: Route) -> tuple[str, ...]:
    where = route.prefix or route.reason or "would have to be run to know"
    if route.state == "broken":
        where = route.reason or "it cannot start"
    file = route.path
    if is_own_launcher(route):  # the environment stands beside it
        file = os.path.join(os.path.basename(os.path.dirname(file)), os.path.basename(file))
    return (route.name, route.goes, route.version, where, file)


def off_path(report: Report) -> list[str]:
    """The commands that a shell would not find."""
    if report.in_browser:  # there is no shell that would look for one
        return []
    here = {route.name for route in report.commands}
    return [name for name in ("pip", "python", "uv", "conda", "jupyter") if name not in here]


def is_own_launcher(route: Route) -> bool:
    """Whether the file lies where the environment keeps its launchers, so that it goes unsaid."""
    scripts = route.environment.scripts if route.environment else ""
    return bool(scripts) and os.path.dirname(route.path) == scripts


def names(report: Report) -> list[tuple[str, list[str]]]:
    """What is known of each name that was asked for: the answer, the details."""
    told = ([redact(line.strip()) for line in name.to_text()] for name in report.names)
    return [(lines[0], lines[1:]) for lines in told]


def shown(report: Report) -> tuple[list[Problem], Counter[str]]:
    """The problems that are written out, and for each code how many more there are."""
    seen: Counter[str] = Counter()
    kept = []
    for problem in report.verdict.problems:
        seen[problem.code] += 1
        if report.everything or seen[problem.code] <= _MOST:
            kept.append(problem)
    more = {code: count - _MOST for code, count in seen.items() if count > _MOST}
    return kept, Counter({} if report.everything else more)


def title(problem: Problem) -> str:
    """A problem's heading: how bad, which check, what fault."""
    return f"{problem.severity.value} {problem.code} {words_of(problem)}"


def unread(report: Report) -> list[str]:
    """What is there and could not be read, so that nothing is said of it."""
    facts = report.facts
    found = [facts.notebook.path] if facts.notebook and facts.notebook.unread else []
    found += facts.project.unread if facts.project else ()
    found += facts.packages.unread if facts.packages else ()
    found += facts.unread
    return [redact(each) for each in dict.fromkeys(found)]


def skipped(report: Report) -> list[tuple[str, str]]:
    """Why checks could not be applied, and their codes."""
    codes: dict[str, list[str]] = defaultdict(list)
    for check in report.verdict.skipped:
        reason = _WITHOUT.get(check.missing, f"nothing is known of {check.missing}")
        if report.in_browser and check.missing not in {"loaded", "missing"}:
            reason = "a browser has no commands, environments and settings"
        codes[reason].append(check.code)
    return [(reason, _counted(them) or ", ".join(them)) for reason, them in codes.items()]


def _counted(codes: list[str]) -> str:
    """How many they are, where a list of them would be longer than all else; else empty."""
    return f"{len(codes)} checks" if len(codes) > _MOST_CODES else ""


def more(report: Report) -> list[Table]:
    """What is told only where everything is: kernelspecs, environments, how it was found out."""
    if not report.everything:
        return []
    tables = [_kernelspecs(report), _environments(report), _steps(report)]
    return [table for table in tables if table.rows]


def _kernelspecs(report: Report) -> Table:
    specs = report.facts.kernelspecs.specs if report.facts.kernelspecs else ()
    rows = tuple((spec.name, spec.display_name, _starts(spec), spec.directory) for spec in specs)
    return Table("Kernels", ("name", "shown as", "starts", "directory"), rows)


def _starts(spec: Kernelspec) -> str:
    if spec.error or spec.command is None:
        return spec.error or "what starts it is not known"
    told = spec.command.python or spec.command.reason or spec.command.path
    return f"{told}, hidden by {spec.shadowed_by}" if spec.shadowed_by else told


def _environments(report: Report) -> Table:
    specs = report.facts.kernelspecs.specs if report.facts.kernelspecs else ()
    found = [report.kernel.environment, *(route.environment for route in report.commands)]
    found += [spec.command.environment for spec in specs if spec.command]
    unique: list[Environment] = []
    for each in found:
        if each and each.prefix and not any(same(each, other) for other in unique):
            unique.append(each)
    rows = [
        (each.prefix, each.kind, each.version, each.site[0] if each.site else "") for each in unique
    ]
    project = report.facts.project
    own = project.environments if project else ()
    known = {each.prefix for each in unique}
    rows += [(each.prefix, each.tool, "", "") for each in own if each.prefix not in known]
    return Table("Environments", ("prefix", "kind", "Python", "pip installs into"), tuple(rows))


def _steps(report: Report) -> Table:
    rows = tuple((route.name, step) for route in report.commands for step in route.steps)
    return Table("How it was found out", ("command", "step"), rows)
