"""GATHER: the distributions in a directory of packages, by their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.survey.packages import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts.packages import Distribution
    from ipymod.survey.packages.folder import Folder, Signature
    from ipymod.survey.packages.metadata import Metadata

_MOST = 10_000  # distributions that are remembered


@dataclass(frozen=True)
class Found:
    """Metadata together with the directory that they were found in."""

    metadata: Metadata
    folder: Folder

    @property
    def distribution(self) -> Distribution:
        """The fact."""
        return self.metadata.distribution

    def record(self) -> bytes:
        """Its list of files, read anew: it is large, and only suspects are asked for it."""
        return metadata.record_of(self.folder, self.distribution.folder)


class Memory:
    """What was read before, by the signatures of the files that it was read from."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[Signature, Metadata | None]] = {}

    def of_wheel(self, folder: Folder, info: str, *, conda: bool) -> Metadata | None:
        """The same as reading it; only files that changed since then are read."""
        key = folder.path, info
        # Others are never written to: an installer replaces them, which changes their folder.
        written = ("RECORD", "INSTALLER") if conda else ("RECORD",)
        signature = folder.signature(info, *(f"{info}/{name}" for name in written))
        known = self._known.get(key)
        if known and signature and known[0] == signature:
            return known[1]
        told = metadata.of_wheel(folder, info, conda=conda)
        if signature and len(self._known) < _MOST:
            self._known[key] = signature, told
        return told


_MEMORY = Memory()


def found_in(folder: Folder, *, conda: bool) -> Iterator[Found]:
    """All distributions of a directory, several of a name included.

    Args:
        folder: the directory.
        conda: whether conda manages it: it changes INSTALLER and leaves RECORD as it was.
    """
    names = sorted(folder.names)
    wheels = (name for name in names if name.endswith(".dist-info"))
    told = [_MEMORY.of_wheel(folder, name, conda=conda) for name in wheels]
    told += [metadata.of_egg(folder, name) for name in names if name.endswith(".egg-info")]
    if folder.path.endswith(".egg") and "EGG-INFO" in folder.names:
        told.append(metadata.of_egg(folder, "EGG-INFO"))
    return (Found(each, folder) for each in told if each)
