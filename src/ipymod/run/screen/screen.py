"""What a program writes for a terminal, as text that every notebook front end shows correctly.

A `Page` is the piece of terminal that a program can still change, a `Line` all that a front end
can still change; `Screen` carries text from the one to the other, and knows what is a *region*:
lines that a program rewrites by moving the cursor up, which no front end can follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ipymod.run.screen.colours import RESET, closed, paint, restyle
from ipymod.run.screen.line import Line
from ipymod.run.screen.page import Page, Row

CLIMB_LIMIT = 40
"""How many rows above the lowest one a program can change; a terminal gives it its height."""

RECALLED = 8192
"""Characters of finished lines that are kept, in case that the cursor goes up to them."""

LONGEST_SEQUENCE = 1 << 20
"""An escape sequence longer than this never ends: what follows its start is shown as text."""

_ASCII_CONTROLS = [chr(code) for code in (*range(9), *range(11, 32), 127)]
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


def _controlled(text: str) -> bool:
    """Look for a control character other than a newline or a tab."""
    if text.isascii():  # thirty quick searches take a tenth of the time of a slow one
        return any(control in text for control in _ASCII_CONTROLS)
    return _CONTROL.search(text) is not None


def _recent(lines: str) -> str:
    """Return the whole lines at the end, as far as a program may reach."""
    excess = len(lines) - RECALLED
    return lines[lines.find("\n", excess - 1) + 1 :] if excess > 0 else lines


@dataclass(slots=True)
class _Region:
    """Rows, from the first on the page, that a program rewrites by moving the cursor up.

    Attributes:
        top: the row to which the cursor last went up.
        low: the lowest row that was in use then, or when the cursor was shown.
        reach: how many rows it went up at most.
        calm: the cursor has been shown since, as at the end of a bar.
    """

    top: int
    low: int
    reach: int
    calm: bool = False

    def lift(self, rows: int) -> None:
        """Follow the page, which lost rows at its top."""
        self.top -= rows
        self.low -= rows

    def settled(self, bottom: int, *, hidden: bool) -> int:
        """Return how many rows at the top are out of reach.

        A program that hides the cursor says when it is done; one that does not (tqdm) is done
        when other text has pushed its rows twice as far as it ever went.
        """
        if self.calm and bottom >= self.low + 2:
            return bottom
        near = bottom - min(2 * self.reach + 4, CLIMB_LIMIT)
        rows = max(self.top - self.reach, bottom - CLIMB_LIMIT) if hidden else near
        return max(rows, 0)


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
        self._page = Page(width)
        self._shown = Line()
        self._done: list[str] = []  # finished lines since the last take, each with its newline
        self._taken = ""  # the end of the finished lines that were taken
        self._rest = ""  # the beginning of an escape sequence
        self._region: _Region | None = None
        self._hidden = False  # the cursor
        self._rewinding = False  # a held line is about to be rewritten in place
        self._waiting = 0  # held rows at the last take
        self._line = ""  # of a region, shown now
        self._saved: tuple[Row, int] | None = None

    def feed(self, text: str) -> None:
        """Take what the program wrote; `text` may be cut anywhere."""
        text, self._rest = self._rest + text, ""
        if "\r\n" in text:
            text = text.replace("\r\n", "\n")
        if not _controlled(text):
            text = self._pass_lines(text)
        self._run(text)

    def take(self) -> str:
        """Return what to write to the front end now; frames since the last take are dropped."""
        self._settle()
        output = self._flush() + self._shown.show(self._current())
        self._forget()
        return output

    def finish(self) -> str:
        """Return the rest, as the program left it: colours are reset, half sequences dropped."""
        page, self._rest = self._page, ""
        del page.rows[page.bottom + 1 :]
        if self._region or self._held:
            self._finish_rows(page.line(page.bottom))
            self._region, self._hidden = None, False
        last = page.rows[-1]
        return self._flush() + self._shown.show("" if last.shown == last.text() else page.text())

    @property
    def _held(self) -> bool:
        """A hidden cursor announces a region: its first picture is held back."""
        return self._hidden and self._region is None

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
            recent = _recent(text[:end])  # apart, for it may be recalled
            self._done += [piece for piece in (text[: end - len(recent)], recent) if piece]
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
            self._release(self._page.row)
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
            self._page.shift(-1)

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
            page.style = restyle(page.style, codes)
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
            self._page.shift(count if final == "C" else -count)
        elif final in "Hf":
            self._home(count - 1)
        elif final in "JK":
            self._page.erase(final, first)
        elif final in "su":
            self._remember(save=final == "s")
        if final in "EFGHf`":
            self._page.column = 0
            self._page.shift({"G": count, "`": count, "H": second, "f": second}.get(final, 1) - 1)

    def _newline(self) -> None:
        page, self._rewinding = self._page, False
        if self._region or self._held:
            page.step()
            if len(page.rows) > 2 * CLIMB_LIMIT:
                self._settle()
        else:
            self._done.append(closed(page.text()) + "\n")
            page.rows, page.row, page.column = [Row()], 0, 0

    # -- moving up

    def _climb(self, count: int) -> None:
        page = self._page
        bottom = page.bottom
        target = max(page.row - count, bottom - CLIMB_LIMIT)
        while target < 0 and (added := self._recall()):
            target += added
            bottom += added
        page.row = max(0, min(target, page.row))
        self._page.shift(0)
        self._enter(bottom)

    def _enter(self, bottom: int) -> None:
        reach = self._region.reach if self._region else 0
        reach = max(reach, len(self._page.rows) - 1 - self._page.row)
        self._region = _Region(self._page.row, bottom, reach)
        self._rewinding = False

    def _home(self, row: int) -> None:
        """Go to a row of the region: what stood above it before is never lost."""
        page, bottom = self._page, self._page.bottom
        row = min(row, CLIMB_LIMIT)
        page.rows += [Row() for _ in range(row + 1 - len(page.rows))]
        page.row = row
        self._enter(max(bottom, row))

    def _remember(self, *, save: bool) -> None:
        page = self._page
        if save:
            self._saved = page.rows[page.row], page.column
        elif self._saved and self._saved[0] in page.rows:
            row = page.rows.index(self._saved[0])
            if row < page.row:
                self._climb(page.row - row)
            page.row, page.column = row, self._saved[1]

    def _show_cursor(self, *, shown: bool) -> None:
        if self._region:
            self._region.calm, self._region.low = shown, self._page.bottom
        elif shown:
            self._release(self._page.row)
        self._hidden = not shown

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

    def _laid(self, line: str) -> list[Row]:
        screen = Screen(self._page.width)
        screen._run(line)
        return screen._page.rows

    # -- from the page to the front end

    def _finish_rows(self, count: int) -> None:
        """Take rows off the top of the page; what stands there already is not shown again."""
        page = self._page
        for at, row in enumerate(page.rows[:count]):
            text, joined = row.text(), page.joined(at)
            if row.shown is None or text not in ("", row.shown):
                text = paint(row.cells, row.styles) if joined else text
                self._done.append(closed(text) + ("" if joined else "\n"))
        del page.rows[:count]
        page.row -= count
        if self._region:
            self._region.lift(count)

    def _release(self, row: int) -> None:
        """Finish all rows above the line of `row`."""
        self._finish_rows(self._page.line(row))

    def _settle(self) -> None:
        """Finish the rows that are out of reach."""
        page = self._page
        if self._region:
            rows = self._region.settled(page.bottom, hidden=self._hidden)
            self._release(min(rows, page.row))
            if self._region.low < 0:
                self._region = None
                del page.rows[page.row + 1 :]
        elif len(page.rows) > CLIMB_LIMIT:
            self._release(len(page.rows) - CLIMB_LIMIT)
        elif not page.rows[page.row].cells:
            self._release(min(self._waiting, page.row))
        if not (self._region or self._hidden):
            self._release(page.row)
        self._waiting = len(page.rows) - 1

    def _flush(self) -> str:
        text = "".join(self._done)
        self._done.clear()
        if not text:
            return ""
        first, _, rest = text.partition("\n")
        output = self._shown.show(first.removesuffix(RESET)) + "\n" + rest
        self._shown = Line()
        self._taken = _recent(self._taken + _recent(text))
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
            self._shown.text, self._shown.stuck = self._page.text(), True
