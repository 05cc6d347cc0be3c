"""What notebooks import, what of it they bring themselves, and the rules that judge it."""

from __future__ import annotations

import ast
import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ipymod.lint import browser, imports
from ipymod.lint.base import REGISTRY
from ipymod.lint.examples import HEALTHY
from ipymod.lint.facts import Facts
from ipymod.lint.targets import Target
from ipymod.notebooks.code import as_python
from ipymod.notebooks.imports import Import, imports_of, own_modules
from ipymod.notebooks.model import Cell, Notebook

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.registry import Problem

CODES = [
    check.code
    for check in REGISTRY
    if check.judge.__module__ in (imports.__name__, browser.__name__)
]
LACKS = Target("kernel", "the kernel course", "3.12", lambda module: module)
BROWSER = Target("jupyterlite", "JupyterLite", "3.13", lambda _: "", runs_processes=False)


def notebook(*sources: str, folder: str = "/nowhere") -> Notebook:
    cells = tuple(Cell(index, "code", source) for index, source in enumerate(sources))
    return Notebook(f"{folder}/lesson.ipynb", cells)


def imported(*sources: str, folder: str = "/nowhere") -> tuple[Import, ...]:
    return imports_of(notebook(*sources, folder=folder))


def problems(target: Target, *sources: str, folder: str = "/nowhere") -> tuple[Problem, ...]:
    facts = Facts(notebook=notebook(*sources, folder=folder), target=target)
    return REGISTRY.judge(facts, CODES).problems


