"""Reads a line as cmd.exe would, where that is simple; elsewhere nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.patterns import pattern
from ipymod.shell.fields import fields
from ipymod.shell.model import Redirect, ShellCommand, Word

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

# Escapes, variables, groups and several lines follow rules that depend on each other.
_BEYOND = pattern(r'[%^()\n\r\0]|\\"|\b(?:if|for|set|call|start)\b')
_TOKEN = pattern(
    r"[ \t]+|(?P<operator>&&|\|\||[&|])|(?P<fd>(?<![^ \t])\d)?(?P<redirect>>>|>&|[<>])[ \t=,;]*"
    r'|(?P<word>(?:"[^"]*"|[^ \t&|<>"])+)'
)


def parse_cmd(text: str) -> tuple[ShellCommand, ...] | None:
    """Give the commands of a line that IPython hands to cmd.exe; None if it is not simple."""
    if _BEYOND.search(text):
        return None
    tokens = list(_tokens(text))
    if sum(len(token[0]) for token in tokens) != len(text):
        return None
    commands: list[ShellCommand] = []
    start = 0
    for at, token in enumerate([*tokens, None]):
        if token and not token["operator"]:
            continue
        before = commands[-1].after if commands else ""
        command = _command(text, tokens[start:at], before, token["operator"] if token else "")
        if not command:
            return None
        commands.append(command)
        start = at + 1
    return tuple(commands)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while found := _TOKEN.match(text, position):
        yield found
        position = found.end()


def _command(
    text: str, tokens: Iterable[re.Match[str]], before: str, after: str
) -> ShellCommand | None:
    """Give the command; None if it has no words, or a redirect leads nowhere."""
    known = fields(text)
    words: list[Word] = []
    redirects: list[Redirect] = []
    waiting: re.Match[str] | None = None
    for token in tokens:
        if token["redirect"]:
            waiting = token
        elif token["word"] and waiting:
            target = _word(token, known)
            redirects.append(
                Redirect(waiting["redirect"], waiting["fd"] or "", target, waiting.start())
            )
            waiting = None
        elif token["word"]:
            words.append(_word(token, known))
    if waiting or not words:
        return None
    pieces: list[Word | Redirect] = [*words, *redirects]
    first, last = min(each.start for each in pieces), max(each.end for each in pieces)
    is_fed = before == "|"
    return ShellCommand(tuple(words), (), tuple(redirects), first, last, before, after, (), is_fed)


def _word(token: re.Match[str], known: dict[int, int]) -> Word:
    source = token["word"]
    is_sure = "$" not in source and not any(token.start() <= at < token.end() for at in known)
    return Word(source, source.replace('"', ""), token.start(), '"' in source, is_sure)
