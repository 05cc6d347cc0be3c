"""GATHER: whether a name may mean something else when its line runs than it means now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.launchers.path import first_on_path
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.facts import Command
    from ipymod.launchers import Surroundings
    from ipymod.shell import Call
    from ipymod.shell.reading import Reading

_BUILT_IN = frozenset({"command", "exec", "time"})
_CLEANING = frozenset({"env", "command", "exec"})  # with options they take PATH away, or move
_NAMES_PATH = pattern(r"(?<![\w${])PATH\b|\bhash[ \t]+-")
_MOVES = pattern(r"\b(?:cd|chdir|pushd|popd)\b|\.python-version|\.tool-versions|\bmise\b")
_READ_NO_FILE = frozenset({"sh", "dash", "ash", "ksh", "mksh", "cmd"})  # before a line
_COMMENT = pattern(r"(?m)^[ \t]*#.*|^.*/\.cargo/env.*")  # cargo adds no Python
_CHANGES_PATH = pattern(r"(?im)path|eval|source|^[ \t]*\.[ \t]|conda|pyenv|mise")


def shell_of(reading: Reading, here: Surroundings) -> str:
    """The name of the shell that gets the text: IPython hands its lines to the user's own."""
    if reading.kind == "script":
        return "bash"
    if here.windows:
        return "cmd"
    return os.path.basename(here.variables.get("SHELL") or "sh")


def is_doubtful(call: Call, reading: Reading, here: Surroundings) -> bool:
    """Tell whether only a run could tell what the call's program is, or whether it starts."""
    function = f"BASH_FUNC_{call.executable.text}%%"  # of `export -f pip`
    return (
        bool(call.after)
        or function in here.variables
        or bool(_NAMES_PATH.search(reading.text, 0, call.command.start))
        or not _is_started(call, here)
        or _changes_path(shell_of(reading, here), here)
    )


def is_moving(call: Call, reading: Reading) -> bool:
    """Tell whether the working directory, or what lies there, may be another by then."""
    return bool(_MOVES.search(reading.text, 0, call.command.start))


def is_found_from_the_folder(found: Command, here: Surroundings) -> bool:
    """Tell whether the working directory decides what the name means.

    A shim asks for the versions that are written there; an entry of PATH may be relative.
    """
    if os.path.dirname(found.name):
        return False
    is_shim = bool(found.origin) and found.origin not in here.variables
    return is_shim or os.path.dirname(found.path) not in here.path


def _is_started(call: Call, here: Surroundings) -> bool:
    """Tell whether what stands before the program is there, and hands PATH on."""
    first = call.command.words.index(call.executable)
    has_options = any(word.text.startswith("-") for word in call.command.words[:first])
    programs = set(call.through) - _BUILT_IN
    is_cleaned = has_options and bool(_CLEANING.intersection(call.through))
    is_there = all(first_on_path(name, here) for name in programs)
    return is_there and not is_cleaned and "doas" not in programs


def _changes_path(shell: str, here: Surroundings) -> bool:
    """Tell whether the shell may change PATH before it reads the text."""
    if shell in _READ_NO_FILE:
        return False
    if shell == "bash":
        path = here.variables.get("BASH_ENV", "")
    elif shell == "zsh":
        path = os.path.join(here.variables.get("ZDOTDIR") or here.home, ".zshenv")
    else:  # fish and tcsh read their files each time
        return True
    text = files.text(here.absolute(path)) if path else ""
    return bool(_CHANGES_PATH.search(_COMMENT.sub("", text)))
