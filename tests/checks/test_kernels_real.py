"""The faults of kernels, made real: real environments, real kernelspecs, real servers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import environments
import ipymod.checks  # noqa: F401  registers them
from ipymod.checks.base import INFO, REGISTRY, WARNING
from ipymod.facts.everything import Facts
from ipymod.facts.kernels import Server
from ipymod.launchers import environment_of
from ipymod.survey.importable import search_path
from ipymod.survey.kernels import gather_kernelspecs
from kernel_machines import ARGV, facts_in, kernel_at, surroundings, venv, write_spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipymod.launchers import Surroundings
    from ipymod.registry import Problem

pytestmark = pytest.mark.slow
OLD = "3.8"


def bases() -> dict[str, str]:
    """The newest Python and an old one."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    old = min(root.glob(f"{OLD}.*")) / "bin" / "python"
    return {"newest": list(environments.pythons().values())[-1], "old": str(old)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def around(home: Path) -> Surroundings:
    return surroundings(home)


@pytest.fixture
def kernels(home: Path) -> Path:
    """The user's directory of kernels."""
    return home / ".local/share/jupyter/kernels"


@pytest.fixture(params=["newest", "old"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The interpreter of an environment without packages."""
    return venv(tmp_path / "other", bases()[request.param])


def newest() -> str:
    """A real environment of the newest Python that has ipykernel and ipymod."""
    return environments.environment("ipython9")


def copied(prefix: Path) -> str:
    """A new environment that may be filled and imports what the newest one has."""
    around = surroundings(prefix.parent)
    environment = environment_of(newest(), around)
    python = venv(prefix, f"{environment.base_prefix}/bin/python3")
    site = Path(environment_of(python, around).site[0])
    lines = "".join(f"{place}\n" for place in search_path(environment, around))
    (site / "linked.pth").write_text(lines, "utf-8")
    return python


def as_listed(around: Surroundings) -> Facts:
    """The facts of this Python's Jupyter, which stands for the server."""
    kernel = kernel_at(sys.executable, around)
    specs = gather_kernelspecs(kernel, around)
    assert specs is not None
    server = Server(1, found=True, python=kernel.executable, environment=kernel.environment)
    return Facts(kernel, kernelspecs=replace(specs, of_server=True), server=server)


def found(facts: Facts, code: str = "kernels") -> tuple[Problem, ...]:
    return REGISTRY.judge(facts, [code]).problems


def codes(facts: Facts) -> list[str]:
    return sorted({problem.code for problem in found(facts)} - {"WP210"})


def test_a_real_server_and_its_own_kernel_are_healthy(around: Surroundings) -> None:
    for python in (newest(), environments.environment("colab")):
        facts = facts_in("python3", python, around)
        assert found(facts) == ()
        assert facts.server is not None
        assert (facts.server.found, facts.server.python) == (True, python)
        assert facts.kernelspecs is not None
        # Some versions of jupyter_client do not write the usual name down.
        assert facts.kernelspecs.launch.kernelspec in {"python3", ""}
        assert facts.kernelspecs.of_server


def test_a_healthy_registered_kernel_is_silent(around: Surroundings, kernels: Path) -> None:
    write_spec(kernels, "mine", newest(), *ARGV)
    assert found(facts_in("mine", newest(), around)) == ()


def test_wp201_the_environment_of_a_kernel_was_deleted(
    other: str, around: Surroundings, kernels: Path
) -> None:
    write_spec(kernels, "gone", other, *ARGV)
    write_spec(kernels, "nowhere", "no-such-python", *ARGV)
    shutil.rmtree(Path(other).parents[1])
    problems = found(as_listed(around), "WP201")
    assert sorted(problem.message.split()[2] for problem in problems) == ["gone", "nowhere"]
    assert codes(as_listed(around)) == ["WP201"]
    assert "-m jupyter kernelspec remove -y gone" in problems[0].fix + problems[1].fix


def test_wp201_the_fix_removes_it(other: str, around: Surroundings, kernels: Path) -> None:
    import subprocess

    write_spec(kernels, "gone", other, *ARGV)
    shutil.rmtree(Path(other).parents[1])
    fix = found(as_listed(around), "WP201")[0].fix
    subprocess.run(
        ["/bin/sh", "-c", fix], env=dict(around.variables), check=True, capture_output=True
    )
    assert codes(as_listed(around)) == []


def test_wp202_files_that_jupyter_cannot_read(around: Surroundings, kernels: Path) -> None:
    write_spec(kernels, "marked", newest(), *ARGV)
    plain = (kernels / "marked" / "kernel.json").read_bytes()
    (kernels / "marked" / "kernel.json").write_bytes(b"\xef\xbb\xbf" + plain)
    write_spec(kernels, "commented")
    (kernels / "commented" / "kernel.json").write_text('{"argv": ["x"]} // my kernel')
    write_spec(kernels, "empty")
    write_spec(kernels, "my kernel", newest(), *ARGV)
    problems = found(as_listed(around), "WP202")
    assert {problem.evidence["kernelspec"].split("/")[-2] for problem in problems} == {
        "marked",
        "commented",
        "empty",
        "my kernel",
    }
    assert codes(as_listed(around)) == ["WP202"]


def test_wp203_an_environment_without_ipykernel(
    other: str, around: Surroundings, kernels: Path
) -> None:
    write_spec(kernels, "bare", other, *ARGV)
    assert codes(as_listed(around)) == ["WP203"]
    assert found(as_listed(around), "WP203")[0].fix == f"{other} -m pip install ipykernel"
    write_spec(kernels, "bare", newest(), *ARGV)
    assert codes(as_listed(around)) == []


def test_wp203_ipykernel_of_the_base_counts_where_it_is_seen(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    base = environment_of(newest(), around).base_prefix
    seeing = venv(tmp_path / "seeing", f"{base}/bin/python3", "--system-site-packages")
    version = ".".join(environment_of(seeing, around).version.split(".")[:2])
    user = tmp_path / "home/.local/lib" / f"python{version}" / "site-packages"
    user.mkdir(parents=True)
    write_spec(kernels, "seeing", seeing, *ARGV)
    assert codes(as_listed(around)) == ["WP203"]
    (user / "ipykernel_launcher.py").touch()
    assert codes(as_listed(around)) == []
    write_spec(kernels, "seeing", seeing, "-s", *ARGV)
    assert codes(as_listed(around)) == ["WP203"]


def test_wp204_a_bare_python_starts_the_python_of_each_server(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    write_spec(kernels, "anybody", "python", *ARGV)
    servers = [newest(), copied(tmp_path / "second")]
    kernels_of = [facts_in("anybody", python, around) for python in servers]
    assert [facts.kernel.executable for facts in kernels_of] == servers
    for facts in kernels_of:
        assert [problem.severity for problem in found(facts, "WP204")] == [WARNING]
    write_spec(kernels, "anybody", newest(), *ARGV)
    assert not found(facts_in("anybody", newest(), around), "WP204")


def test_wp205_the_users_python3_and_the_servers(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    server, old = copied(tmp_path / "server"), copied(tmp_path / "old")
    write_spec(tmp_path / "server/share/jupyter/kernels", "python3", server, *ARGV)
    write_spec(kernels, "python3", old, *ARGV)
    for first, started in (("1", server), ("0", old)):
        seen = around.with_variables(JUPYTER_PREFER_ENV_PATH=first)
        facts = facts_in("python3", server, seen)
        assert facts.kernel.executable == started
        assert found(facts, "WP205")[0].evidence["starts"] == started
    write_spec(kernels, "python3", server, *ARGV)
    assert not found(facts_in("python3", server, around), "WP205")


def test_wp206_a_name_outlives_its_environment(around: Surroundings, kernels: Path) -> None:
    write_spec(kernels, "mine", newest(), *ARGV, display_name="Python 3.6 (mine)")
    assert codes(as_listed(around)) == ["WP206"]
    version = environment_of(newest(), around).version
    write_spec(kernels, "mine", newest(), *ARGV, display_name=f"Python {version} (mine)")
    assert codes(as_listed(around)) == []


def test_wp207_the_kernelspec_was_changed_after_the_start(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    other = copied(tmp_path / "other")
    file = write_spec(kernels, "mine", newest(), *ARGV) / "kernel.json"
    text = json.dumps({"argv": [other, *ARGV], "display_name": "mine", "language": "python"})
    change = f"open({str(file)!r}, 'w').write({text!r})"
    assert not found(facts_in("mine", newest(), around), "WP207")
    facts = facts_in("mine", newest(), around, meanwhile=change)
    assert facts.kernel.executable == newest()
    assert found(facts, "WP207")[0].evidence["starts"] == other


def test_wp207_a_restart_keeps_the_python_that_the_server_has_read(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    other = copied(tmp_path / "other")
    file = write_spec(kernels, "mine", newest(), *ARGV) / "kernel.json"
    text = json.dumps({"argv": [other, *ARGV], "display_name": "mine", "language": "python"})
    change = f"open({str(file)!r}, 'w').write({text!r})"
    restart = f"{change}; manager.restart_kernel(now=True); client.wait_for_ready(timeout=60)"
    facts = facts_in("mine", newest(), around, meanwhile=restart)
    assert facts.kernel.executable == newest()


def write_notebook(path: Path, name: str, version: str) -> str:
    metadata = {
        "kernelspec": {"display_name": name, "language": "python", "name": name},
        "language_info": {"name": "python", "version": version},
    }
    told = {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(told, indent=1), "utf-8")
    return str(path)


def test_wp208_a_notebook_that_asks_for_another_kernel(around: Surroundings, home: Path) -> None:
    version = environment_of(newest(), around).version
    fitting = write_notebook(home / "fitting.ipynb", "python3", version)
    assert found(facts_in("python3", newest(), around, session=fitting)) == ()
    unknown = write_notebook(home / "unknown.ipynb", "thesis", version)
    assert len(found(facts_in("python3", newest(), around, session=unknown), "WP208")) == 1
    older = write_notebook(home / "older.ipynb", "python3", "3.6.9")
    assert len(found(facts_in("python3", newest(), around, session=older), "WP208")) == 1


def test_wp209_variables_that_spoil_a_kernel(
    other: str, around: Surroundings, kernels: Path
) -> None:
    prefix = str(Path(other).parents[1])
    site = environment_of(other, around).site[0]
    poison: list[Mapping[str, str]] = [
        {"PATH": "/opt/tool/bin"},
        {"PYTHONPATH": site},
        {"LD_LIBRARY_PATH": f"{prefix}/lib:${{LD_LIBRARY_PATH}}"},
        {"CONDA_PREFIX": prefix},
        {"DATA": "${NO_SUCH_VARIABLE}/data"},
    ]
    for env in poison:
        write_spec(kernels, "mine", newest(), *ARGV, env=env)
        assert "WP209" in codes(as_listed(around)), env
    own = environment_of(newest(), around)
    harmless = {"PATH": f"{own.scripts}:${{PATH}}", "PYTHONPATH": own.site[0], "DATA": "${HOME}/x"}
    write_spec(kernels, "mine", newest(), *ARGV, env=harmless)
    assert codes(as_listed(around)) == []


def test_wp210_the_server_runs_elsewhere(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    kernel, server = copied(tmp_path / "kernel"), environments.environment("colab")
    write_spec(kernels, "mine", kernel, *ARGV)
    facts = facts_in("mine", server, around)
    assert facts.server is not None
    assert (facts.server.python, facts.server.application) == (server, "jupyter-server")
    assert not found(facts, "WP210")
    environments.install(kernel, "--no-deps", "notebook")
    assert [each.severity for each in found(facts_in("mine", server, around), "WP210")] == [INFO]
    environments.install(kernel, "--no-deps", "ipywidgets==7.8.5")
    problems = found(facts_in("mine", server, around), "WP210")
    assert [problem.severity for problem in problems] == [WARNING]
    assert problems[0].fix == f"{server} -m pip install 'widgetsnbextension==3.*'"


def test_wp211_a_second_ipykernel_on_pythonpath(around: Surroundings, tmp_path: Path) -> None:
    target = tmp_path / "target"
    environments.install(newest(), "--no-deps", "--target", str(target), "ipykernel")
    assert not found(facts_in("python3", newest(), around), "WP211")
    facts = facts_in("python3", newest(), around.with_variables(PYTHONPATH=str(target)))
    problems = found(facts, "WP211")
    assert [problem.evidence["loaded"] for problem in problems] == [str(target)]


def test_wp212_a_conda_environment_that_was_not_activated(
    around: Surroundings, kernels: Path, tmp_path: Path
) -> None:
    prefix = tmp_path / "conda"
    write_spec(kernels, "conda", copied(prefix), *ARGV)
    (prefix / "conda-meta").mkdir()
    assert not found(facts_in("conda", newest(), around), "WP212")
    scripts = prefix / "etc/conda/activate.d"
    scripts.mkdir(parents=True)
    (scripts / "gdal.sh").write_text("export GDAL_DATA=here\n")
    assert len(found(facts_in("conda", newest(), around), "WP212")) == 1
    path = f"{prefix}/bin:{around.variables['PATH']}"
    active = surroundings(Path(around.home), CONDA_PREFIX=str(prefix), PATH=path)
    assert not found(facts_in("conda", newest(), active), "WP212")
