"""SHOW: what several forms say in words, and text of others made harmless for them.

People count cells from 1, over all cells of a notebook, markdown too: no front end shows a number
that holds (an execution count changes with each run). JSON counts them from 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.legible import legible, legible_lines
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.formats.linted import Linted
    from ipymod.lint.found import Found

_COLOUR = pattern(r"\x1b\[[0-9;:]*m")  # as tracebacks of IPython have it
_COMMAND = pattern(r"^\s*::")
_TAB = 4


def plain(text: str) -> str:
    """Take colours out, and make all else that is no text visible; newlines stay."""
    uncoloured = _COLOUR.sub("", text.replace("\r\n", "\n"))
    return "\n".join(legible_lines(uncoloured.expandtabs(_TAB)))


def inert(line: str) -> str:
    """Make sure that a line is no command to GitHub, which reads what any program prints."""
    return line.replace("::", r"\x3a:", 1) if _COMMAND.search(line) else line


def place(found: Found) -> str:
    """Say where in its notebook a finding stands; empty for the notebook as a whole."""
    if found.cell is not None:
        return f"cell {found.cell + 1}, line {found.line}"
    return f"line {found.line}" if found.line > 1 else ""


def placed(found: Found) -> str:
    """Say where, and what."""
    where = place(found)
    return f"{where}: {found.message}" if where else found.message


def heading(found: Found) -> str:
    """Say all of it in one line that other lines do not need."""
    where = f"{found.path} {place(found)}".rstrip(" ")
    note = " (a note)" if is_note(found) else ""
    return legible(f"{where}: {found.code}{note} {found.message}")


def summary(linted: Linted) -> str:
    """Say how many problems there are, in how many notebooks, and what mends them."""
    notebooks = counted(len(linted.notebooks), "notebook")
    if not linted.notebooks:
        return "OK: no notebook was found"
    if not linted.found:
        return f"OK: {notebooks}, no problem"
    where = f"{len({found.path for found in linted.found})} of {notebooks}"
    return f"{_parts(linted)} in {where}{_mended(linted)}"


def _parts(linted: Linted) -> str:
    """Count notes apart: they leave the exit status 0."""
    notes = sum(is_note(found) for found in linted.found)
    problems = len(linted.found) - notes
    if not notes:
        return counted(problems, "problem")
    told = f"{counted(problems, 'problem')} and" if problems else "OK: no problem,"
    return f"{told} {counted(notes, 'note')}"


def is_note(found: Found) -> bool:
    """Tell what is said and no fault."""
    return found.severity.value == "info"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _mended(linted: Linted) -> str:
    fixes = [found.fix for found in linted.found]
    safe, unsafe, total = fixes.count("safe"), fixes.count("unsafe"), len(fixes)
    if safe:
        more = f", {unsafe} more by ipymod fix --unsafe-fixes" if unsafe else ""
        return f"; {_of_them(safe, total)} mended by ipymod fix{more}"
    if unsafe:
        return f"; {_of_them(unsafe, total)} mended by ipymod fix --unsafe-fixes"
    return ""


def _of_them(number: int, total: int) -> str:
    if total == 1:
        return "it is"
    if number == total:
        return "all of them are"
    return "1 of them is" if number == 1 else f"{number} of them are"
