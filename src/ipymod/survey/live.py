"""GATHER: what the running process has loaded, beside what lies on the disk now.

Nothing is imported for that and no attribute of a module is asked for, only its dictionary: an
attribute may import half of a library, or print a warning.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.facts.base import BROWSER
from ipymod.facts.live import Loaded, LoadedModule, Needs
from ipymod.launchers import environment_of, files, interpreter_of
from ipymod.maps import deleted_mappings, places_before, same_bytes
from ipymod.patterns import pattern
from ipymod.survey.changed import Distribution, Folder, folders_of
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_VERSION_FILES = ("_version.py", "version.py", "__about__.py", "__version__.py", "_about.py")
_WRITTEN = pattern(
    r"""^[ \t]*__version__\b[^=\n]*=\s*(?:version\s*=\s*)?["'](v?\d[^"'\n]*)["']""", re.MULTILINE
)


def gather_loaded(
    kernel: Kernel,
    here: Surroundings,
    modules: Mapping[str, Any],
    process: str = "/proc/self",
    seen: Mapping[str, str] | None = None,
) -> Loaded | None:
    """Compare this very process with the disk; None if the kernel is not running.

    Args:
        kernel: the kernel, which is this process.
        here: its surroundings.
        modules: what it has imported: `sys.modules`.
        process: where the system describes the process; it may be missing.
        seen: modules that were seen loaded earlier, as `sighted` gives them.
    """
    if not kernel.running:
        return None
    folders = folders_of(kernel)
    roots = {root.name: root for root in _roots(modules, folders)}
    deleted = _deleted(list(roots.values()), modules, process)
    found = [
        _loaded(root, deleted.get(name, ()), (seen or {}).get(name, ""))
        for name, root in roots.items()
        if root.changed or name in deleted
    ]
    return Loaded(
        modules=tuple(found),
        needs=tuple(_needs(found, folders, kernel)),
        looked_at=len(roots),
        executable_exists=kernel.system == BROWSER or files.kind(kernel.executable) == "file",
        executable_deleted=_is_deleted(f"{process}/exe"),
        version=_version_on_disk(kernel, here),
    )


def sighted(
    kernel: Kernel, modules: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The loaded modules and the versions that are on disk now, for a later `gather_loaded`.

    Args:
        kernel: the kernel, which is this process.
        modules: `sys.modules`.
        seen: what an earlier call gave; what it names keeps its version.
    """
    known = dict(seen or {})
    for root in _roots(modules, folders_of(kernel)):
        if root.name not in known and (owner := root.namesake):
            known[root.name] = owner.version
    return known


class _Root:
    """A module with a file, above which only namespaces stand, in a directory of packages."""

    def __init__(self, name: str, space: dict[str, Any], file: str, folder: Folder) -> None:
        self.name = name
        self.file = file
        self.folder = folder
        version = space.get("__version__")
        self.version = version if type(version) is str else ""

    @cached_property
    def owner(self) -> Distribution | None:
        """The distribution that it belongs to, among those that changed; else by its name."""
        changed = [each for each in self.folder.changed if each.owns(self.name, self.file)]
        return changed[-1] if changed else self.namesake

    @property
    def namesake(self) -> Distribution | None:
        """The distribution of the same name, which is most often the one."""
        return self.folder.distributions.get(normalised(self.name))

    @cached_property
    def changed(self) -> bool:
        """Whether its distribution was installed, upgraded or removed since the kernel started."""
        return self.owner in self.folder.changed or self.gone

    @property
    def gone(self) -> bool:
        """Whether its file is no longer there; one inside an archive never was a file."""
        path = self.file
        while path and not os.path.lexists(path):
            path = os.path.dirname(path)
        return path != self.file and os.path.isdir(path)


def _roots(modules: Mapping[str, Any], folders: list[Folder]) -> Iterator[_Root]:
    spaces = {name: _dictionary(module) for name, module in list(modules.items())}
    placed = {name: _file(space) for name, space in spaces.items()}
    for name, file in placed.items():
        folder = _folder_of(file, folders) if file and not _is_inside(name, placed) else None
        if folder:
            yield _Root(name, spaces[name], file, folder)


def _is_inside(name: str, placed: dict[str, str]) -> bool:
    """Whether a module is part of one that has a file itself."""
    while above := name.rpartition(".")[0]:
        if placed.get(above):
            return True
        name = above
    return False


