"""GATHER: the project that a notebook lies in, and the environments that are its own."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.facts.place import Project, ProjectEnvironment
from ipymod.frozen import dataclass
from ipymod.launchers import environment_of, files, interpreter_of
from ipymod.survey.overlay import environment_below
from ipymod.survey.poetry import at_home, poetry_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_MARKS = (
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "pixi.toml",
    ".pdm-python",
    ".venv",
    "environment.yml",
    "environment.yaml",
)
_AT_HOME = tuple(mark for mark in _MARKS if mark != ".venv" and not mark.startswith("environment"))
_PIN = ".python-version"
_MOST = 1 << 20  # bytes of a file that describes a project
_LEVELS = 40  # folders upwards


@dataclass(frozen=True)
class Folder:
    """The folder of a project, and what its files say.

    Attributes:
        root: its path.
        here: whose variables name environments.
    """

    root: str
    here: Surroundings

    def path(self, *parts: str) -> str:
        """The path of something in it."""
        return os.path.join(self.root, *parts)

    def has(self, name: str) -> bool:
        """Whether a file of that name lies in it."""
        return files.kind(self.path(name)) == "file"

    @cached_property
    def parsed(self) -> dict[str, Any] | None:
        """What `pyproject.toml` says; None if it cannot be understood."""
        return toml_of(self.path("pyproject.toml"))

    def table(self, *keys: str) -> dict[str, Any]:
        """A table of `pyproject.toml`; empty if there is none."""
        found: Any = self.parsed or {}
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def name(self) -> str:
        """The project's name for itself, else that of the folder."""
        told = self.table("project").get("name") or self.table("tool", "poetry").get("name")
        return told if isinstance(told, str) else os.path.basename(self.root)


def gather_project(kernel: Kernel, here: Surroundings) -> Project | None:
    """The project around the notebook's folder; None if there is none from there upwards."""
    start = notebook_folder(kernel, here)
    root = _nearest(start, here, _MARKS)
    pin = _nearest(start, here, (_PIN,))
    if not root and not pin:
        return None
    if pin and not _within(pin, root or pin):
        pin = ""  # it speaks of what lies around the project
    folder = Folder(root or pin, here)
    requires, requires_in = _requires(folder)
    return Project(
        root=folder.root,
        name=folder.name,
        environments=tuple(_environments(folder, kernel)),
        requires=requires,
        requires_in=requires_in,
        pinned=_pinned(pin),
        pinned_in=os.path.join(pin, _PIN) if pin else "",
        unread=(folder.path("pyproject.toml"),) if folder.parsed is None else (),
    )


def notebook_folder(kernel: Kernel, here: Surroundings) -> str:
    """Where the notebook lies, as far as the server says so; else where the kernel works."""
    notebook = here.variables.get("JPY_SESSION_NAME", "")
    folder = os.path.dirname(notebook)
    if os.path.isabs(notebook) and notebook.endswith(".ipynb") and os.path.isdir(folder):
        return folder
    return kernel.cwd or here.cwd


def toml_of(path: str) -> dict[str, Any] | None:
    """What a TOML file says; empty if there is none, None if it cannot be understood."""
    data = files.head(path, _MOST)
    if not data:
        return {}
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _nearest(start: str, here: Surroundings, marks: tuple[str, ...]) -> str:
    """The nearest folder upwards with one of the marks; empty if none has.

    The home folder is the last that is asked: what lies above it is nobody's project. An
    environment that lies there, or a version that is chosen there, is for everything.
    """
    folder = start
    for _ in range(_LEVELS):
        if not folder or folder == os.path.dirname(folder):
            return ""
        if folder == here.home:
            at_home = (mark for mark in marks if mark in _AT_HOME)
            return folder if any(_is_mark(os.path.join(folder, mark)) for mark in at_home) else ""
        if any(_is_mark(os.path.join(folder, mark)) for mark in marks):
            return folder
        folder = os.path.dirname(folder)
    return ""


def _is_mark(path: str) -> bool:
    if path.endswith(".venv"):
        return files.kind(os.path.join(path, "pyvenv.cfg")) == "file"
    return files.kind(path) == "file"


def _within(folder: str, root: str) -> bool:
    return f"{folder}/".startswith(f"{root}/") or folder.startswith(root + os.sep)


def _pinned(folder: str) -> tuple[str, ...]:
    """The first words of the lines of `.python-version`, comments apart."""
    if not folder:
        return ()
    lines = files.text(os.path.join(folder, _PIN)).splitlines()
    words = (line.partition("#")[0].split() for line in lines)
    return tuple(each[0] for each in words if each)


def _requires(folder: Folder) -> tuple[str, str]:
    """The versions of Python that it wants, and the file that says so."""
    file = folder.path("pyproject.toml")
    told = folder.table("project").get("requires-python")
    if not isinstance(told, str):
        told = folder.table("tool", "poetry", "dependencies").get("python")
    return (told, file) if isinstance(told, str) and told.strip() else ("", "")


