"""TAB after `%pymod`: our options, then the names of modules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_HOOK = "complete_command"
# `%pymod`, `%%pymod`, and `r = %pymod`; IPython 7 and 9 both ask whoever matches the line so far.
_LINE = re.compile(r"(?:.*=)?\s*%%?pymod\s")


def add(shell: InteractiveShell) -> None:
    """Answer TAB behind our magics."""
    shell.set_hook(_HOOK, _complete, re_key=_LINE)


def remove(shell: InteractiveShell) -> None:
    """Answer no more."""
    shell.strdispatchers[_HOOK].regexs.pop(_LINE, None)


def _complete(_: InteractiveShell, event: Any) -> list[str]:
    before = _LINE.match(event.text_until_cursor)
    return candidates(event.text_until_cursor[before.end() :]) if before else []


def candidates(text: str) -> list[str]:
    """Give what may stand at the end of the text behind `%pymod`; behind NAME that is not ours."""
    from ipymod.modules import names
    from ipymod.run.options import OPTIONS, takes_value

    *words, last = text.split(" ")
    expected = "option or name"
    for word in filter(None, words):
        if expected == "value":
            expected = "option or name"
        elif not word.startswith("-"):
            return []
        elif takes_value(word):
            expected = "value"
    if expected == "value":
        return []
    if last.startswith("-"):
        return [option.flag for option in OPTIONS if option.flag.startswith(last)]
    return names(last)
