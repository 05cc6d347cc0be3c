"""JUDGE: which files repo2docker reads, and which it passes over."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.binder import requirements
from ipymod.binder.checks.base import (
    ERROR,
    FAMILY,
    INFO,
    REGISTRY,
    WARNING,
    at_root,
    changed,
    found,
)
from ipymod.binder.declared import all_requirements
from ipymod.binder.plan import BESIDE, CONFIGURATION, DEPENDENCIES
from ipymod.binder.python import toml
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.binder.facts import File, Repository
    from ipymod.binder.plan import Plan
    from ipymod.registry import Finding

# What people write for a name that repo2docker knows; elsewhere such files mean other things.
_MEANT = {
    "aptfile": "apt.txt",
    "apt": "apt.txt",
    "apt-get.txt": "apt.txt",
    "apt-packages.txt": "apt.txt",
    "apt_packages.txt": "apt.txt",
    "packages.txt": "apt.txt",
    "conda.yml": "environment.yml",
    "conda.yaml": "environment.yml",
    "env.yml": "environment.yml",
    "env.yaml": "environment.yml",
    "environments.yml": "environment.yml",
    "post_build": "postBuild",
    "post-build": "postBuild",
    "postbuild.sh": "postBuild",
    "python-version": "runtime.txt",
    "requirement.txt": "requirements.txt",
    "requirements": "requirements.txt",
    "requirements.txt.txt": "requirements.txt",
    "runtime": "runtime.txt",
    "start.sh": "start",
}
_BY_CASE = {name.lower(): name for name in CONFIGURATION}


@REGISTRY.check(
    "NB601", FAMILY, ERROR, example=changed({".binder/requirements.txt": "numpy==2.2.6\n"})
)
def two_folders(repository: Repository) -> Iterator[Finding]:
    """There is a folder `.binder` and a folder `binder`.

    repo2docker does not choose between them: it stops, and nothing is built.
    """
    if len(repository.folders) > 1:
        fix = "git mv .binder/* binder/"
        yield found(".binder", 1, "Binder stops: there are both .binder/ and binder/", fix)


@REGISTRY.check(
    "NB602",
    FAMILY,
    WARNING,
    example=changed({"postBuild": "#!/bin/bash\ntrue\n"}, "binder/postBuild"),
)
def hidden_by_the_folder(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A file in the root has no effect, because there is a folder `binder` or `.binder`.

    With such a folder repo2docker looks nowhere else: not at the requirements in the root, not
    at its `runtime.txt`, `apt.txt`, `postBuild` or `start`, not at `pyproject.toml`. Where the
    folder has a file of the same kind, its author has decided, and nothing is said.
    """
    folder = repository.folder
    if not folder or len(repository.folders) > 1:
        return
    has_own = any(repository.configured(name) for name in DEPENDENCIES)
    included = {requirements.included(each) for each in all_requirements(repository)}
    for name in (*DEPENDENCIES, *BESIDE):
        is_decided = repository.configured(name) or (has_own and name in DEPENDENCIES)
        if name in repository.by_path and not is_decided and name not in included:
            message = f"{name} in the root is not read, since there is a folder {folder}/"
            yield found(name, 1, message, f"git mv {name} {folder}/{name}", reads=_list(plan))


def _list(plan: Plan) -> str:
    return ", ".join(plan.read) or "nothing"


