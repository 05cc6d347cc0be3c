"""`ipymod binder` on folders: what is gathered, what is printed, with which exit status."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from environments import REPOSITORY
from ipymod.binder import conda, requirements
from ipymod.binder.facts import File
from ipymod.binder.gather import gather
from ipymod.binder.runtime import read as read_runtime
from ipymod.cli import main
from ipymod.notebooks.find import find

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.binder.facts import Repository

Captured = pytest.CaptureFixture[str]


def notebook(*cells: str, kernel: str = "python3") -> str:
    code: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    told = {"name": kernel, "display_name": kernel, "language": "python"}
    return json.dumps(
        {
            "cells": [{**code, "id": f"c{n}", "source": text} for n, text in enumerate(cells)],
            "metadata": {"kernelspec": told, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def made(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="")
    return folder


def gathered(folder: Path) -> Repository:
    return gather(str(folder), find([str(folder)]))


def answer(folder: Path, capsys: Captured, *words: str) -> tuple[int, str]:
    status = main(["binder", *words, str(folder)])
    return status, capsys.readouterr().out


COURSE = {
    "binder/requirements.txt": "-r ../requirements.txt\npandas\n",
    "requirements.txt": "numpy==2.2.6\n",
    "binder/runtime.txt": "python-3.12\n",
    "lesson1.ipynb": notebook("import json, numpy as np\nimport pandas"),
    "lessons/two.ipynb": notebook("from beside import plot", "import IPython"),
    "lessons/beside.py": "plot = print\n",
}


def test_a_course_in_order_is_told_so(tmp_path: Path, capsys: Captured) -> None:
    status, told = answer(made(tmp_path, COURSE), capsys)
    assert status == 0
    assert told.splitlines() == [
        "Python 3.12, from binder/runtime.txt.",
        "pip installs binder/requirements.txt.",
        "",
        "OK: no problem; 2 notebooks looked at",
    ]


def test_an_import_that_is_not_declared_is_told_with_cell_and_line(
    tmp_path: Path, capsys: Captured
) -> None:
    more = {"lesson3.ipynb": notebook("1", "import json\nimport cv2")}
    status, told = answer(made(tmp_path, {**COURSE, **more}), capsys)
    assert status == 1
    assert "lesson3.ipynb cell 2, line 2: error: cv2, imported here" in told
    assert "    try: add to binder/requirements.txt: opencv-python" in told


def test_a_notebook_that_installs_what_it_imports_needs_no_declaration(tmp_path: Path) -> None:
    files = {"one.ipynb": notebook("%pip install opencv-python", "import cv2")}
    assert gathered(made(tmp_path, files)).imported == ()


def test_an_import_that_is_guarded_is_a_note(tmp_path: Path, capsys: Captured) -> None:
    text = "try:\n    import cupy\nexcept ImportError:\n    cupy = None\n"
    status, told = answer(made(tmp_path, {**COURSE, "one.ipynb": notebook(text)}), capsys)
    assert status == 0
    assert "note: cupy, imported here, comes with" in told


def test_a_module_in_src_is_out_of_reach_until_it_is_installed(
    tmp_path: Path, capsys: Captured
) -> None:
    files = {"src/course/__init__.py": "", "lessons/three.ipynb": notebook("import course")}
    assert "NB656" in answer(made(tmp_path, {**COURSE, **files}), capsys)[1]
    declared = {"binder/requirements.txt": "numpy\npandas\n.\n", "setup.py": ""}
    assert answer(made(tmp_path, declared), capsys)[0] == 0


def test_json_is_one_object(tmp_path: Path, capsys: Captured) -> None:
    more = {"lesson3.ipynb": notebook("import cv2", kernel="ada")}
    status, told = answer(made(tmp_path, {**COURSE, **more}), capsys, "--json")
    content = json.loads(told)
    assert status == 1
    assert content["installs"] == ["numpy", "pandas"]
    assert content["notebooks"] == ["lesson1.ipynb", "lesson3.ipynb", "lessons/two.ipynb"]
    found = [
        (each["code"], each["path"], each["cell"], each["line"]) for each in content["problems"]
    ]
    assert found == [("NB651", "lesson3.ipynb", 0, 1), ("NB661", "lesson3.ipynb", None, 1)]


def test_our_own_repository_is_in_order(capsys: Captured) -> None:
    assert main(["binder", str(REPOSITORY)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", ["nowhere", "README.md"])
def test_what_is_no_folder_is_wrong_use(path: str, capsys: Captured) -> None:
    assert main(["binder", str(REPOSITORY / path)]) == 2
    assert "give the folder of a repository" in capsys.readouterr().err


def test_an_empty_folder_gets_what_everybody_gets(tmp_path: Path, capsys: Captured) -> None:
    status, told = answer(tmp_path, capsys)
    assert status == 0
    assert "Nothing is installed beside Jupyter: no file says what." in told


def test_bad_notebooks_are_counted_and_the_rest_goes_on(tmp_path: Path, capsys: Captured) -> None:
    files = {"bad.ipynb": "{", "empty.ipynb": ""}
    assert "2 more cannot be read" in answer(made(tmp_path, {**COURSE, **files}), capsys)[1]


@pytest.mark.parametrize(
    "data", [b"\xff\xfen\0u\0m\0p\0y\0", b"\0", b"\xff" * 3000, b"- [\n" * 900]
)
@pytest.mark.parametrize(
    "name",
    [
        *("environment.yml", "requirements.txt", "runtime.txt", "Pipfile", "Pipfile.lock"),
        *("pyproject.toml", "apt.txt", "postBuild", "start", "setup.py", "Dockerfile"),
    ],
)
def test_bad_bytes_in_a_configuration_lead_to_no_traceback(
    name: str, data: bytes, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / name).write_bytes(data)
    assert answer(tmp_path, capsys)[0] in {0, 1}


def test_requirements_that_include_each_other_come_to_an_end(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r more.txt\nnumpy\n", "more.txt": "-r requirements.txt\ntorch\n"}
    declared = gathered(made(tmp_path, files)).declared
    assert declared
    assert declared.names == {"numpy", "torch"}


def test_what_requirements_name_and_is_not_there_is_absent(tmp_path: Path) -> None:
    text = "-r gone.txt\n-e ..\n./wheels/course.whl\n-e .[all]\n-c limits.txt\n"
    files = {"binder/requirements.txt": text, "binder/limits.txt": ""}
    absent = gathered(made(tmp_path, files)).absent
    assert absent == ("binder/gone.txt", "..", "wheels/course.whl")


def test_paths_in_the_file_of_conda_begin_beside_it(tmp_path: Path) -> None:
    text = "dependencies:\n- pip:\n  - -e ..\n  - -r more.txt\n"
    files = {"binder/environment.yml": text, "binder/more.txt": "numpy\n"}
    repository = gathered(made(tmp_path, files))
    assert repository.absent == ()
    assert repository.declared
    assert repository.declared.project


# Readers.

LINES = st.lists(
    st.sampled_from(
        [
            *("name: course", "channels:", "  - conda-forge", "dependencies:", "dependencies: []"),
            *("  - python=3.12", "- numpy", "  - 'pandas>=2'  # new", '  - "x"', "  - pip:"),
            *(
                "    - torch==2",
                "      - -e .",
                "  - git+https://h/r#egg=x",
                "  - a: b",
                "prefix: /x",
            ),
            *("# said", "", "variables:", "  A: b", "\tx", "  - {a: b}", "  - ~", "  - 3", "---"),
            *(
                "  - yes",
                "  - a #b",
                "  - 'it''s'",
                "  - &a x",
                "  - - y",
                "   - z",
                "  -  w",
                "- pip:",
            ),
            *(
                "  - >=2",
                "  - a:b",
                "  - @x",
                "  - x,",
                "  - |",
                "   more",
                "- {}",
                "  - a\\b",
                "...",
            ),
        ]
    ),
    max_size=9,
)


def by_yaml(text: str) -> Any:
    yaml = pytest.importorskip("yaml")
    try:
        root = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    listed = (root or {}).get("dependencies") or [] if isinstance(root or {}, dict) else None
    return listed if isinstance(listed, list) else None


@given(LINES)
@example(["dependencies:", "- pip:", "  - pip:"])
def test_the_strict_reader_reads_what_pyyaml_reads_or_nothing(lines: list[str]) -> None:
    text = "\n".join(["dependencies:", *lines[1:]] if len(lines) % 2 else lines) + "\n"
    try:
        told = conda._Reader(text).environment()  # noqa: SLF001  without what stands in for it
    except conda._Unusual:  # noqa: SLF001  likewise
        return
    listed = by_yaml(text)
    assert listed is not None, text
    assert [item.text for item in told.dependencies] == [x for x in listed if isinstance(x, str)]
    pip = [x["pip"] for x in listed if isinstance(x, dict)]
    assert [item.text for item in told.pip] == [y for each in pip for y in each or []]
    for item in (*told.dependencies, *told.pip):
        assert item.text in text.split("\n")[item.line - 1]


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nchannels:\n  - defaults\ndependencies:\n  - numpy\n  - pip:\n    - torch\n",
        "dependencies:\n- numpy=2.2.6=py312_0\n- pip\n- pip:\n  - torch\nprefix: C:\\envs\\x\n",
        "---\ndependencies:\n  # first\n  - 'numpy>=2'  # all\n  - pip:\n      - torch\n",
    ],
)
def test_the_usual_form_takes_no_pyyaml(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    told = conda.read(File("environment.yml", text))
    assert not told.doubt
    assert told.dependencies[0].text.startswith("numpy")
    assert [item.text for item in told.pip] == ["torch"]


def test_without_pyyaml_an_unusual_form_is_told_as_not_understood(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"environment.yml": "dependencies: [python=3.12, numpy]\n"}
    folder = made(tmp_path, {**files, "one.ipynb": notebook("import numpy")})
    status, told = answer(folder, capsys)
    assert (status, told.splitlines()[0]) == (0, "Python 3.12, from environment.yml.")
    monkeypatch.setitem(sys.modules, "yaml", None)
    status, told = answer(folder, capsys)
    assert status == 0
    assert told.startswith("Which Python it takes cannot be told")
    assert "    try: python -m pip install pyyaml" in told


@pytest.mark.parametrize(
    ("line", "name", "place", "meaning"),
    [
        ("numpy", "numpy", "", "install"),
        ("Scikit_Learn[all]>=1 # new", "scikit-learn", "", "install"),
        ("numpy==2.2.6 --hash=sha256:ab", "numpy", "", "install"),
        ("x @ https://h/x.whl ; python_version > '3'", "x", "https://h/x.whl", "install"),
        ("git+https://h/r@v1#egg=x", "x", "git+https://h/r@v1#egg=x", "install"),
        ("-e git+https://h/r#egg=x&subdirectory=P", "x", "", "install"),
        ("-e .[all]", "", ".", "install"),
        ("./wheels/x-1.whl", "", "./wheels/x-1.whl", "install"),
        ("-rmore.txt", "", "more.txt", "include"),
        ("--requirement=more.txt", "", "more.txt", "include"),
        ("-c limits.txt", "", "limits.txt", "constraint"),
    ],
)
def test_a_line_of_requirements_is_read_as_pip_reads_it(
    line: str, name: str, place: str, meaning: str
) -> None:
    found = requirements.of_line(line, "requirements.txt", 1)
    assert found
    assert (found.name, found.meaning) == (name, meaning)
    assert not place or found.place == place


@pytest.mark.parametrize(
    "line", ["", "# x", "--pre", "--index-url https://h/simple", "-i https://h"]
)
def test_a_line_that_asks_for_nothing_is_none(line: str) -> None:
    assert requirements.of_line(line, "requirements.txt", 1) is None


def test_a_line_may_go_on_in_the_next() -> None:
    found = list(requirements.read(File("r.txt", "numpy \\\n  ==2\npandas\n")))
    assert [(each.name, each.line, each.pinned) for each in found] == [
        ("numpy", 1, True),
        ("pandas", 3, False),
    ]


@given(st.text(max_size=30))
def test_any_runtime_is_read_or_refused(text: str) -> None:
    told = read_runtime(File("runtime.txt", text))
    assert told.fault or told.name


def test_the_command_loads_neither_nbformat_nor_nbclient(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys; from ipymod.cli import main; main(['binder', sys.argv[1]]);"
        " print({'nbformat', 'nbclient', 'yaml', 'IPython', 'jupyter_client'} & set(sys.modules))"
    )
    folder = made(tmp_path, COURSE)
    told = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "set()"
