"""JUDGE: who is ready, what is missing how often, and what helps most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ipymod.classroom.model import (
    FETCH,
    INSTALL,
    IPYMOD,
    OTHER,
    PLACE,
    PYTHON,
    REINSTALL,
    RENAME,
    SURE,
    Classroom,
    Fix,
    Lack,
    Sent,
    Step,
    Student,
    Unread,
)
from ipymod.ready.line import ABSENT, BROKEN, MISSING, READONLY, SHADOWED, UNKNOWN, WRONG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ipymod.ready.line import Line

_WHOLE = {("python", WRONG): PYTHON, ("kernel", READONLY): PLACE}
_SHOWN = 40  # characters of a name
_PARTS = {BROKEN: REINSTALL, SHADOWED: RENAME, ABSENT: FETCH}


def judge(
    sent: Sequence[Sent],
    unread: Sequence[Unread] = (),
    course: str = "",
    optional: Collection[str] = (),
) -> Classroom:
    """Judge a class.

    Args:
        sent: in the order in which it came.
        unread: what could not be read.
        course: the id of its check; empty: that of most lines.
        optional: what the course can do without.
    """
    course = course or _most_frequent(sent)
    here = [each for each in sent if not each.line or each.line.course == course]
    strange = [_strange(each, course) for each in sent if each.line and each.line.course != course]
    once, doubled = _once(here)
    students = _ordered(_students(once, frozenset(optional)))
    return Classroom(
        course,
        tuple(students),
        tuple(_lacks(students)),
        tuple(_steps(students)),
        tuple(sorted([*unread, *strange], key=lambda each: (each.source, each.number))),
        tuple(doubled),
    )


def _most_frequent(sent: Iterable[Sent]) -> str:
    counts = Counter(each.line.course for each in sent if each.line)
    return counts.most_common(1)[0][0] if counts else ""


def _strange(sent: Sent, course: str) -> Unread:
    theirs = sent.line.course if sent.line else ""
    same = theirs.rpartition("-")[0] == course.rpartition("-")[0]
    what = "another check of this course" if same else "another course"
    reason = f"of {what}, {theirs}; this is {course}; send the check again"
    return Unread(sent.source, sent.number, reason, sent.name)


# -- each student once


def _once(sent: Iterable[Sent]) -> tuple[list[Sent], list[str]]:
    """The last that each student sent, and who sent more than that."""
    kept, doubled = _Kept(), []
    for each in sent:
        earlier = kept.earlier(each)
        if earlier is None:
            kept.add(each)
        elif each.line:  # a message says less than a line
            kept.drop(earlier)
            kept.add(_named(each, earlier))
            doubled += [_label(_named(each, earlier))] if earlier.line else []
    return list(kept.all.values()), list(dict.fromkeys(doubled))


class _Kept:
    """What was sent, with the few that may come from one student at hand."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, int, int], Sent] = {}
        self._near: dict[str, dict[tuple[str, int, int], Sent]] = {}

    def add(self, sent: Sent) -> None:
        key = self._key(sent)
        self.all[key] = sent
        for word in self._words(sent):
            self._near.setdefault(word, {})[key] = sent

    def drop(self, sent: Sent) -> None:
        key = self._key(sent)
        del self.all[key]
        for word in self._words(sent):
            del self._near[word][key]

    def earlier(self, sent: Sent) -> Sent | None:
        """What the same student sent before."""
        near = (each for word in self._words(sent) for each in self._near.get(word, {}).values())
        return next((each for each in near if _is_same(each, sent)), None)

    @staticmethod
    def _key(sent: Sent) -> tuple[str, int, int]:
        return sent.source, sent.number, id(sent)

    @staticmethod
    def _words(sent: Sent) -> list[str]:
        return [*([f"={sent.line.seat}"] if sent.line else []), *([sent.name] if sent.name else [])]


def _is_same(one: Sent, other: Sent) -> bool:
    """Whether two come from one student: the same seat, or the same name and a time beside it."""
    same_name = bool(one.name) and one.name == other.name
    if one.line and other.line and one.line.seat == other.line.seat:
        return same_name or not (one.name and other.name)
    is_sure = one.is_stamped and other.is_stamped
    return same_name and (is_sure or not (one.line and other.line))


