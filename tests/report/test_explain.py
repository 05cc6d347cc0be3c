"""Every check has a page, and docs/checks.md is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod.checks import REGISTRY
from ipymod.cli import main
from ipymod.commands.explain import chapters
from ipymod.errors import UsageError
from ipymod.facts.healthy import HEALTHY
from ipymod.report.explain import explain, overview, whole_page
from made_reports import squeezed

if TYPE_CHECKING:
    from ipymod.registry import Check
    from ipymod.report.explain import Chapter

EVERY_CHECK = [
    pytest.param(chapter, check, id=check.code)
    for chapter in chapters()
    for check in chapter.registry
]
every_check = pytest.mark.parametrize(("chapter", "check"), EVERY_CHECK)


@every_check
def test_the_page_of_a_check_tells_what_it_means_and_what_it_says(
    chapter: Chapter, check: Check
) -> None:
    page = explain(chapter.registry, check.code, chapter.healthy)
    for text in (str(page), page.markdown):
        assert check.code in text
    assert squeezed(check.summary) in squeezed(page.markdown)
    assert squeezed(check.explanation) in squeezed(page.markdown)
    assert "For example" in page.markdown


@every_check
def test_the_page_of_a_check_fits_a_terminal(chapter: Chapter, check: Check) -> None:
    page = str(explain(chapter.registry, check.code, chapter.healthy))
    for line in page.splitlines():
        assert len(line) <= 80 or len(line.split()) <= 2 or line.startswith("    ")
    said = "".join(line for line in page.splitlines() if not line.startswith("    "))
    assert "\\" not in said or "\\" in check.explanation or "C:" in page


def test_no_two_checks_of_all_registries_have_one_code_or_one_name() -> None:
    checks = [check for chapter in chapters() for check in chapter.registry]
    assert len({check.code for check in checks}) == len(checks)
    assert len({check.name for check in checks}) == len(checks)


@pytest.mark.parametrize("code", ["WP101", "NB101", "nb501", "NB601"])
def test_the_command_explains_the_checks_of_every_registry(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", code]) == 0
    assert capsys.readouterr().out.startswith(f"{code.upper()}: ")


@pytest.mark.parametrize(("typed", "meant"), [("NB1O1", "NB101"), ("WP1111", "WP111")])
def test_the_command_tells_a_code_that_looks_like_an_unknown_one(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", typed]) == 2
    assert meant[:4] in capsys.readouterr().err


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
    assert written == whole_page(chapters()), "run python tools/checks_page.py"
