"""SHOW: the page of a check, and of all checks, from the one place where each is written."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.report.markdown import fenced, prose
from ipymod.report.model import words_of
from ipymod.report.redact import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.registry import Check, Problem, Registry

_WIDTH = 80
_HEAD = """# The checks

Each check has a code that never changes its meaning; `ipymod explain CODE` shows what stands here.
This page is written from the checks themselves by `tools/checks_page.py`."""


@dataclass(frozen=True)
class Chapter:
    """The checks of one registry, on the page of all.

    Attributes:
        about: what they are about, and how they are applied.
        registry: the checks.
        healthy: the facts that their examples are made of.
    """

    about: str
    registry: Registry
    healthy: Any


@dataclass(frozen=True)
class Page:
    """An explanation: shows itself as Markdown or as text, whatever the front end takes."""

    markdown: str

    def __str__(self) -> str:
        return as_text(self.markdown)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/markdown": self.markdown}


def explain(registry: Registry, code: str, facts: Any) -> Page:
    """Explain one check.

    Args:
        registry: the checks.
        code: that of the check.
        facts: healthy facts; its example is made of them.

    Raises:
        UsageError: there is no such check.
    """
    return Page("\n\n".join(_page(registry, registry[code], facts)) + "\n")


def overview(registry: Registry) -> Page:
    """List all checks, a line each."""
    lines = [f"- **{check.code}** {words_of(check)}: {check.summary}" for check in registry]
    return Page("\n".join(lines) + "\n")


def whole_page(chapters: Iterable[Chapter]) -> str:
    """Write `docs/checks.md`."""
    parts = [_HEAD]
    for chapter in chapters:
        parts.append(chapter.about)
        for family, checks in _families(chapter.registry):
            parts.append(f"## {family}")
            for check in checks:
                parts += _page(chapter.registry, check, chapter.healthy)
    return "\n\n".join(parts) + "\n"


def _families(registry: Registry) -> Iterable[tuple[str, list[Check]]]:
    found: dict[str, list[Check]] = {}
    for check in registry:
        found.setdefault(check.family, []).append(check)
    return found.items()


def _page(registry: Registry, check: Check, facts: Any) -> Iterator[str]:
    yield f"### {check.code}: {words_of(check)}"
    yield check.summary
    yield check.explanation
    verdict = registry.judge(check.example(facts), [check.code])
    found: list[Problem] = list(redacted(verdict.problems))
    if found:
        yield f"For example ({found[0].severity.value}):"
        yield f"> {prose(found[0].message)}"
        if found[0].fix:
            yield "What puts it right:"
            yield fenced(found[0].fix)


def as_text(markdown: str) -> str:
    """Lay Markdown out for a terminal of 80 columns."""
    blocks = markdown.strip().split("\n\n")
    return "\n\n".join("\n".join(_block(block)) for block in blocks)


def _block(block: str) -> Iterator[str]:
    if block.startswith("```"):
        yield from (f"    {line}" for line in block.splitlines()[1:-1])
        return
    for line in block.splitlines() if block.startswith("- ") else [" ".join(block.split())]:
        plain = re.sub(r"\\([\\`*_\[\]|~$])", r"\1", re.sub(r"^#+ |^> |\*\*", "", line))
        indent = "  " if line.startswith("> ") else ""
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#64;", "@"), ("&amp;", "&")):
            plain = plain.replace(entity, character)
        yield from textwrap.wrap(plain, _WIDTH, initial_indent=indent, subsequent_indent=indent)
