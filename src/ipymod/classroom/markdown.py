"""SHOW: a class as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.report.markdown import fenced, prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.classroom.outline import Outline

_HEAD = ("who", "Python", "system", "state", "what is missing")


def write(outline: Outline) -> str:
    """Write the class."""
    return "\n\n".join(_blocks(outline)) + "\n"


def _blocks(outline: Outline) -> Iterator[str]:
    yield f"**{prose(outline.verdict)}**"
    rows = [outline.row(each) for each in outline.room.students]
    if rows:
        yield _table(_HEAD, rows)
    lacks = outline.room.lacks
    if lacks:
        yield "**Missing how often**"
        yield _table(
            ("what", "how often"),
            [(outline.title(each.fix), outline.lack(each)) for each in lacks],
        )
    yield from _advice(outline)
    notes = [*outline.unread(), *([outline.doubled()] if outline.doubled() else [])]
    if notes:
        yield "**Not counted**"
        yield "\n".join(f"- {prose(each)}" for each in notes)


def _advice(outline: Outline) -> Iterator[str]:
    found = list(outline.advice())
    if found:
        yield "**What helps most**"
    for each in found:
        yield f"{prose(each.title)}: {prose(each.words)}"
        if each.command:
            yield fenced(each.command)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(map(prose, row)) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
