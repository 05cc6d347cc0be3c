"""What is said of a line before it runs, and what is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from string import Formatter
from typing import TYPE_CHECKING

import pytest

import notebook_lines
import real_lines
from ipymod.cells import shell_texts
from ipymod.guard import Verdict, judge, read
from ipymod.launchers import Surroundings, environment_of
from ipymod.survey import this_kernel

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.facts import Kernel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="launchers with a shebang")
VERSION = "{}.{}".format(*sys.version_info)
PYTHON = sys.executable
PREFIX = sys.prefix


def made(folder: Path) -> Path:
    """Make an environment with a pip, a pip3 and a conda: files, as far as anybody looks."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    package = folder / "lib" / f"python{VERSION}" / "site-packages" / "pip"
    package.mkdir()
    (package / "__init__.py").write_text('__version__ = "25.0"\n')
    (package / "__main__.py").write_text("")
    for name in ("pip", "pip3", "conda"):
        launcher = folder / "bin" / name
        launcher.write_text(f"#!{folder}/bin/python\nimport pip\n")
        launcher.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another environment than the kernel's."""
    return made(tmp_path_factory.mktemp("guard") / "other")


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel's own environment, where a test needs one with a pip."""
    return made(tmp_path_factory.mktemp("guard") / "own")


@pytest.fixture
def astray(other: Path) -> Surroundings:
    """What commands see where the other environment stands first on PATH."""
    return around(other / "bin")


def around(*places: Path, **variables: str) -> Surroundings:
    here = Surroundings.now().without_variables("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PYTHON")
    return here.with_path([*map(str, places), *here.path]).with_variables(**variables)


def verdict(
    text: str, here: Surroundings, kind: str = "line", kernel: Kernel | None = None
) -> Verdict | None:
    reading = read(text, kind)
    return judge(reading, kernel or this_kernel(here), here)


# A line, what it does to an environment, and what is typed instead.
ASTRAY = [
    ("pip install seaborn", "installs into", "into", "%pymod pip install seaborn"),
    ("pip3 install -q seaborn", "installs into", "into", "%pymod pip install -q seaborn"),
    ("pip install {name}", "installs into", "into", "%pip install {name}"),
    ("pip install -e '.[dev]'", "installs into", "into", "%pymod pip install -e '.[dev]'"),
    ("pip install --user x", "installs into", "into", "%pymod pip install --user x"),
    ("pip uninstall -y x", "removes from", "from", "%pymod pip uninstall -y x"),
    ("pip list", "looks at", "at", "%pymod pip list"),
    ("pip --version", "looks at", "at", "%pymod pip --version"),
    ("python -m pip install x", "installs into", "into", "%pymod pip install x"),
    ("pip install x && ls", "installs into", "into", f"!{PYTHON} -m pip install x && ls"),
    ("cd a; pip install x", "installs into", "into", f"!cd a; {PYTHON} -m pip install x"),
    ("python -m black -q .", "runs with the packages of", "with those of", "%pymod black -q ."),
    ("python -m black *.py", "runs with the packages of", "with those of", None),
    ("python a.py", "runs with the packages of", "with those of", f"!{PYTHON} a.py"),
    ("python -c 'print(1)'", "runs with the packages of", "with those of", None),
    ("python -V", "looks at", "at", f"!{PYTHON} -V"),
    ("time pip install x | cat", "installs into", "into", f"!time {PYTHON} -m pip install x | cat"),
    ("echo 1 | xargs pip install", "installs into", "into", None),
]


@pytest.mark.parametrize(("text", "does", "relation", "safe"), ASTRAY)
def test_a_line_that_leads_astray_is_told_with_both_environments(
    text: str, does: str, relation: str, safe: str | None, astray: Surroundings
) -> None:
    found = verdict(text, astray)
    assert found
    (sentence,) = found.sentences
    there, own = (f"{each} (Python {VERSION})" for each in (other_of(astray), PREFIX))
    assert sentence.endswith(f"on your PATH {does} {there}, not {relation} this kernel's {own}")
    assert found.safe == (safe or f"!{found.instead}",)


def other_of(here: Surroundings) -> str:
    """The prefix that stands first on PATH."""
    return os.path.dirname(here.path[0])


NO_ENVIRONMENT = [
    "pip download x",
    "pip cache purge",
    "pip config list",
    "pip --help",
    "pip install --help",
    "pip install --target lib x",
    "pip --python /x/bin/python install x",
    "python -m venv .venv",
    "python --help",
    "conda create -n new python",
    "conda install -y -n science x",
    "uv venv",
    "uvx ruff check",
    "uv pip install --python 3.12 x",
    "source .venv/bin/activate && pip install x",
    "export PATH=/opt/bin:$PATH; pip install x",
    "eval $(conda shell.bash hook); pip install x",
    "PATH=/opt/bin pip install x",
    "{sys.executable} -m pip install x",
    "$python -m pip install x",
    "{pip} install x",
    "~/env/bin/pip install x",
    "/nowhere/bin/pip install x",
    "echo pip install x",
    "cat <<END\npip install x\nEND",
    "ls; # pip install x",
    "git clone https://example.org/pip.git",
    "apt-get install python3-pip",
    "which pip python",
    "pip-compile requirements.in",
    "'pip install x'",
]


