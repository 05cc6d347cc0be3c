"""Made places: folders to put on PATH, environments full of distributions, a corpus of notebooks.

An environment is made once and kept under `.envs`, as those of the tests are.
"""

import hashlib
import os
import shutil
import tempfile
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import corpus
from live import environments

# Those who lint or run notebooks, in an environment that holds nothing else.
TOOLKIT = (
    *("ruff", "nbqa", "flake8"),
    *("ipykernel", "nbclient", "nbmake", "pytest", "pytest-xdist", "jupyter-core"),
)
MODULES = 26  # with the four files of its metadata 30 rows of RECORD
PIP_EVERY = 10
PIP = """#!{python}
import sys
from pip._internal.cli.main import main
sys.exit(main())
"""
METADATA = """Metadata-Version: 2.4
Name: {name}
Version: 1.0
Summary: Made to be counted
Requires-Python: >=3.8
{requires}
There is nothing to say about it.
"""
WHEEL = """Wheel-Version: 1.0
Generator: made
Root-Is-Purelib: true
Tag: py3-none-any
"""


def folders(parent: Path, count: int, python: str) -> list[Path]:
    """Make so many folders; each tenth has a pip of that Python, the others a program or two."""
    made = [parent / f"folder-{number:04}" for number in range(count)]
    for number, folder in enumerate(made, 1):
        folder.mkdir(parents=True)
        _program(folder / f"tool-{number}", "#!/bin/sh\n")
        if number % PIP_EVERY == 0:
            _program(folder / "pip", PIP.format(python=python))
    return made


def _program(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@cache
def crowded() -> str:
    """The interpreter of the environment that holds 140 distributions."""
    return environments.environment("crowded")


@cache
def toolkit() -> str:
    """The interpreter of an environment that holds those who lint or run notebooks."""
    newest = list(environments.pythons().values())[-1]
    project = tomllib.loads((environments.REPOSITORY / "pyproject.toml").read_text("utf-8"))
    needs = [*TOOLKIT, *project["project"]["dependencies"]]
    digest = _hash(" ".join(needs).encode(), newest.encode())
    prefix = environments.FOLDER / f"toolkit-{digest}"
    with environments.locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            environments.create(newest, prefix)
            inside = environments.interpreter(prefix)
            environments.install(inside, *TOOLKIT, "-e", str(environments.REPOSITORY))
            (prefix / "ready").touch()
    return environments.interpreter(prefix)


@cache
def notebooks(count: int = corpus.NOTEBOOKS) -> Path:
    """The folder of a corpus: outside of every repository, so that nobody's settings reach it.

    It is made once, and kept where temporary files are.
    """
    here = Path(__file__).resolve().parent
    texts = sorted([*here.glob("corpus*.py"), *here.glob("phrases/*.txt")])
    sources = (path.read_bytes() for path in texts)
    folder = Path(tempfile.gettempdir()) / f"corpus-{count}-{_hash(*sources)}"
    with environments.locked(folder.with_suffix(".lock")):
        if not (folder / corpus.MANIFEST).exists():
            shutil.rmtree(folder, ignore_errors=True)
            corpus.make(folder, count)
    return folder


def linked(paths: Iterable[Path], folder: Path) -> Path:
    """Put the same files into a new folder; give that."""
    folder.mkdir()
    for path in paths:
        try:
            os.link(path, folder / path.name)
        except OSError:  # a file system without links, or another one
            shutil.copy(path, folder)
    return folder


@cache
def grown(count: int) -> str:
    """The interpreter of an environment that holds so many made distributions, and a kernel's."""
    newest = list(environments.pythons().values())[-1]
    digest = _hash(Path(__file__).read_bytes(), newest.encode(), str(count).encode())
    prefix = environments.FOLDER / f"grown-{count}-{digest}"
    with environments.locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            _grow(newest, prefix, count)
            (prefix / "ready").touch()
    return environments.interpreter(prefix)


def _grow(python: str, prefix: Path, count: int) -> None:
    shutil.rmtree(prefix, ignore_errors=True)
    environments.create(python, prefix)
    inside = environments.interpreter(prefix)
    environments.install(inside, "-e", str(environments.REPOSITORY))
    (site,) = {found.parent for found in prefix.rglob("pip/__init__.py")}
    for number in range(count):
        distribution(site.parent, number)


def distribution(site: Path, number: int) -> None:
    """Install one that needs the one before, as an installer would leave it."""
    name = f"made_{number:04}"
    requires = f"Requires-Dist: made-{number - 1:04}>=1\n" if number else ""
    metadata = f"{name}-1.0.dist-info"
    files = {f"{name}/part_{part:02}.py": "" for part in range(1, MODULES)}
    files[f"{name}/__init__.py"] = f'"""Number {number}."""\n'
    files[f"{metadata}/METADATA"] = METADATA.format(name=name, requires=requires)
    files[f"{metadata}/WHEEL"] = WHEEL
    files[f"{metadata}/INSTALLER"] = "uv"
    rows = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in files.items()]
    record = f"{metadata}/RECORD"
    files[record] = "\n".join([*rows, f"{record},,", ""])
    for folder in (name, metadata):
        (site / folder).mkdir()
    for path, text in files.items():
        (site / path).write_text(text, "utf-8", newline="")


def _hash(*sources: bytes) -> str:
    return hashlib.sha256(b"\0".join(sources)).hexdigest()[:10]


def _digest(text: str) -> str:
    """The hash as RECORD writes it."""
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
