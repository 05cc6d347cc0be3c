"""JUDGE: commands that cannot start, and environments that are not what they were made as."""

from __future__ import annotations

import shlex
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks.base import ERROR, REGISTRY, WARNING, Finding
from ipymod.checks.reached import listed
from ipymod.facts import Command, Kernel
from ipymod.facts.commands import Made, Scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts.everything import Facts
    from ipymod.registry import Change

_MOST = 4  # names in one sentence


def _broken(fault: str, reason: str) -> Change:
    """An example: `jupyter` on PATH cannot start."""
    found = Command("jupyter", "/home/ada/.local/bin/jupyter", state="broken", certainty="certain")
    return lambda healthy: replace(healthy, jupyter=replace(found, fault=fault, reason=reason))


@REGISTRY.check(
    "WP103", "path", ERROR, example=_broken("missing", "/opt/python3.9/bin/python3 does not exist")
)
def command_without_its_python(
    commands: tuple[Command, ...], scripts: Scripts, kernel: Kernel
) -> Iterator[Finding]:
    """A command cannot start because what it would run is gone.

    The first line of a launcher names its Python by the full path. When that Python was removed or
    upgraded, or the environment moved, the shell says "bad interpreter: No such file or directory",
    or that the command itself is not found, although it is there. Modules still start with
    `python -m`; the launcher has to be made anew.
    """
    yield from _unable("missing", commands, scripts, kernel)


@REGISTRY.check(
    "WP104",
    "path",
    ERROR,
    example=_broken(
        "unusable",
        "/home/ada/.local/bin/jupyter has Windows line ends: its first line ends with \\r",
    ),
)
def command_whose_first_line_is_unusable(
    commands: tuple[Command, ...], scripts: Scripts, kernel: Kernel
) -> Iterator[Finding]:
    r"""A command cannot start because no system can follow its first line.

    Linux reads 255 bytes of that line and hands all behind the interpreter over as one word, so
    that `env` looks for a program called "python3 -I"; a line that was saved on Windows ends with
    an invisible `\r`; one that says `python` without a path means a file in the working folder.
    Reinstalling the package writes a line that works.
    """
    yield from _unable("unusable", commands, scripts, kernel)


def _unable(
    fault: str, commands: Iterable[Command], scripts: Scripts, kernel: Kernel
) -> Iterator[Finding]:
    """One finding for all commands that have the same reason and lie in the same environment."""
    alike: dict[tuple[str, str], dict[str, Command]] = defaultdict(dict)
    for command in (*commands, *scripts.faulty):
        if command.fault == fault:
            reason = command.reason.replace(command.path, "FILE")
            alike[reason, command.home].setdefault(command.path, command)
    for them in alike.values():
        yield _cannot_start(list(them.values()), scripts, kernel)


def _cannot_start(them: list[Command], scripts: Scripts, kernel: Kernel) -> Finding:
    first = them[0]
    names = [each.name for each in them[:_MOST]]
    more = _count(them, scripts) - len(names)
    return Finding(
        message=f"{listed([*names, f'{more} more'] if more else names)} in a shell cannot start, "
        f"{first.path} for one: {first.reason}; this kernel is {kernel.executable}",
        fix=_remedy(first, kernel),
        evidence={each.name: each.path for each in them} | {"because": first.reason},
    )


def _count(them: list[Command], scripts: Scripts) -> int:
    """How many launchers it concerns, those of the kernel's that were not looked at included."""
    there = [each for each in them if _folder(each.path) == scripts.directory]
    alike = sum(scripts.alike.get(each.name, 1) for each in them if each in scripts.faulty)
    return len(them) - len(there) + max(len(there), alike)


def _folder(path: str) -> str:
    return path[: max(path.rfind("/"), path.rfind("\\"))]


def _remedy(command: Command, kernel: Kernel) -> str:
    """Put the environment's link right, or write the launcher anew; else go round it."""
    own = shlex.quote(kernel.executable)
    if command.home and " is a link to " in command.reason:
        return f"python3 -m venv --upgrade {shlex.quote(command.home)}"
    if command.name.startswith("python"):
        return f"!{own} script.py"
    package = "pip" if command.name.startswith("pip") else shlex.quote(command.name)
    if command.home:
        python = own if command.home == kernel.prefix else _python(command.home, kernel)
        return f"{python} -m pip install --force-reinstall --no-deps {package}"
    return f"{own} -m {package}"


def _python(prefix: str, kernel: Kernel) -> str:
    windows = kernel.system == "Windows"
    return shlex.quote(prefix) + ("/Scripts/python" if windows else "/bin/python")


