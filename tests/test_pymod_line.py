"""What a `%pymod` line gives back, where it can stand, and what its options and errors do."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from desk import ARGUMENTS, ENDS, Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kernels import LiveKernel

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, terminals, /dev")


@pytest.fixture
def desk(kernel: LiveKernel, tmp_path: Path) -> Desk:
    return Desk.at(kernel, tmp_path)


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


@pytest.mark.slow
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
    assert "there is no module only_here" in desk.message("%pymod --cwd sub only_here")


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
        ("%pymod no_such_module_at_all", "no_such_module_at_all"),
        ("%pymod xml", "exit status 1"),
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
