"""GATHER: what became of the loaded modules of one distribution."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.maps import deleted_mappings, places_before, same_bytes
from ipymod.refresh.content import hashed, same, signature, signature_of_module, trusted
from ipymod.refresh.loaded import Loaded, of_owner
from ipymod.refresh.sites import site_directories
from ipymod.refresh.snapshot import listed
from ipymod.refresh.step import Step
from ipymod.refresh.window import is_kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.maps import Mapping
    from ipymod.refresh.content import Row
    from ipymod.refresh.installed import Installed
    from ipymod.refresh.snapshot import Snapshot

_PROCESS = "/proc/self"


class Disk:
    """What lies on the disk now, and what stayed in memory while that changed.

    Attributes:
        before: the snapshot before the install.
        now: the one after it.
        renewed: the modules whose files were replaced by the same ones, with these.
        healed: the libraries that differed before and are the same again.
    """

    def __init__(self, before: Snapshot, now: Snapshot) -> None:
        self.before = before
        self.now = now
        self.renewed: dict[str, Loaded] = {}
        self.healed: set[str] = set()

    @cached_property
    def kept(self) -> list[Loaded]:
        """The modules that were in memory when something was installed."""
        loaded, was = self.now.loaded, self.before.loaded
        return [
            each
            for name, each in loaded.items()
            if is_kept(was.get(name), each) or not each.signature
        ]

    @cached_property
    def deleted(self) -> list[Mapping]:
        """The shared libraries in memory whose files are gone."""
        return deleted_mappings(_PROCESS)

    def differs(self, mapping: Mapping, path: str) -> bool:
        """Whether a file surely does not hold what is mapped."""
        return same_bytes(mapping, path, _PROCESS) is False

    def is_owned(self, file: str) -> bool:
        """Whether an editable install has that file now."""
        return any(each.owned(file) for each in self.now.installed.values() if each.roots)

    def verdict(self, module: Loaded, where: str, row: Row | None) -> str:
        """`same`, `changed`, or `gone`, of a module and the file that would be imported now."""
        told = signature_of_module(where)
        if told == module.signature:
            return "same" if told else "gone"
        if not told:
            return "gone"
        digest = module.digest
        if digest is None:
            digest = trusted(listed(self.before, module.file), module.signature)
        if not digest and where != module.file and signature(module.file) == module.signature:
            digest = hashed(module.file)
        if not (digest and same(digest, where, row, told)):
            return "changed"
        if where == module.file:
            name, file, spec, *_ = module
            self.renewed[name] = Loaded(name, file, spec, told, digest)
        return "same"

    def loose(self, kept: Iterable[Loaded]) -> Iterator[Step]:
        """What happened to the other modules in directories of packages: those without a list."""
        sites = tuple(os.path.join(each, "") for each in site_directories())
        found: dict[str, dict[str, list[str]]] = {}
        for module in kept:
            if not module.file.startswith(sites) or _lies_there(module):
                continue
            verdict = self.verdict(module, module.file, listed(self.now, module.file))
            if verdict != "same":
                top = found.setdefault(module.name.partition(".")[0], {"changed": [], "gone": []})
                top[verdict].append(module.name)
        for title, names in sorted(found.items()):
            yield Step(title, "", "", tuple(sorted(names["changed"])), tuple(sorted(names["gone"])))


def _lies_there(module: Loaded) -> bool:
    """Whether the very file lies there; asked for a thousand modules."""
    try:
        told = os.stat(module.file)
    except (OSError, ValueError):
        return signature_of_module(module.file) == module.signature
    return (told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns) == module.signature


class Pair:
    """A distribution before and now, and its modules among those that stayed in memory."""

    def __init__(
        self, old: Installed | None, new: Installed | None, kept: Iterable[Loaded], disk: Disk
    ) -> None:
        self.old = old
        self.new = new
        self.disk = disk
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
        if not (old.record and new.record) or old.record == new.record:
            return False
        return old.substance != new.substance

    def _verdict(self, module: Loaded, below: str) -> str:
        row = self.new.rows.get(below) if self.new else None
        where = self.new.file(below) if self.new else ""
        if row is not None:
            return self.disk.verdict(module, where, row)
        if self.old and self.old.roots and not self.new and not self.disk.is_owned(module.file):
            return "gone"  # the sources stay where they are, and are no longer imported from there
        where = where or module.file  # which another one may have by now
        return self.disk.verdict(module, where, listed(self.disk.now, where))

    def _libraries(self) -> Iterator[str]:
        """The shared libraries of the old one that are in memory and not as on the disk."""
        if not self.old or b".so" not in self.old.record:
            return
        place, rows = self.old.place, self.old.rows
        modules = {below for _, below in self.own}
        others = {below for below in rows if ".so" in below and below not in modules}
        tops = dict.fromkeys(below.partition("/")[0] for below in others)
        for mapping in self.disk.deleted if others else ():
            for path in places_before(mapping.path, tops):
                below = os.path.relpath(path, place).replace(os.sep, "/")
                if below in others and self.disk.differs(mapping, path):
                    yield path
