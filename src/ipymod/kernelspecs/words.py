"""DATA: the last words of a kernel that gave no answer, fit to be shown."""

from __future__ import annotations

from ipymod.patterns import pattern

_MOST = 6  # lines
_WIDEST = 200  # characters: the first of a line that says more
# CSI, OSC and the two-letter escape sequences of ECMA-48; what is left of a torn one stays.
_ESCAPES = pattern(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
)


def last_words(text: str) -> tuple[str, ...]:
    """The last lines that say anything, without colours and control characters."""
    lines = (_plain(line.rstrip("\r").rpartition("\r")[2]) for line in text.split("\n"))
    return tuple(line for line in lines if line)[-_MOST:]


def _plain(line: str) -> str:
    shown = _ESCAPES.sub("", line).expandtabs(4)
    return "".join(filter(str.isprintable, shown)).rstrip()[:_WIDEST]
