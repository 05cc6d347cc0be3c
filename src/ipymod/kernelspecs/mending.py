"""JUDGE: the commands that mend what is wrong, in the order in which they have to be typed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.kernelspecs.model import Entry
    from ipymod.registry import Problem

_REGISTERING, _REMOVING = " -m ipykernel install ", " kernelspec remove "
_SHOWN_AS = " --display-name "
# A sign in the command, and what such commands do; the first that fits counts, the last all.
_KINDS = (
    (" pip uninstall ", "Uninstall what is there twice"),
    ("pip install ", "Install what is missing"),
    (_REGISTERING, "Register again"),
    (_REMOVING, "Remove what starts nothing or stands before another"),
    ("rm -r ", "Delete what is of no use"),
    ("rmdir ", "Delete what is of no use"),
    ("conda run ", "Start Jupyter in the activated environment"),
    ("", "By hand"),
)
_ORDER = list(dict.fromkeys(title for _, title in _KINDS))
_PLACEHOLDER = "EXTENSION"  # stands where only the reader knows what is meant


@dataclass(frozen=True)
class Mending:
    """Commands of one kind.

    Attributes:
        title: what they do.
        commands: each once, ready to be pasted; of the kind `By hand`, what is to be done.
    """

    title: str
    commands: tuple[str, ...]


def mending(entries: Iterable[Entry]) -> list[Mending]:
    """What mends all problems of these kernels."""
    groups: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        for command in _of(entry):
            groups[_title(command)].append(command)
    return [
        Mending(title, tuple(dict.fromkeys(groups[title]))) for title in _ORDER if title in groups
    ]


def _of(entry: Entry) -> list[str]:
    """The commands for one kernel, whose removal makes all others needless."""
    commands = [each.fix for each in _merged(entry.problems) if _PLACEHOLDER not in each.fix]
    removing = [command for command in commands if _REMOVING in command]
    return removing or [command for command in commands if command]


def _merged(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The same with one registration at most; that with the better name does for all."""
    registering = [each for each in problems if _REGISTERING in each.fix]
    best = next((each for each in registering if each.code == "WP206"), None)
    chosen = best or next(iter(registering), None)
    for each in problems:
        if each is chosen or each not in registering:
            yield each


def _title(command: str) -> str:
    return next(title for sign, title in _KINDS if sign in command)
