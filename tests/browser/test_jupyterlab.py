from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.lab import Notebook
    from browser.packages import PackageIndex

    Opened = Callable[..., Notebook]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_pip_draws_its_bar_and_the_final_text_is_right(opened: Opened, index: PackageIndex) -> None:
    book = opened(f"%pymod pip install --force-reinstall --index-url {index.url} ipymod-demo-one")
    book.start()
    book.await_text(1, "MB/s")
    book.pictures("pip-during")
    book.wait()
    book.pictures("pip-after")
    print(repr(book.text(1)))
    print(book.outputs(1))
    print(book.saved().cells[1])


TQDM = """%%pymod {} -
import sys, time
from tqdm import tqdm
print("before")
for _ in tqdm(range(20), desc="one bar"):
    time.sleep(0.1)
print("after")
"""


def test_bars(opened: Opened, index: PackageIndex, tmp_path) -> None:
    book = opened(
        TQDM.format(""),
        TQDM.format("--tty"),
        f"%pymod --tty uv pip install --target {tmp_path} --index-url {index.url} ipymod-demo-one ipymod-demo-two",
    )
    book.start()
    book.await_text(1, "%")
    book.pictures("bars-1-during")
    book.await_text(2, "%")
    book.pictures("bars-2-during")
    book.await_text(3, "ipymod")
    book.page.wait_for_timeout(700)
    book.pictures("bars-3-during")
    book.wait()
    book.pictures("bars-after")
    for i in (1,2,3):
        print(book.text(i))
        print(repr(book.text(i)))
        print(book.outputs(i))
    cells = book.saved().cells
    for i in (1,2,3):
        print(cells[i].outputs)
