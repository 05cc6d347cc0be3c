"""GATHER: what is set, in files and variables, that decides where an installer installs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.facts.settings import (
    LibraryEntry,
    Redirect,
    Setting,
    Settings,
    Variable,
    obeyed,
)
from ipymod.launchers import environment_of, interpreter_of, pyenv
from ipymod.launchers.path import first_on_path
from ipymod.patterns import pattern
from ipymod.survey.pip_settings import pip_settings
from ipymod.survey.tool_settings import conda_settings, upwards, uv_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_TOOLS = ("uv", "conda", "mamba", "poetry", "pipenv", "pyenv")
_LOADER = {
    "Linux": ("LD_LIBRARY_PATH", "LD_PRELOAD"),
    "Darwin": ("DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES"),
}
_VERSION = pattern(r"(?:cpython|python)?[-@]?(\d+(?:\.\d+){0,2})t?", re.IGNORECASE)


def gather_settings(kernel: Kernel, here: Surroundings) -> Settings:
    """All that is set here; a file that cannot be read is as if it were not there."""
    pip, pip_files = pip_settings(kernel, here)
    uv = uv_settings(here)
    return Settings(
        pip=pip,
        pip_files=pip_files,
        uv=uv,
        conda=conda_settings(here),
        redirects=(*_pip_redirects(pip, kernel, here), *_uv_redirects(uv, kernel, here)),
        missing_constraints=tuple(_missing_constraints(pip, here)),
        variables=tuple(_variables(kernel, here)),
        library_path=tuple(_library_path(kernel, here)),
        tools=tuple(tool for tool in _TOOLS if first_on_path(tool, here)),
    )


def same_place(one: str, two: str, here: Surroundings) -> bool:
    """Whether two paths are one directory, links resolved, by the system's idea of case."""
    try:
        first, second = os.path.realpath(here.absolute(one)), os.path.realpath(two)
    except (OSError, ValueError):
        return False
    if here.system == "Linux":
        return first == second
    return first.casefold() == second.casefold()


def _pip_redirects(
    pip: tuple[Setting, ...], kernel: Kernel, here: Surroundings
) -> Iterator[Redirect]:
    for key in ("target", "prefix", "root"):
        if setting := obeyed(pip, key):
            yield _folder_redirect("pip", setting, kernel, here)
    if setting := obeyed(pip, "python", command=""):
        yield _python_redirect("pip", setting, kernel, here)


def _uv_redirects(
    uv: tuple[Setting, ...], kernel: Kernel, here: Surroundings
) -> Iterator[Redirect]:
    for setting in uv:
        if setting.section != "pip":
            continue
        if setting.key in {"target", "prefix"}:
            yield _folder_redirect("uv", setting, kernel, here)
        elif setting.key == "python":
            yield _python_redirect("uv", setting, kernel, here)
        elif setting.key == "system":
            seen = kernel.prefix == kernel.base_prefix
            yield Redirect("uv", setting, "", seen=seen)


def _folder_redirect(tool: str, setting: Setting, kernel: Kernel, here: Surroundings) -> Redirect:
    """Where packages end up: `--prefix` and `--root` have their own folders below."""
    top = here.absolute(setting.value)
    if setting.key == "root":
        site = kernel.environment.site[0] if kernel.environment.site else kernel.prefix
        folder = os.path.join(top, os.path.splitdrive(site)[1].lstrip("/\\"))
    elif setting.key == "prefix":
        folder = os.path.join(top, *_below_prefix(kernel, here))
    else:
        folder = top
    folder = os.path.normpath(folder)
    seen = any(entry and same_place(folder, entry, here) for entry in kernel.path)
    return Redirect(tool, setting, folder, seen, os.path.isdir(folder))


def _below_prefix(kernel: Kernel, here: Surroundings) -> tuple[str, ...]:
    if here.windows:
        return ("Lib", "site-packages")
    short = ".".join(kernel.version.split(".")[:2])
    return ("lib", f"python{short}", "site-packages")


def _python_redirect(tool: str, setting: Setting, kernel: Kernel, here: Surroundings) -> Redirect:
    asked = _asked(setting.value, kernel, here)
    return Redirect(tool, setting, asked.place, asked.same, asked.exists)


def _asked(value: str, kernel: Kernel, here: Surroundings) -> Variable:
    """What an interpreter, an environment's folder or, for uv, a version means."""
    path = here.absolute(value)
    if match := _VERSION.fullmatch(value):
        same = f"{kernel.version}.".startswith(f"{match[1]}.")
        if not os.path.exists(path):
            return Variable("", value, same=same)
    python = interpreter_of(path) if os.path.isdir(path) else path
    if not (python and os.path.isfile(python)):
        bare = os.path.basename(value) == value
        found = first_on_path(value, here) if bare else None
        if not found:
            return Variable("", value, path, exists=False, same=False)
        python = found
    prefix = environment_of(python, here).prefix
    return Variable("", value, prefix or python, same=same_place(prefix, kernel.prefix, here))


