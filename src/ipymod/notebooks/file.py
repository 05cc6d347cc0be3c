"""GATHER: a notebook from its file, without nbformat, whose import alone may take seconds."""

from __future__ import annotations

import json
import os
from typing import Any

from ipymod.notebooks.loads import loads
from ipymod.notebooks.model import Cell, Notebook, Unreadable
from ipymod.notebooks.schema import faults_of

_POINTER = b"version https://git-lfs.github.com/spec/"
_MARK = b"\xef\xbb\xbf"
_CONFLICT = b"\n<<<<<<< "
_OF_KERNELS = {"ir": "r", "xr": "r"}  # what those without a word about it are for; and Julia's
_FORMAT = 4
_MOST_NAMES = 3


def read(path: str) -> Notebook | Unreadable:
    """Read a notebook; what gives none is told as it is, and never raised."""
    if os.path.exists(path) and not os.path.isfile(path):  # to open a pipe waits for ever
        what = "a folder" if os.path.isdir(path) else "no regular file"
        return Unreadable(path, "denied", f"it cannot be read: it is {what}")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:  # a ValueError is a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        return Unreadable(path, "denied", f"it cannot be read: {reason}")
    return parse(path, data)


def parse(path: str, data: bytes) -> Notebook | Unreadable:
    """Read a notebook from the bytes of its file."""
    if data.startswith(_POINTER):
        return Unreadable(
            path, "pointer", "it is a pointer of Git LFS, its content was not fetched"
        )
    if not data or data.isspace():
        return Unreadable(path, "empty", "it is empty")
    marked = data.startswith(_MARK)
    try:
        content = loads(data[len(_MARK) :] if marked else data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"byte {error.start} is not UTF-8, which notebooks are written in"
        return Unreadable(path, "encoding", reason, line)
    except json.JSONDecodeError as error:
        return _broken(path, data, error)
    except (RecursionError, ValueError) as error:  # too deep, or a number of thousands of digits
        return Unreadable(path, "json", f"it holds what no program reads: {error}")
    return _shaped(path, content, marked=marked)


def _broken(path: str, data: bytes, error: json.JSONDecodeError) -> Unreadable:
    at = 0 if data.startswith(_CONFLICT[1:]) else data.find(_CONFLICT) + 1
    if at or data.startswith(_CONFLICT[1:]):
        line = data.count(b"\n", 0, at) + 1
        return Unreadable(path, "json", "it holds the marks of a merge conflict", line)
    reason = f"it is no JSON: {error.msg}, column {error.colno}"
    return Unreadable(path, "json", reason, error.lineno)


def _shaped(path: str, content: Any, *, marked: bool) -> Notebook | Unreadable:
    if not isinstance(content, dict):
        return Unreadable(path, "shape", f"it is JSON of {_kind(content)}, no notebook")
    major = content.get("nbformat")
    if isinstance(major, int) and not isinstance(major, bool) and major != _FORMAT:
        return _of_another_format(path, major)
    cells = content.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        names = ", ".join(map(str, list(content)[:_MOST_NAMES])) or "nothing"
        return Unreadable(path, "shape", f"it is JSON without a list of cells; it has {names}")
    return _notebook(path, content, cells, marked=marked)


def _of_another_format(path: str, major: int) -> Unreadable:
    if major < _FORMAT:
        return Unreadable(path, "old", f"its format is {major}, and 4 is read here")
    return Unreadable(path, "new", f"its format is {major}, and none after 4 is known here")


def _kind(content: object) -> str:
    return {list: "a list", str: "a text", type(None): "null"}.get(type(content), "a value")


def _notebook(path: str, content: dict[str, Any], cells: list[Any], *, marked: bool) -> Notebook:
    metadata = _table(content.get("metadata"))
    spec, info = metadata.get("kernelspec"), _table(metadata.get("language_info"))
    faults = faults_of(content)
    if marked:
        faults = ("it begins with a byte order mark, and Jupyter does not read it", *faults)
    told = _table(spec)
    language = _text(info.get("name")) or _text(told.get("language")) or _of_kernel(told)
    minor = content.get("nbformat_minor")
    return Notebook(
        path,
        tuple([_cell(index, cell) for index, cell in enumerate(cells)]),
        "python" if language.lower() in {"ipython", "python3", "python2"} else language.lower(),
        _text(told.get("name")),
        _text(told.get("display_name")),
        isinstance(spec, dict),
        (_FORMAT, minor if isinstance(minor, int) else 0),
        faults,
    )


def _of_kernel(spec: dict[str, Any]) -> str:
    name = _text(spec.get("name"))
    return "julia" if name.startswith("julia") else _OF_KERNELS.get(name, "python")


def _cell(index: int, cell: dict[str, Any]) -> Cell:
    source, metadata = cell.get("source"), cell.get("metadata")
    tags = metadata.get("tags") if metadata and isinstance(metadata, dict) else None
    return Cell(
        index,
        _text(cell.get("cell_type")),
        source if isinstance(source, str) else _joined(source),
        tuple(filter(None, map(_text, tags))) if isinstance(tags, list) else (),
    )


def _joined(source: object) -> str:
    if not isinstance(source, list):
        return ""
    try:
        return "".join(source)
    except TypeError:
        return "".join(filter(None, map(_text, source)))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
