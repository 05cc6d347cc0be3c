"""The tutorials run to their end in a fresh environment; their exercises can be solved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tutorials.books import FOLDER, NAMES, NUMBERED, answer, read, source, tagged

if TYPE_CHECKING:
    from tutorials.books import Ran

READING_ORDER = (
    *("1-tour", "2-python-m", "3-pip-as-a-module", "4-reading-whichpip"),
    *("5-installing-while-you-work", "6-testing-in-a-notebook", "7-a-repository-of-notebooks"),
    *("8-for-instructors", "9-binder-and-jupyterlite"),
)
RUNS = pytest.mark.tutorials
MOST_SECONDS = 60
MOST_WORDS = 2200  # fifteen minutes: 200 words of text or code a minute, and time to try


# -- as they are kept


def test_they_stand_in_reading_order_with_a_reference_behind_them() -> None:
    assert [*(f"{name}.ipynb" for name in READING_ORDER), "reference.ipynb"] == NAMES


@pytest.mark.parametrize("name", NUMBERED)
def test_a_tutorial_says_its_goal_and_ends_on_what_to_read_next(name: str) -> None:
    cells = read(FOLDER / name)["cells"]
    assert cells[0]["id"] == "title"
    assert "**Goal" in source(cells[0])
    assert source(cells[-1]).startswith("## Read next\n")


@pytest.mark.parametrize("name", NUMBERED)
def test_a_tutorial_is_read_in_fifteen_minutes(name: str) -> None:
    words = " ".join(map(source, read(FOLDER / name)["cells"])).split()
    assert len(words) < MOST_WORDS


@pytest.mark.parametrize("name", NUMBERED)
def test_an_exercise_has_a_hidden_answer_and_a_check_of_its_own(name: str) -> None:
    book = read(FOLDER / name)
    exercises, answers, checks = (tagged(book, tag) for tag in ("exercise", "answer", "self-check"))
    assert len(exercises) == len(answers) == len(checks) > 0
    place = [cell["id"] for cell in book["cells"]].index
    for exercise, told, check in zip(exercises, answers, checks, strict=True):
        assert place(exercise["id"]) < place(told["id"]) < place(check["id"])
        assert answer(told) != source(exercise)
        assert re.search(r"<details>\s*<summary>.+</summary>", source(told))
        assert "</details>" in source(told)


@pytest.mark.parametrize("name", NAMES)
def test_a_link_leads_to_a_file_that_is_there(name: str) -> None:
    text = "\n".join(source(cell) for cell in read(FOLDER / name)["cells"])
    links = re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (FOLDER / link).exists()] == []


# -- as they run


@RUNS
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_to_its_end_within_a_minute(name: str, kept: dict[str, Ran]) -> None:
    told = kept[name].told
    assert (told["status"], told["message"]) == ("passed", None), told
    assert told["seconds"] < MOST_SECONDS


@RUNS
@pytest.mark.parametrize("name", NAMES)
def test_it_leaves_nothing_behind_and_takes_nothing_away(
    name: str, kept: dict[str, Ran], solved: dict[str, Ran]
) -> None:
    for ran in (kept[name], solved[name]):
        assert (sorted(ran.left), sorted(ran.lost)) == ([], [])


@RUNS
@pytest.mark.parametrize("name", NAMES)
def test_nobody_but_the_package_index_is_asked(name: str, kept: dict[str, Ran]) -> None:
    assert kept[name].asked == ""


def checks_of(name: str) -> list[str]:
    return [cell["id"] for cell in tagged(read(FOLDER / name), "self-check")]


@RUNS
@pytest.mark.parametrize("name", NUMBERED)
def test_a_self_check_says_not_yet_before_the_exercise_is_solved(
    name: str, kept: dict[str, Ran]
) -> None:
    told = {check: kept[name].cells[check] for check in checks_of(name)}
    assert [text for text in told.values() if not text.startswith("Not yet:")] == []


@RUNS
@pytest.mark.parametrize("name", NUMBERED)
def test_a_self_check_says_right_to_the_hidden_answer(name: str, solved: dict[str, Ran]) -> None:
    assert solved[name].told["status"] == "passed", solved[name].told
    told = {check: solved[name].cells[check] for check in checks_of(name)}
    assert [text for text in told.values() if not text.startswith("Right:")] == []
