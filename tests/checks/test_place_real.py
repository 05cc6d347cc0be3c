"""WP801 to WP902 made real with uv, Poetry and pip, and gathered from the files they leave."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import ipymod.checks.names
import ipymod.checks.place  # noqa: F401  both register
from environments import pythons
from ipymod.checks.base import REGISTRY
from ipymod.launchers import Surroundings
from ipymod.survey.ask import ask
from ipymod.survey.place import gather_missing, gather_place, gather_project
from real_launchers import BUILT_WITH, made, uv
from test_names import environment, wheel

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.facts import Kernel
    from ipymod.registry import Finding

pytestmark = pytest.mark.slow
OLDEST, NEWEST = next(iter(pythons().values())), [*pythons().values()][-1]


@pytest.fixture
def at(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path


def around(at: Path, *path: str, **variables: str) -> Surroundings:
    told = {"PATH": ":".join(path), **variables}
    return Surroundings(path, str(at), told, str(at / "home"), "Linux")


def kernel_of(python: str, cwd: Path) -> Kernel:
    return replace(ask(python, 20), cwd=str(cwd))


def judged(code: str, **facts: Any) -> list[Finding]:
    check = REGISTRY[code]
    assert all(facts[name] is not None for name in check.reads)
    return list(check.judge(**{name: facts[name] for name in check.reads}))


def in_project(code: str, python: str, folder: Path, here: Surroundings) -> list[Finding]:
    kernel = kernel_of(python, folder)
    return judged(code, kernel=kernel, project=gather_project(kernel, here))


def missed(code: str, name: str, kernel: Kernel, here: Surroundings) -> list[Finding]:
    return judged(code, kernel=kernel, missing=gather_missing(kernel, here, name))


def fails(python: str, statement: str) -> str:
    done = subprocess.run([python, "-c", statement], capture_output=True, text=True, check=False)
    return done.stderr.strip().rpartition("\n")[2]


def uv_project(at: Path, python: str, *words: str) -> Path:
    folder = at / "demo"
    uv("init", "--bare", "--no-workspace", "--python", python, str(folder))
    uv("sync", "--project", str(folder), "--python", python, *words)
    return folder


@pytest.mark.parametrize("python", [OLDEST, NEWEST])
def test_a_kernel_beside_the_environment_of_a_uv_project_is_told(python: str, at: Path) -> None:
    folder = uv_project(at, python)
    (folder / "notebooks").mkdir()
    outside = environment(at / "outside", python=python)
    (finding,) = in_project("WP801", outside, folder / "notebooks", around(at))
    assert f"{folder}/.venv" in finding.message
    assert f"{at}/outside" in finding.message
    assert finding.fix.startswith(f"!uv add --project {folder} --dev ipykernel\n")
    inside = str(folder / ".venv" / "bin" / "python")
    assert in_project("WP801", inside, folder / "notebooks", around(at)) == []


def test_the_command_of_the_fix_makes_a_kernel_of_the_project(at: Path) -> None:
    folder = uv_project(at, NEWEST)
    outside = environment(at / "outside", python=NEWEST)
    (finding,) = in_project("WP801", outside, folder, around(at))
    path = f"{os.path.dirname(sys.executable)}:/usr/bin:/bin"
    cache = os.environ.get("UV_CACHE_DIR") or os.path.expanduser("~/.cache/uv")
    told = {**BUILT_WITH, "PATH": path, "HOME": str(at / "home"), "UV_CACHE_DIR": cache}
    for line in finding.fix.splitlines():
        command = line.removeprefix("!")
        subprocess.run(
            ["/bin/sh", "-c", command],
            env=told,
            capture_output=True,
            check=True,
        )
    assert (at / "home/.local/share/jupyter/kernels/demo/kernel.json").is_file()
    (finding,) = in_project("WP801", outside, folder, around(at))
    assert "\n" not in finding.fix


def test_the_environment_that_uv_was_told_to_use_is_the_projects(at: Path) -> None:
    folder = at / "demo"
    uv("init", "--bare", "--no-workspace", "--python", NEWEST, str(folder))
    uv("sync", "--project", str(folder), "--python", NEWEST, UV_PROJECT_ENVIRONMENT="../envs/x")
    inside = str(at / "envs" / "x" / "bin" / "python")
    here = around(at, UV_PROJECT_ENVIRONMENT="../envs/x")
    assert in_project("WP801", inside, folder, here) == []
    outside = environment(at / "outside", python=NEWEST)
    assert len(in_project("WP801", outside, folder, here)) == 1


def test_a_member_of_a_uv_workspace_has_the_environment_of_the_root(at: Path) -> None:
    root = at / "root"
    # `uv init` would join a workspace above this folder and write into its pyproject.toml.
    for folder in (root, root / "member"):
        uv("init", "--bare", "--no-workspace", "--python", NEWEST, str(folder))
    with (root / "pyproject.toml").open("a") as file:
        file.write("[tool.uv.workspace]\nmembers = ['member']\n")
    uv("sync", "--project", str(root / "member"), "--python", NEWEST)
    inside = str(root / ".venv" / "bin" / "python")
    assert in_project("WP801", inside, root / "member", around(at)) == []
    outside = environment(at / "outside", python=NEWEST)
    (finding,) = in_project("WP801", outside, root / "member", around(at))
    assert f"{root}/.venv" in finding.message


def poetry() -> str:
    def build(at: Path) -> None:
        uv("venv", "--python", sys.executable, str(at))
        uv("pip", "install", "--python", str(at / "bin" / "python"), "poetry")

    return str(made("poetry", build) / "bin" / "poetry")


@pytest.mark.parametrize("inside", ["true", "false"])
def test_the_environment_of_poetry_is_where_poetry_says(inside: str, at: Path) -> None:
    folder = at / "My Project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        "[project]\nname = 'My.Demo'\nversion = '0'\nrequires-python = '>=3.11'\n"
        "[tool.poetry]\npackage-mode = false\n"
    )
    told = {"HOME": str(at / "home"), "POETRY_VIRTUALENVS_IN_PROJECT": inside}
    variables = {"PATH": "/usr/bin:/bin", **told}

    def ran(*words: str) -> str:
        return subprocess.check_output([poetry(), *words], cwd=folder, env=variables, text=True)

    ran("env", "use", NEWEST)
    prefix = ran("env", "info", "--path").strip()
    here = around(at, **told)
    outside = environment(at / "outside", python=NEWEST)
    (finding,) = in_project("WP801", outside, folder, here)
    assert finding.evidence["environment"] == prefix
    assert in_project("WP801", f"{prefix}/bin/python", folder, here) == []


def test_a_python_that_the_project_refuses_is_told(at: Path) -> None:
    folder = uv_project(at, NEWEST)
    text = (folder / "pyproject.toml").read_text()
    assert "requires-python" in text
    outside = environment(at / "outside", python=OLDEST)
    (finding,) = in_project("WP802", outside, folder, around(at))
    assert "pyproject.toml" in finding.message
    assert in_project("WP802", str(folder / ".venv/bin/python"), folder, around(at)) == []


def test_what_uv_pins_is_what_is_judged(at: Path) -> None:
    folder = at / "pinned"
    folder.mkdir()
    uv("python", "pin", "--no-project", "--directory", str(folder), NEWEST)
    (folder / ".python-version").write_text("{}.{}\n".format(*_version(NEWEST)))
    old, new = environment(at / "old", python=OLDEST), environment(at / "new", python=NEWEST)
    assert len(in_project("WP802", old, folder, around(at))) == 1
    assert in_project("WP802", new, folder, around(at)) == []


def _version(python: str) -> list[str]:
    return ask(python, 20).version.split(".")


@pytest.mark.parametrize("python", [OLDEST, NEWEST])
def test_what_the_environment_on_path_has_and_the_kernel_has_not_is_told(
    python: str, at: Path
) -> None:
    learn = wheel(at, "scikit-learn", "1.4.0", sklearn__init__="")
    a, b = environment(at / "a", python=python), environment(at / "b", learn, python=python)
    assert "No module named 'sklearn'" in fails(a, "import sklearn")
    kernel = kernel_of(a, at)
    (finding,) = missed("WP901", "sklearn", kernel, around(at, f"{at}/b/bin"))
    assert f"scikit-learn 1.4.0 is installed in {at}/b" in finding.message
    assert "`python` on PATH" in finding.message
    assert finding.fix == "%pymod pip install scikit-learn"
    assert gather_missing(kernel_of(b, at), around(at), "sklearn") is None


def test_what_no_environment_has_is_not_installed_by_its_name(at: Path) -> None:
    kernel = kernel_of(environment(at / "a"), at)
    (finding,) = missed("WP901", "my_secret_tool", kernel, around(at))
    assert finding.fix == ""


@pytest.mark.parametrize("python", [OLDEST, NEWEST])
def test_a_file_beside_the_notebook_in_the_way_of_a_package_is_told(python: str, at: Path) -> None:
    inside = environment(
        at / "a", wheel(at, "thing", "1", thing__init__="", thing_part=""), python=python
    )
    work = at / "work"
    work.mkdir()
    (work / "thing.py").write_text("")
    kernel = kernel_of(inside, work)
    kernel = replace(kernel, path=(*kernel.path[:3], "", *kernel.path[3:]))
    (finding,) = missed("WP901", "thing.part", kernel, around(at))
    assert finding.fix == f"!mv {work}/thing.py {work}/my_thing.py"


@pytest.mark.parametrize("python", [OLDEST, NEWEST])
def test_another_project_under_the_name_of_the_module_is_told(python: str, at: Path) -> None:
    wrong = wheel(at, "jwt", "1.3.1", jwt__init__="")
    right = wheel(at, "PyJWT", "2.10.1", jwt__init__="def encode(): ...")
    a = environment(at / "a", wrong, python=python)
    assert "cannot import name 'encode' from 'jwt'" in fails(a, "from jwt import encode")
    kernel = kernel_of(a, at)
    (finding,) = missed("WP902", "jwt.encode", kernel, around(at))
    assert "jwt 1.3.1" in finding.message
    assert finding.fix == "%pymod pip uninstall -y jwt\n%pymod pip install PyJWT"
    assert missed("WP901", "jwt.encode", kernel, around(at)) == []
    b = environment(at / "b", right, python=python)
    assert fails(b, "from jwt import encode") == ""
    assert missed("WP902", "jwt.nothing", kernel_of(b, at), around(at)) == []


def test_a_real_session_here_is_hosted_nowhere_and_translates_nothing(at: Path) -> None:
    kernel = kernel_of(environment(at / "a"), at)
    place = gather_place(kernel, around(at))
    assert place.service == ""
    assert [judged(code, kernel=kernel, place=place) for code in ("WP701", "WP702", "WP703")] == [
        [],
        [],
        [],
    ]
