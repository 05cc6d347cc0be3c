"""GATHER: the distributions in a directory of packages, by their metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.facts.packages import Distribution
from ipymod.frozen import dataclass
from ipymod.survey.packages.editable import editable_source
from ipymod.survey.packages.requirements import normalized, of_extras_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.survey.packages.folder import Folder

_HEADERS = 1 << 13  # bytes: the headers of most; a description follows, which nobody needs
_ALL_HEADERS = 1 << 20
_SMALL = 1 << 14
_RECORD = 1 << 24  # bytes: 100,000 files
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# The first part of a path, and all rows in a row that begin with the same one.
_RUNS = re.compile(rb"\n([^/,\n]++)(?:[^\n]*+\n\1/)*+")
# The hash of the file INSTALLER in RECORD tells what it says, without reading it.
_INSTALLERS = {
    b"sha256=zuuue4knoyJ-UwPPXg8fezS7VCrXJQrAP7zeNuwvFQg": "pip",
    b"sha256=5hhM4Q4mYTT9z6QB6PGpUAW81PGNFrYrdXMj4oM_6ak": "uv",
}


@dataclass(frozen=True)
class Found:
    """A distribution together with what suspects are looked at by.

    Attributes:
        distribution: the fact.
        folder: the directory that it lies in.
        record: its RECORD; empty if it has none.
        python: the versions of Python that it allows: `>=3.9`.
        readable: whether its metadata tell its name.
    """

    distribution: Distribution
    folder: Folder
    record: bytes = b""
    python: str = ""
    readable: bool = True


def found_in(folder: Folder, *, conda: bool) -> Iterator[Found]:
    """All distributions of a directory, several of a name included.

    Args:
        folder: the directory.
        conda: whether conda manages it: it changes INSTALLER and leaves RECORD as it was.
    """
    wheels = sorted(name for name in folder.names if name.endswith(".dist-info"))
    eggs = sorted(name for name in folder.names if name.endswith(".egg-info"))
    if folder.path.endswith(".egg") and "EGG-INFO" in folder.names:
        eggs.append("EGG-INFO")
    found = [_from_wheel(folder, name, conda=conda) for name in wheels]
    found += [_from_egg(folder, name) for name in eggs]
    return (each for each in found if each)


def _from_wheel(folder: Folder, info: str, *, conda: bool) -> Found | None:
    name, _, version = info.removesuffix(".dist-info").partition("-")
    headers = _headers(folder, f"{info}/METADATA")
    record = _whole_lines(folder.read(f"{info}/RECORD", _RECORD) or b"")
    if not _NAME.fullmatch(normalized(name)):
        return None  # pip ignores what it renamed to delete it
    wheel = "\n" + _text(folder.read(f"{info}/WHEEL", _SMALL))
    distribution = Distribution(
        name=normalized(name),
        version=version or _first(headers, "Version"),
        location=folder.path,
        title=_first(headers, "Name") or name,
        folder=info,
        installer=_installer(folder, info, b"" if conda else record),
        requires=_requires(headers),
        tags=tuple(_all(wheel, "Tag")),
        editable=editable_source(folder.read(f"{info}/direct_url.json", _SMALL)),
        top=_top(record) or tuple(_text(folder.read(f"{info}/top_level.txt", _SMALL)).split()),
    )
    python, readable = _first(headers, "Requires-Python"), bool(_first(headers, "Name"))
    return Found(distribution, folder, record, python, readable)


def _from_egg(folder: Folder, info: str) -> Found | None:
    """The metadata of setuptools, a folder, or that of distutils, a file."""
    prefix = f"{info}/"
    headers = _headers(folder, f"{prefix}PKG-INFO")
    if headers == "\n":
        headers, prefix = _headers(folder, info), ""
    title = _first(headers, "Name") or info.partition("-")[0].removesuffix(".egg-info")
    if not _NAME.fullmatch(normalized(title)):
        return None
    lines = _text(folder.read(f"{prefix}requires.txt", _SMALL)) if prefix else ""
    top = _text(folder.read(f"{prefix}top_level.txt", _SMALL)) if prefix else ""
    distribution = Distribution(
        name=normalized(title),
        version=_first(headers, "Version"),
        location=folder.path,
        title=title,
        folder=info,
        requires=_requires(headers) or tuple(_sections(lines)),
        top=tuple(top.split()),
    )
    python, readable = _first(headers, "Requires-Python"), bool(_first(headers, "Name"))
    return Found(distribution, folder, b"", python, readable)


def _headers(folder: Folder, path: str) -> str:
    """The lines before the description, each with a line end before it."""
    data = folder.read(path, _HEADERS) or b""
    if len(data) == _HEADERS and b"\n\n" not in data and b"\r\n\r\n" not in data:
        data = folder.read(path, _ALL_HEADERS) or b""
    head = data.partition(b"\r\n\r\n")[0] if b"\r\n" in data else data.partition(b"\n\n")[0]
    return "\n" + _text(head)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace").removeprefix("\ufeff")


def _first(headers: str, key: str) -> str:
    return next(_all(headers, key), "")


def _all(headers: str, key: str) -> Iterator[str]:
    """The values of a header, in order; to search is much faster here than to split."""
    start = headers.find(f"\n{key}:")
    while start >= 0:
        end = headers.find("\n", start + 1)
        yield headers[start + len(key) + 2 : end if end >= 0 else None].strip()
        start = headers.find(f"\n{key}:", end) if end >= 0 else -1


def _requires(headers: str) -> tuple[str, ...]:
    return tuple(line for line in _all(headers, "Requires-Dist") if not of_extras_alone(line))


def _sections(text: str) -> Iterator[str]:
    """The requirements of `requires.txt`, where `[:marker]` starts those under a condition."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and (not section or section.startswith(":")):
            yield f"{line}; {section[1:]}" if section else line


def _installer(folder: Folder, info: str, record: bytes) -> str:
    start = record.find(f"{info}/INSTALLER,".encode("utf-8", "surrogateescape"))
    if start >= 0:
        digest = record[start : record.find(b"\n", start)].split(b",")[1]
        if digest in _INSTALLERS:
            return _INSTALLERS[digest]
    elif record:
        return ""
    return _text(folder.read(f"{info}/INSTALLER", _SMALL)).strip()[:40]


def _whole_lines(record: bytes) -> bytes:
    """A RECORD with plain line ends, without a last line that was cut off."""
    if len(record) == _RECORD:
        record = record[: record.rfind(b"\n") + 1]
    return record.replace(b"\r\n", b"\n") if b"\r" in record else record


def _top(record: bytes) -> tuple[str, ...]:
    """The first part of each path in a RECORD that does not lead out of the directory."""
    first = set(_RUNS.findall(b"\n" + record))
    names = {name.lstrip(b'"').decode("utf-8", "surrogateescape") for name in first}
    return tuple(sorted(names - {"", "..", "__pycache__"}))
