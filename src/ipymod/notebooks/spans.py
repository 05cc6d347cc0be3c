"""GATHER: where in the bytes of a notebook's file its values stand."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ipymod.errors import IpymodError
from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

MARK = b"\xef\xbb\xbf"  # a byte order mark

_BLANK = pattern(r"[ \t\n\r]*")

# The standard scanner finds where a value ends, and is exact and fast: a hundred megabytes of
# base64 in 0.1 s. What it makes on the way is thrown away, so it makes as little as it can.
_SCANNER = json.JSONDecoder(object_pairs_hook=bool, parse_float=bool, parse_int=bool)

# One character, as `json.loads` counts them: two escapes that make a surrogate pair are one.
_CHARACTER = pattern(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[0-9a-fA-F]{4}|\\.|[^\\][\x80-\xbf]*"
)

Wanted: TypeAlias = "Mapping[str, Wanted | None]"  # keys that are of interest; * for items
_WANTED: Wanted = {
    "cells": {"*": {"source": {}}},
    "metadata": {"kernelspec": {}},
}


class Value(NamedTuple):
    """A JSON value; its places are counted in bytes of the file.

    A tuple, as its members are: a notebook of a hundred megabytes may have millions.

    Attributes:
        start: of its first byte.
        end: behind its last byte.
        kind: its first character: `{`, `[`, `"`; something else for a number or a name.
        members: of an object, where they are of interest; of a key that stands twice the last.
        items: of an array, where they are of interest.
    """

    start: int
    end: int
    kind: str
    members: Mapping[str, Member] = MappingProxyType({})
    items: tuple[Value, ...] = ()


class Member(NamedTuple):
    """A member of a JSON object: where its key starts and ends, and its value."""

    start: int
    end: int
    value: Value


@dataclass(frozen=True)
class Token:
    """A JSON string: where its quotes start and end, in bytes of the file, and what it says."""

    start: int
    end: int
    text: str


def outline(data: bytes) -> Value:
    """Give the whole, down to the strings of the cells' sources and of the kernelspec.

    Args:
        data: JSON in UTF-8; a byte order mark may stand before it.

    Raises:
        IpymodError: it is no JSON, or nested too deeply; not all that is no JSON is seen here.
    """
    text = data.decode("latin-1")  # each character is a byte, so that offsets are the file's
    try:
        return _value(text, _blank(text, len(MARK) if data.startswith(MARK) else 0), _WANTED)
    except (ValueError, IndexError, TypeError, RecursionError) as error:
        raise IpymodError(f"its JSON cannot be read: {error}") from error


def member(value: Value, *keys: str) -> Value | None:
    """Give the value that lies behind the keys."""
    for key in keys:
        if key not in value.members:
            return None
        value = value.members[key].value
    return value


def tokens(data: bytes, source: Value) -> tuple[Token, ...]:
    """Give the strings that a source is joined from."""
    strings = source.items if source.kind == "[" else (source,)
    return tuple([_token(data, each) for each in strings if each.kind == '"'])


def edges(data: bytes, token: Token) -> list[int]:
    """Give the byte at which each character of the token starts, and the one of its end quote."""
    inner = _CHARACTER.finditer(data, token.start + 1, token.end - 1)
    return [*(each.start() for each in inner), token.end - 1]


def _token(data: bytes, value: Value) -> Token:
    return Token(value.start, value.end, json.loads(data[value.start : value.end].decode()))


def _value(text: str, start: int, wanted: Wanted | None) -> Value:
    kind = text[start]
    if wanted is not None and kind == "{":
        return _object(text, start, wanted)
    if wanted is not None and kind == "[":
        return _array(text, start, wanted)
    return Value(start, _SCANNER.raw_decode(text, start)[1], kind)


def _object(text: str, start: int, wanted: Wanted) -> Value:
    members = {}
    at = _blank(text, start + 1)
    while text[at] != "}":
        key, end = _SCANNER.raw_decode(text, at)
        colon = _blank(text, end)
        value = _value(text, _blank(text, colon + 1), wanted.get(key))
        members[key] = Member(at, end, value)
        at = _following(text, value.end)
    return Value(start, at + 1, "{", members)


def _array(text: str, start: int, wanted: Wanted) -> Value:
    items = []
    at = _blank(text, start + 1)
    while text[at] != "]":
        items.append(_value(text, at, wanted.get("*")))
        at = _following(text, items[-1].end)
    return Value(start, at + 1, "[", items=tuple(items))


def _following(text: str, end: int) -> int:
    """Where the next member or item starts, or the bracket stands that ends them."""
    at = _blank(text, end)
    return _blank(text, at + 1) if text[at] == "," else at


def _blank(text: str, at: int) -> int:
    """Where the blanks end that may stand here."""
    found = _BLANK.match(text, at)
    return found.end() if found else at
