"""GATHER: the file of a check, read and never run; what is no check is told in a line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.errors import UsageError
from ipymod.legible import legible
from ipymod.ready import program
from ipymod.ready.check import NO_CHECK, loads

if TYPE_CHECKING:
    from ipymod.ready.check import Check

_MOST = 1 << 20  # bytes: hundreds of needs take a tenth of it
_FAR = ("http://", "https://", "ftp://", "git+")
_ENDING = "-ready.py"


def read(path: str) -> Check:
    """Read a check.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    shown = legible(path)
    if is_address(path):
        raise UsageError(
            f"{shown} is an address, and nothing is fetched; save the file, then name it"
        )
    text = _text(os.path.expanduser(path), shown)
    told = text.strip() if text.lstrip().startswith("{") else program.data(text)
    if told is None:
        raise UsageError(_no_check(text, shown))
    return loads(told, shown)


def is_address(path: str) -> bool:
    """Tell whether it names something in a network."""
    return path.startswith(_FAR)


def is_check(text: str) -> bool:
    """Tell whether a text is the program that holds a check, or its beginning."""
    return text.startswith("#!") and program.BEGIN in text


def _text(path: str, shown: str) -> str:
    if os.path.isdir(path):
        raise UsageError(
            f"{shown} is a folder; give the file of the check{_guess(path, inside=True)}"
        )
    if not os.path.exists(path):
        raise UsageError(f"there is no file {shown} in {legible(os.getcwd())}{_guess(path)}")
    if not os.path.isfile(path):
        raise UsageError(f"{shown} is no regular file")
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise UsageError(f"{shown} cannot be read: {error.strerror}") from error
    return _decoded(data, shown)


def _decoded(data: bytes, shown: str) -> str:
    if len(data) > _MOST:
        raise UsageError(f"{shown} is {NO_CHECK}: it has more than {_MOST >> 20} MB")
    if not data.strip():
        raise UsageError(f"{shown} is empty; ask for it again")
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UsageError(f"{shown} is {NO_CHECK}: it is no text in UTF-8") from None


def _no_check(text: str, shown: str) -> str:
    if program.BEGIN in text:
        return f"{shown} is cut off: its end is missing; ask for it again"
    if "%whichpip --ready" in text or "ipymod-ready=" in text:
        return f"{shown} holds a student's line, no check; ipymod class {shown} counts lines"
    if "ipymod ready" in text and "CHECK" in text:
        return f"{shown} was changed on its way; ask for it again, as a file"
    return f"{shown} is {NO_CHECK}"


def _guess(path: str, *, inside: bool = False) -> str:
    """The check that was meant: one that lies beside, or in the folder."""
    folder = path if inside else os.path.dirname(path) or os.curdir
    try:
        beside = sorted(name for name in os.listdir(folder) if name.endswith(_ENDING))
    except OSError:
        return ""
    if not beside:
        return ""
    from difflib import get_close_matches

    wanted = "" if inside else os.path.basename(path)
    near = get_close_matches(wanted, beside, n=1, cutoff=0.5) or beside
    meant = os.path.join(os.path.dirname(path) if not inside else path, near[0])
    return f"; did you mean {legible(meant)}?"


def write(path: str, text: str) -> None:
    """Write a check, all of it or nothing, over nothing or a check.

    Raises:
        UsageError: another file is there, or it cannot be written.
    """
    import tempfile

    _refuse_other(path)
    folder = os.path.dirname(os.path.abspath(path))
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=folder, suffix=".tmp", delete=False
        ) as file:
            file.write(text)
        os.chmod(file.name, 0o644)  # for the students, who may share the folder
        os.replace(file.name, path)
    except OSError as error:
        raise UsageError(f"{legible(path)} cannot be written: {error.strerror}") from error


def _refuse_other(path: str) -> None:
    if not os.path.lexists(path):
        return
    try:
        read(path)
    except UsageError as error:
        if program.BEGIN.encode() in _head(path):
            return  # a check of another version, or a damaged one
        raise UsageError(
            f"{legible(path)} is there and is no check, so it is left as it is; "
            "--to FILE names another"
        ) from error


def _head(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 14)
    except OSError:
        return b""
