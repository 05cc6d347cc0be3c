"""GATHER: what conda replaced beside the distributions of Python: Python itself, and libraries."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from ipymod.refresh.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipymod.refresh.pair import Disk
    from ipymod.refresh.snapshot import Snapshot

_PYTHON = "python"


def conda_steps(disk: Disk) -> Iterator[Step]:
    """What happened to packages of conda that are no distributions, where anything is loaded.

    Conda tells of a package in `conda-meta/name-version-build.json`, and lists its files there.
    """
    old, new = _packages(disk.before), _packages(disk.now)
    other = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if not other:
        return
    if _PYTHON in other & old.keys() & new.keys():
        yield Step(_PYTHON, _version(old, _PYTHON), _version(new, _PYTHON), is_python=True)
    libraries = list(_libraries(disk))
    disk.healed = {path for path in disk.before.told.difference(libraries) if os.path.isabs(path)}
    files = _files(new[name] for name in other & new.keys()) if libraries else {}
    found: dict[str, list[str]] = {}
    for path in libraries:
        # What is gone stood in a list that is gone, too; what an earlier one replaced was told of.
        if path in files or not (path in disk.before.told or os.path.exists(path)):
            found.setdefault(files.get(path) or os.path.basename(path), []).append(path)
    for name, paths in found.items():
        yield Step(name, _version(old, name), _version(new, name), libraries=tuple(paths))


def _packages(snapshot: Snapshot) -> dict[str, str]:
    """The paths of what tells of packages, by their names."""
    return {
        name.rsplit("-", 2)[0]: os.path.join(folder.place, name)
        for folder in snapshot.folders
        for name in folder.packages
    }


def _version(packages: Mapping[str, str], name: str) -> str:
    parts = os.path.basename(packages.get(name, "")).rsplit("-", 2)
    return parts[1] if len(parts) > 1 else ""


def _libraries(disk: Disk) -> Iterator[str]:
    """The shared libraries of the environment that are in memory and not as on the disk."""
    beginning = os.path.join(sys.base_prefix, "")
    modules = {module.file for module in disk.now.loaded.values()}
    for mapping in disk.deleted:
        path = mapping.path
        is_ours = path.startswith(beginning) and "site-packages" not in path  # those have lists
        if is_ours and path not in modules and disk.differs(mapping, path):
            yield path


def _files(packages: Iterable[str]) -> Mapping[str, str]:
    """The name of a package by the path of each of its files."""
    found = {}
    for path in packages:
        name = os.path.basename(path).rsplit("-", 2)[0]
        for below in _read(path).get("files", ()):
            found[os.path.join(sys.base_prefix, *str(below).split("/"))] = name
    return found


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            told = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
