"""JUDGE: what repo2docker would install, by name."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from ipymod.binder import requirements
from ipymod.binder.image import BUNDLES, PRESENT, PRESENT_APART
from ipymod.binder.plan import environment_file
from ipymod.binder.python import lock, toml
from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.binder.facts import File, Repository
    from ipymod.binder.requirements import Requirement

_INSTALL = pattern(r"(?:pip3?|conda|mamba|micromamba)\s+(?:-\S+\s+)*install\s+([^\n;&|#]*)")
_LISTED = pattern(r"install_requires\s*=\s*\[([^\]]*)\]")
_QUOTED = pattern(r"""["']([^"'\n]+)["']""")
_DEEPEST = 20  # files that include each other


@dataclass(frozen=True)
class Declared:
    """What would be installed.

    Attributes:
        requirements: as they are written.
        names: of all that surely would be, as PEP 503 compares them.
        present: those that the image has anyway.
        is_whole: whether these are all; not so where something is built whose needs are unknown.
        project: whether the repository itself would be.
    """

    requirements: tuple[Requirement, ...] = ()
    names: frozenset[str] = frozenset()
    present: frozenset[str] = PRESENT
    is_whole: bool = True
    project: bool = False

    def brings(self, distribution: str) -> bool:
        """Whether a distribution would be there, or a variant of it: `tensorflow-cpu`."""
        name = normalised(distribution)
        is_there = name in self.names or name in self.present
        return is_there or any(each.startswith(f"{name}-") for each in self.names - self.present)


def declared_by(repository: Repository) -> Declared | None:
    """What would be installed; None where the image is somebody else's matter."""
    plan = repository.plan
    if plan.fault or plan.buildpack in {"", "docker", "nix"}:
        return None
    found = list(all_requirements(repository))
    active = [each for each in found if each.holds and each.meaning == "install"]
    names = {each.name for each in active} | set(_by_scripts(repository))
    project = plan.project or any(_is_project(each) for each in active)
    told, is_known = _of_project(repository) if project else (set(), True)
    locked, is_lock = _of_pipfile(repository)
    names |= told | locked
    present = PRESENT_APART if plan.is_apart else PRESENT
    strange = any(not each.name and not _is_project(each) for each in active)
    unsure = strange or bool(names & BUNDLES) or not is_known or not is_lock
    doubt = bool(plan.environment and (plan.environment.doubt or plan.environment.fault))
    return Declared(
        tuple(found), frozenset(names - {""}), present, not unsure and not doubt, project
    )


def _is_project(requirement: Requirement) -> bool:
    return bool(requirement.path) and _target(requirement) == "."


def _target(requirement: Requirement) -> str:
    """The path from the root that a local requirement names.

    pip is started in the root for `requirements.txt`, and mamba starts it beside `environment.yml`.
    """
    path = requirement.path.replace("\\", "/")
    is_yaml = requirement.file.endswith((".yml", ".yaml"))
    folder = posixpath.dirname(requirement.file) if is_yaml else ""
    return posixpath.normpath(posixpath.join(folder, path))


def local_paths(repository: Repository) -> Iterator[tuple[Requirement, str]]:
    """The requirements that name files or folders of the repository, with their path from it."""
    for each in all_requirements(repository):
        if each.meaning != "install" and each.path:
            yield each, requirements.included(each)
        elif each.path and each.holds:
            yield each, _target(each)


def all_requirements(repository: Repository) -> Iterator[Requirement]:
    """Those of the files that are read, and of what these include."""
    version = repository.plan.python.version
    for path in repository.plan.read:
        if posixpath.basename(path) == "requirements.txt":
            yield from _with_included(repository.by_path[path], repository, version, 0)
    yield from _of_conda(repository, version)


def _with_included(
    file: File, repository: Repository, version: str, depth: int
) -> Iterator[Requirement]:
    for each in requirements.read(file, version):
        yield each
        inner = repository.by_path.get(requirements.included(each))
        if each.meaning == "include" and inner and depth < _DEEPEST:
            yield from _with_included(inner, repository, version, depth + 1)


def _of_conda(repository: Repository, version: str) -> Iterator[Requirement]:
    environment, file = repository.plan.environment, environment_file(repository)
    if not environment or not file:
        return
    for item in environment.dependencies:
        if found := requirements.of_conda(item.text, file.path, item.line):
            yield found
    for item in environment.pip:
        each = requirements.of_line(item.text, file.path, item.line, version)
        if each:
            yield each
            inner = repository.by_path.get(requirements.included(each))
            if each.meaning == "include" and inner:
                yield from _with_included(inner, repository, version, 1)


def _by_scripts(repository: Repository) -> Iterator[str]:
    """What `postBuild` and `start` install by themselves."""
    for path in repository.plan.read:
        if posixpath.basename(path) in {"postBuild", "start"}:
            yield from installed_by(repository.by_path[path].plain)


def installed_by(text: str) -> Iterator[str]:
    """The names behind `pip install` and `conda install`, as far as they are written out."""
    for match in _INSTALL.finditer(text):
        for word in match[1].split():
            found = requirements.of_line(word.strip("\"'"), "", 1)
            if found and found.name:
                yield found.name


def _of_pipfile(repository: Repository) -> tuple[set[str], bool]:
    """What `Pipfile.lock` and `Pipfile` name; whether all that would be installed is named."""
    if repository.plan.buildpack != "pipfile":
        return set(), True
    locked, file = repository.configured("Pipfile.lock"), repository.configured("Pipfile")
    told = lock(locked) if locked else toml(file) if file else {}
    groups = ("default", "develop") if locked else ("packages", "dev-packages")
    tables = [table for group in groups if isinstance(table := told.get(group), dict)]
    here = any(isinstance(each, dict) and "path" in each for t in tables for each in t.values())
    return {normalised(name) for table in tables for name in table}, not here


def _of_project(repository: Repository) -> tuple[set[str], bool]:
    """What the project itself needs; whether that is all."""
    file = repository.by_path.get("pyproject.toml")
    project = toml(file).get("project") if file else None
    if isinstance(project, dict):
        dynamic = project.get("dynamic")
        is_known = not isinstance(dynamic, list) or "dependencies" not in dynamic
        own = project.get("name")
        return _names([*_strings(project.get("dependencies")), *_strings([own])]), is_known
    script = repository.by_path.get("setup.py")
    listed = _LISTED.search(script.plain) if script else None
    return (_names(_QUOTED.findall(listed[1])), True) if listed else (set(), False)


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _names(lines: Iterable[str]) -> set[str]:
    found = (requirements.of_line(line, "pyproject.toml", 1) for line in lines)
    return {each.name for each in found if each and each.holds}
