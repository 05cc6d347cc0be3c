"""GATHER: look into files of unknown size and kind, without ever waiting for one."""

from __future__ import annotations

import os
import stat
import time

from ipymod.launchers.unread import note

_SECOND = 1_000_000_000  # nanoseconds
_MOST_LISTED = 64
# One survey lists a directory for many questions: when it changed, when it was listed, its names.
_LISTED: dict[str, tuple[int, int, list[str]]] = {}

ENOUGH = 4096  # bytes: all that a launcher says about itself stands in so many


def head(path: str, size: int = ENOUGH) -> bytes | None:
    """The first bytes of a regular file; None if it is none, is gone or may not be read."""
    return part(path, 0, size)


def tail(path: str, size: int) -> bytes | None:
    """The last bytes of a regular file; None as with `head`."""
    return part(path, -size, size)


def text(path: str, size: int = ENOUGH) -> str:
    """The beginning of a text file; empty if it cannot be read."""
    return decoded(head(path, size) or b"")


def decoded(data: bytes) -> str:
    """Bytes as text in which paths keep what is no UTF-8, and a byte order mark is dropped."""
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def names(directory: str) -> list[str]:
    """What lies in a directory, sorted; empty if it cannot be listed."""
    try:
        changed = os.stat(directory).st_mtime_ns
        now = time.time_ns()
        listed = _LISTED.get(directory)
        if listed and listed[0] == changed and now - listed[1] < _SECOND:
            return list(listed[2])
        found = sorted(os.listdir(directory))
    except (OSError, ValueError) as error:
        note(directory, error)
        return []
    if now - changed > _SECOND:  # what changed just now may change again in the same tick
        if len(_LISTED) >= _MOST_LISTED:
            _LISTED.clear()
        _LISTED[directory] = changed, now, found
    return list(found)


def kind(path: str) -> str:
    """`file`, `directory`, `special`, `dangling` (a link to nothing, or in a circle) or `missing`.

    A path that no file can have, with a NUL in it, is missing.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return "dangling" if os.path.islink(path) else "missing"
    if stat.S_ISREG(mode):
        return "file"
    return "directory" if stat.S_ISDIR(mode) else "special"


def followed(path: str) -> list[str]:
    """A path, and where the file's own links lead, in order; links of directories stay.

    This is how Python looks for its standard library. A circle ends the list.
    """
    chain = [path]
    while len(chain) < 40:  # noqa: PLR2004  the kernel's own limit
        try:
            target = os.readlink(chain[-1])
        except (OSError, ValueError):
            break
        chain.append(os.path.normpath(os.path.join(os.path.dirname(chain[-1]), target)))
    return chain


def part(path: str, start: int, size: int) -> bytes | None:
    """The bytes from a position on, from the end if it is negative; None as with `head`."""
    if kind(path) != "file":  # opening a pipe would wait for its writer
        return None
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(max(0, start + os.fstat(file.fileno()).st_size) if start < 0 else start)
            return file.read(size)
    except (OSError, ValueError) as error:
        note(path, error)
        return None
