"""What is made to be pasted into a cell becomes what can be typed in a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ipymod.checks import REGISTRY
from ipymod.facts.healthy import HEALTHY
from ipymod.report import build
from ipymod.report.shell import fix

if TYPE_CHECKING:
    from ipymod.registry import Check

KERNEL = replace(HEALTHY.kernel, executable="/srv/my env/bin/python", prefix="/srv/my env")
STOPPED = replace(HEALTHY, kernel=replace(HEALTHY.kernel, running=False))


@pytest.mark.parametrize(
    ("cell", "terminal"),
    [
        ("%pymod pip install NAME", "'/srv/my env/bin/python' -m pip install NAME"),
        ("%pip install NAME  # first", "'/srv/my env/bin/python' -m pip install NAME  # first"),
        ("!black x.py", "black x.py"),
        ("%cd ..", "cd .."),
        ("%pymod pip uninstall -y jwt\n%pymod pip install PyJWT",) * 2,
        ('import os; os.environ.pop("PIP_TARGET", None)', "unset PIP_TARGET"),
        ('import os; os.environ["PIP_USER"] = "0"', "export PIP_USER=0"),
        (
            'import os, sys; os.environ["VIRTUAL_ENV"] = sys.prefix; os.environ.pop("X", None)',
            "export VIRTUAL_ENV='/srv/my env' && unset X",
        ),
        ("rm -r '~umpy'", "rm -r '~umpy'"),
        ("100%", "100%"),
        ("", ""),
    ],
)
def test_a_line_for_a_cell_becomes_one_for_a_terminal(cell: str, terminal: str) -> None:
    own = "'/srv/my env/bin/python' -m"
    assert fix(cell, KERNEL) == terminal.replace("%pymod", own)


def test_windows_keeps_what_its_terminals_say_otherwise() -> None:
    text = 'import os; os.environ.pop("PIP_TARGET", None)'
    assert fix(text, replace(KERNEL, system="Windows")) == text


@pytest.mark.parametrize("check", list(REGISTRY), ids=lambda check: check.code)
def test_a_report_about_no_running_kernel_has_no_line_for_a_cell(check: Check) -> None:
    report = build(check.example(STOPPED), REGISTRY)
    for problem in report.verdict.problems:
        for line in problem.fix.split("\n"):
            assert not re.match(r"[%!]|import os", line)


def test_a_report_about_a_running_kernel_has_them() -> None:
    report = build(REGISTRY["WP101"].example(HEALTHY), REGISTRY)
    assert report.problems[0].fix == "%pymod pip install NAME"
    assert "%whichpip --explain WP101 says more" in report.text()
    assert report.text().splitlines()[2].startswith("This kernel is Python 3.12.1")


def test_a_report_in_a_terminal_names_the_command_that_explains() -> None:
    report = build(REGISTRY["WP101"].example(STOPPED), REGISTRY)
    assert "ipymod explain WP101 says more" in report.text()
    assert report.text().splitlines()[2].startswith("The kernel would be Python 3.12.1")
