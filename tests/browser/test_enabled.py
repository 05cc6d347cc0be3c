"""After `ipymod enable`: somebody opens JupyterLab, and types."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from browser.lab import Lab
from environments import create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from browser.lab import Notebook

    Opened = Callable[..., Notebook]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="its folders are called otherwise"),
]

GREETING = "ipymod: 2 problems: pip installs elsewhere, python runs elsewhere\n%whichpip shows them"
A_MOMENT = 500  # milliseconds; the kernel is idle then, and finds out whether to greet


@pytest.fixture(scope="module")
def lab(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab that was started where `pip` and `python` are those of another environment."""
    del chromium  # without a browser no server is started
    folder = tmp_path_factory.mktemp("enabled")
    create(sys.executable, folder / "other")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}/other/bin:/usr/bin:/bin")
        patch.setenv("IPYTHONDIR", str(folder / "ipythondir"))
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            patch.delenv(name, raising=False)
        with Lab(folder) as server:
            yield server


def ipymod(lab: Lab, *words: str) -> str:
    """Run the command as in a terminal beside JupyterLab."""
    command = [lab.python, "-m", "ipymod", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_first_cell_has_the_magics_and_the_greeting_below_it(lab: Lab, opened: Opened) -> None:
    assert os.environ["IPYTHONDIR"] in ipymod(lab, "enable", "--user")
    book = opened("%whichpip", load="%pymod pip --version")
    while GREETING not in book.text(0):  # a cell that comes too soon does not wait for it
        book.page.wait_for_timeout(A_MOMENT)
        book.show(0)
        book.execute("notebook:run-cell")
        book.wait()
    assert book.text(0).startswith("pip ")
    assert book.text(0).endswith(GREETING)
    book.pictures("enabled-greeting")
    book.run()
    book.show(0)
    book.picture("enabled-whichpip")
    assert GREETING not in book.text(0)  # once is enough
    assert "pip installs elsewhere" in book.text(1)


def test_after_disable_a_new_kernel_has_none_of_it(lab: Lab, opened: Opened) -> None:
    ipymod(lab, "disable", "--user")
    book = opened(load="%pymod pip --version")
    book.run()
    assert "%pymod` not found" in book.text(0)


def test_its_words_stand_in_the_cells_that_they_are_about(opened: Opened) -> None:
    book = opened("!pip --version", "import cv2", load="%load_ext ipymod")
    book.run()
    book.show(1)
    before, after = book.text(1).split("%pymod pip --version")
    assert before.startswith("ipymod: pip on your PATH looks at ")
    assert after.strip().startswith("pip ")
    book.pictures("word-before-a-line")
    book.show(2)
    assert book.text(2).endswith("%pymod pip install opencv-python")
    book.pictures("word-below-a-traceback")
