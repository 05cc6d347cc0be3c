"""Samples as rows: for reading, and for JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from registry import Case, Sample, Target

HEADER = ("case", "peer", "n", "median", "min", "x ours", "target", "met", "note")
TEN = 10  # from here on one decimal is enough


@dataclass(frozen=True)
class Row:
    """One line of the table. Without samples it says in its note why there are none."""

    case: str
    peer: str
    unit: str = ""
    samples: tuple[float, ...] = ()
    ours: float = 0.0
    target: Target | None = None
    note: str = ""
    failed: bool = False

    @property
    def median(self) -> float:
        """The median of the samples."""
        return median(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return self.target.met(self.median, self.ours) if self.target and self.samples else None

    @property
    def ratio(self) -> float | None:
        """The median over that of our row; None where there is none to compare with."""
        return self.median / self.ours if self.ours and self.samples else None

    def cells(self) -> tuple[str, ...]:
        """Give the cells under HEADER."""
        if not self.samples:
            return (self.case, self.peer, "", "-", "-", "", "", "", self.note)
        return (
            self.case,
            self.peer,
            str(len(self.samples)),
            f"{_number(self.median)} {self.unit}",
            f"{_number(min(self.samples))}",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            str(self.target or ""),
            {True: "yes", False: "NO", None: ""}[self.met],
            self.note,
        )

    def as_json(self) -> dict[str, Any]:
        """Give all of it, samples too."""
        judged = {"ratio": self.ratio, "target": str(self.target or ""), "met": self.met}
        middle = {"median": self.median, "min": min(self.samples)} if self.samples else {}
        return {**asdict(self), **middle, **judged}


def _number(value: float) -> str:
    if value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value > TEN else f"{value:.2f}"


def rows(case: Case, samples: Sequence[Sample]) -> Iterator[Row]:
    """Sort the samples of a case into rows, as they come; what was not run stands last."""
    ours = [sample for sample in samples if sample.row == case.ours]
    measured = dict.fromkeys(sample.row for sample in samples)
    for name in dict.fromkeys([*measured, *case.notes]):
        mine = [sample for sample in samples if sample.row == name]
        words = mine[-1].words if mine else ""
        comparable = [each.value for each in ours if mine and each.unit == mine[0].unit]
        yield Row(
            case=case.title,
            peer=name,
            unit=mine[0].unit if mine else "",
            samples=tuple(sample.value for sample in mine),
            ours=median(comparable) if comparable else 0.0,
            target=case.targets.get(name),
            note=case.notes.get(name, words),
        )


def failure(case: Case, error: Exception) -> Row:
    """Say that a case could not be measured, and why."""
    why = str(error).strip().rpartition("\n")[2]
    return Row(case.title, "FAILED", note=f"{type(error).__name__}: {why}", failed=True)


def text(rows: Iterable[Row]) -> str:
    """Give the table."""
    table = [HEADER, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table)
    return "\n".join(lines)
