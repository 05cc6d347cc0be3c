from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.lab import Lab, Notebook
    from browser.packages import PackageIndex

    Opened = Callable[..., Notebook]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="the scenarios ask and draw bars"),
]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TQDM = """%%pymod {} -
import time
from tqdm import tqdm
print("before")
for _ in tqdm(range(20), desc="one bar"):
    time.sleep(0.1)
print("after")"""


def saved_text(book: Notebook, cell: int) -> str:
    """What the file holds of a cell's streams, without colours."""
    outputs: list[dict[str, Any]] = book.saved().cells[cell].outputs
    streams = [each["text"] for each in outputs if each["output_type"] == "stream"]
    return COLOUR.sub("", "".join(streams))


def is_clean(book: Notebook, cell: int) -> bool:
    """Neither the page nor the file has anything but text, newlines and colours."""
    return not CONTROL.search(book.text(cell)) and not CONTROL.search(saved_text(book, cell))


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_pip_draws_its_bar_asks_and_leaves_the_final_text(
    opened: Opened, index: PackageIndex
) -> None:
    install = f"%pymod pip install --force-reinstall --index-url {index.url} ipymod-demo-one"
    book = opened(install, "import ipymod_demo_one", "%pymod pip uninstall ipymod-demo-one")
    book.start()
    book.await_text(1, "MB/s")
    book.picture("pip-during")
    prompt, kind = book.answer("y")
    book.wait()
    book.pictures("pip-after")
    shown = lines(book.text(1))
    assert sum("━" in line for line in shown) == 1
    assert any(re.search("━+ 3.0/3.0 MB .*0:00:0", line) for line in shown)
    assert shown[-2:] == [
        "Successfully installed ipymod-demo-one-1.0",
        "ipymod-demo-one 1.0 is ready, no restart needed",
    ]
    assert (prompt.strip(), kind) == ("Proceed (Y/n)?", "text")
    *_, uninstalled, said = lines(book.text(3))
    assert uninstalled.endswith("Successfully uninstalled ipymod-demo-one-1.0")
    assert said.startswith("ipymod-demo-one 1.0 is removed, 1 of its modules stays in memory")
    assert is_clean(book, 1)
    assert is_clean(book, 3)


def test_a_bar_is_the_only_line_where_it_stood(opened: Opened) -> None:
    book = opened(TQDM.format("--tty"))
    book.theme("Dark")
    book.start()
    book.await_text(1, "%")
    book.picture("tqdm-tty-during")
    book.wait()
    book.pictures("tqdm-tty-after")
    assert [line[:14] for line in lines(book.text(1))] == ["before", "one bar: 100%|", "after"]
    assert lines(saved_text(book, 1)) == lines(book.text(1))
    assert is_clean(book, 1)


def test_a_bar_on_stderr_is_finished_before_stdout_goes_on(opened: Opened) -> None:
    book = opened(TQDM.format(""))
    book.start()
    book.await_text(1, "%")
    book.picture("tqdm-pipes-during")
    book.wait()
    book.pictures("tqdm-pipes-after")
    assert [line[:14] for line in lines(book.text(1))] == ["before", "one bar: 100%|", "after"]
    assert lines(saved_text(book, 1)) == lines(book.text(1))
    assert is_clean(book, 1)


def test_the_bars_of_uv_leave_its_report(
    opened: Opened, index: PackageIndex, tmp_path: Path
) -> None:
    packages = f"--index-url {index.url} ipymod-demo-one ipymod-demo-two"
    book = opened(f"%pymod --tty uv pip install --target {tmp_path} {packages}")
    book.start()
    book.await_text(1, "ipymod-demo")
    book.picture("uv-during")
    book.wait()
    book.pictures("uv-after")
    shown = lines(book.text(1))
    assert [line.split()[0] for line in shown[:-2]] == [
        "Using",
        "Resolved",
        "Prepared",
        "Installed",
    ]
    assert shown[-2:] == [" + ipymod-demo-one==1.0", " + ipymod-demo-two==1.0"]
    assert lines(saved_text(book, 1)) == shown
    assert is_clean(book, 1)


def test_an_output_widget_gets_the_output(opened: Opened) -> None:
    book = opened(
        "import ipywidgets\nout = ipywidgets.Output()\nout",
        "with out:\n    %pymod calendar 2024 2",
    )
    book.run()
    book.await_text(1, "February 2024")
    book.picture("output-widget")
    assert book.outputs(2) == []


def test_questions_come_as_questions_and_a_password_is_seen_nowhere(
    opened: Opened, lab: Lab
) -> None:
    (lab.root / "asking.py").write_text(
        "import getpass\n"
        "print('hello', input('who are you? '))\n"
        "print('length', len(getpass.getpass('your secret: ')))\n"
    )
    book = opened("%pymod asking", "%pymod --tty asking")
    book.start()
    for _ in range(2):
        assert book.answer("Ada") == ("who are you? ", "text")
        assert book.answer("hunter2") == ("your secret: ", "password")
    book.wait()
    book.pictures("questions")
    for cell in (1, 2):
        assert "hello Ada" in book.text(cell)
        assert "length 7" in book.text(cell)
        assert is_clean(book, cell)
    assert "hunter2" not in book.page.content()
    assert "hunter2" not in str(book.saved())


