"""SHOW: findings as SARIF 2.1.0, within what GitHub's code scanning takes.

GitHub shows the lines of a file, not its cells, so a message begins with the cell. Of the rules of
the standard for messages, links are kept from arising out of the text of others.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ipymod.formats.paths import relative, uri
from ipymod.formats.words import counted, place, placed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.formats.linted import Linted
    from ipymod.lint.found import Found
    from ipymod.registry import Check

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
# Of GitHub's page on what it supports: of a message; of results, before it refuses all.
MOST_CHARACTERS = 1024
MOST_RESULTS = 25_000
ROOT = "%SRCROOT%"


def write(linted: Linted) -> str:
    """Write the log; the worst findings first, since GitHub shows 5,000."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(linted)]}
    return json.dumps(log, indent=1)


def _run(linted: Linted) -> dict[str, Any]:
    order = list(LEVELS)
    found = sorted(linted.found, key=lambda each: order.index(each.severity.value))
    results = list(_results(linted, found[:MOST_RESULTS]))
    run: dict[str, Any] = {"tool": {"driver": _driver(linted)}}
    if len(found) > MOST_RESULTS:
        run["invocations"] = [_cut(len(found) - MOST_RESULTS)]
    start = "The folder that the paths of the notebooks start from."
    run["originalUriBaseIds"] = {ROOT: {"description": {"text": start}}}
    return {**run, "results": results}


def _cut(left_out: int) -> dict[str, Any]:
    text = f"{counted(left_out, 'result')} more than a log may have were left out."
    told = {"level": "warning", "message": {"text": text}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [told]}


def _driver(linted: Linted) -> dict[str, Any]:
    driver: dict[str, Any] = {"name": "ipymod"}
    if linted.version:
        driver["version"] = linted.version
    if linted.docs:
        driver["informationUri"] = linted.docs
    return {**driver, "rules": [_rule(rule, linted.docs) for rule in linted.rules]}


def _rule(rule: Check, docs: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("_")),
        "shortDescription": _message(rule.summary),
        "fullDescription": _message(rule.explanation or rule.summary),
        "help": {"text": plain(f"{rule.summary}\n\n{rule.explanation}".strip())},
        "defaultConfiguration": {"level": LEVELS[rule.severity.value]},
        "properties": {"tags": [rule.family]},
    }
    if docs:
        told["helpUri"] = f"{docs}#{rule.code.lower()}-{rule.name.replace('_', '-')}"
    return told


def _results(linted: Linted, found: Sequence[Found]) -> Iterator[dict[str, Any]]:
    index = {rule.code: number for number, rule in enumerate(linted.rules)}
    seen: Counter[tuple[str, str]] = Counter()
    for each in found:
        mark = each.path, _mark(each)
        seen[mark] += 1
        yield {
            "ruleId": each.code,
            **({"ruleIndex": index[each.code]} if each.code in index else {}),
            "level": LEVELS[each.severity.value],
            "message": _message(f"{placed(each)}\n{each.hint}".rstrip("\n")),
            "locations": [_location(linted, each)],
            # The name is the one that GitHub reads, the value has the form that it makes itself.
            "partialFingerprints": {"primaryLocationLineHash": f"{mark[1]}:{seen[mark]}"},
        }


def _mark(found: Found) -> str:
    """Name what a finding is about, whatever cells come before it: its rule and its line."""
    told = f"{found.code}\0{found.source.strip()}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _location(linted: Linted, found: Found) -> dict[str, Any]:
    artifact = {"uri": uri(found.path, linted.root)}
    if relative(found.path, linted.root) is not None:
        artifact["uriBaseId"] = ROOT
    region = {"startLine": linted.line_of(found)}
    told: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if found.cell is not None:
        name = {"name": f"cell {found.cell + 1}", "fullyQualifiedName": place(found)}
        told["logicalLocations"] = [{**name, "kind": "cell"}]
        told["properties"] = {"cell": found.cell, "line": found.line}
    return told


def _message(text: str) -> dict[str, str]:
    unlinked = plain(text).replace("](", r"\](")
    return {"text": _shortened(unlinked)}


def _shortened(text: str) -> str:
    """Cut what is too long, counted as GitHub and JavaScript do, between characters."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 3)].decode("utf-16-le", "ignore") + "..."
