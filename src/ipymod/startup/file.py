"""DO: the file that a kernel runs when it starts; it is there, or it is not."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from ipymod.errors import IpymodError
from ipymod.patterns import pattern

# No name that can be imported: IPython puts the folder first on sys.path while it runs the file.
NAME = "50-ipymod.py"

# Any Python may meet it, so it is as simple as for Python 2. It leaves no name behind among the
# user's, and raises nothing: IPython would leave out all the startup files after it.
_TEXT = """\
# Kernels load ipymod when they start: `ipymod enable` wrote this, `ipymod disable` removes it.
# A terminal, and a Python that has no ipymod, pass it by.
try:
    if hasattr(get_ipython(), "kernel"):
        __import__("ipymod.enabled").enabled.load_ipython_extension(get_ipython())
except Exception:  # `%load_ext ipymod` says what is wrong
    pass
"""
_MADE = pattern(r"# Folders that were made for it: (\d+)\n", re.ASCII)


def is_on(path: str) -> bool:
    """Tell whether it is there.

    Raises:
        IpymodError: what is there is not what we wrote, or cannot be read.
    """
    return _made(path) is not None


def write(path: str) -> bool:
    """Write it, with the folders around it; False if it was there.

    Raises:
        IpymodError: something else is there, or it cannot be written; then nothing was changed.
    """
    if is_on(path):
        return False
    folder = os.path.dirname(path)
    missing = _missing(folder)
    try:
        os.makedirs(folder, exist_ok=True)
        _write(path, f"{_TEXT}# Folders that were made for it: {missing}\n")
    except OSError as error:
        _remove_empty(folder, missing)
        raise IpymodError(f"{path} cannot be written: {error.strerror}") from error
    return True


def remove(path: str) -> bool:
    """Remove it, and the folders that were made for it if they are empty; False if it was gone.

    Raises:
        IpymodError: what is there is not what we wrote, or it cannot be removed.
    """
    made = _made(path)
    if made is None:
        return False
    try:
        os.remove(path)
    except OSError as error:
        raise IpymodError(f"{path} cannot be removed: {error.strerror}") from error
    _remove_empty(os.path.dirname(path), made)
    return True


def _made(path: str) -> int | None:
    """How many folders were made for the file; None if there is no file.

    Raises:
        IpymodError: what is there is not what we wrote, or cannot be read.
    """
    if not os.path.lexists(path):
        return None
    if os.path.islink(path):
        raise IpymodError(f"{path} is a link, which ipymod did not make; remove it yourself")
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except OSError as error:
        raise IpymodError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        text = ""
    made = _MADE.fullmatch(text.removeprefix(_TEXT))
    if made is None or not text.startswith(_TEXT):
        raise IpymodError(
            f"{path} is not what ipymod wrote: somebody changed it; remove it by hand"
        )
    return int(made[1])


def _missing(folder: str) -> int:
    """How many folders are yet to be made, from this one upwards."""
    around = os.path.dirname(folder)
    return 0 if os.path.lexists(folder) or around == folder else 1 + _missing(around)


def _remove_empty(folder: str, levels: int) -> None:
    """Remove this folder and those around it, so many at most, as far as they are empty."""
    with suppress(OSError):
        for _ in range(levels):
            os.rmdir(folder)
            folder = os.path.dirname(folder)


def _write(path: str, text: str) -> None:
    """Write all of it or nothing.

    A kernel that starts meanwhile runs all files that end in `.py`: not the one beside it.
    """
    beside = f"{path}.{os.getpid()}"
    try:
        with open(beside, "x", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            os.remove(beside)
        raise
