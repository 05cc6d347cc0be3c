"""What each kind of `%pymod` line does; loaded with the first one, not with the extension."""

from __future__ import annotations

import dis
import os
import sys
from collections import ChainMap
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any

from ipymod import modules
from ipymod.browser import is_browser
from ipymod.errors import IpymodError, UsageError
from ipymod.frontends import front_end
from ipymod.run import command
from ipymod.run.execute import execute, start_job
from ipymod.run.hints import of_the_shell
from ipymod.run.jobs import Jobs
from ipymod.run.log import Log
from ipymod.run.options import Request, parse
from ipymod.run.outcome import Outcome, failure, interrupted, of_job
from ipymod.run.result import Result
from ipymod.run.show import Show
from ipymod.run.tokens import expand, split

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import FrameType

    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.run.inprocess import Here
    from ipymod.run.jobs import Job

_TAKE_A_BODY = frozenset({"run", "bg", "here"})
_NEEDS_A_PROCESS = frozenset({"--timeout", "--log", "--tty"})
_INTRINSIC_PRINT = 1  # the argument by which CALL_INTRINSIC_1 prints a value, from Python 3.12 on


class Actions:
    """The actions of one kernel, and its jobs."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.jobs = Jobs()
        self._said = False  # that there are no processes
        self._table: Mapping[str, Callable[[Request, str | None], Any]] = {
            "run": self.run,
            "here": self.here,
            "bg": self.start,
            "jobs": self.list_jobs,
            "tail": self.tail,
            "wait": self.wait,
            "kill": self.kill,
            "explain": self.explain,
            "list": self.list_modules,
            "help": self.help,
        }

    def perform(self, line: str, cell: str | None, local_ns: Mapping[str, Any]) -> Any:
        """Do what a line asks for, with the variables that it sees.

        Raises:
            UsageError: the line cannot be understood.
            IpymodError: it cannot be done, or the module failed.
        """
        names = ChainMap(dict(local_ns), self.shell.user_ns)
        words = split(line, posix=os.name != "nt")
        request = parse(expand(words, names))
        if note := of_the_shell(word.source for word in words):
            print(f"ipymod: {note}", file=sys.stderr)  # noqa: T201  beside what the module says
        if cell is not None and request.action not in _TAKE_A_BODY:
            raise UsageError(f"--{request.action} reads no cell: write it as a line, %pymod")
        if cell is None and request.name == "-" and request.action in _TAKE_A_BODY:
            raise UsageError("- runs the body of a cell as a program: write it under %%pymod -")
        return self._table[request.action](request, cell)

    def run(self, request: Request, cell: str | None) -> Result | Awaitable[Result | None] | None:
        """Run a module in a process of its own; in a browser inside the kernel."""
        if is_browser():
            return self._run_in_browser(request, cell)
        return self._settle(execute(request, cell, front_end(self.shell), self.jobs))

    def _settle(self, outcome: Outcome, *, shown: bool | None = None) -> Result | None:
        """Leave the status where IPython's users look for it, and raise what is to be raised."""
        self.shell.user_ns["_exit_code"] = outcome.result.returncode
        if outcome.error is not None:
            raise outcome.error
        if not (_shown_at_once() if shown is None else shown):
            return outcome.result
        # A terminal would print "Out[1]:" and nothing behind it, and so does JupyterLite.
        is_quiet = hasattr(self.shell, "kernel") and not is_browser()
        return outcome.result.unseen() if is_quiet else None

    def _run_in_browser(
        self, request: Request, cell: str | None
    ) -> Result | Awaitable[Result | None] | None:
        for flag in sorted(request.given & _NEEDS_A_PROCESS):
            raise UsageError(f"{flag} needs a process, and a browser starts none: leave it out")
        if request.name == "pip":
            from ipymod.browser.pip import perform

            done = perform(request)
            return self._settle(done) if isinstance(done, Outcome) else self._later(done)
        if not self._said:
            self._said = True
            _say("ipymod: a browser starts no process: modules run inside the kernel, as by --here")
        return self._settle(self._run_inside(request, cell))

    def _later(self, done: Awaitable[Outcome]) -> Awaitable[Result | None]:
        """Settle what is still to be awaited; what becomes of the value is to be seen now."""
        shown = _shown_at_once()

        async def settled() -> Result | None:
            return self._settle(await done, shown=shown)

        return settled()

    def _run_inside(self, request: Request, cell: str | None) -> Outcome:
        """Run a module in the kernel, with a result as if it had had a process."""
        kept = (StringIO(), StringIO()) if request.capture else None
        if kept is None:
            done = self._done(request, cell)
        else:
            with redirect_stdout(kept[0]), redirect_stderr(kept[1]):
                done = self._done(request, cell)
        result = Result(
            args=("python", "-m", request.name, *request.args),
            returncode=done.returncode,
            stdout=kept and kept[0].getvalue(),
            stderr=kept and kept[1].getvalue(),
            seconds=done.seconds,
        )
        failed = done.returncode and request.check
        return Outcome(result, failure(request, done.returncode) if failed else None)

    def here(self, request: Request, cell: str | None) -> dict[str, Any] | None:
        """Run a module inside the kernel; its globals are the value."""
        namespace = self._here(request, cell)
        return None if _shown_at_once() else namespace

    def _here(self, request: Request, cell: str | None) -> dict[str, Any]:
        done = self._done(request, cell)
        self.shell.user_ns["_exit_code"] = done.returncode
        if done.returncode and request.check:
            raise failure(request, done.returncode)
        return done.globals

    def _done(self, request: Request, cell: str | None) -> Here:
        from ipymod.run.inprocess import run_here

        program = {"source": cell} if request.name == "-" else {"stdin": cell}
        try:
            return run_here(
                request.name,
                request.args,
                cwd=request.cwd,
                env={**os.environ, **request.env} if request.env else None,
                safe_path=command.is_installer(request.name),
                **program,
            )
        except KeyboardInterrupt:
            raise interrupted(f"{request.name} was interrupted") from None

    def start(self, request: Request, cell: str | None) -> Job | None:
        """Run a module beside the notebook."""
        if is_browser():
            raise IpymodError("a browser starts no process, so there are no jobs")
        job = start_job(request, cell, front_end(self.shell), self.jobs)
        _say(str(job))
        if job.child.returncode:
            self._show_tail(job)
        return None if _shown_at_once() else job

    def list_jobs(self, _: Request, __: str | None) -> None:
        """List the jobs of this kernel."""
        for job in self.jobs:
            _say(str(job))
        if not self.jobs:
            _say("no jobs; %pymod --bg NAME starts one")

    def tail(self, request: Request, _: str | None) -> None:
        """Show the last lines of a job."""
        job = self.jobs.find(request.name)
        _say(str(job))
        self._show_tail(job)

    def _show_tail(self, job: Job) -> None:
        show = Show(front_end(self.shell), Log(job.name))
        show.receive("stdout", job.tail())
        show.finish()

    def wait(self, request: Request, _: str | None) -> Result | None:
        """Show a job's output until it ends, then end as it did."""
        job = self.jobs.find(request.name)
        show = Show(front_end(self.shell), Log(job.name))
        if not self.jobs.follow(job, show):
            raise interrupted(f"job {job.number} goes on; %pymod --kill {job.number} ends it")
        return self._settle(of_job(request, job))

    def kill(self, request: Request, _: str | None) -> None:
        """Stop a job and all that it started."""
        job = self.jobs.find(request.name)
        self.jobs.kill(job)
        _say(str(job))

    def explain(self, request: Request, _: str | None) -> Any:
        """Show what `-m` would do, without doing it."""
        from ipymod.run.explain import explain

        python = command.interpreter(request.name)
        safe = bool(sys.flags.safe_path or "-P" in python)
        return explain(request.name, request.args, request.cwd or os.getcwd(), python, safe)

    def list_modules(self, request: Request, _: str | None) -> None:
        """List the modules that can be run here."""
        rows = modules.runnables(request.name or "*")
        width = max((len(row.name) for row in rows), default=0)
        for row in rows:
            _say(f"{row.name:<{width}}  {row.summary}".rstrip())
        if not rows:
            _say(f"nothing that matches {request.name!r} can be run here")

    def help(self, _: Request, __: str | None) -> None:
        """Show the manual."""
        _say(self.shell.find_line_magic("pymod").__doc__)


