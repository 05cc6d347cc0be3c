"""GATHER: the environment that `uv pip install` would change, by the order in which uv looks.

| What is asked | What is accepted |
|---|---|
| UV_PYTHON, or `python` in uv's files: a path | whatever Python is there |
| the same: a version or a name | as below, if it is of that version or name |
| UV_SYSTEM_PYTHON, or `system` in uv's files | conda's base, the first on PATH that is no venv |
| VIRTUAL_ENV | a virtual environment; one that is broken ends the search |
| CONDA_PREFIX | an environment of conda that is not the base |
| the working directory and those above it | an environment, or one called `.venv` |
| PATH | its very first Python, if that belongs to a virtual environment |

Seen in uv 0.13; tests compare it with `uv pip install --dry-run -v`.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts.commands import Target
from ipymod.launchers import environment_of, files, find_on_path, resolve
from ipymod.launchers.path import first_on_path, is_executable
from ipymod.patterns import pattern
from ipymod.survey.project import gather_project
from ipymod.survey.tool_settings import upwards, uv_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipymod.facts import Environment, Kernel
    from ipymod.facts.settings import Setting
    from ipymod.launchers import Surroundings

_COMMAND = "uv pip install"
_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
_FALSE = frozenset({"0", "false", "no", "off", "n", "f"})
_VERSION = pattern(r"(?:c?python|cp)?@?(3)(?:\.?(\d+))?(?:\.(\d+))?", re.IGNORECASE)
_OTHER_REQUEST = pattern(r"[<>=!~,*]|pypy|graalpy|pyodide|^pp|^gp|^cp|\d", re.IGNORECASE)
_OLDEST = (3, 6)  # uv does not look at older ones


def gather_uv_target(kernel: Kernel, here: Surroundings) -> Target | None:
    """What `uv pip install` would change, and what `uv add`; None if there is no uv on PATH."""
    if first_on_path("uv", here) is None:
        return None
    told = {each.key: each for each in uv_settings(here) if each.section == "pip"}
    target = _sent_to_a_folder(told, kernel, here) or _found(told, here)
    return replace(target, project=_of_project(kernel, here))


def _found(told: Mapping[str, Setting], here: Surroundings) -> Target:
    """What uv finds where its files name no folder."""
    request, reason = here.variables.get("UV_PYTHON", ""), "UV_PYTHON"
    if not request and "python" in told:
        request, reason = told["python"].value, told["python"].origin
    system, because = "system" in told, told["system"].origin if "system" in told else ""
    word = here.variables.get("UV_SYSTEM_PYTHON", "").lower()
    if word in _TRUE:
        system, because = True, "UV_SYSTEM_PYTHON"
    elif word and word not in _FALSE:
        steps = (f"UV_SYSTEM_PYTHON is {word}, neither yes nor no",)
        return Target(_COMMAND, None, "UV_SYSTEM_PYTHON", "broken", "certain", steps=steps)
    if request:
        return _Search(here, reason).asked(request, system=system)
    return _Search(here, because).system() if system else _Search(here, "").virtual()


def _sent_to_a_folder(
    told: Mapping[str, Setting], kernel: Kernel, here: Surroundings
) -> Target | None:
    setting = told.get("target") or told.get("prefix")
    if setting is None:
        return None
    folder = _folder(setting, kernel, here)
    seen = any(_is_same(folder, entry) for entry in kernel.path if entry)
    steps = (f"{setting.origin} sends packages to {folder}",)
    return Target(_COMMAND, None, setting.origin, "ok", "certain", folder, seen, steps)


def _folder(setting: Setting, kernel: Kernel, here: Surroundings) -> str:
    """Where packages end up: `prefix` has its own folders below."""
    top = os.path.normpath(here.absolute(setting.value))
    if setting.key == "target":
        return top
    if here.windows:
        return os.path.join(top, "Lib", "site-packages")
    short = ".".join(kernel.version.split(".")[:2])
    return os.path.join(top, "lib", f"python{short}", "site-packages")


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, ValueError):
        return False


def _of_project(kernel: Kernel, here: Surroundings) -> Target | None:
    """What `uv add` would change: the environment of the project, if it is there already."""
    project = gather_project(kernel, here)
    for each in project.environments if project else ():
        if each.tool == "uv" and each.python:
            environment = environment_of(each.python, here.without_variables("PYTHONHOME"))
            steps = (f"uv add and uv run take {each.prefix} because of {each.named_by}",)
            return Target("uv add", environment, each.named_by, "ok", "certain", steps=steps)
    return None


class _Search:
    """One search of uv's, which notes each place where it looked."""

    def __init__(self, here: Surroundings, reason: str) -> None:
        # uv asks each Python in isolation, so that PYTHONHOME is not seen.
        self._here = (
            here.without_variables("PYTHONHOME") if "PYTHONHOME" in here.variables else here
        )
        self._reason = reason
        self._steps: list[str] = []
        self._version = ""

    def asked(self, request: str, *, system: bool) -> Target:
        """What a request leads to: `3.12`, a folder, a path, a name on PATH."""
        self._steps.append(f"{self._reason} is {request}")
        path = self._here.absolute(request)
        if request.lower() in {"any", "default"}:
            return self.system() if system else self.virtual()
        if match := _VERSION.fullmatch(request):
            self._version = ".".join(filter(None, match.groups()))
            return self.system() if system else self.virtual()
        if os.path.isdir(path):
            return self._given(_interpreter(path, self._here))
        if os.path.isfile(path) or os.sep in request or (self._here.windows and "/" in request):
            return self._given(path)
        if _OTHER_REQUEST.search(request):
            return self._unknown(f"what {request} means is not understood here")
        return self._called(request, system=system)

    def system(self) -> Target:
        """The first Python that is no virtual environment: conda's base, then those on PATH."""
        managed = self._here.variables.get("UV_MANAGED_PYTHON", "").lower() in _TRUE
        if managed or self._here.variables.get("UV_PYTHON_PREFERENCE") == "only-managed":
            return self._unknown("uv was told to take a Python of its own")
        base = self._conda(base=True)
        for python in (*([base] if base else []), *self._on_path()):
            found = self._examined(self._reason, python, virtual=False)
            if found:
                return found
        return self._unknown("no Python on PATH will do, but uv may have one of its own")

    def virtual(self) -> Target:
        """The first virtual environment."""
        for reason, python in self._environments():
            conda = reason == "CONDA_PREFIX"
            if reason == "VIRTUAL_ENV" and _is_broken_environment(python):
                return self._refused(f"{python} does not exist", "VIRTUAL_ENV")
            found = self._examined(reason, python, virtual=None if conda else True)
            if found:
                return found
        wanted = f" for Python {self._version}" if self._version else ""
        return self._refused(f"No virtual environment found{wanted}", self._reason)

    def _environments(self) -> Iterator[tuple[str, str]]:
        """What decides, and the interpreter, in uv's order."""
        active = self._here.variables.get("VIRTUAL_ENV", "")
        if active:
            yield "VIRTUAL_ENV", _interpreter(self._here.absolute(active), self._here)
        if conda := self._conda(base=False):
            yield "CONDA_PREFIX", conda
        if near := self._near():
            yield near, _interpreter(near, self._here)
        if first := next(self._on_path(), ""):
            yield "PATH", first

    def _conda(self, *, base: bool) -> str:
        """The interpreter of conda's active environment, if it is its base, or is not."""
        prefix = self._here.variables.get("CONDA_PREFIX", "")
        if not prefix or _is_base(prefix, self._here) != base:
            return ""
        return _interpreter(self._here.absolute(prefix), self._here)

    def _near(self) -> str:
        """The environment around the working directory, or called `.venv` in one above it."""
        for folder in upwards(self._here.cwd):
            if _has_config(folder):
                return folder
            inner = os.path.join(folder, ".venv")
            if os.path.isdir(inner) or os.path.islink(inner):
                if _has_config(inner):
                    return inner
                self._steps.append(f"{inner} has no pyvenv.cfg")
                return ""
        return ""

    def _on_path(self) -> Iterator[str]:
        """The interpreters on PATH, the most specific names first in each directory."""
        names = ["python", "python3"]
        if self._version:
            major, minor, *_ = (*self._version.split("."), "")
            names = [*([f"python{major}.{minor}"] if minor else []), f"python{major}", "python"]
        separator = ";" if self._here.windows else ":"
        given = self._here.variables.get("UV_PYTHON_SEARCH_PATH")
        entries = given.split(separator) if given else self._here.path
        places = (self._here.absolute(entry.strip('"')) for entry in entries if entry)
        for place in (each for each in dict.fromkeys(places) if each not in self._here.silent):
            for name in names:
                path = os.path.join(place, name)
                path += ".exe" if self._here.windows else ""
                if is_executable(path, self._here):
                    yield path

    def _called(self, name: str, *, system: bool) -> Target:
        for path in find_on_path(name, self._here):
            if found := self._examined(self._reason, path, virtual=not system):
                return found
        return self._refused(f"no {name} on PATH belongs to a virtual environment", self._reason)

    def _given(self, python: str) -> Target:
        """A path: any Python that is there will do."""
        found = self._examined(self._reason, python, virtual=None)
        return found or self._refused(f"{python} is no Python that starts", self._reason)

    def _examined(self, reason: str, python: str, *, virtual: bool | None) -> Target | None:
        """The target that an interpreter means; None if uv would go on looking.

        Args:
            reason: what led to it.
            python: its path.
            virtual: whether it has to belong to a virtual environment, or must not; None for
                either.
        """
        found = resolve(python, os.path.basename(python), self._here)
        environment = found.environment
        if found.state == "unknown":
            return self._unknown(found.reason)
        if obstacle := found.reason or self._obstacle(python, environment, virtual=virtual):
            self._steps.append(obstacle)
            return None
        if environment and environment.managed and not self._may_break():
            return self._refused(f"{environment.prefix} is externally managed", reason)
        steps = (*self._steps, f"{reason} leads to {found.python}")
        return Target(_COMMAND, environment, reason, "ok", found.certainty, steps=steps)

    def _obstacle(
        self, python: str, environment: Environment | None, *, virtual: bool | None
    ) -> str:
        """Why uv does not take an interpreter that starts; empty if it does."""
        if environment is None:
            return f"{python} is no Python"
        if virtual is not None and virtual != (environment.prefix != environment.base_prefix):
            kind = "no virtual environment" if virtual else "a virtual environment"
            return f"{python} is of {kind}"
        if environment.kind == "virtualenv" and not _has_config(environment.prefix):
            return f"{python} is of a virtualenv before 20, which cannot tell uv about itself"
        return "" if self._fits(environment) else f"{python} is Python {environment.version}"

    def _fits(self, environment: Environment) -> bool:
        numbers = tuple(int(part) for part in re.findall(r"\d+", environment.version)[:2])
        if numbers and numbers < _OLDEST:
            return False
        return f"{environment.version}.".startswith(f"{self._version}." if self._version else "")

    def _may_break(self) -> bool:
        return self._here.variables.get("UV_BREAK_SYSTEM_PACKAGES", "").lower() in _TRUE

    def _refused(self, why: str, reason: str) -> Target:
        return Target(_COMMAND, None, reason, "broken", "certain", steps=(*self._steps, why))

    def _unknown(self, why: str) -> Target:
        return Target(_COMMAND, None, self._reason, steps=(*self._steps, why))


def _interpreter(prefix: str, here: Surroundings) -> str:
    """The interpreter that uv starts in a prefix, whether it exists or not."""
    on_windows = ("Scripts/python.exe", "bin/python.exe", "python.exe")
    names = on_windows if here.windows else ("bin/python", "bin/python3")
    paths = [os.path.join(prefix, *name.split("/")) for name in names]
    return next(filter(os.path.exists, paths), paths[0])


def _is_broken_environment(python: str) -> bool:
    """Whether an interpreter is missing from a virtual environment that is there."""
    prefix = os.path.dirname(os.path.dirname(python))
    return not os.path.exists(python) and _has_config(prefix)


def _has_config(prefix: str) -> bool:
    return files.kind(os.path.join(prefix, "pyvenv.cfg")) == "file"


def _is_base(prefix: str, here: Surroundings) -> bool:
    """Whether uv takes the prefix for conda's base, which it treats as a Python of the system."""
    if files.kind(os.path.join(prefix, "conda-meta", "pixi")) == "file":
        return False
    if here.variables.get("_CONDA_ROOT") == prefix:
        return True
    name = here.variables.get("CONDA_DEFAULT_ENV")
    return bool(name) and prefix != name and os.path.basename(prefix.rstrip("/\\")) != name
