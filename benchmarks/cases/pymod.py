"""A module in the kernel's interpreter: how long it takes, and how soon its output is seen."""

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from live import Output
from modules.lines import lines
from peers import BANG, OURS, PEERS, PIP, RUN, SCRIPT, SUBPROCESS, TTY
from registry import Case, Sample, Target
from setting import Setting

MB = 1_000_000
LINE = 100  # bytes
_STAMP = re.compile(r"(\d+\.\d{6});")


# -- a module that does nothing


def nothing(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time the whole cell, often: it is short, and the machine may be busy."""
    for _ in range(1 if setting.quick else 3):
        yield Sample(peer, 1000 * setting.cell(PEERS[peer]("nothing", "")).seconds)


# -- from print to the client


class _Arrivals:
    """Compares the stamps that a module prints with the clock, as soon as they arrive."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self._taken = 0
        self._text = ""

    def __call__(self, output: Output) -> None:
        now = time.time()
        self._text += "".join(text for _, _, text in output.streams[self._taken :])
        self._taken = len(output.streams)
        stamps = _STAMP.findall(self._text)
        self._text = self._text.rpartition(";")[2]
        self.delays += [now - float(stamp) for stamp in stamps]


def _latency(manner: str, setting: Setting, peer: str) -> Iterator[Sample]:
    arrivals = _Arrivals()
    count = 4 if setting.quick else 8
    cell = PEERS[peer]("stamps", f"{count} {manner}")
    setting.kernel.run(cell, answers=[], while_running=arrivals)
    if len(arrivals.delays) != count:
        raise RuntimeError(f"{peer}: {len(arrivals.delays)} stamps of {count} arrived")
    yield from (Sample(peer, 1000 * delay) for delay in arrivals.delays)


def flushed(setting: Setting, peer: str) -> Iterator[Sample]:
    """Measure lines that the module flushes."""
    yield from _latency("flushed", setting, peer)


def unflushed(setting: Setting, peer: str) -> Iterator[Sample]:
    """Measure lines that it does not flush."""
    yield from _latency("unflushed", setting, peer)


def unfinished(setting: Setting, peer: str) -> Iterator[Sample]:
    """Measure text without an end of line, which nobody flushes."""
    yield from _latency("unfinished", setting, peer)


# -- much output


def much(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time 20 MB of lines."""
    output = setting.cell(PEERS[peer]("lines", f"{20 * MB // LINE}"))
    yield Sample(peer, output.seconds, "s")
    _take_log(setting.folder)


def very_much(setting: Setting, peer: str) -> Iterator[Sample]:
    """Measure the kernel's memory during 1 GB of lines, and compare the log with them."""
    count = (100 if setting.quick else 1000) * MB // LINE
    with _growth(setting.kernel.pid) as grown:
        output = setting.cell(PEERS[peer]("lines", str(count)))
    size, digest = _take_log(setting.folder)
    complete = digest == _digest(count)
    yield Sample(f"{peer}: time", output.seconds, "s", f"{count * LINE // MB} MB of lines")
    yield Sample(f"{peer}: kernel grows", grown[0] / MB, "MB")
    yield Sample(f"{peer}: log lacks", 0 if complete else count * LINE - size or 1, "bytes")


def _take_log(folder: Path) -> tuple[int, str]:
    """Give the size and the sha256 of the log, if there is one, and remove it."""
    for log in folder.glob("ipymod-*.log"):
        with log.open("rb") as file:
            found = log.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
        log.unlink()
        return found
    return 0, ""


def _digest(count: int) -> str:
    digest = hashlib.sha256()
    for line in lines(count):
        digest.update(line.encode())
    return digest.hexdigest()


@contextmanager
def _growth(pid: int) -> Iterator[list[int]]:
    """Give by how many bytes the process grew at most while the block ran; set at its end."""
    process, ended, grown = psutil.Process(pid), threading.Event(), [0]
    before = process.memory_info().rss

    def watch() -> None:
        while not ended.wait(0.02):
            grown[0] = max(grown[0], process.memory_info().rss - before)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield grown
    finally:
        ended.set()
        thread.join()


# -- before


def _ready(setting: Setting) -> None:
    """Let every peer import what it needs."""
    setting.cell("%load_ext ipymod\nimport sys")
    for cell in PEERS.values():
        setting.cell(cell("nothing", ""))


def _large(setting: Setting) -> None:
    """Make the kernel's memory large before."""
    setting.cell("ballast = [bytearray(4096) for _ in range(2 << 18)]")
    _ready(setting)


_STREAMED = {OURS: Target(most=5)}
_ALL = (OURS, SUBPROCESS, BANG, PIP, RUN, SCRIPT)
_SHORTER = dict.fromkeys(_ALL, 3)

CASES = (
    Case(
        "nothing",
        "no-op module",
        nothing,
        _ALL,
        OURS,
        {SUBPROCESS: Target(times=1.1), BANG: Target(times=1 / 3)},
        setup=_ready,
        notes={PIP: "%pip runs pip alone; this is the call it makes", RUN: "in the kernel itself"},
    ),
    Case(
        "large",
        "no-op, kernel of 2 GB",
        nothing,
        (OURS, SUBPROCESS, BANG),
        OURS,
        {SUBPROCESS: Target(times=1.1), BANG: Target(times=1 / 3)},
        setup=_large,
    ),
    Case(
        "flushed",
        "print to client, flushed",
        flushed,
        _ALL,
        OURS,
        _STREAMED,
        _SHORTER,
        setup=_ready,
        notes=dict.fromkeys(_ALL, "each stamp is a sample"),
    ),
    Case(
        "unflushed",
        "print to client, not flushed",
        unflushed,
        _ALL,
        OURS,
        _STREAMED,
        _SHORTER,
        setup=_ready,
    ),
    Case(
        "unfinished",
        'print to client, end=""',
        unfinished,
        _ALL,
        OURS,
        _STREAMED,
        _SHORTER,
        setup=_ready,
    ),
    Case(
        "much",
        "20 MB of lines",
        much,
        (OURS, TTY, SUBPROCESS, BANG, RUN),
        OURS,
        {SUBPROCESS: Target(times=1.3), BANG: Target(times=1 / 5)},
        {BANG: 3},
        setup=_ready,
        notes={
            OURS: "the cell shows 1 MB and the end, the log has all",
            SUBPROCESS: "output inherited: the cell gets all",
            BANG: "fewer rounds: it is slow",
            PIP: "not run: the same as !",
            SCRIPT: "not run: takes minutes",
        },
    ),
    Case(
        "very-much",
        "1 GB of lines",
        very_much,
        (OURS,),
        targets={f"{OURS}: kernel grows": Target(most=64), f"{OURS}: log lacks": Target(most=0)},
        rounds={OURS: 1},
        setup=_ready,
        notes={BANG: "not run: its memory and time are quadratic"},
    ),
)
