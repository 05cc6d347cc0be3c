"""GATHER: the compiled files that a process has mapped and that are gone from the disk.

Linux marks them in `/proc/PID/maps`. An installer may have put the very same bytes back, so what
is in memory is compared with what lies there now.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_OF_MAPS = 1 << 24  # bytes; a process with 10,000 mappings has a megabyte
_MOST_OF_CODE = 1 << 20  # bytes of a file that are compared
_LINE = pattern(
    r"^([0-9a-f]+)-([0-9a-f]+) (r.[x-]p) ([0-9a-f]+) \S+ \d+ +(/.*\.so[^/]*) \(deleted\)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Mapping:
    """A deleted file in memory.

    Attributes:
        path: as Linux names it, which is where it was when it was deleted.
        parts: start in memory, offset in the file and length of what no relocation changes.
    """

    path: str
    parts: tuple[tuple[int, int, int], ...]


def deleted_mappings(process: str) -> list[Mapping]:
    """The deleted shared libraries of a process such as `/proc/self`; none without its maps."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    text = _read(f"{process}/maps")
    for match in _LINE.finditer(text) if " (deleted)\n" in text else ():
        start, end, offset = (int(match[group], 16) for group in (1, 2, 4))
        parts = found.setdefault(match[5], [])
        # Data that is only readable may have been relocated; the beginning and the code are not.
        if match[3][2] == "x" or offset == 0:
            parts.append((start, offset, min(end - start, _MOST_OF_CODE)))
    return [Mapping(path, tuple(parts)) for path, parts in found.items()]


def same_bytes(mapping: Mapping, path: str, process: str) -> bool | None:
    """Whether a file holds what is mapped; None if the memory cannot be read."""
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115  closed below
    except OSError:
        return False
    try:
        with file, open(f"{process}/mem", "rb", buffering=0) as memory:
            return all(_equal(memory.fileno(), file.fileno(), part) for part in mapping.parts)
    except (OSError, OverflowError):
        return None


def _equal(memory: int, file: int, part: tuple[int, int, int]) -> bool:
    start, offset, length = part
    if sys.platform == "win32":  # it has no such maps
        return True
    on_disk = os.pread(file, length, offset)
    return bool(on_disk) and os.pread(memory, len(on_disk), start) == on_disk


def places_before(path: str, names: Iterable[str]) -> Iterator[str]:
    """Where a deleted file could have been before pip renamed its folder, of these names.

    pip calls `name` `~ame`, `~-me` or `~name` until it is gone; other paths stay as they are.
    """
    match = re.match(r"(.*/)(~[^/]*)(/.*)?$", path)
    if not match:
        yield path
        return
    rest = match[2].lstrip("~-.=%0123456789")
    for name in names:
        if rest and name.endswith(rest) and len(match[2]) in {len(name), len(match[2])}:
            yield f"{match[1]}{name}{match[3] or ''}"


def _read(path: str) -> str:
    """A file of /proc, which gives a page at a time; empty if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_OF_MAPS).decode("utf-8", "surrogateescape")
    except OSError:
        return ""
