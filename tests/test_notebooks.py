"""The notebooks are the documentation, so they run. What they install comes from the index."""

from __future__ import annotations

import json
import re
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

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kernels import LiveKernel, Output

FOLDER = REPOSITORY / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))

pytestmark = pytest.mark.timeout(300)


def text_of(cell: Any) -> str:
    """All that a cell gave."""
    return "".join(
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", ())
    )


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


def shown(output: Output) -> str:
    """The text of a cell's value."""
    assert output.result is not None
    return str(output.result["text/plain"])


@pytest.mark.slow
@pytest.mark.parametrize("generation", ["colab"])
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_notebook_runs_in_its_own_folder_and_its_file_stays_as_it_is(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import os", "os.getcwd()")
    before = path.read_bytes()
    assert text_of(execute(path).cells[1]) == repr(str(tmp_path))
    assert path.read_bytes() == before


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_cell_that_takes_too_long_is_named(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import time", "time.sleep(60)")
    with pytest.raises(IpymodError, match=r"cell \w+ was not done after 1 s"):
        execute(path, timeout=1)


@pytest.mark.slow
def test_a_kernel_that_dies_is_reported(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import os\nos._exit(3)")
    with pytest.raises(IpymodError, match="lost its kernel"):
        execute(path)


@pytest.mark.slow
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
