"""The form that programs read: what stands in it, and that it is read again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ipymod.checks import REGISTRY
from ipymod.errors import UsageError
from ipymod.facts.healthy import HEALTHY
from ipymod.names import NameReport
from ipymod.report import Report, build
from ipymod.report.json import data, dumps, saved
from made_reports import mixed

ENVIRONMENT = {
    "prefix": str,
    "base_prefix": str,
    "kind": str,
    "version": str,
    "site": [str],
    "scripts": str,
    "system_site": bool,
    "user_site": str,
    "managed": str,
    "real": str,
}
# Schema 1. A key may be added here; none may go, and none may get another type.
SCHEMA = {
    "schema": int,
    "kernel": {
        "executable": str,
        "prefix": str,
        "base_prefix": str,
        "version": str,
        "environment": ENVIRONMENT,
        "path": [str],
        "cwd": str,
        "flags": [str],
        "started": float,
        "system": {"Linux", "Darwin", "Windows"},
        "machine": str,
        "running": bool,
    },
    "commands": [
        {
            "name": str,
            "path": str,
            "python": str | None,
            "prefix": str | None,
            "version": str | None,
            "state": {"ok", "broken", "unknown"},
            "certainty": {"certain", "likely", "unknown"},
            "same_as_kernel": bool | None,
            "reason": str,
            "steps": [str],
        }
    ],
    "problems": [
        {
            "code": str,
            "name": str,
            "severity": {"error", "warning", "info"},
            "message": str,
            "fix": str,
            "evidence": dict,
        }
    ],
    "skipped": [{"code": str, "name": str, "missing": str}],
    "selection": [str],
    "names": [dict],
    "facts": dict,
}
REPORTS = {"healthy": HEALTHY, "mixed": mixed()}
REPORTS |= {check.code: check.example(HEALTHY) for check in REGISTRY}
NAME = NameReport("sklearn", "/usr/bin/python3", "sklearn", known=("scikit-learn",))

every_report = pytest.mark.parametrize(
    "report", [build(facts, REGISTRY) for facts in REPORTS.values()], ids=REPORTS
)


def faults(told: Any, wanted: Any, at: str = "report") -> list[str]:
    """Where data is not what a schema says: types, lists of one kind, dictionaries, choices."""
    if isinstance(wanted, dict):
        found = [f"{at}: {sorted(told)}"] if list(told) != list(wanted) else []
        return found + [
            each for key in wanted if key in told for each in faults(told[key], wanted[key], key)
        ]
    if isinstance(wanted, list):
        return [each for item in told for each in faults(item, wanted[0], f"{at}[]")]
    if isinstance(wanted, set):
        return [] if told in wanted else [f"{at}: {told}"]
    return [] if isinstance(told, wanted) else [f"{at}: {told!r}"]


@every_report
def test_a_report_has_the_keys_that_were_promised_and_no_others(report: Report) -> None:
    told = json.loads(dumps(report))
    assert faults(told, SCHEMA) == []
    assert told["schema"] == 1


@every_report
def test_a_report_without_its_facts_is_the_same_otherwise(report: Report) -> None:
    whole = data(report)
    del whole["facts"]
    assert data(report, facts=False) == whole


def test_what_was_selected_is_selected_again() -> None:
    report = build(mixed(), REGISTRY, ["path", "WP4"])
    told = saved(dumps(report))
    assert build(told.facts, REGISTRY, told.selection) == report


def test_what_was_told_of_names_is_kept() -> None:
    told = saved(dumps(replace(build(HEALTHY, REGISTRY), names=(NAME,))))
    assert [each["module"] for each in told.names] == ["sklearn"]
    assert not told.brief


def test_a_report_about_names_alone_has_no_facts_that_could_be_judged() -> None:
    brief = replace(build(HEALTHY, REGISTRY), checks=0, names=(NAME,))
    assert "facts" not in data(brief)
    assert saved(dumps(brief)).brief


@pytest.mark.parametrize("text", ['{"schema": 2}', "[]", "x", '{"facts": {}}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        saved(text)
