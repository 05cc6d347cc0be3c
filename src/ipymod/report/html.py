"""SHOW: a report as a part of a page: it reads well with all of its style taken away.

Front ends take away much: ids, scripts, `<style>`, most of `var()`, inline pictures. So the
elements carry the meaning, and what is added stands in literal inline styles or is left out.
"""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from ipymod.report import outline
from ipymod.report.legible import legible, legible_lines
from ipymod.report.picture import draw, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipymod.registry import Problem
    from ipymod.report.model import Report
    from ipymod.report.outline import Table

_EDGES = {"error": "#c62828", "warning": "#b26a00", "info": "#2874a6"}
_STYLE = """<style>
.ipymod-report { font-family: var(--jp-ui-font-family, system-ui, sans-serif); }
.ipymod-report table { border-collapse: collapse; }
.ipymod-report td { font-family: var(--jp-code-font-family, monospace); }
.ipymod-report summary { cursor: pointer; }
.ipymod-report img { max-width: 100%; }
</style>"""
_CELL = 'style="text-align:left;border:1px solid #888888;padding:2px 8px;white-space:pre-wrap"'


def write(report: Report) -> str:
    """Write the whole report."""
    return "\n".join(_parts(report))


def page(report: Report) -> str:
    """Write it as a page that stands alone."""
    title = _text(report.first_line)
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!DOCTYPE html>\n<html lang="en">{head}\n<body>\n{write(report)}\n</body></html>\n'


def _parts(report: Report) -> Iterator[str]:
    yield f'<div class="ipymod-report">{_STYLE}'
    yield from _names(report) if report.brief else _whole(report)
    yield "</div>"


def _whole(report: Report) -> Iterator[str]:
    yield f"<p><strong>{_text(report.first_line)}</strong></p>"
    yield f"<p>{_text(outline.kernel_line(report))}</p>"
    yield from _commands(report)
    yield from _problems(report)
    yield from _names(report)
    yield from (_details(table.title, _table(table)) for table in outline.more(report))
    yield from _skipped(report)
    yield f"<p><strong>{_text(report.last_line)}</strong></p>"


def _names(report: Report) -> Iterator[str]:
    for answer, details in outline.names(report):
        items = "".join(f"<li>{_text(each)}</li>" for each in details)
        yield f"<p><strong>{_text(answer)}</strong></p>" + (f"<ul>{items}</ul>" if items else "")


def _text(text: str) -> str:
    return escape(legible(text))


def _text_of_lines(text: str) -> str:
    return "\n".join(map(escape, legible_lines(text)))


def _commands(report: Report) -> Iterator[str]:
    if report.commands:
        yield _table(outline.commands(report))
        picture = base64.b64encode(draw(report).encode()).decode("ascii")
        source = f"data:image/svg+xml;base64,{picture}"
        yield f'<p><img src="{source}" alt="{_text(in_words(report))}"></p>'
    absent = outline.off_path(report)
    if absent:
        yield f"<p>Not on PATH: {', '.join(absent)}</p>"


def _table(table: Table) -> str:
    head = "".join(f"<th {_CELL}>{_text(cell)}</th>" for cell in table.head)
    rows = "".join(f"<tr>{''.join(_cells(row))}</tr>\n" for row in table.rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>"


def _cells(row: Iterable[str]) -> Iterator[str]:
    return (f"<td {_CELL}>{_text(cell)}</td>" for cell in row)


def _problems(report: Report) -> Iterator[str]:
    problems, more = outline.shown(report)
    yield from map(_problem, problems)
    yield from (f"<p>{count} more of {code}; --all shows them</p>" for code, count in more.items())


def _problem(problem: Problem) -> str:
    severity = problem.severity.value
    heading = _text(outline.title(problem)[len(severity) :])
    told = f"<p><strong>{severity.capitalize()}</strong>{heading}<br>{_text(problem.message)}</p>"
    fix = f"<pre><code>{_text_of_lines(problem.fix)}</code></pre>" if problem.fix else ""
    edge = f"border-left:4px solid {_EDGES[severity]};padding:0 0 0 10px"
    return f'<div style="{edge}">{told}{fix}{_evidence(problem.evidence)}</div>'


def _evidence(evidence: Mapping[str, str]) -> str:
    if not evidence:
        return ""
    rows = tuple((name, str(text)) for name, text in evidence.items())
    return _details("What was seen", _table(outline.Table("", ("what", "value"), rows)))


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{_text(summary)}</summary>\n{body}</details>"


def _skipped(report: Report) -> Iterator[str]:
    groups = outline.skipped(report)
    if groups:
        items = "".join(f"<li>{_text(reason)}: {codes}</li>" for reason, codes in groups)
        count = len(report.verdict.skipped)
        yield _details(f"{count} checks do not apply here", f"<ul>{items}</ul>")
