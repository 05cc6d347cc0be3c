"""The safe form of a line, where it is provably the same for the kernel's environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipymod.patterns import pattern
from ipymod.shell.calls import calls
from ipymod.shell.parser import parse

if TYPE_CHECKING:
    from ipymod.shell.calls import Call
    from ipymod.shell.model import Word

# `%pip` has its line expanded like any magic, and its command once more, like any `!` line.
_NOT_THE_SAME_ON_EXPANDING_TWICE = ("{{", "}}", "$$", "${")
_NAMES_OF_THE_MAGIC = pattern(r"\$(?:line|python|self)\b")  # they hide those of the shell
_SUBSTITUTIONS = ("`", "$(", "<(", ">(")
_NOT_THE_SAME_WITHOUT_A_SHELL = frozenset("\\{}$~*?")


def safe_form(text: str, *, to: Literal["pip", "pymod"] = "pip") -> str | None:
    """Give the magic that does what `!text` does, in the kernel's own environment.

    Args:
        text: what follows `!`.
        to: `%pip` is IPython's own; `%pymod` starts no shell, so fewer lines are the same, and
            runs any module: `python -m black .` has a form, too.

    Returns:
        None where it is not provably the same: several commands, redirects, assignments,
        substitutions, `sudo`, a path to a pip, a pip of one version.
    """
    text = text.strip()
    found = calls(parse(text, is_line_of_ipython=True) or ())
    return form_of(found[0], text, to=to) if len(found) == 1 else None


def form_of(call: Call, text: str, *, to: Literal["pip", "pymod"] = "pip") -> str | None:
    """The same of the only call of a text that was read already."""
    if not _stands_alone(call, text):
        return None
    if text.endswith(("?", "&")) or (to == "pymod" and not _needs_no_shell(call)):
        return None
    if to == "pymod" and (start := _start_of_module(call)):
        return f"%pymod {text[start:]}"
    rest = text[_last_of_pip(call) or len(text) :]
    if not rest.strip() or (to == "pip" and not rest.startswith((" ", "\\\n"))):
        return None  # a tab is a part of the name of a magic
    return f"%{'pymod ' if to == 'pymod' else ''}pip{rest}"


def _stands_alone(call: Call, text: str) -> bool:
    command = call.command
    has_more = command.assignments or command.redirects or command.nesting or command.after
    is_nested = any(each in word.source for word in command.words for each in _SUBSTITUTIONS)
    return command.start == 0 and not (has_more or is_nested or _is_expanded_twice(text))


def _is_expanded_twice(text: str) -> bool:
    """Tell whether IPython may find something to expand when it has expanded the text already.

    It passes over `$name` between single quotes, and an expression cuts the text in which it
    counts them: in `$a '{b}'` it sees one quote the first time, and two the second time.
    """
    if any(each in text for each in _NOT_THE_SAME_ON_EXPANDING_TWICE):
        return True
    is_cut = "$" in text and "'" in text and text.count("$") + text.count("{") > 1
    return is_cut or _NAMES_OF_THE_MAGIC.search(text) is not None


def _start_of_module(call: Call) -> int | None:
    """Where the name stands of a module that Python is to run; None if it is given more."""
    first, *rest = call.command.words
    is_plain = first.source in {"python", "python3"} or call.is_this_python
    is_module = call.program == "python" and [word.source for word in rest[:1]] == ["-m"]
    return rest[1].start if is_plain and is_module and len(rest) > 1 else None


def _last_of_pip(call: Call) -> int | None:
    """Where the words end for which `%pip` stands; None if it stands for none of them."""
    first, *rest = call.command.words
    if call.program != "pip":
        return None
    if first.source in {"pip", "pip3"}:
        return first.end
    is_python = first.source in {"python", "python3"} or call.is_this_python
    if is_python and [word.source for word in rest[:2]] == ["-m", "pip"]:
        return rest[1].end
    return None


def _needs_no_shell(call: Call) -> bool:
    return all(map(_is_plain, call.command.words[1:]))


def _is_plain(word: Word) -> bool:
    source = word.source.replace("\\\n", "")
    return word.is_sure and not set(source) & _NOT_THE_SAME_WITHOUT_A_SHELL
