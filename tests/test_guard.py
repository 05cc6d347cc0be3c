"""What is said of a line before it runs, and what is not."""

from __future__ import annotations

import os
import re
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
from ipymod.edits import applied
from ipymod.guard import Verdict, judge, read
from ipymod.guard.mend import for_this_kernel
from ipymod.guard.reach import means_of
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
    """Make an environment with launchers: files, as far as anybody looks."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    package = folder / "lib" / f"python{VERSION}" / "site-packages" / "pip"
    package.mkdir()
    (package / "__init__.py").write_text('__version__ = "25.0"\n')
    (package / "__main__.py").write_text("")
    for name in ("pip", "pip3", "conda", "sudo", "doas"):
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
    variables = {"SHELL": "/bin/sh", "BASH_ENV": "", **variables}
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
    ("pip install --user x", "installs into", "into", "%pymod pip install x"),
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
    ("python -Im pip install x", "installs into", "into", f"!{PYTHON} -Im pip install x"),
    ("python -m 'pip' list", "looks at", "at", f"!{PYTHON} -m 'pip' list"),
    ("echo $PATH; pip list", "looks at", "at", f"!echo $PATH; {PYTHON} -m pip list"),
    ("env A=1 pip list", "looks at", "at", f"!env A=1 {PYTHON} -m pip list"),
    ("pip install x --user -q", "installs into", "into", "%pymod pip install x -q"),
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
    "env -i pip install x",
    "env -u PATH pip install x",
    "command -p pip install x",
    "doas pip install x",
    "unset PATH; pip install x",
    "read PATH < file; pip install x",
    "for PATH in /opt/bin; do pip install x; done",
    "hash -p /opt/bin/pip pip; pip install x",
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


# What decides beside PATH


@pytest.fixture
def shimmed(other: Path, tmp_path: Path) -> Surroundings:
    """A pyenv whose shims lead to the other environment in this folder, and nowhere elsewhere."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "1.0").symlink_to(other)
    (tmp_path / "shims").mkdir()
    shim = tmp_path / "shims" / "pip"
    shim.write_text('#!/bin/sh\nprogram=pip\nexec "/opt/pyenv" exec "$program" "$@"\n')
    shim.chmod(0o755)
    (tmp_path / ".python-version").write_text("1.0\n")
    here = around(tmp_path / "shims", PYENV_ROOT=str(tmp_path), PYENV_VERSION="")
    return replace(here, cwd=str(tmp_path))


def test_a_shim_is_asked_in_this_folder_alone(shimmed: Surroundings) -> None:
    found = verdict("ls; pip install x", shimmed)
    assert found
    assert f"because of {shimmed.cwd}/.python-version" in found.said
    for text in (
        "cd sub && pip install x",
        "(pushd sub; pip list)",
        "echo 2 > .python-version; pip list",
    ):
        assert verdict(text, shimmed) is None
    told = shimmed.with_variables(PYENV_VERSION="1.0")
    assert verdict("cd sub && pip install x", told)


def test_a_relative_entry_of_path_holds_in_this_folder_alone(other: Path) -> None:
    here = replace(around().with_path(["bin"]), cwd=str(other))
    assert verdict("pip install x", here)
    assert verdict("cd sub && pip install x", here) is None
    assert verdict("cd sub && pip install x", here.with_path([str(other / "bin")]))
    assert verdict(f"cd sub && {other}/bin/pip install x", here)


UNSURE = [
    ("zsh", ".zshenv", "export PATH=/opt/bin:$PATH"),
    ("zsh", ".zshenv", 'eval "$(pyenv init -)"'),
    ("bash", "env", "PATH=/opt/bin:$PATH"),
    ("fish", "config.fish", ""),
]
SURE = [
    ("zsh", ".zshenv", "# PATH\n. $HOME/.cargo/env\nexport EDITOR=vi"),
    ("zsh", ".zshrc", "export PATH=/opt/bin:$PATH"),
    ("bash", ".bashrc", "PATH=/opt/bin:$PATH"),
    ("dash", "env", "PATH=/opt/bin:$PATH"),
]


@pytest.mark.parametrize("row", [*UNSURE, *SURE], ids=repr)
def test_a_shell_may_change_path_before_it_reads_the_line(
    row: tuple[str, str, str], other: Path, tmp_path: Path
) -> None:
    shell, name, text = row
    (tmp_path / name).write_text(text)
    variables = {"SHELL": f"/bin/{shell}", "ZDOTDIR": str(tmp_path)}
    here = around(other / "bin", **variables, BASH_ENV=str(tmp_path / "env"))
    assert (verdict("pip install x", here) is None) is (row in UNSURE)


