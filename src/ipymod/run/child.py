"""One module's process, its group, and how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError
from ipymod.frozen import dataclass, field
from ipymod.run.guard import guard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipymod.run.streams import Streams
    from ipymod.run.windows import JobObject


_SLACK = 16 << 20  # bytes; the system counts in batches


@dataclass(frozen=True)
class Plan:
    """What is to be started: the command, where, with which variables, under which mark.

    `own_group` is False in a terminal, which interrupts the group that is in front of it.
    """

    command: Sequence[str]
    env: Mapping[str, str]
    cwd: str | None = None
    own_group: bool = True
    mark: str = field(default_factory=lambda: guard().new_mark())


class Child:
    """A started module. It leads a process group of its own, which the guardian watches."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        self.plan = plan
        self.began = time.monotonic()
        self.seconds = 0.0
        self.cpu_seconds: float | None = None
        self._seen_peak = 0
        self._rusage_peak = 0
        self._job: JobObject | None = None
        self._process = _start(plan, streams)
        self._floor = _own_peak() + _SLACK  # asked when the child has its own memory
        self.pid = self._process.pid
        self._bind()

    @property
    def returncode(self) -> int | None:
        """The status as `subprocess` counts it, None while it runs."""
        return self._process.returncode

    @property
    def peak_memory(self) -> int | None:
        """Bytes of the largest process, as far as it can be known.

        The system's own count starts with the memory of the process that started the child, so
        it is true only above the kernel's; below, what we saw while it ran has to do.
        """
        if self._rusage_peak > self._floor:
            return self._rusage_peak
        return self._seen_peak or None

    def _bind(self) -> None:
        if sys.platform == "win32":
            from ipymod.run.windows import JobObject

            self._job = JobObject()
            self._job.add(self._process)
        elif self.plan.own_group:
            guard().watch(self.pid)

    def poll(self) -> int | None:
        """Give the status once it has ended; None before that."""
        if self.returncode is None and sys.platform == "win32":
            self._process.poll()
        elif self.returncode is None:
            self._reap()
        if self.returncode is not None and not self.seconds:
            self.seconds = time.monotonic() - self.began
        return self.returncode

    def _reap(self) -> None:
        """Take the status together with what the system counted.

        `subprocess` would drop the counts, so the status is given to it afterwards.
        """
        if sys.platform == "win32":
            return
        try:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        except ChildProcessError:  # somebody else's handler for SIGCHLD was faster
            self._process.returncode = self._process.poll() or 0
            return
        if pid:
            self._process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_seconds = usage.ru_utime + usage.ru_stime
            self._rusage_peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    def sample(self) -> None:
        """Look how large it has been so far; nothing where the system does not say."""
        try:
            with open(f"/proc/{self.pid}/status", "rb") as file:
                _, _, rest = file.read().partition(b"VmHWM:")
        except OSError:
            return
        if rest:
            self._seen_peak = int(rest.split(None, 1)[0]) * 1024

    @property
    def rests(self) -> bool:
        """Whether it waits for something, and no child of its own is at work instead.

        False where the system does not say.
        """
        folder = f"/proc/{self.pid}"
        try:
            with open(f"{folder}/syscall", "rb") as call:
                waits = not call.read(8).startswith(b"running")
            with open(f"{folder}/task/{self.pid}/children", "rb") as children:
                return waits and not children.read()
        except OSError:
            return False

    def signal(self, number: int) -> None:
        """Send a signal to the module and everything in its group."""
        try:
            if sys.platform == "win32":
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
            elif not self.plan.own_group:
                os.kill(self.pid, number)
            else:
                os.killpg(self.pid, number)
        except OSError:  # it is gone
            return

    def kill(self) -> None:
        """End the module by force, and all that carries its mark."""
        if sys.platform != "win32":
            self.signal(signal.SIGKILL)
        elif self._job:
            self._job.terminate()

    def sweep(self) -> None:
        """End what the module left behind: its group, and whoever left the group."""
        if sys.platform == "win32":
            self.kill()
            return
        from ipymod.run import guardian

        guardian.end({self.pid: ""} if self.plan.own_group else {}, self.plan.mark)
        self.leave()

    def leave(self) -> None:
        """The module ended by itself: what it started on purpose goes on."""
        if self.plan.own_group and not self._job:
            guard().forget(self.pid)

    @property
    def left_behind(self) -> bool:
        """Whether something that it started lives on after its end, in its group or outside."""
        if sys.platform == "win32" or not self.plan.own_group:
            return False
        from ipymod.run import guardian

        return guardian.peopled(self.pid) or bool(guardian.marked(self.plan.mark))


def _start(plan: Plan, streams: Streams) -> subprocess.Popen[bytes]:
    """Start without a shell, without fork hooks (vfork stays possible) and in an own group."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    try:
        return subprocess.Popen(
            plan.command,
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            cwd=plan.cwd,
            env=plan.env,
            process_group=0 if plan.own_group else None,
            creationflags=flags,
        )
    except (OSError, ValueError) as error:  # a ValueError is a NUL in an argument
        raise IpymodError(_refusal(plan, error)) from error


def _refusal(plan: Plan, error: OSError | ValueError) -> str:
    if plan.cwd and not os.path.isdir(plan.cwd):
        return f"the working directory {plan.cwd} is gone; give one with --cwd DIR"
    reason = getattr(error, "strerror", None) or error
    return f"{plan.command[0]} cannot be started: {reason}"


def _own_peak() -> int:
    """Give the largest memory of this process, in bytes; see `Child.peak_memory`."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)
