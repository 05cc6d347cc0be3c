"""A Job object: on Windows it does what process groups and the guardian do elsewhere.

Windows closes the handles of a process that ends, however it ends, and this job ends all of its
processes with its last handle (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE).
"""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError

if TYPE_CHECKING:
    import subprocess

_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE


class Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, of which only `flags` is used here.

    144 bytes on 64-bit Windows; the tests compare the offsets with the published layout.
    """

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class JobObject:
    """A job whose processes end with it.

    Raises:
        IpymodError: the system refused to make it.
    """

    def __init__(self) -> None:
        self._api = _kernel32()
        self._handle = ctypes.c_void_p(self._api.CreateJobObjectW(None, None))
        limits = Limits(flags=_KILL_ON_CLOSE)
        self._check(
            self._api.SetInformationJobObject(
                self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
            )
        )

    def add(self, process: subprocess.Popen[bytes]) -> None:
        """Put a process, and all that it will start, into the job."""
        handle = ctypes.c_void_p(int(process._handle))  # type: ignore[attr-defined]  # noqa: SLF001
        self._check(self._api.AssignProcessToJobObject(self._handle, handle))

    def terminate(self) -> None:
        """End every process of the job."""
        self._api.TerminateJobObject(self._handle, 1)

    def _check(self, done: int) -> None:
        if not done:
            raise IpymodError("Windows refused a job object, so the module could not be watched")


def _kernel32() -> ctypes.CDLL:
    if sys.platform != "win32":
        raise IpymodError("job objects exist on Windows only")
    return ctypes.WinDLL("kernel32", use_last_error=True)
