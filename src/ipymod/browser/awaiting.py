"""FACE: a line of a cell is awaited where what it asks for takes awaiting, as an install does.

A magic is called, and a page can wait for nothing that is only called. So the cell that IPython
has made of its lines is changed once more, before it is known whether it has to be awaited: the
call of `%pymod pip ...` gets an `await` where Python allows one. Within a function, and in a cell
that another magic runs, it stays a call; where the browser can suspend Python, that waits, too.
"""

from __future__ import annotations

import ast
import dis
import sys
from typing import TYPE_CHECKING, Any

from ipymod.cells import method_of, parsed
from ipymod.errors import IpymodError
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator
    from types import FrameType

_PIP = pattern(r"\bpip\b")
_MAGICS = frozenset({"run_line_magic", "run_cell_magic"})
_CALLED = ast.FunctionDef | ast.Lambda | ast.ClassDef


def awaiting(lines: list[str]) -> list[str]:
    """Put `await` before each call of `%pymod pip`; one of IPython's `input_transformers_post`."""
    source = "".join(lines)
    if not ("pymod" in source and _PIP.search(source)) or _is_inner():
        return lines
    tree = parsed(source)
    calls = list(_to_await(tree)) if tree else []
    for call in sorted(calls, key=_place, reverse=True):
        source = _surrounded(source, call)
    return source.splitlines(keepends=True)


def _is_inner() -> bool:
    """Whether a magic transforms the cell that it runs, such as `%%time` and `%%capture`."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the way to a caller
    while frame and frame.f_code.co_name not in _MAGICS:
        frame = frame.f_back
    return frame is not None


def _to_await(node: ast.AST, *, awaited: bool = False) -> Iterator[ast.Call]:
    """The calls beneath; what is awaited already stays as it is."""
    if isinstance(node, ast.Call) and not awaited and _is_ours(node):
        yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _CALLED):
            yield from _to_await(child, awaited=isinstance(node, ast.Await))


def _is_ours(node: ast.Call) -> bool:
    method, words = method_of(node)
    return method in _MAGICS and words[:1] == ["pymod"] and bool(_PIP.search(words[1]))


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _surrounded(source: str, call: ast.Call) -> str:
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    last = (call.end_lineno or call.lineno) - 1
    end = call.end_col_offset or 0
    lines[last] = lines[last][:end] + b")" + lines[last][end:]
    first, start = call.lineno - 1, call.col_offset
    lines[first] = lines[first][:start] + b"(await " + lines[first][start:]
    return b"".join(lines).decode()


def is_awaited() -> bool:
    """Tell whether the value of the magic that is running will be awaited."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the way to a caller
    while frame and frame.f_code.co_name not in _MAGICS:
        frame = frame.f_back
    cell = frame and frame.f_back
    if cell is None:
        return False
    following = (op for op in dis.get_instructions(cell.f_code) if op.offset > cell.f_lasti)
    return next(following).opname == "GET_AWAITABLE"


async def given(value: Any) -> Any:
    """Await a value that is known already."""
    return value


def waited(value: Awaitable[Any]) -> Any:
    """Wait for a value in the middle of a call, where the browser can suspend Python.

    Raises:
        IpymodError: it cannot.
    """
    from pyodide.ffi import can_run_sync, run_sync

    if can_run_sync():
        return run_sync(value)
    getattr(value, "close", lambda: None)()
    raise IpymodError(
        "an install has to be awaited, which a function and cells such as %%capture and %%time"
        " cannot do in this browser: put the line into a cell of its own"
    )
