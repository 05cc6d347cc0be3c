"""`%pymod` and `%%pymod` in a real kernel: what `!python -m` gets wrong, and all that it gives."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk import ARGUMENTS, ENDS, HANDSHAKE, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from kernels import LiveKernel, Output

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, terminals, /dev")

JAPANESE = "日本語のテキスト、😀\n"
# What one cell could leave behind in the kernel, our own names apart.
STATE = """dict(
    names=sorted(n for n in get_ipython().user_ns if n[0] != '_' and n not in ('In', 'Out')),
    cwd=__import__('os').getcwd(),
    environ=dict(__import__('os').environ),
    path=__import__('sys').path,
    argv=__import__('sys').argv,
    warnings=len(__import__('warnings').filters),
    sigint=str(__import__('signal').getsignal(2)),
    descriptors=len([fd for fd in __import__('glob').glob('/proc/self/fd/*')
        if 'profile_default' not in __import__('os').path.realpath(fd)]),  # IPython's history
    threads=__import__('threading').active_count(),
)"""


@pytest.fixture
def desk(kernel: LiveKernel, tmp_path: Path) -> Desk:
    return Desk.at(kernel, tmp_path)


# -- streaming


@pytest.mark.parametrize("how", ["flush", "keep"])
@pytest.mark.parametrize("option", ["--no-tty", "--tty"])
def test_what_a_module_prints_is_seen_before_it_ends(desk: Desk, option: str, how: str) -> None:
    desk.module("talks", HANDSHAKE)

    def seen(output: Output) -> None:
        if output.stdout == "a":
            (desk.folder / "seen").touch()

    desk.ok("import os\nos.environ.pop('PYTHONUNBUFFERED', None)")
    output = desk.ok(f"%pymod {option} talks {how}", while_running=seen)
    assert output.stdout == "ab\n"


def test_a_no_op_does_not_wait_for_anything(desk: Desk) -> None:
    desk.module("nothing", "")
    desk.ok("%pymod nothing")
    assert min(desk.ok("%pymod nothing").seconds for _ in range(5)) < 1.0


def flood(desk: Desk, lines: int) -> tuple[Output, Path]:
    desk.module(
        "flood",
        "import sys\nfor i in range(int(sys.argv[1])):\n"
        "    sys.stdout.write(f'{i:09}' + 90 * 'x' + '\\n')",
    )
    desk.ok("%pymod flood 20000")
    before = psutil.Process(desk.kernel.pid).memory_info().rss
    output = desk.ok(f"r = %pymod flood {lines}", timeout=600)
    grown = psutil.Process(desk.kernel.pid).memory_info().rss - before
    assert grown < 64_000_000
    return output, Path(desk.value("r.log"))


@pytest.mark.slow
def test_twenty_megabytes_of_lines_are_all_in_the_log(desk: Desk) -> None:
    output, log = flood(desk, 200_000)
    expected = b"".join(b"%09d" % i + 90 * b"x" + b"\n" for i in range(200_000))
    assert log.read_bytes() == expected
    log.unlink()
    head, tail = output.stdout.encode(), output.displays[-1]["data"]["text/plain"].encode()
    assert expected.startswith(head)
    assert 240_000 < len(head) < 1_000_000
    count, _, end = tail.partition(b"\n")
    assert expected.endswith(end)
    assert end.count(b"\n") == 30
    assert re.match(rb"\[1[89]\.\d MB left out here; all of it: ", count)
    assert str(log).encode() in count


@pytest.mark.slow
def test_a_gigabyte_of_lines_is_all_in_the_log_and_not_in_memory(desk: Desk) -> None:
    _, log = flood(desk, 10_000_000)
    found = hashlib.sha256()
    with log.open("rb") as file:
        while data := file.read(1 << 20):
            found.update(data)
    log.unlink()
    expected = hashlib.sha256()
    for start in range(0, 10_000_000, 10_000):
        expected.update(
            b"".join(b"%09d" % i + 90 * b"x" + b"\n" for i in range(start, start + 10_000))
        )
    assert found.digest() == expected.digest()


@pytest.mark.parametrize("option", ["--no-tty", "--tty", "--capture"])
def test_characters_written_byte_by_byte_are_whole(desk: Desk, option: str) -> None:
    source = f"import os\nfor byte in (50 * {JAPANESE!r}).encode(): os.write(1, bytes([byte]))"
    desk.module("bytewise", source)
    output = desk.ok(f"r = %pymod {option} bytewise")
    text = desk.value("r.stdout") if option == "--capture" else output.stdout
    assert text == 50 * JAPANESE


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--no-tty", "--tty", "--capture"])
@pytest.mark.parametrize("newline", ["\\n", ""])
def test_twenty_megabytes_of_japanese_break_no_character(
    desk: Desk, option: str, newline: str
) -> None:
    line = f"日本語のテキスト、😀{newline}"
    desk.module("japanese", f"import sys\nfor _ in range(20): sys.stdout.write(33_333 * '{line}')")
    output = desk.ok(f"r = %pymod {option} --log all.log japanese", timeout=300)
    shown = output.stdout + "".join(each["data"]["text/plain"] for each in output.displays)
    whole = 20 * 33_333 * ("日本語のテキスト、😀" + newline.encode().decode("unicode_escape"))
    assert "\ufffd" not in shown
    assert (desk.folder / "all.log").read_text("utf-8") == whole
    if option == "--capture":
        assert desk.value("__import__('hashlib').sha256(r.stdout.encode()).hexdigest()") == (
            hashlib.sha256(whole.encode()).hexdigest()
        )


def test_stderr_stays_apart(desk: Desk) -> None:
    desk.module("both", "import sys\nprint('out')\nprint('err', file=sys.stderr)")
    output = desk.ok("%pymod both")
    assert (output.stdout, output.stderr) == ("out\n", "err\n")
    desk.ok("r = %pymod --capture both")
    assert desk.value("[r.stdout, r.stderr]") == ["out\n", "err\n"]


def test_what_a_cell_printed_before_comes_before(desk: Desk) -> None:
    desk.module("says", "print('words')")
    before = "import sys\nprint('1', end='')\nprint('2', end='', file=sys.stderr)"
    output = desk.ok(f"{before}\n%pymod says\nprint('3')")
    assert [text for _, _, text in output.streams[:2]] in (["1", "2"], ["2", "1"])
    assert output.stdout == "1words\n3\n"


# -- arguments


def test_a_variable_with_a_blank_is_one_argument(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    output = desk.ok('v = "a  b"\n%pymod arguments $v {v} "{v} c" {v}.txt {*[1, v]}')
    expected = ["a  b", "a  b", "a  b c", "a  b.txt", "1", "a  b"]
    assert json.loads(output.stdout) == expected


@pytest.mark.parametrize("word", ["$missing", "{missing}", '"x {missing}"'])
def test_one_undefined_name_is_an_error_and_nothing_runs(desk: Desk, word: str) -> None:
    desk.module("touches", "open('ran', 'w').close()")
    assert "no variable is named missing" in desk.message(f"v = 1\n%pymod touches $v {word}")
    assert not (desk.folder / "ran").exists()


def test_a_value_with_shell_code_runs_nothing(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    output = desk.ok(
        'x = "a; echo PWNED > pwned"\n%pymod arguments $x {x} pkg>=1.0 `touch pwned` a|b ~ *'
    )
    words = ["a; echo PWNED > pwned"] * 2 + ["pkg>=1.0", "`touch", "pwned`", "a|b", "~", "*"]
    assert json.loads(output.stdout) == words
    assert set(os.listdir(desk.folder)) - {"__pycache__"} == {"arguments.py"}


def test_a_value_is_not_expanded_a_second_time(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    output = desk.ok("v, w = '$w {w} %w', 'no'\n%pymod arguments $v {v}")
    assert json.loads(output.stdout) == ["$w {w} %w", "$w {w} %w"]


def test_every_option_after_the_name_belongs_to_the_module(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    words = "--foo --out FILE -m -- --capture --no-raise -c --tty --help -h --log=x - --env A"
    output = desk.ok(f"%pymod arguments {words}")
    assert json.loads(output.stdout) == words.split()
    assert not (desk.folder / "x").exists()


@pytest.mark.slow
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=60
    )
)
def test_what_goes_in_as_a_value_comes_out_as_an_argument(desk: Desk, values: list[str]) -> None:
    desk.module("arguments", ARGUMENTS)
    one_by_one = " ".join(f"{{values[{index}]}}" for index in range(len(values)))
    names = " ".join(f"$v{index}" for index in range(len(values)))
    cell = f"""
        import json
        values = json.loads({json.dumps(json.dumps(values))})
        for i, value in enumerate(values):
            globals()["v" + str(i)] = value
        r = %pymod --capture arguments {{*values}} {one_by_one} {names}
    """
    desk.ok("\n".join(line[8:] for line in cell.splitlines()))
    assert json.loads(desk.value("r.stdout")) == 3 * values


# -- the end


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("0", 0, ""),
        ("1", 1, "ended with exit status 1"),
        ("3", 3, "ended with exit status 3"),
        ("200", 200, "ended with exit status 200"),
        ("-9", -9, "was stopped by SIGKILL (status -9)"),
        ("-11", -11, "was stopped by SIGSEGV (status -11)"),
        ("abort", -6, "was stopped by SIGABRT (status -6)"),
        ("text", 1, "ended with exit status 1"),
    ],
)
def test_the_exit_status_is_kept(desk: Desk, how: str, status: int, words: str) -> None:
    desk.module("ends", ENDS)
    output = desk.kernel.run(f"%pymod ends {how}\nafter = 1")
    assert desk.value("_exit_code") == status
    if status:
        assert output.reply["status"] == "error"
        assert output.reply["ename"] == "ModuleFailed"
        assert output.reply["evalue"] == f"ends {words}"
        assert not desk.value("'after' in globals()")
    assert ("some words" in output.stderr) == (how == "text")
    desk.ok(f"r = %pymod --no-raise ends {how}")
    assert desk.value("[r.returncode, _exit_code]") == [status, status]


def test_the_error_of_a_module_can_be_caught(desk: Desk) -> None:
    desk.module("ends", ENDS)
    cell = "try:\n    %pymod ends 7\nexcept Exception as error:\n    print(error.returncode)"
    assert desk.ok(cell).stdout == "7\n"


def test_a_module_may_ask_and_is_answered(desk: Desk) -> None:
    desk.module("asks", "print('hello', input('name? '))")
    output = desk.ok("%pymod asks", answers=["Ann"])
    assert output.questions == [("name? ", False)]
    assert "hello Ann\n" in output.stdout


def test_a_module_that_asks_nobody_ends(desk: Desk) -> None:
    desk.module("asks", "print('hello', input('name? '))")
    output = desk.fails("%pymod asks", timeout=20)
    assert output.questions == []
    assert "'name?', and nobody can answer here" in output.stderr
    assert "EOFError" in output.stderr
    assert output.error
    assert "say it in the arguments" in output.error[1]


def test_a_captured_module_that_asks_nobody_says_so_too(desk: Desk) -> None:
    desk.module("asks", "print('hello', input('name? '))")
    output = desk.fails("%pymod --capture asks", timeout=20)
    assert "'name?', and nobody can answer here" in output.stderr


def test_no_state_is_left_behind(desk: Desk) -> None:
    desk.module(
        "changes",
        "import os, signal, sys\nx = 1\nos.chdir('/')\nos.environ['LEFT'] = '1'\nsys.path[:] = []\n"
        "sys.argv[:] = []\nsignal.signal(2, signal.SIG_IGN)\nprint('done')\nsys.exit(1)",
    )
    desk.kernel.run("%pymod changes")
    before = desk.value(STATE)
    desk.kernel.run("%pymod changes")
    desk.kernel.run("%pymod --tty changes")
    desk.kernel.run("%pymod --capture --env LEFT=2 --cwd / changes")
    desk.kernel.run("%pymod --log x.log changes $undefined")
    desk.kernel.run("%%pymod changes\nbody")
    assert desk.value(STATE) == before
    assert not [p for p in desk.kernel.offspring() if "changes" in " ".join(p.cmdline())]


# -- a file beside the notebook


@pytest.mark.parametrize("place", ["{}", "{}/__main__"])
@pytest.mark.parametrize("name", ["pip", "uv", "venv", "ensurepip"])
def test_a_file_beside_the_notebook_never_takes_an_installers_place(
    desk: Desk, name: str, place: str
) -> None:
    desk.module(place.format(name), "print('PWNED')")
    output = desk.ok(f"r = %pymod --capture {name} --help")
    assert "PWNED" not in desk.value("r.stdout + r.stderr")
    assert output.stderr == ""


@pytest.mark.parametrize(
    ("place", "name"), [("timeit", "timeit"), ("json/tool", "json.tool"), ("this", "this")]
)
def test_another_file_that_shadows_a_module_is_run_with_a_word(
    desk: Desk, place: str, name: str
) -> None:
    desk.module(place, "print('mine')")
    if "/" in place:
        desk.module("json/__init__", "")
    output = desk.ok(f"%pymod {name}")
    assert output.stdout == "mine\n"
    top = name.partition(".")[0]
    assert output.stderr.startswith(f"ipymod: {top} of the working directory is run, not ")
    assert output.stderr.count("\n") == 1
    assert output.streams[0][1] == "stderr"  # before anything else


def test_a_file_that_a_safe_path_leaves_out_gets_no_word(desk: Desk) -> None:
    desk.module("this", "print('mine')")
    output = desk.ok("%pymod --env PYTHONSAFEPATH=1 this")
    assert "Beautiful is better than ugly." in output.stdout
    assert output.stderr == ""


def test_a_file_that_shadows_nothing_is_run_without_a_word(desk: Desk) -> None:
    desk.module("my_own", "print('mine')")
    output = desk.ok("%pymod my_own")
    assert (output.stdout, output.stderr) == ("mine\n", "")


# -- what the module gets from the kernel


@pytest.mark.slow
def test_a_kernel_passes_its_own_flags_on_and_its_modules_still_stream(
    fresh_kernel: Callable[..., LiveKernel], tmp_path: Path
) -> None:
    flags = "-X dev -W error::UserWarning -I -O"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" {flags} "$@"\n')
    python.chmod(0o755)
    desk = Desk(fresh_kernel(python=str(python), cwd=tmp_path), tmp_path)
    desk.ok("%load_ext ipymod")
    asked = "[list(sys.flags), sys.warnoptions, sys._xoptions, sys.prefix]"
    desk.ok(f"%%pymod --log all.log -\nimport json, sys\nprint(json.dumps({asked}))")
    child = json.loads((tmp_path / "all.log").read_text())
    assert child == desk.value(asked.replace("sys.", "__import__('sys')."))
    assert "error::UserWarning" in child[1]
    assert child[2] == {"dev": True}

    def seen(output: Output) -> None:
        if output.stdout == "a":
            (desk.folder / "seen").touch()

    assert desk.ok(f"%%pymod -\n{HANDSHAKE}", while_running=seen).stdout == "ab\n"


ABOUT = """
import json, os, shutil, sys
print(json.dumps({
    "tty": [os.isatty(1), os.isatty(2)],
    "size": list(shutil.get_terminal_size((1, 1))),
    "window": list(os.get_terminal_size(1)) if os.isatty(1) else None,
    "environ": dict(os.environ),
}))
"""


@pytest.fixture
def colourful(desk: Desk) -> Desk:
    """A desk in a kernel that sets what ipykernel sets, whichever version of it this is."""
    names = {"FORCE_COLOR": "1", "CLICOLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm-color"}
    backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    desk.ok(f"import os\nos.environ.update({names | backend})")
    desk.module("about", ABOUT)
    return desk


def about(desk: Desk, option: str) -> dict[str, Any]:
    desk.ok(f"%pymod {option} --log about.json about")
    found: dict[str, Any] = json.loads((desk.folder / "about.json").read_text())
    return found


@pytest.mark.parametrize("option", ["", "--tty", "--capture"])
def test_nothing_that_is_meant_for_the_kernel_reaches_the_module(
    colourful: Desk, option: str
) -> None:
    environ = about(colourful, option)["environ"]
    kernels = {"FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "MPLBACKEND"}
    assert not kernels & set(environ)


def test_what_the_user_chose_reaches_the_module(colourful: Desk) -> None:
    colourful.ok("import os\nos.environ.update(FORCE_COLOR='3', MPLBACKEND='agg', MINE='1')")
    environ = about(colourful, "--env CLICOLOR=1")["environ"]
    chosen = {"FORCE_COLOR": "3", "MPLBACKEND": "agg", "MINE": "1", "CLICOLOR": "1"}
    assert {name: environ.get(name) for name in chosen} == chosen


def test_a_module_on_pipes_sees_no_terminal(colourful: Desk) -> None:
    assert about(colourful, "")["tty"] == [False, False]


def test_a_module_on_a_terminal_sees_one_of_eighty_columns(colourful: Desk) -> None:
    found = about(colourful, "--tty")
    assert found["tty"] == [True, True]
    assert found["window"] == [80, 24]
    assert found["size"] == [80, 24]
    assert found["environ"]["TERM"] == "xterm-256color"
