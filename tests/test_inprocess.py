"""Modules run in this process, compared with `python -m`, and at the end in a real kernel."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ipymod.errors import UsageError
from ipymod.run.inprocess import Here, run_here

if TYPE_CHECKING:
    from kernels import LiveKernel, Output


class Ran(NamedTuple):
    out: str
    err: str
    here: Here


def run(folder: Path, program: str, *args: str, **options: Any) -> Ran:
    """Write `program` to task.py and run it."""
    (folder / "task.py").write_text(dedent(program), encoding="utf-8")
    return run_name("task", *args, cwd=str(folder), **options)


def run_name(name: str, *args: str, **options: Any) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        here = run_here(name, args, **options)
    return Ran(out.getvalue(), err.getvalue(), here)


# --- the same as `python -m` ---


class Case(NamedTuple):
    """One module: its files, its name and arguments, the text of its stdin."""

    files: dict[str, str]
    words: tuple[str, ...] = ("task",)
    stdin: str | None = None


CASES = {
    "normal": Case(
        {"task.py": "import sys\nprint(__name__, __spec__.name, __file__, sys.path[0], sys.argv)"},
        ("task", "-x", "a b"),
    ),
    "ends with a number": Case({"task.py": "import sys\nprint(1)\nsys.exit(3)"}),
    "ends with a large number": Case({"task.py": "raise SystemExit(-1)"}),
    "ends with True": Case({"task.py": "raise SystemExit(True)"}),
    "ends with None": Case({"task.py": "raise SystemExit"}),
    "ends with a text": Case({"task.py": "import sys\nsys.exit('that is wrong')"}),
    "ends with exit": Case({"task.py": "exit(4)"}),
    "raises": Case({"task.py": "def f(x):\n    return 1 / x\n\n\nprint(1)\nf(0)"}),
    "raises from another": Case(
        {"task.py": "try:\n    {}[1]\nexcept KeyError as error:\n    raise OSError(2) from error"}
    ),
    "raises a group": Case({"task.py": "raise ExceptionGroup('two', [OSError(1), OSError(2)])"}),
    "has its own hook": Case(
        {"task.py": "import sys\nsys.excepthook = lambda *e: print('mine', e[1])\n1 / 0"}
    ),
    "fails to import": Case({"task.py": "import not_a_module_anywhere"}),
    "is in a package that fails": Case(
        {"broken/__init__.py": "import not_a_module_anywhere", "broken/part.py": ""},
        ("broken.part",),
    ),
    "package": Case(
        {"whole/__init__.py": "import sys\nprint(sys.argv)", "whole/__main__.py": "print(2)"},
        ("whole", "x"),
    ),
    "package without main": Case({"headless/__init__.py": ""}, ("headless",)),
    "namespace package": Case({"nowhere/other/part.py": ""}, ("nowhere",)),
    "part of no package": Case({"lonely.py": ""}, ("lonely.part",)),
    "missing": Case({}, ("not_a_module_anywhere",)),
    "missing, with a suffix": Case({"suffixed.py": "print(1)"}, ("suffixed.py",)),
    "writes bytes": Case(
        {
            "task.py": "import sys\nfor byte in 'für 語\\n'.encode() + b'\\xff\\n':\n"
            "    sys.stdout.buffer.write(bytes([byte]))"
        }
    ),
    "wraps stdout": Case(
        {
            "task.py": "import sys, io\n"
            "out = sys.stdout = io.TextIOWrapper(sys.stdout.buffer, 'utf-8')\nprint('für')"
        }
    ),
    "detaches stdout": Case(
        {
            "task.py": "import sys, codecs\n"
            "sys.stdout = codecs.getwriter('utf-8')(sys.stdout.detach())\nprint('für')"
        }
    ),
    "reads stdin": Case(
        {
            "task.py": "import sys\nprint(input('name? '), sys.stdin.readline(), "
            "sys.stdin.buffer.read(), sys.stdin.isatty(), sys.stdin.name)\ninput()"
        },
        stdin="Zoë\nline\nrest ü\n",
    ),
    "empties argv": Case({"task.py": "import sys\nsys.argv.clear()\nprint(1)"}),
    "empties argv and exits": Case({"task.py": "import sys\nsys.argv = []\nsys.exit(5)"}),
    "catches nothing": Case({"task.py": "import asyncio\nraise asyncio.CancelledError('gone')"}),
    "pickles its own class": Case(
        {"task.py": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))))"}
    ),
    "from the library": Case({}, ("calendar", "2024", "2")),
}


def scrubbed(text: str) -> str:
    """Drop the frames of runpy, which we do not show."""
    return re.sub(r'[ |]*  File "<frozen (runpy|importlib\._bootstrap\w*)>".*\n', "", text)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_module_prints_and_ends_as_it_does_under_python_m(tmp_path: Path, case: Case) -> None:
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    real = subprocess.run(
        [sys.executable, "-m", *case.words],
        cwd=tmp_path,
        input=(case.stdin or "").encode(),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:replace"},
        check=False,
    )
    ran = run_name(*case.words, cwd=str(tmp_path), stdin=case.stdin)
    assert ran.out == real.stdout.decode(errors="replace").replace("\r\n", "\n")
    assert ran.err == scrubbed(real.stderr.decode().replace("\r\n", "\n"))
    assert ran.here.returncode == real.returncode


def test_a_syntax_error_is_shown_without_the_frames_that_led_to_it(tmp_path: Path) -> None:
    ran = run(tmp_path, "x = (\n")
    assert ran.err.startswith(f'  File "{tmp_path / "task.py"}", line 1\n')
    assert ran.err.endswith("SyntaxError: '(' was never closed\n")
    assert ran.here.returncode == 1


# --- a program in place of a module ---


def test_a_program_shows_its_lines_in_a_traceback() -> None:
    ran = run_name("-", "a", source="import sys\nprint(sys.argv, __name__)\nraise OSError('x')\n")
    assert ran.out == "['-', 'a'] __main__\n"
    assert 'File "<stdin>", line 3, in <module>\n    raise OSError(' in ran.err
    assert "inprocess.py" not in ran.err
    assert ran.here.returncode == 1


def test_the_lines_of_a_program_are_forgotten_when_it_has_ended() -> None:
    run_name("-", source="x = 1")
    assert linecache.getline("<stdin>", 1) == ""


def test_a_program_does_not_inherit_our_future_imports() -> None:
    ran = run_name("-", source="def f(x: int): ...\nprint(f.__annotations__)")
    assert ran.out == "{'x': <class 'int'>}\n"


def test_a_program_imports_what_lies_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("value = 6")
    ran = run_name("-", source="import beside_it\nx = beside_it.value", cwd=str(tmp_path))
    assert ran.here.globals["x"] == 6


def test_a_program_that_is_no_python_has_status_1() -> None:
    ran = run_name("-", source="x = \0")
    assert ran.here.returncode == 1
    assert "null bytes" in ran.err


def test_an_interrupt_passes_through_even_when_the_module_emptied_argv(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "import sys\nsys.argv.clear()\nraise KeyboardInterrupt")


def test_a_hook_that_fails_does_not_hide_the_error(tmp_path: Path) -> None:
    for failure in ("1 / 0", "raise SystemExit"):
        hook = f"import sys\ndef hook(*error): {failure}\nsys.excepthook = hook\n"
        ran = run(tmp_path, f"{hook}raise OSError('mine')")
        assert (ran.here.returncode, ran.err[-14:]) == (1, "OSError: mine\n")


def test_the_hooks_of_the_kernel_are_not_those_of_the_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "excepthook", None)
    monkeypatch.setattr(sys, "displayhook", None)
    assert run_name("-", source="import sys\nsys.displayhook(5)\n1 / 0").out == "5\n"


# --- what comes back ---


def test_the_globals_come_back_however_the_module_ends(tmp_path: Path) -> None:
    for ending in ("", "raise SystemExit(0)", "1 / 0"):
        here = run(tmp_path, f"x = 1\ndef double(): return x * 2\n{ending}").here
        assert here.globals["double"]() == 2
        assert here.globals["__name__"] == "__main__"


def test_the_globals_are_empty_when_the_module_never_began(tmp_path: Path) -> None:
    (tmp_path / "fails_first").mkdir()
    (tmp_path / "fails_first" / "__init__.py").write_text("x = 1 / 0")
    for name in ("not_a_module_anywhere", "fails_first"):
        assert run_name(name, cwd=str(tmp_path)).here.globals == {}


def test_the_seconds_are_wall_time(tmp_path: Path) -> None:
    assert run(tmp_path, "import time; time.sleep(0.2)").here.seconds >= 0.2


def test_a_changed_module_runs_as_it_is_now(tmp_path: Path) -> None:
    assert run(tmp_path, "print('old')").out == "old\n"
    assert run(tmp_path, "print('newer')").out == "newer\n"


def test_classes_of_the_module_can_be_pickled_while_it_runs(tmp_path: Path) -> None:
    program = """
        import pickle
        class Point:
            pass
        copy = pickle.loads(pickle.dumps(Point()))
        same = type(copy) is Point
    """
    assert run(tmp_path, program).here.globals["same"]


def test_a_thread_left_behind_goes_on_and_still_prints(tmp_path: Path) -> None:
    program = """
        import sys, threading
        gate, bytes_out = threading.Event(), sys.stdout.buffer
        def late(out=sys.stdout):
            gate.wait(10)
            print("late", file=out)
            bytes_out.write(b"bytes")
        thread = threading.Thread(target=late)
        thread.start()
    """
    out = io.StringIO()
    (tmp_path / "task.py").write_text(dedent(program))
    with contextlib.redirect_stdout(out):
        here = run_here("task", [], cwd=str(tmp_path))
    here.globals["gate"].set()
    here.globals["thread"].join()
    assert out.getvalue() == "late\nbytes"


# --- settings ---


def test_the_environment_is_the_one_given(tmp_path: Path) -> None:
    env = {"ONLY": "1"}
    assert run(tmp_path, "import os; print(dict(os.environ))", env=env).out == "{'ONLY': '1'}\n"


def test_a_folder_that_does_not_exist_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    before = Path.cwd(), dict(os.environ), list(sys.path)
    with pytest.raises(UsageError, match=r"cannot run in .*gone"):
        run_here("task", [], cwd=str(tmp_path / "gone"), env={})
    assert (Path.cwd(), dict(os.environ), list(sys.path)) == before


def test_without_stdin_the_module_reads_the_one_of_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.StringIO("from the kernel\n")
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run(tmp_path, "print(input())").out == "from the kernel\n"
    assert sys.stdin is stdin


# --- streams ---


def test_closing_stdout_does_not_close_the_kernels(tmp_path: Path) -> None:
    out = io.StringIO()
    (tmp_path / "task.py").write_text("import sys\nprint(1)\nsys.stdout.close()")
    with contextlib.redirect_stdout(out):
        run_here("task", [], cwd=str(tmp_path))
        print(2)  # noqa: T201  this is the test
    assert out.getvalue() == "1\n2\n"


def test_a_module_that_closes_stderr_and_fails_has_status_1(tmp_path: Path) -> None:
    for ending in ("1 / 0", "sys.exit('text')"):
        ran = run(tmp_path, f"import sys\nsys.stderr.close()\n{ending}")
        assert (ran.err, ran.here.returncode) == ("", 1)


def test_text_and_bytes_arrive_at_once_and_in_order(tmp_path: Path) -> None:
    seen: list[str] = []

    class Kernel(io.StringIO):
        def write(self, text: str) -> int:
            seen.append(text)
            return len(text)

    program = "import sys\nsys.stdout.write('a')\nsys.stdout.buffer.write(b'b')\nprint('c', end='')"
    (tmp_path / "task.py").write_text(program)
    with contextlib.redirect_stdout(Kernel()):
        run_here("task", [], cwd=str(tmp_path))
    assert seen == ["a", "b", "c"]


def test_an_unfinished_character_is_shown_at_the_end(tmp_path: Path) -> None:
    assert run(tmp_path, "import sys; sys.stdout.buffer.write(b'a\\xc3')").out == "a\ufffd"


def test_stdout_has_what_the_one_of_a_process_has(tmp_path: Path) -> None:
    program = """
        import io, sys
        sys.stdout.reconfigure(line_buffering=True, errors="replace")
        print(sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.name, sys.stdout.writable())
        print("\\udc80")
        try:
            sys.stdout.fileno()
        except io.UnsupportedOperation as error:
            print("no", error)
    """
    assert run(tmp_path, program).out == "utf-8 False <stdout> True\n?\nno fileno\n"


def test_stdout_has_the_fileno_of_the_kernels_stream(tmp_path: Path) -> None:
    (tmp_path / "task.py").write_text("import sys\nnumber = sys.stdout.fileno()")
    with (tmp_path / "out").open("w") as out, contextlib.redirect_stdout(out):
        assert run_here("task", [], cwd=str(tmp_path)).globals["number"] == out.fileno()


def test_streams_that_outlive_the_kernels_stream_end_in_silence(tmp_path: Path) -> None:
    (tmp_path / "task.py").write_text("import sys\nout = sys.stdout")
    with (tmp_path / "out").open("w") as kernel, contextlib.redirect_stdout(kernel):
        out = run_here("task", [], cwd=str(tmp_path)).globals["out"]
    out.close()
    assert out.closed


# --- in a kernel ---


def run_in(
    kernel: LiveKernel, folder: Path, program: str, *, answers: Any = None, **options: Any
) -> Output:
    (folder / "task.py").write_text(dedent(program), encoding="utf-8")
    options["cwd"] = str(folder)
    call = f"here = run_here('task', [], **{options}); print(here.returncode)"
    return kernel.run(f"from ipymod.run.inprocess import run_here\n{call}", answers=answers)


def test_in_a_kernel_the_names_of_the_user_stay(kernel: LiveKernel, tmp_path: Path) -> None:
    kernel.run("x = 'mine'\nclass Mine: pass")
    assert run_in(kernel, tmp_path, "x = 'of the module'\nMine = None").stdout == "0\n"
    kernel.run("import pickle, __main__; same = type(pickle.loads(pickle.dumps(Mine()))) is Mine")
    names = "[x, here.globals['x'], __main__.x, same]"
    assert kernel.value(names) == ["mine", "of the module", "mine", True]


def test_in_a_kernel_streams_stay_apart_and_open(kernel: LiveKernel, tmp_path: Path) -> None:
    program = """
        import sys
        sys.stdout.buffer.write("für ".encode())
        print("out")
        print("err", file=sys.stderr)
        sys.stdout.close()
        sys.stderr.detach()
        exit(3)
    """
    ran = run_in(kernel, tmp_path, program)
    assert (ran.stdout, ran.stderr, ran.error) == ("für out\n3\n", "err\n", None)
    assert kernel.run("print(1)").stdout == "1\n"


def test_in_a_kernel_text_for_stdin_answers_input(kernel: LiveKernel, tmp_path: Path) -> None:
    ran = run_in(kernel, tmp_path, "print(input('name? '))\ninput()", stdin="Zoë\n")
    assert ran.stdout == "name? Zoë\n1\n"
    assert ran.stderr.endswith("EOFError: EOF when reading a line\n")


def test_in_a_kernel_the_notebook_answers_input(kernel: LiveKernel, tmp_path: Path) -> None:
    ran = run_in(kernel, tmp_path, "print(input('name? '))", answers=["Zoë"])
    assert (ran.stdout, ran.questions) == ("Zoë\n0\n", [("name? ", False)])
