"""The kernels that tests share."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from environments import environment
from kernels import LiveKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# A busy machine is no failure; what CI says of a change must not hang on chance.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# What a script starts in the background ignores Ctrl-C, and hands that on to all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Environments that real tools make: `make real` runs all of it, CI every so manieth test.
IN_SHARES = ("test_accuracy.py", "test_healthy.py", "test_refresh_real.py")
# The same in each generation of kernels: CI runs four times as large a share of these.
IN_LARGER_SHARES = (
    *("test_living_real.py", "test_old_kernels.py", "test_enabled_real.py"),
    *("test_guard_kernel.py", "test_ready_real.py"),
)


def _is_of_real_environments(path: Path) -> bool:
    """Whether the tests of a file judge environments that real tools have made."""
    of_checks = path.parent.name in {"checks", "survey"} and path.name.endswith("_real.py")
    return of_checks or path.name in IN_SHARES


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out all but every so manieth of the tests of real environments, if asked to."""
    share = int(os.environ.get("IPYMOD_REAL_SHARE", "1"))
    real = [item for item in items if _is_of_real_environments(item.path)]
    living = [
        item
        for item in items
        if item.path.name in IN_LARGER_SHARES and item.get_closest_marker("slow")
    ]
    chosen = {id(item) for item in (*real[::share], *living[:: max(share // 4, 1)])}
    left_out = [item for item in (*real, *living) if id(item) not in chosen]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


# What a cell can leave behind, beside its variables.
REMEMBER = """
import os as _os, sys as _sys
get_ipython()._at_start = (_os.getcwd(), dict(_os.environ), list(_sys.path))
%load_ext ipymod
"""
RESET = """
import os as _os, sys as _sys
_cwd, _environ, _sys.path[:] = get_ipython()._at_start
_os.chdir(_cwd)
_os.environ.clear()
_os.environ.update(_environ)
get_ipython().reset()
"""


def prepare(kernel: LiveKernel, code: str) -> None:
    """Run a cell that has to succeed."""
    output = kernel.run(code)
    assert output.error is None, "\n".join(output.error[2])


def cleaned(kernel: LiveKernel) -> LiveKernel:
    """Take away what earlier tests left; restart it only if it died or does not answer."""
    if kernel.usable:
        prepare(kernel, RESET)
    else:
        kernel.restart(now=True)
        prepare(kernel, REMEMBER)
    kernel.idle(0)
    kernel.strays.clear()
    return kernel


@pytest.fixture(scope="session")
def session_kernel() -> Iterator[LiveKernel]:
    with LiveKernel() as kernel:
        prepare(kernel, REMEMBER)
        yield kernel


@pytest.fixture
def kernel(session_kernel: LiveKernel) -> LiveKernel:
    """A kernel of this Python with ipymod loaded, and nothing of the tests before."""
    return cleaned(session_kernel)


@pytest.fixture
def fresh_kernel() -> Iterator[Callable[..., LiveKernel]]:
    """Start kernels that no other test sees; takes what LiveKernel takes, loads nothing."""
    with ExitStack() as stack:

        def start(*args: Any, **options: Any) -> LiveKernel:
            return stack.enter_context(LiveKernel(*args, **options))

        yield start


@pytest.fixture(scope="session", params=["colab", "ipython8", "ipython9"])
def session_old_kernel(request: pytest.FixtureRequest) -> Iterator[LiveKernel]:
    with LiveKernel(environment(request.param)) as kernel:
        prepare(kernel, REMEMBER)
        yield kernel


@pytest.fixture
def old_kernels(session_old_kernel: LiveKernel) -> LiveKernel:
    """The same, of each generation of IPython that ipymod supports."""
    return cleaned(session_old_kernel)
