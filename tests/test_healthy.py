"""False alarms are the worst fault of a diagnosis: a healthy machine has no problem at all."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from healthy_situations import Machine, conda_root, plain_venv, system, user_site, uv_program
from ipymod.checks import REGISTRY
from ipymod.facts import Kernel
from ipymod.launchers import Surroundings, environment_of
from ipymod.report import build
from ipymod.survey import survey
from made_machines import ELF, PIP
from made_machines import Machine as Files
from real_launchers import Absent, venv
from served_situations import MACHINES, SERVED, in_lab, lab, project_without_kernel
from started_situations import (
    STARTER,
    Answer,
    Server,
    answer_of,
    asked,
    asked_alone,
    order,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Callable

real = [pytest.mark.slow, pytest.mark.timeout(900)]

# What is good to know of some of them, and true; the others have no note.
NOTES = {
    "uv venv": {"WP409"},
    "project of uv": {"WP409"},
    "venv beside conda": {"WP111"},
    "venv in conda's base": {"WP111"},
    "venv of conda": {"WP111"},
    "JupyterHub": {"WP701"},
    "Binder": {"WP701"},
}
# These look into a Python of pyenv's, in which the operator of the machine may have put anything.
OPEN = {"system site", "as the operator left it", "user site"}


def made(make: Callable[[], Machine]) -> Machine:
    try:
        return make()
    except Absent as absent:
        pytest.skip(str(absent))


def assert_healthy(answer: Answer, name: str) -> None:
    assert answer.problems == {}
    assert answer.first_line.startswith("OK: ")
    expected, notes = NOTES.get(name, set()), set(answer.notes)
    assert notes - (expected | ({"WP306", "WP408"} if name in OPEN else set())) == set()
    assert expected <= notes


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder without settings of pip or of Jupyter; its name is short, for sockets."""
    at = tmp_path / "ada"
    at.mkdir()
    return at


