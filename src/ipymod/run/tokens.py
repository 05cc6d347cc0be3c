"""The words of a `%pymod` line: split first, expanded afterwards, each on its own.

No shell takes part. What a variable holds can therefore never become a second word, an option
of ours or a command; and `pandas>=2`, `x==1.*` and `a|b` mean nothing but themselves.
Quotes, backslashes and comments follow sh, braces follow f-strings.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import warnings
from contextlib import contextmanager
from itertools import takewhile
from traceback import walk_tb
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from ipymod.errors import UsageError
from ipymod.frozen import dataclass, field
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType

_FILENAME = "<%pymod>"  # of the compiled expressions, so that their frames can be told apart
_BLANKS = " \t\r\n"
_GAP = pattern(rf"(?:[{_BLANKS}]|\#[^\n]*)*")
_PLAIN = pattern(rf".[^{_BLANKS}'\"\\${{}}]*", re.DOTALL)
_BRACE_OR_STRING = pattern(r"""("{3}|'{3}|"|')(?:\\.|(?!\1)[^\\])*+\1|[{}]""", re.DOTALL)
_CONVERSION = pattern(r"(.*?)(?:!([rsa]))?\s*", re.DOTALL)
_CONVERT: dict[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}


@dataclass(frozen=True)
class Variable:
    """`$name` or `${name}`; the name is normalized as Python normalizes identifiers (NFKC)."""

    source: str
    name: str


@dataclass(frozen=True)
class Expression:
    """`{expression!conversion:spec}`; the spec is the code of an f-string."""

    source: str
    code: CodeType = field(repr=False)
    conversion: str = ""
    spec: CodeType | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Splice:
    """`{*iterable}`: one argument for each item."""

    source: str
    code: CodeType = field(repr=False)


Piece = str | Variable | Expression | Splice


@dataclass(frozen=True)
class Word:
    """One word as it was typed, and what it consists of; no pieces make an empty argument."""

    source: str
    pieces: tuple[Piece, ...]


def arguments(
    line: str, names: Mapping[str, object], *, posix: bool = os.name != "nt"
) -> list[str]:
    """Give the arguments that a line means, ready for a process.

    Args:
        line: what follows the name of the magic.
        names: the variables that `$name` and `{expression}` see; they are not changed.
        posix: whether a backslash escapes; on Windows it is a part of paths.

    Raises:
        UsageError: a quote is open, a name unknown, or a value can be no argument.
    """
    return expand(split(line, posix=posix), names)


def split(line: str, *, posix: bool) -> list[Word]:
    """Divide a line into words; nothing is evaluated.

    Raises:
        UsageError: a quote is not closed, or `{*a, b}` splices more than one thing.
    """
    return _Lexer(line, posix=posix).words()


def expand(words: Iterable[Word], names: Mapping[str, object]) -> list[str]:
    """Turn each word into one argument, a splice into any number; errors as in `arguments`."""
    expander = _Expander(names)
    return [argument for word in words for argument in expander.arguments(word)]


class _Lexer:
    """Reads a line from left to right; each method reads one construct and moves past it."""

    def __init__(self, line: str, *, posix: bool) -> None:
        self.line = line
        self.posix = posix
        self.position = 0
        self.pieces: list[Piece] = []  # of the word that is being read
        self.open_braces = 0  # literal { in this word that wait for their }

    @property
    def char(self) -> str:
        """The next character; empty at the end of the line."""
        return self.line[self.position : self.position + 1]

    def words(self) -> list[Word]:
        words = []
        self._skip(_GAP)
        while self.char:
            words.append(self._word())
            self._skip(_GAP)
        return words

    def _word(self) -> Word:
        start, self.pieces, self.open_braces = self.position, [], 0
        while self.char and self.char not in _BLANKS:
            match self.char:
                case "'":
                    self._single_quotes()
                case '"':
                    self._double_quotes()
                case _:
                    self._construct(quoted=False)
        return Word(self.line[start : self.position], tuple(self.pieces))

    def _construct(self, *, quoted: bool) -> None:
        match self.char:
            case "\\" if self.posix:
                self._backslash(quoted=quoted)
            case "$":
                self._dollar()
            case "{":
                self._opening_brace(quoted=quoted)
            case "}":
                self._closing_brace()
            case _:
                self._put(self._skip(_PLAIN), 0)

    def _single_quotes(self) -> None:
        end = self.line.find("'", self.position + 1)
        if end < 0:
            raise self._unclosed(self.position)
        self._put(self.line[self.position + 1 : end], end + 1 - self.position)

    def _double_quotes(self) -> None:
        start = self.position
        self.position += 1
        while self.char != '"':
            if not self.char:
                raise self._unclosed(start)
            self._construct(quoted=True)
        self.position += 1

    def _unclosed(self, start: int) -> UsageError:
        quote = self.line[start]
        other = "'" if quote == '"' else '"'
        return UsageError(
            f"the quote {quote} at column {start + 1} is never closed: "
            f"close it, or write {other}{quote}{other} for the character itself"
        )

    def _backslash(self, *, quoted: bool) -> None:
        escaped = self.line[self.position + 1 : self.position + 2]
        if not escaped or (quoted and escaped not in '"\\$'):
            self._put("\\", 1)
        else:
            self._put(escaped, 2)

    def _dollar(self) -> None:
        rest = self.line[self.position + 1 :]
        name = _leading_name(rest.removeprefix("{"))
        source = f"${{{name}}}" if rest.startswith("{") else f"${name}"
        if rest.startswith("$"):
            self._put("$", 2)
        elif name and self.line.startswith(source, self.position):
            self._put(Variable(source, normalize("NFKC", name)), len(source))
        else:
            self._put("$", 1)

    def _opening_brace(self, *, quoted: bool) -> None:
        if self.line.startswith("{{", self.position):
            self._put("{", 2)
            return
        source = _braces(self.line, self.position)
        with warnings.catch_warnings(action="ignore"):  # what is only tried must not warn of "\d"
            piece = None if quoted and _closes_the_quotes(source) else _field(source)
        if piece or (source and not quoted):
            self._put(piece or source, len(source))
        else:
            self._put("{", 1)
            self.open_braces += 1

    def _closing_brace(self) -> None:
        if self.open_braces:  # "{\"a\": {\"b\": 1}}" must keep both
            self.open_braces -= 1
            self._put("}", 1)
        else:
            self._put("}", 2 if self.line.startswith("}}", self.position) else 1)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.line, self.position)
        text = found[0] if found else ""
        self.position += len(text)
        return text

    def _put(self, piece: Piece, width: int) -> None:
        """Add a piece that takes so many characters of the line; texts that touch become one."""
        self.position += width
        if isinstance(piece, str) and self.pieces and isinstance(self.pieces[-1], str):
            self.pieces[-1] += piece
        elif piece:
            self.pieces.append(piece)


