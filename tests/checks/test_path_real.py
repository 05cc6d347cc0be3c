"""The checks of the family `path` on commands and environments made by the real tools."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ipymod.checks import REGISTRY
from ipymod.facts.everything import Facts
from ipymod.facts.kernels import Server
from ipymod.launchers import Surroundings, environment_of
from ipymod.survey.ask import ask
from ipymod.survey.commands import (
    gather_commands,
    gather_conda_target,
    gather_scripts,
    gather_uv_target,
)
from ipymod.survey.settings import gather_settings
from real_launchers import (
    PLACE,
    SITUATIONS,
    SYSTEM,
    Absent,
    base,
    conda,
    made,
    run,
    scripts,
    uv_venv,
    venv,
)
from uv_situations import PLACES, UNKNOWN, UV, predicted, told

# These register the situations that are looked up by name here.
__import__("situations")

if TYPE_CHECKING:
    from ipymod.facts import Kernel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EDGES = pytest.mark.parametrize("version", ["3.13", "3.8"])


@cache
def kernel_in(prefix: Path) -> Kernel:
    return replace(ask(f"{prefix}/bin/python"), running=True)


def gathered(kernel: Kernel, path: str, cwd: str = "/", **variables: str) -> Facts:
    told_of = {"PATH": path, "HOME": str(PLACE / "nobody"), **variables}
    here = Surroundings(tuple(path.split(":")), cwd, told_of, told_of["HOME"], "Linux")
    commands = gather_commands(kernel, here)
    return Facts(
        replace(kernel, cwd=cwd),
        **commands,  # type: ignore[arg-type]  # its keys are fields that hold commands
        uv_target=gather_uv_target(kernel, here),
        conda_target=gather_conda_target(kernel, here, commands["conda"]),
        scripts=gather_scripts(kernel, here, commands.values()),
        settings=gather_settings(kernel, here),
    )


def found(facts: Facts) -> dict[str, str]:
    """The codes that are found, with their messages."""
    return {each.code: each.message for each in REGISTRY.judge(facts, ["path"]).problems}


def copied(version: str, name: str) -> Path:
    """A virtual environment with the tool's whole content in another place."""
    return made(f"{name}-{version}", lambda at: run("cp", "-a", str(venv(version)), str(at)))


def moved(version: str) -> Path:
    def build(at: Path) -> None:
        first = at.with_name(f"{at.name}-first")
        run(f"{base(version)}/bin/python", "-m", "venv", str(first))
        shutil.move(first, at)

    return made(f"path-moved-{version}", build)


# Healthy controls


@EDGES
def test_the_kernel_of_a_plain_venv_that_is_active_is_healthy(version: str) -> None:
    prefix = venv(version)
    assert found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}")) == {}


@EDGES
def test_the_kernel_of_a_venv_by_uv_is_healthy(version: str) -> None:
    prefix = uv_venv(version)
    path = f"{scripts(prefix)}:{UV.parent}:{SYSTEM}"
    assert found(gathered(kernel_in(prefix), path, VIRTUAL_ENV=str(prefix))) == {}


def test_the_kernel_of_a_venv_that_sees_the_system_is_healthy() -> None:
    prefix = venv("3.12", "system-3.12", "--system-site-packages")
    assert found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}")) == {}


def test_the_kernel_of_an_environment_of_conda_that_is_active_is_healthy() -> None:
    prefix = conda("conda-plain")
    path = f"{scripts(prefix)}:{SYSTEM}"
    assert found(gathered(kernel_in(prefix), path, CONDA_PREFIX=str(prefix))) == {}


def test_the_kernel_of_the_system_is_healthy() -> None:
    if not os.path.exists("/usr/bin/pip"):
        pytest.skip("the system has no pip")
    assert found(gathered(ask("/usr/bin/python3"), f"/usr/local/bin:{SYSTEM}")) == {}


def test_an_environment_reached_through_a_link_is_the_same() -> None:
    prefix = venv("3.12")
    link = made("path-link", lambda at: at.symlink_to(prefix))
    assert found(gathered(kernel_in(prefix), f"{link}/bin:{SYSTEM}")) == {}
    assert found(gathered(kernel_in(link), f"{scripts(prefix)}:{SYSTEM}")) == {}


def test_a_relocatable_environment_that_was_moved_is_healthy() -> None:
    situation = SITUATIONS["relocatable moved"]()
    prefix = Path(situation.path.partition(":")[0]).parent
    assert found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}")) == {}


# WP101, WP102, WP105


@EDGES
def test_the_pip_of_another_environment_comes_first(version: str) -> None:
    path = f"{scripts(uv_venv(version))}:{scripts(venv('3.12'))}"
    problems = found(gathered(kernel_in(venv("3.12")), path))
    assert set(problems) == {"WP101", "WP102"}
    assert str(uv_venv(version)) in problems["WP101"]
    assert str(venv("3.12")) in problems["WP101"]


