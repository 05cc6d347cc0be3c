"""GATHER: the directories of packages that are reached from here, and that are not the kernel's."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers import command, environment_of, files, interpreter_of
from ipymod.survey.project import gather_project
from ipymod.survey.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Environment, Kernel
    from ipymod.launchers import Surroundings

_COMMANDS = ("pip", "pip3", "python", "python3", "jupyter", "conda")
_VARIABLES = ("VIRTUAL_ENV", "CONDA_PREFIX")


def own_shelves(kernel: Kernel) -> list[Shelf]:
    """The directories that the kernel imports from, in the order of its path."""
    version = _short(kernel.version)
    return [Shelf(place, kernel.prefix, version) for place in _directories(kernel)]


def other_shelves(kernel: Kernel, here: Surroundings) -> list[Shelf]:
    """The directories of all environments reached from here, each once, with the ways to it."""
    own = {os.path.realpath(place) for place in _directories(kernel)}
    shelves: dict[str, Shelf] = {}
    for environment, via in _environments(kernel, here):
        version = _short(environment.version)
        for place in environment.site:
            _add(shelves, own, Shelf(place, environment.prefix, version, (via,)))
    for place, version in _user_places(here):
        _add(shelves, own, Shelf(place, "", version, (f"the user's packages of {version}",)))
    return list(shelves.values())


def _directories(kernel: Kernel) -> list[str]:
    """The entries of `sys.path` that are directories, the working directory among them."""
    entries = (os.path.join(kernel.cwd, entry) for entry in kernel.path)
    return [entry for entry in dict.fromkeys(entries) if files.kind(entry) == "directory"]


def _add(shelves: dict[str, Shelf], own: set[str], shelf: Shelf) -> None:
    real = os.path.realpath(shelf.place)
    if real in shelves:
        known = shelves[real]
        known.via = tuple(dict.fromkeys((*known.via, *shelf.via)))
    elif real not in own and files.kind(real) == "directory":
        shelves[real] = shelf


def _environments(kernel: Kernel, here: Surroundings) -> Iterator[tuple[Environment, str]]:
    """Each environment and the way to it; those of commands first, as people type them."""
    for name in _COMMANDS:
        found = command(name, here)
        if found and found.environment:
            yield found.environment, f"`{name}` on PATH"
    for variable in _VARIABLES:
        yield from _in_prefix(here.variables.get(variable, ""), variable, here)
    project = gather_project(kernel, here)
    for each in project.environments if project else ():
        yield from _in_prefix(each.prefix, f"the project {project.name}", here)  # type: ignore[union-attr]  # it has some
    yield from _of_kernelspecs(kernel, here)


def _in_prefix(prefix: str, via: str, here: Surroundings) -> Iterator[tuple[Environment, str]]:
    python = interpreter_of(prefix) if prefix else None
    if python:
        yield environment_of(python, here), via


def _of_kernelspecs(kernel: Kernel, here: Surroundings) -> Iterator[tuple[Environment, str]]:
    from ipymod.survey.kernels import gather_kernelspecs

    kernelspecs = gather_kernelspecs(kernel, here)
    for spec in kernelspecs.specs if kernelspecs else ():
        if spec.command and spec.command.environment:
            yield spec.command.environment, f"the kernelspec {spec.name}"


def _user_places(here: Surroundings) -> Iterator[tuple[str, str]]:
    """The user's directories of packages of all versions, newest first, and the version."""
    if here.windows:
        base = os.path.join(here.variables.get("APPDATA") or here.home, "Python")
        below = "site-packages"
    else:
        base, below = os.path.join(here.home, ".local", "lib"), "site-packages"
    for pattern, place, inside in (
        (r"[Pp]ython(\d)\.?(\d+)", base, below),
        (r"(\d)\.(\d+)", os.path.join(here.home, "Library", "Python"), "lib/python/site-packages"),
    ):
        matches = (re.fullmatch(pattern, name) for name in files.names(place))
        found = sorted((int(m[1]), int(m[2]), m[0]) for m in matches if m)
        for major, minor, name in reversed(found):
            yield os.path.join(place, name, *inside.split("/")), f"{major}.{minor}"


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])
