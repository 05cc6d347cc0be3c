"""Launchers are followed by the rules of each system, over machines made of files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipymod.facts import from_json, to_json
from ipymod.launchers import (
    Surroundings,
    command,
    environment_of,
    find_on_path,
    interpreter_of,
    pip_of,
    resolve,
)
from made_machines import ELF, PIP, Machine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made files have modes and links")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.base()
    made.venv()
    return made


# PATH


def test_all_hits_are_listed_in_the_order_of_path(machine: Machine) -> None:
    first, second = f"{machine.root}/venv/bin", f"{machine.root}/base/bin"
    around = machine.around(first, "/nowhere", second, first)
    assert find_on_path("pip", around) == [f"{first}/pip", f"{second}/pip"]


def test_a_directory_behind_a_link_is_listed_once(machine: Machine) -> None:
    linked = machine.link("bin", "base/bin")
    around = machine.around(linked, f"{machine.root}/base/bin")
    assert find_on_path("pip", around) == [f"{linked}/pip"]


def test_an_empty_entry_is_the_working_directory(machine: Machine) -> None:
    pip = machine.script("work/pip", PIP)
    assert find_on_path("pip", machine.around("/nowhere", "")) == [pip]


def test_a_relative_entry_starts_at_the_working_directory(machine: Machine) -> None:
    pip = machine.script("work/bin/pip", PIP)
    assert find_on_path("pip", machine.around("bin")) == [pip]


def test_a_shell_passes_over_what_it_cannot_start(machine: Machine) -> None:
    machine.folder("a/pip")
    machine.file("b/pip", "text")
    machine.link("c/pip", "/nowhere/pip")
    os.mkfifo(machine.folder("d") + "/pip")
    path = [f"{machine.root}/{name}" for name in ("a", "b", "c", "d", "base/bin")]
    assert find_on_path("pip", machine.around(*path)) == [f"{path[-1]}/pip"]


def test_a_name_with_a_slash_is_not_searched(machine: Machine) -> None:
    machine.script("work/tools/pip", PIP)
    assert find_on_path("tools/pip", machine.around("/nowhere")) == [f"{machine.cwd}/tools/pip"]


def test_a_command_that_is_nowhere_is_none(machine: Machine) -> None:
    assert command("pip", machine.around("/nowhere")) is None


def test_bytes_that_are_no_text_lead_to_the_launcher(machine: Machine) -> None:
    name = os.fsdecode(b"v\xff")
    try:
        machine.venv(name)
    except OSError:
        pytest.skip("this file system takes text only")
    found = machine.command("pip", f"{machine.root}/{name}/bin")
    assert found.python == f"{machine.root}/{name}/bin/python"
    assert found.state == "broken", "Python reads its scripts as UTF-8"
    text = f"#!{found.python}\n# coding: latin-1\n{PIP}"
    assert machine.resolve(machine.script(f"{name}/bin/pip", text)).state == "ok"


def test_a_missing_key_lets_the_packages_of_the_system_in(machine: Machine) -> None:
    machine.file("venv/pyvenv.cfg", "")
    around = machine.around()
    assert environment_of(f"{machine.root}/venv/bin/python", around).system_site
    assert not environment_of(f"{machine.root}/base/bin/python", around).system_site


def test_a_nul_in_path_is_passed_over(machine: Machine) -> None:
    assert find_on_path("pip", machine.around("/a\0b")) == []


def test_the_surroundings_of_this_process_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"/a{os.pathsep}")
    now = Surroundings.now()
    assert now.path == ("/a", "")
    assert now.cwd == os.getcwd()
    assert now.variables["PATH"] == f"/a{os.pathsep}"


def test_without_path_a_shell_searches_its_own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATH")
    assert "/usr/bin" in Surroundings.now().path


# First lines


def test_the_way_to_an_environment_is_told_step_by_step(machine: Machine) -> None:
    venv = f"{machine.root}/venv"
    found = machine.command("pip", f"{venv}/bin")
    assert (found.state, found.certainty, found.reason) == ("ok", "certain", "")
    assert found.python == f"{venv}/bin/python"
    assert found.steps == (
        f"{venv}/bin/pip starts with #!{venv}/bin/python",
        f"{venv}/bin/python is a Python",
        f"{venv}/bin/python imports from {venv}",
    )


def test_a_command_goes_to_json_and_back(machine: Machine) -> None:
    found = machine.command("pip", f"{machine.root}/venv/bin")
    assert from_json(type(found), to_json(found)) == found


QUOTED = "/a path/bin/python"
TRAMPOLINES = {
    "pip": "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n",
    "pip, long and plain": "#!/bin/sh\n'''exec' {plain} \"$0\" \"$@\"\n' '''\n",
    "with an option": "#!/bin/sh\n'''exec' \"{python}\" -I \"$0\" \"$@\"\n' '''\n",
    "virtualenv and uv": "#!/bin/sh\n'''exec' '{python}' \"$0\" \"$@\"\n' '''\n",
    "conda": "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\" #'''\n",
    "relocatable": (
        "#!/bin/sh\n"
        "'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n' '''\n"
    ),
    "dirname": '#!/bin/sh\n"exec" "$(dirname "$0")/python" "$0" "$@"\n',
    "backquotes": '#!/bin/sh\n"exec" "`dirname $0`/python" "$0" "$@"\n',
    "cd": '#!/bin/sh\nexec "$(cd "$(dirname "$0")" && pwd)/python" "$0" "$@"\n',
    "colon": "#!/bin/sh\n''':'\nexec '{python}' \"$0\" \"$@\"\n'''\n",
    "wrapper": '#!/bin/bash\n# mine\nset -eu\nexec "{python}" -m pip "$@"\n',
    "wrapper without exec": '#!/bin/sh\n"{python}" -m pip "$@"\n',
    "wrapper with a variable": '#!/bin/sh\nexport A=b\nexec "{python}" -m pip "$@"\n',
}


@pytest.mark.parametrize("title", TRAMPOLINES)
def test_a_trampoline_leads_to_its_environment(machine: Machine, title: str) -> None:
    venv = machine.venv("a path")
    plain = machine.venv("plain")
    text = TRAMPOLINES[title].format(python=f"{venv}/bin/python", plain=f"{plain}/bin/python")
    found = machine.resolve(machine.script("a path/bin/pip", text))
    assert (found.state, found.certainty) == ("ok", "certain"), found
    assert found.python in {f"{venv}/bin/python", f"{plain}/bin/python"}


@pytest.mark.parametrize(
    "text",
    [
        '#!/bin/sh\nif true; then\nexec python "$@"\nfi\n',
        '#!/bin/sh\nexec "$PYTHON" -m pip "$@"\n',
        '#!/bin/sh\nexport PATH=/a:$PATH\nexec python -m pip "$@"\n',
        "#!/bin/sh\nexec python -m pip install x\n",
        '#!/bin/sh\nexec \'python -m pip "$@"\n',
        '#!/bin/sh\ncd /tmp\nexec python -m pip "$@"\n',
        "#!/bin/sh\n",
        '#!/bin/sh\nexec -a "$0" python "$@"\n',
        '#!/bin/sh\ncommand python "$@"\n',
        '#!/bin/sh\nA=b python "$@"\n',
        '#!/bin/sh\npython -m pip "$@" | cat\n',
        '#!/bin/sh\npython() { true; }\npython -m pip "$@"\n',
    ],
)
def test_a_script_with_a_will_of_its_own_is_unknown(machine: Machine, text: str) -> None:
    found = machine.resolve(machine.script("bin/pip", text), f"{machine.root}/venv/bin")
    assert (found.state, found.certainty, found.python) == ("unknown", "unknown", None)
    assert found.reason


def test_env_follows_path_and_not_the_environment_of_the_script(machine: Machine) -> None:
    pip = machine.script("venv/bin/pip", f"#!/usr/bin/env python\n{PIP}")
    found = machine.resolve(pip, f"{machine.root}/base/bin")
    assert found.python == f"{machine.root}/base/bin/python"


@pytest.mark.parametrize(
    ("line", "system", "state"),
    [
        ("#!/usr/bin/env -S python -I", "Linux", "ok"),
        ("#!/usr/bin/env -S 'python' -I", "Linux", "ok"),
        ("#!/usr/bin/env -iS python", "Linux", "broken"),
        ("#!/usr/bin/env -S A=b python", "Linux", "ok"),
        ("#!/usr/bin/env -S -u A python", "Linux", "ok"),
        ("#!/usr/bin/env -S ${HOME}/python", "Linux", "unknown"),
        ("#!/usr/bin/env -S 'python", "Linux", "broken"),
        ("#!/usr/bin/env -C /tmp", "Linux", "broken"),
        ("#!/usr/bin/env", "Linux", "unknown"),
        ("#!/usr/bin/env python -I", "Linux", "broken"),
        ("#!/usr/bin/env python -I", "Darwin", "ok"),
        ("#!/usr/bin/env -u", "Darwin", "unknown"),
        ("#!/usr/bin/env -P", "Darwin", "unknown"),
        ("#!/usr/bin/env -uA python", "Darwin", "ok"),
        ("#!/usr/bin/env -u A python", "Darwin", "ok"),
        ("#!/usr/bin/env -P {bin} python", "Darwin", "ok"),
        ("#!/usr/bin/env python9", "Linux", "broken"),
        ("#!/nowhere/env python", "Linux", "broken"),
    ],
)
def test_env_is_read_as_the_system_reads_it(
    machine: Machine, line: str, system: str, state: str
) -> None:
    machine.system = system
    text = line.replace("{bin}", f"{machine.root}/base/bin")
    found = machine.resolve(machine.script("bin/pip", f"{text}\n{PIP}"), f"{machine.root}/base/bin")
    assert found.state == state, found


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("#!{python}\r", "Windows line ends"),
        ("#!{python} -I\r", "Windows line ends"),
        ("#!python", "does not exist"),
        ("#!", "names no interpreter"),
        ("#!   ", "names no interpreter"),
        ("#!/{long}", "longer than the 255 bytes"),
        ("#!/nowhere/python", "/nowhere/python does not exist"),
        ("#!{folder}", "is a directory"),
        ("#!{text}", "is not executable"),
        ("#!\1\2\3", "does not exist"),
        ("#!/a\0b", "has a NUL"),
    ],
)
def test_a_first_line_that_cannot_work_is_broken(machine: Machine, line: str, reason: str) -> None:
    text = line.format(
        python=f"{machine.root}/venv/bin/python",
        long="x" * 300,
        folder=f"{machine.root}/venv/bin",
        text=f"{machine.root}/venv/pyvenv.cfg",
    )
    found = machine.resolve(machine.script("bin/pip", f"{text}\n{PIP}"))
    assert (found.state, found.certainty) == ("broken", "certain")
    assert reason in found.reason


def test_a_line_over_127_bytes_is_only_likely_to_work(machine: Machine) -> None:
    python = f"{machine.root}/venv/bin/python"
    found = machine.resolve(machine.script("bin/pip", f"#!{python.rjust(200, '/')}\n{PIP}"))
    assert (found.state, found.certainty) == ("ok", "likely")


def test_macos_reads_longer_lines(machine: Machine) -> None:
    machine.system = "Darwin"
    python = f"{machine.root}/venv/bin/python"
    found = machine.resolve(machine.script("bin/pip", f"#!{python.rjust(400, '/')}\n{PIP}"))
    assert found.state == "ok"


# Files that are no launchers


def test_a_dangling_link_names_what_it_leads_to(machine: Machine) -> None:
    found = machine.resolve(machine.link("bin/pip", "/nowhere/pip"))
    assert found.state == "broken"
    assert "/nowhere/pip" in found.reason


def test_links_in_a_circle_are_broken(machine: Machine) -> None:
    machine.link("bin/pip", "pip3")
    found = machine.resolve(machine.link("bin/pip3", "pip"))
    assert found.state == "broken"


def test_a_launcher_that_leads_back_to_itself_is_broken(machine: Machine) -> None:
    found = machine.resolve(machine.script("bin/pip", f"#!{machine.root}/bin/pip\n"))
    assert found.state == "broken"
    assert "leads back to itself" in found.reason


def test_a_way_through_too_many_files_is_unknown(machine: Machine) -> None:
    for number in range(20):
        machine.script(f"bin/pip{number}", f"#!{machine.root}/bin/pip{number + 1}\n")
    found = machine.resolve(f"{machine.root}/bin/pip0")
    assert found.state == "unknown"
    assert "too many files" in found.reason


def test_a_launcher_of_one_line_is_broken(machine: Machine) -> None:
    found = machine.resolve(machine.script("bin/pip", f"#!{machine.root}/venv/bin/python\n"))
    assert found.state == "broken"
    assert "nothing but its first line" in found.reason


def test_a_pipe_is_never_opened(machine: Machine) -> None:
    os.mkfifo(machine.folder("bin") + "/pip")
    os.mkfifo(f"{machine.root}/base/lib/python3.12/EXTERNALLY-MANAGED")
    os.mkfifo(machine.folder("venv/bin") + "/pyvenv.cfg")
    assert environment_of(f"{machine.root}/base/bin/python", machine.around()).managed == ""
    assert environment_of(f"{machine.root}/venv/bin/python", machine.around()).kind == "venv"
    assert machine.resolve(f"{machine.root}/bin/pip").state == "unknown"


@pytest.mark.parametrize("data", [b"", b"\0\1\2" * 50])
def test_what_is_no_program_is_broken(machine: Machine, data: bytes) -> None:
    assert machine.resolve(machine.script("bin/pip", data)).state == "broken"


def test_a_program_of_its_own_is_unknown(machine: Machine) -> None:
    found = machine.resolve(machine.script("bin/pip", ELF))
    assert (found.state, found.python) == ("unknown", None)


def test_pip_as_a_link_to_python_is_broken(machine: Machine) -> None:
    found = machine.resolve(machine.link("bin/pip", f"{machine.root}/base/bin/python3"))
    assert found.state == "broken"
    assert "under another name" in found.reason


def test_a_huge_script_is_read_at_its_beginning(machine: Machine) -> None:
    python = f"{machine.root}/venv/bin/python"
    path = machine.script("bin/pip", f"#!{python}\n")
    os.truncate(path, 1 << 40)  # a file with a hole
    assert machine.resolve(path).python == python


def test_a_launcher_behind_a_link_is_followed_from_where_it_lies(machine: Machine) -> None:
    text = TRAMPOLINES["relocatable"]
    machine.script("venv/bin/pip", text)
    found = machine.resolve(machine.link("bin/pip", f"{machine.root}/venv/bin/pip"))
    assert found.python == f"{machine.root}/venv/bin/python"


def test_a_shell_runs_a_script_without_a_first_line(machine: Machine) -> None:
    text = f'exec {machine.root}/venv/bin/python -m pip "$@"\n'
    found = machine.resolve(machine.script("bin/pip", text))
    assert (found.state, found.certainty) == ("ok", "likely")


BEGINNINGS = (
    b"",
    b"#!",
    b"#!/usr/bin/env ",
    b"#!/usr/bin/env -S ",
    b"#!/bin/sh\n",
    b"#!/bin/sh\n'''exec' ",
    b'#!/bin/sh\nexport PYENV_ROOT="/a"\npyenv exec ',
    b"#!/bin/sh\n# asdf-plugin: python ",
    b"MZ",
    b"MZ" + b"\0" * 58 + b"\x40\0\0\0PE\0\0",
    b"\x7fELF",
    b"@echo off\n%*",
)


@pytest.mark.parametrize("system", ["Linux", "Darwin", "Windows"])
@settings(max_examples=50, deadline=None)
@given(
    beginning=st.sampled_from(BEGINNINGS),
    rest=st.binary(max_size=300) | st.text().map(lambda text: text.encode("utf-8", "replace")),
    ending=st.sampled_from([b"", b'"$0" "$@"', b"PK\5\6" + b"\xff" * 18, b"\xff\xff\0\0UVSC"]),
)
def test_whatever_a_file_holds_it_gets_an_answer(
    tmp_path_factory: pytest.TempPathFactory,
    system: str,
    beginning: bytes,
    rest: bytes,
    ending: bytes,
) -> None:
    made = Machine(tmp_path_factory.getbasetemp(), system)
    for name in ("fuzz/pip.exe", "fuzz/pip.bat", "fuzz/python"):
        found = made.resolve(made.script(name, beginning + rest + ending), "/usr/bin", "")
        assert (found.state == "ok") == (found.reason == "")


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=50), st.text(max_size=20))
def test_whatever_stands_in_pyvenv_cfg_it_gets_an_answer(
    tmp_path_factory: pytest.TempPathFactory, config: str, home: str
) -> None:
    made = Machine(tmp_path_factory.getbasetemp())
    made.script("fuzz-venv/bin/python", ELF)
    text = f"{config}\nhome = {home}\n".encode("utf-8", "replace")
    made.file("fuzz-venv/pyvenv.cfg", text)
    found = environment_of(f"{made.root}/fuzz-venv/bin/python", made.around())
    assert found.prefix == f"{made.root}/fuzz-venv"


# Pip itself


def test_a_launcher_without_pip_behind_it_is_broken(machine: Machine) -> None:
    os.remove(f"{machine.root}/venv/lib/python3.12/site-packages/pip/__init__.py")
    found = machine.command("pip", f"{machine.root}/venv/bin")
    assert found.state == "broken"
    assert found.reason == f"there is no pip in {machine.root}/venv"


def test_another_command_does_not_need_pip(machine: Machine) -> None:
    os.remove(f"{machine.root}/venv/lib/python3.12/site-packages/pip/__init__.py")
    black = machine.script("venv/bin/black", f"#!{machine.root}/venv/bin/python\nimport black\n")
    assert machine.resolve(black).state == "ok"


def test_the_old_script_of_another_pip_is_broken(machine: Machine) -> None:
    text = f"#!{machine.root}/venv/bin/python\n__requires__ = 'pip==9.0.1'\n"
    found = machine.resolve(machine.script("bin/pip", text))
    assert found.state == "broken"
    assert "9.0.1" in found.reason
    assert "24.1" in found.reason


def test_pip_is_taken_from_the_users_directory_before_the_bases(machine: Machine) -> None:
    mine = machine.pip("home/.local/lib/python3.12/site-packages", "25.0")
    around = machine.around()
    of_base = environment_of(f"{machine.root}/base/bin/python", around)
    of_venv = environment_of(f"{machine.root}/venv/bin/python", around)
    assert pip_of(of_base) == ("25.0", f"{mine}/pip")
    assert pip_of(of_venv) == ("24.1", f"{machine.root}/venv/lib/python3.12/site-packages/pip")


def test_a_folder_on_pythonpath_comes_before_all_packages(machine: Machine) -> None:
    first = machine.pip("first", "1.0")
    environment = environment_of(f"{machine.root}/venv/bin/python", machine.around())
    assert pip_of(environment, [first]) == ("1.0", f"{first}/pip")


def test_a_pth_file_leads_to_a_shared_pip(machine: Machine) -> None:
    site = machine.folder("bare/lib/python3.12/site-packages")
    machine.venv("bare")
    os.remove(f"{site}/pip/__init__.py")
    shared = machine.pip("shared", "24.3")
    machine.file("bare/lib/python3.12/site-packages/pipx_shared.pth", f"import x\n{shared}\n")
    environment = environment_of(f"{machine.root}/bare/bin/python", machine.around())
    assert pip_of(environment) == ("24.3", f"{shared}/pip")


def test_the_version_is_read_from_the_metadata_where_pip_does_not_say_it(machine: Machine) -> None:
    site = machine.pip("venv/lib/python3.12/site-packages", "24.1")
    machine.file("venv/lib/python3.12/site-packages/pip/__init__.py", "import os\n")
    environment = environment_of(f"{machine.root}/venv/bin/python", machine.around())
    assert pip_of(environment) == ("24.1", f"{site}/pip")


# macOS


def test_the_stub_of_macos_leads_to_the_chosen_tools(machine: Machine) -> None:
    machine.system = "Darwin"
    tools = machine.base("tools/usr")
    machine.variables["DEVELOPER_DIR"] = f"{machine.root}/tools"
    found = resolve("/usr/bin/python3", "python3", machine.around())
    assert found.state == "ok"
    assert found.python == f"{tools}/bin/python3"


def test_the_stub_of_macos_without_tools_is_broken(machine: Machine) -> None:
    machine.system = "Darwin"
    found = resolve("/usr/bin/python3", "python3", machine.around())
    assert found.state == "broken"
    assert "developer tools" in found.reason


# Environments


def test_an_environment_is_that_of_the_unresolved_interpreter(machine: Machine) -> None:
    venv, base = f"{machine.root}/venv", f"{machine.root}/base"
    environment = environment_of(f"{venv}/bin/python", machine.around())
    assert (environment.prefix, environment.base_prefix) == (venv, base)
    assert environment.kind == "venv"
    assert environment.version == "3.12.4"
    assert environment.site == (f"{venv}/lib/python3.12/site-packages",)
    assert environment.scripts == f"{venv}/bin"
    assert (environment.system_site, environment.user_site) == (False, "")


@pytest.mark.parametrize("tool", ["uv", "virtualenv"])
def test_the_tool_that_made_an_environment_is_its_kind(machine: Machine, tool: str) -> None:
    machine.venv("other", **{tool: "20.1"})
    found = environment_of(f"{machine.root}/other/bin/python", machine.around())
    assert found.kind == tool


def test_a_linked_environment_keeps_the_name_of_the_link(machine: Machine) -> None:
    linked = machine.link("linked", "venv")
    assert environment_of(f"{linked}/bin/python", machine.around()).prefix == linked


def test_the_packages_of_the_system_come_after_the_users(machine: Machine) -> None:
    venv = machine.venv("open", include_system_site_packages="true")
    found = environment_of(f"{venv}/bin/python", machine.around())
    packages = "lib/python3.12/site-packages"
    assert found.system_site
    assert found.site == (f"{venv}/{packages}", f"{machine.root}/base/{packages}")
    assert found.user_site == f"{machine.home}/.local/{packages}"


@pytest.mark.parametrize(
    ("flags", "variables", "place"),
    [
        ("", {}, "{home}/.local"),
        ("-E", {"PYTHONNOUSERSITE": "1"}, "{home}/.local"),
        ("-X dev -E", {"PYTHONUSERBASE": "/u"}, "{home}/.local"),
        ("", {"PYTHONUSERBASE": "/u"}, "/u"),
        ("", {"PYTHONNOUSERSITE": "1"}, None),
        ("-s", {}, None),
        ("-Es", {}, None),
        ("-I", {}, None),
    ],
)
def test_flags_and_variables_decide_on_the_users_directory(
    machine: Machine, flags: str, variables: dict[str, str], place: str | None
) -> None:
    machine.variables |= variables
    found = environment_of(f"{machine.root}/base/bin/python", machine.around(), flags)
    folder = place and place.format(home=machine.home)
    assert found.user_site == (f"{folder}/lib/python3.12/site-packages" if folder else "")


def test_the_flags_of_the_first_line_count(machine: Machine) -> None:
    python = f"{machine.root}/base/bin/python"
    found = machine.resolve(machine.script("bin/pip", f"#!{python} -sE\n{PIP}"))
    assert found.environment is not None
    assert found.environment.user_site == ""


def test_a_framework_of_macos_has_its_own_directory_for_users(machine: Machine) -> None:
    machine.system = "Darwin"
    base = machine.base("Python.framework/Versions/3.12")
    found = environment_of(f"{base}/bin/python3", machine.around())
    assert found.user_site == f"{machine.home}/Library/Python/3.12/lib/python/site-packages"


def test_conda_is_known_by_its_records(machine: Machine) -> None:
    base = machine.base("conda")
    machine.file("conda/conda-meta/history")
    machine.file("conda/conda-meta/python-3.12.9-h0_cpython.json", "{}")
    os.remove(f"{base}/include/python3.12/patchlevel.h")
    found = environment_of(f"{base}/bin/python", machine.around())
    assert (found.kind, found.version, found.base_prefix) == ("conda", "3.12.9", base)


def test_debian_fills_its_local_folder_first(machine: Machine) -> None:
    base = machine.base("usr", pip="")
    machine.pip("usr/lib/python3/dist-packages", "23.0")
    managed = machine.file("usr/lib/python3.12/EXTERNALLY-MANAGED", "[externally-managed]\n")
    found = environment_of(f"{base}/bin/python3", machine.around())
    assert found.kind == "debian"
    assert found.site[:2] == (
        f"{base}/local/lib/python3.12/dist-packages",
        f"{base}/lib/python3/dist-packages",
    )
    assert found.managed == Path(managed).read_text()


def test_an_environment_of_debian_keeps_its_packages_where_all_do(machine: Machine) -> None:
    machine.folder("venv/lib/python3/dist-packages")
    found = environment_of(f"{machine.root}/venv/bin/python", machine.around())
    assert found.site == (f"{machine.root}/venv/lib/python3.12/site-packages",)


def test_fedora_has_two_libraries_and_fills_its_local_folder_first(machine: Machine) -> None:
    os.rename(f"{machine.root}/base/lib", f"{machine.root}/base/lib64")
    found = environment_of(f"{machine.root}/base/bin/python", machine.around())
    venv = environment_of(f"{machine.root}/venv/bin/python", machine.around())
    packages = "python3.12/site-packages"
    assert found.site[0] == f"{machine.root}/base/local/lib/{packages}"
    assert found.site[2:] == tuple(
        f"{machine.root}/base/{lib}/{packages}" for lib in ("lib", "lib64")
    )
    assert venv.site == (f"{machine.root}/venv/lib/{packages}",)


def test_an_environment_is_not_managed_even_if_its_base_is(machine: Machine) -> None:
    machine.file("base/lib/python3.12/EXTERNALLY-MANAGED", "[externally-managed]\n")
    around = machine.around()
    assert environment_of(f"{machine.root}/base/bin/python", around).managed
    assert not environment_of(f"{machine.root}/venv/bin/python", around).managed


def test_an_old_virtualenv_tells_its_base_in_a_file(machine: Machine) -> None:
    old = machine.base("old", "3.7")
    machine.file("old/lib/python3.7/orig-prefix.txt", f"{machine.root}/base")
    machine.file("old/lib/python3.7/no-global-site-packages.txt")
    found = environment_of(f"{old}/bin/python", machine.around())
    assert (found.kind, found.base_prefix) == ("virtualenv", f"{machine.root}/base")
    assert (found.system_site, found.user_site) == (False, "")


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("include/python3.12/patchlevel.h", '#define PY_VERSION   "3.12.7+"', "3.12.7"),
        (
            "lib/python3.12/build-details.json",
            '{"implementation": {"version": {"major": 3, "minor": 12, "micro": 8}}}',
            "3.12.8",
        ),
        ("include/python3.12/patchlevel.h", '#define PY_VERSION "3.11.7"', "3.12"),
        ("nothing", "", "3.12"),
    ],
)
def test_the_full_version_comes_from_files_of_the_base(
    machine: Machine, name: str, text: str, version: str
) -> None:
    os.remove(f"{machine.root}/base/include/python3.12/patchlevel.h")
    machine.file(f"base/{name}", text)
    assert environment_of(f"{machine.root}/base/bin/python", machine.around()).version == version


def test_the_library_is_that_of_the_interpreters_own_version(machine: Machine) -> None:
    machine.base("both", "3.12")
    both = machine.base("both/unused", "3.11")
    machine.file("both/lib/python3.11/os.py")
    machine.script("both/bin/python3.11", ELF)
    found = environment_of(f"{machine.root}/both/bin/python3.11", machine.around())
    assert both
    assert found.version == "3.11"


def test_a_base_that_moved_is_found_beside_its_interpreter(machine: Machine) -> None:
    os.rename(f"{machine.root}/base", f"{machine.root}/elsewhere")
    found = machine.resolve(f"{machine.root}/elsewhere/bin/python3")
    assert found.environment is not None
    assert found.environment.prefix == f"{machine.root}/elsewhere"


def test_an_environment_whose_base_is_gone_is_broken(machine: Machine) -> None:
    os.rename(f"{machine.root}/base", f"{machine.root}/elsewhere")
    found = machine.command("pip", f"{machine.root}/venv/bin")
    assert (found.state, found.certainty) == ("broken", "certain")
    assert f"{machine.root}/base/bin/python3.12" in found.reason


def test_a_copied_interpreter_whose_base_is_gone_is_unknown(machine: Machine) -> None:
    os.remove(f"{machine.root}/venv/bin/python")
    machine.script("venv/bin/python", ELF)
    os.rename(f"{machine.root}/base", f"{machine.root}/elsewhere")
    found = machine.command("pip", f"{machine.root}/venv/bin")
    assert (found.state, found.certainty) == ("unknown", "unknown")
    assert found.environment is not None
    assert found.environment.prefix == f"{machine.root}/venv"
    assert found.environment.base_prefix == ""


def test_a_wrong_home_is_only_likely_to_work(machine: Machine) -> None:
    machine.venv("odd", home="/nowhere/bin")
    found = machine.command("pip", f"{machine.root}/odd/bin")
    assert (found.state, found.certainty) == ("ok", "likely")


def test_a_home_without_its_library_breaks_every_python(machine: Machine) -> None:
    machine.variables["PYTHONHOME"] = "/nowhere"
    found = machine.command("python3", f"{machine.root}/base/bin")
    assert (found.state, found.certainty) == ("broken", "certain")
    assert "PYTHONHOME=/nowhere" in found.reason


def test_isolated_launchers_do_not_read_pythonhome(machine: Machine) -> None:
    machine.variables["PYTHONHOME"] = "/nowhere"
    python = f"{machine.root}/base/bin/python"
    assert machine.resolve(machine.script("bin/pip", f"#!{python} -I\n{PIP}")).state == "ok"


def test_pythonhome_moves_the_prefix_of_a_base(machine: Machine) -> None:
    home = machine.base("home2")
    machine.variables["PYTHONHOME"] = home
    found = environment_of(f"{machine.root}/base/bin/python", machine.around())
    assert found.prefix == home


@pytest.mark.parametrize("path", ["/nowhere/python", "", "a\0b", "python"])
def test_no_interpreter_is_an_environment_without_parts(machine: Machine, path: str) -> None:
    found = environment_of(path, machine.around())
    assert (found.prefix, found.base_prefix, found.version, found.site) == ("", "", "", ())


def test_the_interpreter_of_a_prefix_is_found(machine: Machine) -> None:
    assert interpreter_of(f"{machine.root}/venv") == f"{machine.root}/venv/bin/python"
    assert interpreter_of(machine.windows_base()) == f"{machine.root}/Python312/python.exe"
    assert interpreter_of(machine.home) is None


@pytest.mark.skipif(sys.platform == "win32", reason="the same files, other names")
def test_this_very_python_is_described_as_it_describes_itself() -> None:
    found = environment_of(sys.executable, Surroundings.now())
    assert os.path.realpath(found.prefix) == os.path.realpath(sys.prefix)
    assert os.path.realpath(found.base_prefix) == os.path.realpath(sys.base_prefix)
    assert found.version == ".".join(str(number) for number in sys.version_info[:3])
