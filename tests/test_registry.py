"""What holds for every check, asked of the whole registry."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY
from ipymod.checks import FAMILIES, REGISTRY
from ipymod.facts import from_json, to_json
from ipymod.facts.everything import Facts
from ipymod.facts.healthy import HEALTHY

if TYPE_CHECKING:
    from pathlib import Path

    from ipymod.registry import Check

CHECKS = list(REGISTRY)
NUMBERS = {
    "path": [*range(101, 114)],
    "kernels": [*range(201, 213)],
    "imports": [301, 302, 303, 304, 305, 306, 307, 308, 310, 311, 312],
    "packages": [*range(401, 413)],
    "config": [*range(501, 508)],
    "live": [601, 602, 603],
    "place": [701, 702, 703, 704, 801, 802],
    "names": [901, 902],
}
CATALOGUE = {f"WP{number}": family for family, row in NUMBERS.items() for number in row}
# What a healthy machine need not have: conda, a module that was not found.
NOT_EVERYWHERE = {"conda", "conda_target", "missing"}

every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)


def test_the_registry_holds_the_catalogue_and_nothing_else() -> None:
    assert {check.code: check.family for check in CHECKS} == CATALOGUE


def test_a_healthy_machine_has_no_problem() -> None:
    assert REGISTRY.judge(HEALTHY).problems == ()


def test_on_a_healthy_machine_only_what_it_need_not_have_is_skipped() -> None:
    assert {check.missing for check in REGISTRY.judge(HEALTHY).skipped} <= NOT_EVERYWHERE


@every_check
def test_an_example_trips_its_own_check_alone(check: Check) -> None:
    found = {problem.code for problem in REGISTRY.judge(check.example(HEALTHY)).problems}
    assert found == {check.code}


@every_check
def test_every_check_reads_facts_that_exist(check: Check) -> None:
    assert all(hasattr(HEALTHY, name) for name in check.reads)
    assert check.reads


@every_check
def test_an_explanation_is_one_sentence_and_a_reason(check: Check) -> None:
    assert re.fullmatch(r"[A-Z`%].*[^.]\.", check.summary)
    assert "\n" not in check.summary
    assert ". " not in check.summary.replace("e.g. ", "")
    assert len(check.explanation.split()) > 10
    assert check.explanation.endswith(".")


def test_a_name_states_a_fault_and_is_no_order() -> None:
    names = [check.name for check in CHECKS]
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []
    assert [name for name in names if name.startswith(("check_", "test_", "is_", "has_"))] == []
    assert len(set(names)) == len(names)


@every_check
def test_a_finding_tells_both_sides(check: Check) -> None:
    for problem in REGISTRY.judge(check.example(HEALTHY)).problems:
        assert len(problem.message.split()) > 4
        assert not problem.message.endswith(".")
        assert problem.evidence
        assert {type(text) for text in problem.evidence.values()} == {str}


@every_check
def test_a_fix_names_no_placeholder(check: Check) -> None:
    for problem in REGISTRY.judge(check.example(HEALTHY)).problems:
        assert "{" not in problem.fix
        assert not re.search(r"(?<!, )None", problem.fix)  # but os.environ.pop(NAME, None)


@every_check
def test_facts_of_an_example_survive_json(check: Check) -> None:
    facts = check.example(HEALTHY)
    assert from_json(Facts, json.loads(json.dumps(to_json(facts)))) == facts


def test_healthy_facts_survive_json() -> None:
    assert from_json(Facts, json.loads(json.dumps(to_json(HEALTHY)))) == HEALTHY


@every_check
def test_a_check_without_its_facts_is_skipped(check: Check) -> None:
    blank = Facts(kernel=HEALTHY.kernel)
    verdict = REGISTRY.judge(blank, [check.code])
    assert verdict.problems == ()
    if set(check.reads) != {"kernel"}:
        assert [skipped.code for skipped in verdict.skipped] == [check.code]


FILES = sorted((REPOSITORY / "src" / "ipymod" / "checks").glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_check_touches_nothing(path: Path) -> None:
    touching = {"os", "sys", "subprocess", "pathlib", "shutil", "glob", "io", "socket", "platform"}
    tree = ast.parse(path.read_text("utf-8"))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    allowed = {
        "os.PathLike",
        "pathlib.PurePath",
        "pathlib.PurePosixPath",
        "pathlib.PureWindowsPath",
    }
    assert {name for name in imported - allowed if name.partition(".")[0] in touching} == set()
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names & {"open", "exec", "eval", "__import__", "print", "input"} == set()


def test_every_family_is_selected_by_its_name() -> None:
    for family in NUMBERS:
        assert {check.family for check in REGISTRY.select([family])} == {family}
    assert len(FAMILIES) == len(NUMBERS)
