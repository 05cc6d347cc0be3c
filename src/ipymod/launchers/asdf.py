"""GATHER: which installed version the shims of asdf and mise would start.

Both read `.tool-versions` from the working directory upwards; mise reads its own files too. Both
have plugins that may do otherwise, so what is found here is likely and not certain.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ipymod.launchers import files
from ipymod.launchers.path import first_on_path, is_executable
from ipymod.launchers.steps import SHIM, Broken, Start, Step, Unknown
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers.surroundings import Surroundings

_MISE_FILES = ("mise.local.toml", "mise.toml", ".mise.toml", ".config/mise/config.toml")
_VERSION = pattern(r"[\w.+-]+")


def is_shim(script: str) -> bool:
    """Whether a shell script is one of asdf's shims for Python."""
    return "# asdf-plugin: python" in script


def follow(start: Start, script: str) -> Step:
    """The file that asdf would start."""
    around = start.around
    data = around.variables.get("ASDF_DATA_DIR") or os.path.join(around.home, ".asdf")
    versions, origin = _asdf_versions(around)
    known = re.findall(r"# asdf-plugin: python (\S+)", script)
    versions = [version for version in versions if version in known or not known or ":" in version]
    if not versions:
        reason = f"asdf has no version of {os.path.basename(start.path)} set here"
        return Broken(reason, sure=False, fault=SHIM)
    return _take(start, "asdf", os.path.join(data, "installs", "python"), versions, origin)


def follow_mise(start: Start) -> Step:
    """The file that mise would start; its shims are links to mise itself."""
    around = start.around
    share = around.variables.get("XDG_DATA_HOME") or os.path.join(around.home, ".local", "share")
    data = around.variables.get("MISE_DATA_DIR") or os.path.join(share, "mise")
    versions, origin = _mise_versions(around)
    if versions is None:
        return Unknown(f"{start.path} is a shim of mise, and {origin} is not understood here")
    return _take(start, "mise", os.path.join(data, "installs", "python"), versions, origin)


def _take(start: Start, tool: str, installs: str, versions: list[str], origin: str) -> Step:
    """The first version that has the command; without one, PATH without the shims."""
    name = os.path.basename(start.path)
    says = f"{start.path} is a shim of {tool}, which reads {' '.join(versions)} from {origin}"
    for version in versions or ["system"]:
        if version == "system":
            here = os.path.realpath(os.path.dirname(start.path))
            others = (each for each in start.around.path if os.path.realpath(each) != here)
            found = first_on_path(name, start.around.with_path(others))
        elif version.startswith("path:"):
            found = os.path.join(version.removeprefix("path:"), "bin", name)
        elif _VERSION.fullmatch(version.replace("ref:", "ref-")):
            found = os.path.join(installs, version.replace("ref:", "ref-"), "bin", name)
        else:
            return Unknown(f"{tool} reads {version!r}, which is not understood here", says)
        if found and is_executable(found, start.around):
            says = f"{says} and takes {found}"
            return Start(found, start.words, start.around, says, sure=False, origin=origin)
    reason = f"{tool} finds no {name} in python {' '.join(versions)}"
    return Broken(reason, says, sure=False, fault=SHIM, origin=origin)


def _upwards(around: Surroundings) -> Iterator[str]:
    """The working directory and those above it, then the home directory."""
    directory = around.cwd
    while directory:
        yield directory
        above = os.path.dirname(directory)
        directory = "" if above == directory else above
    yield around.home


def _asdf_versions(around: Surroundings) -> tuple[list[str], str]:
    written = around.variables.get("ASDF_PYTHON_VERSION")
    if written:
        return written.split(), "ASDF_PYTHON_VERSION"
    for directory in _upwards(around):
        path = os.path.join(directory, ".tool-versions")
        if versions := _tool_versions(path):
            return versions, path
    return [], ""


def _tool_versions(path: str) -> list[str]:
    """The versions in the line of Python, first choice first."""
    for line in files.text(path).splitlines():
        words = line.split("#", 1)[0].split()
        if words[:1] == ["python"]:
            return words[1:]
    return []


def _mise_versions(around: Surroundings) -> tuple[list[str] | None, str]:
    """The versions and where they stand; None for what only mise can tell."""
    written = around.variables.get("MISE_PYTHON_VERSION")
    if written:
        return written.split(), "MISE_PYTHON_VERSION"
    for directory in _upwards(around):
        for name in _MISE_FILES:
            path = os.path.join(directory, name)
            if files.kind(path) == "file" and (told := _mise_config(path)) != []:
                return told, path
        path = os.path.join(directory, ".tool-versions")
        if versions := _tool_versions(path):
            return versions, path
    return [], "no file"


def _mise_config(path: str) -> list[str] | None:
    """The versions under `[tools]`; None if the file cannot be read so, or sets a venv."""
    import tomllib

    try:
        config: dict[str, Any] = tomllib.loads(files.text(path, 65536))
    except ValueError:
        return None
    if "env" in config and "_" in config["env"]:
        return None
    return _flat(config.get("tools", {}).get("python", []))


def _flat(told: Any) -> list[str] | None:
    if isinstance(told, list):
        parts = [_flat(item) for item in told]
        return None if None in parts else [version for part in parts for version in part or []]
    if isinstance(told, dict):
        return _flat(told.get("version"))
    return [str(told)] if isinstance(told, str | float | int) else None
