"""The tutorials, as kept and with their exercises solved, run in environments made for that.

Each variant has an environment of its own, so that the two can run at the same time; in one
environment the notebooks follow each other, since some of them install into it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from environments import REPOSITORY, create, install, interpreter

FOLDER = REPOSITORY / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
NUMBERED = [name for name in NAMES if name[0].isdigit()]
KERNEL = "tutorials"
VARIANTS = ("kept", "solved")
_ANSWER = re.compile(r"```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# What tools keep to be faster; pip asks rustc for its version, and rustup then has settings.
_CACHES = (".cache", ".ipython", "jupyter", ".local/share/uv", ".rustup")
_SETTINGS_OF_INSTALLERS = (".config/pip", ".pip", ".config/uv")

# Every Python of the environment writes down whom it asks for; installers may ask the index.
_WATCH = """
import os, sys
def note(event, args):
    if event == "socket.getaddrinfo" and "pip" not in sys.argv[0].split(os.sep):
        host = args[0].decode() if isinstance(args[0], bytes) else args[0]
        if host not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"):
            with open({file!r}, "a", encoding="utf-8") as file:
                print(host, *sys.argv, file=file)
sys.addaudithook(note)
"""

Cell = dict[str, Any]
Book = dict[str, Any]
Listing = frozenset[str]


def read(path: Path) -> Book:
    """A notebook, as it is in its file."""
    book: Book = json.loads(path.read_text("utf-8"))
    return book


def source(cell: Cell) -> str:
    """What stands in a cell."""
    return "".join(cell["source"])


def tagged(book: Book, tag: str) -> list[Cell]:
    """The cells that carry a tag."""
    return [cell for cell in book["cells"] if tag in cell["metadata"].get("tags", ())]


def answer(cell: Cell) -> str:
    """The code that a hidden answer gives."""
    [code] = _ANSWER.findall(source(cell))
    return str(code).rstrip()


def solved(book: Book) -> Book:
    """The same notebook, with the answers in the place of the exercises."""
    pairs = zip(tagged(book, "exercise"), tagged(book, "answer"), strict=True)
    answers = {exercise["id"]: answer(told) for exercise, told in pairs}
    cells = [{**cell, "source": answers.get(cell["id"], cell["source"])} for cell in book["cells"]]
    return {**book, "cells": cells}


def text_of(cell: Cell) -> str:
    """All that a cell has given, as text."""
    return "".join(map(_text, cell.get("outputs", ())))


def _text(output: dict[str, Any]) -> str:
    given = output.get("text") or output.get("data", {}).get("text/plain", "")
    return given if isinstance(given, str) else "".join(given)


@dataclass(frozen=True)
class Ran:
    """What came of one notebook.

    Attributes:
        told: the answer of `ipymod run`.
        python: the interpreter of its kernel.
        cells: the text that each cell gave, by the cell's id.
        left: the files that were there afterwards and not before.
        lost: the files that were there before and not afterwards.
        asked: the hosts that were asked for by others than pip, and by whom.
    """

    told: dict[str, Any]
    python: str
    cells: dict[str, str]
    left: Listing
    lost: Listing
    asked: str

    @property
    def prefix(self) -> str:
        """The environment of its kernel."""
        return os.path.dirname(os.path.dirname(self.python))


@dataclass
class Fresh:
    """An environment that holds ipymod alone, and a user who has nothing yet."""

    folder: Path
    ran: dict[str, Ran] = field(default_factory=dict)

    @cached_property
    def python(self) -> str:
        """The interpreter, made when it is first needed."""
        create(sys.executable, self.folder / "environment")
        python = interpreter(self.folder / "environment")
        install(python, str(REPOSITORY))
        return python

    def prepare(self, variant: str) -> None:
        """Write the notebooks and the kernelspec, and make a home."""
        for name in ("notebooks", "home", "tmp", "jupyter/kernels/" + KERNEL):
            (self.folder / name).mkdir(parents=True)
        spec = {
            "argv": [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python of the tutorials",
            "language": "python",
        }
        file = self.folder / "jupyter" / "kernels" / KERNEL / "kernel.json"
        file.write_text(json.dumps(spec), "utf-8")
        for each in FOLDER.iterdir():  # with what lies beside them
            if each.is_file():
                shutil.copy(each, self.folder / "notebooks")
        for name in NAMES:
            book = read(FOLDER / name)
            text = json.dumps(solved(book) if variant == "solved" else book)
            (self.folder / "notebooks" / name).write_text(text, "utf-8")
        self._take_index()
        self._watch()

    def _take_index(self) -> None:
        """Let the new user's installers use the package index of this machine."""
        for name in _SETTINGS_OF_INSTALLERS:
            if (settings := Path.home() / name).is_dir():
                shutil.copytree(settings, self.folder / "home" / name)

    def _watch(self) -> None:
        """Let the environment write down which hosts are asked for."""
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = subprocess.run(
            [self.python, "-c", code], check=True, capture_output=True, text=True
        ).stdout.strip()
        (Path(site) / "watch_hosts.py").write_text(_WATCH.format(file=str(self._asked)), "utf-8")
        (Path(site) / "watch_hosts.pth").write_text("import watch_hosts\n", "utf-8")

    @property
    def _asked(self) -> Path:
        return self.folder / "asked.txt"

    def variables(self) -> dict[str, str]:
        """The variables of that user, whose environment is activated; other homes stay apart."""
        home, tmp = str(self.folder / "home"), str(self.folder / "tmp")
        kept = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        scripts = os.path.dirname(self.python)
        return kept | {
            "PATH": os.pathsep.join([scripts, kept["PATH"]]),
            "VIRTUAL_ENV": os.path.dirname(scripts),
            "HOME": home,
            "USERPROFILE": home,
            "TMPDIR": tmp,
            "TEMP": tmp,
            "TMP": tmp,
            "JUPYTER_PATH": str(self.folder / "jupyter"),
            "PIP_CACHE_DIR": str(self.folder / "cache"),
        }

    def run(self, name: str) -> Ran:
        """Execute one of the notebooks here, and look what it has left."""
        before = self._listing()
        command = [sys.executable, "-m", "ipymod", "run", "--write", "--format", "json"]
        limits = ["--kernel", KERNEL, "--notebook-timeout", "150"]
        path = self.folder / "notebooks" / name
        done = subprocess.run(
            [*command, *limits, str(path)],
            capture_output=True,
            text=True,
            env=self.variables(),
            check=False,
        )
        after = self._listing()
        [told] = json.loads(done.stdout)
        cells = {cell["id"]: text_of(cell) for cell in read(path)["cells"]}
        asked = self._asked.read_text("utf-8") if self._asked.exists() else ""
        self._asked.unlink(missing_ok=True)
        return Ran(told, self.python, cells, after - before, before - after, asked)

    def _listing(self) -> Listing:
        """All files that a notebook may leave; caches are caches."""
        folders = [self.folder / each for each in ("notebooks", "home", "tmp", "environment")]
        paths = (str(path) for folder in folders for path in folder.rglob("*"))
        return frozenset(path for path in paths if not _is_cache(path))


def _is_cache(path: str) -> bool:
    """Whether it is byte code, or what tools keep in a home to be faster."""
    home = "/home/" in path and any(part in path for part in _CACHES)
    return home or "__pycache__" in path or path.endswith("/home/.local")


def run_all(folder: Path) -> dict[str, Fresh]:
    """Run all notebooks in both variants, each variant in its environment."""
    fresh = {variant: Fresh(folder / variant) for variant in VARIANTS}
    for variant, each in fresh.items():
        each.prepare(variant)
    with ThreadPoolExecutor(len(fresh)) as pool:
        list(pool.map(_run_each, fresh.values()))
    return fresh


def _run_each(fresh: Fresh) -> None:
    for name in NAMES:
        fresh.ran[name] = fresh.run(name)
