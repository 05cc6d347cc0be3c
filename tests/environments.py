"""Real environments for tests, built once and kept under `.envs`.

`python tests/environments.py [NAME ...]` builds them, so that no test has to wait for it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / ".envs"
OLDEST = (3, 11)


@dataclass(frozen=True)
class Recipe:
    """What an environment is made of.

    Attributes:
        requirements: what is installed first.
        newest: prefer the newest Python found; otherwise the first of `only`.
        only: Pythons that the requirements run on, best first; empty means any.
        plain_pip: install ipymod with the environment's own pip, as its users do.
    """

    requirements: tuple[str, ...]
    newest: bool = False
    only: tuple[str, ...] = ()
    plain_pip: bool = False


RECIPES = {
    # The versions that Colab pins.
    "colab": Recipe(
        ("ipython==7.34.0", "ipykernel==6.17.1", "tornado==6.4.2", "notebook==6.5.7", "ipywidgets"),
        only=("3.12", "3.11"),
        plain_pip=True,
    ),
    "ipython8": Recipe(("ipython<9", "ipykernel<7", "ipywidgets")),
    "ipython9": Recipe(("ipython>=9", "ipykernel>=7", "ipywidgets"), newest=True),
    # What tests/browser looks at, and what draws bars there.
    "lab": Recipe(("jupyterlab>=4.4", "ipykernel>=7", "ipywidgets", "tqdm", "uv"), newest=True),
    # What benchmarks/ measures %whichpip in: 140 distributions, and the tools that are its peers.
    "crowded": Recipe(
        (
            *("jupyterlab", "notebook", "ipywidgets", "kernelcontract", "uv"),
            *("pandas", "scikit-learn", "matplotlib", "sympy", "networkx"),
            *("requests", "httpx", "flask", "fastapi", "sqlalchemy"),
            *("black", "pytest", "rich", "typer"),
        ),
        newest=True,
    ),
    # What tests/test_binder_real.py asks; the release whose rules src/ipymod/binder/image.py has.
    "binder": Recipe(("jupyter-repo2docker==2026.4.0",)),
    # What tools/lite.py builds its site with; the dependency group "lite" has the same versions.
    "lite": Recipe(
        ("jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6", "jupyter-server", "uv")
    ),
}
ONLY_WHEN_USED = frozenset(
    {"lab", "crowded", "binder", "lite"}
)  # large, of no use without a browser or benchmarks


def environment(name: str) -> str:
    """The interpreter of a built environment, with ipymod installed as editable.

    Raises:
        KeyError: there is no recipe of that name.
        RuntimeError: no Python here suits the recipe.
        subprocess.CalledProcessError: an installer failed; its own output says why.
    """
    recipe = RECIPES[name]
    prefix = FOLDER / f"{name}-{_digest(recipe)}"
    with locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            inside = build(name, prefix)
            install(inside, "-e", str(REPOSITORY), plain_pip=recipe.plain_pip)
            (prefix / "ready").touch()
    return interpreter(prefix)


def build(name: str, prefix: Path) -> str:
    """Make the environment there, without ipymod; the path of its interpreter."""
    recipe = RECIPES[name]
    create(_choose(recipe), prefix)
    install(interpreter(prefix), *recipe.requirements)
    return interpreter(prefix)


def interpreter(prefix: Path) -> str:
    """The path of the interpreter in an environment."""
    return str(prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def create(python: str, prefix: Path) -> None:
    """Make an environment that has pip."""
    if _has_uv():
        _run(*_uv("venv"), "--seed", "--python", python, str(prefix))
    else:
        _run(python, "-m", "venv", str(prefix))


def install(python: str, *requirements: str, plain_pip: bool = False) -> None:
    """Install into the environment of `python`, compiled, so that first imports are not slow."""
    if plain_pip or not _has_uv():
        _run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements)
    else:
        _run(*_uv("pip", "install"), "--compile-bytecode", "--python", python, *requirements)


@cache
def pythons() -> dict[str, str]:
    """The CPythons that ipymod supports and that are installed here: version to path.

    A version, such as "3.12", is listed once; PATH comes before pyenv's folder. Ascending.
    """
    found: dict[str, str] = {}
    for candidate in _candidates():
        version, python = _describe(candidate)
        if version and _numbers(version) >= OLDEST:
            found.setdefault(version, python)
    return dict(sorted(found.items(), key=lambda item: _numbers(item[0])))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time in; the lock of a dead process is none."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _choose(recipe: Recipe) -> str:
    found = pythons()
    running = "{}.{}".format(*sys.version_info)
    if recipe.only:
        wanted = [version for version in recipe.only if version in found]
    else:
        wanted = list(found)[::-1] if recipe.newest else [running]
    if not wanted:
        raise RuntimeError(f"none of Python {recipe.only} is here; found {found}")
    return found.get(wanted[0], sys.executable)


def _digest(recipe: Recipe) -> str:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    parts = [repr(recipe), _choose(recipe), str(REPOSITORY), repr(project["dependencies"])]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def _candidates() -> Iterator[str]:
    minors = range(OLDEST[1], OLDEST[1] + 10)
    for found in (shutil.which(f"python3.{minor}") for minor in minors):
        if found:
            yield found
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for prefix in sorted((root / "versions").glob("3.*"), reverse=True):
        if re.fullmatch(r"3\.\d+\.\d+", prefix.name):
            yield str(prefix / "bin" / "python")


def _describe(python: str) -> tuple[str, str]:
    """Version and path of a CPython, behind a shim or a venv too; empty if it is none."""
    code = (
        "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2],"
        " getattr(sys, '_base_executable', '') or sys.executable, sep='\\n')"
    )
    try:
        told = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # a shim may have nothing behind it
        return "", ""
    name, version, path = told.stdout.splitlines()
    return (version, path) if name == "cpython" else ("", "")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _has_uv() -> bool:
    return importlib.util.find_spec("uv") is not None


def _uv(*words: str) -> list[str]:
    return [sys.executable, "-m", "uv", *words, "-q"]


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or RECIPES.keys() - ONLY_WHEN_USED:
        print(name, environment(name))  # noqa: T201  a command
