"""The line that a student sends back survives what chats and mails do to a text."""

from __future__ import annotations

import email
import email.policy
import quopri
import re
import time
from email.message import EmailMessage
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from ipymod.ready.line import (
    ABSENT,
    BROKEN,
    CHANGED,
    MISSING,
    NEWER,
    READONLY,
    SYSTEMS,
    TRUNCATED,
    UNKNOWN,
    WRONG,
    Line,
    course_id,
    encode,
    find,
    seat,
    slug,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ADA = Line(
    "gapminder-3f9c2a", "k7qx2", "3.11.2", "linux", "no", (("pandas", MISSING), ("numpy", "1.26.4"))
)

FEW = settings(max_examples=40)  # of these each takes ten milliseconds

# -- any line

VERSIONS = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,3}){0,3}(rc1|\.dev0|\.post1)?", fullmatch=True)
NAMES = st.one_of(
    st.sampled_from(["os", "end", "seat", "py", "course", "do", "ipymod", "3d", "numpy"]),
    st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,2}", fullmatch=True).filter(
        lambda name: len(name) < 40
    ),
)
FAULTS = st.one_of(
    st.tuples(NAMES, st.one_of(st.sampled_from([MISSING, BROKEN]), VERSIONS)),
    st.tuples(st.integers(1, 99).map("file-{}".format), st.just(ABSENT)),
    st.sampled_from([("python", WRONG), ("kernel", READONLY), ("do", "pip-elsewhere")]),
)
COURSES = st.tuples(st.text(max_size=60), st.from_regex("[0-9a-f]{6}", fullmatch=True))
LINES = st.builds(
    Line,
    COURSES.map(lambda pair: course_id(*pair)),
    st.text(max_size=9).map(lambda host: seat("course", [host])),
    VERSIONS,
    st.sampled_from(SYSTEMS),
    st.sampled_from(["yes", "no", "unknown"]),
    st.lists(FAULTS, max_size=12).map(tuple),
)

# -- what happens to it on its way

BLANKS = (
    " ",
    "\n",
    "\r\n",
    "\t",
    "\xa0",
    "\u202f",
    "\u200b",
    "\u2060\n",
    "&nbsp;",
    "&#x20;",
    "<br>",
    "",
)
DASHES = ("-", "\u2010", "\u2011", "\u2013", "\u2212", "\uff0d", "&#45;", "&#x2D;")


def wrapped(line: str, chance: random.Random) -> str:
    """Broken anywhere, also within a word, and quoted as a mail would."""
    mark = chance.choice(["", "> ", ">> ", "> > ", " | ", "    ", "\u2022 ", "> **"])
    width = chance.randint(5, 80)
    pieces = [line[place : place + width] for place in range(0, len(line), width)]
    return chance.choice(["\n", "\r\n", "\r"]).join(f"{mark}{piece}" for piece in pieces)


def blanks(line: str, chance: random.Random) -> str:
    return re.sub(" ", lambda _: chance.choice(BLANKS), line)


def sprinkled(line: str, chance: random.Random) -> str:
    marks = (
        "",
        "",
        "",
        "\u200b",
        "\u00ad",
        "\ufeff",
        "\u2060",
        " ",
        "\n",
        "*",
        "_",
        "`",
        "\u0130",
        "\u212a",
    )
    return "".join(each + chance.choice(marks) for each in line)


def dashed(line: str, chance: random.Random) -> str:
    return re.sub("-", lambda _: chance.choice(DASHES), line)


def shouted(line: str, chance: random.Random) -> str:
    return "".join(chance.choice([each, each.upper()]) for each in line)


def widened(line: str, chance: random.Random) -> str:
    """Full-width forms, as an input method of East Asia writes `=` and `;`."""
    kinds = chance.choice(["=;", "=;.-0123456789"])
    return "".join(chr(ord(each) + 0xFEE0) if each in kinds else each for each in line)


