"""The checks of imports against what really happens: real kernels, real environments, real pip."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import ipymod.checks.imports  # noqa: F401  registers
from environments import REPOSITORY, create, environment, install, interpreter, pythons
from ipymod.checks.base import REGISTRY
from ipymod.checks.early import BEFORE_ANY, early_names
from ipymod.facts import Kernel, from_json
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.imports import Imports
from kernels import LiveKernel

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.registry import Problem

pytestmark = pytest.mark.slow

VERSIONS = list(pythons())
OLD_AND_NEW = sorted({VERSIONS[0], VERSIONS[-1]})
GENERATIONS = ["colab", "ipython8", "ipython9"]
NOT_FOR_OTHERS = ("PYTHON", "PIP_USER", "VIRTUAL_ENV")
# Our sources come last, where they hide nothing.
GATHER = f"""
import json as _json, os as _os, sys as _sys
_sys.path.append({str(REPOSITORY / "src")!r})
from ipymod.facts import to_json as _to_json
from ipymod.launchers import Surroundings as _Surroundings
from ipymod.survey import this_kernel as _this_kernel
from ipymod.survey.imports import gather_imports as _gather
def _facts(between=lambda: None):
    here = _Surroundings.now()
    kernel = _this_kernel(here)
    between()
    return {{"imports": _to_json(_gather(kernel, here)), "kernel": _to_json(kernel)}}
