"""FACE: the guard: a word before a line that leads astray, as `%config PyMod.guard` wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError
from ipymod.guard import Reading, judge, read
from ipymod.hooks.saying import is_captured, say_surely
from ipymod.hooks.switch import Switch
from ipymod.launchers import Surroundings
from ipymod.launchers.unread import silent

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.guard import Verdict
    from ipymod.hooks.installs import Installs
    from ipymod.hooks.settings import PyMod


class Refused(IpymodError):  # noqa: N818  nothing failed: it was not run
    """A line was not run, because the guard is set to stop it."""


class Guarding:
    """The guard of one shell."""

    def __init__(self, shell: InteractiveShell, settings: PyMod) -> None:
        self._shell = shell
        self._settings = settings
        self._switch = Switch("the guard of shell lines is")
        self._said: set[str] = set()

    def forget(self) -> None:
        """Say it again in the next cell."""
        self._said.clear()

    def before(self, text: str, kind: str, installs: Installs) -> str:
        """Judge a text that is about to run, and give what to run.

        Raises:
            Refused: it is not to run.
        """
        given = [text]
        if self._settings.guard != "off":
            self._switch.do(lambda: self._before(given, kind))
        installs.start(lambda: read(given[0], kind).installs)
        return given[0]

    def _before(self, given: list[str], kind: str) -> None:
        reading = read(given[0], kind)
        if reading.calls:
            given[0] = self._guarded(reading) or given[0]

    def _guarded(self, reading: Reading) -> str:
        """Say what is to be said, and give what runs instead; empty if nothing does.

        Raises:
            Refused: the guard is set to stop it.
        """
        from ipymod.survey import this_kernel

        here = Surroundings.now()
        here = replace(here, silent=silent(map(here.absolute, here.path)))
        can_answer = self._can_answer(reading.kind, here)
        verdict = judge(reading, this_kernel(here), here, can_answer=can_answer)
        return self._act(verdict) if verdict else ""

    def _can_answer(self, kind: str, here: Surroundings) -> bool:
        """Tell whether somebody can answer: in a terminal, or below a cell in Colab."""
        in_colab = type(self._shell).__module__.startswith("google.colab")
        if in_colab and "COLAB_DISABLE_STDIN_FOR_SHELL_MAGICS" not in here.variables:
            return kind != "script"
        in_terminal = not hasattr(self._shell, "kernel")
        return in_terminal and (kind == "line" or kind.startswith("%"))

    def _act(self, verdict: Verdict) -> str:
        if self._settings.guard == "stop":
            if is_captured(self._shell):  # and so is the error
                self._say(f"refused: {verdict.said}")
            raise Refused(verdict.said)
        if self._settings.guard == "fix" and verdict.instead:
            self._say(verdict.replaced)
            return verdict.instead
        self._say(verdict.said)
        return ""

    def _say(self, text: str) -> None:
        """Say it once a cell: a line may stand in a loop."""
        if text not in self._said:
            self._said.add(text)
            # What the line itself says stands right below.
            say_surely(self._shell, f"ipymod: {text}")
