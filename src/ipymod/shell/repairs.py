"""JUDGE: edits of a text that mend a call in it, whatever environment it is about."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.shell.calls import Call
    from ipymod.shell.reading import Reading

_NUMBER = pattern(r"[0-9]+(?:\.[0-9*]+)*")


def with_version(call: Call, reading: Reading, *, windows: bool) -> tuple[Edit, ...] | None:
    """Quote each requirement whose version a shell takes for a file's name."""
    named: dict[int, tuple[int, str]] = {}  # where it starts: its end, and what is meant
    for redirect in call.change.accidental if call.change else ():
        gap = reading.text[redirect.start + len(redirect.operator) : redirect.target.start]
        version = f"{redirect.operator}{gap.strip()}{redirect.target.text}"
        end = redirect.end
        if redirect.target.text == "=":  # the version of `keras >= 3` is a word of its own
            number = next((word for word in call.arguments if word.start >= end), None)
            if number is None or not (number.is_sure and _NUMBER.fullmatch(number.text)):
                return None
            end, version = number.end, version + number.text
        last = next(reversed(named), -1)
        if last >= 0 and named[last][0] == redirect.start:  # the second of `keras>=3,<4`
            named[last] = end, named[last][1] + version
            continue
        words = [word for word in call.arguments if word.end <= redirect.start]
        if not words or not words[-1].is_sure or words[-1].text.startswith("-"):
            return None
        named[words[-1].start] = end, words[-1].text + version
    in_cmd = windows and reading.kind != "script"
    return tuple(
        Edit(start, end, f'"{text}"' if in_cmd else shlex.quote(text))
        for start, (end, text) in named.items()
    )


def with_answer(call: Call) -> tuple[Edit, ...] | None:
    """Answer beforehand what nobody can answer later."""
    return behind_verb(call, "-y")


def behind_verb(call: Call, words: str) -> tuple[Edit, ...] | None:
    """Put words behind the verb; None if only a run could tell where it stands."""
    last = call.verb.rpartition(" ")[2]
    first = call.executable.end
    behind = (word for word in call.command.words if word.start > first)
    verb = next((word for word in behind if word.text == last), None)
    return (Edit(verb.end, verb.end, f" {words}"),) if verb else None
