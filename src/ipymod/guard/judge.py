"""JUDGE: what is to be said before a line runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.checks.reached import is_own
from ipymod.edits import Edit, applied
from ipymod.facts.base import BROWSER
from ipymod.frozen import dataclass
from ipymod.guard.doubt import shell_of
from ipymod.guard.mend import for_this_kernel, is_chosen
from ipymod.guard.reach import is_answered, means_of, reach
from ipymod.guard.safe import plain_lines, safe_lines
from ipymod.guard.words import NO_SHELL, asking, astray, redirected
from ipymod.shell import safe_form
from ipymod.shell.repairs import with_answer, with_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings
    from ipymod.shell import Call
    from ipymod.shell.reading import Reading


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a text, and what helps.

    Attributes:
        sentences: what is wrong.
        safe: what to type instead, a line each; empty if that is not known.
        runs: what `instead` makes of the commands in question, a line each.
        instead: the text to run instead, as the shell or the magic gets it; empty if unknown, and
            where a Python was called by its path or version, which may be meant.
    """

    sentences: tuple[str, ...]
    safe: tuple[str, ...]
    runs: tuple[str, ...]
    instead: str

    @property
    def said(self) -> str:
        """The sentences, and below them the lines to type."""
        says = ";\n".join(self.sentences)
        return ":\n".join(filter(None, [says, "\n".join(self.safe)]))

    @property
    def replaced(self) -> str:
        """The sentences, and what runs instead."""
        says, runs = ";\n".join(self.sentences), "\n".join(self.runs)
        return f"{says};\ninstead this runs:\n{runs}"


@dataclass(frozen=True)
class _Fault:
    """One fault of one call: what is said, and what mends it; None if nothing does for sure."""

    sentence: str
    edits: tuple[Edit, ...] | None
    is_meant: bool = False


def judge(
    reading: Reading, kernel: Kernel, here: Surroundings, *, can_answer: bool = False
) -> Verdict | None:
    """Judge what is about to run; None if nothing is wrong with it.

    Args:
        reading: the text, read.
        kernel: the interpreter that runs the cells.
        here: what a command would see that is started now.
        can_answer: whether somebody can answer what a command asks, as in a terminal.
    """
    if kernel.system == BROWSER:
        return _without_shell(reading)
    faults: dict[Call, list[_Fault]] = {}
    for call in reading.calls:
        found = _astray(call, reading, kernel, here) + _mistyped(call, reading, here)
        if not (can_answer or reading.kind == "%conda"):  # IPython says yes for it
            found += _unanswered(call, kernel, here)
        if found:
            faults[call] = found
    return _verdict(faults, reading) if faults else None


def _without_shell(reading: Reading) -> Verdict:
    """Of a line that no shell will get; its magic does the same inside the kernel."""
    instead = safe_form(reading.text, to="pymod") if reading.kind == "line" else None
    return Verdict((NO_SHELL,), (instead,) if instead else (), (), "")


def _verdict(faults: Mapping[Call, Sequence[_Fault]], reading: Reading) -> Verdict:
    every = [fault for found in faults.values() for fault in found]
    edits = _together(every)
    runs = plain_lines(reading, list(faults), edits)
    is_sure = edits and not any(fault.is_meant for fault in every)
    return Verdict(
        tuple(dict.fromkeys(fault.sentence for fault in every)),
        safe_lines(reading, runs, edits),
        runs,
        applied(reading.text, edits)[len(reading.program) :] if is_sure else "",
    )


def _together(faults: Sequence[_Fault]) -> tuple[Edit, ...]:
    """All edits of a text; none if one fault cannot be mended: half a mending misleads."""
    if any(fault.edits is None for fault in faults):
        return ()
    return tuple(edit for fault in faults for edit in fault.edits or ())


def _astray(call: Call, reading: Reading, kernel: Kernel, here: Surroundings) -> list[_Fault]:
    """A magic is IPython's own business: it acts on the kernel's environment."""
    found = None if reading.program else reach(call, reading, kernel, here)
    if found is None or is_own(found.environment, kernel):
        return []
    mended = for_this_kernel(call, reading, means_of(kernel, here))
    return [_Fault(astray(call, found, kernel), mended, is_chosen(call, kernel.version))]


def _mistyped(call: Call, reading: Reading, here: Surroundings) -> list[_Fault]:
    if not call.change or not call.change.accidental:
        return []
    said = redirected(call, reading.text, shell_of(reading, here))
    return [_Fault(said, with_version(call, reading, windows=here.windows))]


def _unanswered(call: Call, kernel: Kernel, here: Surroundings) -> list[_Fault]:
    if not call.change or not call.change.asks or call.change.is_empty:
        return []
    return [] if is_answered(call, kernel, here) else [_Fault(asking(call), with_answer(call))]
