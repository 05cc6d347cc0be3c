"""DO: put changed content in the place of a file, all of it or nothing."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def write(path: str, before: bytes, after: bytes) -> None:
    """Write a file anew; who reads it meanwhile sees the old content or the new one.

    A symbolic link stays one, and the file that it leads to is written. Where a file has several
    names (hard links), this one alone gets the new content: caches of packages and backups hold
    copies by such links, which must not change, and writing in place could end half way.

    Args:
        path: of the file.
        before: what the caller has read from it.
        after: what it is to hold.

    Raises:
        IpymodError: it cannot be written, or holds something else by now; it is as it was.
    """
    if before == after:
        return
    target = os.path.realpath(path)
    try:
        _refuse_unwritable(path, target)
        with _beside(target, after) as made:
            _refuse_changed(path, target, before)  # as late as can be
            os.replace(made, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise IpymodError(f"{path} cannot be written: {reason}; it is as it was") from error


def _refuse_unwritable(path: str, target: str) -> None:
    """Refuse what a new file could replace, though it is not meant to be written."""
    mode = os.stat(target).st_mode
    if not stat.S_ISREG(mode):
        raise IpymodError(f"{path} cannot be written: it is no file")
    if not mode & _WRITABLE:  # for root as well
        raise IpymodError(f"{path} cannot be written: it is read-only")


def _refuse_changed(path: str, target: str, before: bytes) -> None:
    with open(target, "r+b") as file:  # who may not write it may not replace it either
        if file.read(len(before) + 1) != before:
            raise IpymodError(f"{path} was changed by another program meanwhile; it is left as is")


@contextmanager
def _beside(target: str, content: bytes) -> Iterator[str]:
    """Give the path of a new file in the same folder; what has not moved on by the end is removed.

    Its name ends as no notebook's does, for those who look for notebooks now.
    """
    handle, made = tempfile.mkstemp(".tmp", ".ipymod-", os.path.dirname(target))
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _liken(made, target)
        yield made
    finally:
        with suppress(OSError):
            os.remove(made)


def _liken(made: str, target: str) -> None:
    """Hand on the owner and the group, where that is allowed, the mode and the access lists."""
    if hasattr(os, "chown"):
        known = os.stat(target)
        for owner, group in ((-1, known.st_gid), (known.st_uid, -1)):
            with suppress(OSError):
                os.chown(made, owner, group)
    shutil.copystat(target, made)
    os.utime(made)  # it is new
