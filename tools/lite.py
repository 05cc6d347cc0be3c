"""Build the site that runs the tutorials in a browser, without any server but one of files.

`python tools/lite.py` writes `build/lite`; with `--parts FOLDER` it writes only the two folders
that a kernel needs: Pyodide with the wheels that its own list knows, and the other wheels with
their index; with `--with FOLDER` it takes those that were made so. It needs npm, and the
dependency group `lite` in the Python that runs it.

Pyodide comes from its npm package, which brings no wheels: those come from the package index, and
since they were built there anew, the list gets their digests. What cannot be had so (all that is
compiled) is taken out of the list, so that nothing is ever fetched from another host.

A notebook serves desktop and browser alike: see `for_browser`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[1]
SITE = REPOSITORY / "build" / "lite"
NOTEBOOKS = ("1-tour", "2-python-m", "4-reading-whichpip", "reference")
TARGETS = REPOSITORY / "src" / "ipymod" / "data" / "targets.json"
# Of Pyodide's list: what its kernel is made of, what ipymod needs, and what tutorials run.
LISTED = ("ipython", "jedi", "micropip", "packaging", "tqdm", "pytest")
# Besides it: what the kernel needs, and what tutorials install.
OTHERS = ("comm", "cowsay", "snowballstemmer")
# Listed as needed by pytest, which has done without since version 7; the index has no such wheel.
NEEDLESS = frozenset({"atomicwrites", "more-itertools", "py", "setuptools", "six"})
BUILD = {"LiteBuildConfig": {"contents": ["files"], "apps": ["lab", "notebooks", "tree"]}}
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {"appName": "ipymod tutorials", "exposeAppInBrowser": True},
}
KERNEL = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"

Cell = dict[str, Any]
Book = dict[str, Any]


def main() -> None:
    """Build what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", type=Path, metavar="FOLDER", help="only what a kernel needs")
    parser.add_argument(
        "--notebook", type=Path, metavar="FILE", help="only show what becomes of it"
    )
    parser.add_argument("--wheel", type=Path, metavar="FOLDER", help="only ipymod's, and an index")
    parser.add_argument("--with", type=Path, metavar="FOLDER", dest="given", help="has the parts")
    parser.add_argument("--to", type=Path, default=SITE, metavar="FOLDER", help="of the site")
    asked = parser.parse_args()
    if asked.parts:
        parts(asked.parts)
    elif asked.notebook:
        print(json.dumps(for_browser(json.loads(asked.notebook.read_text("utf-8")))))
    elif asked.wheel:
        build_wheel(asked.wheel)
        index(asked.wheel)
    else:
        site(asked.to, asked.given)


def parts(folder: Path) -> None:
    """Gather Pyodide in `pyodide`, and the wheels that it does not list in `wheels`."""
    gather_pyodide(folder / "pyodide")
    (folder / "wheels").mkdir(parents=True)
    download(OTHERS, folder / "wheels")
    for wheel in (Path(sys.prefix) / KERNEL).glob("*.whl"):
        shutil.copy(wheel, folder / "wheels")
    index(folder / "wheels")


def gather_pyodide(folder: Path) -> None:
    """Put the npm package there, with the wheels of `LISTED` and of all that they need."""
    release = json.loads(TARGETS.read_text("utf-8"))["pyodide"]["release"]
    made = folder.parent / "npm"
    made.mkdir(parents=True)
    (made / "package.json").write_text("{}")
    run([npm(), "install", "--no-fund", "--no-audit", f"pyodide@{release}"], cwd=made)
    shutil.move(made / "node_modules" / "pyodide", folder)
    shutil.rmtree(made)
    file = folder / "pyodide-lock.json"
    listed = json.loads(file.read_text("utf-8"))
    wanted = closure(listed["packages"])
    download([f"{name}=={each['version']}" for name, each in wanted.items()], folder)
    wheels = {distribution(wheel): wheel for wheel in folder.glob("*.whl")}
    for name, each in wanted.items():
        wheel = wheels[flat(name)]
        each.update(file_name=wheel.name, sha256=digest(wheel))
        each["depends"] = [other for other in each["depends"] if flat(other) in wheels]
    file.write_text(json.dumps({**listed, "packages": wanted}), "utf-8")


