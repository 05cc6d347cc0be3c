"""What a case is; it knows no particular one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from live import LiveKernel


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
        times: %pymod may take so many times the row's median.
    """

    most: float | None = None
    times: float | None = None

    def __str__(self) -> str:
        return f"<= {self.most:g}" if self.times is None else f"%pymod <= {self.times:.3g} x"

    def met(self, median: float, ours: float) -> bool:
        """Judge a row by its median, and by that of %pymod in the same case."""
        if self.times is not None:
            return ours <= self.times * median
        return self.most is not None and median <= self.most


@dataclass(frozen=True)
class Setting:
    """Where a case is measured: the kernel, its folder, and whether it has to be quick."""

    kernel: LiveKernel
    folder: Path
    quick: bool


@dataclass(frozen=True)
class Case:
    """Something to measure.

    Attributes:
        name: as `--only` takes it.
        title: what is measured, for the table.
        measure: runs one peer once and gives its figures.
        peers: who is run in each round, in this order.
        targets: row to what it has to reach.
        rounds: peer to how often it is run at most; the others as often as `--rounds` says.
        setup: a cell that is run before.
        fresh: each run gets a new kernel, in which nothing was run before.
        notes: row to what a reader has to know; a row without figures says why it has none.
    """

    name: str
    title: str
    measure: Callable[[Setting, str], Iterator[Sample]]
    peers: tuple[str, ...]
    targets: Mapping[str, Target] = field(default_factory=dict)
    rounds: Mapping[str, int] = field(default_factory=dict)
    setup: str = ""
    fresh: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)

    def runs(self, peer: str, rounds: int) -> int:
        """Give how often a peer is run."""
        return min(rounds, self.rounds.get(peer, rounds))
