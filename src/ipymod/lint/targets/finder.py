"""GATHER: what a dotted name means to an interpreter that is not started, from its folders alone.

This follows `importlib.machinery.PathFinder`: of the entries the first one with a package or a
module wins, and folders without `__init__` make a namespace together. That finder itself knows
only the file names of the Python that it runs in, and remembers folders.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_SOURCES = (".py", ".pyc")
_EXTENSION = pattern(r"\.(?:([\w-]+)\.)?(?:so|pyd)")
_TAG = pattern(r"(?:cpython-|cp)(\d)(\d+)")


class Finder:
    """Looks in path entries, each of which is listed once.

    Args:
        path: the entries, absolute.
        version: of the interpreter: modules compiled for another one are none.
    """

    def __init__(self, path: Sequence[str], version: str) -> None:
        self.path = path
        self._version = tuple(re.findall(r"\d+", version)[:2])
        self._names: dict[str, frozenset[str]] = {}
        self._known: dict[tuple[str, tuple[str, ...]], tuple[str, ...] | None] = {}

    def missing(self, module: str) -> str:
        """The part of a dotted name that is not there; empty if all is, or if it cannot be told.

        What a package with an `__init__` has not as a file, it may have made itself.
        """
        inside, parts = tuple(self.path), module.split(".")
        for end, part in enumerate(parts, 1):
            found = self.locate(part, inside)
            if found is None:
                return ".".join(parts[:end])
            if not found:
                return ""
            inside = found
        return ""

    def locate(self, name: str, entries: tuple[str, ...]) -> tuple[str, ...] | None:
        """The folders of a namespace, none for a package or a module, or None."""
        key = name, entries
        if key not in self._known:
            self._known[key] = self._located(name, entries)
        return self._known[key]

    def _located(self, name: str, entries: tuple[str, ...]) -> tuple[str, ...] | None:
        portions = []
        for entry in entries:
            names = self._listed(entry)
            folder = os.path.join(entry, name)
            is_folder = name in names and os.path.isdir(folder)
            if is_folder and self._has(self._listed(folder), "__init__"):
                return ()
            if self._has(names, name):
                return ()
            if is_folder:
                portions.append(folder)
        return tuple(portions) or None

    def _has(self, names: frozenset[str], name: str) -> bool:
        """Whether a module of that name lies among files."""
        if any(name + ending in names for ending in _SOURCES):
            return True
        endings = (each.removeprefix(name) for each in names if each.startswith(f"{name}."))
        return any(map(self._is_extension, endings))

    def _is_extension(self, ending: str) -> bool:
        found = _EXTENSION.fullmatch(ending)
        if found is None:
            return False
        tag = _TAG.match(found[1] or "")
        return tag is None or (tag[1], tag[2]) == self._version

    def _listed(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            self._names[folder] = frozenset(files.names(folder))
        return self._names[folder]
