"""JUDGE: what the files say that are read: requirements, packages of the system."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.binder.checks.base import (
    ERROR,
    FAMILY,
    INFO,
    REGISTRY,
    WARNING,
    changed,
    found,
)
from ipymod.binder.declared import all_requirements, local_paths
from ipymod.binder.plan import environment_file
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.binder.facts import File, Repository
    from ipymod.binder.plan import Plan
    from ipymod.binder.requirements import Requirement
    from ipymod.registry import Finding

_TAKEN = pattern(r"[a-z0-9.+-]+")  # how a line of apt.txt has to begin
_COMMAND = pattern(r"(?:^|\s)(?:apt|apt-get|aptitude)\s+(?:-\S+\s+)*install\b|^sudo\b")
_BUILD = pattern(r"[^=]+=[^=]+=[^=*]+")  # name=version=build
_ELSEWHERE = pattern(r"[A-Za-z]:[\\/]|/Users/")
_OF_WINDOWS = frozenset({"pywin32", "pywinpty", "wincertstore", "win-inet-pton", "pywin32-ctypes"})
_OF_MACOS = frozenset({"appnope", "pyobjc", "pyobjc-core"})
_FEW = 3


def _absent(healthy: Repository) -> Repository:
    path = "binder/requirements.txt"
    text = "numpy==2.2.6\nscikit-learn>=1.6\n-r extra.txt\n"
    told: Repository = changed({path: text})(healthy)
    return replace(told, absent=("binder/extra.txt",))


@REGISTRY.check("NB621", FAMILY, ERROR, example=_absent)
def missing_path(repository: Repository) -> Iterator[Finding]:
    """Requirements name a file or folder that is not in the repository.

    A file behind `-r` is looked for beside the file that names it, `-e .` in `requirements.txt`
    means the root even from `binder/requirements.txt`, in `environment.yml` the folder of that
    file. What lies above the root was never copied into the image.
    """
    for each, path in local_paths(repository):
        if path in repository.absent and not _of_another_machine(each):
            message = f"{each.text!r} means {path}, which is not in the repository"
            fix = each.text.replace("..", ".") if path == ".." else ""
            yield found(each.file, each.line, message, fix)


@REGISTRY.check(
    "NB622",
    FAMILY,
    ERROR,
    example=changed(
        {
            "binder/requirements.txt": "numpy @ file:///tmp/build/numpy_and_numpy_base/work\n"
            "scikit-learn==1.6.1\n"
        }
    ),
)
def requirement_of_another_machine(repository: Repository) -> Iterator[Finding]:
    """A requirement can be met on one machine alone.

    `pip freeze` in a conda environment writes paths of the machine that built the packages, on
    Windows and macOS it lists packages that Linux has not; on Binder pip fails at the first.
    """
    for each in all_requirements(repository):
        only = _of_another_machine(each)
        if only and each.holds:
            message = f"{each.text!r} {only}"
            yield found(each.file, each.line, message, "pip list --format=freeze")


def _of_another_machine(requirement: Requirement) -> str:
    """Why only another machine can meet it; empty if Binder may."""
    place = requirement.place
    if place.startswith(("file://", "/")) or re.match(r"[A-Za-z]:[\\/]", place):
        return "is a path on the machine that it was written on"
    if requirement.name in _OF_WINDOWS | _OF_MACOS:
        system = "Windows" if requirement.name in _OF_WINDOWS else "macOS"
        return f"is for {system} alone, and Binder runs Linux"
    return ""


@REGISTRY.check(
    "NB623",
    FAMILY,
    WARNING,
    example=changed(
        {
            "binder/environment.yml": "dependencies:\n- python=3.12.1=h7a9c478_0\n"
            "- numpy=2.2.6=py312h7a9c478_0\n- scikit-learn=1.6.1=py312h7a9c478_0\n"
            "prefix: C:\\Users\\ada\\miniconda3\\envs\\course\n"
        },
        "binder/requirements.txt",
        "binder/runtime.txt",
    ),
)
def builds_of_another_system(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """`environment.yml` names builds of packages that another system has.

    `conda env export` writes the build behind each version, and builds for Windows or macOS do
    not exist for Linux: conda finds no solution. Without builds it can choose.
    """
    environment, file = plan.environment, environment_file(repository)
    if not environment or not file or not _ELSEWHERE.match(environment.prefix):
        return
    builds = [item for item in environment.dependencies if _BUILD.fullmatch(item.text)]
    if builds:
        system = "macOS" if environment.prefix.startswith("/") else "Windows"
        count = f"{len(builds)} builds of {system}, first {builds[0].text!r}"
        fix = f"conda env export --no-builds > {file.path}"
        yield found(file.path, builds[0].line, f"{file.path} asks for {count}", fix)


@REGISTRY.check(
    "NB624",
    FAMILY,
    INFO,
    example=changed({"binder/requirements.txt": "numpy\npandas\nscikit-learn\nscipy\n"}),
)
def nothing_pinned(repository: Repository) -> Iterator[Finding]:
    """No requirement says a version.

    Binder builds anew whenever the repository changes, and then takes the newest of everything:
    notebooks that ran last year may fail without a change of theirs.
    """
    names = [each for each in all_requirements(repository) if each.name and each.holds]
    told = [each for each in names if each.name not in {"python", "pip"}]
    is_open = not any(each.pinned or each.place for each in told)
    if is_open and len(told) > _FEW and "Pipfile.lock" not in " ".join(repository.plan.read):
        message = f"none of {len(told)} requirements says a version, so each build may differ"
        yield found(told[0].file, told[0].line, message)


@REGISTRY.check("NB641", FAMILY, ERROR, example=changed({"binder/apt.txt": "graphviz\n_ffmpeg\n"}))
def refused_apt_name(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A line of `apt.txt` begins with what no package's name begins with.

    repo2docker takes small letters, digits, dots, plus and minus signs there; at anything else,
    a capital letter or an invisible byte order mark, it stops. Comments after `#` are fine.
    """
    for line, text in _of_apt(repository, plan):
        if not _TAKEN.match(text):
            path = posixpath.join(repository.folder, "apt.txt")
            message = f"Binder stops at {path}: {text!r} begins like no package's name"
            is_case = text.lower() != text and _TAKEN.match(text.lower())
            yield found(path, line, message, text.lower() if is_case else "")


@REGISTRY.check(
    "NB642", FAMILY, ERROR, example=changed({"binder/apt.txt": "apt-get install graphviz\n"})
)
def command_in_apt(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A line of `apt.txt` is a command.

    All lines become names behind one `apt-get install`, so that `install` itself is taken for a
    package, which does not exist.
    """
    for line, text in _of_apt(repository, plan):
        if _COMMAND.search(text):
            path = posixpath.join(repository.folder, "apt.txt")
            names = re.split(r"\binstall\b", text)[-1].split()
            fix = "\n".join(name for name in names if not name.startswith("-"))
            yield found(path, line, f"{text!r} is a command, {path} holds names alone", fix)


def _of_apt(repository: Repository, plan: Plan) -> Iterator[tuple[int, str]]:
    """The lines that say something, without comments; a mark at the beginning stays."""
    file: File | None = repository.configured("apt.txt")
    if file is None or file.path not in plan.read:
        return
    lines = file.text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if text:
            yield number, text
