"""The greeting: below the first cell, once, and only where a command leads elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from time import monotonic
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kernels import LiveKernel, Output

HEALTHY = """
import os, sys
os.environ["PATH"] = os.path.dirname(sys.executable)
os.environ["VIRTUAL_ENV"] = sys.prefix
"""
PLAN = """
from ipymod import greeting
greeting.plan(get_ipython())
"""
QUIET = "__import__('ipymod.idle').idle.QUIET = {}"
CALLBACKS = "[repr(each) for each in get_ipython().events.callbacks['post_run_cell']]"
STATE = """next(
    (bool(each.__self__._text) for each in get_ipython().events.callbacks["post_run_cell"]
     if type(each.__self__).__name__ == "Greeting"), None)
"""
MOST_SECONDS = 20  # on a busy machine
TEXT = "ipymod: 1 problem: pip installs elsewhere\n%whichpip shows it"


def greetings(output: Output) -> list[str]:
    return [each["data"]["text/plain"] for each in output.displays]


def waits(kernel: LiveKernel) -> bool:
    """Whether a greeting waits for a cell; False if there is none."""
    end = monotonic() + MOST_SECONDS
    while monotonic() < end:
        kernel.idle(0.1)
        state = kernel.value(STATE)
        if state is not False:  # it is not yet known whether there is a reason
            return bool(state)
    raise TimeoutError


@pytest.fixture(autouse=True)
def restless(kernel: LiveKernel) -> Iterator[None]:
    """Let the kernel count as idle sooner."""
    kernel.run(QUIET.format(0.02), silent=True)
    yield
    kernel.run(QUIET.format(0.25), silent=True)


@pytest.fixture
def elsewhere(kernel: LiveKernel, tmp_path: Path) -> None:
    """Let `pip` be another environment's, and all else this kernel's."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "other"], check=True)
    (site,) = (tmp_path / "other" / "lib").glob("python*/site-packages")
    (site / "pip").mkdir()
    (site / "pip" / "__init__.py").touch()
    pip = tmp_path / "pips" / "pip"
    pip.parent.mkdir()
    pip.write_text(f"#!{tmp_path}/other/bin/python\nimport pip\n")
    pip.chmod(0o755)
    path = f"{pip.parent}{os.pathsep}"
    kernel.run(f"{HEALTHY}\nos.environ['PATH'] = {path!r} + os.environ['PATH']")


pytestmark = pytest.mark.skipif(os.name == "nt", reason="a pip with a shebang")


@pytest.mark.usefixtures("elsewhere")
def test_it_stands_below_the_next_cell_and_nowhere_else(kernel: LiveKernel) -> None:
    before = kernel.value(CALLBACKS)
    assert greetings(kernel.run(PLAN + PLAN)) == []
    assert waits(kernel)
    assert [each for each in kernel.strays if each["header"]["msg_type"] != "status"] == []
    shown = kernel.run("print('above')")
    assert (greetings(shown), shown.stdout, shown.stderr) == ([TEXT], "above\n", "")
    assert greetings(kernel.run("1")) == []
    assert kernel.value(CALLBACKS) == before


@pytest.mark.usefixtures("elsewhere")
def test_cells_that_a_front_end_runs_for_itself_do_not_get_it(kernel: LiveKernel) -> None:
    kernel.run(PLAN)
    assert waits(kernel)
    hidden = "get_ipython().run_cell('1', store_history=False);"
    assert greetings(kernel.run(hidden, silent=True)) == []
    assert greetings(kernel.run("1 / 0")) == [TEXT]


@pytest.mark.usefixtures("elsewhere")
def test_an_interrupted_cell_may_be_the_one(kernel: LiveKernel) -> None:
    kernel.run(PLAN)
    assert waits(kernel)
    output = kernel.run(
        "print('on', flush=True)\nimport time\ntime.sleep(60)",
        while_running=lambda seen: kernel.interrupt() if seen.stdout and not seen.error else None,
    )
    assert output.error is not None
    assert output.error[0] == "KeyboardInterrupt"
    assert TEXT in [*greetings(output), *greetings(kernel.run("1"))]


def test_where_all_is_well_there_is_none(kernel: LiveKernel) -> None:
    before = kernel.value(CALLBACKS)
    kernel.run(HEALTHY + PLAN)
    assert not waits(kernel)
    assert kernel.value(CALLBACKS) == before
    assert greetings(kernel.run("1")) == []


def test_whoever_unloads_ipymod_is_not_greeted(kernel: LiveKernel) -> None:
    hooks = "{event: len(each) for event, each in get_ipython().events.callbacks.items()}"
    kernel.run("%unload_ext ipymod")
    before = kernel.value(hooks)
    kernel.run(f"{QUIET.format(60)}\n%load_ext ipymod\n{PLAN}")
    assert greetings(kernel.run("%unload_ext ipymod")) == []
    assert kernel.value(hooks) == before
    kernel.run("%load_ext ipymod")


def test_its_failure_is_one_line_and_the_last_word(kernel: LiveKernel) -> None:
    before = kernel.value(CALLBACKS)
    kernel.run(f"{PLAN}\nfrom ipymod.launchers import Surroundings\n_now = Surroundings.now")
    kernel.run(f"Surroundings.now = None\n{PLAN}")
    try:
        assert not waits(kernel)
        assert kernel.value(CALLBACKS) == before
        assert greetings(kernel.run("1")) == []
        said = "".join(each["content"].get("text", "") for each in kernel.strays)
        assert said.startswith("ipymod: the greeting failed (TypeError) and is off for")
        assert said.count("\n") == 1
    finally:
        kernel.run("Surroundings.now = _now", silent=True)
