"""SHOW: the page that leads to all pages; light or dark, as the reader's system is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from ipymod.legible import legible, legible_lines
from ipymod.preflight.text import place, totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.preflight.model import Outcome

_STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --good: #1a7f37; --bad: #cf222e; --dim: #59636e }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --good: #3fb950; --bad: #f85149; --dim: #9198a1 }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
  border-bottom: 1px solid var(--line) }
td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
td { overflow-wrap: anywhere }
.passed { color: var(--good) }
.failed { color: var(--bad) }
.stopped, .not-run, small { color: var(--dim) }
code, pre { font: .875em/1.5 ui-monospace, monospace; white-space: pre-wrap; margin: 0 }
"""


def index(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Write the page; whatever comes from notebooks is text in it, and never markup."""
    rows = "\n".join(map(_row, outcomes))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(totals(outcomes, seconds))}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Notebooks</h1>
<p>{escape(totals(outcomes, seconds))}</p>
<table>
<thead><tr><th>Status</th><th>Notebook</th><th>Kernel</th><th>Seconds</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _row(outcome: Outcome) -> str:
    status = outcome.status
    return (
        f'<tr><td class="{status.replace(" ", "-")}">{status}</td>'
        f"<td>{_notebook(outcome)}{_fault(outcome)}</td>"
        f"<td>{_text(outcome.kernel)}</td>"
        f'<td class="number">{outcome.seconds:.1f}</td></tr>'
    )


def _notebook(outcome: Outcome) -> str:
    name = _text(outcome.job.path)
    if not outcome.page:
        return name
    address = quote(outcome.page.replace("\\", "/") if _is_windows() else outcome.page)
    return f'<a href="./{address}">{name}</a>'


def _is_windows() -> bool:
    import os

    return os.sep == "\\"


def _fault(outcome: Outcome) -> str:
    fault = outcome.fault
    if not fault:
        return ""
    where = f"<small>{escape(place(fault))}</small> " if fault.cell is not None else ""
    lines = [fault.message, *([fault.source] if fault.source else []), fault.hint]
    told = "\n".join(legible(line) for text in lines if text for line in text.split("\n"))
    return f"<br>{where}<pre>{escape(told)}</pre>"


def _text(text: str) -> str:
    return escape(" ".join(legible_lines(text)))
