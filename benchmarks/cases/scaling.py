"""How the report grows with PATH and with what is installed: in proportion, not faster."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from statistics import median

from places import folders, grown
from registry import Case, Sample, Target
from setting import Setting

from cases.whichpip import AGAIN, interpreter, report

ENTRIES = {f"{count:,} entries": count for count in (10, 100, 1000)}
DISTRIBUTIONS = {f"{count:,} distributions": count for count in (30, 300, 3000)}
TIMES = ("first", "again")
MOST = 12  # ten times as much may take so many times as long

Sizes = dict[str, int]


def entries(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time reports where so many folders stand on PATH before the usual ones."""
    setting.put_on_path(folders(setting.folder / "path", ENTRIES[peer], setting.python))
    yield from _reports(setting, peer)


def distributions(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time reports where so many distributions lie beside those of the kernel itself."""
    yield from _reports(setting, peer)


def _reports(setting: Setting, peer: str) -> Iterator[Sample]:
    setting.cell("%load_ext ipymod")
    yield Sample(_row(peer, "first"), report(setting))
    yield from (Sample(_row(peer, "again"), report(setting)) for _ in range(AGAIN))


def _row(peer: str, time: str) -> str:
    return f"{peer}: {time}"


def growth(sizes: Sizes, samples: Sequence[Sample]) -> Iterator[Sample]:
    """Compare the medians of neighbouring sizes: how many times the time, what each more costs."""
    for time in TIMES:
        for small, large in pairwise(sizes):
            less, more = (_median(samples, _row(size, time)) for size in (small, large))
            one = 1000 * (more - less) / (sizes[large] - sizes[small])
            words = f"{one:.0f} µs for each more"
            yield Sample(_growth(small, large, time), more / less, "x", words)


def _growth(small: str, large: str, time: str) -> str:
    return f"{large} / {small}: {time}"


def _median(samples: Sequence[Sample], row: str) -> float:
    return median(sample.value for sample in samples if sample.row == row)


def _made(peer: str) -> str:
    return grown(DISTRIBUTIONS[peer])


def _case(
    name: str,
    sizes: Sizes,
    measure: Callable[[Setting, str], Iterator[Sample]],
    python: Callable[[str], str],
) -> Case:
    pairs = [_growth(*pair, time) for time in TIMES for pair in pairwise(sizes)]
    return Case(
        name,
        f"%whichpip, {name} grows",
        measure,
        tuple(sizes),
        targets=dict.fromkeys(pairs, Target(most=MOST)),
        rounds=dict.fromkeys(sizes, 5),
        interpreter=python,
        fresh=True,
        derived=partial(growth, sizes),
    )


CASES = (
    _case("PATH", ENTRIES, entries, interpreter),
    _case("distributions", DISTRIBUTIONS, distributions, _made),
)
