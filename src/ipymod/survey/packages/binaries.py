"""GATHER: which processors a compiled file was built for, by its first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.facts.packages import Binary
from ipymod.launchers import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Kernel
    from ipymod.survey.packages.distributions import Found

HEAD = 1024  # bytes: the header of a program for Windows starts within so many

_ELF = {3: "i386", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64", 183: "arm64", 243: "riscv64"}
_MACH = {7: "i386", 12: "arm", 0x01000007: "x86_64", 0x0100000C: "arm64"}
_WINDOWS = {0x014C: "i386", 0x01C4: "arm", 0x8664: "x86_64", 0xAA64: "arm64"}
_OTHER_NAMES = {
    "amd64": "x86_64",
    "aarch64": "arm64",
    "i686": "i386",
    "i586": "i386",
    "x86": "i386",
}


def machines(head: bytes) -> tuple[str, ...]:
    """The processors that a compiled file is for, sorted; empty if it is none that is known."""
    if head[:4] == b"\x7fELF" and len(head) >= 20:  # noqa: PLR2004  where its machine ends
        order = "big" if head[5] == 2 else "little"  # noqa: PLR2004  the format's own number
        return _named(_ELF, [_number(head, 18, 2, order)])
    if head[:4] in {b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"}:
        return _named(_MACH, [_number(head, 4, 4, "little")])
    if head[:4] in {b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"}:
        size = 20 if head[3] == 0xBE else 32  # noqa: PLR2004  as the format has it
        count = min(_number(head, 4, 4, "big"), 16)
        return _named(_MACH, [_number(head, 8 + size * i, 4, "big") for i in range(count)])
    if head[:2] == b"MZ":
        start = _number(head, 0x3C, 4, "little")
        if head[start : start + 4] == b"PE\0\0":
            return _named(_WINDOWS, [_number(head, start + 4, 2, "little")])
    return ()


def own_machine(kernel: Kernel) -> str:
    """The processor that the interpreter's own file is for; what the system says if it is for many.

    A Python of 32 bits runs on a machine of 64 too, and then the system's answer is wrong.
    """
    found = machines(files.head(kernel.executable, HEAD) or b"")
    told = kernel.machine.lower()
    return found[0] if len(found) == 1 else _OTHER_NAMES.get(told, told)


def wrong_binaries(found: Iterable[Found], kernel: Kernel) -> Iterator[Binary]:
    """One compiled module of each distribution whose modules are for other processors only."""
    own = own_machine(kernel)
    for each in found:
        wrong: list[tuple[str, tuple[str, ...]]] = []
        for path in each.metadata.compiled:
            built = machines(each.folder.read(path, HEAD) or b"")
            if own in built:
                break
            if built:
                wrong.append((path, built))
        else:
            if wrong and own:
                path, built = wrong[0]
                it = each.distribution
                place = f"{it.location}/{path}"
                yield Binary(it.title, it.version, place, "+".join(built), own)


def _number(head: bytes, start: int, size: int, order: str) -> int:
    return int.from_bytes(head[start : start + size], "big" if order == "big" else "little")


def _named(table: dict[int, str], numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted({table[number] for number in numbers if number in table}))
