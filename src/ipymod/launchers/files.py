"""GATHER: look into files of unknown size and kind, without ever waiting for one."""

from __future__ import annotations

import os
import stat

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
        return sorted(os.listdir(directory))
    except (OSError, ValueError):
        return []


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
    except (OSError, ValueError):
        return None
