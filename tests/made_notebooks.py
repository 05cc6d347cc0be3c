"""Odd notebooks, written with any layout; where their sources stand is known from the writing."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from ipymod.edits import Edit

MARK = "\ufeff"
SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
FIRST_PRINTABLE = 32
WIDE = 0x10000

# What breaks scanners: quotes, brackets, escapes, ends of lines, pairs and halves of pairs.
ODD = 'ab! %{}[]:,"\\/\n\r\t\x08\x1b\x7f\x85é\u2028\ufeff\U0001f600\ud83d\ude00\U0010ffff'


class Pairs(tuple[tuple[str, Any], ...]):
    """The members of a JSON object; a key may stand twice."""

    __slots__ = ()


@dataclass(frozen=True)
class Source:
    """The source of a cell, whose places are recorded; the first string alone, or a list of all."""

    strings: tuple[str, ...]
    is_list: bool


@dataclass(frozen=True)
class Layout:
    """How a file is written.

    Attributes:
        indent: None for all on one line.
        escapes: `few`, `ascii`, or `any` for whatever JSON allows, drawn for each character.
        is_wild: any blanks stand wherever they may.
        seed: of what is drawn.
    """

    indent: str | None = " "
    newline: str = "\n"
    escapes: str = "few"
    is_wild: bool = False
    has_mark: bool = False
    end: str = "\n"
    seed: int = 0


@dataclass(frozen=True)
class Made:
    """A notebook, and for each cell and each string of its source where its characters start.

    The places are bytes of the file; the last one of a string is that of its closing quote.
    """

    data: bytes
    places: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def sources(self) -> list[str]:
        """The sources as any program reads them."""
        cells = json.loads(self.data.decode("utf-8-sig"))["cells"]
        return ["".join(cell["source"]) for cell in cells]


@dataclass
class Writer:
    """Writes JSON, and records the places of sources."""

    layout: Layout
    parts: list[bytes] = field(default_factory=list)
    length: int = 0
    places: list[tuple[tuple[int, ...], ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.layout.seed)  # noqa: S311  no secret

    def put(self, text: str) -> None:
        part = text.encode()
        self.parts.append(part)
        self.length += len(part)

    def blank(self, depth: int, otherwise: str = "") -> None:
        if self.layout.is_wild:
            self.put("".join(self.chance.choices(" \t\r\n", k=self.chance.choice((0, 0, 1, 3)))))
        elif self.layout.indent is None or depth < 0:
            self.put(otherwise)
        else:
            self.put(self.layout.newline + self.layout.indent * depth)

    def value(self, content: Any, depth: int = 0) -> None:
        if isinstance(content, Source):
            self.source(content, depth)
        elif isinstance(content, Pairs):
            self.parts_of("{}", content, depth)
        elif isinstance(content, list):
            self.parts_of("[]", content, depth)
        elif isinstance(content, str):
            self.string(content)
        else:
            self.put(json.dumps(content))

    def parts_of(self, brackets: str, content: Any, depth: int) -> None:
        self.put(brackets[0])
        for index, each in enumerate(content):
            if index:
                self.blank(-1)
                self.put(",")
            self.blank(depth + 1, " " if index else "")
            if isinstance(content, Pairs):
                self.string(each[0])
                self.blank(-1)
                self.put(":")
                self.blank(-1, " ")
            self.value(each[1] if isinstance(content, Pairs) else each, depth + 1)
        if content or self.layout.is_wild:
            self.blank(depth)
        self.put(brackets[1])

    def source(self, content: Source, depth: int) -> None:
        recorded: list[tuple[int, ...]] = []
        if content.is_list:
            self.put("[")
            for index, text in enumerate(content.strings):
                self.put("," if index else "")
                self.blank(depth + 1)
                recorded.append(self.string(text))
            self.blank(depth)
            self.put("]")
        else:
            recorded.append(self.string(content.strings[0]))
        self.places.append(tuple(recorded))

    def string(self, text: str) -> tuple[int, ...]:
        self.put('"')
        places = []
        for character in text:
            places.append(self.length)
            self.put(self.chance.choice(spellings(character, self.layout.escapes)))
        places.append(self.length)
        self.put('"')
        return tuple(places)


def spellings(character: str, escapes: str) -> list[str]:
    """How JSON may spell it; one of the usual ways, or all of them."""
    code = ord(character)
    halves = [code]
    if code >= WIDE:
        halves = [0xD800 + (code - WIDE >> 10), 0xDC00 + (code - WIDE & 0x3FF)]
    escape = "".join(f"\\u{half:04x}" for half in halves)
    is_half = "\ud800" <= character <= "\udfff"
    must = is_half or code < FIRST_PRINTABLE or character in SHORT
    usual = SHORT.get(character, escape) if must else character
    if escapes == "ascii" and not character.isascii():
        usual = escape
    if escapes != "any":
        return [usual]
    more = ["\\/"] if character == "/" else []
    return [usual, usual, escape, "".join(f"\\u{half:04X}" for half in halves), *more]


def written(content: Any, layout: Layout) -> Made:
    """Write a tree of Pairs, lists, Sources and plain values."""
    writer = Writer(layout)
    writer.put(MARK if layout.has_mark else "")
    if layout.is_wild:
        writer.blank(0)
    writer.value(content)
    writer.put(layout.end)
    return Made(b"".join(writer.parts), tuple(writer.places))


def joined(text: str) -> str:
    """Join halves of a pair, as reading JSON does."""
    return str(json.loads(json.dumps(text)))


def texts() -> st.SearchStrategy[str]:
    """Any text, of odd characters most of all."""
    return (st.text(ODD, max_size=12) | st.text(st.characters(codec=None), max_size=6)).map(joined)


def layouts() -> st.SearchStrategy[Layout]:
    """Any layout."""
    return st.builds(
        Layout,
        indent=st.sampled_from([None, "", " ", "  ", "    ", "\t"]),
        newline=st.sampled_from(["\n", "\r\n", "\r"]),
        escapes=st.sampled_from(["few", "ascii", "any"]),
        is_wild=st.booleans(),
        has_mark=st.booleans(),
        end=st.sampled_from(["", "\n", "\r\n", " \n\t"]),
        seed=st.integers(0, 99),
    )


def sources() -> st.SearchStrategy[Source]:
    """A source of any shape."""
    lists = st.lists(texts(), max_size=5).map(lambda strings: Source(tuple(strings), is_list=True))
    return lists | texts().map(lambda text: Source((text,), is_list=False))


DECOYS: list[tuple[str, Any]] = [
    ("metadata", Pairs([("source", ["no\n", "source"]), ("cells", [Pairs([("source", "x")])])])),
    ("outputs", [Pairs([("source", "x"), ("text", ["}]", '"', "\\"])]), -1.5e-7, 10**30]),
    ("attachments", Pairs([('so"urce', 'cells":['), ("", Pairs()), ("Source", [])])),
    ("execution_count", None),
    ("source", ["an earlier\n", "source"]),
    ("source", 7),
    ("outputs", [float("nan"), float("-inf"), True, [[[]]], Pairs()]),
    ("sourc\u00e9", "x"),
]
METADATA: list[tuple[str, Any]] = [
    ("cells", [Pairs([("source", "deep")])]),
    ("language_info", Pairs([("name", "python")])),
    ("kernelspec", Pairs([("name", "old"), ("argv", ["x"]), ("display_name", "Old one")])),
    ("kernelspec", Pairs([("display_name", "\u00e9"), ("language", "R"), ("name", "\u00e9")])),
    ("kernelspec", Pairs()),
    ("kernelspec", None),
    ("a", "x"),
]


TOPS: list[tuple[str, Any]] = [
    ("cells", [Pairs([("source", "an earlier list of cells")])]),
    ("metadata", Pairs()),
    ("nbformat", 4),
    ("nbformat_minor", 5),
    ("source", ["none\n"]),
]


def around(key: str, value: Any, others: list[tuple[str, Any]], seed: int) -> Pairs:
    """Place a member among some of the others; no other of its key comes behind it.

    The seed is one draw for all of it: many small ones make hypothesis slow.
    """
    chance = random.Random(seed)  # noqa: S311  no secret
    before, after = (chance.choices(others, k=chance.randint(0, 3)) for _ in range(2))
    return Pairs([*before, (key, value), *(each for each in after if each[0] != key)])


def cells() -> st.SearchStrategy[Pairs]:
    """A cell with a source, and with what looks like one."""
    return st.builds(around, st.just("source"), sources(), st.just(DECOYS), st.integers(0, 999))


def notebook(of_cells: list[Pairs], seed: int) -> Pairs:
    """Give a notebook with these cells, and with metadata or none."""
    metadata = random.Random(seed).choices(METADATA, k=seed % 4)  # noqa: S311  no secret
    return around("cells", of_cells, [*TOPS, ("metadata", Pairs(metadata))], seed)


def notebooks() -> st.SearchStrategy[Made]:
    """A notebook in any layout."""
    contents = st.builds(notebook, st.lists(cells(), max_size=3), st.integers(0, 999))
    return st.builds(written, contents, layouts())


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    """Changes to a text that do not overlap, nor start at the same place."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    ends = [
        draw(st.integers(one, other))
        for one, other in zip(cuts, [*cuts[1:], len(text)], strict=False)
    ]
    return [Edit(start, end, draw(texts())) for start, end in zip(cuts, ends, strict=True)]
