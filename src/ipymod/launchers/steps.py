"""DATA: the kinds of answer to "what happens when this file is started?"."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.launchers.surroundings import Surroundings

_PYTHON = pattern(r"(?:python|pypy)(?:\d(?:\.\d+)?)?[a-z]{0,3}(?:\.exe)?", re.IGNORECASE)
_WITH_VALUE = frozenset({"-X", "-W"})

MISSING, UNUSABLE, STUB, SHIM = "missing", "unusable", "stub", "shim"  # kinds of break


@dataclass(frozen=True)
class Start:
    """A file is started.

    Attributes:
        path: the file.
        words: what stands on its command line before the user's own arguments.
        around: what it sees of the machine.
        says: how it came to this, a sentence.
        sure: false if a rule was used that has exceptions.
        origin: the file or variable that made a shim choose it.
    """

    path: str
    words: tuple[str, ...]
    around: Surroundings
    says: str = ""
    sure: bool = True
    origin: str = ""


@dataclass(frozen=True)
class Python(Start):
    """An interpreter is reached: the end of the way."""

    @property
    def flags(self) -> str:
        """Its options before the script or `-m`, joined by blanks."""
        return " ".join(self._split()[0])

    @property
    def target(self) -> tuple[str, str]:
        """What it runs: `("module", name)`, `("script", path)` or two empty strings."""
        rest = self._split()[1]
        if rest[:1] == ("-m",) and len(rest) > 1:
            return "module", rest[1]
        return ("script", rest[0]) if rest and not rest[0].startswith("-") else ("", "")

    def _split(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        position = 0
        while position < len(self.words):
            word = self.words[position]
            if not word.startswith("-") or word in {"-m", "-c", "-"}:
                break
            position += 2 if word in _WITH_VALUE else 1
        return self.words[:position], self.words[position:]


@dataclass(frozen=True)
class Broken:
    """It cannot start.

    Attributes:
        reason: why, in words.
        says: how it came to this, a sentence.
        sure: false if a rule was used that has exceptions.
        python: the interpreter, if one is reached all the same.
        fault: the kind of break, as `Command.fault` has it.
        origin: the file or variable that made a shim choose so.
    """

    reason: str
    says: str = ""
    sure: bool = True
    python: str | None = None
    fault: str = MISSING
    origin: str = ""


@dataclass(frozen=True)
class Unknown:
    """It would have to be run."""

    reason: str
    says: str = ""
    sure: bool = False
    origin: str = ""


Step = Start | Broken | Unknown


def is_python(name: str) -> bool:
    """Whether a file of that name is an interpreter: `python3.12`, `pypy3`, `pythonw.exe`."""
    return _PYTHON.fullmatch(os.path.basename(name)) is not None


def is_pip(name: str) -> bool:
    """Whether a command of that name is pip: `pip`, `pip3`, `pip3.12`, `pip.exe`."""
    pattern = r"pip(?:-?\d(?:\.\d+)?)?(?:\.exe|\.bat|\.cmd)?"
    return re.fullmatch(pattern, os.path.basename(name), re.IGNORECASE) is not None
