"""Settings from made files, for all systems; real pip and uv are asked in tests/checks."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from ipymod.facts import from_json, to_json
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.settings import Settings
from ipymod.launchers import Surroundings
from ipymod.survey.pip_settings import configuration_files
from ipymod.survey.settings import gather_settings
from ipymod.survey.tool_settings import conda_settings

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.facts import Kernel


@dataclass
class Machine:
    """A made machine: its folder is the home directory and what the variables speak of."""

    top: Path
    system: str = "Linux"
    variables: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str = "") -> Path:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    @property
    def here(self) -> Surroundings:
        bin_folder = str(self.top / "bin")
        return Surroundings(
            (bin_folder,), str(self.top), self.variables, str(self.top), self.system
        )

    @property
    def kernel(self) -> Kernel:
        prefix = str(self.top / "venv")
        return replace(HEALTHY.kernel, prefix=prefix, system=self.system)

    @property
    def settings(self) -> Settings:
        return gather_settings(self.kernel, self.here)

    def files(self) -> list[tuple[str, str]]:
        """The level of each file that pip looks for, and its path from the home directory."""
        found = configuration_files(self.kernel, self.here)
        return [(level, path.replace(f"{self.top}/", "")) for level, path in found]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_windows_has_its_own_folders(machine: Machine) -> None:
    machine.system = "Windows"
    machine.variables = {"PROGRAMDATA": "data", "APPDATA": f"{machine.top}/roaming"}
    assert machine.files() == [
        ("global", "data/pip/pip.ini"),
        ("user", "pip/pip.ini"),
        ("user", "roaming/pip/pip.ini"),
        ("site", "venv/pip.ini"),
    ]


def test_macos_takes_its_folder_if_it_is_there(machine: Machine) -> None:
    machine.system = "Darwin"
    shared = "/Library/Application Support/pip/pip.conf"
    assert machine.files()[0] == ("global", shared)
    assert machine.files()[2] == ("user", ".config/pip/pip.conf")
    machine.write("Library/Application Support/pip/empty")
    assert machine.files()[2] == ("user", "Library/Application Support/pip/pip.conf")


def test_homebrew_has_a_shared_folder(machine: Machine) -> None:
    framework = "Frameworks/Python.framework/Versions/3.12"
    kernel = replace(machine.kernel, base_prefix=f"/opt/homebrew/opt/python@3.12/{framework}")
    machine.system = "Darwin"
    first = next(iter(configuration_files(kernel, machine.here)))
    assert first == ("global", "/opt/homebrew/share/pip/pip.conf")


def test_windows_ignores_files_when_told_to_read_nul(machine: Machine) -> None:
    machine.system = "Windows"
    machine.variables = {"APPDATA": f"{machine.top}/roaming"}
    machine.write("roaming/pip/pip.ini", "[global]\ntarget = x\n")
    assert [each.key for each in machine.settings.pip] == ["target"]
    machine.variables["PIP_CONFIG_FILE"] = "nul"
    assert [each.key for each in machine.settings.pip] == ["config-file"]


def test_windows_installs_below_lib(machine: Machine) -> None:
    machine.system = "Windows"
    machine.variables = {"PIP_PREFIX": f"{machine.top}/x"}
    (redirect,) = machine.settings.redirects
    assert redirect.folder == f"{machine.top}/x/Lib/site-packages"


def test_facts_survive_json(machine: Machine) -> None:
    machine.variables = {"PIP_TARGET": "/x", "VIRTUAL_ENV": "/y", "LD_LIBRARY_PATH": "/z"}
    assert from_json(Settings, to_json(machine.settings)) == machine.settings


def test_rubbish_is_no_setting(machine: Machine) -> None:
    machine.write(".config/pip/pip.conf").write_bytes(b"\x00\xff" * 5000)
    machine.write("uv.toml").write_bytes(b"\xff[[[")
    machine.write("pyproject.toml", "[tool.uv]\npip = 3\n" + "a = [" * 2000)
    machine.write(".condarc").write_bytes(b"\xff\xfe- - :\n" * 100)
    (machine.top / ".config/uv").mkdir()
    (machine.top / ".config/uv/uv.toml").symlink_to("uv.toml")
    machine.variables = {"VIRTUAL_ENV": "a\0b", "UV_PYTHON": "\0", "CONDA_PREFIX": "/" + "x" * 9000}
    settings = machine.settings
    assert settings.uv == settings.conda == ()
    assert [file.level for file in settings.pip_files if file.fault] == ["user"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files")
def test_a_pipe_in_place_of_a_file_is_not_waited_for(machine: Machine) -> None:
    for path in (".config/pip/pip.conf", "uv.toml", ".condarc", "pyproject.toml"):
        (machine.top / path).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(machine.top / path)
    assert machine.settings.uv == ()


# conda

CONDARC = """\
# remark
channels: [conda-forge]
envs_dirs:   # where
  - /data/envs
  - "/more/envs"
create_default_packages: [ipykernel, 'pip']
pip_interop_enabled: true
other:
  envs_dirs: no
