"""JUDGE: whether what the notebooks import, and the kernels that they name, will be there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.binder.checks.base import (
    ERROR,
    FAMILY,
    INFO,
    REGISTRY,
    WARNING,
    found,
    importing,
    in_cell,
    requirements_path,
)
from ipymod.binder.facts import Imported, Lesson, Place
from ipymod.binder.image import BROUGHT_BY, KERNELS
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.binder.declared import Declared
    from ipymod.binder.facts import Repository
    from ipymod.binder.plan import Plan
    from ipymod.registry import Finding

_HERE = (Place("lesson1.ipynb", 1, 1),)


@REGISTRY.check(
    "NB651",
    FAMILY,
    ERROR,
    example=importing(Imported("cv2", _HERE, distributions=("opencv-python",))),
)
def undeclared_import(repository: Repository, declared: Declared) -> Iterator[Finding]:
    """A notebook imports a module that nothing brings that is declared.

    On its author's machine it was installed some day; the image has what the repository declares
    and no more. What a declared package needs itself may bring it all the same, but that cannot be
    told without asking the index.
    """
    for each in _uncovered(repository, declared):
        if each.places and each.distributions and not _is_maybe_there(each, declared):
            yield _undeclared(repository, each, each.places[0])


@REGISTRY.check(
    "NB652",
    FAMILY,
    INFO,
    example=importing(
        Imported("scipy.linalg", _HERE, distributions=("scipy",)),
    ),
)
def import_that_another_brings(repository: Repository, declared: Declared) -> Iterator[Finding]:
    """A module is there only because something else that is declared needs it.

    Such a need may end with the next release, as it did for many; to declare what is imported
    costs a line.
    """
    for each in _uncovered(repository, declared):
        if each.distributions and _bringer(each, declared):
            yield _undeclared(repository, each, (*each.places, *each.guarded)[0])


def _undeclared(repository: Repository, each: Imported, place: Place) -> Finding:
    name, path = each.distributions[0], requirements_path(repository)
    many = len({other.path for other in each.places}) - 1
    others = f" and {many} more notebook{'s' * (many > 1)}" if many > 0 else ""
    message = f"{each.module}, imported here{others}, comes with {name}, which is not declared"
    return in_cell(place, message, f"add to {path}: {name}", declared_in=path)


@REGISTRY.check(
    "NB653",
    FAMILY,
    INFO,
    example=importing(Imported("cupy", (), _HERE, distributions=("cupy",))),
)
def guarded_import_undeclared(repository: Repository, declared: Declared) -> Iterator[Finding]:
    """A module that is not declared is imported where a failure is caught.

    The notebook will go the other way on Binder; that may be what its author wants.
    """
    for each in _uncovered(repository, declared):
        if not each.places and each.distributions and not _is_maybe_there(each, declared):
            yield _undeclared(repository, each, each.guarded[0])


@REGISTRY.check("NB654", FAMILY, INFO, example=importing(Imported("coursetools", _HERE)))
def unknown_import(repository: Repository, declared: Declared) -> Iterator[Finding]:
    """A notebook imports a module that no declared name resembles and nobody here knows.

    It may come with a declared package under another name, or be missing.
    """
    for each in _uncovered(repository, declared):
        is_told = each.distributions or each.homes or each.is_part or not each.places
        if not is_told and declared.is_whole:
            message = f"nothing that is declared is known to bring {each.module}"
            yield in_cell(each.places[0], message)


@REGISTRY.check(
    "NB655",
    FAMILY,
    ERROR,
    example=importing(
        Imported("distutils.core", _HERE, standard=False, removed=("3.12", "setuptools"))
    ),
)
def module_not_in_this_python(
    repository: Repository, plan: Plan, declared: Declared
) -> Iterator[Finding]:
    """A module of the standard library is not in the Python of the image.

    Modules come and go: `tomllib` is there from 3.11 on, `distutils` until 3.11. The notebook runs
    on its author's Python and not on Binder's.
    """
    version = plan.python.version
    for each in repository.imported if version else ():
        late = bool(each.added) and _older(version, each.added)
        gone = bool(each.removed[0]) and not _older(version, each.removed[0])
        if each.places and (late or gone) and not _is_covered(each, declared):
            since = f"came with {each.added}" if late else f"went with {each.removed[0]}"
            instead = f"use {each.removed[1]}" if gone and each.removed[1] else ""
            message = f"{each.module} {since}, and Binder takes Python {version}"
            yield in_cell(each.places[0], message, instead)


def _beside(healthy: Repository) -> Repository:
    own = Imported("course.plots", (Place("lessons/one.ipynb", 1, 1),), homes=("src",))
    lesson = Lesson("lessons/one.ipynb")
    return replace(healthy, imported=(*healthy.imported, own), notebooks=(lesson,))


@REGISTRY.check("NB656", FAMILY, WARNING, example=_beside)
def own_module_out_of_reach(repository: Repository, declared: Declared) -> Iterator[Finding]:
    """A module of the repository lies neither beside the notebook nor is it installed.

    A kernel starts in the folder of its notebook and imports from there. What lies elsewhere, in
    `src` or one folder up, is found only if the repository is installed (`.` among the
    requirements) or the notebook changes its path.
    """
    for each in repository.imported:
        if each.homes and each.places and not _is_covered(each, declared):
            home = "the root" if each.homes[0] == "." else f"{each.homes[0]}/"
            message = f"{each.module} lies in {home}, which this notebook does not import from"
            fix = f"add to {requirements_path(repository)}: ."
            yield in_cell(each.places[0], message, fix, home=each.homes[0])


@REGISTRY.check(
    "NB661",
    FAMILY,
    WARNING,
    example=lambda healthy: replace(healthy, notebooks=(Lesson("lesson1.ipynb", "conda-env-ada"),)),
)
def kernel_not_there(repository: Repository, declared: Declared, plan: Plan) -> Iterator[Finding]:
    """A notebook names a kernel that the image does not have.

    The image has `python3`. At another name JupyterLab asks the reader to choose a kernel or
    quietly takes Python's; whatever runs notebooks without a reader stops.
    """
    named: dict[str, list[str]] = {}
    for lesson in repository.notebooks:
        if lesson.kernel and not _has_kernel(lesson, repository, declared, plan):
            named.setdefault(lesson.kernel, []).append(lesson.path)
    for kernel, paths in named.items():
        others = f" and {len(paths) - 1} more" if paths[1:] else ""
        fix = f"ipymod fix --kernelspec python3 {paths[0]}"
        message = f"{paths[0]}{others} names the kernel {kernel!r}, Binder has python3"
        yield found(paths[0], 1, message, fix, kernel=kernel)


def _has_kernel(lesson: Lesson, repository: Repository, declared: Declared, plan: Plan) -> bool:
    kernel = lesson.kernel
    if kernel == "python3" or (kernel == "python2" and plan.python.version == "2.7"):
        return True
    if kernel == "ir" or lesson.language == "r":
        return plan.buildpack == "r" or any(name.startswith("r-") for name in declared.names)
    if kernel.startswith("julia"):
        return plan.buildpack == "julia"
    scripts = [repository.by_path[path].plain for path in plan.read if path.endswith("postBuild")]
    bringing = KERNELS.get(kernel, ())
    return any(kernel in text for text in scripts) or any(map(declared.brings, bringing))


def _uncovered(repository: Repository, declared: Declared) -> Iterator[Imported]:
    """What is imported and neither declared, nor Python's own, nor in the repository."""
    for each in repository.imported:
        is_pythons = each.standard or each.removed[0]
        is_told = is_pythons or each.homes or each.perhaps
        if not is_told and not _is_covered(each, declared):
            yield each


def _is_covered(each: Imported, declared: Declared) -> bool:
    """Whether what is declared brings it, under whatever name."""
    top = each.module.partition(".")[0]
    if each.homes and declared.project:
        return True
    names = (*each.distributions, top, each.module.replace(".", "-"))
    return any(map(declared.brings, names))


def _is_maybe_there(each: Imported, declared: Declared) -> bool:
    return not declared.is_whole or bool(_bringer(each, declared))


def _bringer(each: Imported, declared: Declared) -> str:
    """What is declared and surely brings it; empty if nothing is known to."""
    names = [normalised(name) for name in each.distributions]
    by = [other for name in names for other in BROUGHT_BY.get(name, ())]
    return next((other for other in by if other in declared.names), "")


def _older(version: str, other: str) -> bool:
    one, two = (tuple(map(int, each.split(".")[:2])) for each in (version, other))
    return one < two
