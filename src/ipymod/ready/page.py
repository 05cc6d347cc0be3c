"""SHOW: the same as a part of a page: it reads well with all of its style taken away."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ipymod.legible import legible
from ipymod.ready.readiness import HEAD, SEND
from ipymod.report.picture import LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.ready.readiness import Readiness

_CELL = "border:1px solid #888888;padding:3px 8px;text-align:left"
_CODE = (
    "border:1px solid #888888;border-radius:4px;padding:4px 8px;margin:4px 0 8px 0"
    ";white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"
)


def html(told: Readiness) -> str:
    """Write it."""
    return "\n".join(_parts(told))


def _parts(told: Readiness) -> Iterator[str]:
    edge = LINES["this kernel" if told.is_ready else "broken"]
    style = f"border-left:5px solid {edge};padding:0 0 0 10px;overflow-wrap:break-word"
    yield f'<div class="ipymod-report" style="{style}">'
    yield _line(f"<strong>{_safe(told.first_line)}</strong>")
    yield _line(_safe(told.kernel_line))
    if told.rows:
        yield _table(told.rows)
    said = filter(None, (told.praise, *told.verdict.remarks))
    yield from (_line(_safe(each)) for each in said)
    for step in told.steps:
        yield _line(_safe(step.words))
        yield _code(step.lines)
    yield _line(SEND)
    yield _code([told.line])
    yield "</div>"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head = _row(f"<strong>{each}</strong>" for each in HEAD)
    body = "\n".join([head, *(_row(map(_safe, row)) for row in rows)])
    table = f'<table style="border-collapse:collapse">\n{body}</table>'
    return f'<div style="overflow-x:auto">{table}</div>'


def _row(cells: Iterable[str]) -> str:
    inside = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f"<tr>{inside}</tr>"


def _line(inner: str) -> str:
    return f'<div style="padding:5px 0">{inner}</div>'


def _code(lines: Iterable[str]) -> str:
    told = "\n".join(map(_safe, lines))
    return f'<pre style="{_CODE}"><code>{told}</code></pre>' if told else ""


def _safe(text: str) -> str:
    return escape(legible(text))
