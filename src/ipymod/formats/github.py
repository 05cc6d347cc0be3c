"""SHOW: annotations that GitHub puts beside the lines of a change.

They are workflow commands, one a line, as GitHub's page on workflow commands has them; what its
own toolkit escapes is escaped here. GitHub shows ten of each level and step and drops the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipymod.formats.paths import slashed
from ipymod.formats.words import heading, inert, placed, plain, summary
from ipymod.legible import legible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipymod.formats.linted import Linted
    from ipymod.lint.found import Found

Level = Literal["error", "warning", "notice"]
LEVELS: dict[str, Level] = {"error": "error", "warning": "warning", "info": "notice"}
MOST = 10
_OF_THE_MESSAGE: dict[str, str | int | None] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_OF_A_PROPERTY: dict[str, str | int | None] = {**_OF_THE_MESSAGE, ":": "%3A", ",": "%2C"}


def annotation(
    level: Level, message: str, *, file: str = "", line: int = 0, title: str = ""
) -> str:
    """Give one annotation, as one line.

    Args:
        level: how it is shown.
        message: its text; may have several lines.
        file: from the root of the repository on; without one it is about the whole step.
        line: of the file, from 1; 0 for none.
        title: what stands above the message.
    """
    given = {"file": file, "line": str(line) if line else "", "title": title}
    told = ",".join(f"{name}={_property(value)}" for name, value in given.items() if value)
    return f"::{level} {told}".rstrip(" ") + f"::{_escaped(plain(message), _OF_THE_MESSAGE)}"


def write(linted: Linted) -> str:
    """Write as many as GitHub shows, the sum of all, and the rest as lines of the log."""
    if not linted.found:
        return summary(linted)
    shown, rest = _parted(linted.found)
    lines = [_annotated(linted, found) for found in shown]
    lines.append(annotation("notice", summary(linted), title="ipymod lint"))
    if rest:
        lines.append(f"::group::{len(rest)} more than GitHub shows")
        lines += [inert(heading(found)) for found in rest]
        lines.append("::endgroup::")
    return "\n".join(lines)


def _annotated(linted: Linted, found: Found) -> str:
    return annotation(
        LEVELS[found.severity.value],
        f"{placed(found)}\n{found.hint}".rstrip("\n"),
        file=slashed(found.path, linted.root),
        line=linted.line_of(found),
        title=f"{found.code} {found.name.replace('_', ' ')}",
    )


def _parted(found: Iterable[Found]) -> tuple[list[Found], list[Found]]:
    """Part what is shown from the rest; one notice is left for the sum."""
    left: dict[Level, int] = {"error": MOST, "warning": MOST, "notice": MOST - 1}
    shown: list[Found] = []
    rest: list[Found] = []
    for each in found:
        level = LEVELS[each.severity.value]
        (shown if left[level] > 0 else rest).append(each)
        left[level] -= 1
    return shown, rest


def _property(value: str) -> str:
    return _escaped("\n".join(legible_lines(value)), _OF_A_PROPERTY)


def _escaped(text: str, escapes: dict[str, str | int | None]) -> str:
    return text.translate(str.maketrans(escapes))
