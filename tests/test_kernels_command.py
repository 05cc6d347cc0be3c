"""`ipymod kernels` on made folders; real kernels are in test_kernels_started.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.cli import main
from ipymod.commands.kernels import parser
from ipymod.errors import UsageError
from ipymod.facts import Environment
from ipymod.kernelspecs import json as form
from ipymod.kernelspecs.judged import judged
from ipymod.kernelspecs.learned import explaining, learned
from ipymod.kernelspecs.look import look
from ipymod.kernelspecs.mending import mending
from ipymod.kernelspecs.model import Answer
from ipymod.kernelspecs.text import Page
from ipymod.kernelspecs.words import last_words
from kernel_machines import ARGV, write_spec
from made_machines import ELF, Machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipymod.kernelspecs.model import Entry, Listing

    Captured = pytest.CaptureFixture[str]

SITE = "lib/python3.12/site-packages"
ESCAPE = re.compile(r"\x1b\[\d*m")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A base, the environment that has Jupyter, and one that has ipykernel alone."""
    made = Machine(tmp_path)
    made.base()
    for name in ("venv", "lab/.venv"):
        made.venv(name)
        made.file(f"{name}/{SITE}/ipykernel_launcher.py")
        made.file(f"{name}/{SITE}/ipykernel/__init__.py")
        made.file(f"{name}/{SITE}/ipykernel-6.29.5.dist-info/METADATA")
    made.file(f"venv/{SITE}/jupyter_client/__init__.py")
    native(made, "python3", "python", *ARGV, display_name="Python 3 (ipykernel)")
    return made


def native(machine: Machine, name: str, *argv: str, **more: Any) -> Path:
    """A kernelspec in the environment of Jupyter itself."""
    return write_spec(machine.root / "venv/share/jupyter/kernels", name, *argv, **more)


def user(machine: Machine, name: str, *argv: str, **more: Any) -> Path:
    """A kernelspec of the user, of the other environment if nothing is said."""
    words = argv or (f"{machine.root}/lab/.venv/bin/python", *ARGV)
    return write_spec(Path(machine.home, ".local/share/jupyter/kernels"), name, *words, **more)


def listed(machine: Machine, *path: str) -> Listing:
    python = f"{machine.root}/venv/bin/python"
    return judged(look(machine.around(*path, f"{machine.root}/bin"), python))


def the(machine: Machine, name: str) -> Entry:
    return next(entry for entry in listed(machine).entries if entry.spec.name == name)


def codes(machine: Machine, name: str) -> list[str]:
    return [each.code for each in the(machine, name).problems]


def text(listing: Listing, **page: Any) -> str:
    return Page(listing.home, **page).written(listing, listing.entries)


# What is listed


def test_a_kernel_is_told_with_what_it_really_starts(machine: Machine) -> None:
    folder = user(machine, "Lab", display_name="Lab")
    told = text(listed(machine), width=200).splitlines()
    at = told.index('ok       lab  "Lab", python')
    assert [line.split(None, 1) for line in told[at + 1 : at + 4]] == [
        ["starts", f"{machine.root}/lab/.venv/bin/python"],
        ["venv", f"{machine.root}/lab/.venv, Python 3.12.4"],
        ["file", f"~{str(folder).removeprefix(machine.home)}/kernel.json"],
    ]
    assert told[0] == f"2 kernels of the Jupyter of {machine.root}/venv (Python 3.12.4)"
    assert told[-1] == "OK: no problem"


def test_hidden_and_broken_ones_are_listed_too(machine: Machine) -> None:
    user(machine, "python3")
    user(machine, "gone", "/gone/bin/python", *ARGV)
    Path(user(machine, "torn"), "kernel.json").write_text("{")
    found = [(entry.spec.name, entry.state) for entry in listed(machine).entries]
    assert found == [("gone", "error"), ("python3", "ok"), ("python3", "hidden"), ("torn", "error")]
    told = text(listed(machine), width=200)
    assert "nothing: /gone/bin/python does not exist" in told
    assert f"hidden  by {machine.root}/venv/share/jupyter/kernels/python3" in told


