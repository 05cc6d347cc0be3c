"""JUDGE: `a && pip install b`, taken apart into lines of their own."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.shell import safe_form
from ipymod.shell.parser import parse

if TYPE_CHECKING:
    from typing import Literal

    from ipymod.lint.facts import Line
    from ipymod.shell import ShellCommand

# What these do is lost at the end of their line; what is expanded, IPython expands line by line.
_ONLY_FOR_THIS_SHELL = frozenset(
    {"cd", "pushd", "popd", "export", "source", ".", "set", "unset", "alias", "eval", "conda"}
)
_READ_TWICE = frozenset("${}#\\\n")


def taken_apart(line: Line, to: Literal["pip", "pymod"]) -> tuple[Edit, ...]:
    """Give each command a line of its own; a later fix then makes a magic of those with pip.

    None where no pip would be mended, or where a command prepares the shell for the next one.
    That the next one runs though the first has failed makes it an unsafe fix.
    """
    text, source, start = line.shell.text, line.cell.source, line.shell.escape.start
    indent = source[source.rfind("\n", 0, start) + 1 : start]
    if line.shell.kind != "line" or indent.strip() or _READ_TWICE.intersection(text):
        return ()
    commands = parse(text, is_line_of_ipython=True) or ()
    parts = [text[each.start : each.end] for each in commands]
    if not all(map(_stands_alone, commands)) or not any(safe_form(p, to=to) for p in parts):
        return ()
    return tuple(
        Edit(line.shell.at(one.end), line.shell.at(two.start), f"\n{indent}!")
        for one, two in pairwise(commands)
    )


def _stands_alone(command: ShellCommand) -> bool:
    is_joined = {command.before, command.after} <= {"", "&&"}
    name = command.words[0].text if command.words else "."
    return is_joined and not command.nesting and name not in _ONLY_FOR_THIS_SHELL
