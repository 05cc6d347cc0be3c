"""GATHER: what is known of a module that could not be imported."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from ipymod import modules
from ipymod.facts.place import Installed, Missing
from ipymod.listing import is_stdlib
from ipymod.survey import known
from ipymod.survey.reached import other_shelves, own_shelves
from ipymod.survey.shelf import all_owners, first_installed, normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings
    from ipymod.survey.shelf import Shelf

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
    shelves = own_shelves(kernel)
    likely = known.distributions_of(name)
    bringing = tuple(
        each for each in _bringing(shelves, found or name, likely) if each.distribution
    )
    own = bringing or _named(shelves, likely)
    elsewhere = () if found else _bringing(other_shelves(kernel, here), name, likely)
    removed, instead = _removed(name, kernel)
    near = () if removed or likely or elsewhere or (own and not found) else near_names(name, kernel)
    return Missing(
        module=name,
        found=found,
        distributions=likely,
        elsewhere=elsewhere,
        here=own,
        listed=bool(bringing),
        standard=_is_standard(name, kernel),
        added=_added(name, kernel),
        removed=removed,
        instead=instead,
        near=near,
        alike=() if found or removed or likely or elsewhere or own else _alike(name, near),
        shadow=_shadow(name, kernel, likely) if found else "",
        impostor=_impostor(name, shelves, likely),
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


def _removed(name: str, kernel: Kernel) -> tuple[str, str]:
    version, instead = known.removed(name)
    return (version, instead) if version and not _older(kernel.version, version) else ("", "")


def _added(name: str, kernel: Kernel) -> str:
    version = known.added(name)
    return version if version and _older(kernel.version, version) else ""


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
    return tuple(modules.nearest(name)) if kernel.executable == sys.executable else ()


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
