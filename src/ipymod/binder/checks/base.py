"""The registry that the families of checks fill, and what they have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.binder.facts import File, Imported, Lesson, Place, Repository
from ipymod.registry import At, Finding, Registry, Severity

if TYPE_CHECKING:
    from ipymod.registry import Change

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
FAMILY = "binder"
REGISTRY = Registry()

__all__ = ["ERROR", "FAMILY", "HEALTHY", "INFO", "REGISTRY", "WARNING", "Finding", "changed"]

HEALTHY = Repository(
    root=".",
    folders=("binder",),
    files=(
        File("binder/requirements.txt", "numpy==2.2.6\npandas~=2.2\nscikit-learn>=1.6\n"),
        File("binder/runtime.txt", "python-3.12\n"),
        File("binder/apt.txt", "graphviz\n"),
        File("binder/postBuild", "#!/bin/bash\nset -e\njupyter kernelspec list\n"),
        File("binder/start", '#!/bin/bash\nexport COURSE=1\nexec "$@"\n'),
    ),
    notebooks=(Lesson("lesson1.ipynb"),),
    imported=(
        Imported("json", (Place("lesson1.ipynb", 1, 1),), standard=True),
        Imported("numpy", (Place("lesson1.ipynb", 1, 2),), distributions=("numpy",)),
        Imported("sklearn.svm", (Place("lesson1.ipynb", 1, 3),), distributions=("scikit-learn",)),
        Imported("IPython", (Place("lesson1.ipynb", 1, 4),), distributions=("ipython",)),
    ),
    today="2026-01-31",
)


def changed(texts: dict[str, str], *without: str) -> Change:
    """An example: the healthy repository with other files, by path, and without some."""

    def change(healthy: Repository) -> Repository:
        gone = {*texts, *without}
        kept = tuple(file for file in healthy.files if file.path not in gone)
        new = tuple(File(path, text) for path, text in texts.items())
        heads = (path.partition("/")[0] for path in texts)
        folders = {*healthy.folders, *(head for head in heads if head in {"binder", ".binder"})}
        return replace(healthy, files=kept + new, folders=tuple(sorted(folders)))

    return change


def at_root(texts: dict[str, str]) -> Change:
    """An example: the healthy repository without its folder, and with these files in its root."""

    def change(healthy: Repository) -> Repository:
        files = tuple(File(path, text) for path, text in texts.items())
        return replace(healthy, files=files, folders=())

    return change


def importing(imported: Imported, file: tuple[str, str] = ("", "")) -> Change:
    """An example: a notebook imports one more module, and one file says something else."""

    def change(healthy: Repository) -> Repository:
        with_file: Repository = changed({file[0]: file[1]})(healthy) if file[0] else healthy
        return replace(with_file, imported=(*with_file.imported, imported))

    return change


def found(path: str, line: int, message: str, fix: str = "", **more: str) -> Finding:
    """A finding in a file of configuration."""
    return Finding(message, fix, {"path": path, "line": str(line), **more}, at=At(line=line))


def in_cell(place: Place, message: str, fix: str = "", **more: str) -> Finding:
    """A finding in a cell of a notebook."""
    told = {"path": place.path, "cell": str(place.cell), "line": str(place.line), **more}
    return Finding(message, fix, told, at=At(place.cell, place.line))


def line_of(file: File, text: str) -> int:
    """The line, from 1, in which a text stands first."""
    return file.plain[: max(0, file.plain.find(text))].count("\n") + 1


def requirements_path(repository: Repository) -> str:
    """Where a missing distribution is best written down."""
    read = [*repository.plan.read]
    for name in ("environment.yml", "environment.yaml", "Pipfile", "requirements.txt"):
        for path in read:
            if path.rpartition("/")[2] == name:
                return path
    return f"{repository.folder}/requirements.txt".lstrip("/")
