"""The site of `make docs`: nothing is missing on it, and it needs nothing but its own files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import docs_links
import pytest
from docs_pages import moved, of_checks, of_manuals, of_texts
from docs_tutorials import pages

from browser.lab import CHROMIUM, FLAGS
from environments import REPOSITORY
from ipymod.commands import COMMANDS
from ipymod.commands.explain import chapters, explained
from ipymod.run.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

CODES = [check.code for chapter in chapters() for check in chapter.registry]
TITLE = ["# A title\n", "\n", "**Goal:** you know `a.b`. More follows."]
NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": TITLE}],
    "metadata": {"language_info": {"name": "python"}},
}


def test_each_check_has_a_page_by_its_code_that_holds_its_explanation() -> None:
    written = of_checks()
    for code in CODES:
        _, told = explained(code).markdown.split("\n", 1)
        assert written[f"checks/{code}.md"].startswith(f"# {code}: ")
        assert told in written[f"checks/{code}.md"]


def test_the_index_of_checks_lists_each_of_them_by_code_and_by_name() -> None:
    by_code, by_name = of_checks()["checks/index.md"].split("## By name")
    for code in CODES:
        assert f"[{code}]({code}.md)" in by_code
        assert f"[{code}]({code}.md)" in by_name


def test_each_command_and_each_option_of_pymod_has_its_manual() -> None:
    written = of_manuals()
    assert {f"manuals/ipymod-{name}.md" for name in COMMANDS} <= set(written)
    for name in COMMANDS:
        assert f"usage: ipymod {name}" in written[f"manuals/ipymod-{name}.md"]
    for option in OPTIONS:
        assert option.flag in written["manuals/pymod.md"]


def test_the_start_page_is_the_readme_with_links_that_lead_to_pages() -> None:
    page = of_texts()["readme.inc"]
    assert page.startswith("# ipymod\n")
    assert "(checks/index.md)" in page
    assert "docs/checks.md)" not in page


def test_a_link_to_what_the_site_lacks_names_both() -> None:
    with pytest.raises(LookupError, match=r"README\.md links to tests/x\.py"):
        moved("See [it](tests/x.py).", "README.md", "index.md")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a](2-python-m.ipynb#exercise)", "[a](2-python-m.ipynb#exercise)"),
        ("[a](../docs/checks.md)", "[a](../checks/index.md)"),
        ("[a](https://ipython.org/x)", "[a](https://ipython.org/x)"),
        ("```\n[a](nowhere)\n```", "```\n[a](nowhere)\n```"),
    ],
)
def test_links_of_a_notebook_lead_to_where_it_stands_on_the_site(text: str, shown: str) -> None:
    assert moved(text, "notebooks/1-tour.ipynb", "tutorials/1-tour.ipynb") == shown


def test_a_badge_becomes_its_words_since_another_host_would_send_it() -> None:
    badge = "[![Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/x)"
    assert moved(badge, "README.md", "index.md") == "[Binder](https://mybinder.org/v2/x)"


def test_the_list_of_tutorials_tells_the_goal_of_each_in_a_sentence(tmp_path: Path) -> None:
    books = [tmp_path / "1-tour.ipynb", tmp_path / "reference.ipynb"]
    for book in books:
        book.write_text(json.dumps(NOTEBOOK))
    listed = pages(books, tmp_path / "lite")["tutorials/index.md"]
    assert "1. [A title](1-tour.ipynb): you know `a.b`.\n" in listed
    assert "* [A title](reference.ipynb): you know `a.b`.\n" in listed


def test_a_tutorial_can_be_tried_in_the_browser_if_jupyterlite_was_built(tmp_path: Path) -> None:
    books = [tmp_path / "1-tour.ipynb", tmp_path / "3-pip-as-a-module.ipynb"]
    for book in books:
        book.write_text(json.dumps(NOTEBOOK))
    lite = tmp_path / "lite"
    assert "lite" not in pages(books, lite)["tutorials/1-tour.ipynb"]
    (lite / "lab").mkdir(parents=True)
    (lite / "lab" / "index.html").touch()
    found = pages(books, lite)
    assert "../lite/lab/index.html?path=1-tour.ipynb" in found["tutorials/1-tour.ipynb"]
    assert "lite" not in found["tutorials/3-pip-as-a-module.ipynb"]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="b.html#here">', ""),
        ('<a href="b.html#top">', ""),
        ('<a href="b%2Ehtml?x=1">', ""),
        ('<a href="https://ipython.org/a#b">', ""),
        ('<a href="gone.html">', "there is no such file"),
        ('<a href="">', ""),
        ('<a href=".">', "there is no such file"),
        ('<a href="b.html#gone">', "there is no such anchor"),
        ('<img src="gone.png">', "there is no such file"),
        ('<img src="https://mybinder.org/a.svg">', "the page asks another host for it"),
        ('<script src="//cdn.example.org/a.js">', "the page asks another host for it"),
        ('<a href="https://one two.org/">', "this is no address"),
        ('<a href="https://nowhere/">', "this is no address"),
        ('<a href="htps://ipython.org">', "no such kind of address"),
    ],
)
def test_a_link_that_leads_nowhere_is_told(tmp_path: Path, html: str, fault: str) -> None:
    (tmp_path / "a.html").write_text(html)
    (tmp_path / "b.html").write_text('<p id="here">')
    assert [told.rpartition(": ")[2] for told in docs_links.faults(tmp_path)] == [fault] * bool(
        fault
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it where nothing was built before; it checks its links.

    Tutorials that the tests have executed are taken as they are.
    """
    build = tmp_path_factory.mktemp("build")
    if (REPOSITORY / "build" / "tutorials").is_dir():
        shutil.copytree(REPOSITORY / "build" / "tutorials", build / "tutorials")
    done = subprocess.run(
        ["make", "docs", f"BUILD={build}"],  # noqa: S607  whichever make is here
        cwd=REPOSITORY,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return build / "site"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_notebook_is_a_page_with_outputs_and_an_answer_that_is_hidden(site: Path) -> None:
    for notebook in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        page = (site / "tutorials" / f"{notebook.stem}.html").read_text("utf-8")
        assert page.count('class="cell_output') > 3, notebook.name
        assert page.count("<summary>Show the answer") == page.count("tag_exercise"), notebook.name


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_search_index_knows_each_check_by_its_code(site: Path) -> None:
    index = (site / "searchindex.js").read_text("utf-8")
    titles = set(re.findall(r'"([A-Z]+\d+): ', index))
    assert set(CODES) <= titles


@pytest.fixture
def shown(site: Path) -> Iterator[Page]:
    """A page of a browser that takes down in `asked` which hosts it would have to ask."""
    if CHROMIUM is None:
        pytest.skip("chromium is not on PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="dark")
        page.goto((site / "index.html").as_uri())
        yield page
        browser.close()


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_no_page_asks_another_host_or_is_wider_than_a_phone(shown: Page, site: Path) -> None:
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    places = [*sorted(site.glob("*.html")), *sorted(site.glob("tutorials/*.html"))]
    for place in [*places, site / "checks" / "WP101.html", site / "manuals" / "pymod.html"]:
        shown.goto(place.as_uri())
        shown.wait_for_load_state("networkidle")
        width = shown.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, place.name
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_a_search_for_a_code_finds_its_page_without_a_server(shown: Page, site: Path) -> None:
    shown.goto((site / "search.html").as_uri() + "?q=WP101")
    first = shown.locator("#search-results li a").first
    assert first.get_attribute("href") == "checks/WP101.html"


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_a_report_stands_on_the_pages_own_ground_and_an_answer_opens(
    shown: Page, site: Path
) -> None:
    shown.goto((site / "tutorials" / "1-tour.html").as_uri())
    ground = "node => getComputedStyle(node.parentElement).backgroundColor"
    theme = "document.documentElement.dataset.theme"
    assert shown.evaluate(theme) == "dark"  # as the system of the reader has it
    assert shown.locator(".ipymod-report").first.evaluate(ground) == "rgba(0, 0, 0, 0)"
    answer = shown.locator("details", has_text="Show the answer").first
    assert not answer.locator(".highlight").first.is_visible()
    answer.locator("summary").click()
    assert answer.locator(".highlight").first.is_visible()
