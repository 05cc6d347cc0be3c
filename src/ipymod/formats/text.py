"""SHOW: findings in a terminal of 80 columns, with the line of source and the line to type."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from ipymod.formats.words import heading, inert, summary
from ipymod.legible import legible, legible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.formats.linted import Linted
    from ipymod.lint.found import Found

# The worst first.
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m", "ok": "\x1b[32m"}
_PLAIN = "\x1b[0m"
_SOURCE = "    | "
# Before what is to be typed: who mends it.
_HINTS = {"safe": "    fix: ", "unsafe": "    unsafe fix: ", None: "    try: "}


def write(linted: Linted, *, colour: bool, width: int) -> str:
    """Write each finding below the one before, notebooks apart, and the sum of them.

    Source is cut to the width; what is to be typed and paths stay in one piece.
    """
    return "\n".join(_Writer(linted, colour=colour, width=width).lines())


class _Writer:
    """Lays the parts out; the colour and the width are decided once."""

    def __init__(self, linted: Linted, *, colour: bool, width: int) -> None:
        self._linted = linted
        self._colour = colour
        self._width = width

    def lines(self) -> Iterator[str]:
        for _, group in groupby(self._linted.found, key=attrgetter("path")):
            for found in group:
                yield from map(inert, self._heading(found))
                yield from map(inert, self._details(found))
            yield ""
        told = self._wrapped(summary(self._linted), indent="")
        yield from (self._in(self._worst(), line) for line in told)

    def _worst(self) -> str:
        severities = {found.severity.value for found in self._linted.found}
        return next((style for style in _COLOURS if style in severities), "ok")

    def _heading(self, found: Found) -> list[str]:
        return [self._in(found.severity.value, line) for line in self._wrapped(heading(found))]

    def _details(self, found: Found) -> Iterator[str]:
        source = found.source.strip()
        if source:
            yield _SOURCE + self._cut(source)
        if found.hint:
            yield from (_HINTS[found.fix] + line for line in legible_lines(found.hint))

    def _cut(self, source: str) -> str:
        room = max(self._width - len(_SOURCE), 1)
        shown = legible(source[: room + 1])
        return shown if len(shown) <= room else f"{shown[: max(room - 3, 0)]}..."

    def _wrapped(self, text: str, indent: str = "  ") -> list[str]:
        """Break between words alone; a long word has a line of its own, and stays whole."""
        width, lines = max(self._width, 20), [""]
        for word in text.split():
            line = f"{lines[-1]} {word}" if lines[-1].strip() else f"{lines[-1]}{word}"
            if len(line) > width and lines[-1].strip():
                lines.append(f"{indent}{word}")
            else:
                lines[-1] = line
        return lines

    def _in(self, style: str, text: str) -> str:
        return f"{_COLOURS[style]}{text}{_PLAIN}" if self._colour else text
