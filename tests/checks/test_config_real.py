"""Settings as real tools obey them: what pip lists, and where pip and uv install."""

from __future__ import annotations

import ast
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import FOLDER, create, locked, pythons
from ipymod.checks import config
from ipymod.checks.base import REGISTRY
from ipymod.facts import Kernel
from ipymod.facts.healthy import HEALTHY
from ipymod.launchers import Surroundings, environment_of
from ipymod.survey.settings import gather_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipymod.facts.settings import Settings

pytestmark = pytest.mark.slow

CODES = [check.code for check in REGISTRY if check.family == "config" and config]
HOME_PIP = ".config/pip/pip.conf"


def built(name: str, python: str, *, newest: bool) -> Path:
    """An environment with the newest pip, or with the one that its Python brought."""
    prefix = FOLDER / f"settings-{name}-{hashlib.sha256(python.encode()).hexdigest()[:8]}"
    with locked(prefix.with_suffix(".lock")):
        if not (prefix / "ready").exists():
            shutil.rmtree(prefix, ignore_errors=True)
            if newest:
                create(python, prefix)
            else:
                subprocess.run([python, "-m", "venv", str(prefix)], check=True)
            (prefix / "ready").touch()
    return prefix


@pytest.fixture(scope="session", params=["newest", "oldest"])
def prefix(request: pytest.FixtureRequest) -> Path:
    """A virtual environment of the newest Python and pip, and of the oldest ones."""
    newest = request.param == "newest"
    return built(request.param, list(pythons().values())[-1 if newest else 0], newest=newest)


@dataclass
class Machine:
    """A home directory, a project in it, and what is set there."""

    home: Path
    prefix: Path
    variables: dict[str, str]
    system: str = "Linux"

    @property
    def python(self) -> str:
        return str(self.prefix / "bin" / "python")

    @property
    def cwd(self) -> Path:
        return self.home / "project"

    def write(self, path: str, text: str) -> Path:
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    @property
    def here(self) -> Surroundings:
        path = tuple(self.variables["PATH"].split(":"))
        return Surroundings(path, str(self.cwd), self.variables, str(self.home), self.system)

    @property
    def kernel(self) -> Kernel:
        environment = environment_of(self.python, self.here)
        path = ["", *environment.site]
        return Kernel(
            executable=self.python,
            prefix=environment.prefix,
            base_prefix=environment.base_prefix,
            version=environment.version,
            environment=environment,
            path=tuple(path),
            cwd=str(self.cwd),
        )

    @property
    def settings(self) -> Settings:
        return gather_settings(self.kernel, self.here)

    def found(self, **kernel: Any) -> set[str]:
        """The codes of what is wrong here."""
        facts = replace(HEALTHY, kernel=replace(self.kernel, **kernel), settings=self.settings)
        return {problem.code for problem in REGISTRY.judge(facts, CODES).problems}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self.cwd, env=self.variables
        )

    def pip(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.python, "-m", "pip", *words)


