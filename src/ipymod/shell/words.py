"""Reads words: quotes, backslashes, and all that a shell replaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.patterns import pattern
from ipymod.shell.model import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDS_A_WORD = " \t\n;&|<>()"
_PLAIN = pattern(r"[^ \t\n;&|<>()'\"\\`$*?~{}]+")
_GAP = pattern(r"(?:[ \t]|\\\n)*(?:#[^\n]*)?")
_BLANKS = pattern(r"(?:[ \t]|\\\n)*")
_PARAMETER = pattern(r"\$\$?[\w.]+|\$[@*#?$!-]")
_ANSI_QUOTES = pattern(r"\$'(?:\\.|[^\\'])*'", re.DOTALL)
_NAMED = pattern(r"\$\{(?:[!#]?\w+|[@*#?$!-](?=[}:+=?%#/-]))")
_ARRAY = pattern(r"[A-Za-z_]\w*\+?=\Z")
_SUBSCRIPT = pattern(r"\w*\[[^\]]*\Z")  # one that is open
_SKIPPED = pattern(r"\\.|'[^']*'|\"(?:\\.|[^\\\"])*\"|[{}()]|[^\\'\"{}()]+", re.DOTALL)


class NotUnderstoodError(Exception):
    """The text is no shell's, or beyond what is read here; it never leaves this package."""


