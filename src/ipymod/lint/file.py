"""JUDGE: files that should be notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.lint.base import ERROR, REGISTRY, WARNING, At, Finding
from ipymod.lint.examples import metadata, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.notebooks.model import Notebook, Unreadable


def _of(file: Unreadable, *kinds: str, fix: str = "") -> Iterator[Finding]:
    if file.kind in kinds:
        yield Finding(file.reason, fix=fix, at=At(line=file.line))


@REGISTRY.check(
    "NB401", "file", ERROR, example=unreadable("denied", "it cannot be read: Permission denied")
)
def file_cannot_be_read(file: Unreadable) -> Iterator[Finding]:
    """The system does not let the file be read, or its bytes are no text.

    Notebooks are JSON in UTF-8. A file in another encoding was written by a program that does
    not know notebooks, and Jupyter does not open it.
    """
    yield from _of(file, "denied", "encoding")


@REGISTRY.check("NB402", "file", ERROR, example=unreadable("pointer", "it is a pointer of Git LFS"))
def file_is_a_pointer(file: Unreadable) -> Iterator[Finding]:
    """Git LFS has put a pointer in the place of the notebook.

    The repository was cloned without Git LFS, or the file was never fetched: three lines of text
    stand where the notebook should be.
    """
    yield from _of(file, "pointer", fix="git lfs pull")


@REGISTRY.check("NB403", "file", ERROR, example=unreadable("empty", "it is empty"))
def file_is_empty(file: Unreadable) -> Iterator[Finding]:
    """A file with a notebook's name has nothing in it.

    A download or a disk that was full leaves such a file; Jupyter does not open it.
    """
    yield from _of(file, "empty")


@REGISTRY.check(
    "NB404",
    "file",
    ERROR,
    example=unreadable("json", "it is no JSON: Expecting value, column 1", 7),
)
def file_is_no_json(file: Unreadable) -> Iterator[Finding]:
    """The file is no JSON, so that nothing opens it as a notebook.

    It was cut off, merged by hand, or edited as text. The line says where reading stopped.
    """
    yield from _of(file, "json")


@REGISTRY.check(
    "NB405", "file", ERROR, example=unreadable("shape", "it is JSON of a list, no notebook")
)
def file_is_no_notebook(file: Unreadable) -> Iterator[Finding]:
    """The file is JSON of something else than a notebook.

    A notebook is a table with a list of cells.
    """
    yield from _of(file, "shape")


@REGISTRY.check(
    "NB406", "file", WARNING, example=unreadable("old", "its format is 3, and 4 is read here")
)
def format_is_not_current(file: Unreadable) -> Iterator[Finding]:
    """The notebook is in a format that is not in use any more, or not yet.

    Format 4 is of 2015. Jupyter converts older ones when it opens them; most other tools do not
    read them at all.
    """
    fix = f"jupyter nbconvert --to notebook --inplace {file.path}" if file.kind == "old" else ""
    yield from _of(file, "old", "new", fix=fix)


@REGISTRY.check(
    "NB407",
    "file",
    WARNING,
    example=metadata(faults=("cell 3 lacks metadata",)),
)
def notebook_breaks_its_schema(notebook: Notebook) -> Iterator[Finding]:
    """The notebook differs from the schema of its format.

    Front ends guess or repair what is missing, each in its own way; strict tools refuse it.
    """
    for fault in notebook.faults:
        yield Finding(fault, at=At())
