"""GATHER: modules that share a name with one of the standard library or of a distribution."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.facts.imports import Twin
from ipymod.launchers import files
from ipymod.patterns import pattern
from ipymod.survey.entries import Entry, plain, same_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Kernel

# Ours stand in for those of another kernel. Builtin modules are found before any file is.
_STANDARD = sys.stdlib_module_names - frozenset(sys.builtin_module_names)
_PROJECT_NAME = pattern(r"""(?m)^\s*name\s*=\s*["']?([\w.-]+)""")


def find_twins(entries: list[Entry], kernel: Kernel) -> Iterator[Twin]:
    """Find the modules that share their name with another one."""
    known = _loaded(kernel)
    packages = {"site", "user"}
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        if entry.role == "stdlib" or entry.place in seen:
            continue
        seen.add(entry.place)
        for name in sorted(entry.modules & _STANDARD):
            if file := entry.module(name):
                yield _of_standard(name, file, position, entries, known)
        if entry.role not in packages:
            later = [each for each in entries[position + 1 :] if each.role in packages]
            yield from _of_installed(position, entry, later, known)


def _of_standard(
    name: str, file: str, position: int, entries: list[Entry], known: dict[str, str]
) -> Twin:
    standard = [i for i, each in enumerate(entries) if each.role == "stdlib"]
    library, other = _standard_file(name, standard, entries)
    return Twin(
        name,
        file,
        position,
        other=other,
        first=position < library,
        distribution=entries[position].installer(file),
        loaded=_which(known.get(name), file),
    )


def _standard_file(name: str, standard: list[int], entries: list[Entry]) -> tuple[int, str]:
    """Where the standard library has it: the position, and the file or folder."""
    for position in standard:
        if found := entries[position].module(name, listed=False):
            return position, found
    for position in standard:  # compiled ones lie in a directory of their own
        if os.path.basename(entries[position].place).lower() in {"lib-dynload", "dlls"}:
            return position, entries[position].directory
    return (standard[0], entries[standard[0]].directory) if standard else (-1, "")


def _of_installed(
    position: int, entry: Entry, later: list[Entry], known: dict[str, str]
) -> Iterator[Twin]:
    installed = frozenset[str]().union(*(each.modules for each in later))
    for name in sorted(entry.modules & installed - _STANDARD - {"__init__", "__pycache__"}):
        file, holder = entry.module(name), _holder(name, later)
        if not file or holder is None:
            continue
        other = holder.module(name) or holder.namespace(name)
        if same_place(file, other):
            continue
        hides = holder.installer(other)
        yield Twin(
            name,
            file,
            position,
            of="installed",
            other=other,
            first=True,
            distribution=entry.installer(file),
            hides=hides,
            project=_is_project(entry, hides),
            loaded=_which(known.get(name), file),
        )


def _holder(name: str, entries: Iterable[Entry]) -> Entry | None:
    """The entry that the import system would take it from; a namespace only if nothing else."""
    having = [entry for entry in entries if name in entry.modules]
    regular = next((entry for entry in having if entry.module(name)), None)
    return regular or next((entry for entry in having if entry.namespace(name)), None)


def _is_project(entry: Entry, hides: str) -> bool:
    """Whether the entry, or the folder above a `src`, is the project that was installed."""
    roots = [entry.directory]
    if os.path.basename(entry.place) == "src":
        roots.append(os.path.dirname(entry.place))
    texts = (
        files.text(os.path.join(root, name), 65536)
        for root in roots
        for name in ("pyproject.toml", "setup.cfg", "setup.py")
    )
    names = {plain(match[1]) for text in texts for match in _PROJECT_NAME.finditer(text)}
    return hides.partition(" ")[0] in names


# -- what is loaded


def _loaded(kernel: Kernel) -> dict[str, str]:
    """The files of loaded modules, if the kernel is this very process; nothing is triggered."""
    if not kernel.running or kernel.executable != sys.executable:
        return {}
    return {
        name: str(getattr(module, "__dict__", {}).get("__file__") or "frozen")
        for name, module in list(sys.modules.items())
        if "." not in name
    }


def _which(loaded: str | None, file: str) -> str:
    if not loaded:
        return ""
    ours = loaded == file or loaded.startswith(file + os.sep)
    return "this" if ours or same_place(loaded, file) else "other"