"""


def judged(facts: Any) -> list[Problem]:
    told = replace(
        HEALTHY,
        imports=from_json(Imports, facts["imports"]),
        kernel=from_json(Kernel, facts["kernel"]),
    )
    return list(REGISTRY.judge(told, ["imports"]).problems)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


class Desk:
    """A Python, a folder to work in, and what stands in its environment variables."""

    def __init__(self, python: str, folder: Path) -> None:
        self.python = python
        self.folder = folder
        self.cwd = folder / "work"
        self.cwd.mkdir(parents=True)
        basic = {k: text for k, text in os.environ.items() if not k.startswith(NOT_FOR_OTHERS)}
        self.env = {**basic, "HOME": str(folder / "home")}

    def run(self, *words: str, check: bool = True) -> str:
        return subprocess.run(
            [self.python, *words],
            cwd=self.cwd,
            env=self.env,
            check=check,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ).stdout

    def problems(self, before: str = "", between: str = "None") -> list[Problem]:
        """What is wrong, in a process that has run some code of its own.

        Code that the machine itself lets its Pythons run at each start is not ours to judge.
        """
        asked = f"{GATHER}\n{before}\nprint('FACTS', _json.dumps(_facts(lambda: {between})))"
        found = judged(json.loads(self.run("-c", asked).partition("FACTS ")[2]))
        return [p for p in found if p.code != "WP306" or str(self.folder) in str(p.evidence)]

    def value(self, code: str) -> str:
        return self.run("-c", code).strip()

    def pip(self, *words: str) -> None:
        self.run("-m", "pip", "--disable-pip-version-check", "-q", *words)

    def site(self) -> str:
        return self.value("import sysconfig; print(sysconfig.get_path('purelib'))")

    def python_version(self) -> str:
        return self.value("import sys; print('%d.%d' % sys.version_info[:2])")

    def wheel(self, name: str, version: str, *files: str) -> str:
        """A wheel with some files, each of which says where it is from."""
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        content = dict.fromkeys(files or (f"{name}/__init__.py",), f"VERSION = {version!r}\n")
        content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        content[f"{info}/WHEEL"] = (
            "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        content[f"{info}/RECORD"] = "".join(f"{each},,\n" for each in [*content, f"{info}/RECORD"])
        with zipfile.ZipFile(path, "w") as archive:
            for each, text in content.items():
                archive.writestr(each, text)
        return str(path)


@pytest.fixture(params=OLD_AND_NEW)
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """A Python as it is installed, with a home of its own."""
    return Desk(pythons()[request.param], tmp_path)


@pytest.fixture
def venv(base: Desk) -> Desk:
    """An environment of it with pip."""
    create(base.python, base.folder / "venv")
    base.python = interpreter(base.folder / "venv")
    return base


# -- healthy controls


def test_a_plain_environment_and_its_base_are_silent(base: Desk) -> None:
    assert base.problems() == []
    base.run("-m", "venv", str(base.folder / "venv"))
    base.python = interpreter(base.folder / "venv")
    assert base.problems() == []


def test_an_environment_with_the_base_packages_is_silent(base: Desk) -> None:
    base.run("-m", "venv", "--system-site-packages", str(base.folder / "venv"))
    base.python = interpreter(base.folder / "venv")
    assert base.problems() == []


def test_an_environment_by_uv_or_virtualenv_is_silent(venv: Desk) -> None:
    site = venv.site()
    if not os.path.exists(os.path.join(site, "_virtualenv.pth")):  # not every version writes it
        with open(os.path.join(site, "_virtualenv.pth"), "w") as file:
            file.write("import _virtualenv\n")
        with open(os.path.join(site, "_virtualenv.py"), "w") as file:
            file.write("")
    assert venv.problems() == []


def test_setuptools_and_coverage_bring_pth_files_that_are_expected(venv: Desk) -> None:
    venv.pip("install", "setuptools", "coverage")
    assert any(name.endswith(".pth") for name in os.listdir(venv.site()))
    assert venv.problems() == []


@pytest.mark.parametrize("backend", ["setuptools", "hatchling"])
def test_an_editable_project_whose_sources_are_on_the_path_is_silent(
    venv: Desk, backend: str
) -> None:
    build = "setuptools.build_meta" if backend == "setuptools" else "hatchling.build"
    package = venv.cwd / "src" / "mine" / "__init__.py"
    package.parent.mkdir(parents=True)
    package.touch()
    (venv.cwd / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["{backend}"]\nbuild-backend = "{build}"\n'
        '[project]\nname = "mine"\nversion = "1.0"\n'
    )
    install(venv.python, "-e", str(venv.cwd))
    assert venv.value("import mine; print(mine.__file__)") == str(package)
    assert venv.problems() == []
    venv.cwd = venv.cwd / "src"  # the notebook lies beside the package
    assert venv.problems() == []


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_kernel_in_an_empty_folder_is_silent(generation: str, tmp_path: Path) -> None:
    with LiveKernel(environment(generation), cwd=tmp_path) as kernel:
        kernel.run(GATHER)
        assert judged(kernel.value("_facts()")) == []


# -- made real


def test_301_a_package_of_the_user_hides_that_of_the_base(base: Desk) -> None:
    base.pip("install", "--user", "--ignore-installed", "--no-deps", base.wheel("pip", "1.0"))
    assert base.value("import pip; print(pip.VERSION)") == "1.0"
    (problem,) = base.problems()
    assert problem.code == "WP301"
    assert "pip (1.0 before " in problem.message
    base.env["PYTHONNOUSERSITE"] = "1"  # what the explanation advises
    assert base.problems() == []


def test_302_a_target_folder_on_pythonpath_hides_the_environments_version(venv: Desk) -> None:
    venv.pip("install", venv.wheel("tiny", "2.0"))
    target = str(venv.folder / "target")
    venv.pip("install", "--target", target, venv.wheel("tiny", "1.0"))
    venv.env["PYTHONPATH"] = target
    assert venv.value("import tiny; print(tiny.VERSION)") == "1.0"
    assert codes(venv.problems()) == ["WP302"]
    del venv.env["PYTHONPATH"]
    venv.pip("install", venv.wheel("tiny", "1.0"))
    venv.env["PYTHONPATH"] = target
    assert venv.problems() == []


def test_302_packages_of_another_environment_on_the_path(venv: Desk) -> None:
    other = venv.folder / "other"
    venv.run("-m", "venv", "--without-pip", str(other))
    packages = str(other / "lib" / f"python{venv.python_version()}" / "site-packages")
    assert codes(venv.problems(f"_sys.path.append({packages!r})")) == ["WP302"]


def test_304_a_folder_that_was_filled_by_another_python(venv: Desk) -> None:
    another = next(v for v in VERSIONS if v != venv.python_version())
    target = str(venv.folder / "target")
    words = ["-m", "pip", "install", "-q", "--target", target, "--only-binary", ":all:"]
    subprocess.run([pythons()[another], *words, "markupsafe"], check=True)
    venv.env["PYTHONPATH"] = target
    assert "ModuleNotFoundError" in venv.run("-c", "import markupsafe._speedups", check=False)
    (problem,) = venv.problems()
    assert (problem.code, problem.severity.value) == ("WP304", "error")
    assert f"for Python {another}" in problem.message


def test_303_pythonpath_leads_nowhere(venv: Desk) -> None:
    venv.env["PYTHONPATH"] = "/nowhere/at/all"
    assert codes(venv.problems()) == ["WP303"]
    venv.env["PYTHONPATH"] = str(venv.folder)
    assert venv.problems() == []


def test_305_pythonhome_stops_every_python_that_is_started(venv: Desk) -> None:
    before = "_os.environ['PYTHONHOME'] = '/nowhere'"
    (problem,) = venv.problems(before)
    assert problem.code == "WP305"
    venv.env["PYTHONHOME"] = "/nowhere"
    assert "encodings" in venv.run("-c", "", check=False)


def test_305_a_pythonhome_that_is_right_is_silent(base: Desk) -> None:
    home = base.value("import sys; print(sys.base_prefix)")
    base.env["PYTHONHOME"] = home
    base.env["PATH"] = f"{home}/bin:/nothing"
    assert base.problems() == []


def test_306_lines_and_files_that_nobody_brought(venv: Desk) -> None:
    site = venv.site()
    with open(os.path.join(site, "mine.pth"), "w") as file:
        file.write(f"{venv.cwd}\nimport this_is_not_there_but_asked_for_at_each_start\n")
    assert "this_is_not_there" in venv.run("-c", "")
    problems = venv.problems()
    assert [(each.code, each.severity.value) for each in problems] == [
        ("WP306", "info"),
        ("WP306", "info"),
    ]
    os.remove(os.path.join(site, "mine.pth"))
    with open(os.path.join(site, "sitecustomize.py"), "w") as file:
        file.write("print('customized')\n")
    assert venv.value("") == "customized"
    assert codes(venv.problems()) == ["WP306"]


LOSE_RIGHTS = "_os.geteuid() == 0 and (_os.setgid(65534), _os.setuid(65534))"


def test_307_who_may_not_write_has_no_place_for_packages(venv: Desk) -> None:
    open_ways(venv.folder)
    os.chmod(venv.site(), 0o555)  # noqa: S103  nobody is to write
    (problem,) = venv.problems(between=LOSE_RIGHTS)
    assert problem.code == "WP307"
    os.chmod(venv.site(), 0o777)  # noqa: S103  any user is to write
    # The newest wheel needs packaging; whatever root installed is told as root's.
    venv.run("-m", "pip", "uninstall", "-q", "-y", "setuptools", "wheel", "packaging", "pip")
    assert venv.problems(between=LOSE_RIGHTS) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may write where the mode forbids it")
def test_307_for_root_the_mode_of_a_folder_says_nothing(venv: Desk) -> None:
    os.chmod(venv.site(), 0o555)  # noqa: S103  nobody is to write
    assert venv.problems() == []
    venv.pip("install", venv.wheel("tiny", "1.0"))


@pytest.mark.skipif(os.geteuid() != 0, reason="takes two users")
def test_307_packages_of_root_among_those_of_the_user(venv: Desk) -> None:
    open_ways(venv.folder)
    os.chmod(venv.site(), 0o777)  # noqa: S103  any user is to write
    (problem,) = venv.problems(between=LOSE_RIGHTS)
    assert (problem.code, "pip" in problem.message) == ("WP307", True)


def open_ways(folder: Path) -> None:
    """Let every user reach a folder below pytest's own, which are closed."""
    for each in (folder, *folder.parents[:3]):
        if each.owner() == folder.owner() and each != folder.parents[-1]:
            each.chmod(0o755)


