"""GATHER: what is common knowledge of names: import names, and names of other versions.

The table is read only when a name is asked for: no report without a failed import needs it. It is
made by tools/import_names.py; a name that it does not hold is never suggested.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ipymod.launchers import files
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TABLE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "import_names.json")


class _Table(NamedTuple):
    """What stands in the file.

    Attributes:
        distributions: of a module, by the names that they give themselves, the usual one first.
        lost: of a module, the version of its distribution that has it no more.
        same: the modules whose distribution has their name, but for `_` and `-`.
        well_known: the modules that many use, kept by hand.
        generic: modules that everybody has of their own, so that none is a misspelt name.
        removed: of a module, the version that took it out and what takes its place.
        added: of a module, the version that brought it.
    """

    distributions: Mapping[str, Sequence[str]]
    lost: Mapping[str, str]
    same: frozenset[str]
    well_known: Sequence[str]
    generic: Sequence[str]
    removed: Mapping[str, tuple[str, str]]
    added: Mapping[str, str]


def distributions_of(module: str) -> tuple[str, ...]:
    """The distributions that are known to bring a module, the usual one first; empty if unknown.

    The longest part of the dotted name that is known decides: `google.cloud.storage` before
    `google`, which is known by its parts alone.
    """
    return next(filter(None, map(_bringing, _heads(module))), ())


def requirements_of(module: str) -> tuple[str, ...]:
    """The same as they are to be installed: `setuptools<82`, where newer ones have it no more."""
    lost = next(filter(None, map(_table().lost.get, _heads(module))), "")
    return tuple(f"{name}<{lost}" if lost else name for name in distributions_of(module))


def modules_of(distribution: str) -> tuple[str, ...]:
    """The modules that a distribution is known to bring, sorted; empty if unknown."""
    wanted, table = normalised(distribution), _table()
    length = len(wanted)  # to compare it first takes a fifth of the time
    others = [
        module
        for module, names in table.distributions.items()
        for each in names
        if len(each) == length and normalised(each) == wanted
    ]
    same = [each for each in table.same if len(each) == length and normalised(each) == wanted]
    return tuple(sorted({*others, *same}))


def is_everybodys(module: str) -> bool:
    """Whether people have modules of that name of their own: `utils` is no slip of `shutil`."""
    return module in _table().generic


def is_namespace(module: str) -> bool:
    """Whether it is known by its parts alone, each a distribution of its own: `google.cloud`."""
    table = _table()
    parts = any(each.startswith(f"{module}.") for each in table.distributions)
    return parts and not _bringing(module)


def alike(name: str) -> tuple[str, ...]:
    """A well-known module that a misspelt name may mean, and that begins alike; at most one."""
    from difflib import get_close_matches

    if "." in name or is_everybodys(name):
        return ()
    known = {
        each.lower(): each for each in _table().well_known if each[0].lower() in name[:2].lower()
    }
    return tuple(known[each] for each in get_close_matches(name.lower(), known, n=1, cutoff=0.8))


def removed(module: str) -> tuple[str, str]:
    """The version of Python that took a module out, and what takes its place; empty if none."""
    version, instead = _table().removed.get(module, ("", ""))
    return version, instead


def added(module: str) -> str:
    """The version of Python that brought a module; empty if it was not lately."""
    return _table().added.get(module, "")


def _heads(module: str) -> Iterator[str]:
    """A dotted name and what it lies in, the longest first."""
    while module:
        yield module
        module = module.rpartition(".")[0]


def _bringing(module: str) -> tuple[str, ...]:
    """As `distributions_of`, of this very name."""
    table = _table()
    if module in table.same:
        return (module.replace("_", "-"),)
    return tuple(table.distributions.get(module, ()))


@cache  # what stands in a file of ours does not change
def _table() -> _Table:
    told = json.loads(files.text(_TABLE, 1 << 20))
    return _Table(**told | {"same": frozenset(told["same"])})
