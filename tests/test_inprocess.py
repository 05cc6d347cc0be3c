"""Modules run in this process, compared with `python -m` and, at the end, in a real kernel."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import contextvars
import io
import linecache
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from jupyter_client.manager import start_new_kernel

from ipymod.errors import UsageError
from ipymod.run.inprocess import Here, run_here

if TYPE_CHECKING:
    from collections.abc import Iterator

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such thing")


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
            "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('für')"
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
    "reads its own source": Case(
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


def test_a_missing_module_is_told_apart_from_a_missing_import(tmp_path: Path) -> None:
    missing = run_name("not_a_module_anywhere").err
    assert missing == f"{sys.executable}: No module named not_a_module_anywhere\n"
    assert run(tmp_path, "import not_a_module_anywhere").err.startswith("Traceback")


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


# --- what comes back ---


def test_the_globals_come_back_however_the_module_ends(tmp_path: Path) -> None:
    for ending in ("", "raise SystemExit(0)", "1 / 0"):
        here = run(tmp_path, f"x = 1\ndef double(): return x * 2\n{ending}").here
        assert here.globals["double"]() == 2
        assert here.globals["__name__"] == "__main__"


def test_the_globals_are_empty_when_there_is_no_module() -> None:
    assert run_name("not_a_module_anywhere").here.globals == {}


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
    with contextlib.redirect_stdout(io.StringIO()) as kernel:
        out = run_here("task", [], cwd=str(tmp_path)).globals["out"]
    kernel.close()
    out.close()
    assert out.closed


# --- state ---

# What changes it, and an expression that reads it.
CHANGES = {
    "argv": ("sys.argv[:] = ['x']", "(id(sys.argv), *sys.argv)"),
    "path": ("sys.path.insert(0, 'x')", "(id(sys.path), *sys.path)"),
    "path, rebound": ("sys.path = ['x']", "(id(sys.path), *sys.path)"),
    "meta_path": (
        "sys.meta_path.append(type('Finder', (), {'find_spec': lambda *a: None}))",
        "len(sys.meta_path)",
    ),
    "meta_path, rebound": ("sys.meta_path = sys.meta_path[:]", "id(sys.meta_path)"),
    "path_hooks": ("sys.path_hooks.append(zipimport.zipimporter)", "len(sys.path_hooks)"),
    "path_hooks, rebound": ("sys.path_hooks = sys.path_hooks[:]", "id(sys.path_hooks)"),
    "stdin": ("sys.stdin = io.StringIO()", "id(sys.stdin)"),
    "stdout": ("sys.stdout = io.StringIO()", "id(sys.stdout)"),
    "stderr": ("sys.stderr = io.StringIO()", "id(sys.stderr)"),
    "displayhook": ("sys.displayhook = print", "sys.displayhook"),
    "excepthook": ("sys.excepthook = print", "sys.excepthook"),
    "unraisablehook": ("sys.unraisablehook = print", "sys.unraisablehook"),
    "breakpointhook": ("sys.breakpointhook = print", "sys.breakpointhook"),
    "threading.excepthook": ("threading.excepthook = print", "threading.excepthook"),
    "tracebacklimit": ("sys.tracebacklimit = 1", "getattr(sys, 'tracebacklimit', None)"),
    "__main__": ("sys.modules['__main__'] = sys", "id(sys.modules['__main__'])"),
    "a builtin": ("builtins.open = max", "builtins.open"),
    "print": ("builtins.print = max", "builtins.print"),
    "input": ("builtins.input = max", "builtins.input"),
    "a builtin, new": ("builtins._ = max", "hasattr(builtins, '_')"),
    "a builtin, deleted": ("del builtins.sorted", "hasattr(builtins, 'sorted')"),
    "exit": ("pass", "getattr(builtins, 'exit', None)"),
    "cwd": ("os.chdir(os.sep)", "os.getcwd()"),
    "environ": ("os.environ.update(IPYMOD_NEW='1')", "dict(os.environ)"),
    "environ, cleared": ("os.environ.clear()", "dict(os.environ)"),
    "environ, rebound": ("os.environ = {}", "dict(os.environ)"),
    "recursion limit": ("sys.setrecursionlimit(4321)", "sys.getrecursionlimit()"),
    "switch interval": ("sys.setswitchinterval(0.04)", "sys.getswitchinterval()"),
    "trace": ("sys.settrace(lambda *a: None)", "sys.gettrace()"),
    "profile": ("sys.setprofile(lambda *a: None)", "sys.getprofile()"),
    "trace of threads": ("threading.settrace(print)", "threading.gettrace()"),
    "profile of threads": ("threading.setprofile(print)", "threading.getprofile()"),
    "socket timeout": ("socket.setdefaulttimeout(9)", "socket.getdefaulttimeout()"),
    "garbage collection": ("gc.disable()", "gc.isenabled()"),
    "warnings": ("warnings.simplefilter('ignore')", "list(map(str, warnings.filters))"),
    "showwarning": ("warnings.showwarning = print", "warnings.showwarning"),
    "captured warnings": ("logging.captureWarnings(True)", "warnings.showwarning"),
    "root logger": (
        "logging.basicConfig(level=7, force=True)",
        "(logging.root.level, *logging.root.handlers)",
    ),
    "logging.disable": ("logging.disable(50)", "logging.root.manager.disable"),
    "a known logger": (
        "import logging.config; logging.config.dictConfig({'version': 1})",
        "logging.getLogger('known').disabled",
    ),
    "a level": (
        "logging.getLogger('known').setLevel(1)",
        "logging.getLogger('known').isEnabledFor(5)",
    ),
    "signal handler": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "signal.getsignal(signal.SIGTERM)",
    ),
    "umask": ("os.umask(0o123)", "(lambda mask: (os.umask(mask), mask))(os.umask(0o77))[1]"),
    "decimal": ("decimal.getcontext().prec = 5", "decimal.getcontext().prec"),
    "decimal, rebound": (
        "decimal.setcontext(decimal.Context(prec=7))",
        "decimal.getcontext().prec",
    ),
    "loop policy": (
        "asyncio.set_event_loop_policy(type(asyncio.get_event_loop_policy())())",
        "id(asyncio.get_event_loop_policy())",
    ),
}
POSIX_CHANGES = {
    "locale": ("locale.setlocale(locale.LC_TIME, 'C.UTF-8')", "locale.setlocale(locale.LC_ALL)"),
    "wakeup fd": (
        "pipe = os.pipe(); os.set_blocking(pipe[1], False); signal.set_wakeup_fd(pipe[1])",
        "(lambda fd: (signal.set_wakeup_fd(fd), fd))(signal.set_wakeup_fd(-1))[1]",
    ),
    "time zone": ("os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()", "(time.timezone, time.tzname)"),
}
ALL_CHANGES = [pytest.param(*pair, id=name) for name, pair in CHANGES.items()]
ALL_CHANGES += [pytest.param(*pair, id=name, marks=POSIX) for name, pair in POSIX_CHANGES.items()]
IMPORTS = (
    "import asyncio, builtins, decimal, gc, io, locale, logging, os, signal, socket, sys\n"
    "import threading, time, warnings, zipimport\n"
)


def read(expression: str) -> Any:
    names: dict[str, Any] = {}
    exec(f"{IMPORTS}value = {expression}", names)  # noqa: S102  the tables above
    return names["value"]


ENDINGS = {"": 0, "sys.exit(3)": 3, "raise OSError": 1, "raise KeyboardInterrupt": None}


def status(source: str) -> int | None:
    """Run a program; None if it was interrupted."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(KeyboardInterrupt):
        return run_here("-", [], source=source).returncode
    return None