@pytest.fixture
def machine(tmp_path: Path, prefix: Path) -> Machine:
    (tmp_path / "home" / "project").mkdir(parents=True)
    home = tmp_path / "home"
    # A folder of its own in place of /etc/xdg; /etc/pip.conf of the machine is read by all alike.
    variables = {
        "PATH": f"{prefix}/bin:/usr/bin:/bin",
        "HOME": str(home),
        "XDG_CONFIG_DIRS": str(home / "xdg"),
        "LANG": "C.UTF-8",
    }
    return Machine(home, prefix, variables)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A distribution of one module, that needs no index."""
    path = tmp_path / "tinything-1.0-py3-none-any.whl"
    content = {
        "tinything.py": "",
        "tinything-1.0.dist-info/METADATA": "Metadata-Version: 2.1\n"
        "Name: tinything\nVersion: 1.0\n",
        "tinything-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: made\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in content.items()]
    content["tinything-1.0.dist-info/RECORD"] = "\n".join(
        [*record, "tinything-1.0.dist-info/RECORD,,", ""]
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


# What pip lists

TARGET = "[install]\ntarget = /srv/x\n"
SITUATIONS: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "nothing": ({}, {}),
    "the user's file": ({HOME_PIP: TARGET}, {}),
    "the older file of the user": ({".pip/pip.conf": TARGET}, {}),
    "both files of the user": (
        {".pip/pip.conf": TARGET, HOME_PIP: "[install]\ntarget = /srv/y\n[list]\nformat=json\n"},
        {},
    ),
    "a file for everybody": ({"xdg/pip/pip.conf": "[global]\ntimeout: 60\n"}, {}),
    "two folders for everybody": (
        {"a/pip/pip.conf": "[global]\ntimeout=1\n", "b/pip/pip.conf": "[global]\ntimeout=2\n"},
        {"XDG_CONFIG_DIRS": "HOME/a:HOME/b"},
    ),
    "the user's folder elsewhere": (
        {"elsewhere/pip/pip.conf": TARGET, HOME_PIP: "[global]\ntimeout=1\n"},
        {"XDG_CONFIG_HOME": "HOME/elsewhere"},
    ),
    "an empty name for the user's folder": ({HOME_PIP: TARGET}, {"XDG_CONFIG_HOME": ""}),
    "a file that a variable names": (
        {"named.conf": "[global]\nindex_url = https://x/simple\n", HOME_PIP: TARGET},
        {"PIP_CONFIG_FILE": "HOME/named.conf"},
    ),
    "a relative file that a variable names": (
        {"project/named.conf": TARGET, HOME_PIP: "[global]\ntimeout=1\n"},
        {"PIP_CONFIG_FILE": "named.conf"},
    ),
    "a variable that names nothing": ({HOME_PIP: TARGET}, {"PIP_CONFIG_FILE": "HOME/nothing"}),
    "an empty PIP_CONFIG_FILE": ({HOME_PIP: TARGET}, {"PIP_CONFIG_FILE": ""}),
    "no files at all": ({HOME_PIP: TARGET}, {"PIP_CONFIG_FILE": "/dev/null"}),
    "variables": (
        {HOME_PIP: TARGET},
        {"PIP_TARGET": "/srv/z", "PIP_NO_DEPS": "0", "PIP_VERSION": "1", "PIP_HELP": "1"},
    ),
    "an empty variable": ({HOME_PIP: TARGET}, {"PIP_TARGET": ""}),
    "names in several ways": (
        {HOME_PIP: "[global]\n--Find_Links = /a\n  /b\n\n  /c\n# x\n; y\nNo-Deps : yes\n"},
        {"PIP_Trusted_HOST": "a b"},
    ),
    "defaults for all sections": (
        {HOME_PIP: "[DEFAULT]\ntimeout = 5\n[global]\nretries = 1\n[install]\n"},
        {},
    ),
    "values with signs": (
        {HOME_PIP: "[global]\nindex-url = https://a:b%40c@host/simple?x=1#y ; no remark\n"},
        {},
    ),
    "Windows' line ends": ({HOME_PIP: "[global]\r\ntimeout = 7\r\n[install]\r\nuser = no\r\n"}, {}),
    "letters beyond ASCII": ({HOME_PIP: "[install]\ntarget = /srv/épreuve\n"}, {}),
    "an empty value": ({HOME_PIP: "[install]\ntarget =\n"}, {}),
    "a folder in place of a file": ({f"{HOME_PIP}/x": ""}, {}),
}


def make(machine: Machine, name: str) -> None:
    texts, variables = SITUATIONS[name]
    for path, text in texts.items():
        machine.write(path, text)
    for key, value in variables.items():
        machine.variables[key] = value.replace("HOME", str(machine.home))


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_settings_are_those_that_pip_lists(machine: Machine, name: str) -> None:
    make(machine, name)
    listed = machine.pip("config", "list")
    assert listed.returncode == 0, listed.stderr
    pairs = [line.partition("=")[::2] for line in listed.stdout.splitlines()]
    told = Counter((key, ast.literal_eval(value)) for key, value in pairs)
    ours = [(f"{each.section}.{each.key}", each.value) for each in machine.settings.pip]
    # An older pip lists the winner of each key, a newer one all that is written.
    assert told in (Counter(ours), Counter(dict(ours).items()))


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_files_are_those_that_pip_looks_for(machine: Machine, name: str) -> None:
    make(machine, name)
    level, told = "", set()
    for line in machine.pip("config", "debug").stdout.splitlines():
        if found := re.fullmatch(r"  (.*), exists: (True|False)", line):
            told.add((level, found[1], found[2] == "True"))
        elif not line.startswith(" "):
            level = line.rstrip(":")
    assert told == {(each.level, each.path, each.exists) for each in machine.settings.pip_files}


def test_the_file_of_the_environment_wins_over_the_users(machine: Machine) -> None:
    machine.write(HOME_PIP, "[global]\ntimeout = 1\n")
    own = Path(machine.prefix, "pip.conf")
    with locked(machine.prefix.with_suffix(".lock")):
        own.write_text("[global]\ntimeout = 2\n", "utf-8")
        try:
            last = [each.value for each in machine.settings.pip if each.key == "timeout"][-1]
            assert machine.pip("config", "get", "global.timeout").stdout.strip() == last == "2"
        finally:
            own.unlink()


@pytest.mark.parametrize(
    "text",
    [
        b"target = /x\n",
        b"[global]\ntarget = 1\ntarget = 2\n",
        b"[global]\n[global]\n",
        b"[global]\nnothing\n",
        b"[global]\ntarget = \xff\xfe\n",
        b"\xef\xbb\xbf[global]\ntimeout = 1\n",
    ],
)
def test_a_file_that_stops_pip_is_told(machine: Machine, text: bytes) -> None:
    machine.write(HOME_PIP, "").write_bytes(text)
    assert machine.pip("config", "list").returncode != 0
    assert machine.found() == {"WP504"}


# Where pip installs


def landed(machine: Machine, wheel: Path, code: str = "") -> Path | None:
    """Where pip really puts the module; it is taken away again."""
    done = machine.pip("install", "--no-index", str(wheel))
    places = [machine.home, machine.prefix, wheel.parent]
    hits = [hit for place in places for hit in place.rglob("tinything.py")]
    machine.pip("uninstall", "-y", "tinything")
    assert done.returncode == 0 or code, done.stderr
    return hits[0].parent if hits else None


@pytest.mark.parametrize("origin", ["variable", "global", "install"])
@pytest.mark.parametrize("key", ["target", "prefix", "root"])
def test_a_redirect_names_the_folder_that_pip_installs_into(
    machine: Machine, wheel: Path, key: str, origin: str
) -> None:
    folder = machine.home / "redirected here"
    if origin == "variable":
        machine.variables[f"PIP_{key.upper()}"] = str(folder)
    else:
        machine.write(HOME_PIP, f"[{origin}]\n{key} = {folder}\n")
    (redirect,) = machine.settings.redirects
    assert str(landed(machine, wheel)) == redirect.folder
    assert machine.found() == {"WP501"}


@pytest.mark.parametrize("value", ["0", "no", "false", "there", "~"])
def test_a_value_that_looks_false_is_a_folder_to_pip(
    machine: Machine, wheel: Path, value: str
) -> None:
    machine.variables["PIP_TARGET"] = value
    (redirect,) = machine.settings.redirects
    assert str(landed(machine, wheel)) == redirect.folder == str(machine.cwd / value)


def test_an_empty_target_installs_where_the_kernel_imports_from(
    machine: Machine, wheel: Path
) -> None:
    machine.variables["PIP_TARGET"] = ""
    assert not machine.settings.redirects
    assert str(landed(machine, wheel)) == machine.kernel.environment.site[0]
    assert machine.found() == set()


def test_a_target_on_the_kernels_path_is_healthy(machine: Machine) -> None:
    folder = machine.home / "mine"
    machine.variables["PIP_TARGET"] = str(folder)
    assert machine.found() == {"WP501"}
    assert machine.found(path=("", str(folder))) == {"WP501"}  # the fact is gathered, not judged
    facts = gather_settings(replace(machine.kernel, path=(str(folder),)), machine.here)
    assert [each.seen for each in facts.redirects] == [True]


def test_another_interpreter_in_a_file_gets_the_packages(machine: Machine, wheel: Path) -> None:
    other = machine.home / "other"
    subprocess.run([machine.python, "-m", "venv", "--without-pip", str(other)], check=True)
    machine.write(HOME_PIP, f"[global]\npython = {other}\n")
    (redirect,) = machine.settings.redirects
    assert redirect.folder == str(other)
    assert other in (landed(machine, wheel) or Path()).parents
    assert machine.found() == {"WP501"}
    machine.write(HOME_PIP, f"[global]\npython = {machine.python}\n")
    assert machine.found() == set()


def test_an_interpreter_in_the_section_of_a_command_stops_pip(
    machine: Machine, wheel: Path
) -> None:
    machine.write(HOME_PIP, f"[install]\npython = {machine.python}\n")
    assert machine.pip("install", "--no-index", str(wheel)).returncode != 0
    assert machine.found() == {"WP504"}


@pytest.mark.parametrize("section", ["global", "install"])
def test_the_fix_of_a_file_takes_the_redirect_away(machine: Machine, section: str) -> None:
    machine.write(HOME_PIP, f"[{section}]\ntarget = {machine.home}/x\n")
    facts = replace(HEALTHY, kernel=machine.kernel, settings=machine.settings)
    (problem,) = REGISTRY.judge(facts, ["WP501"]).problems
    done = machine.run("/bin/sh", "-c", problem.fix)
    assert done.returncode == 0, done.stderr
    assert machine.found() == set()


def test_the_fix_works_although_the_file_names_no_python(machine: Machine) -> None:
    machine.write(HOME_PIP, "[global]\npython = /gone\n")
    assert machine.pip("list").returncode != 0
    facts = replace(HEALTHY, kernel=machine.kernel, settings=machine.settings)
    (problem,) = REGISTRY.judge(facts, ["WP501"]).problems
    assert machine.run("/bin/sh", "-c", problem.fix).returncode == 0
    assert machine.found() == set()


# The other settings of pip


def test_a_forced_user_install_is_refused_in_an_environment(machine: Machine, wheel: Path) -> None:
    machine.write(HOME_PIP, "[install]\nuser = yes\n")
    assert "Can not perform a '--user' install" in machine.pip("install", str(wheel)).stderr
    assert machine.found() == {"WP502"}
    machine.variables["PIP_USER"] = "0"  # the fix
    assert str(landed(machine, wheel)) == machine.kernel.environment.site[0]
    assert machine.found() == set()


def test_another_index_is_what_pip_asks(machine: Machine) -> None:
    machine.write(HOME_PIP, "[global]\nindex-url = http://ada:hunter2@localhost:9/simple\n")
    said = machine.pip("install", "--retries", "0", "--no-cache-dir", "tinything")
    assert "localhost" in said.stdout + said.stderr
    assert machine.found() == {"WP503"}


def test_flags_do_what_is_said_of_them(machine: Machine, wheel: Path) -> None:
    machine.variables["PIP_DRY_RUN"] = "1"
    assert landed(machine, wheel) is None
    assert machine.found() == {"WP504"}
    machine.variables["PIP_DRY_RUN"] = "off"
    assert landed(machine, wheel)
    assert machine.found() == set()


@pytest.mark.parametrize("name", ["PIP_REQUIRE_VIRTUALENV", "PIP_NO_DEPS", "PIP_USER"])
def test_a_value_that_is_no_truth_stops_pip(machine: Machine, wheel: Path, name: str) -> None:
    machine.variables[name] = "maybe"
    assert machine.pip("install", "--no-index", str(wheel)).returncode != 0
    assert machine.found() == {"WP504"}


def test_a_required_environment_is_missing_for_a_base(machine: Machine, wheel: Path) -> None:
    machine.variables["PIP_REQUIRE_VENV"] = "true"
    assert landed(machine, wheel)
    assert machine.found() == set()
    base = environment_of(machine.python, machine.here).base_prefix
    refused = machine.run(f"{base}/bin/python3", "-m", "pip", "install", "--dry-run", str(wheel))
    assert "virtualenv" in refused.stderr
    assert machine.found(prefix=base) == {"WP504"}


def test_a_constraint_that_is_missing_stops_pip(machine: Machine, wheel: Path) -> None:
    machine.variables["PIP_CONSTRAINT"] = "limits.txt"
    assert machine.pip("install", "--no-index", str(wheel)).returncode != 0
    assert machine.settings.missing_constraints == ("limits.txt",)
    machine.write("project/limits.txt", "other<2\n")
    assert not machine.settings.missing_constraints
    assert landed(machine, wheel)


# uv and the variables


PROJECT = '[project]\nname = "p"\nversion = "1"\n'


def uv(machine: Machine, *words: str) -> subprocess.CompletedProcess[str]:
    """The real uv, which is on this machine's PATH from now on."""
    tools = machine.home / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "uv").exists():
        found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        assert found
        os.symlink(found, tools / "uv")
        machine.variables["PATH"] += f":{tools}"
        machine.variables["UV_CACHE_DIR"] = str(machine.home / "cache")
    return machine.run(str(tools / "uv"), *words)


