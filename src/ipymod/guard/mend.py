"""JUDGE: edits that make a text do for this kernel what it was meant to do."""

from __future__ import annotations

import os
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.shell.repairs import behind_verb
from ipymod.shell.wrappers import name_of

if TYPE_CHECKING:
    from ipymod.shell import Call, Word
    from ipymod.shell.reading import Reading

_OF_UV = frozenset({"install", "uninstall", "list", "show", "freeze", "check"})
_LETTERS = pattern(r"[^0-9.]+")


@dataclass(frozen=True)
class Means:
    """What there is to install for the kernel with.

    Attributes:
        python: the kernel's interpreter; empty if it does not know its own.
        prefix: of its environment.
        is_conda: whether conda can change that environment.
        has_pip: whether there is a pip in it.
        has_uv: whether a shell finds uv, which installs for any Python.
        has_user_site: whether the user's own packages are seen, so that pip takes `--user`.
        windows: whether cmd.exe reads a line.
    """

    python: str
    prefix: str
    is_conda: bool = False
    has_pip: bool = True
    has_uv: bool = False
    has_user_site: bool = True
    windows: bool = False


def for_this_kernel(call: Call, reading: Reading, means: Means) -> tuple[Edit, ...] | None:
    """Make it act on the kernel's environment; None where no other words surely do the same."""
    python = _quoted(means.python, reading, means)
    if not python or "sudo" in call.through:
        return None
    match call.program:
        case "python":
            return (Edit(call.executable.start, call.executable.end, python),)
        case "pip":
            return _pip(call, reading, python, means)
        case "uv pip":
            return behind_verb(call, f"--python {python}")
        case "conda" if means.is_conda:
            return behind_verb(call, f"--prefix {_quoted(means.prefix, reading, means)}")
    return None


def is_chosen(call: Call, version: str) -> bool:
    """Tell whether the Python is called by a path, or by another version than the kernel's."""
    if call.program not in {"python", "pip"}:
        return False
    name = name_of(call.executable)
    number = _LETTERS.sub("", name)
    is_other = bool(number) and not f"{version}.".startswith(f"{number}.")
    return is_other or name.startswith("pypy") or bool(os.path.dirname(call.executable.text))


def _pip(call: Call, reading: Reading, python: str, means: Means) -> tuple[Edit, ...] | None:
    first, module = call.executable, _module(call)
    is_launcher = name_of(first).startswith("pip")
    if means.has_pip:
        started = f"{python} -m pip" if is_launcher else python
        unseen = () if means.has_user_site else _without_user(call, reading)
        return (Edit(first.start, first.end, started), *unseen)
    if means.has_uv and call.verb in _OF_UV and (is_launcher or module):
        start = Edit(first.start, (module or first).end, "uv pip")
        behind = behind_verb(call, f"--python {python}")
        return behind and (start, *behind, *_without_user(call, reading))
    return None


def _without_user(call: Call, reading: Reading) -> tuple[Edit, ...]:
    """Leave out `--user`, which pip refuses where the user's packages are not seen, and uv ever."""
    found = [word for word in call.arguments if word.text == "--user"]
    return tuple(
        Edit(word.start, word.end + reading.text.startswith(" ", word.end), "") for word in found
    )


def _module(call: Call) -> Word | None:
    """The word `pip` of `python -m pip`; None if pip is called by its own name."""
    words = call.command.words
    behind = words[words.index(call.executable) + 1 :]
    return next(
        (two for one, two in pairwise(behind) if (one.source, two.source) == ("-m", "pip")), None
    )


def _quoted(path: str, reading: Reading, means: Means) -> str:
    """The path as the text's reader takes it; IPython reads all but scripts before a shell."""
    if not path:
        return ""
    if reading.kind == "script":
        return shlex.quote(path)
    in_cmd = f'"{path}"' if " " in path else path
    quoted = in_cmd if means.windows else shlex.quote(path)
    return quoted.replace("{", "{{").replace("}", "}}").replace("$", "$$")
