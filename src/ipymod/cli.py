"""FACE: the `ipymod` command: find the command that is meant, turn errors into text and status."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ipymod.commands import COMMANDS
from ipymod.errors import IpymodError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_END = """
  --version                         the version of ipymod

ipymod COMMAND --help shows its options, with examples.
Exit status: 0 clean, 1 problems, 2 wrong use."""
_COLUMN = 34
_INTERRUPTED = 130  # as a shell has it


def main(words: Sequence[str] | None = None) -> int:
    """Run the command, and give its exit status."""
    for stream in (sys.stdout, sys.stderr):  # names of files hold what a terminal may not know
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _command(list(sys.argv[1:] if words is None else words))
    except IpymodError as error:
        print(f"ipymod: {error}", file=sys.stderr)  # noqa: T201  a command prints
        return error.exit_status
    except KeyboardInterrupt:
        print("ipymod: interrupted", file=sys.stderr)  # noqa: T201  a command prints
        return _INTERRUPTED
    except SystemExit as end:  # argparse has shown the help
        return int(end.code or 0)


def _command(words: list[str]) -> int:
    match words:
        case [name, *rest] if name in COMMANDS:
            return _start(name, rest)
        case ["--version"]:
            _say(f"ipymod {_version()}")
        case ["-h"] | ["--help"]:
            _say(usage())
        case _:
            told = f"{' '.join(words)} is no command" if words else "no command is given"
            raise UsageError(f"{told}; ipymod --help lists them")
    return 0


def _start(name: str, words: list[str]) -> int:
    from importlib import import_module

    module = import_module(f"ipymod.commands.{COMMANDS[name].module}")
    given = (name, words) if COMMANDS[name].module == "startup" else (words,)
    return int(module.main(*given))


def usage() -> str:
    """List the commands."""
    lines = [f"{name} {each.words}".ljust(_COLUMN) + each.about for name, each in COMMANDS.items()]
    return "\n".join(
        ["usage: ipymod COMMAND ...\n", *(f"  {line}" for line in lines), _END.lstrip("\n")]
    )


def _version() -> str:
    import ipymod

    return ipymod.__version__


def _say(text: str) -> None:
    from ipymod.console import say

    say(text)