@pytest.mark.filterwarnings("ignore:.*event_loop_policy:DeprecationWarning")
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("change", "expression"), ALL_CHANGES)
def test_what_a_module_changes_is_put_back_however_it_ends(
    change: str, expression: str, ending: str
) -> None:
    logging.getLogger("known")
    before = read(expression)
    assert status(f"{IMPORTS}{change}\n{ending}") == ENDINGS[ending]
    assert read(expression) == before


@pytest.mark.filterwarnings("ignore:.*event_loop_policy:DeprecationWarning")
@pytest.mark.parametrize(("change", "expression"), ALL_CHANGES)
def test_the_changes_of_that_table_are_changes(change: str, expression: str) -> None:
    logging.getLogger("known")
    here = run_here("-", [], source=f"{IMPORTS}{change}\nafter = {expression}")
    assert here.globals["after"] != read(expression)


@pytest.fixture
def timer() -> Iterator[None]:
    """Take the alarm of the test runner away for a while."""
    before = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.setitimer(signal.ITIMER_REAL, *before)


@POSIX
@pytest.mark.usefixtures("timer")
def test_an_alarm_of_the_module_ends_with_it() -> None:
    run_here("-", [], source="import signal\nsignal.setitimer(signal.ITIMER_REAL, 60)")
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@POSIX
@pytest.mark.usefixtures("timer")
def test_an_alarm_of_the_kernel_rings_when_it_would_have() -> None:
    signal.setitimer(signal.ITIMER_REAL, 60)
    run_here("-", [], source="import signal, time\nsignal.alarm(0)\ntime.sleep(0.2)")
    assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] < 59.9


