"""GATHER: another process: what it was started as, where, and with which variables.

`/proc/PID/exe` is of no use: it leads through the links of an environment to the base.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.launchers import Surroundings, files, find_on_path
from ipymod.launchers.steps import is_python

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROC = "/proc"
_MOST = 1 << 20  # bytes of a command line or of variables


@dataclass(frozen=True)
class Process:
    """A process as it was started.

    Attributes:
        pid: its number.
        argv: its command line, never empty.
        cwd: its working directory now.
        variables: its environment variables when it was started.
    """

    pid: int
    argv: tuple[str, ...]
    cwd: str
    variables: Mapping[str, str]

    def around(self, here: Surroundings) -> Surroundings:
        """What it sees of the machine; `here` is what we see."""
        separator = ";" if here.windows else ":"
        path = self.variables.get("PATH")
        home = self.variables.get("USERPROFILE" if here.windows else "HOME") or here.home
        seen = Surroundings(here.path, self.cwd, dict(self.variables), home, here.system)
        return seen if path is None else replace(seen, path=tuple(path.split(separator)))

    def python(self, here: Surroundings) -> str:
        """Its `sys.executable`; empty if it is no Python or that is not to be told."""
        around = self.around(here)
        word = self.argv[0]
        if not is_python(word):
            return ""
        if "/" in word or (here.windows and "\\" in word):
            path = os.path.normpath(around.absolute(word))
        else:
            path = next(iter(find_on_path(word, around)), "")
        return path if path and self._is_run_by(path, here) else ""

    def _is_run_by(self, path: str, here: Surroundings) -> bool:
        """Whether the program that runs is behind that path, where the system tells."""
        try:
            program = os.readlink(f"{_PROC}/{self.pid}/exe")
        except OSError:
            return files.kind(path) == "file"
        program = program.removesuffix(" (deleted)")
        return here.system != "Linux" or os.path.realpath(path) == program


def process(pid: int, here: Surroundings) -> Process | None:
    """A process; None if it has ended or belongs to somebody else."""
    if here.system == "Linux" and os.path.isdir(_PROC):
        return _from_proc(pid)
    return _from_psutil(pid)


def parent(here: Surroundings) -> int:
    """The number of the process that started this kernel, as Jupyter tells it; 0 if unknown."""
    told = here.variables.get("JPY_PARENT_PID", "")
    if not here.windows:
        return int(told) if told.isascii() and told.isdigit() and int(told) > 1 else 0
    # There the variable holds a handle, and an environment's python.exe stands in between.
    return _parent_beyond_the_redirector() if told else 0


def started() -> float:
    """When this process was started, seconds since the epoch; 0 where nobody tells."""
    if sys.platform == "win32":
        return _started_by_psutil()
    try:
        with open(f"{_PROC}/self/stat", "rb") as file:
            ticks = int(file.read(_MOST).rpartition(b")")[2].split()[19])
        with open(f"{_PROC}/stat", "rb") as file:
            booted = int(file.read(_MOST).partition(b"btime ")[2].split()[0])
        return booted + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return _started_by_psutil()


def _started_by_psutil() -> float:
    psutil = _psutil()
    if psutil is None:
        return 0.0
    try:
        return float(psutil.Process().create_time())
    except (psutil.Error, OSError):
        return 0.0


def _from_proc(pid: int) -> Process | None:
    try:
        with open(f"{_PROC}/{pid}/cmdline", "rb") as file:
            words = file.read(_MOST)
        with open(f"{_PROC}/{pid}/environ", "rb") as file:
            pairs = file.read(_MOST)
        cwd = os.readlink(f"{_PROC}/{pid}/cwd")
    except OSError:
        return None
    argv = tuple(map(os.fsdecode, words.rstrip(b"\0").split(b"\0")))
    split = (os.fsdecode(pair).partition("=") for pair in pairs.split(b"\0") if b"=" in pair)
    variables = {name: text for name, _, text in split}
    return Process(pid, argv, cwd, variables) if argv[0] else None


def _psutil() -> Any:
    """The module, if Jupyter brought it; it loads slowly, so only where there is no `/proc`."""
    try:
        import psutil
    except ImportError:
        return None
    return psutil


def _from_psutil(pid: int) -> Process | None:
    psutil = _psutil()
    if psutil is None:
        return None
    try:
        one = psutil.Process(pid)
        argv, cwd, variables = tuple(one.cmdline()), one.cwd(), one.environ()
    except (psutil.Error, OSError):
        return None
    return Process(pid, argv, cwd, variables) if argv else None


def _parent_beyond_the_redirector() -> int:
    """The nearest process above that has another command line than this one."""
    psutil = _psutil()
    if psutil is None:
        return 0
    try:
        this = psutil.Process()
        above = [each for each in this.parents() if each.cmdline()[1:] != this.cmdline()[1:]]
    except (psutil.Error, OSError):
        return 0
    return above[0].pid if above else 0
