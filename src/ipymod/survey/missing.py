"""GATHER: what is known of a module that could not be imported."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from ipymod import modules
from ipymod.facts.place import Installed, Missing
from ipymod.launchers import files
from ipymod.listing import is_stdlib
from ipymod.survey import known
from ipymod.survey.reached import other_shelves, own_shelves
from ipymod.survey.shelf import all_owners, first_installed, normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings
    from ipymod.survey.shelf import Shelf

_LIKE, _LOOKED_INTO, _NEAR = 0.7, 9, 3  # some of what looks like it is data
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def gather_missing(kernel: Kernel, here: Surroundings, name: str = "") -> Missing | None:
    """What is known of a name that an import did not find.

    Args:
        kernel: who could not import it.
        here: what the kernel sees of the machine.
        name: the `name` of a ModuleNotFoundError, or, for `cannot import name 'encode' from
            'jwt'`, the two joined: `jwt.encode`.

    Returns:
        None without a name, if an import statement could not say it, or if it is found by now.
    """
    if not name or not all(part.isidentifier() for part in name.split(".")):
        return None
    found = _found(name, kernel)
    if found == name:
        return None
    shelves, likely = own_shelves(kernel), known.distributions_of(name)
    bringing = tuple(
        each for each in _bringing(shelves, found or name, likely) if each.distribution
    )
    own = bringing or _named(shelves, likely)
    told = _of_python(name, kernel)
    explained = bool(found or own or any(told.values()))
    # To look into every other environment takes most of the time: only where it says something.
    elsewhere = () if explained else _bringing(other_shelves(kernel, here), name, likely)
    guessed = not likely and not elsewhere and (bool(found) or not explained)
    near = near_names(name, kernel) if guessed else ()
    return Missing(
        module=name,
        found=found,
        distributions=known.requirements_of(name),
        elsewhere=elsewhere,
        here=own,
        listed=bool(bringing),
        near=near,
        alike=_alike(name, near) if guessed and not found else (),
        shadow=_shadow(name, kernel, likely) if found else "",
        impostor=_impostor(name, shelves, likely),
        **told,
    )


def importable(name: str, kernel: Kernel) -> modules.Found:
    """What the kernel would import by a name, if it were imported now."""
    return modules.find(name, absolute_path(kernel))


def absolute_path(kernel: Kernel) -> list[str]:
    """Its `sys.path` with relative entries made absolute."""
    return [os.path.join(kernel.cwd, entry) for entry in kernel.path]


def _found(name: str, kernel: Kernel) -> str:
    """The longest part of a dotted name that can be imported and is more than a namespace."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        head = ".".join(parts[:end])
        kind = importable(head, kernel).kind
        if kind != "missing":
            return "" if kind == "namespace" and end < len(parts) else head
    return ""


def _bringing(
    shelves: Sequence[Shelf], module: str, likely: Sequence[str]
) -> tuple[Installed, ...]:
    return tuple(all_owners(shelves, module, likely))


def _named(shelves: Sequence[Shelf], likely: Sequence[str]) -> tuple[Installed, ...]:
    found = (first_installed(shelves, name) for name in likely)
    return tuple(filter(None, found))


def _of_python(name: str, kernel: Kernel) -> dict[str, Any]:
    """What Python itself has of it, as `Missing` tells it: it had it, will have it, should have."""
    removed, instead = known.removed(name)
    added = known.added(name)
    gone = bool(removed) and not _older(kernel.version, removed)
    return {
        "removed": removed if gone else "",
        "instead": instead if gone else "",
        "added": added if added and _older(kernel.version, added) else "",
        "standard": _is_standard(name, kernel),
    }


def _older(version: str, other: str) -> bool:
    """Whether a version is older than another, written as `3.12`."""
    one, two = ([int(part) for part in re.findall(r"\d+", each)[:2]] for each in (version, other))
    return one < two


def _is_standard(name: str, kernel: Kernel) -> bool:
    """Whether it belongs to the standard library; a version that is not ours is never asked."""
    ours = kernel.version.split(".")[:2] == [str(part) for part in sys.version_info[:2]]
    return ours and name.partition(".")[0] in sys.stdlib_module_names


def near_names(name: str, kernel: Kernel) -> tuple[str, ...]:
    """Names that look like it and can be imported; none of a Python that is not this one."""
    own = name[:1] == "_" or known.is_everybodys(name)
    if own or kernel.executable != sys.executable:
        return ()
    return tuple(modules.nearest(name)) if "." in name else _close(name, kernel)


def _close(name: str, kernel: Kernel) -> tuple[str, ...]:
    """The nearest of what lies on the path, told from names; only the nearest are looked into.

    `modules.nearest` looks into every folder first, which with many packages takes too long.
    """
    from difflib import get_close_matches

    lying = [each for place in absolute_path(kernel) for each in files.names(place)]
    # An editable install has its metadata here alone: `mine-1.0.dist-info`.
    stems = [each.partition("-")[0] for each in lying] + [each.partition(".")[0] for each in lying]
    public = (each for each in (*stems, *sys.builtin_module_names) if _is_public(each))
    meant = {each.lower(): each for each in public}
    close = get_close_matches(name.lower(), meant, n=_LOOKED_INTO, cutoff=_LIKE)
    kinds = ((meant[each], importable(meant[each], kernel).kind) for each in close)
    return tuple(each for each, kind in kinds if kind not in {"missing", "namespace"})[:_NEAR]


def _is_public(module: str) -> bool:
    """Whether somebody may have meant a module: nobody means the suites of the library."""
    return module.isidentifier() and module[0] != "_" and module != "test"


def _alike(name: str, near: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in known.alike(name) if each not in near)


def _shadow(name: str, kernel: Kernel, likely: Sequence[str]) -> str:
    """The user's own file that is found first under the name of another module, else empty."""
    top = name.partition(".")[0]
    path = absolute_path(kernel)
    first = modules.find(top, path).file or ""
    if not first or is_stdlib(first) or any(each in first for each in _PACKAGES):
        return ""
    folder = os.path.dirname(first)
    entry = os.path.dirname(folder) if os.path.basename(first).startswith("__init__.") else folder
    rest = [each for each in path if os.path.realpath(each) != os.path.realpath(entry)]
    hides = modules.find(top, rest).kind not in {"missing", "namespace"}
    return (first if entry == folder else folder) if hides or likely else ""


def _impostor(name: str, shelves: Sequence[Shelf], likely: Sequence[str]) -> Installed | None:
    """A distribution that has the name of the module, where it is known that it is not the one."""
    top = name.partition(".")[0]
    if not likely or normalised(top) in map(normalised, likely):
        return None
    right = first_installed(shelves, likely[0])
    for shelf in shelves:
        found = shelf.distribution(top)
        if found and (right is None or top in shelf.modules(top)):
            return found
    return None
