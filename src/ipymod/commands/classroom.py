"""FACE: `ipymod class`; the form of `--json` stands in `ipymod.classroom.data`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import colours, remark, say, width
from ipymod.errors import UsageError
from ipymod.legible import legible

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from ipymod.classroom.outline import Outline


def main(words: Sequence[str]) -> int:
    """Answer `ipymod class`."""
    asked = parser().parse_args(words)
    write = _writer(asked.to)
    outline = _outline(asked)
    if asked.to:
        _save(write(outline), asked.to)
        tell = remark if asked.json else say
        tell(f"{outline.verdict}; see {asked.to}")
    if asked.json:
        say(_json(outline))
    elif not asked.to:
        say(_text(outline))
    room = outline.room
    return int(room.ready < len(room.students))


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "class",
        "Count the lines that students sent: who is ready, what is missing how often, and what"
        " helps most. The files may be chats or mails as they were copied; what is no line is"
        " passed over. Exit status: 0 all are ready, 1 some are not, 2 there is no line.",
        (
            "ipymod class lines.txt --check course-ready.py",
            "ipymod class monday.txt tuesday.txt --to class.html",
            "ipymod class - < chat.txt",
        ),
    )
    add = options.add_argument
    add("files", metavar="FILE", nargs="+", help="what students sent; - is standard input")
    add("--check", metavar="FILE", help="what ipymod ready made: versions and names come from it")
    add("--to", metavar="FILE", help="write it there: .html, .svg, .md, .json, .csv or .txt")
    add("--json", action="store_true", help="give it as JSON")
    return options


def _outline(asked: Namespace) -> Outline:
    """Read and judge.

    Raises:
        UsageError: there is nothing that can be counted.
    """
    from ipymod.classroom.judge import judge
    from ipymod.classroom.outline import Outline
    from ipymod.classroom.read import all_of

    check = None
    if asked.check:
        from ipymod.ready.file import read

        check = read(asked.check)
    sent, unread = all_of(asked.files)
    optional = [each.distribution for each in check.needs if each.optional] if check else []
    outline = Outline(judge(sent, unread, check.id if check else "", optional), check)
    if not outline.room.students:
        raise UsageError(_nothing(outline, asked.files))
    return outline


def _nothing(outline: Outline, files: Sequence[str]) -> str:
    told = list(outline.unread())
    if told:
        more = f"; and {len(outline.room.unread) - 1} more like it" if told[1:] else ""
        return f"no line can be counted: {legible(told[0])}{more}"
    where = legible(", ".join(files[:3]) + (" ..." if files[3:] else ""))
    return f"no student's line is in {where}; such a line begins with ipymod-ready=1"


def _writer(path: str | None) -> Callable[[Outline], str]:
    """What writes a file of this name.

    Raises:
        UsageError: its name does not say what it is.
    """
    known = {
        ".html": _html,
        ".svg": _svg,
        ".md": _markdown,
        ".json": lambda outline: f"{_json(outline)}\n",
        ".csv": _csv,
        ".txt": lambda outline: f"{_text(outline, is_file=True)}\n",
    }
    ending = os.path.splitext(path)[1].lower() if path is not None else ".txt"
    if ending not in known:
        told = ", ".join(known)
        raise UsageError(f"--to wants a file that ends in {told}: {legible(path or '')}")
    return known[ending]


def _save(text: str, path: str) -> None:
    try:
        with open(os.path.expanduser(path), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{legible(path)} cannot be written: {why}") from error


def _html(outline: Outline) -> str:
    from ipymod.classroom.html import page

    return page(outline)


def _svg(outline: Outline) -> str:
    from ipymod.classroom.picture import draw

    return draw(outline)


def _markdown(outline: Outline) -> str:
    from ipymod.classroom.markdown import write

    return write(outline)


def _csv(outline: Outline) -> str:
    from ipymod.classroom.data import rows

    return rows(outline)


def _json(outline: Outline) -> str:
    from ipymod.classroom.data import dumps

    return dumps(outline)


def _text(outline: Outline, *, is_file: bool = False) -> str:
    from ipymod.classroom.text import WIDTH, Page

    if is_file:
        return Page(outline, width=WIDTH).written()
    return Page(outline, colours(), width()).written()
