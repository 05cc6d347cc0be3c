"""SHOW: the kernels as data; a key may be added, none changes its meaning.

A list, by name, of one name the kernel that counts first; each with

    name          as Jupyter knows it
    display_name  as its menu shows it
    language      as the file says
    file          its kernel.json; of the kernel that Jupyter makes up, where it would lie
    listed        whether Jupyter offers a kernel of this file, others of its name left aside
    hidden_by     the directory of the kernel that is taken in its place; empty if it is not hidden
    argv          the command as it is written
    interpreter   the Python that it starts; null if that is none, or not to be told
    environment   of that: prefix, kind (venv, virtualenv, uv, conda, debian, pyenv, base), version;
                  or null
    ipykernel     its version, as files tell; empty if they tell none
    state         error, warning, note, ok, hidden, or unknown: only --start tells
    problems      the worst first: code, name, severity (error, warning, info), message, fix
    answer        null unless --start; else: end (answered, died, silent, unstartable), seconds (to
                  the first reply, the death or the end of the patience), language, executable,
                  prefix, version, ipykernel, has_ipymod, status, last_words (a list), reason,
                  explained_by (the code of a check, or empty),
                  differences (a list of: what, files, kernel)

What is not known is null or empty.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ipymod.checks.kernelspecs import file
from ipymod.kernelspecs.learned import explaining
from ipymod.report.redact import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipymod.kernelspecs.model import Answer, Entry


def dumps(entries: Iterable[Entry]) -> str:
    """Write them down, in ASCII: names of files may hold bytes that are no text."""
    return json.dumps(redacted([data(entry) for entry in entries]), indent=1)


def data(entry: Entry) -> dict[str, Any]:
    """Give one kernel as dictionaries and lists."""
    spec, command = entry.spec, entry.spec.command
    environment = command.environment if command and command.python else None
    return {
        "name": spec.name,
        "display_name": spec.display_name,
        "language": spec.language,
        "file": file(spec)["kernelspec"],
        "listed": spec.listed,
        "hidden_by": spec.shadowed_by,
        "argv": list(spec.argv),
        "interpreter": command.python if command else None,
        "environment": environment
        and {name: getattr(environment, name) for name in ("prefix", "kind", "version")},
        "ipykernel": entry.ipykernel,
        "state": entry.state,
        "problems": [
            {
                "code": each.code,
                "name": each.name,
                "severity": each.severity.value,
                "message": each.message,
                "fix": each.fix,
            }
            for each in entry.problems
        ],
        "answer": entry.answer and _answer(entry, entry.answer),
    }


def _answer(entry: Entry, answer: Answer) -> dict[str, Any]:
    environment = answer.environment
    return {
        "end": answer.end,
        "seconds": round(answer.seconds, 3),
        "language": answer.language,
        "executable": answer.executable,
        "prefix": environment.prefix if environment else "",
        "version": environment.version if environment else "",
        "ipykernel": answer.ipykernel,
        "has_ipymod": answer.has_ipymod,
        "status": answer.status,
        "last_words": list(answer.words),
        "reason": answer.reason,
        "explained_by": "" if answer.end == "answered" else explaining(entry),
        "differences": [
            {"what": each.what, "files": each.files, "kernel": each.kernel}
            for each in entry.differences
        ],
    }
