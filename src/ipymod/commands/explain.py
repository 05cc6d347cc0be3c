"""FACE: `ipymod explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import say

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str]) -> int:
    """Answer `ipymod explain`."""
    asked = _parser().parse_args(words)
    from ipymod.whichpip import explained

    say(explained(asked.code))
    return 0


def _parser() -> Parser:
    options = Parser(
        "explain",
        "Tell what a check means, why it matters, and what puts it right.",
        ("ipymod explain WP101", "ipymod explain NB101"),
    )
    options.add_argument("code", metavar="CODE", nargs="?", default="", help="default: list all")
    return options
