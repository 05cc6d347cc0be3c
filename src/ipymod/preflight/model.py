"""DATA: what is to be executed, how, and what came of it."""

from __future__ import annotations

from typing import Literal

from ipymod.frozen import dataclass

# `error`: a cell failed; `timeout`; `died`: the kernel did; `kernel`: there is none of that name,
# or it does not start; `unreadable`: the file is no notebook; `unwritten`: it passed, and its
# outputs could not be kept; `interrupted`: somebody stopped all of it.
Kind = Literal["error", "timeout", "died", "kernel", "unreadable", "unwritten", "interrupted"]


@dataclass(frozen=True)
class Job:
    """A notebook to be executed once.

    Attributes:
        path: of the notebook, as it was given or found.
        kernel: the name of a kernelspec; empty for the notebook's own.
        page: where its page is written, relative to `Settings.html`.
    """

    path: str
    kernel: str = ""
    page: str = ""


@dataclass(frozen=True)
class Settings:
    """How notebooks are executed.

    Attributes:
        in_flight: how many at the same time; as many kernels more are started ahead.
        timeout: seconds for each cell; None for no limit.
        notebook_timeout: seconds for all cells of a notebook; None for no limit.
        keeps: whether outputs are written into the files.
        html: the folder for pages; empty for none.
    """

    in_flight: int = 2
    timeout: float | None = None
    notebook_timeout: float | None = None
    keeps: bool = False
    html: str = ""


@dataclass(frozen=True)
class Fault:
    """Why a notebook did not run to its end.

    Attributes:
        kind: what happened.
        message: the same in words, one line or a few.
        cell: the index of the cell that it happened in, from 0; None if it was in none.
        line: of that cell, from 1; None if nothing tells.
        source: that line; without a line, the cell's first one.
        name: of the exception; empty if there is none.
        traceback: its lines, without colours.
        wanted: the kernelspec that was asked for, where it is about that alone.
        hint: what to do, and a command.
    """

    kind: Kind
    message: str
    cell: int | None = None
    line: int | None = None
    source: str = ""
    name: str = ""
    traceback: tuple[str, ...] = ()
    wanted: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one job.

    Attributes:
        job: which.
        kernel: the name of the kernelspec that it ran on; empty if it did not get so far.
        seconds: from the first cell to the last.
        cells: how many cells were executed.
        fault: None if all of it went well.
        page: where its page lies, relative to the folder of pages; empty if there is none.
    """

    job: Job
    kernel: str = ""
    seconds: float = 0.0
    cells: int = 0
    fault: Fault | None = None
    page: str = ""

    @property
    def status(self) -> Literal["passed", "failed", "stopped", "not run"]:
        """In a word; what was interrupted before its first cell was not run."""
        if self.fault is None:
            return "passed"
        if self.fault.kind == "interrupted":
            return "stopped" if self.cells else "not run"
        return "failed"
