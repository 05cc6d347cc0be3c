"""DATA: regular expressions that are compiled when they are first used.

A report stands on a hundred of them, and a machine in order needs half: compiling takes more time
than all matching. Type checkers see `re.compile`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pattern = re.compile
else:

    class pattern:  # noqa: N801  stands where a function is expected
        """A regular expression; its methods are those of what it becomes."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self._given = text, flags

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(*self._given), name)
            self.__dict__[name] = found
            return found


__all__ = ["pattern"]
