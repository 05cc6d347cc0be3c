"""`ipymod lint` over a corpus, beside linters of Python and the plain loading of all files."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import corpus
from places import linked, notebooks, toolkit
from registry import Case, Sample, Target
from setting import MODULES, Setting
from spent import Spent, spent

OURS = "ipymod lint"
RUFF = "ruff check"
FLOOR = "json.loads"
FLAKE8, NBQA_RUFF = "nbqa flake8", "nbqa ruff"
START = "python -c pass"
FIX = "ipymod fix --diff"
WALL, CPU = "ours / ruff: wall", "ours / ruff: CPU"
GROWTH = "2,000 / 200 notebooks"

RULES = "--select=E9,F"
FEW, MORE = 50, 200  # notebooks
MB = 1_000_000
LARGE = 100 * MB

_COMMANDS: dict[str, str] = {
    OURS: "ipymod lint {}",
    FIX: "ipymod fix --diff {}",
    RUFF: f"ruff check --no-cache {RULES} {{}}",
    FLAKE8: f"nbqa flake8 {{}} {RULES}",
    NBQA_RUFF: f"nbqa ruff {{}} --no-cache {RULES}",
    FLOOR: f"python {shlex.quote(str(MODULES / 'loads.py'))} {{}}",
    START: "python -c pass",
}


def interpreter(_: str) -> str:
    """Give that of the environment that holds all peers."""
    return toolkit()


# -- what is linted


def _some(count: int) -> list[Path]:
    """So many notebooks of the corpus, of all sizes, the largest among them; all can be read."""
    folder = notebooks()
    fit = [file for file in corpus.files(folder) if file["kind"] == "python"]
    fit = sorted((f for f in fit if not f["checkpoint"]), key=lambda f: -int(f["bytes"]))
    step = len(fit) / count
    return [folder / fit[int(number * step)]["path"] for number in range(count)]


def few(setting: Setting) -> None:
    """Put fifty notebooks there."""
    linked(_some(FEW), setting.folder / "few")


def more(setting: Setting) -> None:
    """Put two hundred notebooks there."""
    linked(_some(MORE), setting.folder / "more")


def large(setting: Setting) -> None:
    """Put one notebook there, of 100 MB."""
    (setting.folder / "large").mkdir()
    corpus.large(setting.folder / "large" / "large.ipynb", LARGE)


def empty(setting: Setting) -> None:
    """Put nothing there."""
    (setting.folder / "empty").mkdir()


# -- the cases


def everything(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time a peer over the whole corpus."""
    yield from _spent(setting, peer, notebooks()).samples(peer)


def _spent(setting: Setting, peer: str, folder: str | Path) -> Spent:
    words = _COMMANDS[peer].format(shlex.quote(str(folder)))
    return spent(setting, *shlex.split(words))


def in_folder(name: str) -> Callable[[Setting, str], Iterator[Sample]]:
    """Time a peer over a folder of the setting."""

    def measure(setting: Setting, peer: str) -> Iterator[Sample]:
        told = _spent(setting, peer, name)
        yield from told.samples(peer)
        if name == "large":
            yield Sample(f"{peer}: peak", told.peak, "MB")

    return measure


def ratios(samples: Sequence[Sample]) -> Iterator[Sample]:
    """Compare our times with ruff's."""
    for row, suffix in ((WALL, ""), (CPU, ": CPU")):
        ours, ruff = (
            median(sample.value for sample in samples if sample.row == f"{peer}{suffix}")
            for peer in (OURS, RUFF)
        )
        yield Sample(row, ours / ruff, "x")


_FOLDERS: dict[str, Callable[[Setting], Path]] = {
    f"{MORE} notebooks": lambda setting: setting.folder / "more",
    f"{corpus.NOTEBOOKS:,} notebooks": lambda _: notebooks(),
}


def memory(setting: Setting, peer: str) -> Iterator[Sample]:
    """Give the peak of our memory over a folder; the largest notebook is in both."""
    told = _spent(setting, OURS, _FOLDERS[peer](setting))
    yield Sample(peer, told.peak, "MB")


def growth(samples: Sequence[Sample]) -> Iterator[Sample]:
    """Compare the peaks."""
    less, most = (
        median(sample.value for sample in samples if sample.row == name) for name in _FOLDERS
    )
    yield Sample(GROWTH, most / less, "x")


CASES = (
    Case(
        "lint",
        "lint 2,000 notebooks",
        everything,
        (OURS, RUFF, FLOOR),
        OURS,
        {WALL: Target(most=1), CPU: Target(most=0.5)},
        interpreter=interpreter,
        derived=ratios,
    ),
    Case(
        "lint-few",
        "lint 50 notebooks",
        in_folder("few"),
        (OURS, RUFF, FLAKE8, NBQA_RUFF),
        OURS,
        rounds={FLAKE8: 3, NBQA_RUFF: 3},
        interpreter=interpreter,
        setup=few,
    ),
    Case(
        "lint-start",
        "lint an empty folder",
        in_folder("empty"),
        (OURS, START, RUFF),
        OURS,
        {OURS: Target(most=100)},
        interpreter=interpreter,
        setup=empty,
    ),
    Case(
        "lint-memory",
        "peak memory of lint",
        memory,
        tuple(_FOLDERS),
        targets={GROWTH: Target(most=1.1)},
        rounds=dict.fromkeys(_FOLDERS, 3),
        interpreter=interpreter,
        setup=more,
        derived=growth,
    ),
    Case(
        "lint-large",
        "lint a notebook of 100 MB",
        in_folder("large"),
        (OURS, RUFF, FLOOR),
        OURS,
        rounds=dict.fromkeys((OURS, RUFF, FLOOR), 3),
        interpreter=interpreter,
        setup=large,
    ),
    Case(
        "fix",
        "show the fixes of 2,000 notebooks",
        everything,
        (FIX,),
        rounds={FIX: 3},
        interpreter=interpreter,
    ),
)
