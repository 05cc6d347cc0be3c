"""DATA: what is known of an environment that notebooks are to run in."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

_OF_PLACES = {
    "google.colab": "Colab",
    "js": "Pyodide",
    "kaggle_secrets": "Kaggle",
    "piplite": "JupyterLite",
    "pyodide": "Pyodide",
    "pyodide_js": "Pyodide",
}
_ALWAYS = frozenset({"__main__", "__future__", "builtins", "sys", "zipimport"})
# Modules of the standard library that one kind of system has.
OF_WINDOWS = frozenset({"_winapi", "msilib", "msvcrt", "nt", "winreg", "winsound"})
OF_OTHERS = frozenset(
    {"fcntl", "grp", "nis", "ossaudiodev", "posix", "pwd", "readline", "resource", "spwd"}
    | {"syslog", "termios"}
)


@dataclass(frozen=True)
class Lack:
    """A module that a target has not.

    Attributes:
        module: the part of the dotted name that is missing.
        reason: a sentence more, where something is known of the module; else empty.
        hint: what brings it there; empty if that is not known.
        is_final: whether nothing that can be installed brings it.
    """

    module: str
    reason: str = ""
    hint: str = ""
    is_final: bool = False


@dataclass(frozen=True)
class Target:
    """An environment that notebooks are to run in.

    Attributes:
        name: `kernel`, `binder`, `jupyterlite` or `colab`.
        words: what a reader calls it, fit for the middle of a sentence.
        version: of its Python, as exactly as it is known: `3.12.1`, `3.12`.
        missing: gives the part of a dotted name that it has not, empty if it has all of it or if
            that cannot be told.
        remedy: what brings a distribution there, `{}` in place of its name; empty if there is
            nothing that always does.
        unknown: the reason that is given where no better one is known.
        runs_processes: whether programs and threads can be started there.
    """

    name: str
    words: str
    version: str
    missing: Callable[[str], str]
    remedy: str = "%pip install {}"
    unknown: str = ""
    runs_processes: bool = True

    def lack(self, module: str) -> Lack | None:
        """What it lacks of a module that is imported; None if it has it, or nobody can tell."""
        missing = "" if module.partition(".")[0] in _ALWAYS else self.missing(module)
        if not missing:
            return None
        from ipymod.survey import known  # its table is for those who look into it

        if known.is_namespace(missing):
            missing = module
        reason = _of_a_place(module) or _of_python(missing, self.version)
        if reason or not self.remedy:
            return Lack(missing, reason or self.unknown, is_final=bool(reason))
        brought = known.requirements_of(module)[:1]
        quoted = [f"'{each}'" if "<" in each else each for each in brought]
        return Lack(missing, self.unknown, self.remedy.format(*quoted) if quoted else "")


def in_stdlib(module: str, version: str) -> bool:
    """Whether the standard library of a version has a module, told from what versions changed."""
    from ipymod.survey import known

    top = module.partition(".")[0]
    if removed := known.removed(top)[0]:
        return older(version, removed)
    if added := known.added(top):
        return not older(version, added)
    return top in sys.stdlib_module_names


def older(version: str, other: str) -> bool:
    """Whether a version is older than another, by its first two numbers."""
    one, two = ([int(part) for part in re.findall(r"\d+", each)[:2]] for each in (version, other))
    return one < two


def _of_a_place(module: str) -> str:
    """Who alone has a module; empty if it is to be had elsewhere."""
    heads = (module, ".".join(module.split(".")[:2]), module.partition(".")[0])
    place = next(filter(None, map(_OF_PLACES.get, heads)), "")
    return f"only {place} has it" if place else ""


def _of_python(module: str, version: str) -> str:
    """What Python itself has of a module: it had it, will have it, or may be built without it."""
    from ipymod.survey import known

    removed, instead = known.removed(module)
    if removed and not older(version, removed):
        told = f"; {instead} takes its place" if instead else ""
        return f"Python has it no more since {removed}{told}"
    added = known.added(module)
    if added and older(version, added):
        return f"Python has it since {added}"
    return "its standard library comes without it" if in_stdlib(module, version) else ""
