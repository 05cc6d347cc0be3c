"""What is done when the kernel rests: once, never within a cell, never between cells."""

from __future__ import annotations

import subprocess
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from environments import environment
from generations import GENERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kernels import LiveKernel

ASKED_FOR = """
import ipymod.idle
_done = []
_waiting = ipymod.idle.when_idle(get_ipython(), lambda: _done.append(1))
"""
HOOKS = """[
    event for event, callbacks in get_ipython().events.callbacks.items()
    if any(getattr(each, "__self__", None) is _waiting for each in callbacks)
]"""
CLOCK = "from time import monotonic; _start = monotonic()"
MOST_SECONDS = 20  # on a busy machine


def done(kernel: LiveKernel, seconds: float = MOST_SECONDS) -> int:
    """How often it was done; asks at most so long, and with no cell that would disturb."""
    end = monotonic() + seconds
    while True:
        kernel.idle(0.4)
        count = int(kernel.value("len(_done)"))
        if count or monotonic() > end:
            return count


def is_done_once_when_the_kernel_rests(kernel: LiveKernel) -> None:
    output = kernel.run(f"{ASKED_FOR}\nimport asyncio\nawait asyncio.sleep(0.5)\nprint(_done)")
    assert output.stdout == "[]\n"
    assert done(kernel) == 1
    assert done(kernel) == 1
    assert kernel.value(HOOKS) == []


def is_not_done_between_cells(kernel: LiveKernel) -> None:
    kernel.run("import time")
    kernel.run(ASKED_FOR)
    for _ in range(4):
        assert kernel.run("time.sleep(0.15)\nprint(_done)").stdout == "[]\n"
    assert done(kernel) == 1


def is_never_done_once_it_is_cancelled(kernel: LiveKernel) -> None:
    kernel.run(f"{ASKED_FOR}\n_waiting.cancel()")
    assert kernel.value(HOOKS) == []
    assert done(kernel, seconds=0.5) == 0


IN_A_CELL = [
    is_done_once_when_the_kernel_rests,
    is_not_done_between_cells,
    is_never_done_once_it_is_cancelled,
]


@pytest.mark.slow
@pytest.mark.parametrize("holds", IN_A_CELL)
def test_asked_for_in_a_cell_it(holds: Callable[[LiveKernel], None], kernel: LiveKernel) -> None:
    holds(kernel)


@pytest.mark.slow
@pytest.mark.parametrize("holds", IN_A_CELL)
def test_asked_for_in_a_cell_of_each_generation_it(
    holds: Callable[[LiveKernel], None], old_kernels: LiveKernel
) -> None:
    holds(old_kernels)


@pytest.mark.slow
@pytest.mark.parametrize("generation", GENERATIONS)
def test_asked_for_at_the_start_of_a_kernel_it_needs_no_cell(
    generation: str, fresh_kernel: Callable[..., LiveKernel], tmp_path: Path
) -> None:
    file = tmp_path / "profile_default" / "startup" / "00-asks.py"
    file.parent.mkdir(parents=True)
    file.write_text(ASKED_FOR.replace("append(1)", "append(monotonic() - _start)") + CLOCK)
    kernel = fresh_kernel(environment(generation), env={"IPYTHONDIR": str(tmp_path)})
    kernel.idle(3)
    (seconds,) = kernel.value("_done")  # asked at once, it would wait for the end of that cell
    assert 0.2 < seconds < 3


@pytest.mark.slow
@pytest.mark.parametrize("generation", GENERATIONS)
def test_in_a_terminal_nothing_is_ever_done(generation: str, tmp_path: Path) -> None:
    command = [environment(generation), "-m", "IPython", "--no-banner", "--simple-prompt"]
    told = subprocess.run(
        [
            *command,
            "--ipython-dir",
            tmp_path,
            "-c",
            f"{ASKED_FOR}\n_waiting.cancel(); print(_done)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.endswith("[]\n")  # the title of the terminal comes first
