"""Facts to JSON and back."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints


def to_json(fact: Any) -> Any:
    """Turn facts into what `json` writes: dictionaries, lists, strings, numbers, booleans, None."""
    if is_dataclass(fact):
        return {field.name: to_json(getattr(fact, field.name)) for field in fields(fact)}
    if isinstance(fact, dict):
        return {key: to_json(value) for key, value in fact.items()}
    if isinstance(fact, tuple | list):
        return [to_json(item) for item in fact]
    return fact


def from_json(kind: Any, data: Any) -> Any:
    """Turn it back into facts of a kind; keys that this version does not know are passed over.

    Raises:
        TypeError: a fact without a default is missing, or the data has another shape.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return None if data is None else from_json(inner[0], data)
    if origin is tuple:
        return tuple(from_json(inner[0], item) for item in data)
    if origin is dict:
        return {key: from_json(inner[1], value) for key, value in data.items()}
    if not is_dataclass(kind):
        return data
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)} & data.keys()
    return kind(**{name: from_json(hints[name], data[name]) for name in known})  # type: ignore[operator]  # a dataclass
