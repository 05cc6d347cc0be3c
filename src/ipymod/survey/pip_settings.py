"""GATHER: pip's settings, from the files and variables that pip itself would read.

The rules are those of `pip config list` and `pip config debug`, which tests compare with this.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.facts.settings import VARIABLES, ConfigurationFile, Setting
from ipymod.launchers import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_ENOUGH = 1 << 20  # bytes; no configuration that a person wrote is longer
_NOT_SETTINGS = frozenset({"version", "help"})  # pip's own list
_FAULTS = {
    "MissingSectionHeaderError": "has a line before its first [section]",
    "DuplicateSectionError": "has a section twice",
    "DuplicateOptionError": "has an option twice",
}


def pip_settings(
    kernel: Kernel, here: Surroundings
) -> tuple[tuple[Setting, ...], tuple[ConfigurationFile, ...]]:
    """What this kernel's pip is told, a later setting wins; and the files it looks for."""
    settings: dict[str, tuple[Setting, ...]] = {}
    found: list[ConfigurationFile] = []
    ignores_files = here.variables.get("PIP_CONFIG_FILE") == _nothing(here)
    for level, path in configuration_files(kernel, here):
        exists = bool(path) and os.path.exists(here.absolute(path))
        fault = ""
        if exists and not ignores_files:
            settings[path], fault = _read(path, here)
        found.append(ConfigurationFile(path, level, exists, fault))
    from_files = tuple(setting for each in settings.values() for setting in each)
    return from_files + tuple(_from_variables(here)), tuple(found)


def configuration_files(kernel: Kernel, here: Surroundings) -> Iterator[tuple[str, str]]:
    """The level and path of each file that pip looks for, the one that wins last."""
    named = here.variables.get("PIP_CONFIG_FILE")
    name = "pip.ini" if here.windows else "pip.conf"
    for folder in _global_folders(kernel, here):
        yield "global", os.path.join(folder, name)
    if not (named and os.path.exists(here.absolute(named))):
        legacy = os.path.join(here.home, "pip" if here.windows else ".pip")
        yield from (("user", os.path.join(each, name)) for each in (legacy, _user_folder(here)))
    yield "site", os.path.join(kernel.prefix, name)
    if named is not None:
        yield "env", named


def _nothing(here: Surroundings) -> str:
    return "nul" if here.windows else "/dev/null"


def _global_folders(kernel: Kernel, here: Surroundings) -> list[str]:
    if here.windows:
        data = here.variables.get("PROGRAMDATA") or here.variables.get("ALLUSERSPROFILE")
        return [os.path.join(data or r"C:\ProgramData", "pip")]
    if here.system == "Darwin":
        given = _absolute_ones(here.variables.get("XDG_DATA_DIRS", ""))
        defaults = [*_homebrew(kernel.base_prefix), "/Library/Application Support"]
        return [os.path.join(each, "pip") for each in given or defaults]
    given = _absolute_ones(here.variables.get("XDG_CONFIG_DIRS", ""))
    return [*(os.path.join(each, "pip") for each in given or ["/etc/xdg"]), "/etc"]


def _homebrew(base_prefix: str) -> list[str]:
    """The shared folder of the Homebrew that a framework's Python belongs to, if it does."""
    root, found, _ = base_prefix.partition("/opt/python")
    return [f"{root}/share"] if found and "/Python.framework/" in base_prefix else []


def _user_folder(here: Surroundings) -> str:
    if here.windows:
        data = here.variables.get("APPDATA") or os.path.join(here.home, "AppData", "Roaming")
        return os.path.join(data, "pip")
    if here.system == "Darwin":
        given = _absolute_ones(here.variables.get("XDG_DATA_HOME", ""), ())
        top = given[0] if given else os.path.join(here.home, "Library", "Application Support")
        folder = os.path.join(top, "pip")
        # The folder has to be there already, otherwise pip on macOS does as on Linux.
        return folder if os.path.isdir(folder) else os.path.join(here.home, ".config", "pip")
    given = _absolute_ones(here.variables.get("XDG_CONFIG_HOME", ""), ())
    return os.path.join(given[0] if given else os.path.join(here.home, ".config"), "pip")


def _absolute_ones(text: str, separators: tuple[str, ...] = (":",)) -> list[str]:
    """The absolute paths in a variable; what is relative there, is to be ignored."""
    entries = text.split(separators[0]) if separators else [text]
    return [entry.strip() for entry in entries if entry.strip().startswith("/")]


def _from_variables(here: Surroundings) -> Iterator[Setting]:
    for variable, value in here.variables.items():
        key = variable.removeprefix("PIP_").lower()
        if variable.startswith("PIP_") and key not in _NOT_SETTINGS:
            yield Setting(_normalised(key), value, variable, VARIABLES)


def _read(path: str, here: Surroundings) -> tuple[tuple[Setting, ...], str]:
    """The settings in a file, and why pip stops at it."""
    # The import takes 3 ms, which a kernel without any such file does not pay.
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_text(files.head(here.absolute(path), _ENOUGH) or b""))
    except UnicodeDecodeError:
        return (), f"holds bytes that are no {_encoding()}"
    except configparser.Error as error:  # its text may quote a line that holds a password
        return (), _FAULTS.get(type(error).__name__, "has a line that is no setting")
    return tuple(
        Setting(_normalised(key), value or "", path, section)
        for section in parser.sections()
        for key, value in parser.items(section)
    ), ""


def _text(data: bytes) -> str:
    return data.decode(_encoding()).replace("\r\n", "\n").replace("\r", "\n")


def _encoding() -> str:
    """What pip decodes its files with; it inherits our locale."""
    import locale

    return "utf-8" if sys.flags.utf8_mode else locale.getencoding()


def _normalised(key: str) -> str:
    return key.lower().replace("_", "-").removeprefix("--")
