"""JUDGE: what IPython would take out of a code cell: lines for a shell, magics, the Python between.

IPython's own tokenizer needs a millisecond for a cell, and its import a third of a second: too
much for a thousand notebooks. This is a scanner of strings, comments, brackets and line starts
that gives the same; a test compares the two over all the forms that are known.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from ipymod.cells import parsed, shell_argument
from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTALLERS = frozenset({"pip", "conda", "mamba", "micromamba", "uv"})
_BARE = ("pip ", "conda ", "mamba ", "uv ")  # a blank may be a tab, which nobody types
# Words first: a word is found at a hundredth of what a pattern costs, and most cells have none.
_SIGNS_OF_SHELLS = (
    *("%%", "%!", "%pip", "%conda", "%mamba", "%micro"),
    *("%uv", "%sx", "%sys", "%time "),
)
_NAMES = "(?:pip|conda|mamba|micromamba|uv)"
_LINE = rf"!|{_NAMES}[ \t]+[\w-]"
_ASSIGNED = r"(?<![=!<>])=[ \t]*"
# What %%time and its like run stands on lines of its own; only %time has it on the same one.
_OF_SHELLS = rf"!|(?:{_NAMES}|sx|system|bash|sh|shell|script)\b|time[ \t]+[!%]"
_MAY_HOLD = pattern(rf"(?m)^[ \t]*(?:{_LINE}|%)|{_ASSIGNED}[!%](?!=)", 0)
_MAY_HOLD_SHELL = pattern(
    rf"(?m)^[ \t]*(?:{_LINE}|%%?(?:{_OF_SHELLS}))|{_ASSIGNED}(?:!|%s)(?!=)", 0
)
_START = pattern(
    r"[ \t]*(?:(!!|!|%|[?,;/])"
    rf"|({_NAMES}[ \t]+(?:-\w+[ \t]+)*(?!(?:in|is|and|or|not|if)\b)[a-z]+\b))"
)
_TOKEN = pattern(
    r"\"\"\"|'''"
    r"|\"(?:[^\"\\\n]|\\[\s\S])*\"?|'(?:[^'\\\n]|\\[\s\S])*'?"
    r"|#[^\n]*|[\[({]|[\])}]|\\\n|\n"
    r"|(?<![=!<>:+\-*/%&|^~@])=(?!=)(?:[ \t]*(!|%(?=\w)))?"
)
_TRIPLE_END = {
    '"""': pattern(r"(?:[^\\\"]|\\[\s\S]|\"(?!\"\"))*\"\"\""),
    "'''": pattern(r"(?:[^\\']|\\[\s\S]|'(?!''))*'''"),
}
_MAGIC = pattern(r"(\w+|!)(?: (.*))?", 0)
_HELP = pattern(r"(?m)^([ \t]*)(?:\?[^\n]*|[^\n#\"']*[\w\])*]\?{1,2}[ \t]*)$", 0)
_ASKS = pattern(r"[\w*\])]\?{1,2}\Z")  # for help, whatever stands before
_RUN_THEIR_BODY = frozenset({"capture", "time", "timeit", "prun"})


@dataclass(frozen=True)
class Escape:
    """A part of a cell that IPython takes for something else than Python.

    Attributes:
        sign: `!`, `!!`, `%`, `%%`, another sign of IPython's, or `bare` for `pip install x`.
        text: what follows the sign, continued lines joined; of `%%` with all lines below.
        start: where the sign stands in the cell.
        end: where the last line ends, before its newline.
        line: of the sign, from 1.
        last_line: where it ends.
        is_captured: whether it is the value of an assignment.
        pieces: where in the cell each part of the text stands: offsets in the text and the cell.
    """

    sign: str
    text: str
    start: int
    end: int
    line: int
    last_line: int
    is_captured: bool = False
    pieces: tuple[tuple[int, int], ...] = ((0, 0),)

    def at(self, offset: int) -> int:
        """Where in the cell a character of the text stands."""
        begins, stands = max(piece for piece in self.pieces if piece[0] <= offset)
        return stands + offset - begins


def may_hold_one(source: str) -> bool:
    """Tell cells apart at next to no cost."""
    return _may_have_signs(source) and _MAY_HOLD.search(source) is not None


def may_hold_shell(source: str) -> bool:
    """Tell cells apart whose magics, if there are any, have nothing to do with a shell."""
    has_bang = "!" in source and "!" in source.replace("!=", "")
    has_sign = has_bang or ("%" in source and any(map(source.__contains__, _SIGNS_OF_SHELLS)))
    is_told = has_sign or any(map(source.__contains__, _BARE))
    return is_told and _MAY_HOLD_SHELL.search(source) is not None


