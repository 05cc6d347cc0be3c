"""TAB after `%pymod`: our options, then the names of modules; after `%whichpip` the checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

# `%pymod`, `%%pymod`, and `r = %pymod`.
_LINE = re.compile(r"(?:.*=)?\s*%%?pymod\s")
_WHICHPIP = re.compile(r"(?:.*=)?\s*%whichpip\s")
_WORD = re.compile(r"""(?:"[^"]*"?|'[^']*'?|[^\s"'])+""")
_NUMBERED = frozenset({"--jobs", "--tail", "--wait", "--kill"})  # no module's name follows


def add(shell: InteractiveShell) -> None:
    """Answer TAB behind our magics."""
    matchers, matcher = _place(shell)
    if matcher not in matchers:
        matchers.append(matcher)


def remove(shell: InteractiveShell) -> None:
    """Answer no more."""
    matchers, matcher = _place(shell)
    if matcher in matchers:
        matchers.remove(matcher)


def _place(shell: InteractiveShell) -> tuple[list[Any], Any]:
    """Give the list that is asked before Jedi, and what belongs into it.

    `set_hook` would be the same in all versions, but a hook's answer is mixed with Jedi's, which
    takes seconds to learn that our line is no Python.
    """
    try:
        from IPython.core.completer import context_matcher
    except ImportError:  # before IPython 8.6
        return shell.Completer.magic_arg_matchers, _match_line
    matcher = context_matcher(identifier="ipymod", priority=1000)(_match)
    return shell.Completer.custom_matchers, matcher


def _match(context: Any) -> dict[str, Any]:
    """Answer IPython 8.6 and later; where we have an answer, nobody else is asked."""
    from IPython.core.completer import SimpleCompletion

    last, found = _answer(context.text_until_cursor)
    completions = [SimpleCompletion(text, type=_kind(text)) for text in found]
    return {"completions": completions, "matched_fragment": last, "suppress": bool(found)}


def _match_line(_: str) -> list[str]:
    """Answer the versions before."""
    from IPython import get_ipython

    return _answer(get_ipython().Completer.text_until_cursor)[1]


def _kind(text: str) -> str:
    if text.startswith("-"):
        return "option"
    return "check" if text.startswith("WP") else "module"


def _answer(line: str) -> tuple[str, list[str]]:
    """Give the word at the end of a line, and what it may become."""
    before = _LINE.match(line)
    if before is None:
        return _answer_about_checks(line)
    *words, last = _words(line[before.end() :])
    return last, _candidates(words, last)


def _answer_about_checks(line: str) -> tuple[str, list[str]]:
    """Do the same behind `%whichpip`: families, codes once they are begun, options."""
    before = _WHICHPIP.match(line)
    if before is None:
        return "", []
    from ipymod.whichpip import candidates

    *words, last = _words(line[before.end() :])
    if words[-1:] in (["--ready"], ["--save"]):
        return "", []  # a file, which IPython completes by itself
    return last, candidates(last)


def _words(text: str) -> list[str]:
    """Split at blanks outside quotes; the last word, at which the cursor is, may be empty."""
    words = _WORD.findall(text)
    return words if text[-1:].strip() else [*words, ""]


def _candidates(words: list[str], last: str) -> list[str]:
    """Give what may follow the words behind `%pymod`; values and all behind NAME are not ours."""
    from ipymod.modules import names
    from ipymod.run.options import OPTIONS, takes_value

    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word in _NUMBERED:
            return []
        if takes_value(word) and next(rest, None) is None:
            return []
    if last.startswith("-"):
        return [option.flag for option in OPTIONS if option.flag.startswith(last)]
    return names(last)
