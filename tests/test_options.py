"""What stands before NAME is ours, what follows it is the module's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipymod.errors import UsageError
from ipymod.magics import PymodMagics
from ipymod.run.options import OPTIONS, Request, manual, parse, takes_value

PLAIN = ("--capture", "--no-raise", "--time", "--tty", "--no-tty", "--bg", "--here", "--explain")


def read(line: str) -> Request:
    return parse(shlex.split(line))


def refusal(line: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(line)
    return str(caught.value)


def test_a_name_alone_is_run_as_it_is() -> None:
    assert read("pip") == Request(action="run", name="pip")


@given(st.lists(st.text()))
def test_every_word_after_the_name_belongs_to_the_module(words: list[str]) -> None:
    request = parse(["--capture", "name", *words])
    assert request.args == tuple(words)
    assert request.given == {"--capture"}


@pytest.mark.parametrize("flag", [option.flag for option in OPTIONS])
def test_an_option_of_ours_after_the_name_is_not_read(flag: str) -> None:
    assert read(f"name {flag} x") == Request(name="name", args=(flag, "x"))


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("--capture m", "capture", True),
        ("--no-raise m", "check", False),
        ("--time m", "time", True),
        ("--tty m", "tty", True),
        ("--no-tty m", "tty", False),
        ("--timeout 2.5 m", "timeout", 2.5),
        ("--timeout=1e3 m", "timeout", 1000.0),
        ("--cwd / m", "cwd", str(Path("/").resolve())),
        ("--cwd=. m", "cwd", str(Path.cwd())),
        ("--log a.log m", "log", str(Path("a.log").absolute())),
        ("--log=~/a.log m", "log", str(Path.home() / "a.log")),
        ("--env A=1 m", "env", {"A": "1"}),
        ("--env=A=b=c m", "env", {"A": "b=c"}),
        ("--env A= m", "env", {"A": ""}),
        ("--env A=1 --env B='2 3' --env A=4 m", "env", {"A": "4", "B": "2 3"}),
        ("--bg m", "action", "bg"),
        ("--here m", "action", "here"),
        ("--explain m", "action", "explain"),
        ("--jobs", "action", "jobs"),
        ("--tail 2", "name", "2"),
        ("--tail=2", "name", "2"),
        ("--wait 3", "action", "wait"),
        ("--kill 3", "name", "3"),
        ("--list", "name", ""),
        ("--list 'json*'", "name", "json*"),
        ("--list=json", "name", "json"),
        ("- a", "name", "-"),
        ("--capture - a", "args", ("a",)),
        ("--tty --no-tty m", "tty", False),
    ],
)
def test_an_option_changes_its_attribute(line: str, attribute: str, value: object) -> None:
    assert getattr(read(line), attribute) == value


def test_options_may_stand_in_any_order() -> None:
    one, other = read("--time --capture --cwd / m -v"), read("--cwd / --capture --time m -v")
    assert one == other


def test_a_value_may_begin_with_a_dash() -> None:
    assert read("--env -A=-1 m").env == {"-A": "-1"}
    assert parse(["--log", "-m", "m"]).log == str(Path("-m").absolute())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "no module given"),
        ("''", "no module given"),
        ("--tail ''", "--tail wants the number of a job"),
        ("--capture", "no module given"),
        ("--captur m", "did you mean --capture?"),
        ("--time-out 3 m", "did you mean --timeout?"),
        ("--verbose-please m", "%pymod? lists them"),
        ("-v m", "options of the module stand after its NAME"),
        ("-m pip", "without -m"),
        ("-c 'print(1)'", "without -c"),
        ("--timeout", "--timeout wants a value: --timeout SECONDS"),
        ("--timeout soon m", "not 'soon'"),
        ("--timeout 0 m", "above 0"),
        ("--timeout -1 m", "above 0"),
        ("--timeout nan m", "above 0"),
        ("--env A m", "NAME=VALUE, not 'A'"),
        ("--env =1 m", "NAME=VALUE, not '=1'"),
        ("--cwd /no/such/place m", "/no/such/place: there is no such directory"),
        ("--capture=yes m", "--capture takes no value"),
        ("--jobs 1", "--jobs takes no argument, not '1'"),
        ("--tail", "--tail wants the number of a job"),
        ("--kill 1 2", "--kill takes one argument, not 2"),
        ("--list a b", "--list takes one argument, not 2"),
        ("--bg --here m", "--bg and --here do not go together"),
        ("--bg --capture m", "--capture and --bg do not go together"),
        ("--here --timeout 3 m", "--timeout and --here do not go together"),
        ("--explain --env A=1 m", "--env and --explain do not go together"),
        ("--capture --jobs", "--capture and --jobs do not go together"),
    ],
)
def test_a_line_that_cannot_be_understood_says_why(line: str, words: str) -> None:
    assert words in refusal(line)


@pytest.mark.parametrize("flag", PLAIN)
def test_a_plain_option_wants_no_value(flag: str) -> None:
    assert not takes_value(flag)
    assert f"{flag} takes no value" in refusal(f"{flag}=1 m")


def test_only_options_of_ours_take_the_next_word() -> None:
    taking = {option.flag for option in OPTIONS if takes_value(option.flag)}
    assert taking == {"--cwd", "--env", "--log", "--timeout"}
    assert not takes_value("--out")


@given(st.lists(st.text(max_size=8), max_size=5))
def test_whatever_is_written_is_a_request_with_a_name_or_a_usage_error(words: list[str]) -> None:
    try:
        request = parse(words)
    except UsageError:
        return
    assert request.name or request.action in {"jobs", "list"}


def test_the_manual_names_every_option_once() -> None:
    lines = manual().splitlines()
    assert [re.match(r"  (--[a-z-]+)", line)[1] for line in lines if line] == [  # type: ignore[index]
        option.flag for option in OPTIONS
    ]


def test_each_option_has_a_line_of_help() -> None:
    assert all(option.help and not option.help.endswith(".") for option in OPTIONS)


def test_a_relative_place_without_a_working_directory_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "working directory, which is gone" in refusal("--log a.log m")
    assert "working directory, which is gone" in refusal("--cwd a m")
    assert read(f"--cwd {tmp_path} m").cwd == str(tmp_path)


def test_no_line_of_the_manual_is_wider_than_a_narrow_pane() -> None:
    text = PymodMagics.pymod.__doc__ or ""
    assert [line for line in text.splitlines() if len(line) > 79] == []
