"""The shims of pyenv, asdf and mise, and the launchers of Windows, over machines made of files."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest

from ipymod.launchers import environment_of, find_on_path
from made_machines import ELF, PIP, Machine, with_resources, zipped

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made files have modes and links")

PYENV = """#!/usr/bin/env bash
set -e
program="${{0##*/}}"
export PYENV_ROOT="{root}"
exec "/opt/pyenv/libexec/pyenv" exec "$program" "$@"
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.base("usr")
    return made


@pytest.fixture
def pyenv(machine: Machine) -> Machine:
    """A pyenv with several Pythons; `pip` is a shim."""
    for version in ("3.9.18", "3.11.7", "3.11.10", "3.12.0rc1", "3.13.0t", "miniconda3-4.7.12"):
        name = "3.13t" if version.endswith("t") else ".".join(version.split(".")[:2])
        machine.base(f"pyenv/versions/{version}", "3.8" if "conda" in version else name)
    for name in ("pip", "python3", "only-here"):
        machine.script(f"pyenv/shims/{name}", PYENV.format(root=f"{machine.root}/pyenv"))
    machine.script("pyenv/versions/3.9.18/bin/only-here", f"#!{machine.root}/usr/bin/python3\n")
    return machine


def chosen(machine: Machine, name: str = "pip") -> str:
    """The version whose folder the shim leads to, `system`, or why there is none."""
    found = machine.command(name, f"{machine.root}/pyenv/shims", f"{machine.root}/usr/bin")
    if found.python is None:
        return f"{found.state}: {found.reason}"
    assert (found.state, found.certainty) == ("ok", "certain"), found
    inside = found.python.removeprefix(f"{machine.root}/pyenv/versions/")
    return "system" if inside == found.python else inside.split("/")[0]


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("3.9.18\n", "3.9.18"),
        ("3.9\n", "3.9.18"),
        ("3.11", "3.11.10"),
        ("3\n", "3.11.10"),
        ("3.13t\n", "3.13.0t"),
        ("miniconda3\n", "miniconda3-4.7.12"),
        ("python-3.11.7\n", "3.11.7"),
        ("python-3.9\n", "3.9.18"),
        ("# mine\n\n  3.9 # why\n", "3.9.18"),
        ("3.9\r\n", "3.9.18"),
        ("3.11.7 3.9\n", "3.11.7"),
        ("3.11.7\n3.9\n", "3.11.7"),
        ("3.11.7:3.9\n", "3.11.7"),
        ("3.12.0rc1\n", "3.12.0rc1"),
        ("system\n3.9\n", "system"),
        ("system\n", "system"),
        ("", "system"),
        ("# nothing\n", "system"),
        ("../../3.9.18\n", "system"),
        ("2.1\n3.9\n", "3.9.18"),
        ("a/\0b\n3.\0009\n", "3.9.18"),
    ],
)
def test_a_version_file_means_what_pyenv_takes_it_for(
    pyenv: Machine, written: str, version: str
) -> None:
    pyenv.file("work/.python-version", written)
    pyenv.file("pyenv/version", "system\n")
    assert chosen(pyenv) == version


@pytest.mark.parametrize("missing", ["3.12", "3.13", "3.1", "2.7.18", "nonsense"])
def test_a_missing_version_falls_through_to_the_system(pyenv: Machine, missing: str) -> None:
    pyenv.file("work/.python-version", f"{missing}\n")
    assert chosen(pyenv) == "system"


def test_a_missing_version_without_a_system_is_broken(pyenv: Machine) -> None:
    pyenv.file("work/.python-version", "2.7\n")
    os.remove(f"{pyenv.root}/usr/bin/pip")
    told = chosen(pyenv)
    assert told.startswith("broken: pyenv has no version 2.7")
    assert f"{pyenv.cwd}/.python-version" in told


def test_the_variable_comes_before_files(pyenv: Machine) -> None:
    pyenv.file("work/.python-version", "3.9\n")
    pyenv.variables["PYENV_VERSION"] = "3.11.7:3.9"
    assert chosen(pyenv) == "3.11.7"


