"""The file that has every byte of an output, also of one that the front end cannot take."""

from __future__ import annotations

import os
import tempfile
from typing import BinaryIO

from ipymod.errors import IpymodError

_HELD = 16_000_000  # bytes in memory; a bar that moves for days writes more, and shows little


class Log:
    """Keeps what is written in memory until a file is wanted, then everything in that file.

    A file that cannot be written is no reason to stop the module: `error` then says why, once,
    and what to do.
    """

    def __init__(self, name: str, path: str | None = None) -> None:
        self.path = path
        self.error = ""
        self._name = name
        self._before: list[bytes] = []
        self._held = 0
        self._file: BinaryIO | None = None
        self._written = 0
        if path is not None:
            self._open()

    def write(self, data: bytes) -> None:
        """Add some output, in the order in which it came."""
        if self._file is None and not self.error:
            self._hold(data)
        elif self._file is not None:
            self._write(data)

    def _hold(self, data: bytes) -> None:
        self._before.append(data)
        self._held += len(data)
        if self._held > _HELD:
            self.begin()

    def begin(self) -> None:
        """Move what came so far into a file, and all that follows."""
        if self._file is not None or self.error:
            return
        before, self._before = self._before, []
        try:
            handle, self.path = tempfile.mkstemp(prefix=f"ipymod-{self._name}-", suffix=".log")
        except OSError as error:
            self.path = tempfile.gettempdir()
            self._fail(error)
            return
        self._file = open(handle, "wb", buffering=0)  # noqa: SIM115  closed by close()
        for data in before:
            self._write(data)

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        try:
            self._file = open(str(self.path), "wb", buffering=0)  # noqa: SIM115  closed by close()
        except OSError as error:
            raise IpymodError(
                f"the log {self.path} cannot be written: {error.strerror}; nothing was started,"
                " give another file with --log FILE"
            ) from error

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view and self._file is not None:  # unbuffered files may take a part only
                done = self._file.write(view) or 0
                self._written += done
                view = view[done:]
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.close()
        self.error = (
            f"the log {self.path} ends after {self._written} bytes: {error.strerror}. The module"
            f" runs on; make room in {os.path.dirname(str(self.path))} or give another place"
            " with --log FILE"
        )
