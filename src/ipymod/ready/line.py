"""DATA: the line that a student sends back: written here, and found in whatever a chat made of it.

A line is `key=value` fields with `; ` between them, such as

    ipymod-ready=1; course=gapminder-3f9c2a; seat=k7qx2; py=3.11.2; os=linux; state=no;
    pandas=missing; end=b4f2

It holds small letters, digits and `. - = ;` alone. So a reader leaves out all other characters,
blanks and line breaks too, and has the line again; `end` tells whether that is so. The first six
fields and `end` have their places, so a distribution may be called `os` or `end`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT = 1
YES, NO, UNKNOWN = "yes", "no", "unknown"  # what `state` may be
MISSING, BROKEN, SHADOWED, ABSENT = "missing", "broken", "shadowed", "absent"  # how it is not so
WRONG, READONLY = "wrong", "readonly"
SYSTEMS = ("linux", "macos", "windows", "browser", "other")
TRUNCATED, CHANGED, NEWER = "truncated", "changed", "newer"  # why a line cannot be read

_SLUG, _DIGEST, _WORD = 24, 6, 64  # characters at most
_ENDINGS = 20  # that are tried in what begins once
_LONGEST = 8000  # characters of a line, with all that a chat put into it
_SEAT = "0123456789abcdefghjkmnpqrstvwxyz"  # no letters that look like digits
_BEFORE = 400  # characters before a line, that may name a student
_FIELDS = ("course", "seat", "py", "os", "state")

_JUNK = "[^a-z0-9.;=-]{0,200}"  # quotes, bullets, marks, blanks: what may stand between two letters
_OUTSIDE = pattern("[^a-zA-Z0-9.;=-]+")
_ENTITY = pattern("&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});")
_DASHES_AND_WIDE = pattern("[\u2010-\u2015\u2212\ufe58\ufe63\uff01-\uff5e]")
_NOT_PLAIN = pattern("[^a-z0-9.-]+")
_HYPHENS = pattern("[-_.]+")
_TAG = pattern(
    "(?i)</?(?:a|b|blockquote|br|code|div|em|font|i|li|p|pre|q|s|span|strong|td|tr|tt|u|ul|wbr)"
    r"(?:\s[^<>]{0,300})?/?>"
)
_IN_MAIL = pattern(r"=3D\d;\s*=?\s*course")  # the source of a mail writes `=` as `=3D`
_MAIL_BREAK = pattern(r"=(?=\r?\n)")
_MAIL_BYTES = pattern("(?:=(?!3D)[0-9A-F]{2})+")
_ENDING = pattern(";end=([0-9a-f]{4})")


def _spread(text: str) -> str:
    """A pattern for a text whatever was put between its letters; a `.` is any of them."""
    return _JUNK.join("[a-z0-9]" if each == "." else each for each in text)


_BEGINNING = pattern(f"(?ai){_spread('ipymod-ready=')}{_JUNK}[0-9]")
_PART = pattern(f"(?ai){_spread(';seat=.....;py=')}")  # of a line that lost its beginning


@dataclass(frozen=True)
class Line:
    """What a student's Python lacks; nothing in it tells who or where the student is.

    Attributes:
        course: `course_id` of the check.
        seat: see `seat`.
        python: the version of the kernel's Python.
        os: one of SYSTEMS.
        state: YES, NO, or UNKNOWN where ipymod is missing.
        faults: what is not so, and how: a distribution and MISSING, BROKEN (installed, and its
            modules are not there), SHADOWED (a file beside the notebook has the module's name) or
            the version that is installed and does not suit; `file-3` (the third of the check) and
            ABSENT; `python` and WRONG; `kernel` and READONLY; `do` and a word for what else should
            be done; `ipymod` and MISSING.
    """

    course: str
    seat: str
    python: str
    os: str
    state: str
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """A line in a text, or what is left of one.

    Attributes:
        number: the line of the text where it begins, from 1.
        line: None if it cannot be read.
        reason: why it cannot: TRUNCATED, CHANGED or NEWER; else empty.
        before: the end of the text between it and the one before, which may name the student.
    """

    number: int
    line: Line | None
    reason: str = ""
    before: str = ""


# -- names in a line


def slug(name: str) -> str:
    """Give the name of a course, or of anything, as it can stand in a line."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    words = _HYPHENS.sub("-", _NOT_PLAIN.sub("-", plain)).strip("-")
    return words[:_SLUG].rstrip("-") or "course"


def course_id(name: str, digest: str) -> str:
    """Give the id of a check: its course's name and the first hex digits of its digest."""
    return f"{slug(name)}-{digest[:_DIGEST].lower()}"


def seat(course: str, machine: Iterable[str]) -> str:
    """Give five characters that stay the same for one student in one course.

    `machine` is what sets a student apart: the names of the host and of the user, and the prefix of
    the environment; students of one server share all but the name. Where nothing does, as in a
    browser, it is something random, kept as long as the kernel lives. The 25 bits of a digest
    cannot be turned back, and differ in another course.
    """
    import hashlib

    digest = hashlib.sha256("\0".join([course, *machine]).encode("utf-8", "replace")).digest()
    number = int.from_bytes(digest[:4], "big")
    return "".join(_SEAT[number >> 5 * place & 31] for place in range(5))


def distribution_name(name: str) -> str:
    """Give the name of a distribution as it stands in a line, and everywhere is the same."""
    return _HYPHENS.sub("-", _plain(name)).strip("-")


def version(text: str) -> str:
    """Give a version as it stands in a line; what follows a `+` may say whose build it is."""
    return _plain(text.partition("+")[0].replace("!", "-")) or UNKNOWN


def _plain(text: str) -> str:
    """Nothing in it that a chat would change."""
    words = _NOT_PLAIN.sub("-", text.lower()).strip("-")[:_WORD]
    while "--" in words:
        words = words.replace("--", "-")
    return words.rstrip("-")


# -- writing


def encode(line: Line) -> str:
    """Write the line; what does not fit into it is put right, see `distribution_name`."""
    body = "; ".join(f"{key}={value or UNKNOWN}" for key, value in _written(line))
    return f"{body}; end={_end(body)}"


def _written(line: Line) -> Iterator[tuple[str, str]]:
    yield "ipymod-ready", str(FORMAT)
    values = (line.course, line.seat, version(line.python), line.os, line.state)
    yield from zip(_FIELDS, map(_plain, values), strict=True)
    for what, how in line.faults:
        yield distribution_name(what) or UNKNOWN, version(how)


def _end(body: str) -> str:
    """Two bytes that tell of a change: CRC-16 finds each one that is shorter than they are."""
    import binascii

    return f"{binascii.crc_hqx(_bare(body).encode('ascii'), 0xFFFF):04x}"


# -- reading


def find(text: str) -> tuple[Found, ...]:
    """Find all lines, and what is left of lines, in the order of the text."""
    text = _unwrapped(text)
    return tuple(_numbered(text, _finds(text)))


def _unwrapped(text: str) -> str:
    """Undo what stands for other characters; it keeps the number of lines."""
    if "&" in text:
        text = _ENTITY.sub(_character, _ENTITY.sub(_character, text))
    if "<" in text:
        text = _TAG.sub(lambda tag: " " + "\n" * tag[0].count("\n"), text)
    if "=3D" in text and _IN_MAIL.search(text):
        text = _MAIL_BYTES.sub(" ", _MAIL_BREAK.sub("", text)).replace("=3D", "=")
    return text if text.isascii() else _DASHES_AND_WIDE.sub(_ascii, text)


def _character(entity: object) -> str:
    import html

    return html.unescape(entity[0]).replace("\n", " ")  # type: ignore[index]  # a match


def _ascii(character: object) -> str:
    found = ord(character[0])  # type: ignore[index]  # a match
    return chr(found - 0xFEE0) if found >= 0xFF01 else "-"  # noqa: PLR2004  the wide `!`


def _bare(text: str) -> str:
    """The characters of a line alone."""
    return _OUTSIDE.sub("", text).lower()


def _finds(text: str) -> Iterator[tuple[int, int, Found]]:
    """Where each begins and ends in the text, and what it is."""
    starts = [match.start() for match in _BEGINNING.finditer(text)]
    last = 0
    for start, following in zip(starts, [*starts[1:], len(text)], strict=False):
        yield from _parts(text, last, start)
        last, found = _read(text, start, min(following, start + _LONGEST))
        yield start, last, found
    yield from _parts(text, last, len(text))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int, Found]]:
    """What is left of lines that lost their beginning."""
    for match in _PART.finditer(text, start, end):
        yield match.start(), match.end(), Found(0, None, CHANGED)


