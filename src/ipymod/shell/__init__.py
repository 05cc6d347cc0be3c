"""JUDGE: what a text means to a shell, without starting one.

A text becomes commands (`parse`, `parse_cmd`), commands become calls of Python and of what
installs packages for it (`calls`), a call is about some environment (`aim`), and a line has a
safe form where that is provably the same (`safe_form`). What cannot be understood for sure is
None, or marked as unsure.
"""

from __future__ import annotations

from ipymod.shell.aim import Aim, aim
from ipymod.shell.calls import Call, Change, calls
from ipymod.shell.fixes import safe_form
from ipymod.shell.model import Redirect, ShellCommand, Word
from ipymod.shell.options import Option
from ipymod.shell.parser import parse
from ipymod.shell.windows import parse_cmd

__all__ = [
    "Aim",
    "Call",
    "Change",
    "Option",
    "Redirect",
    "ShellCommand",
    "Word",
    "aim",
    "calls",
    "parse",
    "parse_cmd",
    "safe_form",
]
