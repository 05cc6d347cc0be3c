"""The words that bash, zsh and fish complete when TAB is pressed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.checks import REGISTRY as OF_MACHINES
from ipymod.cli import main
from ipymod.commands import COMMANDS
from ipymod.commands.completion import SCRIPTS, answer
from ipymod.formats import FORMS
from ipymod.lint.rules import REGISTRY as OF_LINT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BIN = os.path.dirname(sys.executable)
slow = pytest.mark.slow
on_posix = pytest.mark.skipif(os.name == "nt", reason="shells of POSIX")


def words(*typed: str) -> list[str]:
    kind, *lines = answer(typed)
    assert kind == "words"
    return [line.partition("\t")[0] for line in lines]


# What is told.


def test_the_first_word_is_a_command() -> None:
    assert words("") == list(COMMANDS)
    assert words("ker") == ["kernels"]
    assert words("--") == ["--help", "--version"]
    assert answer(["kernels"]) == ["words", f"kernels\t{COMMANDS['kernels'].about}"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_tells_its_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = words(command, "-")
    assert "--help" in told
    assert main([command, "--help"]) == 0
    page = capsys.readouterr().out
    assert [name for name in told if name not in page] == []


@pytest.mark.parametrize(
    "typed",
    [
        ("nothing", ""),
        ("--version", ""),
        ("kernels", "--timeout", ""),
        ("kernels", "--timeout", "-"),
        (
            "kernels",
            "--timeout=",
        ),
    ],
)
def test_nothing_is_told_of_what_is_not_known(typed: tuple[str, ...]) -> None:
    assert answer(typed) == []


def test_an_option_that_is_not_known_takes_no_place_of_another() -> None:
    assert answer(["lint", "--nothing", "x"]) == ["notebooks"]


def test_an_option_is_told_once_and_its_help_with_it() -> None:
    told = answer(["kernels", "--json", "--"])
    assert "--json" not in words("kernels", "--json", "--")
    assert "--start\tstart each kernel, ask it who it is, stop it" in told


def test_after_two_dashes_nothing_is_an_option() -> None:
    assert answer(["lint", "--", "-"]) == ["notebooks"]
    assert answer(["lint", "--", "--kernel", ""]) == ["notebooks"]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (["lint", ""], "notebooks"),
        (["lint", "a.ipynb", "b"], "notebooks"),
        (["lint", "--select", "NB101", ""], "notebooks"),
        (["lint", "--select=NB101", ""], "notebooks"),
        (["kernels", "--python", ""], "files"),
        (["kernels", "--python=x"], "files"),
        (["kernels", "--python", "="], "files"),
        (["kernels", "--python", "=", "x"], "files"),
    ],
)
def test_paths_are_left_to_the_shell(typed: list[str], kind: str) -> None:
    assert answer(typed) == [kind]


def test_a_place_that_is_taken_leaves_the_options() -> None:
    assert words("completion", "") == list(SCRIPTS)
    assert words("completion", "bash", "") == ["-h", "--help"]


def test_choices_are_values() -> None:
    assert words("lint", "--format", "s") == words("lint", "--format=s") == ["sarif"]
    assert words("lint", "--format", "=", "s") == words("lint", "--format", '"s') == ["sarif"]


def test_codes_are_values() -> None:
    of_lint = [check.code for check in OF_LINT]
    assert words("lint", "--select", "") == words("lint", "--ignore", "=") == of_lint
    assert words("lint", "--select", f"NB1,{of_lint[0]}") == [f"NB1,{of_lint[0]}"]


def test_all_codes_can_be_explained() -> None:
    assert {check.code for check in [*OF_LINT, *OF_MACHINES]} <= {*words("explain", "")}
    assert answer(["explain", "WP101"]) == ["words", f"WP101\t{OF_MACHINES['WP101'].summary}"]


def test_kernels_are_those_that_jupyter_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_client.kernelspec import KernelSpecManager

    for name in ("mine", "Course-2026", "no-file"):
        (tmp_path / "kernels" / name).mkdir(parents=True)
        if name != "no-file":
            (tmp_path / "kernels" / name / "kernel.json").write_text("{}")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    known = sorted(KernelSpecManager().find_kernel_specs())
    assert {"mine", "course-2026"} <= {*known}
    assert words("lint", "--kernel", "") == words("kernels", "") == known
    assert words("lint", "--kernel=cou") == ["course-2026"]


# What shells make of it.


def ran(*command: str, where: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([BIN, os.environ["PATH"]])
    return subprocess.run(
        command,
        cwd=where,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_of_a_shell_is_one_to_that_shell(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} is installed")
    (tmp_path / "script").write_text(SCRIPTS[shell])
    done = ran(shell, "-n", str(tmp_path / "script"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_shell_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "choose from" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["ipymod", "lint", "my"], ["my folder", "my note.ipynb"]),
        pytest.param(["ipymod", "comp"], ["completion"], marks=slow),
        pytest.param(["ipymod", "lint", "--format", "=", "sa"], ["sarif"], marks=slow),
        pytest.param(["ipymod", "lint", "--format", "="], [*FORMS], marks=slow),
        pytest.param(["ipymod", "kernels", "--python", "=", "no"], ["notes.py"], marks=slow),
        pytest.param(["ipymod", "nothing", ""], [], marks=slow),
    ],
)
@on_posix
@pytest.mark.skipif(not shutil.which("bash"), reason="no bash is installed")
def test_bash_completes(typed: list[str], completed: list[str], tmp_path: Path) -> None:
    for name in ("my note.ipynb", "my notes.py", "notes.py"):
        (tmp_path / name).touch()
    (tmp_path / "my folder").mkdir()
    script = 'eval "$(ipymod completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ipymod'
    script += '; ((${#COMPREPLY[@]})) && printf "%s\\n" "${COMPREPLY[@]}"'
    done = ran("bash", "--norc", "-c", script, "bash", *typed, where=tmp_path)
    assert done.stdout.splitlines() == completed, done.stderr


STARTS = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(ipymod completion bash)"'),
    "zsh": (
        ["-f", "-i"],
        'autoload -Uz compinit; compinit -u -D; eval "$(ipymod completion zsh)"',
    ),
    "fish": (["--no-config", "-i"], "ipymod completion fish | source"),
}


class Terminal:
    """A real shell that completes; its `ipymod` notes the words that it is given."""

    def __init__(self, shell: str, where: Path) -> None:
        import pexpect
        import pyte

        self.log = where / "log"
        self.log.touch()
        fake = where / "bin" / "ipymod"
        fake.parent.mkdir()
        fake.write_text(
            f'#!/bin/sh\n[ "$1" = completion ] && exec "{BIN}/ipymod" "$@"\n'
            f'printf "%s|" "$@" >> "{self.log}"\necho >> "{self.log}"\n'
        )
        fake.chmod(0o755)
        self.screen: Any = pyte.Screen(200, 50)
        self._stream = pyte.Stream(self.screen)
        options, load = STARTS[shell]
        env: Any = {"HOME": str(where), "TERM": "xterm", "LANG": "C.UTF-8", "PS1": "$ "}
        env["PATH"] = os.pathsep.join([str(fake.parent), os.environ["PATH"]])
        self.child: Any = pexpect.spawn(
            shell, options, cwd=str(where), env=env, encoding="utf-8", dimensions=(50, 200)
        )
        self.child.sendline(f"{load}; echo loa''ded")
        self.until(lambda: any("loaded" in line for line in self.screen.display))

    def until(self, done: Callable[[], bool]) -> None:
        import pexpect

        end = time.monotonic() + 30
        while not done():
            assert time.monotonic() < end, "\n".join(self.screen.display)
            try:
                self._stream.feed(self.child.read_nonblocking(4096, timeout=0.05))
            except pexpect.TIMEOUT:
                continue

    def tab(self, typed: str) -> str:
        """Type it, press TAB, run the line; the words that `ipymod` was given."""
        self.log.write_text("")
        self.child.send(f"{typed}\t")
        self.until(lambda: self._is_longer_than(typed))
        self.child.send("\r")
        self.until(lambda: self.log.read_text().endswith("\n"))
        return self.log.read_text().rstrip("\n")

    def _is_longer_than(self, typed: str) -> bool:
        line = self.screen.display[self.screen.cursor.y].rstrip()
        return typed in line and not line.endswith(typed)


@pytest.mark.slow
@on_posix
@pytest.mark.parametrize("shell", STARTS)
def test_tab_completes_in_a_real_shell(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} is installed")
    for name in ("my note.ipynb", "do$lar.ipynb", "it's.ipynb", "my notes.py"):
        (tmp_path / name).touch()
    terminal = Terminal(shell, tmp_path)
    try:
        assert terminal.tab("ipymod ker") == "kernels|"
        assert terminal.tab("ipymod lint --format=sa") == "lint|--format=sarif|"
        assert terminal.tab("ipymod lint my\\ n") == "lint|my note.ipynb|"
        assert terminal.tab('ipymod lint "my n') == "lint|my note.ipynb|"
        assert terminal.tab("ipymod lint do") == "lint|do$lar.ipynb|"
        assert terminal.tab("ipymod lint ~/it") == f"lint|{tmp_path}/it's.ipynb|"
        assert terminal.tab("ipymod kernels --python=do") == "kernels|--python=do$lar.ipynb|"
    finally:
        terminal.child.close(force=True)
