"""GATHER: what is installed and what is loaded at one moment."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.refresh.folders import Folder, Pth, folders_on
from ipymod.refresh.installed import Installed
from ipymod.refresh.loaded import Loaded, loaded_modules, of_owner, with_digest
from ipymod.refresh.sites import site_directories

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipymod.refresh.content import Row
    from ipymod.refresh.imports import Imports

Moved = tuple[Installed | None, Installed | None]
"""A distribution before, and now."""


@dataclass(frozen=True)
class Snapshot:
    """What is installed and loaded.

    Attributes:
        path: `sys.path`.
        folders: the directories on it, those that it would have after a start included.
        loaded: the modules, by name.
        told: those of which it was already said that their files changed, and such libraries.
    """

    path: tuple[str, ...]
    folders: tuple[Folder, ...]
    loaded: Mapping[str, Loaded]
    told: frozenset[str] = frozenset()

    @cached_property
    def installed(self) -> dict[str, Installed]:
        """The distributions by normalised name; the first on the path of each name."""
        return _installed(self.folders)

    @cached_property
    def pths(self) -> dict[tuple[str, str], Pth]:
        """All `.pth` files, in the order of start-up."""
        return {(each.place, each.name): each for folder in self.folders for each in folder.pths}

    @cached_property
    def watched(self) -> tuple[Folder, ...]:
        """The directories in which something may be installed: not the sources of editable ones."""
        sources = {each for pth in self.pths.values() for each in pth.paths}
        return tuple(each for each in self.folders if each.installed or each.place not in sources)

    @cached_property
    def places(self) -> frozenset[object]:
        """What `sys.path` may hold without that anything was added to it."""
        return frozenset([*self.path, *(each.place for each in self.folders)])


def snapshot(
    path: Sequence[str], modules: Mapping[str, Any], earlier: Snapshot | None = None
) -> Snapshot:
    """Look at the directories of packages, and at what is loaded.

    Args:
        path: `sys.path`.
        modules: `sys.modules`.
        earlier: an older one of this process: modules keep the files that it saw them loaded
            from.
    """
    before = earlier.loaded if earlier else {}
    loaded = loaded_modules(modules, _sites(), before)
    now = Snapshot(tuple(path), tuple(folders_on(path)), loaded)
    if not earlier:
        return now
    gone = left_behind(earlier, now, path)  # what lies there is imported no more in a moment
    folders = tuple(each for each in now.folders if each.place not in gone) if gone else now.folders
    same = [name for name, each in loaded.items() if before.get(name) is each]
    told = earlier.told - (loaded.keys() - same)
    now = Snapshot(now.path, folders, loaded, told)
    return Snapshot(now.path, folders, _pinned(earlier, now, same), now.told)


def seen(
    last: Snapshot, path: Sequence[str], modules: Mapping[str, Any], imports: Imports
) -> Snapshot:
    """The last snapshot, with what was loaded since then.

    As long as nothing is installed, a module was loaded from the files that the snapshot knows;
    once something is, `after` tells who was loaded before. So it is to be asked after each cell,
    and takes a microsecond after one that imported nothing.
    """
    if not imports.began or not untouched(last, path):
        return last
    asked = {name: modules[name] for name in imports.taken() if name in modules}
    found = loaded_modules(asked, _sites(), last.loaded)
    new = {name: each for name, each in found.items() if last.loaded.get(name) is not each}
    if not new:
        return last
    return Snapshot(last.path, last.folders, {**last.loaded, **new}, last.told - new.keys())


def untouched(before: Snapshot, path: Sequence[str] = ()) -> bool:
    """Whether nothing was installed or removed since then, and nothing was added to `sys.path`."""
    if not all(each in before.places for each in path if isinstance(each, str)):
        return False
    return all(each.is_as_it_was for each in before.watched)


def moved(before: Snapshot, now: Snapshot) -> dict[str, Moved]:
    """The distributions that were installed, replaced or removed, by name: before, and now."""
    old, new = before.installed, now.installed
    by_hand = _by_hand(before, now)
    if by_hand:
        old = _installed(each for each in before.folders if each.place not in by_hand)
        new = _installed(each for each in now.folders if each.place not in by_hand)
    return {
        name: (old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if not _are_one(old.get(name), new.get(name))
    }


def left_behind(before: Snapshot, now: Snapshot, path: Sequence[str]) -> list[str]:
    """What `.pth` files had put on `sys.path`, and none names any more."""
    kept = set(_named(now))
    named = [(pth.place, each) for pth in before.pths.values() for each in pth.paths]
    gone = dict.fromkeys(each for place, each in named if _stands_after(each, place, path))
    return [each for each in gone if each not in kept]


def _named(snapshot: Snapshot) -> Iterator[str]:
    """What has a reason to be on `sys.path`, beside what somebody put there by hand."""
    yield from (folder.place for folder in snapshot.folders if folder.pths)
    for pth in snapshot.pths.values():
        yield from pth.paths
    for each in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        yield os.path.abspath(each)


def _stands_after(each: str, directory: str, path: Sequence[str]) -> bool:
    """Whether a path is where a `.pth` file puts it; what stands before was put there by hand."""
    if each not in path:
        return False
    return directory not in path or path.index(each) > path.index(directory)


def listed(snapshot: Snapshot, file: str) -> Row | None:
    """What the lists of a snapshot say of a file; None if it stands in none."""
    for folder in snapshot.folders:
        if file.startswith(os.path.join(folder.place, "")):
            below = file[len(folder.place) + 1 :].replace(os.sep, "/")
            line = f"{below},".encode("utf-8", "surrogateescape")
            for each in folder.installed:
                if line in each.record and below in each.rows:
                    return each.rows[below]
    return None


def _sites() -> tuple[str, ...]:
    return tuple(os.path.join(each, "") for each in site_directories())


def _installed(folders: Iterable[Folder]) -> dict[str, Installed]:
    found: dict[str, Installed] = {}
    for folder in folders:
        inside: dict[str, Installed] = {}
        for each in folder.installed:
            other = inside.get(each.name)  # what a broken upgrade left is the older one
            if other is None or other.signature[-1:] < each.signature[-1:]:
                inside[each.name] = each
        found = inside | found
    return found


def _by_hand(before: Snapshot, now: Snapshot) -> set[str]:
    """The directories that somebody put on `sys.path` or took away: nothing was installed."""
    places = {each.place for each in before.folders} ^ {each.place for each in now.folders}
    return places & (set(before.path) ^ set(now.path)) if places else set()


def _are_one(old: Installed | None, new: Installed | None) -> bool:
    """Whether it was not even installed again."""
    if old is None or new is None or old is new:
        return old is new
    return (old.place, old.info, old.signature) == (new.place, new.info, new.signature)


def _pinned(earlier: Snapshot, now: Snapshot, same: Iterable[str]) -> Mapping[str, Loaded]:
    """Note the hashes of loaded modules whose lists are gone or will be."""
    loaded = dict(now.loaded)
    kept = [loaded[name] for name in same]
    olds = [old for old, _ in moved(earlier, now).values() if old]
    for old in olds if kept else ():
        for module, below in of_owner(old, kept):
            loaded[module.name] = with_digest(module, old.rows.get(below))
    return loaded
