"""The built site in a real browser: a plain server of files, and no other host."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from browser.lab import CHROMIUM, FLAGS, IS_IDLE, PANEL, Notebook, free_port
from environments import REPOSITORY, environment
from pyodide_notebooks import TOOL, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is absent"),
]

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PAGE_SECONDS = 300  # the first start of Pyodide compiles 10 MB, and reads its folder file by file
NAMES = ["1-tour", "2-python-m", "4-reading-whichpip"]
CELLS = f"""() => {PANEL}.content.widgets.map(cell => [
    cell.model.id, cell.model.type, cell.model.outputs?.toJSON() ?? []])"""


class Book(Notebook):
    """A notebook of the site in a page."""

    def __init__(self, browser: Browser, site: str, name: str) -> None:
        self.page = browser.new_page(viewport={"width": 1100, "height": 1400})
        self.page.set_default_timeout(PAGE_SECONDS * 1000)
        self.others: list[str] = []
        self.page.context.on("request", lambda request: self._note(request.url, site))
        self.page.goto(f"{site}/lab/index.html?path={name}.ipynb")
        self.page.wait_for_function(IS_IDLE)

    def _note(self, url: str, site: str) -> None:
        if url.startswith("http") and not url.startswith(site):
            self.others.append(url)

    def taken(self) -> dict[str, list[dict[str, Any]]]:
        """The outputs of each cell of code, by the cell's id."""
        told = self.page.evaluate(CELLS)
        return {name: outputs for name, kind, outputs in told if kind == "code"}

    def text(self, cell: int) -> str:
        """What a cell gave as text: a page draws those alone that are in sight."""
        told = self.outputs(cell)
        parts = [each.get("text") or each.get("data", {}).get("text/plain", "") for each in told]
        return "".join(part if isinstance(part, str) else "".join(part) for part in parts)

    def show(self, cell: int) -> None:
        """Scroll to a cell, which is drawn then."""
        self.page.evaluate(f"cell => {PANEL}.content.scrollToItem(cell, 'start')", cell)
        self.page.wait_for_timeout(500)

    def place(self, cell: str) -> int:
        """The number of a cell."""
        return [name for name, *_ in self.page.evaluate(CELLS)].index(cell)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, built now and served by Python's own server."""
    if CHROMIUM is None:
        pytest.skip("chromium is not on PATH")
    folder = tmp_path_factory.mktemp("lite") / "site"
    command = [environment("lite"), str(TOOL), "--with", str(parts()), "--to", str(folder)]
    subprocess.run(command, check=True, cwd=REPOSITORY, timeout=300)
    port = free_port()
    serve = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory"]
    server = subprocess.Popen([*serve, str(folder), str(port)], stderr=subprocess.DEVNULL)
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        server.kill()
        server.wait()


def _answering(address: str) -> str:
    end = monotonic() + 30
    while monotonic() < end:
        with suppress(OSError):
            urlopen(address).close()  # noqa: S310  our server
            return address
        sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that finds no host but this machine."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, ALONE])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def taken(browser: Browser, site: str) -> Iterator[Callable[[str], Book]]:
    """A tutorial, taken to its end."""
    books: dict[str, Book] = {}

    def book(name: str) -> Book:
        if not (REPOSITORY / "notebooks" / f"{name}.ipynb").exists():
            pytest.skip(f"{name} is not written yet")
        if name not in books:
            books[name] = Book(browser, site, name)
            books[name].run()
        return books[name]

    yield book
    for each in books.values():
        each.page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_tutorial_runs_to_its_end_without_an_error_and_without_another_host(
    taken: Callable[[str], Book], name: str
) -> None:
    book = taken(name)
    outputs = book.taken()
    wrong = {
        cell: each["evalue"]
        for cell, its in outputs.items()
        for each in its
        if each["output_type"] == "error"
    }
    assert wrong == {}
    assert sum(map(bool, outputs.values())) > len(outputs) // 3
    assert book.others == []
    book.picture(f"lite-{name}-end")


def test_the_report_says_that_this_is_a_page(taken: Callable[[str], Book]) -> None:
    book = taken("4-reading-whichpip")
    report = book.place("report")
    assert "in Pyodide, inside a page of the browser" in book.text(report)
    assert "JupyterLite, a page of your browser" in book.text(report)
    book.show(report)
    book.picture("lite-report")


def test_a_wheel_of_the_site_is_installed_and_ready(taken: Callable[[str], Book]) -> None:
    book = taken("1-tour")
    install = book.place("kernel-install")
    assert re.search(r"cowsay 6[\d.]+ is ready, no restart needed", book.text(install))
    assert "Here I am." in book.text(book.place("import-works"))
    book.show(install)
    book.picture("lite-install")
