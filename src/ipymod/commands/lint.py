"""FACE: `ipymod lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import say

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str]) -> int:
    """Answer `ipymod lint`."""
    asked = parser().parse_args(words)
    from ipymod.lint.linting import Linter, chosen
    import glob, os
    linter = Linter(chosen(asked.select, asked.ignore))
    n = 0
    for p in asked.paths:
        for path in sorted(glob.glob(p + "/**/*.ipynb", recursive=True)) if os.path.isdir(p) else [p]:
            for f in linter.lint(path):
                n += 1
                say(f"{f.path} cell {f.cell} line {f.line}: {f.code} {f.message} [{f.fix}]")
    return int(n > 0)


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser("lint", "Tell what in notebooks will surprise whoever runs them elsewhere.")
    options.add_argument("paths", metavar="PATH", nargs="*", default=["."])
    options.add_argument("--select", action="append", default=[])
    options.add_argument("--ignore", action="append", default=[])
    return options
