"""SHOW: what must not leave this machine: passwords always; names of people where it is shared."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

GONE = "***"

_SENSITIVE = (
    r"(?:token|passw(?:or)?d|passphrase|secret|credentials?|api[_-]?key|access[_-]?key|pwd)"
)
_NAMED_SECRET = re.compile(rf"(?:^|[\W_]){_SENSITIVE}(?:$|[\W_])", re.IGNORECASE)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s&;,'"]+)"""

_URLS = re.compile(r"""://[^\s'"`<>]+""")
_ASSIGNED = re.compile(
    rf"((?<![A-Za-z])[\w-]{{0,40}}{_SENSITIVE}[\w-]{{0,40}}['\"]?\s*[=:]\s*){_VALUE}", re.IGNORECASE
)
_OPTION = re.compile(rf"(--?[\w-]{{0,40}}{_SENSITIVE}\s+){_VALUE}", re.IGNORECASE)
_QUERY = re.compile(r"([?&](?:sig|signature|auth|key|code)=)[^\s&'\"]+", re.IGNORECASE)
_HEADER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_KNOWN_SHAPES = re.compile(
    r"\b(?:gh[opsru]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|pypi-AgEI[\w-]+|hf_\w{16,}"
    r"|xox[abps]-[\w-]{8,}|AKIA[0-9A-Z]{16}|sk-(?=[\w-]*\d)[\w-]{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"
)

# /home/ada, /Users/ada, C:\Users\ada, as text or as Python and JSON write it.
_SOMEBODYS_HOME = re.compile(r"((?<![\w.])/(?:home|Users|export/home)/)([^\\/\s:;'\"<>|]+)")
_SOMEBODYS_PROFILE = re.compile(  # the name may hold blanks, if more of the path follows
    r"([A-Za-z]:[\\/]{1,2}Users[\\/]{1,2})([^\\/\n:;'\"<>|]+(?=[\\/])|[^\\/\s:;'\"<>|]+)"
)
_OF_ALL = frozenset({"root", "localhost", "user", "shared", "public", "all users", "default"})


# Words of ours, which mean something to the program; they tell nothing of anybody.
_OURS = frozenset({"state", "certainty", "code", "form", "kind", "fault", "system", "machine"})


def redact(text: str) -> str:
    """Take passwords and tokens out of a text: those in URLs, assignments, options and headers."""
    text = _URLS.sub(_without_password, text)
    text = _ASSIGNED.sub(rf"\1{GONE}", text)
    text = _OPTION.sub(rf"\1{GONE}", text)
    text = _QUERY.sub(rf"\1{GONE}", text)
    text = _HEADER.sub(rf"\1 {GONE}", text)
    return _KNOWN_SHAPES.sub(GONE, text)


def _without_password(match: re.Match[str]) -> str:
    """Take out what stands between :// and the host; several URLs may hang together."""
    return "://".join(map(_after_the_at, match[0].split("://")))


def _after_the_at(address: str) -> str:
    """A password may hold @, and by mistake even /, so the last @ counts."""
    name, _, host = address.partition("/")[0].rpartition("@")
    if name:
        return f"{GONE}@{host}{address[len(name) + 1 + len(host) :]}"
    if ":" in address.partition("/")[0] and "@" in address:
        return f"{GONE}@{address.rpartition('@')[2]}"
    return address


def redacted(thing: Any, change: Callable[[str], str] = redact) -> Any:
    """Do it to all texts in facts, in a report, in what is about to become JSON.

    What stands under a name that speaks of a secret is gone whatever it looks like.
    """
    if isinstance(thing, str):
        return change(thing)
    if isinstance(thing, tuple | list):
        return type(thing)(redacted(each, change) for each in thing)
    if isinstance(thing, dict):
        names = {name: change(name) for name in thing}
        return {names[name]: each for name, each in _parts(thing, change).items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        parts = {part.name: getattr(thing, part.name) for part in fields(thing)}
        return replace(thing, **_parts(parts, change))
    return thing


def _parts(parts: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    named = any(_is_secret(parts.get(name)) for name in ("name", "key"))
    told = {}
    for name, part in parts.items():
        hidden = _is_secret(name) or (named and name in {"value", "text"})
        if name in _OURS:
            told[name] = part
        else:
            told[name] = (
                GONE if hidden and part and isinstance(part, str) else redacted(part, change)
            )
    return told


def _is_secret(name: object) -> bool:
    return isinstance(name, str) and bool(_NAMED_SECRET.search(name))


@dataclass(frozen=True)
class Person:
    """Whose machine it is: what a text that is shared must not tell.

    Attributes:
        homes: home folders.
        users: names of users.
        hosts: names of the machine, with and without its domain.
    """

    homes: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, home: str, variables: Mapping[str, str], host: str) -> Person:
        """Gather the names from what a process sees of itself."""
        users = [variables.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")]
        users += [variables.get("JUPYTERHUB_USER", ""), re.split(r"[\\/]", home.rstrip("\\/"))[-1]]
        hosts = [variables.get(name, "") for name in ("HOSTNAME", "COMPUTERNAME", "HOST")]
        hosts += [host, host.partition(".")[0]]
        return cls(_worth_hiding([home.rstrip("\\/")]), _worth_hiding(users), _worth_hiding(hosts))

    def anonymous(self, text: str) -> str:
        """Take the names out of a text, and its secrets."""
        text = redact(text)
        for home in self.homes:
            text = _words([home]).sub("~", text)
        text = _SOMEBODYS_HOME.sub(r"\1USER", text)
        text = _SOMEBODYS_PROFILE.sub(r"\1USER", text)
        text = _words(self.users).sub("USER", text)
        return _words(self.hosts).sub("HOST", text)


def _worth_hiding(names: Iterable[str]) -> tuple[str, ...]:
    kept = {name for name in names if name and name.lower() not in _OF_ALL}
    return tuple(sorted(kept, key=lambda name: (-len(name), name)))


def _words(names: Iterable[str]) -> re.Pattern[str]:
    """Find the names where they stand alone; without names, nothing."""
    either = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])" if either else r"(?!)", re.IGNORECASE)
