"""GATHER: the distribution whose own code could not import what it needs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.facts.place import Installed
    from ipymod.hints.statement import Wanted
    from ipymod.survey.shelf import Shelf

_PACKAGES = ("site-packages", "dist-packages")
_HEAD = 1 << 16  # bytes: requirements stand before a description of any length


def needed_by(
    wanted: Wanted, distributions: Iterable[str], shelves: Sequence[Shelf]
) -> tuple[Installed | None, str]:
    """Who needs a module: the distribution that the statement belongs to, and its requirement.

    Args:
        wanted: what was not found.
        distributions: those that are known to bring it; one of its own name counts as well.
        shelves: the directories of packages.

    Returns:
        None if the statement is the user's own; no requirement if the distribution declares none.
    """
    shelf = next((each for each in shelves if _lies_in(wanted.file, each.place)), None)
    if shelf is None:
        return None, ""
    owner = next(iter(shelf.owners(_module(wanted.file, shelf.place))), None)
    if owner is None or not owner.distribution:
        return None, ""
    names = {*map(normalised, distributions), normalised(wanted.name.partition(".")[0])}
    return owner, _requirement(owner, names)


def _lies_in(file: str, place: str) -> bool:
    return os.path.basename(place) in _PACKAGES and file.startswith(os.path.join(place, ""))


def _module(file: str, place: str) -> str:
    relative = os.path.relpath(file, place).removesuffix(".py").removesuffix("__init__")
    return relative.rstrip(os.sep).replace(os.sep, ".")


def _requirement(owner: Installed, names: set[str]) -> str:
    """As its metadata write it, without the marker: `requests>=2.3`; empty if it has none."""
    text = files.text(os.path.join(owner.metadata, "METADATA"), _HEAD)
    for line in re.findall(r"(?m)^Requires-Dist: *([^;\n]*[^;\s])", text):
        name = re.match(r"[\w.-]+", line)
        if name and normalised(name[0]) in names:
            return re.sub(r"[\s()]", "", line) if "@" not in line else line
    return ""