def named(line: str, chance: random.Random) -> str:
    heads = (
        "Ada Lovelace  10:32\n",
        "[10:32, 1/2/2026] Ada: ",
        "1. ",
        "- ",
        "<ada> ",
        "\u201c",
        "> ",
    )
    tails = ("", "\n", "\u201d", ".", " thanks", "\n-- \nAda", "*", "; bye", "0", "ff=1")
    return f"{chance.choice(heads)}{line}{chance.choice(tails)}"


def fenced(line: str, chance: random.Random) -> str:
    pairs = (("`", "`"), ("```text\n", "\n```"), ("**", "**"), ("<p><b>", "</b></p>"), ('"', '"'))
    return line.join(chance.choice(pairs))


def escaped(line: str, chance: random.Random) -> str:
    """As in the source of a page, once or twice."""
    once = line.replace(";", "&#59;").replace("=", "&#x3d;")
    return once.replace("&", "&amp;") if chance.random() < 0.5 else once


# In the order in which they happen; what stands for characters comes last and stays in one piece.
WAYS: list[Callable[[str, random.Random], str]] = [
    shouted,
    sprinkled,
    wrapped,
    fenced,
    named,
    dashed,
    blanks,
]


@FEW
@given(LINES)
def test_what_is_written_is_read(line: Line) -> None:
    assert [each.line for each in find(encode(line))] == [line]


@FEW
@given(LINES, st.lists(st.sampled_from(WAYS), unique=True), st.randoms(use_true_random=True))
def test_any_such_mangling_gives_the_same_line(
    line: Line, ways: list[Callable[[str, random.Random], str]], chance: random.Random
) -> None:
    text = encode(line)
    for way in sorted(ways, key=WAYS.index):
        text = way(text, chance)
    assert [each.line for each in find(text)] == [line], text


@FEW
@given(LINES, st.sampled_from([widened, escaped, named]), st.randoms(use_true_random=True))
def test_other_writing_of_the_same_characters_gives_the_same_line(
    line: Line, way: Callable[[str, random.Random], str], chance: random.Random
) -> None:
    text = way(encode(line), chance)
    assert [each.line for each in find(text)] == [line], text


@FEW
@given(LINES, st.sampled_from(["quoted-printable", "base64"]))
def test_the_source_of_a_mail_or_the_mail_itself_gives_the_line(line: Line, how: str) -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail.set_content(f"Liebe Fr\u00e4ulein Lovelace,\n\n{encode(line)}\n", cte=how)
    source = mail.as_bytes().decode("ascii")
    if how == "base64":  # nobody copies that
        source = str(email.message_from_string(source, policy=email.policy.SMTP).get_content())
    assert [each.line for each in find(source)] == [line]


def test_a_long_line_in_the_source_of_a_mail_is_broken_softly() -> None:
    source = quopri.encodestring(f"Ada: {encode(ADA)}".encode()).decode("ascii")
    assert "=\n" in source
    assert "=3D" in source
    assert [each.line for each in find(source)] == [ADA]


@FEW
@given(LINES, st.data())
def test_any_changed_character_is_found(line: Line, data: st.DataObject) -> None:
    text = encode(line)
    place = data.draw(st.integers(0, len(text) - 1).filter(lambda each: text[each] != " "))
    others = [each for each in "abcxyz0189.-=;*#\u00e4" if each != text[place]]
    changed = text[:place] + data.draw(st.sampled_from(others)) + text[place + 1 :]
    found = find(f"{changed}\n")
    assert [each.line for each in found] == [None], changed
    assert found[0].reason in {CHANGED, TRUNCATED}


@FEW
@given(LINES, st.data())
def test_any_cut_is_found(line: Line, data: st.DataObject) -> None:
    """A beginning, an end or a letter is lost; what is left is told if it can be told at all."""
    text = encode(line).replace(" ", "")
    length = data.draw(st.integers(1, len(text) - 1))
    place = data.draw(st.integers(0, len(text) - 1))
    for left in (text[:length], text[length:], text[:place] + text[place + 1 :]):
        assert [each.line for each in find(left) if each.line] == [], left
    start, last = text.index("=1;") + 2, text.index(";seat=")
    assert [each.reason for each in find(text[:length])] == [TRUNCATED] * (length >= start)
    assert [each.reason for each in find(text[length:])] == [CHANGED] * (length <= last)


