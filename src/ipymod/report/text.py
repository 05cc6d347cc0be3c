"""SHOW: a report in a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from ipymod.legible import legible, legible_lines
from ipymod.report import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.registry import Problem
    from ipymod.report.model import Report, Route

WIDTH = 80
_COLOURS = {
    "error": "\x1b[31m",
    "warning": "\x1b[33m",
    "info": "\x1b[36m",
    "this kernel": "\x1b[32m",
    "elsewhere": "\x1b[33m",
    "broken": "\x1b[31m",
    "unknown": "\x1b[35m",
    "title": "\x1b[1m",
}
_PLAIN = "\x1b[0m"


def write(report: Report, *, colour: bool = False, width: int = WIDTH) -> str:
    """Write the whole report; a path longer than the terminal is wide stays in one piece."""
    return "\n".join(_Writer(colour=colour, width=width).lines(report))


class _Writer:
    """Lays the parts out; the colour and the width are decided once."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self._colour = colour
        self._width = width

    def lines(self, report: Report) -> Iterator[str]:
        if report.brief:
            yield from self._names(report)
            return
        yield from self._verdict(report, report.first_line)
        yield ""
        yield from self._wrapped(outline.kernel_line(report))
        yield from ("",) if report.commands or outline.off_path(report) else ()
        yield from self._commands(report)
        yield from self._problems(report)
        yield from ("", *self._names(report)) if report.names else ()
        yield from self._more(report)
        yield from self._unread(report)
        yield from self._skipped(report)
        yield ""
        yield from self._verdict(report, report.last_line)

    def _verdict(self, report: Report, line: str) -> list[str]:
        worst = report.problems[0].severity.value if report.problems else "this kernel"
        return [self._in(worst, each) for each in self._wrapped(line)]

    def _in(self, style: str, text: str) -> str:
        return f"{_COLOURS[style]}{text}{_PLAIN}" if self._colour else text

    def _commands(self, report: Report) -> Iterator[str]:
        table = outline.commands(report)
        rows = table.rows
        wide = [max(len(row[column]) for row in (table.head, *rows)) for column in range(3)]
        if rows:
            head = [f"{name:<{width}}" for name, width in zip(table.head, wide, strict=False)]
            yield self._in("title", f"  {'  '.join([*head, table.head[3]])}")
        for route, row in zip(report.commands, rows, strict=True):
            yield from self._command(route, row, wide)
        absent = outline.off_path(report)
        if absent:
            yield from self._wrapped(f"Not on PATH: {', '.join(absent)}", "  ")

    def _command(self, route: Route, row: tuple[str, ...], wide: list[int]) -> Iterator[str]:
        name, goes, version, where, path = map(legible, row)
        start = f"  {name:<{wide[0]}}  {self._in(goes, goes)}{' ' * (wide[1] - len(goes))}"
        middle = f"  {version:<{wide[2]}}  "
        used = 2 + wide[0] + 2 + wide[1] + len(middle)
        lines = self._wrapped(where, " " * used)
        if len(lines) == 1 and len(lines[0]) <= self._width:
            yield f"{start}{middle}{where}".rstrip()
        else:
            yield f"{start}{middle}".rstrip()
            yield from self._wrapped(where, " " * (4 + wide[0]))
        if not outline.is_own_launcher(route):
            yield f"{' ' * (4 + wide[0])}by {path}"

    def _problems(self, report: Report) -> Iterator[str]:
        problems, more = outline.shown(report)
        for problem in problems:
            yield ""
            yield from self._problem(problem, everything=report.everything)
        for code, count in more.items():
            yield ""
            yield f"{count} more of {code}; --all shows them"

    def _problem(self, problem: Problem, *, everything: bool) -> Iterator[str]:
        heading = outline.title(problem)
        for line in self._wrapped(heading[0].upper() + heading[1:]):
            yield self._in(problem.severity.value, line)
        yield from self._wrapped(problem.message, "  ")
        if problem.fix:
            yield from (f"    {line}" for line in legible_lines(problem.fix))
        if everything:
            for name, text in problem.evidence.items():
                yield f"  {legible(name)}: {legible(text)}"

    def _wrapped(self, text: str, indent: str = "") -> list[str]:
        return textwrap.wrap(
            legible(text),
            self._width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _names(self, report: Report) -> Iterator[str]:
        for answer, details in outline.names(report):
            yield from self._wrapped(answer)
            for each in details:
                yield from self._wrapped(each, "  ")

    def _more(self, report: Report) -> Iterator[str]:
        for table in outline.more(report):
            yield ""
            yield table.title
            for first, rows in groupby(table.rows, key=itemgetter(0)):
                yield f"  {legible(first)}"
                yield from (f"      {legible(each)}" for row in rows for each in row[1:] if each)

    def _unread(self, report: Report) -> Iterator[str]:
        found = outline.unread(report)
        if found:
            yield ""
            yield from self._wrapped(f"Could not be read: {', '.join(found)}")

    def _skipped(self, report: Report) -> Iterator[str]:
        groups = outline.skipped(report)
        if groups:
            yield ""
            told = "; ".join(f"{reason}: {codes}" for reason, codes in groups)
            yield from self._wrapped(f"Skipped, as it does not apply here: {told}")
