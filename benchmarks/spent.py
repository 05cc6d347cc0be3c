"""What a process takes: time on the clock, time of all processors, memory."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registry import Sample
from setting import FOUND_SOMETHING, MODULES, Setting

CPU = "ms of CPU"  # a unit of its own: it is not compared with time on the clock


@dataclass(frozen=True)
class Spent:
    """What a process has taken, and all that it has waited for.

    Attributes:
        wall: milliseconds until it had ended.
        cpu: milliseconds of all processors.
        peak: the most memory of the largest of these processes, in MB.
        status: with which it ended.
        broke: whether it has shown a traceback of Python.
        lines: how many it has printed.
        last: the last of them.
    """

    wall: float
    cpu: float
    peak: float
    status: int
    broke: bool
    lines: int
    last: str

    def samples(self, row: str) -> Iterator[Sample]:
        """Give both times as rows."""
        yield Sample(row, self.wall, words=f"{self.lines:,} lines; {self.last[:60]}")
        yield Sample(f"{row}: CPU", self.cpu, CPU)


def spent(setting: Setting, *command: str, folder: Path | None = None) -> Spent:
    """Start a command in a folder as a shell would, and wait for its end.

    Raises:
        RuntimeError: it failed, so its figures mean nothing.
    """
    program = setting.which(command[0]) or command[0]
    words = [setting.python, "-I", "-S", str(MODULES / "spent.py"), program, *command[1:]]
    variables = {**os.environ, **setting.variables}
    place = folder or setting.folder
    ended = subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=place, env=variables)
    told = Spent(**json.loads(ended.stdout))
    if told.broke or told.status not in {0, FOUND_SOMETHING}:
        raise RuntimeError(f"{command} ends with {told.status}: {told.last}")
    return told
