"""FACE: `ipymod explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipymod.registry import Check
    from ipymod.report.explain import Chapter, Page

_OF_KERNELS = """# A kernel and its machine

`%whichpip CODE` applies one of these checks alone, `%whichpip FAMILY` a family of them."""
_OF_NOTEBOOKS = """# Notebooks

`ipymod lint` applies these; `--select` and `--ignore` take codes, beginnings of codes and
families. `# noqa: CODE` at the end of a line, or the tag `noqa:CODE` of a cell, silences them."""
_OF_BINDER = """# A repository on Binder

`ipymod binder` applies these to the files that repo2docker would read."""


def main(words: Sequence[str]) -> int:
    """Answer `ipymod explain`."""
    asked = parser().parse_args(words)
    say(whole(asked.code) if asked.full else explained(asked.code))
    return 0


def whole(code: str) -> Page:
    """Give the pages of all checks that a word means: a code, its beginning, a family, or all.

    Raises:
        UsageError: there is no such check.
    """
    from ipymod.report.explain import Page, explain

    pages = [
        explain(chapter.registry, check.code, chapter.healthy).markdown
        for chapter in chapters()
        for check in chapter.registry
        if _is_meant(check, code)
    ]
    return Page("\n".join(pages)) if pages else explained(code)


def _is_meant(check: Check, word: str) -> bool:
    return check.code.startswith(word.upper()) or check.family == word.lower()


def explained(code: str) -> Page:
    """Explain a check of any registry; list those of a family or a beginning, or all of them.

    Raises:
        UsageError: there is no such check.
    """
    from ipymod.report.explain import Page, explain, overview

    found = chapters()
    if not code:
        return Page("".join(overview(chapter.registry).markdown for chapter in found))
    for chapter in found:
        if any(check.code == code.upper() for check in chapter.registry):
            return explain(chapter.registry, code, chapter.healthy)
    some = "".join(_listed(found, code))
    if some:
        return Page(some)
    nearest = found[1 if code.upper().startswith("N") else 0]
    return explain(nearest.registry, code, nearest.healthy)  # which tells that there is none


def _listed(found: Iterable[Chapter], word: str) -> Iterator[str]:
    """A line for each check whose code begins so, and for those of a family."""
    from ipymod.report.explain import overview

    for chapter in found:
        lines = overview(chapter.registry).markdown.splitlines(keepends=True)
        for check, line in zip(chapter.registry, lines, strict=True):
            if _is_meant(check, word):
                yield line


def chapters() -> tuple[Chapter, ...]:
    """Give all registries, as the page of all checks has them."""
    from ipymod.binder import checks as of_binder
    from ipymod.checks import REGISTRY
    from ipymod.facts.healthy import HEALTHY
    from ipymod.lint import examples, rules
    from ipymod.report.explain import Chapter

    return (
        Chapter(_OF_KERNELS, REGISTRY, HEALTHY),
        Chapter(_OF_NOTEBOOKS, rules.REGISTRY, examples.HEALTHY),
        Chapter(_OF_BINDER, of_binder.REGISTRY, of_binder.HEALTHY),
    )


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "explain",
        "Tell what a check means, why it matters, and what puts it right.",
        (
            "ipymod explain WP101",
            "ipymod explain NB101",
            "ipymod explain NB2",
            "ipymod explain --full",
        ),
    )
    options.add_argument(
        "code",
        metavar="CODE",
        nargs="?",
        default="",
        help="a code; its beginning or a family lists them (default: list all)",
    )
    options.add_argument("--full", action="store_true", help="the page of each instead of a list")
    return options
