"""DO: outputs put into the bytes of a notebook's file; all else stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ipymod.notebooks.spans import member, outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipymod.notebooks.spans import Value

    Change = tuple[int, int, bytes]  # where it starts and ends in the file, what stands there then

_DEPTH_OF_CELLS = 3  # of what stands in them: the notebook, its list of cells, the cell
_DEPTH_OF_METADATA = 2


def with_outputs(
    data: bytes, outputs: Mapping[int, tuple[int | None, list[Any]]], widgets: Mapping[str, Any]
) -> bytes:
    """Give the notebook with these outputs, written with the file's own indent and newlines.

    Args:
        data: the content of its file.
        outputs: for the index of a cell, its execution count and its outputs.
        widgets: their state; none for the one that the file has.

    Raises:
        IpymodError: it is no notebook.
    """
    top = outline(data)
    cells, metadata = member(top, "cells"), member(top, "metadata")
    changes: list[Change] = []
    for index, (count, shown) in outputs.items():
        cell = cells.items[index] if cells else top
        changes += _set(data, cell, {"execution_count": count, "outputs": shown}, _DEPTH_OF_CELLS)
    if widgets and metadata and metadata.members:
        changes += _set(data, metadata, {"widgets": widgets}, _DEPTH_OF_METADATA)
    return _spliced(data, changes)


def _set(data: bytes, value: Value, members: Mapping[str, Any], depth: int) -> Iterator[Change]:
    """Set members of an object; those that it has not come first."""
    first = next(iter(value.members.values()))
    blank, colon = data[value.start + 1 : first.start], data[first.end : first.value.start]
    for name, asked in members.items():
        written = _written(asked, blank.decode(), colon.decode(), depth)
        if name in value.members:
            known = value.members[name].value
            yield known.start, known.end, written
        else:
            comma = b"," if blank.strip(b" ") else b", "
            told = json.dumps(name).encode() + colon + written + comma + blank
            yield first.start, first.start, told


def _written(value: Any, blank: str, colon: str, depth: int) -> bytes:
    """Write JSON as the file has it: in lines, if there is an end of line in `blank`."""
    newline, _, indent = blank.rpartition("\n")
    if "\n" not in blank:
        comma = ", " if colon.endswith(" ") else ","
        return _encoded(value, separators=(comma, colon))
    unit = indent[: len(indent) // depth]
    text = _encoded(value, indent=unit, separators=(",", colon))
    end = "\r\n" if newline.endswith("\r") else "\n"
    return text.replace(b"\n", (end + indent).encode())


def _encoded(value: Any, **style: Any) -> bytes:
    """Write it in UTF-8; half of a surrogate pair cannot be, and is escaped with all the rest."""
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, **style).encode()
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, **style).encode()


def _spliced(data: bytes, changes: list[Change]) -> bytes:
    parts, at = [], 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        parts += [data[at:start], new]
        at = end
    return b"".join([*parts, data[at:]])