def closure(packages: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanted of Pyodide's list, with what each of them needs, by the list's own names."""
    named = {flat(name): name for name in packages}
    found, rest = set[str](), list(LISTED)
    while rest:
        name = named[flat(rest.pop())]
        if name not in found:
            found.add(name)
            rest += [each for each in packages[name]["depends"] if flat(each) not in NEEDLESS]
    return {name: packages[name] for name in sorted(found)}


def download(requirements: Iterable[str], folder: Path) -> None:
    """Download wheels that run on every machine, without what they need."""
    for_any = ["--python-version", "3.14", "--platform", "any", "--implementation", "py"]
    exactly = ["--no-deps", "--only-binary", ":all:", "--abi", "none", "--dest", str(folder)]
    quiet = ["--quiet", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "download"]
    run([*pip, *quiet, *for_any, *exactly, *requirements])


def index(folder: Path) -> None:
    """Write the `all.json` by which piplite finds these wheels."""
    from jupyterlite_pyodide_kernel.addons.piplite import write_wheel_index

    write_wheel_index(folder)


def site(target: Path, given: Path | None = None) -> None:
    """Build the whole site, from parts that are there already or are made now."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if given is None:
            parts(folder / "parts")
        furnish(folder / "lite", given or folder / "parts")
        shutil.rmtree(target, ignore_errors=True)
        places = ["--lite-dir", str(folder / "lite"), "--output-dir", str(target.resolve())]
        run([sys.executable, "-m", "jupyterlite_core", "build", *places], cwd=folder)
    print(f"{target}: {size(target)} MB; any server of files will do")


def furnish(folder: Path, gathered: Path) -> None:
    """Lay out what `jupyter lite build` makes the site from."""
    shutil.copytree(gathered / "pyodide", folder / "static" / "pyodide")
    own = {wheel.name for wheel in (Path(sys.prefix) / KERNEL).glob("*.whl")}
    (folder / "pypi").mkdir()
    for wheel in (gathered / "wheels").glob("*.whl"):
        if wheel.name not in own:  # the kernel brings those itself
            shutil.copy(wheel, folder / "pypi")
    build_wheel(folder / "pypi")
    write_contents(folder / "files")
    (folder / "jupyter_lite_config.json").write_text(json.dumps(BUILD), "utf-8")
    (folder / "jupyter-lite.json").write_text(json.dumps(SETTINGS), "utf-8")


def write_contents(folder: Path) -> None:
    """The tutorials as the site has them, and what lies beside them."""
    folder.mkdir()
    beside = REPOSITORY / "notebooks"
    for file in (beside / f"{name}.ipynb" for name in NOTEBOOKS):
        if file.exists():
            book = for_browser(json.loads(file.read_text("utf-8")))
            (folder / file.name).write_text(json.dumps(book, indent=1), "utf-8")
    for file in beside.iterdir():
        if file.is_file() and file.suffix != ".ipynb":
            shutil.copy(file, folder)


def size(folder: Path) -> int:
    """Of all its files, in millions of bytes."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) // 10**6


def build_wheel(folder: Path) -> Path:
    """Build ipymod's own wheel."""
    uv = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel"]
    run([*uv, "--out-dir", str(folder), str(REPOSITORY)])
    [wheel] = folder.glob("ipymod-*.whl")
    return wheel


def for_browser(book: Book) -> Book:
    """Give a notebook as the site has it.

    A code cell that carries the tag `process` needs a shell, an environment or a server: a text
    takes its place and shows the code. A text that carries it is left out. What loads ipymod
    installs it first.
    """
    cells = [_for_browser(cell) for cell in book["cells"] if not _is_left_out(cell)]
    return {**book, "cells": cells}


def _is_left_out(cell: Cell) -> bool:
    return cell["cell_type"] != "code" and _needs_process(cell)


def _needs_process(cell: Cell) -> bool:
    return "process" in cell["metadata"].get("tags", ())


def _for_browser(cell: Cell) -> Cell:
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        return cell
    if not _needs_process(cell):
        loaded = re.sub(r"(?m)^%load_ext ipymod$", r"%pip install ipymod\n\g<0>", source, count=1)
        return {**cell, "source": loaded}
    told = f"{WHY}\n\n{fenced(source)}"
    return {"cell_type": "markdown", "id": cell["id"], "metadata": {}, "source": told}


WHY = (
    "*This step needs to start a process, which a browser cannot; where a notebook runs on a"
    " computer of its own, it is:*"
)


def fenced(code: str) -> str:
    """The code as Markdown shows it, whatever backquotes it holds."""
    runs = re.findall(r"`{3,}", code)
    fence = "`" * max([3, *(len(each) + 1 for each in runs)])
    return f"{fence}python\n{code}\n{fence}"


def flat(name: str) -> str:
    """A distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution(wheel: Path) -> str:
    """The name of a wheel's distribution."""
    return flat(wheel.name.partition("-")[0])


def digest(file: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def npm() -> str:
    """The path of npm, which Windows does not start by its name."""
    found = shutil.which("npm")
    if not found:
        sys.exit("npm is not on PATH: Pyodide comes from there")
    return found


def run(command: Sequence[str], cwd: Path | None = None) -> None:
    """Run a command, and end with what it said if it fails."""
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
