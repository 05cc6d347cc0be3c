from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import ipymod.checks.imports
from ipymod.checks.base import REGISTRY
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.imports import HEALTHY_IMPORTS, Imports, PathEntry, PthLine, Twin

if TYPE_CHECKING:
    from ipymod.registry import Problem

FAMILY = [check.code for check in REGISTRY.select(["imports"])]
PREFIX = "/home/ada/project/.venv"
SITE = f"{PREFIX}/lib/python3.12/site-packages"
USER = PathEntry("/home/ada/.local/lib/python3.12/site-packages", role="user")
NUMPY = {"numpy": "1.26.0"}
LATER = "/usr/lib/python3.12/site-packages"
TARGETED = Twin(
    "numpy",
    "/srv/lib/numpy",
    0,
    of="installed",
    first=True,
    distribution="numpy 2",
    hides="numpy 2",
)


def judged(imports: Imports, **of_kernel: Any) -> list[Problem]:
    kernel = replace(HEALTHY.kernel, **of_kernel)
    facts = replace(HEALTHY, imports=imports, kernel=kernel)
    return list(REGISTRY.judge(facts, ["imports"]).problems)


def told(imports: Imports, **of_kernel: Any) -> list[tuple[str, str]]:
    return [(each.code, each.severity.value) for each in judged(imports, **of_kernel)]


def with_entry(entry: PathEntry, position: int = 0) -> Imports:
    entries = HEALTHY_IMPORTS.entries
    return replace(HEALTHY_IMPORTS, entries=(*entries[:position], entry, *entries[position:]))


def added(entry: str = "/srv/lib", **told: Any) -> PathEntry:
    return PathEntry(entry, **{"role": "pythonpath", "origin": "PYTHONPATH", **told})


def with_twin(name: str = "random", position: int = 3, **told: Any) -> Imports:
    twin = Twin(name, f"/home/ada/project/{name}.py", position, **told)
    return replace(HEALTHY_IMPORTS, twins=(twin,))


def installed_twin(name: str = "numpy", **told: Any) -> Imports:
    return with_twin(
        name, **{"of": "installed", "first": True, "hides": "numpy 2.1.0", "other": SITE, **told}
    )


