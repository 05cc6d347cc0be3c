"""The rules: each form that people write is found where it should be, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ipymod.edits import applied
from ipymod.lint.examples import HEALTHY, code
from ipymod.lint.facts import Facts
from ipymod.lint.linting import Linter, chosen
from ipymod.lint.rules import REGISTRY
from ipymod.notebooks.model import Cell, Notebook

RULES = list(REGISTRY)
LINTER = Linter(chosen((), ()))


def codes(*sources: str, tags: tuple[str, ...] = ()) -> list[str]:
    """The codes found in a notebook of these cells."""
    cells = tuple(Cell(at, "code", source, tags) for at, source in enumerate(sources))
    notebook = Notebook("a.ipynb", cells, "python", "python3", "Python 3", has_kernelspec=True)
    return [problem.code for problem in LINTER.problems(notebook)]


def fixed(source: str, *, unsafe: bool = False, above: str = "") -> str:
    """A cell after what the rules would do to it."""
    cells = (Cell(0, "code", above), Cell(1, "code", source))
    notebook = Notebook("a.ipynb", cells, "python", "python3", "Python 3", has_kernelspec=True)
    for problem in LINTER.problems(notebook):
        if problem.at and problem.at.edits and (unsafe or problem.at.is_safe):
            source = applied(source, problem.at.edits)
            break
    return source


# --- the whole registry ---


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_example_trips_its_own_rule_alone(rule) -> None:
    found = Linter(tuple(RULES), target=None).facts
    del found
    facts = rule.example(HEALTHY)
    assert {problem.code for problem in REGISTRY.judge(facts).problems} == {rule.code}


def test_a_healthy_notebook_has_no_problem() -> None:
    assert REGISTRY.judge(HEALTHY).problems == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_explanation_is_a_sentence_and_a_reason(rule) -> None:
    assert rule.summary.endswith(".")
    assert rule.explanation
    assert re.fullmatch(r"NB\d{3}", rule.code)
    assert "check" not in rule.name
