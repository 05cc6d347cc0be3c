"""Stopping, with real kernels and real processes: what has to end ends, the rest lives on.

The modules that are run here write a file for all that happens to them, with their process in it:
tests wait for these files, never for time to pass.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM
from typing import TYPE_CHECKING
from urllib.request import urlopen

import psutil
import pytest

from environments import environment
from ipymod.run import guardian
from kernels import LiveKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kernels import Output

    Start = Callable[..., int]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="/proc shows who is marked"),
]

LIMIT = 20.0  # seconds for what has no limit of its own
ORPHAN_LIMIT = 5.0  # seconds after the kernel's end
MODES = ("", "--tty", "--capture")

ACTOR = """
import os, pathlib, signal, subprocess, sys, time
from signal import SIGHUP, SIGINT, SIGTERM

FOLDER = pathlib.Path(__file__).parent

def note(event):
    draft = FOLDER / f"draft-{os.getpid()}"
    draft.write_text(str(os.getpid()))
    draft.rename(FOLDER / event)

def shrug(name, *numbers):  # as good as ignoring them, but the test can see that they came
    for number in numbers:
        signal.signal(number, lambda number, _: note(f"{name} {signal.Signals(number).name}"))

def ignore(*numbers):
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)

def stay(name):
    note(name)
    while True:  # in short naps: a signal that comes right before a nap is seen only after it
        time.sleep(0.05)

def start(code, **options):
    return subprocess.Popen([sys.executable, "-c", f"from actor import *\\n{code}"], **options)

def until(event):
    while not (FOLDER / event).exists():
        time.sleep(0.01)
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Path]:
    """A folder for modules and their events; what they started ends with the test."""
    (tmp_path / "actor.py").write_text(ACTOR)
    yield tmp_path
    for pid in pids(tmp_path):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()


def write(stage: Path, code: str) -> None:
    (stage / "task.py").write_text(f"from actor import *\n{code}\n")


def line(stage: Path, options: str = "", name: str = "task") -> str:
    return f"%pymod {options} --cwd '{stage}' {name}\n"


def eventually(true: Callable[[], object], limit: float = LIMIT) -> bool:
    """Wait until it is true, for so many seconds at most; whether it became so."""
    deadline = time.monotonic() + limit
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def wait_for_events(stage: Path, *events: str) -> None:
    for event in events:
        assert eventually((stage / event).exists), f"{event} did not happen"


def pids(stage: Path) -> set[int]:
    """Every process that took part."""
    texts = [path.read_text() for path in stage.iterdir() if path.is_file() and not path.suffix]
    return {int(text) for text in texts if text.isdecimal()}


def alive(*numbers: int) -> set[int]:
    return {number for number in numbers if _lives(number)}


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# --- an interrupt ---


@dataclass(frozen=True)
class Stubborn:
    """A module, and the events after each of which the reader interrupts."""

    code: str
    presses: tuple[str, ...] = ("child",)
    said: str = ""


SHRUGGING = "shrug('grandchild', SIGINT); stay('grandchild')"
STUBBORN = {
    "plain": Stubborn("stay('child')"),
    "deaf to SIGINT": Stubborn("shrug('child', SIGINT); stay('child')", ("child", "child SIGINT")),
    "deaf to SIGINT and SIGTERM": Stubborn(
        "shrug('child', SIGINT, SIGTERM); stay('child')",
        ("child", "child SIGINT", "child SIGTERM"),
    ),
    "grandchild deaf to SIGINT": Stubborn(
        f'note("child"); start("{SHRUGGING}").wait()', ("grandchild",)
    ),
    "grandchild in its own session": Stubborn(
        f'note("child"); start("{SHRUGGING}", start_new_session=True).wait()', ("grandchild",)
    ),
    "cleaning up": Stubborn(
        "try:\n    stay('child')\nfinally:\n    print('cleaned', 'up')", said="cleaned up\n"
    ),
}


