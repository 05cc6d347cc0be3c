"""GATHER: whether a file is still the same, by its place on the disk or by its hash."""

from __future__ import annotations

import os

Signature = tuple[int, ...]

_SIZE = 2  # where the size stands in a signature
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def signature(path: str) -> Signature:
    """Device, inode, size and time of a file; empty if there is none.

    All four: hard links keep the time, a copy may, and an inode is soon given to another file.
    """
    try:
        told = os.stat(path)
    except (OSError, ValueError):
        return ()
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns


def signature_of_module(file: str) -> Signature:
    """The same of a module's file; of the archive, if it lies in one."""
    told = signature(file)
    while not told and (above := os.path.dirname(file)) != file:
        file = above
        if os.path.isdir(file):
            return ()
        told = signature(file)
    return told


def content(path: str, size: int) -> bytes:
    """The first bytes of a file; empty if it cannot be read.

    Args:
        path: the file.
        size: how many; best its own size, as memory that is not filled takes time, too.
    """
    try:
        # A pipe has no writer here, and to open it must not wait for one.
        file = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return b""
    try:
        return os.read(file, size)  # of a regular file this is all
    except OSError:  # a directory
        return b""
    finally:
        os.close(file)


Row = str
"""What a RECORD says of a file, behind its path: `sha256=...,123`, or `,` if it says nothing."""


def trusted(row: Row | None, told: Signature) -> str:
    """The hash in a row; empty if the row has none, or the file has another size by now."""
    digest, _, size = (row or "").partition(",")
    return digest if told and size == str(told[_SIZE]) else ""


def same(digest: str, path: str, row: Row | None, told: Signature) -> bool:
    """Whether a file that is there holds what has this hash; a row is believed if its size fits."""
    if row == f"{digest},{told[_SIZE]}":
        return True
    kind = digest.partition("=")[0]
    written = trusted(row, told)
    if written.startswith(f"{kind}="):
        return written == digest
    return hashed(path, kind) == digest


def hashed(path: str, kind: str = "sha256") -> str:
    """The hash of a file as a RECORD writes it; empty if it cannot be read."""
    import hashlib
    from base64 import urlsafe_b64encode

    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, kind).digest()
    except (OSError, ValueError):
        return ""
    return f"{kind}={urlsafe_b64encode(digest).decode().rstrip('=')}"
