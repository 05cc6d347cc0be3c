"""GATHER: variables that lead a kernel into an environment that is not its own."""

from __future__ import annotations

import os
import re
from string import Template
from typing import TYPE_CHECKING

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipymod.facts import Environment
    from ipymod.launchers import Surroundings

_PATHS = ("PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
_PREFIXES = ("PYTHONHOME", "CONDA_PREFIX")
_LIBRARY = pattern(r"(.+?)[/\\](?:lib|lib64)[/\\]python(\d\.\d+)(?:[/\\].*)?")
_LEVELS = 8


def foreign(
    env: Mapping[str, str], environment: Environment, around: Surroundings
) -> dict[str, str]:
    """The variables that name another environment, and its prefix.

    Args:
        env: the variables as they are written; what they take from others by `${NAME}` is not
            theirs.
        environment: of the kernel, as it is without them.
        around: what the kernel would see.
    """
    found: dict[str, str] = {}
    own = {os.path.realpath(environment.prefix), os.path.realpath(environment.base_prefix)}
    for name in (*_PATHS, *_PREFIXES):
        for entry in _entries(env.get(name, ""), around):
            prefix = entry if name in _PREFIXES else prefix_of(entry, environment.version)
            if prefix and os.path.realpath(prefix) not in own:
                found.setdefault(name, prefix)
    conda = env.get("CONDA_PREFIX", "")
    if conda and os.path.realpath(conda) == os.path.realpath(environment.base_prefix) != "":
        found |= {} if environment.prefix == environment.base_prefix else {"CONDA_PREFIX": conda}
    return found


def prefix_of(path: str, version: str = "") -> str:
    """The environment that a directory belongs to; empty if it is in none.

    The user's own directory of packages, of this version, is none.
    """
    above = path.rstrip("/\\")
    for _ in range(_LEVELS):
        if any(os.path.exists(os.path.join(above, sign)) for sign in ("pyvenv.cfg", "conda-meta")):
            return above
        if os.path.dirname(above) in {"", above}:
            break
        above = os.path.dirname(above)
    match = _LIBRARY.fullmatch(path)
    if not match or (match[1].endswith(".local") and version.startswith(f"{match[2]}.")):
        return ""
    return match[1]


def _entries(text: str, around: Surroundings) -> list[str]:
    """The places that a value names itself; what it only passes on is left out."""
    words = text.split(";" if around.windows else ":")
    kept = [word for word in words if word and not re.fullmatch(r"\$(?:\w+|\{\w+\})", word)]
    filled = (Template(word).safe_substitute(around.variables) for word in kept)
    return [around.absolute(word) for word in filled if "$" not in word]