def interrupted(kernel: LiveKernel, stage: Path, mode: str, *presses: str) -> Output:
    """Run the task, interrupting after each of the events; `presses` may be none."""

    def press() -> None:
        for event in presses:
            wait_for_events(stage, event)
            kernel.interrupt()

    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(press)
        output = kernel.run(line(stage, mode) + "print('the next line')")
        pressing.result()
    return output


def check_interrupted(kernel: LiveKernel, output: Output, stage: Path) -> None:
    """The cell has stopped in one line, and nothing is left."""
    assert (output.reply["status"], output.reply["ename"]) == ("error", "KeyboardInterrupt")
    assert output.error
    assert output.error[2] == ["KeyboardInterrupt: task was interrupted"]
    assert "the next line" not in output.stdout
    assert pids(stage)
    assert not alive(*pids(stage))
    assert kernel.value("6 * 7") == 42


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", STUBBORN)
def test_an_interrupt_ends_the_cell_and_everybody_in_it(
    kernel: LiveKernel, stage: Path, case: str, mode: str
) -> None:
    stubborn = STUBBORN[case]
    write(stage, stubborn.code)
    output = interrupted(kernel, stage, mode, *stubborn.presses)
    check_interrupted(kernel, output, stage)
    if mode != "--capture":
        assert stubborn.said in output.stdout


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("ignored", "seconds"), [("SIGINT", 5), ("SIGINT, SIGTERM", 7)])
def test_one_interrupt_is_enough_for_who_can_wait(
    kernel: LiveKernel, stage: Path, ignored: str, seconds: float, mode: str
) -> None:
    write(stage, f"ignore({ignored}); stay('child')")
    output = interrupted(kernel, stage, mode, "child")
    check_interrupted(kernel, output, stage)
    assert seconds < output.seconds < seconds + 5  # to start, and for a busy machine


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", STUBBORN)
def test_an_interrupt_works_with_what_colab_has(
    colab: LiveKernel, stage: Path, case: str, mode: str
) -> None:
    stubborn = STUBBORN[case]
    write(stage, stubborn.code)
    check_interrupted(colab, interrupted(colab, stage, mode, *stubborn.presses), stage)


@pytest.fixture(scope="module")
def colab() -> Iterator[LiveKernel]:
    with LiveKernel(environment("colab")) as kernel:
        kernel.run("%load_ext ipymod")
        yield kernel


def test_a_signal_proof_grandchild_in_its_own_session_ends_too(
    kernel: LiveKernel, stage: Path
) -> None:
    proof = "ignore(SIGINT, SIGTERM, SIGHUP); stay('grandchild')"
    write(stage, f'start("{proof}", start_new_session=True).wait()')
    check_interrupted(kernel, interrupted(kernel, stage, "", "grandchild"), stage)


def test_a_grandchild_may_clean_up_and_be_heard(kernel: LiveKernel, stage: Path) -> None:
    code = "try: stay('grandchild')\\nfinally: print('cleaned', 'up')"
    write(stage, f'start("{code}").wait()')
    output = interrupted(kernel, stage, "", "grandchild")
    check_interrupted(kernel, output, stage)
    assert "cleaned up" in output.stdout


def test_an_interrupt_at_the_very_end_of_a_module_stops_the_cell(
    kernel: LiveKernel, stage: Path
) -> None:
    write(stage, "note('child')\nos.kill(os.getppid(), SIGINT)\nos._exit(0)")
    for _ in range(5):  # whether the end or the interrupt is seen first is a matter of luck
        output = kernel.run(line(stage) + "print('the next line')")
        check_interrupted(kernel, output, stage)


def test_a_module_ends_when_its_output_cannot_be_shown(kernel: LiveKernel, stage: Path) -> None:
    write(stage, "print('hello')\nstay('child')")
    kernel.run(BROKEN)
    output = kernel.run(f"with broken:\n    {line(stage)}")
    assert output.error
    assert output.error[:2] == ("OSError", "no room")
    assert not alive(*pids(stage))


