"""GATHER: the places that notebooks are opened in: what they have is known from lists."""

from __future__ import annotations

import json
import os
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.launchers import files
from ipymod.lint.targets.model import OF_WINDOWS, Target, in_stdlib
from ipymod.survey import known
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATA = os.path.join(os.path.dirname(__file__), "..", "..", "data", "targets.json")
_MOST = 1 << 20
_PURE = "only what is pure Python can be installed there, and only with %pip"
_NEEDED = "it is there only if something that is declared needs it"
# What the kernel of JupyterLite is made of, and what Pyodide itself has.
_OF_PYODIDE = frozenset(
    {"js", "pyodide", "pyodide_js", "pyodide_kernel", "micropip"}
    | {"piplite", "ipykernel", "comm", "widgetsnbextension"}
)
# What a Jupyter of any kind has in the environment of its kernel.
_OF_A_KERNEL = frozenset({"ipykernel", "ipython", "traitlets", "jupyter-client", "jupyter-core"})


def colab() -> Target:
    """Google Colab, with what its runtime of the release in the table has at the start."""
    told = _table()["colab"]
    words = f"Colab (its runtime {told['release']} without GPU)"
    return Target("colab", words, told["python"], _listed(told))


def jupyterlite() -> Target:
    """JupyterLite with Pyodide, of the release in the table."""
    told = _table()["pyodide"]
    words = f"JupyterLite (Pyodide {told['release']})"
    version, missing = told["python"], _listed(told, _OF_PYODIDE)
    return Target("jupyterlite", words, version, missing, "", _PURE, runs_processes=False)


def declared(
    name: str, words: str, version: str, distributions: Iterable[str], remedy: str
) -> Target:
    """A place of which files say what it will have: `binder`.

    Args:
        name: the name of the target.
        words: what a reader calls it.
        version: of its Python.
        distributions: those that it will have; what they require counts where that is known.
        remedy: what brings one more, `{}` in place of its name.
    """
    names = _with_required({*map(normalised, distributions), *_OF_A_KERNEL})
    return Target(name, words, version, Listed(version, names), remedy, _NEEDED)


def _with_required(names: set[str]) -> frozenset[str]:
    """The names, and those of what they are known to require, however indirectly."""
    needed, left = set(names), list(names)
    while left:
        more = set(_table()["requires"].get(left.pop(), ())) - needed
        needed |= more
        left += more
    return frozenset(needed)


@dataclass(frozen=True)
class Listed:
    """Tells which part of a module's name a place has not, by the names of what it has.

    Attributes:
        version: of its Python.
        distributions: their normalised names.
        modules: more modules that it has.
        without: modules of the standard library that it has not.
    """

    version: str
    distributions: frozenset[str]
    modules: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    def __call__(self, module: str) -> str:
        """The part that is missing; empty if none is, or if the lists do not tell."""
        top, is_namespace = module.partition(".")[0], _is_namespace(module)
        if in_stdlib(top, self.version):
            return top if top in self.without | OF_WINDOWS else ""
        heads = [head for head in _heads(module) if head != top or not is_namespace]
        if not self.modules.isdisjoint(heads) or not self._names.isdisjoint(heads):
            return ""
        brought = known.distributions_of(module)
        if any(normalised(each) in self.distributions for each in brought):
            return ""
        return (module if brought else "") if is_namespace else top

    @cached_property
    def _names(self) -> frozenset[str]:
        """The distributions as their modules are called, if these have their names."""
        return frozenset(name.replace("-", "_") for name in self.distributions)


def _listed(told: dict[str, Any], more: frozenset[str] = frozenset()) -> Listed:
    return Listed(
        told["python"],
        frozenset(map(normalised, told["distributions"])),
        more.union(told["modules"]),
        frozenset(told["without"]),
    )


@cache
def _is_namespace(module: str) -> bool:
    return known.is_namespace(module.partition(".")[0])


def _heads(module: str) -> list[str]:
    parts = module.split(".")
    names = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return [*names, parts[0].lower()]


@cache  # what stands in a file of ours does not change
def _table() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(files.text(_DATA, _MOST))
    return told