def test_an_empty_part_of_the_variable_is_unknown(pyenv: Machine) -> None:
    pyenv.variables["PYENV_VERSION"] = "3.11::3.9"
    assert chosen(pyenv).startswith("unknown")


def test_a_file_above_counts_and_an_empty_one_ends_the_search(pyenv: Machine) -> None:
    pyenv.file(".python-version", "3.9\n")
    assert chosen(pyenv) == "3.9.18"
    pyenv.file("work/.python-version", "")
    assert chosen(pyenv) == "system"


def test_a_directory_named_like_the_file_is_passed_over(pyenv: Machine) -> None:
    pyenv.file(".python-version", "3.9\n")
    pyenv.folder("work/.python-version")
    assert chosen(pyenv) == "3.9.18"


def test_the_root_has_a_version_of_its_own(pyenv: Machine) -> None:
    pyenv.file("pyenv/version", "3.9\n")
    assert chosen(pyenv) == "3.9.18"


def test_pyenv_looks_from_its_own_directory_first(pyenv: Machine) -> None:
    pyenv.file("work/.python-version", "3.11.7\n")
    pyenv.file("other/.python-version", "3.9\n")
    pyenv.variables["PYENV_DIR"] = f"{pyenv.root}/other"
    assert chosen(pyenv) == "3.9.18"


def test_a_shell_names_its_directory_through_links(pyenv: Machine) -> None:
    pyenv.file("way/.python-version", "3.9\n")
    pyenv.variables["PWD"] = pyenv.link("way/work", f"{pyenv.cwd}")
    assert chosen(pyenv) == "3.9.18"


def test_the_command_may_be_in_a_later_version(pyenv: Machine) -> None:
    pyenv.file("work/.python-version", "3.11.7\n3.9\n")
    found = pyenv.command("only-here", f"{pyenv.root}/pyenv/shims")
    assert found.steps[0].endswith(f"{pyenv.root}/pyenv/versions/3.9.18/bin/only-here")


def test_a_command_that_no_version_has_is_broken(pyenv: Machine) -> None:
    pyenv.file("work/.python-version", "3.11.7\n")
    assert chosen(pyenv, "only-here").startswith("broken: pyenv finds no only-here in 3.11.7")


def test_the_file_that_decided_stands_in_the_steps(pyenv: Machine) -> None:
    path = pyenv.file("work/.python-version", "3.9\n")
    found = pyenv.command("pip", f"{pyenv.root}/pyenv/shims")
    assert f"pyenv, which reads 3.9.18 from {path}" in found.steps[0]


def test_what_pyenv_starts_sees_its_version_first_on_path(pyenv: Machine) -> None:
    pyenv.variables["PYENV_VERSION"] = "3.9"
    pyenv.script("pyenv/versions/3.9.18/bin/pip", f"#!/usr/bin/env python\n{PIP}")
    assert chosen(pyenv) == "3.9.18"


def test_a_first_line_may_lead_to_a_shim(pyenv: Machine) -> None:
    pyenv.variables["PYENV_VERSION"] = "3.9"
    pip = pyenv.script("bin/pip", f"#!{pyenv.root}/pyenv/shims/python3\n{PIP}")
    found = pyenv.resolve(pip)
    assert found.python == f"{pyenv.root}/pyenv/versions/3.9.18/bin/python3"


def test_a_python_of_pyenv_is_of_that_kind(pyenv: Machine) -> None:
    pyenv.variables["PYENV_ROOT"] = f"{pyenv.root}/pyenv"
    python = f"{pyenv.root}/pyenv/versions/3.11.7/bin/python"
    os.remove(f"{pyenv.root}/pyenv/versions/3.11.7/include/python3.11/patchlevel.h")
    found = environment_of(python, pyenv.around())
    assert (found.kind, found.version) == ("pyenv", "3.11.7")


# asdf and mise