def _dictionary(module: Any) -> dict[str, Any]:
    """What a module has, without waking one that loads itself when it is touched."""
    try:
        space = object.__getattribute__(module, "__dict__")
    except (AttributeError, TypeError):
        return {}
    return space if isinstance(space, dict) else {}


def _file(space: dict[str, Any]) -> str:
    file = space.get("__file__")
    return file if type(file) is str else ""


def _folder_of(file: str, folders: list[Folder]) -> Folder | None:
    inside = [each for each in folders if file.startswith(each.beginning)]
    return max(inside, key=lambda each: len(each.place), default=None)


def _loaded(root: _Root, deleted: tuple[str, ...], seen: str) -> LoadedModule:
    owner = None if root.gone and root.owner not in root.folder.changed else root.owner
    return LoadedModule(
        name=root.name,
        distribution=owner.name if owner else "",
        version=root.version,
        installed=owner.version if owner else "",
        file=root.file,
        changed=root.changed,
        written=_written(root) if root.version else "",
        seen=seen,
        deleted=deleted,
    )


def _written(root: _Root) -> str:
    """What the files on disk would give the module as its version: its own, then the usual ones."""
    directory = os.path.dirname(root.file)
    package = os.path.basename(root.file).startswith("__init__.")
    beside = _VERSION_FILES if package else ()
    for path in (root.file, *(os.path.join(directory, name) for name in beside)):
        if match := _WRITTEN.search(files.text(path, 65536)):
            return match[1]
    return ""


def _deleted(
    roots: list[_Root], modules: Mapping[str, Any], process: str
) -> dict[str, tuple[str, ...]]:
    """The compiled files of each root that are not on disk as they are in memory."""
    found: dict[str, tuple[str, ...]] = {}
    for mapping in deleted_mappings(process):
        for path, root in _homes(mapping.path, roots, modules):
            if same_bytes(mapping, path, process) is False:
                found[root.name] = (*found.get(root.name, ()), path)
            break
    return found


def _homes(
    path: str, roots: list[_Root], modules: Mapping[str, Any]
) -> Iterator[tuple[str, _Root]]:
    """Where a deleted file was when it was loaded, and whose it is."""
    if "/pip-uninstall-" in path:  # pip moves single files into a folder of that name
        name = os.path.basename(path)
        loaded = (_file(_dictionary(module)) for module in list(modules.values()))
        candidates = [file for file in loaded if os.path.basename(file) == name]
    else:
        candidates = list(places_before(path, _names(roots)))
    for candidate in candidates:
        for root in roots:
            if candidate == root.file or candidate.startswith(_begins(root)):
                yield candidate, root


def _names(roots: list[_Root]) -> list[str]:
    """How folders and files are called in a directory of packages, those of libraries too."""
    tops = dict.fromkeys(root.name.partition(".")[0] for root in roots)
    files_of_roots = [os.path.basename(root.file) for root in roots]
    return [*tops, *(f"{top}.libs" for top in tops), *files_of_roots]


def _begins(root: _Root) -> tuple[str, ...]:
    """How the paths begin that belong to a root, also the libraries that its wheel brings."""
    parts = root.name.split(".")
    libraries = os.path.join(root.folder.place, f"{parts[0]}.libs", "")
    if not os.path.basename(root.file).startswith("__init__."):
        return (libraries,)
    return (os.path.join(root.folder.place, *parts, ""), libraries)


def _needs(found: list[LoadedModule], folders: list[Folder], kernel: Kernel) -> Iterator[Needs]:
    wanted = {normalised(module.distribution) for module in found}
    for folder in folders if wanted else ():
        for distribution in folder.changed:
            yield from (need for need in distribution.needs(kernel.version) if need.name in wanted)


def _is_deleted(link: str) -> bool:
    try:
        return os.readlink(link).endswith(" (deleted)")
    except OSError:
        return False


def _version_on_disk(kernel: Kernel, here: Surroundings) -> str:
    """That of the base itself, to the last number: `pyvenv.cfg` tells what was true once."""
    python = interpreter_of(kernel.base_prefix)
    version = environment_of(python, here, "-E").version if python else ""
    return version if version.count(".") > 1 else ""
