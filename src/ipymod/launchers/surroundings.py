"""GATHER: what a launcher would see of the machine, given as data.

Nothing else in this package reads `os.environ` or `sys.platform`, so the rules of another system,
of another directory or of another PATH are followed by handing over other surroundings.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a shell searches when PATH is not set at all; an empty PATH means the working directory.
_DEFAULT_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


@dataclass(frozen=True)
class Surroundings:
    """The things outside a file that decide what it starts.

    What was found out with them is remembered; who looks again takes new ones.

    Attributes:
        path: the entries of PATH as they are written; an empty one means `cwd`.
        cwd: the working directory, absolute; empty if it was deleted.
        variables: the environment variables.
        home: the user's home directory.
        system: `Linux`, `Darwin` or `Windows`: whose rules hold. Other Unixes count as Linux.
        silent: the entries of PATH, as absolute paths, that do not answer and are passed over.
    """

    path: tuple[str, ...]
    cwd: str
    variables: Mapping[str, str]
    home: str
    system: str
    silent: tuple[str, ...] = ()

    @classmethod
    def now(cls) -> Surroundings:
        """What a command would see that this process starts now."""
        system = {"win32": "Windows", "darwin": "Darwin"}.get(sys.platform, "Linux")
        text = os.environ.get("PATH")
        path = _DEFAULT_PATH if text is None else tuple(text.split(os.pathsep))
        return cls(path, _cwd(), dict(os.environ), os.path.expanduser("~"), system)

    @cached_property
    def answers(self) -> dict[tuple[str, ...], Any]:
        """What was asked before, and what the answer was."""
        return {}

    @property
    def windows(self) -> bool:
        """Whether the rules of Windows hold."""
        return self.system == "Windows"

    def absolute(self, path: str) -> str:
        """The path as it is found from the working directory; links stay as they are."""
        return os.path.join(self.cwd, path)

    def with_path(self, path: Iterable[str]) -> Surroundings:
        """The same with another PATH, in the variables too."""
        entries = tuple(path)
        joined = (";" if self.windows else ":").join(entries)
        return replace(self, path=entries, variables={**self.variables, "PATH": joined})

    def with_variables(self, **variables: str) -> Surroundings:
        """The same with more environment variables, PATH not among them."""
        return replace(self, variables={**self.variables, **variables})

    def without_variables(self, *names: str) -> Surroundings:
        """The same without some environment variables; without names, without any."""
        kept = {key: text for key, text in self.variables.items() if names and key not in names}
        path = self.path if "PATH" in kept or "PATH" not in self.variables else _DEFAULT_PATH
        return replace(self, path=path, variables=kept)


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted under us
        return ""
