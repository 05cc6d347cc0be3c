"""The tutorials as pages: executed by `ipymod run --write`, each in a fresh environment.

An environment holds ipymod, not editable, and what it needs: that of somebody who has installed
it just now. A notebook is executed again when it or ipymod has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from docs_pages import REPOSITORY, Pages, moved, toctree

NOTEBOOKS = REPOSITORY / "notebooks"
IN_BROWSER = ("1-", "2-", "4-")  # those that JupyterLite runs
LOOK_IN_LITE = ("notebooks", "lab")  # of its applications; the first is the plainer one
CELL_SECONDS = 120


class ExecutionFailed(Exception):  # noqa: N818  the notebook failed, we did not
    """A notebook of the tutorials does not run; its text is what `ipymod run` has told."""


def executed(folder: Path) -> list[Path]:
    """Execute all notebooks in copies there, several at once; those that changed, at least.

    Raises:
        ExecutionFailed: at least one of them failed.
    """
    copies(folder)
    paths = sorted(folder.glob("*.ipynb"))
    source = digest(*sorted((REPOSITORY / "src").rglob("*.py")), REPOSITORY / "pyproject.toml")
    waiting = [path for path in paths if not _is_done(path, source)]
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:  # a kernel waits as much as it runs
        told = [text for text in pool.map(_execute, waiting) if text]
    if told:
        raise ExecutionFailed("\n".join(told))
    for path in waiting:
        _key(path).write_text(_wanted(path, source), "utf-8")
    return paths


def copies(folder: Path) -> None:
    """Copy the notebooks and what lies beside them; those that are done and the same stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.ipynb"):
        if not (NOTEBOOKS / path.name).exists():
            path.unlink()
    for path in NOTEBOOKS.iterdir():
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
        elif not _key(folder / path.name).exists():
            shutil.copy(path, folder)


def digest(*paths: Path) -> str:
    """Tell contents from others."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _key(path: Path) -> Path:
    return path.with_name(f".{path.stem}.executed")


def _wanted(path: Path, source: str) -> str:
    return digest(NOTEBOOKS / path.name) + source


def _is_done(path: Path, source: str) -> bool:
    key = _key(path)
    if key.exists() and key.read_text("utf-8") == _wanted(path, source):
        return True
    key.unlink(missing_ok=True)
    shutil.copy(NOTEBOOKS / path.name, path)
    return False


def _execute(path: Path) -> str:
    """Execute one; what `ipymod run` has told if it failed, else nothing."""
    with tempfile.TemporaryDirectory(prefix="tutorials-") as folder:
        scripts = fresh(Path(folder) / "course")
        words = ("run", "--write", "--timeout", str(CELL_SECONDS), str(path))
        done = subprocess.run(
            [shutil.which("ipymod", path=scripts) or "ipymod", *words],
            env=activated(scripts),
            capture_output=True,
            text=True,
            check=False,
        )
    print(f"{'executed' if done.returncode == 0 else 'FAILED'} {path.name}", flush=True)
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
    app = next((name for name in LOOK_IN_LITE if (lite / name / "index.html").exists()), "")
    found = {f"tutorials/{path.name}": _page(path, app) for path in paths}
    lines = [_listed(path) for path in paths]
    parts = ["# Tutorials", "In reading order; each of them is a notebook.", "\n".join(lines)]
    tree = toctree(path.stem for path in paths)
    return found | {"tutorials/index.md": "\n\n".join([*parts, tree]) + "\n"}


def _listed(path: Path) -> str:
    mark = "1." if path.stem[0].isdigit() else "*"
    return f"{mark} [{title(json.loads(path.read_text('utf-8')))}]({path.name})"


def title(notebook: Any) -> str:
    """Give the first heading."""
    return "".join(notebook["cells"][0]["source"]).partition("\n")[0].removeprefix("# ")


def _page(path: Path, app: str) -> str:
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            place = f"notebooks/{path.name}", f"tutorials/{path.name}"
            cell["source"] = moved("".join(cell["source"]), *place)
    if app and path.name.startswith(IN_BROWSER):
        notebook["cells"].insert(1, _try_it(path.name, app))
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def _try_it(name: str, app: str) -> dict[str, Any]:
    address = f"../lite/{app}/index.html?path={name}"  # nothing that Sphinx knows: HTML, no link
    words = f'<p class="try-it"><a href="{address}">Try it in your browser</a></p>'
    return {"cell_type": "markdown", "id": "try-it", "metadata": {}, "source": words}
