"""GATHER: the kernel's own commands: which a shell does not start, and which cannot start."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import TYPE_CHECKING

from ipymod.facts import same
from ipymod.facts.commands import Script, Scripts
from ipymod.launchers import command, files, resolve
from ipymod.launchers.path import is_executable
from ipymod.launchers.steps import is_pip, is_python
from ipymod.patterns import pattern
from ipymod.survey.made import made

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Command, Kernel
    from ipymod.launchers import Surroundings

_ASKED = ("pip", "pip3", "python", "python3", "conda", "jupyter")
_MOST_FILES = 300  # more than any environment brings; folders of the system have more
_MOST_KINDS = 6  # kinds of first lines that are followed
_MOST_ASTRAY = 5
_MOST_ASKED = 20  # commands of that name elsewhere that are followed
_ENOUGH = 1024  # bytes: a launcher that was written for an entry point is shorter
_ENTRY_POINT = pattern(rb"sys\.exit\(|load_entry_point|__requires__")
# What Python brings itself, or what other checks are about; no package of the kernel's.
_NOBODYS = pattern(
    r"activate.*|deactivate.*|(?:idle|pydoc|2to3|wheel|easy_install)[\d.-]*|.*-config|.*\.(?:py|bat|"
    r"ps1|fish|csh|nu|sh)",
    re.IGNORECASE,
)


def gather_scripts(
    kernel: Kernel, here: Surroundings, commands: Iterable[Command | None] | None = None
) -> Scripts | None:
    """The commands of the kernel's environment; None if it is not known where they would be.

    Args:
        kernel: the interpreter whose commands these are.
        here: what a shell would see.
        commands: those on PATH, if they are known already.
    """
    directory = kernel.environment.scripts
    if not directory:
        return None
    if commands is None:
        commands = [command(name, here) for name in _ASKED]
    places = _places(here)
    real = _real(directory)
    faulty, alike = _faulty(directory, kernel, here)
    return Scripts(
        directory=directory,
        on_path=real in places,
        astray=tuple(_astray(kernel, here, places)),
        faulty=faulty,
        alike=alike,
        environments=tuple(made(prefix, here) for prefix in _prefixes(kernel, commands)),
    )


def _places(here: Surroundings) -> dict[str, str]:
    """The directories of PATH in order, each once: links resolved, and as it is written."""
    places: dict[str, str] = {}
    for entry in dict.fromkeys(here.path):
        path = here.absolute(entry.strip('"') if here.windows else entry)
        if path in here.silent:
            continue
        places.setdefault(_real(path), path)
    return places


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _astray(kernel: Kernel, here: Surroundings, places: dict[str, str]) -> Iterator[Script]:
    """The commands that a shell starts elsewhere, then those that it does not find."""
    directory = kernel.environment.scripts
    own, names = _real(directory), frozenset(files.names(directory))
    found: dict[str, str] = {}
    for real, place in places.items():
        if real == own:
            break
        for name in names.intersection(files.names(place)) - found.keys():
            if _is_command(name, here) and is_executable(os.path.join(place, name), here):
                found[name] = os.path.join(place, name)
    elsewhere = [*islice(_elsewhere(found, kernel, here), _MOST_ASTRAY)]
    yield from elsewhere
    if own not in places:
        wanted = (name for name in names - found.keys() if _is_command(name, here))
        absent = sorted(wanted, key=lambda name: ("-" in name, name))
        launchers = (name for name in absent if _is_launcher(os.path.join(directory, name), here))
        for name in islice(launchers, _MOST_ASTRAY - len(elsewhere)):
            yield Script(name, os.path.join(directory, name))


def _elsewhere(found: dict[str, str], kernel: Kernel, here: Surroundings) -> Iterator[Script]:
    """Those of them that do not work on the kernel's environment after all."""
    directory = kernel.environment.scripts
    for name in sorted(found)[:_MOST_ASKED]:
        path = os.path.join(directory, name)
        if not _is_launcher(path, here) or _real(found[name]) == _real(path):
            continue
        other = resolve(found[name], name, here)
        own = other.environment and same(other.environment, kernel.environment)
        if other.state == "broken" or (other.state == "ok" and not own):
            yield Script(name, path, found[name])


def _is_command(name: str, here: Surroundings) -> bool:
    if here.windows and not name.lower().endswith(".exe"):
        return False
    plain = name[:-4] if here.windows else name
    return not (is_python(name) or is_pip(name) or _NOBODYS.fullmatch(plain))


def _is_launcher(path: str, here: Surroundings) -> bool:
    """Whether a file was written to start a command of a distribution."""
    return bool(_kind(path, here))


def _faulty(
    directory: str, kernel: Kernel, here: Surroundings
) -> tuple[tuple[Command, ...], dict[str, int]]:
    """One launcher of each kind that does not lead to the kernel, and how many are like it."""
    kinds: dict[bytes, list[str]] = {}
    for name in _launchers(directory, here):
        if kind := _kind(os.path.join(directory, name), here):
            kinds.setdefault(kind, []).append(name)
    found, alike = [], {}
    for kind, names in list(kinds.items())[:_MOST_KINDS]:
        one = resolve(os.path.join(directory, names[0]), names[0], here)
        follows_path = re.match(rb"#!\s*\S*/env\s", kind) is not None
        if one.state == "broken" or (_leads_away(one, kernel) and not follows_path):
            found.append(one)
            alike[one.name] = len(names)
    return tuple(found), alike


def _launchers(directory: str, here: Surroundings) -> list[str]:
    """The names of files that may be launchers, pip's first; none where there are too many."""
    names = files.names(directory)
    if len(names) > _MOST_FILES:
        return []
    if here.windows:
        return sorted(name for name in names if is_pip(name) and name.lower().endswith(".exe"))
    kept = (name for name in names if not is_python(name) and not _NOBODYS.fullmatch(name))
    return sorted(kept, key=lambda name: (not is_pip(name), name))


def _kind(path: str, here: Surroundings) -> bytes:
    """What it has in common with others that start alike; empty for what is no launcher."""
    head = files.head(path, _ENOUGH) or b""
    if here.windows:
        return os.fsencode(path) if head.startswith(b"MZ") else b""
    if not (head.startswith(b"#!") and _ENTRY_POINT.search(head) and os.access(path, os.X_OK)):
        return b""
    first, *rest = head.split(b"\n", 2)
    if b"python" in first or not rest:
        return first
    return first + b"\n" + rest[0] if b"python" in rest[0] else b""


def _leads_away(one: Command, kernel: Kernel) -> bool:
    """Whether a launcher of the kernel's environment works on another one."""
    if one.state != "ok" or one.environment is None or not one.home:
        return False
    return not same(one.environment, kernel.environment)


def _prefixes(kernel: Kernel, commands: Iterable[Command | None]) -> list[str]:
    """The virtual environments to look at: the kernel's own, and those of commands on PATH."""
    own = [kernel.prefix] if kernel.prefix != kernel.base_prefix else []
    homes = [each.home for each in commands if each and each.home]
    named = dict.fromkeys([*own, *homes])
    virtual = [each for each in named if files.kind(os.path.join(each, "pyvenv.cfg")) == "file"]
    return [*{_real(each): each for each in reversed(virtual)}.values()][::-1]