def _named(sent: Sent, before: Sent) -> Sent:
    if sent.name or not before.name:
        return sent
    return Sent(sent.source, sent.number, sent.line, before.name, before.is_stamped)


def _label(sent: Sent) -> str:
    name = sent.name if len(sent.name) <= _SHOWN else f"{sent.name[: _SHOWN - 1]}\u2026"
    return name or (sent.line.seat if sent.line else f"line {sent.number}")


def _students(sent: Sequence[Sent], optional: frozenset[str]) -> list[Student]:
    counts = Counter(map(_label, sent))
    return [Student(_unique(each, counts), each, _fixes(each, optional)) for each in sent]


def _unique(sent: Sent, counts: Counter[str]) -> str:
    label = _label(sent)
    is_shared = counts[label] > 1 and sent.line and sent.name
    return f"{label} ({sent.line.seat})" if is_shared and sent.line else label


def _ordered(students: Iterable[Student]) -> list[Student]:
    """Those who are not ready first, then those who could not be asked."""
    order = {"no": 0, "unknown": 1, "yes": 2}
    return sorted(students, key=lambda each: order.get(each.sent.state, 1))


# -- what they lack


def _fixes(sent: Sent, optional: frozenset[str]) -> frozenset[Fix]:
    """All that has to be done until a student is ready."""
    if sent.is_ready:
        return frozenset()
    faults = blocking(sent.line, optional) if sent.line else ()
    fixes = frozenset(fix_of(*fault) for fault in faults)
    return fixes or frozenset([Fix(IPYMOD if sent.state == UNKNOWN else OTHER)])


def blocking(line: Line, optional: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """The faults that keep a student from being ready; others are remarks."""
    if line.state == "yes":
        return ()
    return tuple(each for each in line.faults if each[0] not in {"do", *optional})


def fix_of(what: str, how: str) -> Fix:
    """What helps against a fault."""
    if (what, how) in _WHOLE:
        return Fix(_WHOLE[what, how])
    if (what, how) == ("ipymod", MISSING):
        return Fix(IPYMOD)
    return Fix(_PARTS.get(how, INSTALL), what)


def _lacks(students: Sequence[Student]) -> list[Lack]:
    counts = Counter(fix for each in students for fix in each.fixes)
    alone = Counter(fix for each in students if len(each.fixes) == 1 for fix in each.fixes)
    found: dict[Fix, Counter[str]] = {}
    for each in students:
        for what, how in blocking(each.sent.line) if each.sent.line else ():
            found.setdefault(fix_of(what, how), Counter())[how] += 1
    lacks = [
        Lack(fix, count, alone[fix], tuple(found.get(fix, Counter()).most_common()))
        for fix, count in counts.items()
    ]
    return sorted(lacks, key=lambda each: (-each.count, each.fix.kind, each.fix.what))


# -- what helps most


def _steps(students: Sequence[Student]) -> list[Step]:
    """The fix that makes most students ready, then the next, as if each had been done."""
    left = sorted(
        {fix for each in students for fix in each.fixes if fix.kind in SURE},
        key=lambda fix: (SURE.index(fix.kind), fix.what),
    )
    waiting = [each.fixes for each in students if each.fixes]
    steps = []
    while left:
        step = max((_step(fix, waiting) for fix in left), key=lambda s: (s.ready, s.others))
        left.remove(step.fix)
        waiting = [fixes - {step.fix} for fixes in waiting if fixes != {step.fix}]
        steps.append(step)
    return steps


def _step(fix: Fix, waiting: Sequence[frozenset[Fix]]) -> Step:
    needing = [fixes for fixes in waiting if fix in fixes]
    ready = sum(len(fixes) == 1 for fixes in needing)
    return Step(fix, ready, len(needing) - ready)


def helped(students: Iterable[Student], fixes: Collection[Fix]) -> int:
    """How many become ready when all of these are done."""
    return sum(bool(each.fixes) and each.fixes <= set(fixes) for each in students)