def _may_have_signs(source: str) -> bool:
    return "!" in source or "%" in source or any(map(source.__contains__, _BARE))


def escapes(source: str) -> tuple[Escape, ...]:
    """Give what IPython takes out of a cell, in its order."""
    return _escapes(source) if may_hold_one(source) else ()


@lru_cache(maxsize=64)
def _escapes(source: str) -> tuple[Escape, ...]:
    return tuple(_Scanner(source).scan())


class _Scanner:
    """Walks over one cell, from token to token."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.line, self.counted = 1, 0  # the line of the offset up to which newlines are counted
        self.at = 0
        self.depth = 0  # open brackets
        self.begins = True  # a line begins here
        self.assigned = False  # the line has had its `=`

    def scan(self) -> Iterator[Escape]:
        """Find all of them."""
        first = len(self.source) - len(self.source.lstrip())
        if self.source.startswith("%%", first):
            yield self._cell_magic(first)
            return
        search = _TOKEN.search
        while True:
            escape = self._at_start() if self.begins and not self.depth else None
            if escape is None:
                token = search(self.source, self.at)
                if token is None:
                    return
                escape = self._take(token[0], token.end(), token[1])
            if escape is not None:
                yield escape

    def _at_start(self) -> Escape | None:
        """Take a whole line that is IPython's."""
        self.assigned = False
        found = _START.match(self.source, self.at)
        if found is None:
            return None
        escape = self._escape(found.end(1), found[1]) if found[1] else self._bare(found.start(2))
        self.at = escape.end + 1
        return escape

    def _take(self, text: str, end: int, sign: str | None) -> Escape | None:
        """Step over a token; where a value for `=` is IPython's, take it."""
        self.at, self.begins = end, text == "\n"
        if text in _OPENING:
            self.depth += 1
        elif text in _CLOSING:
            self.depth = max(self.depth - 1, 0)
        elif text in _TRIPLE_END:
            closed = _TRIPLE_END[text].match(self.source, end)
            self.at = closed.end() if closed else len(self.source)
        elif text[0] == "=" and not self.depth:
            is_first, self.assigned = not self.assigned, True
            if sign and is_first:
                escape = self._escape(end, sign, is_captured=True)
                self.at = escape.end
                return escape
        return None

    def _escape(self, at: int, sign: str, *, is_captured: bool = False) -> Escape:
        return self._made(sign, at - len(sign), at, is_captured=is_captured)

    def _bare(self, at: int) -> Escape:
        return self._made("bare", at, at)

    def _made(self, sign: str, start: int, begins: int, *, is_captured: bool = False) -> Escape:
        """Take the rest of the line, and those that continue it."""
        source, parts, pieces, length = self.source, [], [], 0
        line = self._line_of(start)
        at, last = begins, line
        while True:
            end = source.find("\n", at)
            end = len(source) if end < 0 else end
            goes_on = source.endswith("\\", at, end) and end + 1 < len(source)
            part = source[at:end].rstrip()[:-1] if goes_on else source[at:end].rstrip()
            pieces.append((length, at))
            parts.append(part)
            length += len(part) + 1
            if not goes_on:
                break
            at, last = end + 1, last + 1
        return Escape(sign, " ".join(parts), start, end, line, last, is_captured, tuple(pieces))

    def _cell_magic(self, first: int) -> Escape:
        line = self._line_of(first)
        text = self.source[first + 2 :]
        last = line + text.rstrip("\n").count("\n")
        return Escape("%%", text, first, len(self.source), line, last, pieces=((0, first + 2),))

    def _line_of(self, at: int) -> int:
        self.line += self.source.count("\n", self.counted, at)
        self.counted = at
        return self.line


_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True)
class ShellLine:
    """A text for a shell or an installer's magic, and where it stands in its cell.

    Attributes:
        kind: `line`, `captured`, `script`, `captured script`, `bare`, as `ipymod.cells` has them;
            for the magics of installers `%pip`, `%conda`, `%uv`.
        text: what it gets, without the name of the magic; continued lines are joined.
        escape: the whole of what IPython takes out.
        offset: where the text begins in that of the escape.
        line: of the cell where it begins, from 1.
    """

    kind: str
    text: str
    escape: Escape
    offset: int
    line: int

    def at(self, position: int) -> int:
        """Where in the cell a character of the text stands."""
        return self.escape.at(self.offset + position)


