"""Run the peers of a case in turns, so that a busy moment of the machine hits all of them."""

from random import Random

from registry import Case, Sample
from setting import setting

Taken = list[tuple[str, Sample]]


def measure(case: Case, rounds: int, *, quick: bool) -> list[Sample]:
    """Run a case's peers round by round.

    Returns:
        The figures in the order of the peers, and what follows from them.
    """
    turns = [
        peer
        for number in range(rounds)
        for peer in _shuffled(case.peers, number)
        if number < case.runs(peer, rounds, quick=quick)
    ]
    taken = _apart(case, turns, quick=quick) if case.fresh else _together(case, turns, quick=quick)
    samples = [sample for peer in case.peers for by, sample in taken if by == peer]
    return [*samples, *case.derived(samples)]


def _shuffled(peers: tuple[str, ...], number: int) -> list[str]:
    """Change the order from round to round: whoever follows a fork pays for its page faults."""
    return Random(number).sample(peers, len(peers))  # noqa: S311  the same order in every run


def _apart(case: Case, turns: list[str], *, quick: bool) -> Taken:
    """Give each turn a setting of its own."""
    for peer in case.peers:
        _alone(case, peer, quick=quick)  # bytecode and the disk's cache are there from now on
    return [(peer, sample) for peer in turns for sample in _alone(case, peer, quick=quick)]


def _alone(case: Case, peer: str, *, quick: bool) -> list[Sample]:
    with setting(case.interpreter(peer), quick=quick) as place:
        case.setup(place)
        return list(case.measure(place, peer))


def _together(case: Case, turns: list[str], *, quick: bool) -> Taken:
    """Let all turns share a setting."""
    with setting(case.interpreter(case.peers[0]), quick=quick) as place:
        case.setup(place)
        return [(peer, sample) for peer in turns for sample in case.measure(place, peer)]