def test_context_variables_are_put_back() -> None:
    variable = contextvars.ContextVar("variable", default=1)
    vars(builtins)["shared_variable"] = variable
    try:
        assert run_here("-", [], source="shared_variable.set(2)").returncode == 0
    finally:
        del vars(builtins)["shared_variable"]
    assert variable.get() == 1


def test_warnings_can_be_captured_again_after_a_module_did_so() -> None:
    run_here("-", [], source="import logging\nlogging.captureWarnings(True)")
    logging.captureWarnings(capture=True)
    try:
        assert warnings.showwarning.__module__ == "logging"
    finally:
        logging.captureWarnings(capture=False)


def test_a_folder_that_the_module_removes_does_not_stop_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = tmp_path / "folder", list(sys.path)
    folder.mkdir()
    monkeypatch.chdir(folder)
    source = "import os, shutil, sys\nos.chdir('..')\nshutil.rmtree('folder')\nsys.path.clear()"
    assert run_here("-", [], source=source).returncode == 0
    assert sys.path == path


def test_beside_the_main_thread_all_but_signals_is_kept() -> None:
    ended: list[Here] = []
    before = list(sys.path), signal.getsignal(signal.SIGINT)
    source = "import sys\nsys.path.clear()\nprint(1)"
    with contextlib.redirect_stdout(io.StringIO()) as out:
        thread = threading.Thread(target=lambda: ended.append(run_here("-", [], source=source)))
        thread.start()
        thread.join()
    assert (ended[0].returncode, out.getvalue()) == (0, "1\n")
    assert (list(sys.path), signal.getsignal(signal.SIGINT)) == before


# --- event loops ---


def test_asyncio_runs_although_a_loop_runs_here() -> None:
    source = "import asyncio\nasyncio.run(asyncio.sleep(0))\ndone = 1"

    async def cell() -> tuple[Here, bool]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        here = run_here("-", [], source=source)
        await asyncio.sleep(0)
        return here, loop is asyncio.get_running_loop() and task is asyncio.current_task()

    here, same = asyncio.run(cell())
    assert here.globals["done"] == 1
    assert same


# --- in a kernel ---


class Cell(NamedTuple):
    out: str
    err: str
    error: str