def test_a_program_of_its_own_is_unknown_and_not_ok(machine: Machine) -> None:
    machine.script("bin/R", ELF)
    user(machine, "ir", "R", "--slave", language="R")
    assert the(machine, "ir").state == "unknown"
    assert not listed(machine).faulty


PROBLEMS: dict[str, Callable[[Machine], object]] = {
    "WP201": lambda machine: user(machine, "x", "/gone/bin/python", *ARGV),
    "WP202": lambda machine: user(machine, "x", "python3", *ARGV, env=[]),
    "WP203": lambda machine: user(
        machine, "x", machine.venv("bare") + "/bin/python", *ARGV, display_name="Bare"
    ),
    "WP204": lambda machine: user(machine, "x", "python", *ARGV),
    "WP206": lambda machine: user(machine, "x", display_name="Python 3.9"),
    "WP209": lambda machine: user(machine, "x", env={"PATH": "/opt/tool"}),
    "WP210": lambda machine: (
        machine.file(f"venv/{SITE}/jupyterlab-4.2.5.dist-info/METADATA"),
        machine.file(f"lab/.venv/{SITE}/ipywidgets-8.1.5.dist-info/METADATA"),
        user(machine, "x"),
    ),
    "WP211": lambda machine: (
        machine.file("more/ipykernel/__init__.py"),
        machine.file("more/ipykernel-5.0.dist-info/METADATA"),
        machine.variables.update(PYTHONPATH=f"{machine.root}/more"),
        user(machine, "x"),
    ),
    "WP212": lambda machine: (
        machine.folder("lab/.venv/conda-meta"),
        machine.file("lab/.venv/etc/conda/activate.d/gdal.sh"),
        user(machine, "x"),
    ),
}


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problem_stands_with_the_kernel_that_has_it(code: str, machine: Machine) -> None:
    user(machine, "other", display_name="Other")
    PROBLEMS[code](machine)
    assert codes(machine, "x") == [code]
    if code not in {"WP210", "WP211", "WP212"}:  # those come from the environment
        assert codes(machine, "other") == []
    assert the(machine, "python3").state == ("warning" if code == "WP211" else "ok")


def test_one_that_stands_before_the_servers_own_is_a_problem_of_that(machine: Machine) -> None:
    machine.variables["JUPYTER_PREFER_ENV_PATH"] = "0"
    folder = user(machine, "python3")
    hidden = [entry for entry in listed(machine).entries if entry.state == "hidden"]
    assert [each.code for entry in hidden for each in entry.problems] == ["WP205"]
    assert hidden[0].spec.shadowed_by == str(folder)
    assert listed(machine).faulty


def test_a_hidden_one_that_is_broken_does_no_harm(machine: Machine) -> None:
    user(machine, "python3", "/gone/bin/python", *ARGV)
    assert not listed(machine).faulty
    assert "nothing: /gone/bin/python does not exist" in text(listed(machine))


def test_what_only_the_kernel_would_meet_is_not_said_of_a_hidden_one(machine: Machine) -> None:
    PROBLEMS["WP212"](machine)
    user(machine, "python3")
    hidden = [entry for entry in listed(machine).entries if entry.state == "hidden"]
    assert [each.code for entry in hidden for each in entry.problems] == ["WP205"]


# Whose list it is


def test_another_jupyter_on_path_is_named_in_one_sentence(machine: Machine) -> None:
    script = f"#!{machine.root}/lab/.venv/bin/python\nimport jupyter_core\n"
    machine.script("lab/.venv/bin/jupyter", script)
    told = text(listed(machine, f"{machine.root}/lab/.venv/bin"), width=300).splitlines()[1]
    assert told.startswith(f"`jupyter` on PATH is that of {machine.root}/lab/.venv, ")
    assert told.endswith(f"ipymod kernels --python {machine.root}/lab/.venv/bin/python")


