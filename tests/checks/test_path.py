"""The checks of the family `path` on plain data, most of all where they must be silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.checks import REGISTRY
from ipymod.checks.base import INFO, WARNING
from ipymod.facts import Command, Environment, same
from ipymod.facts.commands import HEALTHY_SCRIPTS, HEALTHY_UV_TARGET, Made, Script, Target
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.settings import Variable

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts
    from ipymod.registry import Problem, Severity

OWN = HEALTHY.kernel.environment
OTHER = Environment("/srv/other", "/usr", "venv", "3.12.1", real="/srv/other")
DEBIAN = Environment("/usr", "/usr", "debian", "3.11.2", real="/usr")
CONDA = Environment("/opt/conda/envs/x", "/opt/conda/envs/x", "conda", "3.12.1")


def ok(name: str, environment: Environment | None = OTHER, **more: Any) -> Command:
    prefix = environment.prefix if environment else ""
    path = f"{prefix}/bin/{name}"
    return Command(
        name, path, f"{prefix}/bin/python", environment, "ok", "certain", **{"home": "", **more}
    )


def broken(name: str, fault: str = "missing", reason: str = "/gone does not exist") -> Command:
    path = f"/home/ada/.local/bin/{name}"
    return Command(name, path, state="broken", certainty="certain", reason=reason, fault=fault)


def found(facts: Facts) -> dict[str, Problem]:
    return {each.code: each for each in REGISTRY.judge(facts, ["path"]).problems}


def codes(**changes: Any) -> set[str]:
    return set(found(replace(HEALTHY, **changes)))


# The same environment


def test_two_environments_are_the_same_if_links_lead_to_one_place() -> None:
    linked = replace(OTHER, prefix="/link/to/other")
    assert same(OTHER, linked)
    assert not same(OTHER, replace(linked, real="/srv/third"))


def test_without_knowledge_of_links_the_prefix_decides() -> None:
    assert same(replace(OTHER, real=""), replace(OTHER, real=""))
    assert not same(replace(OTHER, real=""), replace(DEBIAN, real=""))


def test_bases_of_two_versions_share_a_prefix_and_are_not_the_same() -> None:
    assert not same(DEBIAN, replace(DEBIAN, version="3.12.4"))
    assert same(DEBIAN, replace(DEBIAN, version="3.11"))
    assert same(DEBIAN, replace(DEBIAN, version=""))


def test_one_virtual_environment_is_the_same_whatever_its_version_is_told_as() -> None:
    assert same(OTHER, replace(OTHER, version="3.9.1"))


# WP101, WP102, WP105


def test_a_pip_of_another_environment_names_both_sides() -> None:
    problem = found(replace(HEALTHY, pip=ok("pip")))["WP101"]
    assert "/srv/other" in problem.message
    assert HEALTHY.kernel.executable in problem.message


def test_a_pip_in_the_users_folder_of_the_same_python_is_fine() -> None:
    local = replace(ok("pip", OWN), path="/home/ada/.local/bin/pip")
    assert codes(pip=local) == set()


def test_a_pip_reached_through_a_linked_folder_is_fine() -> None:
    real = "/data/project/.venv"
    kernel = replace(HEALTHY.kernel, environment=replace(OWN, real=real))
    linked = ok("pip", replace(OWN, prefix="/srv/link", real=real))
    assert "WP101" not in codes(kernel=kernel, pip=linked)


def test_a_pip_that_would_have_to_be_run_is_no_fault() -> None:
    assert codes(pip=replace(ok("pip"), state="unknown")) == set()
    assert codes(pip=ok("pip", None)) == set()
    assert codes(pip=ok("pip", replace(OTHER, prefix="", real=""))) == set()


def test_without_pip_the_pip3_counts() -> None:
    assert codes(pip=None, pip3=ok("pip3")) == {"WP101"}


def test_a_pip3_elsewhere_behind_a_pip_of_the_kernel_is_a_split() -> None:
    assert codes(pip3=ok("pip3")) == {"WP105"}


def test_a_split_that_another_check_tells_is_not_told_twice() -> None:
    assert codes(pip=ok("pip")) == {"WP101"}
    assert codes(python=ok("python")) == {"WP102"}


def test_no_pip_is_no_split() -> None:
    assert codes(pip=None, pip3=None) == set()
    assert codes(pip=replace(ok("pip"), state="unknown"), pip3=ok("pip3")) == set()


def test_pip_and_python_of_two_other_environments_are_a_split() -> None:
    everything = {"pip": ok("pip"), "pip3": ok("pip3"), "python": ok("python", DEBIAN)}
    assert codes(**everything) == {"WP101", "WP102", "WP105"}


def test_pip_and_python_of_one_other_environment_are_no_split() -> None:
    names = ("pip", "pip3", "python", "python3")
    assert codes(**{name: ok(name) for name in names}) == {"WP101", "WP102"}


def test_python_and_python3_of_one_environment_are_told_once() -> None:
    facts = replace(HEALTHY, python=ok("python"), python3=ok("python3"))
    problems = REGISTRY.judge(facts, ["WP102"]).problems
    assert len(problems) == 1
    assert "python and python3 in a shell are" in problems[0].message


def test_an_absent_python_is_no_fault() -> None:
    assert codes(python=None) == set()
    assert codes(python=None, python3=None) == set()


def test_the_kernels_own_word_for_its_prefix_counts() -> None:
    odd = replace(OWN, prefix="/somewhere/else", real="/somewhere/else")
    kernel = replace(HEALTHY.kernel, environment=odd)
    assert "WP101" not in codes(kernel=kernel)


# WP103, WP104


@pytest.mark.parametrize(("fault", "code"), [("missing", "WP103"), ("unusable", "WP104")])
def test_a_broken_command_is_told_by_its_kind(fault: str, code: str) -> None:
    assert codes(jupyter=broken("jupyter", fault)) == {code}


def test_a_break_of_another_kind_is_no_missing_python() -> None:
    assert codes(jupyter=broken("jupyter", "")) == set()


def test_commands_with_one_reason_are_told_together() -> None:
    facts = replace(HEALTHY, pip=broken("pip"), pip3=broken("pip3"))
    problems = REGISTRY.judge(facts, ["WP103"]).problems
    assert len(problems) == 1
    assert problems[0].message.startswith("pip and pip3 in a shell cannot start")


def test_launchers_of_the_kernel_are_counted_and_not_listed() -> None:
    folder = HEALTHY_SCRIPTS.directory
    one = replace(broken("black"), path=f"{folder}/black", home=OWN.prefix)
    scripts = replace(HEALTHY_SCRIPTS, faulty=(one,), alike={"black": 30})
    problem = found(replace(HEALTHY, scripts=scripts))["WP103"]
    assert problem.message.startswith("black and 29 more in a shell")
    pip = replace(broken("pip"), path=f"{folder}/pip", home=OWN.prefix)
    scripts = replace(HEALTHY_SCRIPTS, faulty=(pip,), alike={"pip": 30})
    problem = found(replace(HEALTHY, scripts=scripts, pip=pip))["WP103"]
    assert problem.message.startswith("pip and 29 more in a shell")


def test_a_launcher_is_written_anew_where_it_lies() -> None:
    own = replace(broken("pip"), home=OWN.prefix)
    fix = found(replace(HEALTHY, pip=own))["WP103"].fix
    assert fix.startswith(f"{HEALTHY.kernel.executable} -m pip install --force-reinstall")
    fix = found(replace(HEALTHY, pip=replace(own, home="/srv/other")))["WP103"].fix
    assert fix.startswith("/srv/other/bin/python -m pip install")
    lost = replace(own, reason="/srv/other/bin/python is a link to /gone, which does not exist")
    fix = found(replace(HEALTHY, pip=replace(lost, home="/srv/a b")))["WP103"].fix
    assert fix == "python3 -m venv --upgrade '/srv/a b'"


# WP106, WP107


def lying_in(home: str, environment: Environment = OTHER, **more: Any) -> Command:
    return ok("jupyter", environment, home=home, **more)


def test_a_launcher_that_works_on_another_environment_was_copied() -> None:
    assert "WP106" in codes(jupyter=lying_in("/srv/copy"))


def test_a_launcher_of_its_own_environment_was_not_copied() -> None:
    assert "WP106" not in codes(jupyter=lying_in("/srv/other"))
    assert "WP106" not in codes(jupyter=lying_in(""))


def test_a_launcher_of_unknown_environment_was_not_copied() -> None:
    assert "WP106" not in codes(jupyter=replace(lying_in("/srv/copy"), environment=None))
    assert "WP106" not in codes(jupyter=lying_in("/srv/copy", replace(OTHER, prefix="")))


def test_a_launcher_that_asks_env_for_its_python_follows_path_by_intent() -> None:
    steps = ("/x starts with #!/usr/bin/env python, and env finds /srv/other/bin/python",)
    assert "WP106" not in codes(jupyter=lying_in("/srv/conda", steps=steps))


def test_an_environment_whose_python_is_sent_elsewhere_was_not_copied() -> None:
    sent = replace(lying_in("/srv/conda"), python="/srv/conda/bin/python")
    assert "WP106" not in codes(jupyter=sent)
    assert "WP106" in codes(jupyter=replace(sent, home="/srv/con"))


def test_an_environment_made_elsewhere_was_moved() -> None:
    scripts = replace(HEALTHY_SCRIPTS, environments=(Made("/srv/new", "/srv/old"),))
    assert codes(scripts=scripts) == {"WP106"}


def with_made(**changes: Any) -> dict[str, Problem]:
    made = replace(Made("/srv/old", runs="3.9", filled_for=("3.9",)), **changes)
    return found(replace(HEALTHY, scripts=replace(HEALTHY_SCRIPTS, environments=(made,))))


def test_an_environment_filled_for_another_version_drifted() -> None:
    assert "for Python 3.9" in with_made(runs="3.11")["WP107"].message


def test_an_upgraded_environment_has_old_folders_and_did_not_drift() -> None:
    assert with_made(runs="3.11", filled_for=("3.11", "3.9")) == {}


def test_an_empty_environment_or_one_of_unknown_version_did_not_drift() -> None:
    assert with_made(runs="") == {}
    assert with_made(runs="3.11", filled_for=()) == {}


def test_a_base_that_is_gone_is_worse_if_nothing_starts_any_more() -> None:
    assert with_made(gone="/opt/python3.9", starts=False)["WP107"].severity.value == "error"
    assert with_made(gone="/opt/python3.9", starts=True)["WP107"].severity.value == "warning"


# WP108


def shim(origin: str, environment: Environment = OTHER) -> Command:
    return ok("jupyter", environment, origin=origin)


@pytest.mark.parametrize(
    "origin", ["PYENV_VERSION", "/home/ada/project/.python-version", "/home/ada/.tool-versions"]
)
def test_a_shim_is_sent_elsewhere_from_here(origin: str) -> None:
    assert "WP108" in codes(jupyter=shim(origin))


def test_a_shim_that_reaches_the_kernel_is_no_surprise() -> None:
    assert codes(jupyter=shim("PYENV_VERSION", OWN)) == set()


@pytest.mark.parametrize(
    "origin",
    ["/home/ada/.pyenv/version", "nothing (/home/ada/.pyenv/version names none)", "", "/srv/x"],
)
def test_the_users_own_choice_is_no_surprise(origin: str) -> None:
    assert "WP108" not in codes(jupyter=shim(origin))


def test_a_shim_without_its_version_is_told_wherever_that_was_chosen() -> None:
    lost = replace(broken("jupyter", "shim"), origin="/home/ada/.pyenv/version")
    assert codes(jupyter=lost) == {"WP108"}


def test_the_fix_takes_the_variable_away_or_writes_the_file() -> None:
    assert (
        'pop("PYENV_VERSION"' in found(replace(HEALTHY, jupyter=shim("PYENV_VERSION")))["WP108"].fix
    )
    kernel = replace(HEALTHY.kernel, base_prefix="/home/ada/.pyenv/versions/3.12.1")
    facts = replace(HEALTHY, kernel=kernel, jupyter=shim("/home/ada/project/.python-version"))
    assert found(facts)["WP108"].fix == "pyenv local 3.12.1"


# WP109


def test_a_folder_off_path_without_commands_is_no_note() -> None:
    assert codes(scripts=replace(HEALTHY_SCRIPTS, on_path=False)) == set()


def test_commands_elsewhere_and_commands_not_found_are_told_apart() -> None:
    astray = (Script("black", "/k/bin/black", "/usr/bin/black"), Script("mypy", "/k/bin/mypy"))
    scripts = replace(HEALTHY_SCRIPTS, on_path=False, astray=astray)
    message = found(replace(HEALTHY, scripts=scripts))["WP109"].message
    assert "black is /usr/bin/black; mypy is not found" in message


def test_a_few_of_many_commands_are_enough() -> None:
    names = ("black", "mypy", "ruff", "tox")
    astray = tuple(Script(name, f"/k/bin/{name}") for name in names)
    scripts = replace(HEALTHY_SCRIPTS, on_path=False, astray=astray)
    problem = found(replace(HEALTHY, scripts=scripts))["WP109"]
    assert problem.message.endswith("in a shell black and mypy are not found")
    assert list(problem.evidence) == list(names)


@pytest.mark.parametrize(
    "name", ["debugpy", "debugpy-adapter", "ipython3", "jupyter", "jupyter-run"]
)
def test_what_comes_with_ipykernel_is_in_every_environment(name: str) -> None:
    astray = (Script(name, f"/k/bin/{name}", f"/srv/lab/bin/{name}"),)
    assert codes(scripts=replace(HEALTHY_SCRIPTS, on_path=False, astray=astray)) == set()


# WP110


def uv(**changes: Any) -> set[str]:
    return codes(uv_target=replace(HEALTHY_UV_TARGET, **changes))


def test_uv_that_installs_into_the_kernel_is_fine() -> None:
    assert uv(environment=replace(OWN, prefix="/link", real=OWN.prefix)) == set()


def test_uv_of_which_only_a_run_tells_is_no_fault() -> None:
    assert uv(environment=None, state="unknown") == set()


def test_uv_that_refuses_is_told() -> None:
    assert uv(environment=None, state="broken", steps=("No virtual environment found",)) == {
        "WP110"
    }


def test_a_folder_that_the_kernel_imports_from_is_fine() -> None:
    assert uv(environment=None, folder="/srv/packages", seen=True) == set()
    assert uv(environment=None, folder="/srv/packages", seen=False) == {"WP110"}


def test_a_project_elsewhere_alone_is_no_fault_of_uv_pip() -> None:
    project = Target("uv add", OTHER, "uv.lock", "ok", "certain")
    assert uv(project=project) == set()
    target = replace(HEALTHY_UV_TARGET, environment=DEBIAN, project=project)
    evidence = found(replace(HEALTHY, uv_target=target))["WP110"].evidence
    assert evidence["uv add"] == "/srv/other"


# WP111, WP112


def conda(environment: Environment | None, **changes: Any) -> dict[str, Problem]:
    target = Target("conda install", environment, "CONDA_PREFIX", "ok", "certain")
    return found(replace(HEALTHY, conda_target=replace(target, **changes)))


def test_conda_that_installs_into_the_kernel_is_fine() -> None:
    kernel = replace(HEALTHY.kernel, prefix=CONDA.prefix, environment=CONDA)
    target = Target("conda install", CONDA, "CONDA_PREFIX", "ok", "certain")
    assert "WP111" not in codes(kernel=kernel, conda_target=target)


def test_conda_whose_environment_is_unknown_or_gone_is_told_elsewhere() -> None:
    assert conda(None, state="unknown") == {}
    assert conda(CONDA, state="unknown") == {}
    assert conda(None, state="broken") == {}


def severity(kernel: Environment, by: str, *activated: Variable) -> Severity:
    target = Target("conda install", CONDA, by, "ok", "certain")
    settings = replace(HEALTHY.settings, variables=activated)  # type: ignore[type-var]  # there are some
    own = replace(HEALTHY.kernel, environment=kernel)
    return found(replace(HEALTHY, kernel=own, conda_target=target, settings=settings))[
        "WP111"
    ].severity


def test_conda_beside_a_kernel_that_is_none_of_its_own_is_good_to_know() -> None:
    assert severity(OWN, "PATH") is INFO


def test_conda_that_is_active_passes_for_the_kernels_unless_that_was_activated_after_it() -> None:
    active = Variable("VIRTUAL_ENV", OWN.prefix, OWN.prefix, same=True)
    assert severity(OWN, "CONDA_PREFIX") is WARNING
    assert severity(OWN, "CONDA_PREFIX", replace(active, same=False)) is WARNING
    assert severity(OWN, "CONDA_PREFIX", active) is INFO


def test_conda_that_changes_another_environment_of_conda_is_a_warning() -> None:
    own = replace(OWN, kind="conda")
    active = Variable("VIRTUAL_ENV", OWN.prefix, OWN.prefix, same=True)
    assert severity(own, "PATH") is WARNING
    assert severity(own, "CONDA_PREFIX", active) is WARNING


def test_what_conda_would_do_is_put_right_by_conda_only_for_its_own_kernels() -> None:
    assert conda(CONDA)["WP111"].fix == "%pymod pip install NAME"
    own = replace(OWN, kind="conda")
    kernel = replace(HEALTHY.kernel, environment=own)
    target = Target("conda install", CONDA, "CONDA_PREFIX", "ok", "certain")
    fix = found(replace(HEALTHY, kernel=kernel, conda_target=target))["WP111"].fix
    assert fix == f"conda install -p {OWN.prefix} NAME"


def test_a_jupyter_is_compared_with_the_server_and_not_with_the_kernel() -> None:
    server = replace(HEALTHY.server, environment=OTHER)  # type: ignore[type-var]  # it has one
    assert codes(server=server, jupyter=ok("jupyter")) == set()
    assert codes(server=server) == {"WP112"}


def test_a_server_that_shows_nothing_or_is_not_seen_needs_no_extensions() -> None:
    papermill = replace(HEALTHY.server, application="papermill")  # type: ignore[type-var]  # it has one
    assert codes(server=papermill, jupyter=ok("jupyter")) == set()
    unseen = replace(HEALTHY.server, found=False)  # type: ignore[type-var]  # it has one
    assert codes(server=unseen, jupyter=ok("jupyter")) == set()


@pytest.mark.parametrize(
    "application", ["", "pytest", "nbclient", "jupyter-run", "jupyter-console"]
)
def test_a_process_that_is_no_server_shows_no_notebook(application: str) -> None:
    parent = replace(HEALTHY.server, application=application)  # type: ignore[type-var]  # it has one
    assert codes(server=parent, jupyter=ok("jupyter")) == set()


def test_a_jupyter_that_came_with_ipykernel_changes_no_extensions() -> None:
    server = replace(HEALTHY.server, environment=OTHER)  # type: ignore[type-var]  # it has one
    bare = replace(server, kernel_versions={"ipykernel": "7.0.0", "jupyter_core": "5.8.1"})  # type: ignore[type-var]  # as above
    assert codes(server=bare) == set()
    assert codes(server=bare, jupyter=ok("jupyter", DEBIAN)) == {"WP112"}


# WP113


def test_a_stub_beside_a_python_that_works_is_a_warning() -> None:
    beside = found(replace(HEALTHY, python3=broken("python3", "stub")))["WP113"]
    alone = found(replace(HEALTHY, python=None, python3=broken("python3", "stub")))["WP113"]
    assert (beside.severity.value, alone.severity.value) == ("warning", "error")


def test_the_stores_own_python_is_unknown_and_no_stub() -> None:
    path = r"C:\Users\ada\AppData\Local\Microsoft\WindowsApps\python3.exe"
    store = Command("python3", path, reason=f"{path} leads to the Python of the Microsoft Store")
    assert codes(python3=store) == set()
