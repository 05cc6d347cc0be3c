"""GATHER: where the kernel's imports come from: `sys.path`, and all that fills it.

Each entry is listed once; a file is opened only where two modules share a name, where a `.pth`
file is, or where an entry belongs to somebody else. `ipymod.listing` looks into each folder of an
entry, which for a full environment costs more than all that is done here.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.facts.imports import Imports, PathEntry, PthLine
from ipymod.launchers import command, environment_of, interpreter_of
from ipymod.patterns import pattern
from ipymod.survey.entries import Entry, normal, same_place, tags_of
from ipymod.survey.overlay import places_below
from ipymod.survey.pth import read_pth
from ipymod.survey.twins import find_twins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_STDLIB = pattern(  # the last two are of Python 2
    r"(?i)(?:python|pypy)\d\.?\d+t?(?:\.zip)?|lib-dynload|dlls|lib|lib-(?:tk|old)|plat-[\w-]+"
)
# P/lib/python3.12/site-packages and what lies below, Debian's P/lib/python3/dist-packages,
# P\Lib\site-packages: the prefix P, and the version where the path tells it.
_PACKAGES = pattern(
    r"(?i)(?P<prefix>.*?)[/\\](?:local[/\\])?lib(?:64)?[/\\]"
    r"(?:(?:python|pypy)(?P<version>\d(?:\.\d+)?)t?(?:[/\\]|$)|site-packages\b)"
)
_COMMANDS = ("python", "python3", "pip")


def gather_imports(kernel: Kernel, here: Surroundings) -> Imports:
    """Find out where the kernel's imports come from."""
    packages = {normal(each) for each in (*kernel.environment.site, *places_below(kernel))}
    entries = [_named(Entry(text, kernel.cwd), packages, kernel, here) for text in kernel.path]
    site = [entry for entry in entries if entry.role in {"site", "user"}]
    pth = tuple(line for entry in site for line in read_pth(entry, kernel))
    _explain(entries, pth, here)
    own = kernel.environment.site[0] if kernel.environment.site else ""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return Imports(
        entries=tuple(_fact(entry, entries, kernel) for entry in entries),
        twins=tuple(find_twins(entries, kernel)),
        pth=pth,
        customize=tuple(_customize(entries)),
        pythonpath=here.variables.get("PYTHONPATH", ""),
        pythonhome=here.variables.get("PYTHONHOME", ""),
        led_astray=dict(_led_astray(kernel, here)),
        user_site=_user_site(kernel, here),
        site=own,
        writable=_writable(own, here),
        root=root,
        locked=() if root or here.windows else tuple(_locked(own, entries)),
    )


# -- what an entry is


def _named(entry: Entry, packages: set[str], kernel: Kernel, here: Surroundings) -> Entry:
    place = entry.place
    if not entry.text:
        entry.role = "cwd"
    elif place in packages:
        entry.role = "site"
    elif place == normal(_user_site(kernel, here)):
        entry.role = "user"
    elif _is_ours(place, kernel):
        if _STDLIB.fullmatch(os.path.basename(place)):
            entry.role = "stdlib"
        elif os.path.basename(place) in {"site-packages", "dist-packages"}:
            entry.role = "site"
    elif here.windows and place == normal(kernel.base_prefix):
        entry.role = "stdlib"  # DLLs and `site-packages` lie below it
    return entry


def _is_ours(place: str, kernel: Kernel) -> bool:
    prefixes = (kernel.prefix, kernel.base_prefix, os.path.realpath(kernel.base_prefix))
    return any(place.startswith(_start(normal(prefix))) for prefix in prefixes if prefix)


def _start(prefix: str) -> str:
    """What paths in an environment begin with; in Pyodide, whose prefix is the root, not all do."""
    return os.path.join(prefix, "lib", "") if prefix == os.sep else prefix + os.sep


def _explain(entries: list[Entry], pth: tuple[PthLine, ...], here: Surroundings) -> None:
    """Say where the entries come from that the interpreter itself does not make."""
    lines = {
        normal(os.path.join(os.path.dirname(line.file), line.text)): f"{line.file}:{line.number}"
        for line in pth
        if line.kind == "path"
    }
    value = here.variables.get("PYTHONPATH", "")
    separator = ";" if here.windows else ":"
    named = {normal(here.absolute(text)) for text in value.split(separator)} if value else set()
    for entry in entries:
        origin = "PYTHONPATH" if entry.place in named and entry.text else ""
        entry.origin = origin or lines.get(entry.place, "")
        if entry.role != "other":
            continue
        if entry.place == normal(entry.cwd):
            entry.role = "cwd"
        elif entry.origin:
            entry.role = "pythonpath" if origin else "pth"


