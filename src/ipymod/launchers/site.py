"""GATHER: the directories that a Python imports packages from, by the rules of its `site`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers.home import Home
    from ipymod.launchers.surroundings import Surroundings


@dataclass(frozen=True)
class Base:
    """What decides where packages lie: the home, the version as `3.12`, whose rules hold."""

    home: Home
    version: str
    around: Surroundings


def packages_of(base: Base, prefix: str, *, virtual: bool = False) -> Iterator[str]:
    """The directories of packages of a prefix, the one that pip fills first.

    Args:
        base: the base of the interpreter.
        prefix: its own prefix or that of its base.
        virtual: whether the prefix is a virtual environment.
    """
    if base.around.windows:
        yield os.path.join(prefix, "Lib", "site-packages")
        return
    name = base.home.name
    if not virtual and os.path.isdir(os.path.join(prefix, "lib", "python3", "dist-packages")):
        yield from _debian(prefix, name)
        return
    if base.home.library.startswith("lib64") and not virtual:  # Fedora and its kin
        local = os.path.join(prefix, "local")
        yield from (
            os.path.join(top, lib, name, "site-packages")
            for top in (local, prefix)
            for lib in ("lib", "lib64")
        )
        return
    yield os.path.join(prefix, "lib", name, "site-packages")


def _debian(prefix: str, name: str) -> Iterator[str]:
    yield os.path.join(prefix, "local", "lib", name, "dist-packages")
    yield os.path.join(prefix, "lib", "python3", "dist-packages")
    yield os.path.join(prefix, "lib", name, "dist-packages")


def user_packages(base: Base, ignores: str) -> str:
    """The user's directory of packages, whether it exists or not; empty if Python looks nowhere.

    Args:
        base: the base of the interpreter.
        ignores: the letters of `isolation`.
    """
    variables = {} if "E" in ignores else base.around.variables
    if variables.get("PYTHONNOUSERSITE") or not base.version:
        return ""
    place = variables.get("PYTHONUSERBASE", "")
    return _user_place(base, base.around.absolute(place) if place else "")


def _user_place(base: Base, place: str) -> str:
    """Below the base that was set, or else below the home directory."""
    home, around = base.around.home, base.around
    if around.windows:
        default = os.path.join(around.variables.get("APPDATA") or home, "Python")
        folder = "Python" + base.version.replace(".", "")
        return os.path.join(place or default, folder, "site-packages")
    if around.system == "Darwin" and ".framework/" in base.home.prefix + "/":
        default = os.path.join(home, "Library", "Python", base.version)
        return os.path.join(place or default, "lib", "python", "site-packages")
    folder = base.home.name
    return os.path.join(place or os.path.join(home, ".local"), "lib", folder, "site-packages")
