"""JUDGE: which versions of Python a project allows, as PEP 440 and Poetry write it."""

from __future__ import annotations

import re
from itertools import zip_longest

from ipymod.patterns import pattern

_CLAUSE = pattern(r"(===|==|!=|<=|>=|~=|<|>|\^|~|)\s*v?(\d+(?:\.\d+)*|(?=\*))((?:\.?\*)?)")
_PIN = pattern(r"(?:cpython[-@])?(3(?:\.\d+){0,2})(?:[abrc]+\d+)?t?", re.IGNORECASE)


def allows(specifier: str, version: str) -> bool:
    """Whether a version satisfies `>=3.9,<4`, `^3.9`, `3.11.*` or several joined by `||`.

    What cannot be understood is taken for satisfied: an unknown never becomes a wrong statement.
    """
    match = re.match(r"\d+(?:\.\d+)*", version)
    if not match:
        return True
    numbers = _numbers(match[0])
    alternatives = re.split(r"\|\|?", specifier)
    return any(all(_holds(part, numbers) for part in _parts(each)) for each in alternatives)


def pins(words: tuple[str, ...]) -> tuple[str, ...]:
    """The versions among the words of a `.python-version`; none if one could be anything else.

    A name of an environment, `system` or `pypy3.10` is not for us to judge.
    """
    matches = [_PIN.fullmatch(word) for word in words]
    return tuple(match[1] for match in matches if match) if all(matches) else ()


def _parts(alternative: str) -> list[str]:
    """The clauses of a list joined by commas or, as Poetry has it, by blanks."""
    tight = re.sub(r"([=<>~^!])\s+", r"\1", alternative)
    return [part for part in re.split(r"[,\s]+", tight) if part]


def _holds(clause: str, version: tuple[int, ...]) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if not match or not match[2]:
        return True
    operator, wanted, star = match[1], _numbers(match[2]), bool(match[3])
    if operator in {"", "==", "==="}:  # `==3.12` is written by those who mean every 3.12
        return _same(version, wanted, star=star or len(wanted) < len(version))
    if operator == "!=":
        return not _same(version, wanted, star=star)
    return _compare(operator, version, wanted)


def _same(version: tuple[int, ...], wanted: tuple[int, ...], *, star: bool) -> bool:
    return version[: len(wanted)] == wanted if star else _order(version, wanted) == 0


def _compare(operator: str, version: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    order = _order(version, wanted)
    if operator in {">", "<"}:
        return order > 0 if operator == ">" else order < 0
    if operator == "<=":
        return order <= 0
    return order >= 0 and (
        operator == ">=" or version[: _kept(operator, wanted)] == wanted[: _kept(operator, wanted)]
    )


def _kept(operator: str, wanted: tuple[int, ...]) -> int:
    """How many numbers have to be the same: `~=3.9` and `^3.9` keep 3, `~3.9` keeps 3.9."""
    if operator == "~=":
        return len(wanted) - 1
    return min(2, len(wanted)) if operator == "~" else 1


def _order(one: tuple[int, ...], two: tuple[int, ...]) -> int:
    pairs = zip_longest(one, two, fillvalue=0)
    return next(((a > b) - (a < b) for a, b in pairs if a != b), 0)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
