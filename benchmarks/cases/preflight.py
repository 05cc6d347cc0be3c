"""`ipymod run` on eight trivial notebooks, beside what else executes notebooks."""

import json
import shlex
from collections.abc import Iterator

from places import toolkit
from registry import Case, Sample, Target
from setting import MODULES, Setting
from spent import spent

OURS = "ipymod run"
NBMAKE, NBMAKE_2 = "pytest --nbmake", "pytest --nbmake -n2"
JUPYTER = "jupyter execute"
POOL = "a pool by hand"

COUNT = 8
CELLS = ("import os\nnumber = {}", "number * 2", "print(os.getcwd(), number)")
_COMMANDS = {
    OURS: "ipymod run lessons",
    NBMAKE: "pytest -q --nbmake lessons",
    NBMAKE_2: "pytest -q --nbmake -n2 lessons",
    JUPYTER: "jupyter execute {notebooks}",
    POOL: "python {pool} lessons",
}


def interpreter(_: str) -> str:
    """Give that of a lean environment that holds all peers."""
    return toolkit()


def lessons(setting: Setting) -> None:
    """Write the notebooks."""
    folder = setting.folder / "lessons"
    folder.mkdir()
    for number in range(1, COUNT + 1):
        text = json.dumps(_notebook(number), indent=1) + "\n"
        (folder / f"lesson_{number}.ipynb").write_text(text, "utf-8")


def _notebook(number: int) -> dict[str, object]:
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{at}",
            "metadata": {},
            "outputs": [],
            "source": source.format(number),
        }
        for at, source in enumerate(CELLS)
    ]
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


def executed(setting: Setting, peer: str) -> Iterator[Sample]:
    """Time a peer over all notebooks.

    Raises:
        RuntimeError: a notebook failed, or there was none.
    """
    notebooks = " ".join(f"lessons/lesson_{number}.ipynb" for number in range(1, COUNT + 1))
    pool = shlex.quote(str(MODULES / "pool.py"))
    words = shlex.split(_COMMANDS[peer].format(notebooks=notebooks, pool=pool))
    told = spent(setting, *words)
    if told.status:
        raise RuntimeError(f"{peer} ends with {told.status}: {told.last}")
    yield from told.samples(peer)


CASES = (
    Case(
        "preflight",
        "execute 8 trivial notebooks",
        executed,
        tuple(_COMMANDS),
        OURS,
        {NBMAKE: Target(times=0.5), NBMAKE_2: Target(times=2 / 3), POOL: Target(times=1.15)},
        dict.fromkeys((NBMAKE, NBMAKE_2, JUPYTER), 5),
        interpreter=interpreter,
        setup=lessons,
    ),
)