class Kernel:
    def __init__(self, folder: Path) -> None:
        self.manager, self.client = start_new_kernel(cwd=str(folder))
        self.folder = folder

    def run(self, code: str) -> Cell:
        return self.result(self.client.execute(dedent(code)))

    def run_module(self, program: str, options: str = "") -> Cell:
        (self.folder / "task.py").write_text(dedent(program), encoding="utf-8")
        return self.run(
            "from ipymod.run.inprocess import run_here\n"
            f"here = run_here('task', []{options}); print(here.returncode)"
        )

    def result(self, cell: str) -> Cell:
        """Collect the output of one cell until the kernel is idle again."""
        parts = {"stdout": "", "stderr": "", "error": ""}
        for message in self.messages(cell):
            content = message["content"]
            if message["msg_type"] == "stream":
                parts[content["name"]] += content["text"]
            elif message["msg_type"] == "error":
                parts["error"] = content["ename"]
        return Cell(*parts.values())

    def messages(self, cell: str) -> Iterator[dict[str, Any]]:
        while True:
            message = self.client.get_iopub_msg(timeout=30)
            if message["parent_header"].get("msg_id") != cell:
                continue
            if message["content"].get("execution_state") == "idle":
                return
            yield message

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.stop()


def test_in_a_kernel_asyncio_runs_and_await_works_afterwards(kernel: Kernel) -> None:
    program = """
        import asyncio
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(0))
            print("ran", asyncio.get_running_loop().is_running())
        if __name__ == "__main__":
            asyncio.run(main())
    """
    assert kernel.run_module(program) == ("ran True\n0\n", "", "")
    code = "import asyncio; await asyncio.sleep(0); print(asyncio.current_task() is not None)"
    assert kernel.run(code) == ("True\n", "", "")


def test_in_a_kernel_a_loop_of_the_old_style_runs(kernel: Kernel) -> None:
    program = """
        import asyncio
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        assert asyncio.get_event_loop_policy().get_event_loop() is loop
        print(loop.run_until_complete(asyncio.sleep(0, 5)))
        loop.close()
    """
    assert kernel.run_module(program).out == "5\n0\n"
    code = "import asyncio; print(asyncio.get_event_loop().is_running())"
    assert kernel.run(code).out == "True\n"


def test_in_a_kernel_the_names_of_the_user_stay(kernel: Kernel) -> None:
    kernel.run("x = 'mine'\nclass Mine: pass")
    assert kernel.run_module("x = 'of the module'\nMine = None").out == "0\n"
    code = """
        import pickle, __main__
        print(x, here.globals["x"], __main__.x, type(pickle.loads(pickle.dumps(Mine()))) is Mine)
    """
    assert kernel.run(code).out == "mine of the module mine True\n"


def test_in_a_kernel_streams_stay_apart_and_open(kernel: Kernel) -> None:
    program = """
        import sys
        sys.stdout.buffer.write("für ".encode())
        print("out")
        print("err", file=sys.stderr)
        sys.stdout.close()
        sys.stderr.detach()
        exit(3)
    """
    assert kernel.run_module(program) == ("für out\n3\n", "err\n", "")
    assert kernel.run("print(1)").out == "1\n"


def test_in_a_kernel_stdin_answers_input_without_asking_the_notebook(kernel: Kernel) -> None:
    program = "print(input('name? '))\ninput()"
    ran = kernel.run_module(program, ", stdin='Zoë\\n'")
    assert ran.out == "name? Zoë\n1\n"
    assert ran.err.endswith("EOFError: EOF when reading a line\n")


@POSIX
@pytest.mark.parametrize("pause", ["time.sleep(60)", "asyncio.run(asyncio.sleep(60))"])
def test_in_a_kernel_an_interrupt_stops_the_cell_and_state_is_back(
    kernel: Kernel, pause: str
) -> None:
    program = f"import asyncio, os, sys, time\nos.chdir('/')\nprint('begun')\n{pause}"
    (kernel.folder / "task.py").write_text(program)
    cell = kernel.client.execute("run_here('task', []); print('next line')")
    begun = next(m for m in kernel.messages(cell) if m["msg_type"] == "stream")
    time.sleep(0.2)
    kernel.manager.interrupt_kernel()
    ended = kernel.result(cell)
    assert begun["content"]["text"] == "begun\n"
    assert (ended.out, ended.error) == ("", "KeyboardInterrupt")
    folder = kernel.run("import asyncio, os; await asyncio.sleep(0); print(os.getcwd())").out
    assert Path(folder.strip()) == kernel.folder
