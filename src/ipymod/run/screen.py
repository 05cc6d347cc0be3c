"""What a program writes for a terminal, as text that every notebook front end shows correctly.

A front end knows plain text, a newline, ``\\r`` and colours, and JupyterLab counts even the
characters of a colour code when it overwrites a line: so a rewritten line is padded with blanks
until it is as long, colour codes included, as what stood there.

Three classes, one a side: `_Page` is the piece of terminal that a program can still change,
`_Front` the line that a front end can still change, and `Screen` carries text from one to the other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

CLIMB_LIMIT = 40
"""How many rows above the lowest one a program can change; a terminal gives it its height."""

LONGEST_SEQUENCE = 1 << 20
"""An escape sequence longer than this never ends: what follows its start is shown as text."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TOKEN = re.compile(
    r"""
      (?P<text>    [^\x00-\x1f\x7f-\x9f]+ )
    | (?: \x1b\[ | \x9b ) (?P<codes> [0-?]*+ ) (?P<between> [\ -/]*+ ) (?P<final> [@-~] )
    | (?P<string>  (?: \x1b\] | \x9d ) [^\x00-\x1f\x7f-\x9f]*+ (?: \x07 | \x1b\\ | \x9c )
                |  (?: \x1b[PX^_] | [\x90\x98\x9e\x9f] ) [^\x18\x1a\x1b\x9c]*+ (?: \x1b\\ | \x9c ) )
    | \x1b (?: [\ -/]++ [0-~] | (?P<escape> [0-OQ-WYZ\\`-~] ) )
    | (?P<open>    (?: \x1b\[ | \x9b ) [0-?]*+ [\ -/]*+
                |  (?: \x1b\] | \x9d ) [^\x00-\x1f\x7f-\x9f]*+ (?: \x1b\Z )?
                |  (?: \x1b[PX^_] | [\x90\x98\x9e\x9f] ) [^\x18\x1a\x1b\x9c]*+ (?: \x1b\Z )?
                |  \x1b [\ -/]*+ )
    | (?P<control> [\x00-\x1f\x7f-\x9f] )
    """,
    re.VERBOSE,
)
# Latin, arrows, boxes, blocks and braille take one column each; all others are looked up.
_UNSURE = re.compile(r"[^\x00-\u02ff\u2010-\u2027\u2190-\u2319\u2400-\u25fc\u2800-\u28ff]")
_OFF = {
    22: (1, 2),
    23: (3,),
    24: (4,),
    25: (5,),
    27: (7,),
    28: (8,),
    29: (9,),
    39: (30,),
    49: (40,),
}
_EXTENDED = {38: 30, 48: 40, 58: 50}  # 58, the colour of an underline, is known to no front end
_RESET = "\x1b[0m"


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    """0 for what joins the character before it, 2 for East Asian and emoji, else 1."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and character != "\xad":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _slot(code: int) -> int:
    """Name what a colour code sets: 30 the foreground, 40 the background, else its own number."""
    if 30 <= code <= 37 or 90 <= code <= 97:
        return 30
    if 40 <= code <= 47 or 100 <= code <= 107:
        return 40
    return {6: 5, 21: 4}.get(code, code) if 1 <= code <= 9 or code == 21 else 0


@lru_cache(maxsize=4096)
def _restyle(style: str, codes: str) -> str:
    """Apply the parameters of one SGR sequence; a style is itself such parameters, in order."""
    slots: dict[int, str] = {}
    numbers = iter([code[:3] for code in re.split("[;:]+", f"{style};{codes}")])
    for text in numbers:
        code = int(text or 0)
        if code in _EXTENDED:
            kind = next(numbers, "")
            rest = [next(numbers, "0") or "0" for _ in range({"5": 1, "2": 3}.get(kind, 0))]
            slots[_EXTENDED[code]] = ";".join([text, kind, *rest]) if rest else ""
        elif code == 0:
            slots.clear()
        elif code in _OFF:
            slots.update(dict.fromkeys(_OFF[code], ""))
        else:
            slots[_slot(code)] = text
    return ";".join(slots[key] for key in sorted(slots) if key not in (0, 50) and slots[key])


def _paint(cells: list[str], styles: list[str]) -> str:
    """Join cells, with a colour code where the style changes; the last style stays open."""
    if not any(styles):
        return "".join(cells)
    pieces, now, at = [], "", 0
    for style, run in groupby(styles):
        if style != now:
            pieces.append(f"\x1b[0;{style}m" if style and now else f"\x1b[{style or 0}m")
        end = at + len(list(run))
        pieces += cells[at:end]
        now, at = style, end
    return "".join(pieces)


def _open_style(text: str) -> str:
    """Return the colour code in force at the end of painted text, or nothing."""
    at = text.rfind("\x1b[")
    return "" if at < 0 or text.startswith(_RESET, at) else text[at : text.index("m", at) + 1]


def _closed(text: str) -> str:
    return text + _RESET if _open_style(text) else text


def _paints_blanks(style: str) -> bool:
    """Tell whether a blank is seen in this style: underlined, inverse, struck or on a colour."""
    return bool(_restyle(style[2:-1], "22;23;25;28;39"))


def _trimmed(text: str) -> str:
    """Take off the blanks at the end that nobody sees; the last style stays open."""
    while True:
        bare = text if _paints_blanks(_open_style(text)) else text.rstrip(" ")
        style = bare.rfind("\x1b[")
        if style >= 0 and bare.index("m", style) == len(bare) - 1:
            bare = bare[:style]
        if bare == text:
            return text
        text = bare


class _Row:
    """One row of a terminal: a cell a column, "" being the rest of a wide character or a tab."""

    __slots__ = ("cells", "seen", "shown", "soft", "styles")

    def __init__(self, *, soft: bool = False) -> None:
        self.cells: list[str] = []
        self.styles: list[str] = []
        self.soft = soft  # the terminal broke the line here, not the program
        self.shown: str | None = None  # as it stands, finished, in the front end
        self.seen = ""  # as it was when last taken

    def text(self) -> str:
        return _trimmed(_paint(self.cells, self.styles))

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
class _Page:
    """The rows that a program can still change, and its cursor."""

    width: int
    rows: list[_Row] = field(default_factory=lambda: [_Row()])
    row: int = 0
    column: int = 0  # equals the width after a character in the last column, as in a terminal
    style: str = ""

    @property
    def blank(self) -> bool:
        return len(self.rows) == 1 and not self.column and not self.rows[0].cells

    @property
    def bottom(self) -> int:
        """The lowest row that is not empty, or the cursor's."""
        last = len(self.rows) - 1
        while last > self.row and not self.rows[last].cells:
            last -= 1
        return last

    def write(self, text: str) -> None:
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
            self.rows.append(_Row())
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
        cells = [cell for row in self.rows for cell in row.cells]
        return _paint(cells, [style for row in self.rows for style in row.styles])