def test_a_script_is_for_bash_whatever_reads_the_lines(other: Path, tmp_path: Path) -> None:
    here = around(other / "bin", SHELL="/bin/fish")
    assert verdict("pip install x", here, "script")
    (tmp_path / "env").write_text("PATH=/opt/bin\n")
    assert (
        verdict("pip install x", here.with_variables(BASH_ENV=str(tmp_path / "env")), "script")
        is None
    )


@pytest.mark.parametrize(
    ("name", "value", "speaks"),
    [
        ("PIP_PYTHON", "/opt/bin/python", ()),
        ("PIP_TARGET", "/opt/packages", ("pip list",)),
        ("PIP_PREFIX", "/opt", ("pip list",)),
        ("PIP_TIMEOUT", "9", ("pip list", "pip install x")),
        ("BASH_FUNC_pip%%", "() { :; }", ()),
    ],
)
def test_a_setting_may_send_pip_elsewhere(
    name: str, value: str, speaks: tuple[str, ...], astray: Surroundings
) -> None:
    here = astray.with_variables(**{name: value})
    assert tuple(each for each in ("pip list", "pip install x") if verdict(each, here)) == speaks


def test_what_starts_the_program_has_to_be_there_itself(astray: Surroundings) -> None:
    assert verdict("nohup pip install x", astray)
    bare = astray.with_path(astray.path[:1])
    assert verdict("nohup pip install x", bare) is None


# What a shell makes of a version, and what waits for an answer: wherever pip leads.
REDIRECTS = [
    ("pip install keras>=3", "line", "'keras>=3'", "=3"),
    ("pip install keras >=3", "line", "'keras>=3'", "=3"),
    ("pip install keras>=3,<4", "line", "'keras>=3,<4'", "4"),
    ("pip install keras<3", "line", "'keras<3'", "3"),
    ('pip install "o\'x">=3', "line", "'o'\"'\"'x>=3'", "=3"),
    ("pip install a keras>3 b", "line", "a 'keras>3' b", "3"),
    ("install keras>=3", "%pip", "'keras>=3'", "=3"),
]


@pytest.mark.parametrize(("text", "kind", "meant", "file"), REDIRECTS)
def test_a_version_outside_quotes_gets_its_word(
    text: str, kind: str, meant: str, file: str, astray: Surroundings
) -> None:
    found = verdict(text.replace("pip ", "{sys.executable} -m pip "), astray, kind)
    assert found
    does = "stops if there is none" if "<" in text else "any version is installed"
    assert f"named {file}, and {does}" in " ".join(found.sentences)
    magic = "%pymod pip" if kind == "line" else "%pip"
    assert found.safe == (f"{magic} install {meant}",)


def test_the_shell_takes_the_mended_version_for_one_word(astray: Surroundings) -> None:
    for text, kind, _, _ in REDIRECTS:
        found = verdict(text, astray, kind)
        assert found
        words = found.instead.replace(f"{PYTHON} -m pip", "pip").removeprefix("pip ")
        shown = subprocess.check_output(["/bin/sh", "-c", f"printf '%s|' {words}"], text=True)
        assert re.search(r"(?:keras|o'x)[<>][^|]*\|", shown)


def test_zsh_takes_it_for_a_program_and_stops(other: Path, tmp_path: Path) -> None:
    here = around(other / "bin", SHELL="/bin/zsh", ZDOTDIR=str(tmp_path))
    for text in ("pip install keras>=3", "pip install keras>=3,<4"):
        found = verdict(text, here)
        assert found
        assert "looks for a program named 3" in found.sentences[-1]
    found = verdict("pip install keras>3", here)
    assert found
    assert "writes a file named 3" in found.sentences[-1]
    found = verdict("pip install keras>=3", here, "script")
    assert found
    assert "writes a file named =3" in found.sentences[-1]


@pytest.mark.parametrize(
    ("text", "kind", "instead"),
    [
        ("pip install keras>=3", "line", 'pip install "keras>=3"'),
        ("pip install keras>=3,<4", "line", 'pip install "keras>=3,<4"'),
        ("install keras<3", "%pip", 'install "keras<3"'),
        ("pip install keras>=3", "script", "pip install 'keras>=3'"),
    ],
)
def test_cmd_knows_double_quotes_alone(
    text: str, kind: str, instead: str, astray: Surroundings
) -> None:
    windows = replace(astray, system="Windows")
    found = judge(read(text, kind, windows=True), this_kernel(astray), windows)
    assert found
    assert found.instead == instead


