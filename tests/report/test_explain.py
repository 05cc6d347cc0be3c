"""Every check has a page, and docs/checks.md is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod.checks import REGISTRY
from ipymod.errors import UsageError
from ipymod.facts.healthy import HEALTHY
from ipymod.report.explain import explain, overview, whole_page
from made_reports import squeezed

if TYPE_CHECKING:
    from ipymod.registry import Check

every_check = pytest.mark.parametrize("check", list(REGISTRY), ids=lambda check: check.code)


@every_check
def test_the_page_of_a_check_tells_what_it_means_and_what_it_says(check: Check) -> None:
    page = explain(REGISTRY, check.code, HEALTHY)
    for text in (str(page), page.markdown):
        assert check.code in text
    assert squeezed(check.summary) in squeezed(page.markdown)
    assert squeezed(check.explanation) in squeezed(page.markdown)
    assert "For example" in page.markdown


@every_check
def test_the_page_of_a_check_fits_a_terminal(check: Check) -> None:
    page = str(explain(REGISTRY, check.code, HEALTHY))
    for line in page.splitlines():
        assert len(line) <= 80 or len(line.split()) <= 2 or line.startswith("    ")
    assert "\\" not in page or "\\" in check.explanation or "C:" in page


def test_a_small_letter_names_the_same_check() -> None:
    assert explain(REGISTRY, "wp901", HEALTHY) == explain(REGISTRY, "WP901", HEALTHY)


def test_an_unknown_code_is_told_with_one_that_looks_like_it() -> None:
    with pytest.raises(UsageError, match="WP999"):
        explain(REGISTRY, "WP999", HEALTHY)


def test_the_overview_lists_all_checks() -> None:
    told = overview(REGISTRY)
    for check in REGISTRY:
        assert f"**{check.code}**" in told.markdown
        assert check.code in str(told)
        assert check.summary in told.markdown


def test_the_page_in_docs_is_what_the_checks_say() -> None:
    written = (REPOSITORY / "docs" / "checks.md").read_text("utf-8")
    assert written == whole_page(REGISTRY, HEALTHY), "run python tools/checks_page.py"
