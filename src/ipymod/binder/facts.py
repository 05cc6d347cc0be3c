"""DATA: what lies in a repository, as far as Binder and its notebooks care."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from ipymod.binder.declared import Declared
    from ipymod.binder.plan import Plan

MARK = "\ufeff"


@dataclass(frozen=True)
class File:
    """A text file.

    Attributes:
        path: from the root, with `/`.
        text: what stands in it, its mark of byte order and its line ends kept.
        is_utf8: whether that is UTF-8; what is not stands in the text as surrogates.
    """

    path: str
    text: str = ""
    is_utf8: bool = True

    @property
    def plain(self) -> str:
        """The text as Python reads it: without a mark, each line ending on a newline alone."""
        return self.text.removeprefix(MARK).replace("\r\n", "\n").replace("\r", "\n")

    @property
    def is_marked(self) -> bool:
        """Whether it begins with a byte order mark."""
        return self.text.startswith(MARK)


@dataclass(frozen=True)
class Place:
    """Where an import stands.

    Attributes:
        path: of the notebook, from the root.
        cell: from 0.
        line: in the cell, from 1.
    """

    path: str
    cell: int
    line: int


@dataclass(frozen=True)
class Imported:
    """A module that notebooks import, that is not their own and that they do not install.

    Attributes:
        module: its dotted name.
        places: where it is imported and nothing catches a failure.
        guarded: where something does.
        distributions: those known to bring it, the usual one first.
        standard: whether it is in the standard library of the newest Pythons.
        removed: the version of Python that took it out of there, and what takes its place.
        added: the version of Python that brought it; empty if all have it.
        is_part: whether the name is that of a namespace, which many distributions share.
        perhaps: whether every notebook installs something before, which may bring it.
        homes: the folders of the repository, from its root, that have a module of that name.
    """

    module: str
    places: tuple[Place, ...] = ()
    guarded: tuple[Place, ...] = ()
    distributions: tuple[str, ...] = ()
    standard: bool = False
    removed: tuple[str, str] = ("", "")
    added: str = ""
    is_part: bool = False
    perhaps: bool = False
    homes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A notebook.

    Attributes:
        path: from the root.
        kernel: the name of its kernelspec; empty without one.
        language: of its cells.
    """

    path: str
    kernel: str = "python3"
    language: str = "python"


@dataclass(frozen=True)
class Repository:
    """All that is judged.

    Attributes:
        root: as it was given.
        folders: of `.binder` and `binder` those that are there.
        files: those that repo2docker may read, in the root and in these folders, and what they
            include.
        names: what else lies in the root and these folders: paths from the root.
        absent: what is named in requirements and is not there: paths from the root.
        notebooks: those that can be read.
        imported: by the notebooks in Python, each module once.
        unread: what gives no notebook, and why.
        today: `2026-11-21`.
    """

    root: str
    folders: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    names: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    notebooks: tuple[Lesson, ...] = ()
    imported: tuple[Imported, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    today: str = "2026-01-01"

    @property
    def repository(self) -> Repository:
        """Itself, for the checks."""
        return self

    @property
    def folder(self) -> str:
        """Where the configuration lies: `.binder`, `binder`, or empty for the root."""
        return self.folders[0] if self.folders else ""

    @cached_property
    def by_path(self) -> dict[str, File]:
        """The files by their path."""
        return {file.path: file for file in self.files}

    def configured(self, name: str) -> File | None:
        """The file of that name where the configuration lies."""
        return self.by_path.get(f"{self.folder}/{name}" if self.folder else name)

    def at_root(self, name: str) -> File | None:
        """The file of that name in the root, where that is read: not beside a folder."""
        return None if self.folder else self.by_path.get(name)

    @cached_property
    def plan(self) -> Plan:
        """What repo2docker would do."""
        from ipymod.binder.plan import plan_of

        return plan_of(self)

    @cached_property
    def declared(self) -> Declared | None:
        """What would be installed; None where that cannot be told."""
        from ipymod.binder.declared import declared_by

        return declared_by(self)
