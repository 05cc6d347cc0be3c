"""GATHER: the directories that are imported from, and what is installed there."""

from __future__ import annotations

import os
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.refresh.content import Signature, content, signature
from ipymod.refresh.installed import Installed, installed_in
from ipymod.refresh.sites import base_directories, paths_of, site_directories, user_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SECOND = 1_000_000_000  # nanoseconds
_TICK = 50_000_000  # more than any system lets pass between two ticks of the clock of its files
_STANDARD = (
    os.path.dirname(os.__file__),
    os.path.join(os.path.dirname(os.__file__), "lib-dynload"),
)


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

    @cached_property
    def paths(self) -> list[str]:
        """What it adds to `sys.path`."""
        return paths_of(self.place, self.content)


@dataclass(frozen=True)
class Folder:
    """A directory that is imported from, or `conda-meta`.

    Attributes:
        place: the directory.
        signature: changes whenever something is put there or taken away; empty without it.
        settled: whether that can be relied on; not if it changed in this tick of the clock.
        is_site: whether Python looks for `.pth` files there.
        installed: the distributions there.
        pths: its `.pth` files in the order of start-up.
        packages: what conda has installed, as it names its files: `name-version-build.json`.
    """

    place: str
    signature: Signature
    settled: bool
    is_site: bool
    installed: tuple[Installed, ...]
    pths: tuple[Pth, ...]
    packages: tuple[str, ...] = ()

    @property
    def is_as_it_was(self) -> bool:
        """Whether nothing was installed there, or removed, since it was read."""
        told = signature(self.place)
        if self.settled and told == self.signature:
            return True
        now = read(self.place, told, is_site=self.is_site)
        old = (self.installed, self.pths, self.packages)
        return (now.installed, now.pths, now.packages) == old


_LATEST: dict[tuple[str, bool], Folder] = {}  # a directory is not read again before it changes


def read(place: str, told: Signature, *, is_site: bool) -> Folder:
    """A directory as it is now, which has this signature.

    What is put there without being installed, such as the files that a notebook writes, makes
    another folder with the same distributions.
    """
    latest = _LATEST.get((place, is_site))
    if latest and latest.settled and latest.signature == told:
        return latest
    settled = not told or _is_settled(told)  # asked before it is read
    names = _names(place) if told else []
    is_conda = place == _conda_directory()
    found = Folder(
        place,
        told,
        settled,
        is_site,
        () if is_conda else tuple(installed_in(place, names)),
        tuple(_pths(place, names)) if is_site else (),
        tuple(name for name in names if name.endswith(".json")) if is_conda else (),
    )
    _LATEST[place, is_site] = found
    return found


def _is_settled(told: Signature) -> bool:
    """Whether what changes from now on will have another time."""
    time_ns = told[-1]
    tick = _TICK if time_ns % _SECOND else 2 * _SECOND  # some file systems know whole seconds only
    return time.time_ns() - time_ns > tick


def _names(place: str) -> list[str]:
    try:
        return sorted(os.listdir(place))
    except OSError:  # an archive, or it may not be read
        return []


def _pths(place: str, names: Iterable[str]) -> Iterator[Pth]:
    for name in names:
        if name.endswith(".pth") and not name.startswith("."):
            path = os.path.join(place, name)
            told = signature(path)
            if told:
                yield Pth(place, name, told, content(path, 1 << 20))


def folders_on(path: Sequence[str]) -> Iterator[Folder]:
    """Those on `sys.path`, those that it would have after a start, and that of conda.

    Some are not there yet: something may be installed there.
    """
    sites = set(site_directories())
    seen: set[object] = set()
    queue = _with_user(path)
    while queue:
        place = queue.pop(0)
        told = signature(place)
        key = told[:2] or place  # /lib64 may be /lib
        if key not in seen and (told or not place.endswith(".zip")):
            seen.add(key)
            folder = read(place, told, is_site=place in sites)
            yield folder
            queue += [each for pth in folder.pths for each in pth.paths]
    conda = _conda_directory()
    if os.path.isdir(conda):
        yield read(conda, signature(conda), is_site=False)


def _conda_directory() -> str:
    return os.path.join(sys.base_prefix, "conda-meta")


def _with_user(path: Sequence[str]) -> list[str]:
    """The directories that a start would import from; the user's own may be new."""
    places = [each for each in path if isinstance(each, str)]
    places = [each for each in places if os.path.isabs(each) and each not in _STANDARD]
    user = user_directory()
    if user and user not in places:
        base = base_directories()
        first = (index for index, each in enumerate(places) if each in base)
        places.insert(next(first, len(places)), user)
    return places
