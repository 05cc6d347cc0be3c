"""DATA: what a shell would make of a text; every position counts characters of that text."""

from __future__ import annotations

from ipymod.frozen import dataclass


@dataclass(frozen=True)
class Word:
    """One word of a command.

    Attributes:
        source: the word as it was typed.
        text: the word without its quotes; what only a run could tell stands as it was typed.
        is_quoted: a part of it was quoted, so that it is no keyword.
        is_sure: the text is what the command gets; not so with `$name`, `{expression}`, `$(...)`,
            `~` and `*`. Such a word may also become none or several.
    """

    source: str
    text: str
    start: int
    is_quoted: bool = False
    is_sure: bool = True

    @property
    def end(self) -> int:
        """Where the next character stands."""
        return self.start + len(self.source)


@dataclass(frozen=True)
class Redirect:
    """`2>file`; `fd` is empty where none was typed, and a heredoc's target is its last line."""

    operator: str
    fd: str
    target: Word
    start: int

    @property
    def end(self) -> int:
        """Where the next character stands."""
        return self.target.end


@dataclass(frozen=True)
class ShellCommand:
    """One simple command.

    Attributes:
        assignments: `NAME=value` before the first word.
        before: the operator in front: `;`, `&&`, `||`, `|`, `|&`, `&`, a newline; empty if none.
        after: the operator behind.
        nesting: what it stands in, outermost first: `(`, `{`, `$(`, a backquote, `<(`, `if`,
            `while`, `for`, `case`; a function's are `function NAME {`.
        piped_from: its input, or that of a group around it, is another command's output.
    """

    words: tuple[Word, ...]
    assignments: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    before: str = ""
    after: str = ""
    nesting: tuple[str, ...] = ()
    piped_from: bool = False