def test_a_path_is_quoted_as_its_reader_wants_it(astray: Surroundings) -> None:
    windows = replace(astray, system="Windows")
    means = means_of(replace(this_kernel(astray), executable=r"C:\My Py\python.exe"), windows)
    for kind, quoted in (
        ("line", r'"C:\My Py\python.exe" a.py'),
        ("script", r"'C:\My Py\python.exe' a.py"),
    ):
        reading = read("python a.py", kind, windows=True)
        edits = for_this_kernel(reading.calls[0], reading, means)
        assert edits
        assert applied(reading.text, edits) == quoted


def test_nothing_is_made_of_what_is_no_requirement(astray: Surroundings) -> None:
    found = verdict("pip install -q >=3", astray)
    assert found
    assert (found.safe, found.instead) == ((), "")


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


@pytest.mark.parametrize("name", ["PIP_YES", "PIP_NO_INPUT"])
def test_a_setting_answers_too(name: str, astray: Surroundings) -> None:
    own = "{sys.executable} -m pip uninstall x"
    assert verdict(own, astray.with_variables(**{name: "1"})) is None
    assert verdict(own, astray.with_variables(**{name: "0"}))


def test_condas_own_file_may_answer(other: Path, tmp_path: Path) -> None:
    (tmp_path / "condarc").write_text("channels: [defaults]\nalways_yes: true\n")
    here = around(other / "bin", CONDA_PREFIX=PREFIX, CONDARC=str(tmp_path / "condarc"))
    assert verdict("conda install x", here) is None
    (tmp_path / "condarc").write_text("always_yes: false\n")
    assert verdict("conda install x", here) is not None


@pytest.mark.parametrize("name", ["CONDA_ALWAYS_YES", "MAMBA_ALWAYS_YES"])
def test_a_setting_answers_conda_too(name: str, other: Path) -> None:
    here = around(other / "bin", CONDA_PREFIX=PREFIX)
    assert verdict("conda install x", here)
    assert verdict("conda install x", here.with_variables(**{name: "true"})) is None


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
    for text in ("pip install --user x", "python -m pip install --user x"):
        found = verdict(text, with_one, "captured", bare)
        assert found
        assert found.instead == f"uv pip install --python {PYTHON} x"
    found = verdict("pip uninstall x", with_one, "captured", bare)
    assert found
    assert sorted(found.instead.split()) == sorted(
        f"uv pip uninstall -y --python {PYTHON} x".split()
    )
    found = verdict("python -Im pip install x", with_one, "captured", bare)
    assert found
    assert found.instead == ""
    without = astray.with_path(astray.path[:1])
    found = verdict("pip install x", without, "captured", bare)
    assert found
    assert (found.safe, found.instead) == ((), "")


CHOSEN = ["bin/pip install x", "{}/bin/python a.py", "python9.9 a.py", "pip9 install x"]


@pytest.mark.parametrize("text", CHOSEN)
def test_a_python_that_is_called_by_its_path_or_version_is_told_of_and_runs(
    text: str, other: Path, tmp_path: Path
) -> None:
    """It may be meant, so nothing else runs in its place."""
    for name in ("python9.9", "pip9"):
        (tmp_path / name).symlink_to(other / "bin" / name.rstrip(".9"))
    here = replace(around(tmp_path), cwd=str(other))
    found = verdict(text.format(other), here)
    assert found
    assert found.safe != ()
    assert found.instead == ""


def test_the_kernels_own_version_is_no_other(other: Path, tmp_path: Path) -> None:
    (tmp_path / f"python{VERSION}").symlink_to(other / "bin" / "python")
    found = verdict(f"python{VERSION} a.py", around(tmp_path, other / "bin"))
    assert found is None or found.instead


def test_the_verb_is_looked_for_behind_the_program(astray: Surroundings) -> None:
    started = "xargs -a uninstall {sys.executable} -m pip uninstall"
    found = verdict(f"{started} x", astray)
    assert found
    assert found.instead == f"{started} -y x"


@pytest.mark.parametrize("text", ["sudo pip install x", "sudo -H python -m pip install x"])
def test_sudo_has_a_path_of_its_own(text: str, astray: Surroundings) -> None:
    """What stands first on the kernel's PATH is none of its business."""
    found = verdict(text, astray)
    if found:
        assert "other" not in found.sentences[0].partition(" not ")[0]
        assert "on your PATH" not in found.sentences[0]
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
