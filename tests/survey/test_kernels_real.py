"""What `jupyter kernelspec list --json` says, beside what the survey says of the same."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from ipymod.launchers import environment_of
from ipymod.survey.importable import search_path
from ipymod.survey.kernels import gather_kernelspecs, kernel_facts
from kernel_machines import (
    ARGV,
    jupyters,
    kernel_at,
    predicted,
    surroundings,
    truth,
    venv,
    write_spec,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipymod.launchers import Surroundings

pytestmark = pytest.mark.slow
JUPYTERS = ("this", "newest", "colab", "old")


@pytest.fixture(params=JUPYTERS)
def jupyter(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An environment that may be filled, and imports Jupyter from a real one."""
    return linked(request.param, tmp_path)


def linked(name: str, tmp_path: Path) -> str:
    python = jupyters()[name]
    around = surroundings(tmp_path)
    environment = environment_of(python, around)
    base = f"{environment.base_prefix}/bin/python3"
    inside = venv(tmp_path / "server", base)
    site = environment_of(inside, around).site[0]
    with open(f"{site}/jupyter.pth", "w", encoding="utf-8") as file:
        file.writelines(f"{place}\n" for place in search_path(environment, around))
    return inside


def home_of(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return home


def full(tmp_path: Path) -> Path:
    """Kernels in every directory that a combination of variables can lead to."""
    home = home_of(tmp_path)
    (home / ".config").mkdir()
    places = {
        "server/share/jupyter": ("python3", "both", "own"),
        "home/.local/share/jupyter": ("python3", "both", "user"),
        "home/.ipython": ("both", "ipython"),
        "home/.config/ipython": ("xdg",),
        "listed/one": ("both", "one", "python3"),
        "listed/two": ("both", "two"),
        "data": ("both", "data"),
        "xdg/jupyter": ("both", "shared"),
        "base/share/jupyter": ("both", "userbase"),
        "system/jupyter": ("both", "system"),
        "ipython": ("both", "elsewhere"),
    }
    for place, names in places.items():
        for name in names:
            write_spec(tmp_path / place / "kernels", name, "python", *ARGV, display_name=place)
    return home


COMBINATIONS = {
    "none": {},
    "JUPYTER_PATH": {"JUPYTER_PATH": "{0}/listed/one:{0}/listed/two/"},
    "JUPYTER_PATH with gaps": {"JUPYTER_PATH": ":{0}/nowhere::{0}/listed/two"},
    "relative JUPYTER_PATH": {"JUPYTER_PATH": "../listed/one"},
    "data": {"JUPYTER_DATA_DIR": "{0}/data"},
    "empty data": {"JUPYTER_DATA_DIR": ""},
    "env first": {"JUPYTER_PREFER_ENV_PATH": "1"},
    "env first, said empty": {"JUPYTER_PREFER_ENV_PATH": ""},
    "user first": {"JUPYTER_PREFER_ENV_PATH": "0"},
    "user first, in words": {"JUPYTER_PREFER_ENV_PATH": "No", "JUPYTER_DATA_DIR": "{0}/data"},
    "xdg": {"XDG_DATA_HOME": "{0}/xdg"},
    "xdg config": {"XDG_CONFIG_HOME": "{0}/home/.config"},
    "platform": {"JUPYTER_PLATFORM_DIRS": "1", "XDG_DATA_DIRS": "{0}/system:{0}/xdg"},
    "platform at home": {"JUPYTER_PLATFORM_DIRS": "true", "XDG_DATA_HOME": "{0}/xdg"},
    "no platform": {"JUPYTER_PLATFORM_DIRS": "off", "XDG_DATA_DIRS": "{0}/system"},
    "user base": {"PYTHONUSERBASE": "{0}/base"},
    "ipython": {"IPYTHONDIR": "{0}/ipython"},
    "ipython at home": {"IPYTHONDIR": "~/.ipython"},
    "conda": {"CONDA_PREFIX": "{0}/server", "CONDA_DEFAULT_ENV": "server"},
    "all": {
        "JUPYTER_PATH": "{0}/listed/two",
        "JUPYTER_DATA_DIR": "{0}/data",
        "JUPYTER_PREFER_ENV_PATH": "0",
        "IPYTHONDIR": "{0}/ipython",
        "PYTHONUSERBASE": "{0}/base",
    },
}


def around_of(tmp_path: Path, combination: str) -> Surroundings:
    given = COMBINATIONS[combination].items()
    return surroundings(home_of(tmp_path), **{k: v.format(tmp_path) for k, v in given})


def test_the_list_is_jupyters_own_for_every_combination_of_variables(
    jupyter: str, tmp_path: Path
) -> None:
    full(tmp_path)
    for combination in COMBINATIONS:
        around = around_of(tmp_path, combination)
        assert predicted(jupyter, around) == truth(jupyter, around), combination


@pytest.mark.parametrize("kind", ["base", "system site"])
def test_the_users_own_base_counts_where_his_packages_are_seen(kind: str, tmp_path: Path) -> None:
    home = full(tmp_path)
    packages = search_path(
        environment_of(jupyters()["this"], surroundings(home)), surroundings(home)
    )
    environment = environment_of(jupyters()["this"], surroundings(home))
    python = f"{environment.base_prefix}/bin/python3"
    if kind == "system site":
        python = venv(tmp_path / "seeing", python, "--system-site-packages")
    pythonpath = ":".join(packages)
    for combination in ("none", "user base", "user first", "all"):
        around = around_of(tmp_path, combination).with_variables(PYTHONPATH=pythonpath)
        assert predicted(python, around) == truth(python, around), combination
        hidden = around.with_variables(PYTHONNOUSERSITE="1")
        assert predicted(python, hidden) == truth(python, hidden), combination


def test_a_home_behind_a_link_is_resolved_as_jupyter_does(jupyter: str, tmp_path: Path) -> None:
    full(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "home")
    around = surroundings(tmp_path / "link")
    assert predicted(jupyter, around) == truth(jupyter, around)


def odd(kernels: Path) -> None:
    """Files as editors, people and broken disks leave them."""
    good: dict[str, object] = {"argv": ["python", *ARGV], "display_name": "X", "language": "python"}
    texts: dict[str, str | bytes] = {
        "bom": b"\xef\xbb\xbf" + json.dumps(good).encode(),
        "utf16": json.dumps(good).encode("utf-16"),
        "latin": b'{"argv": [], "display_name": "caf\xe9"}',
        "comment": "{} // later",
        "comma": '{"argv": ["python",]}',
        "empty": "",
        "list": "[]",
        "number": "1",
        "null": "null",
        "nothing": "{}",
        "deep": "[" * 100_000,
        "twice": '{"argv": ["a"], "argv": ["b"]}',
        "nan": '{"argv": [], "metadata": {"a": NaN}}',
        "surrogate": '{"argv": ["\\ud800"]}',
    }
    changed: dict[str, dict[str, object]] = {
        "argv-null": {"argv": None},
        "argv-text": {"argv": "python"},
        "argv-numbers": {"argv": [1, 2]},
        "name-number": {"display_name": 3},
        "name-null": {"display_name": None},
        "env-list": {"env": []},
        "env-null": {"env": None},
        "env-text": {"env": {"A": "$B"}},
        "metadata-list": {"metadata": []},
        "mode-bad": {"interrupt_mode": "kill"},
        "mode-loud": {"interrupt_mode": "Message"},
        "mode-null": {"interrupt_mode": None},
        "resource": {"resource_dir": "/"},
        "unknown-key": {"colour": "red"},
        "remote": {"metadata": {"kernel_provisioner": {"provisioner_name": "none-such"}}},
        "local": {"metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}},
        "unnamed": {"metadata": {"kernel_provisioner": {"config": {}}}},
    }
    for name, text in texts.items():
        write_spec(kernels, name)
        data = text.encode() if isinstance(text, str) else text
        (kernels / name / "kernel.json").write_bytes(data)
    for name, change in changed.items():
        write_spec(kernels, name, **{**good, **change} if "argv" not in change else {})
        (kernels / name / "kernel.json").write_text(json.dumps({**good, **change}), "utf-8")


def test_what_jupyter_cannot_read_is_left_out_and_nothing_else(
    jupyter: str, tmp_path: Path
) -> None:
    kernels = home_of(tmp_path) / ".local/share/jupyter/kernels"
    odd(kernels)
    for name in ("Upper", "MIXED.Case", "with blank", "ümlaut", "a+b", "dot.", "-dash", "x\n"):
        write_spec(kernels, name, "python", *ARGV)
    (kernels / "file").write_text("no directory")
    (kernels / "folder-alone").mkdir()
    (kernels / "dangling").symlink_to(tmp_path / "nowhere")
    (kernels / "linked").symlink_to(kernels / "Upper")
    (kernels / "inner").mkdir()
    (kernels / "inner" / "kernel.json").mkdir()
    around = surroundings(home_of(tmp_path))
    assert predicted(jupyter, around) == truth(jupyter, around)


def test_of_names_that_differ_in_case_alone_the_same_one_wins(jupyter: str, tmp_path: Path) -> None:
    kernels = home_of(tmp_path) / ".local/share/jupyter/kernels"
    for name in ("Twin", "twin", "TWIN", "tWIN", "other", "Other"):
        write_spec(kernels, name, "python", *ARGV, display_name=name)
    write_spec(tmp_path / "listed/kernels", "oTHER", "python", *ARGV)
    for variables in ({}, {"JUPYTER_PATH": str(tmp_path / "listed")}):
        around = surroundings(home_of(tmp_path), **variables)
        assert predicted(jupyter, around) == truth(jupyter, around)


@pytest.mark.parametrize("name", JUPYTERS)
def test_a_kernel_made_of_nothing_but_ipykernel_is_told_as_jupyter_tells_it(
    name: str, tmp_path: Path, fresh_home: Callable[[], Surroundings]
) -> None:
    around = fresh_home()
    python = linked(name, tmp_path)
    told = predicted(python, around)
    assert told == truth(python, around)
    assert told["python3"][1][0] == python


@pytest.fixture
def fresh_home(tmp_path: Path) -> Callable[[], Surroundings]:
    return lambda: surroundings(home_of(tmp_path))


@pytest.mark.parametrize("name", JUPYTERS)
def test_the_static_facts_of_a_kernel_are_what_its_python_says(name: str, tmp_path: Path) -> None:
    around = surroundings(home_of(tmp_path))
    python = linked(name, tmp_path)
    kernels = home_of(tmp_path) / ".local/share/jupyter/kernels"
    write_spec(kernels, "asked", python, *ARGV)
    kernelspecs = gather_kernelspecs(kernel_at(jupyters()["this"], around), around)
    assert kernelspecs is not None
    spec = kernelspecs.named("asked")
    assert spec is not None
    facts = kernel_facts(spec, around)
    assert facts is not None
    code = (
        "import json, sys, platform; print(json.dumps([sys.executable, sys.prefix,"
        " sys.base_prefix, platform.python_version(), sys.path]))"
    )
    told = subprocess.run(
        [python, "-c", code], env=dict(around.variables), capture_output=True, check=True
    )
    *same, path = json.loads(told.stdout)
    assert [facts.executable, facts.prefix, facts.base_prefix, facts.version] == same
    assert [place for place in facts.path if place] == [place for place in path if place]
