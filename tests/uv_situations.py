"""What `uv pip install` would change, as uv says and as we guess, in situations of all kinds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ipymod.launchers import Surroundings
from ipymod.survey.commands import gather_uv_target
from real_launchers import PLACE, SYSTEM, base, conda, made, uv_venv, venv, virtualenv

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipymod.facts import Kernel

UV = Path(sys.executable).with_name("uv")
REFUSED, UNKNOWN = "refused", "unknown"


@dataclass(frozen=True)
class Place:
    """Where `uv pip install` is typed, and with which variables."""

    variables: dict[str, str] = field(default_factory=dict)
    cwd: str = "/"
    path: str = SYSTEM

    @property
    def environ(self) -> dict[str, str]:
        return {"HOME": str(PLACE / "nobody"), "PATH": self.path, **self.variables}


def told(place: Place) -> str:
    """The prefix that uv itself names, or that it refuses."""
    line = [
        str(UV),
        "pip",
        "install",
        "--dry-run",
        "-v",
        "--offline",
        "--no-index",
        "no-such-package",
    ]
    answer = subprocess.run(
        line, cwd=place.cwd, env=place.environ, capture_output=True, text=True, check=False
    )
    match = re.search(r"Using Python \S+ environment at:? (.+)", answer.stderr)
    if not match or "error: The interpreter at" in answer.stderr:
        return REFUSED
    return os.path.realpath(os.path.join(place.cwd, match[1]))


def predicted(place: Place, kernel: Kernel) -> str:
    path = (*place.path.split(":"), str(UV.parent))
    here = Surroundings(path, place.cwd, place.environ, place.environ["HOME"], "Linux")
    target = gather_uv_target(kernel, here)
    assert target
    if target.state == "ok" and target.environment:
        return os.path.realpath(target.environment.prefix)
    return {"broken": REFUSED}.get(target.state, UNKNOWN)


def project(name: str, environment: Callable[[], Path] | None) -> str:
    """A folder in a project whose `.venv` is a link to an environment, or an empty folder."""

    def build(at: Path) -> None:
        (at / "inside").mkdir(parents=True)
        if environment is None:
            (at / ".venv").mkdir()
        else:
            (at / ".venv").symlink_to(environment())

    return str(made(f"uv-project-{name}", build) / "inside")


def without_python() -> Path:
    def build(at: Path) -> None:
        (at / "bin").mkdir(parents=True)
        (at / "pyvenv.cfg").write_text(f"home = {base('3.12')}/bin\n")

    return made("uv-without-python", build)


def v12() -> str:
    return str(venv("3.12"))


def v9() -> str:
    return str(venv("3.9"))


def first(*prefixes: object) -> str:
    return ":".join([*(f"{prefix}/bin" for prefix in prefixes), SYSTEM])


def asks(request: str) -> Callable[[], Place]:
    return lambda: Place({"UV_PYTHON": request, "VIRTUAL_ENV": str(venv("3.11"))})


def conda_with(**variables: str) -> Callable[[], Place]:
    def make() -> Place:
        prefix = str(conda("conda-plain"))
        told_of = {key: text.format(prefix=prefix) for key, text in variables.items()}
        return Place({"CONDA_PREFIX": prefix, **told_of})

    return make


PLACES: dict[str, Callable[[], Place]] = {
    "nothing": Place,
    "UV_PYTHON is a folder": lambda: Place({"UV_PYTHON": v12()}),
    "UV_PYTHON is a path": lambda: Place({"UV_PYTHON": f"{v12()}/bin/python"}),
    "UV_PYTHON is the system's": lambda: Place({"UV_PYTHON": "/usr/bin/python3"}),
    "UV_PYTHON is a base": lambda: Place({"UV_PYTHON": str(base("3.12"))}),
    "UV_PYTHON is gone": lambda: Place({"UV_PYTHON": "/nowhere/python", "VIRTUAL_ENV": v12()}),
    "UV_PYTHON is no name on PATH": lambda: Place({"UV_PYTHON": "nosuch", "VIRTUAL_ENV": v12()}),
    "UV_PYTHON is a name": lambda: Place({"UV_PYTHON": "python"}, path=first(v12())),
    "UV_PYTHON is a later name": lambda: Place(
        {"UV_PYTHON": "python"}, path=f"{SYSTEM}:{v12()}/bin"
    ),
    "UV_PYTHON is empty": lambda: Place({"UV_PYTHON": "", "VIRTUAL_ENV": v12()}),
    "UV_PYTHON before the system": lambda: Place({"UV_PYTHON": v9(), "UV_SYSTEM_PYTHON": "1"}),
    **{
        f"UV_PYTHON is {request}": asks(request)
        for request in ("3.11", "311", "cp311", "cpython@3.11", "python3.11", "3", "any", "default")
    },
    **{f"UV_PYTHON is {request}": asks(request) for request in ("3.1", "3.12", "3.11.99", "pypy")},
    "UV_SYSTEM_PYTHON": lambda: Place({"UV_SYSTEM_PYTHON": "1"}),
    "UV_SYSTEM_PYTHON may break": lambda: Place(
        {"UV_SYSTEM_PYTHON": "1", "UV_BREAK_SYSTEM_PACKAGES": "true"}
    ),
    "UV_SYSTEM_PYTHON passes an environment": lambda: Place(
        {"UV_SYSTEM_PYTHON": "yes", "VIRTUAL_ENV": v9()}, path=first(v9(), base("3.12"))
    ),
    "UV_SYSTEM_PYTHON passes Python 2": lambda: Place(
        {"UV_SYSTEM_PYTHON": "on"}, path=first(base("2.7"), base("3.12"))
    ),
    "UV_SYSTEM_PYTHON with a version": lambda: Place(
        {"UV_SYSTEM_PYTHON": "1", "UV_PYTHON": "3.9"}, path=first(base("3.12"), base("3.9"))
    ),
    "UV_SYSTEM_PYTHON is off": lambda: Place({"UV_SYSTEM_PYTHON": "0", "VIRTUAL_ENV": v12()}),
    "UV_SYSTEM_PYTHON is rubbish": lambda: Place({"UV_SYSTEM_PYTHON": "?", "VIRTUAL_ENV": v12()}),
    "VIRTUAL_ENV": lambda: Place({"VIRTUAL_ENV": v12()}),
    "VIRTUAL_ENV of uv": lambda: Place({"VIRTUAL_ENV": str(uv_venv("3.13"))}),
    "VIRTUAL_ENV of an old virtualenv": lambda: Place(
        {"VIRTUAL_ENV": str(virtualenv("16.7.12", "3.8"))}
    ),
    "VIRTUAL_ENV is gone": lambda: Place({"VIRTUAL_ENV": "/nowhere"}, path=first(v12())),
    "VIRTUAL_ENV is a base": lambda: Place({"VIRTUAL_ENV": str(base("3.12"))}),
    "VIRTUAL_ENV lost its Python": lambda: Place(
        {"VIRTUAL_ENV": str(without_python())}, path=first(v12())
    ),
    "VIRTUAL_ENV with PYTHONHOME": lambda: Place({"VIRTUAL_ENV": v12(), "PYTHONHOME": "/nowhere"}),
    "VIRTUAL_ENV before CONDA_PREFIX": conda_with(VIRTUAL_ENV=str(PLACE / "venv-3.9")),
    "CONDA_PREFIX": conda_with(),
    "CONDA_PREFIX with its name": conda_with(CONDA_DEFAULT_ENV="conda-plain"),
    "CONDA_PREFIX with its path": conda_with(CONDA_DEFAULT_ENV="{prefix}"),
    "CONDA_PREFIX is the base": conda_with(CONDA_DEFAULT_ENV="base"),
    "CONDA_PREFIX is the root": conda_with(_CONDA_ROOT="{prefix}"),
    "CONDA_PREFIX is the base of the system": conda_with(
        CONDA_DEFAULT_ENV="base", UV_SYSTEM_PYTHON="1"
    ),
    "CONDA_PREFIX of another version": conda_with(UV_PYTHON="3.11"),
    ".venv above": lambda: Place(cwd=project("linked", lambda: venv("3.12"))),
    ".venv above and VIRTUAL_ENV": lambda: Place(
        {"VIRTUAL_ENV": v9()}, cwd=project("linked", lambda: venv("3.12"))
    ),
    ".venv above without pyvenv.cfg": lambda: Place(cwd=project("empty", None)),
    ".venv above leads nowhere": lambda: Place(cwd=project("nowhere", lambda: Path("/nowhere"))),
    ".venv above is broken, PATH is not": lambda: Place(
        cwd=project("empty", None), path=first(v12())
    ),
    "within an environment": lambda: Place(cwd=f"{v12()}/lib"),
    "first on PATH": lambda: Place(path=first(v12())),
    "second on PATH": lambda: Place(path=first(base("3.12"), v12())),
    "a shim on PATH": lambda: Place(path=f"{base('3.12').parents[1]}/shims:{SYSTEM}"),
}
