"""What a command on PATH would start: read from files, beside asking the command itself."""

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from live import environments
from registry import Case, Sample, Target
from setting import Setting

from cases.whichpip import VERSIONS, interpreter, versions

OURS = "resolved"
SLOWEST = "resolved: the slowest"
VERSION = "pip --version"
FEW = 3  # launchers in a quick run

# Surroundings remember what was found with them, so each time has new ones.
_READY = """
from time import perf_counter
from ipymod.launchers import Surroundings, command
from ipymod.report.model import NAMES

def of_three(names, *folders):
    times = []
    for _ in range(3):
        here = Surroundings.now()
        here = here.with_path([*folders, *here.path])
        start = perf_counter()
        for name in names:
            command(name, here)
        times.append(perf_counter() - start)
    return 1000 * sorted(times)[1]
"""

# -- the pips of this machine

Folders = Callable[[Setting], list[str]]


def _on_path(setting: Setting) -> list[str]:
    return setting.variables["PATH"].split(os.pathsep)


def _of_pyenv(_: Setting) -> list[str]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return [str(root / "shims"), *sorted(map(str, root.glob("versions/*/bin")))]


def _of_tests(_: Setting) -> list[str]:
    return sorted(map(str, environments.FOLDER.glob("*/bin")))


@cache
def _works(pip: str) -> bool:
    """Whether there is one that can say its version; the others cannot be compared."""
    try:
        asked = subprocess.run([pip, "--version"], check=False, capture_output=True)
    except OSError:
        return False
    return asked.returncode == 0


# -- the cases


def each(folders: Folders, setting: Setting, peer: str) -> Iterator[Sample]:
    """Time every pip of a kind: what it would start, and what it says itself."""
    there = [path for path in dict.fromkeys(folders(setting)) if _works(os.path.join(path, "pip"))]
    there = there[: FEW if setting.quick else None]
    if peer == VERSION:
        pips = (os.path.join(path, "pip") for path in there)
        yield from (Sample(peer, setting.process(pip, "--version")) for pip in pips)
        return
    times = {path: _resolved(setting, f"['pip'], {path!r}") for path in there}
    yield from (Sample(OURS, time, words=f"{len(times)} pips") for time in times.values())
    for slowest in sorted(times, key=times.__getitem__)[-1:]:
        yield Sample(SLOWEST, times[slowest], words=os.path.join(slowest, "pip"))


def _resolved(setting: Setting, arguments: str) -> float:
    return float(setting.kernel.value(f"of_three({arguments})"))


def together(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time all commands of the report."""
    if peer == VERSIONS:
        yield versions(setting)
    else:
        yield Sample(OURS, _resolved(setting, "NAMES"))


def _ready(setting: Setting) -> None:
    setting.cell(_READY)


def _kind(name: str, title: str, folders: Folders) -> Case:
    return Case(
        name,
        title,
        partial(each, folders),
        (OURS, VERSION),
        OURS,
        {OURS: Target(most=1), VERSION: Target(times=1 / 50)},
        {VERSION: 3},
        interpreter=interpreter,
        setup=_ready,
    )


CASES = (
    _kind("pips-on-path", "a pip on PATH", _on_path),
    _kind("pips-of-pyenv", "a pip of pyenv: shim, versions", _of_pyenv),
    _kind("pips-of-tests", "a pip of an environment", _of_tests),
    Case(
        "commands",
        "the report's commands",
        together,
        (OURS, VERSIONS),
        OURS,
        {VERSIONS: Target(times=1 / 50)},
        {VERSIONS: 5},
        interpreter=interpreter,
        setup=_ready,
    ),
)