def test_the_shim_of_pyenv_installs_elsewhere() -> None:
    shims = f"{base('3.12').parents[1]}/shims"
    problems = found(gathered(kernel_in(venv("3.12")), f"{shims}:{SYSTEM}", PYENV_VERSION="3.9.18"))
    assert {"WP101", "WP102", "WP108"} <= set(problems)
    assert "Python 3.9" in problems["WP101"]


def test_pip_alone_belongs_to_another_environment_than_python() -> None:
    only_pip = made("only-pip", lambda at: _link(at, venv("3.9") / "bin/pip"))
    kernel = kernel_in(venv("3.12"))
    problems = found(gathered(kernel, f"{only_pip}:{scripts(uv_venv('3.13'))}:{SYSTEM}"))
    assert {"WP101", "WP102", "WP105"} <= set(problems)


def test_pip3_alone_leads_elsewhere() -> None:
    only_pip3 = made("only-pip3", lambda at: _link(at, venv("3.9") / "bin/pip3"))
    path = f"{only_pip3}:{scripts(venv('3.12'))}:{SYSTEM}"
    assert set(found(gathered(kernel_in(venv("3.12")), path))) == {"WP105"}


def _link(at: Path, target: Path) -> None:
    at.mkdir()
    (at / target.name).symlink_to(target)


# WP103, WP104, WP106, WP107


@EDGES
def test_the_launchers_of_a_moved_environment_do_not_start(version: str) -> None:
    prefix = moved(version)
    problems = found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}"))
    assert set(problems) == {"WP103", "WP106"}
    assert "does not exist" in problems["WP103"]
    assert f"{prefix}-first" in problems["WP106"]


def test_the_pip_of_an_environment_whose_base_is_gone_does_not_start() -> None:
    def build(at: Path) -> None:
        own = at.with_name(f"{at.name}-base")
        run("cp", "-al", str(base("3.12")), str(own))
        run(f"{own}/bin/python3", "-m", "venv", str(at))
        shutil.rmtree(own)

    prefix = made("path-orphan", build)
    problems = found(gathered(kernel_in(venv("3.12")), f"{scripts(prefix)}:{SYSTEM}"))
    assert {"WP103", "WP107"} <= set(problems)
    assert "path-orphan-base" in problems["WP107"]


def test_the_base_of_the_kernel_itself_goes_while_it_runs() -> None:
    own = made("path-lost-base", lambda at: run("cp", "-al", str(base("3.12")), str(at)))
    prefix = made("path-lost", lambda at: run(f"{own}/bin/python3", "-m", "venv", str(at)))
    kernel, away = kernel_in(prefix), own.with_name("path-lost-away")
    own.rename(away)
    try:
        problems = found(gathered(kernel, f"{scripts(prefix)}:{SYSTEM}"))
    finally:
        away.rename(own)
    assert {"WP103", "WP107"} <= set(problems)
    assert "this kernel runs in it" in problems["WP107"]


@pytest.mark.parametrize(
    "name", ["line with CRLF", "line too long", "relative line", "env python with options"]
)
def test_a_first_line_that_no_system_can_follow(name: str) -> None:
    situation = SITUATIONS[name]()
    problems = found(gathered(kernel_in(venv("3.12")), situation.path))
    assert "WP104" in problems
    assert "WP103" not in problems


@EDGES
def test_the_pip_of_a_copied_environment_installs_into_the_original(version: str) -> None:
    prefix = copied(version, "path-copied")
    problems = found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}"))
    assert set(problems) == {"WP101", "WP106"}
    assert str(venv(version)) in problems["WP106"]


def test_a_link_to_a_python_of_another_version_hides_the_packages() -> None:
    def build(at: Path) -> None:
        run(f"{base('3.9')}/bin/python", "-m", "venv", str(at))
        for name in ("python", "python3"):
            (at / "bin" / name).unlink()
            (at / "bin" / name).symlink_to(base("3.11") / "bin/python3.11")

    prefix = made("path-drifted", build)
    problems = found(gathered(kernel_in(venv("3.12")), f"{scripts(prefix)}:{SYSTEM}"))
    assert "runs Python 3.11 now" in problems["WP107"]


def test_an_upgraded_environment_has_not_lost_its_base() -> None:
    def build(at: Path) -> None:
        run(f"{base('3.9')}/bin/python", "-m", "venv", str(at))
        run(f"{base('3.11')}/bin/python", "-m", "venv", "--upgrade", str(at))

    prefix = made("path-upgraded", build)
    assert "WP107" not in found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}"))


def test_an_environment_of_copies_may_outlive_its_base() -> None:
    prefix = venv("3.12", "copies-3.12", "--copies")
    assert found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}")) == {}


# WP108


def shims_in(folder: str, written: str | None, **variables: str) -> dict[str, str]:
    def build(at: Path) -> None:
        at.mkdir()
        if written is not None:
            (at / ".python-version").write_text(written)

    cwd = made(f"path-shims-{folder}", build)
    path = f"{base('3.12').parents[1]}/shims:{SYSTEM}"
    return found(gathered(kernel_in(base("3.12")), path, str(cwd), **variables))


