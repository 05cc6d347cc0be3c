"""DO: what all kernels of a run share: the kernelspecs, a folder for their sockets, a context."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from glob import escape, glob
from itertools import count
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ipymod.preflight.kernelspecs import Kernelspecs

_RECONNECT = 20  # milliseconds: a kernel's sockets are not there from the beginning


class Desk:
    """Use it in a `with`, at the end of which nothing is left of it."""

    def __init__(self, kernelspecs: Kernelspecs) -> None:
        import zmq.asyncio

        self.kernelspecs = kernelspecs
        self.context: Any = zmq.asyncio.Context()
        self.context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT)
        self._folder = tempfile.mkdtemp(prefix="ipymod-")
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.destroy(linger=0)
        self.clear()

    def clear(self) -> None:
        """Remove the folder; for signal handlers, too."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def connection_file(self) -> str:
        """Give the path for a kernel's connection file; the names of its sockets begin so, too."""
        return os.path.join(self._folder, f"{next(self._numbers)}.json")

    def forget(self, file: str) -> None:
        """Remove what a kernel has left beside its connection file."""
        stem = escape(file.removesuffix(".json"))
        for path in (*glob(f"{stem}.*"), *glob(f"{stem}-*")):
            with contextlib.suppress(OSError):
                os.remove(path)
