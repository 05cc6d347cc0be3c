"""What to type instead: said where it is known for sure, and not where it is a guess."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ipymod.run.hints import about_the_end, about_the_name, of_the_shell, wants_an_answer

if TYPE_CHECKING:
    from pathlib import Path

REAL_TRACEBACK = b"""Traceback (most recent call last):
  File "%s", line 1, in <module>
ImportError: cannot import name 'Random' from partially initialized module 'random'
"""


@pytest.mark.parametrize("word", ["|", ">", ">>", "<", "&&", "||", ";", "&", "2>&1"])
def test_a_word_of_the_shell_that_stands_alone_is_named(word: str) -> None:
    assert f"{word} is an argument like any other" in of_the_shell(["pip", "list", word, "x"])


@pytest.mark.parametrize("word", ["a|b", "pandas>=2", "'|'", '">"', "x;y", "->", "<div>"])
def test_a_word_that_only_holds_such_a_character_is_not(word: str) -> None:
    assert of_the_shell(["echo", word]) == ""


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("python", ["script.py", "x"], "%pymod script"),
        ("python3.12", [], "%pymod NAME"),
        ("install", ["x"], "%pymod pip install"),
        ("freeze", [], "%pymod pip freeze"),
        ("conda", ["install", "x"], "%conda install"),
        ("jsn.tool", [], "did you mean json.tool"),
        ("json", [], "json.tool can"),
    ],
)
def test_a_name_that_cannot_be_run_gets_the_line_that_can(
    name: str, args: list[str], said: str, tmp_path: Path
) -> None:
    assert said in about_the_name(name, args, str(tmp_path))


def test_a_file_is_named_without_its_ending(tmp_path: Path) -> None:
    (tmp_path / "script.py").touch()
    assert "%pymod script" in about_the_name("script.py", [], str(tmp_path))


@pytest.mark.parametrize("name", ["json.tool", "-", "this"])
def test_a_name_that_can_be_run_gets_none(name: str, tmp_path: Path) -> None:
    assert about_the_name(name, [], str(tmp_path)) == ""


def test_a_name_like_no_other_gets_no_guess(tmp_path: Path) -> None:
    hint = about_the_name("zzqxv", [], str(tmp_path))
    assert "did you mean" not in hint
    assert "install" not in hint  # an unknown name may be somebody's trap on the index


def test_an_environment_without_pip_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    hint = about_the_name("pip", ["install", "x"], str(tmp_path))
    assert "%pymod ensurepip" in hint
    assert f"uv pip install --python {sys.executable}" in hint


def test_a_local_file_in_the_traceback_that_hides_a_standard_module_is_named(
    tmp_path: Path,
) -> None:
    words = REAL_TRACEBACK % str(tmp_path / "random.py").encode()
    hint = about_the_end(words, str(tmp_path), unanswered=False)
    assert hint == "random.py in the working directory hides Python's own random: rename it"


@pytest.mark.parametrize("file", ["mine.py", "sub/random.py"])
def test_another_file_in_the_traceback_is_not(file: str, tmp_path: Path) -> None:
    words = REAL_TRACEBACK % str(tmp_path / file).encode()
    assert about_the_end(words, str(tmp_path), unanswered=False) == ""


UNREACHED = b"""WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, \
status=None)) after connection broken by 'NameResolutionError("HTTPSConnection(host='x.invalid')")
ERROR: Could not find a version that satisfies the requirement cowsay (from versions: none)
ERROR: No matching distribution found for cowsay
"""


def test_who_did_not_reach_the_index_is_sent_to_the_network(tmp_path: Path) -> None:
    hint = about_the_end(UNREACHED, str(tmp_path), unanswered=False)
    assert "look at the network" in hint


@pytest.mark.slow  # pip waits before it tries again
def test_so_is_who_did_not_reach_it_with_this_pip(tmp_path: Path) -> None:
    words = "install --isolated --no-cache-dir --retries 1 --index-url http://127.0.0.1:9 nosuch"
    line = [sys.executable, "-m", "pip", *words.split(" ")]
    ended = subprocess.run(line, capture_output=True, check=False)
    hint = about_the_end(ended.stdout + ended.stderr, str(tmp_path), unanswered=False)
    assert "look at the network" in hint


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b"total=0", b"total=1"),
        (b"(from versions: none)", b"(from versions: 5.0, 6.0)"),
        (b"NameResolutionError", b"SSLError"),
    ],
)
def test_who_may_have_reached_it_is_not(said: bytes, instead: bytes, tmp_path: Path) -> None:
    words = UNREACHED.replace(said, instead)
    assert words != UNREACHED
    assert about_the_end(words, str(tmp_path), unanswered=False) == ""


def test_who_wanted_an_answer_is_told_where_to_give_it(tmp_path: Path) -> None:
    assert wants_an_answer(b"EOFError: EOF when reading a line\n")
    assert not wants_an_answer(b"ValueError\n")
    assert "pip uninstall -y" in about_the_end(b"", str(tmp_path), unanswered=True)
