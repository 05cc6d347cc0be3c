"""JUDGE: the lines of a file of requirements, as pip reads them on Binder's Linux."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ipymod.binder.image import ON_PYPI
from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.binder.facts import File

_OPTION = pattern(r"(-r|-c|-e|--requirement|--constraint|--editable)(?:[ =]+|(?<=-[rce]))(\S.*)")
_NAME = pattern(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)")
_EGG = pattern(r"[#&]egg=([A-Za-z0-9._-]+)")
_ARCHIVE = (".whl", ".zip", ".tar.gz", ".tar.bz2", ".tgz")
_CONDA = pattern(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)")
_MEANINGS = {"-r": "include", "-c": "constraint", "-e": "install", "--requirement": "include"}
_MEANINGS |= {"--constraint": "constraint", "--editable": "install"}
_ON_LINUX = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
    "extra": "",
}


@dataclass(frozen=True)
class Requirement:
    """One requirement.

    Attributes:
        file: that it stands in, from the root.
        line: of that file, from 1.
        text: as it is written.
        name: as PEP 503 compares it; empty where only a place is told.
        place: a URL, or a path as it is written; empty for a name on an index.
        meaning: `install`, `include` or `constraint`.
        pinned: whether a version is told.
        holds: whether its marker holds on Linux.
        by_conda: whether conda installs it.
    """

    file: str
    line: int
    text: str
    name: str = ""
    place: str = ""
    meaning: str = "install"
    pinned: bool = False
    holds: bool = True
    by_conda: bool = False

    @property
    def path(self) -> str:
        """The path that it names in the repository, as it is written; empty if it is none."""
        place = self.place.removeprefix("file:")
        is_far = "://" in place or place.startswith(("git+", "hg+", "svn+", "bzr+"))
        return "" if is_far or place.startswith("//") else place.partition("#")[0]


def read(file: File, python: str = "") -> Iterator[Requirement]:
    """The requirements in a file.

    Args:
        file: the file.
        python: the version that markers speak of: `3.11`.
    """
    for number, line in _joined(file.plain):
        found = of_line(line, file.path, number, python)
        if found:
            yield found


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """The lines, with those that a backslash continues joined, and the number of the first."""
    begun, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        if line.endswith("\\"):
            begun += line[:-1]
            continue
        yield start, begun + line
        begun, start = "", 0
    if begun:
        yield start, begun


def of_line(line: str, file: str, number: int, python: str = "") -> Requirement | None:
    """What a line asks for; None where it asks for nothing."""
    text = re.sub(r"(^|\s)#.*", "", line).strip()
    if not text:
        return None
    option = _OPTION.fullmatch(text)
    if text.startswith("-") and not option:
        return None
    rest = option[2].strip().strip("\"'") if option else text
    meaning = _MEANINGS[option[1]] if option else "install"
    if meaning != "install":
        return Requirement(file, number, text, "", rest, meaning)
    return _installed(rest, Requirement(file, number, text), python)


def _installed(rest: str, base: Requirement, python: str) -> Requirement:
    rest = re.split(r"\s--", rest, maxsplit=1)[0]
    bare, _, marker = rest.partition(" ;" if "://" in rest else ";")
    holds = _holds(marker.strip(), python)
    where = (base.file, base.line, base.text)
    name, at, place = bare.partition(" @ ") if " @ " in bare else bare.partition("@")
    if at and re.fullmatch(r"[A-Za-z0-9._-]+(\[.*\])?", name.strip()):
        told = normalised(name.partition("[")[0].strip())
        return Requirement(*where, told, place.strip(), pinned=True, holds=holds)
    if _is_place(bare):
        egg = _EGG.search(bare)
        place = re.sub(r"\[[^\]]*\]$", "", bare.strip())
        return Requirement(*where, normalised(egg[1]) if egg else "", place, holds=holds)
    match = _NAME.fullmatch(bare.strip())
    if not match:
        return Requirement(*where, holds=holds)
    return Requirement(*where, normalised(match[1]), pinned=bool(match[3]), holds=holds)


def _is_place(text: str) -> bool:
    drive = re.match(r"[A-Za-z]:[\\/]", text)
    return bool(drive) or "://" in text or text.startswith((".", "/", "file:")) or _is_archive(text)


def _is_archive(text: str) -> bool:
    return "/" in text or text.strip().endswith(_ARCHIVE)


def _holds(marker: str, python: str) -> bool:
    """Whether a marker holds; what cannot be told does."""
    if not marker:
        return True
    from ipymod.survey.packages.requirements import Marker, Unusual  # not light, and markers rare

    versions = {"python_version": python, "python_full_version": f"{python}.0"} if python else {}
    try:
        return Marker(marker, _ON_LINUX | versions).holds()
    except (Unusual, KeyError):
        return True


def of_conda(text: str, file: str, line: int) -> Requirement | None:
    """What a line of conda's dependencies asks for."""
    match = _CONDA.fullmatch(text.strip())
    if not match:
        return None
    name = normalised(match[1])
    known = ON_PYPI.get(name, name)
    return Requirement(file, line, text, known, pinned=bool(match[2]), by_conda=True)


def included(requirement: Requirement) -> str:
    """The path, from the root, of the file that a line includes; its own folder counts."""
    folder = posixpath.dirname(requirement.file)
    return posixpath.normpath(posixpath.join(folder, requirement.place.replace("\\", "/")))