@REGISTRY.check(
    "NB603",
    FAMILY,
    WARNING,
    example=changed(
        {
            "binder/environment.yml": "dependencies:\n- python=3.12\n- numpy=2\n- scikit-learn\n",
            "binder/requirements.txt": "pandas~=2.2\n",
        },
        "binder/runtime.txt",
    ),
)
def overruled(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A file has no effect, because another in the same folder comes before it.

    Of Dockerfile, Project.toml, default.nix, environment.yml, Pipfile and requirements.txt the
    first that is there wins. So `requirements.txt` does nothing beside `environment.yml`, and so
    does `runtime.txt`: conda's file has to say which Python.
    """
    winner = _winner(plan)
    included = {requirements.included(each) for each in all_requirements(repository)}
    for path in plan.ignored if winner else ():
        name = posixpath.basename(path)
        if path in included or name not in CONFIGURATION or name == "Dockerfile":
            continue
        file = repository.by_path[path]
        if not _says_nothing_new(repository, file):
            message = f"{path} is not read, since {winner} comes before it"
            yield found(path, 1, message, _merged(name, winner), wins=winner)


def _winner(plan: Plan) -> str:
    """The file that made repo2docker choose, if that file alone says what is installed."""
    first = {"docker": "Dockerfile", "nix": "default.nix", "pipfile": "Pipfile"}
    name = first.get(plan.buildpack, "environment" if plan.buildpack == "conda" else "")
    fitting = (path for path in plan.read if name and posixpath.basename(path).startswith(name))
    return next(fitting, "")


def _says_nothing_new(repository: Repository, file: File) -> bool:
    """Whether what it says holds anyway."""
    name = posixpath.basename(file.path)
    version = repository.plan.python.version
    if name == "runtime.txt":
        return file.plain.strip() == f"python-{version}"
    if name != "requirements.txt" or repository.declared is None:
        return name in {"requirements3.txt", "environment.yaml"}
    told = [each for each in requirements.read(file, version) if each.meaning == "install"]
    return all(repository.declared.brings(each.name) for each in told)


def _merged(name: str, winner: str) -> str:
    if name == "requirements.txt" and "environment" in winner:
        return "under dependencies: write  - pip:  and below it  - -r requirements.txt"
    if name == "runtime.txt" and "environment" in winner:
        return "write the version under dependencies: as  - python=3.12"
    return f"move what it says into {winner}, and remove it"


def _misnamed(healthy: Repository) -> Repository:
    return replace(healthy, names=("binder/Environment.yml",))


@REGISTRY.check("NB604", FAMILY, WARNING, example=_misnamed)
def misnamed(repository: Repository) -> Iterator[Finding]:
    """The name of a file differs from one that repo2docker knows by its case or its ending.

    Binder runs Linux, where `Requirements.txt` is not `requirements.txt`, and repo2docker knows
    no `apt-packages.txt`, `env.yml` or `start.sh`: it passes over such a file without a word.
    """
    for path in repository.names:
        folder, _, name = path.rpartition("/")
        meant = _meant(name, folder) if folder == repository.folder else ""
        if meant and not repository.configured(meant):
            message = f"{path} is not read: repo2docker knows {meant} alone"
            yield found(path, 1, message, f"git mv {path} {posixpath.join(folder, meant)}")


def _meant(name: str, folder: str) -> str:
    """The name that repo2docker knows; empty if it is another matter, as `start.sh` in a root."""
    low = name.lower()
    if not folder:
        return "" if low in {"start", "require"} else _BY_CASE.get(low, "")
    return _BY_CASE.get(low, "") or _MEANT.get(low, "")


@REGISTRY.check(
    "NB605",
    FAMILY,
    ERROR,
    example=changed(
        {"binder/environment.yml": "- python=3.12\n"},
        "binder/requirements.txt",
        "binder/runtime.txt",
    ),
)
def unreadable_configuration(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """A file that decides what is installed cannot be read.

    A wrong indent in `environment.yml`, a missing quote in `pyproject.toml`, or a file that some
    editor saved as UTF-16: repo2docker stops there, after minutes in the queue of a hub.
    """
    if plan.fault and plan.at[0] and not plan.at[0].endswith("runtime.txt"):
        yield found(*plan.at, f"Binder stops at {plan.at[0]}: {plan.fault}")
    environment = plan.environment
    path = next((each for each in plan.read if "environment.y" in each), "")
    if environment and environment.fault:
        yield found(path, environment.line, f"Binder stops at {path}: {environment.fault}")
    if environment and environment.doubt:
        message = f"what {path} installs cannot be told: {environment.doubt}"
        unsure = found(path, environment.line, message, "python -m pip install pyyaml")
        yield replace(unsure, severity=INFO)
    for path in plan.read:
        file = repository.by_path[path]
        if not file.is_utf8 and not path.endswith(("runtime.txt", "requirements.txt")):
            yield found(path, 1, f"{path} is no UTF-8, which repo2docker reads it as")


@REGISTRY.check(
    "NB606",
    FAMILY,
    WARNING,
    example=at_root(
        {
            "pyproject.toml": '[project]\nname = "course"\nversion = "1"\n'
            'requires-python = ">=3.12"\ndependencies = ["pandas>=2"]\n',
            "runtime.txt": "python-3.12\n",
            "requirements.txt": "numpy==2.2.6\nscikit-learn==1.6\n",
        }
    ),
)
def project_passed_over(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """What `pyproject.toml` asks for is not installed.

    repo2docker installs a repository only if its `pyproject.toml` has both the table `project`
    and the table `build-system`; it reads neither Poetry's own table nor the lock files of uv,
    Poetry, PDM or pixi.
    """
    file = repository.at_root("pyproject.toml")
    declared = repository.declared
    if file is None or declared is None or declared.project or plan.buildpack != "python":
        return
    told = _needs(toml(file))
    missing = [name for name in told if not declared.brings(name)]
    if missing:
        names = ", ".join(missing[:5]) + (" ..." if missing[5:] else "")
        message = f"pyproject.toml is passed over, and so {names} will not be installed"
        yield found("pyproject.toml", 1, message, "give it a table [build-system]")


def _needs(told: dict[str, object]) -> list[str]:
    """The names that a project asks for, in either form."""
    match told:
        case {"project": {"dependencies": [*lines]}}:
            each = [requirements.of_line(str(line), "", 1) for line in lines]
            return [one.name for one in each if one and one.name and one.holds]
        case {"tool": {"poetry": {"dependencies": dict(table)}}}:
            return [normalised(name) for name in table if name != "python"]
    return []


@REGISTRY.check(
    "NB607",
    FAMILY,
    WARNING,
    example=changed({"binder/install.R": "install.packages('sf')\n"}),
)
def install_without_r(repository: Repository, plan: Plan) -> Iterator[Finding]:
    """There is an `install.R`, and repo2docker does not install R.

    It takes R where `runtime.txt` names it with a date, or the root has a `DESCRIPTION`;
    `install.R` alone is passed over.
    """
    file = repository.configured("install.R")
    if file and file.path not in plan.read and plan.buildpack in {"python", "pipfile"}:
        where = posixpath.join(repository.folder, "runtime.txt")
        message = f"{file.path} is not read, since nothing says that R is to be installed"
        yield found(file.path, 1, message, f"write one line into {where}: r-4.4-2026-01-31")
