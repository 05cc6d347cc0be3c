"""GATHER: which packages of conda another installer replaced, by conda's own records."""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

from ipymod.facts.packages import Overwritten
from ipymod.launchers import files
from ipymod.patterns import pattern
from ipymod.survey.packages.requirements import normalized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.survey.packages.distributions import Found

_RECORD = pattern(r"(.+)-([^-]+)-[^-]+\.json")
_METADATA = pattern(r'([^/"\\]+)\.(?:dist|egg)-info\b')
_LONGEST = 1 << 25  # bytes: the largest package has 50,000 files


def overwritten(found: Iterable[Found], prefix: str, names: Iterable[str]) -> Iterator[Overwritten]:
    """The distributions that are not, or not any more, those which conda installed.

    Args:
        found: what lies in the directories of packages.
        prefix: the environment.
        names: the files in its `conda-meta`.
    """
    records = {normalized(m[1]): (m[2], m[0]) for m in map(_RECORD.fullmatch, names) if m}
    every = list(found)
    for each in every:
        it = each.distribution
        if it.name in records and _below(it.location, prefix):
            version, name = records[it.name]
            suspect = version != it.version or it.installer not in {"", "conda"}
            if suspect and _replaced(each, os.path.join(prefix, "conda-meta", name)):
                both = any(o.distribution.name == it.name and o is not each for o in every)
                yield Overwritten(it.name, version, it.version, it.installer, both)


def _below(path: str, prefix: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(prefix), ""))


def _replaced(found: Found, record: str) -> bool:
    """Whether conda brought metadata of that name, and not this one.

    A package of the same name without any is something else: a library of C, or a program.
    """
    text = files.text(record, _LONGEST)
    it = found.distribution
    folders = {match[0] for match in _METADATA.finditer(text)}
    own = {name for name in folders if normalized(re.split(r"-|\.egg", name)[0]) == it.name}
    if it.folder not in own:
        return bool(own)
    return it.installer not in {"", "conda"} and not _wrote_installer(found, text)


def _wrote_installer(found: Found, record: str) -> bool:
    """Whether the file INSTALLER is the one of conda's own package; True if it does not tell."""
    path = f"{found.distribution.folder}/INSTALLER"
    try:
        listed = json.loads(record)["paths_data"]["paths"]
        told = [each for each in listed if each["_path"].endswith(path)]
        hashes = {each.get(key) for each in told for key in ("sha256", "sha256_in_prefix")}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return True
    data = found.folder.read(path, 4096) or b""
    return hashlib.sha256(data).hexdigest() in hashes
