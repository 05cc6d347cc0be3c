"""One JupyterLab and one browser for the tests of a file.

Not for the whole session: while Playwright is open, its event loop runs on this thread, and
other tests could not use `asyncio.run`.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from browser.lab import CHROMIUM, FLAGS, Lab, Look, Notebook
from browser.packages import PackageIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not on PATH")
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("playwright is not installed: pip install playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    del chromium  # without a browser no server is started
    with Lab(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageIndex]:
    with PackageIndex(tmp_path_factory.mktemp("index")) as server:
        yield server


@pytest.fixture
def opened(
    chromium: Browser, lab: Lab, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook with these cells, behind a first one that loads the extension."""
    books: list[Notebook] = []

    def notebook(*cells: str, load: str = "%load_ext ipymod") -> Notebook:
        path = lab.write(request.node.name, [load, *cells])
        page = chromium.new_page(viewport={"width": 1100, "height": 1400})
        books.append(Notebook(page, lab, path))
        return books[-1]

    yield notebook
    for book in books:
        book.close()


@pytest.fixture
def look(chromium: Browser, tmp_path: Path) -> Iterator[Look]:
    """A page to draw in what a server would have to send otherwise."""
    page = chromium.new_page(viewport={"width": 1000, "height": 700})
    yield Look(page, tmp_path)
    page.close()
