"""GATHER: what one distribution tells of itself: its headers, its list of files, its wheel."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.facts.packages import Distribution
from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.survey.packages.editable import editable_source
from ipymod.survey.packages.requirements import normalized, of_extras_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.survey.packages.folder import Folder

_HEADERS = 1 << 13  # bytes: the headers of most; a description follows, which nobody needs
_ALL_HEADERS = 1 << 20
_SMALL = 1 << 14
_RECORD = 1 << 24  # bytes: 100,000 files
# One pattern a header: what begins with a plain text is found much faster than alternatives.
_FIELDS = {
    name: pattern(rf"\n{name}:([^\n]*)")
    for name in ("Name", "Version", "Requires-Python", "Requires-Dist")
}
_TAG = pattern(r"\nTag:([^\n]*)")
_NAME = pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# The first part of a path, and all rows in a row that begin with the same one.
_RUNS = pattern(rb"\n([^/,\n]++)(?:[^\n]*+\n\1/)*+")
_INIT = b"/__init__.py,"
_MODULE = pattern(rb"\.(?:cpython-[^/]*|pypy[^/]*|abi3|cp[0-9][^/]*|)\.?(?:so|pyd)$")
_DEEPEST = 2  # folders: a file deeper down is hardly lost alone, and there are thousands
_ENOUGH = 4  # compiled modules of one distribution: some bring one for each system
# The hash of the file INSTALLER in RECORD tells what it says, without reading it.
_INSTALLERS = {
    b"sha256=zuuue4knoyJ-UwPPXg8fezS7VCrXJQrAP7zeNuwvFQg": "pip",
    b"sha256=5hhM4Q4mYTT9z6QB6PGpUAW81PGNFrYrdXMj4oM_6ak": "uv",
}

_TAGS_BY_HASH: dict[bytes, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Metadata:
    """A distribution, and what suspects are looked at by.

    Attributes:
        distribution: the fact.
        python: the versions of Python that it allows: `>=3.9`.
        readable: whether its headers tell its name.
        listed: whether it has a list of its files.
        packages: the `__init__.py` of its packages and of those right inside them, with slashes.
        compiled: the first few compiled modules that it lists; none for a wheel for any system.
    """

    distribution: Distribution
    python: str = ""
    readable: bool = True
    listed: bool = False
    packages: tuple[str, ...] = ()
    compiled: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """What was read of its list of files before: for a first part, path and hash of each."""
        return {}


def of_wheel(folder: Folder, info: str, *, conda: bool) -> Metadata | None:
    """Read a folder `NAME-VERSION.dist-info`; None for what pip renamed in order to delete it.

    Args:
        folder: the directory that it lies in.
        info: its name.
        conda: whether conda manages it: it changes INSTALLER and leaves RECORD as it was.
    """
    name, _, version = info.removesuffix(".dist-info").partition("-")
    if not _NAME.fullmatch(normalized(name)):
        return None
    headers = _headers(folder, f"{info}/METADATA")
    record = record_of(folder, info)
    distribution = Distribution(
        name=normalized(name),
        version=version or _first(headers, "Version"),
        location=folder.path,
        title=_first(headers, "Name") or name,
        folder=info,
        installer=_installer(folder, info, b"" if conda else record),
        requires=_requires(headers),
        tags=_tags(folder, info, record),
        editable=_editable(folder, info, record),
        top=_top(record) or tuple(_text(folder.read(f"{info}/top_level.txt", _SMALL)).split()),
    )
    return Metadata(
        distribution,
        python=_first(headers, "Requires-Python"),
        readable=bool(_first(headers, "Name")),
        listed=bool(record),
        packages=tuple(_packages(record)),
        compiled=_compiled(record, distribution.tags),
    )


def of_egg(folder: Folder, info: str) -> Metadata | None:
    """Read the metadata of setuptools, a folder, or that of distutils, a file."""
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
    return Metadata(distribution, python, readable)


def record_of(folder: Folder, info: str) -> bytes:
    """The list of files of a distribution, with plain line ends; empty if it has none."""
    return _whole_lines(folder.read(f"{info}/RECORD", _RECORD) or b"")


def _headers(folder: Folder, path: str) -> str:
    """The lines before the description, each with a line end before it."""
    data = folder.read(path, _HEADERS) or b""
    if len(data) == _HEADERS and b"\n\n" not in data and b"\r\n\r\n" not in data:
        data = folder.read(path, _ALL_HEADERS) or b""
    head = data.partition(b"\r\n\r\n")[0] if b"\r" in data else data.partition(b"\n\n")[0]
    return "\n" + _text(head)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace").removeprefix("\ufeff")


def _first(headers: str, key: str) -> str:
    match = _FIELDS[key].search(headers)
    return match[1].strip() if match else ""


def _requires(headers: str) -> tuple[str, ...]:
    lines = _FIELDS["Requires-Dist"].findall(headers)
    return tuple([line.strip() for line in lines if not of_extras_alone(line)])


def _sections(text: str) -> Iterator[str]:
    """The requirements of `requires.txt`, where `[:marker]` starts those under a condition."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and (not section or section.startswith(":")):
            yield f"{line}; {section[1:]}" if section else line


class _Row:
    """One of its own files as RECORD lists it: whether it does, and by which hash."""

    def __init__(self, info: str, name: str, record: bytes) -> None:
        start = record.find(f"{info}/{name},".encode("utf-8", "surrogateescape"))
        self.may_exist = start >= 0 or not record
        end = record.find(b"\n", start)
        row = record[start : end if end >= 0 else None] if start >= 0 else b""
        self.digest = row.split(b",")[1] if row else b""


def _installer(folder: Folder, info: str, record: bytes) -> str:
    row = _Row(info, "INSTALLER", record)
    if row.digest in _INSTALLERS:
        return _INSTALLERS[row.digest]
    return _text(folder.read(f"{info}/INSTALLER", _SMALL)).strip()[:40] if row.may_exist else ""


def _tags(folder: Folder, info: str, record: bytes) -> tuple[str, ...]:
    """What its wheel was built for; the wheels of one builder have the same file, read once."""
    digest = _Row(info, "WHEEL", record).digest
    if digest not in _TAGS_BY_HASH or not digest:
        wheel = "\n" + _text(folder.read(f"{info}/WHEEL", _SMALL))
        _TAGS_BY_HASH[digest] = tuple(map(str.strip, _TAG.findall(wheel)))
    return _TAGS_BY_HASH[digest]


def _editable(folder: Folder, info: str, record: bytes) -> str:
    if not _Row(info, "direct_url.json", record).may_exist:
        return ""
    return editable_source(folder.read(f"{info}/direct_url.json", _SMALL))


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


def _packages(record: bytes) -> Iterator[str]:
    end = record.find(_INIT)
    while end >= 0:
        path = record[record.rfind(b"\n", 0, end) + 1 : end + len(_INIT) - 1]
        if path.count(b"/") <= _DEEPEST and not path.startswith((b"../", b"/", b'"')):
            yield path.decode("utf-8", "surrogateescape")
        end = record.find(_INIT, end + 1)


def _compiled(record: bytes, tags: tuple[str, ...]) -> tuple[str, ...]:
    if any(tag.endswith("-any") for tag in tags):
        return ()
    paths: list[str] = []
    for ending in (b".so,", b".pyd,"):
        end = record.find(ending)
        while end >= 0 and len(paths) < _ENOUGH:
            path = record[record.rfind(b"\n", 0, end) + 1 : end + len(ending) - 1]
            if _MODULE.search(path):
                paths.append(path.decode("utf-8", "surrogateescape"))
            end = record.find(ending, end + 1)
    return tuple(paths)
