"""The benchmarks' pure parts; what they measure is not judged here."""

from __future__ import annotations

import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY

sys.path.append(str(REPOSITORY / "benchmarks"))

import corpus
from cases import CASES, lint
from cases.scaling import DISTRIBUTIONS, ENTRIES, TIMES, growth
from registry import Case, Sample, Target
from setting import Setting, setting
from spent import spent
from table import HEADER, Row, failure, rows, text
from turns import measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def nothing(_setting: Setting, _peer: str) -> Iterator[Sample]:
    yield from ()


CASE = Case(
    "case",
    "a case",
    nothing,
    ("fast", "slow"),
    "fast",
    {"fast": Target(most=2), "slow": Target(times=1 / 10)},
    {"slow": 4},
    notes={"left out": "it takes minutes"},
)
SAMPLES = (
    *(Sample("slow", value) for value in (30.0, 10.0, 20.0)),
    *(Sample("fast", value, words=f"{value}") for value in (3.0, 1.0, 2.0, 2.0)),
    Sample("memory", 5.0, "MB"),
)


def found() -> dict[str, Row]:
    return {row.peer: row for row in rows(CASE, SAMPLES)}


def test_what_was_left_out_stands_below_what_was_measured() -> None:
    assert list(found()) == ["slow", "fast", "memory", "left out"]


def test_figures_stand_in_the_order_of_the_peers_whoever_had_the_first_turn() -> None:
    def numbered(_setting: Setting, peer: str) -> Iterator[Sample]:
        yield Sample(peer, next(numbers))

    peers, numbers = tuple("abcdef"), map(float, count())
    samples = measure(Case("case", "a case", numbered, peers), 2, quick=False)
    assert [sample.row for sample in samples] == sorted(2 * peers)
    assert [sample.value for sample in samples[::2]] != sorted(
        sample.value for sample in samples[::2]
    )


def test_a_row_shows_its_median_and_how_many_times_ours_it_is() -> None:
    assert found()["slow"].cells()[2:6] == ("3", "20 ms", "10", "10.00")


def test_a_row_of_another_unit_is_not_compared() -> None:
    assert found()["memory"].ratio is None


def test_the_note_is_what_the_last_sample_says_unless_the_case_has_one() -> None:
    assert [found()[name].note for name in ("fast", "left out")] == ["2.0", "it takes minutes"]


def test_a_row_without_samples_shows_no_figure_and_no_verdict() -> None:
    row = found()["left out"]
    assert (row.met, row.cells()[2:8]) == (None, ("", "-", "-", "", "", ""))


def test_a_case_that_could_not_be_measured_says_why_in_one_line() -> None:
    row = failure(CASE, RuntimeError("%whichpip\nOSError: it is gone"))
    assert (row.case, row.failed, row.note) == ("a case", True, "RuntimeError: OSError: it is gone")


def test_both_kinds_of_target_are_judged_by_medians() -> None:
    assert [found()[name].met for name in ("fast", "slow", "memory")] == [True, True, None]


@pytest.mark.parametrize(
    ("target", "median", "ours", "met"),
    [
        (Target(most=55), 55.0, 0.0, True),
        (Target(most=55), 55.1, 0.0, False),
        (Target(times=1 / 50), 100.0, 2.0, True),
        (Target(times=1 / 50), 100.0, 2.1, False),
        (Target(times=1 / 50), 100.0, 0.0, False),
    ],
)
def test_a_target_is_met_up_to_its_figure(
    target: Target,
    median: float,
    ours: float,
    met: bool,  # noqa: FBT001  pytest hands it over
) -> None:
    assert target.met(median, ours) is met


def test_a_target_that_compares_is_not_met_where_ours_was_not_measured() -> None:
    alone = [sample for sample in SAMPLES if sample.row == "slow"]
    assert [row.met for row in rows(CASE, alone) if row.samples] == [False]


def test_targets_say_what_has_to_be_small() -> None:
    assert [str(Target(most=55)), str(Target(times=1 / 50))] == ["<= 55", "ours <= 0.02 x"]