def _units(text: str) -> int:
    """Count as a browser does: a character beyond the first 65536 is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Front:
    """The current line of a front end, as far as we have written it."""

    def __init__(self) -> None:
        self.text = ""  # painted, its last style open
        self.stuck = False  # more stands before `text`: the line cannot be rewritten
        self._length = 0  # colour codes and padding included
        self._padded = False

    def show(self, text: str) -> str:
        """Return what turns the current line into `text`: what is new, or the line again."""
        if not self._padded and text.startswith(self.text):
            return self._append(text)
        bare = _trimmed(text)
        return "" if bare == _trimmed(self.text) else self._rewrite(bare)

    def _append(self, text: str) -> str:
        added = text[len(self.text) :]
        if not added:
            return ""
        style = "" if added.startswith("\x1b") else _open_style(self.text)
        piece = style + added + (_RESET if _open_style(text) else "")
        self.text = text
        self._length += _units(piece)
        return piece

    def _rewrite(self, text: str) -> str:
        start, line = "\n" if self.stuck else "\r", _closed(text)
        length = _units(line)
        padding = 0 if self.stuck else max(0, self._length - length)
        self.text, self.stuck = text, False
        self._padded, self._length = padding > 0, length + padding
        return start + line + " " * padding


@dataclass(slots=True)
class _Region:
    """Rows, from the first on the page, that a program rewrites by moving the cursor up.

    Attributes:
        low: the lowest row that was in use when the cursor last went up.
        reach: how many rows it went up at most.
        calm: the cursor is shown again, as at the end of a bar.
    """

    low: int = 0
    reach: int = 0
    calm: bool = False


class Screen:
    """One output stream of a module as a front end can show it.

    A finished line goes out at once. From the first cursor-up on, the lines that the cursor has
    reached are a region: they are held back, only the one that changed last is shown, until they
    are out of reach (twice as far as the program ever went, at most `CLIMB_LIMIT` rows), the
    cursor is shown again and more lines follow, or the program ends. A line that was taken before
    a program went up to change it stays, and comes again if its text is another.

    Args:
        width: columns of the terminal that the program believes in; lines wrap there if the
            cursor comes back to them. A program that writes to a pipe wraps nothing: say 10000.
    """

    def __init__(self, width: int = 80) -> None:
        self._page = _Page(width)
        self._front = _Front()
        self._done: list[str] = []  # finished lines since the last take, each with its newline
        self._taken = ""  # the end of the finished lines that were taken
        self._rest = ""  # the beginning of an escape sequence
        self._region: _Region | None = None
        self._held = False  # the cursor is hidden: what follows may become a region
        self._rewinding = False  # a held line is about to be rewritten in place
        self._line = ""  # of a region, shown now
        self._saved: tuple[_Row, int] | None = None

    def feed(self, text: str) -> None:
        """Take what the program wrote; `text` may be cut anywhere."""
        text, self._rest = self._rest + text, ""
        if "\r\n" in text:
            text = text.replace("\r\n", "\n")
        if not _CONTROL.search(text):
            text = self._pass_lines(text)
        self._run(text)

    def take(self) -> str:
        """Return what to write to the front end now; frames since the last take are dropped."""
        self._settle()
        output = self._flush() + self._front.show(self._current())
        self._forget()
        return output

    def finish(self) -> str:
        """Return the rest, as the program left it; colours are reset, a half sequence is dropped."""
        page, self._rest = self._page, ""
        del page.rows[page.bottom + 1 :]
        if self._region or self._held:
            self._finish_rows(page.line(page.bottom))
            self._region, self._held = None, False
        last = page.rows[-1]
        return self._flush() + self._front.show("" if last.shown == last.text() else page.text())

    @property
    def unfinished(self) -> str:
        """The visible text of the current line, without colours: a prompt, if one is waited for."""
        page = self._page
        last = page.row
        while page.joined(last):
            last += 1
        return "".join(c for row in page.rows[page.line(page.row) : last + 1] for c in row.cells)

    # -- from the program to the page

    def _pass_lines(self, text: str) -> str:
        """Pass finished lines of plain text by the page; return what is left for it."""
        if not self._page.blank:
            start = text.find("\n") + 1
            self._run(text[:start])
            text = text[start:]
        if self._region or self._held or self._page.style or not self._page.blank:
            return text
        end = text.rfind("\n") + 1
        if end:
            cut = text.rfind("\n", 0, max(0, end - 4096)) + 1  # a small piece is soon recalled
            self._done += [piece for piece in (text[:cut], text[cut:end]) if piece]
        return text[end:]

    def _run(self, text: str) -> None:
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "text":
                self._write(token[0])
            elif kind == "control":
                self._control(token[0])
            elif kind == "final" and not token["between"]:
                self._sequence(token["final"], token["codes"])
            elif kind == "escape":
                self._escape(token["escape"])
            elif kind == "open" and token.end() == len(text):
                self._keep(token[0])

    def _keep(self, rest: str) -> None:
        if len(rest) > LONGEST_SEQUENCE:
            self._run(rest[2:])
        else:
            self._rest = rest

    def _write(self, text: str) -> None:
        if self._rewinding:
            self._release()
            self._rewinding = False
        self._page.write(text)

    def _control(self, character: str) -> None:
        if character in "\n\v\f":
            self._newline()
        elif character == "\r":
            self._page.column = 0
            self._rewinding = self._held and bool(self._page.rows[self._page.row].cells)
        elif character == "\t":
            self._page.tab()
        elif character == "\b":
            self._shift(-1)

    def _escape(self, final: str) -> None:
        if final in "DE":
            self._newline()
        elif final == "M":
            self._climb(1)
        elif final in "78":
            self._sequence("su"[final == "8"], "")

    def _sequence(self, final: str, codes: str) -> None:
        page = self._page
        if final == "m" and codes[:1] not in ("<", "=", ">", "?"):
            page.style = _restyle(page.style, codes)
        elif codes == "?25" and final in "hl":
            self._show_cursor(shown=final == "h")
        elif not codes.strip("0123456789;"):
            numbers = [int(code[:6] or 0) for code in codes.split(";")]
            self._move(final, numbers[0], *numbers[1:2])

    def _move(self, final: str, first: int, second: int = 0) -> None:
        count = max(first, 1)
        if final in "AF":
            self._climb(count)
        elif final in "BE":
            self._page.row = min(self._page.row + count, len(self._page.rows) - 1)
        elif final in "CD":
            self._shift(count if final == "C" else -count)
        elif final in "Hf":
            self._home(count - 1)
        elif final in "JK":
            self._erase(final, first)
        elif final in "su":
            self._remember(save=final == "s")
        if final in "EFGHf`":
            self._page.column = 0
            self._shift({"G": count, "`": count, "H": second, "f": second}.get(final, 1) - 1)

    def _shift(self, columns: int) -> None:
        last = self._page.width - 1
        self._page.column = max(0, min(min(self._page.column, last) + columns, last))

    def _erase(self, what: str, mode: int) -> None:
        """Erase a line or the page from the cursor on (0), up to it (1) or wholly (2, 3)."""
        page = self._page
        if what == "J" and mode == 0:
            del page.rows[page.row + 1 :]
        elif what == "J":
            for row in page.rows[: page.row if mode == 1 else None]:
                row.erase(0, len(row.cells))
        start, end = (0 if mode else page.column), (page.column + 1 if mode == 1 else page.width)
        page.rows[page.row].erase(start, end)

    def _newline(self) -> None:
        page, self._rewinding = self._page, False
        if self._region or self._held:
            page.step()
            if len(page.rows) > 2 * CLIMB_LIMIT:
                self._settle()
        else:
            self._done.append(_closed(page.text()) + "\n")
            page.rows, page.row, page.column = [_Row()], 0, 0

    # -- moving up

    def _climb(self, count: int) -> None:
        page = self._page
        bottom = page.bottom
        target = max(page.row - count, bottom - CLIMB_LIMIT)
        while target < 0 and (added := self._recall()):
            target += added
            bottom += added
        page.row = max(0, min(target, page.row))
        self._shift(0)
        self._enter(bottom)

    def _enter(self, bottom: int) -> None:
        reach = self._region.reach if self._region else 0
        self._region = _Region(low=bottom, reach=max(reach, bottom - self._page.row))
        self._held = self._rewinding = False

    def _home(self, row: int) -> None:
        """Go to a row of the region: what stood above it before is never lost."""
        page, bottom = self._page, self._page.bottom
        row = min(row, CLIMB_LIMIT)
        page.rows += [_Row() for _ in range(row + 1 - len(page.rows))]
        page.row = row
        self._enter(max(bottom, row))

    def _remember(self, *, save: bool) -> None:
        page = self._page
        if save:
            self._saved = page.rows[page.row], page.column
        elif self._saved and self._saved[0] in page.rows:
            bottom, page.row = page.bottom, page.rows.index(self._saved[0])
            page.column = self._saved[1]
            self._enter(max(bottom, page.row))

    def _show_cursor(self, *, shown: bool) -> None:
        self._held = not shown and not self._region
        if self._region:
            self._region.calm = shown
        elif shown:
            self._release()

    def _recall(self) -> int:
        """Put the last finished line back on the page; return how many rows it has."""
        taken = not self._done
        text = self._taken if taken else self._done.pop()
        if not text:
            return 0
        start = text.rfind("\n", 0, -1) + 1
        if taken:
            self._taken = text[:start]
        elif start:
            self._done.append(text[:start])
        rows = self._laid(text[start:-1])
        for row in rows:
            row.shown = row.text() if taken else None
        self._page.rows[:0] = rows
        self._page.row += len(rows)
        return len(rows)

    def _laid(self, line: str) -> list[_Row]:
        screen = Screen(self._page.width)
        screen._run(line)  # noqa: SLF001  a painted line is what we read anyway
        return screen._page.rows  # noqa: SLF001  as above

    # -- from the page to the front end

    def _finish_rows(self, count: int) -> None:
        """Take rows off the top of the page; what stands there already is not shown again."""
        page = self._page
        for at, row in enumerate(page.rows[:count]):
            text, joined = row.text(), page.joined(at)
            if row.shown is None or text not in ("", row.shown):
                text = _paint(row.cells, row.styles) if joined else text
                self._done.append(_closed(text) + ("" if joined else "\n"))
        del page.rows[:count]
        page.row -= count
        if self._region:
            self._region.low -= count

    def _release(self) -> None:
        """Finish all rows above the current line."""
        self._finish_rows(self._page.line(self._page.row))

    def _settle(self) -> None:
        """Finish the rows that are out of reach."""
        page, region = self._page, self._region
        if region is None:
            if self._held and (len(page.rows) > CLIMB_LIMIT or not page.rows[page.row].cells):
                self._release()
            return
        over = region.calm and page.bottom >= region.low + 2
        keep = 0 if over else min(2 * region.reach + 4, CLIMB_LIMIT)
        self._finish_rows(page.line(max(0, min(page.bottom - keep, page.row))))
        if region.low < 0:
            self._region = None
            del page.rows[page.row + 1 :]
            self._release()

    def _flush(self) -> str:
        text = "".join(self._done)
        self._done.clear()
        if not text:
            return ""
        first, _, rest = text.partition("\n")
        output = self._front.show(first.removesuffix(_RESET)) + "\n" + rest
        self._front = _Front()
        recent = self._taken + text[-4096:]
        self._taken = (
            recent[recent.find("\n", len(recent) - 4096) + 1 :] if len(recent) > 4096 else recent
        )
        return output

    def _current(self) -> str:
        """Return the line to show: the current one, or of several the one that changed last."""
        page = self._page
        if self._region is None and (not self._held or page.line(len(page.rows) - 1) == 0):
            return page.text()
        words = [row for row in page.rows if any(cell.isalnum() for cell in row.cells)]
        texts = [row.text() for row in words]
        changed = [text for row, text in zip(words, texts, strict=True) if text != row.seen]
        for row, text in zip(words, texts, strict=True):
            row.seen = text
        if changed or self._line not in texts:
            self._line = [*texts, *changed][-1] if texts else ""
        return self._line

    def _forget(self) -> None:
        """Let go of the beginning of an endless line."""
        rows = self._page.rows
        if self._region is None and not self._held and len(rows) > 2 * CLIMB_LIMIT:
            del rows[:-CLIMB_LIMIT]
            self._page.row = len(rows) - 1
            self._front.text, self._front.stuck = self._page.text(), True
