"""GATHER: what students sent, read from files in whatever a chat or an editor wrote."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.classroom.model import Sent, Unread
from ipymod.classroom.names import who
from ipymod.errors import UsageError
from ipymod.legible import legible
from ipymod.patterns import pattern
from ipymod.ready.file import is_address, is_check
from ipymod.ready.line import CHANGED, NEWER, TRUNCATED, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.ready.line import Found

_MOST = 1 << 26  # bytes: a chat of a class has some thousand
_NAMED = 200  # of what cannot be read gets a name; more is no class
_BEFORE, _ABOVE = 3000, 40  # characters and lines of a traceback
_NEAR = 3  # lines between a message and the line that belongs to it
_NO_IPYMOD = pattern(
    r"(?i)No module named ['\"`\u2018\u2019\u201c\u201d]{0,2}ipymod\b"
    r"|magic function [^\s]{0,3}whichpip[^\s]{0,3} not found"
)
_REASONS = {
    TRUNCATED: "cut off: its end is missing; ask for it again, as a whole",
    CHANGED: "changed on its way; ask for it again, copied and not typed",
    NEWER: "of a newer format; upgrade ipymod here: python -m pip install --upgrade ipymod",
}


def read(path: str) -> str:
    """Read a file; `-` is standard input.

    Raises:
        UsageError: it cannot be read, or is no text.
    """
    shown = legible(path)
    if is_address(path):
        raise UsageError(f"{shown} is an address, and nothing is fetched; save it as a file")
    data = _bytes(path, shown)
    if len(data) > _MOST:
        raise UsageError(f"{shown} is too large: it has more than {_MOST >> 20} MB")
    if data[:4] in {b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0"}:
        raise UsageError(
            f"{shown} is a document of a program; save it as plain text, and give that"
        )
    text = _decoded(data)
    if is_check(text):
        raise UsageError(f"{shown} is the check; give the students' lines, and it behind --check")
    return text


def _bytes(path: str, shown: str) -> bytes:
    if os.path.isdir(path):
        raise UsageError(f"{shown} is a folder; give the files with the students' lines")
    try:
        if path == "-":
            return sys.stdin.buffer.read(_MOST + 1) if sys.stdin else b""
        with open(os.path.expanduser(path), "rb") as file:
            return file.read(_MOST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{shown} cannot be read: {legible(why)}") from error


def _decoded(data: bytes) -> str:
    """The text, as editors of any system save it."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if data[1:200:2].count(0) > len(data[1:200:2]) / 2:
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def sent(text: str, source: str) -> tuple[list[Sent], list[Unread]]:
    """Give what a text holds: the lines, and what is left of lines."""
    found = find(text)
    lines = [_sent(each, source) for each in found if each.line]
    failed = [each for each in found if not each.line]
    unread = [
        Unread(source, each.number, _REASONS[each.reason], _name(each, place))
        for place, each in enumerate(failed)
    ]
    told = list(_without_ipymod(text, source, {each.number for each in found}))
    return sorted([*lines, *told], key=lambda each: each.number), unread


def _sent(found: Found, source: str) -> Sent:
    name, is_stamped = who(found.before)
    return Sent(source, found.number, found.line, name, is_stamped)


def _name(found: Found, place: int) -> str:
    return who(found.before)[0] if place < _NAMED else ""


def _without_ipymod(text: str, source: str, taken: set[int]) -> Iterator[Sent]:
    """The messages that say that there is no ipymod; one that is near a line belongs to it."""
    number, seen, last, before = 1, 0, -_NEAR, ""
    for match in _NO_IPYMOD.finditer(text):
        number += text.count("\n", seen, match.start())
        seen = match.start()
        name, is_stamped = who(_without_words(text[max(0, seen - _BEFORE) : seen]), _ABOVE)
        is_near = not taken.isdisjoint(range(number - _NEAR, number + _NEAR + 1))
        is_other = number - last > _NEAR or (is_stamped and name != before)
        if is_other and (is_stamped or not is_near):
            yield Sent(source, number, None, name, is_stamped)
        last, before = number, name


_PYTHON = r"(?:[A-Z]:)?[^\s:]*python[\w.]*: ?"  # C:\Python311\python.exe: No module named ipymod
_WORDS = pattern(rf"(?:[A-Z]\w*Error: ?|Line |{_PYTHON})+$")
_TALK = pattern(r"(?<=: )[^\n]*$")  # Ida: I get


def _without_words(before: str) -> str:
    """The same without the beginning of the message itself, and what is said before it."""
    return _TALK.sub("", _WORDS.sub("", before))


def all_of(paths: Iterable[str]) -> tuple[list[Sent], list[Unread]]:
    """Read all files, in their order.

    Raises:
        UsageError: one cannot be read.
    """
    lines: list[Sent] = []
    unread: list[Unread] = []
    for path in dict.fromkeys(paths):
        more, failed = sent(read(path), "standard input" if path == "-" else path)
        lines += more
        unread += failed
    return lines, unread
