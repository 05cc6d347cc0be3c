"""SHOW: what came of all notebooks, for other programs: JSON, JUnit, GitHub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ipymod.formats import github, junit
from ipymod.formats.junit import Case, Suite
from ipymod.formats.paths import slashed
from ipymod.formats.words import inert
from ipymod.notebooks.places import line_in_file
from ipymod.preflight.text import heading, place, totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.preflight.model import Fault, Outcome

_LAST = 30  # lines of a traceback in an annotation


def to_json(outcomes: Sequence[Outcome]) -> str:
    """Write a list of objects; a key may be added, none changes.

    `cell` counts from 0, `line` from 1; both are null where a fault is in none. `kind` and
    `message` are null for what passed.
    """
    return json.dumps([_object(outcome) for outcome in outcomes], indent=1)


def to_junit(outcomes: Sequence[Outcome], root: str, timestamp: str) -> str:
    """Write a suite for each kernel that was asked for, and a case for each notebook."""
    kernels = dict.fromkeys(outcome.job.kernel for outcome in outcomes)
    return junit.write(
        [
            Suite(
                f"ipymod run --kernel {kernel}" if kernel else "ipymod run",
                tuple(_case(each, root) for each in outcomes if each.job.kernel == kernel),
                timestamp,
            )
            for kernel in kernels
        ]
    )


def to_github(outcomes: Sequence[Outcome], root: str, seconds: float) -> str:
    """Write as many annotations as GitHub shows, the rest as lines of the log, and the sum."""
    failed = [outcome for outcome in outcomes if outcome.fault]
    shown, rest = failed[: github.MOST], failed[github.MOST :]
    lines = [_annotation(outcome, root) for outcome in shown]
    lines += [inert(heading(outcome)) for outcome in rest]
    return "\n".join([*lines, totals(outcomes, seconds)])


def _object(outcome: Outcome) -> dict[str, Any]:
    fault = outcome.fault
    return {
        "path": outcome.job.path,
        "kernel": outcome.kernel,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 3),
        "cells": outcome.cells,
        "kind": fault.kind if fault else None,
        "cell": fault.cell if fault else None,
        "line": fault.line if fault else None,
        "name": fault.name if fault else "",
        "message": fault.message if fault else None,
        "source": fault.source if fault else "",
        "traceback": list(fault.traceback) if fault else [],
        "hint": fault.hint if fault else "",
        "page": outcome.page,
    }


def _case(outcome: Outcome, root: str) -> Case:
    name, fault = slashed(outcome.job.path, root), outcome.fault
    if not fault:
        return Case(name, "ipymod.run", file=name, seconds=outcome.seconds)
    words = [heading(outcome), fault.source, fault.hint, *fault.traceback]
    return Case(
        name,
        "ipymod.run",
        file=name,
        seconds=outcome.seconds,
        outcome=_junit(outcome),
        kind=fault.name or fault.kind,
        message=f"{place(fault)}: {fault.message}".removeprefix(": "),
        text="\n".join(filter(None, words)),
    )


def _junit(outcome: Outcome) -> junit.Outcome:
    """A cell that failed is a failure; what kept cells from running is an error."""
    if outcome.status == "not run":
        return "skipped"
    is_failure = outcome.fault is not None and outcome.fault.kind in {"error", "timeout", "died"}
    return "failed" if is_failure else "error"


def _line(outcome: Outcome, fault: Fault) -> int:
    if fault.cell is None:
        return 1
    return line_in_file(outcome.job.path, fault.cell, fault.line or 1)


def _annotation(outcome: Outcome, root: str) -> str:
    fault = outcome.fault
    if fault is None:
        return ""
    lines = [heading(outcome), fault.source, fault.hint, *fault.traceback[-_LAST:]]
    return github.annotation(
        "error" if outcome.status == "failed" else "notice",
        "\n".join(filter(None, lines)),
        file=slashed(outcome.job.path, root),
        line=_line(outcome, fault),
        title=f"ipymod run: {fault.name or fault.kind}",
    )
