"""Reads a text as sh and bash would: lists, groups, redirects, heredocs, keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.patterns import pattern
from ipymod.shell.fields import fields
from ipymod.shell.model import Redirect, ShellCommand, Word
from ipymod.shell.words import NotUnderstoodError, Reader

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

_MOST_NESTED = 40
_KEYWORDS = "if|then|elif|else|fi|do|done|while|until|for|select|case|esac|function|time|coproc|in"
_PLAIN = pattern(rf"[ \t]*(?!(?:{_KEYWORDS})(?![^\s]))([\w./-]+(?:[ \t]+[\w./:@%+,=-]+)*)[ \t]*")
_WORD = pattern(r"[^ \t]+")
_OPERATOR = pattern(r";;&|;&|;;|&&|\|\||\|&|[|;\n]|&(?!>)")
_REDIRECT = pattern(r"(\d*)(<<<|<<-?|<&|<>|>>|>&|>\||[<>](?!\())|()(&>>?)")
_ASSIGNMENT = pattern(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=")
_ARRAY = pattern(r"[A-Za-z_]\w*\+?=\(")
_OPEN_SUBSCRIPT = pattern(r"\w+\[[^\]]*\Z")
_FD = pattern(r"[0-9]+|\{\w+\}")
_NO_ARGUMENTS = pattern(r"[ \t]*\([ \t]*\)")
_INSIDE_A_TEST = pattern(r"[ \t<>|&()!]+")
_TIME_OPTION = pattern(r"[ \t]+-p(?=\s)")

_DECLARES = frozenset({"declare", "typeset", "local", "export", "readonly", "alias"})
_OPENS = frozenset({"if", "while", "until", "{"})
# What must be open for a keyword, and what is open then.
_GOES_ON = {
    "then": ({"if"}, "then"),
    "elif": ({"then"}, "if"),
    "else": ({"then"}, "else"),
    "do": ({"while", "until", "for"}, "do"),
}
_CLOSES = {"fi": {"then", "else"}, "done": {"do"}, "esac": {"case"}, "}": {"{"}}


def parse(text: str, *, is_line_of_ipython: bool = False) -> tuple[ShellCommand, ...] | None:
    """Give the commands of a text in their order; None if it cannot be understood for sure.

    Args:
        text: what follows `!`, or a script.
        is_line_of_ipython: `{expression}` is replaced before the shell sees the text.
    """
    if plain := _PLAIN.fullmatch(text):
        return _plain(text, plain.start(1))
    if "\0" in text:
        return None
    parser = _Parser(text, fields(text) if is_line_of_ipython else {})
    try:
        parser.commands_until("")
    except (NotUnderstoodError, RecursionError):
        return None
    return tuple(sorted(parser.commands, key=lambda command: command.start))


def _plain(text: str, start: int) -> tuple[ShellCommand, ...]:
    """The same of one command without any sign, as most are: it takes a tenth of the time."""
    words = tuple([Word(each[0], each[0], each.start()) for each in _WORD.finditer(text)])
    return (ShellCommand(words, (), (), start, words[-1].end),)


class _Draft:
    """A command that is being read."""

    def __init__(self, before: str = "", *, is_compound: bool = False) -> None:
        self.before = before
        self.is_compound = is_compound  # a group or a loop has just ended here
        self.words: list[Word] = []
        self.assignments: list[Word] = []
        self.redirects: list[Redirect] = []

    def is_empty(self) -> bool:
        return not (self.words or self.assignments or self.redirects)

    def command(self, after: str, around: list[_Frame]) -> ShellCommand:
        pieces: list[Word | Redirect] = [*self.words, *self.assignments, *self.redirects]
        return ShellCommand(
            tuple(self.words),
            tuple(self.assignments),
            tuple(self.redirects),
            min(piece.start for piece in pieces),
            max(piece.end for piece in pieces),
            self.before,
            after,
            tuple(frame.name for frame in around),
            _is_pipe(self.before) or any(frame.is_piped for frame in around),
        )


class _Frame:
    """What commands stand in."""

    def __init__(self, kind: str, *, is_piped: bool, function: str) -> None:
        self.kind = kind
        self.name = f"function {function} {kind}" if function else kind
        self.is_piped = is_piped
        self.awaits_pattern = kind == "case"
        self.needs_command = kind in {"if", "while", "until", "{", "("}

    def goes_on(self, kind: str) -> None:
        """Take another part of the same: `then` after `if`."""
        self.kind = kind
        self.needs_command = True


class _Parser(Reader):
    """Collects the commands; the words come from the reader."""

    def __init__(self, text: str, known: Mapping[int, int], position: int = 0) -> None:
        super().__init__(text, known, position)
        self.commands: list[ShellCommand] = []
        self._draft = _Draft()
        self._frames: list[_Frame] = []
        self._heredocs: list[Redirect] = []
        self._function_name = ""
        self._compounds = {
            "[[": self._test,
            "for": self._for,
            "select": self._for,
            "case": self._case,
            "function": self._function,
        }

    def commands_until(self, closing: str) -> None:
        """Read commands, and what ends them."""
        outer, self._draft, depth = self._draft, _Draft(), len(self._frames)
        while (char := self.skip_gap()) != closing:
            if not char or (char == ")" and not self._awaits_pattern()):
                raise NotUnderstoodError(f"{closing or char} is missing or too much")
            self._step(char)
        self._finish("")
        if len(self._frames) != depth or self._function_name:
            raise NotUnderstoodError("a keyword has no partner")
        self.position += len(closing)
        self._draft = outer

    def inner(self, kind: str) -> None:
        function, self._function_name = self._function_name, ""
        self._enter(kind, is_piped=_is_pipe(self._draft.before))
        self._function_name = function
        self.commands_until("" if kind == "`" else ")")
        self._frames.pop()

    def _step(self, char: str) -> None:
        if self._awaits_pattern():
            self._pattern()
        elif operator := self.take(_OPERATOR):
            self._operator(operator)
        elif found := _REDIRECT.match(self.text, self.position):
            self._redirect(found)
        elif char == "(":
            self._parenthesis()
        else:
            self._word()

    def _operator(self, operator: str) -> None:
        draft = self._draft
        if operator == "\n":
            if not draft.is_empty() or draft.is_compound:
                self._finish(operator)
            self._bodies()
            return
        is_case = operator in {";;", ";&", ";;&"}
        if is_case and self._kind() == "case":
            self._finish(operator)
            self._frames[-1].awaits_pattern = True
        elif is_case or (draft.is_empty() and not draft.is_compound):
            raise NotUnderstoodError(f"nothing stands before {operator}")
        else:
            self._finish(operator)

    def _finish(self, after: str) -> None:
        if self._frames and (not self._draft.is_empty() or self._draft.is_compound):
            self._frames[-1].needs_command = False
        if not self._draft.is_empty():
            self.commands.append(self._draft.command(after, self._frames))
        elif not after and self._draft.before not in {"", ";", "&", "\n"}:
            raise NotUnderstoodError(f"nothing follows {self._draft.before}")
        self._draft = _Draft(after)

    def _redirect(self, found: re.Match[str]) -> None:
        start, self.position = self.position, found.end()
        self.skip_blanks()
        target = self.word()
        is_odd = self._is_fd(target) or target.source.startswith("#") or _ARRAY.match(target.source)
        if not target.source or is_odd:
            raise NotUnderstoodError("a redirect leads nowhere")
        redirect = Redirect(found[2] or found[4], found[1] or "", target, start)
        self._draft.redirects.append(redirect)
        if redirect.operator in {"<<", "<<-"}:
            self._heredocs.append(redirect)

    def _is_fd(self, word: Word) -> bool:
        """Tell whether a word belongs to the redirect behind it: `2>`, `{name}>`."""
        is_next = self.char in {"<", ">"} and word.start not in self.fields
        return is_next and bool(_FD.fullmatch(word.source))

    def newline(self) -> None:
        """Move past the end of a line, and the bodies of its heredocs."""
        is_end = self.char == "\n"
        self.position += 1
        if is_end:
            self._bodies()

    def _bodies(self) -> None:
        for heredoc in self._heredocs:
            last = ""
            while self.position < len(self.text):
                end = self.text.find("\n", self.position) + 1 or len(self.text)
                line, self.position = self.text[self.position : end].rstrip("\n"), end
                if _ends(heredoc, line) and not (last.endswith("\\") and not _is_literal(heredoc)):
                    break
                last = line
        self._heredocs = []

    def _word(self) -> None:
        word = self.word()
        if not word.source or self._is_fd(word):
            raise NotUnderstoodError(f"{self.char} stands where a word should")
        draft = self._draft
        if draft.words:
            if _ARRAY.match(word.source) and draft.words[0].text not in _DECLARES:
                raise NotUnderstoodError("an array stands where none may")
            draft.words.append(word)
        elif _OPEN_SUBSCRIPT.match(word.source):
            raise NotUnderstoodError("a subscript is open")
        elif _ASSIGNMENT.match(word.source):
            draft.assignments.append(word)
        elif word.is_quoted or not draft.is_empty() or not self._keyword(word):
            self._first_word(word)

    def _first_word(self, word: Word) -> None:
        is_reserved = not word.is_quoted and word.text in {"]]", "in"}
        if is_reserved or self._draft.is_compound or self._function_name:
            raise NotUnderstoodError(f"{word.source} stands where an operator should")
        if self.take(_NO_ARGUMENTS):
            self._function_name = word.source
        else:
            self._draft.words.append(word)

    def _keyword(self, word: Word) -> bool:
        text = word.text
        if text in _OPENS:
            self._push(text)
        elif way := _GOES_ON.get(text):
            self._demand(way[0])
            self._frames[-1].goes_on(way[1])
            self._draft = _Draft()
        elif kinds := _CLOSES.get(text):
            self._demand(kinds)
            self._frames.pop()
            self._draft = _Draft(is_compound=True)
        elif text in {"!", "time"}:
            self._prefix(text)
        elif read := self._compounds.get(text):
            read()
        else:
            return False
        return True

    def _prefix(self, text: str) -> None:
        if text == "!" and _is_pipe(self._draft.before):
            raise NotUnderstoodError("! follows a pipe")
        self.take(_TIME_OPTION)

    def _demand(self, kinds: set[str]) -> None:
        if self._kind() not in kinds or self._frames[-1].needs_command:
            raise NotUnderstoodError("a keyword has no partner")

    def _kind(self) -> str:
        return self._frames[-1].kind if self._frames else ""

    def _awaits_pattern(self) -> bool:
        return bool(self._frames) and self._frames[-1].awaits_pattern

    def _push(self, kind: str) -> None:
        if self._draft.is_compound:
            raise NotUnderstoodError("an operator is missing")
        self._enter(kind, is_piped=_is_pipe(self._draft.before))
        self._draft = _Draft()

    def _enter(self, kind: str, *, is_piped: bool) -> None:
        if len(self._frames) >= _MOST_NESTED:
            raise NotUnderstoodError("too deep")
        self._frames.append(_Frame(kind, is_piped=is_piped, function=self._function_name))
        self._function_name = ""

    def _parenthesis(self) -> None:
        if not self._draft.is_empty():
            raise NotUnderstoodError("( follows a word")
        if self.skip_arithmetic(self.position):
            self._draft = _Draft(is_compound=True)
            return
        self._push("(")
        self.position += 1
        self.commands_until(")")
        if self._frames.pop().needs_command:
            raise NotUnderstoodError("a group is empty")
        self._draft = _Draft(is_compound=True)

    def _test(self) -> None:
        while not self.text.startswith("]]", self.position):
            if not self.take(_INSIDE_A_TEST) and not self.word().source:
                raise NotUnderstoodError("[[ is open")
        self.position += 2
        self._draft = _Draft(is_compound=True)

    def _for(self) -> None:
        self._push("for")
        self.skip_blanks()
        if self.skip_arithmetic(self.position):
            self.skip_blanks()
        elif not self.word().source.isidentifier():
            raise NotUnderstoodError("for has no name")
        while (char := self.skip_gap()) not in {";", "\n"}:
            word = self.word()
            if not char or not word.source:
                raise NotUnderstoodError("for has no do")
            if word.source == "do":
                self.position = word.start
                return
        self.newline()

    def _case(self) -> None:
        self.skip_blanks()
        self.word()
        self._skip_lines()
        if self.word().source != "in":
            raise NotUnderstoodError("case has no in")
        self._push("case")

    def _function(self) -> None:
        self.skip_blanks()
        self._function_name = self.word().source
        if not self._function_name:
            raise NotUnderstoodError("a function has no name")
        self.take(_NO_ARGUMENTS)

    def _pattern(self) -> None:
        self._skip_lines()
        is_bracketed = self.char == "("
        self.position += is_bracketed
        while True:
            self.skip_blanks()
            word = self.word()
            if word.source == "esac" and not is_bracketed:
                self._keyword(word)
                return
            self.skip_blanks()
            char, self.position = self.char, self.position + 1
            if not word.source or char not in {"|", ")"}:
                raise NotUnderstoodError("a pattern has no )")
            if char == ")":
                break
        self._frames[-1].awaits_pattern = False
        self._draft = _Draft()

    def _skip_lines(self) -> None:
        while self.skip_gap() == "\n":
            self.newline()


def _is_pipe(operator: str) -> bool:
    return operator in {"|", "|&"}


def _is_literal(heredoc: Redirect) -> bool:
    return heredoc.target.is_quoted


def _ends(heredoc: Redirect, line: str) -> bool:
    return (line.lstrip("\t") if heredoc.operator == "<<-" else line) == heredoc.target.text
