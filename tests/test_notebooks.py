"""The notebooks are the documentation, so they run. What they install comes from the index."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from environments import REPOSITORY, environment
from ipymod.errors import IpymodError
from ipymod.notebooks.execute import execute
from ipymod.run.options import parse
from ipymod.run.tokens import arguments
from ipymod.whichpip import magic
from made_reports import squeezed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kernels import LiveKernel, Output

FOLDER = REPOSITORY / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))

pytestmark = pytest.mark.timeout(300)

Cells = dict[str, str]  # a cell's id, and all the text that it gave


def text_of(cell: Any) -> str:
    """All that a cell gave."""
    return "".join(
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", ())
    )


@pytest.fixture(scope="module")
def outputs() -> Callable[[str], Cells]:
    """The text that each cell of a notebook gave; a notebook runs once for all tests."""
    executed: dict[str, Cells] = {}
    # a tour that was interrupted has left it here
    command = [sys.executable, "-m", "pip", "uninstall", "-qq", "--yes", "cowsay"]
    subprocess.run(command, check=True)

    def run(name: str) -> Cells:
        if name not in executed:
            notebook = execute(FOLDER / name)
            executed[name] = {cell.id: text_of(cell) for cell in notebook.cells}
        return executed[name]

    return run


def write_notebook(folder: Path, *sources: str, kernel: str = "python3") -> Path:
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": kernel, "display_name": kernel}}
    )
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = folder / "made.ipynb"
    nbformat.write(notebook, path)
    return path


# -- as they are kept


def test_there_are_notebooks() -> None:
    assert "1-tour.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_kept_without_outputs_for_any_python(name: str) -> None:
    notebook = json.loads((FOLDER / name).read_text("utf-8"))
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_cell_is_known_by_words_that_do_not_change(name: str) -> None:
    notebook = json.loads((FOLDER / name).read_text("utf-8"))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(word.isalpha() and word.islower() for cell in ids for word in cell.split("-"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_line_that_a_text_names_can_be_typed(name: str) -> None:
    cells = nbformat.read(FOLDER / name, as_version=4).cells
    text = "".join(cell.source for cell in cells if cell.cell_type == "markdown")
    lines = re.findall("`(%pymod|%whichpip|ipymod whichpip) ([^`]+)`", text)
    assert lines
    for face, line in lines:
        if face == "%pymod":
            assert parse(arguments(line, {})).name or line.startswith("--")
        else:
            assert magic(f"{line} --help", {}, colour=False)


# -- as they run


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_to_its_end(name: str, outputs: Callable[[str], Cells]) -> None:
    assert outputs(name)


def test_the_tour_loses_a_package_and_finds_it(outputs: Callable[[str], Cells]) -> None:
    tour = outputs("1-tour.ipynb")
    assert tour["kernel"] == repr(sys.executable)
    assert "Successfully installed cowsay" in tour["shell-install"]
    assert tour["import-fails"] == "ModuleNotFoundError: No module named 'cowsay'\n"
    assert "Successfully installed cowsay" in tour["kernel-install"]
    assert "| Here I am. |" in tour["import-works"]
    assert "Successfully uninstalled cowsay" in tour["uninstall"]


def test_ipymod_speaks_by_itself_in_the_tour(outputs: Callable[[str], Cells]) -> None:
    tour = outputs("1-tour.ipynb")
    warned, after = tour["shell-install"].split("Collecting", 1)
    assert re.match(r"ipymod: pip on your PATH installs into \S+second \(Python ", warned)
    assert f"not into this kernel's {sys.prefix} (Python " in warned
    assert "%pymod pip install cowsay" in warned
    assert "ready" not in after
    assert re.search(r"cowsay \S+ is ready, no restart needed$", tour["kernel-install"])
    assert "instead this runs:\n!" in tour["guard-fixes"]
    assert "Name: cowsay" in tour["guard-fixes"]
    assert re.search(r"cowsay \S+ is removed, \d+ of its modules stay", tour["uninstall"])


def test_the_report_of_the_tour_leads_to_the_second_environment(
    outputs: Callable[[str], Cells],
) -> None:
    report = squeezed(outputs("1-tour.ipynb")["report"])
    assert re.match(r"\d problems: pip installs elsewhere, python runs elsewhere", report)
    assert re.search(r"Warning WP101 pip .+ and installs into \S.*second \(Python ", report)
    assert f"this kernel is {sys.executable} and imports from {sys.prefix} " in report
    assert "%pymod pip install NAME" in report


def test_the_tour_asks_where_the_package_is_and_what_a_code_means(
    outputs: Callable[[str], Cells],
) -> None:
    tour = outputs("1-tour.ipynb")
    assert "cowsay cannot be imported by" in tour["where"]
    assert re.search(r"also in \S.*second: cowsay \d", squeezed(tour["where"]))
    assert tour["why"].startswith("WP101: pip installs elsewhere\n")


def test_once_the_kernels_folders_are_first_the_report_of_the_tour_names_no_other_pip(
    outputs: Callable[[str], Cells],
) -> None:
    report = outputs("1-tour.ipynb")["report-again"]
    verdict = report.splitlines()[0]  # there may be other problems on this machine
    assert verdict.startswith("OK: pip") or re.match(r"\d problems?: (?!pip)", verdict)
    assert re.search("^  pip +this kernel ", report, re.MULTILINE)
    assert re.search("^  python +this kernel ", report, re.MULTILINE)
    assert not re.search("WP101|WP102|second", report)


def test_the_tour_shows_what_its_text_says(outputs: Callable[[str], Cells]) -> None:
    tour = outputs("1-tour.ipynb")
    assert "| three small words |" in tour["one-argument-here"]
    assert "unrecognized arguments: small words" in tour["three-arguments-there"]
    assert json.loads(tour["body"]) == {"name": "cowsay", "tiny": True, "needs": []}
    assert "'name': 'cowsay'" in tour["captured"]
    assert "ModuleFailed: pip ended with exit status 1\n" in tour["failure"]
    assert "| It ended with 1. |" in tour["exit-code"]
    assert os.path.join("json", "tool.py") in tour["explain"]
    assert tour["ask-job"] == "200 OK\n"
    assert '"GET / HTTP/1.1" 200' in tour["tail-job"]
    assert "running" not in tour["kill-job"]


def shown(output: Output) -> str:
    """The text of a cell's value."""
    assert output.result is not None
    return str(output.result["text/plain"])


