"""GATHER: which distributions in the directories of packages changed since a moment."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.facts.live import Needs
from ipymod.launchers import files
from ipymod.patterns import pattern
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel

_INFO = pattern(r"([^-]+)-([^-]+)(?:-.*)?\.(?:dist-info|egg-info)")
_ENOUGH = 1 << 23  # bytes; the longest RECORD known has 3 MB
_REQUIRES = pattern(
    r"^Requires-Dist:\s*([\w.-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;)\n]*)\)?([^\n]*)$", re.MULTILINE
)
_MARKER = pattern(r"\s*\(*python_version\s*([<>=!]=?)\s*[\"']([\d.]+)[\"']\)*\s*")


class Distribution:
    """An installed distribution, as far as the name of its metadata tells it."""

    def __init__(self, place: str, info: str, name: str, version: str) -> None:
        self.place = place
        self.info = info
        self.name = name
        self.version = version

    def changed_since(self, moment: float) -> bool:
        """Whether it was installed later; hard links and archives keep `mtime`, never `ctime`."""
        try:
            stat = os.stat(os.path.join(self.place, self.info))
        except OSError:
            return False
        return max(stat.st_ctime, stat.st_mtime) > moment

    def owns(self, module: str, file: str) -> bool:
        """Whether a module that lies in that file is its own."""
        below = file.removeprefix(os.path.join(self.place, "")).replace(os.sep, "/")
        return below in self._paths or module in self._tops

    @cached_property
    def _paths(self) -> frozenset[str]:
        record = files.head(os.path.join(self.place, self.info, "RECORD"), _ENOUGH) or b""
        lines = files.decoded(record).splitlines()
        return frozenset(line.rsplit(",", 2)[0].strip('"') for line in lines)

    @cached_property
    def _tops(self) -> frozenset[str]:
        """Its modules, as it may have none of its old files left; a namespace is not its own."""
        named = files.text(os.path.join(self.place, self.info, "top_level.txt")).split()
        single = [path for path in self._paths if path.endswith((".py", ".so", ".pyd"))]
        own = {path.partition(".")[0] for path in single if "/" not in path}
        own |= {path.removesuffix("/__init__.py").replace("/", ".") for path in self._paths}
        return frozenset({*named, *own} - {""})

    def needs(self, python: str) -> Iterator[Needs]:
        """What it requires on a version of Python, extras left out."""
        path = os.path.join(self.place, self.info)
        texts = (files.text(os.path.join(path, name), 65536) for name in ("METADATA", "PKG-INFO"))
        head = next(filter(None, texts), "").partition("\n\n")[0]
        for name, specifier, marker in _REQUIRES.findall(head):
            if _is_met(marker.strip().removeprefix(";"), python):
                yield Needs(self.name, self.version, normalised(name), specifier.replace(" ", ""))


class Folder:
    """A directory of packages."""

    def __init__(self, place: str, started: float) -> None:
        self.place = place
        self.beginning = os.path.join(place, "")
        self._started = started

    @cached_property
    def distributions(self) -> dict[str, Distribution]:
        """What is installed there, by normalised name."""
        matches = (_INFO.fullmatch(name) for name in files.names(self.place))
        return {
            normalised(match[1]): Distribution(self.place, match[0], match[1], match[2])
            for match in matches
            if match
        }

    @cached_property
    def changed(self) -> list[Distribution]:
        """Those that were installed since the kernel started; none if that is unknown."""
        if not self._started:
            return []
        every = self.distributions.values()
        return [each for each in every if each.changed_since(self._started)]


def folders_of(kernel: Kernel) -> list[Folder]:
    """The directories on the kernel's path in which distributions lie."""
    every = (Folder(place, kernel.started) for place in dict.fromkeys(kernel.path) if place)
    return [folder for folder in every if folder.distributions]


def _is_met(marker: str, python: str) -> bool:
    """Whether a requirement applies; one with a marker that we do not understand does not."""
    return all(_holds(part, python) for part in re.split(r"\s+and\s+", marker)) if marker else True


def _holds(part: str, python: str) -> bool:
    match = _MARKER.fullmatch(part)
    if not match:
        return False
    own, other = (
        tuple(int(number) for number in text.split(".")[:2]) for text in (python, match[2])
    )
    return {
        "<": own < other,
        "<=": own <= other,
        "==": own == other,
        "!=": own != other,
        ">=": own >= other,
        ">": own > other,
    }.get(match[1], False)