ASDF = """#!/usr/bin/env bash
# asdf-plugin: python 3.11.7
# asdf-plugin: python 3.9.18
exec /opt/asdf exec "pip" "$@"
"""


@pytest.fixture
def asdf(machine: Machine) -> Machine:
    for version in ("3.11.7", "3.9.18"):
        machine.base(f"home/.asdf/installs/python/{version}", version.rpartition(".")[0])
    machine.script("home/.asdf/shims/pip", ASDF)
    return machine


def installed(machine: Machine, tool: str) -> str:
    found = machine.command("pip", f"{machine.home}/{tool}/shims", f"{machine.root}/usr/bin")
    if found.python is None:
        return found.state
    assert (found.state, found.certainty) == ("ok", "likely")
    return found.python.removeprefix(f"{machine.home}/{tool}/installs/python/").split("/")[0]


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("nodejs 20\npython 3.9.18 # mine\n", "3.9.18"),
        ("python 3.8.1 3.11.7\n", "3.11.7"),
        ("python 3.8.1\n", "broken"),
        ("nodejs 20\n", "broken"),
    ],
)
def test_asdf_reads_its_file(asdf: Machine, written: str, version: str) -> None:
    asdf.file("work/.tool-versions", written)
    assert installed(asdf, ".asdf") == version


def test_asdf_starts_only_the_versions_that_its_shim_names(asdf: Machine) -> None:
    asdf.base("home/.asdf/installs/python/3.12.4")
    asdf.file("work/.tool-versions", "python 3.12.4 3.9.18\n")
    assert installed(asdf, ".asdf") == "3.9.18"


def test_asdf_reads_its_variable_first_and_the_home_at_last(asdf: Machine) -> None:
    asdf.file("home/.tool-versions", "python 3.11.7\n")
    assert installed(asdf, ".asdf") == "3.11.7"
    asdf.variables["ASDF_PYTHON_VERSION"] = "3.9.18"
    assert installed(asdf, ".asdf") == "3.9.18"


@pytest.fixture
def mise(machine: Machine) -> Machine:
    for version in ("3.11.7", "3.9.18"):
        machine.base(
            f"home/.local/share/mise/installs/python/{version}", version.rpartition(".")[0]
        )
    machine.link("home/.local/share/mise/installs/python/3.9", "3.9.18")
    machine.script("opt/mise", ELF)
    machine.link("home/.local/share/mise/shims/pip", f"{machine.root}/opt/mise")
    return machine


@pytest.mark.parametrize(
    ("name", "written", "version"),
    [
        ("mise.toml", '[tools]\npython = "3.11.7"\n', "3.11.7"),
        ("mise.toml", '[tools]\npython = "3.9"\n', "3.9.18"),
        (".mise.toml", '[tools]\npython = ["3.11.7", "3.9"]\n', "3.11.7"),
        ("mise.toml", '[tools]\npython = {version = "3.11.7"}\n', "3.11.7"),
        (".tool-versions", "python 3.11.7\n", "3.11.7"),
        ("mise.toml", '[tools]\npython = "3.7"\n', "broken"),
        ("mise.toml", '[tools]\npython = "latest"\n', "broken"),
        ("mise.toml", '[env]\n_.python.venv = ".venv"\n', "unknown"),
        ("mise.toml", "no toml", "unknown"),
        ("mise.toml", "[tools]\npython = {path = 1}\n", "unknown"),
    ],
)
def test_mise_reads_its_files(mise: Machine, name: str, written: str, version: str) -> None:
    mise.file(f"work/{name}", written)
    assert installed(mise, ".local/share/mise") == version


def test_mise_without_a_version_takes_the_systems(mise: Machine) -> None:
    found = mise.command("pip", f"{mise.home}/.local/share/mise/shims", f"{mise.root}/usr/bin")
    assert found.python == f"{mise.root}/usr/bin/python3.12"


# Windows


@pytest.fixture
def windows(tmp_path: Path) -> Machine:
    made = Machine(tmp_path, "Windows")
    made.windows_base()
    made.windows_venv()
    return made


