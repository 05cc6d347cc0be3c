"""GATHER: what an install changed, and which loaded modules are not what lies on the disk."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass, field
from ipymod.refresh.conda import conda_steps
from ipymod.refresh.content import signature
from ipymod.refresh.pair import Disk, Pair
from ipymod.refresh.sites import is_code, lines_of
from ipymod.refresh.snapshot import Snapshot, moved, snapshot
from ipymod.refresh.window import aged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipymod.refresh.imports import Imports
    from ipymod.refresh.loaded import Loaded
    from ipymod.refresh.snapshot import Moved
    from ipymod.refresh.step import Step


@dataclass(frozen=True)
class Change:
    """What an install changed.

    Attributes:
        steps: what happened to each distribution, in the order of their names.
        hooks: the loaded modules that `.pth` files installed as finders and that changed.
        before: the snapshot before it.
        now: the snapshot after it, which is the `earlier` of the next one.
    """

    steps: tuple[Step, ...]
    hooks: tuple[str, ...]
    before: Snapshot = field(repr=False)
    now: Snapshot = field(repr=False)

    @property
    def stale(self) -> tuple[str, ...]:
        """All loaded modules whose content changed."""
        return tuple(name for step in self.steps for name in step.changed)

    @property
    def gone(self) -> tuple[str, ...]:
        """All loaded modules whose files are no longer there."""
        return tuple(name for step in self.steps for name in step.gone)


def after(
    before: Snapshot,
    path: Sequence[str],
    modules: Mapping[str, Any],
    imports: Imports | None = None,
) -> Change:
    """Compare what is installed and loaded now with what was.

    Args:
        before: the last snapshot before something was installed.
        path: `sys.path`, as the installer left it.
        modules: `sys.modules`.
        imports: what knows when each module was loaded that `before` does not know; without it
            all of them are taken for loaded after the install, and so for fresh.
    """
    now = snapshot(path, modules, before)
    if _are_same(before.folders, now.folders):
        return Change((), (), before, now)
    pairs = moved(before, now)
    if imports:
        now = aged(before, now, pairs.values(), imports.began)
    disk, hooks = Disk(before, now), _hooks(before)
    steps = sorted(_steps(disk, pairs.values(), hooks), key=lambda step: step.title.lower())
    every = {name for step in steps for name in (*step.changed, *step.gone, *step.libraries)}
    replaced = tuple(name for name in hooks if _is_replaced(before.loaded[name]))
    told = (now.told - disk.healed) | every
    now = Snapshot(now.path, now.folders, {**now.loaded, **disk.renewed}, told)
    return Change(tuple(steps), replaced, before, now)


def _steps(disk: Disk, pairs: Iterable[Moved], hooks: Sequence[str]) -> Iterator[Step]:
    free = disk.kept
    # A removed one comes last: what has taken over its files tells more.
    for old, new in sorted(pairs, key=lambda pair: pair[1] is None):
        pair = Pair(old, new, free, disk)
        own = {module.name for module, _ in pair.own}
        free = [each for each in free if each.name not in own] if own else free
        yield from pair.steps(hooks)
    touched = {*disk.before.told, *hooks}
    yield from disk.loose(each for each in free if each.name not in touched)
    yield from conda_steps(disk)


def _are_same(before: Sequence[object], now: Sequence[object]) -> bool:
    """Whether these very objects: a directory that did not change is not read again."""
    return len(before) == len(now) and all(one is two for one, two in zip(before, now, strict=True))


def _is_replaced(module: Loaded) -> bool:
    return signature(module.file) != module.signature


def _hooks(before: Snapshot) -> list[str]:
    """The loaded modules that a `.pth` file has put among the finders: these can be renewed."""
    finders = {getattr(each, "__module__", "") for each in sys.meta_path}
    code = "\n".join(
        line for pth in before.pths.values() for line in lines_of(pth.content) if is_code(line)
    )
    return sorted(
        name
        for name in finders & before.loaded.keys()
        if re.search(rf"\b{re.escape(name)}\b", code)
    )
