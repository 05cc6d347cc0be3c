"""SHOW: a report as data, stable and versioned; with its facts it can be replayed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ipymod.errors import UsageError
from ipymod.facts import from_json, to_json
from ipymod.report.redact import redacted

if TYPE_CHECKING:
    from ipymod.facts.everything import Facts
    from ipymod.registry import Problem, Skipped
    from ipymod.report.model import Report, Route

SCHEMA = 1


def data(report: Report, *, facts: bool = True) -> dict[str, Any]:
    """Give the report as dictionaries and lists; a new key may come, none changes its meaning.

    Args:
        report: what there is to say.
        facts: whether the facts are among it, their secrets redacted.
    """
    told = {
        "schema": SCHEMA,
        "kernel": redacted(to_json(report.kernel)),
        "commands": [_command(route) for route in report.commands],
        "problems": [_problem(problem) for problem in report.verdict.problems],
        "skipped": [_skipped(check) for check in report.verdict.skipped],
    }
    if report.names:
        told["names"] = [redacted(to_json(name)) for name in report.names]
    if facts:
        told["facts"] = redacted(to_json(report.facts))
    return told


def dumps(report: Report) -> str:
    """Write it down, in ASCII: names of files may hold bytes that are no text."""
    return json.dumps(data(report), indent=1)


def facts_of(text: str) -> Facts:
    """Read the facts of a saved report, or facts that were saved alone.

    Raises:
        UsageError: it is no report of ours, or of a schema to come.
    """
    from ipymod.facts.everything import Facts

    try:
        told = json.loads(text)
        if told.get("schema", SCHEMA) != SCHEMA:
            raise UsageError(f"the report has schema {told['schema']}; this is ipymod for {SCHEMA}")
        facts: Facts = from_json(Facts, told.get("facts", told))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise UsageError(
            f"this is no report of ipymod: {error}; `%whichpip --save report.json` makes one"
        ) from error
    return facts


def without_surrogates(thing: Any) -> Any:
    """Write out the halves of characters, which JSON in a message to a front end cannot hold."""
    if isinstance(thing, str):
        return thing.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(thing, list):
        return [without_surrogates(each) for each in thing]
    if isinstance(thing, dict):
        return {without_surrogates(name): without_surrogates(each) for name, each in thing.items()}
    return thing


def _command(route: Route) -> dict[str, Any]:
    return {
        "name": route.name,
        "path": route.path,
        "python": route.python,
        "prefix": route.prefix or None,
        "version": route.version or None,
        "state": route.state,
        "certainty": route.certainty,
        "same_as_kernel": route.same_as_kernel,
        "reason": route.reason,
        "steps": list(route.steps),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "name": problem.name,
        "severity": problem.severity.value,
        "message": problem.message,
        "fix": problem.fix,
        "evidence": dict(problem.evidence),
    }


def _skipped(check: Skipped) -> dict[str, Any]:
    return {"code": check.code, "name": check.name, "missing": check.missing}
