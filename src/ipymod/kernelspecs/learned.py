"""JUDGE: what the start of a kernel teaches: where the files told otherwise, and why it failed.

A failed start changes the facts, and the checks judge those: an explanation is a check's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts import Command, same
from ipymod.kernelspecs.judged import again, spoilt_imports
from ipymod.kernelspecs.model import Difference
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.kernelspecs.model import Answer, Entry, Listing

_LACKS = pattern(r"No module named '?(ipykernel\w*)\b")
_OF_A_LAUNCHER = (126, 127)  # what `env` and shells end with where there is no such program
_GONE = pattern(
    r"No such file|cannot find|not found|not recognized|Permission denied|not executable"
)


def learned(entry: Entry, answer: Answer, listing: Listing) -> Entry:
    """The entry with its answer, and with what is wrong as far as that tells it."""
    entry = replace(entry, answer=answer)
    if answer.end == "answered":
        return replace(entry, differences=tuple(_differences(entry, answer)))
    return _explained(entry, answer, listing)


def _differences(entry: Entry, answer: Answer) -> Iterator[Difference]:
    files, told = entry.kernel, answer.environment
    if files is None or told is None:
        return
    if not same(files.environment, replace(told, version=files.version)):
        yield Difference("environment", files.prefix, told.prefix)
    if not _agree(files.version, told.version):
        yield Difference("Python", files.version, told.version)
    if entry.ipykernel and answer.ipykernel and entry.ipykernel != answer.ipykernel:
        yield Difference("ipykernel", entry.ipykernel, answer.ipykernel)


def _agree(files: str, kernel: str) -> bool:
    """Whether versions are the same, as exactly as files tell: `3.12`, or nothing."""
    known = files.split(".") if files else []
    return kernel.split(".")[: len(known)] == known


def _explained(entry: Entry, answer: Answer, listing: Listing) -> Entry:
    said = "\n".join((answer.reason, *answer.words))
    spec = entry.spec
    if spec.command and (lacking := _LACKS.search(said)):
        module = spec.module or lacking[1]
        command = replace(spec.command, state="ok")
        known = replace(spec, module=module, has_module=False, command=command)
        return again(replace(entry, spec=known), listing, "WP203")
    is_gone = answer.end == "unstartable" or answer.status in _OF_A_LAUNCHER
    if is_gone and _GONE.search(said):
        broken = spec.command or Command(spec.argv[0], "")
        reason = broken.reason or answer.reason or answer.words[-1]
        broken = replace(broken, state="broken", reason=reason)
        return again(replace(entry, spec=replace(spec, command=broken)), listing, "WP201")
    return entry if explaining(entry) else spoilt_imports(entry)


def explaining(entry: Entry) -> str:
    """The code of the check that explains why a kernel gave no answer; empty if none does."""
    likely = (each.code for each in entry.problems if each.severity.value != "info")
    return next((code for code in likely if code not in {"WP204", "WP205", "WP206"}), "")