def test_our_own_jupyter_on_path_goes_unsaid(machine: Machine) -> None:
    script = f"#!{machine.root}/venv/bin/python\nimport jupyter_core\n"
    machine.script("venv/bin/jupyter", script)
    assert "on PATH" not in text(listed(machine, f"{machine.root}/venv/bin"))


def test_a_python_without_jupyter_is_told_and_its_fixes_need_none(machine: Machine) -> None:
    user(machine, "gone", "/gone/bin/python", *ARGV)
    found = judged(look(machine.around(), f"{machine.root}/lab/.venv/bin/python"))
    assert f"{machine.root}/lab/.venv has no Jupyter" in text(found, width=300)
    (entry,) = (entry for entry in found.entries if entry.spec.name == "gone")
    assert [each.fix for each in entry.problems] == [f"rm -r {entry.spec.directory}"]


@pytest.mark.parametrize("place", ["venv", "work", "gone/python", "home/text"])
def test_what_is_no_python_is_refused(place: str, machine: Machine) -> None:
    machine.file("home/text", "x")
    with pytest.raises(UsageError, match=r"directory|--python takes") as refused:
        look(machine.around(), f"{machine.root}/{place}").jupyter.executable  # noqa: B018
    assert str(machine.root) in str(refused.value)


# What mends it


def commands(listing: Listing) -> dict[str, tuple[str, ...]]:
    return {group.title: group.commands for group in mending(listing.entries)}


def test_the_commands_are_grouped_and_without_doubles(machine: Machine) -> None:
    bare = machine.venv("bare")
    for name in ("one", "two"):
        user(machine, name, f"{bare}/bin/python", *ARGV, display_name=name)
    user(machine, "gone", "/gone/bin/python", *ARGV)
    Path(user(machine, "torn"), "kernel.json").write_text("{")
    python = f"{machine.root}/venv/bin/python"
    found = commands(listed(machine))
    assert list(found.values()) == [
        (f"{bare}/bin/python -m pip install ipykernel",),
        (f"{python} -m jupyter kernelspec remove -y gone",),
        (f"edit {machine.home}/.local/share/jupyter/kernels/torn/kernel.json",),
    ]
    told = Page().mended(listed(machine).entries)
    assert told.startswith("Nothing was changed. Type these:")
    assert f"\n  {python} -m jupyter kernelspec remove -y gone\n" in told


def test_a_kernel_is_registered_again_once_and_under_a_true_name(machine: Machine) -> None:
    user(machine, "x", display_name="Python 3.9", env={"PATH": "/a", "B": "${NO}"})
    assert len(codes(machine, "x")) > 1
    ((command,),) = commands(listed(machine)).values()
    assert command.endswith("--name x --display-name 'Python 3.12.4 (x)'")


def test_what_is_removed_needs_no_other_command(machine: Machine) -> None:
    user(machine, "x", "/gone/bin/python", *ARGV, env={"PATH": "/a", "B": "${NONE}"})
    assert codes(machine, "x") == ["WP201", "WP209"]
    assert len(commands(listed(machine))) == 1


def test_a_command_with_a_gap_is_not_offered(machine: Machine) -> None:
    for name in ("venv", "lab/.venv"):
        machine.file(f"{name}/{SITE}/jupyterlab-4.2.5.dist-info/METADATA")
    user(machine, "x")
    assert codes(machine, "x") == ["WP210"]
    assert commands(listed(machine)) == {}
    assert Page().mended(listed(machine).entries) == "There is nothing to mend."


# What a start teaches


def started(machine: Machine, name: str, answer: Answer) -> Entry:
    return learned(the(machine, name), answer, listed(machine))


def answered(prefix: str, version: str = "3.12.4", ipykernel: str = "6.29.5") -> Answer:
    environment = Environment(prefix, "/base", "", version, real=prefix)
    return Answer("answered", 0.5, f"python {version}", "", environment, ipykernel, has_ipymod=True)


def test_an_answer_that_the_files_foretold_is_no_difference(machine: Machine) -> None:
    user(machine, "x")
    entry = started(machine, "x", answered(f"{machine.root}/lab/.venv"))
    assert entry.differences == ()
    assert not entry.faulty


