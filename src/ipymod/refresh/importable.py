"""DO: make what is new importable in this process, as a new one would find it."""

from __future__ import annotations

import importlib
import os
import site
import sys
from typing import TYPE_CHECKING

from ipymod.refresh.sites import base_directories, user_directory
from ipymod.refresh.snapshot import left_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipymod.refresh.change import Change
    from ipymod.refresh.content import Signature
    from ipymod.refresh.folders import Pth
    from ipymod.refresh.snapshot import Snapshot

_RUN: set[tuple[str, str, Signature]] = set()  # what was run for a change is not run again


def make_importable(change: Change) -> tuple[str, ...]:
    """Bring `sys.path`, the finders and the caches to where a start would bring them.

    Only what changed is touched: no directory is gone through as a whole, and what somebody put
    on `sys.path` stays. To do it again for the same change does nothing.

    Returns:
        The `.pth` files that failed, each with the reason; Python itself tells of single lines.
    """
    for name in change.hooks:
        _forget_finder(name)
    for path in left_behind(change.before, change.now, sys.path):
        sys.path.remove(path)
    failed = _add_user_directory(change)
    failed += [line for pth in _to_run(change) for line in _run(pth, change)]
    importlib.invalidate_caches()
    return tuple(failed)


def _forget_finder(name: str) -> None:
    """Take away what a module of an editable install has put among the finders."""
    module = sys.modules.get(name)
    if module is None:
        return
    sys.meta_path[:] = [each for each in sys.meta_path if not _is_of(each, name)]
    sys.path_hooks[:] = [each for each in sys.path_hooks if not _is_of(each, name)]
    placeholder = module.__dict__.get("PATH_PLACEHOLDER")  # of setuptools, for namespaces
    if placeholder in sys.path:
        sys.path.remove(placeholder)
    for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[each]


def _is_of(finder: object, module: str) -> bool:
    return getattr(finder, "__module__", "") == module


def _add_user_directory(change: Change) -> list[str]:
    """Add the user's directory, if it was made since the start, before those of the base."""
    user = user_directory()
    before = {folder.place: folder.signature for folder in change.before.folders}
    now = {folder.place: folder.signature for folder in change.now.folders}
    if not user or user in sys.path or now.get(user) == before.get(user):
        return []  # what somebody took from the path stays away as long as nothing is put there
    _RUN.update(_key(pth) for pth in change.now.pths.values() if pth.place == user)
    known = list(sys.path)
    failed = _guarded(user, lambda: site.addsitedir(user))
    new = [each for each in sys.path[len(known) :] if each not in known]
    del sys.path[len(sys.path) - len(new) :]
    base = base_directories()
    first = next((index for index, each in enumerate(sys.path) if each in base), len(sys.path))
    sys.path[first:first] = new
    return failed


def _to_run(change: Change) -> Iterator[Pth]:
    """The `.pth` files that are new, that say something else, or that install a new finder."""
    before = change.before.pths
    for key, pth in change.now.pths.items():
        old = before.get(key)
        is_other = old is None or old.content != pth.content
        is_other = is_other or any(name.encode() in pth.content for name in change.hooks)
        if is_other and _key(pth) not in _RUN and pth.place in sys.path:
            yield pth


def _run(pth: Pth, change: Change) -> list[str]:
    """Do what a start does with a file: run its code, and add its paths where they belong."""
    _RUN.add(_key(pth))
    known = list(sys.path)
    failed = _guarded(
        os.path.join(pth.place, pth.name), lambda: site.addpackage(pth.place, pth.name, None)
    )
    order = _order(pth.place, change.now)
    for path in pth.paths:
        if path not in known and path in sys.path:
            sys.path.remove(path)
            sys.path.insert(_position(path, order), path)
    return failed


def _order(place: str, now: Snapshot) -> list[str]:
    """What a start puts on the path for a directory of packages, in this order."""
    pths = [pth for pth in now.pths.values() if pth.place == place]
    return [place, *(path for pth in pths for path in pth.paths)]


def _position(path: str, order: list[str]) -> int:
    """Behind what a start would have put there before."""
    start = sys.path.index(order[0])
    earlier = [each for each in order[: order.index(path)] if each in sys.path]
    return max(start, *(sys.path.index(each) for each in earlier)) + 1


def _guarded(what: str, do: Callable[[], object]) -> list[str]:
    """Run what may hold anything; the reason if it failed, which at a start would end Python."""
    try:
        do()
    except (Exception, SystemExit) as error:  # noqa: BLE001  it is not ours
        return [f"{what}: {type(error).__name__}: {error}"]
    return []


def _key(pth: Pth) -> tuple[str, str, Signature]:
    return pth.place, pth.name, pth.signature
