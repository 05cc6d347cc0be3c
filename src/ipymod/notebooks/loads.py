"""GATHER: JSON of many notebooks; by orjson, once its import is won back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PAYS = 1 << 24  # bytes: its import takes as long as it saves on so many


class Loads:
    """Parses JSON in UTF-8, as `json.loads` does; it counts what it has parsed so far."""

    def __init__(self, pays: int = _PAYS) -> None:
        self._left = pays
        self._fast: Callable[[bytes], Any] | None = None

    def __call__(self, data: bytes) -> Any:
        """Parse a text.

        Raises:
            UnicodeDecodeError: it is not UTF-8.
            ValueError: it is no JSON; `json.JSONDecodeError` where a place can be told.
            RecursionError: it is nested too deeply.
        """
        self._left -= len(data)
        if self._left < 0:
            self._fast = self._fast or _fastest()
            try:
                return self._fast(data)
            except ValueError:
                pass  # the standard library takes more, and tells the place of what it refuses
        return _standard(data)


def _standard(data: bytes) -> Any:
    return json.loads(data.decode())


def _fastest() -> Callable[[bytes], Any]:
    """That of orjson, which is there unless the machine is a rare one."""
    try:
        from orjson import loads
    except ImportError:
        return _standard
    return loads


loads = Loads()
