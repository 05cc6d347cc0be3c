"""Modules that ask, in real kernels: who is asked, what it costs, and what if nobody is there."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import psutil
import pytest

from kernels import LiveKernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kernels import Output

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who waits")

END = "\x04"  # what a front end sends for the end of input
MODES = ("", "--tty")


def write(folder: Path, code: str) -> str:
    """Make `code` the module `task`; the line that runs it, less the name."""
    (folder / "task.py").write_text(dedent(code))
    return f"--cwd '{folder}'"


def run(
    kernel: LiveKernel, folder: Path, code: str, answers: list[str] | None, mode: str = ""
) -> Output:
    place = write(folder, code)
    return kernel.run(f"%pymod {mode} {place} task", answers=answers, timeout=30)


def everything(output: Output) -> str:
    return f"{output.streams} {output.displays} {output.error} {output.reply}"


@pytest.mark.parametrize("mode", MODES)
def test_a_question_is_asked_once_and_answered(
    kernel: LiveKernel, tmp_path: Path, mode: str
) -> None:
    code = "print('hello')\nname = input('Your name? ')\nprint(f'[{name}]')"
    output = run(kernel, tmp_path, code, ["Ada"], mode)
    assert output.error is None
    assert output.questions == [("Your name? ", False)]
    assert settled(output.stdout) == "hello\n[Ada]\n"
    assert output.stderr == ""


def settled(text: str) -> str:
    """What is left on the screen: a prompt that was shown for a moment is overwritten."""
    return re.sub(r"[^\n]*\r", "", text)


@pytest.mark.parametrize("mode", MODES)
def test_a_password_is_hidden_and_shown_nowhere(
    kernel: LiveKernel, tmp_path: Path, mode: str
) -> None:
    code = "import getpass\nprint(len(getpass.getpass('Secret: ')))"
    output = run(kernel, tmp_path, code, ["xyzzy-plugh"], mode)
    assert output.error is None
    assert output.questions == [("Secret: ", True)]
    assert "11\n" in output.stdout
    assert "xyzzy" not in everything(output)


@pytest.mark.parametrize("mode", MODES)
def test_two_questions_in_a_row_get_an_answer_each(
    kernel: LiveKernel, tmp_path: Path, mode: str
) -> None:
    code = "a = input('one? ')\nb = input('two? ')\nprint([a, b])"
    output = run(kernel, tmp_path, code, ["1", "2"], mode)
    assert output.questions == [("one? ", False), ("two? ", False)]
    assert settled(output.stdout).endswith("['1', '2']\n")


def test_many_questions_keep_their_order(kernel: LiveKernel, tmp_path: Path) -> None:
    code = "print([input(f'{n}? ') for n in range(30)])"
    answers = [str(n) for n in range(30)]
    output = run(kernel, tmp_path, code, answers)
    assert output.questions == [(f"{n}? ", False) for n in range(30)]
    assert settled(output.stdout).endswith(f"{answers}\n")


@pytest.mark.slow
def test_a_question_may_come_after_a_while(kernel: LiveKernel, tmp_path: Path) -> None:
    code = "import time\nprint('working')\ntime.sleep(1)\nprint([input('now? ')])"
    output = run(kernel, tmp_path, code, ["yes"])
    assert output.questions == [("now? ", False)]
    assert output.stdout.endswith("['yes']\n")


def test_a_question_without_a_prompt_is_asked(kernel: LiveKernel, tmp_path: Path) -> None:
    output = run(kernel, tmp_path, "import sys\nprint([sys.stdin.readline()])", ["yes"])
    assert output.questions == [("", False)]
    assert output.stdout == "['yes\\n']\n"


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_may_hold_any_character(kernel: LiveKernel, tmp_path: Path, mode: str) -> None:
    output = run(kernel, tmp_path, "print([input('? ')])", ["naïve 日本 'x' {y}"], mode)
    assert settled(output.stdout).endswith("[\"naïve 日本 'x' {y}\"]\n")


GRANDCHILD = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "print([input('inner? ')])"], check=True)
"""
FROM_A_THREAD = f"""
import threading
thread = threading.Thread(target=exec, args=({GRANDCHILD!r},))
thread.start()
thread.join()
"""


