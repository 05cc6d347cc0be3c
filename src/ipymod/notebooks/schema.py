"""JUDGE: in what a notebook differs from the schema of its format, 4.0 to 4.5.

The rules are those of nbformat's own schemas; a test compares the two. Only the first faults are
told: who breaks one rule often breaks it in each cell.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 5
_NEWEST = 5  # the minor number of the newest schema that is known here
_WITH_IDS = 5  # that from which on cells have ids
_TOP = frozenset({"metadata", "nbformat", "nbformat_minor", "cells"})
_CELL = frozenset({"cell_type", "metadata", "source"})
_KEYS = {
    "code": _CELL | {"outputs", "execution_count"},
    "markdown": _CELL,
    "raw": _CELL,
}
_WITH_ID = {kind: keys | {"id"} for kind, keys in _KEYS.items()}
_MAY = {"code": frozenset({"id"}), "markdown": frozenset({"id", "attachments"})}
_OUTPUT = {
    "stream": frozenset({"output_type", "name", "text"}),
    "display_data": frozenset({"output_type", "data", "metadata"}),
    "execute_result": frozenset({"output_type", "data", "metadata", "execution_count"}),
    "error": frozenset({"output_type", "ename", "evalue", "traceback"}),
}
_ID = pattern(r"[a-zA-Z0-9\-_]{1,64}")
_JSON = pattern(r"application/(?:.*\+)?json")

# What must be a text, a table and the like where it stands, and since which minor number.
_OF_THE_NOTEBOOK: dict[str, tuple[type, ...]] = {"title": (str,), "authors": (list,)}
_OF_A_LANGUAGE: dict[str, tuple[type, ...]] = {
    "codemirror_mode": (str, dict),
    "file_extension": (str,),
    "mimetype": (str,),
    "pygments_lexer": (str,),
}
_OF_A_CELL: dict[str, tuple[type, ...]] = {"jupyter": (dict,), "execution": (dict,)}
_OF_CODE: dict[str, tuple[type, ...]] = {"collapsed": (bool,), **_OF_A_CELL}
_OF_RAW: dict[str, tuple[type, ...]] = {"format": (str,), "jupyter": (dict,)}
_TYPES: dict[str, dict[str, tuple[type, ...]]] = {
    "code": _OF_CODE,
    "raw": _OF_RAW,
    "markdown": {"jupyter": (dict,)},
}
_JUDGED = frozenset({*_OF_CODE, *_OF_RAW, "name", "scrolled", "tags"})
_SINCE = {"title": 2, "authors": 2, "jupyter": 3, "execution": 4}


def faults_of(content: dict[str, Any]) -> tuple[str, ...]:
    """Tell in what a notebook of format 4 differs from its schema; the first few."""
    return tuple(islice(_faults(content), _MOST))


def _faults(content: dict[str, Any]) -> Iterator[str]:
    minor: Any = content.get("nbformat_minor")
    if not _is_count(minor):
        yield f"nbformat_minor is {minor!r}, and must be a whole number"
        minor = 0
    elif minor > _NEWEST:
        return  # what it allows is not known here
    if not _is_count(content.get("nbformat")):
        yield f"nbformat is {content.get('nbformat')!r}, and must be 4"
    yield from _of_keys(content, _TOP, frozenset(), "the notebook")
    yield from _of_metadata(content.get("metadata"), minor)
    known = _WITH_ID if minor >= _WITH_IDS else _KEYS
    for index, cell in enumerate(content["cells"]):
        if not _is_usual(cell, known):
            yield from _of_cell(cell, f"cell {index + 1}", minor)
    if minor >= _WITH_IDS:
        yield from _of_ids([cell.get("id") for cell in content["cells"]])


def _of_ids(ids: list[Any]) -> Iterator[str]:
    texts = [each for each in ids if isinstance(each, str)]
    if len(set(texts)) == len(texts):
        return
    for index, each in enumerate(ids):
        if isinstance(each, str) and each in ids[:index]:
            yield f"cell {index + 1} has the id {each!r} of another cell"


def _of_keys(
    found: dict[str, Any], must: frozenset[str], may: frozenset[str], whose: str
) -> Iterator[str]:
    if found.keys() == must:
        return
    for name in sorted(must - found.keys()):
        yield f"{whose} lacks {name}"
    for name in sorted(found.keys() - must - may):
        yield f"{whose} has {name}, which its format does not know"


def _of_types(
    found: dict[str, Any], types: dict[str, tuple[type, ...]], minor: int, whose: str
) -> Iterator[str]:
    for name in types.keys() & found.keys():
        if minor >= _SINCE.get(name, 0) and not isinstance(found[name], types[name]):
            told = {str: "text", dict: "table", list: "list", bool: "yes or no"}[types[name][-1]]
            yield f"{name} of {whose} is no {told}"


def _of_metadata(metadata: object, minor: int) -> Iterator[str]:
    if not isinstance(metadata, dict):
        yield "the metadata are no table"
        return
    spec, info = metadata.get("kernelspec", _GOOD_SPEC), metadata.get("language_info", _GOOD_SPEC)
    for name in ("name", "display_name"):
        if not isinstance(spec, dict) or not isinstance(spec.get(name), str):
            yield f"the kernelspec has no {name}"
    if not isinstance(info, dict) or not isinstance(info.get("name"), str):
        yield "language_info has no name"
    else:
        yield from _of_types(info, _OF_A_LANGUAGE, minor, "language_info")
    yield from _of_types(metadata, _OF_THE_NOTEBOOK, minor, "the notebook")
    if not _is_count(metadata.get("orig_nbformat", 1)) or not metadata.get("orig_nbformat", 1):
        yield "orig_nbformat is no number of a format"


_GOOD_SPEC = {"name": "", "display_name": ""}


def _of_cell(cell: dict[str, Any], whose: str, minor: int) -> Iterator[str]:
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _KEYS:
        yield f"{whose} is of type {kind!r}, and must be code, markdown or raw"
        return
    may, with_ids = _MAY.get(kind, _MAY["markdown"]), minor >= _WITH_IDS
    yield from _of_keys(cell, _KEYS[kind], may if with_ids else may - {"id"}, whose)
    if with_ids:
        yield from _of_id(cell, whose)
    if not _is_text(cell.get("source", "")):
        yield f"the source of {whose} is neither a text nor a list of texts"
    yield from _of_cell_metadata(cell.get("metadata"), kind, minor, whose)
    if kind == "code":
        yield from _of_code(cell, whose)
    elif "attachments" in cell and not _are_attachments(cell["attachments"]):
        yield f"the attachments of {whose} are neither texts nor JSON"


def _is_usual(cell: dict[str, Any], known: dict[str, frozenset[str]]) -> bool:
    """Tell at little cost that a cell is as nearly all are: nothing is wrong with it."""
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or cell.keys() != known.get(kind):
        return False
    metadata, source = cell["metadata"], cell["source"]
    if metadata and not (isinstance(metadata, dict) and _JUDGED.isdisjoint(metadata)):
        return False
    if known is _WITH_ID and not (isinstance(cell["id"], str) and _ID.fullmatch(cell["id"])):
        return False
    if not isinstance(metadata, dict) or not (isinstance(source, str) or _is_text(source)):
        return False
    return kind != "code" or _has_usual_outputs(cell)


def _has_usual_outputs(code: dict[str, Any]) -> bool:
    count, outputs = code["execution_count"], code["outputs"]
    is_counted = count is None or (type(count) is int and count >= 0)
    return is_counted and isinstance(outputs, list) and all(map(_is_a_stream, outputs))


def _is_a_stream(output: object) -> bool:
    """Tell the most frequent kind of output, with nothing wrong."""
    if not isinstance(output, dict) or output.keys() != _OUTPUT["stream"]:
        return False
    is_of_one = output["output_type"] == "stream" and isinstance(output["name"], str)
    return is_of_one and _is_text(output["text"])


def _of_id(cell: dict[str, Any], whose: str) -> Iterator[str]:
    if "id" not in cell:
        yield f"{whose} lacks id"
    elif not isinstance(cell["id"], str) or not _ID.fullmatch(cell["id"]):
        yield f"the id of {whose} must have 1 to 64 letters, digits, '-' or '_'"


def _of_cell_metadata(metadata: object, kind: str, minor: int, whose: str) -> Iterator[str]:
    if not isinstance(metadata, dict):
        yield f"the metadata of {whose} are no table"
        return
    if _JUDGED.isdisjoint(metadata):
        return
    yield from _of_types(metadata, _TYPES[kind], minor, whose)
    if not metadata.get("name", "a") or not isinstance(metadata.get("name", "a"), str):
        yield f"the name of {whose} is no text, or empty"
    if kind == "code":
        yield from _of_run(metadata, minor, whose)
    tags = metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        yield f"the tags of {whose} are no list of texts"
    elif len(set(tags)) < len(tags) or any("," in tag for tag in tags):
        yield f"the tags of {whose} repeat one, or hold a comma"


def _of_run(metadata: dict[str, Any], minor: int, whose: str) -> Iterator[str]:
    scrolled, times = metadata.get("scrolled", "auto"), metadata.get("execution")
    if not isinstance(scrolled, bool) and scrolled != "auto":
        yield f"scrolled of {whose} is neither yes, no nor auto"
    known = times if isinstance(times, dict) and minor >= _SINCE["execution"] else {}
    if not all(isinstance(each, str) for each in known.values()):
        yield f"the times of {whose} are no texts"


def _of_code(cell: dict[str, Any], whose: str) -> Iterator[str]:
    if not _is_count(cell.get("execution_count"), or_none=True):
        yield f"the execution count of {whose} is no number"
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list):
        yield f"the outputs of {whose} are no list"
        return
    for output in outputs:
        yield from _of_output(output, f"an output of {whose}")


def _of_output(output: object, whose: str) -> Iterator[str]:
    kind = output.get("output_type") if isinstance(output, dict) else None
    if not isinstance(output, dict) or not isinstance(kind, str) or kind not in _OUTPUT:
        yield f"{whose} is of type {kind!r}, which its format does not know"
        return
    yield from _of_keys(output, _OUTPUT[kind], frozenset(), whose)
    if kind == "stream":
        if not _is_text(output.get("text", "")) or not isinstance(output.get("name", ""), str):
            yield f"{whose} has no text"
    elif kind == "error":
        if not _is_text(output.get("traceback", "")) or isinstance(output.get("traceback"), str):
            yield f"{whose} has no list of texts as its traceback"
        if not all(isinstance(output.get(name, ""), str) for name in ("ename", "evalue")):
            yield f"{whose} names its error by what is no text"
    else:
        yield from _of_data(output, whose)


def _of_data(output: dict[str, Any], whose: str) -> Iterator[str]:
    if not _is_bundle(output.get("data", {})):
        yield f"{whose} has data that are neither texts nor JSON"
    if not isinstance(output.get("metadata", {}), dict):
        yield f"the metadata of {whose} are no table"
    if not _is_count(output.get("execution_count"), or_none=True):
        yield f"the execution count of {whose} is no number"


def _are_attachments(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_bundle, value.values()))


def _is_bundle(value: object) -> bool:
    """Tell whether it is a table of types, with a text or the lines of one for each."""
    return isinstance(value, dict) and all(
        _is_text(each) or _JSON.fullmatch(name) for name, each in value.items()
    )


def _is_text(value: object) -> bool:
    if isinstance(value, str):
        return True
    if not isinstance(value, list):
        return False
    try:
        "".join(value)  # the quickest way to see that all are texts
    except TypeError:
        return False
    return True


def _is_count(value: object, *, or_none: bool = False) -> bool:
    if value is None:
        return or_none
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
