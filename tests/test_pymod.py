"""`%pymod` and `%%pymod` in a real kernel: what `!python -m` gets wrong, and all that it gives."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    descriptors=__import__('psutil').Process().num_fds(),
    threads=__import__('threading').active_count(),
)"""
# Prints, and goes on once that was seen: no clock is needed to tell who was first.
HANDSHAKE = """
import os, sys, time
print("a", end="", flush="flush" in sys.argv)
until = time.monotonic() + 20
while not os.path.exists("seen"):
    if time.monotonic() > until:
        sys.exit("nobody saw it")
    time.sleep(0.01)
print("b")
"""
ENDS = """
import os, sys
how = sys.argv[1]
if how == "abort":
    os.abort()
if how == "text":
    sys.exit("some words")
if how.startswith("-"):
    os.kill(os.getpid(), -int(how))
sys.exit(int(how))
"""
ARGUMENTS = "import json, sys\nprint(json.dumps(sys.argv[1:]))\n"


@dataclass
class Desk:
    """A kernel in a folder of its own."""

    kernel: LiveKernel
    folder: Path

    def module(self, name: str, source: str) -> None:
        file = self.folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")

    def ok(self, cell: str, **options: Any) -> Output:
        """Run a cell that has to succeed."""
        output = self.kernel.run(cell, **options)
        assert output.error is None, "\n".join(output.error[2])
        assert output.reply["status"] == "ok"
        return output

    def fails(self, cell: str, **options: Any) -> Output:
        """Run a cell that has to end with an error of ours, and with no frame of ours."""
        output = self.kernel.run(cell, **options)
        assert output.reply["status"] == "error"
        assert output.error
        traceback = "\n".join(output.error[2])
        assert not re.search(r"ipymod[/\\]|Traceback", traceback), traceback
        return output

    def message(self, cell: str) -> str:
        error = self.fails(cell).error
        assert error
        return error[1]

    def value(self, expression: str) -> Any:
        return self.kernel.value(expression)


@pytest.fixture
def desk(kernel: LiveKernel, tmp_path: Path) -> Desk:
    desk = Desk(kernel, tmp_path)
    desk.ok(f"import os\nos.chdir({str(tmp_path)!r})\ndel os")
    return desk


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


def test_twenty_megabytes_of_lines_are_all_in_the_log(desk: Desk) -> None:
    output, log = flood(desk, 200_000)
    expected = b"".join(b"%09d" % i + 90 * b"x" + b"\n" for i in range(200_000))
    assert log.read_bytes() == expected
    log.unlink()
    head, tail = output.stdout.encode(), output.displays[-1]["data"]["text/plain"].encode()
    assert expected.startswith(head)
    assert len(head) > 900_000
    count, _, end = tail.partition(b"\n")
    assert expected.endswith(end)
    assert len(end) > 3000
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
    assert os.listdir(desk.folder) == ["arguments.py"]


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


def test_a_file_that_shadows_nothing_is_run_without_a_word(desk: Desk) -> None:
    desk.module("my_own", "print('mine')")
    output = desk.ok("%pymod my_own")
    assert (output.stdout, output.stderr) == ("mine\n", "")


# -- results


def test_a_result_tells_how_it_went(desk: Desk) -> None:
    desk.module("works", "n = 0\nwhile n < 3_000_000: n += 1")
    desk.ok("r = %pymod works a 'b c'")
    result = desk.value("[r.args, r.returncode, r.stdout, r.stderr, r.log]")
    python = desk.value("__import__('sys').executable")
    assert result[0][0] == python
    assert result[0][-4:] == ["-m", "works", "a", "b c"]
    assert result[1:] == [0, None, None, None]
    assert 0 < desk.value("r.cpu_seconds") < 60
    assert desk.value("r.seconds") > 0.02


def test_the_peak_memory_is_the_modules_and_not_the_kernels(
    fresh_kernel: Callable[..., LiveKernel], tmp_path: Path
) -> None:
    desk = Desk(fresh_kernel(cwd=tmp_path), tmp_path)
    desk.ok("%load_ext ipymod")
    desk.module("nothing", "")
    desk.module("large", "import time\nx = b'x' * 200_000_000\ntime.sleep(0.3)")
    for held in (0, 500_000_000):
        desk.ok(f"held = b'x' * {held}\nlarge = %pymod large\nnothing = %pymod nothing")
        assert 200_000_000 < desk.value("large.peak_memory") < 260_000_000
        assert desk.value("nothing.peak_memory or 0") < 60_000_000


def test_the_last_line_of_a_cell_shows_no_result(desk: Desk) -> None:
    desk.module("says", "print('words')")
    output = desk.ok("1\n%pymod says")
    assert (output.stdout, output.result, output.displays) == ("words\n", None, [])
    assert desk.value("_.returncode") == 0


