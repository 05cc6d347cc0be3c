"""Tells options, their values and other words apart, as pip, conda and uv would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.shell.model import Word

_SHORTEST_PREFIX = 5  # of a long option: `--ind URL` is `--index-url URL`
_NEXT: Final = "\0"  # the value is the next word; no word holds this
_ITSELF = frozenset({"--pre"})  # of `--prefix`, but a flag


@dataclass(frozen=True)
class Option:
    """`--target folder`; the value is empty for a flag, and the name as it was typed."""

    name: str
    value: str = ""


@dataclass(frozen=True)
class Arguments:
    """The words after a program or a verb, told apart."""

    options: tuple[Option, ...]
    others: tuple[Word, ...]

    def has(self, *names: str) -> bool:
        """Tell whether one of the options is there."""
        return any(option.name in names for option in self.options)

    def values(self, *names: str) -> tuple[str, ...]:
        """The values of these options."""
        return tuple(option.value for option in self.options if option.name in names)


def divide(
    words: Sequence[Word], valued: frozenset[str], *, up_to_first: bool = False
) -> Arguments:
    """Tell the words apart; those behind the first that is no option stay whole if asked for.

    Args:
        words: the words.
        valued: the options that take a value, long and short.
        up_to_first: what follows a verb is another's to read.
    """
    rest = list(words)
    options: list[Option] = []
    others: list[Word] = []
    while rest:
        word = rest.pop(0)
        if word.text == "--" and not up_to_first:
            return Arguments(tuple(options), (*others, *rest))
        if not word.text.startswith("-") or word.text == "-":
            others.append(word)
            if up_to_first:
                return Arguments(tuple(options), (*others, *rest))
            continue
        told = list(_long(word.text, valued)) or list(_short(word.text, valued))
        if told[-1].value == _NEXT:
            told[-1] = Option(told[-1].name, rest.pop(0).text if rest else "")
        options += told
    return Arguments(tuple(options), tuple(others))


def _long(text: str, valued: frozenset[str]) -> Iterable[Option]:
    if not text.startswith("--"):
        return
    name, equals, value = text.partition("=")
    if equals:
        yield Option(name, value)
    else:
        yield Option(name, _NEXT if _takes_a_value(name, valued) else "")


def _takes_a_value(name: str, valued: frozenset[str]) -> bool:
    if name in valued:
        return True
    if len(name) < _SHORTEST_PREFIX or name in _ITSELF:
        return False
    # `--upgrade` is not short for `--upgrade-strategy`, but a word of its own.
    return any(known.startswith(name) and known[len(name)] != "-" for known in valued)


def _short(text: str, valued: frozenset[str]) -> Iterable[Option]:
    """Read `-qqU`, `-rfile`, `-qr file`."""
    for at, letter in enumerate(text[1:], 2):
        if f"-{letter}" in valued:
            yield Option(f"-{letter}", text[at:].removeprefix("=") or _NEXT)
            return
        yield Option(f"-{letter}")
