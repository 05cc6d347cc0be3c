"""FACE: `ipymod lint`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.commands.choices import add_choices, add_environments, check_selection, linter_of, walks
from ipymod.commands.parser import Parser
from ipymod.console import colours, remark, say, width
from ipymod.errors import UsageError
from ipymod.formats import FORMS, show
from ipymod.formats.linted import Linted

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from ipymod.lint.found import Found
    from ipymod.lint.linting import Linter

_TIDY = 200  # notebooks


def main(words: Sequence[str]) -> int:
    """Answer `ipymod lint`."""
    asked = parser().parse_args(words)
    check_selection(asked)
    found, paths = _found(asked)
    linted = _linted(found, paths, is_text=asked.format == "text")
    say(show(asked.format, linted, colour=colours(), width=width()))
    return int(any(each.severity.value != "info" for each in found))


def _found(asked: Namespace) -> tuple[list[Found], list[str]]:
    """Lint all notebooks."""
    import gc

    from ipymod.progress import Progress

    gc.disable()  # in a notebook's tree there are no circles; those of the rules are few
    gc.freeze()
    found: list[Found] = []
    paths: list[str] = []
    for settings, walk in walks(asked):
        linter, below = linter_of(asked, settings), list(walk)
        _require_target(linter)
        for told in walk.remarks:
            remark(told)
        with Progress(len(below), "notebooks") as bar:
            for number, path in enumerate(below):
                bar.step(path)
                found += linter.lint(path)
                if number % _TIDY == 0:
                    gc.collect()
        paths += below
    return found, paths


def _require_target(linter: Linter) -> None:
    """Refuse to call imports clean that are compared with nothing."""
    families = {check.family for check in linter.checks}
    if families == {"imports"} and not linter.target:
        raise UsageError(
            "imports alone are selected, and nothing to compare them with:"
            " name it by --kernel NAME, --python PATH or --target PLACE"
        )


def _linted(found: Sequence[Found], paths: Sequence[str], *, is_text: bool) -> Linted:
    if is_text:  # which needs no more, and the rest takes time to load
        return Linted(tuple(found), tuple(paths), os.getcwd())
    from ipymod import __version__
    from ipymod.lint.rules import REGISTRY

    return Linted(
        tuple(found),
        tuple(paths),
        os.getcwd(),
        tuple(REGISTRY),
        __version__,
        timestamp=_now(),
        line_of=_line_in_file,
    )


def _line_in_file(found: Found) -> int:
    from ipymod.notebooks.places import line_in_file

    return found.line if found.cell is None else line_in_file(found.path, found.cell, found.line)


def _now() -> str:
    import time

    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "lint",
        "Tell what in notebooks will surprise whoever runs them elsewhere. Nothing is started,"
        " nothing is written. A line that ends on `# noqa: NB101`, or a cell with the tag"
        " noqa:NB101, is left out.",
        (
            "ipymod lint",
            "ipymod lint notebooks/ --ignore NB301",
            "ipymod lint lesson.ipynb --target jupyterlite",
            "ipymod lint --kernel python3        the imports that this kernel lacks",
            "ipymod lint --format sarif > lint.sarif",
        ),
    )
    add_choices(options)
    add_environments(options)
    options.add_argument(
        "--format", choices=FORMS, default="text", help="what it is written as (default: text)"
    )
    return options