def test_a_difference_shows_both_sides(machine: Machine) -> None:
    user(machine, "x")
    entry = started(machine, "x", answered("/other", "3.11.2", "7.0.0"))
    assert [(each.what, each.files, each.kernel) for each in entry.differences] == [
        ("environment", f"{machine.root}/lab/.venv", "/other"),
        ("Python", "3.12.4", "3.11.2"),
        ("ipykernel", "6.29.5", "7.0.0"),
    ]
    assert entry.faulty
    told = " ".join(Page().written(listed(machine), [entry]).split())
    assert f"environment differs: the files say {machine.root}/lab/.venv, the kernel" in told
    assert told.endswith("3 differences")


def test_a_base_of_another_version_differs_in_that_alone(machine: Machine) -> None:
    base = f"{machine.root}/base"
    user(machine, "x", f"{base}/bin/python3.12", *ARGV)
    told = answered(base, "3.13.0")
    told = replace(told, environment=Environment(base, base, "", "3.13.0", real=base))
    assert [each.what for each in started(machine, "x", told).differences] == ["Python"]


def test_a_death_is_explained_by_what_the_kernel_said(machine: Machine) -> None:
    user(machine, "x")
    words = (f"{machine.root}/lab/.venv/bin/python: No module named ipykernel_launcher",)
    entry = started(machine, "x", Answer("died", 0.1, status=1, words=words))
    assert explaining(entry) == "WP203"
    assert "pip install ipykernel" in entry.problems[0].fix


@pytest.mark.parametrize(
    "answer",
    [
        Answer("unstartable", reason="[Errno 2] No such file or directory: 'x'"),
        Answer("died", status=127, words=("env: 'R': No such file or directory",)),
    ],
)
def test_a_program_that_is_not_there_is_explained(answer: Answer, machine: Machine) -> None:
    machine.script("bin/R", ELF)
    user(machine, "ir", "R")
    assert explaining(started(machine, "ir", answer)) == "WP201"


@pytest.mark.parametrize("end", ["died", "silent"])
def test_what_no_check_explains_is_a_problem_all_the_same(end: str, machine: Machine) -> None:
    user(machine, "x")
    entry = started(machine, "x", Answer(end, 3.0, words=("No such file or directory: data.csv",)))
    assert explaining(entry) == ""
    assert (entry.state, entry.faulty) == ("error", True)
    assert "no check explains that" in Page().written(listed(machine), [entry])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", ()),
        ("one\n\n two \r\n", ("one", " two")),
        ("\x1b[31mred\x1b[0m\x07\n\x1b]0;title\x07x\n", ("red", "x")),
        ("10 %\r50 %\rdone", ("done",)),
        ("\u202eright\x00 to \x9b1mleft", ("right to left",)),
        ("\n".join("abcdefghij"), tuple("efghij")),
        ("x" * 999, ("x" * 200,)),
    ],
)
def test_last_words_are_lines_without_control_characters(said: str, words: tuple[str, ...]) -> None:
    assert last_words(said) == words


# How it is shown


@pytest.mark.parametrize("count", [1, 5, 20])
@pytest.mark.parametrize("width", [80, 40])
def test_no_line_is_wider_than_the_terminal_unless_it_is_one_path(
    count: int, width: int, machine: Machine
) -> None:
    for number in range(count):
        argv = (f"/gone/{'long/' * number}bin/python", *ARGV) if number % 2 else ()
        user(machine, f"k{number}", *argv, display_name=f"Größe 数据 {'and more ' * number}")
    for line in text(listed(machine), width=width).splitlines():
        assert len(line) <= width or len(line.split()) <= 2, line


def test_hostile_text_is_written_out(machine: Machine) -> None:
    user(machine, "x", display_name="\x1b[31mred\nok \u202egnihton", language="\x07")
    told = text(listed(machine))
    assert "\\x1b[31mred\\nok" in told
    assert all(line.isprintable() for line in told.splitlines())


