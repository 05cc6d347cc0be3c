"""DO: `%pymod` in a page of a browser, where Pyodide runs the kernel and no process can start.

A module runs inside the kernel; what would be pip is piplite, which JupyterLite brings, and
micropip below it.
"""

from __future__ import annotations

import sys

__all__ = ["is_browser"]


def is_browser() -> bool:
    """Tell whether this Python runs in a page, or as a page would run it."""
    return sys.platform in {"emscripten", "wasi"}
