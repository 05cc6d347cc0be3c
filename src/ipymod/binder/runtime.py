"""JUDGE: `runtime.txt`, as repo2docker reads it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.binder.facts import File

_DATE = pattern(r"\d\d\d\d-\d\d-\d\d")
_FORMS = (2, 4, 5)  # name-version, name-date, name-version-date
_WITH_VERSION = (2, 5)


@dataclass(frozen=True)
class Runtime:
    """What it says.

    Attributes:
        name: `python` or `r`; anything else has no effect; empty without the file.
        version: as it is written.
        date: `2023-01-31`.
        fault: why repo2docker stops there; empty if it does not.
    """

    name: str = ""
    version: str = ""
    date: str = ""
    fault: str = ""


def read(file: File | None) -> Runtime:
    """Read the file."""
    if file is None:
        return Runtime()
    if not file.is_utf8:
        return Runtime(fault="it is no UTF-8")
    text = file.text.strip()  # a byte order mark stays, and is a part of the name
    parts = text.split("-")
    if len(parts) not in _FORMS or not all(parts):
        return Runtime(fault=f"{_told(text)} is neither NAME-VERSION nor NAME-DATE")
    version = parts[1] if len(parts) in _WITH_VERSION else ""
    date = "" if len(parts) not in _FORMS[1:] else "-".join(parts[-3:])
    return Runtime(parts[0], version, date[:10], _wrong(date))


def _told(text: str) -> str:
    return repr(text if len(text) < 40 else f"{text[:36]}...")  # noqa: PLR2004  a line of a message


def _wrong(date: str) -> str:
    """Why a date is none."""
    if not date:
        return ""
    try:
        dt.date.fromisoformat(date if _DATE.match(date) else "")
    except ValueError:
        return f"{_told(date)} is no date such as 2026-01-31"
    return ""


def release(version: str) -> tuple[int, ...] | None:
    """The numbers of a version of Python; None if repo2docker cannot read it."""
    match = re.fullmatch(r"\s*v?(\d+(?:\.\d+)*)(?:(?:a|b|rc)\d+)?\s*", version)
    return tuple(map(int, match[1].split("."))) if match else None
