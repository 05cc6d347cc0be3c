"""JUDGE: which buildpack of repo2docker takes a repository, and which files it reads there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.binder import conda, python, runtime
from ipymod.binder.image import APART, R_SNAPSHOTS_SINCE, R_VERSIONS
from ipymod.binder.python import Python
from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from ipymod.binder.facts import File, Repository

DEPENDENCIES = (
    "Dockerfile",
    "Project.toml",
    "JuliaProject.toml",
    "default.nix",
    "install.R",
    "environment.yml",
    "environment.yaml",
    "Pipfile.lock",
    "Pipfile",
    "requirements.txt",
)
BESIDE = ("runtime.txt", "apt.txt", "postBuild", "start")
PROJECT = ("setup.py", "pyproject.toml")
CONFIGURATION = (*DEPENDENCIES, *BESIDE, "requirements3.txt", "REQUIRE")
AT_ROOT = (*PROJECT, "DESCRIPTION")
_FULL = 3  # numbers of `4.4.2`


@dataclass(frozen=True)
class Plan:
    """What repo2docker would do.

    Attributes:
        buildpack: `docker`, `julia`, `nix`, `r`, `conda`, `pipfile` or `python`, the last one also
            where nothing says anything; empty if it stops before.
        python: the Python of the image.
        read: the files that have an effect, from the root.
        ignored: those in the same folder that have none.
        hidden: those in the root that have none because there is a folder.
        project: whether the repository itself is installed with pip.
        environment: what `environment.yml` says, where that is read.
        fault: why it stops before or while it reads; empty if it does not.
        at: the file with the fault, and its line.
    """

    buildpack: str = ""
    python: Python = Python()
    read: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    project: bool = False
    environment: conda.Environment | None = None
    fault: str = ""
    at: tuple[str, int] = ("", 1)

    @property
    def is_apart(self) -> bool:
        """Whether the kernel has an environment of its own, beside the server's."""
        return self.python.version in APART


def plan_of(repository: Repository) -> Plan:
    """What repo2docker would do."""
    if len(repository.folders) > 1:
        return Plan(fault="it does not choose between .binder/ and binder/")
    early = _stopped_early(repository)
    if early:
        return early
    buildpack = _buildpack(repository)
    stopped = _stopped(repository, buildpack)
    if stopped:
        return stopped
    environment = _environment(repository, buildpack)
    project = buildpack in {"r", "julia", "python"} and is_package(repository)
    taken = _python(repository, buildpack, environment)
    read = tuple(_read(repository, buildpack, taken, project=project))
    there = (repository.configured(name) for name in (*CONFIGURATION, *AT_ROOT))
    ignored = tuple(file.path for file in there if file and file.path not in read)
    root = (*CONFIGURATION, *AT_ROOT) if repository.folder else ()
    hidden = tuple(name for name in root if name in repository.by_path)
    return Plan(buildpack, taken, read, ignored, hidden, project, environment)


def is_package(repository: Repository) -> bool:
    """Whether repo2docker takes the repository itself for something to install."""
    if repository.at_root("setup.py"):
        return True
    file = repository.at_root("pyproject.toml")
    told = python.toml(file) if file else {}
    return "project" in told and "build-system" in told


def _stopped_early(repository: Repository) -> Plan | None:
    """Why it stops at files that it looks at before all others."""
    file = repository.by_path.get("Dockerfile")
    for number, line in enumerate(file.plain.split("\n") if file else (), 1):
        if line.startswith("FROM"):
            if "andrewosh/binder-base" in line.partition("#")[0].lower():
                fault = "it builds on andrewosh/binder-base, which repo2docker no longer takes"
                return Plan(fault=fault, at=("Dockerfile", number))
            break
    return None


def _buildpack(repository: Repository) -> str:
    """The first that fits, in repo2docker's own order."""
    has = repository.configured
    told = runtime.read(has("runtime.txt"))
    fitting = {
        "docker": has("Dockerfile"),
        "julia": has("Project.toml") or has("JuliaProject.toml"),
        "require": has("REQUIRE"),
        "nix": has("default.nix"),
        "runtime": told.fault,
        "r": (told.name == "r" and told.date) or repository.at_root("DESCRIPTION"),
        "conda": has("environment.yml") or has("environment.yaml"),
        "pipfile": told.name in {"", "python"} and (has("Pipfile") or has("Pipfile.lock")),
    }
    return next((name for name, fits in fitting.items() if fits), "python")


