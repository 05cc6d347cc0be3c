"""What a cell pays that has nothing to do with ipymod, beside another extension that looks."""

from collections.abc import Iterator

from places import crowded
from registry import Case, Sample, Target
from setting import Setting

MOST = 0.2  # ms
OURS, AUTORELOAD = "ipymod", "%autoreload 2"

# A cell of formulas, with all that a look at its text has to tell from a line for a shell.
_CELL = """
rows = [index % 7 for index in range(20)]
text = "100%" if rows != [] else "!pip install x"
names = {"a": 1, "b": 2}
def total(values):
    return sum(value for value in values if value != 3)
answer = total(rows) - names["a"] % 2
"""
_READY = """
import pandas, sklearn.linear_model, matplotlib.pyplot, sympy, networkx
"""
# With and without in turns: the noise of a cell is larger than what either hook costs.
_KEEP = "{name} = {{k: list(v) for k, v in get_ipython().events.callbacks.items()}}"
_RESTORE = """
for _event, _each in _without.items():  # not every extension takes its own away
    get_ipython().events.callbacks[_event][:] = _each
"""
_TIME = """
import time
shell = get_ipython()
def once(callbacks):
    for event, each in callbacks.items():
        shell.events.callbacks[event][:] = each
    start = time.perf_counter()
    shell.run_cell({cell!r})
    return time.perf_counter() - start
pairs = [(once(_without), once(_with)) for _ in range(200)]
alone = sorted(one for one, _ in pairs)[100]
seconds = sorted(two - one for one, two in pairs)[100]
"""
_AROUND = {
    OURS: ("%load_ext ipymod", "%unload_ext ipymod"),
    AUTORELOAD: ("%reload_ext autoreload\n%autoreload 2", "%autoreload 0"),
}
_REST = 1.0  # seconds; by then the first look is taken


def ready(setting: Setting) -> None:
    """Load what people load, and keep the callbacks of a kernel without extensions."""
    setting.cell(_READY)
    setting.cell(_KEEP.format(name="_without"))


def cell(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time a cell of formulas without an extension and with it; the median of 200 pairs."""
    before, after = _AROUND[peer]
    setting.cell(before)
    setting.kernel.idle(_REST)
    setting.cell("1")  # whatever waits for a first cell
    setting.cell(_KEEP.format(name="_with"))
    yield Sample(f"{peer} adds", setting.told(_TIME.format(cell=_CELL)))
    yield Sample("the cell alone", 1000 * float(setting.kernel.value("alone")))
    setting.cell(after)
    setting.cell(_RESTORE)


CASES = (
    Case(
        "cell",
        "a cell of formulas",
        cell,
        tuple(_AROUND),
        ours=f"{OURS} adds",
        targets={f"{OURS} adds": Target(most=MOST)},
        interpreter=lambda _: crowded(),
        setup=ready,
    ),
)
