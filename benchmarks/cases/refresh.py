"""The look after an install, beside what answers a part of its questions.

The kernel has 140 distributions and has loaded 1,000 modules from packages. The look has two
parts, before the installer and behind it; a peer that compares does its work twice as well.
"""

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from live import environments
from places import crowded
from registry import Case, Sample, Target
from setting import Setting

MOST = 25  # ms, both parts together
MOST_OF_A_CELL = 0.2  # ms that a cell may cost which has nothing to do with this
MODULES = 1000

INSTALL = "pip installs tabulate"
REMOVE = "pip removes tabulate"
UPGRADE = "pip upgrades networkx"
AGAIN = "pip installs the same again"
METADATA = "importlib.metadata, two lists"
AUTORELOAD = "%autoreload, all modules"
CELL = "each cell"
SEEN = "a cell that imported"

# What is done before and to be looked at then.
WORK = {
    INSTALL: ("uninstall", "-y", "tabulate"),
    REMOVE: ("install", "tabulate==0.9.0"),
    UPGRADE: ("install", "networkx==3.4"),
    AGAIN: ("install", "networkx==3.4.2"),
}
THEN = {
    INSTALL: ("install", "tabulate==0.9.0"),
    REMOVE: ("uninstall", "-y", "tabulate"),
    UPGRADE: ("install", "networkx==3.4.2"),
    AGAIN: ("install", "--force-reinstall", "networkx==3.4.2"),
}
WHEELS = ("tabulate==0.9.0", "networkx==3.4", "networkx==3.4.2")

_LOADED = """
import networkx, pandas
import gc, importlib.metadata, subprocess, sys, time
"""
_FIRST = """
def first():
    global last
    gc.disable()  # as the hook does
    start = time.perf_counter()
    last = snapshot(sys.path, sys.modules)
    seconds = time.perf_counter() - start
    gc.enable()
    return seconds

start = time.perf_counter()
from ipymod.refresh import Imports, after, make_importable, sentence, seen, snapshot, untouched
loading = time.perf_counter() - start
imports = Imports()
imports.watch()
seconds = first()
"""
_LOOK = """
def pip(*words):
    quiet = ["-q", "--disable-pip-version-check", "--no-deps", "--no-index", "--find-links", {at!r}]
    words = [words[0], *(quiet if words[0] == "install" else quiet[:2]), *words[1:]]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)

def look(first, then):
    global last, said
    pip(*first)
    last = after(last, sys.path, sys.modules, imports).now
    gc.disable()
    start = time.perf_counter()
    last = seen(last, sys.path, sys.modules, imports)
    seconds = time.perf_counter() - start
    gc.enable()
    pip(*then)
    gc.disable()
    start = time.perf_counter()
    change = after(last, sys.path, sys.modules, imports)
    make_importable(change)
    said = sentence(change)
    seconds += time.perf_counter() - start
    gc.enable()
    last = change.now
    return seconds
"""
_METADATA = """
def listed():
    start = time.perf_counter()
    for _ in range(2):
        found = importlib.metadata.distributions()
        versions = {each.metadata["Name"]: each.version for each in found}
    return time.perf_counter() - start

seconds = listed()
"""
_AUTORELOAD = """
def checked():
    start = time.perf_counter()
    reloader.check(check_all=True, do_reload=False)
    return time.perf_counter() - start

seconds = checked()
"""
# Around a cell it is the time of the processor that counts: whoever asks the disk lets the threads
# run that send what the cell before has shown, and they would run anyway.
_CELL = """
def around():
    global last
    start = time.thread_time()
    nothing = untouched(last, sys.path)
    last = seen(last, sys.path, sys.modules, imports)
    seconds = time.thread_time() - start
    assert nothing
    return seconds

seconds = around()
"""
_SEEN = """
def after_import():
    global last, importing, count
    for name in [name for name in sys.modules if name.partition(".")[0] == "flask"]:
        del sys.modules[name]
    imports.taken()
    start = time.thread_time()
    import flask
    importing = time.thread_time() - start
    count = len(imports.began)
    start = time.thread_time()
    last = seen(last, sys.path, sys.modules, imports)
    return time.thread_time() - start

seconds = after_import()
"""