@pytest.mark.parametrize("code", [GRANDCHILD, FROM_A_THREAD], ids=["plain", "from a thread"])
def test_a_grandchild_may_ask(kernel: LiveKernel, tmp_path: Path, code: str) -> None:
    output = run(kernel, tmp_path, code, ["yes"])
    assert output.questions == [("inner? ", False)]
    assert output.stdout.endswith("['yes']\n")


@pytest.mark.slow
@pytest.mark.parametrize("answers", [None, []], ids=["nobody", "somebody"])
def test_a_grandchild_that_reads_a_pipe_of_its_own_asks_nobody(
    kernel: LiveKernel, tmp_path: Path, answers: list[str] | None
) -> None:
    code = """
    import subprocess, sys, time
    command = [sys.executable, "-c", "print([input('inner? ')])"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        time.sleep(0.5)  # it waits for us meanwhile
        process.communicate("mine")
    """
    output = run(kernel, tmp_path, code, answers)
    assert output.error is None
    assert output.questions == []
    assert "inner? ['mine']\n" in output.stdout
    assert output.stderr == ""


ENDED = "try:\n    input('? ')\nexcept EOFError:\n    print('end of file')"


@pytest.mark.parametrize("mode", MODES)
def test_ctrl_d_gives_the_module_its_end_of_file(
    kernel: LiveKernel, tmp_path: Path, mode: str
) -> None:
    output = run(kernel, tmp_path, ENDED, [END], mode)
    assert output.error is None
    assert output.questions == [("? ", False)]
    assert "end of file\n" in output.stdout


def test_ctrl_d_at_a_password_is_the_end_of_file(kernel: LiveKernel, tmp_path: Path) -> None:
    output = run(kernel, tmp_path, ENDED.replace("input", "__import__('getpass').getpass"), [END])
    assert output.questions == [("? ", True)]
    assert "end of file\n" in output.stdout


def test_a_cell_body_answers_and_nobody_is_asked(kernel: LiveKernel, tmp_path: Path) -> None:
    place = write(tmp_path, "print([input('one? '), input('two? ')])")
    output = kernel.run(f"%%pymod {place} task\n1\n2\n", answers=[])
    assert output.questions == []
    assert "['1', '2']\n" in output.stdout


@pytest.mark.slow
def test_every_ipython_asks(old_kernels: LiveKernel, tmp_path: Path) -> None:
    code = "import getpass\nname, word = input('Name? '), getpass.getpass('Word? ')"
    output = run(old_kernels, tmp_path, f"{code}\nprint(name, len(word))", ["Ada", "xyzzy"])
    assert output.questions == [("Name? ", False), ("Word? ", True)]
    # The erased prompt is one longer than the answer, and may leave a blank behind it.
    assert settled(output.stdout).rstrip(" \n").endswith("Ada 5")
    assert "xyzzy" not in everything(output)
    ended = run(old_kernels, tmp_path, ENDED, [END])
    assert "end of file\n" in ended.stdout
    assert "nobody can answer here" in run(old_kernels, tmp_path, ENDED, None).stderr


# --- line editors ---


@pytest.mark.slow
def test_the_console_of_python_can_be_used(kernel: LiveKernel) -> None:
    output = kernel.run("%pymod --tty code -q", answers=["6 * 7", "exit(4)"], timeout=30)
    assert output.error
    assert "exit status 4" in output.error[1]
    assert [prompt.strip() for prompt, _ in output.questions] == [">>>", ">>>"]
    assert "\n42\n" in f"\n{settled(output.stdout)}"


@pytest.mark.slow
def test_the_debugger_can_be_used(kernel: LiveKernel, tmp_path: Path) -> None:
    code = "x = 42\nbreakpoint()\nprint('on we go')"
    output = run(kernel, tmp_path, code, ["p x + 1", "continue"], "--tty")
    assert output.error is None
    assert [prompt.strip() for prompt, _ in output.questions] == ["(Pdb)", "(Pdb)"]
    assert "43\n" in output.stdout
    assert "on we go\n" in output.stdout


# --- nobody is there ---


@pytest.mark.parametrize("mode", MODES)
def test_without_a_reader_the_module_gets_its_end_of_file_and_the_cell_says_so(
    kernel: LiveKernel, tmp_path: Path, mode: str
) -> None:
    output = run(kernel, tmp_path, ENDED, None, mode)
    assert output.error is None
    assert "end of file\n" in output.stdout
    assert (
        "ipymod: the module asks '?', and nobody can answer here: it gets the end of file\n"
        in output.stderr
    )


