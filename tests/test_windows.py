"""Windows cannot run here: what can be compared with its published layouts is compared."""

from __future__ import annotations

import ctypes
import sys

import pytest

from ipymod.errors import IpymodError
from ipymod.run.windows import JobObject, Limits


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="a 64-bit Python is absent")
def test_the_limits_of_a_job_lie_where_windows_looks_for_them() -> None:
    published = {"flags": 16, "affinity": 48, "io_counters": 64, "process_memory": 112}
    assert {name: getattr(Limits, name).offset for name in published} == published
    assert ctypes.sizeof(Limits) == 144


@pytest.mark.skipif(sys.platform == "win32", reason="a system other than Windows is absent")
def test_a_job_object_elsewhere_is_a_clear_error() -> None:
    with pytest.raises(IpymodError, match="Windows only"):
        JobObject()
