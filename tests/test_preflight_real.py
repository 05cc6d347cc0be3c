"""Notebooks that `ipymod run` executes in real kernels, some at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from environments import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PYTHON = sys.executable
MARK = "IPYMOD_PREFLIGHT"  # all that a run starts inherits it, and is found by it


def write(path: Path, *sources: str, kernel: str = "python3", tags: tuple[str, ...] = ()) -> Path:
    """Write a notebook of code cells; the tags are those of the first."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{index}",
            "metadata": {"tags": list(tags)} if tags and not index else {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for index, source in enumerate(sources)
    ]
    spec = {"name": kernel, "display_name": kernel}
    content = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), "utf-8")
    return path


def command(*words: str) -> list[str]:
    return [PYTHON, "-m", "ipymod", "run", *words]


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        cwd=folder,
        env={**os.environ, MARK: str(folder), **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def left(folder: Path) -> list[psutil.Process]:
    """What a run in this folder has started and not ended."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notebooks that come to every end there is."""
    folder = tmp_path_factory.mktemp("lessons")
    write(folder / "allowed.ipynb", "1 / 0", "2", tags=("raises-exception",))
    write(folder / "dead.ipynb", "import os", "os.kill(os.getpid(), 9)")
    write(folder / "error.ipynb", "def f(x):\n    return 1 / x", "\ny = 2\nf(0)")
    write(folder / "foreign.ipynb", "1", kernel="conda-env-ml-py")
    write(folder / "input.ipynb", "input()")
    write(folder / "missing.ipynb", "import os\nfrom skimage import io")
    write(folder / "skipped.ipynb", "1 / 0", tags=("skip-execution",))
    write(folder / "slow.ipynb", "import time\n\ntime.sleep(99)")
    write(folder / "below" / "where.ipynb", "import os\nassert os.getcwd().endswith('below')")
    (folder / "pointer.ipynb").write_text("version https://git-lfs.github.com/spec/v1\n")
    return folder


@pytest.fixture(scope="module")
def told(lessons: Path) -> subprocess.CompletedProcess[str]:
    """What a run of them says; outputs are made into pages, and files must stay as they are."""
    before = {path: path.read_bytes() for path in lessons.rglob("*.ipynb")}
    ran = run(lessons, "--timeout", "6", "--html", "site", "--junit", "junit.xml", "-j", "3")
    assert {path: path.read_bytes() for path in before} == before
    return ran


EXPECTED = {
    "dead": "dead.ipynb cell 2: the kernel was killed by SIGKILL",
    "error": "error.ipynb cell 2, line 3: ZeroDivisionError: division by zero",
    "input": "input.ipynb cell 1, line 1: it asks for input, and nobody is here to answer",
    "missing": "missing.ipynb cell 1, line 2: ModuleNotFoundError: No module named 'skimage'",
    "pointer": "pointer.ipynb: it is a pointer of Git LFS, its content was not fetched",
    "slow": "slow.ipynb cell 1, line 3: the cell was not done after 6 s",
}


def test_each_notebook_comes_to_its_own_end_and_stops_no_other(
    told: subprocess.CompletedProcess[str], lessons: Path
) -> None:
    assert told.returncode == 1
    lines = told.stdout.splitlines()
    assert [each for each in EXPECTED.values() if each not in lines] == []
    assert lines[-1].startswith("3 passed, 7 failed of 10 notebooks in ")
    assert left(lessons) == []


def test_a_missing_module_has_the_hint_of_a_cell(told: subprocess.CompletedProcess[str]) -> None:
    after = told.stdout.partition(EXPECTED["missing"])[2].splitlines()
    assert after[1].strip() == "| from skimage import io"
    assert after[2].startswith("    skimage comes with scikit-image, which is not installed in")
    assert after[3].strip() == "%pymod pip install scikit-image"


def test_a_kernel_that_is_not_there_is_told_with_what_to_type(
    told: subprocess.CompletedProcess[str],
) -> None:
    after = told.stdout.partition("No such kernel:\n")[2].split("\n\n")[0].splitlines()
    assert after[0] == "  conda-env-ml-py: foreign.ipynb"
    assert after[1].startswith("Installed: ")
    assert "ipymod run --kernel python3" in after[2]


def test_where_there_is_no_terminal_each_notebook_has_its_line_as_it_ends(
    told: subprocess.CompletedProcess[str],
) -> None:
    lines = told.stderr.splitlines()
    assert len(lines) == 10
    assert any(line.startswith(os.path.join("below", "where.ipynb: passed")) for line in lines)


def test_pages_and_reports_are_written_for_those_that_failed_too(
    told: subprocess.CompletedProcess[str], lessons: Path
) -> None:
    assert told.returncode == 1
    page = (lessons / "site" / "error.ipynb.html").read_text("utf-8")
    assert "ZeroDivisionError" in page
    index = (lessons / "site" / "index.html").read_text("utf-8")
    assert 'href="./below/where.ipynb.html"' in index
    assert "foreign.ipynb.html" not in index
    junit = (lessons / "junit.xml").read_text("utf-8")
    assert 'tests="10" failures="5" errors="2"' in junit


def test_outputs_are_kept_in_what_passes_and_nothing_else_changes(tmp_path: Path) -> None:
    good = write(tmp_path / "good.ipynb", "for i in range(3):\n    print(i, flush=True)", "'é'")
    bad = write(tmp_path / "bad.ipynb", "print(1)", "1 / 0")
    good.chmod(0o640)
    before, as_it_was = json.loads(good.read_text("utf-8")), bad.read_bytes()
    assert run(tmp_path, "--write").returncode == 1
    after = json.loads(good.read_text("utf-8"))
    first, second = after["cells"]
    stream = {"name": "stdout", "output_type": "stream", "text": ["0\n", "1\n", "2\n"]}
    assert first["outputs"] == [stream]
    assert second["outputs"][0]["data"] == {"text/plain": ["'é'"]}
    for cell in after["cells"]:
        cell.update(outputs=[], execution_count=None)
    assert after == before
    assert good.read_text("utf-8").startswith('{\n "cells": [\n')
    assert good.stat().st_mode & 0o777 == 0o640
    assert bad.read_bytes() == as_it_was


def kernelspecs(folder: Path, pythons: Mapping[str, str]) -> str:
    """Register kernels; gives a JUPYTER_PATH."""
    for name, python in pythons.items():
        spec = folder / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": name, "language": "python"}))
    return str(folder)


def test_several_kernels_make_a_matrix_and_tell_the_line_whatever_their_ipython(
    tmp_path: Path,
) -> None:
    pythons = {"old": environment("colab"), "new": environment("ipython9")}
    path = kernelspecs(tmp_path / "jupyter", {**pythons, "broken": "/nowhere/python"})
    folder = tmp_path / "lessons"
    write(folder / "error.ipynb", "def f(x):\n    return 1 / x", "\ny = 2\nf(0)", kernel="gone")
    write(folder / "own.ipynb", "def f(x):\n    y = 1\n    return 1 / x\nf(0)", kernel="broken")
    write(folder / "syntax.ipynb", "1", "x = 1\ny = (1\nz = 2")
    words = ("--format", "json", "--kernel", "old", "--kernel", "NEW")
    ran = run(folder, *words, JUPYTER_PATH=path)
    found: dict[tuple[str, str], Any] = {
        (each["path"], each["kernel"]): (each["name"], each["cell"], each["line"])
        for each in json.loads(ran.stdout)
    }
    for name in ("old", "new"):
        assert found["error.ipynb", name] == ("ZeroDivisionError", 1, 3)
        assert found["own.ipynb", name] == ("ZeroDivisionError", 0, 3)
        assert found["syntax.ipynb", name] == ("SyntaxError", 1, 2)
    own = run(folder, "own.ipynb", JUPYTER_PATH=path)
    assert own.returncode == 1
    assert "own.ipynb: the kernel broken does not start: " in own.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Windows are others")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_it_and_what_was_done_is_told(
    tmp_path: Path, number: signal.Signals
) -> None:
    write(tmp_path / "a.ipynb", "1")
    started = "import subprocess, time, pathlib\nsubprocess.Popen(['sleep', '99'])\n"
    wait = f"pathlib.Path('begun').touch()\ntime.sleep({99})"
    write(tmp_path / "b.ipynb", started + wait)
    write(tmp_path / "c.ipynb", "1")
    ran = subprocess.Popen(
        command("-j", "1"),
        cwd=tmp_path,
        env={**os.environ, MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    end = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < end:
        time.sleep(0.05)
    ran.send_signal(number)
    lines = ran.communicate()[0].splitlines()
    assert ran.returncode == 128 + number
    assert [line.split()[0] for line in lines[-4:-1]] == ["passed", "stopped", "not"]
    assert lines[0] == "b.ipynb cell 1: it was stopped"
    assert left(tmp_path) == []
