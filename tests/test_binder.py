"""`ipymod binder`: each check trips where it should, and stays silent right beside."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod.binder import conda
from ipymod.binder.checks import HEALTHY, REGISTRY
from ipymod.binder.checks.base import at_root, changed, importing
from ipymod.binder.facts import File, Imported, Lesson, Place, Repository
from ipymod.binder.show import Page, story
from ipymod.registry import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.registry import Check

CHECKS = list(REGISTRY)
every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
ONE = (Place("lesson1.ipynb", 1, 1),)
CONDA = "dependencies:\n- python=3.12\n- numpy=2\n- pandas=2\n- scikit-learn=1\n"


def codes(repository: Repository) -> set[str]:
    return {problem.code for problem in REGISTRY.judge(repository).problems}


def of(texts: dict[str, str], *without: str) -> set[str]:
    """The codes for the healthy repository with other files."""
    return codes(changed(texts, *without)(HEALTHY))


def rooted(texts: dict[str, str]) -> set[str]:
    """The codes for a repository that has these files, no folder, and imports nothing."""
    return codes(replace(at_root(texts)(HEALTHY), imported=()))


def importer(module: str, *distributions: str, **more: object) -> set[str]:
    each = replace(Imported(module, ONE, distributions=distributions), **more)  # type: ignore[arg-type]  # by name
    return codes(importing(each)(HEALTHY))


# What holds for every check.


def test_the_codes_are_those_of_the_catalogue() -> None:
    numbers = [*range(601, 608), *range(611, 618), *range(621, 625), *range(631, 636)]
    numbers += [641, 642, *range(651, 657), 661]
    assert [check.code for check in CHECKS] == [f"NB{number}" for number in sorted(numbers)]


def test_a_healthy_repository_has_no_problem() -> None:
    verdict = REGISTRY.judge(HEALTHY)
    assert (verdict.problems, verdict.skipped) == ((), ())


@every_check
def test_an_example_trips_its_own_check_alone(check: Check) -> None:
    assert codes(check.example(HEALTHY)) == {check.code}


@every_check
def test_an_explanation_is_one_sentence_and_a_reason(check: Check) -> None:
    assert re.fullmatch(r"[A-Z`r].*[^.]\.", check.summary)
    assert "\n" not in check.summary
    assert ". " not in check.summary
    assert len(check.explanation.split()) > 10
    assert check.explanation.endswith(".")


@every_check
def test_a_finding_says_where_and_both_sides(check: Check) -> None:
    for problem in REGISTRY.judge(check.example(HEALTHY)).problems:
        assert problem.at
        assert problem.evidence["path"]
        assert problem.evidence["line"] == str(problem.at.line)
        assert len(problem.message.split()) > 4
        assert not problem.message.endswith(".")


def test_what_judges_touches_nothing() -> None:
    for path in (REPOSITORY / "src" / "ipymod" / "binder").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        if (ast.get_docstring(tree) or "").startswith("JUDGE"):
            found = {
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.Import)
                for alias in node.names
            }
            assert found & {"os", "sys", "subprocess", "pathlib", "time"} == set(), path


# Files.


def test_a_file_of_the_root_that_the_folder_decides_on_is_no_matter() -> None:
    assert of({"requirements.txt": "pytest\n", "environment.yml": CONDA, "start": "x\n"}) == set()


def test_requirements_of_the_root_are_hidden_by_a_folder_that_installs_nothing() -> None:
    assert "NB602" in of({"requirements.txt": "numpy==2\n"}, "binder/requirements.txt")


def test_a_file_of_the_root_that_the_folder_includes_is_read() -> None:
    texts = {
        "requirements.txt": "numpy==2\npandas\nscikit-learn\n",
        "binder/requirements.txt": "-r ../requirements.txt\n",
    }
    assert of(texts) == set()


def test_requirements_that_conda_installs_as_well_are_no_matter() -> None:
    assert of({"binder/environment.yml": CONDA}) == set()  # its runtime.txt says 3.12, too
    assert of({"binder/environment.yml": CONDA, "binder/runtime.txt": "python-3.11"}) == {"NB603"}


def test_requirements_that_conda_includes_are_read() -> None:
    text = f"{CONDA}- pip:\n  - -r requirements.txt\n"
    assert of({"binder/environment.yml": text, "binder/requirements.txt": "torch==2\n"}) == set()


@pytest.mark.parametrize(
    ("path", "is_told"),
    [
        ("binder/Requirements.txt", False),  # the right one is there, too
        ("binder/environment.YML", True),
        ("binder/apt-packages.txt", False),  # apt.txt is there, too
        ("binder/postbuild", False),
        ("binder/env.yml", True),
        ("binder/README.md", False),
        ("Environment.yml", False),  # in the root, which a folder hides
    ],
)
def test_a_misspelt_name_is_told_where_the_right_one_is_not(path: str, *, is_told: bool) -> None:
    assert codes(replace(HEALTHY, names=(path,))) == ({"NB604"} if is_told else set())


def test_what_means_another_thing_in_a_root_is_not_misnamed() -> None:
    repository: Repository = at_root({"requirements.txt": "numpy==2\n"})(HEALTHY)
    found = codes(replace(repository, names=("start.sh", "env.yml", "packages.txt", "Start")))
    assert "NB604" not in found


def test_a_project_that_is_built_is_not_passed_over() -> None:
    text = (
        '[project]\nname = "course"\ndependencies = ["torch>=2"]\n[build-system]\nrequires = []\n'
    )
    assert rooted({"pyproject.toml": text, "runtime.txt": "python-3.12"}) == set()


def test_a_project_of_which_all_is_declared_elsewhere_is_no_matter() -> None:
    text = '[tool.poetry.dependencies]\npython = "^3.12"\nnumpy = "^2"\n'
    files = {"pyproject.toml": text, "runtime.txt": "python-3.12"}
    assert rooted({**files, "requirements.txt": "numpy==2\n"}) == set()
    assert rooted(files) == {"NB606"}


def test_install_r_is_read_where_r_is_asked_for() -> None:
    assert of({"binder/install.R": "1\n", "binder/runtime.txt": "r-4.4-2026-01-31"}) == set()


def test_a_configuration_in_utf_16_is_told() -> None:
    repository: Repository = changed({"binder/postBuild": "#!/bin/sh\n"})(HEALTHY)
    files = [replace(file, is_utf8=not file.path.endswith("Build")) for file in repository.files]
    assert codes(replace(repository, files=tuple(files))) == {"NB605"}


def test_characters_that_yaml_does_not_take_are_told_as_such() -> None:
    pytest.importorskip("yaml")
    environment = conda.read(File("environment.yml", "a: \x00"))
    assert environment.fault == "it is no YAML: special characters are not allowed"


# Pythons.


@pytest.mark.parametrize("text", ["python-3.12", "python-3.12\r\n\r\n", "python-3.13-2026-01-31"])
def test_a_runtime_that_repo2docker_takes_is_no_matter(text: str) -> None:
    assert of({"binder/runtime.txt": text}) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3.12", "NB611"),
        ("python 3.12", "NB611"),
        ("python-3.12 # for the course", "NB611"),
        ("python-latest", "NB611"),
        ("python-3.12-2026-31-01", "NB611"),
        ("r-4.4", "NB612"),
        ("julia-1.10", "NB612"),
        ("\ufeffpython-3.12", "NB612"),
        ("python-3.12.1", "NB613"),
        ("python-3.15", "NB613"),
        ("python-4", "NB613"),
        ("python-3.7", "NB616"),
    ],
)
def test_a_runtime_that_it_does_not_take_is_told(text: str, code: str) -> None:
    assert of({"binder/runtime.txt": text}) == {code}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("3.11", "3.11"), ("python 3.12 # ours", "3.12"), ("python-latest", "3.13")],
)
def test_the_fix_of_a_runtime_has_the_version_that_was_meant(text: str, wanted: str) -> None:
    repository = changed({"binder/runtime.txt": text})(HEALTHY)
    [problem] = REGISTRY.judge(repository).problems
    assert problem.fix.endswith(f": python-{wanted}")


def test_a_python_has_fixes_until_the_end_of_its_last_month() -> None:
    assert codes(replace(HEALTHY, today="2028-10-31")) == set()
    assert codes(replace(HEALTHY, today="2028-11-01")) == {"NB616"}


@pytest.mark.parametrize("pin", ["python=3.12", "python ==3.12.*", "python=3.12.1=h1_0"])
def test_a_pin_that_repo2docker_finds_is_no_matter(pin: str) -> None:
    assert of({"binder/environment.yml": CONDA.replace("python=3.12", pin)}) == set()


@pytest.mark.parametrize("pin", ["python>=3.12", "conda-forge::python=3.12", "python 3.12"])
def test_a_pin_that_it_does_not_find_is_told(pin: str) -> None:
    texts = {"binder/environment.yml": CONDA.replace("python=3.12", pin)}
    assert of(texts, "binder/runtime.txt") == {"NB615"}


@pytest.mark.parametrize("pin", ["python>=3.9", "python >=3.10,<3.11.0a0", "python<4"])
def test_a_range_that_the_default_lies_in_is_a_note(pin: str) -> None:
    texts = {"binder/environment.yml": CONDA.replace("python=3.12", pin)}
    found = REGISTRY.judge(changed(texts, "binder/runtime.txt")(HEALTHY)).problems
    assert [(each.code, each.severity) for each in found] == [("NB615", Severity.INFO)]


def test_a_package_whose_name_begins_like_python_is_no_pin() -> None:
    text = f"{CONDA}- python-dateutil>=2\n- python_abi\n"
    assert of({"binder/environment.yml": text}) == set()


def test_a_python_that_the_project_chose_is_left_open_and_no_more() -> None:
    text = '[project]\nname = "course"\nrequires-python = ">=3.12"\n[build-system]\nrequires = []\n'
    assert rooted({"pyproject.toml": text}) == {"NB617"}
    assert rooted({"pyproject.toml": text, "runtime.txt": "python-3.13"}) == set()
    assert rooted({"pyproject.toml": text, "runtime.txt": "python-3.11"}) == {"NB614"}


# Requirements and apt.txt.


def test_a_path_that_is_there_is_no_matter() -> None:
    repository = changed({"binder/requirements.txt": "-e .\nnumpy==2\npandas\nscikit-learn\n"})
    assert codes(repository(HEALTHY)) == set()


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/numpy.whl",
        "course @ git+https://example.org/course",
        "pywin32==306; sys_platform == 'win32'",
        "-c limits.txt",
        "--extra-index-url https://example.org/simple",
        "torch @ https://example.org/torch.whl",
    ],
)
def test_a_requirement_that_linux_can_meet_is_no_matter(line: str) -> None:
    text = f"{line}\nnumpy==2\nscikit-learn\n"
    assert of({"binder/requirements.txt": text}) == set()


@pytest.mark.parametrize(
    "line", ["x @ file:///C:/b/x", "appnope==0.1", "/home/ada/x", "-e C:\\Users\\ada\\x"]
)
def test_a_requirement_of_another_machine_is_told(line: str) -> None:
    text = f"{line}\nnumpy==2\nscikit-learn\n"
    assert of({"binder/requirements.txt": text}) == {"NB622"}


def test_builds_that_linux_made_are_no_matter() -> None:
    text = CONDA.replace("numpy=2", "numpy=2.2.6=py312_0")
    assert of({"binder/environment.yml": f"{text}prefix: /home/ada/envs/course\n"}) == set()
    told = of({"binder/environment.yml": f"{text}prefix: /Users/ada/envs/course\n"})
    assert told == {"NB623"}


def test_one_version_is_enough_for_a_file_not_to_be_called_open() -> None:
    text = "numpy\npandas\nscikit-learn\nscipy==1.15\n"
    assert of({"binder/requirements.txt": text}) == set()


@pytest.mark.parametrize(
    "text", ["# drawing\n\ngraphviz # dot\n", "g++\r\n", "libfoo=1.2-3\n", "apt-utils\n", ""]
)
def test_what_apt_takes_is_no_matter(text: str) -> None:
    assert of({"binder/apt.txt": text}) == set()


@pytest.mark.parametrize("text", ["\ufeffgraphviz\n", "Graphviz\n", "*\n"])
def test_what_repo2docker_refuses_for_apt_is_told(text: str) -> None:
    assert of({"binder/apt.txt": text}) == {"NB641"}


# Scripts.


@pytest.mark.parametrize(
    "last",
    [
        'exec "$@"',
        "exec $@",
        'exec "${@}"  # go on',
        'true; exec tini -- "$@"',
        "exec nice $*",
    ],
)
def test_a_start_that_goes_on_is_no_matter(last: str) -> None:
    assert of({"binder/start": f"#!/usr/bin/env bash\nset -e\n{last}\n"}) == set()


def test_a_start_in_python_is_not_judged() -> None:
    assert of({"binder/start": "#!/usr/bin/env python3\nimport os\n"}) == set()


def test_a_start_that_keeps_its_child_only_surprises() -> None:
    repository: Repository = changed({"binder/start": '#!/bin/sh\n"$@"\n'})(HEALTHY)
    found = REGISTRY.judge(repository).problems
    assert [(each.code, each.severity) for each in found] == [("NB635", Severity.WARNING)]


def test_exec_in_a_comment_goes_nowhere() -> None:
    assert of({"binder/start": '#!/bin/bash\n# exec "$@"\ntrue\n'}) == {"NB635"}


def test_a_post_build_without_interpreter_is_a_note() -> None:
    repository: Repository = changed({"binder/postBuild": "pip list\n"})(HEALTHY)
    found = REGISTRY.judge(repository).problems
    assert [(each.code, each.severity) for each in found] == [("NB631", Severity.INFO)]


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("#!/bin/bash -l", False),
        ("#!/usr/bin/env -S bash -e", False),
        ("#! /bin/sh", False),
        ("#!/usr/bin/env python", False),
        ("#!/usr/bin/env Rscript", False),
        ("#!/usr/bin/python2.7", True),
        ("#!/bin/zsh", True),
        ("#!/Users/ada/miniconda3/bin/python", True),
    ],
)
def test_an_interpreter_of_the_image_is_no_matter(line: str, *, is_told: bool) -> None:
    told = of({"binder/postBuild": f"{line}\ntrue\n"})
    assert told == ({"NB634"} if is_told else set())


def test_an_interpreter_that_apt_installs_is_there() -> None:
    assert of({"binder/postBuild": "#!/bin/zsh\n", "binder/apt.txt": "zsh\n"}) == set()


def test_scripts_beside_a_dockerfile_never_run() -> None:
    texts = {"binder/Dockerfile": "FROM debian\n", "binder/start": "true\r\n"}
    assert of(texts) <= {"NB603"}


@pytest.mark.skipif(sys.platform == "win32", reason="there the system starts no scripts")
@pytest.mark.parametrize("first", ["", "\ufeff#!/bin/sh\n", "#!/bin/sh\r\n"])
def test_linux_does_not_start_what_we_say_it_does_not(tmp_path: Path, first: str) -> None:
    script = tmp_path / "start"
    script.write_text(f"{first}true\n", "utf-8", newline="")
    script.chmod(0o755)
    with pytest.raises(OSError, match=r"Exec format error|No such file"):
        subprocess.run([str(script)], check=True)
    assert of({"binder/start": f'{first}exec "$@"\n'}) & {"NB631", "NB632", "NB633"}


# Imports and kernels.


@pytest.mark.parametrize(
    ("module", "distributions"),
    [
        ("pandas.plotting", ("pandas",)),
        ("ipywidgets", ("ipywidgets",)),
        ("yaml", ("PyYAML",)),
    ],
)
def test_what_is_declared_or_in_the_image_is_no_fault(
    module: str, distributions: tuple[str, ...]
) -> None:
    assert importer(module, *distributions) == set()


def test_what_the_image_has_covers_no_other_name() -> None:
    assert importer("matplotlib.pyplot", "matplotlib") == {"NB651"}  # matplotlib-inline is there


def test_a_variant_of_a_distribution_covers_its_module() -> None:
    each = Imported("tensorflow", ONE, distributions=("tensorflow",))
    text = "numpy==2\npandas\nscikit-learn\ntensorflow-cpu\n"
    assert codes(importing(each, ("binder/requirements.txt", text))(HEALTHY)) == set()


def test_the_names_of_conda_cover_those_of_pypi() -> None:
    each = Imported("torch.nn", ONE, distributions=("torch",))
    text = f"{CONDA}- conda-forge::pytorch>=2\n"
    assert codes(importing(each, ("binder/environment.yml", text))(HEALTHY)) == set()


def test_what_post_build_installs_is_covered() -> None:
    each = Imported("cv2", ONE, distributions=("opencv-python",))
    text = "#!/bin/bash\npython -m pip install -q 'opencv-python>=4' && true\n"
    assert codes(importing(each, ("binder/postBuild", text))(HEALTHY)) == set()


def test_nothing_is_said_of_imports_where_somebody_else_makes_the_image() -> None:
    each = Imported("cv2", ONE, distributions=("opencv-python",))
    file = ("binder/Dockerfile", "FROM debian\n")
    assert "NB651" not in codes(importing(each, file)(HEALTHY))


def test_where_not_all_is_known_that_is_installed_a_missing_name_is_no_fault() -> None:
    each = Imported("cv2", ONE, distributions=("opencv-python",))
    file = ("binder/requirements.txt", "git+https://example.org/course\nnumpy\nscikit-learn\n")
    assert codes(importing(each, file)(HEALTHY)) == set()


def test_what_a_cell_may_have_installed_is_not_told() -> None:
    assert importer("cv2", "opencv-python", perhaps=True) == set()


def test_a_part_of_a_namespace_is_not_told() -> None:
    assert importer("google", is_part=True) == set()


@pytest.mark.parametrize(
    ("python", "module", "is_told"),
    [("3.10", "tomllib", True), ("3.11", "tomllib", False), ("3.12", "imp", True)],
)
def test_the_standard_library_is_that_of_the_image(
    python: str, module: str, *, is_told: bool
) -> None:
    added, removed = ("3.11", ("", "")) if module == "tomllib" else ("", ("3.12", "importlib"))
    each = Imported(module, ONE, standard=added != "", added=added, removed=removed)
    told = codes(importing(each, ("binder/runtime.txt", f"python-{python}"))(HEALTHY))
    assert told == ({"NB655"} if is_told else set())


def test_a_backport_that_is_declared_is_as_good() -> None:
    each = Imported("distutils", ONE, distributions=("setuptools",), removed=("3.12", ""))
    file = ("binder/requirements.txt", "numpy==2\npandas\nscikit-learn\nsetuptools<82\n")
    assert codes(importing(each, file)(HEALTHY)) == set()


def test_a_module_of_the_repository_is_there_once_that_is_installed() -> None:
    each = Imported("course", ONE, homes=("src",))
    file = ("binder/requirements.txt", ".\nnumpy==2\npandas\nscikit-learn\n")
    assert codes(importing(each, file)(HEALTHY)) == set()
    assert codes(importing(each)(HEALTHY)) == {"NB656"}


@pytest.mark.parametrize(
    ("kernel", "language", "texts"),
    [
        ("", "python", {}),
        ("ir", "r", {"binder/runtime.txt": "r-4.4-2026-01-31"}),
        ("ir", "r", {"binder/environment.yml": f"{CONDA}- r-base=4.4\n"}),
        ("course", "python", {"binder/postBuild": "#!/bin/sh\nipykernel install --name course\n"}),
        ("bash", "bash", {"binder/environment.yml": f"{CONDA}- bash_kernel\n"}),
        ("julia-1.10", "julia", {"binder/Project.toml": "[deps]\n"}),
    ],
)
def test_a_kernel_that_is_declared_is_there(
    kernel: str, language: str, texts: dict[str, str]
) -> None:
    repository: Repository = changed(texts)(HEALTHY)
    lesson = Lesson("lesson1.ipynb", kernel, language)
    assert "NB661" not in codes(replace(repository, notebooks=(lesson,)))


# What is said.


def test_the_story_says_what_is_read_and_what_is_not() -> None:
    texts = {"binder/environment.yml": CONDA, "environment.yml": CONDA, "runtime.txt": "x"}
    repository = changed(texts, "binder/postBuild", "binder/start", "binder/apt.txt")(HEALTHY)
    beside = "binder/requirements.txt", "binder/runtime.txt"
    assert story(repository) == [
        "Python 3.12, from binder/environment.yml.",
        "conda installs binder/environment.yml.",
        "environment.yml and runtime.txt in the root are ignored: binder/ exists.",
        f"{' and '.join(beside)} are ignored: binder/environment.yml decides.",
    ]


def test_the_text_names_file_line_and_fix() -> None:
    repository = changed({"binder/apt.txt": "graphviz\nFFmpeg\n"})(HEALTHY)
    text = Page(repository, REGISTRY.judge(repository).problems).text()
    assert "binder/apt.txt:2: error: Binder stops at binder/apt.txt: 'FFmpeg'" in text
    assert "    try: ffmpeg" in text
    assert text.endswith("1 error; 1 notebook looked at")


def test_a_hostile_name_does_not_reach_the_terminal() -> None:
    lesson = Lesson("a\x1b[2Jb\n.ipynb", "ada\x1b[31m")
    repository = replace(HEALTHY, notebooks=(lesson,))
    text = Page(repository, REGISTRY.judge(repository).problems).text()
    assert "\x1b" not in text


def test_json_says_the_same() -> None:
    repository: Repository = changed({"binder/runtime.txt": "python-3.8"})(HEALTHY)
    told = json.loads(Page(repository, REGISTRY.judge(repository).problems).as_json())
    assert told["python"] == {"version": "3.8", "path": "binder/runtime.txt"}
    assert [problem["code"] for problem in told["problems"]] == ["NB616"]
    assert told["problems"][0]["path"] == "binder/runtime.txt"
