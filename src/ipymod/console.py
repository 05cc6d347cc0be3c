"""FACE: what a command prints, and how far it has come."""

from __future__ import annotations

import os
import sys

from ipymod.errors import UsageError

_WIDTH = 80
_NARROWEST = 20  # columns: there the words go one below another


def colours() -> bool:
    """Tell whether what is printed may have colours."""
    return bool(sys.stdout and sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


def width() -> int:
    """Give the columns that a text may have: those of the terminal, and 80 at most."""
    if sys.stdout is None or not sys.stdout.isatty():
        return _WIDTH
    import shutil

    return max(_NARROWEST, min(_WIDTH, shutil.get_terminal_size().columns))


def remark(text: str) -> None:
    """Say something beside the result, where whoever reads the result does not get it."""
    print(f"ipymod: {text}", file=sys.stderr)  # noqa: T201  a command prints


def say(text: object, end: str = "\n") -> None:
    """Print it.

    Raises:
        UsageError: there is no room for it, where it should go.
    """
    try:
        print(text, end=end, flush=True)  # noqa: T201  a command prints
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is left in it
        if not isinstance(error, BrokenPipeError):  # as in `ipymod whichpip | head -1`
            raise UsageError(f"nothing can be printed: {error.strerror}") from error
