"""SHOW: what came of all notebooks, in a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ipymod.formats.words import counted, inert
from ipymod.legible import legible, legible_lines
from ipymod.preflight.lacking import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.preflight.kernelspecs import Kernelspecs
    from ipymod.preflight.model import Fault, Outcome

_COLOURS = {
    "passed": "\x1b[32m",
    "failed": "\x1b[31m",
    "stopped": "\x1b[33m",
    "not run": "\x1b[33m",
}
_WORST_FIRST = ("failed", "stopped", "not run", "passed")
_PLAIN = "\x1b[0m"
_MOST = 4  # lines of a message
_SOURCE = "    | "
_INDENT = "    "


def place(fault: Fault) -> str:
    """Say where in its notebook a fault stands; cells are counted from 1, over all of them."""
    if fault.cell is None:
        return ""
    line = "" if fault.line is None else f", line {fault.line}"
    return f"cell {fault.cell + 1}{line}"


def heading(outcome: Outcome) -> str:
    """Say what became of a notebook, in one line."""
    fault = outcome.fault
    if not fault:
        return f"{_named(outcome)}: passed ({outcome.seconds:.1f} s)"
    where = place(fault)
    words = fault.message.split("\n", 1)[0]
    return legible(f"{_named(outcome)}{' ' if where else ''}{where}: {words}")


def summary(
    outcomes: Sequence[Outcome],
    kernelspecs: Kernelspecs,
    *,
    seconds: float,
    colour: bool = False,
    width: int = 80,
) -> str:
    """Say what failed and why, what became of each, and how long all of it took."""
    lines: list[str] = []
    for outcome in outcomes:
        if outcome.fault and outcome.status != "not run" and not outcome.fault.wanted:
            lines += [inert(line) for line in _told(outcome, width)]
            lines.append("")
    if absent := lacking(outcomes, kernelspecs):
        lines += [*absent, ""]
    lines += _table(outcomes, colour=colour)
    total, statuses = totals(outcomes, seconds), {outcome.status for outcome in outcomes}
    worst = next(each for each in _WORST_FIRST if each in statuses)
    lines.append(f"{_COLOURS[worst]}{total}{_PLAIN}" if colour else total)
    return "\n".join(lines)


def totals(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Say how many passed, failed and were not run, and how long it took."""
    statuses = [outcome.status for outcome in outcomes]
    told = [f"{statuses.count(each)} {each}" for each in _COLOURS if each in statuses]
    return f"{', '.join(told)} of {counted(len(outcomes), 'notebook')} in {seconds:.1f} s"


def _told(outcome: Outcome, width: int) -> Iterator[str]:
    """What failed, the line of source, and what to do."""
    fault = outcome.fault
    if fault is None:
        return
    yield from textwrap.wrap(
        heading(outcome),
        max(width, 20),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in fault.message.split("\n")[1:_MOST]:
        yield _INDENT + legible(line)
    if fault.source:
        yield _SOURCE + textwrap.shorten(legible(fault.source), max(width - 6, 20))
    if fault.hint:
        yield from (_INDENT + line for line in legible_lines(fault.hint))


def _table(outcomes: Sequence[Outcome], *, colour: bool) -> list[str]:
    """A line for each notebook; with several kernels, a column for each."""
    kernels = list(dict.fromkeys(outcome.job.kernel for outcome in outcomes))
    if len(kernels) < 2:  # noqa: PLR2004  a matrix has at least two columns
        return [_row([_cell(each, colour=colour)], each.job.path) for each in outcomes]
    by_path: dict[str, dict[str, Outcome]] = {}
    for outcome in outcomes:
        by_path.setdefault(outcome.job.path, {})[outcome.job.kernel] = outcome
    head = _row([kernel.ljust(_room(kernel)) for kernel in kernels], "")
    rows = [
        _row([_cell(found[k], colour=colour, room=_room(k)) for k in kernels], path)
        for path, found in by_path.items()
    ]
    return [head.rstrip(), *rows]


def _room(kernel: str) -> int:
    return max(len(kernel), len("passed 999.9 s"))


def _row(cells: list[str], path: str) -> str:
    return "  ".join([*cells, legible(path)])


def _cell(outcome: Outcome, *, colour: bool, room: int = 14) -> str:
    status = outcome.status
    time = f"{outcome.seconds:.1f} s" if outcome.cells else "-"
    padded = f"{status:7}{time:>7}".ljust(room)
    return f"{_COLOURS[status]}{padded}{_PLAIN}" if colour else padded


def _named(outcome: Outcome) -> str:
    """The notebook, and its kernel where that was asked for."""
    on = f" on {outcome.job.kernel}" if outcome.job.kernel else ""
    return f"{legible(outcome.job.path)}{on}"
