"""SHOW: kernels that notebooks ask for and that are not there, in ten lines at most."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING

from ipymod.formats.words import counted
from ipymod.legible import legible
from ipymod.preflight.kernelspecs import NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.preflight.kernelspecs import Kernelspecs
    from ipymod.preflight.model import Outcome

_MOST = 5  # names, each in a line
_NOTEBOOKS = 2  # named for each
_WIDTH = 60  # characters of the installed names


def lacking(outcomes: Iterable[Outcome], kernelspecs: Kernelspecs) -> list[str]:
    """Give the lines on all that was asked for and is not there; none if nothing is."""
    wanted: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.fault and outcome.fault.wanted:
            wanted.setdefault(outcome.fault.wanted, []).append(outcome.job.path)
    return list(_lines(wanted, kernelspecs)) if wanted else []


def unknown(name: str, kernelspecs: Kernelspecs) -> str:
    """Say that there is no kernel of that name, which was typed."""
    near = kernelspecs.nearest(name)
    told = f"; did you mean {near}?" if near else ""
    return f"there is no kernel {legible(name)}{told}\n{_installed(kernelspecs)}"


def _lines(wanted: dict[str, list[str]], kernelspecs: Kernelspecs) -> Iterator[str]:
    yield "No such kernel:"
    for name, paths in list(wanted.items())[:_MOST]:
        near = kernelspecs.nearest(name)
        told = f"; the nearest is {near}" if near else ""
        yield f"  {legible(name)}: {_who(paths)}{told}"
    if len(wanted) > _MOST:
        yield f"  and {counted(len(wanted) - _MOST, 'name')} more"
    yield _installed(kernelspecs)
    if kernelspecs.names:
        name = NATIVE if NATIVE in kernelspecs.names else kernelspecs.names[0]
        yield f"  try: ipymod run --kernel {name}         (this time)"
        yield f"       ipymod fix --kernelspec {name}     (for ever, in the notebooks)"


def _who(paths: list[str]) -> str:
    shown = ", ".join(legible(os.path.basename(path)) for path in paths[:_NOTEBOOKS])
    more = len(paths) - _NOTEBOOKS
    return f"{shown} and {more} more" if more > 0 else shown


def _installed(kernelspecs: Kernelspecs) -> str:
    if not kernelspecs.names:
        return "No kernel is installed here; python -m pip install ipykernel brings python3"
    names = textwrap.shorten(", ".join(kernelspecs.names), _WIDTH, placeholder=" ...")
    return f"Installed: {names}"
