"""Kernelspecs, servers and notebooks on made files, of other systems too."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.survey.importable import can_import
from ipymod.survey.jupyter import Jupyter, kernel_directories
from ipymod.survey.kernels import gather_kernelspecs, gather_server, kernel_facts
from ipymod.survey.kernelspecs import _options
from ipymod.survey.launch import gather_launch, kernelspec_of
from ipymod.survey.notebook import gather_notebook, notebook_at
from ipymod.survey.processes import parent, process
from kernel_machines import ARGV, kernel_at, surroundings, write_spec
from made_machines import Machine

if TYPE_CHECKING:
    from ipymod.facts import Kernel
    from ipymod.facts.kernels import Kernelspec, Kernelspecs
    from ipymod.launchers import Surroundings


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A base and an environment that has ipykernel, in which the server and the kernel run."""
    made = Machine(tmp_path)
    made.base()
    made.venv()
    made.file("venv/lib/python3.12/site-packages/ipykernel_launcher.py")
    return made


def own(machine: Machine, **more: Any) -> Kernel:
    return kernel_at(f"{machine.root}/venv/bin/python", machine.around(), **more)


def gathered(machine: Machine, *path: str) -> Kernelspecs:
    kernelspecs = gather_kernelspecs(own(machine), machine.around(*path))
    assert kernelspecs is not None
    return kernelspecs


def add(machine: Machine, name: str, *argv: str, **more: Any) -> Kernelspec:
    """Write a kernelspec of the user and read it as Jupyter would."""
    write_spec(Path(machine.home, ".local/share/jupyter/kernels"), name, *argv, **more)
    return next(spec for spec in gathered(machine, f"{machine.root}/bin").specs)


def test_the_servers_own_python_is_meant_by_its_names_alone(machine: Machine) -> None:
    for name in ("python", "python3", "python3.12"):
        spec = add(machine, "x", name, *ARGV)
        assert spec.own
        assert spec.command is not None
        assert spec.command.python == f"{machine.root}/venv/bin/python"
        assert spec.has_module
    spec = add(machine, "x", "python3.11", *ARGV)
    assert not spec.own
    assert spec.command is not None
    assert (spec.command.state, spec.command.certainty) == ("broken", "likely")


def test_any_other_name_is_looked_for_on_the_path_of_the_spec(machine: Machine) -> None:
    machine.link("bin/mine3.9", f"{machine.root}/base/bin/python3.12")
    machine.link("other/python3.12d", f"{machine.root}/base/bin/python3.12")
    found = add(machine, "x", "python3.12d", *ARGV, env={"PATH": f"{machine.root}/other:${{PATH}}"})
    assert found.command is not None
    assert found.command.path == f"{machine.root}/other/python3.12d"


def test_places_are_filled_in(machine: Machine) -> None:
    spec = add(machine, "x", "{prefix}/bin/python", *ARGV)
    assert spec.command is not None
    assert spec.command.python == f"{machine.root}/venv/bin/python"
    script = Path(machine.home, ".local/share/jupyter/kernels/x/start")
    script.write_text(f"#!{machine.root}/venv/bin/python\n")
    script.chmod(0o755)
    assert add(machine, "x", "{resource_dir}/start").command.path == str(script)  # type: ignore[union-attr]
    at_home = add(machine, "x", "~/bin/none")
    assert at_home.command is not None
    assert at_home.command.path == f"{machine.home}/bin/none"
    assert at_home.command.state == "broken"


@pytest.mark.parametrize(
    ("words", "flags", "module"),
    [
        ("-m ipykernel_launcher -f x", "", "ipykernel_launcher"),
        ("-Im ipykernel", "-I", "ipykernel"),
        ("-mipykernel", "", "ipykernel"),
        ("-s -E -X frozen_modules=off -m a.b", "-s -E -X frozen_modules=off", "a.b"),
        ("-Xfrozen_modules=off -Ximporttime -m a", "-Xfrozen_modules=off -Ximporttime", "a"),
        ("start.py -m no", "", ""),
        ("-c code -m no", "", ""),
        ("-m", "", ""),
        ("", "", ""),
    ],
)
def test_the_options_of_an_interpreter_end_at_its_module(
    words: str, flags: str, module: str
) -> None:
    assert _options(tuple(words.split())) == (flags, module)


