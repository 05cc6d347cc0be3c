"""The tour as somebody takes it: in JupyterLab, one cell after the other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from browser.lab import PICTURES, Notebook
from environments import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

    from browser.lab import Lab

TOUR = REPOSITORY / "notebooks" / "1-tour.ipynb"
NAMES = [cell["id"] for cell in json.loads(TOUR.read_text("utf-8"))["cells"]]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def copied(file: Path, folder: Path) -> Path:
    shutil.copy(file, folder)
    return folder / file.name


@pytest.fixture(scope="module")
def tour(chromium: Browser, lab: Lab) -> Iterator[Notebook]:
    """The tour, taken to its end."""
    # a tour that was interrupted has left it here
    command = [lab.python, "-m", "pip", "uninstall", "-qq", "--yes", "cowsay"]
    subprocess.run(command, check=True)
    page = chromium.new_page(viewport={"width": 1100, "height": 1400})
    book = Notebook(page, lab, copied(TOUR, lab.root))
    for _ in NAMES:
        book.execute("notebook:run-cell-and-select-next")  # Shift+Enter
        book.wait()
    yield book
    book.close()


@pytest.fixture
def shown(tour: Notebook) -> Callable[[str], str]:
    """The text that a cell shows, by the cell's id."""
    return lambda name: tour.text(NAMES.index(name))


def draw(book: Notebook, theme: str, cells: Iterable[int]) -> None:
    """Keep a picture of each of these cells, for a person to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    book.theme(theme)
    for number in cells:
        name = f"tour-{number:02}-{NAMES[number]}-{theme.lower()}.png"
        cell_of(book, number).screenshot(path=PICTURES / name)


def cell_of(book: Notebook, number: int) -> Locator:
    """A cell in the page."""
    return book.page.locator(".jp-Notebook .jp-Cell").nth(number)


def rows(book: Notebook, name: str) -> dict[str, str]:
    """Where each command goes, as the table in a cell shows it."""
    lines = cell_of(book, NAMES.index(name)).locator("table").first.locator("tr")
    _, *told = [line.split("\t") for line in lines.all_inner_texts()]
    return {command: goes for command, goes, *_ in told}


def test_no_cell_shows_an_error(tour: Notebook) -> None:
    kinds = [{each["output_type"] for each in tour.outputs(n)} for n in range(len(NAMES))]
    assert [name for name, its in zip(NAMES, kinds, strict=True) if "error" in its] == []


def test_each_cell_can_be_looked_at(tour: Notebook) -> None:
    draw(tour, "Dark", [NAMES.index("report"), NAMES.index("report-again")])
    draw(tour, "Light", [number for number in range(len(NAMES)) if tour.outputs(number)])
    assert len(list(PICTURES.glob("tour-*-light.png"))) > 20


def test_the_report_shows_the_way_to_the_second_environment(
    tour: Notebook, shown: Callable[[str], str]
) -> None:
    report = shown("report")
    assert re.match(r"\d problems: pip installs elsewhere, python runs elsewhere", report)
    assert re.search(r"pip is \S+second\S+ and installs into \S+second ", report)
    assert rows(tour, "report")["pip"] == "elsewhere"


def test_the_report_comes_with_a_picture_that_is_drawn(tour: Notebook) -> None:
    pictures = tour.page.locator(".jp-OutputArea-output img")
    assert pictures.count() == 2
    assert pictures.evaluate_all("all => all.every(each => each.naturalWidth > 100)")
    assert "second" in str(pictures.first.get_attribute("alt"))


def test_the_report_is_ok_after_the_repair(tour: Notebook, shown: Callable[[str], str]) -> None:
    assert shown("report-again").startswith("OK: pip")
    assert set(rows(tour, "report-again").values()) == {"this kernel"}


def test_the_package_is_seen_elsewhere_then_here(shown: Callable[[str], str]) -> None:
    assert re.search(r"also in \S+second: cowsay", shown("where"))
    assert "Here I am." in shown("import-works")
