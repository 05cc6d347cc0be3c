"""FACE: `ipymod run`."""

from __future__ import annotations

import math
import os
import sys
import time
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Self

from ipymod.commands.choices import add_paths
from ipymod.commands.parser import Parser
from ipymod.console import colours, remark, say, width
from ipymod.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from ipymod.notebooks.model import Cell
    from ipymod.preflight.kernelspecs import Kernelspecs
    from ipymod.preflight.model import Job, Outcome, Settings

_FORMS = ("text", "json", "github")
_FEWEST = 2


def main(words: Sequence[str]) -> int:
    """Answer `ipymod run`."""
    asked = parser().parse_args(words)
    if asked.write and len(asked.kernel) > 1:
        raise UsageError("--write keeps the outputs of one kernel; give --kernel once, or none")
    began, timestamp = time.monotonic(), time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    paths = _found(asked)
    from ipymod.preflight.kernelspecs import Kernelspecs

    kernelspecs = Kernelspecs()
    _require(asked.kernel, kernelspecs)
    outcomes, stopped = _flown(asked, paths, kernelspecs)
    seconds = time.monotonic() - began
    _write_files(asked, outcomes, seconds, timestamp)
    say(_shown(asked.format, outcomes, kernelspecs, seconds))
    return stopped or int(any(outcome.fault for outcome in outcomes))


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "run",
        "Execute notebooks, each from its first cell to its last in a kernel of its own and in its"
        " own folder, many at once. The files stay as they are, unless --write is given.",
        (
            "ipymod run",
            "ipymod run lessons/ -j 4 --timeout 60",
            "ipymod run lesson.ipynb --kernel py311 --kernel py312     a matrix",
            "ipymod run lessons/ --html site --junit report.xml",
            "ipymod run --format github                                in a workflow",
        ),
    )
    _add_what(options)
    _add_where_to(options)
    return options


def _add_what(options: Parser) -> None:
    add_paths(options)
    add = options.add_argument
    add(
        "-j",
        "--jobs",
        metavar="N",
        type=_count,
        default=_at_once(),
        help="how many at the same time; the kernels of as many more start meanwhile"
        " (default: %(default)s, as many as there are processors)",
    )
    add(
        "--kernel",
        metavar="NAME",
        action="append",
        default=[],
        help="run on this kernel, not on the notebook's own; several times for each of them",
    )
    add("--timeout", metavar="S", type=_seconds, help="seconds for a cell (default: no limit)")
    add("--notebook-timeout", metavar="S", type=_seconds, help="seconds for a notebook's cells")


