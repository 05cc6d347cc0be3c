"""JUDGE: what the checks of kernels have in common: which are offered, and how one is mended."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Command, Environment, Kernel
    from ipymod.facts.kernels import Kernelspec, Kernelspecs

OWN_KERNEL = frozenset({"ipykernel_launcher", "ipykernel"})
NATIVE = "python3"  # what pip installs with ipykernel, and Jupyter offers where nothing else is
# `Python 3.9`, `py39`, `python3.12 (old)`, `pypy3.10`; the 2.1 of `PyTorch 2.1` is none.
_VERSION = pattern(r"(?<![a-z])(?:python|pypy|py)[ _-]*v?([23])(?:\.(\d{1,2})|(\d{1,2}))(?!\d)")


def offered(kernelspecs: Kernelspecs) -> Iterator[Kernelspec]:
    """The kernels that a person can choose."""
    return (spec for spec in kernelspecs.specs if spec.listed and not spec.shadowed_by)


def removing(spec: Kernelspec, kernelspecs: Kernelspecs) -> str:
    """The command that takes the kernel away that Jupyter finds by this name."""
    python, name = shlex.quote(kernelspecs.python), shlex.quote(spec.name)
    return f"{python} -m jupyter kernelspec remove -y {name}"


def deleting(directory: str, kernel: Kernel) -> str:
    """The command that takes a directory away, as the system's shell has it."""
    quoted = shlex.quote(directory)
    return f'rmdir /s /q "{directory}"' if kernel.system == "Windows" else f"rm -r {quoted}"


def registering(spec: Kernelspec, python: str, display_name: str = "") -> str:
    """The command that writes a kernelspec anew where it is, for an interpreter."""
    folder = path(spec.directory)
    inside = [part.lower() for part in folder.parts[-4:-1]] == ["share", "jupyter", "kernels"]
    where = f"--prefix {shlex.quote(str(folder.parents[3]))}" if inside else "--user"
    words = f"-m ipykernel install {where} --name {shlex.quote(spec.name)}"
    shown = f" --display-name {shlex.quote(display_name)}" if display_name else ""
    return f"{shlex.quote(python)} {words}{shown}"


def file(spec: Kernelspec) -> dict[str, str]:
    """Evidence: the file that says so."""
    return {"kernelspec": str(path(spec.directory) / "kernel.json")}


def path(text: str) -> PurePath:
    """The path as the system writes it that it comes from, which may not be this one."""
    windows = re.match(r"[A-Za-z]:[\\/]|\\\\", text)
    return PureWindowsPath(text) if windows else PurePosixPath(text)


def minor(version: str) -> str:
    """`3.12` of `3.12.1`."""
    return ".".join(version.split(".")[:2])


def _versions(text: str) -> set[str]:
    """The versions of Python that a name tells: `3.9`."""
    return {f"{m[1]}.{m[2] or m[3]}" for m in _VERSION.finditer(text.lower())}


def told_wrongly(texts: Iterable[str], environment: Environment | None) -> str:
    """The version of Python that a text tells and that is another one; empty if none is."""
    real = minor(environment.version) if environment else ""
    told = set().union(*(_versions(text) for text in texts))
    return min(told) if real and told and real not in told else ""


def reached(spec: Kernelspec) -> Command | None:
    """What the kernel would start, if that is a Python and nothing speaks against it."""
    found = spec.command
    return found if found and found.state == "ok" and found.environment else None