def test_a_program_that_is_no_python_is_unknown_and_not_broken(machine: Machine) -> None:
    machine.script("bin/docker", b"\x7fELF" + bytes(64))
    spec = add(machine, "x", "docker", "run", "image")
    assert spec.command is not None
    assert spec.command.state == "unknown"
    assert spec.has_module is None


def test_a_kernel_of_a_provisioner_is_left_to_it(machine: Machine) -> None:
    remote = {"kernel_provisioner": {"provisioner_name": "k8s"}}
    assert not add(machine, "x", "/in/container", metadata=remote).listed
    site = "venv/lib/python3.12/site-packages/gateway-1.dist-info"
    points = "[jupyter_client.kernel_provisioners]\nk8s = a:B\n[other]\nx = y\n"
    machine.file(f"{site}/entry_points.txt", points)
    spec = add(machine, "x", "/in/container", metadata=remote)
    assert spec.listed
    assert spec.command is None


def test_the_module_is_looked_for_where_the_options_let_it_be_seen(machine: Machine) -> None:
    python = f"{machine.root}/base/bin/python3.12"
    machine.file("home/.local/lib/python3.12/site-packages/ipykernel_launcher.py")
    assert add(machine, "x", python, *ARGV).has_module
    assert add(machine, "x", python, "-s", *ARGV).has_module is False
    assert add(machine, "x", python, "-I", *ARGV).has_module is False
    extra = machine.folder("extra")
    machine.file("extra/mine.cpython-312-x86_64-linux-gnu.so")
    assert add(machine, "x", python, "-m", "mine", env={"PYTHONPATH": extra}).has_module
    assert not add(machine, "x", python, "-E", "-m", "mine", env={"PYTHONPATH": extra}).has_module


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("../elsewhere", True),
        ("# ../elsewhere", False),
        ("import os; os.environ", False),
        ("import sys; sys.path.append('/x')", None),
        ("import __editable___x_1_finder; __editable___x_1_finder.install()", True),
        ("import __editable___y_1_finder; __editable___y_1_finder.install()", False),
        ("import hooks; hooks.install()", None),
        ("../packed.egg", None),
    ],
)
def test_what_pth_files_bring_is_seen_or_unknown(
    machine: Machine, line: str, *, answer: bool | None
) -> None:
    site = "venv/lib/python3.12/site-packages"
    machine.file("venv/lib/python3.12/elsewhere/wanted/__init__.py")
    machine.file("venv/lib/python3.12/packed.egg")
    machine.file(f"{site}/__editable___x_1_finder.py", "MAPPING = {'wanted': '/src/wanted'}")
    machine.file(f"{site}/__editable___y_1_finder.py", "import sys\nsys.meta_path\nMAPPING = {}")
    machine.file(f"{site}/hooks.py", "import sys\nsys.meta_path.append(None)")
    machine.file(f"{site}/some.pth", f"{line}\n")
    environment = own(machine).environment
    assert can_import("wanted", environment, machine.around()) is answer


def test_what_an_uninstall_left_behind_is_no_module(machine: Machine) -> None:
    machine.file("venv/lib/python3.12/site-packages/wanted/__pycache__/a.cpython-312.pyc")
    assert can_import("wanted", own(machine).environment, machine.around()) is False


def test_an_environment_without_a_directory_of_packages_is_unknown(machine: Machine) -> None:
    environment = replace(own(machine).environment, site=(f"{machine.root}/gone",))
    assert can_import("wanted", environment, machine.around()) is None


def test_variables_of_another_environment_are_named(machine: Machine) -> None:
    other = machine.venv("other")
    python = f"{machine.root}/venv/bin/python"
    env = {
        "PYTHONPATH": f"/src:{other}/lib/python3.12/site-packages",
        "LD_LIBRARY_PATH": "${OLD_LIBRARIES}:/usr/local/cuda/lib64",
        "CONDA_PREFIX": other,
        "PYTHONHOME": f"{machine.root}/base",
    }
    spec = add(machine, "x", python, *ARGV, env=env)
    assert spec.foreign == {"PYTHONPATH": other, "CONDA_PREFIX": other}
    assert spec.unset == ("OLD_LIBRARIES",)


