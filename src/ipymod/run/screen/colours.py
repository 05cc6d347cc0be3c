"""Colours of terminal text: the one control code that every notebook front end understands.

*Painted* text has a colour code where the style changes and leaves its last style open.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

RESET = "\x1b[0m"

_FOREGROUND, _BACKGROUND, _UNDERLINE_COLOUR = 30, 40, 50
_EXTENDED = {38: _FOREGROUND, 48: _BACKGROUND, 58: _UNDERLINE_COLOUR}
_ARGUMENTS = {"5": 1, "2": 3}  # 38;5;N and 38;2;R;G;B
# What each code sets; those that are not here, such as fonts, are known to no front end.
_SLOTS = (
    {code: code for code in range(1, 10)}
    | {6: 5, 21: 4}
    | dict.fromkeys([*range(30, 38), *range(90, 98)], _FOREGROUND)
    | dict.fromkeys([*range(40, 48), *range(100, 108)], _BACKGROUND)
)
_OFF = {22: (1, 2), 39: (_FOREGROUND,), 49: (_BACKGROUND,)} | {
    code: (code - 20,) for code in (23, 24, 25, 27, 28, 29)
}


@lru_cache(maxsize=4096)
def restyle(style: str, codes: str) -> str:
    """Apply the parameters of one SGR sequence; a style is itself such parameters, in order."""
    slots: dict[int, str] = {}
    numbers = iter([code[:3] for code in re.split("[;:]+", f"{style};{codes}")])
    for text in numbers:
        code = int(text or 0)
        if code in _EXTENDED:
            kind = next(numbers, "")
            rest = [next(numbers, "0") or "0" for _ in range(_ARGUMENTS.get(kind, 0))]
            slots[_EXTENDED[code]] = ";".join([text, kind, *rest]) if rest else ""
        elif code == 0:
            slots.clear()
        elif code in _OFF:
            slots.update(dict.fromkeys(_OFF[code], ""))
        elif code in _SLOTS:
            slots[_SLOTS[code]] = text
    slots.pop(_UNDERLINE_COLOUR, None)  # known to no front end
    return ";".join(slots[key] for key in sorted(slots) if slots[key])


def paint(cells: list[str], styles: list[str]) -> str:
    """Join cells, with a colour code where the style changes; the last style stays open."""
    if not any(styles):
        return "".join(cells)
    pieces, now, at = [], "", 0
    for style, run in groupby(styles):
        if style != now:
            pieces.append(f"\x1b[0;{style}m" if style and now else f"\x1b[{style or 0}m")
        end = at + len(list(run))
        pieces += cells[at:end]
        now, at = style, end
    return "".join(pieces)


def open_style(text: str) -> str:
    """Return the colour code in force at the end of painted text, or nothing."""
    at = text.rfind("\x1b[")
    return "" if at < 0 or text.startswith(RESET, at) else text[at : text.index("m", at) + 1]


def closed(text: str) -> str:
    """Reset the style at the end of painted text, if one is open."""
    return text + RESET if open_style(text) else text


def _paints_blanks(style: str) -> bool:
    """Tell whether a blank is seen in this style: underlined, inverse, struck or on a colour."""
    return bool(restyle(style[2:-1], "22;23;25;28;39"))


def trimmed(text: str) -> str:
    """Take off the blanks at the end that nobody sees; the last style stays open."""
    while True:
        bare = text if _paints_blanks(open_style(text)) else text.rstrip(" ")
        style = bare.rfind("\x1b[")
        if style >= 0 and bare.index("m", style) == len(bare) - 1:
            bare = bare[:style]
        if bare == text:
            return text
        text = bare