def _say(text: str) -> None:
    print(text)  # noqa: T201  our own words go where the cell's prints go


def _shown_at_once() -> bool:
    """Tell whether the value of the running line goes to the display and nowhere else.

    It does where the line is the last statement of a cell and no `r = ` stands before it: the
    byte code after the call is then the one that prints, or under `%time` the one that returns
    the value of the whole line.
    """
    frame = _cell_frame()
    if frame is None:
        return False
    code, following = frame.f_code.co_code, _following(frame)
    name, argument = dis.opname[code[following]], code[following + 1]
    if name == "RETURN_VALUE":
        return frame.f_code.co_name == "<module>"
    return name == "PRINT_EXPR" or (name == "CALL_INTRINSIC_1" and argument == _INTRINSIC_PRINT)


def _following(frame: FrameType) -> int:
    """Where the code goes on behind the call; behind an `await`, if one stands before it."""
    code, at = frame.f_code.co_code, frame.f_lasti + 2
    while dis.opname[code[at]] == "CACHE":
        at += 2
    if dis.opname[code[at]] != "GET_AWAITABLE":
        return at
    while dis.opname[code[at]] != "END_SEND":
        at += 2
    return at + 2


def _cell_frame() -> FrameType | None:
    """Give the frame whose line is being run."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the way to a caller
    while frame and frame.f_code.co_name not in {"run_line_magic", "run_cell_magic"}:
        frame = frame.f_back
    return frame and frame.f_back
