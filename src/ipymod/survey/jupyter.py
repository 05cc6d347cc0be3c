"""GATHER: the directories in which a Jupyter looks for kernels, told without starting it.

The rules are those of `jupyter_core.paths.jupyter_path`, of `platformdirs` where that is asked
for, and of `IPython.paths.get_ipython_dir`; tests compare them with what Jupyter itself says.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass, field
from ipymod.survey.importable import module_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Environment
    from ipymod.launchers import Surroundings

_NO = frozenset({"no", "n", "false", "off", "0", "0.0"})


@dataclass(frozen=True)
class Jupyter:
    """An interpreter whose Jupyter starts kernels, and what it sees.

    Attributes:
        python: its `sys.executable`.
        environment: its environment.
        around: what it sees of the machine.
        versions: the distributions in its environment, by their normalised names.
        is_server: whether it is the one that started the kernel.
    """

    python: str
    environment: Environment
    around: Surroundings
    versions: dict[str, str] = field(default_factory=dict)
    is_server: bool = False

    @property
    def home(self) -> str:
        """The user's home, links resolved, as Jupyter takes it."""
        return os.path.realpath(self.around.home)


def kernel_directories(jupyter: Jupyter) -> tuple[str, ...]:
    """Where kernels are looked for, first come first served; they may not exist."""
    found = [os.path.join(path, "kernels") for path in jupyter_path(jupyter)]
    if module_directory("IPython", jupyter.environment, jupyter.around):
        found += [os.path.join(path, "kernels") for path in _ipython(jupyter)]
    return tuple(found)


def jupyter_path(jupyter: Jupyter) -> list[str]:
    """The directories of Jupyter's data: what JUPYTER_PATH lists, the user's, the system's."""
    variables, separator = jupyter.around.variables, ";" if jupyter.around.windows else ":"
    listed = variables.get("JUPYTER_PATH", "")
    paths = [path.rstrip(os.sep) for path in listed.split(separator)] if listed else []
    user, own, system = list(dict.fromkeys(_user(jupyter))), _own(jupyter), _system(jupyter)
    environment = [own] if [own] == system or own not in system else []
    if _prefers_environment(jupyter):
        paths += [*environment, *user]
    else:
        paths += [*user, *environment]
    return paths + [path for path in dict.fromkeys(system) if path not in paths]


def _is_set(jupyter: Jupyter, name: str) -> bool:
    """Whether a variable says yes, as Jupyter reads it: an empty one does too."""
    text = jupyter.around.variables.get(name)
    return text is not None and text.lower() not in _NO


def _is_old(jupyter: Jupyter) -> bool:
    """Whether jupyter_core is older than 5, which brought most of these rules."""
    core = jupyter.versions.get("jupyter-core", "").partition(".")[0]
    return core.isdigit() and int(core) < 5  # noqa: PLR2004


def _is_by_platform(jupyter: Jupyter) -> bool:
    """Whether the directories are those that the platform has for such things."""
    return _is_set(jupyter, "JUPYTER_PLATFORM_DIRS") and not _is_old(jupyter)


def _own(jupyter: Jupyter) -> str:
    return os.path.join(jupyter.environment.prefix, "share", "jupyter")


def _user(jupyter: Jupyter) -> Iterator[str]:
    yield _data(jupyter)
    if jupyter.environment.user_site:
        yield os.path.join(_user_base(jupyter), "share", "jupyter")


def _data(jupyter: Jupyter) -> str:
    variables, around = jupyter.around.variables, jupyter.around
    if told := variables.get("JUPYTER_DATA_DIR"):
        return told
    if _is_by_platform(jupyter):
        return _platform_data(jupyter)
    if around.system == "Darwin":
        return os.path.join(jupyter.home, "Library", "Jupyter")
    if around.windows:
        if folder := variables.get("APPDATA"):
            return os.path.realpath(os.path.join(folder, "jupyter"))
        config = variables.get("JUPYTER_CONFIG_DIR") or os.path.join(jupyter.home, ".jupyter")
        return os.path.join(config, "data")
    shared = variables.get("XDG_DATA_HOME") or os.path.join(jupyter.home, ".local", "share")
    return os.path.join(shared, "jupyter")


def _user_base(jupyter: Jupyter) -> str:
    """What `site.getuserbase` says."""
    variables, around = jupyter.around.variables, jupyter.around
    if told := variables.get("PYTHONUSERBASE"):
        return told
    if around.windows:
        return os.path.join(variables.get("APPDATA") or around.home, "Python")
    site = jupyter.environment.user_site
    if around.system == "Darwin" and "/Library/Python/" in site:  # a framework's
        return site.removesuffix("/lib/python/site-packages")
    return os.path.join(around.home, ".local")


