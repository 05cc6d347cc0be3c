"""FACE: `ipymod binder`; the form of `--json` stands in `ipymod.binder.show`."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import remark, say
from ipymod.errors import UsageError
from ipymod.legible import legible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.binder.show import Page


def main(words: Sequence[str]) -> int:
    """Answer `ipymod binder`."""
    asked = parser().parse_args(words)
    if not os.path.isdir(asked.path):
        what = "is a file" if os.path.exists(asked.path) else "is not there"
        raise UsageError(f"{asked.path} {what}; give the folder of a repository")
    from ipymod.registry import Severity

    page = _page(asked.path)
    say(page.as_json() if asked.json else page.text())
    for told in () if asked.json else _passed_over(page):
        remark(legible(told))
    return int(any(problem.severity is not Severity.INFO for problem in page.problems))


def _passed_over(page: Page) -> list[str]:
    return [*page.remarks, *(f"{path}: {reason}" for path, reason in page.repository.unread)]


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "binder",
        "Tell what Binder would make of a repository, without Docker, and what would go wrong.",
        ("ipymod binder", "ipymod binder ../course", "ipymod binder --json | jq .problems"),
    )
    options.add_argument(
        "path", metavar="PATH", nargs="?", default=".", help="its folder; default: this one"
    )
    options.add_argument("--json", action="store_true", help="give it as JSON")
    return options


def _page(path: str) -> Page:
    from ipymod.binder.checks import REGISTRY
    from ipymod.binder.gather import gather
    from ipymod.binder.show import WIDTH, Page
    from ipymod.notebooks.find import find

    walk = find([path])
    repository = gather(path, _shown(list(walk)))
    is_seen = sys.stdout is not None and sys.stdout.isatty()
    return Page(
        repository,
        REGISTRY.judge(repository).problems,
        walk.remarks,
        colour=is_seen and not os.environ.get("NO_COLOR"),
        width=min(shutil.get_terminal_size().columns, WIDTH) if is_seen else WIDTH,
    )


def _shown(paths: Sequence[str]) -> Iterator[str]:
    """The same, with a bar where that takes longer than a second."""
    from ipymod.progress import Progress

    with Progress(len(paths), "notebooks") as bar:
        for path in paths:
            yield path
            bar.step(path)