def test_the_whole_family_is_there() -> None:
    assert ipymod.checks.imports.PARTS
    assert [f"WP3{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12)] == FAMILY


@pytest.mark.parametrize("code", FAMILY)
def test_an_example_trips_its_own_check_alone(code: str) -> None:
    assert {each.code for each in REGISTRY.judge(REGISTRY[code].example(HEALTHY)).problems} == {
        code
    }


def test_a_healthy_path_is_silent() -> None:
    assert told(HEALTHY_IMPORTS) == []


# -- WP301


def test_the_same_version_in_the_user_site_is_only_good_to_know() -> None:
    assert told(with_entry(replace(USER, distributions={"numpy": "2.1.0"}), 4)) == [
        ("WP301", "info")
    ]


def test_user_packages_after_the_environment_hide_nothing() -> None:
    assert told(with_entry(replace(USER, distributions=NUMPY), 5)) == []


def test_user_packages_that_the_environment_does_not_have_hide_nothing() -> None:
    assert told(with_entry(replace(USER, distributions={"polars": "1.0"}), 4)) == []


def test_on_debian_the_users_packages_are_meant_to_come_first() -> None:
    debian = PathEntry("/usr/lib/python3/dist-packages", role="site", distributions=NUMPY)
    user = replace(USER, distributions={"numpy": "2.0"})
    entries = (*HEALTHY_IMPORTS.entries[:3], user, debian)
    assert told(replace(HEALTHY_IMPORTS, entries=entries)) == []


def test_many_hidden_packages_are_one_problem() -> None:
    many = {f"dist{number}": "1" for number in range(9)}
    site = PathEntry(LATER, role="site", distributions=dict.fromkeys(many, "2"))
    entries = (replace(USER, distributions=many), site)
    problems = judged(replace(HEALTHY_IMPORTS, entries=entries))
    assert len(problems) == 1
    assert "dist0 (1 before 2), dist1 (1 before 2), dist2 (1 before 2) and 6 more" in (
        problems[0].message
    )


# -- WP302 and WP304


def test_a_pythonpath_that_hides_another_version_is_reported() -> None:
    problems = judged(with_entry(added(distributions=NUMPY)))
    assert [each.code for each in problems] == ["WP302"]
    assert "numpy (1.26.0 before 2.1.0)" in problems[0].message
    assert "unset PYTHONPATH" in problems[0].fix


def test_a_pythonpath_to_a_source_tree_is_silent() -> None:
    assert told(with_entry(added())) == []


def test_a_pythonpath_with_the_same_versions_hides_nothing() -> None:
    assert told(with_entry(added(distributions={"numpy": "2.1.0"}))) == []


def test_a_pythonpath_with_packages_that_nobody_else_has_is_silent() -> None:
    assert told(with_entry(added(distributions={"polars": "1.0"}))) == []


def test_packages_appended_at_the_end_hide_nothing() -> None:
    assert told(with_entry(added(role="other", origin="", distributions=NUMPY), 5)) == []


def test_packages_for_this_very_version_are_not_of_another_python() -> None:
    assert told(with_entry(added(version="3.12"))) == []


def test_packages_of_another_python_that_are_not_there_are_only_a_dead_entry() -> None:
    assert told(with_entry(added(version="3.10", exists=False))) == [("WP303", "info")]


def test_another_python_is_said_once_even_where_it_hides_packages() -> None:
    entry = added(version="3.10", distributions=NUMPY, foreign=True)
    assert told(with_entry(entry)) == [("WP304", "error")]


def test_the_standard_library_in_an_archive_is_no_other_environment() -> None:
    entry = PathEntry("/usr/lib/python312.zip", role="stdlib", version="3.12")
    assert told(with_entry(entry)) == []


def test_an_entry_that_code_put_there_is_taken_away_by_code() -> None:
    entry = PathEntry("/b/lib/python3.12/site-packages", owner="/b", foreign=True)
    (problem,) = judged(with_entry(entry, 5))
    assert problem.fix == "import sys; sys.path.remove('/b/lib/python3.12/site-packages')"


def test_an_entry_that_a_pth_file_put_there_names_its_line() -> None:
    entry = PathEntry("/b", role="pth", origin="/site/x.pth:3", foreign=True, owner="/b")
    (problem,) = judged(with_entry(entry, 5))
    assert problem.fix == "take line 3 out of /site/x.pth"


# -- WP303


def test_the_archive_of_the_standard_library_hardly_ever_exists() -> None:
    assert not HEALTHY_IMPORTS.entries[0].exists
    assert told(HEALTHY_IMPORTS) == []


def test_the_entry_that_colab_gives_everybody_is_nobodys_mistake() -> None:
    entry = PathEntry("/env/python", exists=False, role="pythonpath", origin="PYTHONPATH")
    assert told(with_entry(entry)) == []
    assert told(with_entry(replace(entry, entry="/env/mine"))) == [("WP303", "info")]


def test_an_entry_that_nobody_named_may_lead_nowhere() -> None:
    assert told(with_entry(PathEntry("__editable__.x.finder", exists=False))) == []


def test_a_line_that_leads_nowhere_is_said_with_its_number() -> None:
    line = PthLine("/site/x.pth", 3, "/gone", exists=False, outside=True)
    (problem,) = judged(replace(HEALTHY_IMPORTS, pth=(line,)))
    assert problem.code == "WP303"
    assert "line 3 of /site/x.pth" in problem.message


def test_the_dead_line_of_an_editable_install_is_told_elsewhere() -> None:
    line = PthLine("/site/__editable__.x.pth", 1, "/gone", exists=False, owner="setuptools")
    assert told(replace(HEALTHY_IMPORTS, pth=(line,))) == []


# -- WP305


def test_a_pythonhome_that_all_pythons_share_is_silent() -> None:
    assert told(replace(HEALTHY_IMPORTS, pythonhome="/usr")) == []


# -- WP306


def test_code_that_no_package_owns_is_good_to_know() -> None:
    line = PthLine("/site/x.pth", 1, "import spy", "import")
    assert told(replace(HEALTHY_IMPORTS, pth=(line,))) == [("WP306", "info")]


@pytest.mark.parametrize(
    "line",
    [
        PthLine("/site/_virtualenv.pth", 1, "import _virtualenv", "import", owner="virtualenv"),
        PthLine("/site/_x.pth", 1, "/home/ada/x/src", outside=True, owner="x 1.0"),
        PthLine("/site/mine.pth", 1, "/usr/lib/more"),
    ],
    ids=["a tool's code", "a package's path", "a path within"],
)
def test_what_is_expected_in_a_pth_file_is_silent(line: PthLine) -> None:
    assert told(replace(HEALTHY_IMPORTS, pth=(line,))) == []


def test_a_customize_file_is_good_to_know() -> None:
    assert told(replace(HEALTHY_IMPORTS, customize=("/srv/sitecustomize.py",))) == [
        ("WP306", "info")
    ]


# -- WP307


def test_where_the_kernel_looks_into_the_user_site_pip_may_install_there() -> None:
    assert told(replace(with_entry(USER, 4), writable=False)) == []


def test_a_user_site_that_does_not_exist_yet_is_looked_into_from_the_next_start() -> None:
    environment = replace(HEALTHY.kernel.environment, user_site=USER.entry)
    assert told(replace(HEALTHY_IMPORTS, writable=False), environment=environment) == []


def test_what_only_trying_would_tell_is_no_fault() -> None:
    assert told(replace(HEALTHY_IMPORTS, writable=None)) == []


def test_packages_of_another_user_among_ours_are_reported() -> None:
    problems = judged(replace(HEALTHY_IMPORTS, locked=("numpy",)))
    assert [each.code for each in problems] == ["WP307"]
    assert "numpy" in problems[0].message


# -- WP308


def test_the_inside_of_a_package_after_the_library_is_a_warning() -> None:
    entry = PathEntry("", role="cwd", inside="mine")
    entries = (*HEALTHY_IMPORTS.entries[:3], entry, HEALTHY_IMPORTS.entries[4])
    assert told(replace(HEALTHY_IMPORTS, entries=entries)) == [("WP308", "warning")]


def test_what_the_inside_of_a_package_shadows_is_said_once() -> None:
    imports = with_entry(added(inside="numpy", version="3.10", distributions=NUMPY))
    twin = Twin("random", "/srv/lib/random", 0, first=True)
    assert told(replace(imports, twins=(twin,))) == [("WP308", "error")]


# -- WP310


def test_a_file_beside_the_notebook_breaks_only_scripts_there() -> None:
    (problem,) = judged(with_twin("random"))
    assert (problem.code, problem.severity.value) == ("WP310", "warning")
    assert problem.fix == "mv /home/ada/project/random.py /home/ada/project/my_random.py"


@pytest.mark.parametrize("name", ["re", "enum", "types", "pathlib", "warnings"])
def test_a_file_that_kernels_import_while_they_start_is_an_error(name: str) -> None:
    assert told(with_twin(name)) == [("WP310", "error")]


@pytest.mark.parametrize("flag", ["-P", "-I"])
def test_a_kernel_that_never_has_its_folder_first_starts_beside_any_file(flag: str) -> None:
    assert told(with_twin("re"), flags=(flag,)) == [("WP310", "warning")]


@pytest.mark.parametrize(
    ("name", "version", "severity"),
    [
        ("glob", "3.12.1", "warning"),
        ("glob", "3.13.0", "error"),
        ("urllib", "3.12.1", "error"),
        ("urllib", "3.13.0", "warning"),
        ("contextlib", "3.12.1", "warning"),
        ("contextlib", "3.14.0", "error"),
        ("contextlib", "3.9.1", "error"),
    ],
)
def test_what_is_imported_early_depends_on_the_version(
    name: str, version: str, severity: str
) -> None:
    assert told(with_twin(name), version=version) == [("WP310", severity)]


def test_before_the_standard_library_any_name_is_an_error() -> None:
    imports = with_entry(added())
    twin = Twin("random", "/srv/lib/random.py", 0, first=True)
    assert told(replace(imports, twins=(twin,))) == [("WP310", "error")]


def test_what_is_loaded_already_breaks_from_the_next_start_on() -> None:
    assert told(with_twin("random", first=True, loaded="other")) == [("WP310", "warning")]
    assert told(with_twin("random", first=True, loaded="this")) == [("WP310", "error")]


def test_after_the_standard_library_a_folder_of_the_path_hides_nothing() -> None:
    imports = with_entry(added(), 4)
    assert told(replace(imports, twins=(Twin("random", "/srv/lib/random.py", 4),))) == []


@pytest.mark.parametrize("name", ["os", "io", "codecs"])
def test_what_every_python_has_loaded_before_it_looks_is_hidden_by_no_file_here(name: str) -> None:
    assert told(with_twin(name)) == []


def test_on_windows_a_file_is_renamed_by_ren() -> None:
    twin = Twin("random", r"C:\work\random.py", 3)
    (problem,) = judged(replace(HEALTHY_IMPORTS, twins=(twin,)), system="Windows")
    assert problem.fix == r'ren "C:\work\random.py" "my_random.py"'


# -- WP311


def test_a_file_that_hides_a_loaded_package_does_so_from_the_next_start_on() -> None:
    assert told(installed_twin(loaded="other")) == [("WP311", "warning")]


@pytest.mark.parametrize(
    "imports",
    [
        installed_twin(project=True),
        installed_twin(first=False),
        installed_twin("tests"),
        replace(with_entry(added()), twins=(TARGETED,)),
    ],
    ids=["the project itself", "the package comes first", "everybody has tests", "a target folder"],
)
def test_a_name_that_is_shared_on_purpose_is_silent(imports: Imports) -> None:
    assert told(imports) == []


def test_a_file_that_hides_what_nobody_installed_is_a_warning() -> None:
    assert told(installed_twin(hides="")) == [("WP311", "warning")]


# -- WP312


def test_a_backport_before_the_standard_library_is_a_warning() -> None:
    imports = with_twin("enum", 4, distribution="enum34 1.1.10", first=True)
    assert told(imports) == [("WP312", "warning")]


def test_a_backport_behind_the_standard_library_says_that_it_does_nothing() -> None:
    (problem,) = judged(with_twin("enum", 4, distribution="enum34 1.1.10"))
    assert (problem.code, problem.severity.value) == ("WP312", "info")
    assert "does nothing" in problem.message
    assert problem.fix == f"{PREFIX}/bin/python -m pip uninstall enum34"


def test_a_stray_file_among_the_packages_that_hides_nothing_is_silent() -> None:
    assert told(with_twin("enum", 4)) == []
