"""GATHER: the files that a shell finds by a name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.launchers import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers.surroundings import Surroundings

_EXTENSIONS = ".COM;.EXE;.BAT;.CMD"  # what Windows itself assumes where PATHEXT is not set


def find_on_path(name: str, surroundings: Surroundings) -> list[str]:
    """All files that the name could mean, in the order of PATH, like `which -a`.

    A directory is asked once, under the name that comes first, even if PATH lists it again
    through a link (`/bin` beside `/usr/bin`). A name with a slash is looked up as it is.
    """
    if _has_directory(name, surroundings):
        return list(_hits(surroundings.absolute(name), surroundings))
    found, seen = [], set()
    for directory in _directories(surroundings):
        hits = list(_hits(os.path.join(directory, name), surroundings))
        if hits and (real := os.path.realpath(directory)) not in seen:
            seen.add(real)
            found += hits
    return found


def first_on_path(name: str, surroundings: Surroundings) -> str | None:
    """The file that a shell would start; None if there is none."""
    if _has_directory(name, surroundings):
        return next(_hits(surroundings.absolute(name), surroundings), None)
    for directory in _directories(surroundings):
        for hit in _hits(os.path.join(directory, name), surroundings):
            return hit
    return None


def silent_before(path: str, surroundings: Surroundings) -> str:
    """The entry of PATH that does not answer and comes before a file's; empty if none does."""
    for entry in surroundings.path:
        directory = surroundings.absolute(entry)
        if directory in surroundings.silent:
            return directory
        if directory == os.path.dirname(path):
            break
    return ""


def is_executable(path: str, surroundings: Surroundings) -> bool:
    """Whether a shell would start the file: it is one, and may be executed."""
    if files.kind(path) != "file":
        return False
    return surroundings.windows or os.access(path, os.X_OK)


def _has_directory(name: str, surroundings: Surroundings) -> bool:
    return "/" in name or (surroundings.windows and "\\" in name)


def _directories(surroundings: Surroundings) -> Iterator[str]:
    """PATH as absolute directories; Windows looks into the working directory before."""
    windows = surroundings.windows
    if windows and "NoDefaultCurrentDirectoryInExePath" not in surroundings.variables:
        yield surroundings.cwd
    for entry in dict.fromkeys(surroundings.path):
        plain = entry.strip('"') if windows else entry
        if plain or not windows:
            directory = surroundings.absolute(plain) if plain else surroundings.cwd
            if directory not in surroundings.silent:
                yield directory


def _hits(path: str, surroundings: Surroundings) -> Iterator[str]:
    """The path, or on Windows the path with each extension that makes it a command."""
    if not surroundings.windows:
        candidates = [path]
    else:
        known = surroundings.variables.get("PATHEXT") or _EXTENSIONS
        extensions = [extension.lower() for extension in known.split(";") if extension]
        as_it_is = [path] if os.path.splitext(path)[1].lower() in extensions else []
        candidates = as_it_is + [path + extension for extension in extensions]
    yield from (each for each in candidates if is_executable(each, surroundings))