@pytest.mark.parametrize("text", NO_ENVIRONMENT)
def test_of_what_is_meant_or_touches_no_environment_nothing_is_said(
    text: str, astray: Surroundings
) -> None:
    assert verdict(text, astray) is None


@pytest.mark.parametrize("text", [each[0] for each in ASTRAY])
def test_nothing_is_said_where_the_line_reaches_the_kernel(text: str, own: Path) -> None:
    here = around(own / "bin")
    assert verdict(text, here, kernel=kernel_of(own, here)) is None


def kernel_of(folder: Path, here: Surroundings) -> Kernel:
    """The kernel that this Python would be if it ran there."""
    environment = environment_of(str(folder / "bin" / "python"), here)
    return replace(
        this_kernel(here),
        executable=str(folder / "bin" / "python"),
        prefix=environment.prefix,
        environment=environment,
    )


def test_a_missing_program_and_an_unknown_one_are_left_to_the_shell(tmp_path: Path) -> None:
    here = Surroundings.now().with_path([str(tmp_path)])
    assert verdict("pip install x", here) is None
    (tmp_path / "pip").write_bytes(b"\x7fELF and nobody knows what")
    (tmp_path / "pip").chmod(0o755)
    assert verdict("pip install x", here) is None


# What a shell makes of a version, and what waits for an answer: wherever pip leads.
REDIRECTS = [
    ("pip install keras>=3", "line", "'keras>=3'", "=3"),
    ("pip install keras >=3", "line", "'keras>=3'", "=3"),
    ("pip install keras>=3,<4", "line", "'keras>=3,<4'", "=3,"),
    ("pip install a keras>3 b", "line", "a 'keras>3' b", "3"),
    ("install keras>=3", "%pip", "'keras>=3'", "=3"),
]


@pytest.mark.parametrize(("text", "kind", "meant", "file"), REDIRECTS)
def test_a_version_outside_quotes_gets_its_word(
    text: str, kind: str, meant: str, file: str, astray: Surroundings
) -> None:
    found = verdict(text.replace("pip ", "{sys.executable} -m pip "), astray, kind)
    assert found
    assert f"named {file}, and any version is installed" in " ".join(found.sentences)
    magic = "%pymod pip" if kind == "line" else "%pip"
    assert found.safe == (f"{magic} install {meant}",)


def test_the_shell_takes_the_mended_version_for_one_word(astray: Surroundings) -> None:
    for text, kind, _, _ in REDIRECTS:
        found = verdict(text, astray, kind)
        assert found
        words = found.instead.replace(f"{PYTHON} -m pip", "pip").removeprefix("pip ")
        shown = subprocess.check_output(["/bin/sh", "-c", f"printf '%s|' {words}"], text=True)
        assert "keras>" in shown


QUOTED = [
    "pip install 'keras>=3'",
    'pip install "keras>=3"',
    "pip install keras > log.txt",
    "pip install keras >log",
    "pip install keras 2>&1",
    "pip install -q keras >/dev/null",
    "pip install keras==3",
]


@pytest.mark.parametrize("text", QUOTED)
def test_a_redirect_that_is_meant_gets_no_word(text: str, astray: Surroundings) -> None:
    own = text.replace("pip ", "{sys.executable} -m pip ", 1)
    assert verdict(own, astray) is None


@pytest.mark.parametrize(
    ("text", "kind", "safe"),
    [
        ("{sys.executable} -m pip uninstall x", "line", "%pymod pip uninstall -y x"),
        ("uninstall x", "%pip", "%pip uninstall -y x"),
        ("pip uninstall x", "line", "%pymod pip uninstall -y x"),
        ("uninstall -q x", "%pip", "%pip uninstall -y -q x"),
        ("pip uninstall x", "script", f"{PYTHON} -m pip uninstall -y x"),
    ],
)
def test_what_waits_for_an_answer_gets_its_word(
    text: str, kind: str, safe: str, astray: Surroundings
) -> None:
    found = verdict(text, astray, kind)
    assert found
    assert "pip uninstall asks before it acts, and nobody can answer here" in found.sentences
    assert found.safe == (safe,)


@pytest.mark.parametrize(
    "text",
    [
        "pip uninstall -y x",
        "pip uninstall --yes x",
        "yes | pip uninstall x",
        "pip uninstall x < answers",
        "PIP_NO_INPUT=1 pip uninstall x",
        "pip uninstall --help",
    ],
)
def test_what_is_answered_gets_none(text: str, astray: Surroundings) -> None:
    own = text.replace("pip ", "{sys.executable} -m pip ", 1)
    assert verdict(own, astray) is None


def test_a_terminal_can_answer_and_ipython_answers_conda_itself(astray: Surroundings) -> None:
    own = "{sys.executable} -m pip uninstall x"
    assert judge(read(own, "line"), this_kernel(astray), astray, can_answer=True) is None
    assert verdict("install x", astray, "%conda") is None


# Other installers