def _leading_name(text: str) -> str:
    r"""Give the identifier that a text begins with; `\w` would stop at a Devanagari vowel."""
    name = "".join(takewhile(lambda char: f"_{char}".isidentifier(), text))
    return name if name.isidentifier() else ""


def _braces(line: str, start: int) -> str:
    """Give the text from the brace at start to its partner; empty if it has none."""
    depth = 0
    for found in _BRACE_OR_STRING.finditer(line, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            return line[start : found.end()]
    return ""


def _closes_the_quotes(source: str) -> bool:
    """Tell whether `"{" "}"` are two words, though `{" "}` could be the expression `" "`."""
    return source.startswith('{"') and _is_literal(source[1:-1])


def _field(source: str) -> Expression | Splice | None:
    """Understand `{...}`; None if what it holds is no expression, as in JSON."""
    content = source[1:-1].strip()
    if content.startswith("*"):
        return _splice(source, content[1:])
    for value, spec in _divisions(source[1:-1]):
        found = _CONVERSION.fullmatch(value)
        expression, conversion = found.groups("") if found else (value, "")
        if code := _compiled(expression):
            return _with_spec(Expression(source, code, conversion), expression, spec)
    return None


def _divisions(content: str) -> Iterator[tuple[str, str | None]]:
    """Divide at no colon, then at each: only a compiler knows which one begins the spec."""
    yield content, None
    for colon in re.finditer(":", content):
        yield content[: colon.start()], content[colon.end() :]


def _with_spec(plain: Expression, expression: str, spec: str | None) -> Expression | None:
    if (plain.conversion or spec is not None) and _is_literal(expression):
        return None  # {"a": 1} is JSON, not "a" with the spec " 1"
    if spec is None:
        return plain
    code = _compiled(f"f{spec!r}")  # an f-string, because of {x:{width}}
    return code and Expression(plain.source, plain.code, plain.conversion, code)


def _splice(source: str, iterable: str) -> Splice | None:
    code = _compiled(iterable)
    if code and _compiled(f"[{iterable} for _ in ()]"):  # which a bare comma would break
        return Splice(source, code)
    if _compiled(f"[*{iterable}]"):
        raise UsageError(f"{source} splices more than one thing: write one {{*...}} for each")
    return None


def _is_literal(expression: str) -> bool:
    try:
        ast.literal_eval(expression.strip())
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _compiled(expression: str) -> CodeType | None:
    expression = expression.strip()
    try:
        # The bracket is for a comment to swallow: {a # b} is no expression.
        compile(f"({expression})", _FILENAME, "eval", dont_inherit=True)
        return compile(expression, _FILENAME, "eval", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return None


class _Expander:
    """Turns words into arguments with the help of names."""

    def __init__(self, names: Mapping[str, object]) -> None:
        self.names = names
        # Globals, since the body of a lambda sees no locals; a copy, since := would write to them.
        self.globals = {"__builtins__": builtins, **names}

    def arguments(self, word: Word) -> list[str]:
        match word.pieces:
            case (Splice() as splice,):
                return self._items(splice, word)
        return ["".join(self._text(piece, word) for piece in word.pieces)]

    def _text(self, piece: Piece, word: Word) -> str:
        match piece:
            case str():
                return piece
            case Splice(source):
                what = f"{source} must be a word of its own"
                raise UsageError(f"{what}, but stands in {word.source}: put blanks around it")
            case Variable(name=name) if name not in self.names:
                raise self._unknown(name, word)
        with self._blame(piece, word):
            text = self._formatted(piece)
        return _without_nul(text, piece)

    def _formatted(self, piece: Variable | Expression) -> str:
        if isinstance(piece, Variable):
            return str(self.names[piece.name])
        value = self._value(piece.code)
        if piece.conversion:
            value = _CONVERT[piece.conversion](value)
        return format(value, self._value(piece.spec)) if piece.spec else str(value)

    def _items(self, splice: Splice, word: Word) -> list[str]:
        with self._blame(splice, word):
            value = self._value(splice.code)
        if isinstance(value, (str, bytes, bytearray)) or not _is_iterable(value):
            what = f"{splice.source} needs a list, but its value is of type {type(value).__name__}"
            whole = splice.source.replace("*", "", 1)
            raise UsageError(f"{what}: write {whole} for one argument")
        with self._blame(splice, word):
            texts = [str(item) for item in value]
        return [_without_nul(text, splice) for text in texts]

    def _value(self, code: CodeType) -> Any:
        return eval(code, self.globals)  # noqa: S307  the user typed it into the user's own kernel

    @contextmanager
    def _blame(self, piece: Variable | Expression | Splice, word: Word) -> Iterator[None]:
        """Turn what the user's expression raises into a UsageError that shows the expression."""
        try:
            yield
        except Exception as error:
            if isinstance(error, NameError) and error.name and _is_of_the_line(error):
                raise self._unknown(error.name, word) from error
            what = f"{type(error).__name__}: {error}".removesuffix(": ")
            raise UsageError(f"{piece.source} raised {what}") from error

    def _unknown(self, name: str, word: Word) -> UsageError:
        advice = "; ".join(self._hints(name)) or "assign it first, or use single quotes"
        return UsageError(f"no variable is named {name}, in {word.source}: {advice}")

    def _hints(self, name: str) -> Iterator[str]:
        from difflib import get_close_matches

        if name in os.environ:
            condition = "" if "os" in self.names else " after import os"
            yield f"for the environment variable write {{os.environ['{name}']}}{condition}"
        for near in get_close_matches(name, self.names, n=1, cutoff=0.75):
            yield f"did you mean {near}?"


def _is_of_the_line(error: NameError) -> bool:
    """Tell whether the line itself has the unknown name, and no function that it calls."""
    *_, (frame, _) = walk_tb(error.__traceback__)
    return frame.f_code.co_filename == _FILENAME


def _is_iterable(value: Any) -> bool:
    try:
        iter(value)  # unlike isinstance(value, Iterable), it knows __getitem__
    except TypeError:
        return False
    return True


def _without_nul(text: str, piece: Variable | Expression | Splice) -> str:
    if "\0" in text:
        what = f"the value of {piece.source} holds a NUL character"
        raise UsageError(f"{what}, and the argument of a process cannot: take it out first")
    return text