class Reader:
    """Reads a text from left to right; each method reads one construct and moves past it."""

    def __init__(self, text: str, fields: Mapping[int, int], position: int = 0) -> None:
        self.text = text
        self.fields = fields
        self.position = position
        self._parts: list[str] = []  # of the word that is being read
        self._is_quoted = False
        self._is_sure = True
        self._has_brace = False  # one that is not quoted

    @property
    def char(self) -> str:
        """The next character; empty at the end of the text."""
        return self.text[self.position : self.position + 1]

    def skip_gap(self) -> str:
        """Move past blanks, continued lines and a comment; give the next character."""
        self.take(_GAP)
        return self.char

    def skip_blanks(self) -> None:
        """Move past blanks and continued lines."""
        self.take(_BLANKS)

    def take(self, form: re.Pattern[str]) -> str:
        """Move past what has this form here; give it."""
        found = form.match(self.text, self.position)
        self.position += len(found[0]) if found else 0
        return found[0] if found else ""

    def word(self) -> Word:
        """Read one word, which need not be there: then it is empty and takes no room."""
        outer = self._parts, self._is_quoted, self._is_sure, self._has_brace
        self._parts, self._is_quoted, self._is_sure, self._has_brace = [], False, True, False
        start = self.position
        while (char := self.char) and (char not in ENDS_A_WORD or self._is_inside(start)):
            self._part(char, start)
        source, text = self.text[start : self.position], "".join(self._parts)
        is_list = self._has_brace and ("," in text or ".." in text)  # {a,b} may become two words
        word = Word(source, text, start, self._is_quoted, self._is_sure and not is_list)
        self._parts, self._is_quoted, self._is_sure, self._has_brace = outer
        return word

    def inner(self, kind: str) -> None:
        """Read the commands of a substitution, to the `)` that ends it."""
        raise NotImplementedError

    def newline(self) -> None:
        """Move past the end of a line."""
        self.position += 1

    def _is_inside(self, start: int) -> bool:
        """Tell whether a `(` or `<` here goes on with the word: `<(...)`, `array=(...)`."""
        if self.char == "(":
            return bool(_ARRAY.match(self.text[start : self.position]))
        return self.text.startswith(("<(", ">("), self.position)

    def _part(self, char: str, start: int) -> None:
        if self._field():
            return
        match char:
            case "\\":
                self._backslash()
            case "'":
                self._single_quotes()
            case '"':
                self._double_quotes()
            case "$" | "`":
                self._expansion(char, is_quoted=False)
            case "(":
                self._array()
            case "<" | ">":
                self._process(char)
            case _:
                self._plain(char, is_first=self.position == start)

    def _plain(self, char: str, *, is_first: bool) -> None:
        if plain := self.take(_PLAIN):
            self._parts.append(plain)
            return
        at = self.text[self.position - 1 : self.position]
        is_home = char == "~" and (is_first or at in {"=", ":"})
        if char in "*?" or is_home:
            self._is_sure = False
        self._has_brace = self._has_brace or char == "{"
        self._put(char, 1)

    def _put(self, text: str, width: int) -> None:
        self._parts.append(text)
        self.position += width

    def _opaque(self, end: int) -> None:
        """Add what only a run can tell, as it was typed."""
        self._is_sure = False
        self._put(self.text[self.position : end], end - self.position)

    def _field(self) -> bool:
        end = self.fields.get(self.position)
        if end:
            self._opaque(end)
        return bool(end)

    def _backslash(self) -> None:
        escaped = self.text[self.position + 1 : self.position + 2]
        self._is_quoted = self._is_quoted or escaped != "\n"
        self._is_sure = self._is_sure and bool(escaped)  # at the end shells differ
        self._put("" if escaped == "\n" else escaped or "\\", 2 if escaped else 1)

    def _single_quotes(self) -> None:
        self._is_quoted = True
        self.position += 1
        while (char := self._needed()) != "'":
            if not self._field():
                self._put(char, 1)
        self.position += 1

    def _double_quotes(self) -> None:
        self._is_quoted = True
        self.position += 1
        while (char := self._needed()) != '"':
            if self._field():
                continue
            if char in "$`":
                self._expansion(char, is_quoted=True)
            elif char == "\\":
                self._escape()
            else:
                self._put(char, 1)
        self.position += 1

    def _escape(self) -> None:
        """Read a backslash between double quotes, where it escapes four characters alone."""
        escaped = self.text[self.position + 1 : self.position + 2]
        if escaped and escaped in '$`"\\\n':
            self._put(escaped.strip("\n"), 2)
        else:
            self._put("\\", 1)

    def _needed(self) -> str:
        if not self.char:
            raise NotUnderstoodError("a quote is open")
        return self.char

    def _expansion(self, char: str, *, is_quoted: bool) -> None:
        start = self.position
        if self._skip_expansion(char, is_quoted=is_quoted):
            end, self.position = self.position, start
            self._opaque(end)
        elif is_quoted or not self.text.startswith(("$'", '$"'), start):
            self._put("$", 1)
        else:  # bash drops the dollar, sh keeps it
            self._is_sure = False
            self.position += 1

    def _skip_expansion(self, char: str, *, is_quoted: bool) -> bool:
        start = self.position
        if self.text.startswith("$[", start):
            raise NotUnderstoodError("arithmetic of old")
        if char == "`":
            self._backquotes()
        elif self.text.startswith("$(", start):
            if not self.skip_arithmetic(start + 1):
                self.position = start + 2
                self.inner("$(")
        elif self.text.startswith("${", start) and start + 1 not in self.fields:
            self._skip_parameter(is_quoted=is_quoted)
        else:
            is_ansi = not is_quoted and bool(self.take(_ANSI_QUOTES))
            return is_ansi or bool(self.take(_PARAMETER))
        return True

    def _skip_parameter(self, *, is_quoted: bool) -> None:
        """Move past `${name...}`; the first `}` ends it that is not quoted or in an expansion."""
        if not self.take(_NAMED):
            raise NotUnderstoodError("${ names nothing")
        known, was_quoted = len(self._parts), self._is_quoted
        while (char := self._needed()) != "}":
            if char in "$`":
                self._expansion(char, is_quoted=is_quoted)
            elif char == '"':
                self._double_quotes()
            elif char == "'" and not is_quoted:
                self._single_quotes()
            else:
                self.position += 2 if char == "\\" else 1
        self.position += 1
        self._is_quoted = was_quoted
        del self._parts[known:]

    def skip_arithmetic(self, bracket: int) -> bool:
        """Move past `((...))` there; False if it is a group that begins with a group."""
        start = self.position
        if not self.text.startswith("((", bracket):
            return False
        self._skip_to(bracket + 1, "(", ")")
        if self.char != ")":
            self.position = start
            return False
        self.position += 1
        return True

    def _skip_to(self, start: int, opening: str, closing: str) -> None:
        """Move past the partner of the bracket at start."""
        depth = 0
        for found in _SKIPPED.finditer(self.text, start):
            depth += {opening: 1, closing: -1}.get(found[0], 0)
            if not depth:
                self.position = found.end()
                return
        raise NotUnderstoodError(f"{opening} is open")

    def _backquotes(self) -> None:
        end = self.position + 1
        while (char := self.text[end : end + 1]) != "`":
            if not char:
                raise NotUnderstoodError("a backquote is open")
            end += 2 if char == "\\" else 1
        if "\\" not in self.text[self.position : end]:  # else the positions would not hold
            self.position += 1
            text, self.text = self.text, self.text[:end]
            self.inner("`")
            self.text = text
        self.position = end + 1

    def _array(self) -> None:
        start = self.position
        self.position += 1
        while self.skip_gap() != ")":
            if self.char == "\n":
                self.newline()
            elif not (word := self.word()).source or _SUBSCRIPT.match(word.source):
                raise NotUnderstoodError("an array is open")
        end, self.position = self.position + 1, start
        self._opaque(end)

    def _process(self, char: str) -> None:
        start = self.position
        self.position += 2
        self.inner(f"{char}(")
        end, self.position = self.position, start
        self._opaque(end)