@pytest.mark.slow
@pytest.mark.parametrize("generation", ["colab", "ipython9"])
def test_the_tour_runs_twice_in_one_kernel(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    notebook = nbformat.read(FOLDER / "1-tour.ipynb", as_version=4)
    kernel = fresh_kernel(environment(generation), cwd=FOLDER)
    for _ in range(2):
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        ran = {cell.id: kernel.run(cell.source) for cell in cells}
        assert [name for name, output in ran.items() if output.error] == []
        assert "No module named 'cowsay'" in ran["import-fails"].stdout
        assert "WP101" in shown(ran["report"])
        assert "Here I am." in ran["import-works"].stdout
        assert not re.search("WP101|WP601|second", shown(ran["report-again"]))


# -- how they are run


def test_the_python_that_runs_us_runs_the_notebook_whatever_the_kernelspecs_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    broken = {"argv": ["/nowhere/python", "{connection_file}"], "display_name": "x"}
    spec.write_text(json.dumps(broken | {"language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    path = write_notebook(tmp_path, "import sys", "sys.executable", kernel="a-colleagues-env")
    assert text_of(execute(path).cells[1]) == repr(sys.executable)


def test_a_notebook_runs_in_its_own_folder_and_its_file_stays_as_it_is(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import os", "os.getcwd()")
    before = path.read_bytes()
    assert text_of(execute(path).cells[1]) == repr(str(tmp_path))
    assert path.read_bytes() == before


def test_outputs_are_seen_as_they_come(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "1 + 1", "print('a', flush=True)\n1 / 0")
    seen: list[tuple[int, str]] = []
    with pytest.raises(IpymodError, match=r"made.ipynb: cell \w+ failed: ZeroDivisionError: div"):
        execute(
            path,
            on_cell=lambda index, _: seen.append((index, "cell")),
            on_output=lambda index, output: seen.append((index, output.output_type)),
        )
    first, second = [(0, "cell"), (0, "execute_result")], [(1, "cell"), (1, "stream"), (1, "error")]
    assert seen == first + second


def test_a_cell_that_takes_too_long_is_named(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import time", "time.sleep(60)")
    with pytest.raises(IpymodError, match=r"cell \w+ was not done after 1 s"):
        execute(path, timeout=1)


def test_a_kernel_that_dies_is_reported(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import os\nos._exit(3)")
    with pytest.raises(IpymodError, match="lost its kernel"):
        execute(path)


def test_an_unknown_kernel_is_named(tmp_path: Path) -> None:
    with pytest.raises(IpymodError, match="there is no kernel nobodys-kernel"):
        execute(write_notebook(tmp_path, "1"), kernel_name="nobodys-kernel")


@pytest.mark.parametrize("text", ["", "version https://git-lfs.github.com/spec/v1\n", "[]", "{}"])
def test_a_file_that_is_no_notebook_is_an_error_of_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    with pytest.raises(IpymodError, match=r"x\.ipynb cannot be read as a notebook"):
        execute(path)


def test_a_missing_notebook_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(IpymodError, match="No such file"):
        execute(tmp_path / "x.ipynb")
