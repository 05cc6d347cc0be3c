"""Measure `%pymod` and `%whichpip` beside everything else that does the same.

    python benchmarks/run.py [--quick] [--rounds N] [--only NAME ...]

All peers of a case take turns, so that a busy moment of the machine hits all of them: read the
ratios. A time is wall time; that of a cell goes from the cell sent until the kernel is idle, that
of a process until it has ended. The table goes to the screen, all samples to
build/benchmarks.json.
"""

import argparse
import json
import os
import platform
import sys
import time
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cases import CASES
from registry import Case
from table import Row, failure, rows, text
from turns import measure

RESULT = Path(__file__).resolve().parents[1] / "build" / "benchmarks.json"
ROUNDS, QUICK_ROUNDS = 11, 3


def main() -> int:
    """Measure what the command line asks for; 1 if a case could not be measured."""
    options = _options()
    started, load = time.monotonic(), _load()
    found: list[Row] = []
    for case in CASES:
        if not options.only or case.name in options.only:
            print(f"{case.title} ...", file=sys.stderr)
            found += _measured(case, options.rounds, quick=options.quick)
    loads = {"before": load, "after": _load()}
    seconds = time.monotonic() - started
    print(text(found))
    print(f"\n{_verdict(found)}; {seconds:.0f} s; {_load_in_words(loads)}; {RESULT}")
    figures = {"seconds": seconds, "load": loads, "rows": [row.as_json() for row in found]}
    _write({**_surroundings(), **figures})
    return int(any(row.failed for row in found))


def _measured(case: Case, rounds: int, *, quick: bool) -> list[Row]:
    """Give the rows of a case; one that cannot be measured takes nothing from the others."""
    try:
        return list(rows(case, measure(case, rounds, quick=quick)))
    except (RuntimeError, TimeoutError) as error:
        traceback.print_exc()
        return [failure(case, error)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three minutes: fewer, and less")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"default {ROUNDS}")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[c.name for c in CASES])
    options = parser.parse_args()
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    return options


def _verdict(found: list[Row]) -> str:
    judged = [row.met for row in found if row.met is not None]
    return f"{sum(judged)} of {len(judged)} targets met"


def _load() -> float | None:
    """How many processes wanted a processor in the last minute; None where nobody counts them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _load_in_words(loads: dict[str, float | None]) -> str:
    told = ", ".join(f"{load:.1f} {when}" for when, load in loads.items() if load is not None)
    return f"load {told or 'unknown'} on {os.cpu_count()} processors"


def _surroundings() -> dict[str, Any]:
    packages = ("ipymod", "ipython", "ipykernel", "jupyter_client", "pyzmq", "tornado")
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "versions": {"python": sys.version, **{name: version(name) for name in packages}},
    }


def _write(result: dict[str, Any]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
