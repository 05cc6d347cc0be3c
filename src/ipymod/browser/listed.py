"""GATHER and SHOW: what is installed, as pip would write it."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import Distribution, distributions
from typing import TYPE_CHECKING

from ipymod.browser.wish import flat, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIELDS = ("Name", "Version", "Summary", "Home-page", "Author", "License")


def installed() -> dict[str, Distribution]:
    """The distributions by their names as the package index compares them; the first counts."""
    found: dict[str, Distribution] = {}
    for each in distributions():
        if each.metadata["Name"]:
            found.setdefault(flat(each.metadata["Name"]), each)
    return dict(sorted(found.items()))


def versions() -> dict[str, str]:
    """Of each of them the version."""
    return {name: each.version for name, each in installed().items()}


def listing(form: str) -> str:
    """All of them, as `pip list --format` writes them."""
    rows = [(each.metadata["Name"], each.version) for each in installed().values()]
    if form == "json":
        return json.dumps([{"name": name, "version": version} for name, version in rows])
    if form == "freeze":
        return "\n".join(f"{name}=={version}" for name, version in rows)
    wide = [max(map(len, column)) for column in zip(("Package", "Version"), *rows, strict=True)]
    lines = [("Package", "Version"), ("-" * wide[0], "-" * wide[1]), *rows]
    return "\n".join(f"{name:<{wide[0]}} {version}".rstrip() for name, version in lines)


def told(names: Sequence[str]) -> tuple[str, list[str]]:
    """What `pip show` says of these names, and the names that are not installed."""
    here = installed()
    missing = [name for name in names if flat(name) not in here]
    found = [here[flat(name)] for name in names if flat(name) in here]
    return "\n---\n".join("\n".join(_about(each, here)) for each in found), missing


def _about(each: Distribution, here: Mapping[str, Distribution]) -> Iterator[str]:
    """The lines about one distribution, in pip's own order."""
    for field in _FIELDS:
        yield f"{field}: {each.metadata[field] or ''}".rstrip()
    yield f"Location: {each.locate_file('')}"
    yield f"Requires: {', '.join(sorted(_needs(each)))}".rstrip()
    own = flat(each.metadata["Name"])
    users = [name for name, other in here.items() if own in _needs(other)]
    yield f"Required-by: {', '.join(users)}".rstrip()


def _needs(each: Distribution) -> set[str]:
    """What it requires in this Python, as far as no extra asks for it."""
    needed = [text.partition(";") for text in each.requires or ()]
    return {name_of(text.strip()) for text, _, marker in needed if _applies(marker)} - {""}


def _applies(marker: str) -> bool:
    if not marker.strip():
        return True
    try:
        markers = import_module("packaging.markers")
    except ImportError:  # micropip brings one of its own
        markers = import_module("micropip._vendored.packaging.src.packaging.markers")
    return bool(markers.Marker(marker).evaluate({"extra": ""}))
