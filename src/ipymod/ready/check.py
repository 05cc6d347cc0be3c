"""DATA: what a course needs: the check that an instructor sends, and its JSON.

A check comes by mail or chat, and what it says ends up in commands that a student pastes. So each
word of it is held against a pattern before it is believed.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.errors import UsageError
from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.ready.line import course_id, distribution_name

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

FORMAT = 1
KEY = "ipymod-ready"
NO_CHECK = "not the check that an instructor sends, a file such as course-ready.py"

_NAME = pattern(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")
_MODULE = pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SPECIFIER = pattern(r"(?:(?:~=|===?|!=|<=?|>=?)[A-Za-z0-9.*+!_-]+(?:,(?!$)|$))*")
_PYTHON = pattern(r"[A-Za-z0-9.*+!_,<>=~^| -]*")
_EXTRAS = pattern(r"(?:\[[A-Za-z0-9._, -]*\])?")
_ADDRESS = pattern(r"(?:(?:git\+)?(?:https|ssh)://[\w.@:/%#&=+~?-]+)?", 256)  # ASCII
_MARKER = pattern(r"[A-Za-z0-9._ ()<>=!~'\",+*-]*")
_INSTALL = pattern(r"[^\s\"'`$;|&^{}-][^\n\r\t\"'`$;|&^{}]*")
_MOST = 500  # letters of a text, and needs, files and places of a check


@dataclass(frozen=True)
class Need:
    """One thing that is imported, or declared.

    Attributes:
        distribution: what is installed, as PEP 503 compares it; empty if nobody knows.
        specifier: the versions that will do: `>=2,<3`; empty if any will.
        modules: what is imported of it; none if it is only declared.
        places: the notebooks that do so, or the file that declares it.
        optional: whether all of them go on without.
        others: distributions that bring the same modules.
        extras: `[excel]`, or empty.
        address: what it is installed from instead of an index: `git+https://...`; else empty.
        marker: where it is needed: `sys_platform == "win32"`; empty for everywhere.
    """

    distribution: str = ""
    specifier: str = ""
    modules: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    optional: bool = False
    others: tuple[str, ...] = ()
    extras: str = ""
    address: str = ""
    marker: str = ""

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.distribution or self.modules[0]

    @property
    def requirement(self) -> str:
        """What an installer is told; empty if nobody knows."""
        if self.address:
            return f"{self.distribution}{self.extras} @ {self.address}"
        return f"{self.distribution}{self.extras}{self.specifier}" if self.distribution else ""


@dataclass(frozen=True)
class Check:
    """What a course needs.

    Attributes:
        name: of the course, as its instructor calls it.
        needs: in the order of their titles.
        python: the versions of Python that will do: `>=3.10`; empty if any will.
        files: what its notebooks read, from its root, with `/`.
        notebooks: from its root, with `/`.
        install: what brings ipymod.
        made_by: the version of ipymod that made it.
        told: the id that stands in its file; empty for one that was just made.
    """

    name: str
    needs: tuple[Need, ...] = ()
    python: str = ""
    files: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    install: str = "ipymod"
    made_by: str = ""
    told: str = ""

    @cached_property
    def own_id(self) -> str:
        """The id that follows from what it asks for; who made it and how is no part of that."""
        import hashlib

        asked = {**_plain(self), "install": "", "ipymod": "", "course": ""}
        text = json.dumps(asked, sort_keys=True)
        return course_id(self.name, hashlib.sha256(text.encode()).hexdigest())

    @property
    def id(self) -> str:
        """The id that lines tell: that of its file, which the file itself tells as well."""
        return self.told or self.own_id

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed the file by hand."""
        return self.id != self.own_id


def dumps(check: Check) -> str:
    """Write it, in ASCII, an item of the needs a line."""
    told = _plain(check) | {"course": check.own_id}
    lists = {"needs", "files", "notebooks"}
    lines = [
        f" {json.dumps(key)}: {_listed(value) if key in lists else json.dumps(value)}"
        for key, value in told.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}"


def _listed(items: list[Any]) -> str:
    inner = ",\n".join(f"  {json.dumps(each)}" for each in items)
    return f"[\n{inner}\n ]" if items else "[]"


def _plain(check: Check) -> dict[str, Any]:
    return {
        KEY: FORMAT,
        "ipymod": check.made_by,
        "course": "",
        "name": check.name,
        "install": check.install,
        "python": check.python,
        "needs": [_filled(need) for need in check.needs],
        "files": list(check.files),
        "notebooks": list(check.notebooks),
    }


def _filled(need: Need) -> dict[str, Any]:
    fields = {name: getattr(need, name) for name in _OF_NEEDS}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items() if v}


