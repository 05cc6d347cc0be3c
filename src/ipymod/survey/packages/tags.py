"""GATHER: which wheels an interpreter supports.

Nearly all wheels that lie in an environment fit it, and that can be seen from a few rules; the
complete list, which `packaging` knows, is asked for only where these do not suffice.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from ipymod.facts.packages import Foreign
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Kernel
    from ipymod.survey.packages.distributions import Found

_MANYLINUX = pattern(r"manylinux(?:1|2010|2014|_(\d+)_(\d+))_(.+)")
_OLD_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


def foreign(found: Iterable[Found], kernel: Kernel) -> Iterator[Foreign]:
    """The distributions whose wheels the interpreter does not support."""
    surely = _Sure(kernel)
    known: dict[tuple[str, ...], bool] = {}
    for each in found:
        tags = each.distribution.tags
        if tags not in known:
            known[tags] = not tags or surely.any_fits(tags) or _fits_by_list(tags, kernel)
        if not known[tags]:
            yield Foreign(each.distribution.title, each.distribution.version, tags)


def expanded(tag: str) -> Iterator[str]:
    """The single tags in one that joins several by dots: `py2.py3-none-any`."""
    parts = tag.split("-")
    if len(parts) == 3:  # noqa: PLR2004  interpreter, ABI, platform
        for interpreter in parts[0].split("."):
            for abi in parts[1].split("."):
                yield from (f"{interpreter}-{abi}-{each}".lower() for each in parts[2].split("."))


def supported_tags(kernel: Kernel) -> frozenset[str]:
    """All tags that pip would install for the kernel, as `pip debug --verbose` lists them.

    Empty if they cannot be known: `packaging` is not here, or it is another Python than this
    one and no CPython.
    """
    try:
        from packaging import tags
    except ImportError:
        return frozenset()
    if _is_this_process(kernel):
        return frozenset(map(str, tags.sys_tags()))
    version = _short(kernel)
    if len(version) < 2 or any("pypy" in place for place in kernel.environment.site):  # noqa: PLR2004
        return frozenset()
    name = "cp{}{}".format(*version)
    abi = name + ("t" if _without_gil(kernel) else "m" if version < (3, 8) else "")
    listed = [
        *tags.cpython_tags(version, [abi]),
        *tags.compatible_tags(version, name),
    ]
    return frozenset(map(str, listed))


def _fits_by_list(tags: tuple[str, ...], kernel: Kernel) -> bool:
    """Whether the complete list has one of them; True where there is no list."""
    listed = supported_tags(kernel)
    return not listed or any(each in listed for tag in tags for each in expanded(tag))


class _Sure:
    """Rules that are true only of tags that the interpreter does support."""

    def __init__(self, kernel: Kernel) -> None:
        self._version = _short(kernel)
        self._plain = not _without_gil(kernel) and not any(
            "pypy" in place for place in kernel.environment.site
        )
        self._machine = kernel.machine if kernel.system == "Linux" else ""
        self._glibc = _glibc() if self._machine else (0, 0)

    def any_fits(self, tags: tuple[str, ...]) -> bool:
        """Whether one of them surely fits; False says nothing."""
        return any(self._fits(*each.split("-")) for tag in tags for each in expanded(tag))

    def _fits(self, interpreter: str, abi: str, platform: str) -> bool:
        known = abi == "none" if platform == "any" else self._fits_platform(platform)
        return known and self._fits_python(interpreter, abi)

    def _fits_python(self, interpreter: str, abi: str) -> bool:
        match = re.fullmatch(r"(py|cp)(\d)(\d*)", interpreter)
        if not match or not self._version or int(match[2]) != self._version[0]:
            return False
        minor = int(match[3] or 0)
        if abi == "none":
            return match[1] == "py" and minor <= self._version[1]
        if not self._plain or match[1] != "cp" or self._version < (3, 8):
            return False
        if abi == "abi3":
            return 2 <= minor <= self._version[1]  # noqa: PLR2004  the first stable ABI
        return abi == interpreter and minor == self._version[1]

    def _fits_platform(self, platform: str) -> bool:
        match = _MANYLINUX.fullmatch(platform)
        if not match or match[3] != self._machine or self._machine != "x86_64":
            return False
        needed = (
            (int(match[1]), int(match[2])) if match[1] else _OLD_GLIBC[platform.partition("_")[0]]
        )
        return (2, 5) <= needed <= self._glibc and needed[0] == self._glibc[0]


def _glibc() -> tuple[int, int]:
    """The version of the C library; (0, 0) if it is another one."""
    if sys.platform == "win32":
        return (0, 0)
    try:
        told = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, OSError, ValueError):
        return (0, 0)
    match = re.match(r"glibc (\d+)\.(\d+)", told)
    return (int(match[1]), int(match[2])) if match and sys.maxsize > 2**32 else (0, 0)


def _short(kernel: Kernel) -> tuple[int, ...]:
    match = re.match(r"(\d+)\.(\d+)", kernel.version)
    return (int(match[1]), int(match[2])) if match else ()


def _without_gil(kernel: Kernel) -> bool:
    if _is_this_process(kernel):
        return "free-threading" in sys.version
    return any(re.search(r"python\d\.\d+t\b", place) for place in kernel.environment.site)


def _is_this_process(kernel: Kernel) -> bool:
    return kernel.executable == sys.executable
