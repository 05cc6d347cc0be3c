"""GATHER: what an import statement asked for, told from the exception that it raised.

`import google.cloud.storage` fails with the name `google`: the line of the traceback knows more.
"""

from __future__ import annotations

import linecache
import os
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.survey import known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_PART = pattern(r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")
_FROM = pattern(r"(?:^|[;:])\s*from\s+([\w.]+)\s+import\s+\(?([^#;)]*)")
_IMPORT = pattern(r"(?:^|[;:])\s*import\s+([\w., ]+)")
# How pandas, and what took it over, name what is not there; the name may be a distribution's.
_OPTIONAL = pattern(r"Missing optional dependency '([\w.]+)'|`Import ([\w.]+)` failed")
_MACHINERY = ("<frozen importlib", f"{os.sep}importlib{os.sep}__init__.py")


@dataclass(frozen=True)
class Wanted:
    """What an import did not find.

    Attributes:
        name: as the exception names it; for `from jwt import encode` it is `jwt.encode`.
        longer: the same as the statement names it, the longest first; none where it is no longer.
        file: the file that the statement stands in; of a cell it exists in no directory.
        partial: whether the module is being imported at this moment, further up.
    """

    name: str
    longer: tuple[str, ...] = ()
    file: str = ""
    partial: bool = False


def wanted_by(error: ImportError) -> Wanted | None:
    """What an import did not find; None if no statement of Python's own machinery failed.

    An exception that somebody raised by hand says what it wants to say itself, unless it tells of
    a failed import that it names. A relative import asks for nothing that could be installed.
    """
    name, text = _name(error), str(error)
    if not name:
        return _told_of(error, text)
    file, line = _origin(error.__traceback__)
    if re.search(r"\bfrom\s+\.", line):
        return None
    if not text.startswith("No module named "):
        return Wanted(name, file=file, partial="partially initialized module" in text)
    named = dict.fromkeys(each for each in _named(line) if each.startswith(f"{name}."))
    return Wanted(name, tuple(named), file)


def _told_of(error: ImportError, text: str) -> Wanted | None:
    """The failed import behind an exception that was raised by hand, where its text names that.

    `import_optional_dependency` of pandas is the most frequent: to read a spreadsheet it needs
    openpyxl, and tells so `from` the exception of the import, or `from None`, which hides it.
    """
    reason = error.__cause__ or error.__context__
    if isinstance(reason, ModuleNotFoundError) and _name(reason):
        wanted = wanted_by(reason)
        return wanted if wanted and _names(text, wanted.name) else None
    optional = _OPTIONAL.search(text)
    file, _ = _origin(error.__traceback__)
    return Wanted(optional[1] or optional[2], file=file) if optional else None


def _names(text: str, module: str) -> bool:
    """Whether a text names a module, or a distribution that brings it."""
    words = (module.partition(".")[0], *known.distributions_of(module))
    return any(re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


def _name(error: ImportError) -> str:
    text = str(error)
    if isinstance(error, ModuleNotFoundError):
        name = error.name or ""
        return name if name and text.startswith(f"No module named {name!r}") else ""
    part = _PART.match(text)
    return f"{part[2]}.{part[1]}" if part and part[2] == error.name else ""


def _origin(traceback: TracebackType | None) -> tuple[str, str]:
    """The file of the statement, and its line."""
    file, line = "", ""
    while traceback:
        here = traceback.tb_frame.f_code.co_filename
        if not here.startswith(_MACHINERY[0]) and not here.endswith(_MACHINERY[1]):
            file, line = here, linecache.getline(here, traceback.tb_lineno)
        traceback = traceback.tb_next
    return file, line


def _named(line: str) -> Iterator[str]:
    """The dotted names in a statement; of `from a import b` first `a.b`, then `a`."""
    for base, parts in _FROM.findall(line):
        yield from (f"{base}.{part.split()[0]}" for part in parts.split(",") if part.strip(" \n\\"))
        yield base
    for names in _IMPORT.findall(line):
        yield from (name.split()[0] for name in names.split(",") if name.strip())
