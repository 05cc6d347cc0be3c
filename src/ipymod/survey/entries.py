"""GATHER: one entry of `sys.path`, listed once and looked into only where it is asked for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.launchers.unread import note
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FILES = 20_000  # of one entry; a folder of data may hold millions
MOST_OPENED = 300  # of one kind in one entry
_RECORD_SIZE = 4_000_000
_INFO = pattern(r"(?P<name>[^-]+)-(?P<version>[^-]+)(?:-.*)?\.(?:dist-info|egg-info|egg)")
_MODULE_ENDS = (".py", ".so", ".pyd")
_COMPILED = pattern(r"\.(?:cpython-|cp)(\d)(\d+)[a-z]*-.*\.(?:so|pyd)")
_TAG = pattern(rb"(?m)^Tag: cp(\d)(\d+)-cp\d")  # not abi3, which later Pythons can use


@dataclass
class Entry:
    """An entry of `sys.path`; what it is called comes while it is examined.

    Attributes:
        text: as it stands in `sys.path`.
        cwd: the working directory, to which it may be relative.
        role: as in `ipymod.facts.imports.PathEntry`.
        origin: likewise.
    """

    text: str
    cwd: str
    role: str = "other"
    origin: str = ""

    @cached_property
    def directory(self) -> str:
        """Where it is, links not followed."""
        return os.path.join(self.cwd, self.text) if self.text else self.cwd

    @cached_property
    def place(self) -> str:
        """The same, so that it can be compared."""
        return normal(self.directory)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What lies in it, sorted; nothing if it cannot be listed."""
        try:
            with os.scandir(self.directory) as content:
                return tuple(sorted(item.name for item in islice(content, MOST_FILES)))
        except (OSError, ValueError) as error:
            note(self.directory, error)
            return ()

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names that could be modules; `module` tells whether they are."""
        return frozenset(_candidates(self.names))

    @cached_property
    def infos(self) -> dict[str, str]:
        """The folders of metadata, by normalised name."""
        return {name: info for name, _, info in self._described}

    @cached_property
    def distributions(self) -> dict[str, str]:
        """What is installed here, normalised name to version."""
        return {name: version for name, version, _ in self._described}

    @cached_property
    def _described(self) -> tuple[tuple[str, str, str], ...]:
        found = ((_INFO.fullmatch(name), name) for name in self.names if "-" in name)
        return tuple((plain(m["name"]), m["version"], name) for m, name in found if m)

    def module(self, name: str, *, listed: bool = True) -> str:
        """The file of a module or the folder of a package, as the import system picks it.

        Args:
            name: of a top-level module.
            listed: look only at what `names` has; False saves listing a large directory.

        Returns:
            Empty if there is none, or only a folder without `__init__`.
        """
        if listed and name not in self.modules:
            return ""
        path = os.path.join(self.directory, name)
        if any(os.path.isfile(os.path.join(path, f"__init__{end}")) for end in (".py", ".pyc")):
            return path
        ends = (file[len(name) :] for file in self.names if file.startswith(name + "."))
        found = sorted(end for end in ends if end.endswith(_MODULE_ENDS)) if listed else [".py"]
        return next((path + end for end in found if os.path.isfile(path + end)), "")

    def namespace(self, name: str) -> str:
        """The folder of that name, with or without `__init__`; empty if there is none."""
        path = os.path.join(self.directory, name)
        return path if name in self.modules and os.path.isdir(path) else ""

    def installer(self, file: str) -> str:
        """What installed a file or folder here, as `numpy 1.26.0`; empty if nothing is known."""
        name = os.path.basename(file)
        alike = plain(name.partition(".")[0])
        if alike in self.distributions:
            return f"{alike} {self.distributions[alike]}"
        line = re.compile(rb"(?m)^%b[/,]" % re.escape(os.fsencode(name)))
        for dist, info in islice(self.infos.items(), MOST_OPENED):
            record = files.head(os.path.join(self.directory, info, "RECORD"), _RECORD_SIZE)
            if record and line.search(record):
                return f"{dist} {self.distributions[dist]}"
        return ""


def _candidates(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        stem, dot, _ = name.partition(".")
        if not dot or name.endswith(_MODULE_ENDS):
            yield stem


def tags_of(entry: Entry) -> set[str]:
    """The versions of Python that something compiled in the entry was made for."""
    found = {f"{m[1]}.{m[2]}" for name in entry.names if (m := _COMPILED.search(name))}
    for info in islice(entry.infos.values(), MOST_OPENED):
        wheel = files.head(os.path.join(entry.directory, info, "WHEEL")) or b""
        found |= {f"{m[1].decode()}.{m[2].decode()}" for m in _TAG.finditer(wheel)}
    return found


def plain(name: str) -> str:
    """The normalised name of a distribution."""
    return re.sub(r"[-_.]+", "-", name).lower()


def normal(path: str) -> str:
    """A path that can be compared with others; links are not followed."""
    return os.path.normcase(os.path.normpath(path))


def same_place(one: str, other: str) -> bool:
    """Whether two paths lead to the same place, links followed."""
    try:
        return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
    except (OSError, ValueError):
        return False
