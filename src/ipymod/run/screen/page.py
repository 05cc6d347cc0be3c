"""The piece of a terminal that a program can still change: rows of cells, and a cursor."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from ipymod.run.screen.colours import paint, trimmed

# Latin, arrows, boxes, blocks and braille take one column each; all others are looked up.
_UNSURE = re.compile(r"[^\x00-\u02ff\u2010-\u2027\u2190-\u2319\u2400-\u25fc\u2800-\u28ff]")


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    """0 for what joins the character before it, 2 for East Asian and emoji, else 1."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and character != "\xad":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Row:
    """One row of a terminal: a cell a column, "" being the rest of a wide character or a tab."""

    __slots__ = ("cells", "seen", "shown", "soft", "styles")

    def __init__(self, *, soft: bool = False) -> None:
        self.cells: list[str] = []
        self.styles: list[str] = []
        self.soft = soft  # the terminal broke the line here, not the program
        self.shown: str | None = None  # as it stands, finished, in the front end
        self.seen = ""  # as it was when last taken

    def text(self) -> str:
        """Return the painted cells without the blanks at the end."""
        return trimmed(paint(self.cells, self.styles))

    def put(self, column: int, cells: list[str], style: str) -> None:
        """Overwrite from `column`; a wide character that loses a half becomes blanks."""
        self._part(column)
        end = column + len(cells)
        self._part(end)
        self.cells[column:end] = cells
        self.styles[column:end] = [style] * len(cells)

    def erase(self, start: int, end: int) -> None:
        """Blank the columns from `start` up to `end`."""
        if end < len(self.cells):
            self.put(start, [" "] * (end - start), "")
        elif start < len(self.cells):
            self._part(start)
            del self.cells[start:], self.styles[start:]

    def _part(self, column: int) -> None:
        """Make sure that a character begins at `column`."""
        missing = column - len(self.cells)
        if missing > 0:
            self.cells += [" "] * missing
            self.styles += [""] * missing
        elif missing < 0 and not self.cells[column]:
            start = max(at for at in range(column) if self.cells[at] or not at)
            end = column
            while end < len(self.cells) and not self.cells[end]:
                end += 1
            self.cells[start:end] = [" "] * (end - start)


@dataclass(slots=True)
class Page:
    """The rows that a program can still change, and its cursor."""

    width: int
    rows: list[Row] = field(default_factory=lambda: [Row()])
    row: int = 0
    column: int = 0  # equals the width after a character in the last column, as in a terminal
    style: str = ""

    @property
    def blank(self) -> bool:
        """Nothing stands on the page, and the cursor at its start."""
        return len(self.rows) == 1 and not self.column and not self.rows[0].cells

    @property
    def bottom(self) -> int:
        """The lowest row that is not empty, or the cursor's."""
        last = len(self.rows) - 1
        while last > self.row and not self.rows[last].cells:
            last -= 1
        return last

    def write(self, text: str) -> None:
        """Write text without control characters at the cursor, and on into the next rows."""
        if text.isascii() or not _UNSURE.search(text):
            self._lay(list(text))
            return
        for character in text:
            columns = _columns(character)
            if columns:
                self._lay([character, ""][:columns])
            else:
                self._join(character)

    def _lay(self, cells: list[str]) -> None:
        at = 0
        while at < len(cells):
            room = self.width - self.column
            if room <= 0 or (room == 1 and cells[1:] == [""] and self.width > 1):
                self._wrap()
                continue
            piece = cells[at : at + room]
            self.rows[self.row].put(self.column, piece, self.style)
            self.column += len(piece)
            at += room

    def _wrap(self) -> None:
        row = self.rows[self.row]
        if len(row.cells) < self.width:  # no room for a wide character: an empty cell, not a blank
            row.put(len(row.cells), [""] * (self.width - len(row.cells)), self.style)
        self.step()
        self.rows[self.row].soft = True

    def _join(self, character: str) -> None:
        """Add what has no width to the character before the cursor."""
        cells = self.rows[self.row].cells
        at = min(self.column, len(cells)) - 1
        while at > 0 and not cells[at]:
            at -= 1
        if at < 0:
            self._lay([character])
        else:
            cells[at] += character

    def shift(self, columns: int) -> None:
        """Move the cursor in its row; past the last column it stands on the last."""
        last = self.width - 1
        self.column = max(0, min(min(self.column, last) + columns, last))

    def erase(self, what: str, mode: int) -> None:
        """Erase a line (K) or the page (J): from the cursor on (0), up to it (1), or all of it."""
        if what == "J" and mode == 0:
            del self.rows[self.row + 1 :]
        elif what == "J":
            for row in self.rows[: self.row if mode == 1 else None]:
                row.erase(0, len(row.cells))
        start, end = (0 if mode else self.column), (self.column + 1 if mode == 1 else self.width)
        self.rows[self.row].erase(start, end)

    def tab(self) -> None:
        """Move to the next multiple of eight; at the end of a row the tab itself is kept."""
        row, start = self.rows[self.row], self.column
        stop = max(start, min((start // 8 + 1) * 8, self.width - 1))
        if start < len(row.cells):
            self.column = stop
        elif stop > start:
            self._lay(["\t", *[""] * (stop - start - 1)])
        else:
            self._join("\t")

    def step(self) -> None:
        """Go to the start of the next row."""
        self.row += 1
        self.column = 0
        if self.row == len(self.rows):
            self.rows.append(Row())
        self.rows[self.row].soft = False

    def line(self, row: int) -> int:
        """Return the row in which the line that reaches `row` begins."""
        while row and self.rows[row].soft:
            row -= 1
        return row

    def joined(self, row: int) -> bool:
        """Tell whether the row below goes on with this row's line, and not with a padded bar's."""
        following = self.rows[row + 1 : row + 2]
        cells = self.rows[row].cells
        return bool(following and following[0].soft and cells[self.width - 2 :] != [" ", " "]) and (
            len(cells) >= self.width
        )

    def text(self) -> str:
        """Return the rows as one line, its last style left open."""
        if len(self.rows) == 1:
            return paint(self.rows[0].cells, self.rows[0].styles)
        cells = [cell for row in self.rows for cell in row.cells]
        return paint(cells, [style for row in self.rows for style in row.styles])
