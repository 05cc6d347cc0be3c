"""JUDGE: what happened to a cell, told from the message that its kernel sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipymod.formats.words import plain
from ipymod.patterns import pattern
from ipymod.preflight.model import Fault

if TYPE_CHECKING:
    from re import Match

    from ipymod.notebooks.model import Cell

_MOST_LINES = 100
_MOST_CHARACTERS = 2000  # of a message, or of a line of a traceback
_ASKED = "StdinNotImplementedError"
_ANSI = pattern(r"\x1b\[[0-9;:?]*[A-Za-z]")
# How IPython names the frame of a cell: 8.7 and later, with the line; 8.0 to 8.6; 7, by a file of
# the kernel's own. Behind the last two the arrow has the line.
_NEW = pattern(r"Cell In ?\[(?P<count>\d+)\], line (?P<line>\d+)")
_OLD = pattern(
    r"(?P<name>Input In \[\d+\]|<ipython-input-[^>]*>|[^\s\"]*ipykernel_\d+[^\s\"]*\.py)"
    r"(?:, line (?P<line>\d+)|\",? line (?P<quoted>\d+)|:(?P<short>\d+))?"
)
_ARROW = pattern(r"^-+> ?(\d+)")


def of_error(cell: Cell, told: dict[str, Any]) -> Fault:
    """Give the fault of a cell that raised; `told` is the content of the message."""
    name, value = _text(told, "ename"), _text(told, "evalue")
    lines = _lines(told)
    line = _line(cell, lines)
    message = f"{name}: {value}".rstrip(": ") or "it failed, and its kernel does not say why"
    if name == _ASKED:
        message = "it asks for input, and nobody is here to answer"
    return Fault("error", _cut(message), cell.index, line, _source(cell, line), name, tuple(lines))


def of_time(cell: Cell, words: str, told: dict[str, Any] | None) -> Fault:
    """Give the fault of a cell that took too long; `told` is what its interrupt came to."""
    line = _line(cell, _lines(told)) if told else None
    return Fault("timeout", words, cell.index, line, _source(cell, line))


def of_death(cell: Cell, words: str) -> Fault:
    """Give the fault of a cell that lost its kernel."""
    return Fault("died", _cut(f"the kernel {words}"), cell.index, None, _source(cell, None))


def line_of(lines: list[str]) -> int | None:
    """Tell the line of the cell that a traceback names, from 1; None if it names none.

    Frames come outermost first. The first is of the cell itself; a function that the same cell
    defines has a frame of the same name, which says it better.
    """
    found, first, waiting = None, "", False
    for each in lines:
        new, old, arrow = _NEW.search(each), _OLD.search(each), _ARROW.match(each)
        if new or old:
            name, line = _frame(new, old)
            first = first or name
            waiting = name == first and line is None
            if name == first and line:
                found = int(line)
        elif waiting and arrow:
            found, waiting = int(arrow[1]), False
    return found


def _line(cell: Cell, lines: list[str]) -> int | None:
    """The line in the cell as its author counts; IPython takes blank lines off its beginning."""
    line = line_of(lines)
    text = cell.source.lstrip()
    blank = cell.source[: len(cell.source) - len(text)].count("\n")
    return None if line is None else line + blank


def _frame(new: Match[str] | None, old: Match[str] | None) -> tuple[str, str | None]:
    """The name of a frame's cell, and its line if it stands beside."""
    if new:
        return new["count"], new["line"]
    return (old["name"], old["line"] or old["quoted"] or old["short"]) if old else ("", None)


def _lines(told: dict[str, Any]) -> list[str]:
    """The lines of a traceback, harmless for whatever shows them; of a long one the ends."""
    given = told.get("traceback")
    text = "\n".join(map(str, given)) if isinstance(given, list) else ""
    lines = plain(_ANSI.sub("", text)).split("\n") if text else []
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        lines = [*lines[:half], f"... {len(lines) - 2 * half} lines ...", *lines[-half:]]
    return [_cut(line) for line in lines]


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return plain(_ANSI.sub("", value)) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}..."


def _source(cell: Cell, line: int | None) -> str:
    lines = cell.source.split("\n")
    if line is not None and line <= len(lines):
        return lines[line - 1].strip()
    return next((each.strip() for each in lines if each.strip()), "")
