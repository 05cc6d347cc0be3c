"""From a request to a result: start, follow, and say how it ended."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod import modules
from ipymod.errors import IpymodError
from ipymod.run import command
from ipymod.run.child import Plan
from ipymod.run.foreground import Ending, Manner, run
from ipymod.run.guard import guard
from ipymod.run.log import Log
from ipymod.run.outcome import Outcome, of_run, result_of
from ipymod.run.result import Result, duration, size
from ipymod.run.show import Keep, Show
from ipymod.run.streams import UNBROKEN, Streams
from ipymod.run.terminal import WIDTH

if TYPE_CHECKING:
    from ipymod.run.frontend import FrontEnd
    from ipymod.run.jobs import Job, Jobs
    from ipymod.run.options import Request


def execute(request: Request, body: str | None, front: FrontEnd, jobs: Jobs) -> Outcome:
    """Run a module in the foreground.

    Args:
        request: what the line asks for.
        body: the cell's body, which is the module's standard input; None for a line.
        front: where the output is seen.
        jobs: who takes over what the module leaves running.

    Raises:
        IpymodError: it cannot be started.
    """
    log = Log(request.name, request.log)
    manner = Manner(_output(request, front), body, request.timeout)
    sink = _sink(request, manner, front, log)
    plan = prepare(request, front, manner.output)
    _warn_of_shadow(request, plan, front)
    if manner.output == "inherit":
        front.flush()  # what was printed so far comes first; others see to it as they write
    ending = run(plan, manner, front, sink)
    if command.is_installer(request.name):
        importlib.invalidate_caches()  # what is new can be imported in the next cell
    if ending.rest is not None:
        job = jobs.adopt(request.name, ending.child, ending.rest)
        sink.note(f"what {request.name} started is still running: {job}")
    log.close()
    result = _result(ending, sink, log)
    if request.time:
        front.write("stdout", f"{_account(result)}\n")
    return of_run(request, ending, result, answers=front.can_answer)


def _sink(request: Request, manner: Manner, front: FrontEnd, log: Log) -> Keep | Show:
    if request.capture:
        return Keep(front, log)
    return Show(front, log, WIDTH if manner.output == "tty" else UNBROKEN)


def start_job(request: Request, body: str | None, front: FrontEnd, jobs: Jobs) -> Job:
    """Run a module beside the notebook.

    Raises:
        IpymodError: it cannot be started.
    """
    plan = prepare(request, front, "pipes")
    _warn_of_shadow(request, plan, front)
    streams = Streams()
    if body is not None:
        streams.use_text(body)
    return jobs.start(request.name, plan, streams, Log(request.name, request.log))


def prepare(request: Request, front: FrontEnd, output: str) -> Plan:
    """Build the command and its surroundings.

    Raises:
        IpymodError: there is no interpreter or no working directory to run in.
    """
    _check_directory(request.cwd)
    mark = guard().new_mark()
    return Plan(
        command.command(request.name, request.args),
        command.variables(request.env, mark, output=output, answers=front.can_answer),
        request.cwd,
        # Who shares our terminal must be in front of it, or reading from it stops them.
        own_group=request.action == "bg" or not front.is_terminal,
        mark=mark,
    )


def _check_directory(cwd: str | None) -> None:
    try:
        os.stat(cwd or os.getcwd())
    except OSError as error:
        raise IpymodError(
            f"the working directory{f' {cwd}' if cwd else ''} is gone: give one with --cwd DIR, or"
            " change the kernel's with %cd DIR"
        ) from error


def _output(request: Request, front: FrontEnd) -> str:
    """Choose between pipes and a terminal."""
    if front.is_terminal and not (request.capture or request.log or request.tty is False):
        return "inherit"
    watched = request.name in command.WATCHED and not request.capture
    wanted = watched if request.tty is None else request.tty
    return "tty" if wanted and sys.platform != "win32" else "pipes"


def _warn_of_shadow(request: Request, plan: Plan, front: FrontEnd) -> None:
    """A local file is run in place of a module of the environment: that deserves a word."""
    if request.name == "-" or command.is_installer(request.name) or _is_safe(request):
        return
    hidden = modules.shadowed(request.name, plan.cwd or os.getcwd(), sys.path)
    if hidden is not None:
        place = hidden.file or f"the {hidden.kind} module"
        front.write(
            "stderr",
            f"ipymod: {hidden.name} of the working directory is run, not {place};"
            " rename it to run the other one\n",
        )


def _result(ending: Ending, sink: Keep | Show, log: Log) -> Result:
    result = result_of(ending.child, None if log.error else log.path)
    if isinstance(sink, Keep):
        return replace(result, stdout=sink.text("stdout"), stderr=sink.text("stderr"))
    return result


def _account(result: Result) -> str:
    parts = [f"wall {duration(result.seconds)}"]
    if result.cpu_seconds is not None:
        parts.append(f"CPU {duration(result.cpu_seconds)}")
    if result.peak_memory is not None:
        parts.append(f"peak memory {size(result.peak_memory)}")
    return ", ".join(parts)


def _is_safe(request: Request) -> bool:
    """Whether the module's Python leaves the working directory out of `sys.path`."""
    told = {**os.environ, **request.env}.get("PYTHONSAFEPATH")
    return sys.flags.safe_path or bool(told)