@cache
def own() -> str:
    """The interpreter of a copy of the environment with 140 distributions, by hard links."""
    source = Path(crowded()).parents[1]
    prefix = source.with_name(f"refresh-{source.name}")
    with environments.locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            try:
                shutil.copytree(source, prefix, symlinks=True, copy_function=os.link)
            except OSError:  # a file system without them
                shutil.rmtree(prefix, ignore_errors=True)
                shutil.copytree(source, prefix, symlinks=True)
    return environments.interpreter(prefix)


def interpreter(_: str) -> str:
    """Give that of an environment whose packages may be replaced."""
    return own()


def loaded(setting: Setting) -> None:
    """Fetch what will be installed, load a thousand modules, and take the first look."""
    at = setting.folder / "wheels"
    fetch = ("download", "-q", "--disable-pip-version-check", "--no-deps", "-d", str(at))
    setting.process(setting.python, "-m", "pip", *fetch, *WHEELS[:2])
    setting.process(setting.python, "-m", "pip", *fetch, *WHEELS[2:])
    setting.process(setting.python, "-m", "pip", "install", "-q", "--no-deps", WHEELS[2])
    setting.cell(_LOADED)
    setting.cell(_FIRST)
    setting.cell(_LOOK.format(at=str(at)))
    setting.cell("%load_ext autoreload\n%autoreload 2")
    find = "[each for each in get_ipython().events.callbacks['pre_run_cell'] if"
    own = "type(getattr(each, '__self__', None)).__name__ == 'AutoreloadMagics']"
    setting.cell(f"reloader = {find} {own}[0].__self__._reloader\n%autoreload 0")
    if int(setting.kernel.value("len(last.loaded)")) < MODULES:
        raise RuntimeError(f"fewer than {MODULES} modules are loaded")


def look(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time both parts of the look, or what a peer does."""
    codes = {METADATA: _METADATA, AUTORELOAD: _AUTORELOAD}
    if peer in codes:
        yield Sample(peer, setting.told(codes[peer]))
        return
    milliseconds = setting.told(f"seconds = look({WORK[peer]!r}, {THEN[peer]!r})")
    yield Sample(peer, milliseconds, words=_said(setting))


def _said(setting: Setting) -> str:
    """Tell what it was about, so that nobody compares the time of an error."""
    counts = "f'{len(last.installed)} distributions, {len(last.loaded)} modules'"
    return f"{setting.kernel.value(counts)}; {setting.kernel.value('said')}"


def cell(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time what is done around a cell that installs nothing."""
    if peer == SEEN:
        milliseconds = setting.told(_SEEN)
        importing = 1000 * float(setting.kernel.value("importing"))
        count = setting.kernel.value("count")
        yield Sample(SEEN, milliseconds, words=f"flask: {count} modules in {importing:.0f} ms")
    else:
        code = {CELL: _CELL, AUTORELOAD: _AUTORELOAD.replace("perf_counter", "thread_time")}[peer]
        yield Sample(peer, setting.told(code))


def first(setting: Setting, _: str) -> Iterator[Sample]:
    """Time what is done once, while the kernel is idle."""
    setting.cell(_LOADED)
    yield Sample("first look", setting.told(_FIRST))
    yield Sample("import ipymod.refresh", 1000 * float(setting.kernel.value("loading")))


_ONCE = "new kernel"

CASES = (
    Case(
        "refresh",
        "the look after an install",
        look,
        (*WORK, METADATA, AUTORELOAD),
        UPGRADE,
        dict.fromkeys(WORK, Target(most=MOST)),
        interpreter=interpreter,
        setup=loaded,
    ),
    Case(
        "refresh-cell",
        "around a cell that installs nothing",
        cell,
        (CELL, SEEN, AUTORELOAD),
        CELL,
        {CELL: Target(most=MOST_OF_A_CELL)},
        interpreter=interpreter,
        setup=loaded,
    ),
    Case(
        "refresh-first",
        "the first look of a kernel",
        first,
        (_ONCE,),
        rounds={_ONCE: 5},
        interpreter=interpreter,
        fresh=True,
    ),
)
