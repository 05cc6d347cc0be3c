"""The kernels that tests share."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from environments import environment
from kernels import LiveKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


@pytest.fixture(scope="session")
def session_kernel() -> Iterator[LiveKernel]:
    with LiveKernel() as kernel:
        prepare(kernel, REMEMBER)
        yield kernel


@pytest.fixture
def kernel(session_kernel: LiveKernel) -> LiveKernel:
    """A kernel of this Python with ipymod loaded, and nothing of the tests before."""
    if session_kernel.usable:
        prepare(session_kernel, RESET)
    else:
        session_kernel.restart(now=True)
        prepare(session_kernel, REMEMBER)
    session_kernel.idle(0)
    session_kernel.strays.clear()
    return session_kernel


@pytest.fixture
def fresh_kernel() -> Iterator[Callable[..., LiveKernel]]:
    """Start kernels that no other test sees; takes what LiveKernel takes, loads nothing."""
    with ExitStack() as stack:

        def start(*args: Any, **options: Any) -> LiveKernel:
            return stack.enter_context(LiveKernel(*args, **options))

        yield start


@pytest.fixture(scope="session", params=["colab", "ipython8", "ipython9"])
def old_kernels(request: pytest.FixtureRequest) -> Iterator[LiveKernel]:
    """A kernel of each generation of IPython with ipymod loaded; the tests share it as it is."""
    with LiveKernel(environment(request.param)) as kernel:
        prepare(kernel, "%load_ext ipymod")
        yield kernel
