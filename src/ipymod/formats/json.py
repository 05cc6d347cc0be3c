"""SHOW: findings as data: a list, one object a finding; a key may be added, none changes.

    path       of the notebook, as it was given or found
    cell       its index among all cells, from 0; null for the notebook as a whole
    line       in the cell, from 1; in the file, where there is no cell
    code       of the rule; it never changes its meaning
    name       of the rule
    message    what is wrong
    fix        "safe" if `ipymod fix` mends it, "unsafe" if only with --unsafe-fixes, else null
    severity   error, warning, info
    hint       the line or command that mends it, empty where there is none
    source     the line of the cell that it is about, empty where it is about none

What there is not is null or empty.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipymod.formats.linted import Linted
    from ipymod.lint.found import Found


def write(linted: Linted) -> str:
    """Write them down, in ASCII: names of files may hold bytes that are no text."""
    return json.dumps([_object(found) for found in linted.found], indent=1)


def _object(found: Found) -> dict[str, Any]:
    return {
        "path": found.path,
        "cell": found.cell,
        "line": found.line,
        "code": found.code,
        "name": found.name,
        "message": found.message,
        "fix": found.fix,
        "severity": found.severity.value,
        "hint": found.hint,
        "source": found.source,
    }
