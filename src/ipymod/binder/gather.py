"""GATHER: what lies in a repository: the files that repo2docker may read, and its notebooks."""

from __future__ import annotations

import os
import posixpath
import time
from typing import TYPE_CHECKING

from ipymod.binder import conda, requirements
from ipymod.binder.declared import local_paths
from ipymod.binder.facts import File, Imported, Lesson, Place, Repository
from ipymod.binder.image import STANDARD
from ipymod.binder.plan import AT_ROOT, CONFIGURATION
from ipymod.launchers import files
from ipymod.survey import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.notebooks.imports import Import

_FOLDERS = (".binder", "binder")  # in the order in which repo2docker looks
_MOST = 1 << 22  # bytes of a file of configuration
_DEEPEST = 20  # files that include each other


def gather(root: str, notebooks: Iterable[str], *, with_installed: bool = False) -> Repository:
    """Look into a repository.

    Args:
        root: its folder.
        notebooks: paths of those to read; drawn one by one, each right before it is read.
        with_installed: tell also the imports of what a notebook installs itself.
    """
    from dataclasses import replace

    bare = _configuration(root)
    absent = tuple(dict.fromkeys(path for _, path in local_paths(bare) if not _is(root, path)))
    lessons = _Lessons(root, with_installed=with_installed)
    for path in notebooks:
        lessons.read(path)
    return lessons.added_to(replace(bare, absent=absent))


def _is(root: str, path: str) -> bool:
    inside = not posixpath.isabs(path) and not path.startswith("..")
    return inside and os.path.exists(os.path.join(root, path))


def _configuration(root: str) -> Repository:
    """The repository without its notebooks."""
    folders = tuple(name for name in _FOLDERS if os.path.isdir(os.path.join(root, name)))
    found: dict[str, File] = {}
    others: list[str] = []
    for folder in ("", *folders):
        read = CONFIGURATION if folder else (*CONFIGURATION, *AT_ROOT)
        for name in files.names(os.path.join(root, folder)):
            path = posixpath.join(folder, name)
            if name in read and files.kind(os.path.join(root, path)) == "file":
                found[path] = _file(root, path)
            else:
                others.append(path)
    for file in list(found.values()):
        _include(root, file, found, 0)
    today = time.strftime("%Y-%m-%d")
    return Repository(root, folders, tuple(found.values()), tuple(others), today=today)


def _file(root: str, path: str) -> File:
    data = files.head(os.path.join(root, path), _MOST) or b""
    try:
        return File(path, data.decode())
    except UnicodeDecodeError:
        return File(path, data.decode("utf-8", "surrogateescape"), is_utf8=False)


def _include(root: str, file: File, found: dict[str, File], depth: int) -> None:
    """Read what a file of requirements, or of conda, includes."""
    for each in _requirements(file):
        path = requirements.included(each)
        wanted = each.meaning == "include" and path not in found and depth < _DEEPEST
        if wanted and _is(root, path) and os.path.isfile(os.path.join(root, path)):
            found[path] = _file(root, path)
            _include(root, found[path], found, depth + 1)


def _requirements(file: File) -> Iterator[requirements.Requirement]:
    name = posixpath.basename(file.path)
    if name.startswith("environment.y"):
        lines = [(item.text, item.line) for item in conda.read(file).pip]
        told = (requirements.of_line(text, file.path, line) for text, line in lines)
        yield from filter(None, told)
    elif name not in CONFIGURATION + AT_ROOT or name.startswith("requirements"):
        yield from requirements.read(file)


class _Lessons:
    """Reads notebooks, and keeps of each only what is judged."""

    def __init__(self, root: str, *, with_installed: bool) -> None:
        self._root = root
        self._with_installed = with_installed
        self._found: dict[str, list[Import]] = {}
        self._places: dict[str, list[Place]] = {}
        self._lessons: list[Lesson] = []
        self._unread: list[tuple[str, str]] = []

    def read(self, path: str) -> None:
        """Read one."""
        from ipymod.notebooks.file import read
        from ipymod.notebooks.imports import imports_of
        from ipymod.notebooks.model import Notebook

        told = read(path)
        relative = os.path.relpath(path, self._root).replace(os.sep, "/")
        if not isinstance(told, Notebook):
            self._unread.append((relative, told.reason))
            return
        self._lessons.append(Lesson(relative, told.kernel, told.language))
        for found in imports_of(told):
            if not found.own and (self._with_installed or found.installed_by is None):
                self._found.setdefault(found.module, []).append(found)
                place = Place(relative, found.cell, found.line)
                self._places.setdefault(found.module, []).append(place)

    def added_to(self, repository: Repository) -> Repository:
        """The repository with what was read."""
        from dataclasses import replace

        return replace(
            repository,
            notebooks=tuple(self._lessons),
            imported=tuple(map(self._imported, sorted(self._found))),
            unread=tuple(self._unread),
        )

    def _imported(self, module: str) -> Imported:
        top = module.partition(".")[0]
        found, places = self._found[module], self._places[module]
        pairs = list(zip(found, places, strict=True))
        is_own = known.removed(module)[0]
        return Imported(
            module,
            tuple(place for each, place in pairs if not each.guarded),
            tuple(place for each, place in pairs if each.guarded),
            known.distributions_of(module),
            top in STANDARD,
            known.removed(module) if is_own else known.removed(top),
            known.added(module) or known.added(top),
            known.is_namespace(module),
            all(each.perhaps_by is not None for each in found),
            tuple(self._homes(top, places)),
        )

    def _homes(self, top: str, places: list[Place]) -> Iterator[str]:
        """The folders right below the root, and on the way to the notebooks, that have it."""
        from ipymod.notebooks.imports.own import modules_in

        ways = [way for place in places for way in _upwards(place.path)]
        below = [name for name in files.names(self._root) if not name.startswith(".")]
        for folder in dict.fromkeys(["", *below, *ways]):
            if top in modules_in(os.path.join(self._root, folder)):
                yield folder or "."


def _upwards(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