def test_what_is_passed_on_is_not_the_specs_own_fault(machine: Machine) -> None:
    machine.variables["PYTHONPATH"] = f"{machine.venv('other')}/lib"
    python = f"{machine.root}/venv/bin/python"
    spec = add(machine, "x", python, *ARGV, env={"PYTHONPATH": "/src:${PYTHONPATH}"})
    assert (spec.foreign, spec.unset) == ({}, ())


# Directories of other systems


def directories(machine: Machine, **variables: str) -> list[str]:
    around = machine.around().with_variables(**variables)
    kernel = own(machine) if machine.system != "Windows" else windows(machine)
    found = kernel_directories(Jupyter(kernel.executable, kernel.environment, around))
    return [os.path.relpath(path, machine.root) for path in found if str(machine.root) in path]


def windows(machine: Machine) -> Kernel:
    machine.windows_base()
    machine.windows_venv()
    return kernel_at(f"{machine.root}/venv/Scripts/python.exe", machine.around())


def test_the_directories_of_macos(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "Darwin")
    machine.base()
    machine.venv()
    assert directories(machine) == ["venv/share/jupyter/kernels", "home/Library/Jupyter/kernels"]
    assert directories(machine, JUPYTER_PLATFORM_DIRS="1", JUPYTER_PREFER_ENV_PATH="0") == [
        "home/Library/Application Support/Jupyter/kernels",
        "venv/share/jupyter/kernels",
    ]


def test_the_directories_of_windows(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "Windows")
    data = machine.folder("AppData")
    found = directories(machine, APPDATA=data)
    assert found == ["venv/share/jupyter/kernels", "AppData/jupyter/kernels"]
    shared = directories(
        machine, APPDATA=data, PROGRAMDATA=machine.folder("all"), JUPYTER_USE_PROGRAMDATA="1"
    )
    assert shared == [*found, "all/jupyter/kernels"]
    listed = directories(machine, APPDATA=data, JUPYTER_PATH=f"{machine.root}/a;{machine.root}/b")
    assert listed == ["a/kernels", "b/kernels", *found]


# The server


def test_a_process_tells_its_python_and_its_path() -> None:
    here = surroundings(Path.cwd(), JPY_PARENT_PID=str(os.getpid()))
    found = process(parent(here), here)
    assert found is not None
    assert found.python(here) == sys.executable
    assert found.around(here).path == tuple(os.environ["PATH"].split(":"))


@pytest.mark.parametrize("told", ["", "0", "1", "x", "-5", "4194305", "²"])
def test_a_parent_that_is_none_is_not_found(machine: Machine, told: str) -> None:
    around = machine.around().with_variables(JPY_PARENT_PID=told)
    server = gather_server(own(machine, running=True), around)
    assert server is None or not server.found


def test_a_parent_that_is_no_python_is_not_taken_for_a_server(machine: Machine) -> None:
    import subprocess

    with subprocess.Popen(["/bin/sleep", "60"]) as sleeper:
        around = machine.around().with_variables(JPY_PARENT_PID=str(sleeper.pid))
        server = gather_server(own(machine, running=True), around)
        sleeper.kill()
    assert server is not None
    assert (server.found, server.python) == (False, "")


# The start, the notebook


def connection(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "connection.json"
    path.write_text(text, "utf-8")
    return ("python", "-m", "ipykernel_launcher", f"--f={path}")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"shell_port": 1, "key": "secret", "kernel_name": "Mine"}', "mine"),
        ('{"shell_port": 1}', ""),
        ('{"kernel_name": "no connection"}', ""),
        ('{"shell_port": 1, "kernel_name": 3}', ""),
        ("[]", ""),
        ("{", ""),
        ("\0" * 100, ""),
    ],
)
def test_the_connection_file_tells_the_name_and_nothing_else(
    tmp_path: Path, text: str, name: str
) -> None:
    assert kernelspec_of(connection(tmp_path, text), surroundings(tmp_path)) == name


