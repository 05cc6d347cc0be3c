"""`ipymod ready`: what a check holds, what is judged, what is said; nothing is started here."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipymod.cli import main
from ipymod.errors import UsageError
from ipymod.facts.healthy import HEALTHY
from ipymod.launchers import Surroundings
from ipymod.ready.check import Check, Need, dumps, loads
from ipymod.ready.declared import of_conda
from ipymod.ready.file import read, write
from ipymod.ready.judge import Verdict, judge
from ipymod.ready.line import Line, encode, find, seat
from ipymod.ready.make import Wish, make
from ipymod.ready.program import BEGIN, END, data, program
from ipymod.ready.readiness import Readiness, readiness
from ipymod.ready.seen import Module, Seen
from ipymod.ready.steps import steps
from ipymod.survey import this_kernel
from ipymod.survey.packages.versions import fits
from ready_courses import COURSE, made, notebook

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def check_of(folder: Path, files: dict[str, str]) -> Check:
    root = made(folder, files)
    found = sorted(str(path) for path in root.rglob("*.ipynb"))
    return make(str(root), found, Wish("Animals", version="0.1.0")).check


def needs_of(check: Check) -> dict[str, str]:
    return {need.title: need.specifier for need in check.needs}


# -- making a check


def test_a_check_holds_what_the_notebooks_import_and_the_versions_that_are_declared(
    tmp_path: Path,
) -> None:
    check = check_of(tmp_path, COURSE)
    told = {"cowsay": ">=6", "iniconfig": "", "toolz": ">=0.11,<1", "scikit-image": ""}
    assert needs_of(check) == told
    assert [need.title for need in check.needs if need.optional] == ["scikit-image"]
    assert check.files == ("data/animals.csv",)
    assert check.id.startswith("animals-")


def test_what_a_notebook_installs_itself_is_a_need_all_the_same(tmp_path: Path) -> None:
    check = check_of(tmp_path, {"a.ipynb": notebook("%pip install tabulate", "import tabulate")})
    assert needs_of(check) == {"tabulate": ""}
    assert check.needs[0].places == ("a.ipynb",)


@pytest.mark.parametrize(
    ("files", "specifier"),
    [
        ({"requirements.txt": "-r more.txt\n", "more.txt": "pandas ~= 2.1  # why\n"}, "~=2.1"),
        ({"requirements.txt": "pandas==2.1.* ; python_version > '3'"}, "==2.1.*"),
        ({"requirements.txt": "pandas (>=2)"}, ">=2"),
        ({"binder/requirements.txt": "Pandas[excel]>=2 --hash=sha256:12"}, ">=2"),
        ({"environment.yml": "dependencies:\n  - conda-forge::pandas=2.1\n"}, "==2.1.*"),
        ({"environment.yml": "dependencies:\n  - pip:\n    - pandas<3\n"}, "<3"),
        ({"pyproject.toml": '[project]\nname="x"\ndependencies=["pandas>=2"]\n'}, ">=2"),
        ({"pyproject.toml": '[dependency-groups]\ndev=["pandas>=2"]\n'}, ">=2"),
        (
            {"requirements.txt": "pandas\n", "environment.yml": "dependencies:\n  - pandas>=1\n"},
            ">=1",
        ),
    ],
)
def test_versions_come_from_whatever_declares_them(
    tmp_path: Path, files: dict[str, str], specifier: str
) -> None:
    course = {"a.ipynb": notebook("import pandas as pd"), **files}
    assert needs_of(check_of(tmp_path, course)) == {"pandas": specifier}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=1.26", "==1.26.*"),
        ("=1.26.*", "==1.26.*"),
        ("==1.26", "==1.26"),
        ("=1.26.4=py311_0", "==1.26.4"),
        (">=1.20, <2", ">=1.20,<2"),
        ("1.2|1.3", ""),
        ("", ""),
    ],
)
def test_versions_of_conda_are_told_as_pip_writes_them(written: str, meant: str) -> None:
    assert of_conda(written) == meant
    assert not meant or fits("1.0", meant) is not None


def test_what_nobody_imports_is_needed_only_if_it_is_asked_for(tmp_path: Path) -> None:
    lines = "openpyxl>=3\nnumpy==2.1.0\njupyterlab\npywin32>=1; sys_platform == 'win32'\n"
    check = check_of(tmp_path, {"a.ipynb": notebook("1"), "requirements.txt": lines})
    assert needs_of(check) == {"openpyxl": ">=3", "pywin32": ">=1"}
    assert check.needs[1].marker == "sys_platform == 'win32'"


def test_what_students_cannot_have_is_told_and_no_password_gets_into_the_check(
    tmp_path: Path,
) -> None:
    lines = "-e .\n./wheels/x.whl\n--index-url https://u:hush@example.org/simple\n"
    lines += "own @ git+https://token:hush@example.org/own\nopen @ git+https://example.org/open\n"
    course = {"a.ipynb": notebook("import own, oddmodule"), "requirements.txt": lines}
    root = made(tmp_path, course)
    told = make(str(root), [str(root / "a.ipynb")], Wish())
    assert "hush" not in dumps(told.check) + str(told.remarks)
    assert len(told.remarks) == 6
    assert "nothing tells what brings oddmodule" in str(told.remarks)
    requirements = [need.requirement for need in told.check.needs]
    assert requirements == ["", "open @ git+https://example.org/open", ""]


@pytest.mark.parametrize(
    ("files", "python"),
    [
        ({"pyproject.toml": '[project]\nname="x"\nrequires-python=">=3.12"\n'}, ">=3.12"),
        ({"environment.yml": "dependencies:\n  - python>=3.12\n"}, ">=3.12"),
        ({"environment.yml": "dependencies:\n  - python=3.12\n"}, ""),
        ({"b.ipynb": notebook("import tomllib, imp")}, "<3.12"),
        ({"b.ipynb": notebook("import annotationlib")}, ">=3.14"),
    ],
)
def test_the_versions_of_python_are_those_that_are_asked_for(
    tmp_path: Path, files: dict[str, str], python: str
) -> None:
    assert check_of(tmp_path, {"a.ipynb": notebook("1"), **files}).python == python


@pytest.mark.parametrize(
    "cell",
    [
        "df.to_csv('x.csv')",
        "open('x.csv', 'w').write('')",
        "pd.read_csv('nosuch.csv')",
        "pd.read_csv('../../etc/passwd')",
        "pd.read_csv('x.csv')\ndf.to_csv('x.csv')",
        "name = 'x.csv'",
    ],
)
def test_a_file_is_needed_only_if_it_surely_is(tmp_path: Path, cell: str) -> None:
    check = check_of(tmp_path, {"a.ipynb": notebook(cell), "x.csv": "a\n"})
    assert check.files == ()


def test_the_versions_of_this_python_can_be_the_lowest(tmp_path: Path) -> None:
    root = made(tmp_path, {"a.ipynb": notebook("import numpy, pandas")})
    wish = Wish(installed={"numpy": "2.1.0+mkl"}.get)  # type: ignore[arg-type]  # None is no text
    check = make(str(root), [str(root / "a.ipynb")], wish).check
    assert needs_of(check) == {"numpy": ">=2.1.0", "pandas": ""}


# -- the file

TEXTS = st.text(max_size=20)
NEEDS = st.builds(
    Need,
    distribution=st.sampled_from(["pandas", "scikit-learn"]),
    specifier=st.sampled_from(["", ">=2,<3", "~=1.2", "==1.*"]),
    modules=st.lists(st.sampled_from(["pandas", "google.cloud", "größe"]), max_size=2).map(tuple),
    optional=st.booleans(),
    marker=st.sampled_from(["", 'sys_platform == "win32"']),
)


@given(TEXTS.map(str.strip).filter(bool), st.lists(NEEDS, max_size=3).map(tuple))
def test_a_check_is_read_from_its_file_as_it_was_made(name: str, needs: tuple[Need, ...]) -> None:
    check = Check(name, needs, ">=3.10", made_by="0.1.0")
    text = program(check, "x-ready.py")
    again = loads(data(text) or "", "x")
    assert replace(again, told="") == check
    assert again.id == check.id
    assert not again.is_changed
    text.encode("ascii")


def test_a_check_is_read_whatever_a_mail_did_to_its_lines(tmp_path: Path) -> None:
    text = program(Check("Animals"), "x-ready.py")
    path = tmp_path / "x-ready.py"
    for changed in (text.replace("\n", "\r\n"), "\ufeff" + text, dumps(Check("Animals"))):
        path.write_bytes(changed.encode())
        assert read(str(path)).name == "Animals"
    path.write_bytes(text.encode("utf-16"))
    assert read(str(path)).name == "Animals"


@pytest.mark.parametrize(
    "needs",
    [
        [{"distribution": 'x"; rm -rf ~; "'}],
        [{"distribution": "x", "specifier": '>=1" $(reboot)'}],
        [{"distribution": "x", "address": "https://example.org/`reboot`"}],
        [{"distribution": "--index-url=x"}],
        [{"modules": ["os; reboot"]}],
        [{"distribution": "x", "extras": "[a]$HOME"}],
        [{}],
        ["x"],
        "x",
    ],
)
def test_a_check_puts_nothing_into_a_command_but_names_and_versions(needs: object) -> None:
    with pytest.raises(UsageError, match="damaged"):
        loads(json.dumps({"ipymod-ready": 1, "needs": needs}), "x.py")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"name,age\n1,2\n", "not the check"),
        (notebook("1").encode(), "is a notebook, not the check"),
        (
            b'{"ipymod-ready": 2, "ipymod": "9.1"}',
            "format 2, made by ipymod 9.1; this ipymod reads",
        ),
        (b'{"ipymod-ready": 1, "needs": ', "damaged"),
        (f"{BEGIN}\n{{}}\n".encode(), "cut off"),
        ((BEGIN + "\n{\u201cipymod-ready\u201d: 1}\n" + END).encode(), "damaged"),
        (b"\xff\xfe\xff", "UTF-8"),
        (b"\x80abc", "UTF-8"),
        (b"x" * (1 << 20) + b"xx", "more than 1 MB"),
        (b"ipymod-ready=1; course=x; end=1234", "holds a student's line"),
    ],
)
def test_what_is_no_check_is_told_in_one_line(
    tmp_path: Path, content: bytes, told: str, capsys: Captured
) -> None:
    path = tmp_path / "x-ready.py"
    path.write_bytes(content)
    assert main(["ready", str(path)]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nosuch-ready.py"], "did you mean course-ready.py?"),
        (["https://example.org/course-ready.py"], "nothing is fetched"),
        (["empty"], "there is no notebook in empty"),
        (["r"], "no notebook in r is in Python"),
        (["broken"], "no notebook in broken can be read"),
        (["course-ready.py", "--name", "x"], "--name is for making a check"),
        (["ok", "--to", "notes.txt"], "is there and is no check"),
        (["ok", "--install", "x; reboot"], "--install wants"),
        (["ok", "--to", "nosuch/x.py"], "cannot be written"),
    ],
)
def test_a_wrong_use_is_told_in_one_line(
    tmp_path: Path,
    words: list[str],
    told: str,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = {"course-ready.py": program(Check("x"), "x"), "notes.txt": "mine\n", "empty/x.py": ""}
    files |= {
        "r/a.ipynb": notebook("1", language="R"),
        "broken/a.ipynb": "{",
        "ok/a.ipynb": notebook("1"),
    }
    monkeypatch.chdir(made(tmp_path, files))
    assert main(["ready", *words]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert (tmp_path / "notes.txt").read_text() == "mine\n"


def test_a_check_takes_the_place_of_an_older_one_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x-ready.py"
    write(str(path), program(Check("one"), "x"))
    write(str(path), program(Check("two"), "x"))
    assert read(str(path)).name == "two"
    path.write_text(f"{BEGIN}\n{{damaged")
    write(str(path), program(Check("three"), "x"))
    assert [each.name for each in tmp_path.iterdir()] == ["x-ready.py"]


def test_the_program_of_a_check_tells_the_line_that_ipymod_would_write(tmp_path: Path) -> None:
    path = tmp_path / "x-ready.py"
    check = Check("Gr\u00f6\u00dfe 1", python=">=3.99")
    path.write_text(program(check, path.name), "utf-8")
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(path)], capture_output=True, text=True, check=False
    )
    told = ended.stdout.splitlines()
    found = find(told[-1])[0].line
    assert found is not None
    assert encode(found) == told[-1]
    assert found.faults == (("python", "wrong"), ("ipymod", "missing"))
    assert (found.course, found.state) == (check.id, "unknown")
    import getpass
    import platform

    machine = [platform.node(), getpass.getuser(), sys.base_prefix]
    assert found.seat in {seat(check.id, machine), seat(check.id, [*machine[:2], sys.prefix])}
    assert ended.returncode == 1


def test_the_program_of_a_check_is_python_of_any_version() -> None:
    text = program(Check("x"), "x-ready.py")
    ast.parse(text, feature_version=(3, 7))
    assert not any(line.lstrip().startswith(("f'", 'f"')) for line in text.splitlines())


def test_a_damaged_program_says_so_where_there_is_no_ipymod(tmp_path: Path) -> None:
    text = program(Check("x"), "x-ready.py")
    file = tmp_path / "x-ready.py"
    file.write_text(text.replace('"ipymod-ready": 1,', '"ipymod-ready": 1'), "utf-8")
    line = [sys.executable, "-IS", str(file)]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "")
    assert ended.stdout == f"{file} is damaged; ask for it again\n"


# -- judging

PANDAS = Need("pandas", ">=2", ("pandas",), ("a.ipynb",))
FINE = Seen(
    kernel=HEALTHY.kernel,
    seat="k7qx2",
    needs=(PANDAS,),
    versions={"pandas": "2.1.0"},
    modules={"pandas": Module("package", "/site/pandas")},
    home="/home/ada",
)
CHECK = Check("Animals", (PANDAS,), ">=3.10", ("data/x.csv",))


def told(seen: Seen, check: Check = CHECK) -> Readiness:
    verdict: Verdict = judge(check, seen)
    return Readiness(check, seen, verdict, steps(check, "x-ready.py", seen, verdict.things))


def lines_of(answer: Readiness) -> list[str]:
    return [line for step in answer.steps for line in step.lines]


def test_a_python_with_all_that_is_needed_is_ready() -> None:
    answer = told(FINE)
    assert answer.first_line == "Ready for Animals"
    assert answer.exit_status == 0
    assert answer.steps == ()
    assert answer.verdict.line == Line(CHECK.id, "k7qx2", HEALTHY.kernel.version, "linux", "yes")


ABSENT = replace(FINE, versions={}, modules={"pandas": Module("missing")})
OWN = Module("module", "pandas.py", is_own=True)
REGISTER = (
    "!/home/ada/.venvs/animals/bin/python -m ipykernel install --user --name animals"
    " --display-name animals"
)
PIP = '%pymod pip install "pandas>=2"'


@pytest.mark.parametrize(
    ("seen", "faults", "lines"),
    [
        (ABSENT, [("pandas", "missing")], [PIP]),
        (replace(FINE, versions={"pandas": "1.5.3"}), [("pandas", "1.5.3")], [PIP]),
        (
            replace(FINE, modules={"pandas": Module("missing")}),
            [("pandas", "broken")],
            ['%pymod pip install --force-reinstall --no-deps "pandas>=2"'],
        ),
        (replace(FINE, damaged={"pandas": "it lacks numpy"}), [("pandas", "broken")], [PIP]),
        (
            replace(FINE, modules={"pandas": OWN}),
            [("pandas", "shadowed")],
            ["import os; os.rename('pandas.py', 'my_pandas.py')"],
        ),
        (
            replace(ABSENT, modules={"pandas": OWN}),
            [("pandas", "shadowed"), ("pandas", "missing")],
            ["import os; os.rename('pandas.py', 'my_pandas.py')", PIP],
        ),
        (replace(FINE, lacking=(1,)), [("file-1", "absent")], []),
        (replace(FINE, lacking=(1,), has_material=False), [], []),
        (replace(ABSENT, pip=False), [("pandas", "missing")], ["%pymod ensurepip", PIP]),
        (
            replace(ABSENT, pip=False, uv=True),
            [("pandas", "missing")],
            [f'!uv pip install --python {HEALTHY.kernel.executable} "pandas>=2"'],
        ),
        (
            replace(ABSENT, closed="readonly", takes_user=True),
            [("pandas", "missing")],
            ['%pymod pip install --user "pandas>=2"'],
        ),
        (
            replace(ABSENT, closed="managed"),
            [("pandas", "missing"), ("kernel", "readonly")],
            [
                "%pymod venv /home/ada/.venvs/animals",
                '!/home/ada/.venvs/animals/bin/python -m pip install ipymod ipykernel "pandas>=2"',
                REGISTER,
                "%load_ext ipymod",
            ],
        ),
    ],
)
def test_each_thing_that_is_not_so_has_its_fault_and_its_lines(
    seen: Seen, faults: list[tuple[str, str]], lines: list[str]
) -> None:
    answer = told(seen)
    assert list(answer.verdict.line.faults) == faults
    again = ["%whichpip --ready x-ready.py"] if faults else []
    assert lines_of(answer) == [*lines, *again]
    assert answer.exit_status == int(bool(faults))


def test_a_python_out_of_range_leads_to_a_kernel_that_fits_or_to_a_new_environment() -> None:
    check = replace(CHECK, python=">=3.99")
    made_anew = told(FINE, check)
    assert made_anew.verdict.line.faults == (("python", "wrong"),)
    assert lines_of(made_anew)[:2] == [
        "%pymod pip install uv",
        '%pymod uv venv --seed --python ">=3.99" /home/ada/.venvs/animals',
    ]
    there = told(replace(FINE, fitting=("Python 3.99",)), check)
    assert lines_of(there) == ["%run x-ready.py"]
    assert "Python 3.99" in there.text()


def test_a_kernel_that_has_not_loaded_ipymod_is_told_to_load_it_once_and_first() -> None:
    answer = told(replace(ABSENT, has_magics=False))
    assert lines_of(answer) == ["%load_ext ipymod", PIP, "%whichpip --ready x-ready.py"]
    stale = told(replace(FINE, has_magics=False, lacking=(1,)))
    assert lines_of(stale) == ["%load_ext ipymod", "%whichpip --ready x-ready.py"]
    fits = told(replace(FINE, has_magics=False, fitting=("x",)), replace(CHECK, python=">=3.99"))
    assert lines_of(fits) == ["%run x-ready.py"]


def test_what_other_distributions_bring_and_what_is_optional_is_no_matter() -> None:
    others = replace(FINE, versions={})
    assert told(others).is_ready
    optional = replace(PANDAS, optional=True)
    answer = told(replace(ABSENT, needs=(optional,)))
    assert answer.is_ready
    assert "pandas is not installed; a.ipynb can do without it." in answer.text()


def test_lines_for_a_terminal_name_the_python_and_no_magic() -> None:
    kernel = replace(HEALTHY.kernel, running=False, executable="/opt/my tools/python")
    answer = told(replace(ABSENT, kernel=kernel, modules={"pandas": OWN}))
    assert lines_of(answer) == [
        "mv pandas.py my_pandas.py",
        '"/opt/my tools/python" -m pip install "pandas>=2"',
        '"/opt/my tools/python" -m ipymod ready x-ready.py',
    ]


def test_all_forms_say_the_same_and_hostile_names_do_no_harm() -> None:
    check = replace(CHECK, name="<b>x</b>\x1b[31m `y` | z")
    answer = told(ABSENT, check)
    bundle = answer._repr_mimebundle_()
    assert "<b>" not in bundle["text/html"]
    assert "<b>" not in bundle["text/markdown"]
    for text in bundle.values():
        assert "\x1b" not in text
        assert answer.line in text
        assert "%pymod pip install" in text


def test_the_fewest_lines_are_given() -> None:
    both = (PANDAS, Need("cowsay", "", ("cowsay",)), Need("openpyxl", ">=3"))
    modules = {name: Module("missing") for name in ("pandas", "cowsay")}
    answer = told(replace(ABSENT, needs=both, modules=modules))
    assert lines_of(answer)[0] == '%pymod pip install "pandas>=2" cowsay "openpyxl>=3"'
    assert len(lines_of(answer)) == 2


# -- this very Python


def test_this_python_is_looked_at_without_an_import(tmp_path: Path) -> None:
    folder = made(tmp_path, {"course/iniconfig.py": "raise SystemExit"}) / "course"
    needs = (Need("iniconfig", "", ("iniconfig",)), Need("pytest", ">=1", ("pytest",)))
    path = folder / "x-ready.py"
    path.write_text(program(Check("x", needs), path.name))
    around = replace(Surroundings.now(), cwd=str(folder))
    kernel = replace(this_kernel(around), path=(str(folder), *sys.path))
    answer = readiness(str(path), kernel, around)
    assert answer.verdict.line.faults == (("iniconfig", "shadowed"),)


def test_what_a_marker_leaves_out_is_not_needed(tmp_path: Path) -> None:
    needs = (
        Need("nosuch-one", marker="sys_platform == 'other'"),
        Need("nosuch-two", marker=f"os_name == '{os.name}'"),
    )
    path = tmp_path / "x-ready.py"
    path.write_text(program(Check("x", needs), path.name))
    around = Surroundings.now()
    answer = readiness(str(path), this_kernel(around), around)
    assert [each.title for each in answer.verdict.things] == ["nosuch-two"]
