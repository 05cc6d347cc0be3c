"""SHOW: a report as Markdown: for VS Code in an untrusted workspace, issues and forums."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.legible import legible, legible_lines
from ipymod.report import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.registry import Problem
    from ipymod.report.model import Report
    from ipymod.report.outline import Table

_WAYS = {"elsewhere", "broken", "unknown"}  # and "this kernel", which are two words
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"})


def write(report: Report) -> str:
    """Write the whole report."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    if report.brief:
        yield from _names(report)
        return
    yield f"**{prose(report.first_line)}**"
    yield prose(outline.kernel_line(report))
    if report.commands:
        yield _table(outline.commands(report))
    absent = outline.off_path(report)
    if absent:
        yield f"Not on PATH: {', '.join(absent)}"
    yield from _problems(report)
    yield from _names(report)
    for table in outline.more(report):
        yield f"**{table.title}**"
        yield _table(table)
    if unread := outline.unread(report):
        yield f"Could not be read: {prose(', '.join(unread))}"
    groups = outline.skipped(report)
    if groups:
        told = "; ".join(f"{reason}: {codes}" for reason, codes in groups)
        yield f"Skipped, as it does not apply here: {prose(told)}"
    yield f"**{prose(report.last_line)}**"


def prose(text: str) -> str:
    """Escape a text so that it is text: no HTML, no emphasis, no link, no formula, no mention."""
    escaped = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", legible(text))
    return escaped.translate(_ENTITIES)


def code(text: str) -> str:
    """A span of code that holds any text, backquotes and the bars of a table too."""
    text = legible(text).replace("|", "\\|")
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text.strip() else ""


def fenced(text: str) -> str:
    """A block of code that holds any text."""
    text = "\n".join(legible_lines(text))
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _names(report: Report) -> Iterator[str]:
    for answer, details in outline.names(report):
        yield f"**{prose(answer)}**"
        if details:
            yield "\n".join(f"- {prose(each)}" for each in details)


def _problems(report: Report) -> Iterator[str]:
    problems, more = outline.shown(report)
    for problem in problems:
        yield from _problem(problem, everything=report.everything)
    yield from (f"{count} more of {code}; `--all` shows them" for code, count in more.items())


def _problem(problem: Problem, *, everything: bool) -> Iterator[str]:
    heading = prose(outline.title(problem))
    yield f"**{heading[0].upper()}{heading[1:]}**: {prose(problem.message)}"
    if problem.fix:
        yield fenced(problem.fix)
    if everything and problem.evidence:
        rows = tuple((name, str(text)) for name, text in problem.evidence.items())
        yield _table(outline.Table("", ("what", "value"), rows))


def _table(table: Table) -> str:
    lines = [" | ".join(table.head), " | ".join("---" for _ in table.head)]
    lines += [" | ".join(map(_cell, row)) for row in table.rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(text: str) -> str:
    """Words as prose, names and paths as code."""
    is_prose = " " in text or text[:1].isdigit() or text in _WAYS
    return prose(text) if is_prose else code(text)
