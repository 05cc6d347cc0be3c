"""GATHER: what is installed and what is loaded at one moment."""

from __future__ import annotations

import os
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.refresh.content import Signature, content, signature
from ipymod.refresh.installed import Installed, installed_in
from ipymod.refresh.loaded import Loaded, loaded_modules, of_owner, with_digest
from ipymod.refresh.sites import base_directories, paths_of, site_directories, user_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SETTLED = 2_000_000_000  # nanoseconds: the coarsest clock of a file system
_STANDARD = os.path.dirname(os.__file__)


@dataclass(frozen=True)
class Pth:
    """A `.pth` file.

    Attributes:
        place: its directory.
        name: its name there.
        signature: changes whenever it is written.
        content: its bytes.
    """

    place: str
    name: str
    signature: Signature
    content: bytes


@dataclass(frozen=True)
class Folder:
    """A directory that is imported from.

    Attributes:
        place: the directory.
        signature: changes whenever something is put there or taken away.
        settled: whether that can be relied on; not if it changed in this tick of the clock.
        installed: the distributions there.
        pths: its `.pth` files in the order of start-up; none where Python does not look for them.
    """

    place: str
    signature: Signature
    settled: bool
    installed: tuple[Installed, ...]
    pths: tuple[Pth, ...]


@dataclass(frozen=True)
class Snapshot:
    """What is installed and loaded.

    Attributes:
        path: `sys.path`.
        folders: the directories on it, those that it would have after a start included.
        loaded: the modules, by name.
        told: those of which it was already said that their files changed.
    """

    path: tuple[str, ...]
    folders: tuple[Folder, ...]
    loaded: Mapping[str, Loaded]
    told: frozenset[str] = frozenset()

    @cached_property
    def installed(self) -> dict[str, Installed]:
        """The distributions by normalised name; the first on the path of each name."""
        found: dict[str, Installed] = {}
        for folder in self.folders:
            inside: dict[str, Installed] = {}
            for each in folder.installed:
                other = inside.get(each.name)  # what a broken upgrade left is the older one
                if other is None or other.signature[-1:] < each.signature[-1:]:
                    inside[each.name] = each
            found = inside | found
        return found

    @cached_property
    def pths(self) -> dict[tuple[str, str], Pth]:
        """All `.pth` files, in the order of start-up."""
        return {(each.place, each.name): each for folder in self.folders for each in folder.pths}


def snapshot(
    path: Sequence[str], modules: Mapping[str, Any], earlier: Snapshot | None = None
) -> Snapshot:
    """Look at the directories of packages, and at what is loaded.

    Args:
        path: `sys.path`.
        modules: `sys.modules`.
        earlier: an older one of this process: modules keep the files that it saw them loaded
            from, and directories that did not change are not read again.
    """
    known = {folder.place: folder for folder in earlier.folders} if earlier else {}
    folders = tuple(_folders(path, known))
    before = earlier.loaded if earlier else {}
    loaded = loaded_modules(modules, tuple(site_directories()), before)
    same = [name for name, each in loaded.items() if before.get(name) is each]
    now = Snapshot(
        tuple(path),
        folders,
        loaded,
        earlier.told.intersection(same) if earlier else frozenset(),
    )
    return _pinned(earlier, now, same) if earlier else now


def untouched(before: Snapshot) -> bool:
    """Whether surely nothing was installed since then; it takes a few microseconds.

    False for a moment after an install, even if the snapshot is newer.
    """
    user = user_directory()
    return (not user or user in (f.place for f in before.folders) or not os.path.isdir(user)) and (
        all(each.settled and signature(each.place) == each.signature for each in before.folders)
    )


def moved(before: Snapshot, now: Snapshot) -> dict[str, tuple[Installed | None, Installed | None]]:
    """The distributions that were installed, replaced or removed, by name: before, and now."""
    old, new = before.installed, now.installed
    return {
        name: (old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if not _are_one(old.get(name), new.get(name))
    }


def _are_one(old: Installed | None, new: Installed | None) -> bool:
    """Whether it was not even installed again."""
    if old is None or new is None or old is new:
        return old is new
    return (old.place, old.info, old.signature) == (new.place, new.info, new.signature)


def _pinned(earlier: Snapshot, now: Snapshot, same: Iterable[str]) -> Snapshot:
    """Note the hashes of loaded modules whose lists are gone or will be."""
    loaded = dict(now.loaded)
    kept = [loaded[name] for name in same]
    olds = [old for old, _ in moved(earlier, now).values() if old]
    for old in olds if kept else ():
        for module, below in of_owner(old, kept):
            loaded[module.name] = with_digest(module, old, below)
    return Snapshot(now.path, now.folders, loaded, now.told)


def _folders(path: Sequence[str], known: Mapping[str, Folder]) -> Iterator[Folder]:
    sites = set(site_directories())
    seen: set[tuple[int, ...]] = set()
    queue = _with_user(path)
    while queue:
        place = queue.pop(0)
        told = signature(place)
        if not told or told[:2] in seen or place.startswith(_STANDARD + os.sep + "lib-dynload"):
            continue
        seen.add(told[:2])  # /lib64 may be /lib
        folder = _folder(place, told, known.get(place), is_site=place in sites)
        if folder:
            yield folder
            queue += [each for pth in folder.pths for each in paths_of(place, pth.content)]


def _with_user(path: Sequence[str]) -> list[str]:
    """The directories that a start would import from; the user's own may be new."""
    places = [each for each in path if os.path.isabs(each) and each != _STANDARD]
    user = user_directory()
    if user and user not in places:
        base = base_directories()
        first = (index for index, each in enumerate(places) if each in base)
        places.insert(next(first, len(places)), user)
    return places


def _folder(place: str, told: Signature, known: Folder | None, *, is_site: bool) -> Folder | None:
    if known and known.settled and known.signature == told:
        return known
    now = time.time_ns()
    try:
        names = sorted(os.listdir(place))
    except OSError:  # an archive, or it may not be read
        return None
    return Folder(
        place,
        told,
        now - told[-1] > _SETTLED,
        tuple(installed_in(place, names)),
        tuple(_pths(place, names)) if is_site else (),
    )


def _pths(place: str, names: Iterable[str]) -> Iterator[Pth]:
    for name in names:
        if name.endswith(".pth") and not name.startswith("."):
            path = os.path.join(place, name)
            told = signature(path)
            if told:
                yield Pth(place, name, told, content(path, 1 << 20))