def test_many_in_one_text_keep_their_order_and_their_places() -> None:
    bob = Line("gapminder-3f9c2a", "aaaaa", "3.12.1", "windows", "yes")
    text = f"Ada\n10:32\n{encode(ADA)}\n\nBob: {encode(bob)}{encode(ADA)}\n{encode(bob)[:60]}"
    found = find(text)
    assert [(each.number, each.line, each.reason) for each in found] == [
        (3, ADA, ""),
        (5, bob, ""),
        (5, ADA, ""),
        (6, None, TRUNCATED),
    ]
    assert [each.before for each in found] == ["Ada\n10:32\n", "\n\nBob: ", "", "\n"]


def test_one_that_is_cut_off_does_not_take_the_next_one_with_it() -> None:
    text = encode(ADA)
    for length in range(len("ipymod-ready=1"), len(text)):
        assert [each.line for each in find(text[:length] + "\n" + text)] == [None, ADA], length


def test_a_newer_format_is_told_as_long_as_its_end_is_right() -> None:
    newer = encode(Line("-", "a", "3", "linux", "yes")).rpartition("; ")[0]
    newer = newer.replace("ready=1", "ready=2").replace("state=yes", "mood=fine")
    # the CRC of the standard, digit by digit, so that the test does not ask the code
    crc = 0xFFFF
    for byte in newer.replace(" ", "").encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    assert [each.reason for each in find(f"{newer}; end={crc:04x}")] == [NEWER]
    assert [each.reason for each in find(f"{newer}; end={crc ^ 1:04x}")] == [CHANGED]


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_nothing_hostile_gets_into_a_line(name: str, how: str, course: str) -> None:
    text = encode(Line(course, "a" + name, how, name, "yes", ((name, how), (how, name))))
    assert re.fullmatch(r"[a-z0-9.=; -]+", text)
    assert "--" not in text
    assert [each.reason for each in find(text)] == [""]


def test_a_chat_finds_nothing_to_format_in_a_line() -> None:
    text = encode(ADA)
    assert text.startswith("ipymod-ready=1; course=gapminder-3f9c2a; seat=k7qx2; py=3.11.2; os=")
    assert not set(text) & set("_*~`<>:#@/\\|\"'()[]{}&%$")


def test_a_version_loses_what_says_whose_build_it_is() -> None:
    line = Line("a-b", "aaaaa", "3.13.0+", "linux", "no", (("Torch_X", "2.1.0+ada.laptop"),))
    assert "torch-x=2.1.0;" in encode(line)
    assert "ada" not in encode(line)


def test_a_seat_differs_by_machine_user_and_course_and_else_stays() -> None:
    machine = ["host", "ada", "/opt/tljh/user"]
    seats = [
        seat("a", machine),
        seat("b", machine),
        seat("a", ["host", "bob", "/opt/tljh/user"]),
        seat("a", ["other", "ada", "/opt/tljh/user"]),
    ]
    assert len(set(seats)) == 4
    assert seats[0] == seat("a", machine)
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{5}", each) for each in seats)


def test_a_course_may_be_called_anything() -> None:
    assert slug("Gapminder & Friends: _Intro_!") == "gapminder-friends-intro"
    assert slug("\u0130stanbul \u00dcbung") == "istanbul-ubung"
    assert slug("\u6570\u636e") == "course"
    assert course_id("x" * 99, "3F9C2ABB") == "x" * 24 + "-3f9c2a"
    assert UNKNOWN in encode(Line("a-b", "", "", "linux", "yes"))


def test_a_text_of_ten_megabytes_takes_seconds_at_most() -> None:
    started = time.monotonic()
    megabyte = 1_000_000
    for text in (
        "i" + " " * (10 * megabyte),
        "i p y m o d - r e a d y " * (megabyte // 5),
        "&amp;" * (megabyte // 2),
        "ipymod-ready=1;end=0000" * (megabyte // 200),
        "ipymod-ready=1" + ";end=0000" * (megabyte // 100),
        "\u00e9\n" * megabyte,
    ):
        assert [each for each in find(text) if each.line] == []
    assert time.monotonic() - started < 20
