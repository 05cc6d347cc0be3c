"""JUDGE: edits that make a text do for this kernel what it was meant to do."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipymod.guard.read import Reading
    from ipymod.shell import Call, Word

_OF_UV = frozenset({"install", "uninstall", "list", "show", "freeze", "check"})


@dataclass(frozen=True)
class Edit:
    """A part of a text, and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Means:
    """What there is to install for the kernel with.

    Attributes:
        python: the kernel's interpreter; empty if it does not know its own.
        prefix: of its environment.
        is_conda: whether conda can change that environment.
        has_pip: whether there is a pip in it.
        has_uv: whether a shell finds uv, which installs for any Python.
        windows: whether cmd.exe reads a line.
    """

    python: str
    prefix: str
    is_conda: bool = False
    has_pip: bool = True
    has_uv: bool = False
    windows: bool = False


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Give the text with the edits made; they do not overlap."""
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def for_this_kernel(call: Call, reading: Reading, means: Means) -> tuple[Edit, ...] | None:
    """Make it act on the kernel's environment; None where no other words surely do the same."""
    python = _quoted(means.python, reading, means)
    if not python or "sudo" in call.through:
        return None
    match call.program:
        case "python":
            return (Edit(call.executable.start, call.executable.end, python),)
        case "pip":
            return _pip(call, python, means)
        case "uv pip":
            return _behind_verb(call, f"--python {python}")
        case "conda" if means.is_conda:
            return _behind_verb(call, f"--prefix {_quoted(means.prefix, reading, means)}")
    return None


def _pip(call: Call, python: str, means: Means) -> tuple[Edit, ...] | None:
    first = call.executable
    last = _module(call) or first
    if means.has_pip:
        return (Edit(first.start, last.end, f"{python} -m pip"),)
    if means.has_uv and call.verb in _OF_UV:
        behind = _behind_verb(call, f"--python {python}")
        return behind and (Edit(first.start, last.end, "uv pip"), *behind)
    return None


def _module(call: Call) -> Word | None:
    """The word `pip` of `python -m pip`; None if pip is called by its own name."""
    words = call.command.words
    behind = words[words.index(call.executable) + 1 :]
    return next(
        (two for one, two in pairwise(behind) if (one.source, two.source) == ("-m", "pip")), None
    )


def with_version(call: Call) -> tuple[Edit, ...] | None:
    """Quote each requirement whose version a shell takes for a file's name."""
    edits: list[Edit] = []
    for redirect in call.change.accidental if call.change else ():
        version = redirect.operator + redirect.target.text
        if edits and edits[-1].end == redirect.start:  # the second of `keras>=3,<4`
            first = edits.pop()
            edits.append(_quoted_until(redirect.end, first.start, first.text, version))
            continue
        words = [word for word in call.arguments if word.end <= redirect.start]
        if not words or not words[-1].is_sure:
            return None
        edits.append(_quoted_until(redirect.end, words[-1].start, words[-1].text, version))
    return tuple(edits)


def _quoted_until(end: int, start: int, name: str, version: str) -> Edit:
    return Edit(start, end, shlex.quote("".join(shlex.split(name)) + version))


def with_answer(call: Call) -> tuple[Edit, ...] | None:
    """Answer beforehand what nobody can answer later."""
    return _behind_verb(call, "-y")


def _behind_verb(call: Call, words: str) -> tuple[Edit, ...] | None:
    """Put words behind the verb."""
    last = call.verb.rpartition(" ")[2]
    verb = next((word for word in call.command.words if word.text == last), None)
    return (Edit(verb.end, verb.end, f" {words}"),) if verb else None


def _quoted(path: str, reading: Reading, means: Means) -> str:
    """The path as the text's reader takes it; IPython reads all but scripts before a shell."""
    if not path:
        return ""
    in_cmd = f'"{path}"' if " " in path else path
    quoted = in_cmd if means.windows else shlex.quote(path)
    if reading.kind == "script":
        return quoted
    return quoted.replace("{", "{{").replace("}", "}}").replace("$", "$$")
