"""How a run ended, told: the result, and the error that stops Run All."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from ipymod.errors import ModuleFailed
from ipymod.frozen import dataclass
from ipymod.run.hints import about_the_end, about_the_name, wants_an_answer
from ipymod.run.result import Result, duration

if TYPE_CHECKING:
    from ipymod.run.child import Child
    from ipymod.run.foreground import Ending
    from ipymod.run.jobs import Job
    from ipymod.run.options import Request


@dataclass(frozen=True)
class Outcome:
    """What a run gives: its result, and what is to be raised, if anything."""

    result: Result
    error: BaseException | None = None


def result_of(child: Child, log: str | None) -> Result:
    """Sum up a process that has ended."""
    return Result(
        args=tuple(child.plan.command),
        returncode=child.returncode or 0,
        seconds=child.seconds,
        cpu_seconds=child.cpu_seconds,
        peak_memory=child.peak_memory,
        log=log,
    )


def of_run(request: Request, ending: Ending, result: Result, *, answers: bool) -> Outcome:
    """Tell how a run in the foreground ended.

    Args:
        request: what was asked for.
        ending: how it ended.
        result: what is given back.
        answers: whether somebody could be asked.
    """
    if ending.why == "interrupt":
        return Outcome(result, interrupted(f"{_called(request)} was interrupted"))
    if not request.check or (result.returncode == 0 and not ending.why):
        return Outcome(result)
    if ending.why == "timeout":
        limit = duration(request.timeout or 0)
        text = f"{_called(request)} was stopped after {limit} (--timeout)"
        return Outcome(result, ModuleFailed(text, result.returncode))
    words = ending.last_words
    unanswered = not answers and (ending.refused or wants_an_answer(words))
    return Outcome(result, failure(request, result.returncode, words, unanswered=unanswered))


def of_job(request: Request, job: Job) -> Outcome:
    """Tell how a job ended."""
    result = result_of(job.child, job.path)
    if not request.check or not result.returncode:
        return Outcome(result)
    text = f"job {job.number}, {job.name}, {_status(result.returncode)}"
    return Outcome(result, ModuleFailed(text, result.returncode))


def failure(
    request: Request, returncode: int, last_words: bytes = b"", *, unanswered: bool = False
) -> ModuleFailed:
    """Make the error of a module that failed, with what to type where that is known."""
    cwd = request.cwd or os.getcwd()
    about_name = about_the_name(request.name, request.args, cwd) if returncode == 1 else ""
    if about_name:
        return ModuleFailed(f"{about_name} (exit status {returncode})", returncode)
    hint = about_the_end(last_words, cwd, unanswered=unanswered)
    text = f"{_called(request)} {_status(returncode)}{': ' if hint else ''}{hint}"
    return ModuleFailed(text, returncode)


def interrupted(message: str) -> KeyboardInterrupt:
    """Make the exception that stops the cell, and shows one line in place of our frames."""
    error = KeyboardInterrupt(message)
    error._render_traceback_ = lambda: [f"KeyboardInterrupt: {message}"]  # type: ignore[attr-defined]  # IPython's protocol
    return error


def _called(request: Request) -> str:
    return "the program" if request.name == "-" else request.name


def _status(returncode: int) -> str:
    if returncode >= 0:
        return f"ended with exit status {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"was stopped by {name} (status {returncode})"