def _system(jupyter: Jupyter) -> list[str]:
    """The directories of the system; Windows has none unless that is asked for."""
    around = jupyter.around
    shared = _is_set(jupyter, "JUPYTER_USE_PROGRAMDATA")
    if around.windows:
        data = around.variables.get("PROGRAMDATA") if shared else None
        return [os.path.join(data, "jupyter")] if data else [_own(jupyter)]
    if _is_by_platform(jupyter):
        return _platform_system(jupyter)
    return ["/usr/local/share/jupyter", "/usr/share/jupyter"]


def _application(jupyter: Jupyter) -> str:
    homebrew = jupyter.environment.prefix.startswith("/opt/homebrew")
    capital = jupyter.around.windows or (jupyter.around.system == "Darwin" and not homebrew)
    return "Jupyter" if capital else "jupyter"


def _platform_data(jupyter: Jupyter) -> str:
    around, name = jupyter.around, _application(jupyter)
    if around.windows:
        folder = around.variables.get("LOCALAPPDATA")
        return os.path.join(folder or os.path.join(around.home, "AppData", "Local"), name)
    shared = around.variables.get("XDG_DATA_HOME", "")
    if os.path.isabs(shared):
        return os.path.join(shared, name)
    if around.system == "Darwin":
        return os.path.join(around.home, "Library", "Application Support", name)
    return os.path.join(around.home, ".local", "share", name)


def _platform_system(jupyter: Jupyter) -> list[str]:
    around, name = jupyter.around, _application(jupyter)
    listed = around.variables.get("XDG_DATA_DIRS", "").split(":")
    folders = [folder for folder in listed if os.path.isabs(folder)]
    if not folders and around.system == "Darwin":
        prefix = jupyter.environment.prefix
        brew = ["/opt/homebrew/share"] if prefix.startswith("/opt/homebrew") else []
        folders = [*brew, "/Library/Application Support"]
    return [os.path.join(folder, name) for folder in folders or ("/usr/local/share", "/usr/share")]


def _prefers_environment(jupyter: Jupyter) -> bool:
    """Whether kernels of the environment come before those of the user."""
    variables, environment = jupyter.around.variables, jupyter.environment
    if "JUPYTER_PREFER_ENV_PATH" in variables:
        return _is_set(jupyter, "JUPYTER_PREFER_ENV_PATH")
    if _is_old(jupyter):  # it had to be asked for
        return False
    prefix = environment.prefix
    if prefix != environment.base_prefix:
        return _is_owned(prefix)
    conda = variables.get("CONDA_PREFIX")
    named = variables.get("CONDA_DEFAULT_ENV", "base") != "base"
    return conda is not None and prefix.startswith(conda) and named and _is_owned(prefix)


def _is_owned(path: str) -> bool:
    """Whether a path is the user's own: by the name of the login, else by the number."""
    real = os.path.realpath(path)
    while not os.path.exists(real) and os.path.dirname(real) != real:
        real = os.path.dirname(real)
    try:
        owner = os.stat(real).st_uid
        return _name_of(owner) == os.getlogin()
    except (ImportError, KeyError, OSError):
        pass  # no terminal, no such user
    if sys.platform == "win32":
        return os.access(real, os.W_OK)
    try:
        return os.stat(real).st_uid == os.geteuid()
    except (AttributeError, OSError):
        return os.access(real, os.W_OK)


def _name_of(user: int) -> str:
    if sys.platform == "win32":
        raise KeyError(user)
    import pwd

    return pwd.getpwuid(user).pw_name


def _ipython(jupyter: Jupyter) -> Iterator[str]:
    """IPython's own directory, which it replaces by a passing one if it may not write there."""
    around = jupyter.around
    told = around.variables.get("IPYTHONDIR")
    path = os.path.join(jupyter.home, ".ipython") if told is None else told
    if told is None and around.system == "Linux" and not os.path.exists(path):
        config = around.variables.get("XDG_CONFIG_HOME") or os.path.join(jupyter.home, ".config")
        old = os.path.join(config, "ipython")
        if os.path.isdir(old) and os.access(old, os.W_OK) and not os.path.islink(old):
            path = old
    path = os.path.normpath(_expanded(path, around))
    if os.access(path if os.path.exists(path) else os.path.dirname(path), os.W_OK):
        yield path


def _expanded(path: str, around: Surroundings) -> str:
    return around.home + path[1:] if path == "~" or path.startswith(("~/", "~\\")) else path