def test_the_columns_of_the_table_stand_below_their_headers() -> None:
    head, *lines = text(found().values()).splitlines()
    fast = lines[list(found()).index("fast")]
    cells = dict(zip(HEADER, found()["fast"].cells(), strict=True))
    for name in ("peer", "median", "target", "note"):
        assert fast.startswith(cells[name], head.index(name))


def test_a_row_as_json_keeps_all_samples() -> None:
    told = found()["slow"].as_json()
    assert (told["samples"], told["median"], told["ratio"]) == ((30.0, 10.0, 20.0), 20.0, 10.0)


def test_a_slow_peer_is_run_less_often_and_even_less_where_it_has_to_be_quick() -> None:
    runs = [CASE.runs(peer, 11, quick=quick) for peer in CASE.peers for quick in (False, True)]
    assert runs == [11, 11, 4, 1]


def test_growth_compares_the_medians_of_neighbouring_sizes() -> None:
    sizes = {"few": 10, "many": 110}
    samples = [
        Sample(f"{size}: {time}", value)
        for time in TIMES
        for size, value in (("few", 1.0), ("few", 9.0), ("few", 2.0), ("many", 12.0))
    ]
    told = [(each.row, each.value, each.unit, each.words) for each in growth(sizes, samples)]
    assert told[0] == ("many / few: first", 6.0, "x", "100 µs for each more")
    assert len(told) == len(TIMES)


def test_our_lint_is_compared_with_ruff_by_the_clock_and_by_the_processors() -> None:
    rows = (lint.OURS, lint.RUFF, f"{lint.OURS}: CPU", f"{lint.RUFF}: CPU")
    samples = [Sample(row, value) for row, value in zip(rows, (3.0, 4.0, 2.0, 8.0), strict=True)]
    assert [(each.row, each.value) for each in lint.ratios(samples)] == [
        (lint.WALL, 0.75),
        (lint.CPU, 0.25),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="nobody there tells what a process took")
def test_what_a_process_took_is_told_with_what_it_said(tmp_path: Path) -> None:
    code = "print('first'); print(len(bytearray(50_000_000)))"
    with setting(sys.executable, quick=True) as place:
        told = spent(place, sys.executable, "-c", code, folder=tmp_path)
    assert (told.lines, told.last, told.status, told.broke) == (2, "50000000", 0, False)
    assert told.peak > 50
    assert told.wall > 0 < told.cpu


@pytest.mark.skipif(sys.platform == "win32", reason="nobody there tells what a process took")
def test_a_traceback_is_no_result_though_its_status_is_that_of_a_finding(tmp_path: Path) -> None:
    with (
        setting(sys.executable, quick=True) as place,
        pytest.raises(RuntimeError, match="ends with 1: ZeroDivisionError"),
    ):
        spent(place, sys.executable, "-c", "1 / 0", folder=tmp_path)


def test_a_large_notebook_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    corpus.large(tmp_path / "large.ipynb", 2_000_000)
    assert (tmp_path / "large.ipynb").stat().st_size == pytest.approx(2_000_000, rel=0.1)


@pytest.mark.parametrize("sizes", [ENTRIES, DISTRIBUTIONS])
def test_sizes_are_ten_times_the_one_before(sizes: dict[str, int]) -> None:
    counts = list(sizes.values())
    assert [10 * count for count in counts[:-1]] == counts[1:]


def test_names_and_titles_of_cases_are_their_own() -> None:
    assert len({case.name for case in CASES}) == len({case.title for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rounds_are_given_for_peers_that_exist(case: Case) -> None:
    assert set(case.rounds) <= set(case.peers)


def test_a_made_distribution_lists_thirty_files_that_are_there(tmp_path: Path) -> None:
    from importlib.metadata import Distribution

    from places import distribution

    for number in range(2):
        distribution(tmp_path, number)
    made = Distribution.at(tmp_path / "made_0001-1.0.dist-info")
    files = made.files or []
    assert (made.metadata["Name"], made.requires) == ("made_0001", ["made-0000>=1"])
    assert len(files) == 30
    assert all((tmp_path / file).is_file() for file in files)


def test_each_tenth_made_folder_has_a_pip(tmp_path: Path) -> None:
    from places import folders

    made = folders(tmp_path, 20, sys.executable)
    assert [folder.name for folder in made if (folder / "pip").exists()] == [
        "folder-0009",
        "folder-0019",
    ]
