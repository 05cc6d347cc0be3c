"""What the resolver tells beside the way itself: the kind of break, the home, who chose."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ipymod.launchers import environment_of, real_prefix
from made_machines import ELF, PIP, Machine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made files have modes and links")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.base()
    machine.venv()
    return machine


SHIM = """#!/usr/bin/env bash
set -e
export PYENV_ROOT="{root}"
exec "{root}/libexec/pyenv" exec "$0" "$@"
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("#!/nowhere/python\n", "missing"),
        ("#!{root}/venv/bin\n", "missing"),
        ("#!{root}/venv/pyvenv.cfg\n", "missing"),
        ("#!/usr/bin/env no-such-python\n", "missing"),
        ('#!/bin/sh\nexec /nowhere/python "$@"\n', "missing"),
        ("#!{root}/venv/bin/python\r\n", "unusable"),
        ("#!python\n", "unusable"),
        ("#!/usr/bin/env python3 -I\n", "unusable"),
        ("#!\n", "unusable"),
        ("#!/{long}\n", "unusable"),
        ("#!/a\0b\n", "unusable"),
        ("#!{root}/bin/pip\n", "unusable"),
        ("#!{root}/venv/bin/python\n", "unusable"),
        ("", "unusable"),
    ],
)
def test_a_break_has_a_kind(machine: Machine, text: str, fault: str) -> None:
    text = text.format(root=machine.root, long="x" * 300)
    found = machine.resolve(machine.script("bin/pip", text))
    assert (found.state, found.fault) == ("broken", fault), found.reason


def test_a_pip_that_is_not_there_any_more_is_missing(machine: Machine) -> None:
    os.rename(f"{machine.root}/venv/lib", f"{machine.root}/venv/lost")
    found = machine.resolve(f"{machine.root}/venv/bin/pip")
    assert (found.state, found.fault) == ("broken", "missing")


def test_what_works_has_no_fault(machine: Machine) -> None:
    assert machine.resolve(f"{machine.root}/venv/bin/pip").fault == ""


def test_a_break_by_pythonhome_is_of_no_kind(machine: Machine) -> None:
    machine.variables["PYTHONHOME"] = "/nowhere"
    found = machine.resolve(f"{machine.root}/venv/bin/pip")
    assert (found.state, found.fault) == ("broken", "")


def test_the_alias_of_the_store_is_a_stub(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "Windows")
    alias = machine.file("WindowsApps/python3.exe")
    assert machine.resolve(alias).fault == "stub"
    machine.file("WindowsApps/PythonSoftwareFoundation.Python.3.12_x/python3.exe")
    assert machine.resolve(alias).state == "unknown"


def test_a_shim_tells_who_chose(machine: Machine) -> None:
    root = f"{machine.home}/.pyenv"
    shim = machine.script("home/.pyenv/shims/pip", SHIM.format(root=root))
    machine.base("home/.pyenv/versions/3.12.4")
    version = machine.file("work/.python-version", "3.12.4\n")
    found = machine.resolve(shim)
    assert (found.state, found.origin) == ("ok", version)
    machine.variables["PYENV_VERSION"] = "3.9.99"
    found = machine.resolve(shim)
    assert (found.state, found.fault, found.origin) == ("broken", "shim", "PYENV_VERSION")


def test_without_a_shim_nobody_chose(machine: Machine) -> None:
    assert machine.resolve(f"{machine.root}/venv/bin/pip").origin == ""


# Where the file lies


def test_a_launcher_lies_in_its_environment(machine: Machine) -> None:
    prefix = f"{machine.root}/venv"
    assert machine.resolve(f"{prefix}/bin/pip").home == prefix
    assert machine.resolve(f"{prefix}/bin/python").home == prefix


def test_a_launcher_of_a_base_lies_in_no_environment(machine: Machine) -> None:
    assert machine.resolve(f"{machine.root}/base/bin/pip").home == ""


def test_a_copied_launcher_lies_where_the_copy_is(machine: Machine) -> None:
    machine.file("copy/pyvenv.cfg", "home = x\n")
    found = machine.resolve(
        machine.script("copy/bin/pip", f"#!{machine.root}/venv/bin/python\n{PIP}")
    )
    assert found.environment is not None
    assert found.home == f"{machine.root}/copy"
    assert found.environment.prefix == f"{machine.root}/venv"


def test_an_environment_behind_a_link_is_called_as_its_own_python_calls_it(
    machine: Machine,
) -> None:
    machine.link("link", f"{machine.root}/venv")
    assert machine.resolve(f"{machine.root}/link/bin/pip").home == f"{machine.root}/venv"


def test_a_script_that_is_a_link_to_one_elsewhere_lies_in_none(machine: Machine) -> None:
    machine.venv("other")
    os.unlink(f"{machine.root}/other/bin/pip")
    machine.link("other/bin/pip", f"{machine.root}/venv/bin/pip")
    assert machine.resolve(f"{machine.root}/other/bin/pip").home == ""


def test_a_link_beside_its_script_lies_where_both_are(machine: Machine) -> None:
    machine.link("venv/bin/pip3", "pip")
    assert machine.resolve(f"{machine.root}/venv/bin/pip3").home == f"{machine.root}/venv"


def test_a_broken_launcher_lies_in_its_environment_all_the_same(machine: Machine) -> None:
    machine.script("venv/bin/black", "#!/gone/python\n")
    assert machine.resolve(f"{machine.root}/venv/bin/black").home == f"{machine.root}/venv"


def test_an_environment_of_conda_has_its_python_beside_conda_meta(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "Windows")
    prefix = machine.windows_base("conda")
    machine.folder("conda/conda-meta")
    assert machine.resolve(f"{prefix}/python.exe").home == prefix


# What environments are compared by


def test_links_to_one_prefix_have_one_real_prefix(machine: Machine) -> None:
    link = machine.link("link", f"{machine.root}/venv")
    here = machine.around()
    one = environment_of(f"{machine.root}/venv/bin/python", here)
    two = environment_of(f"{link}/bin/python", here)
    assert one.prefix != two.prefix
    assert one.real == two.real == os.path.realpath(one.prefix)


@pytest.mark.parametrize(("system", "is_one"), [("Linux", False), ("Darwin", True)])
def test_case_counts_on_linux_alone(tmp_path: Path, system: str, *, is_one: bool) -> None:
    here = Machine(tmp_path, system).around()
    assert (real_prefix("/srv/Env", here) == real_prefix("/srv/env", here)) == is_one


def test_an_unknown_prefix_stays_unknown(machine: Machine) -> None:
    odd = machine.script("odd/python", ELF)
    assert environment_of(odd, machine.around()).real == ""