def python_of(machine: Machine) -> str:
    return f"{machine.root}/venv/Scripts/python.exe"


def launcher(machine: Machine, data: bytes, name: str = "venv/Scripts/pip.exe") -> str | None:
    found = machine.resolve(machine.file(name, data))
    assert found.state == "ok", found
    return found.python


def test_windows_looks_into_the_working_directory_first(windows: Machine) -> None:
    here = windows.file("work/pip.bat")
    scripts = windows.folder("venv/Scripts")
    there = windows.file("venv/Scripts/pip.exe")
    assert find_on_path("pip", windows.around(f'"{scripts}"', "")) == [here, there]
    windows.variables["NoDefaultCurrentDirectoryInExePath"] = "1"
    assert find_on_path("pip", windows.around(f'"{scripts}"', "")) == [there]


def test_windows_tries_extensions_in_their_order(windows: Machine) -> None:
    files = [windows.file(f"tools/pip{each}") for each in (".exe", ".cmd")]
    tools = f"{windows.root}/tools"
    assert find_on_path("pip", windows.around(tools)) == files
    assert find_on_path("pip.cmd", windows.around(tools)) == [files[1]]
    windows.variables["PATHEXT"] = ".CMD"
    assert find_on_path("pip", windows.around(tools)) == [files[1]]


def test_an_environment_of_windows_is_laid_out_its_own_way(windows: Machine) -> None:
    windows.variables["APPDATA"] = f"{windows.root}/roaming"
    venv = environment_of(python_of(windows), windows.around())
    base = environment_of(f"{windows.root}/Python312/python.exe", windows.around())
    assert venv.prefix == f"{windows.root}/venv"
    assert venv.base_prefix == base.prefix == f"{windows.root}/Python312"
    assert venv.site == (f"{venv.prefix}/Lib/site-packages",)
    assert venv.scripts == f"{venv.prefix}/Scripts"
    assert venv.version == "3.12.4"
    assert base.version == "3.12"
    assert base.user_site == f"{windows.root}/roaming/Python/Python312/site-packages"


@pytest.mark.parametrize("line", ['#!"{python}"', "#!{python}", "#!{python} -E", "#!{python}\r"])
def test_a_launcher_of_pip_has_a_line_before_its_zip(windows: Machine, line: str) -> None:
    text = line.format(python=python_of(windows)).encode()
    data = b"MZ" + bytes(9000) + text + b"\n" + zipped()
    assert launcher(windows, data) == python_of(windows)


def test_a_launcher_may_name_its_own_directory(windows: Machine) -> None:
    data = b"MZ" + bytes(900) + b"#!<launcher_dir>\\python.exe\r\n" + zipped()
    assert launcher(windows, data) == python_of(windows)


def test_a_launcher_may_ask_env(windows: Machine) -> None:
    data = b"MZ" + bytes(900) + b"#!/usr/bin/env python\n" + zipped()
    pip = windows.file("tools/pip.exe", data)
    found = windows.resolve(pip, f"{windows.root}/venv/Scripts")
    assert found.python == python_of(windows)
    assert windows.resolve(pip).state == "broken"


def test_a_launcher_of_a_gone_python_is_broken(windows: Machine) -> None:
    data = b"MZ" + bytes(900) + b"#!/gone/python.exe\n" + zipped()
    found = windows.resolve(windows.file("venv/Scripts/pip.exe", data))
    assert (found.state, found.reason) == ("broken", "/gone/python.exe does not exist")


@pytest.mark.parametrize("magic", [b"UVSC", b"UVUV"])
def test_an_older_launcher_of_uv_ends_with_its_python(windows: Machine, magic: bytes) -> None:
    path = python_of(windows).encode()
    data = b"MZ" + bytes(500) + zipped() + path + struct.pack("<I", len(path)) + magic
    assert launcher(windows, data) == python_of(windows)


