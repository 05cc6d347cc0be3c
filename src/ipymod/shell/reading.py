"""JUDGE: a text for a shell, or for an installer's magic, as calls."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.shell.calls import calls
from ipymod.shell.parser import parse
from ipymod.shell.windows import parse_cmd

if TYPE_CHECKING:
    from ipymod.shell.calls import Call


# A name in quotes or in a path is one, too: a shell's script of other things is not read at all.
_MAY_CALL = pattern(r"pip|pyth|pypy|\bpy\b|conda|mamba|uv|sys\.executable")


@dataclass(frozen=True)
class Reading:
    """What is about to run.

    Attributes:
        text: as a shell would get it, `pip` in front for `%pip`; all positions count in it.
        kind: as `ipymod.cells` has it, or the name of the magic: `%pip`.
        calls: the calls of Python, and of what installs packages, in their order.
    """

    text: str
    kind: str
    calls: tuple[Call, ...]

    @property
    def program(self) -> str:
        """What the magic's name stands for, with a blank; empty if it is none."""
        return f"{self.kind[1:]} " if self.kind.startswith("%") else ""

    @property
    def installs(self) -> bool:
        """Whether packages may be different afterwards."""
        return any(call.change is not None for call in self.calls)


@lru_cache(maxsize=1)  # the guard asks, and so does the look after installs
def read(text: str, kind: str, *, windows: bool = os.name == "nt") -> Reading:
    """Read a text as the shell will that gets it; what cannot be read has no calls.

    Args:
        text: the text, as IPython has it.
        kind: `line`, `captured`, `script`, `captured script`, `%pip`, `%uv` or `%conda`.
        windows: whether cmd.exe gets it, as it does all but scripts there.
    """
    unread = Reading(text, kind, ())
    if not (unread.program or _MAY_CALL.search(text)):
        return unread
    whole = unread.program + text
    if windows and kind != "script":
        commands = parse_cmd(whole)
    else:
        commands = parse(whole, is_line_of_ipython=kind != "script")
    return Reading(whole, kind, calls(commands or ()))
