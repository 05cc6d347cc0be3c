"""Near misses: the closest facts in which a check of kernels has nothing to say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.checks import kernels, running
from ipymod.checks.base import INFO, REGISTRY, WARNING
from ipymod.facts import Command, Environment, from_json, to_json
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.imports import Imports, PathEntry
from ipymod.facts.kernels import (
    HEALTHY_KERNELSPECS,
    HEALTHY_NOTEBOOK,
    HEALTHY_SERVER,
    Activation,
    Kernelspecs,
    Part,
    Server,
)

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts
    from ipymod.registry import Problem

GOOD = HEALTHY
OWN = HEALTHY_KERNELSPECS.specs[0]
CODES = [f"WP{number}" for number in range(201, 213)]
OLD = Environment("/home/ada/old", "/usr", "venv", "3.9.18", scripts="/home/ada/old/bin")
BASE = Environment("/usr", "/usr", "debian", "3.12.1", user_site="/home/ada/.local/lib/x")


def reached(environment: Environment, **changes: Any) -> Command:
    python = f"{environment.prefix}/bin/python"
    return replace(
        Command("python", python, python, environment, "ok", "certain"),
        **changes,
    )


def problems(facts: Facts, code: str) -> tuple[Problem, ...]:
    return REGISTRY.judge(facts, [code]).problems


def spec(**changes: Any) -> Facts:
    """Healthy facts with a second kernel."""
    return kernels.with_spec(GOOD, **changes)


def specs(**changes: Any) -> Facts:
    return replace(GOOD, kernelspecs=replace(HEALTHY_KERNELSPECS, **changes))


def launch(**changes: Any) -> Facts:
    return specs(launch=replace(HEALTHY_KERNELSPECS.launch, **changes))


def server(**changes: Any) -> Facts:
    elsewhere = replace(HEALTHY_SERVER, environment=OLD, python="/home/ada/old/bin/python")
    return replace(GOOD, server=replace(elsewhere, **changes))


def notebook(**changes: Any) -> Facts:
    return replace(GOOD, notebook=replace(HEALTHY_NOTEBOOK, **changes))


def test_the_family_is_complete() -> None:
    assert [check.code for check in REGISTRY.select(["kernels"])] == CODES


@pytest.mark.parametrize("code", CODES)
def test_an_example_trips_its_own_check_alone(code: str) -> None:
    found = {problem.code for problem in REGISTRY.judge(REGISTRY[code].example(GOOD)).problems}
    assert found == {code}


@pytest.mark.parametrize("code", CODES)
def test_a_finding_has_a_fix_and_evidence(code: str) -> None:
    for problem in problems(REGISTRY[code].example(GOOD), code):
        assert problem.fix
        assert problem.evidence


def test_healthy_kernels_are_silent() -> None:
    assert REGISTRY.judge(GOOD, ["kernels"]).problems == ()
    assert REGISTRY.judge(spec(), ["kernels"]).problems == ()


@pytest.mark.parametrize("fact", [HEALTHY_KERNELSPECS, HEALTHY_SERVER, HEALTHY_NOTEBOOK])
def test_facts_of_kernels_go_to_json_and_back(fact: Any) -> None:
    assert from_json(type(fact), to_json(fact)) == fact


# WP201

BROKEN = Command("python", "/gone/python", state="broken", certainty="certain", reason="it is gone")


def test_a_program_that_would_have_to_be_run_is_not_called_broken() -> None:
    unknown = replace(BROKEN, state="unknown")
    assert not problems(spec(command=unknown, argv=("docker", "run")), "WP201")


def test_a_kernel_that_starts_on_another_machine_is_not_called_broken() -> None:
    assert not problems(spec(command=None), "WP201")


def test_a_broken_kernel_that_nobody_can_choose_does_no_harm() -> None:
    assert not problems(spec(name="python3", command=BROKEN, shadowed_by=OWN.directory), "WP201")
    assert not problems(spec(command=BROKEN, listed=False), "WP201")


def test_a_broken_kernel_of_another_language_is_broken_too() -> None:
    assert problems(spec(command=BROKEN, argv=("R",), language="R"), "WP201")


# WP202


@pytest.mark.parametrize("name", ["a-b_c.1", "python3", "conda-env-x-py"])
def test_a_name_that_jupyter_allows_is_valid(name: str) -> None:
    assert not problems(spec(name=name), "WP202")


@pytest.mark.parametrize("name", ["my kernel", "a+b", "ümlaut"])
def test_a_folder_whose_name_jupyter_does_not_allow_is_told(name: str) -> None:
    found = problems(spec(name=name), "WP202")
    assert "is offered and cannot start" in found[0].message


def test_an_invalid_file_that_another_kernel_hides_does_no_harm() -> None:
    hidden = spec(name="python3", error="it is no JSON", listed=False, shadowed_by=OWN.directory)
    assert not problems(hidden, "WP202")


# WP203


def test_a_kernel_whose_module_would_have_to_be_looked_for_is_not_accused() -> None:
    assert not problems(spec(has_module=None), "WP203")


def test_an_interpreter_that_cannot_start_is_not_said_to_lack_a_module() -> None:
    assert not problems(spec(has_module=False, command=BROKEN), "WP203")


def test_a_module_of_unknown_origin_is_never_installed_by_its_name() -> None:
    found = problems(spec(has_module=False, module="bash_kernel"), "WP203")
    assert "install" not in found[0].fix
    assert "kernelspec remove" in found[0].fix


def test_uv_installs_into_an_environment_that_uv_made() -> None:
    made_by_uv = reached(replace(OLD, kind="uv"))
    found = problems(spec(has_module=False, command=made_by_uv), "WP203")
    assert found[0].fix == "uv pip install --python /home/ada/old/bin/python ipykernel"


# WP204

BARE = ("python", "-m", "ipykernel_launcher", "-f", "{connection_file}")
INSIDE = f"{HEALTHY_KERNELSPECS.prefix}/share/jupyter/kernels/ada"


def test_a_bare_python_in_the_servers_own_environment_is_normal() -> None:
    assert not problems(spec(argv=BARE, own=True, directory=INSIDE), "WP204")


def test_a_path_is_not_bare_on_windows_either() -> None:
    assert not problems(spec(argv=("C:\\Python312\\python.exe",)), "WP204")


def test_a_bare_program_that_is_no_python_is_nobodys_surprise() -> None:
    elsewhere = replace(BROKEN, state="unknown", reason="a program of its own")
    assert not problems(spec(argv=("R",), language="R", command=elsewhere), "WP204")


def test_the_python3_that_pip_put_into_the_users_directory_is_each_servers_own() -> None:
    mine = "/home/ada/.local/share/jupyter/kernels/python3"
    only = replace(OWN, argv=BARE, directory=mine, own=True)
    assert not problems(specs(specs=(only,)), "WP204")
    by_path = replace(only, own=False, command=reached(OLD))
    assert problems(specs(specs=(by_path,)), "WP204")[0].severity is WARNING
    lying = replace(only, display_name="Python 3.9")
    assert problems(specs(specs=(lying,)), "WP204")[0].severity is WARNING


def test_without_a_server_nothing_is_said_of_what_it_would_start() -> None:
    assert not problems(replace(spec(argv=BARE, own=True), server=Server(1)), "WP204")


def test_a_bare_python_outside_of_the_servers_environment_is_a_warning() -> None:
    assert problems(spec(argv=BARE, own=True), "WP204")[0].severity is WARNING


def test_a_bare_name_that_path_decides_is_good_to_know() -> None:
    inside = spec(argv=("python3.9",), directory=INSIDE, command=reached(OLD))
    assert problems(inside, "WP204")[0].severity is INFO


def test_a_bare_python_that_calls_itself_another_version_is_a_warning() -> None:
    lying = spec(argv=BARE, own=True, directory=INSIDE, name="py39")
    assert problems(lying, "WP204")[0].severity is WARNING


# WP205


def hidden(**changes: Any) -> Facts:
    given = {"name": "python3", "command": reached(OLD), "shadowed_by": OWN.directory}
    return spec(**(given | changes))


def test_two_kernels_of_one_name_that_start_the_same_are_no_fault() -> None:
    assert not problems(hidden(command=OWN.command), "WP205")


def test_a_kernel_behind_the_servers_own_is_good_to_know() -> None:
    assert [each.severity for each in problems(hidden(), "WP205")] == [INFO]


@pytest.mark.parametrize("changes", [{"directory": INSIDE.replace(".venv", "old")}, {"command": 1}])
def test_a_kernel_that_hides_the_servers_own_is_a_warning(changes: dict[str, Any]) -> None:
    changes = {"command": reached(BASE)} if "command" in changes else changes
    first = replace(OWN, **changes)
    second = replace(OWN, directory="/usr/share/jupyter/kernels/python3", command=reached(OLD))
    second = replace(second, shadowed_by=first.directory)
    found = problems(specs(specs=(first, second)), "WP205")
    assert [each.severity for each in found] == [WARNING]


def test_an_environment_behind_a_link_is_the_same() -> None:
    linked = replace(OLD, real=HEALTHY_KERNELSPECS.prefix)
    assert problems(hidden(), "WP205")
    assert not problems(hidden(command=reached(linked)), "WP205")


def test_a_hidden_kernel_that_starts_nothing_is_no_fault() -> None:
    assert not problems(hidden(command=BROKEN), "WP205")


def test_the_users_kernel_goes_and_the_servers_stays() -> None:
    first, second = hidden().kernelspecs.specs  # type: ignore[union-attr]  # it is there
    assert problems(hidden(), "WP205")[0].fix == f"rm -r {second.directory}"
    turned = (replace(first, shadowed_by=second.directory), replace(second, shadowed_by=""))
    assert "kernelspec remove -y python3" in problems(specs(specs=turned), "WP205")[0].fix


# WP206


@pytest.mark.parametrize(
    "name",
    [
        "Python 3",
        "Python 3.12",
        "PyTorch 2.1",
        "Spark 3.5",
        "TensorFlow 2.15 (py312)",
        "R 4.3",
        "",
        "numpy 1.9",
        "Python 2024",
        "3.9 things",
        "happy39",
    ],
)
def test_a_name_that_tells_no_wrong_version_is_no_lie(name: str) -> None:
    assert not problems(spec(display_name=name), "WP206")


@pytest.mark.parametrize("name", ["Python 3.9", "py39", "python3.9 (x)", "PyPy 3.10", "Python 310"])
def test_a_name_that_tells_another_version_is_a_lie(name: str) -> None:
    assert problems(spec(display_name=name), "WP206")


def test_a_kernel_that_does_not_start_is_not_said_to_lie() -> None:
    assert not problems(spec(display_name="Python 3.9", command=BROKEN), "WP206")
    unknown = reached(replace(OLD, version=""))
    assert not problems(spec(display_name="Python 3.8", command=unknown), "WP206")


def test_two_kernels_of_one_display_name_cannot_be_told_apart() -> None:
    assert problems(spec(display_name=OWN.display_name), "WP206")
    shadowed = spec(display_name=OWN.display_name, shadowed_by=OWN.directory)
    assert not problems(shadowed, "WP206")


def test_the_name_of_another_environment_is_a_lie_and_a_usual_word_is_none() -> None:
    first, second = spec(display_name="old", name="ada").kernelspecs.specs  # type: ignore[union-attr]
    third = replace(second, name="third", display_name="Third", command=reached(OLD))
    assert problems(specs(specs=(first, second, third)), "WP206")
    venv = replace(third, command=reached(replace(OLD, prefix="/home/ada/venv")))
    usual = replace(second, display_name="the venv")
    assert not problems(specs(specs=(first, usual, venv)), "WP206")


# WP207


def test_a_kernel_whose_name_is_not_known_is_not_compared() -> None:
    changed = REGISTRY["WP207"].example(GOOD).kernelspecs
    nameless = replace(changed, launch=replace(changed.launch, kernelspec=""))
    assert not problems(replace(GOOD, kernelspecs=nameless), "WP207")


@pytest.mark.parametrize(
    "changes",
    [
        {"module": "nb_conda_kernels.runner"},
        {"module": ""},
        {"listed": False},
        {"command": reached(OLD, certainty="likely")},
        {"command": BROKEN},
    ],
)
def test_a_spec_that_may_start_another_python_by_itself_is_not_compared(
    changes: dict[str, Any],
) -> None:
    other = replace(OWN, **({"command": reached(OLD)} | changes))
    assert not problems(specs(specs=(other,)), "WP207")


# WP208


@pytest.mark.parametrize(
    "changes",
    [
        {"kernelspec": ""},
        {"kernelspec": "PYTHON3"},
        {"kernelspec": "python312jvsc74a57bd0123"},
        {"kernelspec": "ir", "language": "r", "version": "4.3"},
        {"version": "3.12.9"},
        {"version": ""},
        {"kernelspec": "", "language": "", "version": "", "unread": "it is no JSON"},
    ],
)
def test_a_notebook_that_asks_for_what_is_there_is_fine(changes: dict[str, str]) -> None:
    assert not problems(notebook(**changes), "WP208")


def test_a_name_that_the_server_made_up_is_known_to_it() -> None:
    facts = launch(kernelspec="conda-env-x-py")
    wanted = replace(HEALTHY_NOTEBOOK, kernelspec="conda-env-x-py")
    assert not problems(replace(facts, notebook=wanted), "WP208")


def test_without_the_servers_list_no_name_is_missed() -> None:
    wanted = replace(HEALTHY_NOTEBOOK, kernelspec="thesis")
    assert not problems(replace(specs(of_server=False), notebook=wanted), "WP208")


def test_outputs_of_another_python_are_good_to_know() -> None:
    (found,) = problems(notebook(version="3.9.18"), "WP208")
    assert "3.9.18" in found.message
    assert found.severity is INFO


# WP209


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"PATH": "/opt/tool/bin:${PATH}"},
        {"PATH": "/opt/tool/bin:$PATH"},
        {"PATH": f"{HEALTHY_KERNELSPECS.prefix}/bin:/usr/bin"},
        {"PATH": f"{HEALTHY_KERNELSPECS.prefix}/bin/"},
        {"PYTHONPATH": "/home/ada/sources"},
        {"OMP_NUM_THREADS": "1"},
        {"PRICE": "$$5"},
    ],
)
def test_variables_that_add_or_activate_do_no_harm(env: dict[str, str]) -> None:
    assert not problems(spec(env=env), "WP209")


def test_a_kernel_of_another_language_may_have_its_own_path() -> None:
    r = replace(BROKEN, state="unknown")
    assert not problems(spec(env={"PATH": "/opt/R/bin"}, command=r), "WP209")


def test_a_variable_that_the_server_lacks_stays_as_it_stands() -> None:
    env = {"A": "${HOMEE}/x", "B": "$HOMEE_TOO"}
    found = problems(spec(env=env, unset=("HOMEE",)), "WP209")
    assert [problem.evidence.get("A") for problem in found] == ["${HOMEE}/x"]


def test_a_variable_of_another_environment_is_told() -> None:
    env = {"PYTHONPATH": "/home/ada/old/lib/python3.9/site-packages"}
    assert problems(spec(env=env, foreign={"PYTHONPATH": "/home/ada/old"}), "WP209")


def test_a_kernel_whose_environment_is_unknown_has_no_foreign_variables() -> None:
    env, foreign = {"CONDA_PREFIX": "/home/ada/old"}, {"CONDA_PREFIX": "/home/ada/old"}
    assert not problems(spec(env=env, foreign=foreign, command=None), "WP209")


# WP210


def test_a_server_in_the_same_environment_is_fine() -> None:
    assert not problems(server(environment=HEALTHY.kernel.environment), "WP210")


def test_a_server_that_was_not_found_is_not_judged() -> None:
    assert not problems(replace(GOOD, server=Server(1)), "WP210")


def test_a_program_that_shows_no_notebooks_needs_no_extensions() -> None:
    assert not problems(server(versions={"jupyter_client": "8.6.3"}), "WP210")


@pytest.mark.parametrize("application", ["", "pytest", "papermill", "jupyter-execute", "server"])
def test_who_starts_kernels_and_is_no_server_needs_no_extensions(application: str) -> None:
    assert not problems(server(application=application), "WP210")
    unfit = {"jupyterlab": "4.2.5", "jupyterlab_widgets": "1.1.11"}
    assert not problems(server(application=application, versions=unfit), "WP210")


@pytest.mark.parametrize(
    "application",
    [
        *("jupyter-lab", "jupyterlab", "jupyter-notebook", "notebook", "jupyter_server", "voila"),
        *("jupyter-labhub", "jupyterhub-singleuser", "jupyterhub.singleuser"),
    ],
)
def test_a_server_is_known_by_what_it_runs(application: str) -> None:
    assert problems(server(application=application), "WP210")


def test_one_server_for_kernels_that_draw_nothing_is_a_good_way_to_work() -> None:
    assert not problems(server(kernel_versions={"ipykernel": "6.29.5"}), "WP210")
    fitting = {"ipykernel": "6.29.5", "ipywidgets": "8.1.5"}
    assert not problems(server(kernel_versions=fitting), "WP210")


def test_two_that_draw_notebooks_and_fit_are_an_information() -> None:
    assert [each.severity for each in problems(server(), "WP210")] == [INFO]


@pytest.mark.parametrize(
    ("widgets", "half", "told"),
    [("7.8.5", "jupyterlab_widgets", "3.0.13"), ("8.1.5", "jupyterlab_widgets", "1.1.11")],
)
def test_widgets_whose_halves_do_not_fit_are_a_warning(widgets: str, half: str, told: str) -> None:
    versions = {"jupyterlab": "4.2.5", half: told}
    found = problems(server(versions=versions, kernel_versions={"ipywidgets": widgets}), "WP210")
    assert [each.severity for each in found] == [WARNING]
    assert "-m pip install 'jupyterlab_widgets==" in found[0].fix


def test_widgets_without_their_other_half_are_a_warning() -> None:
    found = problems(server(versions={"notebook": "6.5.7"}), "WP210")
    assert [each.severity for each in found] == [WARNING]
    assert "widgetsnbextension==4" in found[0].fix


@pytest.mark.parametrize(
    ("versions", "widgets"),
    [
        ({"jupyterlab": "4.2.5", "jupyterlab_widgets": ""}, "8.1.5"),
        ({"jupyterlab": "4.2.5"}, ""),
        ({"jupyterlab": "4.2.5"}, "9.0.0"),
        ({"notebook": "6.5.7", "widgetsnbextension": "3.6.6"}, "7.7.2"),
    ],
)
def test_widgets_of_unknown_or_fitting_versions_are_no_warning(
    versions: dict[str, str], widgets: str
) -> None:
    facts = server(versions=versions, kernel_versions={"ipywidgets": widgets})
    assert not problems(facts, "WP210")


# WP211

SITE = HEALTHY.kernel.environment.site[0]
STRANGE = "/home/ada/.local/lib/x"


def test_parts_of_the_own_environment_and_its_base_are_fine() -> None:
    environment = replace(HEALTHY.kernel.environment, site=(SITE, "/usr/lib/python3/dist-packages"))
    part = Part("ipykernel", SITE, environment.site)
    kernel = replace(HEALTHY.kernel, environment=environment)
    assert not problems(replace(launch(parts=(part,)), kernel=kernel), "WP211")


def test_a_source_tree_that_is_installed_as_editable_is_fine() -> None:
    part = Part("ipykernel", "/home/ada/src/ipykernel", (SITE,))
    assert not problems(launch(parts=(part,)), "WP211")


def test_the_users_own_directory_is_the_usual_place_of_a_base_python() -> None:
    part = Part("ipykernel", STRANGE, (STRANGE,))
    kernel = replace(HEALTHY.kernel, prefix="/usr", environment=BASE)
    assert not problems(replace(launch(parts=(part,)), kernel=kernel), "WP211")
    conda = replace(kernel, environment=replace(BASE, kind="conda"))
    found = problems(replace(launch(parts=(part,)), kernel=conda), "WP211")
    assert "pip uninstall -y ipykernel" in found[0].fix


def test_the_packages_below_a_passing_environment_of_uv_are_its_own() -> None:
    facts = launch(parts=(Part("ipykernel", STRANGE, (STRANGE, SITE)),))
    below = PathEntry(STRANGE, role="site")
    assert problems(facts, "WP211")
    assert not problems(replace(facts, imports=Imports(entries=(below,))), "WP211")
    beside = replace(below, role="pythonpath")
    assert problems(replace(facts, imports=Imports(entries=(beside,))), "WP211")


def test_a_second_copy_that_is_not_loaded_is_told_too() -> None:
    assert problems(launch(parts=(Part("ipykernel", SITE, (SITE, STRANGE)),)), "WP211")


# WP212

SCRIPTS = ("/c/etc/conda/activate.d/gdal.sh",)
PREFIX = HEALTHY.kernel.prefix


@pytest.mark.parametrize(
    "activation",
    [
        None,
        Activation(),
        Activation(on_path=False),
        Activation(PREFIX, active=True, scripts=SCRIPTS),
    ],
)
def test_an_environment_that_is_active_or_needs_no_activation_is_fine(
    activation: Activation | None,
) -> None:
    assert not problems(launch(activation=activation), "WP212")


def test_an_active_environment_behind_a_link_is_fine() -> None:
    linked = Activation("/link", active=True, scripts=SCRIPTS)
    assert not problems(launch(activation=linked), "WP212")


@pytest.mark.parametrize("variable", ["", "/opt/conda"])
def test_another_environment_that_is_active_does_not_count(variable: str) -> None:
    assert problems(launch(activation=Activation(variable, scripts=SCRIPTS)), "WP212")


def test_on_windows_libraries_are_found_by_path_alone() -> None:
    facts = launch(activation=Activation(PREFIX, active=True, on_path=False))
    windows = replace(facts, kernel=replace(facts.kernel, system="Windows"))
    assert not problems(facts, "WP212")
    assert problems(windows, "WP212")


# What they say


def test_a_kernel_is_registered_again_where_it_was() -> None:
    fix = problems(spec(display_name="Python 3.9"), "WP206")[0].fix
    assert "--prefix /home/ada/.local --name ada" in fix
    elsewhere = problems(spec(display_name="Python 3.9", directory="/data/kernels/ada"), "WP206")
    assert "--user --name ada" in elsewhere[0].fix


def test_paths_of_windows_are_read_as_such_anywhere() -> None:
    directory = "C:\\Users\\Ada\\venv\\share\\jupyter\\kernels\\ada"
    found = problems(spec(display_name="Python 3.9", directory=directory), "WP206")
    assert "--prefix 'C:\\Users\\Ada\\venv'" in found[0].fix
    assert found[0].evidence["kernelspec"].endswith("kernels\\ada\\kernel.json")


def test_a_name_leads_to_the_kernel_that_is_offered() -> None:
    kernelspecs = hidden().kernelspecs
    assert isinstance(kernelspecs, Kernelspecs)
    assert kernelspecs.named("Python3") == kernelspecs.specs[0]
    assert kernelspecs.named("none") is None


def test_both_files_are_one_family() -> None:
    assert {kernels.__name__, running.__name__} == {
        check.judge.__module__ for check in REGISTRY.select(["kernels"])
    }