def _missing_constraints(pip: tuple[Setting, ...], here: Surroundings) -> Iterator[str]:
    setting = obeyed(pip, "constraint")
    for name in setting.value.split() if setting else ():
        local = "://" not in name and not name.startswith("file:")
        if local and not os.path.exists(here.absolute(name)):
            yield name


def _variables(kernel: Kernel, here: Surroundings) -> Iterator[Variable]:
    told = {name: value for name, value in here.variables.items() if value}
    activated = told.get("VIRTUAL_ENV", "")
    if activated:
        yield _prefix("VIRTUAL_ENV", activated, activated, kernel, here)
    for name in ("POETRY_ACTIVE", "PIPENV_ACTIVE"):
        if name in told and activated:  # they only say that VIRTUAL_ENV is theirs
            yield _prefix(name, told[name], activated, kernel, here)
    yield from _conda_variables(told, kernel, here)
    if "PYENV_VERSION" in told:
        yield from _pyenv_version(told["PYENV_VERSION"], kernel, here)
    if project := told.get("UV_PROJECT_ENVIRONMENT"):
        place = os.path.join(_project(here), project)
        yield _prefix("UV_PROJECT_ENVIRONMENT", project, place, kernel, here)
    for name in ("UV_PYTHON", "PYTHONEXECUTABLE"):
        if name in told:
            asked = _asked(told[name], kernel, here)
            yield Variable(name, told[name], asked.place, asked.exists, asked.same)


def _prefix(name: str, value: str, place: str, kernel: Kernel, here: Surroundings) -> Variable:
    path = os.path.normpath(here.absolute(place))
    same = same_place(path, kernel.prefix, here)
    return Variable(name, value, path, os.path.isdir(path), same)


def _conda_variables(
    told: dict[str, str], kernel: Kernel, here: Surroundings
) -> Iterator[Variable]:
    """The base of a virtual environment is its own conda environment."""
    prefix, name = told.get("CONDA_PREFIX", ""), told.get("CONDA_DEFAULT_ENV", "")
    named = prefix or (name if os.path.basename(name) != name else "")
    for variable, value in (("CONDA_PREFIX", prefix), ("CONDA_DEFAULT_ENV", name)):
        if value and named:
            found = _prefix(variable, value, named, kernel, here)
            same = found.same or same_place(named, kernel.base_prefix, here)
            yield Variable(variable, value, found.place, found.exists, same)
        elif value:
            yield Variable(variable, value, same=_called(value, kernel))


def _called(name: str, kernel: Kernel) -> bool:
    """Whether the kernel could be conda's environment of that name."""
    if kernel.environment.kind != "conda":
        return False
    inside = os.path.basename(os.path.dirname(kernel.prefix)) == "envs"
    return os.path.basename(kernel.prefix) == name if inside else name == "base"


def _pyenv_version(value: str, kernel: Kernel, here: Surroundings) -> Iterator[Variable]:
    """The first version named; pyenv itself sets the variable for what its shims start."""
    root = pyenv.root_of(here)
    first = pyenv.chosen(root, here).versions[0]
    if first in {"system", ""}:
        return
    place = os.path.join(root, "versions", first)
    own = any(same_place(place, each, here) for each in (kernel.prefix, kernel.base_prefix))
    yield Variable("PYENV_VERSION", value, place, os.path.isdir(place), own)


def _project(here: Surroundings) -> str:
    """The folder that UV_PROJECT_ENVIRONMENT counts from: that of the nearest project."""
    found = (top for top in upwards(here.cwd) if os.path.isfile(f"{top}/pyproject.toml"))
    return next(found, here.cwd)


def _library_path(kernel: Kernel, here: Surroundings) -> Iterator[LibraryEntry]:
    for variable in _LOADER.get(here.system, ()):
        entries = re.split(
            r"[:;\s]" if variable == "LD_PRELOAD" else r"[:;]", here.variables.get(variable, "")
        )
        for entry in filter(None, dict.fromkeys(entries)):
            yield _library_entry(variable, entry, kernel, here)


def _library_entry(variable: str, entry: str, kernel: Kernel, here: Surroundings) -> LibraryEntry:
    for folder in upwards(os.path.normpath(here.absolute(entry))):
        if os.path.isdir(os.path.join(folder, "conda-meta")):
            kind = "conda"
        elif os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
            kind = "venv"
        else:
            continue
        own = any(same_place(folder, each, here) for each in (kernel.prefix, kernel.base_prefix))
        return LibraryEntry(variable, entry, folder, kind, own)
    return LibraryEntry(variable, entry)
