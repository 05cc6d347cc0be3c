"""What is predicted of a launcher is what it says when it is started."""

from __future__ import annotations

import os

import pytest

from ipymod.launchers import command
from ipymod.launchers.packages import import_order
from ipymod.launchers.resolve import follow
from ipymod.launchers.steps import Python
from real_launchers import (
    BROKEN,
    UNKNOWN,
    Absent,
    Situation,
    described,
    predicted,
    told,
)
from situations import SITUATIONS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="launchers of POSIX")]


# Building all of them takes a quarter of an hour and 2 GB; every fourth one shows each kind.
CHOSEN = list(SITUATIONS)[:: 1 if os.environ.get("IPYMOD_SITUATIONS") == "all" else 4]


def arranged(name: str) -> Situation:
    try:
        return SITUATIONS[name]()
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.mark.parametrize("name", CHOSEN)
def test_a_launcher_does_what_was_predicted(name: str) -> None:
    made_now = arranged(name)
    guess = predicted(made_now)
    if guess != UNKNOWN:
        assert guess == told(made_now)


@pytest.mark.parametrize("name", CHOSEN)
def test_an_environment_is_what_its_python_says_of_itself(name: str) -> None:
    made_now = arranged(name)
    found = command(made_now.words[0], made_now.surroundings)
    if found is None or found.python is None or found.environment is None or found.state != "ok":
        pytest.skip("it leads to no interpreter for certain")
    way = follow(found.path, made_now.surroundings)
    assert isinstance(way.end, Python)
    environment = found.environment
    truth = described(found.python, way.end.flags, way.end.around)
    assert truth is not None
    real = os.path.realpath
    assert real(environment.prefix) == real(truth["prefix"])
    assert real(environment.base_prefix) == real(truth["base"])
    assert environment.version == truth["version"]
    assert environment.user_site == truth["user"]
    existing = [each for each in import_order(environment) if os.path.isdir(each)]
    seen = [each for each in truth["path"] if each in existing]
    assert seen == existing
    if environment.kind != "debian":
        assert environment.site[0] == truth["pure"]
        assert environment.scripts == truth["scripts"]
    outside = environment.prefix == environment.base_prefix
    assert bool(environment.managed) == (outside and truth["managed"])


@pytest.mark.timeout(1800)  # alone, it builds them first
def test_few_launchers_stay_unknown() -> None:
    guesses = []
    for name in CHOSEN:
        try:
            guesses.append(predicted(SITUATIONS[name]()))
        except Absent:
            continue
    assert len(guesses) >= 60
    assert guesses.count(UNKNOWN) < 0.03 * len(guesses)
    assert BROKEN in guesses