def _read(text: str, start: int, end: int) -> tuple[int, Found]:
    """Read the line that begins here, and tell where it ends."""
    bare = _bare(text[start:end])
    endings = list(islice(_ENDING.finditer(bare), _ENDINGS))
    for ending in endings:
        body = bare[: ending.start()]
        if _end(body) == ending[1]:
            return start + _length(text[start:end], ending.end()), _found(body)
    if not endings:
        return _line_end(text, start, end), Found(0, None, TRUNCATED)
    return start + _length(text[start:end], endings[-1].end()), Found(0, None, CHANGED)


def _length(text: str, count: int) -> int:
    """How long a text is up to so many characters of a line."""
    for match in _OUTSIDE.finditer(text):
        if match.start() >= count:
            break
        count += match.end() - match.start()
    return count


def _line_end(text: str, start: int, end: int) -> int:
    found = text.find("\n", start, end)
    return end if found < 0 else found


def _found(body: str) -> Found:
    """What a body whose end is right says."""
    pairs = (field.partition("=") for field in body.split(";"))
    (_, number), *fields = [(key, value) for key, _, value in pairs]
    if number != str(FORMAT):
        return Found(0, None, NEWER)
    head, faults = fields[: len(_FIELDS)], tuple(fields[len(_FIELDS) :])
    if tuple(key for key, _ in head) != _FIELDS or head[-1][1] not in {YES, NO, UNKNOWN}:
        return Found(0, None, CHANGED)
    course, place, python, system, state = (value for _, value in head)
    return Found(0, Line(course, place, python, system, state, faults))


def _numbered(text: str, finds: Iterable[tuple[int, int, Found]]) -> Iterator[Found]:
    """The same with where they stand, and what stands before them."""
    number, seen, last = 1, 0, 0
    for start, end, found in finds:
        number += text.count("\n", seen, start)
        before = text[max(last, start - _BEFORE) : start]
        yield Found(number, found.line, found.reason, before)
        seen, last = start, end
