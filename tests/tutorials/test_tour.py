"""What the tour has to show."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from made_reports import squeezed

if TYPE_CHECKING:
    from tutorials.books import Ran

NAME = "1-tour.ipynb"
pytestmark = pytest.mark.tutorials


def test_the_tour_loses_a_package_and_finds_it(kept: dict[str, Ran]) -> None:
    tour = kept[NAME].cells
    assert tour["kernel"] == repr(kept[NAME].python)
    assert "Successfully installed cowsay" in tour["shell-install"]
    assert tour["import-fails"] == "ModuleNotFoundError: No module named 'cowsay'\n"
    assert "Successfully installed cowsay" in tour["kernel-install"]
    assert "| Here I am. |" in tour["import-works"]
    assert "Successfully uninstalled cowsay" in tour["uninstall"]


def test_ipymod_speaks_by_itself_in_the_tour(kept: dict[str, Ran]) -> None:
    tour = kept[NAME].cells
    warned, after = tour["shell-install"].split("Collecting", 1)
    assert re.match(r"ipymod: pip on your PATH installs into \S+second \(Python ", warned)
    assert f"not into this kernel's {kept[NAME].prefix} (Python " in warned
    assert "%pymod pip install cowsay" in warned
    assert "ready" not in after
    assert re.search(r"cowsay \S+ is ready, no restart needed$", tour["kernel-install"])
    assert "instead this runs:\n!" in tour["guard-fixes"]
    assert "Name: cowsay" in tour["guard-fixes"]
    assert re.search(r"cowsay \S+ is removed, \d+ of its modules stay", tour["uninstall"])


def test_the_report_of_the_tour_leads_to_the_second_environment(kept: dict[str, Ran]) -> None:
    report = squeezed(kept[NAME].cells["report"])
    assert re.match(r"\d problems: pip installs elsewhere, python runs elsewhere", report)
    assert re.search(r"Warning WP101 pip .+ and installs into \S.*second \(Python ", report)
    assert f"this kernel is {kept[NAME].python} and imports from {kept[NAME].prefix} " in report
    assert "%pymod pip install NAME" in report


def test_the_tour_asks_where_the_package_is_and_what_a_code_means(kept: dict[str, Ran]) -> None:
    tour = kept[NAME].cells
    assert "cowsay cannot be imported by" in tour["where"]
    assert re.search(r"also in \S.*second: cowsay \d", squeezed(tour["where"]))
    assert tour["why"].startswith("WP101: pip installs elsewhere\n")


def test_once_the_kernels_folders_are_first_the_report_of_the_tour_names_no_other_pip(
    kept: dict[str, Ran],
) -> None:
    report = kept[NAME].cells["report-again"]
    verdict = report.splitlines()[0]  # there may be other problems on this machine
    assert verdict.startswith("OK: pip") or re.match(r"\d problems?: (?!pip)", verdict)
    assert re.search("^  pip +this kernel ", report, re.MULTILINE)
    assert re.search("^  python +this kernel ", report, re.MULTILINE)
    assert not re.search("WP101|WP102|second", report)


def test_the_tour_shows_what_its_text_says(kept: dict[str, Ran]) -> None:
    tour = kept[NAME].cells
    assert "| three small words |" in tour["one-argument-here"]
    assert "unrecognized arguments: small words" in tour["three-arguments-there"]
    assert json.loads(tour["body"]) == {"name": "cowsay", "tiny": True, "needs": []}
    assert "'name': 'cowsay'" in tour["captured"]
    assert "ModuleFailed: pip ended with exit status 1\n" in tour["failure"]
    assert "| It ended with 1. |" in tour["exit-code"]
    assert os.path.join("json", "tool.py") in tour["explain"]
    assert tour["ask-job"] == "200 OK\n"
    assert '"GET / HTTP/1.1" 200' in tour["tail-job"]
    assert "running" not in tour["kill-job"]
