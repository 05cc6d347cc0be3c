"""The environments that notebooks are meant for, and what each of them really has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY, create, environment, install, interpreter
from ipymod.launchers import Surroundings
from ipymod.lint.browser import _PROCESSES, _SOCKETS, _THREADS
from ipymod.lint.targets.environment import of_kernel
from ipymod.lint.targets.finder import Finder
from ipymod.lint.targets.model import in_stdlib
from ipymod.lint.targets.places import colab, declared, jupyterlite
from ipymod.survey.ask import ask
from test_pyodide import RELEASE, pyodide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipymod.lint.targets import Target

DATA = REPOSITORY / "src" / "ipymod" / "data"
MOST_BYTES = 40_000
BINDER = ("binder", "the Binder image", "3.10")

# Which of these names an interpreter finds; asking for distutils makes setuptools change the path.
FINDS = """
import importlib.util, json, sys
found = []
for name in json.loads(sys.stdin.read()):
    try:
        found += [name] if importlib.util.find_spec(name) else []
    except ImportError:
        pass
    except ValueError:
        found += [name]
print(json.dumps(found))
"""


def of_python(python: str) -> Target:
    return of_kernel(ask(python, here=Surroundings.now()), "this Python")


def lacks(target: Target, names: Iterable[str]) -> set[str]:
    return {name for name in names if target.lack(name)}


@pytest.fixture
def finder(tmp_path: Path) -> Callable[..., Finder]:
    def made(*names: str, version: str = "3.12", entries: tuple[str, ...] = ("",)) -> Finder:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return Finder([str(tmp_path / entry) for entry in entries], version)

    return made


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("a.py", "a"),
        ("a.pyc", "a"),
        ("a.so", "a"),
        ("a.abi3.so", "a"),
        ("a.cpython-312-x86_64-linux-gnu.so", "a"),
        ("a.cp312-win_amd64.pyd", "a"),
        ("a/__init__.py", "a"),
        ("a/__init__.cpython-312-darwin.so", "a"),
        ("a/b/c.py", "a.b.c"),
        ("a/__init__.py", "a.made_when_it_runs"),
    ],
)
def test_a_module_is_found_by_its_file(
    finder: Callable[..., Finder], file: str, module: str
) -> None:
    assert finder(file).missing(module) == ""


@pytest.mark.parametrize(
    ("file", "module", "missing"),
    [
        ("a.py", "b", "b"),
        ("a.txt", "a", "a"),
        ("a.cpython-311-x86_64-linux-gnu.so", "a", "a"),
        ("a-1.0.dist-info/METADATA", "a", "a"),
        ("google/cloud/storage/__init__.py", "google.cloud.vision", "google.cloud.vision"),
        ("google/cloud/storage/__init__.py", "google.colab.drive", "google.colab"),
    ],
)
def test_what_no_file_has_is_missing(
    finder: Callable[..., Finder], file: str, module: str, missing: str
) -> None:
    assert finder(file).missing(module) == missing


def test_a_namespace_has_the_parts_of_all_entries(finder: Callable[..., Finder]) -> None:
    found = finder("one/ns/a.py", "two/ns/b.py", entries=("one", "two"))
    assert [found.missing(name) for name in ("ns.a", "ns.b", "ns.c")] == ["", "", "ns.c"]


def test_a_package_hides_the_namespace_of_an_earlier_entry(finder: Callable[..., Finder]) -> None:
    found = finder("one/ns/a.py", "two/ns/__init__.py", entries=("one", "two"))
    assert found.locate("ns", tuple(found.path)) == ()


@pytest.mark.parametrize(
    ("module", "version", "is_there"),
    [
        ("os.path", "3.8", True),
        ("tomllib", "3.10", False),
        ("tomllib", "3.11", True),
        ("distutils", "3.11", True),
        ("distutils", "3.12", False),
        ("imp", "3.11.4", True),
        ("imp", "3.13", False),
        ("urllib2", "3.6", False),
        ("urllib2", "2.7", True),
        ("numpy", "3.12", False),
    ],
)
def test_the_standard_library_is_that_of_the_version(
    module: str,
    version: str,
    is_there: bool,  # noqa: FBT001  parametrized
) -> None:
    assert in_stdlib(module, version) is is_there


def test_this_environment_has_what_it_can_import() -> None:
    target = of_python(sys.executable)
    assert lacks(target, ["os", "sys", "math", "IPython.display", "ipymod.lint", "pytest"]) == set()
    names = ["numpy_nobody_has", "winsound", "tomllib_of_nobody"]
    assert lacks(target, names) == set(names)


def test_the_folder_that_we_are_in_counts_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "near.py").touch()
    monkeypatch.chdir(tmp_path)
    kernel = ask(sys.executable, here=Surroundings.now())
    for first in ("", str(tmp_path)):
        inside = replace(kernel, cwd=str(tmp_path), path=(first, *kernel.path))
        assert of_kernel(inside, "this Python").lack("near")


def names_of(python: str) -> list[str]:
    """All that this Python and that one may have at the top, and what none has."""
    told = ask(python, here=Surroundings.now())
    lying = {Path(name).name.split(".")[0] for entry in told.path for name in _listed(entry)}
    common = {"numpy", "sklearn", "google.cloud.storage", "yaml", "imp", "tomllib", "os.path"}
    names = {name for name in lying | common | set(sys.stdlib_module_names) if name != "distutils"}
    return sorted(name for name in names if all(map(str.isidentifier, name.split("."))))


def _listed(entry: str) -> list[str]:
    return os.listdir(entry) if os.path.isdir(entry) else []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["colab", "ipython8", "ipython9"])
def test_an_environment_has_what_its_own_python_finds(name: str) -> None:
    python = environment(name)
    _compare(python)


@pytest.mark.slow
def test_an_editable_install_with_a_finder_is_found(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "src" / "mapped").mkdir(parents=True)
    (project / "src" / "mapped" / "__init__.py").touch()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "other-name"\nversion = "1"\n'
        '[tool.setuptools]\npackages = ["mapped"]\npackage-dir = {mapped = "src/mapped"}\n'
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    )
    python = interpreter(tmp_path / "env")
    create(sys.executable, tmp_path / "env")
    install(python, "-e", str(project))
    assert of_python(python).lack("mapped") is None
    _compare(python)


def _compare(python: str) -> None:
    names = names_of(python)
    done = subprocess.run(
        [python, "-c", FINDS],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    found = set(json.loads(done.stdout))
    lacked = lacks(of_python(python), names)
    assert lacked & found == set()  # no false alarm
    missed = {name for name in set(names) - found - lacked if name[0] != "_"}
    assert missed == set()


@pytest.mark.parametrize(
    "module",
    [
        "numpy",
        "sklearn.svm",
        "cv2",
        "torch.nn",
        "google.colab",
        "google.cloud.storage",
        "os",
        "IPython.display",
        "yaml",
        "mpl_toolkits.mplot3d",
        "osgeo",
        "distutils",
        "google.nobody",
    ],
)
def test_colab_has_what_its_list_has(module: str) -> None:
    assert colab().lack(module) is None


@pytest.mark.parametrize(
    ("module", "hint"),
    [
        ("Bio.Seq", "%pip install biopython"),
        ("google.cloud.vision", "%pip install google-cloud-vision"),
        ("nobodys_own_thing", ""),
        ("imp", ""),
        ("winsound", ""),
    ],
)
def test_colab_lacks_what_its_list_has_not(module: str, hint: str) -> None:
    found = colab().lack(module)
    assert found is not None
    assert found.hint == hint


@pytest.mark.parametrize(
    "module",
    [
        "numpy",
        "sklearn.svm",
        "os",
        "sqlite3",
        "js",
        "pyodide.http",
        "micropip",
        "piplite",
        "IPython.display",
        "ipykernel",
        "subprocess",
        "threading",
    ],
)
def test_jupyterlite_has_what_pyodide_has(module: str) -> None:
    assert jupyterlite().lack(module) is None


def test_jupyterlite_says_what_may_be_installed_and_offers_no_guess() -> None:
    found = jupyterlite().lack("torch")
    assert found is not None
    assert (found.hint, "pure Python" in found.reason) == ("", True)
    found = jupyterlite().lack("tkinter")
    assert found is not None
    assert found.reason == "its standard library comes without it"


def test_what_is_declared_brings_what_it_is_known_to_require() -> None:
    binder = declared(*BINDER, ["Pandas", "scikit_learn"], "{} in requirements.txt")
    have = ["pandas", "sklearn", "numpy", "joblib", "dateutil", "scipy.stats", "IPython", "os"]
    assert lacks(binder, have) == set()
    found = binder.lack("bs4")
    assert found is not None
    assert found.hint == "beautifulsoup4 in requirements.txt"
    assert lacks(binder, ["tomllib", "torch", "yaml"]) == {"tomllib", "torch", "yaml"}


def test_the_table_is_small_and_its_licence_names_what_it_is_made_from() -> None:
    assert (DATA / "targets.json").stat().st_size < MOST_BYTES
    table = json.loads((DATA / "targets.json").read_text("utf-8"))
    licence = (DATA / "targets.LICENSE").read_text("utf-8")
    assert f"Pyodide {table['pyodide']['release']}" in licence
    assert f"runtime {table['colab']['release']} (Python {table['colab']['python']}" in licence
    names = [*table["colab"]["distributions"], *table["pyodide"]["distributions"]]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) for name in names)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is absent")
def test_pyodide_really_lacks_and_refuses_what_is_said_of_it(tmp_path: Path) -> None:
    table = json.loads((DATA / "targets.json").read_text("utf-8"))["pyodide"]
    assert table["release"] == RELEASE
    calls = sorted(name for name in _PROCESSES | _THREADS if not name.startswith("asyncio"))
    script = tmp_path / "ask.js"
    script.write_text(ASK_PYODIDE)
    done = subprocess.run(
        ["node", str(script), str(pyodide()), json.dumps(calls)],  # noqa: S607  the first on PATH
        check=True,
        capture_output=True,
        text=True,
        timeout=110,
    )
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert sorted(told["lacks"]) == table["without"]
    assert [name for name, error in told["errors"].items() if not error] == []
    assert _SOCKETS  # Node has sockets, pages have none


ASK_PYODIDE = """
const {loadPyodide} = require(process.argv[2] + "/node_modules/pyodide/pyodide.js");
loadPyodide().then(pyodide => {
  pyodide.globals.set("calls", pyodide.toPy(JSON.parse(process.argv[3])));
  console.log(pyodide.runPython(`
import importlib, json, os, sys
from importlib.util import find_spec

# Node would start programs for this one; a page has none.
node_starts = {"os.system"}
public = [name for name in sys.stdlib_module_names if name[0] != "_"]
def tried(name):
    module, _, attribute = name.rpartition(".")
    try:
        call = getattr(importlib.import_module(module), attribute)
    except AttributeError:
        return "absent"
    try:
        if attribute in {"Thread", "Timer", "Process"}:
            call(*([1, print] if attribute == "Timer" else [])).start()
        elif attribute.endswith("Executor"):
            list(call().map(len, ["a"]))
        elif attribute == "start_new_thread":
            call(print, ())
        elif attribute in {"fork", "forkpty", "Pool", "Queue", "Manager", "ThreadPool"}:
            call()
        elif attribute.startswith(("execl", "spawnl")):
            call(*([os.P_WAIT] if attribute[0] == "s" else []), "/bin/true", "true",
                 *([{}] if attribute.endswith("e") else []))
        elif attribute.startswith(("execv", "spawnv")):
            call(*([os.P_WAIT] if attribute[0] == "s" else []), "/bin/true", ["true"],
                 *([{}] if attribute.endswith("e") else []))
        else:
            call("true")
    except Exception as error:
        return type(error).__name__
    return ""
json.dumps({
    "lacks": [name for name in public if find_spec(name) is None],
    "errors": {name: tried(name) for name in calls if name not in node_starts},
})
`));
});
"""
