"""The tutorials as pages: executed by `ipymod run --write`, each in a fresh environment.

An environment holds ipymod, not editable, and what it needs: that of somebody who has installed
it just now. A notebook is executed again when it or ipymod has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from docs_pages import REPOSITORY, Pages, moved, toctree

NOTEBOOKS = REPOSITORY / "notebooks"
SOURCE = REPOSITORY / "src"
PROJECT = REPOSITORY / "pyproject.toml"
READ = {".py", ".json"}  # of the source, what a notebook may show
IN_BROWSER = ("1-", "2-", "4-")  # those that JupyterLite runs
APPLICATIONS = ("notebooks", "lab")  # of JupyterLite; the first is the plainer one
CELL_SECONDS = 120
GOAL = re.compile(r"\*\*Goal:\*\* (.+?\.)(?=\s|$)")
LEXER = "ipython3"  # knows lines that begin with % and !


class ExecutionFailed(Exception):  # noqa: N818  the notebook failed, we did not
    """A notebook of the tutorials does not run; its text is what `ipymod run` has told."""


def executed(folder: Path) -> list[Path]:
    """Give the executed notebooks, in reading order; several are executed at once.

    Raises:
        ExecutionFailed: at least one of them failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _of_ipymod()
    found = {path: folder / path.name for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    waiting = [path for path in found if _key(found[path]) != _wanted(path, known)]
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:  # a kernel waits as much as it runs
        told = pool.map(lambda path: _execute(path, found[path], _wanted(path, known)), waiting)
        failed = [text for text in told if text]
    if failed:
        raise ExecutionFailed("\n".join(failed))
    return list(found.values())


def keep(path: Path, folder: Path) -> None:
    """Take a notebook that was executed in a fresh environment elsewhere: by the tests.

    Args:
        path: the executed notebook, under the name that it has among the tutorials.
        folder: where `executed` looks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder)
    key = _wanted(NOTEBOOKS / path.name, _of_ipymod())
    (folder / path.name).with_suffix(".executed").write_text(key, "utf-8")


def _of_ipymod() -> str:
    """Tell this ipymod from others, by all that a notebook may show."""
    return digest(*(path for path in sorted(SOURCE.rglob("*")) if path.suffix in READ), PROJECT)


def digest(*paths: Path) -> str:
    """Tell contents from others."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _wanted(path: Path, known: str) -> str:
    return f"{digest(path)} {known}"


def _key(path: Path) -> str:
    """What a notebook and ipymod were when this was executed; empty if it was not."""
    try:
        return path.with_suffix(".executed").read_text("utf-8")
    except OSError:
        return ""


def _execute(path: Path, to: Path, key: str) -> str:
    """Execute one in a folder of its own; what `ipymod run` has told if it failed, else nothing."""
    with tempfile.TemporaryDirectory(prefix="tutorials-") as folder:
        course = Path(folder) / "course"
        shutil.copytree(NOTEBOOKS, course, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        scripts = fresh(course / ".venv")
        words = ("run", "--write", "--timeout", str(CELL_SECONDS), path.name)
        done = subprocess.run(
            [shutil.which("ipymod", path=scripts) or "ipymod", *words],
            env=activated(scripts),
            cwd=course,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            shutil.copy(course / path.name, to)
            to.with_suffix(".executed").write_text(key, "utf-8")
    print(f"{'FAILED' if done.returncode else 'executed'} {path.name}", flush=True)
    return done.stdout + done.stderr if done.returncode else ""


def fresh(prefix: Path) -> Path:
    """Make an environment with pip and ipymod; the folder of its commands."""
    uv = [sys.executable, "-m", "uv", "-q"]
    scripts = prefix / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    for words in (
        ("venv", "--seed", "--python", sys.executable, str(prefix)),
        ("pip", "install", "--python", str(python), str(REPOSITORY)),
    ):
        subprocess.run([*uv, *words], check=True)
    return scripts


def activated(scripts: Path) -> dict[str, str]:
    """Give the variables of a shell in which the environment is activated."""
    theirs = {"PYTHONPATH", "PYTHONHOME", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "COLUMNS"}
    kept = {name: value for name, value in os.environ.items() if name not in theirs}
    path = os.pathsep.join([str(scripts), kept.get("PATH", os.defpath)])
    return kept | {"PATH": path, "VIRTUAL_ENV": str(scripts.parent)}


def pages(paths: list[Path], lite: Path) -> Pages:
    """Give the executed notebooks and their list.

    Args:
        paths: the executed notebooks, in reading order.
        lite: where the JupyterLite site is, if it was built.
    """
    app = next((name for name in APPLICATIONS if (lite / name / "index.html").exists()), "")
    found = {f"tutorials/{path.name}": _page(path, app) for path in paths}
    lines = [_listed(path) for path in paths]
    parts = ["# Tutorials", "In reading order; each of them is a notebook.", "\n".join(lines)]
    tree = toctree(path.stem for path in paths)
    return found | {"tutorials/index.md": "\n\n".join([*parts, tree]) + "\n"}


def _listed(path: Path) -> str:
    """One line of the list: the title, and the goal in a sentence."""
    told = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
    title = told.partition("\n")[0].removeprefix("# ")
    goal = GOAL.search(told)
    mark = "1." if path.stem[0].isdigit() else "*"
    return f"{mark} [{title}]({path.name})" + (f": {goal[1]}" if goal else "")


def _page(path: Path, app: str) -> str:
    notebook = json.loads(path.read_text("utf-8"))
    notebook["metadata"]["language_info"]["pygments_lexer"] = LEXER
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"]).replace("```python", f"```{LEXER}")
            cell["source"] = moved(text, f"notebooks/{path.name}", f"tutorials/{path.name}")
    if app and path.name.startswith(IN_BROWSER):
        notebook["cells"].insert(1, _try_it(path.name, app))
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def _try_it(name: str, app: str) -> dict[str, Any]:
    address = f"../lite/{app}/index.html?path={name}"  # nothing that Sphinx knows: HTML, no link
    words = f'<p class="try-it"><a href="{address}">Try it in your browser</a></p>'
    return {"cell_type": "markdown", "id": "try-it", "metadata": {}, "source": words}
