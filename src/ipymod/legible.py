"""SHOW: text from files and variables, made harmless: one line, and what is there is seen."""

from __future__ import annotations


def legible(text: str) -> str:
    """Write out the characters that would move the cursor, turn the text round or be invisible.

    A folder may be called anything: line breaks, the escape sequences of a terminal, marks that
    reverse the order of letters, bytes that are no text. They appear as Python writes them.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def legible_lines(text: str) -> list[str]:
    """Do the same for a text of several lines, such as a fix."""
    return [legible(line) for line in text.split("\n")]


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