def test_a_module_that_fails_for_want_of_an_answer_says_what_to_type(
    kernel: LiveKernel, tmp_path: Path
) -> None:
    output = run(kernel, tmp_path, "input('Sure? ')", None)
    assert output.error
    assert "nobody can give one here: say it in the arguments" in output.error[1]
    assert "'Sure?'" in output.stderr


def test_a_tool_that_reads_its_input_does_not_hang(kernel: LiveKernel) -> None:
    output = kernel.run("%pymod json.tool", timeout=20)
    assert output.error
    assert "json.tool ended with exit status 1" in output.error[1]
    assert "the module reads its standard input, and nobody can answer here" in output.stderr


@pytest.mark.slow
def test_who_waits_for_input_without_reading_gets_the_end_of_file(
    kernel: LiveKernel, tmp_path: Path
) -> None:
    code = "import select, sys\nselect.select([0], [], [])\nprint([sys.stdin.read()])"
    output = run(kernel, tmp_path, code, None)
    assert output.error is None
    assert output.stdout == "['']\n"
    assert 2 <= output.seconds < 10


# --- interrupts ---


@pytest.mark.parametrize("ask", ["input('? ')", "__import__('getpass').getpass('? ')"])
@pytest.mark.parametrize("mode", MODES)
def test_an_interrupt_at_an_open_question_ends_the_cell(
    kernel: LiveKernel, tmp_path: Path, ask: str, mode: str
) -> None:
    place = write(tmp_path, f"import os\nopen('pid', 'w').write(str(os.getpid()))\n{ask}")

    def interrupt(prompt: str, hidden: bool) -> str:  # noqa: FBT001  what the harness gives
        del prompt, hidden
        kernel.interrupt()
        return "too late"

    output = kernel.run(
        f"%pymod {mode} {place} task\nprint('the next line')", answers=interrupt, timeout=30
    )
    assert output.error
    assert output.error[2] == ["KeyboardInterrupt: task was interrupted"]
    assert "the next line" not in output.stdout
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


# --- a real installer ---


@pytest.fixture(scope="module")
def throw_away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """A kernel in an environment of its own, which sees the packages of this one."""
    prefix = tmp_path_factory.mktemp("throw away")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", prefix], check=True)
    here = Path(sysconfig.get_path("purelib", vars={"base": str(prefix)}))
    (here / "of_the_tests.pth").write_text(
        f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
    )
    with LiveKernel(str(prefix / "bin" / "python")) as kernel:
        assert kernel.run("%load_ext ipymod").error is None
        yield kernel


@pytest.fixture
def tiny(throw_away: LiveKernel, tmp_path: Path) -> LiveKernel:
    """The same kernel with the package `tiny` installed."""
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    about = "tiny-1.0.dist-info/"
    files = {
        "tiny.py": "",
        f"{about}METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{about}WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    installed = throw_away.run(f"%pymod pip install -q --no-index '{wheel}'")
    assert installed.error is None, installed.error
    return throw_away


def has_tiny(kernel: LiveKernel) -> bool:
    return bool(kernel.value("__import__('importlib.util').util.find_spec('tiny') is not None"))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["", "--no-tty"])
@pytest.mark.parametrize(("answer", "stays"), [("y", False), ("n", True)])
def test_pip_asks_before_it_uninstalls(
    tiny: LiveKernel,
    mode: str,
    answer: str,
    stays: bool,  # noqa: FBT001  pytest gives it
) -> None:
    output = tiny.run(f"%pymod {mode} pip uninstall tiny", answers=[answer])
    assert output.error is None
    assert output.questions == [("Proceed (Y/n)? ", False)]
    assert "Proceed" not in settled(output.stdout)
    assert ("Successfully uninstalled tiny-1.0" in output.stdout) is not stays
    assert has_tiny(tiny) is stays


@pytest.mark.slow
def test_pip_does_not_uninstall_unasked_and_says_what_to_type(tiny: LiveKernel) -> None:
    output = tiny.run("%pymod pip uninstall tiny", timeout=30)
    assert output.error
    assert "say it in the arguments (pip uninstall -y)" in output.error[1]
    assert has_tiny(tiny)
