"""The situations that a launcher of pip can be in, made by the real tools when they are asked for.

`python tests/situations.py` builds them all and prints how the predictions compare with what each
pip says of itself.
"""

# ruff: noqa: T201  its command prints

from __future__ import annotations

import time

import environment_situations
import script_situations
from ipymod.launchers import command
from real_launchers import SITUATIONS, UNKNOWN, Absent, Situation, predicted, told

__all__ = ["SITUATIONS", "environment_situations", "script_situations"]


def compare() -> None:
    """Print how each prediction compares with the truth, and how long it takes."""
    counts = {"equal": 0, "unknown": 0, "wrong": 0, "absent": 0}
    spent = [0.0]
    for title, make in SITUATIONS.items():
        try:
            made_now = make()
        except Absent as absent:
            counts["absent"] += 1
            print("absent  ", title, absent)
            continue
        truth, guess = told(made_now), predicted(made_now)
        spent.append(milliseconds(made_now))
        verdict = "equal" if truth == guess else "unknown" if guess == UNKNOWN else "wrong"
        counts[verdict] += 1
        print(f"{verdict:8}{spent[-1]:6.2f} ms  {title}: {guess}", flush=True)
        if verdict != "equal":
            print(f"   in truth {truth}")
    print(counts, f"median {sorted(spent)[len(spent) // 2]:.2f} ms, most {max(spent):.2f} ms")


def milliseconds(made_now: Situation) -> float:
    """The least time of several, for the machine does other things too."""
    around = made_now.surroundings
    times = []
    for _ in range(20):
        start = time.perf_counter()
        command(made_now.words[0], around)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


if __name__ == "__main__":
    compare()
