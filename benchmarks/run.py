"""Measure `%pymod` beside everything else that runs a module from a notebook.

    python benchmarks/run.py [--quick] [--rounds N] [--only NAME ...]

A case has a kernel of its own, in which all peers take turns, so that a busy moment of the machine
hits all of them: read the ratios. A time is wall time, from the cell sent until the kernel is idle.
The table goes to the screen, with all samples to build/benchmarks.json.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

from cases import CASES
from live import LiveKernel
from peers import PEERS
from registry import Case, Sample, Setting
from table import Row, rows, text

HERE = Path(__file__).resolve().parent
RESULT = HERE.parent / "build" / "benchmarks.json"
ROUNDS, QUICK_ROUNDS = 11, 3
# A user's kernel buffers and keeps bytecode, whatever the shell around us says.
USUAL = {"PYTHONUNBUFFERED": "", "PYTHONDONTWRITEBYTECODE": ""}


def main() -> None:
    """Measure what the command line asks for."""
    options = _options()
    started = time.monotonic()
    found: list[Row] = []
    for case in CASES:
        if not options.only or case.name in options.only:
            print(f"{case.title} ...", file=sys.stderr)
            found += rows(case, measure(case, options.rounds, quick=options.quick))
    seconds = time.monotonic() - started
    print(text(found))
    print(f"\n{_verdict(found)}; {seconds:.0f} s; {RESULT}")
    _write({**_surroundings(), "seconds": seconds, "rows": [row.as_json() for row in found]})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: fewer, and less")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"default {ROUNDS}")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[c.name for c in CASES])
    options = parser.parse_args()
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    return options


def measure(case: Case, rounds: int, *, quick: bool) -> list[Sample]:
    """Run a case's peers in turns, round by round."""
    turns = [
        peer
        for number in range(rounds)
        for peer in _shuffled(case.peers, number)
        if number < _runs(case, peer, rounds, quick=quick)
    ]
    if case.fresh:
        _alone(case, turns[0], quick=quick)  # bytecode and the disk's cache are there from now on
        return [sample for peer in turns for sample in _alone(case, peer, quick=quick)]
    with _setting(quick=quick) as setting:
        _warm_up(case, setting.kernel)
        return [sample for peer in turns for sample in case.measure(setting, peer)]


def _shuffled(peers: tuple[str, ...], number: int) -> list[str]:
    """Change the order from round to round: whoever follows a fork pays for its page faults."""
    return Random(number).sample(peers, len(peers))  # noqa: S311  the same order in every run


def _runs(case: Case, peer: str, rounds: int, *, quick: bool) -> int:
    runs = case.runs(peer, rounds)
    return max(runs // 3, 1) if quick and peer in case.rounds else runs


def _alone(case: Case, peer: str, *, quick: bool) -> list[Sample]:
    with _setting(quick=quick) as setting:
        return list(case.measure(setting, peer))


def _warm_up(case: Case, kernel: LiveKernel) -> None:
    """Let every peer import what it needs."""
    kernel.run(f"%load_ext ipymod\nimport sys\n{case.setup}")
    for peer in case.peers:
        if peer in PEERS:
            kernel.run(PEERS[peer]("nothing", ""), answers=[])


@contextmanager
def _setting(*, quick: bool) -> Iterator[Setting]:
    """Give a new kernel beside our modules, with its temporary files in the same folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for module in (HERE / "modules").glob("*.py"):
            shutil.copy(module, folder)
        with LiveKernel(cwd=folder, env={**USUAL, "TMPDIR": name}) as kernel:
            yield Setting(kernel, folder, quick)


def _verdict(found: list[Row]) -> str:
    judged = [row.met for row in found if row.met is not None]
    return f"{sum(judged)} of {len(judged)} targets met"


def _surroundings() -> dict[str, Any]:
    packages = ("ipymod", "ipython", "ipykernel", "jupyter_client", "pyzmq", "tornado")
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "versions": {"python": sys.version, **{name: version(name) for name in packages}},
    }


def _write(result: dict[str, Any]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
