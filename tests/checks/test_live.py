"""The running process: for each condition of a check the nearest facts where it is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.checks import live
from ipymod.checks.base import ERROR, REGISTRY
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.live import LoadedModule, Needs

if TYPE_CHECKING:
    from ipymod.registry import Problem

CODES = ["WP601", "WP602", "WP603"]
LATE = LoadedModule("numpy", "numpy", "1.26.4", "2.1.0", "/site/numpy/__init__.py", changed=True)
PANDAS = Needs("pandas", "3.0.0", "numpy", ">=2")


def problems(code: str, **loaded: Any) -> list[Problem]:
    assert HEALTHY.loaded
    facts = replace(HEALTHY, loaded=replace(HEALTHY.loaded, **loaded))
    return list(REGISTRY.judge(facts, [code]).problems)


def stale(**changes: Any) -> bool:
    return bool(problems("WP601", modules=(replace(LATE, **changes),)))


@pytest.mark.parametrize("code", CODES)
def test_each_example_trips_its_own_check_alone(code: str) -> None:
    assert live  # its import has registered them
    found = REGISTRY.judge(REGISTRY[code].example(HEALTHY), CODES).problems
    assert [problem.code for problem in found] == [code]


def test_the_healthy_process_is_silent() -> None:
    assert REGISTRY.judge(HEALTHY, CODES).problems == ()


def test_another_interpreter_has_nothing_loaded_to_judge() -> None:
    skipped = REGISTRY.judge(replace(HEALTHY, loaded=None), CODES).skipped
    assert [each.code for each in skipped] == CODES


# WP601


def test_a_distribution_installed_in_the_session_and_imported_afterwards_is_fresh() -> None:
    assert not stale(version="2.1.0")


def test_a_version_that_differs_without_any_change_on_disk_says_nothing() -> None:
    assert not stale(changed=False)


def test_a_module_without_a_version_is_not_judged_by_the_time_alone() -> None:
    assert not stale(version="")


@pytest.mark.parametrize(
    ("version", "installed"),
    [
        ("2.1.0.dev0+g12ab", "2.1.0"),
        ("2.1", "2.1.0"),
        ("v2.1.0", "2.1.0"),
        ("4.9.0", "4.9.0.80"),
        ("2.9.9 (dt dec pq3 ext lo64)", "2.9.9"),
        ("2024.01.01", "2024.1.1"),
        ("unknown", "2.1.0"),
    ],
)
def test_versions_that_may_be_one_are_not_two(version: str, installed: str) -> None:
    assert not stale(version=version, installed=installed)


def test_a_module_that_never_says_its_true_version_is_not_stale() -> None:
    assert not stale(version="0.1", installed="2.1.0", written="0.1")


def test_a_suffix_that_the_module_adds_to_what_is_written_is_no_change() -> None:
    assert not stale(version="1.26.4+local", written="1.26.4")
    assert not stale(version="1.26.4.dev3", written="1.26.4")


def test_what_is_written_now_tells_short_versions_apart() -> None:
    assert stale(version="1.2", installed="1.2.1", written="1.2.1")
    assert stale(version="1.2.1", installed="1.2", written="1.2")


def test_deleted_files_tell_that_a_module_without_a_version_is_old() -> None:
    assert stale(version="", deleted=("/site/numpy/core.so",))


def test_a_module_seen_before_the_change_is_old_whatever_it_says() -> None:
    assert stale(version="", seen="1.26.4")


def test_a_module_seen_at_the_version_that_is_there_was_only_reinstalled() -> None:
    assert not stale(version="", seen="2.1.0")
    assert not stale(seen="2.1.0")


def test_a_module_that_was_uninstalled_runs_on() -> None:
    gone = replace(LATE, distribution="", installed="")
    (found,) = problems("WP601", modules=(gone,))
    assert "numpy 1.26.4 is loaded, and gone from the disk" in found.message


def test_all_stale_modules_are_told_at_once() -> None:
    other = replace(LATE, name="yaml", distribution="PyYAML")
    (found,) = problems("WP601", modules=(LATE, other))
    assert list(found.evidence) == ["numpy", "yaml"]
    assert "numpy 1.26.4 is loaded, 2.1.0 is installed" in found.message


# WP602


def test_a_new_package_that_the_loaded_version_satisfies_is_no_mixture() -> None:
    assert problems("WP602", modules=(LATE,), needs=(replace(PANDAS, specifier=">=1.20"),)) == []


def test_compiled_files_that_are_gone_break_even_what_is_satisfied() -> None:
    compiled = replace(LATE, deleted=("/site/numpy/core.so",))
    needs = (replace(PANDAS, specifier=""),)
    (found,) = problems("WP602", modules=(compiled,), needs=needs)
    assert found.severity is ERROR
    assert problems("WP601", modules=(compiled,), needs=needs) == []


def test_compiled_files_that_are_gone_are_no_mixture_by_themselves() -> None:
    compiled = replace(LATE, deleted=("/site/numpy/core.so",))
    assert problems("WP602", modules=(compiled,)) == []


def test_a_module_that_is_as_new_as_its_files_is_no_mixture() -> None:
    fresh = replace(LATE, version="2.1.0")
    assert problems("WP602", modules=(fresh,), needs=(PANDAS,)) == []


def test_two_old_modules_still_fit_together() -> None:
    pandas = LoadedModule("pandas", "pandas", "2.0", "3.0.0", "/site/pandas/__init__.py", True)  # noqa: FBT003  changed
    assert problems("WP602", modules=(LATE, pandas), needs=(PANDAS,)) == []
    assert len(problems("WP601", modules=(LATE, pandas), needs=(PANDAS,))) == 1


def test_a_requirement_of_another_module_does_not_count() -> None:
    assert problems("WP602", modules=(LATE,), needs=(replace(PANDAS, name="scipy"),)) == []


def test_names_are_compared_as_pip_compares_them() -> None:
    module = replace(LATE, name="a_b", distribution="A.B")
    assert len(problems("WP602", modules=(module,), needs=(replace(PANDAS, name="a-b"),))) == 1


# WP603


def test_an_unknown_version_on_disk_says_nothing() -> None:
    assert problems("WP603", version="") == []


def test_another_patch_level_on_disk_is_told_with_both_sides() -> None:
    (found,) = problems("WP603", version="3.12.2")
    assert "3.12.2" in found.message
    assert "3.12.1" in found.message


def test_a_replaced_program_is_told() -> None:
    assert len(problems("WP603", executable_deleted=True)) == 1


def test_a_missing_interpreter_of_an_environment_is_made_again() -> None:
    (found,) = problems("WP603", executable_exists=False)
    assert found.fix == "python3 -m venv --upgrade /home/ada/project/.venv"
