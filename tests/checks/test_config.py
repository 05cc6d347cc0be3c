"""Settings and variables: for each condition of a check the nearest facts where it is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.checks import config
from ipymod.checks.base import ERROR, REGISTRY
from ipymod.checks.setting import host, shown, undo
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.settings import (
    VARIABLES,
    ConfigurationFile,
    LibraryEntry,
    Redirect,
    Setting,
    Settings,
    Variable,
    obeyed,
)

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts
    from ipymod.registry import Problem

CODES = [check.code for check in REGISTRY if check.family == "config"]
USER_FILE = "/home/ada/.config/pip/pip.conf"
KERNEL = HEALTHY.kernel
BASE = replace(KERNEL, prefix="/usr", environment=replace(KERNEL.environment, prefix="/usr"))
SECRET = "https://ada:hunter2@pypi.example.org:8443/simple?token=abcdef"  # noqa: S105  made up


def variable(name: str, value: str) -> Setting:
    return Setting(name.removeprefix("PIP_").lower().replace("_", "-"), value, name, VARIABLES)


def written(key: str, value: str, section: str = "global", path: str = USER_FILE) -> Setting:
    return Setting(key, value, path, section)


def problems(code: str, facts: Facts = HEALTHY, **settings: Any) -> list[Problem]:
    assert HEALTHY.settings
    changed = replace(HEALTHY.settings, **settings)
    return list(REGISTRY.judge(replace(facts, settings=changed), [code]).problems)


def with_kernel(**changes: Any) -> Facts:
    return replace(HEALTHY, kernel=replace(KERNEL, **changes))


@pytest.mark.parametrize("code", CODES)
def test_each_example_trips_its_own_check_alone(code: str) -> None:
    assert config  # its import has registered them
    found = REGISTRY.judge(REGISTRY[code].example(HEALTHY), CODES).problems
    assert [problem.code for problem in found] == [code]
    assert found[0].message


def test_the_healthy_machine_is_silent() -> None:
    assert REGISTRY.judge(HEALTHY, CODES).problems == ()


def test_all_seven_are_here() -> None:
    assert [f"WP50{number}" for number in range(1, 8)] == CODES


# what pip obeys


def test_a_variable_comes_before_the_section_of_the_command() -> None:
    settings = (written("target", "/a", "install"), variable("PIP_TARGET", "/b"))
    assert obeyed(settings, "target") == settings[1]


def test_the_section_of_the_command_comes_before_the_global_one_of_a_later_file() -> None:
    settings = (written("target", "/a", "install"), written("target", "/b", path="/x/pip.conf"))
    assert obeyed(settings, "target") == settings[0]


def test_an_empty_variable_leaves_the_file_as_it_is() -> None:
    settings = (written("target", "/a"), variable("PIP_TARGET", ""))
    assert obeyed(settings, "target") == settings[0]


def test_an_empty_value_in_a_later_file_takes_the_earlier_one_away() -> None:
    settings = (written("target", "/a"), written("target", "", path="/x/pip.conf"))
    assert obeyed(settings, "target") is None


def test_the_section_of_another_command_is_not_obeyed() -> None:
    assert obeyed((written("target", "/a", "download"),), "target") is None


def test_what_pip_decides_before_the_command_is_not_read_from_its_section() -> None:
    settings = (written("python", "/a", "install"),)
    assert obeyed(settings, "python", command="") is None


# WP501


def redirect(setting: Setting, folder: str, **more: Any) -> dict[str, Any]:
    return {"pip": (setting,), "redirects": (Redirect("pip", setting, folder, **more),)}


def test_a_target_that_the_kernel_imports_from_is_no_redirect() -> None:
    target = variable("PIP_TARGET", "/srv/packages")
    assert problems("WP501", **redirect(target, "/srv/packages", seen=True)) == []


def test_a_folder_that_only_uv_is_told_of_is_not_pips() -> None:
    setting = Setting("target", "/srv", "/home/ada/uv.toml", "pip")
    assert problems("WP501", redirects=(Redirect("uv", setting, "/srv"),)) == []


def test_a_file_of_the_user_is_put_right_by_pip_itself() -> None:
    (found,) = problems("WP501", **redirect(written("target", "/srv", "install"), "/srv"))
    assert found.fix == f"{KERNEL.executable} -m pip config --user unset install.target"
    assert USER_FILE in found.message
    assert "/srv" in found.message


def test_a_variable_is_put_right_in_a_cell() -> None:
    (found,) = problems("WP501", **redirect(variable("PIP_TARGET", "/srv"), "/srv"))
    assert found.fix == 'import os; os.environ.pop("PIP_TARGET", None)'


def test_an_older_file_that_pip_does_not_edit_is_named() -> None:
    setting = written("target", "/srv", path="/home/ada/.pip/pip.conf")
    assert undo(setting, HEALTHY.settings or Settings(), KERNEL).startswith("# take target out of")


def test_pip_is_not_sent_away_by_the_setting_that_it_takes_out() -> None:
    setting = written("python", "/other/bin/python")
    fix = undo(setting, HEALTHY.settings or Settings(), KERNEL)
    assert f"--python {KERNEL.executable} config --user unset global.python" in fix


def test_an_interpreter_that_is_missing_stops_pip() -> None:
    python = variable("PIP_PYTHON", "/gone/bin/python")
    (found,) = problems("WP501", **redirect(python, "/gone/bin/python", exists=False))
    assert found.severity is ERROR


def test_the_kernels_own_interpreter_is_no_redirect() -> None:
    python = variable("PIP_PYTHON", KERNEL.executable)
    assert problems("WP501", **redirect(python, KERNEL.prefix, seen=True)) == []


# WP502


@pytest.mark.parametrize("value", ["0", "no", "false", "off", "False", ""])
def test_a_false_user_is_no_user_install(value: str) -> None:
    assert problems("WP502", pip=(variable("PIP_USER", value),)) == []


def test_outside_of_environments_user_installs_are_a_choice() -> None:
    assert problems("WP502", replace(HEALTHY, kernel=BASE), pip=(variable("PIP_USER", "1"),)) == []


def test_an_environment_that_sees_the_users_packages_allows_user_installs() -> None:
    open_one = with_kernel(environment=replace(KERNEL.environment, system_site=True))
    assert problems("WP502", open_one, pip=(variable("PIP_USER", "1"),)) == []


def test_a_variable_overrules_the_user_of_a_file() -> None:
    assert problems("WP502", pip=(written("user", "true"), variable("PIP_USER", "0"))) == []


def test_the_user_of_another_command_does_not_count() -> None:
    assert problems("WP502", pip=(written("user", "true", "list"),)) == []


# WP503


@pytest.mark.parametrize("url", ["https://pypi.org/simple", "https://pypi.org/simple/"])
def test_pypi_itself_is_no_other_index(url: str) -> None:
    assert problems("WP503", pip=(written("index-url", url),)) == []


def test_an_index_is_not_forbidden_by_a_false_value() -> None:
    assert problems("WP503", pip=(variable("PIP_NO_INDEX", "0"),)) == []
    assert len(problems("WP503", pip=(variable("PIP_NO_INDEX", "1"),))) == 1


def test_only_the_index_that_is_obeyed_is_told() -> None:
    pip = (written("index-url", "https://a.example/simple"), variable("PIP_INDEX_URL", "https://b"))
    (found,) = problems("WP503", pip=pip)
    assert "at b," in found.message


def test_a_proxy_is_no_index() -> None:
    assert problems("WP503", pip=(variable("PIP_PROXY", "http://proxy.example:3128"),)) == []
    assert problems("WP503", uv=(Setting("python", "3.12", "/x/uv.toml", "pip"),)) == []


@pytest.mark.parametrize("key", ["index-url", "extra-index-url", "find-links"])
def test_no_credential_of_an_index_is_told(key: str) -> None:
    uv = Setting(key, SECRET, "UV_" + key.upper(), VARIABLES)
    found = problems("WP503", pip=(written(key, SECRET),), uv=(uv,))
    assert len(found) == 2
    told = repr(found)
    for secret in ("hunter2", "abcdef", "ada:"):
        assert secret not in told
    assert all("pypi.example.org" in each.message for each in found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SECRET, "https://pypi.example.org:8443/simple"),
        ("https://a:p@ss/w0rd@host/simple", "https://host/simple"),
        ("name=https://tok@host/simple", "https://host/simple"),
        ("https://a/x https://b:c@d/y#sha256=e", "https://a/x https://d/y"),
        ("ada:hunter2@host/simple", "host/simple"),
        ("/home/ada/wheels", "/home/ada/wheels"),
        ("me@work/wheels", "me@work/wheels"),
    ],
)
def test_a_value_is_shown_without_its_secrets(value: str, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (SECRET, "pypi.example.org"),
        ("https://a:p@ss/w0rd@host/simple", "host"),
        ("file:///srv/index", "/srv/index"),
        ("/home/ada/wheels", "/home/ada/wheels"),
    ],
)
def test_a_host_is_told_without_port_and_user(word: str, expected: str) -> None:
    assert host(word) == expected


# WP504


@pytest.mark.parametrize("name", ["PIP_NO_DEPS", "PIP_DRY_RUN", "PIP_REQUIRE_VIRTUALENV"])
def test_a_false_flag_does_nothing(name: str) -> None:
    base = replace(HEALTHY, kernel=BASE)
    assert problems("WP504", base, pip=(variable(name, "0"),)) == []
    assert len(problems("WP504", base, pip=(variable(name, "1"),))) == 1


def test_an_environment_is_what_require_virtualenv_requires() -> None:
    assert problems("WP504", pip=(variable("PIP_REQUIRE_VIRTUALENV", "1"),)) == []


def test_a_flag_may_be_written_by_its_other_name() -> None:
    facts = replace(HEALTHY, kernel=BASE)
    assert len(problems("WP504", facts, pip=(variable("PIP_REQUIRE_VENV", "1"),))) == 1


def test_breaking_system_packages_matters_where_the_system_manages_them() -> None:
    flag = (variable("PIP_BREAK_SYSTEM_PACKAGES", "1"),)
    assert problems("WP504", pip=flag) == []
    managed = with_kernel(environment=replace(KERNEL.environment, managed="use apt"))
    assert len(problems("WP504", managed, pip=flag)) == 1


def test_a_value_that_is_neither_yes_nor_no_stops_pip() -> None:
    (found,) = problems("WP504", pip=(variable("PIP_USER", "maybe"),))
    assert found.severity is ERROR


def test_a_constraint_that_exists_is_good_to_know() -> None:
    (found,) = problems("WP504", pip=(variable("PIP_CONSTRAINT", "/c.txt"),))
    assert found.severity is not ERROR


def test_a_constraint_that_is_missing_stops_pip() -> None:
    pip = (variable("PIP_CONSTRAINT", "/c.txt"),)
    (found,) = problems("WP504", pip=pip, missing_constraints=("/c.txt",))
    assert found.severity is ERROR


def test_a_file_that_pip_cannot_read_stops_it() -> None:
    file = ConfigurationFile(USER_FILE, "user", exists=True, fault="has an option twice")
    (found,) = problems("WP504", pip_files=(file,))
    assert found.severity is ERROR
    assert USER_FILE in found.message


def test_an_option_that_changes_nothing_here_is_not_told() -> None:
    assert problems("WP504", pip=(variable("PIP_TIMEOUT", "180"),)) == []


# WP505

STALE = Variable("VIRTUAL_ENV", "/srv/jupyter", "/srv/jupyter", same=False)


def test_a_stale_variable_that_nobody_here_reads_is_harmless() -> None:
    assert problems("WP505", variables=(STALE,)) == []
    assert problems("WP505", variables=(STALE,), tools=("conda",)) == []


def test_the_kernels_own_environment_is_not_stale() -> None:
    assert problems("WP505", variables=(replace(STALE, same=True),), tools=("uv",)) == []


def test_an_environment_that_is_gone_is_told_as_gone() -> None:
    (found,) = problems("WP505", variables=(replace(STALE, exists=False),), tools=("uv",))
    assert "/srv/jupyter, which does not exist" in found.message
    assert found.fix == 'import os, sys; os.environ["VIRTUAL_ENV"] = sys.prefix'


def test_conda_below_a_virtual_environment_that_was_activated_after_it_is_usual() -> None:
    active = replace(STALE, same=True)
    below = Variable("CONDA_PREFIX", "/opt/conda", "/opt/conda", same=False)
    name = Variable("CONDA_DEFAULT_ENV", "base", "/opt/conda", same=False)
    tools = ("uv", "conda", "poetry")
    assert problems("WP505", variables=(active, below, name), tools=tools) == []
    assert len(problems("WP505", variables=(below, name), tools=tools)) == 1
    assert len(problems("WP505", variables=(STALE, below), tools=tools)) == 2


def test_variables_that_name_the_same_place_are_told_once() -> None:
    poetry = Variable("POETRY_ACTIVE", "1", "/srv/jupyter", same=False)
    (found,) = problems("WP505", variables=(STALE, poetry), tools=("uv", "poetry"))
    assert "VIRTUAL_ENV and POETRY_ACTIVE name /srv/jupyter" in found.message


def test_a_base_is_no_environment_to_name() -> None:
    base = replace(HEALTHY, kernel=BASE)
    (found,) = problems("WP505", base, variables=(STALE,), tools=("uv",))
    assert found.fix == 'import os, sys; os.environ.pop("VIRTUAL_ENV", None)'


def test_only_macos_reads_pythonexecutable() -> None:
    told = (Variable("PYTHONEXECUTABLE", "/x/bin/python", "/x", same=False),)
    assert problems("WP505", variables=told, tools=("uv",)) == []
    assert len(problems("WP505", with_kernel(system="Darwin"), variables=told)) == 1


# WP506

UV = Setting("target", "/srv", "/home/ada/uv.toml", "pip")


def test_a_file_of_uv_does_nothing_without_uv() -> None:
    assert problems("WP506", redirects=(Redirect("uv", UV, "/srv"),)) == []


def test_a_folder_of_uv_that_the_kernel_imports_from_is_fine() -> None:
    redirects = (Redirect("uv", UV, "/srv", seen=True),)
    assert problems("WP506", redirects=redirects, tools=("uv",)) == []


def test_a_redirect_of_pip_is_not_uvs() -> None:
    redirects = (Redirect("pip", variable("PIP_TARGET", "/srv"), "/srv"),)
    assert problems("WP506", redirects=redirects, tools=("uv",)) == []


def test_a_condarc_matters_where_conda_is() -> None:
    conda = (Setting("pip_interop_enabled", "true", "/home/ada/.condarc"),)
    assert problems("WP506", conda=conda, tools=("uv",)) == []
    assert len(problems("WP506", conda=conda, tools=("conda",))) == 1


def test_a_false_key_of_conda_says_nothing() -> None:
    conda = (Setting("pip_interop_enabled", "false", "/home/ada/.condarc"),)
    assert problems("WP506", conda=conda, tools=("conda",)) == []


# WP507


def test_libraries_that_belong_to_no_environment_are_normal() -> None:
    cuda = LibraryEntry("LD_LIBRARY_PATH", "/usr/local/cuda/lib64")
    assert problems("WP507", library_path=(cuda,)) == []


def test_libraries_of_the_kernels_own_environment_are_right() -> None:
    own = LibraryEntry("LD_LIBRARY_PATH", "/opt/conda/lib", "/opt/conda", "conda", same=True)
    assert problems("WP507", library_path=(own,)) == []


def test_a_variable_is_told_once_for_all_its_entries() -> None:
    entries = [LibraryEntry("LD_LIBRARY_PATH", f"/c/{n}", "/c", "conda") for n in ("lib", "lib64")]
    (found,) = problems("WP507", library_path=tuple(entries))
    assert found.evidence["LD_LIBRARY_PATH"] == "/c/lib:/c/lib64"
