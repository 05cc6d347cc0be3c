"""FACE: `ipymod fix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.commands.choices import add_choices, check_selection, linter_of, walks
from ipymod.commands.parser import Parser
from ipymod.console import remark, say
from ipymod.errors import IpymodError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from ipymod.lint.fixing import Fixed, Fixer, Kernelspec


def main(words: Sequence[str]) -> int:
    """Answer `ipymod fix`."""
    asked = parser().parse_args(words)
    check_selection(asked)
    tally = _Tally(asked)
    for path, fixer in _notebooks(asked):
        tally.take(path, fixer)
    say(tally.told())
    return int(tally.failed or bool(asked.diff and tally.changed))


class _Tally:
    """Mends one notebook after the other, and counts."""

    def __init__(self, asked: Namespace) -> None:
        self.diff: bool = asked.diff
        self.seen = self.changed = self.fixes = 0
        self.failed = False

    def take(self, path: str, fixer: Fixer) -> None:
        """Mend one; a fault of one takes nothing from the others."""
        self.seen += 1
        try:
            fixed = _fixed(path, fixer)
            if fixed.after != fixed.before:
                self._show(fixed)
        except IpymodError as error:
            self.failed = True
            remark(f"{path}: left as it is: {str(error).removeprefix(f'{path}: ')}")

    def _show(self, fixed: Fixed) -> None:
        if self.diff:
            from ipymod.lint.diff import diff

            say(diff(fixed), end="")
        else:
            from ipymod.notebooks.write import write

            write(fixed.path, fixed.before, fixed.after)
            say(f"{fixed.path}: {_count(fixed.fixes, 'fix')}")
        self.changed += 1
        self.fixes += fixed.fixes

    def told(self) -> str:
        """Give the sum of it."""
        if not self.changed:
            what = "nothing was mended" if self.failed else "nothing to mend"
            return f"{_count(self.seen, 'notebook')}: {what}"
        would = "would be " if self.diff else ""
        fixes, changed = _count(self.fixes, "fix"), _count(self.changed, "notebook")
        return f"{fixes} {would}made in {changed} of {self.seen}; ipymod lint shows what is left"


def _count(number: int, what: str) -> str:
    ending = "" if number == 1 else "es" if what.endswith("x") else "s"
    return f"{number} {what}{ending}"


def _fixed(path: str, fixer: Fixer) -> Fixed:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise IpymodError(f"it cannot be read: {error.strerror}") from error
    fixed = fixer.fix(path, data)
    if fixed.unreadable:
        raise IpymodError(fixed.unreadable.reason)
    return fixed


def _notebooks(asked: Namespace) -> Iterator[tuple[str, Fixer]]:
    from ipymod.lint.fixing import Fixer
    from ipymod.progress import Progress

    spec = _kernelspec(asked.kernelspec) if asked.kernelspec else None
    for settings, walk in walks(asked):
        fixer = Fixer(linter_of(asked, settings), asked.unsafe_fixes, spec)
        paths = list(walk)
        for told in walk.remarks:
            remark(told)
        with Progress(len(paths), "notebooks") as bar:
            for path in paths:
                bar.step(path)
                yield path, fixer


def _kernelspec(name: str) -> Kernelspec:
    """The kernel that notebooks are to name, under the name that it shows here."""
    from ipymod.launchers import Surroundings
    from ipymod.lint.fixing import Kernelspec
    from ipymod.survey import this_kernel
    from ipymod.survey.kernels import gather_kernelspecs

    here = Surroundings.now()
    specs = gather_kernelspecs(this_kernel(here), here)
    spec = specs.named(name) if specs else None
    if not spec and name != "python3":
        known = ", ".join(each.name for each in specs.specs if each.listed) if specs else ""
        remark(f"there is no kernel {name} on this machine; known here: {known or 'none'}")
    usual = "Python 3 (ipykernel)" if name == "python3" else name
    return Kernelspec(name, (spec.display_name if spec else "") or usual)


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "fix",
        "Mend in notebooks what is provably the same, and nothing else: `!pip install x` becomes"
        " `%pip install x`. Only the strings that change are written anew, each file at once.",
        (
            "ipymod fix --diff                    what would change, cell by cell",
            "ipymod fix notebooks/",
            "ipymod fix --kernelspec python3      the kernel that every machine has",
            "ipymod fix --unsafe-fixes --select NB201,NB202",
        ),
    )
    add_choices(options)
    add = options.add_argument
    add("--diff", action="store_true", help="show what would change, and write nothing")
    add("--unsafe-fixes", action="store_true", help="also what may change what a cell does")
    add("--to", choices=("pip", "pymod"), help="write %%pip (default), or %%pymod pip")
    add("--kernelspec", metavar="NAME", help="let notebooks in Python name this kernel")
    return options