def loads(text: str, path: str) -> Check:
    """Read it.

    Args:
        text: the JSON.
        path: of its file, for what is said of it.

    Raises:
        UsageError: it is no check, or one of a newer format.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = (
            f" (line {error.lineno} of its data)" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise UsageError(f"{path} is damaged{where}; ask for it again") from error
    if not isinstance(told, dict) or KEY not in told:
        what = "a notebook" if isinstance(told, dict) and "cells" in told else "other JSON"
        raise UsageError(f"{path} is {what}, {NO_CHECK}")
    _refuse_newer(told, path)
    return _Reader(path).check(told)


def _refuse_newer(told: dict[str, Any], path: str) -> None:
    if told[KEY] != FORMAT:
        by = f", made by ipymod {told.get('ipymod')}" if told.get("ipymod") else ""
        raise UsageError(
            f"{path} has format {str(told[KEY])[:20]!s}{by[:40]}; this ipymod reads format "
            f"{FORMAT}: %pymod pip install --upgrade {_upgrade(told)}, or in a terminal "
            f"python -m pip install --upgrade {_upgrade(told)}"
        )


def _upgrade(told: dict[str, Any]) -> str:
    given = told.get("install")
    is_plain = isinstance(given, str) and _INSTALL.fullmatch(given)
    return f'"{given}"' if is_plain and given != "ipymod" else "ipymod"


class _Reader:
    """Takes each field, and refuses what could be no field of a check."""

    def __init__(self, path: str) -> None:
        self._path = path

    def check(self, told: dict[str, Any]) -> Check:
        needs = self._list(told, "needs", dict)
        return Check(
            name=self._text(told, "name", lambda text: text.strip()) or "the course",
            needs=tuple(self._need(each) for each in needs),
            python=self._text(told, "python", _PYTHON.fullmatch),
            files=self._texts(told, "files", _is_below),
            notebooks=self._texts(told, "notebooks", _is_below),
            install=self._text(told, "install", _INSTALL.fullmatch) or "ipymod",
            made_by=self._text(told, "ipymod", _NAME.fullmatch),
            told=self._text(told, "course", _NAME.fullmatch),
        )

    def _need(self, told: dict[str, Any]) -> Need:
        given = {
            name: self._texts(told, name, fits) if name in _LISTS else self._text(told, name, fits)
            for name, fits in _OF_NEEDS.items()
            if name != "optional"
        }
        need = Need(**given, optional=told.get("optional") is True)  # type: ignore[arg-type]  # by name
        if not need.distribution and not need.modules:
            raise self._refused("needs", told)
        return need

    def _text(self, told: dict[str, Any], key: str, fits: Callable[[str], object]) -> str:
        value = told.get(key) or ""
        if not isinstance(value, str) or len(value) > _MOST or (value and not fits(value)):
            raise self._refused(key, value)
        return value

    def _texts(
        self, told: dict[str, Any], key: str, fits: Callable[[str], object]
    ) -> tuple[str, ...]:
        return tuple(self._text({key: each}, key, fits) for each in self._list(told, key, str))

    def _list(self, told: dict[str, Any], key: str, kind: type) -> list[Any]:
        value = told.get(key) or []
        is_list = isinstance(value, list) and all(isinstance(each, kind) for each in value)
        if not is_list or len(value) > _MOST:
            raise self._refused(key, value)
        return value

    def _refused(self, key: str, value: object) -> UsageError:
        from ipymod.legible import legible

        shown = legible(json.dumps(value)[:60])
        return UsageError(f"{self._path} is damaged: {key!r} cannot be {shown}; ask for it again")


def is_need(need: Need) -> bool:
    """Whether a reader would believe it."""
    given = ((name, getattr(need, name)) for name in _OF_NEEDS if name != "optional")
    texts = ((name, v) for name, v in given for v in (v if isinstance(v, tuple) else (v,)))
    return all(not text or (len(text) <= _MOST and _OF_NEEDS[name](text)) for name, text in texts)


def is_install(text: str) -> bool:
    """Whether a text may stand for ipymod in a line for a shell."""
    return 0 < len(text) <= _MOST and _INSTALL.fullmatch(text) is not None


def is_specifier(text: str) -> bool:
    """Whether it limits versions in the way that pip reads."""
    return len(text) <= _MOST and _SPECIFIER.fullmatch(text) is not None


def _is_below(path: str) -> bool:
    """Whether a path leads to something below the root, on any system."""
    is_far = path.startswith(("/", "~")) or "\\" in path or ":" in path or "\0" in path
    return not is_far and ".." not in path.split("/")


def _is_normal(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and distribution_name(name) == name


def _like(known: re.Pattern[str]) -> Callable[[str], object]:
    def fits(text: str) -> object:  # not its method, which would be compiled right now
        return known.fullmatch(text)

    return fits


_LISTS = frozenset({"modules", "places", "others"})
_OF_NEEDS: dict[str, Callable[[str], object]] = {
    "distribution": _is_normal,
    "specifier": is_specifier,
    "modules": _like(_MODULE),
    "places": _is_below,
    "optional": bool,
    "others": _is_normal,
    "extras": _like(_EXTRAS),
    "address": _like(_ADDRESS),
    "marker": _like(_MARKER),
}
