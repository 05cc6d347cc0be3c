"""The `ipymod` command: what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod import __version__
from ipymod.checks import REGISTRY
from ipymod.cli import main
from ipymod.commands import COMMANDS
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
        ["whichpip", "--facts", "/dev/null/report.json"],
        ["whichpip", "--facts", "x", "--python", "y"],
        ["whichpip", "--facts", "x", "--probe"],
        ["whichpip", "--facts", "x", "json"],
        ["whichpip", "--facts", ""],
        ["whichpip", "--python", ""],
        ["whichpip", "--python", "/dev/null/python"],
        ["whichpip", "--python", "/"],
        ["whichpip", "--kernel", " "],
        ["whichpip", "--kernel", "no-such-kernel"],
        ["whichpip", ""],
        ["whichpip", "json", "--probe"],
        ["whichpip", "json", "--save", "report.svg"],
        ["whichpip", "--explain", "WP101", "WP102"],
        ["whichpip", "--explain", "WP101", "--json"],
        ["whichpip", "--explain", "--save", "report.md"],
        ["whichpip", "--save", ""],
        ["whichpip", "--save", "/dev/null/report.json", "json"],
        ["whichpip", "--save", "/dev/null/\0.json", "json"],
        ["whichpip", "--save", "report.docx"],
    ],
)
def test_wrong_use_ends_with_status_2_and_one_line(words: list[str], capsys: Captured) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.err.startswith("ipymod: ")
    assert told.err.count("\n") == 1
    assert "Errno" not in told.err


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", '{"schema": 2}', '{"facts": {"kernel": 1}}', "\0", "[" * 10**5]
    + [json.dumps(to_json(HEALTHY)).replace('"3.12.1"', each) for each in ("7", "null")]
    + [json.dumps({**to_json(HEALTHY), "names": ["x"]})],
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


@pytest.mark.parametrize("word", ["NB20", "nb2", "Waiting"])
def test_the_checks_of_a_beginning_or_a_family_are_listed(word: str, capsys: Captured) -> None:
    assert main(["explain", word]) == 0
    listed = capsys.readouterr().out
    assert re.findall(r"^- (\w+)", listed, re.MULTILINE) == ["NB201", "NB202", "NB203", "NB204"]


def test_the_version_is_told(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ipymod {__version__}\n"


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_fits_a_terminal(
    words: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(words) == 0
    told = capsys.readouterr().out
    assert words[0].removeprefix("--help") in told
    assert max(map(len, told.splitlines())) <= 80


@pytest.mark.parametrize("name", [name for name in COMMANDS if COMMANDS[name].words])
def test_the_help_of_a_command_that_takes_words_has_examples(name: str, capsys: Captured) -> None:
    main([name, "--help"])
    told = capsys.readouterr().out
    is_of_one_word = name in {"enable", "disable", "whichpip"}  # their options are all there is
    assert is_of_one_word or f"examples:\n  ipymod {name}" in told or f"ipymod {name} bash" in told


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
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("ipymod: ")
    assert ended.stderr.count("\n") == 1


def test_a_terminal_of_ascii_is_told_everything(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    kernel = replace(HEALTHY.kernel, executable="/home/åda/bin/python")
    path.write_text(json.dumps(to_json(replace(HEALTHY, kernel=kernel))))
    ended = started("whichpip", "--facts", str(path), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "/home/\\xe5da/bin/python" in ended.stdout


def in_shell(command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    words = ["/bin/sh", "-c", command.replace("ipymod", f"'{sys.executable}' -m ipymod")]
    return subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=60, cwd=cwd or REPOSITORY
    )


def test_a_reader_that_goes_away_is_no_error() -> None:
    ended = in_shell("ipymod explain | head -1")
    assert ended.stderr == ""
    assert ended.stdout.startswith("- WP101")


def test_a_reader_that_goes_away_changes_no_status(faulty: str) -> None:
    ended = in_shell(f"{{ ipymod whichpip --facts {faulty}; echo $? >&2; }} | true")
    assert ended.stderr == "1\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")
def test_a_disk_that_is_full_is_told_in_one_line(healthy: str) -> None:
    ended = in_shell(f"ipymod whichpip --facts {healthy} > /dev/full")
    assert ended.returncode == 2
    assert ended.stderr == "ipymod: nothing can be printed: No space left on device\n"


def test_without_an_output_it_has_its_status(faulty: str) -> None:
    ended = in_shell(f"ipymod whichpip --facts {faulty} >&- 2>&-")
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["json", "re", "os", "site", "platform", "argparse", "io"])
def test_a_file_with_the_name_of_a_standard_module_does_not_break_the_command(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong file')")
    ended = in_shell("ipymod whichpip place --json", tmp_path)
    assert ended.stderr == ""
    assert str(tmp_path) not in json.loads(ended.stdout)["kernel"]["path"]


def test_both_ways_to_start_it_give_the_same_report(tmp_path: Path) -> None:
    command = os.path.join(os.path.dirname(sys.executable), "ipymod")
    ended = subprocess.run(
        [command, "whichpip"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ended.stdout == in_shell("ipymod whichpip", tmp_path).stdout


def test_a_directory_is_told_with_its_python() -> None:
    ended = started("whichpip", "--python", sys.prefix)
    assert ended.returncode == 2
    assert f"its Python is {sys.prefix}/bin/python" in ended.stderr


def test_a_kernel_that_cannot_start_is_told_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "kernels" / "half"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text('{"argv": [')
    ended = started("whichpip", "--kernel", "half", JUPYTER_PATH=str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"ipymod: the kernel half cannot start: {folder}: it is no JSON")
    other = started("whichpip", "--kernel", "other", JUPYTER_PATH=str(tmp_path))
    assert "half" not in other.stderr


# -- replayed elsewhere


@pytest.mark.parametrize(
    "words", [[], ["--all"], ["path", "WP4"], ["json", "no_such"], ["json", "path"], ["--share"]]
)
@pytest.mark.slow
def test_a_report_is_the_same_on_another_machine(words: list[str], tmp_path: Path) -> None:
    path = str(tmp_path / "report.json")
    here = started("whichpip", *words, "--save", path, HOME=str(tmp_path))
    shown = ["--all"] if "--all" in words else []
    there = started("whichpip", "--facts", path, *shown, HOME="/nowhere", PATH="/nowhere", USER="x")
    assert there.stdout == here.stdout
    assert there.returncode == here.returncode


def test_other_checks_of_a_saved_report_can_be_asked_for(faulty: str, tmp_path: Path) -> None:
    path = str(tmp_path / "again.json")
    main(["whichpip", "place", "--facts", faulty, "--save", path])
    assert main(["whichpip", "--facts", path]) == 0
    assert main(["whichpip", "--facts", path, "names"]) == 1


HEAVY = ("nbformat", "nbclient", "jupyter_client", "IPython", "zmq", "tornado", "tqdm", "pathspec")


@pytest.mark.parametrize("words", [["lint"], ["fix", "--diff"], ["kernels"], ["binder"]])
def test_what_only_reads_notebooks_loads_nothing_that_runs_them(
    words: list[str], tmp_path: Path
) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "!pip install a && b", "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    code = (
        "import sys; from ipymod.cli import main; main(sys.argv[1:]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