def test_308_the_inside_of_a_package_on_pythonpath(venv: Desk) -> None:
    venv.pip("install", venv.wheel("tiny", "1.0", "tiny/__init__.py", "tiny/random.py"))
    venv.env["PYTHONPATH"] = os.path.join(venv.site(), "tiny")
    assert venv.value("import random; print(random.VERSION)") == "1.0"
    (problem,) = venv.problems()
    assert (problem.code, problem.severity.value) == ("WP308", "error")


@pytest.mark.parametrize("name", ["random", "re", "json", "fnmatch", "token", "glob"])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_310_what_a_file_does_to_the_next_kernel_is_what_is_said(
    generation: str, name: str, tmp_path: Path
) -> None:
    python = environment(generation)
    with LiveKernel(python, cwd=tmp_path) as kernel:
        (tmp_path / f"{name}.py").write_text("hello = 1\n")
        kernel.run(GATHER)
        (problem,) = judged(kernel.value("_facts()"))
    assert problem.code == "WP310"
    breaks = problem.severity.value == "error" or "next kernel takes" in problem.message
    assert breaks == is_taken_by_a_kernel(python, name, tmp_path)
    (tmp_path / "script.py").write_text(f"import {name}; print({name}.hello)\n")
    script = subprocess.run([python, "script.py"], cwd=tmp_path, capture_output=True, check=True)
    assert script.stdout == b"1\n"


