"""GATHER: what uv and conda are told by their files and variables, as far as checks ask for it."""

from __future__ import annotations

import fnmatch
import os
import re
from typing import TYPE_CHECKING, Any

from ipymod.facts.settings import VARIABLES, Setting
from ipymod.launchers import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.launchers import Surroundings

_ENOUGH = 1 << 20
_INDEXES = ("index-url", "extra-index-url", "default-index", "index", "find-links", "no-index")
_OF_UV = frozenset({*_INDEXES, "target", "prefix", "system", "python"})
_OF_CONDA = {
    "envs_dirs": ("envs_dirs", "envs_path"),
    "create_default_packages": ("create_default_packages",),
    "pip_interop_enabled": ("pip_interop_enabled",),
    "always_yes": ("always_yes", "yes"),
}


def uv_settings(here: Surroundings) -> tuple[Setting, ...]:
    """What uv reads here: the winner of each section and key; variables come before files."""
    winners: dict[tuple[str, str], Setting] = {}
    for path in _uv_files(here):
        for setting in _from_toml(path):
            winners[setting.section, setting.key] = setting
    variables = [f"UV_{key.upper().replace('-', '_')}" for key in _INDEXES]
    for key, variable in zip(_INDEXES, variables, strict=True):
        if value := here.variables.get(variable):
            winners[VARIABLES, key] = Setting(key, value, variable, VARIABLES)
    return tuple(winners.values())


def _uv_files(here: Surroundings) -> list[str]:
    """The files that exist, the one that wins last: the system's, the user's, the project's."""
    if here.variables.get("UV_NO_CONFIG", "").lower() in {"1", "true", "yes", "on", "y", "t"}:
        return []
    if named := here.variables.get("UV_CONFIG_FILE"):
        return [here.absolute(named)]
    candidates = [*_system_files(here)[-1:], os.path.join(_user_folder(here), "uv", "uv.toml")]
    return [*filter(_is_file, candidates), *_project_file(here)]


def _system_files(here: Surroundings) -> list[str]:
    """Those that exist; uv takes the first of XDG_CONFIG_DIRS, which is last here."""
    if here.windows:
        drive = here.variables.get("SYSTEMDRIVE", "C:")
        folders = [os.path.join(f"{drive}\\ProgramData", "uv")]
    else:
        given = here.variables.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        folders = ["/etc/uv", *(os.path.join(each, "uv") for each in given.split(":")[::-1])]
    paths = [os.path.join(folder, "uv.toml") for folder in folders]
    return list(filter(_is_file, paths))


def _user_folder(here: Surroundings) -> str:
    if here.windows:
        return here.variables.get("APPDATA") or os.path.join(here.home, "AppData", "Roaming")
    return here.variables.get("XDG_CONFIG_HOME") or os.path.join(here.home, ".config")


def _project_file(here: Surroundings) -> list[str]:
    """The nearest file upwards that speaks to uv; `uv.toml` hides `pyproject.toml` beside it.

    Within a project the search begins at its root, or at that of the workspace around it.
    """
    for folder in upwards(_root(here.cwd)):
        path = os.path.join(folder, "uv.toml")
        if _is_file(path):
            return [path]
        path = os.path.join(folder, "pyproject.toml")
        if _is_file(path) and _parsed(path):
            return [path]
    return []


def _root(cwd: str) -> str:
    """The root of the project that the working directory lies in; itself if in none."""
    path = next(filter(_is_file, (os.path.join(top, "pyproject.toml") for top in upwards(cwd))), "")
    own = os.path.dirname(path)
    if not path or not re.search(rb"(?m)^\s*\[(project|tool\.uv\.workspace)\b", _data(path)):
        return cwd
    for top in upwards(os.path.dirname(own)):
        workspace = _table(_parsed(os.path.join(top, "pyproject.toml")), "workspace")
        if _has_member(workspace, os.path.relpath(own, top)):
            return top
    return own


def _has_member(workspace: dict[str, Any], path: str) -> bool:
    """Whether the patterns of a workspace name a folder, whose depth they fix."""
    named, excluded = (
        any(_fits(path, str(pattern)) for pattern in _list(workspace, key))
        for key in ("members", "exclude")
    )
    return named and not excluded


def _fits(path: str, pattern: str) -> bool:
    parts, patterns = path.split(os.sep), pattern.strip("/").split("/")
    return len(parts) == len(patterns) and all(map(fnmatch.fnmatch, parts, patterns))


