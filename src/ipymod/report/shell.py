"""SHOW: what puts a fault right, for a terminal: there is no cell to paste it into."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.facts import Kernel
    from ipymod.registry import Verdict

_MODULE = pattern(r"%(?:pymod +|(?=pip\b))")  # `%pymod NAME` and `%pip`
_MAGIC = pattern(r"^(?:%(?=cd\b)|!)")
_PYTHON = pattern(r"import os(?:, sys)?; (?=os\.environ)")
_UNSET = pattern(r'os\.environ\.pop\("(\w+)", None\)')
_SET = pattern(r'os\.environ\["(\w+)"\] = "([\w./-]*)"')
_SET_TO_PREFIX = pattern(r'os\.environ\["(\w+)"\] = sys\.prefix')


def for_terminal(verdict: Verdict, kernel: Kernel) -> Verdict:
    """Turn each fix that is made for a cell into one for a terminal; others stay."""
    problems = (replace(each, fix=fix(each.fix, kernel)) for each in verdict.problems)
    return replace(verdict, problems=tuple(problems))


def fix(text: str, kernel: Kernel) -> str:
    """What to type in a terminal in place of lines for a cell of this kernel."""
    return "\n".join(_line(line, kernel) for line in text.split("\n"))


def _line(line: str, kernel: Kernel) -> str:
    if _MODULE.match(line):
        return f"{shlex.quote(kernel.executable)} -m {_MODULE.sub('', line, count=1)}"
    if _PYTHON.match(line) and kernel.system != "Windows":
        statements = _PYTHON.sub("", line, count=1).split("; ")
        return " && ".join(_statement(each, kernel) for each in statements)
    return _MAGIC.sub("", line, count=1)


def _statement(text: str, kernel: Kernel) -> str:
    prefix = shlex.quote(kernel.prefix)
    text = _UNSET.sub(r"unset \1", text)
    text = _SET.sub(r"export \1=\2", text)
    return _SET_TO_PREFIX.sub(lambda match: f"export {match[1]}={prefix}", text)
