"""DATA: what lint found, with all that the forms say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipymod.lint.found import Found
    from ipymod.registry import Check


def first_line(_found: Found) -> int:
    """Know nothing of a file but that it has a line."""
    return 1


@dataclass(frozen=True)
class Linted:
    r"""What one run of lint found.

    Attributes:
        found: all findings, in the order in which they are shown.
        notebooks: the paths of all files that were looked at, as findings have them.
        root: the absolute path of the folder that relative paths start from; where it has a drive
            or a share of Windows, `\` separates the parts of all paths.
        rules: those that were applied.
        version: of ipymod.
        docs: the address of the page of all rules, where one is known.
        timestamp: when it ran, as ISO 8601 has it, without a zone.
        line_of: the line of the file, from 1, that a finding stands in; other programs show the
            file, not its cells.
    """

    found: tuple[Found, ...]
    notebooks: tuple[str, ...]
    root: str
    rules: tuple[Check, ...] = ()
    version: str = ""
    docs: str = ""
    timestamp: str = ""
    line_of: Callable[[Found], int] = first_line
