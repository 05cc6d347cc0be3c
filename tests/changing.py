"""Environments that tests install into: nobody else's kernel runs in them meanwhile."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from environments import FOLDER, REPOSITORY, build, install, interpreter, locked

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def changing(generation: str) -> Iterator[str]:
    """The interpreter of an environment of that generation, for the block alone.

    It is kept for later, so what is installed is to be taken out again.
    """
    digest = hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]
    prefix = FOLDER / f"changing-{generation}-{digest}"
    with locked(FOLDER / f"changing-{generation}.lock"):
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            inside = build(generation, prefix)
            install(inside, "uv", "hatchling", "editables", "setuptools>=70")
            install(inside, "-e", str(REPOSITORY))
            (prefix / "ready").touch()
        yield interpreter(prefix)
