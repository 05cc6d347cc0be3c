"""What a command says when it is started, and what is made of that."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from environments import FOLDER, locked
from ipymod.errors import ProbeError
from ipymod.facts import Command
from ipymod.launchers import Surroundings, resolve
from ipymod.survey.listen import listen
from ipymod.survey.started import started

if TYPE_CHECKING:
    from collections.abc import Callable


def script(path: Path, text: str) -> str:
    """A wrapper that nobody understands without running it."""
    path.write_text(f'#!/bin/sh\nif test "$0"; then\n{text}\nfi\n')
    path.chmod(0o755)
    return str(path)


def heard(text: str, seconds: float = 10, cwd: str = "/") -> tuple[str, bool]:
    here = Surroundings(("/usr/bin", "/bin"), cwd, dict(os.environ), "/nowhere", "Linux")
    said = listen(["/bin/sh", "-c", text], here, seconds)
    return said.text, said.late


def gone(mark: Path) -> bool:
    """Whether the process that wrote its number there has ended."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{mark.read_text().strip()}/stat").read_text()
        except OSError:
            return True
        if state.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


# -- to listen


def test_output_and_errors_are_heard_in_their_order() -> None:
    assert heard("echo one; echo two >&2; echo three") == ("one\ntwo\nthree\n", False)


def test_bytes_that_are_no_text_are_heard() -> None:
    assert heard(r"printf '\377x'")[0].endswith("x")


def test_there_is_nothing_to_read_and_no_terminal() -> None:
    assert heard("cat; tty") == ("not a tty\n", False)


def test_who_never_ends_is_late_and_killed_with_its_children(tmp_path: Path) -> None:
    mark, begun = tmp_path / "pid", time.monotonic()
    text, late = heard(f"echo begun; sleep 300 & echo $! > {mark}; wait", 0.5)
    assert (text, late) == ("begun\n", True)
    assert time.monotonic() - begun < 5
    assert gone(mark)


def test_a_flood_is_cut_and_ends(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text, late = heard(f"echo $$ > {mark}; yes the same line")
    assert not late
    assert 1 << 20 <= len(text) < 1 << 21
    assert gone(mark)


def test_what_was_left_in_the_background_does_not_take_the_answer_away() -> None:
    text, late = heard("setsid sleep 3 & echo answer", 0.5)
    assert (text, late) == ("answer\n", False)


def test_a_working_directory_that_is_gone_is_no_matter() -> None:
    assert heard("echo here", cwd="") == ("here\n", False)


def test_a_file_of_the_working_directory_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "echo").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "echo").chmod(0o755)
    assert heard("echo here", cwd=str(tmp_path))[0] == "here\n"


@pytest.mark.parametrize("name", ["missing", "", "plain", "folder", "nul\0byte"])
def test_what_cannot_be_started_is_told_with_the_reason(name: str, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no program")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProbeError, match=r"cannot be started: \w"):
        listen([str(tmp_path / name)], Surroundings.now(), 1)


# -- what is made of it


@pytest.fixture(scope="module")
def lent() -> Path:
    """A venv that has no pip of its own and borrows that of its base."""
    prefix, base = FOLDER / "lent-pip", FOLDER / "lending-pip"
    with locked(FOLDER / "lent-pip.lock"):
        if not (prefix / "ready").exists():
            made = [sys.executable, "-m", "venv", "--clear"]
            subprocess.run([*made, str(base)], check=True)
            subprocess.run([*made, "--without-pip", str(prefix)], check=True)
            site = next(prefix.glob("lib/python*/site-packages"))
            lending = next(base.glob("lib/python*/site-packages"))
            (site / "lent.pth").write_text(f"{lending}\n")
            (prefix / "ready").touch()
    return prefix


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[str, str], Command]:
    """Start a wrapper of that name whose text is given."""

    def ask(name: str, text: str) -> Command:
        here = Surroundings(("/usr/bin", "/bin"), "/", dict(os.environ), "/nowhere", "Linux")
        command = resolve(script(tmp_path / name, text), name, here)
        assert command.state == "unknown", command.steps
        return started(command, here)

    return ask


def test_a_pip_that_is_lent_by_another_environment_is_told_by_who_runs_it(
    lent: Path, asked: Callable[[str, str], Command]
) -> None:
    found = asked("pip", f'{lent}/bin/python -m pip "$@"')
    assert found.environment
    assert (found.state, found.certainty) == ("ok", "certain")
    assert found.environment.prefix == str(lent)
    assert "debug says that it is run by" in found.steps[-1]


def test_a_pip_without_debug_is_told_by_the_place_of_its_package(
    lent: Path, asked: Callable[[str, str], Command]
) -> None:
    version = "{}.{}".format(*sys.version_info)
    place = f"{lent}/lib/python{version}/site-packages/pip"
    found = asked("pip", f"echo 'pip 19.0 from {place} (python {version})'")
    assert found.environment
    assert (found.state, found.certainty) == ("ok", "likely")
    assert found.environment.prefix == str(lent)


def test_a_pip_in_a_place_of_no_python_stays_unknown(
    tmp_path: Path, asked: Callable[[str, str], Command]
) -> None:
    found = asked("pip", f"echo 'pip 19.0 from {tmp_path}/target/pip (python 3.11)'")
    assert (found.state, found.environment) == ("unknown", None)
    assert "no Python lies there" in found.reason


def test_a_pip_that_says_something_else_stays_unknown(
    asked: Callable[[str, str], Command],
) -> None:
    assert asked("pip3", "echo 'use uv'").reason.endswith("--version says use uv")
    assert asked("pip", ":").reason.endswith("--version says nothing")


def test_a_python_that_greets_is_told(asked: Callable[[str, str], Command]) -> None:
    found = asked("python3", f'echo hello; {sys.executable} "$@"; echo bye >&2')
    assert found.environment
    assert (found.state, found.python) == ("ok", sys.executable)
    assert found.environment.prefix == sys.prefix


@pytest.mark.slow
def test_a_python_that_goes_on_after_its_answer_is_told(
    asked: Callable[[str, str], Command],
) -> None:
    found = asked("python", f'{sys.executable} "$@"; sleep 60')
    assert found.state == "ok"


def test_what_is_known_or_is_neither_pip_nor_python_is_not_started(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    odd = script(tmp_path / "jupyter", f"touch {mark}")
    for command in (Command("jupyter", odd), Command("pip", odd, state="broken")):
        assert started(command, Surroundings.now()) == command
    assert not mark.exists()
