"""DATA: what is known of a machine and a kernel, and nothing that was judged.

Facts are frozen dataclasses of strings, numbers, booleans, tuples and other facts. They go to
JSON and back, so a saved report, another interpreter's answer and a test case are the same thing.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Environment:
    """A prefix: one place that packages are installed into.

    Attributes:
        prefix: `sys.prefix` of its Python, never resolved through links.
        base_prefix: the prefix of the Python that it was made from; its own if it is a base.
        kind: `venv`, `virtualenv`, `uv`, `conda`, `debian`, `pyenv` or `base`.
        version: of its Python, as exactly as it is known: `3.12.1`, `3.12`, or empty.
        site: the directories that packages are imported from, the one that pip fills first.
        scripts: the directory of its launchers.
        system_site: whether the base's packages are seen too.
        user_site: the user's directory of packages, if this Python looks there, else empty.
        managed: the text of EXTERNALLY-MANAGED where pip must not install, else empty.
    """

    prefix: str
    base_prefix: str
    kind: str
    version: str = ""
    site: tuple[str, ...] = ()
    scripts: str = ""
    system_site: bool = False
    user_site: str = ""
    managed: str = ""


@dataclass(frozen=True)
class Command:
    """What a shell would reach by a name, found out without starting it.

    Attributes:
        name: as it is typed: `pip`.
        path: the file that a shell would start.
        python: the interpreter that the file leads to, never resolved through links.
        environment: the environment of that interpreter.
        state: `ok`, `broken` (it cannot start; `reason` says why) or `unknown`.
        certainty: `certain`, `likely`, or `unknown` when it would have to be run.
        reason: why it is broken or unknown, in words; empty when it is ok.
        steps: how the answer was found, a sentence each, in order.
    """

    name: str
    path: str
    python: str | None = None
    environment: Environment | None = None
    state: str = "unknown"
    certainty: str = "unknown"
    reason: str = ""
    steps: tuple[str, ...] = ()


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
