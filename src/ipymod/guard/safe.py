"""JUDGE: what a user types instead, shown below what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.edits import Edit, applied
from ipymod.shell import safe_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.shell import Call
    from ipymod.shell.reading import Reading

_MOST = 3  # lines; a script may hold a hundred


def plain_lines(reading: Reading, calls: Sequence[Call], edits: Sequence[Edit]) -> tuple[str, ...]:
    """Give the commands that lead astray, mended, as they would be typed; a few at most.

    Args:
        reading: the text.
        calls: those of its calls that lead astray.
        edits: what mends the text; none if nothing does.
    """
    if not edits:
        return ()
    if reading.program or not reading.kind.endswith("script"):
        sign = "%" if reading.program else "!"
        return (f"{sign}{applied(reading.text, edits).strip()}",)
    return tuple(dict.fromkeys(_command(reading, call, edits) for call in calls))[:_MOST]


def safe_lines(reading: Reading, plain: tuple[str, ...], edits: Sequence[Edit]) -> tuple[str, ...]:
    """Give the lines to type: a magic needs no path, and is the same on every machine."""
    magic = _magic(reading, edits) if edits and reading.kind == "line" else None
    return (magic,) if magic else plain


def _magic(reading: Reading, edits: Sequence[Edit]) -> str | None:
    """The magic that does it; None if none surely does."""
    only = reading.calls[0] if len(reading.calls) == 1 else None
    if only is None:
        return None
    end = only.executable.end
    text = applied(reading.text, [edit for edit in edits if edit.start >= end])
    return safe_form(text, to="pymod") or safe_form(text, to="pip")


def _command(reading: Reading, call: Call, edits: Sequence[Edit]) -> str:
    """The call's own command, mended."""
    start, end = call.command.start, call.command.end
    inside = [each for each in edits if start <= each.start <= end]
    moved = [Edit(each.start - start, each.end - start, each.text) for each in inside]
    return applied(reading.text[start:end], moved).strip()
