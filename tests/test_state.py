"""All that a module may change in the process is back when it has ended, in a real kernel too."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import contextvars
import io
import logging
import os
import signal
import sys
import threading
import time
import warnings
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.run.inprocess import Here, run_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kernels import LiveKernel, Output

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such thing")

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


@pytest.mark.filterwarnings("ignore:.*event_loop_policy:DeprecationWarning")
def test_asyncio_runs_although_a_loop_runs_here() -> None:
    source = "import asyncio\nasyncio.run(asyncio.sleep(0))\ndone = 1"

    def current() -> tuple[object, ...]:
        policy = asyncio.get_event_loop_policy()
        running, task = asyncio.get_running_loop(), asyncio.current_task()
        return policy, policy.get_event_loop(), running, task

    async def cell() -> None:
        before = current()
        assert run_here("-", [], source=source).globals["done"] == 1
        await asyncio.sleep(0)
        assert current() == before

    asyncio.run(cell())


# --- in a kernel ---


def run_in(kernel: LiveKernel, program: str, **options: Any) -> Output:
    code = f"run_here('-', [], source={dedent(program)!r}).returncode"
    return kernel.run(f"from ipymod.run.inprocess import run_here\n{code}", **options)


@pytest.mark.slow
def test_in_a_kernel_asyncio_runs_and_await_works_afterwards(kernel: LiveKernel) -> None:
    program = """
        import asyncio
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(0))
            print("ran", asyncio.get_running_loop().is_running())
        if __name__ == "__main__":
            asyncio.run(main())
    """
    ran = run_in(kernel, program)
    assert (ran.stdout, ran.stderr, ran.result) == ("ran True\n", "", {"text/plain": "0"})
    code = "import asyncio; await asyncio.sleep(0); print(asyncio.current_task() is not None)"
    assert kernel.run(code).stdout == "True\n"


def test_in_a_kernel_a_loop_of_the_old_style_runs(kernel: LiveKernel) -> None:
    program = """
        import asyncio
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        assert asyncio.get_event_loop() is loop
        print(loop.run_until_complete(asyncio.sleep(0, 5)))
        loop.close()
    """
    assert run_in(kernel, program).stdout == "5\n"
    assert kernel.value("__import__('asyncio').get_event_loop().is_running()")


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("pause", ["time.sleep(60)", "asyncio.run(asyncio.sleep(60))"])
def test_in_a_kernel_an_interrupt_stops_the_cell_and_state_is_back(
    kernel: LiveKernel, pause: str
) -> None:
    folder = kernel.value("__import__('os').getcwd()")
    interrupts = iter([kernel.interrupt])

    def interrupt(output: Output) -> None:
        if output.stdout:
            time.sleep(0.2)  # until the pause has begun
            next(interrupts, int)()

    program = f"import asyncio, os, time\nos.chdir('/')\nprint('begun')\n{pause}"
    ran = run_in(kernel, program, while_running=interrupt)
    assert ran.error
    assert ran.error[0] == "KeyboardInterrupt"
    assert kernel.value("__import__('os').getcwd()") == folder