def _fact(entry: Entry, entries: list[Entry], kernel: Kernel) -> PathEntry:
    match = _PACKAGES.match(entry.directory)
    owner = match["prefix"] if match else kernel.base_prefix if entry.role == "stdlib" else ""
    ours = entry.role in {"stdlib", "site", "user"} or _is_ours(entry.place, kernel)
    return PathEntry(
        entry=entry.text,
        exists=os.path.exists(entry.directory),
        role=entry.role,
        origin=entry.origin,
        owner=owner,
        foreign=not ours and _is_environment(owner, kernel),
        version=_version(entry, match["version"] or "" if match else "", kernel, ours=ours),
        distributions={} if entry.role == "stdlib" else entry.distributions,
        inside=_inside(entry, entries),
    )


def _is_environment(prefix: str, kernel: Kernel) -> bool:
    """Whether it is one, and not ours: with an interpreter, so more than a folder of packages."""
    if not prefix or any(same_place(prefix, own) for own in (kernel.prefix, kernel.base_prefix)):
        return False
    marks = ("pyvenv.cfg", "conda-meta")
    there = any(os.path.exists(os.path.join(prefix, mark)) for mark in marks)
    return there or interpreter_of(prefix) is not None


def _version(entry: Entry, told: str, kernel: Kernel, *, ours: bool) -> str:
    own = short(kernel.version)
    if "." in told:
        return told
    if ours or entry.role == "cwd":
        return own if ours else ""
    tags = tags_of(entry)
    return own if own in tags else min(tags, default="")


def short(version: str) -> str:
    """`3.12` of `3.12.1`."""
    return ".".join(version.split(".")[:2])


def _inside(entry: Entry, entries: list[Entry]) -> str:
    """The name of the package whose own folder the entry is, if another entry holds it."""
    if entry.role == "stdlib" or "__init__" not in entry.modules:
        return ""
    above, name = os.path.split(entry.place)
    if os.path.isfile(os.path.join(above, "__init__.py")):
        return ""  # a part of a package is nothing that is imported by its name
    holders = (other for other in entries if other is not entry and other.role != "stdlib")
    held = any(name in other.modules and other.module(name) for other in holders)
    return name if held else ""


# -- what is set around it


def _customize(entries: list[Entry]) -> Iterator[str]:
    """The files that `site` runs: the first of each name; it does not look into `cwd`."""
    for name in ("sitecustomize", "usercustomize"):
        for entry in entries:
            if entry.role in {"cwd", "other"}:
                continue
            if found := entry.module(name, listed=entry.role != "stdlib"):
                if entry.role != "stdlib":
                    yield found
                break


def _led_astray(kernel: Kernel, here: Surroundings) -> Iterator[tuple[str, str]]:
    """What PYTHONHOME sends to a library that is not its own."""
    home = here.variables.get("PYTHONHOME", "").split(";" if here.windows else ":")[0]
    if not home:
        return
    clean = here.without_variables("PYTHONHOME")
    found = {kernel.executable: environment_of(kernel.executable, clean)}
    for name in _COMMANDS:
        reached = command(name, clean)
        if reached and reached.environment:
            found[name] = reached.environment
    for name, environment in found.items():
        base = environment.base_prefix
        if base and not same_place(base, here.absolute(home)):
            yield name, base


def _user_site(kernel: Kernel, here: Surroundings) -> str:
    """The user's directory, also where this kernel does not look into it."""
    if kernel.environment.user_site or here.system != "Linux":
        return kernel.environment.user_site
    base = here.variables.get("PYTHONUSERBASE") or os.path.join(here.home, ".local")
    return os.path.join(
        here.absolute(base), "lib", f"python{short(kernel.version)}", "site-packages"
    )


def _writable(site: str, here: Surroundings) -> bool | None:
    """Windows keeps its rights where `os.access` does not look, so there it is unknown."""
    if here.windows or sys.platform == "win32" or not os.path.isdir(site):
        return None
    return os.access(site, os.W_OK | os.X_OK)


def _locked(site: str, entries: list[Entry]) -> Iterator[str]:
    """The distributions that belong to another user, in a directory that we may write to."""
    own = next((entry for entry in entries if entry.place == normal(site)), None)
    if own is None or not os.access(site, os.W_OK):
        return
    for name, info in own.infos.items():
        path = os.path.join(own.directory, info)
        if os.path.isdir(path) and not os.access(path, os.W_OK):
            yield name
