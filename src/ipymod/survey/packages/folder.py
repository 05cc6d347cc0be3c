"""GATHER: one directory of packages, listed once, whose many small files are read quickly."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Self

from ipymod.launchers import files
from ipymod.launchers.unread import note

if TYPE_CHECKING:
    from types import TracebackType

# To open a pipe without this would wait for its writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_PIECE = 1 << 15  # bytes: nearly all files are smaller, and more memory has to be cleared first
_SETTLED = 2.0  # seconds: the coarsest clock of a file system

Signature = tuple[tuple[int, int, int, int], ...]

_BY_HANDLE = os.open in os.supports_dir_fd and os.access in os.supports_dir_fd


class Folder:
    """A directory; a context manager, because it stays open to save looking up its path.

    Attributes:
        path: the directory.
        names: what lies in it; empty if it is none, is gone or may not be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle: int | None = None
        self.names = frozenset(files.names(path))
        try:
            if _BY_HANDLE and self.names:
                self._handle = os.open(path, os.O_RDONLY)
        except OSError as error:  # it may be listed, not searched, or is gone by now
            note(path, error)
            self.names = frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def read(self, name: str, most: int) -> bytes | None:
        """The first bytes of a file beneath; None if it is gone or may not be read."""
        try:
            file = os.open(self._named(name), _FLAGS, dir_fd=self._handle)
        except (OSError, ValueError) as error:
            note(os.path.join(self.path, name), error)
            return None
        try:
            return _filled(file, most)
        except OSError as error:  # a directory, or a pipe that is written to
            note(os.path.join(self.path, name), error)
            return None
        finally:
            os.close(file)

    def has(self, name: str) -> bool:
        """Whether something is there; True if that cannot be told."""
        try:
            if os.access(self._named(name), os.F_OK, dir_fd=self._handle):
                return True
            os.stat(self._named(name), dir_fd=self._handle)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except (OSError, ValueError):
            return True
        return True

    def signature(self, *names: str) -> Signature:
        """What changes whenever one of them does; empty if that cannot be relied on.

        A file that was written just now may be written again in the same tick of its clock.
        """
        try:
            told = [os.stat(self._named(name), dir_fd=self._handle) for name in names]
        except (OSError, ValueError):
            return ()
        latest = max(max(each.st_ctime, each.st_mtime) for each in told)
        if time.time() - latest < _SETTLED:
            return ()
        return tuple([(e.st_ino, e.st_size, e.st_mtime_ns, e.st_ctime_ns) for e in told])

    def _named(self, name: str) -> str:
        return name if self._handle is not None else os.path.join(self.path, name)


def _filled(file: int, most: int) -> bytes:
    """Read up to so many bytes; a system call that gives less than it was asked for is the last."""
    size = min(most, _PIECE)
    data = os.read(file, size)
    pieces, left = [data], most - len(data)
    while len(data) == size and left:
        size = min(left, 16 * _PIECE)
        data = os.read(file, size)
        pieces.append(data)
        left -= len(data)
    return b"".join(pieces)