"""


def test_the_few_keys_of_a_condarc_are_read(machine: Machine) -> None:
    machine.write(".condarc", CONDARC)
    found = {each.key: each.value for each in conda_settings(machine.here)}
    assert found == {
        "envs_dirs": "/data/envs /more/envs",
        "create_default_packages": "ipykernel pip",
        "pip_interop_enabled": "true",
    }


def test_a_later_condarc_wins_and_a_variable_over_it(machine: Machine) -> None:
    machine.write(".config/conda/condarc.d/a.yml", "pip_interop_enabled: no\n")
    machine.write(".condarc", "pip_interop_enabled: yes\n")
    assert [each.value for each in conda_settings(machine.here)] == ["yes"]
    machine.variables = {"CONDA_PIP_INTEROP_ENABLED": "maybe"}
    assert [each.origin for each in conda_settings(machine.here)] == ["CONDA_PIP_INTEROP_ENABLED"]


# variables


def same(machine: Machine, **variables: str) -> dict[str, bool]:
    machine.variables = variables
    return {each.name: each.same for each in machine.settings.variables}


def test_a_link_to_the_environment_is_the_same_place(machine: Machine) -> None:
    (machine.top / "venv").mkdir()
    (machine.top / "link").symlink_to("venv")
    assert same(machine, VIRTUAL_ENV=f"{machine.top}/link") == {"VIRTUAL_ENV": True}
    assert same(machine, VIRTUAL_ENV="venv") == {"VIRTUAL_ENV": True}


def test_only_systems_without_case_ignore_it(machine: Machine) -> None:
    assert same(machine, VIRTUAL_ENV=f"{machine.top}/VENV") == {"VIRTUAL_ENV": False}
    machine.system = "Darwin"
    assert same(machine, VIRTUAL_ENV=f"{machine.top}/VENV") == {"VIRTUAL_ENV": True}


def test_poetry_and_pipenv_speak_of_virtual_env(machine: Machine) -> None:
    assert same(machine, POETRY_ACTIVE="1") == {}
    found = same(machine, POETRY_ACTIVE="1", PIPENV_ACTIVE="1", VIRTUAL_ENV="/other")
    assert found == {"VIRTUAL_ENV": False, "POETRY_ACTIVE": False, "PIPENV_ACTIVE": False}


def test_the_base_of_an_environment_is_its_conda(machine: Machine) -> None:
    assert same(machine, CONDA_PREFIX="/usr", CONDA_DEFAULT_ENV="base") == {
        "CONDA_PREFIX": True,
        "CONDA_DEFAULT_ENV": True,
    }
    assert same(machine, CONDA_PREFIX="/opt/conda") == {"CONDA_PREFIX": False}


def test_a_version_that_uv_is_asked_for_may_be_the_kernels(machine: Machine) -> None:
    for version, expected in {"3.12": True, "3": True, "3.12.1": True, "3.1": False}.items():
        assert same(machine, UV_PYTHON=version) == {"UV_PYTHON": expected}
    assert same(machine, UV_PYTHON="cpython@3.11") == {"UV_PYTHON": False}


def test_pyenv_sets_its_variable_to_the_base_of_the_kernel(machine: Machine) -> None:
    root = machine.top / "pyenv"
    (root / "versions/3.12.1").mkdir(parents=True)
    variables = {"PYENV_ROOT": str(root), "PYENV_VERSION": "3.12.1"}
    assert same(machine, **variables) == {"PYENV_VERSION": False}
    kernel = replace(machine.kernel, base_prefix=str(root / "versions/3.12.1"))
    assert [each.same for each in gather_settings(kernel, machine.here).variables] == [True]
    assert same(machine, **{**variables, "PYENV_VERSION": "system"}) == {}


def test_a_name_that_conda_knows_is_compared_without_its_path(machine: Machine) -> None:
    assert same(machine, CONDA_DEFAULT_ENV="mine") == {"CONDA_DEFAULT_ENV": False}
    conda = replace(machine.kernel.environment, kind="conda")
    kernel = replace(machine.kernel, prefix="/opt/conda/envs/mine", environment=conda)
    assert [each.same for each in gather_settings(kernel, machine.here).variables] == [True]


# libraries


def test_an_entry_belongs_to_the_nearest_environment(machine: Machine) -> None:
    (machine.top / "conda/conda-meta").mkdir(parents=True)
    machine.write("conda/envs/x/pyvenv.cfg")
    entries = [f"{machine.top}/conda/lib", f"{machine.top}/conda/envs/x/lib/y", "/usr/local/cuda"]
    machine.variables = {"LD_LIBRARY_PATH": ":".join(["", *entries, ""])}
    found = [(each.kind, each.same) for each in machine.settings.library_path]
    assert found == [("conda", False), ("venv", False), ("", False)]


def test_each_system_has_its_own_loader(machine: Machine) -> None:
    machine.variables = {"LD_LIBRARY_PATH": "/a", "DYLD_LIBRARY_PATH": "/b"}
    assert [each.path for each in machine.settings.library_path] == ["/a"]
    machine.system = "Darwin"
    assert [each.path for each in machine.settings.library_path] == ["/b"]
    machine.system = "Windows"
    assert machine.settings.library_path == ()
