"""FACE: `ipymod kernels`; the form of `--json` stands in `ipymod.kernelspecs.json`."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import ArgumentTypeError
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import say
from ipymod.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from ipymod.kernelspecs.model import Answer, Entry, Listing
    from ipymod.launchers import Surroundings

_PATIENCE = 30.0  # seconds
_NARROWEST = 20  # columns: there the words go one below another


def main(words: Sequence[str]) -> int:
    """Answer `ipymod kernels`."""
    asked = parser().parse_args(words)
    if asked.start and asked.python:
        raise UsageError("--start speaks for the Jupyter of this Python alone, --python of another")
    from ipymod.kernelspecs.judged import judged
    from ipymod.kernelspecs.look import look
    from ipymod.launchers import Surroundings

    here = Surroundings.now()
    listing = judged(look(here, asked.python))
    listing = replace(listing, entries=tuple(_named(listing, asked.names)))
    if asked.start:
        listing = _started(listing, asked.timeout, here)
    say(_shown(listing, asked))
    return 1 if listing.faulty else 0


def parser() -> Parser:
    """What stands behind `ipymod kernels`."""
    options = Parser(
        "kernels",
        "List the kernels that Jupyter offers here: which Python each one really starts,\n"
        "and what is wrong with it. Nothing is changed, nothing started but by --start.",
        (
            "ipymod kernels",
            "ipymod kernels python3 --start   start it, and ask it who it is",
            "ipymod kernels --fix             the commands that mend what is wrong",
            "ipymod kernels --python ~/.venv/bin/python",
            "                                 as the Jupyter of that Python sees it",
        ),
    )
    add = options.add_argument
    add("names", metavar="NAME", nargs="*", help="a kernel; default: all")
    add("--start", action="store_true", help="start each kernel, ask it who it is, stop it")
    add(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=_PATIENCE,
        help=f"how long a kernel may take with --start; default: {_PATIENCE:g}",
    )
    add("--fix", action="store_true", help="show the commands that mend what is wrong; run none")
    add("--python", metavar="PATH", default="", help="whose Jupyter; default: this Python's")
    add("--json", action="store_true", help="give it as JSON")
    return options


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"it takes seconds, more than 0, not {text}")
    return seconds


def _named(listing: Listing, names: Sequence[str]) -> Sequence[Entry]:
    """The entries of these names; all if there are none.

    Raises:
        UsageError: there is no kernel of a name.
    """
    known = list(dict.fromkeys(entry.spec.name for entry in listing.entries))
    wanted = [name.lower() for name in names]
    for name in wanted:
        if name not in known:
            raise UsageError(_unknown(name, known))
    return [entry for entry in listing.entries if not names or entry.spec.name in wanted]


def _unknown(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    from ipymod.legible import legible

    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return legible(f"there is no kernel {name}; there are {', '.join(known) or 'none'}{hint}")


def _started(listing: Listing, timeout: float, here: Surroundings) -> Listing:
    """The same after each kernel that can be chosen was started."""
    from ipymod.kernelspecs.learned import learned
    from ipymod.kernelspecs.look import looked_closely
    from ipymod.kernelspecs.start import start
    from ipymod.progress import Progress

    startable = {entry.spec.name for entry in listing.entries if _is_startable(entry)}
    answers: dict[str, Answer] = {}
    with Progress(len(startable), "kernels") as bar:

        def told(name: str, answer: Answer) -> None:
            answers[name] = answer
            bar.step(name)

        start(sorted(startable), timeout, told, lambda names: bar.note(", ".join(names)))
    entries = []
    for entry in listing.entries:
        answer = answers.get(entry.spec.name) if _is_startable(entry) else None
        seen = looked_closely(entry, answer, here) if answer else entry
        entries.append(learned(seen, answer, listing) if answer else entry)
    return replace(listing, entries=tuple(entries))


def _is_startable(entry: Entry) -> bool:
    """Whether Jupyter would start it by its name."""
    spec = entry.spec
    return spec.listed and not spec.shadowed_by and bool(spec.argv)


def _shown(listing: Listing, asked: Namespace) -> str:
    if asked.json:
        from ipymod.kernelspecs.json import dumps

        return dumps(listing.entries)
    from ipymod.kernelspecs.text import WIDTH, Page

    page = Page(listing.home)
    if sys.stdout is not None and sys.stdout.isatty():  # None: started without it
        columns = shutil.get_terminal_size().columns
        page = Page(
            listing.home,
            colour=not os.environ.get("NO_COLOR"),
            width=max(_NARROWEST, min(WIDTH, columns)),
        )
    if asked.fix:
        return page.mended(listing.entries)
    return page.written(listing, listing.entries)