@pytest.mark.parametrize("relative", [False, True])
def test_a_newer_launcher_of_uv_has_a_resource(windows: Machine, relative: bool) -> None:  # noqa: FBT001
    path = "python.exe" if relative else python_of(windows)
    resources = {"UV_SCRIPT_DATA": zipped(), "UV_TRAMPOLINE_KIND": b"\1"}
    data = with_resources({**resources, "UV_PYTHON_PATH": path.encode()})
    assert launcher(windows, data) == python_of(windows)


def test_a_link_to_a_python_of_uv_is_followed(windows: Machine) -> None:
    target = f"{windows.root}/Python312/python.exe"
    resources = {"UV_PYTHON_PATH": target.encode(), "UV_TRAMPOLINE_KIND": b"\2"}
    assert launcher(windows, with_resources(resources), "bin/python3.12.exe") == target
    python = launcher(windows, with_resources(resources), "venv/Scripts/python.exe")
    assert python == python_of(windows)


def test_an_old_launcher_has_a_script_beside_it(windows: Machine) -> None:
    windows.file("venv/Scripts/pip-script.py", f"#!{python_of(windows)}\r\nimport pip\r\n")
    assert launcher(windows, b"MZ" + bytes(900)) == python_of(windows)


def test_a_launcher_of_conda_takes_the_python_above_it(windows: Machine) -> None:
    base = windows.windows_base("conda")
    windows.file("conda/Scripts/pip-script.py", "import pip\n")
    assert launcher(windows, b"MZ" + bytes(900), "conda/Scripts/pip.exe") == f"{base}/python.exe"


def test_a_stub_of_the_store_is_broken(windows: Machine) -> None:
    stub = windows.file("Microsoft/WindowsApps/python.exe")
    found = windows.resolve(stub)
    assert found.state == "broken"
    assert "Microsoft Store" in found.reason


def test_the_python_of_the_store_is_unknown(windows: Machine) -> None:
    stub = windows.file("Microsoft/WindowsApps/python.exe")
    windows.folder("Microsoft/WindowsApps/PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0")
    assert windows.resolve(stub).state == "unknown"


def test_the_python_launcher_is_unknown(windows: Machine) -> None:
    found = windows.resolve(windows.file("Windows/py.exe", b"MZ"))
    assert found.state == "unknown"
    assert "registry" in found.reason


@pytest.mark.parametrize("data", [b"MZ", b"MZ" + bytes(70), b"MZ" + b"\xff" * 5000])
def test_a_damaged_program_is_unknown(windows: Machine, data: bytes) -> None:
    assert windows.resolve(windows.file("tools/pip.exe", data)).state == "unknown"


@pytest.mark.parametrize("line", ['@"{python}" -m pip %*', "@{python} -m pip %*"])
def test_a_batch_file_may_name_its_python(windows: Machine, line: str) -> None:
    text = f"@echo off\r\n{line.format(python=python_of(windows))}\r\n"
    found = windows.resolve(windows.file("tools/pip.bat", text))
    assert (found.state, found.certainty) == ("ok", "likely")
    assert found.python == python_of(windows)


def test_a_batch_file_with_a_will_of_its_own_is_unknown(windows: Machine) -> None:
    text = '@echo off\r\n"%PYTHON%\\python.exe" -m pip %*\r\n'
    assert windows.resolve(windows.file("tools/pip.bat", text)).state == "unknown"


def test_pyenv_for_windows_reads_the_same_files(windows: Machine) -> None:
    windows.windows_base("pyenv/versions/3.12.4")
    windows.file("pyenv/versions/3.12.4/Scripts/pip.exe", b"MZ" + bytes(90))
    windows.file("pyenv/versions/3.12.4/Scripts/pip-script.py", "import pip\n")
    windows.file("work/.python-version", "3.12.4\r\n")
    shim = windows.file("pyenv/shims/pip.bat", "@echo off\r\ncall pyenv exec %~n0 %*\r\n")
    found = windows.resolve(shim)
    assert (found.state, found.certainty) == ("ok", "likely")
    assert found.python == f"{windows.root}/pyenv/versions/3.12.4/python.exe"
