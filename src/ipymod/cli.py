"""FACE: the `ipymod` command."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod import __version__
from ipymod.errors import IpymodError, UsageError
from ipymod.report import Report
from ipymod.whichpip import DESCRIPTION, answer, explained, parser

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings

_USAGE = """usage: ipymod COMMAND ...

  whichpip [NAME|CODE|FAMILY ...]   which Python this is, what leads elsewhere
  explain [CODE]                    what a check means; without CODE all of them
  --version                         the version of ipymod

ipymod whichpip --help shows its options.
Exit status: 0 clean, 1 problems, 2 wrong use."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command, and give its exit status."""
    for stream in (sys.stdout, sys.stderr):  # names of files hold what a terminal may not know
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _command(list(sys.argv[1:] if words is None else words))
    except IpymodError as error:
        sys.stderr.write(f"ipymod: {error}\n")
        return error.exit_status
    except BrokenPipeError:  # as in `ipymod whichpip | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _command(words: list[str]) -> int:
    match words:
        case ["whichpip", *rest]:
            return _whichpip(rest)
        case ["explain"] | ["explain", _]:
            _say(explained("".join(words[1:])))
        case ["--version"]:
            _say(f"ipymod {__version__}")
        case ["-h"] | ["--help"]:
            _say(_USAGE)
        case _:
            told = f"{' '.join(words)} is no command" if words else "no command is given"
            raise UsageError(f"{told}; ipymod --help lists them")
    return 0


def _whichpip(words: list[str]) -> int:
    options = parser("ipymod whichpip")
    options.description = DESCRIPTION
    which = options.add_mutually_exclusive_group()
    which.add_argument("--kernel", metavar="NAME", help="about the kernel of that name")
    which.add_argument("--python", metavar="PATH", help="about the Python that lies there")
    which.add_argument("--facts", metavar="FILE", help="replay a saved report")
    asked = options.parse_intermixed_args(words)
    if asked.help:
        _say(options.format_help())
        return 0
    given = answer(asked, lambda here: _kernel(asked, here))
    _say(_shown(given))
    return given.exit_status if isinstance(given, Report) else 0


def _kernel(asked: Namespace, here: Surroundings) -> Kernel:
    """The interpreter that the report is about.

    Raises:
        IpymodError: there is none of that name, or it does not describe itself.
    """
    from ipymod.survey import this_kernel
    from ipymod.survey.ask import ask

    if asked.kernel:
        return _of_kernelspec(asked.kernel, here)
    return ask(asked.python) if asked.python else this_kernel(here)


def _of_kernelspec(name: str, here: Surroundings) -> Kernel:
    from ipymod.survey import this_kernel
    from ipymod.survey.kernels import gather_kernelspecs, kernel_facts

    specs = gather_kernelspecs(this_kernel(here), here)
    spec = specs.named(name) if specs else None
    if spec is None:
        known = ", ".join(sorted({each.name for each in specs.specs})) if specs else ""
        raise UsageError(f"there is no kernel {name}; known here: {known or 'none'}")
    kernel = kernel_facts(spec, here)
    if kernel is None:
        raise IpymodError(f"the kernel {name} ({spec.directory}) leads to no Python that starts")
    return kernel


def _shown(given: object) -> str:
    from ipymod.report.json import dumps

    if not isinstance(given, Report):
        return str(given)
    if given.form == "json":
        return dumps(given)
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ and given.form == "rich"
    return given.text(colour=colour)


def _say(text: object) -> None:
    print(text)  # noqa: T201  a command prints
