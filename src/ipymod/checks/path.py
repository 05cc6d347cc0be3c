"""JUDGE: where the commands go that a shell would run from this kernel."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from ipymod.checks import starting, targets
from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING, Finding
from ipymod.checks.reached import is_own, listed, named, reached, short
from ipymod.facts import Command, Environment, Kernel, same
from ipymod.facts.commands import Script, Scripts
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts.everything import Facts
    from ipymod.registry import Change

__all__ = ["starting", "targets"]  # the same family: what cannot start, where installers install

_DEBIAN = Environment(
    prefix="/usr",
    base_prefix="/usr",
    kind="debian",
    version="3.11.2",
    site=("/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages"),
    scripts="/usr/bin",
    real="/usr",
)
# Commands that come with ipykernel itself: that there are several says nothing.
_OF_EVERY_KERNEL = pattern(r"debugpy(?:-adapter)?|ipython3?|jupyter(?:-\w+)?|pygmentize")
_PIPS = ("pip", "pip3")
_PYTHONS = ("python", "python3")


def _debians(name: str, path: str = "/usr/bin") -> Change:
    """An example: the system's command stands first on PATH."""
    found = Command(name, f"{path}/{name}", "/usr/bin/python3", _DEBIAN, "ok", "certain")
    return lambda healthy: replace(healthy, **{name: found})


@REGISTRY.check("WP101", "path", WARNING, example=_debians("pip"))
def pip_installs_elsewhere(commands: tuple[Command, ...], kernel: Kernel) -> Iterator[Finding]:
    """The `pip` that a shell finds installs for another Python than this kernel's.

    `!pip install` and `pip` in a terminal start the first `pip` on PATH, which belongs to some
    Python, not to the notebook. It reports success, and the import fails: ModuleNotFoundError.
    `%pip`, a bare `pip` in a cell and `%pymod pip` always install for this kernel.
    """
    first = next(iter(named(commands, *_PIPS)), None)
    environment = reached(first)
    if first is None or environment is None or is_own(environment, kernel):
        return
    yield Finding(
        message=f"{first.name} is {first.path} and installs into {_place(environment)}; "
        f"this kernel is {kernel.executable} and imports from {_place(kernel.environment)}",
        fix="%pymod pip install NAME",
        evidence=_both_sides(first, environment, kernel),
    )


@REGISTRY.check("WP102", "path", WARNING, example=_debians("python"))
def python_runs_elsewhere(commands: tuple[Command, ...], kernel: Kernel) -> Iterator[Finding]:
    """The `python` that a shell finds is not this kernel's.

    `!python script.py` runs the script with other packages, and often with another version, than
    the cells of the notebook. Name the kernel's own Python, or run the script in the kernel with
    `%run script.py`.
    """
    elsewhere = [(each, reached(each)) for each in named(commands, *_PYTHONS)]
    told: list[Environment] = []
    for command, environment in elsewhere:
        if environment is None or is_own(environment, kernel):
            continue
        if any(same(environment, each) for each in told):
            continue
        told.append(environment)
        alike = [c.name for c, other in elsewhere if other and same(other, environment)]
        verb = "is" if len(alike) == 1 else "are"
        yield Finding(
            message=f"{listed(alike)} in a shell {verb} {command.path} with packages of "
            f"{_place(environment)}; this kernel is {kernel.executable}",
            fix=f"!{shlex.quote(kernel.executable)} script.py",
            evidence=_both_sides(command, environment, kernel),
        )


def _place(environment: Environment) -> str:
    """Where its packages are, and for which version: `/usr (Python 3.11)`."""
    version = short(environment.version)
    return f"{environment.prefix} (Python {version})" if version else environment.prefix


def _both_sides(command: Command, environment: Environment, kernel: Kernel) -> dict[str, str]:
    seen = {
        command.name: command.path,
        "its Python": command.python or "",
        "its environment": environment.prefix,
        "this kernel": kernel.prefix,
    }
    return {**seen, "chosen by": command.origin} if command.origin else seen


@REGISTRY.check("WP105", "path", WARNING, example=_debians("pip3"))
def pip_and_its_namesakes_disagree(
    commands: tuple[Command, ...], kernel: Kernel
) -> Iterator[Finding]:
    """Two of `pip`, `pip3` and `python` on PATH belong to different environments.

    A guide that says `pip3` and one that says `pip` then fill different places, and `python` sees
    only one of them. `python -m pip` is never in doubt. What one of them alone says of this kernel
    is told by other checks.
    """
    own = reached(next(iter(named(commands, "pip")), None))
    if own is None:
        return
    for other in (*named(commands, "pip3"), *named(commands, *_PYTHONS)[:1]):
        environment = reached(other)
        if environment is None or same(own, environment) or _is_told(own, other, kernel):
            continue
        yield Finding(
            message=f"pip in a shell belongs to {_place(own)}, "
            f"but {other.path} belongs to {_place(environment)}",
            fix=f"{shlex.quote(kernel.executable)} -m pip install NAME",
            evidence={"pip": own.prefix, other.name: environment.prefix},
        )


def _is_told(pip: Environment, other: Command, kernel: Kernel) -> bool:
    """Whether WP101 or WP102 says as much: one of the two is the kernel's, the other is not."""
    environment = reached(other)
    if environment and is_own(environment, kernel):
        return True
    return is_own(pip, kernel) and other.name in _PYTHONS


def _broken_shim(healthy: Facts) -> Facts:
    origin = "/home/ada/project/.python-version"
    found = Command(
        "python3",
        "/home/ada/.pyenv/shims/python3",
        state="broken",
        certainty="certain",
        reason=f"pyenv has no version 3.9.1, which {origin} asks for",
        fault="shim",
        origin=origin,
    )
    return replace(healthy, python3=found)


