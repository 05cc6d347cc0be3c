"""GATHER: the modules that a notebook has of its own: beside it, or made or fetched by it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from ipymod.patterns import pattern
from ipymod.survey import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.notebooks.model import Notebook

_ENDINGS = (".py", ".so", ".pyd")
_MOST = 1000  # files of a folder that are looked at
# `%%writefile tools/made.py`, `!wget https://.../made.py`, `files.upload("made.py")`.
_FILE = pattern(r"((?:[\w.-]+/)*)([A-Za-z_]\w*)\.py\b")
_CLONE = pattern(r"\bclone\b[^\n]*?/([\w-]+?)(?:\.git)?[ \t\"'\n]")
_MOVING = ("sys.path", "addsitedir", "chdir(", "cd ")
_WORD = pattern(r"[\"']([^\"'\n]*)[\"']|%?cd[ \t]+([^\s\"']+)")
# What brings whole folders, which cannot be looked into here.
_FETCHING = (
    *("clone", "unzip", "extractall", "unpack_archive", "drive.mount", "import_ipynb"),
    *("!tar ", "!cp ", "!mv ", "!ln ", "!svn ", "!rsync ", "!gsutil "),
)
_CHANGES = pattern(
    r"\bsys\.path\.\w+\(|\bsys\.path\s*(?:\+=|=[^=]|\[[^]]*\]\s*=)|\b(?:chdir|addsitedir)\("
    r"|^[ \t]*%?cd[ \t]+[^=\s]"
)
_SAME = pattern(r"os\.getcwd\(\)|os\.curdir|Path\.cwd\(\)")


class Own:
    """What a notebook has of its own.

    Attributes:
        modules: their names, without a dot.
        is_open: whether it also takes modules from where nobody can look now.
    """

    def __init__(self, notebook: Notebook) -> None:
        text = "\n".join([cell.source for cell in notebook.code])
        folder = os.path.dirname(notebook.path) or os.curdir
        reached = list(_folders(text, folder))
        there = (modules_in(each) for each in (folder, *filter(None, reached)))
        self.modules = frozenset(_named(text)).union(*there)
        self.is_open = None in reached or _fetches(text)

    def has(self, module: str) -> bool:
        """Whether a module is its own; what is known to be somebody's is not, if it is not seen."""
        top = module.partition(".")[0]
        return top in self.modules or (self.is_open and not known.distributions_of(module))


@lru_cache(maxsize=256)
def modules_in(folder: str) -> frozenset[str]:
    """The names of the modules and packages that lie in a folder; nothing is imported."""
    try:
        with os.scandir(folder) as content:
            items = [item for item, _ in zip(content, range(_MOST), strict=False)]
    except (OSError, ValueError):
        return frozenset()
    return frozenset(filter(str.isidentifier, map(_module, items)))


def _module(item: os.DirEntry[str]) -> str:
    """The name that an import finds it by; empty for data."""
    if item.name.endswith(_ENDINGS):
        return item.name.partition(".")[0]
    if item.name.isidentifier() and item.name != "__pycache__" and _has_code(item):
        return item.name
    return ""


def _has_code(item: os.DirEntry[str]) -> bool:
    """Whether a folder, or one in it, holds code: packages may do without `__init__.py`."""
    try:
        if not item.is_dir():
            return False
        with os.scandir(item.path) as content:
            inner = [each for each, _ in zip(content, range(_MOST), strict=False)]
        return any(
            each.name.endswith(_ENDINGS)
            or (each.is_dir() and os.path.isfile(os.path.join(each.path, "__init__.py")))
            for each in inner
        )
    except OSError:
        return False


def _folders(text: str, folder: str) -> Iterator[str | None]:
    """The folders that a notebook goes to or takes modules from; None for one not seen here."""
    for line in _lines_with(text, *_MOVING):
        if not _CHANGES.search(line):
            continue
        words = [found[1] or found[2] for found in _WORD.finditer(line)]
        if not words and not _SAME.search(line):
            yield None
        for word in words:
            place = os.path.join(folder, os.path.expanduser(word or os.curdir))
            yield place if os.path.isdir(place) else None


def _named(text: str) -> Iterator[str]:
    """The modules that are spoken of as files, and the repositories that are cloned."""
    for line in _lines_with(text, ".py"):
        for found in _FILE.finditer(line):
            yield found[2]
            yield from filter(str.isidentifier, found[1].split("/"))
    for line in _lines_with(text, "clone"):
        yield from (found[1] for found in _CLONE.finditer(f"{line}\n"))


def _fetches(text: str) -> bool:
    return any(map(text.replace("! ", "!").__contains__, _FETCHING))


def _lines_with(text: str, *words: str) -> list[str]:
    """The lines that hold one of some words, comments apart; a line is split off only if needed."""
    if not any(map(text.__contains__, words)):
        return []
    lines = (line for line in text.split("\n") if any(map(line.__contains__, words)))
    return [line for line in lines if not line.lstrip().startswith("#")]
