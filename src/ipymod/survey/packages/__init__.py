"""GATHER: what is installed where the kernel imports from, read from metadata alone."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ipymod.facts.packages import Duplicate, Leftover, Managed, Packages
from ipymod.launchers import command, files, pip_of
from ipymod.launchers.packages import import_order
from ipymod.survey.packages.binaries import wrong_binaries
from ipymod.survey.packages.conda import overwritten
from ipymod.survey.packages.distributions import Found, found_in
from ipymod.survey.packages.editable import gone
from ipymod.survey.packages.folder import Folder
from ipymod.survey.packages.ownership import incomplete, shared
from ipymod.survey.packages.requirements import unmet
from ipymod.survey.packages.tags import foreign, supported_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

__all__ = ["gather_packages", "supported_tags"]

_NOT_LISTED = {"argparse", "python", "wsgiref"}  # pip takes them for parts of Python itself


def gather_packages(kernel: Kernel, here: Surroundings) -> Packages:
    """Read the metadata of all that the kernel can import.

    Heavy questions are asked of suspects only: whole lists of files where names are shared, the
    complete list of supported tags where a wheel does not obviously fit, conda's records where
    versions differ.
    """
    with ExitStack() as stack:
        folders = [stack.enter_context(Folder(path)) for path in directories(kernel)]
        conda = files.names(os.path.join(kernel.prefix, "conda-meta"))
        every = [each for folder in folders for each in found_in(folder, conda=bool(conda))]
        first = _first_of_each_name(every)
        return Packages(
            distributions=tuple(
                each.distribution for name, each in first.items() if name not in _NOT_LISTED
            ),
            pip=_pip(first, kernel),
            managed=_managed(here),
            duplicates=tuple(_duplicates(every)),
            leftovers=tuple(_leftovers(folders)),
            shared=tuple(shared(every)),
            overwritten=tuple(overwritten(every, kernel.prefix, conda)),
            gone=tuple(gone(every, folders)),
            foreign=tuple(foreign(every, kernel)),
            binaries=tuple(wrong_binaries(every, kernel)),
            unmet=tuple(unmet(first, kernel)),
            incomplete=tuple(incomplete(every)),
            unread=tuple(
                os.path.join(each.folder.path, each.distribution.folder)
                for each in every
                if not each.metadata.readable
            ),
        )


def directories(kernel: Kernel) -> Iterator[str]:
    """Where the kernel's packages lie, in the order that it imports from them, each once.

    The working directory is left out, as pip leaves it out: what lies there is not installed.
    """
    seen = set()
    for entry in kernel.path or import_order(kernel.environment):
        path = os.path.join(kernel.cwd, entry)
        if entry and os.path.isdir(path) and (real := os.path.realpath(path)) not in seen:
            seen.add(real)
            yield path


def _first_of_each_name(every: Iterable[Found]) -> dict[str, Found]:
    first: dict[str, Found] = {}
    for each in every:
        first.setdefault(each.distribution.name, each)
    return first


def _pip(first: dict[str, Found], kernel: Kernel) -> str:
    """The version of pip; a copy without metadata works as well as an installed one."""
    if (found := first.get("pip")) and "pip" in found.folder.names:
        return found.distribution.version or "?"
    alone = pip_of(kernel.environment)
    return (alone[0] or "?") if alone else ""


def _managed(here: Surroundings) -> Managed | None:
    """The environment of `pip` on PATH, if it belongs to the operating system."""
    pip = command("pip", here)
    environment = pip.environment if pip else None
    if environment is None or not environment.managed:
        return None
    version = pip_of(environment)
    return Managed(environment.prefix, version[0] if version else "")


def _duplicates(every: Iterable[Found]) -> Iterator[Duplicate]:
    together: dict[tuple[str, str], list[Found]] = {}
    for each in every:
        key = each.distribution.location, each.distribution.name
        together.setdefault(key, []).append(each)
    for (location, name), group in together.items():
        if len(group) > 1:
            folders = tuple(each.distribution.folder for each in group)
            versions = tuple(each.distribution.version for each in group)
            yield Duplicate(name, location, folders, versions)


def _leftovers(folders: Iterable[Folder]) -> Iterator[Leftover]:
    now = time.time()
    for folder in folders:
        for name in sorted(folder.names):
            if name.startswith("~") or name.endswith((".conda_trash", ".c~")):
                try:
                    told = os.lstat(os.path.join(folder.path, name))
                except (OSError, ValueError):  # it is being deleted right now
                    continue
                yield Leftover(name, folder.path, now - max(told.st_mtime, told.st_ctime))
