"""DATA: a class: its students, what they lack, and what would help them."""

from __future__ import annotations

from ipymod.frozen import dataclass
from ipymod.ready.line import UNKNOWN, YES, Line

INSTALL, REINSTALL, RENAME, FETCH = "install", "reinstall", "rename", "fetch"
PYTHON, PLACE, IPYMOD, OTHER = "python", "place", "ipymod", "other"
SURE = (INSTALL, REINSTALL, RENAME, FETCH)  # what makes ready by itself, and at once


@dataclass(frozen=True)
class Sent:
    """What a student sent.

    Attributes:
        source: the file.
        number: the line of it, from 1.
        line: None where the text only says that there is no ipymod.
        name: what the chat calls the student, if it does.
        is_stamped: whether a time stands beside the name, so that it is surely a name.
    """

    source: str
    number: int
    line: Line | None = None
    name: str = ""
    is_stamped: bool = False

    @property
    def state(self) -> str:
        """One of those of a line."""
        return self.line.state if self.line else UNKNOWN

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to do."""
        return self.state == YES


@dataclass(frozen=True)
class Unread:
    """What is left of a line, or one that does not count.

    Attributes:
        reason: in words, with what to do.
    """

    source: str
    number: int
    reason: str
    name: str = ""


@dataclass(frozen=True)
class Fix:
    """One thing that a student can do.

    Attributes:
        kind: INSTALL, REINSTALL, ...
        what: the distribution or `file-3`; empty where the kind says all.
    """

    kind: str
    what: str = ""


@dataclass(frozen=True)
class Student:
    """One student, and what would make them ready: all of the fixes together.

    Attributes:
        label: the name; else the seat, or the place in the text.
    """

    label: str
    sent: Sent
    fixes: frozenset[Fix] = frozenset()


@dataclass(frozen=True)
class Lack:
    """Something that students lack.

    Attributes:
        fix: what would help.
        count: how many lack it.
        alone: how many of them lack nothing else.
        found: how it is missing, and how often: `missing`, `1.2.0`.
    """

    fix: Fix
    count: int
    alone: int
    found: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Step:
    """A fix, when all steps before it are done.

    Attributes:
        ready: how many students it makes ready.
        others: how many more need it and will still need something else.
    """

    fix: Fix
    ready: int
    others: int


@dataclass(frozen=True)
class Classroom:
    """A class.

    Attributes:
        course: the id of its check.
        students: each once: those who are not ready first.
        lacks: the most frequent first.
        steps: what helps most first; they count on each other.
        unread: in the order of the text.
        doubled: the labels of those who sent more than one line.
    """

    course: str
    students: tuple[Student, ...]
    lacks: tuple[Lack, ...]
    steps: tuple[Step, ...]
    unread: tuple[Unread, ...]
    doubled: tuple[str, ...]

    @property
    def ready(self) -> int:
        """How many students are ready."""
        return sum(each.sent.is_ready for each in self.students)