def _environments(folder: Folder, kernel: Kernel) -> Iterator[ProjectEnvironment]:
    """Those that exist, each once."""
    below = environment_below(kernel.prefix)
    own = {os.path.realpath(each) for each in (kernel.prefix, below) if each}
    seen = set()
    for tool, prefix, named_by in _named(folder, kernel):
        real = os.path.realpath(prefix)
        if real not in seen and _is_environment(prefix):
            seen.add(real)
            yield replace(_described(prefix, tool, named_by, folder.here), of_kernel=real in own)


def _is_environment(prefix: str) -> bool:
    if files.kind(os.path.join(prefix, "pyvenv.cfg")) == "file":
        return True
    return files.kind(os.path.join(prefix, "conda-meta")) == "directory"


def _described(prefix: str, tool: str, named_by: str, here: Surroundings) -> ProjectEnvironment:
    python = interpreter_of(prefix) or ""
    site = environment_of(python, here).site if python else ()
    able = any(name.startswith("ipykernel-") for place in site for name in files.names(place))
    return ProjectEnvironment(tool, prefix, python, named_by, ipykernel=able)


def _named(folder: Folder, kernel: Kernel) -> Iterator[tuple[str, str, str]]:
    """Tool, prefix and what names it, for each place where a tool would look."""
    yield from _uv(folder)
    yield from _poetry(folder)
    if folder.has(".pdm-python"):
        python = files.text(folder.path(".pdm-python")).strip()
        yield "pdm", os.path.dirname(os.path.dirname(python)), folder.path(".pdm-python")
    if folder.has("pixi.toml") or folder.table("tool", "pixi"):
        mark = "pixi.toml" if folder.has("pixi.toml") else "pyproject.toml"
        yield "pixi", folder.path(".pixi", "envs", "default"), folder.path(mark)
    yield "venv", folder.path(".venv"), folder.path(".venv", "pyvenv.cfg")
    yield from _conda(folder, kernel)


def _uv(folder: Folder) -> Iterator[tuple[str, str, str]]:
    """Where uv keeps the environment: at the root of the workspace, or where a variable says."""
    root = _workspace(folder)
    ours = folder if root == folder.root else Folder(root, folder.here)
    if not ours.has("uv.lock") and not ours.table("tool", "uv"):
        return
    told = folder.here.variables.get("UV_PROJECT_ENVIRONMENT", "")
    if told:
        yield "uv", os.path.join(root, at_home(told, folder.here)), "UV_PROJECT_ENVIRONMENT"
    else:
        yield "uv", os.path.join(root, ".venv"), os.path.join(root, "uv.lock")


def _workspace(folder: Folder) -> str:
    """The folder of the workspace that the project is a member of, else its own."""
    above = os.path.dirname(folder.root)
    for _ in range(_LEVELS):
        if above in {folder.here.home, os.path.dirname(above)}:
            break
        workspace = Folder(above, folder.here).table("tool", "uv", "workspace")
        if workspace:
            return above if _is_member(folder.root, above, workspace) else folder.root
        above = os.path.dirname(above)
    return folder.root


def _is_member(root: str, above: str, workspace: dict[str, Any]) -> bool:
    from fnmatch import fnmatchcase

    relative = os.path.relpath(root, above).replace(os.sep, "/")
    members, excluded = (workspace.get(key) or () for key in ("members", "exclude"))

    def fits(patterns: Any) -> bool:
        words = patterns if isinstance(patterns, list) else ()
        return any(isinstance(each, str) and fnmatchcase(relative, each) for each in words)

    return fits(members) and not fits(excluded)


def _poetry(folder: Folder) -> Iterator[tuple[str, str, str]]:
    if not folder.has("poetry.lock") and not folder.table("tool", "poetry"):
        return
    named_by = folder.path("poetry.lock" if folder.has("poetry.lock") else "pyproject.toml")
    local = toml_of(folder.path("poetry.toml")) or {}
    told = folder.table("project").get("name") or folder.table("tool", "poetry").get("name")
    name = told if isinstance(told, str) else ""
    for prefix in poetry_prefixes(folder.root, name, local, folder.here):
        yield "poetry", prefix, named_by


def _conda(folder: Folder, kernel: Kernel) -> Iterator[tuple[str, str, str]]:
    """The environment that `environment.yml` names, wherever conda keeps its environments."""
    for name in ("environment.yml", "environment.yaml"):
        told = re.search(
            r"(?m)^name:[ \t]*['\"]?([^\s'\"#]+)", files.text(folder.path(name), _MOST)
        )
        if told:
            for place in _conda_places(kernel, folder.here):
                yield "conda", os.path.join(place, told[1]), folder.path(name)


def _conda_places(kernel: Kernel, here: Surroundings) -> Iterator[str]:
    """The folders of environments: those of the kernel, the variables and conda's own list."""
    variables = here.variables
    yield from filter(None, variables.get("CONDA_ENVS_PATH", "").split(os.pathsep))
    prefixes = files.text(os.path.join(here.home, ".conda", "environments.txt"), _MOST).splitlines()
    runner = variables.get("CONDA_EXE", "")
    prefixes += [variables.get("CONDA_PREFIX", ""), os.path.dirname(os.path.dirname(runner))]
    for prefix in dict.fromkeys([kernel.prefix, *filter(None, map(str.strip, prefixes))]):
        parent = os.path.dirname(prefix)
        yield parent if os.path.basename(parent) == "envs" else os.path.join(prefix, "envs")
