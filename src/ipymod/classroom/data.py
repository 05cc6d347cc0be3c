"""SHOW: a class for other programs: JSON, and a row a student as CSV.

The JSON has `format` (1), `course`, `ready`, `students` (`who`, `name`, `seat`, `python`, `os`,
`state`, `faults` as [what, how], `source`, `line`), `missing` (`what`, `kind`, `count`, `alone`),
`helps` (`what`, `kind`, `ready`, `others`, `command`), `unread` (`source`, `line`, `name`,
`reason`) and `doubled`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipymod.classroom.model import Student
    from ipymod.classroom.outline import Outline

_FORMAT = 1
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


def dumps(outline: Outline) -> str:
    """Write the class as JSON."""
    return json.dumps(_plain(outline), indent=1, ensure_ascii=False)


def _plain(outline: Outline) -> dict[str, Any]:
    room = outline.room
    return {
        "format": _FORMAT,
        "course": room.course,
        "ready": room.ready,
        "students": [_student(each) for each in room.students],
        "missing": [
            {
                "what": outline.title(each.fix),
                "kind": each.fix.kind,
                "count": each.count,
                "alone": each.alone,
            }
            for each in room.lacks
        ],
        "helps": [
            {
                "what": outline.title(each.fix),
                "kind": each.fix.kind,
                "ready": each.ready,
                "others": each.others,
                "command": outline.command(each.fix),
            }
            for each in room.steps
        ],
        "unread": [
            {"source": each.source, "line": each.number, "name": each.name, "reason": each.reason}
            for each in room.unread
        ],
        "doubled": list(room.doubled),
    }


def _student(student: Student) -> dict[str, Any]:
    sent, line = student.sent, student.sent.line
    return {
        "who": student.label,
        "name": sent.name,
        "seat": line.seat if line else "",
        "python": line.python if line else "",
        "os": line.os if line else "",
        "state": sent.state,
        "faults": [list(each) for each in line.faults] if line else [["ipymod", "missing"]],
        "source": sent.source,
        "line": sent.number,
    }


def rows(outline: Outline) -> str:
    """Write the students as CSV, which a spreadsheet shows as it is."""
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["who", "seat", "python", "system", "state", "missing"])
    for each in outline.room.students:
        who, python, system, state, missing = outline.row(each)
        seat = each.sent.line.seat if each.sent.line else ""
        writer.writerow(map(_harmless, (who, seat, python, system, state, missing)))
    return file.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
