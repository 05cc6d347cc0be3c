"""WP901 and WP902 on plain data."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

import ipymod.checks.names  # noqa: F401  registers
from ipymod.checks.base import REGISTRY, Finding
from ipymod.facts.healthy import HEALTHY, HEALTHY_KERNEL
from ipymod.facts.place import Installed, Missing

SKLEARN = Installed("scikit-learn", "1.4.0", "/usr/x.dist-info", "/usr", "3.11", ("`pip` on PATH",))
JWT = Installed("jwt", "1.3.1", "/v/jwt-1.3.1.dist-info", "/v")
PYJWT = Installed("PyJWT", "2.10.1", "/v/PyJWT-2.10.1.dist-info", "/v")


def found(code: str, module: str, **known: Any) -> list[Finding]:
    return list(REGISTRY[code].judge(missing=Missing(module, **known), kernel=HEALTHY_KERNEL))


def only(module: str, **known: Any) -> Finding:
    (finding,) = found("WP901", module, **known)
    return finding


@pytest.mark.parametrize("code", ["WP901", "WP902"])
def test_the_example_trips_its_check(code: str) -> None:
    facts = REGISTRY[code].example(HEALTHY)
    assert [problem.code for problem in REGISTRY.judge(facts, ["names"]).problems] == [code]


def test_nothing_missing_is_no_problem() -> None:
    verdict = REGISTRY.judge(HEALTHY, ["names"])
    assert verdict.problems == ()
    assert {skipped.missing for skipped in verdict.skipped} == {"missing"}


def test_what_is_installed_elsewhere_is_told_with_both_sides() -> None:
    finding = only("sklearn", elsewhere=(SKLEARN,), distributions=("scikit-learn",))
    assert finding.message == (
        "scikit-learn 1.4.0 is installed in /usr (Python 3.11), reached by `pip` on PATH; "
        "this kernel is /home/ada/project/.venv/bin/python (Python 3.12.1)"
    )
    assert finding.fix == "%pymod pip install scikit-learn"
    assert finding.evidence["scikit-learn 1.4.0"] == "/usr/x.dist-info"


def test_what_was_installed_from_a_folder_is_installed_from_there_again() -> None:
    mine = Installed("mine", "1", prefix="/usr", source="file:///home/ada/my%20code")
    assert only("mine", elsewhere=(mine,)).fix == "%pymod pip install '/home/ada/my code'"


def test_a_url_with_a_password_in_it_is_in_no_command() -> None:
    mine = Installed("mine", "1", prefix="/usr", source="git+https://ada:secret@host/mine")
    finding = only("mine", elsewhere=(mine,))
    assert finding.fix == ""
    assert "secret" not in repr(finding)


def test_a_module_that_belongs_to_no_distribution_is_not_installed_by_its_name() -> None:
    loose = Installed("", "", "/usr/lib/x", "/usr", "3.11")
    finding = only("loose", elsewhere=(loose,))
    assert finding.message.startswith("loose is installed in /usr")
    assert finding.fix == ""


def test_a_known_name_is_told_with_its_alternatives() -> None:
    finding = only("cv2", distributions=("opencv-python", "opencv-python-headless"))
    assert "opencv-python (or opencv-python-headless)" in finding.message
    assert finding.fix == "%pymod pip install opencv-python"


def test_a_module_taken_out_of_the_standard_library_is_told_with_its_successor() -> None:
    finding = only("imp", removed="3.12", instead="importlib", standard=False)
    assert "Python 3.12 took imp out" in finding.message
    assert "importlib takes its place" in finding.message
    assert finding.fix == ""


def test_a_module_taken_out_that_a_distribution_has_kept_is_installed() -> None:
    finding = only("distutils", removed="3.12", distributions=("setuptools",))
    assert finding.fix == "%pymod pip install setuptools"


def test_a_module_taken_out_without_a_successor_is_only_told() -> None:
    assert only("smtpd", removed="3.12").fix == ""


def test_a_module_of_newer_pythons_is_told_with_what_does_the_same() -> None:
    finding = only("tomllib", added="3.11", distributions=("tomli",))
    assert "from Python 3.11 on" in finding.message
    assert finding.fix == "%pymod pip install tomli"
    assert only("annotationlib", added="3.14").fix == ""


def test_a_part_that_python_was_built_without_is_nothing_for_pip() -> None:
    finding = only("_tkinter", standard=True)
    assert "built or packaged without it" in finding.message
    assert finding.fix == ""


def test_a_file_in_the_way_is_renamed() -> None:
    finding = only("json.tool", found="json", shadow="/home/ada/my work/json.py")
    assert finding.fix == "!mv '/home/ada/my work/json.py' '/home/ada/my work/my_json.py'"
    assert finding.evidence["file"] == "/home/ada/my work/json.py"


def test_a_missing_part_is_told_with_the_owner_of_the_rest() -> None:
    finding = only("jwt.foo", found="jwt", here=(PYJWT,))
    assert finding.message == (
        "jwt is found, which PyJWT 2.10.1 brings, and it has no jwt.foo; "
        "another version may have it"
    )
    assert "did you mean jwt.foot?" in only("jwt.foo", found="jwt", near=("jwt.foot",)).message


def test_a_distribution_that_lost_its_files_is_installed_again() -> None:
    finding = only("jwt", here=(PYJWT,), listed=True)
    assert finding.fix == "%pymod pip install --force-reinstall --no-deps PyJWT"


def test_a_distribution_that_no_longer_has_the_module_is_not_installed_again() -> None:
    finding = only("pkg_resources", here=(Installed("setuptools", "82.0.0"),))
    assert "setuptools 82.0.0" in finding.message
    assert finding.fix == ""


def test_a_misspelt_name_is_mended() -> None:
    finding = only("jsn", near=("json",))
    assert finding.message.endswith("did you mean json?")
    assert finding.fix == "import json"


def test_a_guess_that_is_not_installed_is_no_command() -> None:
    finding = only("nunpy", near=("runpy",), alike=("numpy",))
    assert finding.message.endswith("did you mean runpy or numpy, which is not installed?")
    assert finding.fix == ""
    assert only("nunpy", alike=("numpy",)).fix == ""


def test_an_unknown_name_is_never_installed() -> None:
    finding = only("secret_internal_thing")
    assert finding.fix == ""
    assert "pip install" not in finding.message


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"near": ("foe",)},
        {"alike": ("foe",)},
        {"standard": True},
        {"removed": "3.12", "instead": "foe"},
        {"added": "3.14"},
        {"found": "fo"},
        {"shadow": "/w/foo.py"},
        {"here": (PYJWT,)},
        {"here": (PYJWT,), "listed": True},
        {"elsewhere": (Installed("", "", "/usr/lib/foo", "/usr"),)},
        {"elsewhere": (SKLEARN,)},
        {"distributions": ("foe-python",)},
    ],
)
def test_no_command_installs_the_name_of_the_module_itself(known: dict[str, Any]) -> None:
    finding = only("foo", **known)
    lines = f"{finding.fix}\n{finding.message}".splitlines()
    assert not any("pip install" in line and "foo" in shlex.split(line) for line in lines)


def test_an_impostor_is_told_by_its_own_check_alone() -> None:
    known = {"found": "jwt", "distributions": ("PyJWT",), "impostor": JWT}
    assert found("WP901", "jwt.encode", **known) == []
    (finding,) = found("WP902", "jwt.encode", **known)
    assert finding.fix == "%pymod pip uninstall -y jwt\n%pymod pip install PyJWT"


def test_the_right_one_whose_files_were_overwritten_is_installed_again() -> None:
    known = {"found": "jwt", "distributions": ("PyJWT",), "impostor": JWT, "here": (JWT, PYJWT)}
    (finding,) = found("WP902", "jwt.encode", **known)
    assert finding.fix.endswith("%pymod pip install --force-reinstall --no-deps PyJWT")


def test_without_an_impostor_nobody_is_accused() -> None:
    assert found("WP902", "jwt.encode", found="jwt", distributions=("PyJWT",), here=(PYJWT,)) == []
