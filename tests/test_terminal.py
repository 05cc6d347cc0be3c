"""A real IPython in a real terminal: `%pymod` is there what `python -m` is in a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Self

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a Unix terminal")

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")
# A module says where it is, and asks.
ASKING = """
import getpass, sys
print("terminals:", *[s.isatty() for s in (sys.stdin, sys.stdout, sys.stderr)])
print("name:", input("who? "))
if len(sys.argv) == 1:
    print("length:", len(getpass.getpass("secret? ")))
"""
SLEEPING = """
import time
print("good night", flush=True)
try:
    time.sleep(100)
finally:
    print("cleaned up")
"""
JOB = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(100)"


class Terminal:
    """An IPython in a terminal of its own; use it in a `with`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._line = 0
        given = ["-m", "IPython", "--no-banner", "--no-confirm-exit", "--colors=NoColor"]
        self._process: Any = pexpect.spawn(
            sys.executable,
            [*given, *options],
            env=self._env(folder),
            cwd=str(folder),
            encoding="utf-8",
            timeout=20,
            dimensions=(50, 200),
        )

    def _env(self, folder: Path) -> dict[str, str]:
        env = {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "TERM": "xterm"}
        env.pop("PYTHONUNBUFFERED", None)  # it would hide what stays in a buffer
        return {**env, "PROMPT_TOOLKIT_NO_CPR": "1"}

    def __enter__(self) -> Self:
        self.await_prompt()
        assert "Error" not in self.run("%load_ext ipymod")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close(force=True)

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def run(self, line: str) -> str:
        """Run a line; what it wrote."""
        self.type(line)
        return self.await_prompt()

    def type(self, line: str) -> None:
        self._process.send(line.replace("\n", "\r") + "\r")

    def send(self, keys: str) -> None:
        self._process.send(keys)

    def interrupt(self) -> None:
        time.sleep(0.2)  # Python loses a SIGINT between a question and the reading of its answer
        self._process.sendintr()

    def interrupt_question(self) -> str:
        """Press Ctrl-C until the prompt is back: a busy machine may take longer than that."""
        self._line += 1
        prompt = re.escape(f"In [{self._line}]:")
        for _ in range(10):
            self.interrupt()
            if self._process.expect([prompt, pexpect.TIMEOUT], timeout=2) == 0:
                return CONTROL.sub("", self._process.before)
        raise AssertionError(self._process.before)

    def await_text(self, text: str) -> str:
        """Wait for a text; what came before it."""
        self._process.expect_exact(text)
        return CONTROL.sub("", self._process.before)

    def await_prompt(self) -> str:
        self._line += 1  # the full prompt is drawn again and again, so its number has to tell
        self._process.expect(rf"In \[{self._line}\]:")
        return CONTROL.sub("", self._process.before)

    def leave(self) -> None:
        self.type("exit()")
        self._process.expect(pexpect.EOF)
        self._process.close()


