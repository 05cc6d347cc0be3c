"""What is predicted of a launcher is what it says when it is started."""

from __future__ import annotations

import os

import pytest

from real_launchers import BROKEN, UNKNOWN, Absent, predicted, told
from situations import SITUATIONS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="launchers of POSIX")]


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_launcher_does_what_was_predicted(name: str) -> None:
    try:
        made_now = SITUATIONS[name]()
    except Absent as absent:
        pytest.skip(str(absent))
    guess = predicted(made_now)
    if guess != UNKNOWN:
        assert guess == told(made_now)


def test_few_launchers_stay_unknown() -> None:
    guesses = []
    for make in SITUATIONS.values():
        try:
            guesses.append(predicted(make()))
        except Absent:
            continue
    assert guesses.count(UNKNOWN) < 0.03 * len(guesses)
    assert BROKEN in guesses
