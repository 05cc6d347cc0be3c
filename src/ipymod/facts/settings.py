"""What files and variables tell pip, uv and conda before a user has typed anything."""

from __future__ import annotations

from ipymod.frozen import dataclass

VARIABLES = ":env:"  # the section that pip puts its environment variables into


@dataclass(frozen=True)
class Setting:
    """One value that somebody gave to a tool.

    Attributes:
        key: as the tool's option is called, without dashes in front: `index-url`.
        value: as it is written; it may hold a password.
        origin: the file or the variable that it stands in.
        section: of the file: `global`, `install`, `pip`, ...; `:env:` for a variable.
    """

    key: str
    value: str
    origin: str
    section: str = ""


@dataclass(frozen=True)
class ConfigurationFile:
    """A file that a tool would read.

    Attributes:
        path: where it is looked for.
        level: pip's `global`, `user`, `site` or `env` (from PIP_CONFIG_FILE).
        exists: whether something is there.
        fault: why the tool stops when it reads it; empty if it does not.
    """

    path: str
    level: str
    exists: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Redirect:
    """A setting that sends what is installed elsewhere.

    Attributes:
        tool: `pip` or `uv`.
        setting: of `target`, `prefix`, `root` or `python`.
        folder: where packages end up, or the interpreter that is asked; empty if unknown.
        seen: whether this kernel imports from there, or is that interpreter's environment.
        exists: whether it is there already.
    """

    tool: str
    setting: Setting
    folder: str
    seen: bool = False
    exists: bool = True


@dataclass(frozen=True)
class Variable:
    """An environment variable that names the environment that tools work on.

    Attributes:
        name: `VIRTUAL_ENV`, `CONDA_PREFIX`, ...
        value: as it is set.
        place: the prefix that it means; empty if it means none, or none that can be told.
        exists: whether that is there.
        same: whether it is the kernel's own, links resolved.
    """

    name: str
    value: str
    place: str = ""
    exists: bool = True
    same: bool = True


@dataclass(frozen=True)
class LibraryEntry:
    """A directory that the system's loader searches before its own.

    Attributes:
        variable: `LD_LIBRARY_PATH`, `DYLD_LIBRARY_PATH`, ...
        path: the entry.
        prefix: the environment that it lies in; empty if in none.
        kind: `conda` or `venv`; empty if in none.
        same: whether that is the kernel's own environment or its base.
    """

    variable: str
    path: str
    prefix: str = ""
    kind: str = ""
    same: bool = False


@dataclass(frozen=True)
class Settings:
    """All settings that decide what an installer does here.

    Attributes:
        pip: what `pip config list` shows, a later one of the same section and key wins.
        pip_files: the files that this kernel's pip looks for, in the order it reads them.
        uv: from `uv.toml`, `[tool.uv]` and variables, the winner of each section and key alone.
        conda: from `.condarc` files and variables, the winner of each key alone.
        redirects: those of pip and uv that say where packages go.
        missing_constraints: files that pip's `constraint` names, and that are not there.
        variables: those that name an environment.
        library_path: the entries of the loader's variables.
        tools: which of uv, conda, mamba, poetry, pipenv and pyenv are on PATH.
    """

    pip: tuple[Setting, ...] = ()
    pip_files: tuple[ConfigurationFile, ...] = ()
    uv: tuple[Setting, ...] = ()
    conda: tuple[Setting, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    missing_constraints: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    library_path: tuple[LibraryEntry, ...] = ()
    tools: tuple[str, ...] = ()


def obeyed(settings: tuple[Setting, ...], *keys: str, command: str = "install") -> Setting | None:
    """The setting that a command of pip obeys; None if there is none, or an empty one.

    Within a section the last one counts, even if it is empty: then it is as if the section
    had none. A variable comes before the command's own section, and that before `[global]`.

    Args:
        settings: pip's, in the order of `Settings.pip`.
        keys: the names of one option: `require-virtualenv`, `require-venv`.
        command: whose section is read; empty for what pip decides before it knows the command.
    """
    for section in (VARIABLES, command, "global"):
        last = {each.key: each for each in settings if each.section == section and each.key in keys}
        found = [each for each in last.values() if each.value]
        if found and section:
            return found[-1]
    return None


HEALTHY_SETTINGS = Settings(
    pip_files=(
        ConfigurationFile("/etc/xdg/pip/pip.conf", "global"),
        ConfigurationFile("/etc/pip.conf", "global"),
        ConfigurationFile("/home/ada/.pip/pip.conf", "user"),
        ConfigurationFile("/home/ada/.config/pip/pip.conf", "user"),
        ConfigurationFile("/home/ada/project/.venv/pip.conf", "site"),
    ),
    variables=(Variable("VIRTUAL_ENV", "/home/ada/project/.venv", "/home/ada/project/.venv"),),
)