def test_a_result_shows_itself_when_it_is_asked_to(desk: Desk) -> None:
    desk.module("says", "print('words')")
    output = desk.ok("r = %pymod says\nr")
    assert re.match(r"words\nResult\(args=.*returncode=0.*\)\n$", output.stdout)
    desk.ok("%pymod says")
    assert desk.ok("_").stdout.startswith("Result(")


def test_the_output_of_a_capture_is_read_as_json(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    output = desk.ok("r = %pymod --capture arguments 1 2\nr.json()")
    assert output.result
    assert output.result["text/plain"] == "['1', '2']"
    assert output.stdout == ""


def test_what_is_no_json_is_a_clear_error(desk: Desk) -> None:
    desk.module("says", "print('words')")
    said = desk.message("r = %pymod --capture says\nr.json()")
    assert said.startswith("the output is no JSON")
    assert said.endswith("it begins: words")
    assert "r = %pymod --capture NAME" in desk.message("r = %pymod says\nr.json()")


# -- where a line can stand


def test_a_line_in_a_loop_runs_each_time(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    output = desk.ok("for i in range(3):\n    %pymod arguments $i {i * 2}")
    assert output.stdout == '["0", "0"]\n["1", "2"]\n["2", "4"]\n'


def test_local_variables_win_over_global_ones(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    cell = """
v, w = "global", "global"
def outer(v):
    %pymod arguments $v {w}
    def inner(v):
        r = %pymod --capture arguments $v $w
        return r.json()
    return inner("inner")
print(outer("local"))
"""
    assert desk.ok(cell).stdout == "[\"local\", \"global\"]\n['inner', 'global']\n"


def test_redirect_stdout_takes_the_output(desk: Desk) -> None:
    desk.module("both", "import sys\nprint('out')\nprint('err', file=sys.stderr)")
    output = desk.ok(
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text:\n"
        "    %pymod both"
    )
    assert (output.stdout, output.stderr) == ("", "err\n")
    assert desk.value("text.getvalue()") == "out\n"


def test_capture_takes_both_streams_apart(desk: Desk) -> None:
    desk.module("both", "import sys\nprint('out')\nprint('err', file=sys.stderr)")
    output = desk.ok("%%capture cap\n%pymod both")
    assert output.streams == []
    assert desk.value("[cap.stdout, cap.stderr]") == ["out\n", "err\n"]


def test_capture_takes_a_flood_whole(desk: Desk) -> None:
    desk.module(
        "flood", "print('x' * 79 + '\\n', end='') or [print('x' * 79) for _ in range(40_000)]"
    )
    output = desk.ok("%%capture cap\nr = %pymod flood")
    assert output.displays == []
    assert desk.value("[len(cap.stdout), r.log]") == [40_001 * 80, None]


def test_an_output_widget_takes_the_output(desk: Desk) -> None:
    pytest.importorskip("ipywidgets")
    desk.module("says", "print('words')")
    cell = """
import sys, ipywidgets
widget, seen, write = ipywidgets.Output(), [], sys.stdout.write
def spy(text):
    seen.append([text, bool(widget.msg_id)])
    return write(text)
sys.stdout.write = spy
with widget:
    %pymod says
del sys.stdout.write
"""
    output = desk.ok(cell)
    assert output.stdout == "words\n"
    # A front end puts a message into the widget whose msg_id is set at that moment.
    seen = desk.value("seen")
    assert "".join(text for text, _ in seen) == "words\n"
    assert all(inside for _, inside in seen)


def test_a_line_in_a_thread_runs(desk: Desk) -> None:
    desk.module("arguments", ARGUMENTS)
    cell = """
from threading import Thread
def work(name):
    r = %pymod --capture arguments $name
    %pymod arguments $name
    results.append(r.json())
results = []
threads = [Thread(target=work, args=(name,)) for name in "abc"]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(results))
"""
    output = desk.ok(cell)
    assert "[['a'], ['b'], ['c']]\n" in output.stdout
    assert {f'["{name}"]' in output.stdout for name in "abc"} == {True}


# -- the body of a cell


def test_the_body_of_a_cell_is_standard_input(desk: Desk) -> None:
    output = desk.ok('%%pymod json.tool --compact\n{"a": ["{x}", "$y", "%z"]}\n')
    assert output.stdout == '{"a":["{x}","$y","%z"]}\n'


def test_a_body_is_not_expanded(desk: Desk) -> None:
    desk.module("reads", "import sys\nprint(repr(sys.stdin.read()))")
    body = "{v} $v ${v} {{v}} \\n '\" %v !v ?é😀\n\n  indented\n"
    output = desk.ok(f"%%pymod reads\n{body}")
    assert output.stdout == repr(body) + "\n"


def test_the_smallest_body_is_an_empty_line(desk: Desk) -> None:
    desk.module("reads", "import sys\nprint(repr(sys.stdin.read()))")
    assert desk.ok("%%pymod reads\n\n").stdout == "'\\n'\n"
    # IPython itself refuses a cell magic without any body, where a line magic has the same name.
    output = desk.kernel.run("%%pymod reads")
    assert output.reply["status"] == "error"
    assert "the cell body is empty" in output.stderr


@pytest.mark.parametrize("size", [500_000, pytest.param(5_000_000, marks=pytest.mark.slow)])
def test_a_large_body_arrives(desk: Desk, size: int) -> None:
    desk.module("reads", "import sys\nprint(len(sys.stdin.buffer.read()))")
    assert desk.ok("%%pymod reads\n" + size // 100 * (99 * "x" + "\n")).stdout == f"{size}\n"


def test_a_body_that_nobody_reads_is_no_error(desk: Desk) -> None:
    desk.module("nothing", "print('done')")
    assert desk.ok("%%pymod nothing\n" + 500 * (999 * "x" + "\n")).stdout == "done\n"


def test_a_dash_runs_the_body_as_a_program(desk: Desk) -> None:
    output = desk.ok(
        "v = 'a b'\n"
        "get_ipython().run_cell_magic('pymod', '- $v -x', '''\n"
        "import sys\n"
        "print(sys.argv, __name__, 'v' in globals(), __spec__)\n''')"
    )
    assert output.stdout == "['-', 'a b', '-x'] __main__ False None\n"


def test_an_error_of_a_program_is_its_traceback_on_stderr(desk: Desk) -> None:
    output = desk.fails("%%pymod -\nimport sys\n1/0")
    assert 'File "<stdin>", line 2' in output.stderr
    assert "ZeroDivisionError" in output.stderr
    assert output.error
    assert output.error[1] == "the program ended with exit status 1"
    assert desk.value("_exit_code") == 1


def test_the_status_of_a_program_is_kept(desk: Desk) -> None:
    desk.fails("%%pymod -\nraise SystemExit(4)")
    assert desk.value("_exit_code") == 4


@pytest.mark.slow
def test_every_generation_of_ipython_runs_shows_and_fails_alike(
    old_kernels: LiveKernel, tmp_path: Path
) -> None:
    desk = Desk(old_kernels, tmp_path)
    desk.ok(f"import os\nos.chdir({str(tmp_path)!r})")
    desk.module("ends", ENDS)
    desk.module("arguments", ARGUMENTS)
    desk.ok("v = 'a b'\ndef f(v):\n    r = %pymod --capture arguments $v {v} {*[v]}\n    return r")
    assert desk.ok("f('c d').json()").result == {"text/plain": "['c d', 'c d', 'c d']"}
    output = desk.ok("%pymod arguments $v")
    assert (output.stdout, output.result) == ('["a b"]\n', None)
    assert desk.ok("r = %pymod ends 0\nr").stdout.startswith("Result(")
    assert desk.message("%pymod ends 3") == "ends ended with exit status 3"
    assert "no variable is named missing" in desk.message("%pymod ends $missing")
    assert desk.ok("%%pymod json.tool --compact\n[1, 2]").stdout == "[1,2]\n"
    assert desk.ok("%%capture cap\n%pymod arguments 1").streams == []
    assert desk.value("cap.stdout") == '["1"]\n'


# -- options


def test_cwd_is_where_the_module_runs(desk: Desk) -> None:
    (desk.folder / "sub").mkdir()
    desk.module("sub/here", "import os, sys\nprint(os.getcwd(), sys.path[0])")
    place = str(desk.folder / "sub")
    assert desk.ok("%pymod --cwd sub here").stdout == f"{place} {place}\n"
    assert desk.value("__import__('os').getcwd()") == str(desk.folder)


def test_a_module_of_the_kernels_directory_is_not_found_elsewhere(desk: Desk) -> None:
    (desk.folder / "sub").mkdir()
    desk.module("only_here", "")
    assert "there is no module only_here here" in desk.message("%pymod --cwd sub only_here")


def test_env_sets_variables_and_has_the_last_word(desk: Desk) -> None:
    desk.module(
        "env", "import os\nprint([os.environ.get(n) for n in ('A', 'B', 'PYTHONUNBUFFERED')])"
    )
    assert desk.ok("%pymod env").stdout == "[None, None, '1']\n"
    output = desk.ok("b = 'x y'\n%pymod --env A= --env B=$b --env PYTHONUNBUFFERED= env")
    assert output.stdout == "['', 'x y', '']\n"


def test_time_is_said_in_one_line(desk: Desk) -> None:
    desk.module("naps", "import time\ntime.sleep(0.2)")
    said = r"wall \d+ ms, CPU \d+ ms, peak memory [\d.]+ [kM]?B\n"
    assert re.fullmatch(said, desk.ok("%pymod --time naps").stdout)
    assert re.fullmatch(said, desk.ok("r = %pymod --capture --time naps").stdout)


def test_a_time_limit_stops_the_module(desk: Desk) -> None:
    desk.module("waits", "import time\nprint('on', flush=True)\ntime.sleep(60)")
    output = desk.fails("%pymod --timeout 0.5 waits")
    assert output.error
    assert output.error[1] == "waits was stopped after 500 ms (--timeout)"
    assert output.stdout == "on\n"


@pytest.mark.parametrize("option", ["", "--capture", "--tty"])
def test_a_log_has_every_byte_in_order(desk: Desk, option: str) -> None:
    data = bytes(range(256)) * 300 + b"\r50%\r\x1b[2K100%\x1b[31m\n"
    desk.module(
        "raw", f"import os\ndata = bytes(range(256)) * 300 + {data[-20:]!r}\nos.write(1, data)"
    )
    whole = bytes(range(256)) * 300 + data[-20:]
    desk.ok(f"r = %pymod {option} --log 'all of it.log' raw")
    assert (desk.folder / "all of it.log").read_bytes() == whole
    assert desk.value("r.log") == str(desk.folder / "all of it.log")


def test_a_terminal_logs_both_streams_in_the_exact_order(desk: Desk) -> None:
    desk.module("both", "import os\nfor i in range(999): os.write(1 + i % 2, b'%d\\n' % i)")
    desk.ok("%pymod --tty --log all.log both")
    assert (desk.folder / "all.log").read_text().split() == [str(i) for i in range(999)]


@pytest.mark.parametrize("place", ["missing/x.log", "."])
def test_a_log_that_cannot_be_opened_starts_nothing(desk: Desk, place: str) -> None:
    desk.module("touches", "open('ran', 'w').close()")
    assert "nothing was started" in desk.message(f"%pymod --log {place} touches")
    assert not (desk.folder / "ran").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize("option", ["", "--capture", "--tty"])
def test_a_full_disk_is_one_line_and_the_module_runs_on(desk: Desk, option: str) -> None:
    desk.module("ends", "print('one')\nprint('two')\nraise SystemExit(5)")
    output = desk.kernel.run(f"r = %pymod {option} --no-raise --log /dev/full ends")
    assert desk.value("[_exit_code, r.log]") == [5, None]
    assert output.stderr.count("ipymod:") == 1
    assert "No space left on device. The module runs on" in output.stderr
    if option != "--capture":
        assert output.stdout == "one\ntwo\n"


# -- what cannot be done


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%pymod", "no module given"),
        ("v = ''\n%pymod $v", "no module given"),
        ("%pymod -m pip", "write the module's name without -m"),
        ("%pymod --captur pip", "did you mean --capture?"),
        ("%pymod --frobnicate pip", "%pymod? lists them"),
        ("%pymod this 'unbalanced", "the quote ' at column"),
        ("v = 'a\\0b'\n%pymod this $v", "holds a NUL character"),
        ("v = 'a\\0b'\n%pymod --env A=$v this", "holds a NUL character"),
        ("v = '\\ud800'\n%pymod this $v", "cannot be started"),
        ("%pymod --cwd /no/such/place this", "there is no such directory"),
        ("%pymod -", "write it under %%pymod -"),
        ("%%pymod --jobs\nbody", "--jobs reads no cell"),
        ("%pymod --tail 99", "99"),
        ("%pymod unitest", "did you mean unittest"),
        ("%pymod no_such_module_at_all", "there is no module no_such_module_at_all here"),
        ("%pymod xml", "xml ended with exit status 1"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(desk: Desk, cell: str, words: str) -> None:
    said = desk.message(cell)
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("executable", "words"),
    [("", "sys.executable is empty"), ("/no/python", "/no/python cannot be started: No such file")],
)
def test_a_kernel_that_cannot_name_its_python_says_so(
    desk: Desk, executable: str, words: str
) -> None:
    good = desk.value("__import__('sys').executable")
    try:
        assert words in desk.message(f"import sys\nsys.executable = {executable!r}\n%pymod this")
    finally:
        desk.ok(f"import sys\nsys.executable = {good!r}")


@pytest.mark.parametrize(
    "line", ["%pymod this", "%pymod --log x.log this", "%pymod --tty this", "%pymod --cwd sub this"]
)
def test_a_working_directory_that_is_gone_is_a_clear_error(desk: Desk, line: str) -> None:
    gone = desk.folder / "gone"
    gone.mkdir()
    desk.ok(f"import os\nos.chdir({str(gone)!r})\nos.rmdir(os.getcwd())")
    said = desk.message(line)
    assert "working directory" in said
    assert "gone" in said
    assert "  " not in said
    assert desk.ok(f"%pymod --cwd {desk.folder} platform").stdout


# -- what the module gets from the kernel


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
