"""GATHER: what an install changed, and which loaded modules are not what lies on the disk."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.refresh.content import hashed, same, signature, signature_of_module, trusted
from ipymod.refresh.loaded import of_owner
from ipymod.refresh.sites import is_code, lines_of, site_directories
from ipymod.refresh.snapshot import Snapshot, moved, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipymod.refresh.content import Row
    from ipymod.refresh.installed import Installed
    from ipymod.refresh.loaded import Loaded


@dataclass(frozen=True)
class Step:
    """What happened to one distribution, or to modules that none owns.

    Attributes:
        title: its name; for modules without a distribution the name at the top.
        old: the version before; empty if it was not there.
        new: the version now; empty if it is not there.
        changed: the loaded modules whose content on the disk is another one now.
        gone: the loaded modules whose files are no longer there.
        libraries: shared libraries in memory, other than modules, that were replaced.
        requested: whether somebody asked for it by name.
    """

    title: str
    old: str
    new: str
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    requested: bool = False

    @property
    def weight(self) -> int:
        """How much of what is loaded is no longer true."""
        return len(self.changed) + len(self.gone) + len(self.libraries)


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


def after(before: Snapshot, path: Sequence[str], modules: Mapping[str, Any]) -> Change:
    """Compare what is installed and loaded now with what was.

    A module that was loaded, or loaded anew, since `before` is not stale.

    Args:
        before: the snapshot right before the installer ran.
        path: `sys.path`, as the installer left it.
        modules: `sys.modules`.
    """
    now = snapshot(path, modules, before)
    kept = [each for name, each in now.loaded.items() if _is_kept(before.loaded.get(name), each)]
    pairs = moved(before, now)
    if not pairs and _are_same(before.folders, now.folders):
        return Change((), (), before, now)
    hooks = _hooks(before)
    steps: list[Step] = []
    touched = {*before.told, *hooks}
    free = kept
    # A removed one comes last: what has taken over its files tells more.
    for old, new in sorted(pairs.values(), key=lambda pair: pair[1] is None):
        pair = _Pair(old, new, free, now)
        own = {module.name for module, _ in pair.own}
        free = [each for each in free if each.name not in own]
        steps += pair.steps(hooks)
    steps += _loose(now, [each for each in free if each.name not in touched])
    steps.sort(key=lambda step: step.title.lower())
    every = {name for step in steps for name in (*step.changed, *step.gone)}
    replaced = tuple(name for name in hooks if _is_replaced(before.loaded[name]))
    return Change(tuple(steps), replaced, before, replace(now, told=now.told | every))


def _are_same(before: Sequence[object], now: Sequence[object]) -> bool:
    """Whether these very objects: a directory that did not change is not read again."""
    return len(before) == len(now) and all(one is two for one, two in zip(before, now, strict=True))


def _is_kept(before: Loaded | None, now: Loaded) -> bool:
    """Whether it is the same module in memory as it was then."""
    return before is not None and before.spec is now.spec and before.file == now.file


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


class _Pair:
    """A distribution before and now, and its modules among those that stayed in memory."""

    def __init__(
        self, old: Installed | None, new: Installed | None, kept: Iterable[Loaded], now: Snapshot
    ) -> None:
        self.old = old
        self.new = new
        self.now = now
        # What an earlier version left in memory, which was removed before, is found by the new one.
        own = [*(of_owner(old, kept) if old else ()), *(of_owner(new, kept) if new else ())]
        self.own = list({module.name: (module, below) for module, below in own[::-1]}.values())

    def steps(self, hooks: Iterable[str]) -> Iterator[Step]:
        """What happened to it; nothing if it was only installed again."""
        verdicts = {each.name: self._verdict(each, below) for each, below in self.own}
        names = [name for name in verdicts if name.split(".")[0] not in hooks]
        changed = tuple(sorted(name for name in names if verdicts[name] == "changed"))
        gone = tuple(sorted(name for name in names if verdicts[name] == "gone"))
        libraries = tuple(self._libraries()) if self.old else ()
        if changed or gone or libraries or self._is_other():
            yield Step(
                self._title,
                self.old.version or "?" if self.old else "",
                self.new.version or "?" if self.new else "",
                changed,
                gone,
                libraries,
                requested=self.new is not None and self.new.requested,
            )

    @property
    def _title(self) -> str:
        named = self.new or self.old
        return named.title if named else ""

    def _is_other(self) -> bool:
        """Whether more changed than what is said about it."""
        old, new = self.old, self.new
        if old is None or new is None or old.version != new.version:
            return True
        if old.roots != new.roots:
            return True
        return bool(old.record and new.record) and old.substance != new.substance

    def _verdict(self, module: Loaded, below: str) -> str:
        where = self.new.file(below) if self.new else ""
        if where and self.new and below in self.new.rows:
            return _verdict(module, where, self.new.rows[below])
        if self.old and self.old.roots and not self.new and not self._is_of_another(module):
            return "gone"  # the sources stay where they are, and are no longer imported from there
        where = where or module.file  # which another one may have by now
        return _verdict(module, where, _row(where, self.now))

    def _is_of_another(self, module: Loaded) -> bool:
        return any(each.owned(module.file) for each in self.now.installed.values() if each.roots)

    def _libraries(self) -> Iterator[str]:
        """The shared libraries of the old one that are in memory and not as on the disk."""
        if not self.old or b".so" not in self.old.record:
            return
        from ipymod.survey.maps import deleted_mappings, places_before, same_bytes

        place, rows = self.old.place, self.old.rows
        tops = dict.fromkeys(below.partition("/")[0] for below in rows)
        modules = {module.file for module, _ in self.own}
        for mapping in deleted_mappings("/proc/self"):
            for path in places_before(mapping.path, tops):
                below = os.path.relpath(path, place).replace(os.sep, "/")
                if below not in rows or path in modules:
                    continue
                if same_bytes(mapping, path, "/proc/self") is False:
                    yield path


def _verdict(module: Loaded, where: str, row: Row | None) -> str:
    """`same`, `changed`, or `gone`, of a module and the file that would be imported now."""
    told = signature_of_module(where)
    if told == module.signature:
        return "same" if told else "gone"
    if not told:
        return "gone"
    digest = module.digest
    if not digest and where != module.file and signature(module.file) == module.signature:
        digest = hashed(module.file)
    return "same" if digest and same(digest, where, row, told) else "changed"


def _row(file: str, now: Snapshot) -> Row | None:
    """What the lists of files say of one now."""
    for folder in now.folders:
        if file.startswith(os.path.join(folder.place, "")):
            below = file[len(folder.place) + 1 :].replace(os.sep, "/")
            line = f"{below},".encode("utf-8", "surrogateescape")
            for each in folder.installed:
                if line in each.record and below in each.rows:
                    return each.rows[below]
    return None


def _loose(now: Snapshot, kept: Iterable[Loaded]) -> Iterator[Step]:
    """What happened to the other modules in directories of packages: those without a list, too."""
    sites = tuple(os.path.join(each, "") for each in site_directories())
    found: dict[str, dict[str, list[str]]] = {}
    for module in kept:
        if not module.file.startswith(sites):
            continue
        if signature_of_module(module.file) == module.signature:
            continue
        row = _row(module.file, now)  # of a list that did not change, so it was there before
        if module.digest is None:
            module = module._replace(digest=trusted(row, module.signature))  # noqa: PLW2901  told now
        verdict = _verdict(module, module.file, row)
        if verdict != "same":
            top = found.setdefault(module.name.partition(".")[0], {"changed": [], "gone": []})
            top[verdict].append(module.name)
    for title, names in sorted(found.items()):
        yield Step(title, "", "", tuple(sorted(names["changed"])), tuple(sorted(names["gone"])))
