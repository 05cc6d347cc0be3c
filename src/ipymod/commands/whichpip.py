"""FACE: `ipymod whichpip`."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.console import say
from ipymod.errors import IpymodError, ProbeError, UsageError
from ipymod.report import Report
from ipymod.whichpip import DESCRIPTION, answer
from ipymod.whichpip import parser as parser_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_NARROWEST = 20  # columns: there the words go one below another


def main(words: Sequence[str]) -> int:
    """Answer `ipymod whichpip`."""
    options = parser()
    asked = options.parse_intermixed_args(words)
    if asked.help:
        say(options.format_help())
        return 0
    given = answer(asked, lambda here: _kernel(asked, here))
    say(_shown(given))
    return getattr(given, "exit_status", 0)


def parser() -> ArgumentParser:
    """Give what reads its words: those of the magic, and which Python it is about."""
    options = parser_of("ipymod whichpip")
    options.description = DESCRIPTION
    which = options.add_mutually_exclusive_group()
    which.add_argument("--kernel", metavar="NAME", help="about the kernel of that name")
    which.add_argument("--python", metavar="PATH", help="about the Python that lies there")
    which.add_argument("--facts", metavar="FILE", help="replay a saved report")
    return options


def _kernel(asked: Namespace, here: Surroundings) -> Kernel:
    """The interpreter that the report is about.

    Raises:
        IpymodError: there is none of that name, or it does not describe itself.
    """
    if asked.kernel:
        return of_kernelspec(asked.kernel, here)
    return of_python(asked.python, here) if asked.python else of_this(here)


def of_this(here: Surroundings) -> Kernel:
    """The kernel that this Python would be: it has not the folder of our script on its path."""
    from ipymod.survey import this_kernel

    kernel = this_kernel(here)
    script = os.path.dirname(os.path.abspath(sys.argv[0]))
    first = [entry for entry in kernel.path[:1] if os.path.abspath(entry) != script]
    return replace(kernel, running=False, path=(*first, *kernel.path[1:]))


def of_python(python: str, here: Surroundings) -> Kernel:
    """The kernel that a Python would be.

    Raises:
        UsageError: it is none, or does not describe itself.
    """
    from ipymod.launchers import interpreter_of
    from ipymod.survey.ask import ask

    if os.path.isdir(python):
        inside = interpreter_of(python)
        told = f"its Python is {inside}" if inside else "there is no Python in it"
        raise UsageError(f"{python} is a directory; {told}")
    try:
        return ask(python, here=here)
    except ProbeError as error:
        raise UsageError(str(error)) from error


def of_kernelspec(name: str, here: Surroundings) -> Kernel:
    """The kernel that a kernelspec starts.

    Raises:
        IpymodError: there is none of that name, or it starts no Python.
    """
    from ipymod.survey import this_kernel
    from ipymod.survey.kernels import gather_kernelspecs, kernel_facts

    specs = gather_kernelspecs(this_kernel(here), here)
    spec = specs.named(name) if specs else None
    if spec is None:
        found = specs.specs if specs else ()
        for each in found:
            if each.name == name:
                raise IpymodError(f"the kernel {name} cannot start: {each.directory}: {each.error}")
        known = ", ".join(sorted({each.name for each in found if not each.error}))
        raise UsageError(f"there is no kernel {name}; known here: {known or 'none'}")
    kernel = kernel_facts(spec, here)
    if kernel is None:
        raise IpymodError(f"the kernel {name} ({spec.directory}) leads to no Python that starts")
    return kernel


def _shown(given: object) -> str:
    from ipymod.report.json import dumps
    from ipymod.report.text import WIDTH

    if not isinstance(given, Report):
        return str(given)
    if given.form == "json":
        return dumps(given)
    if sys.stdout is None or not sys.stdout.isatty():  # None: the command was started without it
        return given.text()
    colour = not os.environ.get("NO_COLOR") and given.form == "rich"
    columns = shutil.get_terminal_size().columns
    return given.text(colour=colour, width=max(_NARROWEST, min(WIDTH, columns)))
