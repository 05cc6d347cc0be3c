"""SHOW: what must not leave this machine: passwords always; names of people where it is shared."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GONE = "***"

_SENSITIVE = (
    r"(?:token|passw(?:or)?d|passphrase|secret|credential|pwd|(?<=[_-])(?:pass|auth|key)"
    r"|(?:api|access|account|private)[_-]?key)s?"
)
_NAMED_SECRET = pattern(rf"(?:^|[\W_]){_SENSITIVE}(?:$|[\W_])", re.IGNORECASE)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s&;,'"]+)"""

_URLS = pattern(r"""://[^\s'"`<>]+""")
_WITHOUT_SCHEME = pattern(r"""(?<![^\s'"`<>=/])[\w.%+-]+:[^\s'"`<>:@/\\]+@(?=[\w.-])""")
_PORT = pattern(r"[^@/]*:\d{2,5}(?:/|$)")
# `tokenizers==0.19` is a requirement: a name of a secret ends there, and one `=` follows.
_ASSIGNED = pattern(
    rf"((?<![A-Za-z])[\w-]{{0,40}}{_SENSITIVE}(?:[_-][\w-]{{0,40}})?['\"]?\s*(?:=(?!=)|:)\s*)"
    rf"{_VALUE}",
    re.IGNORECASE,
)
_OPTION = pattern(rf"(--?[\w.-]{{0,40}}{_SENSITIVE}\s+){_VALUE}", re.IGNORECASE)
_QUERY = pattern(r"([?&](?:sig|signature|auth|key|code)=)[^\s&'\"]+", re.IGNORECASE)
_HEADER = pattern(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_KNOWN_SHAPES = pattern(
    r"\b(?:gh[opsru]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|pypi-AgEI[\w-]+|hf_\w{16,}"
    r"|xox[abps]-[\w-]{8,}|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{30,}|npm_\w{30,}|dckr_pat_[\w-]{16,}"
    r"|sk-(?=[\w-]*\d)[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"
)

# Words of ours, which mean something to the program; they tell nothing of anybody.
_OURS = frozenset({"state", "certainty", "code", "form", "kind", "fault", "system", "machine"})
# Of the variables that a kernel sets, those that hold places and numbers; any other may be secret.
_HARMLESS = pattern(
    r"\w*(?:PATH|PREFIX|HOME|ROOT|DIRS?|ENV|THREADS|DEVICES|EXE)|PYTHON\w*|UV_PYTHON|LANG|LC_\w+|TZ",
    re.IGNORECASE,
)
_REFERENCE = pattern(r"\$\w+|[^$]*\$\{\w+\}[^$]*")


@lru_cache(maxsize=4096)
def redact(text: str) -> str:
    """Take passwords and tokens out of a text: those in URLs, assignments, options and headers."""
    text = _URLS.sub(_without_password, text)
    text = _WITHOUT_SCHEME.sub(f"{GONE}@", text)
    text = _ASSIGNED.sub(rf"\1{GONE}", text)
    text = _OPTION.sub(rf"\1{GONE}", text)
    text = _QUERY.sub(rf"\1{GONE}", text)
    text = _HEADER.sub(rf"\1 {GONE}", text)
    return _KNOWN_SHAPES.sub(GONE, text)


def _without_password(match: re.Match[str]) -> str:
    """Take out what stands between :// and the host; several URLs may hang together."""
    return "://".join(map(_after_the_at, match[0].split("://")))


def _after_the_at(address: str) -> str:
    """A password may hold @, and by mistake even /, so the last @ counts; but not behind a host."""
    first, _, rest = address.partition("/")
    name, _, host = first.rpartition("@")
    slashed = "@" in rest and ":" in first and not _PORT.match(address)
    if slashed and not (name and "." in host):
        return f"{GONE}@{address.rpartition('@')[2]}"
    return f"{GONE}@{host}{address[len(first) :]}" if name else address


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
        elif hidden and part and isinstance(part, str):
            told[name] = GONE
        elif name == "env" and isinstance(part, dict):
            told[name] = redacted(_harmless(part), change)
        else:
            told[name] = redacted(part, change)
    return told


def _harmless(variables: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text if _HARMLESS.fullmatch(name) or _REFERENCE.fullmatch(text) else GONE
        for name, text in variables.items()
    }


def _is_secret(name: object) -> bool:
    return isinstance(name, str) and bool(_NAMED_SECRET.search(name))
