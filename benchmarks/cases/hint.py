"""The word after a failed import, in a kernel with 140 distributions and other environments."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from live import Output, environments
from places import crowded, grown
from registry import Case, Sample, Target
from setting import Setting

MOST = 60  # ms, the first one included

# What fails, and what stands in the word on it; of the last one nothing is known.
FAILS = {
    "another name: cv2": ("import cv2", "opencv-python"),
    "a part: rich.nothing": ("import rich.nothing", "rich"),
    "elsewhere: made_0001": ("import made_0001", "not in this kernel"),
    "misspelt: pandsa": ("import pandsa", "did you mean pandas"),
    "taken out: imp": ("import imp", "importlib"),
    "unknown": ("import qzzt_of_nobody", ""),
}
AGAIN = 3

_HINT = """
import gc, time
try:
    {code}
except ImportError as failed:
    error = failed
gc.disable()  # as the hook does
start = time.perf_counter()
from ipymod.hints import hint
said = hint(error)
seconds = time.perf_counter() - start
gc.enable()
"""


def interpreter(_: str) -> str:
    """Give that of the environment with 140 distributions."""
    return crowded()


def others_around(setting: Setting) -> None:
    """Let commands, kernelspecs and a project lead to other environments."""
    elsewhere = Path(grown(30))
    setting.put_on_path([elsewhere.parent])
    setting.variables["JUPYTER_PATH"] = str(setting.folder / "jupyter")
    for name in ("colab", "ipython8"):
        spec = setting.folder / "jupyter" / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [environments.environment(name), "-m", "ipykernel_launcher"]
        spec.write_text(json.dumps({"argv": argv, "display_name": name, "language": "python"}))
    (setting.folder / "pyproject.toml").write_text("[project]\nname = 'measured'\n", "utf-8")
    project = Path(environments.environment("ipython9")).parents[1]
    (setting.folder / ".venv").symlink_to(project)


def hint(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time the word itself, first and again, where all that is said of it is right."""
    setting.cell("%load_ext ipymod")
    yield Sample(f"{peer}: first", _told(setting, peer))
    yield from (Sample(f"{peer}: again", _told(setting, peer)) for _ in range(AGAIN))


def _told(setting: Setting, peer: str) -> float:
    code, expected = FAILS[peer]
    milliseconds = setting.told(_HINT.format(code=code))
    said = str(setting.kernel.value("said"))
    if expected not in said or bool(expected) != bool(said):
        raise RuntimeError(f"{code} gives {said!r}")
    return milliseconds


def below(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time what a user sees: from the traceback to the word below it."""
    setting.cell("%load_ext ipymod")
    yield Sample(f"{peer}: first", _waited(setting, peer))
    yield from (Sample(f"{peer}: again", _waited(setting, peer)) for _ in range(AGAIN))


def _waited(setting: Setting, peer: str) -> float:
    seen: dict[str, float] = {}

    def look(output: Output) -> None:
        if output.error:
            seen.setdefault("traceback", time.perf_counter())
        if output.displays:
            seen.setdefault("word", time.perf_counter())

    setting.kernel.run(FAILS[peer][0], while_running=look)
    return 1000 * (seen["word"] - seen["traceback"])


def _targets(peers: tuple[str, ...]) -> dict[str, Target]:
    rows = (f"{peer}: {when}" for peer in peers for when in ("first", "again"))
    return dict.fromkeys(rows, Target(most=MOST))


_SAID = tuple(peer for peer, (_, expected) in FAILS.items() if expected)

CASES = (
    Case(
        "hint",
        "a word on a failed import",
        hint,
        tuple(FAILS),
        targets=_targets(tuple(FAILS)),
        interpreter=interpreter,
        setup=others_around,
        fresh=True,
    ),
    Case(
        "hint-below",
        "the traceback until the word",
        below,
        _SAID[:2],
        targets=_targets(_SAID[:2]),
        interpreter=interpreter,
        setup=others_around,
        fresh=True,
    ),
)