@pytest.mark.parametrize(
    ("folder", "written", "codes"),
    [
        ("other", "3.9.18\n", {"WP101", "WP102", "WP108"}),
        ("comment", "# ours\n3.9.18 # old\n", {"WP101", "WP102", "WP108"}),
        ("several", "3.9.18\n3.12.1\n", {"WP101", "WP102", "WP108"}),
        ("missing", "3.9.99\n", {"WP101", "WP102", "WP108"}),  # then the system's, if any
        ("own", "3.12.1\n", set()),
        ("own-first", "3.12\n3.9\n", set()),
    ],
)
def test_a_file_in_the_folder_decides_for_the_shims(
    folder: str, written: str, codes: set[str]
) -> None:
    assert set(shims_in(folder, written)) - {"WP109"} == codes


def test_a_variable_decides_for_the_shims() -> None:
    assert "PYENV_VERSION" in shims_in("variable", None, PYENV_VERSION="3.9.18")["WP108"]


def test_the_users_own_choice_is_no_surprise() -> None:
    assert "WP108" not in shims_in("none", None)


# WP109


def test_a_kernel_started_by_its_full_path_has_its_commands_elsewhere() -> None:
    prefix = Path(sys.prefix)
    problems = found(gathered(kernel_in(prefix), SYSTEM))
    assert "are not found" in problems["WP109"]
    assert "WP109" not in found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}"))


# WP110, WP111, WP112


@pytest.mark.parametrize("name", PLACES)
def test_our_guess_is_what_uv_does(name: str) -> None:
    try:
        place = PLACES[name]()
    except Absent as absent:
        pytest.skip(str(absent))
    guess = predicted(place, kernel_in(venv("3.12")))
    assert guess in {told(place), UNKNOWN}
    assert (guess == UNKNOWN) == (name == "UV_PYTHON is pypy")


@EDGES
def test_uv_follows_the_environment_of_the_server(version: str) -> None:
    prefix = venv("3.12")
    path = f"{scripts(prefix)}:{UV.parent}:{SYSTEM}"
    problems = found(gathered(kernel_in(prefix), path, VIRTUAL_ENV=str(uv_venv(version))))
    assert set(problems) == {"WP110"}


@pytest.mark.parametrize("key", ["target", "prefix", "python", "system"])
def test_a_file_of_uv_sends_packages_elsewhere(key: str) -> None:
    value = {"system": "true", "python": f'"{venv("3.9")}"'}.get(key, '"/srv/packages"')

    def build(at: Path) -> None:
        at.mkdir()
        (at / "pyproject.toml").write_text(f"[tool.uv.pip]\n{key} = {value}\n")

    prefix, cwd = venv("3.12"), made(f"uv-file-{key}", build)
    path = f"{scripts(prefix)}:{UV.parent}:{SYSTEM}"
    facts = gathered(kernel_in(prefix), path, str(cwd), VIRTUAL_ENV=str(prefix))
    assert str(cwd / "pyproject.toml") in found(facts)["WP110"]


def test_conda_changes_the_environment_that_is_active() -> None:
    prefix, other = conda("conda-plain"), conda("conda-copied")
    fake = made("path-conda", lambda at: _conda(at, prefix))
    path = f"{scripts(prefix)}:{fake}:{SYSTEM}"
    active = gathered(kernel_in(prefix), path, CONDA_PREFIX=str(prefix))
    assert "WP111" not in found(active)
    stale = gathered(kernel_in(prefix), path, CONDA_PREFIX=str(other))
    assert str(other) in found(stale)["WP111"]


def test_conda_changes_its_base_under_a_kernel_that_is_none_of_its_own() -> None:
    fake = made("path-conda", lambda at: _conda(at, conda("conda-plain")))
    prefix = venv("3.12")
    problems = found(gathered(kernel_in(prefix), f"{scripts(prefix)}:{fake}:{SYSTEM}"))
    assert set(problems) == {"WP111"}
    assert "none of conda's" in problems["WP111"]


def _conda(at: Path, prefix: Path) -> None:
    """A `conda` that starts the Python of its base, as the installed one does."""
    at.mkdir()
    (at / "conda").write_text(f"#!{prefix}/bin/python\nimport sys\nsys.exit(0)\n")
    (at / "conda").chmod(0o755)


def test_jupyter_of_the_kernel_is_not_that_of_the_server() -> None:
    prefix = Path(sys.prefix)
    facts = gathered(kernel_in(prefix), f"{scripts(prefix)}:{SYSTEM}")
    here = Surroundings((), "/", {}, "/", "Linux")
    environment = environment_of(f"{venv('3.12')}/bin/python", here)
    server = Server(
        1,
        found=True,
        python=f"{venv('3.12')}/bin/python",
        environment=environment,
        application="jupyter-lab",
        kernel_versions={"notebook": "7.4.0"},
    )
    assert "WP112" in found(replace(facts, server=server))
    own = replace(server, environment=facts.kernel.environment)
    assert "WP112" not in found(replace(facts, server=own))
