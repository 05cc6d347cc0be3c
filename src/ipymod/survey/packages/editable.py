"""GATHER: where editable installs have their sources, and whether these are still there."""

from __future__ import annotations

import ast
import json
import os
import re
from typing import TYPE_CHECKING

from ipymod.facts.packages import Gone
from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.survey.packages.distributions import Found
    from ipymod.survey.packages.folder import Folder

_SMALL = 1 << 16
# Where systems mount drives; a drive that is not mounted is an empty folder there, or none.
_DRIVES = pattern(r"/(mnt|media(/[^/]+)?|run/media(/[^/]+)?|Volumes|net)/?")
_DRIVE = pattern(r"/(mnt|media|media/[^/]+|run/media/[^/]+|Volumes|net)/[^/]+/?")
_MAPPING = pattern(r"^MAPPING[^=\n]*=\s*(\{[^\n]*\})", re.MULTILINE)


def editable_source(direct_url: bytes | None) -> str:
    """The folder that a `direct_url.json` names, if it is that of an editable install."""
    if not direct_url:
        return ""
    try:
        told = json.loads(direct_url)
        if told and told.get("dir_info", {}).get("editable") is True:
            return _path(told["url"])
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        pass  # whatever it is, it names no folder
    return ""


def gone(found: Iterable[Found], folders: Iterable[Folder]) -> Iterator[Gone]:
    """The editable installs of which a folder of sources is not there any more."""
    for each in found:
        if each.distribution.editable:
            for source, origin in _sources(each):
                if not os.path.exists(source):
                    yield Gone(each.distribution.title, source, origin, _unmounted(source))
                    break
    for folder in folders:
        for name in sorted(folder.names):
            if name.endswith(".egg-link"):
                yield from _gone_link(folder, name)


def _gone_link(folder: Folder, name: str) -> Iterator[Gone]:
    """The link that `setup.py develop` writes: a path in its first line."""
    lines = (folder.read(name, _SMALL) or b"").decode("utf-8", "surrogateescape").splitlines()
    source = os.path.join(folder.path, lines[0].strip()) if lines and lines[0].strip() else ""
    if source and not os.path.exists(source):
        origin = os.path.join(folder.path, name)
        yield Gone(name.removesuffix(".egg-link"), source, origin, _unmounted(source))


def _sources(found: Found) -> Iterator[tuple[str, str]]:
    """Each path that an editable install needs, and the file that names it."""
    it = found.distribution
    yield it.editable, os.path.join(it.location, it.folder, "direct_url.json")
    for row in found.record().decode("utf-8", "surrogateescape").split("\n"):
        name = row.partition(",")[0]
        if name.endswith(".pth") and "/" not in name:
            for path in _of_pth(found.folder.read(name, _SMALL)):
                yield os.path.join(it.location, path), os.path.join(it.location, name)
        elif name.startswith("__editable__") and name.endswith("_finder.py"):
            for path in _of_finder(found.folder.read(name, _SMALL)):
                yield path, os.path.join(it.location, name)


def _of_pth(data: bytes | None) -> Iterator[str]:
    for line in files.decoded(data or b"").splitlines():
        if line.strip() and not line.startswith(("#", "import ", "import\t")):
            yield line.strip()


def _of_finder(data: bytes | None) -> Iterator[str]:
    """The paths in the table of a module that setuptools writes; a module's lacks its ending."""
    match = _MAPPING.search(files.decoded(data or b""))
    try:
        table = ast.literal_eval(match[1]) if match else {}
        paths = [path for path in table.values() if isinstance(path, str)]
    except (ValueError, SyntaxError, AttributeError, MemoryError, RecursionError):
        return
    for path in paths:
        yield f"{path}.py" if os.path.isfile(f"{path}.py") else path


def _path(url: str) -> str:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme != "file":
        return ""
    path = unquote(parts.path, errors="surrogateescape")
    if parts.netloc not in {"", "localhost"}:
        return f"//{parts.netloc}{path}"
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path


def _unmounted(path: str) -> bool:
    """Whether the drive that a missing path lies on is not there now, or may not be."""
    there = path
    while not os.path.exists(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    if not os.path.exists(there):
        return True  # a drive of Windows
    return bool(_DRIVES.fullmatch(there) or (_DRIVE.fullmatch(there) and not files.names(there)))
