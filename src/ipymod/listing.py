"""GATHER: which modules lie in a path entry, and what their files say; nothing is imported."""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import re
import tokenize
from importlib.machinery import EXTENSION_SUFFIXES
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDLIB = str(Path(os.__file__).parent)
_STDLIB_TESTS = frozenset({"test", "tests", "idle_test"})
_MOST_FILES = 10_000  # of one directory; data may be millions
_INIT_FILES = frozenset("__init__" + suffix for suffix in (".py", ".pyc", *EXTENSION_SUFFIXES))
_GUARD = pattern(rb"^if\b(?=[^\n]*__name__)(?=[^\n]*__main__)", re.MULTILINE)


@dataclass(frozen=True)
class Listed:
    """A module, package or namespace in a path entry.

    Attributes:
        name: its last part.
        file: the file; of a package and a namespace the directory.
        kind: module, package or namespace.
    """

    name: str
    file: str
    kind: str


_LISTINGS: dict[str, tuple[int, tuple[Listed, ...]]] = {}  # path entry -> mtime_ns, content


def listing(entry: str) -> tuple[Listed, ...]:
    """List a path entry, from memory unless the directory has changed since."""
    try:
        entry = str(Path(entry).absolute())
        changed = Path(entry).stat().st_mtime_ns
    except (OSError, ValueError):
        changed = 0  # a directory inside an archive, or nothing at all
    known = _LISTINGS.get(entry)
    if not known or known[0] != changed:
        known = _LISTINGS[entry] = (changed, tuple(_scan(entry)))
    return known[1]


def _scan(entry: str) -> Iterator[Listed]:
    if not Path(entry).is_dir():
        yield from _scan_archive(entry)
        return
    tests = _STDLIB_TESTS if is_stdlib(entry) else frozenset[str]()
    with contextlib.suppress(OSError), os.scandir(entry) as content:
        for item in content:
            listed = _listed(item)
            if listed and listed.name not in tests:
                yield listed


def _listed(item: os.DirEntry[str]) -> Listed | None:
    """Tell which module a directory entry is; None for data."""
    name = inspect.getmodulename(item.name)
    if name:
        module = name.isidentifier() and name not in {"__init__", "__main__"}
        return Listed(name, item.path, "module") if module else None
    skip = not item.name.isidentifier() or item.name == "__pycache__"
    kind = "" if skip else _package_kind(item)
    return Listed(item.name, item.path, kind) if kind else None


def _package_kind(item: os.DirEntry[str]) -> str:
    """Tell a package and a namespace with something in it from a directory of data: ""."""
    with contextlib.suppress(OSError), os.scandir(item.path) as found:
        content = list(islice(found, _MOST_FILES))
        if any(each.name in _INIT_FILES for each in content):
            return "package"
        if any(each.name.endswith(".py") or _is_plain_package(each) for each in content):
            return "namespace"
    return ""


def _is_plain_package(item: os.DirEntry[str]) -> bool:
    return item.is_dir() and os.path.isfile(os.path.join(item.path, "__init__.py"))


def _scan_archive(entry: str) -> Iterator[Listed]:
    import pkgutil

    with contextlib.suppress(Exception):  # a broken archive must not cost the other completions
        for _, name, package in pkgutil.iter_modules([entry]):
            file = str(Path(entry, name if package else f"{name}.py"))
            yield Listed(name, file, "package" if package else "module")


def is_stdlib(file: str) -> bool:
    """Tell whether a file or directory belongs to the standard library, site-packages apart."""
    below = os.path.normcase(file).startswith(os.path.normcase(STDLIB + os.sep))
    return (below or file == STDLIB) and not re.search(r"[\\/](site|dist)-packages\b", file)


def has_guard(file: str) -> bool:
    """Tell whether a file asks at top level if it is `__main__`.

    A match inside a string is told by what follows it: the rest of the file from a true `if` to
    the end is a program, and parsing the rest is quick.
    """
    source = _read(Path(file))
    return any(_is_guard(source[hit.start() :]) for hit in _GUARD.finditer(source))


def _is_guard(tail: bytes) -> bool:
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        first = ast.parse(tail.decode("latin-1")).body[0]
        return isinstance(first, ast.If) and any(map(_asks_for_main, ast.walk(first.test)))
    return False


def _asks_for_main(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq):
        return False
    sides = {ast.unparse(node.left), ast.unparse(node.comparators[0])}
    return sides == {"__name__", "'__main__'"}


def docstring(file: str) -> str:
    """Return the first line of a file's docstring, or "".

    Reading the first tokens costs a hundredth of parsing a long module.
    """
    try:
        with tokenize.open(file) as stream:
            for token in tokenize.generate_tokens(stream.readline):
                if token.type == tokenize.STRING:
                    return _first_line(ast.literal_eval(token.string))
                if token.type not in {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE}:
                    return ""
    except (OSError, SyntaxError, ValueError, tokenize.TokenError):
        pass
    return ""


def _first_line(text: object) -> str:
    """Return the first line with a word in it; bytes are no docstring."""
    lines = text.splitlines() if isinstance(text, str) else []
    return next((line.strip() for line in lines if any(map(str.isalpha, line))), "")


def distribution_summary(name: str, path: Iterable[str]) -> str:
    """Return what the metadata of the distribution that installed a top-level name say it is.

    The distribution of the same name is asked first, then the one whose RECORD has the name.
    """
    infos = [info for entry in path for info in _dist_infos(entry)]
    own = [info for info in infos if _distribution(info) == name.lower()]
    line = re.compile(rb"^%b[/.]" % re.escape(name.encode()), re.MULTILINE)
    for info in own or infos:
        if own or line.search(_read(info / "RECORD")):
            summary = re.search(rb"(?m)^Summary: (.*)$", _read(info / "METADATA"))
            return summary[1].decode(errors="replace").strip() if summary else ""
    return ""


def _distribution(info: Path) -> str:
    return info.name.partition("-")[0].lower()


def _dist_infos(entry: str) -> list[Path]:
    with contextlib.suppress(OSError, ValueError):
        return [file for file in Path(entry).iterdir() if file.suffix == ".dist-info"]
    return []


def _read(file: Path) -> bytes:
    with contextlib.suppress(OSError):
        return file.read_bytes()
    return b""
