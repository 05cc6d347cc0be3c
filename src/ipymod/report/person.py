"""SHOW: who and where, which a text that is shared must not tell."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.report.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_USERS = ("USER", "LOGNAME", "USERNAME", "SUDO_USER", "JUPYTERHUB_USER")
_HOSTS = ("HOSTNAME", "COMPUTERNAME", "HOST", "USERDOMAIN")
_HOMES = ("HOME", "USERPROFILE")

# /home/ada, /Users/ada, C:\\Users\\ada, as text or as Python and JSON write it.
_SOMEBODYS_HOME = pattern(r"(/(?:home|[Uu]sers)/)([^\\/\s:;'\"<>|]+)")
_SOMEBODYS_PROFILE = pattern(  # the name may hold blanks, if more of the path follows
    r"([A-Za-z]:[\\/]{1,2}Users[\\/]{1,2})([^\\/\n:;'\"<>|]+(?=[\\/])|[^\\/\s:;'\"<>|]+)"
)
_OF_ALL = frozenset({"root", "localhost", "user", "shared", "public", "all users", "default"})
_KINDS = ("venv", "virtualenv", "uv", "conda", "debian", "pyenv", "base")
_FEW = 2  # parts of the shortest path that tells anything of anybody: /home/ada


@dataclass(frozen=True)
class Person:
    """Whose machine it is.

    Attributes:
        homes: home folders.
        users: names of users.
        hosts: names of the machine, with and without its domain.
    """

    homes: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, homes: Iterable[str], variables: Mapping[str, str], host: str) -> Person:
        """Gather the names from what a process sees of itself.

        Args:
            homes: home folders, beside those that the variables name.
            variables: the environment variables.
            host: the name of the machine.
        """
        places = [each.rstrip("\\/") for each in (*homes, *_values(_HOMES, variables))]
        telling = [each for each in places if each == "/root" or len(_parts(each)) >= _FEW]
        users = [*_values(_USERS, variables), *(_parts(each)[-1] for each in telling)]
        hosts = [*_values(_HOSTS, variables), host]
        hosts += [each.partition(".")[0] for each in hosts]
        telling += [quote(each) for each in telling]
        return cls(_worth_hiding(telling), _worth_hiding(users), _worth_hiding(hosts))

    def anonymous(self, text: str) -> str:
        """Take the names out of a text, and its secrets."""
        text = self._home.sub("~", redact(text))
        text = _SOMEBODYS_HOME.sub(r"\1USER", text)
        text = _SOMEBODYS_PROFILE.sub(r"\1USER", text)
        text = self._name.sub(self._kind, text)
        return self._address.sub(self._kind, text)

    @cached_property
    def _home(self) -> re.Pattern[str]:
        return _any_of(self.homes, "(?![^\\W_]|-|\\.\\w)")

    @cached_property
    def _name(self) -> re.Pattern[str]:
        names = {*self.users, *self.hosts}
        return _any_of([name for name in names if name.lower() not in _our_words()], "(?![^\\W_])")

    @cached_property
    def _address(self) -> re.Pattern[str]:
        """A name that is also a word of ours, where it can only be a name: `will@host`."""
        names = {*self.users, *self.hosts}
        return _any_of([name for name in names if name.lower() in _our_words()], "(?=@)")

    def _kind(self, match: re.Match[str]) -> str:
        return "USER" if match[0].lower() in {user.lower() for user in self.users} else "HOST"


def _values(names: Iterable[str], variables: Mapping[str, str]) -> list[str]:
    return [variables.get(name, "") for name in names]


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"[\\/]", path) if part]


def _worth_hiding(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name and name.lower() not in _OF_ALL}))


def _any_of(names: Iterable[str], end: str) -> re.Pattern[str]:
    """Find the names where they stand alone, the longest first; without names, nothing."""
    either = "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
    return re.compile(rf"(?<![^\W_])(?:{either}){end}" if either else r"(?!)", re.IGNORECASE)


@cache
def _our_words() -> frozenset[str]:
    """The words that reports are written with: a user may be called `will`, or `a`."""
    from ipymod.checks import REGISTRY
    from ipymod.report.model import NAMES

    texts = [
        f"{check.name.replace('_', ' ')} {check.family} {check.summary} {check.explanation}"
        for check in REGISTRY
    ]
    return frozenset(re.findall(r"[^\W_]+", " ".join([*texts, *NAMES, *_KINDS]).lower()))
