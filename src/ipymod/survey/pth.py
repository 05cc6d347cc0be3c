"""GATHER: the `.pth` files of an entry, which add to `sys.path` and run code at each start."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.facts.imports import PthLine
from ipymod.launchers import files
from ipymod.patterns import pattern
from ipymod.survey import overlay
from ipymod.survey.entries import Entry, normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel

_SIZE = 65536
_LONGEST = 300
# Who writes files of these names; most of the others are found in a RECORD.
_WRITERS = (
    (pattern(r"_virtualenv\.pth"), "virtualenv"),  # uv writes the same
    (pattern(re.escape(overlay.NAME)), "uv"),
    (pattern(r"distutils-precedence\.pth"), "setuptools"),
    (pattern(r"(?:easy-install|setuptools)\.pth|__editable__.*"), "setuptools"),
    (pattern(r"_editable_impl_.*"), "hatchling"),
    (pattern(r".*-nspkg\.pth"), "setuptools"),
    (pattern(r"(?:a1_)?coverage.*\.pth"), "coverage"),
    (pattern(r"conda\.pth"), "conda"),
)


def read_pth(entry: Entry, kernel: Kernel) -> Iterator[PthLine]:
    """Read the lines of its `.pth` files as `site` does; those that it passes over are left out."""
    for name in entry.names:
        if not name.endswith(".pth") or name.startswith("."):
            continue
        path = os.path.join(entry.directory, name)
        lines = files.text(path, _SIZE).splitlines()
        kept = [(number, line.rstrip()) for number, line in enumerate(lines, 1) if _counts(line)]
        writer = _writer(entry, name) if kept else ""
        for number, text in kept:
            yield _line(path, number, text, writer, kernel)


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#") and "\0" not in line


def _line(path: str, number: int, text: str, writer: str, kernel: Kernel) -> PthLine:
    if text.startswith(("import ", "import\t")):
        return PthLine(path, number, text[:_LONGEST], "import", owner=writer)
    target = os.path.join(os.path.dirname(path), text)
    return PthLine(
        path,
        number,
        text[:4096],
        exists=os.path.exists(target),
        outside=not _within(target, kernel),
        owner=writer,
    )


def _within(target: str, kernel: Kernel) -> bool:
    place = normal(os.path.realpath(target)) + os.sep
    prefixes = (os.path.realpath(prefix) for prefix in (kernel.prefix, kernel.base_prefix))
    return any(place.startswith(normal(prefix) + os.sep) for prefix in prefixes)


def _writer(entry: Entry, name: str) -> str:
    """The distribution or the tool that wrote the file; reading the RECORDs comes last."""
    for names, tool in _WRITERS:
        if names.fullmatch(name):
            return tool
    if entry.place.endswith(os.path.join("lib", "python3", "dist-packages")):
        return "the system"  # Debian's packages bring no RECORD
    return entry.installer(name)
