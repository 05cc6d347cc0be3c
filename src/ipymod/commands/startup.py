"""FACE: `ipymod enable`, `ipymod disable`, `ipymod status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.console import say

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence


def main(command: str, words: Sequence[str]) -> int:
    """Answer one of the three."""
    from ipymod import startup

    told, status = startup.answer(command, words)
    say(told)
    return status


def parser(command: str) -> ArgumentParser:
    """Give what reads the words of one of the three."""
    from ipymod import startup

    return startup.parser(command)
