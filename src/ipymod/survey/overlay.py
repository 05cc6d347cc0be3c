"""GATHER: the passing environments of `uv run --with`, which lie on top of another one.

uv makes one for each run. It is empty, and a `.pth` file of uv's own adds the packages that were
asked for and those of the project; `pyvenv.cfg` names the environment below.
"""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel

NAME = "_uv_ephemeral_overlay.pth"
_BELOW = pattern(r"(?m)^extends-environment[ \t]*=[ \t]*(\S.*?)[ \t]*$")
_PATH = pattern(r"""b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'""")
_MOST = 1 << 16  # bytes


def environment_below(prefix: str) -> str:
    """The prefix of the environment that one lies on top of; empty if it stands for itself."""
    told = _BELOW.search(files.text(os.path.join(prefix, "pyvenv.cfg"), _MOST))
    return told[1] if told else ""


def places_below(kernel: Kernel) -> tuple[str, ...]:
    """The directories of packages that lie below the kernel's environment and belong to it."""
    if not environment_below(kernel.prefix):
        return ()
    sites = kernel.environment.site
    return tuple(place for site in sites for place in _added(os.path.join(site, NAME)))


def _added(path: str) -> Iterator[str]:
    """What each `site.addsitedir(...)` in a file names."""
    for call in files.text(path, _MOST).split("addsitedir(")[1:]:
        words = (_literal(text) for text in _PATH.findall(call))
        yield from (word for word in words if os.path.isabs(word))


def _literal(text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ""
    return os.fsdecode(value) if isinstance(value, (bytes, str)) else ""
