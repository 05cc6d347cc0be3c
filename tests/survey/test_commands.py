"""Commands, targets and scripts on machines made of files."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.facts import Kernel, from_json, to_json
from ipymod.facts.commands import Made, Scripts, Target
from ipymod.launchers import environment_of
from ipymod.survey.commands import (
    gather_commands,
    gather_conda_target,
    gather_scripts,
    gather_uv_target,
)
from ipymod.survey.made import made
from made_machines import ELF, Machine

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = "import sys\nfrom black import main\nsys.exit(main())\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made files have modes and links")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.base()
    machine.venv()
    machine.script("tools/uv", ELF)
    return machine


def kernel_of(machine: Machine, prefix: str = "venv") -> Kernel:
    python = f"{machine.root}/{prefix}/bin/python"
    environment = environment_of(python, machine.around())
    return Kernel(
        python,
        environment.prefix,
        environment.base_prefix,
        "3.12.4",
        environment,
        path=environment.site,
        cwd=machine.cwd,
        system=machine.system,
    )


def bins(machine: Machine, *names: str) -> list[str]:
    return [f"{machine.root}/{name}/bin" for name in names]


# Commands


def test_all_commands_have_a_place_and_absent_ones_are_none(machine: Machine) -> None:
    found = gather_commands(kernel_of(machine), machine.around(*bins(machine, "venv")))
    assert [*found] == ["pip", "pip3", "python", "python3", "uv", "conda", "jupyter"]
    assert [name for name, each in found.items() if each] == ["pip", "python", "python3"]


# uv


def uv(machine: Machine, *path: str, **variables: str) -> Target:
    machine.variables.update(variables)
    here = machine.around(f"{machine.root}/tools", *path)
    found = gather_uv_target(kernel_of(machine), here)
    assert found
    assert from_json(Target, to_json(found)) == found
    return found


def reached(target: Target) -> str:
    return target.environment.prefix if target.environment else target.state


def test_without_uv_there_is_no_target(machine: Machine) -> None:
    assert gather_uv_target(kernel_of(machine), machine.around()) is None


def test_uv_takes_the_active_environment(machine: Machine) -> None:
    found = uv(machine, VIRTUAL_ENV=f"{machine.root}/venv")
    assert (reached(found), found.reason) == (f"{machine.root}/venv", "VIRTUAL_ENV")


def test_uv_takes_what_it_is_told_before_what_is_active(machine: Machine) -> None:
    other = machine.venv("other")
    found = uv(machine, VIRTUAL_ENV=f"{machine.root}/venv", UV_PYTHON=other)
    assert (reached(found), found.reason) == (other, "UV_PYTHON")


def test_uv_passes_a_base_over_and_refuses_in_the_end(machine: Machine) -> None:
    found = uv(machine, *bins(machine, "base"), VIRTUAL_ENV=f"{machine.root}/base")
    assert reached(found) == "broken"
    assert found.steps[-1] == "No virtual environment found"


def test_uv_takes_the_system_if_it_is_told_to(machine: Machine) -> None:
    found = uv(machine, *bins(machine, "venv", "base"), UV_SYSTEM_PYTHON="1")
    assert (reached(found), found.reason) == (f"{machine.root}/base", "UV_SYSTEM_PYTHON")


def test_uv_passes_pythons_over_that_are_too_old(machine: Machine) -> None:
    machine.base("old", "2.7")
    found = uv(machine, *bins(machine, "old", "base"), UV_SYSTEM_PYTHON="1")
    assert reached(found) == f"{machine.root}/base"


def test_an_active_environment_without_python_ends_the_search(machine: Machine) -> None:
    machine.file("lost/pyvenv.cfg", "home = /gone\n")
    found = uv(machine, *bins(machine, "venv"), VIRTUAL_ENV=f"{machine.root}/lost")
    assert (reached(found), found.reason) == ("broken", "VIRTUAL_ENV")
    gone = uv(machine, *bins(machine, "venv"), VIRTUAL_ENV=f"{machine.root}/gone")
    assert reached(gone) == f"{machine.root}/venv"


def test_uv_looks_upwards_from_the_working_directory(machine: Machine) -> None:
    prefix = machine.venv("work/.venv")
    machine.cwd = machine.folder("work/deep/down")
    found = uv(machine)
    assert (reached(found), found.reason) == (prefix, prefix)


def test_an_empty_dot_venv_stops_the_way_upwards(machine: Machine) -> None:
    machine.venv("work/.venv")
    machine.folder("work/deep/.venv")
    machine.cwd = machine.folder("work/deep/down")
    assert reached(uv(machine)) == "broken"


def test_only_the_very_first_python_on_path_may_be_an_environments(machine: Machine) -> None:
    assert reached(uv(machine, *bins(machine, "venv"))) == f"{machine.root}/venv"
    assert reached(uv(machine, *bins(machine, "base", "venv"))) == "broken"


def test_a_conda_environment_counts_unless_it_is_the_base(machine: Machine) -> None:
    machine.base("conda")
    machine.folder("conda/conda-meta")
    prefix = f"{machine.root}/conda"
    found = uv(machine, CONDA_PREFIX=prefix)
    assert (reached(found), found.reason) == (prefix, "CONDA_PREFIX")
    assert reached(uv(machine, CONDA_DEFAULT_ENV="base")) == "broken"
    machine.file("conda/conda-meta/pixi")
    assert reached(uv(machine)) == prefix


def test_an_unknown_wish_stays_unknown(machine: Machine) -> None:
    assert uv(machine, UV_PYTHON=">=3.12").state == "unknown"
    assert uv(machine, UV_PYTHON="pypy@3.10").state == "unknown"


@pytest.mark.parametrize("wish", ["3.12", "312", "python3.12", "cpython@3.12", "3"])
def test_a_version_is_looked_for_among_environments(machine: Machine, wish: str) -> None:
    found = uv(machine, UV_PYTHON=wish, VIRTUAL_ENV=f"{machine.root}/venv")
    assert reached(found) == f"{machine.root}/venv"


@pytest.mark.parametrize("wish", ["3.1", "3.11", "3.12.99"])
def test_another_version_is_not_taken(machine: Machine, wish: str) -> None:
    assert reached(uv(machine, UV_PYTHON=wish, VIRTUAL_ENV=f"{machine.root}/venv")) == "broken"


def test_a_file_sends_packages_to_a_folder(machine: Machine) -> None:
    machine.file("work/uv.toml", f'[pip]\ntarget = "{machine.root}/there"\n')
    found = uv(machine)
    assert (found.folder, found.seen) == (f"{machine.root}/there", False)
    machine.file("work/uv.toml", f'[pip]\nprefix = "{machine.root}/venv"\n')
    assert uv(machine).seen


def test_a_managed_python_is_refused_unless_it_may_be_broken(machine: Machine) -> None:
    machine.file("base/lib/python3.12/EXTERNALLY-MANAGED", "[externally-managed]\n")
    assert reached(uv(machine, UV_PYTHON=f"{machine.root}/base")) == "broken"
    assert reached(uv(machine, UV_BREAK_SYSTEM_PACKAGES="1")) == f"{machine.root}/base"


def test_the_environment_of_a_project_is_told_beside(machine: Machine) -> None:
    machine.file("work/pyproject.toml", '[project]\nname = "x"\nversion = "1"\n')
    machine.file("work/uv.lock")
    prefix = machine.venv("work/.venv")
    found = uv(machine, VIRTUAL_ENV=f"{machine.root}/venv")
    assert found.project
    assert (found.project.command, reached(found.project)) == ("uv add", prefix)
    assert reached(found) == f"{machine.root}/venv"


def test_uv_on_windows_follows_the_same_order(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "Windows")
    base = machine.windows_base()
    prefix = machine.windows_venv()
    machine.file("tools/uv.exe", b"MZ")
    machine.variables["VIRTUAL_ENV"] = prefix
    here = machine.around(f"{machine.root}/tools")
    environment = environment_of(f"{prefix}/Scripts/python.exe", here)
    kernel = Kernel(f"{prefix}/Scripts/python.exe", prefix, base, "3.12.4", environment)
    found = gather_uv_target(kernel, here)
    assert found
    assert reached(found) == prefix


# conda


def conda(machine: Machine, **variables: str) -> Target:
    root = f"{machine.root}/conda"
    if not os.path.exists(root + "/conda-meta"):
        machine.base("conda")
        machine.folder("conda/conda-meta")
    machine.script("tools/conda", f"#!{root}/bin/python\n{ENTRY}")
    machine.variables.update(variables)
    found = gather_conda_target(kernel_of(machine), machine.around(f"{machine.root}/tools"))
    assert found
    return found


def test_without_conda_there_is_no_target(machine: Machine) -> None:
    assert gather_conda_target(kernel_of(machine), machine.around()) is None


def test_conda_takes_the_active_environment_or_its_base(machine: Machine) -> None:
    assert (reached(conda(machine)), conda(machine).reason) == (f"{machine.root}/conda", "PATH")
    found = conda(machine, CONDA_PREFIX=machine.base("conda/envs/x"))
    assert (reached(found), found.reason) == (f"{machine.root}/conda/envs/x", "CONDA_PREFIX")


def test_conda_finds_an_environment_by_its_name(machine: Machine) -> None:
    conda(machine)
    prefix = machine.base("conda/envs/x")
    assert reached(conda(machine, CONDA_DEFAULT_ENV="x")) == prefix
    assert reached(conda(machine, CONDA_DEFAULT_ENV=prefix)) == prefix
    assert reached(conda(machine, CONDA_DEFAULT_ENV="base")) == f"{machine.root}/conda"
    assert conda(machine, CONDA_DEFAULT_ENV="gone").state == "unknown"


def test_an_active_environment_that_is_gone_makes_conda_fail(machine: Machine) -> None:
    assert conda(machine, CONDA_PREFIX=f"{machine.root}/gone").state == "broken"


def test_an_environment_without_python_is_one_all_the_same(machine: Machine) -> None:
    prefix = machine.folder("conda/envs/r")
    assert reached(conda(machine, CONDA_PREFIX=prefix)) == prefix


# Scripts


def scripts(machine: Machine, *path: str, prefix: str = "venv") -> Scripts:
    found = gather_scripts(kernel_of(machine, prefix), machine.around(*path))
    assert found
    assert from_json(Scripts, to_json(found)) == found
    return found


def own(machine: Machine, *names: str) -> None:
    for name in names:
        machine.script(f"venv/bin/{name}", f"#!{machine.root}/venv/bin/python\n{ENTRY}")


def test_a_folder_on_path_has_nothing_astray(machine: Machine) -> None:
    own(machine, "black")
    found = scripts(machine, *bins(machine, "venv"))
    assert found.on_path
    assert (found.astray, found.faulty) == ((), ())


def test_a_folder_is_on_path_through_a_link_too(machine: Machine) -> None:
    own(machine, "black")
    machine.link("link", f"{machine.root}/venv")
    assert scripts(machine, *bins(machine, "link")).on_path


def test_a_command_that_another_environment_has_first_is_astray(machine: Machine) -> None:
    own(machine, "black", "mypy")
    machine.venv("other")
    other = machine.script("other/bin/black", f"#!{machine.root}/other/bin/python\n{ENTRY}")
    found = scripts(machine, *bins(machine, "other", "venv"))
    assert [(each.name, each.found) for each in found.astray] == [("black", other)]
    found = scripts(machine, *bins(machine, "venv", "other"))
    assert found.astray == ()


def test_commands_that_are_not_found_come_after_those_that_are(machine: Machine) -> None:
    own(machine, "black", "mypy")
    machine.venv("other")
    machine.script("other/bin/mypy", f"#!{machine.root}/other/bin/python\n{ENTRY}")
    found = scripts(machine, *bins(machine, "other"))
    assert [each.name for each in found.astray] == ["mypy", "black"]


def test_a_link_to_the_kernels_own_command_is_fine(machine: Machine) -> None:
    own(machine, "black")
    machine.link("tools/black", f"{machine.root}/venv/bin/black")
    assert scripts(machine, f"{machine.root}/tools").astray == ()


def test_a_link_to_the_kernels_own_broken_command_is_still_its_own(machine: Machine) -> None:
    machine.script("venv/bin/black", f"#!/gone/python\n{ENTRY}")
    machine.link("tools/black", f"{machine.root}/venv/bin/black")
    assert scripts(machine, f"{machine.root}/tools").astray == ()


def test_a_command_that_would_have_to_be_run_may_be_the_kernels(machine: Machine) -> None:
    own(machine, "black")
    machine.script("tools/black", ELF)
    assert scripts(machine, f"{machine.root}/tools").astray == ()


def test_what_no_distribution_brought_is_not_missed(machine: Machine) -> None:
    for name in ("activate", "python3.12-config", "pydoc3", "deploy.sh"):
        machine.script(f"venv/bin/{name}", f"#!{machine.root}/venv/bin/python\n{ENTRY}")
    machine.script("venv/bin/mine", "#!/bin/sh\necho python\n")
    machine.script("venv/bin/node", ELF)
    assert scripts(machine).astray == ()


def test_what_no_distribution_brought_cannot_be_at_fault(machine: Machine) -> None:
    machine.script("venv/bin/python3.12-gdb.py", f"#!/gone/bin/python\n{ENTRY}")
    assert scripts(machine, *bins(machine, "venv")).faulty == ()


def test_only_a_few_are_told(machine: Machine) -> None:
    own(machine, *(f"tool{number}" for number in range(30)))
    assert len(scripts(machine).astray) == 5


def test_launchers_of_one_kind_are_looked_at_once(machine: Machine) -> None:
    for number in range(30):
        machine.script(f"venv/bin/tool{number}", f"#!/gone/bin/python\n{ENTRY}")
    found = scripts(machine, *bins(machine, "venv"))
    assert [each.fault for each in found.faulty] == ["missing"]
    assert [*found.alike.values()] == [30]


def test_a_launcher_of_another_environment_is_at_fault(machine: Machine) -> None:
    machine.venv("other")
    machine.script("venv/bin/black", f"#!{machine.root}/other/bin/python\n{ENTRY}")
    found = scripts(machine, *bins(machine, "venv"))
    assert [each.home for each in found.faulty] == [f"{machine.root}/venv"]


def test_a_launcher_that_follows_path_by_intent_is_not_at_fault(machine: Machine) -> None:
    machine.venv("other")
    machine.script("venv/bin/black", f"#!/usr/bin/env python\n{ENTRY}")
    assert scripts(machine, *bins(machine, "other", "venv")).faulty == ()


def test_without_a_folder_of_scripts_nothing_is_known(machine: Machine) -> None:
    kernel = kernel_of(machine)
    blank = replace(kernel, environment=replace(kernel.environment, scripts=""))
    assert gather_scripts(blank, machine.around()) is None


@pytest.mark.parametrize("data", [b"", b"#!", b"\xff\xfe#!", b"#!/\0", ELF, b"#!" + b"x" * 5000])
def test_rubbish_among_the_scripts_is_no_fault(machine: Machine, data: bytes) -> None:
    machine.script("venv/bin/rubbish", data)
    machine.link("venv/bin/loop", "loop")
    os.mkfifo(f"{machine.root}/venv/bin/pipe")
    assert scripts(machine, *bins(machine, "venv")).faulty == ()


def test_a_missing_folder_or_a_strange_path_is_no_fault(machine: Machine) -> None:
    kernel = kernel_of(machine)
    strange = replace(kernel.environment, scripts="/nowhere/bin")
    here = machine.around("", "/nowhere", "a\0b", "relative", f"{machine.root}/venv/pyvenv.cfg")
    found = gather_scripts(replace(kernel, environment=strange), here)
    assert found == Scripts(
        "/nowhere/bin", on_path=False, environments=found.environments if found else ()
    )


# How environments were made


def making(machine: Machine, prefix: str = "venv") -> Made:
    return made(f"{machine.root}/{prefix}", machine.around())


def test_an_environment_where_it_was_made(machine: Machine) -> None:
    prefix = f"{machine.root}/venv"
    machine.file("venv/bin/activate", f'VIRTUAL_ENV="{prefix}"\nexport VIRTUAL_ENV\n')
    assert making(machine) == Made(prefix, runs="3.12", filled_for=("3.12",))


@pytest.mark.parametrize(
    "line",
    [
        'VIRTUAL_ENV="/srv/old"',
        "VIRTUAL_ENV='/srv/old'",
        "VIRTUAL_ENV=/srv/old\nexport VIRTUAL_ENV",
        '    export VIRTUAL_ENV="/srv/old"',
        'export VIRTUAL_ENV=$(cygpath "/srv/old")\nexport VIRTUAL_ENV=/srv/old',
    ],
)
def test_the_place_that_activate_names(machine: Machine, line: str) -> None:
    machine.file("venv/bin/activate", f"deactivate () {{\n unset VIRTUAL_ENV\n}}\n{line}\n")
    assert making(machine).made_for == "/srv/old"


def test_a_place_that_activate_works_out_is_no_other(machine: Machine) -> None:
    text = 'VIRTUAL_ENV="$(dirname -- "$(dirname -- "$SCRIPT_PATH")")"\n'
    machine.file("venv/bin/activate", text)
    assert making(machine).made_for == ""


def test_a_link_to_the_environment_is_the_same_place(machine: Machine) -> None:
    link = machine.link("link", f"{machine.root}/venv")
    machine.file("venv/bin/activate", f"VIRTUAL_ENV={link}\n")
    assert making(machine).made_for == ""


def test_the_command_that_made_it_names_the_place_too(machine: Machine) -> None:
    machine.venv("own", command="/usr/bin/python3.12 -m venv --copies --prompt=x /srv/a b")
    assert making(machine, "own").made_for == "/srv/a b"


def test_what_may_be_moved_was_not_moved(machine: Machine) -> None:
    machine.venv("own", relocatable="true")
    machine.file("own/bin/activate", "VIRTUAL_ENV=/srv/old\n")
    assert making(machine, "own").made_for == ""


def test_a_base_that_is_gone_leaves_a_link_to_nothing(machine: Machine) -> None:
    os.rename(f"{machine.root}/base", f"{machine.root}/lost")
    found = making(machine)
    assert (found.gone, found.starts) == (f"{machine.root}/base/bin/python3.12", False)


def test_a_copy_may_start_without_its_base(machine: Machine) -> None:
    os.unlink(f"{machine.root}/venv/bin/python")
    machine.script("venv/bin/python", ELF)
    os.rename(f"{machine.root}/base", f"{machine.root}/lost")
    found = making(machine)
    assert (found.gone, found.starts) == (f"{machine.root}/base/bin", True)


def test_folders_of_other_versions_are_told_if_something_is_in_them(machine: Machine) -> None:
    machine.pip("venv/lib/python3.9/site-packages", "20.0")
    machine.folder("venv/lib/python3.8/site-packages")
    assert making(machine).filled_for == ("3.12", "3.9")


def test_on_windows_the_home_is_the_only_truth(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "Windows")
    machine.windows_base()
    machine.windows_venv()
    machine.file("venv/Scripts/activate.bat", '@echo off\nset "VIRTUAL_ENV=/srv/old"\n')
    found = making(machine)
    assert (found.gone, found.made_for, found.filled_for) == ("", "/srv/old", ("3.12",))
    os.rename(f"{machine.root}/Python312", f"{machine.root}/lost")
    found = making(machine)
    assert (found.gone, found.starts) == (f"{machine.root}/Python312", False)


def test_rubbish_tells_nothing_of_how_it_was_made(machine: Machine) -> None:
    rubbish: Any = b"\xff\0" * 3000
    machine.file("venv/pyvenv.cfg", rubbish)
    machine.file("venv/bin/activate", rubbish)
    assert (making(machine).made_for, making(machine).gone) == ("", "")