def test_a_stale_variable_is_where_uv_installs(machine: Machine, wheel: Path) -> None:
    other = machine.home / "server"
    subprocess.run([machine.python, "-m", "venv", "--without-pip", str(other)], check=True)
    machine.variables["VIRTUAL_ENV"] = str(other)
    assert machine.found() == set()  # nobody here reads it
    done = uv(machine, "pip", "install", "--offline", str(wheel))
    assert done.returncode == 0, done.stderr
    assert list(other.rglob("tinything.py"))
    assert machine.found() == {"WP505"}
    machine.variables["VIRTUAL_ENV"] = str(machine.prefix)
    assert machine.found() == set()


def test_a_link_to_the_kernels_environment_is_the_same_place(machine: Machine) -> None:
    uv(machine, "--version")
    link = machine.home / "link"
    link.symlink_to(machine.prefix)
    machine.variables["VIRTUAL_ENV"] = str(link)
    assert machine.found() == set()


@pytest.mark.parametrize(
    "name", ["CONDA_PREFIX", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"]
)
def test_a_variable_that_names_nothing_is_stale(machine: Machine, name: str) -> None:
    uv(machine, "--version")
    machine.variables[name] = str(machine.home / "gone")
    assert machine.found() == {"WP505"}
    (variable,) = (each for each in machine.settings.variables if each.name == name)
    assert not variable.exists


@pytest.mark.parametrize("file", ["uv.toml", "pyproject.toml", "user", "system", "named"])
def test_a_target_in_a_file_is_where_uv_installs(machine: Machine, wheel: Path, file: str) -> None:
    folder = machine.home / "redirected"
    text = f'[pip]\ntarget = "{folder}"\n'
    paths = {"user": ".config/uv/uv.toml", "system": "xdg/uv/uv.toml", "named": "named.toml"}
    machine.write("project/pyproject.toml", PROJECT)
    if file == "pyproject.toml":
        text = f'{PROJECT}[tool.uv.pip]\ntarget = "{folder}"\n'
    machine.write(paths.get(file, f"project/{file}"), text)
    if file == "named":
        machine.variables["UV_CONFIG_FILE"] = str(machine.home / "named.toml")
    done = uv(machine, "pip", "install", "--offline", "--python", machine.python, str(wheel))
    assert done.returncode == 0, done.stderr
    assert (folder / "tinything.py").exists()
    assert [each.folder for each in machine.settings.redirects] == [str(folder)]
    assert machine.found() == {"WP506"}


def test_the_nearest_file_that_speaks_to_uv_is_read(machine: Machine, wheel: Path) -> None:
    far, near = machine.home / "far", machine.home / "near"
    machine.write("uv.toml", f'[pip]\ntarget = "{far}"\n')
    machine.write("project/pyproject.toml", PROJECT)
    assert [each.folder for each in machine.settings.redirects] == [str(far)]
    install = ("pip", "install", "--offline", "--python", machine.python, str(wheel))
    assert uv(machine, *install).returncode == 0
    assert (far / "tinything.py").exists()
    machine.write("project/uv.toml", f'[pip]\ntarget = "{near}"\n')
    assert [each.folder for each in machine.settings.redirects] == [str(near)]
    assert uv(machine, *install).returncode == 0
    assert (near / "tinything.py").exists()
    machine.variables["UV_NO_CONFIG"] = "1"
    assert not machine.settings.redirects


@pytest.mark.parametrize("members", ['["project"]', '["pro*"]', '["other"]', "[]"])
def test_within_a_project_the_search_begins_at_its_workspace(
    machine: Machine, wheel: Path, members: str
) -> None:
    folders = {"outer": machine.home / "outer", "inner": machine.home / "inner"}
    machine.write("pyproject.toml", f"{PROJECT}[tool.uv.workspace]\nmembers = {members}\n")
    machine.write("uv.toml", f'[pip]\ntarget = "{folders["outer"]}"\n')
    machine.write("project/pyproject.toml", PROJECT.replace('"p"', '"q"'))
    machine.write("project/uv.toml", f'[pip]\ntarget = "{folders["inner"]}"\n')
    install = ("pip", "install", "--offline", "--python", machine.python, str(wheel))
    assert uv(machine, *install).returncode == 0
    landed_in = [folder for folder in folders.values() if (folder / "tinything.py").exists()]
    assert [each.folder for each in machine.settings.redirects] == [str(landed_in[0])]


def test_a_file_below_the_root_of_a_project_is_not_read(machine: Machine, wheel: Path) -> None:
    machine.write("pyproject.toml", PROJECT)
    machine.write("project/uv.toml", f'[pip]\ntarget = "{machine.home / "x"}"\n')
    install = ("pip", "install", "--offline", "--python", machine.python, str(wheel))
    assert uv(machine, *install).returncode == 0
    machine.pip("uninstall", "-y", "tinything")
    assert not (machine.home / "x").exists()
    assert not machine.settings.redirects


def test_the_fix_of_a_file_of_uv_reaches_the_kernel(machine: Machine, wheel: Path) -> None:
    machine.write("project/pyproject.toml", PROJECT)
    machine.write("project/uv.toml", f'[pip]\ntarget = "{machine.home / "x"}"\n')
    uv(machine, "--version")
    facts = replace(HEALTHY, kernel=machine.kernel, settings=machine.settings)
    (problem,) = REGISTRY.judge(facts, ["WP506"]).problems
    done = machine.run("/bin/sh", "-c", problem.fix.replace("NAME", f"--offline {wheel}"))
    assert done.returncode == 0, done.stderr
    site = Path(machine.kernel.environment.site[0])
    assert (site / "tinything.py").exists()
    machine.pip("uninstall", "-y", "tinything")


def test_libraries_of_another_environment_are_told(machine: Machine) -> None:
    other = machine.home / "conda"
    (other / "conda-meta").mkdir(parents=True)
    (other / "lib").mkdir()
    machine.variables["LD_LIBRARY_PATH"] = f"{other}/lib:/usr/local/cuda/lib64"
    assert machine.found() == {"WP507"}
    machine.variables["LD_LIBRARY_PATH"] = f"{machine.prefix}/lib:/usr/local/cuda/lib64"
    assert machine.found() == set()
