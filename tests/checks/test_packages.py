"""Installed packages: for each condition of a check the nearest facts where it is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.checks import packages as checks
from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING
from ipymod.facts import from_json, to_json
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.packages import (
    Binary,
    Distribution,
    Duplicate,
    Gone,
    Incomplete,
    Leftover,
    Managed,
    Overwritten,
    Packages,
    Shared,
    Unmet,
)
from ipymod.facts.settings import Setting

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts
    from ipymod.registry import Problem, Severity

CODES = [f"WP4{number:02}" for number in range(1, 13)]
SITE = "/home/ada/project/.venv/lib/python3.12/site-packages"


def with_packages(**changes: Any) -> Facts:
    assert HEALTHY.packages
    return replace(HEALTHY, packages=replace(HEALTHY.packages, **changes))


def with_kernel(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, kernel=replace(facts.kernel, **changes))


def judged(code: str, facts: Facts) -> list[Problem]:
    return list(REGISTRY.judge(facts, [code]).problems)


def problems(code: str, **changes: Any) -> list[Problem]:
    return judged(code, with_packages(**changes))


def example(code: str) -> Problem:
    assert checks  # its import has registered them
    (problem,) = REGISTRY.judge(REGISTRY[code].example(HEALTHY), CODES).problems
    return problem


@pytest.mark.parametrize("code", CODES)
def test_each_example_trips_its_own_check_alone(code: str) -> None:
    assert example(code).code == code


@pytest.mark.parametrize("code", CODES)
def test_each_problem_has_a_command_and_its_evidence(code: str) -> None:
    assert example(code).fix
    assert example(code).evidence


def test_the_healthy_packages_are_silent() -> None:
    assert REGISTRY.judge(HEALTHY, CODES).problems == ()


def test_without_facts_of_packages_all_are_skipped() -> None:
    skipped = REGISTRY.judge(replace(HEALTHY, packages=None), CODES).skipped
    assert [each.code for each in skipped] == CODES


def test_the_facts_survive_the_way_to_json_and_back() -> None:
    for code in CODES:
        packages = REGISTRY[code].example(HEALTHY).packages
        assert from_json(Packages, to_json(packages)) == packages


# WP401

BOTH_KINDS = ("six-1.0.dist-info", "six-1.0.egg-info")


def test_metadata_of_both_kinds_with_one_version_is_how_conda_builds() -> None:
    assert not problems("WP401", duplicates=(Duplicate("six", SITE, BOTH_KINDS, ("1.0", "1.0")),))


def test_metadata_of_both_kinds_with_two_versions_is_a_fault() -> None:
    assert problems("WP401", duplicates=(Duplicate("six", SITE, BOTH_KINDS, ("1.0", "2.0")),))


def test_two_folders_of_one_kind_with_one_version_are_a_fault() -> None:
    folders = ("My_Six-1.0.dist-info", "my.six-1.0.dist-info")
    duplicate = Duplicate("my-six", SITE, folders, ("1.0", "1.0"))
    assert problems("WP401", duplicates=(duplicate,))


# WP402


def test_a_folder_that_an_installer_is_deleting_right_now_is_no_leftover() -> None:
    assert not problems("WP402", leftovers=(Leftover("~umpy", SITE, 59.0),))
    assert problems("WP402", leftovers=(Leftover("~umpy", SITE, 60.0),))


def test_the_leftovers_of_one_directory_are_one_problem() -> None:
    other = "/home/ada/.local/lib/python3.12/site-packages"
    names = [("~umpy", SITE), ("~ip", other), ("~andas", SITE)]
    found = problems("WP402", leftovers=tuple(Leftover(*each, 1e5) for each in names))
    assert [each.message.count("~") for each in found] == [1, 2]


def test_on_windows_the_leftovers_are_deleted_with_its_own_command() -> None:
    leftover = Leftover("~umpy", r"C:\env\Lib\site-packages", 1e5)
    facts = with_kernel(with_packages(leftovers=(leftover,)), system="Windows")
    (found,) = judged("WP402", facts)
    assert found.fix == r'rmdir /s /q "C:\env\Lib\site-packages\~umpy"'


# WP403

CLASH = Shared("jwt/__init__.py", SITE, ("PyJWT", "jwt"))


@pytest.mark.parametrize(
    "change",
    [
        {"same": True},
        {"namespace": True},
        {"path": "tests/__init__.py"},
        {"path": "test/conftest.py"},
        {"path": "docs/conf.py"},
    ],
)
def test_files_that_are_meant_to_be_shared_are_no_fault(change: dict[str, Any]) -> None:
    assert not problems("WP403", shared=(replace(CLASH, **change),))


def test_tests_within_a_package_that_two_own_are_a_fault() -> None:
    assert problems("WP403", shared=(replace(CLASH, path="jwt/tests/__init__.py"),))


def test_all_files_of_the_same_owners_are_one_problem() -> None:
    other = replace(CLASH, owners=("opencv-python", "opencv-python-headless"))
    found = problems("WP403", shared=(CLASH, other, replace(CLASH, path="jwt/api.py")))
    assert [each.evidence["files"] for each in found] == ["2", "1"]


def test_the_owner_whose_file_is_there_is_named() -> None:
    (found,) = problems("WP403", shared=(replace(CLASH, by="jwt"),))
    assert "jwt/__init__.py is that of jwt" in found.message


# WP404


def test_a_package_whose_files_are_mixed_is_worse_than_one_that_was_replaced() -> None:
    replaced = Overwritten("numpy", "1.26.4", "2.1.0", "pip")
    severities = [
        problems("WP404", overwritten=(replace(replaced, both=both),))[0].severity
        for both in (False, True)
    ]
    assert severities == [WARNING, ERROR]


# WP405


def test_sources_on_a_drive_that_is_not_mounted_are_not_gone() -> None:
    gone = Gone("mine", "/Volumes/STICK/mine", f"{SITE}/mine-0.1.dist-info/direct_url.json")
    assert problems("WP405", gone=(gone,))
    assert not problems("WP405", gone=(replace(gone, unmounted=True),))


# WP406 and WP407


def test_a_wheel_and_its_binary_are_installed_again_in_the_same_version() -> None:
    binary = Binary("numpy", "2.1.0", "/x.so", "arm64", "x86_64")
    (found,) = problems("WP407", binaries=(binary,))
    assert found.fix.endswith("-m pip install --force-reinstall --no-deps numpy==2.1.0")
    assert example("WP406").fix == found.fix


def test_an_executable_with_a_blank_is_quoted() -> None:
    facts = with_kernel(REGISTRY["WP406"].example(HEALTHY), executable="/a b/bin/python")
    assert judged("WP406", facts)[0].fix.startswith("'/a b/bin/python' -m pip")


# WP408

CONFLICT = Unmet("ipython", ">=9.9", "9.7.0", "ipykernel", "7.4.0")


def test_what_is_missing_is_worse_than_what_has_another_version() -> None:
    assert problems("WP408", unmet=(CONFLICT,))[0].severity is INFO
    assert problems("WP408", unmet=(replace(CONFLICT, found=""),))[0].severity is WARNING


def test_the_wishes_for_one_distribution_become_one_command() -> None:
    second = replace(CONFLICT, wanted="<10", by="widgets", version="1.0")
    (found,) = problems("WP408", unmet=(CONFLICT, second, replace(second, by="more")))
    assert found.fix.endswith("install 'ipython>=9.9,<10'")


def test_a_distribution_that_forbids_this_python_is_itself_replaced() -> None:
    (found,) = problems("WP408", unmet=(Unmet("python", ">=3.13", "3.12.1", "mine", "2.0"),))
    assert found.fix.endswith("-m pip install --force-reinstall mine")


# WP409


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("venv", "/home/ada/project/.venv/bin/python -m ensurepip"),
        ("uv", "uv pip install --python /home/ada/project/.venv/bin/python NAME"),
        ("conda", "conda install -p /home/ada/project/.venv pip"),
        ("debian", "sudo apt install python3-pip"),
    ],
)
def test_how_pip_comes_back_depends_on_what_made_the_environment(kind: str, command: str) -> None:
    facts = with_packages(pip="")
    environment = replace(facts.kernel.environment, kind=kind)
    (found,) = judged("WP409", with_kernel(facts, environment=environment))
    assert found.fix.startswith(command)


def test_an_environment_of_uv_needs_no_pip_where_uv_is_at_hand() -> None:
    def severity(kind: str, *tools: str) -> Severity:
        facts = with_packages(pip="")
        settings = replace(HEALTHY.settings, tools=tools)  # type: ignore[type-var]  # there are some
        environment = replace(facts.kernel.environment, kind=kind)
        facts = replace(with_kernel(facts, environment=environment), settings=settings)
        (found,) = judged("WP409", facts)
        return found.severity

    assert severity("uv", "uv", "conda") is INFO
    assert severity("uv", "conda") is WARNING
    assert severity("venv", "uv") is WARNING


def test_a_pip_that_does_not_tell_its_version_is_a_pip() -> None:
    assert not problems("WP409", pip="?")


# WP410


@pytest.mark.parametrize(
    ("python", "pip", "silent"),
    [
        ("3.12.1", "23.1.1", False),
        ("3.12.1", "23.1.2", True),
        ("3.11.9", "21.0", True),
        ("3.13.0", "22.0", False),
        ("3.12.1", "?", True),
        ("3.12.1", "", True),
    ],
)
def test_only_an_old_pip_on_a_new_python_is_too_old(python: str, pip: str, silent: bool) -> None:  # noqa: FBT001  a column of a table
    facts = with_kernel(with_packages(pip=pip), version=python)
    assert (judged("WP410", facts) == []) is silent


@pytest.mark.parametrize(("version", "count"), [("66.0.0", 1), ("66.1.0", 0)])
def test_an_old_setuptools_is_too_old_as_well(version: str, count: int) -> None:
    distributions = (Distribution("setuptools", version, SITE),)
    assert len(problems("WP410", distributions=distributions)) == count


# WP411


def system_python(pip: str = "23.0.1", **packages: Any) -> Facts:
    facts = with_packages(pip=pip, **packages)
    environment = replace(facts.kernel.environment, managed="Error=see apt", kind="debian")
    return with_kernel(facts, prefix="/usr", base_prefix="/usr", environment=environment)


def forced(facts: Facts, value: str) -> Facts:
    assert facts.settings
    setting = Setting("break-system-packages", value, "/etc/pip.conf", "global")
    return replace(facts, settings=replace(facts.settings, pip=(setting,)))


def test_a_kernel_of_the_system_is_warned_of() -> None:
    (found,) = judged("WP411", system_python())
    assert found.severity is WARNING
    assert "ipykernel install --user" in found.fix


def test_a_pip_that_is_older_than_the_rule_does_not_obey_it() -> None:
    assert not judged("WP411", system_python("22.3.1"))
    assert not problems("WP411", managed=Managed("/usr", "20.0.2"))


def test_a_virtual_environment_of_a_system_python_is_free() -> None:
    facts = system_python()
    assert not judged("WP411", with_kernel(facts, prefix="/home/ada/.venv"))


def test_who_told_pip_to_install_all_the_same_is_only_reminded() -> None:
    assert judged("WP411", forced(system_python(), "true"))[0].severity is INFO
    assert judged("WP411", forced(system_python(), "0"))[0].severity is WARNING


def test_a_system_python_whose_pip_is_first_on_the_path_is_one_problem() -> None:
    assert len(judged("WP411", system_python(managed=Managed("/usr", "23.0.1")))) == 1


def test_a_pip_of_the_system_beside_a_kernel_of_its_own_is_good_to_know() -> None:
    assert example("WP411").severity is INFO


# WP412

LACKS = Incomplete("numpy", "2.1.0", SITE, ("numpy/linalg/__init__.py",))


@pytest.mark.parametrize("path", ["numpy/tests/__init__.py", "numpy/linalg/test/__init__.py"])
def test_tests_that_were_left_out_to_save_space_are_not_missing(path: str) -> None:
    assert not problems("WP412", incomplete=(replace(LACKS, missing=(path,)),))
    assert problems("WP412", incomplete=(replace(LACKS, missing=(path, *LACKS.missing)),))


def test_a_second_folder_of_metadata_explains_what_is_missing() -> None:
    folders = ("numpy-1.0.dist-info", "numpy-2.1.0.dist-info")
    duplicate = Duplicate("numpy", SITE, folders, ("1.0", "2.1.0"))
    assert not problems("WP412", incomplete=(LACKS,), duplicates=(duplicate,))
    elsewhere = replace(duplicate, location="/usr/lib/python3/dist-packages")
    assert problems("WP412", incomplete=(LACKS,), duplicates=(elsewhere,))
