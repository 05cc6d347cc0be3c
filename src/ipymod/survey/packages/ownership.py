"""GATHER: which files have several owners, and which files of a distribution are not there."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from ipymod.facts.packages import Incomplete, Shared
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.survey.packages.distributions import Found
    from ipymod.survey.packages.folder import Folder

_MOST = 50  # files of one group of owners: they tell enough
_READ = 1 << 22  # bytes of a file that is compared
_NAMESPACE = pattern(rb"declare_namespace|extend_path")


def shared(found: Iterable[Found]) -> Iterator[Shared]:
    """The files that several distributions list; only those with a common first part are read."""
    by_top: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for each in found:
        if each.metadata.listed:
            for top in each.distribution.top:
                by_top[each.folder.path, top].append(each)
    for (_, top), group in sorted(by_top.items(), key=lambda item: item[0]):
        if len({each.distribution.name for each in group}) > 1:
            yield from _shared_below(top, group)


def _shared_below(top: str, group: list[Found]) -> Iterator[Shared]:
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for each in group:
        known = each.metadata.rows
        if top not in known:
            known[top] = tuple(rows(each.record(), top))
        for path, digest in known[top]:
            owners[path][each.distribution.title] = digest
    told: dict[tuple[str, ...], int] = defaultdict(int)
    several = [(path, who) for path, who in sorted(owners.items()) if len(who) > 1]
    several.sort(key=lambda item: len(set(item[1].values())) == 1)  # what differs comes first
    for path, who in several:
        names = tuple(sorted(who))
        told[names] += 1
        if told[names] <= _MOST:
            yield _one(group[0].folder, path, who, first=told[names] == 1)


def _one(folder: Folder, path: str, owners: dict[str, str], *, first: bool) -> Shared:
    same = len(set(owners.values())) == 1
    by, namespace = "", False
    if not same and (first or path.endswith("__init__.py")):
        data = folder.read(path, _READ) or b""
        namespace = path.endswith("__init__.py") and _opens_namespace(data)
        digest = "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()
        by = next((name for name, own in owners.items() if own == digest.rstrip("=")), "")
    return Shared(path, folder.path, tuple(sorted(owners)), same, namespace, by)


def _opens_namespace(data: bytes) -> bool:
    if _NAMESPACE.search(data):
        return True
    lines = (line.strip() for line in data.split(b"\n"))
    return not any(line and not line.startswith(b"#") for line in lines)


def rows(record: bytes, top: str) -> Iterator[tuple[str, str]]:
    """The path and hash of each row of a RECORD below a name; those without a hash are left out.

    What Python compiles itself has none.
    """
    name = re.escape(top.encode("utf-8", "surrogateescape"))
    for line in re.findall(rb'^(?:%b[/,]|"%b).*' % (name, name), record, re.MULTILINE):
        path, digest, _ = [*line.rsplit(b",", 2), b"", b""][:3]
        if digest and b"/__pycache__/" not in path:
            yield path.strip(b'"').decode("utf-8", "surrogateescape"), digest.decode("latin-1")


def incomplete(found: Iterable[Found]) -> Iterator[Incomplete]:
    """The distributions of which modules are gone: the `__init__` of packages, and lone files."""
    for each in found:
        it = each.distribution
        names = each.folder.names
        lone = [name for name in it.top if name.endswith((".py", ".so", ".pyd"))]
        missing = [name for name in lone if name not in names]
        for package in each.metadata.packages:
            # A first part that is not listed spares asking for the file.
            if package.partition("/")[0] not in names or not each.folder.has(package):
                missing.append(package)  # noqa: PERF401  the comment above needs its place
        if missing:
            yield Incomplete(it.name, it.version, it.location, tuple(sorted(missing)))
