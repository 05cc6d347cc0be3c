"""What a case is; it knows no particular one."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from setting import Setting


@dataclass(frozen=True)
class Sample:
    """One figure: the row of the table that it belongs to, its unit, and words about it."""

    row: str
    value: float
    unit: str = "ms"
    words: str = ""


@dataclass(frozen=True)
class Target:
    """What a row has to reach: one of the two is given.

    Attributes:
        most: the median of the row may be this much, in its unit.
        times: our row of the same case may take so many times the row's median.
    """

    most: float | None = None
    times: float | None = None

    def __str__(self) -> str:
        return f"<= {self.most:g}" if self.times is None else f"ours <= {self.times:.3g} x"

    def met(self, median: float, ours: float) -> bool:
        """Judge a row by its median, and by that of our row; 0 if there is none."""
        if self.times is not None:
            return 0 < ours <= self.times * median
        return self.most is not None and median <= self.most


def running(_: str) -> str:
    """Give the interpreter that runs this."""
    return sys.executable


def _nothing_before(_: Setting) -> None:
    """Set nothing up."""


def _nothing_more(_: Sequence[Sample]) -> Iterable[Sample]:
    """Derive no figures."""
    return ()


@dataclass(frozen=True)
class Case:
    """Something to measure.

    Attributes:
        name: as `--only` takes it.
        title: what is measured, for the table.
        measure: runs one peer once and gives its figures.
        peers: who is run in each round.
        ours: the row that the others are compared with; empty for none.
        targets: row to what it has to reach.
        rounds: peer to how often it is run at most; the others as often as `--rounds` says.
        interpreter: peer to the interpreter of its kernel; peers share that of the first one,
            unless each run is `fresh`.
        setup: what is done before, in a setting that was just made.
        fresh: each run gets a setting of its own, with a kernel in which nothing was run before.
        derived: figures that follow from all the others.
        notes: row to what a reader has to know; a row without figures says why it has none.
    """

    name: str
    title: str
    measure: Callable[[Setting, str], Iterator[Sample]]
    peers: tuple[str, ...]
    ours: str = ""
    targets: Mapping[str, Target] = field(default_factory=dict)
    rounds: Mapping[str, int] = field(default_factory=dict)
    interpreter: Callable[[str], str] = running
    setup: Callable[[Setting], None] = _nothing_before
    fresh: bool = False
    derived: Callable[[Sequence[Sample]], Iterable[Sample]] = _nothing_more
    notes: Mapping[str, str] = field(default_factory=dict)

    def runs(self, peer: str, rounds: int, *, quick: bool) -> int:
        """Give how often a peer is run."""
        runs = min(rounds, self.rounds.get(peer, rounds))
        return max(runs // 3, 1) if quick and peer in self.rounds else runs