def _stopped(repository: Repository, buildpack: str) -> Plan | None:
    """Why it stops once a buildpack was chosen."""
    file = repository.configured("runtime.txt")
    told = runtime.read(file)
    if buildpack == "require":
        path = f"{repository.folder}/REQUIRE".lstrip("/")
        return Plan(fault="Julia's REQUIRE is no longer read, Project.toml is", at=(path, 1))
    if file and told.fault and buildpack in {"runtime", "julia"}:
        return Plan(fault=told.fault, at=(file.path, 1))
    if file and buildpack == "r" and (fault := _r_fault(told)):
        return Plan(fault=fault, at=(file.path, 1))
    for each in _parsed(repository, buildpack):
        fault, line = python.fault_of(each)
        if fault:
            return Plan(fault=fault, at=(each.path, line))
    return None


def _r_fault(told: runtime.Runtime) -> str:
    if told.name == "r" and told.date and told.date < R_SNAPSHOTS_SINCE:
        return f"there are no packages of {told.date}, only of {R_SNAPSHOTS_SINCE} and later"
    known = not told.version or told.version in R_VERSIONS
    if not known and len(told.version.split(".")) != _FULL:
        return f"there is no R {told.version}"
    return ""


def _parsed(repository: Repository, buildpack: str) -> list[File]:
    """What repo2docker parses as TOML or JSON, and stops at where it cannot."""
    if buildpack in {"python", "r", "julia"}:
        found = [repository.at_root("pyproject.toml")]
    else:
        names = ("Pipfile.lock", "Pipfile") if buildpack == "pipfile" else ()
        found = [repository.configured(name) for name in names]
    return [file for file in found if file]


def _environment(repository: Repository, buildpack: str) -> conda.Environment | None:
    file = environment_file(repository)
    return conda.read(file) if file and buildpack in {"conda", "r", "julia"} else None


def environment_file(repository: Repository) -> File | None:
    """The one that wins of `environment.yml` and `environment.yaml`."""
    return repository.configured("environment.yml") or repository.configured("environment.yaml")


def _python(
    repository: Repository, buildpack: str, environment: conda.Environment | None
) -> Python:
    file = environment_file(repository)
    if buildpack in {"docker", "nix"}:
        return Python()
    if buildpack == "conda" and file and environment:
        return python.of_conda(file, environment)
    if buildpack == "pipfile":
        return python.of_pipfile(repository)
    return python.of_runtime(repository)


def _read(repository: Repository, buildpack: str, taken: Python, *, project: bool) -> list[str]:
    """The paths of the files that have an effect."""
    names = [*_OF[buildpack]]
    if buildpack != "docker":
        names += BESIDE[1:]
    found = [file.path for name in names if (file := repository.configured(name))]
    environment = environment_file(repository)
    if environment and buildpack in {"conda", "r", "julia"}:
        found.append(environment.path)
    told = repository.configured("runtime.txt")
    if told and (taken.path == told.path or buildpack == "r"):
        found.append(told.path)
    if taken.version in APART and (more := repository.configured("requirements3.txt")):
        found.append(more.path)
    if project or taken.path == "pyproject.toml":
        found += [name for name in PROJECT if repository.at_root(name)]
    if buildpack == "r" and repository.at_root("DESCRIPTION"):
        found.append("DESCRIPTION")
    return found


_OF = {
    "docker": ("Dockerfile",),
    "julia": ("Project.toml", "JuliaProject.toml", "requirements.txt"),
    "nix": ("default.nix",),
    "r": ("install.R", "requirements.txt"),
    "conda": (),
    "pipfile": ("Pipfile.lock", "Pipfile"),
    "python": ("requirements.txt",),
}


def shebang(file: File) -> str:
    """The line that names a script's interpreter, without `#!`; empty if there is none."""
    match = re.match(r"#!([^\n]*)", file.text)
    return match[1].strip() if match else ""
