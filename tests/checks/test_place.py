"""WP701 to WP802 on plain data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import ipymod.checks.place  # noqa: F401  registers
from ipymod.checks.base import REGISTRY, Finding
from ipymod.checks.requirements import allows, pins
from ipymod.facts.healthy import HEALTHY, HEALTHY_KERNEL
from ipymod.facts.place import HEALTHY_PROJECT, Place, Project, ProjectEnvironment

OTHER = ProjectEnvironment(
    "uv", "/home/ada/other/.venv", "/home/ada/other/.venv/bin/python", "/home/ada/other/uv.lock"
)


def found(code: str, **facts: Any) -> list[Finding]:
    changed = {"kernel": HEALTHY_KERNEL, **facts}
    check = REGISTRY[code]
    return list(check.judge(**{name: changed[name] for name in check.reads}))


def other(**changes: Any) -> Project:
    return replace(Project("/home/ada/other", "other", (OTHER,)), **changes)


@pytest.mark.parametrize("code", ["WP701", "WP702", "WP703", "WP704", "WP801", "WP802"])
def test_the_example_trips_its_check(code: str) -> None:
    facts = REGISTRY[code].example(HEALTHY)
    assert [problem.code for problem in REGISTRY.judge(facts, ["place"]).problems] == [code]


def test_the_healthy_machine_is_silent() -> None:
    assert REGISTRY.judge(HEALTHY, ["place"]).problems == ()


@pytest.mark.parametrize(
    "service",
    [
        "binder",
        "codespaces",
        "colab",
        "databricks",
        "deepnote",
        "jupyterhub",
        "kaggle",
        "sagemaker",
    ],
)
def test_each_hosted_service_is_named(service: str) -> None:
    (finding,) = found("WP701", place=Place(service, signs=("SIGN",)))
    assert service in finding.message.lower()
    assert finding.evidence["seen by"] == "SIGN"


def test_an_editor_keeps_what_is_installed() -> None:
    assert found("WP701", place=Place("vscode", signs=("VSCODE_PID",))) == []


def test_a_container_alone_is_no_service() -> None:
    assert found("WP701", place=Place(container="docker")) == []


def test_python_for_arm_is_not_translated() -> None:
    kernel = replace(HEALTHY_KERNEL, system="Darwin", machine="arm64")
    assert found("WP702", kernel=kernel, place=Place(translated=False)) == []


def test_an_intel_mac_does_not_translate() -> None:
    kernel = replace(HEALTHY_KERNEL, system="Darwin", machine="x86_64")
    assert found("WP702", kernel=kernel, place=Place(translated=False)) == []


def test_what_could_not_be_asked_is_not_translated() -> None:
    kernel = replace(HEALTHY_KERNEL, system="Darwin", machine="x86_64")
    assert found("WP702", kernel=kernel, place=Place(translated=None)) == []


def test_linux_on_an_intel_processor_is_not_translated() -> None:
    assert found("WP702", place=Place(translated=True)) == []


def test_arm_that_says_it_is_translated_is_no_intel() -> None:
    kernel = replace(HEALTHY_KERNEL, system="Darwin", machine="arm64")
    assert found("WP702", kernel=kernel, place=Place(translated=True)) == []


def test_wsl_with_commands_of_linux_alone_is_well() -> None:
    assert found("WP703", place=Place(wsl=True)) == []


def test_a_folder_called_mnt_c_outside_wsl_is_a_folder() -> None:
    commands = {"pip": "/mnt/c/Python312/Scripts/pip"}
    assert found("WP703", place=Place(wsl=False, windows_commands=commands)) == []


def test_each_command_of_windows_is_told_with_what_to_type() -> None:
    commands = {"pip3": "/mnt/c/Scripts/pip3", "python3": "/mnt/c/python3", "jupyter": "/mnt/d/j"}
    kernel = replace(HEALTHY_KERNEL, executable="/home/ada lovelace/bin/python")
    fixes = [
        each.fix
        for each in found("WP703", place=Place(wsl=True, windows_commands=commands), kernel=kernel)
    ]
    python = "!'/home/ada lovelace/bin/python'"
    assert fixes == [f"{python} -m pip", python, f"{python} -m jupyter"]


def test_a_page_of_any_make_is_named() -> None:
    (lite,) = found("WP704", place=Place("jupyterlite", signs=("pyodide_kernel",)))
    (bare,) = found("WP704", place=Place("pyodide", signs=("pyodide",)))
    assert "JupyterLite" in lite.message
    assert "JupyterLite" not in bare.message


def test_a_service_that_is_seen_in_a_browser_runs_its_kernel_elsewhere() -> None:
    assert found("WP704", place=Place("binder", signs=("BINDER_REQUEST",))) == []


def test_a_project_without_an_environment_asks_for_nothing() -> None:
    assert found("WP801", project=other(environments=())) == []


def test_the_kernel_of_the_project_is_in_use() -> None:
    assert found("WP801", project=HEALTHY_PROJECT) == []


def test_one_of_several_environments_of_the_project_is_in_use() -> None:
    both = (OTHER, replace(OTHER, tool="pixi", prefix="/x", of_kernel=True))
    assert found("WP801", project=other(environments=both)) == []


def test_another_environment_inside_the_project_is_on_purpose() -> None:
    kernel = replace(HEALTHY_KERNEL, prefix="/home/ada/other/.nox/tests")
    assert found("WP801", project=other(), kernel=kernel) == []


def test_a_folder_that_only_begins_like_the_project_is_elsewhere() -> None:
    kernel = replace(HEALTHY_KERNEL, prefix="/home/ada/other2/.venv")
    assert len(found("WP801", project=other(), kernel=kernel)) == 1


def test_the_root_of_a_drive_of_windows_is_compared_with_slashes_of_any_kind() -> None:
    kernel = replace(HEALTHY_KERNEL, prefix="C:\\work\\.env")
    assert found("WP801", project=other(root="C:/work"), kernel=kernel) == []


def test_both_environments_are_named() -> None:
    (finding,) = found("WP801", project=other())
    assert "/home/ada/other/.venv" in finding.message
    assert HEALTHY_KERNEL.prefix in finding.message


@pytest.mark.parametrize(
    ("tool", "first"),
    [
        ("uv", "!uv add --project /home/ada/other --dev ipykernel"),
        ("poetry", "!poetry -C /home/ada/other add --group dev ipykernel"),
        ("pdm", "!pdm add -p /home/ada/other -d ipykernel"),
        ("pixi", "!pixi add --manifest-path /home/ada/other ipykernel"),
        ("conda", "!conda install -p /home/ada/other/.venv ipykernel"),
        ("venv", "!/home/ada/other/.venv/bin/python -m pip install ipykernel"),
    ],
)
def test_the_tool_of_the_project_adds_ipykernel_first(tool: str, first: str) -> None:
    (finding,) = found("WP801", project=other(environments=(replace(OTHER, tool=tool),)))
    register = "!/home/ada/other/.venv/bin/python -m ipykernel install --user --name other"
    assert finding.fix.splitlines() == [first, register]


def test_what_has_ipykernel_is_only_registered() -> None:
    (finding,) = found("WP801", project=other(environments=(replace(OTHER, ipykernel=True),)))
    assert finding.fix.startswith("!/home/ada/other/.venv/bin/python -m ipykernel install")


def test_an_environment_without_an_interpreter_has_no_command() -> None:
    (finding,) = found("WP801", project=other(environments=(replace(OTHER, python=""),)))
    assert finding.fix == ""


@pytest.mark.parametrize("requires", [">=3.12", ">=3.9,<4", "~=3.11", "", "rubbish", ">3.12.0"])
def test_a_version_that_the_project_allows_is_well(requires: str) -> None:
    assert found("WP802", project=other(requires=requires)) == []


def test_a_version_that_the_project_refuses_is_told_with_both_sides() -> None:
    (finding,) = found("WP802", project=other(requires=">=3.13", requires_in="/p/pyproject.toml"))
    assert ">=3.13 in pyproject.toml" in finding.message
    assert "3.12.1" in finding.message
    assert finding.fix.endswith("--name other")


def test_the_environment_of_the_kernel_itself_is_no_way_out() -> None:
    project = replace(HEALTHY_PROJECT, requires=">=3.13")
    (finding,) = found("WP802", project=project)
    assert finding.fix == ""


@pytest.mark.parametrize(
    "pinned",
    [
        (),
        ("3.12",),
        ("3.12.4",),
        ("3",),
        ("3.9", "3.12"),
        ("myenv",),
        ("system",),
        ("pypy3.10-7.3.17",),
        ("3.9", "myenv"),
        ("cpython-3.12.1",),
        ("3.12t",),
    ],
)
def test_a_pin_that_agrees_or_is_a_name_is_well(pinned: tuple[str, ...]) -> None:
    assert found("WP802", project=other(pinned=pinned)) == []


@pytest.mark.parametrize(
    "pinned", [("3.9",), ("3.9.18", "3.11"), ("3.13.0rc1",), ("cpython@3.10",)]
)
def test_a_pin_of_another_version_is_told(pinned: tuple[str, ...]) -> None:
    (finding,) = found("WP802", project=other(pinned=pinned, pinned_in="/p/.python-version"))
    assert ".python-version" in finding.message


@pytest.mark.parametrize(
    ("specifier", "version", "allowed"),
    [
        (">=3.9", "3.9.0", True),
        (">=3.9", "3.8.18", False),
        (">= 3.9 , < 3.12", "3.12.0", False),
        (">=3.9,<3.12", "3.11.9", True),
        ("<=3.11", "3.11.1", False),
        ("<=3.11.*", "3.11.0", True),
        (">3.11", "3.11.1", True),
        (">3.11", "3.11.0", False),
        ("==3.11.*", "3.11.7", True),
        ("==3.11.*", "3.12.0", False),
        ("==3.11", "3.11.7", True),
        ("==3.11.2", "3.11.7", False),
        ("!=3.11.*", "3.11.7", False),
        ("!=3.11.2", "3.11.7", True),
        ("~=3.9", "3.12.0", True),
        ("~=3.9", "4.0.0", False),
        ("~=3.9.1", "3.9.5", True),
        ("~=3.9.1", "3.10.0", False),
        ("^3.9", "3.13.0", True),
        ("^3.9", "3.8.0", False),
        ("^3.9", "4.0.0", False),
        ("~3.9", "3.9.18", True),
        ("~3.9", "3.10.0", False),
        ("~2.7 || ^3.9", "2.7.18", True),
        ("~2.7 || ^3.9", "3.7.0", False),
        (">=3.9 <3.12", "3.12.1", False),
        ("3.11.*", "3.11.7", True),
        ("*", "3.12.1", True),
        (">=3.13", "3.14.0rc1", True),
        (">=3.14", "3.14.0rc1", True),
        (">=3.13.0rc1", "3.12.0", True),  # what is not understood is no statement
        ("", "3.12.1", True),
        (">=3.13", "", True),
    ],
)
def test_versions_are_compared_as_installers_do(
    specifier: str, version: str, *, allowed: bool
) -> None:
    assert allows(specifier, version) is allowed


def test_one_word_that_is_no_version_makes_all_pins_unknown() -> None:
    assert pins(("3.12", "system")) == ()