UV = shutil.which("uv", path=os.pathsep.join([os.path.dirname(PYTHON), os.environ["PATH"]]))
with_uv = pytest.mark.skipif(UV is None, reason="uv is not installed")


@with_uv
def test_uv_is_judged_by_the_environment_that_it_would_find(other: Path, tmp_path: Path) -> None:
    here = replace(
        around(tmp_path, VIRTUAL_ENV=str(other)).with_path([os.path.dirname(str(UV))]),
        cwd=str(tmp_path),
    )
    found = verdict("uv pip install x", here)
    assert found
    assert found.said == (
        f"uv pip installs into {other} (Python {VERSION}) because of VIRTUAL_ENV, not into this "
        f"kernel's {PREFIX} (Python {VERSION}):\n!uv pip install --python {PYTHON} x"
    )
    own = here.with_variables(VIRTUAL_ENV=PREFIX)
    assert verdict("uv pip install x", own) is None
    nothing = replace(here.without_variables("VIRTUAL_ENV"), cwd="/")
    assert verdict("uv pip install x", nothing.with_path([str(tmp_path)])) is None


def test_conda_is_judged_by_the_environment_that_is_active(other: Path) -> None:
    here = around(other / "bin", CONDA_PREFIX=str(other))
    found = verdict("conda install -y x", here)
    assert found
    assert found.sentences[0].startswith(f"conda installs into {other}")
    assert (found.safe, found.instead) == ((), "")  # it cannot install for a venv
    kernel = this_kernel(here)
    ours = replace(kernel, environment=replace(kernel.environment, kind="conda"))
    found = verdict("conda install -y x", here, kernel=ours)
    assert found
    assert found.safe == (f"!conda install --prefix {PREFIX} -y x",)
    assert verdict("conda install -y x", around(other / "bin", CONDA_PREFIX=PREFIX)) is None


@with_uv
def test_a_kernel_without_pip_is_sent_to_uv(astray: Surroundings, tmp_path: Path) -> None:
    kernel = this_kernel(astray)
    bare = replace(kernel, environment=replace(kernel.environment, site=(str(tmp_path),)))
    with_one = astray.with_path([*astray.path, os.path.dirname(str(UV))])
    found = verdict("pip install x", with_one, "captured", bare)
    assert found
    assert found.safe == (f"!uv pip install --python {PYTHON} x",)
    assert found.instead == f"uv pip install --python {PYTHON} x"
    without = astray.with_path(astray.path[:1])
    found = verdict("pip install x", without, "captured", bare)
    assert found
    assert (found.safe, found.instead) == ((), "")


@pytest.mark.parametrize("text", ["sudo pip install x", "sudo -H python -m pip install x"])
def test_sudo_has_a_path_of_its_own(text: str, astray: Surroundings) -> None:
    """What stands first on the kernel's PATH is none of its business."""
    found = verdict(text, astray)
    if found:
        assert "other" not in found.sentences[0].partition(" not ")[0]
        assert found.instead == ""


# Whole cells

SILENT = [*real_lines.SILENT, *notebook_lines.SILENT]
SPEAKS = [*real_lines.SPEAKS, *notebook_lines.SPEAKS]


def spoken(cell: str, here: Surroundings) -> list[str]:
    """What is said of a cell."""
    texts = [each for each in shell_texts(cell) if each.kind != "bare"]  # which is %pip
    found = [verdict(each.text, here, each.kind) for each in texts]
    return [sentence for each in found if each for sentence in each.sentences]


@pytest.mark.parametrize("row", SILENT, ids=[repr(row[0]) for row in SILENT])
def test_half_of_what_notebooks_hold_gets_no_word(
    row: tuple[str, object, object], astray: Surroundings
) -> None:
    assert spoken(row[0], astray) == []


MENDED = [
    row for row in SPEAKS if row[1] and all(each.startswith("pip install") for each in row[1])
]
MENDED = [row for row in MENDED if not any("after" in each or "this" in each for each in row[1])]
# Pythons that are not there, and places that only a run could tell
MENDED = [
    row
    for row in MENDED
    if not any(each in row[0] for each in ("~/", "$HOME", "2 ", "3.8", "/content/", "--target="))
]


@pytest.mark.parametrize("row", MENDED, ids=[repr(row[0]) for row in MENDED])
def test_every_other_half_that_installs_by_pip_gets_one(
    row: tuple[str, object, object], astray: Surroundings
) -> None:
    assert spoken(row[0], astray) != []


BRACES = ("pip install x", "python a.py")


@pytest.mark.parametrize("text", BRACES)
def test_a_path_that_ipython_would_expand_stays_what_it_is(text: str, astray: Surroundings) -> None:
    kernel = replace(this_kernel(astray), executable="/odd {name}/$x/bin/python")
    found = verdict(text, astray, kernel=kernel)
    assert found
    assert "'/odd {{name}}/$$x/bin/python'" in found.instead
    script = verdict(text, astray, "script", kernel)
    assert script
    assert "'/odd {name}/$x/bin/python'" in script.instead
    assert Formatter().vformat(found.instead, (), {}).replace("$$", "$") == script.instead