def _copied(healthy: Facts) -> Facts:
    scripts = healthy.scripts or Scripts("")
    made = Made(healthy.kernel.prefix, "/home/ada/old/.venv", runs="3.12", filled_for=("3.12",))
    return replace(healthy, scripts=replace(scripts, environments=(made,)))


@REGISTRY.check("WP106", "path", ERROR, example=_copied)
def environment_was_copied_or_moved(
    commands: tuple[Command, ...], scripts: Scripts, kernel: Kernel
) -> Iterator[Finding]:
    """An environment lies in another place than the one that it was made for.

    Its launchers and its `activate` name the old place by the full path. In a copy, `pip` installs
    into the original without a word; in an environment that was moved or renamed it does not start
    at all. Environments are made anew, not copied: write down what is installed, make one, install.
    """
    told: dict[str, dict[str, str]] = {}
    for command in (*commands, *scripts.faulty):
        if other := _other_place(command):
            told.setdefault(command.home, {})[command.name] = other
    for made in scripts.environments:
        if made.made_for:
            told.setdefault(made.prefix, {})["made for"] = made.made_for
    for prefix, others in told.items():
        yield _moved(prefix, others, kernel)


def _other_place(command: Command) -> str:
    """The environment that a launcher works on though it lies in another one; empty if in none.

    A launcher that asks `env` for its Python follows PATH by intent, and one whose own Python is
    sent elsewhere by PYTHONHOME was not moved either.
    """
    environment, home = command.environment, command.home
    if not home or environment is None or environment.prefix in {"", home}:
        return ""
    if any(", and env finds " in step for step in command.steps):
        return ""
    is_own = (command.python or "").startswith((f"{home}/", f"{home}\\"))
    return "" if is_own else environment.prefix


def _moved(prefix: str, others: dict[str, str], kernel: Kernel) -> Finding:
    names = [name for name in others if name != "made for"]
    other = next(iter(others.values()))
    what = f"but {listed(names[:_MOST])} there works on {other}" if names else "and was moved"
    if "made for" in others:
        what = f"and was made as {others['made for']}" + (f", {what}" if names else "")
    mine = "this kernel's own environment" if prefix == kernel.prefix else "an environment"
    return Finding(
        message=f"{prefix} is {mine} {what}; its launchers and its activate name the old place",
        fix=_made_anew(prefix, kernel),
        evidence={"environment": prefix, **others},
    )


def _made_anew(prefix: str, kernel: Kernel) -> str:
    """Three commands that lose nothing but what was never a package."""
    python = _python(prefix, kernel)
    return (
        f"{python} -m pip freeze > requirements.txt"
        f" && python3 -m venv --clear {shlex.quote(prefix)}"
        f" && {python} -m pip install -r requirements.txt"
    )


def _drifted(healthy: Facts) -> Facts:
    scripts = healthy.scripts or Scripts("")
    made = Made("/home/ada/old/.venv", runs="3.12", filled_for=("3.9",))
    return replace(healthy, scripts=replace(scripts, environments=(*scripts.environments, made)))


@REGISTRY.check("WP107", "path", ERROR, example=_drifted)
def environment_lost_its_base(scripts: Scripts, kernel: Kernel) -> Iterator[Finding]:
    """The Python that an environment was made from is gone, or is another version now.

    A virtual environment has no Python of its own, only a link. After an upgrade by brew, apt,
    pyenv or conda the link leads nowhere, or to a newer version, which does not look into
    `lib/python3.9`: all packages seem to have vanished. `venv --upgrade` puts the link right.
    """
    for made in scripts.environments:
        if made.gone:
            yield _gone(made, kernel)
        elif made.runs and made.filled_for and made.runs not in made.filled_for:
            filled = listed(made.filled_for)
            yield Finding(
                message=f"{made.prefix} runs Python {made.runs} now, but its packages are for "
                f"Python {filled}{_whose(made, kernel)}",
                fix=_upgrade(made),
                evidence={"environment": made.prefix, "runs": made.runs, "filled for": filled},
            )


def _gone(made: Made, kernel: Kernel) -> Finding:
    effect = "it may no longer start" if made.starts else "it cannot start"
    return Finding(
        message=f"{made.prefix} was made from {made.gone}, which does not exist: {effect}"
        f"{_whose(made, kernel)}",
        fix=_upgrade(made),
        evidence={"environment": made.prefix, "made from": made.gone},
        severity=WARNING if made.starts else None,
    )


def _whose(made: Made, kernel: Kernel) -> str:
    own = made.prefix == kernel.prefix
    return "; this kernel runs in it" if own else f"; this kernel is {kernel.prefix}"


def _upgrade(made: Made) -> str:
    version = (*made.filled_for, made.runs, "3")[0]
    return f"python{version or '3'} -m venv --upgrade {shlex.quote(made.prefix)}"
