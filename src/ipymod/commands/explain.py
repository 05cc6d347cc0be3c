"""FACE: `ipymod explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipymod.commands.parser import Parser
from ipymod.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.registry import Registry
    from ipymod.report.explain import Page


def main(words: Sequence[str]) -> int:
    """Answer `ipymod explain`."""
    asked = parser().parse_args(words)
    say(explained(asked.code))
    return 0


def explained(code: str) -> Page:
    """Explain a check of any registry, or list them all.

    Raises:
        UsageError: there is no such check.
    """
    from ipymod.report.explain import Page, explain, overview

    if not code:
        return Page("".join(overview(registry).markdown for registry, _ in registries()))
    for registry, healthy in registries():
        if any(check.code == code.upper() for check in registry):
            return explain(registry, code, healthy)
    return explain(*_nearest(code))


def registries() -> Iterator[tuple[Registry, Any]]:
    """Give all registries, and the healthy facts of each."""
    from ipymod.binder import checks as of_binder
    from ipymod.checks import REGISTRY
    from ipymod.facts.healthy import HEALTHY
    from ipymod.lint import examples, rules

    yield REGISTRY, HEALTHY
    yield rules.REGISTRY, examples.HEALTHY
    yield of_binder.REGISTRY, of_binder.HEALTHY


def _nearest(code: str) -> tuple[Registry, str, Any]:
    """The registry whose codes begin as this one does, to tell what may be meant."""
    found = list(registries())
    is_of_notebooks = code.upper().startswith("N")
    registry, healthy = found[1] if is_of_notebooks else found[0]
    return registry, code, healthy


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "explain",
        "Tell what a check means, why it matters, and what puts it right.",
        ("ipymod explain WP101", "ipymod explain NB101"),
    )
    options.add_argument("code", metavar="CODE", nargs="?", default="", help="default: list all")
    return options
