"""GATHER: which distributions lie in one directory of packages, and what they bring."""

from __future__ import annotations

import json
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ipymod.facts.place import Installed
from ipymod.launchers import files
from ipymod.listing import listing
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_METADATA = (".dist-info", ".egg-info")
_NAME = pattern(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")  # PEP 508
_HEAD = 65536  # bytes: the fields of metadata stand before a description of any length
_RECORD = 1 << 23  # bytes: the longest RECORD known has 3 MB


def normalised(name: str) -> str:
    """The name of a distribution as PEP 503 compares it: `Scikit_Learn` is `scikit-learn`."""
    plain = name.replace("_", "-").replace(".", "-").lower()
    return re.sub(r"-+", "-", plain) if "--" in plain else plain  # a survey compares thousands


class Shelf:
    """One directory of packages, listed once; what cannot be read is not there."""

    def __init__(
        self, place: str, prefix: str = "", python: str = "", via: Iterable[str] = ()
    ) -> None:
        self.place = place
        self.prefix = prefix
        self.python = python
        self.via = tuple(via)

    @cached_property
    def _entries(self) -> frozenset[str]:
        return frozenset(files.names(self.place))

    @cached_property
    def _infos(self) -> dict[str, str]:
        """The metadata by the normalised name; `.dist-info` wins over `.egg-info`."""
        metadata = (each for each in self._entries if each.endswith(_METADATA) and _split(each)[0])
        return {normalised(_split(each)[0]): each for each in sorted(metadata, reverse=True)}

    def distribution(self, name: str) -> Installed | None:
        """The distribution of that name, however it is written; None if it is not here."""
        info = self._infos.get(normalised(name))
        return self._installed(info) if info else None

    def owners(self, module: str, likely: Iterable[str] = ()) -> list[Installed]:
        """The distributions that bring a module, the likely ones alone if any of those does.

        Args:
            module: a dotted name.
            likely: names of distributions, asked first because to read every RECORD is slow.

        Returns:
            One without a name if the module is here and belongs to no distribution.
        """
        first = dict.fromkeys(map(normalised, (*likely, module.replace(".", "-"), _top(module))))
        infos = [self._infos[name] for name in first if name in self._infos]
        found = [info for info in infos if self._brings(info, module)]
        if not found and self.has(module):
            found = [info for info in self._infos.values() if self._brings(info, module)]
            if not found and "os.py" not in self._entries:  # the standard library is nobody's
                return [self._unowned()]
        return [self._installed(info) for info in found]

    def has(self, module: str) -> bool:
        """Whether the files of a module lie here; a directory without Python code is none."""
        parts = module.split(".")
        if len(parts) > 1:
            inside = Shelf(os.path.join(self.place, parts[0]))
            return parts[0] in self._entries and inside.has(".".join(parts[1:]))
        if any(_is_module(entry, module) for entry in self._entries):
            return True
        inner = files.names(os.path.join(self.place, module)) if module in self._entries else []
        return any(name.endswith((".py", ".so", ".pyd")) for name in inner)

    def installed_from(self, folder: str) -> Installed | None:
        """The distribution whose sources lie in a folder or around it; None if there is none."""
        for info in self._infos.values():
            source = unquote(self._source(info).partition("file://")[2]).rstrip("/")
            if source and f"{folder}/".startswith(f"{source}/"):
                return self._installed(info)
        return None

    def modules(self, name: str) -> tuple[str, ...]:
        """The top-level names that a distribution brings, as its metadata tell, sorted."""
        info = self._infos.get(normalised(name))
        if not info:
            return ()
        tops = set(self._text(info, "top_level.txt").split()) | self._recorded_tops(info)
        tops = tops or self._linked_tops(info)
        return tuple(sorted(top for top in tops if top.isidentifier()))

    def _recorded_tops(self, info: str) -> set[str]:
        lines = self._record(info).decode("utf-8", "replace").splitlines()
        firsts = {line.partition(",")[0].strip('"') for line in lines}
        return {
            first.partition("/")[0].partition(".")[0]
            for first in firsts
            if first.endswith((".py", ".so", ".pyd")) and not first.startswith(("__", "..", "/"))
        }

    def _linked_tops(self, info: str) -> set[str]:
        """What lies in the sources that the `.pth` file of an editable install leads to."""
        recorded = re.findall(
            r"(?m)^([^/,\n]+\.pth),", self._record(info).decode("utf-8", "replace")
        )
        lines = [
            line.strip()
            for name in recorded
            for line in files.text(os.path.join(self.place, name)).splitlines()
        ]
        folders = [line for line in lines if line and not line.startswith(("#", "import"))]
        return {
            each.name
            for folder in folders
            for each in listing(os.path.join(self.place, folder))
            if each.kind != "namespace"
        }

    def _brings(self, info: str, module: str) -> bool:
        record = self._record(info)
        path = re.escape(module.replace(".", "/").encode("utf-8", "surrogateescape"))
        # A data file of the name is no module: a package's folder holds code, also further down.
        pattern = rb'(?m)^"?' + path + rb"(?:/[^,\n]*)?(?:\.[\w.-]+)?\.(?:py|so|pyd)\"?,"
        if record and re.search(pattern, record):
            return True
        tops = self._text(info, "top_level.txt").split()
        named = re.findall(r"(?m)^Import-Name: *([\w.]+)", self._metadata(info))
        if module in named:  # PEP 794
            return True
        alone = not record or self._source(info) != ""
        return alone and _top(module) in tops and ("." not in module or self.has(module))

    def _installed(self, info: str) -> Installed:
        text = self._metadata(info)
        from_folder = _split(info)
        name, version = (
            _field(text, key, default)
            for key, default in zip(("Name", "Version"), from_folder, strict=True)
        )
        name = name if _NAME.fullmatch(name) else from_folder[0]
        place = os.path.join(self.place, info)
        return Installed(
            name, version, place, self.prefix, self.python, self.via, self._source(info)
        )

    def _unowned(self) -> Installed:
        return Installed("", "", self.place, self.prefix, self.python, self.via)

    def _source(self, info: str) -> str:
        """Where it came from, if not from an index: the URL of `direct_url.json` (PEP 610)."""
        try:
            url = json.loads(self._text(info, "direct_url.json") or "{}")["url"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return ""
        return url if isinstance(url, str) else ""

    def _metadata(self, info: str) -> str:
        texts = (self._text(info, name) for name in ("METADATA", "PKG-INFO", ""))
        return next(filter(None, texts), "")

    def _text(self, info: str, name: str) -> str:
        """A file of the metadata; without a name the metadata themselves: one old file."""
        return files.text(os.path.join(self.place, info, name).rstrip(os.sep), _HEAD)

    def _record(self, info: str) -> bytes:
        return files.head(os.path.join(self.place, info, "RECORD"), _RECORD) or b""


def first_installed(shelves: Iterable[Shelf], name: str) -> Installed | None:
    """The distribution of that name that is found first."""
    found = (shelf.distribution(name) for shelf in shelves)
    return next(filter(None, found), None)


def all_owners(shelves: Iterable[Shelf], module: str, likely: Iterable[str]) -> Iterator[Installed]:
    """The distributions that bring a module, in the order of the directories."""
    names, places = tuple(likely), list(shelves)
    for shelf in places:
        for owner in shelf.owners(module, names):
            yield owner if owner.distribution else _editable(places, shelf.place) or owner


def _editable(shelves: Iterable[Shelf], place: str) -> Installed | None:
    """The distribution whose sources a directory belongs to; None if it is of none."""
    found = (shelf.installed_from(place) for shelf in shelves)
    return next(filter(None, found), None)


def _is_module(entry: str, module: str) -> bool:
    """Whether a file is that module: `x.py`, `x.so`, `x.cpython-312-x86_64-linux-gnu.so`."""
    return entry.startswith(f"{module}.") and entry.endswith((".py", ".so", ".pyd"))


def _split(info: str) -> tuple[str, str]:
    """The name and version that stand in the name of metadata: `PyYAML-6.0-py3.8.egg-info`."""
    name, _, rest = info.rpartition(".")[0].partition("-")
    return name, rest.partition("-")[0]


def _top(module: str) -> str:
    return module.partition(".")[0]


def _field(text: str, key: str, default: str) -> str:
    match = re.search(rf"(?m)^{key}: *(\S.*?)\s*$", text)
    return match[1] if match else default
