"""Run cells and notebooks in the real kernel of JupyterLite, in Node and without a browser.

`python tests/pyodide_notebooks.py NOTEBOOK.ipynb ...` shows what each cell gives there, with the
replacements that tools/lite.py makes; its status is 1 if a cell has failed.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environments import FOLDER, REPOSITORY, environment, locked

if TYPE_CHECKING:
    from collections.abc import Sequence

TOOL = REPOSITORY / "tools" / "lite.py"
SCRIPT = Path(__file__).with_name("pyodide_kernel.mjs")
LOAD = "%pip install ipymod\n%load_ext ipymod"
SECONDS = 300

Output = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What a cell gave: its messages, as nbformat writes outputs."""

    outputs: tuple[Output, ...]

    @property
    def text(self) -> str:
        """All of it as text, without colours of tracebacks."""
        return "".join(map(_text, self.outputs))

    @property
    def error(self) -> str:
        """The kind and the text of the error that it ended with; empty if it did not."""
        errors = [each for each in self.outputs if each["output_type"] == "error"]
        return f"{errors[-1]['ename']}: {errors[-1]['evalue']}" if errors else ""


def _text(output: Output) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}\n"
    return f"{output['data'].get('text/plain', output['data'])}\n"


def run_cells(cells: Sequence[str], beside: Path | None = None) -> list[Told]:
    """Run these cells one after the other, in a kernel of their own.

    Args:
        cells: their sources.
        beside: a folder that the kernel starts in; it gets a copy.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        _tool("--wheel", str(here / "wheels"))
        shutil.copytree(beside, here / "drive") if beside else (here / "drive").mkdir()
        (here / "cells.json").write_text(json.dumps(list(cells)), "utf-8")
        places = [here / "wheels", here / "drive", here / "cells.json"]
        told = _node(str(parts()), *map(str, places))
    return [Told(tuple(outputs)) for outputs in told]


def parts() -> Path:
    """The folder with Pyodide and wheels, made once for what the tool gathers."""
    tool = runpy.run_path(str(TOOL))
    gathered = [tool[name] for name in ("LISTED", "OTHERS", "NEEDLESS")]
    release = json.loads(tool["TARGETS"].read_text("utf-8"))["pyodide"]["release"]
    wanted = repr((*map(sorted, gathered), release, environment("lite")))
    folder = FOLDER / f"lite-parts-{hashlib.sha256(wanted.encode()).hexdigest()[:10]}"
    with locked(folder.with_suffix(".lock")):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _tool("--parts", str(folder))
            (folder / "ready").touch()
    return folder


def _tool(*words: str) -> str:
    command = [environment("lite"), str(TOOL), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _node(*words: str) -> list[list[Output]]:
    node = shutil.which("node")
    assert node, "node is not on PATH"
    command = [node, str(SCRIPT), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    said, mark, answers = done.stdout.rpartition("ANSWERS ")
    assert mark, f"{said}{done.stderr}"
    told: list[list[Output]] = json.loads(answers)
    return told


def run_notebooks(*paths: Path) -> list[tuple[str, Told]]:
    """Run notebooks of one folder as the site has them, in one kernel; by the ids of the cells."""
    books = [json.loads(_tool("--notebook", str(path))) for path in paths]
    cells = [cell for book in books for cell in book["cells"] if cell["cell_type"] == "code"]
    told = run_cells(["".join(cell["source"]) for cell in cells], paths[0].parent)
    return [(cell["id"], each) for cell, each in zip(cells, told, strict=True)]


def main(paths: Sequence[str]) -> int:
    """Show what the cells of these notebooks give."""
    failed = False
    for path in paths:
        for name, told in run_notebooks(Path(path)):
            print(f"--- {name}\n{told.text}".rstrip("\n"))  # noqa: T201  a command
            failed |= bool(told.error)
    return int(failed)


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    sys.exit(main(sys.argv[1:]))