def told(target: Target, *sources: str) -> list[tuple[str, int, int]]:
    return [
        (each.code, each.at.cell, each.at.line)
        for each in problems(target, *sources)
        if each.at and each.at.cell is not None
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import numpy as np, os.path", [("numpy", 1), ("os.path", 1)]),
        ("# first\nfrom a.b import c, d", [("a.b", 2)]),
        (
            "from google.cloud import storage, vision",
            [("google.cloud.storage", 1), ("google.cloud.vision", 1)],
        ),
        ("def late():\n    import slow", [("slow", 2)]),
        ("class A:\n    import slow", [("slow", 2)]),
        ("for each in a:\n    with b:\n        import slow", [("slow", 3)]),
        ("match a:\n    case 1:\n        import slow", [("slow", 3)]),
        ("x = 1; import after", [("after", 1)]),
        ("import a, \\\n    b", [("a", 1), ("b", 1)]),
        ("x = importlib.import_module('made').main()", [("made", 1)]),
        ("__import__('made')", [("made", 1)]),
        ("print(f(__import__('made')))", [("made", 1)]),
        ("%matplotlib inline\n!ls\nimport seaborn", [("seaborn", 3)]),
        ("!ls \\\n  -l\nimport seaborn", [("seaborn", 3)]),
        ("files = !ls\nimport seaborn", [("seaborn", 2)]),
        ("pip install seaborn\nimport seaborn", [("seaborn", 2)]),
        ("print?\nimport seaborn", [("seaborn", 2)]),
        ("%%time\nimport seaborn", [("seaborn", 2)]),
        ("%%capture out\n%%time\nimport seaborn", [("seaborn", 3)]),
        ("await run()\nimport seaborn", [("seaborn", 2)]),
    ],
)
def test_an_import_is_found_with_its_line(source: str, found: list[tuple[str, int]]) -> None:
    assert [(each.module, each.line) for each in imported(source)] == found
    assert not any(each.guarded for each in imported(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""\nimport numpy\n"""',
        "# import numpy",
        "important = from_here",
        "from . import near",
        "from .near import far",
        "importlib.import_module('.near', 'far')",
        "importlib.import_module(name)",
        "print 'Python 2'\nimport urllib2",
        "%%bash\nimport -window root a.png",
        "%%writefile made.py\nimport numpy",
        "%%html\n<script>import a from 'b'</script>",
        "%%cython\nimport numpy",
    ],
)
def test_what_is_no_import_of_this_kernel_is_passed_over(source: str) -> None:
    assert imported(source) == ()


def test_a_notebook_in_another_language_has_no_imports() -> None:
    other = replace(notebook("import Base: show"), language="julia")
    assert imports_of(other) == ()


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "try:\n    import a\nexcept (ValueError, ModuleNotFoundError):\n    import a_as_well as a",
        "try:\n    import a\nexcept:\n    pass",
        "try:\n    if x:\n        import a\nexcept Exception as error:\n    print(error)",
        "try:\n    x()\nexcept ImportError:\n    import a",
        "with contextlib.suppress(ImportError):\n    import a",
        "if TYPE_CHECKING:\n    import a",
        "if importlib.util.find_spec('a'):\n    import a",
        "if 'google.colab' in sys.modules:\n    from google.colab import drive",
        "if IN_COLAB:\n    import a\nelse:\n    import b",
        "if sys.platform == 'win32':\n    import winsound",
        "if sys.version_info < (3, 11):\n    import tomli",
        "if HAS_TORCH and x:\n    def f():\n        import torch",
    ],
)
def test_an_import_that_the_cell_can_do_without_is_guarded(source: str) -> None:
    found = imported(source)
    assert found
    assert all(each.guarded for each in found)


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import a\nfinally:\n    x()",
        "try:\n    import a\nexcept ValueError:\n    pass",
        "try:\n    import a\nexcept ImportError as e:\n    raise SystemExit('install it') from e",
        "if x > 1:\n    import a",
        "with open('x') as file:\n    import a",
        "with contextlib.suppress(ValueError):\n    import a",
        "while x:\n    import a",
    ],
)
def test_an_import_that_stops_the_cell_is_not_guarded(source: str) -> None:
    assert [each.guarded for each in imported(source)] == [False]


@pytest.mark.parametrize(
    ("install", "module"),
    [
        ("%pip install seaborn", "seaborn"),
        ("%pymod pip install seaborn", "seaborn"),
        ("r = %pymod --cwd data --capture pip install 'seaborn>=0.12'", "seaborn"),
        ("%pymod uv pip install PyYAML", "yaml"),
        ("!pip install -q 'scikit-learn>=1.0'", "sklearn.linear_model"),
        ("!{sys.executable} -m pip install opencv-python", "cv2"),
        ("%conda install -y -c conda-forge Pillow", "PIL"),
        ("!uv pip install --system PyYAML", "yaml"),
        ("%%bash\npip install beautifulsoup4", "bs4"),
        ("pip install d2l", "d2l"),
        ("!pip install git+https://host/somebody/segment-anything.git", "segment_anything"),
        ("!pip install 'made @ https://host/x.zip'", "made"),
        ("%pip install https://host/made-1.0-py3-none-any.whl", "made"),
        ("subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'made'])", "made"),
        ("os.system('pip install made')", "made"),
        ("await micropip.install(['made'])", "made"),
        ("import piplite\nawait piplite.install('made')", "made"),
        ("%%capture\n!pip install made", "made"),
    ],
)
def test_what_an_earlier_cell_installs_is_known(install: str, module: str) -> None:
    last = imported("1", install, f"import {module}")[-1]
    assert last.module == module
    assert (last.installed_by, last.perhaps_by) == (1, 1)


def test_what_a_file_of_requirements_names_is_installed(tmp_path: Path) -> None:
    (tmp_path / "needed.txt").write_text("# all\nscikit-learn==1.2  # newest\nrich[x]\n\n-e .\n")
    found = imported(
        "%pip install -r needed.txt", "import sklearn, rich, made", folder=str(tmp_path)
    )
    assert [each.installed_by for each in found] == [0, 0, None]


@pytest.mark.parametrize(
    "source",
    [
        "%pip uninstall -y made",
        "!pip list",
        "'''\n!pip install made\n'''",
        "# !pip install made",
        "%%writefile Dockerfile\nRUN pip install made",
    ],
)
def test_what_installs_nothing_installs_no_module(source: str) -> None:
    (found,) = imported(source, "import made")
    assert (found.installed_by, found.perhaps_by) == (None, None)


def test_a_later_cell_installs_too_late() -> None:
    (found,) = imported("import made", "%pip install made")
    assert found.installed_by is None


def test_what_is_installed_on_colab_alone_may_be_missing_elsewhere() -> None:
    source = "if 'google.colab' in sys.modules:\n    !pip install made"
    (found,) = imported(source, "import made")
    assert (found.installed_by, found.perhaps_by) == (None, 0)


@pytest.mark.parametrize(
    "source",
    [
        "%%writefile made.py\nx = 1",
        "%%writefile -a src/made/part.py\nx = 1",
        "!wget https://host/raw/made.py",
        "urlretrieve(address, 'made.py')",
        "!git clone https://host/somebody/made.git",
        "!git clone https://host/somebody/else\nsys.path.append('else')",
        "drive.mount('/content/drive')\nsys.path.append('/content/drive/code')",
        "sys.path.insert(0, folder)",
        "%cd /nowhere/else",
    ],
)
def test_what_a_notebook_makes_or_fetches_is_its_own(source: str) -> None:
    assert imported(source, "import made")[-1].own


@pytest.mark.parametrize(
    "source",
    ["print(sys.path)", "# sys.path.append(x)", "sys.path.append(os.getcwd())", "cd = 1", "x = 1"],
)
def test_what_adds_no_place_makes_nothing_the_notebooks_own(source: str) -> None:
    assert not imported(source, "import made")[-1].own


def test_what_is_public_stays_so_where_the_notebook_takes_modules_from_elsewhere() -> None:
    found = imported("sys.path.insert(0, folder)", "import numpy, made")
    assert [each.own for each in found] == [False, True]


def test_modules_beside_the_notebook_and_in_its_folders_are_its_own(tmp_path: Path) -> None:
    for name in ("near.py", "pack/__init__.py", "space/part.py", "data/a.csv", "up/src/far.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    source = "import sys\nsys.path.append('up/src')"
    found = own_modules(notebook(source, folder=str(tmp_path)))
    assert found == {"near", "pack", "space", "far"}


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_rule_trips_this_rule_alone(code: str) -> None:
    found = REGISTRY.judge(REGISTRY[code].example(HEALTHY)).problems
    assert [each.code for each in found] == [code]


def test_a_rule_says_what_lacks_what_and_the_command() -> None:
    (found,) = problems(LACKS, "x = 1", "from sklearn import svm")
    assert found.message == "sklearn is not in the kernel course"
    assert found.fix == "%pip install scikit-learn"


def test_a_hint_is_never_a_guess() -> None:
    (found,) = problems(LACKS, "import nobodys_own_thing")
    assert found.fix == ""


def test_python_itself_is_named_where_a_version_took_a_module_out() -> None:
    (found,) = problems(LACKS, "import imp")
    assert found.message == (
        "imp is not in the kernel course: Python has it no more since 3.12; "
        "importlib takes its place"
    )
    assert found.fix == ""


def test_only_the_first_import_of_a_module_is_told() -> None:
    assert told(LACKS, "import numpy", "import numpy") == [("NB501", 0, 1)]


def test_a_guarded_import_is_told_apart() -> None:
    guarded = "try:\n    import numpy\nexcept ImportError:\n    pass"
    assert told(LACKS, guarded) == [("NB502", 0, 2)]
    assert {each.severity.value for each in problems(LACKS, guarded)} == {"info"}


def test_what_may_come_with_another_installation_is_information() -> None:
    (found,) = problems(LACKS, "%pip install seaborn", "import numpy")
    assert found.severity.value == "info"
    assert "an earlier cell installs may bring it" in found.message


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("from google.colab import drive", "only Colab has it"),
        ("import js", "only Pyodide has it"),
        ("import urllib2", "Python has it no more since 3.0; urllib.request takes its place"),
        ("import annotationlib", "Python has it since 3.14"),
    ],
)
def test_what_nothing_brings_stays_a_warning_behind_an_installation(
    source: str, reason: str
) -> None:
    (found,) = problems(LACKS, "%pip install seaborn", source)
    assert found.severity.value == "warning"
    assert found.message.endswith(reason)


@pytest.mark.parametrize(
    "source",
    [
        "%pip install numpy\nimport numpy",
        "from . import numpy",
        "import __main__, builtins\nfrom __future__ import annotations",
        "%%writefile numpy.py\nx = 1",
    ],
)
def test_what_a_notebook_brings_itself_is_no_problem(source: str) -> None:
    assert told(LACKS, source) == []


def test_without_a_target_nothing_is_judged() -> None:
    verdict = REGISTRY.judge(Facts(notebook=notebook("import nobodys_own_thing")), CODES)
    assert verdict.problems == ()
    assert {each.code for each in verdict.skipped} == set(CODES)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("!ls", 1),
        ("x = 1\nfiles = !ls", 2),
        ("%%bash\nls", 2),
        ("%sx ls", 1),
        ("!pip install made", 1),
        ("%conda install made", 1),
    ],
)
def test_a_browser_has_no_shell(source: str, line: int) -> None:
    assert told(BROWSER, source) == [("NB503", 0, line)]


def test_an_installation_for_a_shell_has_its_magic_as_a_hint() -> None:
    (found,) = problems(BROWSER, "!pip install -q made other")
    assert found.fix == "%pip install made other"
    (found,) = problems(BROWSER, "!pip install made && ls")
    assert found.fix in {"", "%pip install made"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import subprocess as sp\nsp.run(['ls'])", "NB504"),
        ("from os import system\nsystem('ls')", "NB504"),
        ("import multiprocessing\nmultiprocessing.Pool(2)", "NB504"),
        ("from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor()", "NB504"),
        ("import concurrent.futures\nconcurrent.futures.ThreadPoolExecutor()", "NB505"),
        ("from threading import Thread\nThread(target=f).start()", "NB505"),
        ("import socket\nsocket.create_connection(a)", "NB506"),
    ],
)
def test_a_browser_starts_no_process_no_thread_and_opens_no_socket(source: str, code: str) -> None:
    assert told(BROWSER, source) == [(code, 0, 2)]
    top, call = source.split("\n")
    assert told(BROWSER, top, call) == [(code, 1, 1)]
    assert told(replace(BROWSER, runs_processes=True), source) == []


@pytest.mark.parametrize(
    "source",
    [
        "%pip install made",
        "%matplotlib inline",
        "'''\n!ls\n'''",
        "if sys.platform != 'emscripten':\n    !pip install made",
        "if not IN_LITE:\n    import os\n    os.system('ls')",
        "import subprocess, threading, socket, multiprocessing",
        "import threading\nlock = threading.Lock()",
        "import socket\nsocket.gethostname()",
        "import os\nos.path.join(a, b)",
        "import model\nmodel.run()",
        "run = make()\nrun()",
        "import multiprocessing\nmultiprocessing.cpu_count()",
    ],
)
def test_what_works_in_a_browser_is_no_problem(source: str) -> None:
    assert told(BROWSER, source) == []


@pytest.mark.slow
def test_imports_take_a_few_times_as_long_as_parsing_the_cells_that_have_them() -> None:
    many = [made(random.Random(number)) for number in range(500)]  # noqa: S311  no secret
    cells = [cell.source for each in many for cell in each.code if "import " in cell.source]
    started = time.process_time()
    for source in cells:
        ast.parse(as_python(source))
    parsed = time.process_time()
    assert sum(len(imports_of(each)) for each in many) > 4_000
    # two to three times on a noisy machine; a search of all cells would be twenty
    assert time.process_time() - parsed < 6 * (parsed - started)


def made(chance: random.Random) -> Notebook:
    """Eighteen cells of code, of which every fifth has imports, as notebooks have."""
    body = "def load(path):\n    return [line.split() for line in open(path)]\n\nprint(load('a'))\n"
    names = ["numpy", "pandas", "os", "sklearn.svm", "torch", "json", "matplotlib.pyplot"]
    cells = ["!pip install -q transformers\n" + "".join(f"import {name}\n" for name in names)]
    cells += [
        (f"from {chance.choice(names)} import a\n" if chance.random() < 0.15 else "")
        + f"x = {chance.random()}\n{body * 2}"
        for _ in range(17)
    ]
    return notebook(*cells, folder=f"/nowhere/{chance.randrange(50)}")
