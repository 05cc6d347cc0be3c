"""GATHER: which modules a kernel of this machine would find; it is not started for it."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.launchers import Surroundings, files
from ipymod.lint.targets.finder import Finder
from ipymod.lint.targets.model import OF_OTHERS, OF_WINDOWS, Target, in_stdlib
from ipymod.survey.importable import can_import

if TYPE_CHECKING:
    from ipymod.facts import Kernel

_STDLIB = os.path.dirname(os.__file__)
_DISTUTILS = "distutils"  # which setuptools brings by a finder


def of_kernel(kernel: Kernel, words: str) -> Target:
    """The target that a kernel is.

    Args:
        kernel: as `survey.ask.ask` or `survey.kernels.kernel_facts` tells it.
        words: what a reader calls it: `the kernel course`.
    """
    return Target("kernel", words, kernel.version, Modules(kernel))


@dataclass(frozen=True)
class Modules:
    """Tells which part of a module's name a kernel does not find.

    The folder of the kernel is left out: notebooks run in their own.
    """

    kernel: Kernel

    def __call__(self, module: str) -> str:
        """The part that is missing; empty if none is, or if only a run could tell."""
        missing = self._finder.missing(module)
        if not missing or self._is_built_in(missing):
            return ""
        if missing.partition(".")[0] == _DISTUTILS and not self._finder.missing("setuptools"):
            return ""
        return missing if self._is_sure(missing) else ""

    @cached_property
    def _finder(self) -> Finder:
        kernel = self.kernel
        own = {"", ".", kernel.cwd}
        entries = [entry for entry in kernel.path if entry not in own and os.path.isdir(entry)]
        return Finder(entries, kernel.version)

    @cached_property
    def _is_whole(self) -> bool:
        """Whether the path has no archive, and a standard library that can be looked into."""
        entries = self.kernel.path
        has_library = any("os.py" in files.names(entry) for entry in entries if entry)
        return has_library and not any(os.path.isfile(entry) for entry in entries)

    def _is_built_in(self, module: str) -> bool:
        """Whether it is of the standard library, yet in no file: compiled into the interpreter.

        What is written in Python here is so in other versions: where its file is missing, the
        system has split the library, as Debian does with tkinter.
        """
        elsewhere = OF_OTHERS if self.kernel.system == "Windows" else OF_WINDOWS
        if "." in module or module in elsewhere or not in_stdlib(module, self.kernel.version):
            return False
        written = Finder([_STDLIB], ".".join(map(str, sys.version_info[:2]))).missing(module) == ""
        return not written or not self._is_whole

    def _is_sure(self, missing: str) -> bool:
        if not self._is_whole:
            return False
        if "." in missing:  # of a namespace, whose folders are all known
            return True
        return can_import(missing, self.kernel.environment, Surroundings.now()) is False
