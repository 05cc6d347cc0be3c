"""SHOW: findings as JUnit: a suite a notebook, a case a rule that found something in it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ipymod.formats import junit
from ipymod.formats.junit import Case, Suite
from ipymod.formats.paths import slashed
from ipymod.formats.words import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.formats.linted import Linted
    from ipymod.lint.found import Found


def write(linted: Linted) -> str:
    """Write a suite for each notebook; one without a finding has a case that passed."""
    by_path: defaultdict[str, list[Found]] = defaultdict(list)
    for found in linted.found:
        by_path[found.path].append(found)
    paths = dict.fromkeys([*linted.notebooks, *by_path])
    return junit.write([_suite(linted, path, by_path[path]) for path in paths])


def _suite(linted: Linted, path: str, found: Sequence[Found]) -> Suite:
    name = slashed(path, linted.root)
    by_code: defaultdict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_code[each.code].append(each)
    cases = [_case(linted, name, group) for group in by_code.values()]
    passed = Case("no problem", name, file=name, line=1)
    return Suite(name, tuple(cases) or (passed,), linted.timestamp)


def _case(linted: Linted, name: str, group: Sequence[Found]) -> Case:
    """Give one case; what is only good to know fails as little as it ends lint with status 1."""
    first = group[0]
    more = f" (and {len(group) - 1} more)" if len(group) > 1 else ""
    return Case(
        f"{first.code} {first.name.replace('_', ' ')}",
        name,
        file=name,
        line=linted.line_of(first),
        outcome="failed" if any(each.severity.value != "info" for each in group) else "passed",
        kind=first.code,
        message=placed(first) + more,
        text="\n\n".join(map(_told, group)),
    )


def _told(found: Found) -> str:
    lines = (placed(found), found.source.strip(), found.hint)
    return "\n".join(line for line in lines if line)
