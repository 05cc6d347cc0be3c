"""Pyodide is a place where no process can be started; Node runs the real one without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from typing import TYPE_CHECKING

import pytest

from environments import FOLDER, REPOSITORY, locked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is absent"),
]

RELEASE = "314.0.7"
SCRIPT = """
const {loadPyodide} = require("pyodide");
(async () => {
  const pyodide = await loadPyodide();
  for (const [name, root] of Object.entries(JSON.parse(process.argv[2]))) {
    pyodide.FS.mkdir("/" + name);
    pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, {root}, "/" + name);
  }
  pyodide.globals.set("cells", pyodide.toPy(JSON.parse(process.argv[3])));
  console.log("ANSWERS " + pyodide.runPython(`
import contextlib, io, json, sys
sys.path.insert(0, "/src")
sys.path.append("/site")
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
answers = {}
for cell in cells:
    with contextlib.redirect_stdout(io.StringIO()) as text, contextlib.redirect_stderr(text):
        done = shell.run_cell(cell)
    answers[cell] = [text.getvalue(), repr(done.error_in_exec), shell.user_ns.get("_exit_code")]
json.dumps(answers)
`));
})()
"""


def pyodide() -> Path:
    folder = FOLDER / f"pyodide-{RELEASE}"
    with locked(folder.with_suffix(".lock")):
        if not (folder / "ready").exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text("{}")
            install = ["npm", "install", "--no-fund", "--no-audit", f"pyodide@{RELEASE}"]
            subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
            (folder / "run.js").write_text(SCRIPT)
            (folder / "ready").touch()
    return folder


def run_cells(*cells: str) -> Mapping[str, tuple[str, str, int | None]]:
    mounts = {"site": sysconfig.get_path("purelib"), "src": str(REPOSITORY / "src")}
    command = ["node", "run.js", json.dumps(mounts), json.dumps(["%load_ext ipymod", *cells])]
    done = subprocess.run(
        command, cwd=pyodide(), check=True, capture_output=True, text=True, timeout=110
    )
    answers: Mapping[str, tuple[str, str, int | None]] = json.loads(
        done.stdout.partition("ANSWERS ")[2]
    )
    return answers


def test_pyodide_says_that_it_starts_no_process_and_runs_the_module_inside_the_kernel() -> None:
    body = '%%pymod json.tool\n{"a": 1}'
    answers = run_cells("%pymod this", body, "%pymod nosuchmodule", "%pymod --bg http.server")
    assert "no process can be started on emscripten" in answers["%pymod this"][0]
    assert "Beautiful is better than ugly." in answers["%pymod this"][0]
    assert '    "a": 1' in answers[body][0]
    assert "No module named nosuchmodule" in answers["%pymod nosuchmodule"][0]
    assert answers["%pymod nosuchmodule"][2] == 1
    assert "there are no jobs" in answers["%pymod --bg http.server"][1]


def test_a_program_in_a_cell_keeps_its_arguments_and_its_status_in_pyodide() -> None:
    program = "%%pymod - a 'b c'\nimport sys\nprint(sys.argv)\nsys.exit(3)"
    text, error, status = run_cells(program)[program]
    assert "['-', 'a', 'b c']" in text
    assert "exit status 3" in error
    assert status == 3
