"""SHOW: a class as a picture: how many are ready, and what is missing how often.

It is drawn on a card of its own, light or dark as the reader has it, so that it can be read on any
page. Its styles have names that begin with `ic-`, as it also stands inside a page.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ipymod.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.classroom.outline import Outline

_WIDTH, _PAD, _ROW, _BAR = 760, 24, 34, 20  # pixels
_LEFT, _RIGHT = 200, 680  # where the bars begin, and where the longest ends
_TOP, _UPPER = 58, 26  # where the bar of the whole class stands, and how high it is
_LETTERS = 22  # of a title
_MOST = 20  # bars
_FEW = 34  # pixels that a number needs

STYLE = """
.ic-card { fill: #ffffff; stroke: #d5dae1; }
.ic-text { font: 14px system-ui, sans-serif; fill: #1c2733; }
.ic-big { font: 600 19px system-ui, sans-serif; fill: #1c2733; }
.ic-soft { font: 13px system-ui, sans-serif; fill: #55616e; }
.ic-in { font: 600 13px system-ui, sans-serif; fill: #ffffff; }
.ic-ready { fill: #1e7a46; } .ic-not-ready { fill: #b3381e; } .ic-not-known { fill: #66707c; }
.ic-alone { fill: #c2600c; } .ic-more { fill: #ebbd8c; }
@media (prefers-color-scheme: dark) {
.ic-card { fill: #1a212b; stroke: #38424f; }
.ic-text, .ic-big { fill: #e6eaef; } .ic-soft { fill: #a5b0bd; }
.ic-ready { fill: #27854f; } .ic-not-ready { fill: #c0452b; } .ic-not-known { fill: #66707c; }
.ic-alone { fill: #e0832f; } .ic-more { fill: #79502a; }
}
"""


def draw(outline: Outline, *, is_alone: bool = True) -> str:
    """Draw it as SVG.

    Args:
        outline: the class.
        is_alone: whether it is a file of its own, which says the first line, too.
    """
    lacks = outline.room.lacks[:_MOST]
    top = _TOP if is_alone else _PAD
    first = top + _UPPER + 58
    height = first + len(lacks) * _ROW + (_PAD + 16 if lacks else -30)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    place = f'x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" style="max-width:100%">',
        f"<title>{_text(in_words(outline))}</title><style>{STYLE}</style>",
        f'<rect class="ic-card" {place} rx="10"/>',
        *([_words("big", _PAD, 36, outline.verdict)] if is_alone else []),
        *_whole(outline, top),
        *_lacks(outline, first),
        "</svg>\n",
    ]
    return "\n".join(parts)


def in_words(outline: Outline) -> str:
    """Say what the picture shows."""
    told = [f"{outline.title(each.fix)} {each.count}" for each in outline.room.lacks[:_MOST]]
    missing = f" Missing how often: {', '.join(told)}." if told else ""
    counts = ", ".join(f"{count} {word}" for word, count in outline.counts if count)
    return f"{outline.verdict}: {counts}.{missing}" if counts else f"{outline.verdict}."


def _whole(outline: Outline, top: int) -> Iterator[str]:
    """One bar for the class, in a part for each state, and below it what they are."""
    everybody = max(1, len(outline.room.students))
    room, left, legend = _WIDTH - 2 * _PAD, float(_PAD), float(_PAD)
    shape = f'<rect x="{_PAD}" y="{top}" width="{room}" height="{_UPPER}" rx="6"/>'
    yield f'<clipPath id="ic-round">{shape}</clipPath>'
    for word, count in outline.counts:
        if not count:
            continue
        style, width = word.replace(" ", "-"), room * count / everybody
        place = f'x="{left:g}" y="{top}" width="{width:g}" height="{_UPPER}"'
        yield f'<rect class="ic-{style}" {place} clip-path="url(#ic-round)"/>'
        if width >= _FEW:
            yield _words("in", left + width / 2, top + 18, str(count), "middle")
        yield _key(f"ic-{style}", legend, top + _UPPER + 12, f"{count} {word}")
        left, legend = left + width, legend + 130


def _key(style: str, x: float, y: float, text: str) -> str:
    square = f'<rect class="{style}" x="{x:g}" y="{y:g}" width="12" height="12" rx="3"/>'
    return square + _words("soft", x + 19, y + 11, text)


def _lacks(outline: Outline, first: int) -> Iterator[str]:
    """A bar for each thing; the dark part are those who lack nothing else."""
    lacks = outline.room.lacks[:_MOST]
    if not lacks:
        return
    scale = (_RIGHT - _LEFT) / max(each.count for each in lacks)
    for number, each in enumerate(lacks):
        y = first + number * _ROW
        title = outline.title(each.fix)
        yield _words("text", _LEFT - 12, y + 15, _cut(title), "end")
        width, alone = each.count * scale, each.alone * scale
        yield _bar("ic-more", _LEFT, y, width)
        if each.alone:
            yield _bar("ic-alone", _LEFT, y, alone)
        yield _words("text", _LEFT + width + 9, y + 15, str(each.count))
    y = first + len(lacks) * _ROW + 8
    yield _key("ic-alone", _LEFT, y, "lack nothing else")
    yield _key("ic-more", _LEFT + 160, y, "lack more")
    if more := len(outline.room.lacks) - len(lacks):
        yield _words("soft", _LEFT + 280, y + 11, f"and {more} more")


def _bar(style: str, x: float, y: float, width: float) -> str:
    return f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{width:g}" height="{_BAR}" rx="4"/>'


def _words(style: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    return f'<text class="ic-{style}" {place}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(legible(text))


def _cut(text: str) -> str:
    """The title as far as there is room; the end of a path tells most."""
    text = legible(text)
    if len(text) <= _LETTERS:
        return text
    if "/" in text:
        return f"\u2026{text[1 - _LETTERS :]}"
    return f"{text[: _LETTERS - 1]}\u2026"
