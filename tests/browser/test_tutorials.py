"""Every tutorial as somebody takes it: opened in JupyterLab, and run from top to bottom.

The tour has its own tests. Pictures of each cell that shows something are kept in
build/screenshots, for a person to look at; not in CI, where nobody does.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from browser.lab import PICTURES, Notebook
from tutorials.books import FOLDER, NUMBERED, read, tagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from browser.lab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@dataclass
class Taken:
    """A tutorial that was run to its end."""

    name: str
    book: Notebook

    @property
    def ids(self) -> list[str]:
        return [cell["id"] for cell in read(FOLDER / self.name)["cells"]]

    def draw(self, cell: str, number: int) -> None:
        """Keep a picture of a cell."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        file = PICTURES / f"{self.name.removesuffix('.ipynb')}-{number:02}-{cell}.png"
        self.book.page.locator(".jp-Notebook .jp-Cell").nth(number).screenshot(path=file)

    def errors(self) -> list[str]:
        """The cells that show an error."""
        return [
            cell
            for number, cell in enumerate(self.ids)
            if any(each["output_type"] == "error" for each in self.book.outputs(number))
        ]


@pytest.fixture(scope="module", params=NUMBERED[1:])
def taken(request: pytest.FixtureRequest, chromium: Browser, lab: Lab) -> Iterator[Taken]:
    """A tutorial, as it is kept, after Run All."""
    shutil.copy(FOLDER / request.param, lab.root)
    page = chromium.new_page(viewport={"width": 1100, "height": 1400})
    page.set_default_timeout(240_000)
    book = Notebook(page, lab, lab.root / request.param)
    page.set_default_timeout(240_000)
    book.run()
    yield Taken(request.param, book)
    book.close()


def test_no_cell_shows_an_error_and_each_can_be_looked_at(taken: Taken) -> None:
    assert taken.errors() == []
    shows = [n for n in range(len(taken.ids)) if taken.book.outputs(n)]
    for number in shows if not os.environ.get("CI") else ():
        taken.draw(taken.ids[number], number)


def test_a_self_check_waits_for_the_exercise(taken: Taken) -> None:
    checks = [cell["id"] for cell in tagged(read(FOLDER / taken.name), "self-check")]
    told = [taken.book.text(taken.ids.index(check)) for check in checks]
    assert [text for text in told if not text.startswith("Not yet:")] == []


def test_a_hidden_answer_opens(taken: Taken) -> None:
    answers = taken.book.page.locator(".jp-MarkdownOutput details")
    for number in range(len(tagged(read(FOLDER / taken.name), "answer"))):
        answer = answers.nth(number)
        assert not answer.locator("pre").is_visible()
        answer.locator("summary").click()
        assert answer.locator("pre").is_visible()
