"""Modules that run beside the notebook: they write to a log, and the log is their output."""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipymod.errors import UsageError
from ipymod.run.child import Child, Plan
from ipymod.run.interrupts import Interrupts
from ipymod.run.log import Log
from ipymod.run.result import duration
from ipymod.run.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.run.foreground import Sink
    from ipymod.run.streams import Streams

_FIRST_WORDS = 1.5  # seconds in which a job that cannot start says so, and a server its address
_LAST_WORDS = 0.2  # seconds after them in which a job that has to end does so
_LOOK = 0.02  # seconds between looks at a job's log
_TAIL = 16_384  # bytes
_URL = re.compile(r"https?://[^\s)>\]'\"]+")
_ANY_HOST = re.compile(r"//(0\.0\.0\.0|\[::\])(?=[:/]|$)")


@dataclass
class Job:
    """One module beside the notebook.

    Attributes:
        number: from 1, in the order in which they were started.
        child: its process; `None` in its returncode while it runs.
        path: the log, with every byte that it wrote.
        followed: bytes of the log that `--wait` has shown already.
        killed: whether `--kill` ended it.
    """

    number: int
    name: str
    child: Child
    path: str
    followed: int = 0
    killed: bool = False

    @property
    def running(self) -> bool:
        """Whether it, or something that it started, is still there."""
        return self.child.poll() is None or self.child.left_behind

    @property
    def url(self) -> str:
        """The first address in its output, as a browser on this machine can open it."""
        found = _URL.search(self.read(0, _TAIL).decode("utf-8", "replace"))
        return _ANY_HOST.sub("//localhost", found.group()) if found else ""

    def read(self, start: int, most: int = -1) -> bytes:
        """Give a part of what it wrote."""
        with open(self.path, "rb") as file:
            file.seek(start)
            return file.read(most)

    def tail(self) -> bytes:
        """Give the last of what it wrote, from the beginning of a line."""
        start = max(os.path.getsize(self.path) - _TAIL, 0)
        end = self.read(start)
        return end.partition(b"\n")[2] if start else end

    def __str__(self) -> str:
        status = self.child.poll()
        state = "running" if status is None else f"ended with {status}"
        if self.killed:
            state = "killed"
        if status is not None and self.child.left_behind:
            state += ", what it started goes on"
        seconds = self.child.seconds or time.monotonic() - self.child.began
        parts = (f"job {self.number}: {self.name}", state, duration(seconds), self.url, self.path)
        return "  ".join(part for part in parts if part)


class Jobs:
    """The jobs of this kernel."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def start(self, name: str, plan: Plan, streams: Streams, log: Log) -> Job:
        """Start a module with its output in the log, and wait for its first words.

        Raises:
            IpymodError: it cannot be started.
        """
        log.begin()
        with open(str(log.path), "ab") as file, Interrupts():
            streams.stdout = streams.stderr = file.fileno()
            try:
                child = Child(plan, streams)
            finally:
                streams.close()
        job = self._add(name, child, str(log.path))
        _await_first_words(job)
        return job

    def adopt(self, name: str, child: Child, streams: Streams) -> Job:
        """Keep reading what a module's own children write after its end, so that they can go on."""
        log = Log(name)
        log.begin()
        job = self._add(name, child, str(log.path))
        threading.Thread(target=_drain, args=(streams, log), daemon=True).start()
        return job

    def _add(self, name: str, child: Child, path: str) -> Job:
        number = len(self._jobs) + 1
        self._jobs[number] = Job(number, name, child, path)
        return self._jobs[number]

    def find(self, number: str) -> Job:
        """Give a job by its number.

        Raises:
            UsageError: there is none.
        """
        job = self._jobs.get(int(number)) if number.isdecimal() else None
        if job is None:
            known = ", ".join(map(str, self._jobs)) or "none"
            raise UsageError(f"there is no job {number!r}; the jobs of this kernel: {known}")
        return job

    def follow(self, job: Job, sink: Sink) -> bool:
        """Show what a job writes until it ends; tell whether it did.

        An interrupt ends the looking, not the job.
        """
        with Interrupts() as interrupts:
            ended = False
            while not ended and not interrupts.count:
                ended = job.child.poll() is not None
                while data := job.read(job.followed, 1 << 18):
                    job.followed += len(data)
                    sink.receive("stdout", data)
                    sink.refresh()
                sink.refresh()
                time.sleep(0 if ended else _LOOK)
        sink.finish()
        return ended

    def kill(self, job: Job) -> None:
        """Stop a job and everything that it started: politely first, by force in the end."""
        job.killed |= job.running
        stop = Stop(job.child)
        stop.press("kill")
        while job.child.poll() is None:
            time.sleep(_LOOK)
            stop.tick()
        job.child.sweep()

    def end(self) -> None:
        """Stop all of them: the extension is unloaded."""
        for job in self._jobs.values():
            if job.running:
                self.kill(job)


def _await_first_words(job: Job) -> None:
    """Wait for them, and for the end of a job that dies of what they say."""
    deadline = time.monotonic() + _FIRST_WORDS
    while time.monotonic() < deadline and job.child.poll() is None:
        time.sleep(_LOOK)
        if job.url:
            return
        if job.tail():
            deadline = min(deadline, time.monotonic() + _LAST_WORDS)


def _drain(streams: Streams, log: Log) -> None:
    """Read until nobody writes any more; they must neither block nor lose their reader."""
    from ipymod.run.source import source

    flow = source(streams.ours, os.getpid())
    while flow.open:
        for name, data in flow.wait(1.0):
            if name != "echo":
                log.write(data)
    flow.close()
    streams.close()
    log.close()
