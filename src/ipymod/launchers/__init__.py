"""GATHER: a file on PATH -> the interpreter and environment it would use, without starting it.

`command` goes the whole way: PATH, then from file to file as the system, the shell and the shims
would go, to an interpreter, to its environment. What only a run could tell is `unknown`.
"""

from __future__ import annotations

from ipymod.launchers.packages import pip_of
from ipymod.launchers.path import find_on_path
from ipymod.launchers.prefix import environment_of, interpreter_of, real_prefix
from ipymod.launchers.resolve import command, resolve
from ipymod.launchers.surroundings import Surroundings

__all__ = [
    "Surroundings",
    "command",
    "environment_of",
    "find_on_path",
    "interpreter_of",
    "pip_of",
    "real_prefix",
    "resolve",
]