def _add_where_to(options: Parser) -> None:
    add = options.add_argument
    add("--write", action="store_true", help="keep the outputs in the notebooks that pass")
    add("--html", metavar="DIR", help="write a page for each notebook, and an index.html")
    add("--junit", metavar="FILE", help="write what came of them as JUnit")
    add("--format", choices=_FORMS, default="text", help="what is printed (default: text)")


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ArgumentTypeError(f"{text} is no number of notebooks; 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (math.isfinite(number) and number > 0):
        raise ArgumentTypeError(f"{text} is no number of seconds above 0")
    return number


def _at_once() -> int:
    count = getattr(os, "sched_getaffinity", None)
    return max(_FEWEST, len(count(0)) if count else os.cpu_count() or 0)


def _found(asked: Namespace) -> list[str]:
    """Find the notebooks.

    Raises:
        UsageError: there are none.
    """
    from ipymod.lint.settings import settings_of
    from ipymod.notebooks.find import find

    found: dict[str, None] = {}
    for start in asked.paths:
        settings = settings_of(start)
        walk = find([start], (*settings.exclude, *asked.exclude), settings.folder)
        found.update(dict.fromkeys(walk))
        for told in walk.remarks:
            remark(told)
    if not found:
        where = ", ".join(asked.paths)
        raise UsageError(f"there is no notebook in {where}; name notebooks, or folders of them")
    return list(found)


def _require(kernels: Sequence[str], kernelspecs: Kernelspecs) -> None:
    """Refuse a kernel that was typed and that there is not.

    Raises:
        UsageError: there is none of that name, or it cannot be read.
    """
    from ipymod.preflight.lacking import unknown

    for name in kernels:
        try:
            if kernelspecs.of(name) is None:
                raise UsageError(unknown(name, kernelspecs))
        except (ValueError, OSError) as error:
            raise UsageError(f"the kernel {name} cannot be read: {error}") from error


def _flown(
    asked: Namespace, paths: Sequence[str], kernelspecs: Kernelspecs
) -> tuple[list[Outcome], int]:
    """Execute all; what came of each in their order, and the status that a signal asked for."""
    from ipymod.preflight.flight import fly
    from ipymod.preflight.hints import hinted
    from ipymod.preflight.model import Fault, Job, Outcome
    from ipymod.preflight.pages import Pages, places

    pages = Pages(asked.html) if asked.html else None
    kernels = list(dict.fromkeys(asked.kernel)) or [""]
    jobs = [Job(*each, page) for each, page in places(paths, kernels).items()]
    with _Watch(jobs) as watch:
        stopped = fly(jobs, _settings(asked), kernelspecs, pages, watch)
    missed = Fault("interrupted", "it was not run: all of it was stopped before")
    outcomes = [watch.outcomes.get(job) or Outcome(job, fault=missed) for job in jobs]
    return hinted(outcomes), stopped


def _settings(asked: Namespace) -> Settings:
    from ipymod.preflight.model import Settings

    return Settings(
        asked.jobs, asked.timeout, asked.notebook_timeout, asked.write, asked.html or ""
    )


class _Watch:
    """Shows how far it has come: a bar in a terminal, elsewhere a line for each notebook."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        from ipymod.progress import Progress

        self.outcomes: dict[Job, Outcome] = {}
        self._at: dict[Job, str] = {}
        self._bar = Progress(len(jobs), "notebooks")
        self._in_terminal = bool(sys.stderr and sys.stderr.isatty())

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)

    def at(self, job: Job, cell: Cell, cells: int) -> None:
        """Hear that a cell begins."""
        self._at[job] = f"{os.path.basename(job.path)} {cell.index + 1}/{cells}"
        self.tick()

    def ended(self, outcome: Outcome) -> None:
        """Hear that a notebook is done."""
        from ipymod.preflight.text import heading

        self.outcomes[outcome.job] = outcome
        self._at.pop(outcome.job, None)
        self._bar.step(self._now())
        if sys.stderr and not self._in_terminal:
            print(heading(outcome), file=sys.stderr, flush=True)  # noqa: T201  a command prints

    def tick(self) -> None:
        """Hear that time has passed."""
        self._bar.note(self._now())

    def _now(self) -> str:
        return ", ".join(self._at.values())


def _write_files(
    asked: Namespace, outcomes: Sequence[Outcome], seconds: float, timestamp: str
) -> None:
    """Write what was asked for beside the summary.

    Raises:
        UsageError: it cannot be written.
    """
    from ipymod.preflight.forms import to_junit
    from ipymod.preflight.index import index

    texts = {}
    if asked.html:
        texts[os.path.join(asked.html, "index.html")] = index(outcomes, seconds)
    if asked.junit:
        texts[asked.junit] = to_junit(outcomes, os.getcwd(), timestamp)
    for path, text in texts.items():
        try:
            with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _shown(form: str, outcomes: Sequence[Outcome], kernelspecs: Kernelspecs, seconds: float) -> str:
    from ipymod.preflight import forms, text

    if form == "json":
        return forms.to_json(outcomes)
    if form == "github":
        return forms.to_github(outcomes, os.getcwd(), seconds)
    return text.summary(outcomes, kernelspecs, seconds=seconds, colour=colours(), width=width())