@REGISTRY.check("WP108", "path", WARNING, example=_broken_shim)
def shim_goes_elsewhere_in_this_folder(
    commands: tuple[Command, ...], kernel: Kernel
) -> Iterator[Finding]:
    """A shim of pyenv, asdf or mise picks another Python in this folder than the kernel's.

    Shims stand first on PATH and choose a version each time they are started: by a variable, by a
    file in the folder or above it, at last by the user's own choice. So the same command reaches
    different Pythons in different folders, and none if the version is not installed. A shim that
    follows the user's own choice is not reported here.
    """
    told: dict[tuple[str, str], list[Command]] = {}
    for command in commands:
        environment = reached(command)
        if command.fault == "shim":
            told.setdefault((command.origin, command.reason), []).append(command)
        elif environment and not is_own(environment, kernel) and _is_near(command.origin, kernel):
            told.setdefault((command.origin, _place(environment)), []).append(command)
    for (origin, outcome), them in told.items():
        yield _of_shims(origin, outcome, them, kernel)


def _of_shims(origin: str, outcome: str, them: list[Command], kernel: Kernel) -> Finding:
    names = listed([each.name for each in them])
    paths = {each.name: each.path for each in them}
    if them[0].fault:
        message = f"{names} in a shell cannot start: {outcome}; this kernel is {kernel.executable}"
    else:
        message = f"{origin} sends {names} in a shell to {outcome}; this kernel is {kernel.prefix}"
    evidence = {**paths, "chosen by": origin, "this kernel": kernel.prefix}
    return Finding(message, _choose_otherwise(origin, kernel), evidence)


def _choose_otherwise(origin: str, kernel: Kernel) -> str:
    """The command that makes a shim choose the kernel's Python, where there is one."""
    if origin.isidentifier():
        return f'import os; os.environ.pop("{origin}", None)'
    base = _pure(kernel.base_prefix, kernel)
    if base.parent.name == "versions" and origin.endswith(".python-version"):
        return f"pyenv local {base.name}"
    return f"{shlex.quote(kernel.executable)} -m pip install NAME"


def _is_near(origin: str, kernel: Kernel) -> bool:
    """Whether it is a variable, or a file that lies in the working folder or above it."""
    if origin.isidentifier():
        return True
    folder, cwd = _pure(origin, kernel).parent, _pure(kernel.cwd, kernel)
    return bool(origin and kernel.cwd) and (folder == cwd or folder in cwd.parents)


def _pure(path: str, kernel: Kernel) -> PurePath:
    return PureWindowsPath(path) if kernel.system == "Windows" else PurePosixPath(path)


def _astray(healthy: Facts) -> Facts:
    scripts = healthy.scripts or Scripts("")
    found = Script("black", f"{scripts.directory}/black", "/home/ada/.local/bin/black")
    return replace(healthy, scripts=replace(scripts, on_path=False, astray=(found,)))


@REGISTRY.check("WP109", "path", INFO, example=_astray)
def commands_of_this_kernel_are_not_on_path(scripts: Scripts) -> Iterator[Finding]:
    """A shell does not find the commands that the kernel's own packages brought.

    A kernel need not have its environment active: then `!black` is another one than the one just
    installed, or is not found. Start it by its full path, or as a module if it is one.
    """
    astray = [each for each in scripts.astray if not _OF_EVERY_KERNEL.fullmatch(each.name)]
    if not astray:
        return
    elsewhere = [f"{each.name} is {each.found}" for each in astray if each.found]
    absent = [each.name for each in astray if not each.found][:2]
    told = elsewhere[:1]
    told += [f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} not found"] if absent else []
    where = "is not on PATH" if not scripts.on_path else "comes later on PATH"
    first = astray[0]
    yield Finding(
        message=f"{scripts.directory}, where this kernel has its commands, {where}: "
        f"in a shell {'; '.join(told)}",
        fix=f"!{shlex.quote(first.path)}",
        evidence={each.name: each.found or "not found" for each in astray},
    )


def _store(healthy: Facts) -> Facts:
    path = r"C:\Users\ada\AppData\Local\Microsoft\WindowsApps\python3.exe"
    reason = f"{path} is no Python: it opens the Microsoft Store"
    found = Command("python3", path, state="broken", certainty="certain", reason=reason)
    return replace(healthy, python3=replace(found, fault="stub"))


@REGISTRY.check("WP113", "path", ERROR, example=_store)
def command_that_only_advertises(
    commands: tuple[Command, ...], kernel: Kernel
) -> Iterator[Finding]:
    """The command that stands first on PATH is no Python, it only offers to install one.

    Windows has a `python.exe` that opens the Microsoft Store, macOS a `/usr/bin/python3` that
    offers Apple's developer tools. They stand before, or in place of, a Python that is installed.
    """
    stubs = [command for command in commands if command.fault == "stub"]
    if not stubs:
        return
    works = any(reached(each) for each in named(commands, *_PYTHONS))
    yield Finding(
        message=f"{listed([each.name for each in stubs])} in a shell only offers to install "
        f"something: {stubs[0].reason}; this kernel is {kernel.executable}",
        fix=_switched_off(kernel),
        evidence={each.name: each.path for each in stubs},
        severity=WARNING if works else None,
    )


def _switched_off(kernel: Kernel) -> str:
    if kernel.system == "Darwin":
        return "xcode-select --install"
    return "# Settings > Apps > App execution aliases: switch off python.exe and python3.exe"
