"""GATHER: the modules that are loaded, and the files as they were when that was first seen."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from ipymod.refresh.content import Row, Signature, signature_of_module, trusted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ipymod.refresh.installed import Installed

_STANDARD = os.path.join(os.path.dirname(os.__file__), "")


class Loaded(NamedTuple):
    """A module in memory; a tuple, because a thousand of them are made at once.

    Attributes:
        name: its name in `sys.modules`.
        file: what it was loaded from.
        spec: its `__spec__`, which is another one once it has been loaded anew.
        signature: of its file, when it was first seen; empty if the file was replaced by then.
        digest: the hash of its file at that time; None as long as a RECORD on the disk tells it,
            empty if nothing did.
    """

    name: str
    file: str
    spec: object
    signature: Signature
    digest: str | None = None


def loaded_modules(
    modules: Mapping[str, Any], sites: tuple[str, ...], earlier: Mapping[str, Loaded]
) -> dict[str, Loaded]:
    """The modules that were loaded from files, without the standard library.

    Nothing is asked of a module but its dictionary: an attribute may import half of a library.

    Args:
        modules: `sys.modules`.
        sites: the directories of packages, which may lie in that of the standard library.
        earlier: what was seen before; what is still the same stays what it was.
    """
    found = {}
    for name, module in list(modules.items()):
        space = module.__dict__ if type(module) is ModuleType else _space(module)
        file = space.get("__file__")
        if type(file) is not str:
            continue
        spec = space.get("__spec__")
        known = earlier.get(name)
        if known and known.spec is spec and known.file == file:
            found[name] = known
        elif (file.startswith(sites) or not file.startswith(_STANDARD)) and _is_real(module, name):
            found[name] = Loaded(name, file, spec, signature_of_module(file))
    return found


def _space(module: Any) -> dict[str, Any]:
    try:
        space: dict[str, Any] = object.__getattribute__(module, "__dict__")
    except (AttributeError, TypeError):
        return {}
    return space


def _is_real(module: Any, name: str) -> bool:
    """Whether it was loaded from its file, under this name; some are when they are touched."""
    space = _space(module)
    real = getattr(space.get("__spec__"), "name", name) == name != "__main__"
    return real and os.path.isabs(space["__file__"]) and type(module).__name__ != "_LazyModule"


def with_digest(module: Loaded, row: Row | None) -> Loaded:
    """The same, with the hash that a list had for its file: the list will be gone."""
    if module.digest is not None:
        return module
    name, file, spec, told, _ = module  # to replace a part of it would take four times as long
    return Loaded(name, file, spec, told, trusted(row, told))


def of_owner(owner: Installed, loaded: Iterable[Loaded]) -> list[tuple[Loaded, str]]:
    """The modules that a distribution brought, with their paths below its directory."""
    if owner.roots or not owner.record or os.sep != "/":
        found = [(each, owner.owned(each.file)) for each in loaded]
        return [(each, below) for each, below in found if below]
    # Most are of this kind, and each is asked for a thousand modules.
    beginning, rows = owner.beginning, owner.rows
    start = len(beginning)
    return [
        (each, below)
        for each in loaded
        if each.file.startswith(beginning) and (below := each.file[start:]) in rows
    ]