def test_the_stop_button_ends_the_module_and_run_all(opened: Opened) -> None:
    program = "%%pymod -\nimport time\nprint('sleeping', flush=True)\ntime.sleep(100)"
    book = opened(program, "print('the next', 'cell')")
    book.start()
    book.await_text(1, "sleeping")
    book.click("interrupt")
    book.wait()
    book.pictures("interrupt")
    assert re.fullmatch("KeyboardInterrupt: .* was interrupted", lines(book.text(1))[-1])
    assert "actions.py" not in book.text(1)
    assert book.outputs(2) == []


def test_20_mb_leave_the_page_awake(opened: Opened) -> None:
    program = "%%pymod -\nfor i in range(400_000):\n    print(f'{i:06}', 'x' * 42)"
    book = opened(program)
    book.start()
    slowest = book.slowest_turn()
    book.show_end()
    book.picture("flood-end")
    shown = book.text(1).splitlines()
    assert shown[0].startswith("000000")
    assert shown[-1].startswith("399999")
    assert len([line for line in shown if "left out here; all of it: " in line]) == 1
    assert len(str(book.saved())) < 3_000_000
    assert slowest < 2000, f"the page was busy for {slowest:.0f} ms"


def test_tab_completes_in_the_page(opened: Opened) -> None:
    book = opened()
    book.run()
    assert "json" in book.complete("%pymod js")
    assert book.complete("%pymod json.t") == ["json.tool"]
    assert book.complete("%pymod --ca") == ["--capture"]
    assert book.complete("r = %pymod --ca") == ["--capture"]
    assert "http.server" in book.complete("%pymod http.", picture="completion")


def test_the_manual_errors_and_values_are_short_and_readable(opened: Opened) -> None:
    book = opened(
        "%pymod?",
        "%pymod --no-raise json.tool --nonsense",
        "r = %pymod --capture pip list --format json\nlen(r.json()) > 5",
        "%pymod jsn.tool",
    )
    book.run()
    book.pictures("manual-and-errors")
    assert "%pymod [OPTION ...] NAME [ARG ...]" in book.text(1)
    assert "--capture" in book.text(1)
    assert "unrecognized arguments: --nonsense" in book.text(2)
    assert lines(book.text(3)) == ["True"]
    error = lines(book.text(4))
    assert error[-1].startswith("ModuleFailed: ")
    assert "did you mean json.tool" in error[-1]
    assert "Traceback" not in book.text(4)


def test_what_a_job_prints_stays_out_of_other_cells(opened: Opened, lab: Lab) -> None:
    (lab.root / "ticking.py").write_text(
        "import time\nfor i in range(20):\n    print('tick', i, flush=True)\n    time.sleep(0.1)\n"
    )
    book = opened("%pymod --bg ticking", "%pymod platform", "%pymod --wait 1")
    book.run()
    book.picture("job")
    assert lines(book.text(1))[0].startswith("job 1: ticking  running")
    assert len(lines(book.text(1))) == len(lines(book.text(2))) == 1
    assert lines(book.text(3)) == [f"tick {i}" for i in range(20)]


def test_a_restart_of_the_kernel_ends_its_jobs(opened: Opened, lab: Lab) -> None:
    (lab.root / "staying.py").write_text(
        "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(100)\n"
    )
    book = opened("%pymod --bg staying", "%pymod --tail 1")
    book.run()
    process = psutil.Process(int(lines(book.text(2))[-1].removeprefix("pid ")))
    book.execute("kernelmenu:restart")
    book.page.locator(".jp-Dialog .jp-mod-accept").click()
    process.wait(timeout=10)
    assert not process.is_running()


def test_a_saved_notebook_becomes_a_page_with_the_final_frames(
    opened: Opened, index: PackageIndex, tmp_path: Path
) -> None:
    from nbconvert import HTMLExporter

    install = f"--target {tmp_path} --no-deps --index-url {index.url} ipymod-demo-one"
    book = opened(TQDM.format("--tty"), f"%pymod pip install {install}")
    book.run()
    html, _ = HTMLExporter().from_notebook_node(book.saved())
    (tmp_path / "book.html").write_text(html, "utf-8")
    drawn = book.drawn(tmp_path / "book.html", picture="nbconvert")
    assert [line[:14] for line in lines(drawn) if "%|" in line] == ["one bar: 100%|"]
    assert [line.split()[1] for line in lines(drawn) if "━" in line] == ["3.0/3.0"]
    assert not CONTROL.search(drawn)
