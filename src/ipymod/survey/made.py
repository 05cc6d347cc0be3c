"""GATHER: how a virtual environment was made, as its own files tell."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.facts.commands import Made
from ipymod.launchers import environment_of, files, interpreter_of
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.launchers import Surroundings

_VARIABLE = pattern(r"""VIRTUAL_ENV=(?:"([^"$`\n]+)"|'([^'\n]+)'|([^\s"'$`();&]+))""")
_ON_WINDOWS = pattern(r'(?m)^@?set "?VIRTUAL_ENV=([^"%\r\n]+)')
_LIBRARY = pattern(r"python(\d\.\d+)t?")


def made(prefix: str, here: Surroundings) -> Made:
    """What the files of a virtual environment tell of how it was made."""
    config = _config(prefix)
    python = interpreter_of(prefix)
    runs = ""
    if python:
        runs = _short(environment_of(python, here.without_variables("PYTHONHOME")).version)
    gone, starts = _gone(prefix, config, python, here)
    return Made(
        prefix=prefix,
        made_for=_made_for(prefix, config, here),
        gone=gone,
        starts=starts,
        runs=runs,
        filled_for=_filled_for(prefix, config, here),
    )


def _config(prefix: str) -> dict[str, str]:
    lines = files.text(os.path.join(prefix, "pyvenv.cfg")).splitlines()
    pairs = (line.partition("=") for line in lines)
    return {key.strip().lower(): text.strip() for key, _, text in pairs}


def _made_for(prefix: str, config: dict[str, str], here: Surroundings) -> str:
    """The place that it was made for, if that is another; what may be moved has none."""
    if config.get("relocatable", "").lower() == "true":
        return ""
    told = _activated(prefix, here) or _commanded(config)
    if not told or not os.path.isabs(told) or _is_one_place(told, prefix, here):
        return ""
    return told


def _activated(prefix: str, here: Surroundings) -> str:
    """The prefix in `activate`; empty if it works that out when it is run."""
    if here.windows:
        text = files.text(os.path.join(prefix, "Scripts", "activate.bat"))
        match = _ON_WINDOWS.search(text)
        return match[1].strip() if match else ""
    text = files.text(os.path.join(prefix, "bin", "activate"))
    values = [next(filter(None, match.groups())) for match in _VARIABLE.finditer(text)]
    return next((value for value in values if value.startswith("/")), "")


def _commanded(config: dict[str, str]) -> str:
    """The folder at the end of the command that `venv` wrote down."""
    match = re.search(r"-m venv (?:--?\S+ )*(.+)$", config.get("command", ""))
    return match[1] if match else ""


def _is_one_place(one: str, other: str, here: Surroundings) -> bool:
    try:
        if os.path.realpath(one) == os.path.realpath(other) or os.path.samefile(one, other):
            return True
    except (OSError, ValueError):
        return False
    return here.system != "Linux" and one.casefold() == other.casefold()


def _gone(
    prefix: str, config: dict[str, str], python: str | None, here: Surroundings
) -> tuple[str, bool]:
    """The base that is not there any more, and whether the interpreter may start all the same."""
    if python is None:
        names = ("Scripts/python.exe",) if here.windows else ("bin/python", "bin/python3")
        for name in names:
            path = os.path.join(prefix, *name.split("/"))
            if files.kind(path) == "dangling":
                return files.followed(path)[-1], False
    home = config.get("home", "")
    if home and os.path.isabs(home) and not os.path.isdir(home):
        return home, python is not None and not here.windows
    return "", True


def _filled_for(prefix: str, config: dict[str, str], here: Surroundings) -> tuple[str, ...]:
    """The versions that have a directory of packages with something in it."""
    if here.windows:
        version = _short(config.get("version_info") or config.get("version") or "")
        return (version,) if version else ()
    library = os.path.join(prefix, "lib")
    matches = (_LIBRARY.fullmatch(name) for name in files.names(library))
    found = [match for match in matches if match]
    return tuple(
        match[1] for match in found if files.names(os.path.join(library, match[0], "site-packages"))
    )


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])
