"""GATHER: what a project says about its notebooks, in its `pyproject.toml`."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from ipymod.errors import UsageError
from ipymod.frozen import dataclass, field
from ipymod.notebooks.ignored import Ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    _Read = Callable[[Any], Any]  # gives None for what cannot be meant

FILE = "pyproject.toml"
TARGETS = ("binder", "jupyterlite", "colab")
FORMS = ("pip", "pymod")
_MOST = 60  # characters of what is shown in an error
_ENVIRONMENTS = ("target", "kernel", "python")  # one of them is what imports are compared with


@dataclass(frozen=True)
class Settings:
    """What a project asks for; what it does not speak of is empty.

    Attributes:
        file: the `pyproject.toml` that says so; empty where none does.
        select: the codes to look for, or beginnings of codes; none for the usual ones.
        ignore: those to leave out.
        extend_select: those to add to the usual ones.
        exclude: lines as in a `.gitignore` that stands beside the file.
        per_file_ignores: such a line, and the codes that are left out in notebooks it fits.
        target: the place that notebooks are meant for, one of `TARGETS`.
        kernel: the name of the kernel that notebooks are meant for.
        python: the path of the interpreter that notebooks are meant for, from the root on.
        to: what `ipymod fix` writes, one of `FORMS`.
    """

    file: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: str = ""
    kernel: str = ""
    python: str = ""
    to: str = ""

    @property
    def folder(self) -> str:
        """Where the file lies; empty where there is none."""
        return os.path.dirname(self.file)

    def ignored_in(self, path: str) -> tuple[str, ...]:
        """Give the codes that are left out in a notebook."""
        real = os.path.realpath(path)
        return tuple(code for lines, codes in self._per_file if lines.cover(real) for code in codes)

    @cached_property
    def _per_file(self) -> list[tuple[Ignored, tuple[str, ...]]]:
        folder = os.path.realpath(self.folder)
        return [(Ignored(folder, line), codes) for line, codes in self.per_file_ignores.items()]


def settings_of(start: str) -> Settings:
    """Give the settings for a notebook or a folder of notebooks.

    They stand in the nearest `pyproject.toml` at or above it that speaks of ipymod.

    Raises:
        UsageError: it cannot be read or is no TOML; a key is unknown, a value cannot be meant.
    """
    folder = os.path.abspath(start)
    while True:
        file = os.path.join(folder, FILE)
        try:
            told = os.stat(file)
        except OSError:
            found = None  # a file may be what was given: nothing lies below it
        else:
            found = _read(file, told.st_mtime_ns, told.st_size)
        if found:
            return found
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return Settings()


@lru_cache(maxsize=64)
def _read(file: str, *_: int) -> Settings | None:
    """What a file that was not changed since says of ipymod; None if nothing.

    Raises:
        UsageError: it speaks of ipymod, and cannot be understood.
    """
    try:
        with open(file, "rb") as opened:
            data = opened.read()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    if b"ipymod" not in data:  # as most: they need not be parsed
        return None
    tools = _parsed(file, data).get("tool")
    told = tools.get("ipymod") if isinstance(tools, dict) else None
    return None if told is None else _settings(file, told)


def _parsed(file: str, data: bytes) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no UTF-8: {error.reason} at byte {error.start}") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is no TOML: {error}") from error


def _settings(file: str, told: Any) -> Settings:
    found: dict[str, Any] = {}
    for name, table in _of_table(file, "tool.ipymod", told, _TABLES):
        for key, value in _of_table(file, f"tool.ipymod.{name}", table, _TABLES[name]):
            read, meant = _TABLES[name][key]
            found[key.replace("-", "_")] = taken = read(value)
            if taken is None:
                at = f"{file}: {key} in [tool.ipymod.{name}]"
                raise UsageError(f"{at} is {_brief(value)}; it has to be {meant}")
    if len(told := [name for name in _ENVIRONMENTS if name in found]) > 1:
        raise UsageError(f"{file}: {' and '.join(told)} are about two environments; keep one")
    if os.path.dirname(found.get("python", "")):
        python = os.path.expanduser(found["python"])
        found["python"] = os.path.join(os.path.dirname(file), python)
    return Settings(file, **found)


def _of_table(file: str, name: str, told: Any, known: Collection[str]) -> Iterable[tuple[str, Any]]:
    """What a table holds.

    Raises:
        UsageError: it is no table, or holds what is unknown.
    """
    if not isinstance(told, dict):
        raise UsageError(f"{file}: {name} is {_brief(told)}; it has to be a table, [{name}]")
    for key in told:
        if key not in known:
            raise UsageError(f"{file}: [{name}] has {_brief(key)}; {_instead(key, known)}")
    return told.items()


def _instead(key: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    for table, keys in _TABLES.items():
        if key in keys:
            return f"its place is [tool.ipymod.{table}]"
    near = get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known there: {', '.join(known)}"


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(map(_text, value)):
        return None
    return tuple(value)


def _texts_by_text(value: object) -> dict[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        return None
    found = {key: _texts(each) for key, each in value.items()}
    whole = {key: each for key, each in found.items() if each is not None}
    return whole if len(whole) == len(found) else None


def _one_of(choices: Sequence[str]) -> tuple[_Read, str]:
    return lambda value: value if value in choices else None, " or ".join(choices)


_CODES = _texts, 'a list of texts: ["NB101", "NB2"]'
_TABLES: dict[str, dict[str, tuple[_Read, str]]] = {
    "lint": {
        "select": _CODES,
        "ignore": _CODES,
        "extend-select": _CODES,
        "exclude": (_texts, 'a list of texts: ["drafts/", "*-old.ipynb"]'),
        "per-file-ignores": (_texts_by_text, 'a table of lists: {"drafts/" = ["NB1"]}'),
        "target": _one_of(TARGETS),
        "kernel": (_text, "the name of a kernel"),
        "python": (_text, "the path of a Python"),
    },
    "fix": {"to": _one_of(FORMS)},
}
