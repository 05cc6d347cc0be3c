"""GATHER: which modules are older than an install that nobody announced.

While a cell runs, a terminal may install something, or a `subprocess` of the cell itself. What
the cell imported by then is in memory as it was; what it imported later is what was installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.refresh.loaded import of_owner
from ipymod.refresh.snapshot import Snapshot, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipymod.refresh.content import Row
    from ipymod.refresh.loaded import Loaded
    from ipymod.refresh.snapshot import Moved


def aged(
    before: Snapshot, now: Snapshot, pairs: Iterable[Moved], began: Mapping[str, int]
) -> Snapshot:
    """The snapshot in which modules are as they were loaded, where that was before the install.

    Args:
        before: the last snapshot that was taken before something was installed.
        now: the one that was taken behind it.
        pairs: what moved between them.
        began: when modules began to be loaded, in nanoseconds. What it does not know is taken for
            older than the install: better a restart too much than a stale module.
    """
    new = [each for name, each in now.loaded.items() if not is_kept(before.loaded.get(name), each)]
    if not new:
        return now
    found = {
        module.name: module._replace(signature=(), digest=row.partition(",")[0])
        for pair in pairs
        for module, row in _older(pair, new, before, began)
    }
    return Snapshot(now.path, now.folders, {**now.loaded, **found}, now.told)


def is_kept(before: Loaded | None, now: Loaded) -> bool:
    """Whether it is the same module in memory as it was then."""
    return before is now or (
        before is not None and before.spec is now.spec and before.file == now.file
    )


def _older(
    pair: Moved, new: Iterable[Loaded], before: Snapshot, began: Mapping[str, int]
) -> Iterator[tuple[Loaded, Row]]:
    """The modules of a pair that were loaded before it moved, with what was said of their files."""
    old, now = pair
    for owner in filter(None, pair):
        for module, below in of_owner(owner, new):
            if now is None or began.get(module.name, 0) < now.since or not now.owned(module.file):
                row = (old.rows.get(below) if old else None) or listed(before, module.file)
                if row and not row.startswith(","):
                    yield module, row
