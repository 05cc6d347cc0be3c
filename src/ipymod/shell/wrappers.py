"""What stands before the program that a command is about: `sudo -H`, `env A=1`, `timeout 60`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.shell.model import ShellCommand, Word

_ASSIGNMENT = pattern(r"[A-Za-z_]\w*=")
_LAST_PART = pattern(r"[^/\\]*\Z")
_EXTENSION = pattern(r"\.(?:exe|bat|cmd)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class _Wrapper:
    """How a program is called that starts another.

    Attributes:
        valued: its short options that take a value; those that are long, with blanks between.
        ends: short options with which it starts nothing, or we cannot tell what.
        positionals: how many words of its own stand before the program.
    """

    valued: str = ""
    long: str = ""
    ends: str = ""
    positionals: int = 0


_WRAPPERS = {
    "sudo": _Wrapper("CDghpRrTUut", "--user --group --host --prompt --chdir", "lvKke"),
    "doas": _Wrapper("uC", "", "L"),
    "env": _Wrapper("uC", "--unset --chdir", "S"),
    "command": _Wrapper("", "", "vV"),
    "exec": _Wrapper("a"),
    "nohup": _Wrapper(),
    "setsid": _Wrapper(),
    "time": _Wrapper("fo", "--format --output"),
    "nice": _Wrapper("n", "--adjustment"),
    "ionice": _Wrapper("cnt", "--class --classdata", "pPu"),
    "stdbuf": _Wrapper("ioe", "--input --output --error"),
    "timeout": _Wrapper("ks", "--signal --kill-after", "", 1),
    "xargs": _Wrapper("aEdILnPs", "--arg-file --delimiter --max-args --max-lines --max-procs"),
}


@dataclass(frozen=True)
class Bare:
    """A command without what stands before its program.

    Attributes:
        words: from the program on; empty if there is none, or it cannot be told.
        through: the names of what stood before it.
        assignments: those of the shell and of `env`.
    """

    words: tuple[Word, ...]
    through: tuple[str, ...]
    assignments: tuple[Word, ...]


def unwrap(command: ShellCommand) -> Bare:
    """Find the program that the command is about."""
    words, through = list(command.words), []
    assignments = list(command.assignments)
    while words and (wrapper := _WRAPPERS.get(name_of(words[0]))):
        through.append(name_of(words.pop(0)))
        words = _without_options(words, wrapper)
        if through[-1] in {"env", "sudo"}:
            while words and _ASSIGNMENT.match(words[0].source):
                assignments.append(words.pop(0))
        words = words[wrapper.positionals :]
    return Bare(tuple(words), tuple(through), tuple(assignments))


def name_of(word: Word) -> str:
    """The last part of a program's path, without `.exe`; empty where only a run could tell it."""
    found = _LAST_PART.search(word.text)
    name = _EXTENSION.sub("", found[0] if found else "")
    return "" if set(name) & set("{}$`*?~()") else name


def _without_options(words: Sequence[Word], wrapper: _Wrapper) -> list[Word]:
    rest = list(words)
    while rest and rest[0].text.startswith("-"):
        option = rest.pop(0).text
        if option == "--":
            break
        if option.startswith("--"):
            takes = option in wrapper.long.split()
        elif set(option) & set(wrapper.ends):
            return []
        else:
            takes = option[-1] in wrapper.valued and option[1:2] == option[-1]
        if takes:
            rest = rest[1:]
    return rest
