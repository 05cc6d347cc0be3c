"""`ipymod ready` as students meet it: real environments, real kernels, packages of the index.

What the report says to type is typed; then the student is ready, or the test has failed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import REPOSITORY, create, install, interpreter
from ipymod.cli import main
from ipymod.ready.line import Line, find
from ready_courses import COURSE, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kernels import LiveKernel, Output

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the lines are typed into a POSIX shell"),
]

FILE = "animals-ready.py"
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
OLD = sorted(
    path for path in PYENV.glob("*/bin/python") if path.parts[-3][:3] in {"2.7", "3.6", "3.8"}
)


@dataclass
class Student:
    """One with a folder of the course, and a Python of their own.

    Attributes:
        python: the interpreter.
        folder: the course.
        home: their home folder.
    """

    python: str
    folder: Path
    home: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        # without compiling, pip takes half the time
        env = {**os.environ, "HOME": str(self.home), "NO_COLOR": "1", "PIP_NO_COMPILE": "1"}
        env = {name: value for name, value in env.items() if name != "VIRTUAL_ENV"}
        return subprocess.run(
            words, cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )

    def ready(self) -> tuple[int, str]:
        ended = self.run(self.python, "-m", "ipymod", "ready", FILE)
        assert ended.stderr == ""
        return ended.returncode, ended.stdout

    def follow(self, told: str) -> tuple[int, str]:
        """Type the lines of a report; the status and the output of the last one."""
        lines = list(lines_to_type(told))
        for line in lines:
            ended = self.run("sh", "-c", line)
            assert ended.returncode == 0 or line == lines[-1], (line, ended.stdout, ended.stderr)
        return ended.returncode, ended.stdout


def lines_to_type(told: str) -> Iterator[str]:
    for line in told.splitlines():
        if line[:4].isspace() and not line[4].isspace():
            yield line.strip()


def line_of(text: str) -> Line:
    found = find(text)
    assert len(found) == 1
    assert found[0].line is not None
    return found[0].line


def faults(text: str) -> dict[str, str]:
    return {what: how for what, how in line_of(text).faults if what != "do"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Ours: to build it once takes less than to build it for each student."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "-o", str(folder)]
    subprocess.run([*build, str(REPOSITORY)], check=True)
    return str(next(folder.glob("*.whl")))


@pytest.fixture
def student(wheel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Student]:
    def start(*installed: str, python: str = sys.executable) -> Student:
        folder = made(tmp_path / "course", COURSE)
        monkeypatch.chdir(folder)
        assert main(["ready", ".", "--name", "Animals", "--install", wheel]) == 0
        (tmp_path / "home").mkdir()
        create(python, tmp_path / "venv")
        inside = interpreter(tmp_path / "venv")
        install(inside, wheel, "iniconfig>=2", *installed)
        return Student(inside, folder, tmp_path / "home")

    return start


def test_who_has_all_is_ready_in_a_terminal(student: Callable[..., Student]) -> None:
    status, told = student("cowsay==6.1", "toolz==0.12.1").ready()
    assert status == 0
    assert told.startswith("Ready for Animals\n")
    assert "All 3 packages that it needs are here" in told
    assert line_of(told).state == "yes"
    assert faults(told) == {}


def test_who_lacks_one_and_has_a_wrong_version_of_another_types_one_line(
    student: Callable[..., Student],
) -> None:
    ada = student("toolz==1.0.0")
    status, told = ada.ready()
    assert status == 1
    assert faults(told) == {"cowsay": "missing", "toolz": "1.0.0"}
    assert told.count("-m pip install") == 1
    status, told = ada.follow(told)
    assert (status, line_of(told).state) == (0, "yes")


def test_what_is_broken_or_hidden_by_a_file_is_mended_by_the_lines(
    student: Callable[..., Student],
) -> None:
    ada = student("cowsay==6.1", "toolz==1.0.0")
    site = next(Path(ada.python).parents[1].glob("lib/python*/site-packages"))
    for file in sorted((site / "cowsay").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (site / "cowsay").rmdir()
    made(ada.folder, {"toolz.py": "mine = 1\n", "iniconfig/__init__.py": ""})
    _, told = ada.ready()
    assert faults(told) == {"cowsay": "broken", "iniconfig": "shadowed", "toolz": "1.0.0"}
    assert ("toolz", "shadowed") in line_of(told).faults
    status, told = ada.follow(told)
    assert (status, faults(told)) == (0, {})
    assert (ada.folder / "my_toolz.py").read_text() == "mine = 1\n"


def test_a_file_of_the_course_that_is_gone_is_told_by_its_number(
    student: Callable[..., Student],
) -> None:
    ada = student("cowsay==6.1", "toolz==0.12.1")
    (ada.folder / "data/animals.csv").unlink()
    status, told = ada.ready()
    assert (status, faults(told)) == (1, {"file-1": "absent"})
    assert "data/animals.csv" in told
    assert "animals.csv" not in told.splitlines()[-1]


def without(folder: Path) -> None:
    """Let nothing be written there by anybody but root."""
    for each in [folder, *folder.rglob("*")]:
        if not each.is_symlink():
            each.chmod(each.stat().st_mode & ~0o222)


@pytest.mark.timeout(300)  # pip compiles all that comes with ipymod
@pytest.mark.parametrize("closed", ["managed", "readonly"])
def test_where_nothing_can_be_installed_an_environment_of_ones_own_is_made(
    closed: str, student: Callable[..., Student], wheel: str, tmp_path: Path
) -> None:
    if closed == "readonly" and os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    ada = student()
    if closed == "readonly":
        without(Path(ada.python).parents[1])
    else:
        ada = managed(ada, tmp_path, wheel)
    status, told = ada.ready()
    assert (status, faults(told)["kernel"]) == (1, "readonly")
    status, told = ada.follow(told)
    assert (status, faults(told)) == (0, {})
    kernels = ada.run(
        str(ada.home / ".venvs/animals/bin/python"), "-m", "jupyter", "kernelspec", "list"
    )
    assert "animals" in kernels.stdout


def managed(student: Student, folder: Path, wheel: str) -> Student:
    """The same with a base Python of its own, a copy, that belongs to the operating system."""
    base = folder / "base"
    unneeded = shutil.ignore_patterns("test", "site-packages", "*.a", "__pycache__", "share")
    shutil.copytree(sys.base_prefix, base, symlinks=True, ignore=unneeded)
    python = str(base / "bin" / f"python3.{sys.version_info[1]}")
    library = next(base.glob("lib/python3.*/os.py")).parent
    (library / "site-packages").mkdir()
    install(python, "--break-system-packages", "pip", wheel)
    (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=ask the system\n")
    return Student(python, student.folder, student.home)


@pytest.mark.skipif(not OLD, reason="no old Python is here")
@pytest.mark.parametrize("python", OLD, ids=lambda path: path.parts[-3])
def test_an_old_python_runs_the_check_and_tells_what_to_do(python: Path, tmp_path: Path) -> None:
    folder = made(tmp_path, COURSE)
    told = subprocess.run(
        [sys.executable, "-m", "ipymod", "ready", ".", "--name", "Animals é"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stderr == ""
    made(folder, {"json.py": "raise SystemExit", "random.py": "raise SystemExit"})
    ended = subprocess.run(
        [python, "animals-e-ready.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert ended.stderr == ""
    assert "cannot be checked: ipymod needs Python 3.11 or newer" in ended.stdout
    line = line_of(ended.stdout)
    assert (line.python, line.state) == (python.parts[-3], "unknown")
    assert line.faults == (("ipymod", "missing"),)


def text_of(output: Output) -> str:
    assert output.error is None, output.error
    shown: list[Any] = [each["data"] for each in output.displays]
    shown += [output.result] if output.result else []
    return "\n".join([output.stdout, *(each["text/plain"] for each in shown)])


def test_a_kernel_without_ipymod_becomes_ready_by_the_lines_that_it_is_told(
    student: Callable[..., Student], fresh_kernel: Callable[..., LiveKernel]
) -> None:
    ada = student("ipykernel", "toolz==1.0.0")
    uninstalled = ada.run(ada.python, "-m", "pip", "uninstall", "-yq", "ipymod")
    assert uninstalled.returncode == 0
    kernel = fresh_kernel(ada.python, ada.folder)
    kernel.run("import toolz")
    told = text_of(kernel.run(f"%run {FILE}"))
    assert faults(told) == {"ipymod": "missing"}
    seat = line_of(told).seat
    for cell in lines_to_type(told):  # %pip install ..., %run animals-ready.py
        told = text_of(kernel.run(cell, timeout=120))
    assert faults(told) == {"cowsay": "missing", "toolz": "1.0.0"}
    assert line_of(told).seat == seat
    assert "restart the kernel" in told
    load_line, install_line, *again = lines_to_type(told)
    text_of(kernel.run(load_line))
    text_of(kernel.run(install_line, timeout=120))
    kernel.restart(now=True)
    for cell in again:  # %load_ext ipymod, %whichpip --ready animals-ready.py
        told = text_of(kernel.run(cell))
    assert line_of(told).state == "yes"
    bundle = kernel.run(f"%whichpip --ready {shlex.quote(FILE)}").result or {}
    assert set(bundle) == {"text/plain", "text/html", "text/markdown"}
