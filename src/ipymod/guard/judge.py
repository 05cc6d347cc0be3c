"""JUDGE: what is to be said before a line runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.checks.reached import is_own
from ipymod.frozen import dataclass
from ipymod.guard.mend import Edit, applied, for_this_kernel, with_answer, with_version
from ipymod.guard.reach import means_of, reach
from ipymod.guard.safe import plain_lines, safe_lines
from ipymod.guard.words import asking, astray, redirected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.facts import Kernel
    from ipymod.guard.read import Reading
    from ipymod.launchers import Surroundings
    from ipymod.shell import Call


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a text, and what helps.

    Attributes:
        sentences: what is wrong.
        safe: what to type instead, a line each; empty if that is not known.
        runs: what `instead` makes of the commands in question, a line each.
        instead: the text to run instead, as the shell or the magic gets it; empty if unknown.
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


def judge(reading: Reading, kernel: Kernel, here: Surroundings) -> Verdict | None:
    """Judge what is about to run; None if nothing is wrong with it.

    Args:
        reading: the text, read.
        kernel: the interpreter that runs the cells.
        here: what a command would see that is started now.
    """
    judged = [(call, list(_faults(call, reading, kernel, here))) for call in reading.calls]
    faulty = [(call, found) for call, found in judged if found]
    if not faulty:
        return None
    sentences = dict.fromkeys(fault.sentence for _, found in faulty for fault in found)
    edits = _together([fault for _, found in faulty for fault in found])
    calls = [call for call, _ in faulty]
    instead = applied(reading.text, edits)[len(reading.program) :] if edits else ""
    runs = plain_lines(reading, calls, edits)
    return Verdict(tuple(sentences), safe_lines(reading, runs, edits), runs, instead)


def _together(faults: Sequence[_Fault]) -> tuple[Edit, ...]:
    """All edits of a text; none if one fault cannot be mended: half a mending misleads."""
    if any(fault.edits is None for fault in faults):
        return ()
    return tuple(edit for fault in faults for edit in fault.edits or ())


def _faults(call: Call, reading: Reading, kernel: Kernel, here: Surroundings) -> Iterator[_Fault]:
    found = None if reading.program else reach(call, kernel, here)
    if found and not is_own(found.environment, kernel):
        mended = for_this_kernel(call, reading, means_of(kernel, here))
        yield _Fault(astray(call, found, kernel), mended)
    change = call.change
    if change and change.accidental:
        yield _Fault(redirected(call, reading.text), with_version(call))
    if change and change.asks and not change.is_empty:
        yield _Fault(asking(call), with_answer(call))
