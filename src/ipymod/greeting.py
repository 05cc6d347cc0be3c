"""FACE: two lines below the first cell, where what a person types in a shell leads elsewhere."""

from __future__ import annotations

from ipymod.hooks.saying import say
from ipymod.hooks.switch import Switch, uncollected
from ipymod.idle import when_idle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.launchers import Surroundings
    from ipymod.report import Report

_EVENT = "post_run_cell"
_PATIENCE = 0.1  # seconds that a directory on PATH has to answer


def plan(shell: InteractiveShell) -> None:
    """Greet once, as soon as it is known whether there is a reason; twice is once."""
    callbacks = shell.events.callbacks[_EVENT]
    if not any(isinstance(getattr(each, "__self__", None), Greeting) for each in callbacks):
        Greeting(shell)


class Greeting:
    """A greeting that waits: first for the kernel to be idle, then for a cell to stand below.

    What is shown while no cell runs is lost, and a cell must not wait for a greeting. So it is
    written while the kernel is idle, and shown below the next cell that a person runs.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._switch = Switch("the greeting is")
        self._text = ""
        self._waiting = when_idle(shell, self._write)
        shell.events.register(_EVENT, self._after_cell)

    def _write(self) -> None:
        self._switch.do(lambda: uncollected(self._judge))
        if not self._text:
            self._end()

    def _judge(self) -> None:
        self._text = written()

    def _after_cell(self, result: Any) -> None:
        if "ipymod" not in self._shell.extension_manager.loaded:
            self._end()
        elif self._text and _is_seen(result):
            self._end()
            self._switch.do(lambda: say(self._shell, self._text))

    def _end(self) -> None:
        self._waiting.cancel()
        self._shell.events.unregister(_EVENT, self._after_cell)


def _is_seen(result: Any) -> bool:
    """Tell cells of a person from those that front ends run to learn something."""
    info = getattr(result, "info", None)  # the result is None where the cell was interrupted
    return bool(getattr(info, "store_history", False))


def written() -> str:
    """The greeting; empty if all that a person types in a shell reaches this kernel."""
    from ipymod.launchers import Surroundings
    from ipymod.launchers.unread import silent

    here = Surroundings.now()
    if silent([here.absolute(each) for each in here.path], patience=_PATIENCE):
        return ""  # who asks for a report may wait for a directory that does not answer
    report = _report(here)
    shows = "shows it" if len(report.problems) == 1 else "shows them"
    return f"ipymod: {report.first_line}\n%whichpip {shows}" if report.problems else ""


def _report(here: Surroundings) -> Report:
    """The part of `%whichpip` that says where commands lead: a tenth of a second, not a third."""
    from ipymod.checks import path  # noqa: F401  this registers the checks of commands
    from ipymod.checks.base import REGISTRY
    from ipymod.facts.everything import Facts
    from ipymod.report import build
    from ipymod.survey import commands, this_kernel
    from ipymod.survey.settings import gather_settings

    kernel = this_kernel(here)
    found: dict[str, Any] = {
        **commands.gather_commands(kernel, here),
        "uv_target": commands.gather_uv_target(kernel, here),
        "conda_target": commands.gather_conda_target(kernel, here),
        "settings": gather_settings(kernel, here),
    }
    return build(Facts(kernel, **found), REGISTRY, ["path"])
