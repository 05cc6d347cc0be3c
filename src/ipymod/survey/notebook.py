"""GATHER: what a notebook says of the kernel that it wants, without reading its cells."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ipymod.facts.kernels import Notebook
from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_TAIL = 1 << 16  # bytes: keys are sorted, so the metadata stand behind all cells
_MOST = 1 << 23  # bytes that are read as a whole, should the end not tell
_METADATA = pattern(r'"metadata"\s*:\s*(?=\{)')
_BEHIND = pattern(r'\s*,\s*"nbformat|\s*\}\s*$')


def gather_notebook(kernel: Kernel, here: Surroundings) -> Notebook | None:
    """The notebook that the kernel was started for; None if it is not known or is gone.

    Jupyter names it when it starts the kernel, and does not say when it is renamed.
    """
    path = here.variables.get("JPY_SESSION_NAME", "") if kernel.running else ""
    if not path.lower().endswith(".ipynb"):
        return None
    return notebook_at(here.absolute(path))


def notebook_at(path: str) -> Notebook | None:
    """What a notebook says of its kernel; None if there is no such file."""
    if files.kind(path) != "file":
        return None
    metadata = _at_the_end(path) or _from_the_whole(path)
    if metadata is None:
        return Notebook(path, unread=f"{path} cannot be read as a notebook")
    spec, language = _part(metadata, "kernelspec"), _part(metadata, "language_info")
    return Notebook(
        path=path,
        kernelspec=_text(spec, "name"),
        language=(_text(spec, "language") or _text(language, "name")).lower(),
        version=_text(language, "version"),
    )


def _part(metadata: dict[str, Any], name: str) -> dict[str, Any]:
    part = metadata.get(name)
    return part if isinstance(part, dict) else {}


def _text(part: dict[str, Any], name: str) -> str:
    text = part.get(name)
    return text if isinstance(text, str) else ""


def _at_the_end(path: str) -> dict[str, Any] | None:
    """The notebook's own metadata, if they are the last ones in the file."""
    text = files.decoded(files.tail(path, _TAIL) or b"")
    matches = list(_METADATA.finditer(text))
    if not matches:
        return None
    try:
        told, end = json.JSONDecoder().raw_decode(text, matches[-1].end())
    except (ValueError, RecursionError):
        return None
    # The last cell's metadata are followed by its output or source, or by the end of the cell.
    is_own = _BEHIND.match(text, end) and isinstance(told, dict)
    return told if is_own and (told.keys() & {"kernelspec", "language_info"}) else None


def _from_the_whole(path: str) -> dict[str, Any] | None:
    try:
        if os.path.getsize(path) > _MOST:
            return None
        told = json.loads(files.head(path, _MOST) or b"")
    except (OSError, ValueError, RecursionError):
        return None
    return _part(told, "metadata") if isinstance(told, dict) else None
