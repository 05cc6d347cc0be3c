"""`%whichpip` in a kernel with 140 distributions, beside what answers a part of its questions."""

from collections.abc import Callable, Iterator

from places import crowded
from registry import Case, Sample, Target
from setting import Setting

from ipymod.report.model import NAMES

OURS = "%whichpip"
CELL = "%whichpip: whole cell"
UV = "uv pip check"
TOOLS = (UV, "pip check", "jupyter troubleshoot", "kernelcontract doctor")
VERSIONS = "each --version"

_REPORT = """
import time
start = time.perf_counter()
report = get_ipython().run_line_magic("whichpip", "")
forms = report._repr_mimebundle_()
seconds = time.perf_counter() - start
"""
AGAIN = 3  # reports in a row


def interpreter(_: str) -> str:
    """Give that of the environment with 140 distributions."""
    return crowded()


# -- the peers


def report(setting: Setting) -> float:
    """Time gathering, judging and all forms, inside the kernel."""
    return setting.told(_REPORT)


def cell(setting: Setting) -> float:
    """Time the cell that a user runs, until the kernel is idle."""
    return 1000 * setting.cell("%whichpip").seconds


def tool(setting: Setting, command: str) -> float:
    """Time a process that answers something similar."""
    return setting.process(*command.split())


def versions(setting: Setting) -> Sample:
    """Start each command that the report tells of, one after the other."""
    there = [name for name in NAMES if setting.which(name)]
    milliseconds = sum(setting.process(name, "--version") for name in there)
    return Sample(VERSIONS, milliseconds, words=", ".join(there))


_IN_KERNEL: dict[str, Callable[[Setting], float]] = {OURS: report, CELL: cell}

# -- the cases


def first(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time the first report of a kernel; the extension was loaded before."""
    if peer in TOOLS:
        yield Sample(peer, tool(setting, peer))
        return
    setting.cell("%load_ext ipymod")
    milliseconds = _IN_KERNEL[peer](setting)
    yield Sample(peer, milliseconds, words=_said(setting) if peer == OURS else "")


def _said(setting: Setting) -> str:
    """Tell what was reported, so that nobody compares the time of an error."""
    told = "f'{len(report.facts.packages.distributions)} distributions; {report.first_line}'"
    return str(setting.kernel.value(told))


def again(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time a report in a kernel that has made some."""
    if peer == VERSIONS:
        yield versions(setting)
    elif peer in TOOLS:
        yield Sample(peer, tool(setting, peer))
    else:
        yield from (Sample(peer, _IN_KERNEL[peer](setting)) for _ in range(AGAIN))


def _reported(setting: Setting) -> None:
    """Report once, and start once what is started later."""
    setting.cell("%load_ext ipymod")
    for peer in (OURS, CELL, UV, VERSIONS):
        list(again(setting, peer))


CASES = (
    Case(
        "whichpip",
        "first %whichpip in a kernel",
        first,
        (OURS, CELL, *TOOLS),
        OURS,
        {OURS: Target(most=55)},
        interpreter=interpreter,
        fresh=True,
    ),
    Case(
        "whichpip-again",
        "%whichpip again",
        again,
        (OURS, CELL, UV, VERSIONS),
        OURS,
        {OURS: Target(most=30), VERSIONS: Target(times=1 / 50)},
        {VERSIONS: 5},
        interpreter=interpreter,
        setup=_reported,
    ),
)
