"""DO: kernels started ahead, some notebooks in flight, and ends that nobody waits for.

Each job has a kernel of its own, started in its notebook's folder while others run. So what a
kernel spends in silence, when it starts and when it ends, is spent beside other work.
"""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from ipymod.errors import IpymodError
from ipymod.notebooks.model import Unreadable
from ipymod.preflight.cells import Ran, Run, executed
from ipymod.preflight.kernel import Kernel, KernelDied, KernelError
from ipymod.preflight.model import Fault, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipymod.notebooks.model import Cell, Notebook
    from ipymod.preflight.desk import Desk
    from ipymod.preflight.model import Job, Settings
    from ipymod.preflight.pages import Pages

    _Before = asyncio.Task[None] | None  # the job that has to end first


class Watch(Protocol):
    """Who is told how far it has come."""

    def at(self, job: Job, cell: Cell, cells: int) -> None:
        """Hear that a cell begins, of a notebook that has so many."""

    def ended(self, outcome: Outcome) -> None:
        """Hear that a job is done."""

    def tick(self) -> None:
        """Hear that time has passed."""


class Pool:
    """Executes notebooks."""

    def __init__(self, desk: Desk, settings: Settings, pages: Pages | None, watch: Watch) -> None:
        self._desk = desk
        self._settings = settings
        self._pages = pages
        self._watch = watch
        self._kernels = asyncio.Semaphore(2 * settings.in_flight)
        self._turns = asyncio.Semaphore(settings.in_flight)
        self._group = asyncio.TaskGroup()
        self._living: set[Kernel] = set()

    async def run(self, jobs: Iterable[Job]) -> None:
        """Do all jobs; one at a time they keep their order, else whose kernel is ready begins.

        Cancelled, it kills all kernels, and tells of those jobs whose cells had begun.
        """
        keeps_order, before = self._settings.in_flight == 1, None
        try:
            async with self._group:
                for job in jobs:
                    await self._kernels.acquire()
                    task = self._group.create_task(self._job(job, before))
                    before = task if keeps_order else None
        finally:
            self._clear()

    def kill(self) -> None:
        """End all kernels at once; for signal handlers, too."""
        for kernel in tuple(self._living):
            kernel.kill()

    def _clear(self) -> None:
        self.kill()
        for kernel in tuple(self._living):
            self._forget(kernel)

    async def _job(self, job: Job, before: _Before) -> None:
        try:
            outcome = await self._outcome(job, before)
            await _done(before)
        except Exception as error:  # noqa: BLE001  what is wrong with one stops no other
            told = f"it cannot be executed: {type(error).__name__}: {error}"
            outcome = Outcome(job, fault=Fault("died", told))
        finally:
            self._kernels.release()
        self._watch.ended(outcome)

    async def _outcome(self, job: Job, before: _Before) -> Outcome:
        notebook, data = _read(job.path)
        if isinstance(notebook, Unreadable):
            return Outcome(job, fault=Fault("unreadable", notebook.reason))
        if not self._needs_outputs:
            data = b""  # it may be large, and this notebook may run for long
        name = (job.kernel or self._desk.kernelspecs.named_by(notebook)).lower()
        ran = Ran()
        if executed(notebook):
            try:
                ran = await self._ran(job, notebook, name, before)
            except KernelError as error:
                fault = Fault("kernel", str(error), wanted="" if error.is_known else name)
                return Outcome(job, name, fault=fault)
        if not self._needs_outputs:
            return Outcome(job, name, ran.seconds, ran.cells, ran.fault)
        kept, page = await asyncio.to_thread(self._keep, job, data, ran)
        return Outcome(job, name, ran.seconds, ran.cells, kept, page)

    @property
    def _needs_outputs(self) -> bool:
        return self._settings.keeps or self._pages is not None

    async def _ran(self, job: Job, notebook: Notebook, name: str, before: _Before) -> Ran:
        """Execute the cells in a kernel of their own, when it is this notebook's turn."""
        kernel = await self._ready(name, _folder(job))
        from ipymod.preflight.client import client_of

        await _done(before)
        async with self._turns:
            client = client_of(notebook, kernel, keeps=self._needs_outputs)
            run, cells = Run(notebook, kernel, self._settings), len(notebook.cells)
            try:
                ran = await run.all(client, lambda cell: self._watch.at(job, cell, cells))
            except asyncio.CancelledError:
                self._watch.ended(_interrupted(job, name, run))
                raise
        if ran.fault and ran.fault.kind != "error":
            self._forget(kernel)
        else:
            self._group.create_task(self._end(kernel))
        return ran

    async def _ready(self, name: str, folder: str) -> Kernel:
        """Start a kernel; one that dies before it answers may have lost a port, and has a second.

        Raises:
            KernelError: there is none of that name, or it does not start.
        """
        try:
            return await self._started(Kernel(self._desk, name, folder))
        except KernelDied:
            return await self._started(Kernel(self._desk, name, folder, by_tcp=True))

    async def _started(self, kernel: Kernel) -> Kernel:
        self._living.add(kernel)
        try:
            await kernel.start()
            # It takes as long as a kernel needs to start, and there is nothing else to do.
            import_module("ipymod.preflight.client")
            await kernel.ready()
        except BaseException:
            self._forget(kernel)
            raise
        return kernel

    async def _end(self, kernel: Kernel) -> None:
        await kernel.end()
        self._living.discard(kernel)

    def _forget(self, kernel: Kernel) -> None:
        kernel.clear()
        self._living.discard(kernel)

    def _keep(self, job: Job, data: bytes, ran: Ran) -> tuple[Fault | None, str]:
        """Put the outputs where they are wanted; a notebook that failed keeps those it has."""
        from ipymod.notebooks.write import write
        from ipymod.preflight.keep import with_outputs

        fault, page = ran.fault, ""
        try:
            kept = with_outputs(data, ran.outputs, ran.widgets)
            if self._settings.keeps and not fault:
                write(job.path, data, kept)
            if self._pages:
                page = self._pages.write(job, kept)
        except IpymodError as error:
            fault = fault or Fault("unwritten", str(error))
        return fault, page


def _read(path: str) -> tuple[Notebook | Unreadable, bytes]:
    """A notebook and the bytes of its file."""
    from ipymod.notebooks.file import parse, read

    try:
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError):
        return read(path), b""  # it tells why
    return parse(path, data), data


async def _done(before: _Before) -> None:
    if before is not None:
        await asyncio.wait({before})


def _folder(job: Job) -> str:
    return os.path.dirname(os.path.abspath(job.path))


def _interrupted(job: Job, name: str, run: Run) -> Outcome:
    at = run.cell.index if run.cell else None
    return Outcome(job, name, run.seconds, run.cells, Fault("interrupted", "it was stopped", at))
