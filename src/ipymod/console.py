"""FACE: what a command prints, and how far it has come."""

from __future__ import annotations

import os
import sys

from ipymod.errors import UsageError


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
