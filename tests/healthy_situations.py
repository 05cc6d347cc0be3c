"""Healthy machines, made by real tools: an environment, activated, and the kernel that runs in it.

Whatever the report says of one of these as a problem, is a false alarm.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from real_launchers import PLACE, clone, conda, made, python, run, uv, virtualenv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KERNEL = "ipykernel>=7"
SYSTEM_SITE = "--system-site-packages"


@dataclass(frozen=True)
class Machine:
    """An environment, and what a kernel in it sees.

    Attributes:
        python: the kernel's interpreter.
        first: the directories that activation, or a person, puts first on PATH.
        variables: what activation sets.
        cwd: where the notebook lies; empty for the home folder.
        cell: what the notebook runs before it asks.
    """

    python: str
    first: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    cell: str = ""

    def environ(self, home: Path) -> dict[str, str]:
        """The variables of a login whose home folder is new, and of the activation."""
        path = [*self.first, system()]
        plain = {"HOME": str(home), "LANG": "C.UTF-8", "USER": "ada", "SHELL": "/bin/sh"}
        return {**plain, "PATH": os.pathsep.join(path), **self.variables}


def system() -> str:
    """A directory of the commands that every Linux has; no Python is among them."""

    def link(at: Path) -> None:
        at.mkdir()
        for name in ("cat", "dirname", "env", "git", "ls", "readlink", "realpath", "sh", "uname"):
            if found := shutil.which(name, path="/usr/bin:/bin"):
                (at / name).symlink_to(found)

    return str(made("healthy-system", link))


def uv_program() -> str:
    """A directory with uv alone, where its installer puts it."""

    def link(at: Path) -> None:
        at.mkdir()
        (at / "uv").symlink_to(Path(sys.executable).with_name("uv"))

    return str(made("healthy-uv", link))


def activated(prefix: Path, **more: Any) -> Machine:
    """What `source bin/activate` makes of a shell."""
    variables = {"VIRTUAL_ENV": str(prefix), "VIRTUAL_ENV_PROMPT": prefix.name}
    machine = Machine(str(prefix / "bin/python"), (f"{prefix}/bin",), variables)
    return replace(machine, **more)


def with_kernel(prefix: Path, *more: str) -> None:
    """Install what a kernel needs."""
    words = ("--compile-bytecode", "--python", str(prefix / "bin/python"))
    uv("pip", "install", *words, KERNEL, *more)


def environment(name: str, create: Callable[[Path], object], *more: str) -> Path:
    """An environment with a kernel, built once."""

    def build(at: Path) -> None:
        create(at)
        with_kernel(at, *more)

    return made(f"healthy-{name}", build)


# Virtual environments


def by_venv(version: str, *options: str) -> Callable[[Path], None]:
    return lambda at: run(python(version), "-m", "venv", *options, str(at))


def by_uv(version: str, *options: str) -> Callable[[Path], None]:
    return lambda at: uv("venv", "--python", python(version), *options, str(at))


def by_virtualenv(version: str) -> Callable[[Path], None]:
    virtualenv("newest", version)  # brings the tool
    tool = PLACE / "tool-virtualenv-newest/bin/python"
    return lambda at: run(str(tool), "-m", "virtualenv", "-p", python(version), str(at))


def plain_venv(version: str) -> Machine:
    """As the tutorials have it: `python -m venv`, activate, `pip install ipykernel`."""

    def build(at: Path) -> None:
        by_venv(version)(at)
        run(str(at / "bin/pip"), "install", "-q", KERNEL)

    return activated(made(f"healthy-venv-{version}", build))


def uv_venv(version: str, *options: str) -> Machine:
    name = f"uv-{version}{''.join(options)}"
    machine = activated(environment(name, by_uv(version, *options)))
    return replace(machine, first=(*machine.first, uv_program()))


def todays_virtualenv(version: str) -> Machine:
    return activated(environment(f"virtualenv-{version}", by_virtualenv(version)))


def system_site(version: str) -> Machine:
    return activated(environment(f"system-{version}", by_venv(version, SYSTEM_SITE)))


def lent_kernel() -> Machine:
    """The base has the kernel's packages; the environment adds to them."""

    def build(at: Path) -> None:
        run(str(own_base() / "bin/python3"), "-m", "venv", SYSTEM_SITE, str(at))

    return activated(made("healthy-system-lent", build))


# Editable projects

BACKENDS = {
    "setuptools": ("setuptools>=77", "setuptools.build_meta"),
    "hatchling": ("hatchling", "hatchling.build"),
    "flit": ("flit_core", "flit_core.buildapi"),
}


def project(at: Path, backend: str, layout: str) -> None:
    """A project with one package and a command."""
    requires, build = BACKENDS[backend]
    package = at / layout / "mine"
    package.mkdir(parents=True)
    found = '[tool.setuptools]\npackages = ["mine"]\n' if not layout else ""
    (package / "__init__.py").write_text('"""Mine."""\n\n__version__ = "0.1"\n')
    (package / "__main__.py").write_text("def main():\n    print(1)\n")
    (at / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{build}"\n'
        '[project]\nname = "mine"\nversion = "0.1"\ndescription = "Mine"\n'
        'requires-python = ">=3.11"\nscripts = {mine = "mine.__main__:main"}\n'
        + (found if backend == "setuptools" else "")
    )
    (at / "notebooks").mkdir()
    (at / "tests").mkdir()
    (at / "tests/test_mine.py").touch()