class TestReal:
    """Real environments, real kernels, real servers."""

    pytestmark = real

    @pytest.mark.parametrize("name", MACHINES)
    def test_a_healthy_environment_has_no_problem(self, name: str, home: Path) -> None:
        assert_healthy(asked(made(MACHINES[name]), home), name)

    @pytest.mark.parametrize("name", SERVED)
    def test_a_server_in_the_environment_of_its_kernel_is_healthy(
        self, name: str, home: Path
    ) -> None:
        with Server(made(SERVED[name]), home) as server:
            assert_healthy(server.asked(), name)

    @pytest.mark.parametrize("name", ["venv 3.13", "conda", "uv venv"])
    def test_one_server_for_many_environments_is_healthy(self, name: str, home: Path) -> None:
        machine = made(MACHINES[name])
        kernel = registered(machine, home)
        with Server(machine, home, server=f"{lab()}/bin/python") as server:
            assert_healthy(server.asked(kernel), name)

    @pytest.mark.parametrize("name", ["venv 3.13", "conda", "uv venv"])
    def test_a_program_with_a_jupyterlab_beside_it_is_no_server(
        self, name: str, home: Path
    ) -> None:
        machine = made(MACHINES[name])
        kernel = registered(machine, home)
        assert_healthy(asked(machine, home, kernel, by=f"{lab()}/bin/python"), name)

    @pytest.mark.parametrize("name", ["venv 3.12", "conda", "project of poetry"])
    def test_an_editor_that_starts_the_kernel_itself_is_no_server(
        self, name: str, home: Path
    ) -> None:
        machine = made(MACHINES[name])
        editor = {"VSCODE_PID": "4711", "VSCODE_CWD": str(home), "TERM_PROGRAM": "vscode"}
        machine = replace(machine, variables={**machine.variables, **editor})
        assert_healthy(asked_alone(machine, home), name)

    def test_a_passing_environment_of_uv_is_healthy(self, home: Path) -> None:
        """`uv run --with jupyterlab jupyter lab` is the way that uv's own guide has it."""
        at = project_without_kernel()
        machine = Machine("", (uv_program(),), cell="import mine")
        cache = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache/uv")
        given = {key: text for key, text in os.environ.items() if key.startswith(("UV_", "SSL_"))}
        words = ["uv", "run", "-q", "--with", "ipykernel", "python", "-W", "ignore", "-c", STARTER]
        told = subprocess.run(
            [*words, order(machine)],
            env={**given, **machine.environ(home), "UV_CACHE_DIR": cache},
            cwd=at / "notebooks",
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        answer = answer_of(told.stdout)
        assert_healthy(replace(answer, data=without_index(answer.data)), "uv venv")

    # True alarms: the closest machines on which it must not be silent

    def test_a_kernel_that_was_not_activated_is_told_where_pip_goes(self, home: Path) -> None:
        kernel = plain_venv("3.12")
        machine = replace(kernel, first=(f"{venv('3.11')}/bin",), variables={})
        answer = asked(machine, home)
        assert set(answer.problems) == {"WP101", "WP102"}
        assert str(venv("3.11")) in answer.problems["WP101"]

    def test_a_kernel_beside_an_active_server_is_told_where_pip_goes(self, home: Path) -> None:
        name = registered(plain_venv("3.13"), home)
        with Server(in_lab(), home) as server:
            answer = server.asked(name)
        assert set(answer.problems) == {"WP101", "WP102"}
        assert answer.first_line.startswith("2 problems: pip installs elsewhere")

    def test_conda_that_is_active_around_another_kernel_is_told(self, home: Path) -> None:
        below, kernel = made(MACHINES["conda base"]), plain_venv("3.12")
        machine = replace(kernel, first=below.first, variables=below.variables)
        assert {"WP101", "WP102", "WP111", "WP505"} <= set(asked(machine, home).problems)

    def test_the_systems_python_says_that_pip_refuses(self, home: Path) -> None:
        python = "/usr/bin/python3"
        if not list(Path("/usr/lib").glob("python3.*/EXTERNALLY-MANAGED")):
            pytest.skip("no Python here belongs to the system")
        answer = asked(user_site("debian", python), home)
        assert set(answer.problems) == {"WP411"}

    def test_there_is_neither_python_nor_pip_beside_what_a_machine_activates(self) -> None:
        strangers = {"pip", "pip3", "python", "python3", "conda", "jupyter"}
        assert not strangers & set(os.listdir(system()))
        assert set(os.listdir(f"{conda_root()}/condabin")) == {"conda"}


def without_index(data: dict[str, Any]) -> dict[str, Any]:
    """The same, without where the operator of this machine has uv look for packages."""
    told = [each for each in data["problems"] if each["code"] != "WP503"]
    return {**data, "problems": told}


# A service that cannot be had here, as files


def colab(root: Path) -> tuple[Kernel, Surroundings]:
    """Google Colab: the system's Python, its packages in `/usr/local`, loaded with everything."""
    files = Files(root)
    files.script("usr/bin/python3.12", ELF)
    files.link("usr/bin/python3", "python3.12")
    files.link("usr/local/bin/python", f"{root}/usr/bin/python3")
    files.file("usr/lib/python3.12/os.py")
    files.file("usr/lib/python3/dist-packages/apt/__init__.py")
    site = "usr/local/lib/python3.12/dist-packages"
    files.pip(site, "24.1.2")
    files.file(f"{site}/ipykernel_launcher.py")
    for name, version in {"ipykernel": "6.17.1", "numpy": "2.0.2", "setuptools": "75.2.0"}.items():
        files.file(f"{site}/{name}/__init__.py")
        files.file(f"{site}/{name}-{version}.dist-info/METADATA")
        files.file(f"{site}/{name}-{version}.dist-info/INSTALLER", "pip\n")
    files.file(f"{site}/setuptools/_vendor/wheel/__init__.py")
    files.file(f"{site}/setuptools/_vendor/wheel-0.43.0.dist-info/METADATA")
    for name in ("pip", "pip3", "jupyter"):
        files.script(f"usr/local/bin/{name}", f"#!{root}/usr/bin/python3\n{PIP}")
    files.script("usr/local/bin/uv", ELF)
    files.variables = {
        "COLAB_RELEASE_TAG": "release-colab_20250725-060057_RC00",
        "PYTHONPATH": "/env/python",
        "LD_LIBRARY_PATH": "/usr/lib64-nvidia",
        "UV_SYSTEM_PYTHON": "true",
        "UV_CONSTRAINT": "",
    }
    files.cwd = files.folder("content")
    here = files.around(f"{root}/opt/bin", f"{root}/usr/local/bin", f"{root}/usr/bin")
    environment = environment_of(f"{root}/usr/bin/python3", here)
    library = f"{root}/usr/lib/python3.12"
    own = (f"{root}/{site}", f"{root}/usr/lib/python3/dist-packages")
    more = (f"{root}/{site}/setuptools/_vendor", f"{root}/{site}/IPython/extensions")
    path = (files.cwd, "/env/python", library, f"{library}/lib-dynload", "", *own, *more)
    kernel = Kernel(
        executable=f"{root}/usr/bin/python3",
        prefix=environment.prefix,
        base_prefix=environment.base_prefix,
        version="3.12.11",
        environment=environment,
        path=path,
        cwd=files.cwd,
        running=False,
    )
    return kernel, here


def test_colab_is_healthy_and_its_packages_vanish(tmp_path: Path) -> None:
    kernel, here = colab(tmp_path)
    report = build(survey(kernel, here), REGISTRY)
    assert report.problems == ()
    assert [each.code for each in report.notes] == ["WP701"]
    assert report.first_line.startswith("OK: pip, python and uv all reach this kernel")
