"""`ipymod kernels` on real environments: the list beside Jupyter's own, and real starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from environments import environment
from kernel_machines import ARGV, listed, surroundings, venv, write_spec
from kernels import MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipymod.launchers import Surroundings

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "ipymod", "kernels"]
# A kernel of another language, as far as Jupyter can see; it must not be asked in Python.
OTHER = """
import sys
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
class Other(Kernel):
    implementation, implementation_version, banner = "IRkernel", "1.3", ""
    language_info = {"name": "R", "version": "4.3.1", "mimetype": "text/x-r-source"}
    def do_execute(self, *args, **kwargs):
        open(sys.argv[0] + ".asked", "w").close()
        return {"status": "ok", "execution_count": 0, "payload": [], "user_expressions": {}}
IPKernelApp.launch_instance(kernel_class=Other)
"""


def around(home: Path, **variables: str) -> Surroundings:
    home.mkdir(exist_ok=True)
    return surroundings(home, **variables)


def told(words: list[str], variables: Mapping[str, str], cwd: Path) -> list[dict[str, Any]]:
    ended = subprocess.run(
        [*COMMAND, "--json", *words], env=dict(variables), cwd=cwd, capture_output=True, check=False
    )
    assert ended.stderr == b""
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    severities = {problem["severity"] for each in found for problem in each["problems"]}
    states = {each["state"] for each in found}
    assert ended.returncode == bool((severities | states) & {"error", "warning"})
    return found


# The list


SITUATIONS: dict[str, dict[str, str]] = {
    "nothing set": {},
    "a path of one's own": {"JUPYTER_PATH": "{0}/listed"},
    "the user first": {"JUPYTER_PREFER_ENV_PATH": "0"},
    "another folder of data": {"JUPYTER_DATA_DIR": "{0}/listed", "IPYTHONDIR": "{0}/ipython"},
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("whose", ["ours", "another's"])
def test_what_is_offered_is_jupyters_own_list(situation: str, whose: str, tmp_path: Path) -> None:
    user = tmp_path / "home/.local/share/jupyter/kernels"
    for folder in (user, tmp_path / "listed/kernels", tmp_path / "ipython/kernels"):
        write_spec(folder, "python3", sys.executable, *ARGV)
        write_spec(folder, f"Of-{folder.parts[-2]}", "/gone/bin/python", *ARGV)
    write_spec(user, "torn", "x")
    (user / "torn/kernel.json").write_text("{")
    write_spec(user, "wrong name", "x")
    given = {key: text.format(tmp_path) for key, text in SITUATIONS[situation].items()}
    here = around(tmp_path / "home", **given)
    python = sys.executable if whose == "ours" else environment("ipython9")
    found = told([] if whose == "ours" else ["--python", python], here.variables, tmp_path)
    assert {
        each["name"]: (each["file"], each["display_name"], each["language"], each["argv"])
        for each in found
        if each["listed"] and not each["hidden_by"]
    } == {
        name: (f"{each['resource_dir']}/kernel.json", spec["display_name"], spec["language"],
               spec["argv"])
        for name, each in listed(python, here).items()
        if (spec := each["spec"])
    }  # fmt: skip
    assert {each["name"] for each in found if not each["listed"]} == {"torn"} - {
        "torn" if situation == "another folder of data" else ""
    }


# The start


def marked(mark: str) -> list[psutil.Process]:
    """What was started with the mark among its variables and lives."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def leftovers(temporary: Path, data: Path) -> list[Path]:
    return [*temporary.iterdir(), *data.glob("runtime/*")]


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """A home of its own, a folder for what is passing, and a mark on all that is started."""
    (tmp_path / "tmp").mkdir()
    own = {"TMPDIR": str(tmp_path / "tmp"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    return {**around(tmp_path / "home", **own).variables, MARK: str(tmp_path)}


def write_kernels(tmp_path: Path) -> None:
    kernels = tmp_path / "data/kernels"
    other = tmp_path / "other.py"
    other.write_text(OTHER, "utf-8")
    code = "import sys, time; print('\\x1b[31mwaiting\\x07', file=sys.stderr, flush=True)"
    child = "import subprocess as s; s.Popen(['sleep', '60']); "
    write_spec(kernels, "newest", environment("ipython9"), *ARGV)
    write_spec(kernels, "bare", venv(tmp_path / "bare"), *ARGV)
    write_spec(kernels, "gone", str(tmp_path / "gone/bin/python"), *ARGV)
    write_spec(kernels, "hangs", sys.executable, "-c", f"{code}; {child}time.sleep(60)")
    write_spec(kernels, "other", sys.executable, str(other), *ARGV[2:], language="R")
    # The file of one environment that goes on as the Python of another, as runners do.
    runner = tmp_path / "bare/bin/runner"
    runner.write_text(
        f"#!{tmp_path}/bare/bin/python\nimport os, sys\n"
        f"os.execv({environment('ipython9')!r}, [{environment('ipython9')!r}, *sys.argv[1:]])\n"
    )
    runner.chmod(0o755)
    write_spec(kernels, "runner", str(runner), *ARGV)
    foreign = next((tmp_path / "bare/lib").iterdir()) / "site-packages"
    (foreign / "ipykernel").mkdir()
    (foreign / "ipykernel/__init__.py").write_text("raise ImportError('of another environment')")
    write_spec(kernels, "mixed", environment("ipython9"), *ARGV, env={"PYTHONPATH": str(foreign)})


def test_each_kernel_is_started_asked_and_stopped(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    write_kernels(tmp_path)
    names = ["python3", "newest", "bare", "gone", "other", "runner", "mixed"]
    found = told(["--start", *names], variables, tmp_path)
    assert marked(str(tmp_path)) == []
    assert leftovers(tmp_path / "tmp", tmp_path / "data") == []
    answers = {each["name"]: each["answer"] for each in found}
    ends = {name: (each["end"], each["explained_by"]) for name, each in answers.items()}
    assert ends == {
        "python3": ("answered", ""),
        "newest": ("answered", ""),
        "bare": ("died", "WP203"),
        "gone": ("unstartable", "WP201"),
        "other": ("answered", ""),
        "runner": ("answered", ""),
        "mixed": ("died", "WP209"),
    }
    own = answers["python3"]
    assert (own["executable"], own["prefix"]) == (sys.executable, sys.prefix)
    assert own["version"] == ".".join(map(str, sys.version_info[:3]))
    assert own["has_ipymod"]
    assert 0 < own["seconds"] < 30
    assert answers["newest"]["differences"] == own["differences"] == []
    assert answers["bare"]["last_words"][-1].endswith("No module named ipykernel_launcher")
    assert (answers["other"]["language"], answers["other"]["prefix"]) == ("R 4.3.1", "")
    assert not (tmp_path / "other.py.asked").exists()
    assert answers["mixed"]["last_words"][-1] == "ImportError: of another environment"
    assert answers["runner"]["differences"][0] == {
        "what": "environment",
        "files": str(tmp_path / "bare"),
        "kernel": str(Path(environment("ipython9")).parents[1]),
    }


def test_a_kernel_that_hangs_is_given_up_and_killed_with_its_children(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    write_kernels(tmp_path)
    (found,) = told(["--start", "--timeout", "2", "hangs"], variables, tmp_path)
    assert marked(str(tmp_path)) == []
    assert leftovers(tmp_path / "tmp", tmp_path / "data") == []
    assert (found["state"], found["answer"]["end"]) == ("error", "silent")
    assert found["answer"]["last_words"] == ["waiting"]
    assert 2 <= found["answer"]["seconds"] < 4


def test_a_file_that_keeps_kernels_from_starting_is_named(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    (tmp_path / "re.py").touch()
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "ipymod", "kernels", "--json", "--start", "python3"],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    (found,) = json.loads(ended.stdout)
    assert found["answer"]["end"] == "died"
    assert found["answer"]["explained_by"] == "WP310"
    assert str(tmp_path / "re.py") in found["problems"][0]["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, variables: dict[str, str]) -> None:
    write_kernels(tmp_path)
    command = [*COMMAND, "--start", "hangs", "newest"]
    process = subprocess.Popen(
        command, env=variables, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    waiting = time.monotonic() + 30
    while not any("sleep" in each.name() for each in marked(str(tmp_path))):
        assert time.monotonic() < waiting
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, b"ipymod: interrupted\n")
    assert marked(str(tmp_path)) == []
    assert leftovers(tmp_path / "tmp", tmp_path / "data") == []
