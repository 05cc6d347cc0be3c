"""The `ipymod` command: what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod import __version__
from ipymod.checks import REGISTRY
from ipymod.cli import main
from ipymod.facts import to_json
from ipymod.facts.healthy import HEALTHY
from ipymod.report import build
from ipymod.report.json import dumps
from made_reports import Reader, mixed

if TYPE_CHECKING:
    from pathlib import Path

    Captured = pytest.CaptureFixture[str]


@pytest.fixture
def healthy(tmp_path: Path) -> str:
    """A saved report without a problem."""
    path = tmp_path / "healthy.json"
    path.write_text(dumps(build(HEALTHY, REGISTRY)))
    return str(path)


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """A saved report with one problem."""
    path = tmp_path / "faulty.json"
    path.write_text(dumps(build(REGISTRY["WP901"].example(HEALTHY), REGISTRY)))
    return str(path)


def test_a_clean_report_ends_with_status_0(healthy: str, capsys: Captured) -> None:
    assert main(["whichpip", "--facts", healthy]) == 0
    assert capsys.readouterr().out.startswith("OK: ")


def test_a_report_with_a_problem_ends_with_status_1(faulty: str, capsys: Captured) -> None:
    assert main(["whichpip", "--facts", faulty]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("1 problem: ")
    assert told.err == ""


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["which"],
        ["explain", "WP999"],
        ["explain", "WP101", "WP102"],
        ["whichpip", "--colour"],
        ["whichpip", "WP999"],
        ["whichpip", "--facts"],
        ["whichpip", "--facts", "/nowhere/report.json"],
        ["whichpip", "--facts", "x", "--python", "y"],
        ["whichpip", "--save", "report.docx"],
    ],
)
def test_wrong_use_ends_with_status_2_and_one_line(words: list[str], capsys: Captured) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.err.startswith("ipymod: ")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", '{"schema": 2}', '{"facts": {"kernel": 1}}', "\0", "[" * 10**5],
)
def test_a_file_that_is_no_report_is_told_in_one_line(
    text: str, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    assert main(["whichpip", "--facts", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_facts_that_were_saved_alone_are_replayed_too(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(to_json(HEALTHY)))
    assert main(["whichpip", "--facts", str(path)]) == 0
    assert HEALTHY.kernel.executable in capsys.readouterr().out


def test_a_saved_report_gives_the_same_report(tmp_path: Path, capsys: Captured) -> None:
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    first.write_text(json.dumps(to_json(mixed())))
    main(["whichpip", "--facts", str(first), "--save", str(again)])
    told = capsys.readouterr().out
    main(["whichpip", "--facts", str(again)])
    assert capsys.readouterr().out == told


def test_json_is_json(faulty: str, capsys: Captured) -> None:
    assert main(["whichpip", "--facts", faulty, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "WP901"


def test_words_select_checks(faulty: str, capsys: Captured) -> None:
    assert main(["whichpip", "WP901", "--facts", faulty]) == 1
    assert main(["whichpip", "--facts", faulty, "names", "WP4"]) == 1
    assert main(["whichpip", "packages", "--facts", faulty]) == 0
    assert "OK: no problem found in packages" in capsys.readouterr().out


@pytest.mark.parametrize("extension", ["html", "md", "json", "txt", "svg"])
def test_a_report_is_saved_in_the_form_its_name_says(
    extension: str, faulty: str, tmp_path: Path
) -> None:
    path = tmp_path / f"report.{extension}"
    assert main(["whichpip", "--facts", faulty, "--save", str(path)]) == 1
    text = path.read_text("utf-8")
    begins = {"html": "<!DOCTYPE", "md": "**1 problem", "json": "{", "txt": "1 p", "svg": "<svg"}
    assert text.startswith(begins[extension])
    if extension == "html":
        assert "numpy 2.1.0 is installed in /usr" in Reader(text).text


def test_what_is_shared_names_nobody(
    faulty: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USER", "ada")
    main(["whichpip", "--facts", faulty, "--share"])
    told = capsys.readouterr().out
    assert "ada" not in told
    assert "~/project/.venv" in told


def test_all_checks_are_listed_and_one_is_explained(capsys: Captured) -> None:
    assert main(["explain"]) == 0
    listed = capsys.readouterr().out
    assert all(check.code in listed for check in REGISTRY)
    assert main(["explain", "wp901"]) == 0
    assert "WP901" in capsys.readouterr().out
    assert main(["whichpip", "--explain", "WP901"]) == 0
    assert "WP901" in capsys.readouterr().out


def test_the_version_is_told(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ipymod {__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["whichpip", "--help"]])
def test_help_fits_a_terminal(words: list[str], capsys: Captured) -> None:
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "whichpip" in told
    assert max(map(len, told.splitlines())) <= 80


# -- started for real


def started(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ipymod", *words]
    env = {**os.environ, **variables}
    return subprocess.run(
        command, capture_output=True, text=True, env=env, check=False, cwd=REPOSITORY, timeout=60
    )


def test_it_describes_the_interpreter_that_runs_it() -> None:
    ended = started("whichpip", "--json")
    told = json.loads(ended.stdout)
    assert ended.stderr == ""
    assert ended.returncode in {0, 1}
    assert told["kernel"]["executable"] == sys.executable
    assert told["kernel"]["prefix"] == sys.prefix


def test_another_python_describes_itself() -> None:
    base = os.path.realpath(sys.executable)
    told = json.loads(started("whichpip", "--python", base, "--json").stdout)
    assert told["kernel"]["prefix"] == sys.base_prefix
    assert told["kernel"]["running"] is False


def test_a_python_that_is_none_is_told_in_one_line() -> None:
    ended = started("whichpip", "--python", "/bin/cat")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("ipymod: ")
    assert ended.stderr.count("\n") == 1


def test_a_terminal_of_ascii_is_told_everything(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    kernel = replace(HEALTHY.kernel, executable="/home/åda/bin/python")
    path.write_text(json.dumps(to_json(replace(HEALTHY, kernel=kernel))))
    ended = started("whichpip", "--facts", str(path), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "/home/\\xe5da/bin/python" in ended.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"'{sys.executable}' -m ipymod explain | head -1"
    ended = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.stderr == ""