def test_copies_of_a_part_are_those_that_were_installed(machine: Machine) -> None:
    for place in ("one", "two", "source"):
        machine.file(f"{place}/ipykernel/__init__.py")
        if place != "source":
            machine.file(f"{place}/ipykernel-6.29.5.dist-info/METADATA")
    path = tuple(f"{machine.root}/{place}" for place in ("one", "source", "two"))
    launch = gather_launch(own(machine, path=path), machine.around())
    assert [part.copies for part in launch.parts] == [(path[0], path[2])]


def notebook(folder: Path, text: str | bytes, name: str = "a.ipynb") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


METADATA = {
    "kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"},
    "language_info": {"name": "python", "version": "3.9.18"},
}


def told_by(cells: list[Any], **more: Any) -> str:
    told = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(told | more, indent=1)


@pytest.mark.parametrize(
    "text",
    [
        told_by([]),
        told_by([{"metadata": {"kernelspec": {"name": "wrong"}}, "source": []}]),
        told_by([{"source": "x" * 3_000_000, "metadata": {}}]),
        json.dumps({"metadata": METADATA, "nbformat": 4, "cells": [{"metadata": {}}]}),
        json.dumps({"nbformat": 4, "cells": [], "metadata": METADATA}),
        json.dumps({"metadata": METADATA, "cells": [{"metadata": {"kernelspec": {}}, "id": "a"}]}),
        told_by([{"source": '"metadata": {"kernelspec": {"name": "wrong"}}, "nbformat'}]),
    ],
)
def test_a_notebook_tells_its_kernel_wherever_it_says_so(tmp_path: Path, text: str) -> None:
    found = notebook_at(str(notebook(tmp_path, text)))
    assert found is not None
    assert (found.kernelspec, found.language, found.version) == ("mine", "python", "3.9.18")


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe", "[" * 100_000, "[]", b"\0" * 10_000_000])
def test_rubbish_is_an_unread_notebook(tmp_path: Path, text: str | bytes) -> None:
    found = notebook_at(str(notebook(tmp_path, text)))
    assert found is not None
    assert found.unread


def test_only_the_notebook_of_this_session_counts(machine: Machine) -> None:
    path = notebook(machine.root, told_by([]))
    for name, known in ((str(path), True), ("console-1", False), ("/gone.ipynb", False)):
        around = machine.around().with_variables(JPY_SESSION_NAME=name)
        assert (gather_notebook(own(machine, running=True), around) is not None) is known
        assert gather_notebook(own(machine), around) is None


# The facts of a kernel that does not run


def test_the_facts_of_a_kernelspec_are_those_of_its_python(machine: Machine) -> None:
    spec = add(machine, "x", f"{machine.root}/venv/bin/python", "-s", *ARGV)
    facts = kernel_facts(spec, machine.around())
    assert facts is not None
    assert facts.prefix == f"{machine.root}/venv"
    assert facts.base_prefix == f"{machine.root}/base"
    assert facts.flags == ("-s",)
    assert not facts.running
    assert kernel_facts(add(machine, "x", "/gone/python"), machine.around()) is None


def test_many_kernels_cost_little_each(machine: Machine) -> None:
    kernels = Path(machine.home, ".local/share/jupyter/kernels")
    seconds = []
    for count in (20, 200):
        for number in range(count):
            write_spec(kernels, f"k{number}", f"{machine.root}/venv/bin/python", *ARGV)
        start = time.perf_counter()
        gathered(machine)
        seconds.append(time.perf_counter() - start)
    assert seconds[1] < 40 * seconds[0]


def test_nothing_is_raised_on_rubbish_around(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    around: Surroundings = surroundings(
        tmp_path / "nowhere",
        JUPYTER_PATH=f"{tmp_path}/loop:\0:/dev/null:",
        JUPYTER_DATA_DIR="\0",
        PYTHONPATH="\0:/dev/zero",
        IPYTHONDIR="~nobody/\0",
        CONDA_PREFIX="\0",
    )
    assert gather_kernelspecs(kernel_at("/nowhere/python", around), around) is not None