def shell_lines(source: str) -> tuple[ShellLine, ...]:
    """Give the texts that a cell hands to a shell, or to the magic of an installer."""
    if not may_hold_shell(source):
        return ()
    return tuple(line for escape in escapes(source) for line in _of(escape))


def _of(escape: Escape) -> Iterator[ShellLine]:
    if escape.sign != "%%" and _asks(escape.text):
        return
    captured = "captured" if escape.is_captured else "line"
    match escape.sign:
        case "!":
            yield ShellLine(captured, escape.text, escape, 0, escape.line)
        case "!!":
            yield ShellLine("captured", escape.text, escape, 0, escape.line)
        case "bare":
            yield ShellLine("bare", escape.text, escape, 0, escape.line)
        case "%":
            yield from _of_magic(escape)
        case "%%":
            yield from _of_cell_magic(escape)


def _asks(text: str) -> bool:
    """Tell whether IPython takes a line for a question for help; a comment asks nothing."""
    if not _ASKS.search(text):
        return False
    return not any(token[0].startswith("#") for token in _TOKEN.finditer(text))


def _of_magic(escape: Escape) -> Iterator[ShellLine]:
    found = _MAGIC.match(escape.text)
    if found is None:
        return
    name, text = found[1], found[2] or ""
    offset = found.start(2) if found[2] else len(escape.text)
    if name in {"sx", "system", "!"}:
        yield ShellLine("captured", text, escape, offset, escape.line)
    elif name in _INSTALLERS:
        kind = "%conda" if name.endswith(("conda", "mamba")) else f"%{name}"
        yield ShellLine(kind, text, escape, offset, escape.line)
    elif name == "time":
        yield from (_within(inner, escape, offset) for inner in shell_lines(text))


def _within(inner: ShellLine, escape: Escape, offset: int, below: int = 0) -> ShellLine:
    """The same, seen from the cell that it stands in."""
    pieces = tuple(_pieces_within(inner.escape, escape, offset))
    start, end = escape.at(offset + inner.escape.start), escape.at(offset + inner.escape.end)
    first = escape.line + below
    moved = Escape(
        inner.escape.sign,
        inner.escape.text,
        start,
        end,
        first + inner.escape.line - 1,
        first + inner.escape.last_line - 1,
        inner.escape.is_captured,
        pieces,
    )
    return ShellLine(inner.kind, inner.text, moved, inner.offset, first + inner.line - 1)


def _pieces_within(inner: Escape, escape: Escape, offset: int) -> Iterator[tuple[int, int]]:
    """Where the parts of an inner text stand in the cell: it may itself be of joined lines."""
    for begins, at in inner.pieces:
        yield begins, escape.at(offset + at)
        for outer, stands in escape.pieces:
            if outer > offset + at:
                yield outer - offset - at + begins, stands


def _of_cell_magic(escape: Escape) -> Iterator[ShellLine]:
    head, newline, body = escape.text.partition("\n")
    name, _, options = head.rstrip().partition(" ")
    body = body if body.endswith("\n") else f"{body}\n"  # as IPython has it
    offset = len(head) + len(newline)
    found = shell_argument("run_cell_magic", [name, options, body])
    if found:
        yield ShellLine(found[1], body, escape, offset, escape.line + 1)
    elif name in _RUN_THEIR_BODY:
        yield from (_within(inner, escape, offset, 1) for inner in shell_lines(body))


def as_python(source: str) -> str:
    """Give a cell as Python, line for line: what IPython takes out becomes `pass`, or 0."""
    found = escapes(source)
    if not found:
        return source
    if found[0].sign == "%%":
        return _body_as_python(found[0], source)
    parts, at = [], 0
    for escape in found:
        stands = "0" if escape.is_captured else "pass"
        parts += [source[at : escape.start], stands, "\n" * (escape.last_line - escape.line)]
        at = escape.end
    return "".join([*parts, source[at:]])


def _body_as_python(escape: Escape, source: str) -> str:
    head, newline, body = escape.text.partition("\n")
    if head.split(" ")[0].rstrip() not in _RUN_THEIR_BODY:
        return ""
    return source[: escape.start] + "pass" + newline + as_python(body)


_NOTHING = ast.Module(body=[], type_ignores=[])


@lru_cache(maxsize=64)
def tree_of(source: str) -> ast.Module | None:
    """Parse a cell as Python; None if it does not parse."""
    python = as_python(source)
    if not python.replace("pass", "").strip() and "\n " not in python:
        return _NOTHING  # lines for a shell alone, as cells with an install mostly are
    return parsed(python) or parsed(_HELP.sub(r"\1pass", python))