def editable(backend: str, layout: str, place: str) -> Machine:
    """An environment in the project's folder, the project installed into it as editable.

    Args:
        backend: what builds it: by a path, or by a finder.
        layout: where its package lies: `src`, or empty for the folder itself.
        place: the folder of the notebook.
    """

    def build(at: Path) -> None:
        project(at, backend, layout)
        by_venv("3.12")(at / ".venv")
        with_kernel(at / ".venv", "-e", str(at))

    at = made(f"healthy-editable-{backend}-{layout or 'flat'}", build)
    return activated(at / ".venv", cwd=str(at / place), cell="import mine")


# Bases


def own_base() -> Path:
    """A Python with a kernel and a pip of its own, as an installer leaves it."""

    def build(at: Path) -> None:
        at.parent.mkdir(exist_ok=True)
        shutil.copytree(clone("3.12", "clone-3.12"), at, symlinks=True, copy_function=os.link)
        for pip in (*at.glob("bin/pip*"), *at.glob("lib/python*/site-packages/pip*")):
            shutil.rmtree(pip) if pip.is_dir() else pip.unlink()
        for stranger in at.glob("lib/python*/site-packages/*.pth"):
            stranger.unlink()  # the operator of this machine may have put it there
        run(str(at / "bin/python3"), "-m", "ensurepip")
        (at / "bin/pip").symlink_to("pip3")
        run(str(at / "bin/python3"), "-m", "pip", "install", "-q", KERNEL)

    return made("healthy-base/versions/3.12.1", build)


def plain_base() -> Machine:
    prefix = own_base()
    return Machine(str(prefix / "bin/python3"), (f"{prefix}/bin",))


def by_pyenv() -> Machine:
    """pyenv's shims stand first on PATH, and lead to the version that the user chose."""
    prefix = own_base()
    root = prefix.parents[1]

    def link(at: Path) -> None:
        at.mkdir()
        (root / "version").write_text("3.12.1\n")
        program = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "libexec/pyenv"
        run(str(program), "rehash", PYENV_ROOT=str(root))

    made("healthy-pyenv", link)
    return Machine(str(prefix / "bin/python3"), (f"{root}/shims",), {"PYENV_ROOT": str(root)})


def of_the_operator() -> Machine:
    """pyenv's Python as it is on this machine, with all that was put there; a venv of it."""
    return activated(environment("of-the-operator", by_venv("3.11", SYSTEM_SITE)))


def user_site(version: str, chosen: str = "") -> Machine:
    """The kernel's packages lie below the user's home."""

    def build(at: Path) -> None:
        at.mkdir()
        words = ("-m", "pip", "install", "-q", "--user", "--ignore-installed", KERNEL)
        run(chosen or python(version), *words, HOME=str(at), PIP_BREAK_SYSTEM_PACKAGES="1")

    home = made(f"healthy-home-{version}", build)
    first = Path(chosen or python(version)).parent
    return Machine(
        chosen or python(version), (f"{home}/.local/bin", str(first)), {"HOME": str(home)}
    )


# conda


def conda_root() -> Path:
    """A base of conda with a `conda` on PATH, as its installer leaves it."""

    root = conda("healthy-conda")
    script = root / "condabin/conda"
    if not script.exists():
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!{root}/bin/python\nimport sys\nsys.exit(1)\n")
        script.chmod(0o755)
    return root


def conda_environment(name: str = "work") -> Path:
    conda_root()
    prefix = conda(f"healthy-conda/envs/{name}")

    def install(at: Path) -> None:
        with_kernel(prefix)
        at.mkdir()

    made(f"healthy-conda-{name}-kernel", install)
    return prefix


def by_conda(name: str = "work") -> Machine:
    """What `conda activate` makes of a shell."""
    root, prefix = conda_root(), conda_environment(name)
    variables = {
        "CONDA_PREFIX": str(prefix),
        "CONDA_DEFAULT_ENV": name,
        "CONDA_EXE": f"{root}/bin/conda",
        "CONDA_PYTHON_EXE": f"{root}/bin/python",
        "CONDA_SHLVL": "2",
        "CONDA_PREFIX_1": str(root),
        "_CE_CONDA": "",
        "_CE_M": "",
    }
    return Machine(str(prefix / "bin/python"), (f"{prefix}/bin", f"{root}/condabin"), variables)


def conda_base() -> Machine:
    """`base` is active, as it is in each new shell after `conda init`."""
    root = conda_root()

    def install(at: Path) -> None:
        with_kernel(root)
        at.mkdir()

    made("healthy-conda-base-kernel", install)
    variables = {
        "CONDA_PREFIX": str(root),
        "CONDA_DEFAULT_ENV": "base",
        "CONDA_EXE": f"{root}/bin/conda",
        "CONDA_PYTHON_EXE": f"{root}/bin/python",
        "CONDA_SHLVL": "1",
    }
    return Machine(str(root / "bin/python"), (f"{root}/bin", f"{root}/condabin"), variables)


def venv_beside_conda() -> Machine:
    """conda is on PATH, none of its environments is active, and the kernel is in a venv."""
    machine = plain_venv("3.12")
    return replace(machine, first=(*machine.first, f"{conda_root()}/condabin"))


def venv_in_conda_base() -> Machine:
    """conda's base is active in each shell, and a venv was made of another Python, activated."""
    machine, below = plain_venv("3.12"), conda_base()
    variables = {**below.variables, **machine.variables}
    return replace(machine, first=(*machine.first, *below.first), variables=variables)


def venv_of_conda() -> Machine:
    """A venv made by the Python of the conda environment that is active."""
    below = by_conda()
    prefix = environment("venv-of-conda", lambda at: run(below.python, "-m", "venv", str(at)))
    machine = activated(prefix)
    variables = {**below.variables, **machine.variables}
    return replace(machine, first=(*machine.first, *below.first), variables=variables)