def test_secrets_are_gone_from_all_forms(machine: Machine) -> None:
    address = "https://ada:hunter2@host/"
    user(machine, "x", display_name=address, env={"PATH": f"/a:{address}"})
    found = listed(machine)
    assert codes(machine, "x") == ["WP209"]
    assert "hunter2" not in text(found) + form.dumps(found.entries)
    assert "hunter2" not in Page().mended(found.entries)


def test_colour_adds_nothing_but_colour(machine: Machine) -> None:
    user(machine, "gone", "/gone/bin/python", *ARGV)
    found = listed(machine)
    assert "\x1b" not in text(found)
    assert "\x1b[31merror" in text(found, colour=True)
    assert ESCAPE.sub("", text(found, colour=True)) == text(found)
    assert ESCAPE.sub("", Page(colour=True).mended(found.entries)) == Page().mended(found.entries)


def test_the_keys_of_json_are_those_that_are_documented(machine: Machine) -> None:
    user(machine, "x")
    (_, entry) = listed(machine).entries
    entry = replace(entry, answer=answered("/x"))
    (told,) = json.loads(form.dumps([entry]))
    keys = re.findall(r"(?m)^    (\w+)  ", form.__doc__ or "")
    assert list(told) == keys
    documented = re.sub(r"\([^)]*\)", "", (form.__doc__ or "").partition("else: ")[2])
    assert list(told["answer"]) == re.findall(r"\w+", documented.partition("\n\n")[0])


def test_a_path_that_is_no_text_goes_into_json(machine: Machine) -> None:
    user(machine, os.fsdecode(b"caf\xe9"))
    assert json.loads(form.dumps(listed(machine).entries))[0]["name"] == "caf\udce9"


# The command


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home folder of its own for the command."""
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "XDG", "IPYTHON"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def test_the_status_speaks_of_the_named_kernels_alone(home: Path, capsys: Captured) -> None:
    write_spec(home / "data/kernels", "gone", "/gone/bin/python", *ARGV)
    assert main(["kernels", "python3"]) == 0
    assert main(["kernels", "GONE", "python3"]) == 1
    assert main(["kernels", "--fix", "gone"]) == 1
    told = capsys.readouterr()
    assert "kernelspec remove -y gone" in told.out
    assert told.err == ""


def test_an_unknown_name_is_refused_with_the_known_and_the_nearest(
    home: Path, capsys: Captured
) -> None:
    write_spec(home / "data/kernels", "geo", sys.executable, *ARGV)
    assert main(["kernels", "pyton3"]) == 2
    told = capsys.readouterr().err
    assert "there is no kernel pyton3; there are geo, " in told
    assert told.endswith("did you mean python3?\n")


@pytest.mark.parametrize(
    "words",
    [
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--timeout", "nan"],
        ["--start", "--python", sys.executable],
        ["--python", "/gone/python"],
        ["--all"],
    ],
)
@pytest.mark.usefixtures("home")
def test_wrong_words_are_refused_in_one_line(words: list[str], capsys: Captured) -> None:
    assert main(["kernels", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1


def test_help_ends_on_examples_and_fits_80_columns() -> None:
    told = parser().format_help()
    assert "ipymod kernels --fix" in told.partition("examples:")[2]
    assert max(map(len, told.splitlines())) <= 80


WATCHED = """
import sys
seen = []
def watch(event, args):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system"):
        seen.append(event)
    if event == "open" and (args[2] or 0) & 3 or event in ("os.mkdir", "os.rename", "os.remove"):
        seen.append((event, args[0]))
sys.addaudithook(watch)
from ipymod.cli import main
status = main(["kernels"])
heavy = {"IPython", "jupyter_client", "nbclient", "nbformat", "ipykernel", "asyncio", "tqdm"}
print(status, seen, sorted(heavy & set(sys.modules)))
"""


def test_nothing_is_started_written_or_loaded_for_a_list(home: Path) -> None:
    for number in range(20):
        write_spec(home / "data/kernels", f"k{number}", sys.executable, *ARGV, display_name="K")
    told = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "0 [] []"
    assert told.stderr == ""
