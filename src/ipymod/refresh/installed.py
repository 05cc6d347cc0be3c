"""GATHER: the distributions in a directory at one moment, as their lists of files tell."""

from __future__ import annotations

import ast
import json
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.refresh.content import Row, Signature, content, signature
from ipymod.refresh.sites import paths_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_INFO = pattern(r"([^-]+)(?:-([^-]+))?(?:-.*)?\.(dist-info|egg-info)")
_VERSION = pattern(r"^Version:[ \t]*(\S+)", re.MULTILINE)
_MAPPING = pattern(r"^MAPPING[^=\n]*=\s*(\{[^\n]*\})", re.MULTILINE)


@dataclass(frozen=True)
class Installed:
    """A distribution at the moment when it was read: an installer deletes what told of it.

    Attributes:
        place: the directory that it is installed in.
        info: the folder or file with its metadata, in there.
        title: its name as that is written.
        version: empty if unknown.
        signature: changes whenever it is installed anew.
        record: its list of files; empty if it has none.
        tops: its top-level names, where it has no list.
        roots: of an editable install: what stands before a path below, and the folder with it.
    """

    place: str
    info: str
    title: str
    version: str
    signature: Signature
    record: bytes
    tops: tuple[str, ...]
    roots: tuple[tuple[str, str], ...]

    @cached_property
    def beginning(self) -> str:
        """How the paths begin of what lies in its directory."""
        return os.path.join(self.place, "")

    @cached_property
    def name(self) -> str:
        """Its name as names are compared."""
        return re.sub(r"[-_.]+", "-", self.title).lower()

    @cached_property
    def rows(self) -> dict[str, Row]:
        """What the list says of each file, by its path below `place` with slashes."""
        lines = self.record.decode("utf-8", "surrogateescape").replace("\r", "").split("\n")
        # A list may have many thousands of them, and hardly any path holds a comma or a quote.
        found = {path: row for path, _, row in [line.partition(",") for line in lines]}
        for line in lines if b'"' in self.record else ():
            if line.startswith('"'):
                found.pop(line.partition(",")[0], None)
                path, _, row = line[1:].rpartition('",')
                found[path.replace('""', '"')] = row
        return found

    @cached_property
    def substance(self) -> frozenset[tuple[str, Row]]:
        """What is installed, without what is only said about it."""
        own = f"{self.info}/"
        hashed = [item for item in self.rows.items() if item[1][:1] not in {"", ","}]
        return frozenset([item for item in hashed if not item[0].startswith(own)])

    @property
    def since(self) -> int:
        """When it was installed, in nanoseconds; 0 if that is unknown.

        The folder, for no installer gives it another time than now; files may have any.
        """
        told = signature(os.path.join(self.place, self.info))
        return told[-1] if told else 0

    @property
    def requested(self) -> bool:
        """Whether somebody asked for it by name; otherwise another one needed it."""
        return f"{self.info}/REQUESTED,".encode("utf-8", "surrogateescape") in self.record

    def owned(self, file: str) -> str:
        """The path below of a file that is its own; empty if it is not."""
        beginning = self.beginning
        if file.startswith(beginning):
            below = file[len(beginning) :]
            below = below if os.sep == "/" else below.replace(os.sep, "/")
            if self._has(below):
                return below
        for prefix, root in self.roots:
            if file.startswith((root + os.sep, f"{root}.")):
                rest = file[len(root) :].replace(os.sep, "/")
                return f"{prefix}{rest}".removeprefix("/")
        return ""

    def file(self, below: str) -> str:
        """Where that file lies; empty if it is not its own, or an editable one is gone."""
        if self._has(below):
            return self.beginning + below.replace("/", os.sep)
        for prefix, root in self.roots:
            rest = below.removeprefix(prefix) if prefix else f"/{below}"
            if below.startswith(prefix) and rest.startswith(("/", ".")):
                path = root + rest.replace("/", os.sep)
                if os.path.isfile(path):
                    return path
        return ""

    def _has(self, below: str) -> bool:
        if self.record:
            return below in self.rows
        return re.split(r"[/.]", below, maxsplit=1)[0] in self.tops


_KNOWN: dict[str, Installed] = {}  # reading is half of a snapshot, and most never change
_MOST = 10_000
_LITTLE = 1 << 16  # bytes


def installed_in(place: str, names: Iterable[str]) -> Iterator[Installed]:
    """The distributions in a directory in which these names lie."""
    for name in names:
        if not name.endswith((".dist-info", ".egg-info")):
            continue
        path = f"{place}{os.sep}{name}"
        listed = signature(f"{path}/RECORD")
        told = listed or signature(path)
        known = _KNOWN.get(path)
        if known is None or known.signature != told:
            record = content(f"{path}/RECORD", listed[2]) if listed else b""
            known = _read(place, name, told, record)
            if known and len(_KNOWN) < _MOST:
                _KNOWN[path] = known
        if known:
            yield known


def _read(place: str, info: str, told: Signature, record: bytes) -> Installed | None:
    match = _INFO.fullmatch(info)
    if not match:
        return None
    path = os.path.join(place, info)
    tops = () if record else tuple(_text(f"{path}/top_level.txt").split())
    version = match[2] or _version(path)
    title = match[1].replace("_", "-")
    return Installed(place, info, title, version, told, record, tops, _roots(place, path, record))


def _version(path: str) -> str:
    """That of an `.egg-info` in a folder of sources, which has none in its name."""
    match = _VERSION.search(_text(f"{path}/PKG-INFO") or _text(path))
    return match[1] if match else ""


def _text(path: str) -> str:
    """A small file."""
    return content(path, 1 << 16).decode("utf-8", "surrogateescape")


def _roots(place: str, path: str, record: bytes) -> tuple[tuple[str, str], ...]:
    """Where the sources of an editable install lie."""
    # Only what came from a folder or an address has the file; an editable install lists little.
    if len(record) > _LITTLE or b"direct_url.json," not in record:
        return ()
    url = _editable(_text(f"{path}/direct_url.json"))
    if not url:
        return ()
    found: list[tuple[str, str]] = []
    for line in record.decode("utf-8", "surrogateescape").splitlines():
        name = line.partition(",")[0]
        if name.endswith(".pth"):
            paths = paths_of(place, content(os.path.join(place, name), 1 << 16))
            found += [("", root) for root in paths]
        elif name.startswith("__editable__") and name.endswith("_finder.py"):
            found += _mapping(_text(os.path.join(place, name)))
    return tuple(found) or (("", url),)


def _mapping(code: str) -> list[tuple[str, str]]:
    """The table of a module that setuptools writes: names of packages, and where they lie."""
    match = _MAPPING.search(code)
    try:
        table = ast.literal_eval(match[1]) if match else {}
        return [(name.replace(".", "/"), os.path.normpath(path)) for name, path in table.items()]
    except (ValueError, SyntaxError, AttributeError, TypeError, MemoryError, RecursionError):
        return []


def _editable(direct_url: str) -> str:
    """The folder of an editable install (PEP 610); empty if it is none."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        told = json.loads(direct_url)
        if told["dir_info"].get("editable") is True:
            return os.path.normpath(url2pathname(urlsplit(told["url"]).path))
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        pass  # whatever it is, it names no folder
    return ""
