"""What is paid once in a kernel: the extension, the first run, the first TAB; and questions."""

from collections.abc import Iterator

import psutil
from peers import OURS
from registry import Case, Sample, Target
from setting import Setting

MB = 1_000_000

_LOAD = """
import sys, time
before = set(sys.modules)
start = time.perf_counter()
get_ipython().extension_manager.load_extension("ipymod")
seconds = time.perf_counter() - start
new = sorted(set(sys.modules) - before)
"""
_GUARDIAN = """
import os, subprocess, sys, time
from ipymod.run.guard import Guard
child = subprocess.Popen([sys.executable, "-c", ""], process_group=0)
guard = Guard()
start = time.perf_counter()
guard.watch(child.pid)
seconds = time.perf_counter() - start
_ = child.wait()
"""
_TAB = """
import time
start = time.perf_counter()
_ = get_ipython().kernel.do_complete("%pymod js", 9)
seconds = time.perf_counter() - start
"""


def _loaded(setting: Setting) -> None:
    setting.cell("%load_ext ipymod")


def load(setting: Setting, _: str) -> Iterator[Sample]:
    """Time the extension, and say what it imports."""
    yield Sample("load_extension", setting.told(_LOAD))
    new = list(map(str, setting.kernel.value("new")))
    others = [name for name in new if name.partition(".")[0] != "ipymod"]
    yield Sample("modules, ours", len(new) - len(others), "modules", ", ".join(new))
    yield Sample("modules, others'", len(others), "modules", ", ".join(others))


def first(setting: Setting, _: str) -> Iterator[Sample]:
    """Time the first run in a kernel, with all that it imports and starts, and the second."""
    _loaded(setting)
    yield Sample("first run", 1000 * setting.cell("%pymod nothing").seconds)
    yield Sample(OURS, 1000 * setting.cell("%pymod nothing").seconds)
    guardians = [p for p in setting.kernel.offspring() if "guardian.py" in " ".join(p.cmdline())]
    yield from (Sample("guardian: memory", _own(p) / MB, "MB") for p in guardians)
    yield Sample("guardian: start", setting.told(_GUARDIAN))


def _own(process: psutil.Process) -> int:
    """Give the bytes that would be free without it, or, where that is unknown, all its bytes."""
    memory = process.memory_full_info()
    return int(getattr(memory, "uss", memory.rss))


def tab(setting: Setting, _: str) -> Iterator[Sample]:
    """Time TAB as the kernel answers it."""
    _loaded(setting)
    yield Sample("first TAB", setting.told(_TAB))
    yield Sample("TAB again", setting.told(_TAB))


def question(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time a line that runs no module."""
    yield Sample(peer, 1000 * setting.cell(peer).seconds)


_KERNEL = "new kernel"

CASES = (
    Case(
        "load",
        "%load_ext ipymod",
        load,
        (_KERNEL,),
        targets={"load_extension": Target(most=10), "modules, others'": Target(most=0)},
        fresh=True,
    ),
    Case(
        "first",
        "first run in a kernel",
        first,
        (_KERNEL,),
        OURS,
        rounds={_KERNEL: 5},
        fresh=True,
    ),
    Case("tab", "TAB after %pymod", tab, (_KERNEL,), rounds={_KERNEL: 5}, fresh=True),
    Case(
        "questions",
        "no module is run",
        question,
        ("%pymod --explain http.server", "%pymod --list"),
        rounds={"%pymod --list": 5},
        setup=_loaded,
    ),
)
