"""The kernel of JupyterLite, in Node: what `%pymod` and `%whichpip` are in a browser.

Cells that do not touch each other share one kernel: its start is what takes time.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from environments import FOLDER, REPOSITORY, locked
from pyodide_notebooks import LOAD, run_cells, run_notebooks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_notebooks import Told

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is absent"),
]

RELEASE = "314.0.7"


def pyodide() -> Path:
    """The folder with the npm package `pyodide`, and nothing else."""
    folder = FOLDER / f"pyodide-{RELEASE}"
    with locked(folder.with_suffix(".lock")):
        if not (folder / "ready").exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text("{}")
            install = ["npm", "install", "--no-fund", "--no-audit", f"pyodide@{RELEASE}"]
            subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
            (folder / "ready").touch()
    return folder


BODY = '%%pymod json.tool\n{"a": 1}'
PROGRAM = "%%pymod - a 'b c'\nimport sys\nprint(sys.argv)\nsys.exit(3)"
CAPTURED = "r = %pymod --capture json.tool --help\nr.returncode, r.stdout[:6], r.stderr"
LISTED = (
    "r = %pymod --capture pip list --format json\n{'name': 'comm', 'version': '0.2.3'} in r.json()"
)
INSTALL = '%pymod pip install --pre "cowsay>=6"'
AGAIN = "r = %pymod pip install -U cowsay\nr.returncode, _exit_code"
LOOP = "for name in ['attrs']:\n    %pymod pip install $name"
FUNCTION = "def install():\n    %pymod pip install packaging\ninstall()"
UNKNOWN = "%pymod --no-raise pip install no-such-distribution-anywhere\n_exit_code"
FILE = (
    "from pathlib import Path\n"
    "_ = Path('wanted.txt').write_text('# what for\\niniconfig  # here\\n-r more.txt\\n')\n"
    "_ = Path('more.txt').write_text('pluggy>=1\\n')\n"
    "%pymod pip install -q -r wanted.txt"
)
SHOW = "%pymod pip show cowsay"
REMOVE = "%pymod pip uninstall -y cowsay no-such"
CELLS = (
    *("%whichpip", "%whichpip cowsay", "%whichpip --share", "!pip install cowsay"),
    *("import cowsay", "%pymod this", BODY, PROGRAM, "%pymod nosuchmodule"),
    *("%pymod --bg http.server", "%pymod --timeout 3 this", CAPTURED, LISTED),
    *(INSTALL, "import cowsay; cowsay.cow('hi')", AGAIN, SHOW, REMOVE, LOOP, FUNCTION, FILE),
    *(UNKNOWN, "%pymod pip install -e .", "%pymod pip install --user six", "%pymod pip download x"),
    *("%pymod pip install git+https://example.com/x", "%unload_ext ipymod", "%pip install jedi"),
)


@pytest.fixture(scope="module")
def told() -> Mapping[str, Told]:
    """What each of the cells gives."""
    cells = (LOAD, *CELLS)
    return dict(zip(cells, run_cells(cells), strict=True))


def test_a_plain_install_of_ipymod_brings_what_it_needs_there(told: Mapping[str, Told]) -> None:
    assert told[LOAD].text == ""


def test_the_report_says_what_this_place_is_and_finds_no_fault_with_it(
    told: Mapping[str, Told],
) -> None:
    report = told["%whichpip"].text
    assert report.startswith("OK: %pymod pip install installs for this kernel")
    assert re.search(r"This kernel is Python 3\.\d+\.\d+ in Pyodide, inside a page", report)
    assert "Info WP704 kernel in the browser" in report
    assert "PATH" not in report
    assert report == told["%whichpip --share"].text


def test_a_name_that_is_not_there_is_told_with_the_line_that_brings_it(
    told: Mapping[str, Told],
) -> None:
    assert told["%whichpip cowsay"].text.startswith("cowsay cannot be imported by this kernel\n")
    for cell in ("%whichpip cowsay", "import cowsay", "!pip install cowsay"):
        assert "%pymod pip install cowsay" in told[cell].text
    assert "a browser has no shell" in told["!pip install cowsay"].text


def test_a_module_runs_inside_the_kernel_which_is_said_once(told: Mapping[str, Told]) -> None:
    assert "a browser starts no process" in told["%pymod this"].text
    assert "Beautiful is better than ugly." in told["%pymod this"].text
    assert told[BODY].text == '{\n    "a": 1\n}\n'
    assert "No module named nosuchmodule" in told["%pymod nosuchmodule"].text
    assert "exit status 1" in told["%pymod nosuchmodule"].error
    assert "there are no jobs" in told["%pymod --bg http.server"].error
    assert "--timeout needs a process" in told["%pymod --timeout 3 this"].error


def test_a_program_in_a_cell_keeps_its_arguments_and_its_status(told: Mapping[str, Told]) -> None:
    assert "['-', 'a', 'b c']" in told[PROGRAM].text
    assert "exit status 3" in told[PROGRAM].error


def test_output_is_kept_where_that_is_asked_for(told: Mapping[str, Told]) -> None:
    assert told[CAPTURED].text == "(0, 'usage:', '')\n"
    assert told[LISTED].text == "True\n"


def test_what_is_installed_is_ready_in_the_next_line(told: Mapping[str, Told]) -> None:
    assert re.fullmatch(r"cowsay 6[\d.]+ is ready, no restart needed\n", told[INSTALL].text)
    assert "| hi |" in told["import cowsay; cowsay.cow('hi')"].text
    assert re.fullmatch(
        r"cowsay 6[\d.]+ is installed already, and piplite looks for no newer: .+\n\(0, 0\)\n",
        told[AGAIN].text,
    )
    assert "attrs 26.1.0 is ready, no restart needed\n" in told[LOOP].text
    assert re.search(r"(?:iniconfig|pluggy) [\d.]+ and 1 other are ready", told[FILE].text)


def test_pip_show_and_uninstall_are_done_in_the_kernel(told: Mapping[str, Told]) -> None:
    assert told[SHOW].text.startswith("Name: cowsay\nVersion: 6")
    assert re.match(r"Successfully uninstalled cowsay-6[\d.]+\n", told[REMOVE].text)
    assert "Skipping no-such as it is not installed" in told[REMOVE].text
    assert "cowsay" in told[REMOVE].text.rpartition("installed.")[2]  # what of it stays in memory


def test_what_piplite_does_not_know_is_said_in_one_line(told: Mapping[str, Told]) -> None:
    assert "piplite, which is pip in a browser, knows no -e" in told["%pymod pip install -e ."].text
    assert "--user means nothing in a browser" in told["%pymod pip install --user six"].text
    assert "pip download cannot run in a browser" in told["%pymod pip download x"].text
    built = told["%pymod pip install git+https://example.com/x"]
    assert "would have to be built, which a browser cannot" in built.error
    texts = [told[cell].text.strip() for cell in CELLS[22:26]]
    assert [text for text in texts if "Traceback" in text] == []


def test_what_cannot_be_had_is_a_failure_of_one_line(told: Mapping[str, Told]) -> None:
    line, status = told[UNKNOWN].text.splitlines()
    assert line.startswith("ipymod: no-such-distribution-anywhere could not be installed: ")
    assert status == "1"


def test_a_function_says_that_it_cannot_wait(told: Mapping[str, Told]) -> None:
    assert "an install has to be awaited" in told[FUNCTION].error  # Node cannot suspend Python


def test_nothing_stays_when_ipymod_is_unloaded(told: Mapping[str, Told]) -> None:
    assert (told["%unload_ext ipymod"].text, told["%pip install jedi"].error) == ("", "")


def test_the_tutorials_run_as_the_site_has_them() -> None:
    names = ["1-tour", "2-python-m", "4-reading-whichpip"]  # in one kernel, to start only one
    paths = [REPOSITORY / "notebooks" / f"{name}.ipynb" for name in names]
    failed = {cell: each.error for cell, each in run_notebooks(*paths) if each.error}
    assert failed == {}