def is_taken_by_a_kernel(python: str, name: str, folder: Path) -> bool:
    try:
        with LiveKernel(python, cwd=folder) as kernel:
            return bool(kernel.value(f"hasattr(__import__({name!r}), 'hello')"))
    except RuntimeError:  # it did not even start
        return True


def test_310_a_file_on_pythonpath_is_taken_by_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "colorsys.py").write_text("hello = 1\n")
    with LiveKernel(
        environment("ipython9"), cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "lib")}
    ) as kernel:
        assert kernel.value("hasattr(__import__('colorsys'), 'hello')")
        kernel.run(GATHER)
        (problem,) = judged(kernel.value("_facts()"))
    assert (problem.code, problem.severity.value) == ("WP310", "error")


@pytest.mark.parametrize("generation", ["ipython8", "ipython9"])
def test_310_the_early_names_are_those_that_this_kernel_imports_early(
    generation: str, tmp_path: Path
) -> None:
    python = environment(generation)
    words = [python, "-X", "frozen_modules=off", "-X", "importtime", "-m", "ipykernel_launcher"]
    ended = subprocess.run(
        [*words, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    told = [line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()]
    start, end = told.index("site"), told.index("pathlib")
    before = {name.partition(".")[0] for name in told[: start + 1]}
    early = {name.partition(".")[0] for name in told[start + 1 : end + 1]}
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout
    files = (early & sys.stdlib_module_names) - {*sys.builtin_module_names, "_winapi", "nt"}
    assert files - before == early_names(version.split()[1])
    assert before >= BEFORE_ANY - {"zipimport"}


def test_311_a_file_with_the_name_of_a_package(venv: Desk) -> None:
    venv.pip("install", venv.wheel("tiny", "1.0"))
    assert venv.problems() == []
    (venv.cwd / "tiny").mkdir()
    assert venv.problems() == []  # a folder without __init__ hides no package
    assert venv.value("import tiny; print(tiny.VERSION)") == "1.0"
    (venv.cwd / "tiny.py").write_text("VERSION = 'mine'\n")
    assert venv.value("import tiny; print(tiny.VERSION)") == "mine"
    (problem,) = venv.problems()
    assert (problem.code, problem.severity.value) == ("WP311", "error")
    (loaded,) = venv.problems("_sys.path.remove(''); import tiny; _sys.path.insert(0, '')")
    assert (loaded.code, loaded.severity.value) == ("WP311", "warning")


def test_312_a_backport_does_nothing_unless_it_stands_first(venv: Desk) -> None:
    venv.pip("install", venv.wheel("enum34", "1.1.10", "enum/__init__.py"))
    (problem,) = venv.problems()
    assert (problem.code, problem.severity.value) == ("WP312", "info")
    assert venv.value("import enum; print(hasattr(enum, 'VERSION'))") == "False"
    first = f"_sys.path.insert(0, {venv.site()!r})"
    assert [(e.code, e.severity.value) for e in venv.problems(first)] == [("WP312", "warning")]
