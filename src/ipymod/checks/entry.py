"""JUDGE: what the checks of imports have in common: examples, and words for an entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts.imports import Imports, PathEntry

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts
    from ipymod.registry import Change

BEFORE, CWD, SITE = 0, 3, 4  # positions in the healthy `sys.path`
ADDED = frozenset({"pythonpath", "pth", "other"})  # what somebody put there
_MOST_NAMED = 3


def with_imports(**changes: object) -> Change:
    """An example: healthy facts with other imports."""

    def change(healthy: Facts) -> Facts:
        imports = healthy.imports or Imports()
        return replace(healthy, imports=replace(imports, **changes))  # type: ignore[arg-type]  # by name

    return change


def with_entry(position: int, entry: PathEntry) -> Change:
    """An example: one more entry at a position of `sys.path`."""

    def change(healthy: Facts) -> Facts:
        imports = healthy.imports or Imports()
        entries = (*imports.entries[:position], entry, *imports.entries[position:])
        return replace(healthy, imports=replace(imports, entries=entries))

    return change


def short(version: str) -> str:
    """`3.12` of `3.12.1`."""
    return ".".join(version.split(".")[:2])


def listed(names: list[str], versions: dict[str, str] | None = None) -> str:
    """A few names, with what is known of them: `numpy (1.26.0 before 2.1.0) and 4 more`."""
    told = versions or {}
    shown = [f"{n} ({told[n]})" if n in told else n for n in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def put_by(entry: PathEntry) -> str:
    """How an entry came to stand in `sys.path`."""
    return f"put on sys.path by {entry.origin or 'some code'}"


def take_away(entry: PathEntry) -> str:
    """What takes it off the path again."""
    if entry.origin == "PYTHONPATH":
        return "unset PYTHONPATH  # where Jupyter is started, then restart it"
    if entry.origin:
        file, _, line = entry.origin.rpartition(":")
        return f"take line {line} out of {file}"
    return f"import sys; sys.path.remove({entry.entry!r})"