def write_modules(folder: Path) -> None:
    for name, source in {"asking": ASKING, "sleeping": SLEEPING, "job": JOB}.items():
        (folder / f"{name}.py").write_text(source, "utf-8")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One IPython for the tests that leave nothing in it."""
    folder = tmp_path_factory.mktemp("terminal")
    write_modules(folder)
    with Terminal(folder, "--simple-prompt") as session:
        yield session


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    write_modules(tmp_path)
    started: list[Terminal] = []

    def new(*options: str) -> Terminal:
        started.append(Terminal(tmp_path, *options).__enter__())
        return started[-1]

    yield new
    for each in started:
        each.__exit__()


def is_gone(pid: int, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while psutil.pid_exists(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


def test_a_module_has_the_terminal_itself_and_can_ask(terminal: Terminal) -> None:
    terminal.type("%pymod asking")
    assert "terminals: True True True" in terminal.await_text("who? ")
    terminal.type("Ada")
    assert "name: Ada" in terminal.await_text("secret? ")
    terminal.type("hunter2")
    rest = terminal.await_prompt()
    assert "length: 7" in rest
    assert "hunter2" not in rest


@pytest.mark.parametrize("option", ["--no-tty", "--log asked.log"])
def test_it_can_ask_also_where_the_output_goes_through_us(terminal: Terminal, option: str) -> None:
    terminal.type(f"%pymod {option} asking")
    assert "terminals: True False False" in terminal.await_text("who? ")
    terminal.type("Ada")
    shown = terminal.await_text("secret? ")  # on /dev/tty, past our pipes: the order may differ
    terminal.type("hunter2")
    rest = terminal.await_prompt()
    assert "name: Ada" in " ".join((shown + rest).split())  # the question may cut a line in two
    assert "length: 7" in rest
    assert "hunter2" not in rest


def test_a_run_shows_what_the_module_wrote_and_no_value(terminal: Terminal) -> None:
    assert terminal.run("%pymod colorsys").split() == ["%pymod", "colorsys"]
    shown = terminal.run("%pymod platform --terse")
    assert "Linux" in shown or "macOS" in shown
    assert "Out[" not in shown


def test_what_was_printed_before_comes_before_the_modules_output(terminal: Terminal) -> None:
    line = "print('before', end=' '); get_ipython().run_line_magic('pymod', 'calendar 2024 2')"
    assert "before    February 2024" in terminal.run(line)


@pytest.mark.slow
def test_the_order_holds_where_the_output_is_no_terminal(tmp_path: Path) -> None:
    magics = "load_ext ipymod", "pymod calendar 2024 2"
    load, run = (f"get_ipython().run_line_magic(*{line.split(' ', 1)!r})" for line in magics)
    command = [sys.executable, "-m", "IPython", "-c", f"{load}\nprint('before')\n{run}"]
    env = {**os.environ, "IPYTHONDIR": str(tmp_path)}
    env.pop("PYTHONUNBUFFERED", None)
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("before\n   February 2024\n")


def test_a_status_other_than_0_is_one_line(terminal: Terminal) -> None:
    shown = terminal.run("%pymod json.tool --nonsense")
    assert "unrecognized arguments: --nonsense" in shown
    assert shown.rstrip().endswith("ModuleFailed: json.tool ended with exit status 2")
    assert "Traceback" not in shown
    assert "Out[" in terminal.run("_exit_code")


def test_ctrl_c_ends_the_module_and_not_ipython(terminal: Terminal) -> None:
    terminal.type("%pymod sleeping")
    terminal.await_text("good night")
    terminal.interrupt()
    shown = terminal.await_prompt()
    assert "cleaned up" in shown
    assert shown.rstrip().endswith("KeyboardInterrupt: sleeping was interrupted")
    assert "actions.py" not in shown
    assert "= 42" in terminal.run("print('=', 6 * 7)")


def test_ctrl_c_at_a_question_ends_the_module(terminal: Terminal) -> None:
    for option in ("", "--no-tty "):
        terminal.type(f"%pymod {option}asking")
        terminal.await_text("who? ")
        shown = terminal.interrupt_question()
        assert shown.rstrip().endswith("KeyboardInterrupt: asking was interrupted")
        assert "actions.py" not in shown


def test_capture_keeps_the_output(terminal: Terminal) -> None:
    assert "usage" not in terminal.run("r = %pymod --capture json.tool --help")
    assert "= usage: python -m json.tool" in terminal.run("print('=', r.stdout)")


def test_ipythons_own_capture_gets_the_output(terminal: Terminal) -> None:
    shown = terminal.run("%%capture c\n%pymod calendar 2024 2\n\n")
    assert "February" not in shown
    assert "=    February 2024" in terminal.run("print('=', c.stdout)")


@pytest.mark.slow
def test_a_job_ends_with_ipython(start: Callable[..., Terminal]) -> None:
    session = start("--simple-prompt")
    shown = session.run("%pymod --bg job")
    assert "job 1: job  running" in shown
    tail = session.run("%pymod --tail 1")
    pid = int(tail.split("pid ")[1].split()[0])
    assert psutil.pid_exists(pid)
    session.leave()
    assert is_gone(pid)


@pytest.mark.slow
def test_a_job_ends_with_a_killed_ipython(start: Callable[..., Terminal]) -> None:
    session = start("--simple-prompt")
    session.run("%pymod --bg job")
    pid = int(session.run("%pymod --tail 1").split("pid ")[1].split()[0])
    psutil.Process(session.pid).kill()
    assert is_gone(pid)


def test_the_full_prompt_completes_runs_asks_and_interrupts(start: Callable[..., Terminal]) -> None:
    session = start()
    session.send("r = %pymod --ca\t")
    session.await_text("pture")
    session.send(" http.ser\t")
    session.await_text("ver")
    session.type(" --help")
    session.await_prompt()
    assert "= usage: " in session.run("print('=', r.stdout)")
    session.type("%pymod asking")
    assert "terminals: True True True" in session.await_text("who? ")
    session.interrupt()
    assert "KeyboardInterrupt: asking was interrupted" in session.await_prompt()
