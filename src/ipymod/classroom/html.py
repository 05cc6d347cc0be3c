"""SHOW: a class as a page that stands alone: no script, nothing from elsewhere, light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ipymod.classroom.picture import draw, in_words
from ipymod.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.classroom.outline import Advice, Outline

_SHEET = """
:root { color-scheme: light dark;
  --ink: #1c2733; --soft: #55616e; --line: #d5dae1; --paper: #f5f7f9; --card: #ffffff;
  --code: #eef1f5; --ready: #1e7a46; --not: #b3381e; --unknown: #5a6470; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e6eaef; --soft: #a5b0bd; --line: #38424f; --paper: #11161d; --card: #1a212b;
  --code: #242d39; --ready: #5cc48a; --not: #f08a72; --unknown: #a5b0bd; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 808px; margin: 0 auto; padding: 28px 24px 48px; overflow-wrap: anywhere; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 2px; }
h2 { font-size: 17px; margin: 30px 0 10px; }
.soft { color: var(--soft); margin: 0 0 18px; }
svg { display: block; height: auto; }
ol, ul { margin: 0; padding: 0; list-style: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.steps li { padding: 12px 16px; border-top: 1px solid var(--line); }
.steps li:first-child { border-top: 0; }
pre { margin: 7px 0 2px; padding: 7px 11px; background: var(--code); border-radius: 6px;
  white-space: pre-wrap; }
code { font: 13px/1.5 ui-monospace, monospace; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: 13px;
  white-space: nowrap; }
th, td { padding: 7px 10px; border-top: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { padding-left: 16px; }
tr:first-child th { border-top: 0; }
td:nth-child(1) { min-width: 9em; max-width: 15em; font-weight: 500; }
td:nth-child(-n+4):not(:first-child) { white-space: nowrap; }
td:nth-child(5) { min-width: 12em; }
.state { font-weight: 600; }
.state::before { content: ""; display: inline-block; width: 9px; height: 9px;
  border-radius: 50%; background: currentColor; margin-right: 7px; }
.ready { color: var(--ready); }
.not-ready { color: var(--not); }
.not-known { color: var(--unknown); }
.notes li { margin: 4px 0; color: var(--soft); }
@media (max-width: 600px) { main { padding: 16px 12px; }
  tr > :nth-child(2), tr > :nth-child(3) { display: none; }
  td:nth-child(1), td:nth-child(5) { min-width: 6em; } }
@media print { body { background: none; } tr, li { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEAD = ("Who", "Python", "System", "State", "What is missing")


def page(outline: Outline) -> str:
    """Write the page."""
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_text(outline.verdict)}</title><style>{_SHEET}</style>"
    )
    body = "\n".join(_parts(outline))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _parts(outline: Outline) -> Iterator[str]:
    yield f"<h1>{_text(outline.verdict)}</h1>"
    yield f'<p class="soft">Check {_text(outline.room.course)}</p>' if outline.room.course else ""
    if outline.room.students:
        yield f'<div aria-label="{_text(in_words(outline))}">{draw(outline, is_alone=False)}</div>'
    yield from _advice(outline)
    yield from _students(outline)
    yield from _notes(outline)


def _advice(outline: Outline) -> Iterator[str]:
    found = list(outline.advice())
    if found:
        items = "\n".join(map(_step, found))
        yield f'<h2>What helps most</h2>\n<ol class="steps card">\n{items}\n</ol>'


def _step(advice: Advice) -> str:
    lines = "\n".join(map(_text, advice.command.splitlines()))
    command = f"<pre><code>{lines}</code></pre>" if lines else ""
    return f"<li><strong>{_text(advice.title)}</strong> {_text(advice.words)}{command}</li>"


def _students(outline: Outline) -> Iterator[str]:
    rows = [outline.row(each) for each in outline.room.students]
    if not rows:
        return
    head = "".join(f'<th scope="col">{each}</th>' for each in _HEAD)
    lines = "\n".join(map(_row, rows))
    table = f"<table>\n<tr>{head}</tr>\n{lines}\n</table>"
    yield f'<h2>Students</h2>\n<div class="card wide">{table}</div>'


def _row(row: tuple[str, str, str, str, str]) -> str:
    style = row[3].replace(" ", "-")
    cells = [_text(each) for each in row]
    cells[3] = f'<span class="state {style}">{cells[3]}</span>'
    return f"<tr>{''.join(f'<td>{each}</td>' for each in cells)}</tr>"


def _notes(outline: Outline) -> Iterator[str]:
    doubled = outline.doubled()
    notes = [*outline.unread(), *([doubled] if doubled else [])]
    if notes:
        items = "\n".join(f"<li>{_text(each)}</li>" for each in notes)
        yield f'<h2>Not counted</h2>\n<ul class="notes">\n{items}\n</ul>'


def _text(text: str) -> str:
    return escape(legible(text))
