"""GATHER: when each module began to be loaded."""

from __future__ import annotations

import sys
from time import time_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


class Imports:
    """A finder that finds nothing, and notes when it was asked.

    It stands before all other finders, so Python asks it for each module that is about to be
    loaded or loaded anew. That takes half a microsecond, and the import itself hundreds.
    Without it one could tell neither that a module was loaded anew, nor whether a cell imported
    it before or after something was installed while the cell ran.

    Attributes:
        began: the clock in nanoseconds when a module was last asked for, by its name.
    """

    def __init__(self) -> None:
        self.began: dict[str, int] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Note the time; the finders that stand behind it find the module."""
        del path, target
        self.began[name] = time_ns()

    def watch(self) -> None:
        """Take the place before all finders; twice is once."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def leave(self) -> None:
        """Leave no trace."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        self.began = {}

    def taken(self) -> dict[str, int]:
        """What was noted since this was last asked."""
        began, self.began = self.began, {}
        return began
