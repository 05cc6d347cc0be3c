"""SHOW: a class in a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.classroom.outline import Outline

WIDTH = 80
_HEAD = ("who", "Python", "system", "what is missing")
_COLOURS = {
    "ready": "\x1b[32m",
    "not ready": "\x1b[31m",
    "not known": "\x1b[35m",
    "title": "\x1b[1m",
}
_PLAIN = "\x1b[0m"
_NAME, _TITLE, _BAR = 24, 20, 24  # columns at most


@dataclass(frozen=True)
class Page:
    """How it is laid out."""

    outline: Outline
    colour: bool = False
    width: int = WIDTH

    def written(self) -> str:
        """Write the class."""
        parts = [self._head(), self._students(), self._lacks(), self._advice(), self._rest()]
        return "\n\n".join(filter(None, ("\n".join(part) for part in parts)))

    def _head(self) -> Iterator[str]:
        room = self.outline.room
        all_are = room.students and room.ready == len(room.students)
        yield self._in("ready" if all_are else "title", legible(self.outline.verdict))

    def _students(self) -> Iterator[str]:
        """A table; the last column is wrapped, and those who are ready have an OK in it."""
        rows = [self.outline.row(each) for each in self.outline.room.students]
        cells = [_HEAD, *((r[0], r[1], r[2], r[4] or _OK.get(r[3], r[3])) for r in rows)]
        widths = [min(_NAME, max(wide(row[place]) for row in cells)) for place in range(3)]
        for number, row in enumerate(cells if rows else []):
            state = rows[number - 1][3] if number else "title"
            yield from self._row(row, widths, state)

    def _row(self, row: Sequence[str], widths: Sequence[int], state: str) -> Iterator[str]:
        left = "  " + "".join(_cell(row[place], widths[place]) + "  " for place in range(3))
        last = self._wrapped(row[3], wide(left))
        for number, line in enumerate(last):
            yield (left if not number else " " * wide(left)) + self._in(state, line)

    def _lacks(self) -> Iterator[str]:
        lacks = self.outline.room.lacks
        if lacks:
            yield self._in("title", "Missing how often")
        titles = [self.outline.title(each.fix) for each in lacks]
        width = min(_TITLE, max(map(wide, titles), default=0))
        most = max((each.count for each in lacks), default=1)
        for title, each in zip(titles, lacks, strict=True):
            bar = "\u2588" * max(1, round(each.count * _BAR / most))
            left = f"  {_cell(title, width)}  {bar} "
            yield from (f"{left}{line}" for line in [self.outline.lack(each)])

    def _advice(self) -> Iterator[str]:
        found = list(self.outline.advice())
        if found:
            yield self._in("title", "What helps most")
        for each in found:
            yield from self._wrapped(f"{each.title}: {each.words}", 2, first=2)
            yield from (f"    {legible(line)}" for line in each.command.splitlines())

    def _rest(self) -> Iterator[str]:
        unread = list(self.outline.unread())
        if unread:
            yield self._in("title", "Not counted")
        for line in unread:
            yield from self._wrapped(line, 4, first=2)
        if doubled := self.outline.doubled():
            yield from self._wrapped(doubled, 2, first=0)

    def _wrapped(self, text: str, indent: int, *, first: int = 0) -> list[str]:
        """Lines of which the first has an indent of its own; with 0 the rest has none either."""
        after = " " * indent if first else ""
        room = self.width if first else self.width - indent
        return textwrap.wrap(
            legible(text),
            max(room, _NAME),
            initial_indent=" " * first,
            subsequent_indent=after,
            break_on_hyphens=False,
        ) or [""]

    def _in(self, style: str, text: str) -> str:
        return f"{_COLOURS[style]}{text}{_PLAIN}" if self.colour and text else text


_OK = {"ready": "OK"}


def wide(text: str) -> int:
    """Give the columns of a text in a terminal; a Chinese letter takes two, an accent none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )


def _cell(text: str, width: int) -> str:
    """A text in so many columns."""
    text = legible(text)
    while wide(text) > width:
        text = f"{text[:-2].rstrip()}\u2026"
    return text + " " * (width - wide(text))
