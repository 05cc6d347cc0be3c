"""GATHER: what is common knowledge of names: import names, and names of other versions.

The table is read only when a name is asked for: no report without a failed import needs it.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from ipymod.launchers import files
from ipymod.survey.shelf import normalised

_TABLE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "import_names.json")


def distributions_of(module: str) -> tuple[str, ...]:
    """The distributions that are known to bring a module, the usual one first; empty if unknown.

    The longest part of the dotted name that is known decides: `google.cloud.storage` before
    `google`.
    """
    known = _known("distributions")
    parts = module.split(".")
    heads = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((tuple(known[head]) for head in heads if head in known), ())


def modules_of(distribution: str) -> tuple[str, ...]:
    """The modules that a distribution is known to bring, sorted; empty if unknown."""
    wanted = normalised(distribution)
    known = _known("distributions").items()
    return tuple(
        sorted(module for module, names in known if wanted in {normalised(each) for each in names})
    )


def alike(name: str) -> tuple[str, ...]:
    """A well-known module that a misspelt name may mean; at most one."""
    from difflib import get_close_matches

    return tuple(get_close_matches(name, _known("distributions"), n=1, cutoff=0.8))


def removed(module: str) -> tuple[str, str]:
    """The version of Python that took a module out, and what takes its place; empty if none."""
    version, instead = _known("removed").get(module, ("", ""))
    return version, instead


def added(module: str) -> str:
    """The version of Python that brought a module; empty if it was not lately."""
    return str(_known("added").get(module, ""))


def _known(what: str) -> dict[str, Any]:
    return dict(_table()[what])


@cache  # what stands in a file of ours does not change
def _table() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(files.text(_TABLE, 1 << 20))
    return told
