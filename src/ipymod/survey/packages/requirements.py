"""GATHER: which requirements of what is installed are not met, as `pip check` finds them."""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ipymod.facts.packages import Unmet
from ipymod.patterns import pattern
from ipymod.survey.packages.versions import fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipymod.facts import Kernel
    from ipymod.survey.packages.distributions import Found

_REQUIREMENT = pattern(
    r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:\(([^)]*)\)|([^;@(]*))\s*(?:;(.*))?",
    re.DOTALL,
)
_TOKEN = pattern(
    r"""\s*(\(|\)|and\b|or\b|not\s+in\b|in\b|~=|===?|!=|[<>]=?|'[^']*'|"[^"]*"|[a-z_.]+)"""
)
_SEPARATORS = pattern(r"[-_.]+")
_OR = pattern(r"\bor\b")
_OF_VERSIONS = {"python_version", "python_full_version", "implementation_version"}
_OF_TEXT = {
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_system",
    "platform_python_implementation",
    "implementation_name",
    "extra",
}
_OLD_NAMES = {
    "os.name": "os_name",
    "sys.platform": "sys_platform",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
    "python_implementation": "platform_python_implementation",
}


class Unusual(Exception):  # noqa: N818  it is no fault
    """A requirement that only `packaging` can judge."""


def normalized(name: str) -> str:
    """The name of a distribution as PEP 503 compares it."""
    return _SEPARATORS.sub("-", name).lower()


def of_extras_alone(requirement: str) -> bool:
    """Whether a requirement is one of an extra for sure, so that nobody need look at it."""
    if "extra ==" not in requirement and "extra==" not in requirement:
        return False
    return " or" not in requirement or not _OR.search(requirement.partition(";")[2])


def unmet(found: Mapping[str, Found], kernel: Kernel) -> Iterator[Unmet]:
    """The requirements that are not met.

    Args:
        found: what is installed, by normalized name.
        kernel: the interpreter that markers speak of.
    """
    machine = _machine(kernel)
    for each in found.values():
        by = each.distribution
        python = each.metadata.python
        if python and machine.fits(kernel.version, python) is False:
            yield Unmet("python", python, kernel.version, by.title, by.version)
        for line in by.requires:
            asked = machine.wanted(line)
            if asked:
                have = found.get(asked[0])
                version = have.distribution.version if have else ""
                if not have or machine.fits(version, asked[1]) is False:
                    yield Unmet(*asked, version, by.title, by.version)


@lru_cache(maxsize=4)
def _machine(kernel: Kernel) -> Machine:
    """The same for each survey of a kernel: its answers do not change while it runs."""
    return Machine(kernel)


class Machine:
    """What the markers of requirements ask about, and the answers that were found."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._asked: dict[str, tuple[str, str] | None] = {}
        self._held: dict[str, bool] = {}

    def wanted(self, line: str) -> tuple[str, str] | None:
        """The normalized name and the versions that a requirement asks for.

        None if it does not hold here or cannot be understood.
        """
        if line not in self._asked:
            try:
                self._asked[line] = self._read(line)
            except Unusual:
                self._asked[line] = self._by_packaging(line)
        return self._asked[line]

    def fits(self, version: str, specifier: str) -> bool | None:
        """Whether a version is one of those wanted; None if it cannot be understood."""
        answer = fits(version, specifier)
        if answer is None:
            try:
                from packaging.specifiers import SpecifierSet

                answer = SpecifierSet(specifier).contains(version, prereleases=True)
            except (ImportError, ValueError):
                return None
        return answer

    def _read(self, line: str) -> tuple[str, str] | None:
        match = _REQUIREMENT.fullmatch(line)
        if not match:
            raise Unusual(line)
        name, within, plain, marker = match.groups()
        if marker is not None:
            if marker not in self._held:
                self._held[marker] = Marker(marker, self.answers).holds()
            if not self._held[marker]:
                return None
        return normalized(name), re.sub(r"\s+", "", within or plain or "")

    def _by_packaging(self, line: str) -> tuple[str, str] | None:
        try:
            from packaging.requirements import Requirement

            asked = Requirement(line)
            if asked.marker and not asked.marker.evaluate(dict(self.answers)):
                return None
            return normalized(asked.name), str(asked.specifier)
        except (ImportError, ValueError):  # all errors of `packaging` are values that are wrong
            return None

    @cached_property
    def answers(self) -> dict[str, str]:
        """The value of each variable of markers for the kernel."""
        version = self._kernel.version
        answers = _of_this_process() if version == "{}.{}.{}".format(*sys.version_info) else {}
        windows, mac = (self._kernel.system == each for each in ("Windows", "Darwin"))
        platform = "win32" if windows else "darwin" if mac else _unix()
        pypy = any("pypy" in place for place in self._kernel.environment.site)
        return {
            "implementation_name": "pypy" if pypy else "cpython",
            "implementation_version": version,
            "os_name": "nt" if windows else "posix",
            "platform_machine": self._kernel.machine,
            "platform_python_implementation": "PyPy" if pypy else "CPython",
            "platform_system": self._kernel.system,
            "python_full_version": version,
            "python_version": ".".join(version.split(".")[:2]),
            "sys_platform": platform,
            "extra": "",
            **answers,
        }


def _unix() -> str:
    """`linux`, or another Unix if this process runs on one: facts count them all as Linux."""
    return "linux" if sys.platform in {"win32", "darwin"} else sys.platform


def _of_this_process() -> dict[str, str]:
    """What only the process itself knows about its interpreter and the system."""
    release = getattr(os, "uname", None)
    known = {"implementation_name": sys.implementation.name}
    return known | ({"platform_system": release().sysname} if release else {})


class Marker:
    """A condition such as `python_version < "3.11" and sys_platform != "win32"`."""

    def __init__(self, text: str, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self._tokens = self._split(text)
        self._next = 0

    def holds(self) -> bool:
        """Whether it is true.

        Raises:
            Unusual: only `packaging` can tell.
        """
        answer = self._any()
        if self._peek():
            raise Unusual(self._peek())
        return answer

    @staticmethod
    def _split(text: str) -> list[str]:
        tokens, position, text = [], 0, text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if not match:
                raise Unusual(text)
            tokens.append(re.sub(r"\s+", " ", match[1]) if match[1][0] == "n" else match[1])
            position = match.end()
        return tokens

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._next += 1
        return token

    def _any(self) -> bool:
        answers = [self._all()]
        while self._peek() == "or":
            self._take()
            answers.append(self._all())
        return any(answers)

    def _all(self) -> bool:
        answers = [self._one()]
        while self._peek() == "and":
            self._take()
            answers.append(self._one())
        return all(answers)

    def _one(self) -> bool:
        if self._peek() == "(":
            self._take()
            answer = self._any()
            if self._take() != ")":
                raise Unusual("an open parenthesis")
            return answer
        return self._compare(self._take(), self._take(), self._take())

    def _compare(self, variable: str, operator: str, text: str) -> bool:
        variable = _OLD_NAMES.get(variable, variable)
        if text[:1] not in {"'", '"'}:
            raise Unusual(text)
        have, want = self._answers.get(variable, ""), text[1:-1]
        if operator in {"in", "not in"} and variable in (_OF_VERSIONS | _OF_TEXT) - {"extra"}:
            return (have in want) is (operator == "in")
        if operator in {"==", "!="} and variable in _OF_TEXT:
            want = normalized(want) if variable == "extra" else want
            return (have == want) is (operator == "==")
        answer = fits(have, operator + want) if variable in _OF_VERSIONS else None
        if answer is None:
            raise Unusual(variable)
        return answer
