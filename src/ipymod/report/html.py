"""SHOW: a report as a part of a page: it reads well with all of its style taken away.

Front ends take away much: ids, scripts, style sheets, most of `var()`. What they do not know they
leave out or, worse, show as text. So the elements carry the meaning; they are those that even
`nbconvert --sanitize-html` knows, but for the picture and `<details>`; and what is added stands
in literal inline styles that suit light and dark.
"""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from ipymod.legible import legible, legible_lines
from ipymod.report import outline
from ipymod.report.picture import LINES, draw, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.registry import Problem
    from ipymod.report.model import Report
    from ipymod.report.outline import Table

_EDGES = {"error": LINES["broken"], "warning": LINES["elsewhere"], "info": "#3d8bd4"}
_LONG = 20  # letters of a cell that may be broken
_PATH = "min-width:12em;white-space:pre-wrap;word-break:break-all"
_WORDS = f"{_PATH};word-break:break-word"  # where the last is not known, the one before it holds
_HEAD = "border:1px solid #888888;padding:3px 8px;text-align:left"
_CELL = f"{_HEAD};font-family:monospace"
_FIX = (
    "border:1px solid #888888;border-radius:4px;padding:4px 8px;margin:6px 0 0 0"
    ";white-space:pre-wrap;word-break:normal"
)
_LIST = "list-style-type:none;margin:0;padding:0"
_ITEM = "margin:10px 0;padding:0 0 0 10px"
_SHEET = """:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }"""


def write(report: Report) -> str:
    """Write the whole report."""
    return "\n".join(_parts(report))


def page(report: Report) -> str:
    """Write it as a page that stands alone."""
    title = f"<title>{_text(report.first_line)}</title>"
    head = f'<head><meta charset="utf-8">{title}<style>{_SHEET}</style></head>'
    return f'<!DOCTYPE html>\n<html lang="en">{head}\n<body>\n{write(report)}\n</body></html>\n'


def _parts(report: Report) -> Iterator[str]:
    yield '<div class="ipymod-report" style="overflow-wrap:break-word">'
    yield from _names(report) if report.brief else _whole(report)
    yield "</div>"


def _whole(report: Report) -> Iterator[str]:
    yield _line(f"<strong>{_text(report.first_line)}</strong>")
    yield _line(_text(outline.kernel_line(report)))
    yield from _commands(report)
    yield from _problems(report)
    yield from _names(report)
    yield from (_details(table.title, _table(table)) for table in outline.more(report))
    yield from _seen(report)
    if unread := outline.unread(report):
        yield _line(f"Could not be read: {_text(', '.join(unread))}")
    yield from _skipped(report)
    yield _line(f"<strong>{_text(report.last_line)}</strong>")


def _names(report: Report) -> Iterator[str]:
    for answer, details in outline.names(report):
        yield _line(f"<strong>{_text(answer)}</strong>")
        if details:
            yield f"<ul>{''.join(f'<li>{_text(each)}</li>' for each in details)}</ul>"


def _text(text: str) -> str:
    return escape(legible(text))


def _line(html: str) -> str:
    return f'<div style="padding:5px 0">{html}</div>'


def _commands(report: Report) -> Iterator[str]:
    if report.commands:
        yield _table(outline.commands(report), [LINES[route.goes] for route in report.commands])
        yield _picture(report)
    absent = outline.off_path(report)
    if absent:
        yield _line(f"Not on PATH: {', '.join(absent)}")


def _picture(report: Report) -> str:
    data = base64.b64encode(draw(report).encode()).decode("ascii")
    source = f"data:image/svg+xml;base64,{data}"
    picture = f'<img style="max-width:100%" src="{source}" alt="{_text(in_words(report))}">'
    return f'<div style="padding:10px 0 5px 0">{picture}</div>'


def _table(table: Table, edges: Sequence[str] = ()) -> str:
    """A table; edges are the colours at the left of its rows."""
    head = [(f"<strong>{_text(cell)}</strong>", _HEAD) for cell in table.head]
    rows = [head, *([(_text(cell), _style(cell)) for cell in row] for row in table.rows)]
    lines = "\n".join(map(_row, rows, ["#888888", *edges] if edges else [""] * len(rows)))
    body = f'<table style="border-collapse:collapse">\n{lines}</table>'
    return f'<div style="overflow-x:auto">{body}</div>'


def _row(cells: list[tuple[str, str]], edge: str) -> str:
    """A row of texts and their styles."""
    (first, style), *rest = cells
    side = f";border-left:5px solid {edge}" if edge else ""
    inside = (f'<td style="{style}">{text}</td>' for text, style in [(first, style + side), *rest])
    return f"<tr>{''.join(inside)}</tr>"


def _style(text: str) -> str:
    """Only what is long may be broken: words between them, a path wherever it has to."""
    if len(text) <= _LONG:
        return f"{_CELL};white-space:pre"
    return f"{_CELL};{_WORDS if ' ' in text else _PATH}"


def _problems(report: Report) -> Iterator[str]:
    problems, more = outline.shown(report)
    items = list(map(_problem, problems))
    items += [f"<li>{count} more of {code}; --all shows them</li>" for code, count in more.items()]
    if items:
        yield f'<ul style="{_LIST}">\n{"".join(items)}</ul>'


def _problem(problem: Problem) -> str:
    heading = _text(outline.title(problem))
    told = f"<strong>{heading[0].upper()}{heading[1:]}</strong><div>{_text(problem.message)}</div>"
    edge = f"border-left:5px solid {_EDGES[problem.severity.value]}"
    return f'<li style="{_ITEM};{edge}">{told}{_fix(problem)}</li>\n'


def _fix(problem: Problem) -> str:
    if not problem.fix:
        return ""
    lines = "\n".join(map(escape, legible_lines(problem.fix)))
    return f'<pre style="{_FIX}"><code>{lines}</code></pre>'


def _seen(report: Report) -> Iterator[str]:
    """All evidence, in one place: the problems themselves tell both sides."""
    problems, _ = outline.shown(report)
    rows = tuple((p.code, what, str(value)) for p in problems for what, value in p.evidence.items())
    if rows:
        yield _details("What was seen", _table(outline.Table("", ("check", "what", "value"), rows)))


def _details(summary: str, body: str) -> str:
    # as an item of a list it keeps its triangle, which nbconvert's classic template takes away
    head = f'<summary style="display:list-item">{_text(summary)}</summary>'
    return f"<details>{head}\n{body}</details>"


def _skipped(report: Report) -> Iterator[str]:
    groups = outline.skipped(report)
    if groups:
        items = "".join(f"<li>{_text(reason)}: {codes}</li>" for reason, codes in groups)
        count = len(report.verdict.skipped)
        yield _details(f"{count} checks do not apply here", f"<ul>{items}</ul>")