def _list(table: dict[str, Any], name: str) -> list[Any]:
    inner = table.get(name)
    return inner if isinstance(inner, list) else []


def _is_file(path: str) -> bool:
    return files.kind(path) == "file"


def _data(path: str) -> bytes:
    return files.head(path, _ENOUGH) or b""


def upwards(folder: str) -> Iterator[str]:
    """A folder and those above it, up to the root; nothing for an empty one."""
    while folder:
        yield folder
        above = os.path.dirname(folder)
        folder = above if above != folder else ""


def _parsed(path: str) -> dict[str, Any]:
    """What a file says to uv; empty if it says nothing or cannot be read."""
    data = _data(path)
    project = os.path.basename(path) == "pyproject.toml"
    if project and not (b"uv" in data and b"tool" in data):
        return {}
    import tomllib  # 3 ms, only where a file speaks of uv

    try:
        table = tomllib.loads(data.decode())
    except (ValueError, RecursionError):  # no UTF-8, no TOML, or nested without end
        return {}
    return _table(_table(table, "tool"), "uv") if project else table


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    inner = table.get(name)
    return inner if isinstance(inner, dict) else {}


def _from_toml(path: str) -> Iterator[Setting]:
    table = _parsed(path)
    for section, part in (("", table), ("pip", _table(table, "pip"))):
        for key, value in part.items():
            if key in _OF_UV and (text := _text(value)):
                yield Setting(key, text, path, section)


def _text(value: Any) -> str:
    """Lists by blanks, tables by their `url`, truth as `true`; nothing for what is false."""
    if isinstance(value, list):
        return " ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return _text(value.get("url", ""))
    return "true" if value is True else str(value or "")


def conda_settings(here: Surroundings) -> tuple[Setting, ...]:
    """What conda reads here of the few keys that matter: the winner of each."""
    winners: dict[str, Setting] = {}
    for path in _condarcs(here):
        for key, value in _from_condarc(files.text(path, _ENOUGH)):
            winners[key] = Setting(key, value, path)
    for key, names in _OF_CONDA.items():
        for variable in (f"CONDA_{name.upper()}" for name in names):
            if given := here.variables.get(variable):
                winners[key] = Setting(key, given, variable, VARIABLES)
    return tuple(winners.values())


def _condarcs(here: Surroundings) -> Iterator[str]:
    """The files that could be there, in conda's order: the one that wins last."""
    executable = here.variables.get("CONDA_EXE", "")
    system = [r"C:\ProgramData\conda"] if here.windows else ["/etc/conda", "/var/lib/conda"]
    folders = [
        *system,
        os.path.dirname(os.path.dirname(executable)),
        os.path.join(_user_folder(here), "conda"),
        os.path.join(here.home, ".conda"),
    ]
    for folder in filter(None, dict.fromkeys(folders)):
        yield from _condarcs_in(folder)
    yield os.path.join(here.home, ".condarc")
    if prefix := here.variables.get("CONDA_PREFIX"):
        yield from _condarcs_in(prefix)
    if named := here.variables.get("CONDARC"):
        yield here.absolute(named)


def _condarcs_in(folder: str) -> Iterable[str]:
    more = os.path.join(folder, "condarc.d")
    found = [name for name in files.names(more) if name.endswith((".yml", ".yaml"))]
    names = (".condarc", "condarc", *(os.path.join("condarc.d", name) for name in found))
    return (os.path.join(folder, name) for name in names)


def _from_condarc(text: str) -> Iterator[tuple[str, str]]:
    """The keys that matter and their values, lists by blanks; a forgiving reader of YAML."""
    key, values = "", list[str]()
    for line in [*text.splitlines(), "end:"]:
        plain = line.partition(" #")[0].rstrip()
        if not plain or plain.startswith("#"):
            continue
        if key and plain.lstrip().startswith("-"):
            values.append(_scalar(plain.lstrip()[1:]))
        elif not plain[0].isspace():
            if value := " ".join(filter(None, values)):
                yield key, value
            name, _, rest = plain.partition(":")
            key = _known(name.strip())
            values = [_scalar(part) for part in rest.strip().strip("[]").split(",")] if key else []


def _known(name: str) -> str:
    """The key that a name stands for, which may be its older name; empty for any other."""
    return next((key for key, names in _OF_CONDA.items() if name in names), "")


def _scalar(text: str) -> str:
    return text.strip().strip("'\"")
