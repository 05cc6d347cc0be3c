"""SHOW: what is said of a class, before it becomes text, a page, or a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.classroom.judge import blocking, helped
from ipymod.classroom.model import (
    FETCH,
    INSTALL,
    IPYMOD,
    OTHER,
    PLACE,
    PYTHON,
    REINSTALL,
    RENAME,
    Fix,
    Lack,
    Sent,
    Step,
    Student,
)
from ipymod.frozen import dataclass
from ipymod.ready.line import ABSENT, BROKEN, MISSING, READONLY, SHADOWED, WRONG, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.classroom.model import Classroom
    from ipymod.ready.check import Check, Need

STATES = {"yes": "ready", "no": "not ready", "unknown": "not known"}
_SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows", "browser": "browser"}
_HOW = {BROKEN: "broken", MISSING: "missing", SHADOWED: "hidden by a file of that name"}
_PLACE = "no place to install"
_TITLES = {PYTHON: "another Python", PLACE: _PLACE, IPYMOD: "no ipymod", OTHER: "other"}
_BY_HAND = {
    FETCH: "; send this file of the course again",
    RENAME: "; the file beside the notebook that hides it wants another name",
}
_MOST = 50  # of what could not be read; more is no class


@dataclass(frozen=True)
class Advice:
    """What helps: in words, and what to send to the students, if that is a command."""

    title: str
    words: str
    command: str = ""


@dataclass(frozen=True)
class Outline:
    """A class in words; what the course needs is known if there is its check."""

    room: Classroom
    check: Check | None = None

    # -- the class

    @property
    def course(self) -> str:
        """What the course is called."""
        return self.check.name if self.check else self.room.course.rpartition("-")[0]

    @property
    def verdict(self) -> str:
        """The first line."""
        count = len(self.room.students)
        if not count:
            return f"Nobody sent a line of {self.course}" if self.course else "Nobody sent a line"
        of = f" for {self.course}" if self.course else ""
        if self.room.ready == count:
            return f"All {count} are ready{of}" if count > 1 else f"1 of 1 is ready{of}"
        are = "is" if self.room.ready == 1 else "are"
        return f"{self.room.ready} of {count} {are} ready{of}"

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many there are in each state: `ready`, `not ready`, `not known`."""
        states = [each.sent.state for each in self.room.students]
        return tuple((word, states.count(state)) for state, word in STATES.items())

    # -- a student

    def row(self, student: Student) -> tuple[str, str, str, str, str]:
        """Who it is, the Python, the system, the state, and what is missing."""
        sent = student.sent
        python, system = (sent.line.python, sent.line.os) if sent.line else ("", "")
        shown = _SYSTEMS.get(system, system)
        return student.label, python, shown, STATES[sent.state], self.missing(sent)

    def missing(self, sent: Sent) -> str:
        """What a student lacks, in words."""
        if sent.line is None:
            return "no ipymod"
        faults = blocking(sent.line)
        return ", ".join(self._fault(sent.line, *fault) for fault in faults)

    def _fault(self, line: Line, what: str, how: str) -> str:
        if how == ABSENT:
            return f"{self._file(what)} missing"
        if (what, how) == ("python", WRONG):
            return f"Python {line.python}{self._wanted(self.check.python if self.check else '')}"
        if (what, how) == ("kernel", READONLY):
            return _PLACE
        if (what, how) == ("ipymod", MISSING):
            return "no ipymod"
        if how in _HOW:
            return f"{what} {_HOW[how]}"
        need = self._need(what)
        return f"{what} {how}{self._wanted(need.specifier if need else '')}"

    @staticmethod
    def _wanted(specifier: str) -> str:
        return f" (needs {specifier})" if specifier else " (does not suit)"

    def _file(self, what: str) -> str:
        """The name of `file-3`."""
        number = what.rpartition("-")[2]
        files = self.check.files if self.check else ()
        is_known = number.isascii() and number.isdigit() and 0 < int(number[:6]) <= len(files)
        return files[int(number) - 1] if is_known else what.replace("-", " ")

    def _need(self, name: str) -> Need | None:
        needs = self.check.needs if self.check else ()
        return next((each for each in needs if each.distribution == name), None)

    # -- what is missing

    def title(self, fix: Fix) -> str:
        """What is missing, in a word or two."""
        if fix.kind == FETCH:
            return self._file(fix.what)
        word = {REINSTALL: " (broken)", RENAME: " (hidden)"}.get(fix.kind, "")
        return _TITLES.get(fix.kind) or f"{fix.what}{word}"

    def lack(self, lack: Lack) -> str:
        """How often, and how."""
        found = [(how, count) for how, count in lack.found if lack.fix.kind == INSTALL]
        if not found or [how for how, _ in found] == [MISSING]:
            return str(lack.count)
        told = ", ".join(f"{how} ({count})" for how, count in found[:4])
        return f"{lack.count}: {told}{', ...' if found[4:] else ''}"

    # -- what helps

    def advice(self) -> Iterator[Advice]:
        """What helps most first, then all at once, then what only a student can do."""
        steps = self.room.steps
        for number, step in enumerate(steps):
            words = f"{self._then(step, is_first=not number)}{_BY_HAND.get(step.fix.kind, '')}"
            yield Advice(self.title(step.fix), words, self.command(step.fix))
        installs = [step.fix for step in steps if step.fix.kind == INSTALL]
        ready = helped(self.room.students, installs)
        alone = max((helped(self.room.students, [each]) for each in installs), default=0)
        if ready > alone and all(map(self._requirement, installs)):  # or one line would do
            makes = f"make {ready} ready"
            wanted = " ".join(map(self._requirement, installs))
            title = ", ".join(fix.what for fix in installs)
            yield Advice(f"{title} in one line", makes, f"%pymod pip install {wanted}")
        yield from filter(None, map(self._unsure, self.room.lacks))

    def _then(self, step: Step, *, is_first: bool) -> str:
        others = f"{step.others} more {'needs' if step.others == 1 else 'need'} something else, too"
        if not step.ready:
            return (
                f"helps {step.others}, who {'needs' if step.others == 1 else 'need'} more than that"
            )
        makes = f"{'makes' if is_first else 'then makes'} {step.ready} ready"
        return f"{makes}, {others}" if step.others else makes

    def command(self, fix: Fix) -> str:
        """What to send to the students; empty where there is no command."""
        wanted = self._requirement(fix)
        if fix.kind == REINSTALL:
            again = f"%pymod pip install --force-reinstall --no-deps {wanted or _quoted(fix.what)}"
            return f"{again}\n%pymod pip install {wanted or _quoted(fix.what)}"  # what it lacks
        return f"%pymod pip install {wanted}" if fix.kind == INSTALL and wanted else ""

    def _requirement(self, fix: Fix) -> str:
        """What pip is told; empty where only the check knows which version suits."""
        need = self._need(fix.what)
        if self.check:
            return _quoted(need.requirement) if need else ""
        hows = {how for lack in self.room.lacks if lack.fix == fix for how, _ in lack.found}
        return fix.what if hows == {MISSING} else ""

    def _unsure(self, lack: Lack) -> Advice | None:
        """What makes nobody ready by itself."""
        many = lack.count != 1
        install = self.check.install if self.check else "ipymod"
        if lack.fix.kind == IPYMOD:
            told = f"{lack.count} {'have' if many else 'has'} none yet, and can be checked after it"
            return Advice("ipymod", told, f"%pip install {_quoted(install)}")
        if lack.fix.kind == PYTHON:
            of = (
                f" {self.check.python}"
                if self.check and self.check.python
                else " of another version"
            )
            told = (
                f"{lack.count} {'need' if many else 'needs'} a Python{of}, and then the check again"
            )
            return Advice("another Python", told)
        if lack.fix.kind == PLACE:
            who = f"{lack.count} cannot install anything there"
            return Advice("a place to install", f"{who}: a virtual environment of their own helps")
        return None

    # -- what could not be read

    def unread(self) -> Iterator[str]:
        """What does not count, and why, a line each."""
        for each in self.room.unread[:_MOST]:
            who = f" ({each.name})" if each.name else ""
            yield f"{each.source}, line {each.number}{who}: {each.reason}"
        if more := len(self.room.unread) - _MOST:
            yield from [f"and {more} more that cannot be read"] if more > 0 else []

    def doubled(self) -> str:
        """Who sent more than one line."""
        found = self.room.doubled
        if not found:
            return ""
        names = ", ".join(found[:10]) + (f" and {len(found) - 10} more" if found[10:] else "")
        return f"More than one line, of which the last counts: {names}"


def _quoted(requirement: str) -> str:
    """As a shell and our magics take it as one word."""
    is_plain = requirement.replace("-", "").replace(".", "").replace("_", "").isalnum()
    return requirement if is_plain else f'"{requirement}"'
