"""SHOW: a report as data, stable and versioned; with its facts it can be replayed.

    schema     1; a key may be added, none changes its meaning without another number
    kernel     the interpreter that it is about: executable, prefix, base_prefix, version,
               environment, path, cwd, flags, started, system, machine, running
    commands   where each command goes: name, path, python, prefix, version,
               state (ok, broken, unknown), certainty (certain, likely, unknown),
               same_as_kernel (true, false, or null where that is not known), reason, steps
    problems   the worst first: code, name, severity (error, warning, info), message, fix, evidence
    skipped    the checks that could not be applied: code, name, missing (the fact that they lack)
    selection  the codes and families that were asked for; none for all
    names      what is known of the modules and distributions that were asked for
    facts      what it was made from; not there if it is about names alone

What is not known is null or empty.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ipymod.errors import UsageError
from ipymod.facts import from_json, to_json
from ipymod.frozen import dataclass
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
        "selection": list(report.selection),
        "names": [redacted(to_json(name)) for name in report.names],
    }
    if facts and not report.brief:
        told["facts"] = redacted(to_json(report.facts))
    return told


def dumps(report: Report) -> str:
    """Write it down, in ASCII: names of files may hold bytes that are no text."""
    return json.dumps(data(report), indent=1)


@dataclass(frozen=True)
class Saved:
    """What a saved report is made of again.

    Attributes:
        facts: those that are judged; of a report about names alone, only the kernel.
        selection: the codes and families that were asked for.
        names: what was known of names, as JSON; `ipymod.names` knows what they are.
        brief: whether it was about names alone.
    """

    facts: Facts
    selection: tuple[str, ...] = ()
    names: tuple[Any, ...] = ()
    brief: bool = False


def saved(text: str) -> Saved:
    """Read a saved report, or facts that were saved alone.

    Raises:
        UsageError: it is no report of ours, or of a schema to come.
    """
    from ipymod.facts.everything import Facts

    try:
        told = json.loads(text)
        if told.get("schema", SCHEMA) != SCHEMA:
            raise UsageError(f"the report has schema {told['schema']}; this is ipymod for {SCHEMA}")
        facts: Facts = from_json(Facts, told.get("facts", told))
        selection, names = (tuple(told.get(key, ())) for key in ("selection", "names"))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise UsageError(
            f"this is no report of ipymod: {error}; `%whichpip --save report.json` makes one"
        ) from error
    return Saved(facts, selection, names, brief=bool(names) and "facts" not in told)


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