BROKEN = """
import contextlib
class Broken:
    def write(self, text):
        raise OSError("no room")
    def flush(self):
        pass
broken = contextlib.redirect_stdout(Broken())
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_time_limit_ends_everybody_and_says_so(
    kernel: LiveKernel, stage: Path, mode: str
) -> None:
    write(stage, f'note("child"); start("{SHRUGGING}"); stay("child")')
    output = kernel.run(line(stage, f"--timeout 0.8 {mode}") + "print('the next line')")
    assert output.error
    assert "task was stopped after 800 ms (--timeout)" in output.error[1]
    assert "the next line" not in output.stdout
    assert output.seconds < 5
    assert not alive(*pids(stage))


# --- the end of the kernel ---

ENDS: dict[str, Callable[[LiveKernel], None]] = {
    "restart now": lambda kernel: kernel.restart(now=True),
    "restart": lambda kernel: kernel.restart(now=False),
    "shutdown now": lambda kernel: kernel.shutdown(now=True),
    "shutdown": lambda kernel: kernel.shutdown(now=False),
    "killed alone": LiveKernel.kill_alone,
}
PROOFS = {"plain": "", "signal-proof": "ignore(SIGINT, SIGTERM, SIGHUP); "}
# A child, a grandchild, and a grandchild in a session of its own.
TREE = """
{proof}
start("{proof}stay('grandchild')")
start("{proof}stay('loner')", start_new_session=True)
stay('child')
"""
FAMILY = ("child", "grandchild", "loner")


class KernelEnded(Exception):  # noqa: N818  no error
    """Leave the cell whose kernel is gone."""


def end_during_cell(kernel: LiveKernel, stage: Path, mode: str, end: str) -> None:
    """Run the task, and end the kernel once everybody is there."""

    def when_running(_: Output) -> None:
        wait_for_events(stage, *FAMILY)
        ENDS[end](kernel)
        raise KernelEnded

    with pytest.raises(KernelEnded):
        kernel.run(line(stage, mode), while_running=when_running)


def check_nothing_is_left(kernel: LiveKernel, *but: int) -> None:
    """No process that was started in the kernel lives, the guardian included."""

    def is_clean() -> bool:
        return {process.pid for process in kernel.offspring()} <= set(but)

    assert eventually(is_clean, ORPHAN_LIMIT), kernel.offspring()


def orphans_of_a_busy_kernel(python: str, stage: Path, end: str, proof: str, mode: str) -> None:
    write(stage, TREE.format(proof=PROOFS[proof]))
    with LiveKernel(python) as kernel:
        kernel.run("%load_ext ipymod")
        end_during_cell(kernel, stage, mode, end)
        check_nothing_is_left(kernel)
        assert not alive(*pids(stage))


SERVER = """
import sys
server = start('''
note("server")
until("go")
print("later", "words", flush=True)
stay("has spoken")
''', start_new_session={session})
until("server")
print("started")
"""


def orphans_of_an_idle_kernel(python: str, stage: Path, end: str) -> None:
    """Leave jobs, plain and signal-proof ones, and a server behind a module that has ended."""
    with LiveKernel(python) as kernel:
        kernel.run("%load_ext ipymod")
        for proof, code in PROOFS.items():
            folder = stage / proof
            folder.mkdir()
            (folder / "actor.py").write_text(ACTOR)
            write(folder, "print('here')\n" + TREE.format(proof=code))
            kernel.run(line(folder, "--bg"))
            wait_for_events(folder, *FAMILY)
        write(stage, SERVER.format(session=True))
        assert kernel.run(line(stage)).error is None
        assert alive(*pids(stage))
        ENDS[end](kernel)
        check_nothing_is_left(kernel)


def test_a_module_does_not_outlive_its_kernel(stage: Path) -> None:
    orphans_of_a_busy_kernel(sys.executable, stage, "killed alone", "signal-proof", "--tty")


@pytest.mark.parametrize("mode", ["", "--tty"])
@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("end", ENDS)
def test_no_module_outlives_its_kernel(stage: Path, end: str, proof: str, mode: str) -> None:
    orphans_of_a_busy_kernel(sys.executable, stage, end, proof, mode)


def test_what_runs_beside_the_notebook_does_not_outlive_the_kernel(stage: Path) -> None:
    orphans_of_an_idle_kernel(sys.executable, stage, "shutdown")


@pytest.mark.parametrize("end", ENDS)
def test_nothing_that_runs_beside_the_notebook_outlives_the_kernel(stage: Path, end: str) -> None:
    orphans_of_an_idle_kernel(sys.executable, stage, end)


@pytest.mark.parametrize("end", ENDS)
def test_nothing_outlives_a_kernel_of_colab(stage: Path, end: str) -> None:
    orphans_of_a_busy_kernel(environment("colab"), stage, end, "signal-proof", "")
    for event in FAMILY:
        (stage / event).unlink()
    orphans_of_an_idle_kernel(environment("colab"), stage, end)


def test_a_forked_child_of_the_kernel_cannot_keep_the_guardian_waiting(stage: Path) -> None:
    write(stage, TREE.format(proof=PROOFS["signal-proof"]))
    with LiveKernel() as kernel:
        kernel.run("%load_ext ipymod")
        kernel.run(line(stage, "--no-raise", "platform"))  # the guardian has started
        kernel.run(FORK)
        fork = kernel.value("fork.pid")
        end_during_cell(kernel, stage, "", "killed alone")
        check_nothing_is_left(kernel, fork)
        assert alive(fork)


FORK = """
import multiprocessing, time
fork = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
fork.start()
"""


# --- a module that ends, and leaves a server behind on purpose ---


def number_of(output: Output) -> str:
    found = re.search(r"job (\d+): ", output.stdout + output.stderr)
    assert found, output
    return found.group(1)


def log_of(output: Output) -> str:
    found = re.search(r"/\S+\.log", output.stdout + output.stderr)
    assert found, output
    return found.group()


@pytest.mark.parametrize("mode", ["", "--tty"])
@pytest.mark.parametrize("session", ["False", "True"])
def test_a_server_outlives_its_module_until_it_is_killed(
    kernel: LiveKernel, stage: Path, mode: str, session: str
) -> None:
    write(stage, SERVER.format(session=session))
    output = kernel.run(line(stage, mode) + "print('the next line')")
    assert output.error is None
    assert "started\n" in output.stdout
    assert "the next line\n" in output.stdout
    assert alive(*pids(stage))
    number, log = number_of(output), log_of(output)
    listed = kernel.run("%pymod --jobs").stdout
    assert f"job {number}: task  ended with 0, what it started goes on" in listed
    (stage / "go").touch()
    wait_for_events(stage, "has spoken")
    assert eventually(lambda: "later words" in Path(log).read_text("utf-8"))
    kernel.run(f"%pymod --kill {number}")
    assert eventually(lambda: not alive(*pids(stage)))


# --- jobs ---


def start_job(kernel: LiveKernel, stage: Path, code: str) -> str:
    """Start the task as a job; its number."""
    write(stage, code)
    output = kernel.run(line(stage, "--bg"))
    assert output.error is None, output.error
    return number_of(output)


def test_waiting_for_a_job_shows_the_rest_and_raises_as_the_job_ends(
    kernel: LiveKernel, stage: Path
) -> None:
    number = start_job(
        kernel, stage, "print('first', flush=True)\nuntil('go')\nprint('rest')\nsys.exit(3)"
    )
    (stage / "go").touch()
    output = kernel.run(f"%pymod --wait {number}\nprint('the next line')")
    assert output.stdout == "first\nrest\n"
    assert output.error
    assert output.error[0] == "ModuleFailed"
    assert f"job {number}, task, ended with exit status 3" in output.error[1]
    assert kernel.value("_exit_code") == 3


def test_a_job_that_ends_well_gives_its_result(kernel: LiveKernel, stage: Path) -> None:
    number = start_job(kernel, stage, "print('done')")
    kernel.run(f"r = %pymod --wait {number}")
    assert kernel.value("r.returncode") == 0


def test_an_interrupt_while_waiting_leaves_the_job_running(kernel: LiveKernel, stage: Path) -> None:
    number = start_job(kernel, stage, "print('first', flush=True)\nstay('child')")
    wait_for_events(stage, "child")

    def when_running(output: Output) -> None:
        if "first" in output.stdout and not pressed:
            pressed.append(1)
            kernel.interrupt()

    pressed: list[int] = []
    output = kernel.run(
        f"%pymod --wait {number}\nprint('the next line')", while_running=when_running
    )
    assert output.error
    assert output.error[2] == [
        f"KeyboardInterrupt: job {number} goes on; %pymod --kill {number} ends it"
    ]
    assert "the next line" not in output.stdout
    assert alive(*pids(stage))
    assert f"job {number}: task  running" in kernel.run("%pymod --jobs").stdout
    kernel.run(f"%pymod --kill {number}")
    assert not alive(*pids(stage))


def test_a_killed_job_may_say_a_last_word(kernel: LiveKernel, stage: Path) -> None:
    number = start_job(
        kernel, stage, "print('first')\ntry:\n    stay('child')\nfinally:\n    print('cleaned up')"
    )
    wait_for_events(stage, "child")
    killed = kernel.run(f"%pymod --kill {number}")
    assert "  killed  " in killed.stdout
    assert "cleaned up\n" in kernel.run(f"%pymod --tail {number}").stdout
    assert not alive(*pids(stage))


def test_killing_a_job_ends_its_whole_family(kernel: LiveKernel, stage: Path) -> None:
    number = start_job(kernel, stage, "print('here')\n" + TREE.format(proof=""))
    wait_for_events(stage, *FAMILY)
    kernel.run(f"%pymod --kill {number}")
    assert not alive(*pids(stage))


def test_a_job_that_dies_at_once_says_why(kernel: LiveKernel, stage: Path) -> None:
    write(stage, "sys.exit('no room at the inn')")
    output = kernel.run(line(stage, "--bg"))
    assert "no room at the inn" in output.stdout + output.stderr
    assert "ended with 1" in output.stdout


def test_a_web_server_shows_its_address_and_answers(kernel: LiveKernel, stage: Path) -> None:
    (stage / "page.txt").write_text("hello")
    output = kernel.run(f"%pymod --bg --cwd '{stage}' http.server 0 --bind 127.0.0.1")
    found = re.search(r"http://[\d.]+:\d+", output.stdout)
    assert found, output
    with urlopen(f"{found.group()}/page.txt", timeout=LIMIT) as page:  # noqa: S310  it is ours
        assert page.read() == b"hello"
    kernel.run(f"%pymod --kill {number_of(output)}")
    with pytest.raises(OSError, match="refused"):
        urlopen(found.group(), timeout=LIMIT)  # noqa: S310  it is ours


def test_the_log_of_a_job_has_every_byte(kernel: LiveKernel, stage: Path) -> None:
    code = "data = bytes(range(256)) * 20_000\nsys.stdout.buffer.write(data)\nnote('written')"
    write(stage, code)
    output = kernel.run(line(stage, "--bg"))
    wait_for_events(stage, "written")
    assert Path(log_of(output)).read_bytes() == bytes(range(256)) * 20_000


def test_unloading_the_extension_ends_its_jobs(kernel: LiveKernel, stage: Path) -> None:
    start_job(kernel, stage, "print('here')\n" + TREE.format(proof=""))
    wait_for_events(stage, *FAMILY)
    output = kernel.run("%unload_ext ipymod\n%load_ext ipymod")
    assert output.error is None
    assert not alive(*pids(stage))


def test_a_job_that_is_not_there_is_a_clear_error(kernel: LiveKernel) -> None:
    output = kernel.run("%pymod --kill 99")
    assert output.error
    assert output.error[0] == "UsageError"
    assert "there is no job '99'; the jobs of this kernel: " in output.error[1]
    assert len(output.error[2]) == 1


# --- the guardian ---


@pytest.fixture
def leaders(stage: Path) -> Iterator[Start]:
    """Start processes that lead groups of their own: code and mark to pid."""
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str, mark: str = "") -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from actor import *\n{code}"],
            cwd=stage,
            env={**os.environ, "IPYMOD_RUN": mark},
            process_group=0,
        )
        started.append(process)
        return process.pid

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_group_whose_number_was_used_again_is_spared(stage: Path, leaders: Start) -> None:
    pid = leaders("stay('child')")
    wait_for_events(stage, "child")
    guardian.end({pid: "12345"}, "nobody")
    assert alive(pid)
    guardian.end({pid: guardian.started(pid)}, "nobody")
    assert not alive(pid)


def test_a_mark_covers_its_runs_and_no_similar_mark(stage: Path, leaders: Start) -> None:
    marks = ("12-ab", "12-ab.1", "9-x.1:12-ab.7", "12-abc", "12-abc.1", "9-12-ab.1", "12-a", "")
    found = {mark: leaders(f"stay('{number}')", mark) for number, mark in enumerate(marks)}
    wait_for_events(stage, *map(str, range(len(marks))))
    assert guardian.marked("12-ab") == {found[mark] for mark in marks[:3]}
    assert guardian.marked("12-ab.1") == {found["12-ab.1"]}


def test_a_polite_signal_comes_once(stage: Path, leaders: Start) -> None:
    code = """
    def count(number, _):
        note(f"signal {number} for the {len(came)}th time")
        came.append(number)
        time.sleep(0.3)  # time for a second one
        sys.exit()
    came = []
    signal.signal(SIGTERM, count)
    stay("child")
    """
    pid = leaders(re.sub("^    ", "", code, flags=re.MULTILINE))
    wait_for_events(stage, "child")
    guardian.end({pid: guardian.started(pid)}, "nobody")
    assert [path.name for path in stage.glob("signal*")] == ["signal 15 for the 0th time"]


def test_only_the_end_of_the_kernel_ends_the_guardian(stage: Path, leaders: Start) -> None:
    pid = leaders("stay('child')")
    wait_for_events(stage, "child")
    command = [sys.executable, "-I", "-S", guardian.__file__, "nobody", str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdin
        process.stdin.write(b"+%d\n" % pid)
        process.stdin.flush()
        assert eventually(lambda: ignored_by(process.pid) >= {SIGINT, SIGTERM, SIGHUP})
        for number in (SIGINT, SIGTERM, SIGHUP):
            process.send_signal(number)
        assert alive(pid)
    assert process.returncode == 0
    assert not alive(pid)


def ignored_by(pid: int) -> set[int]:
    mask = int(re.findall(r"SigIgn:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())[0], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


def test_nobody_is_waited_for_who_is_dead_already(stage: Path, leaders: Start) -> None:
    pid = leaders("stay('child')")
    wait_for_events(stage, "child")
    began = time.monotonic()
    guardian.end({pid: guardian.started(pid)}, "nobody")  # its status is asked for later, by us
    assert time.monotonic() - began < guardian.GRACE
    assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_killed_guardian_is_replaced_and_told_of_every_group(stage: Path) -> None:
    with LiveKernel() as kernel:
        kernel.run("%load_ext ipymod")
        write(stage, "print('here')\nstay(sys.argv[1])")
        unmarked = line(stage, "--env IPYMOD_RUN= --bg").rstrip()  # found by their groups alone
        kernel.run(f"{unmarked} early")
        first = guardian_of(kernel)
        first.kill()
        assert eventually(lambda: not alive(first.pid))
        kernel.run(f"{unmarked} late")
        wait_for_events(stage, "early", "late")
        assert guardian_of(kernel).pid != first.pid
        kernel.kill_alone()
        check_nothing_is_left(kernel)


def guardian_of(kernel: LiveKernel) -> psutil.Process:
    found = [process for process in kernel.offspring() if guardian.__file__ in process.cmdline()]
    assert len(found) == 1, found
    return found[0]
