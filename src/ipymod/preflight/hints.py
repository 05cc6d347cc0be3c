"""GATHER: the word on a missing module that a user would get in a cell of that kernel."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipymod.facts import Kernel
    from ipymod.facts.kernels import Kernelspecs
    from ipymod.launchers import Surroundings
    from ipymod.preflight.model import Fault, Outcome

_NAMES = frozenset({"ModuleNotFoundError", "ImportError"})
_MISSING = pattern(r"No module named '([\w.]+)'")
_DOTTED = pattern(r"(?:^|[\s;,])(?:from|import)\s+([\w.]+)(?:\s+import\s+\(?\s*(\w+))?")
_FRAME = pattern(r"^(?:\s*File )\"?(~?[^\":]+?\.py)\"?(?::|, line )\d+")


def hinted(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Give the outcomes, with a word on each module that was missing."""
    facts = _Facts()
    return [_with_hint(outcome, facts) for outcome in outcomes]


class _Facts:
    """What is known of kernels; gathered when somebody asks, and once."""

    def __init__(self) -> None:
        self._kernels: dict[tuple[str, str], Kernel | None] = {}

    def of(self, name: str, folder: str) -> tuple[Kernel | None, Surroundings]:
        """Give the kernel of a name as it is in a folder, and what it sees of the machine."""
        from ipymod.survey.kernels import kernel_facts

        here = replace(self._here, cwd=folder)
        if (name, folder) not in self._kernels:
            spec = self._specs.named(name) if self._specs else None
            self._kernels[name, folder] = kernel_facts(spec, here) if spec else None
        return self._kernels[name, folder], here

    @cached_property
    def _here(self) -> Surroundings:
        from ipymod.launchers import Surroundings

        return Surroundings.now()

    @cached_property
    def _specs(self) -> Kernelspecs | None:
        from ipymod.survey import this_kernel
        from ipymod.survey.kernels import gather_kernelspecs

        return gather_kernelspecs(this_kernel(self._here), self._here)


def _with_hint(outcome: Outcome, facts: _Facts) -> Outcome:
    fault = outcome.fault
    missing = _MISSING.search(fault.message) if fault and fault.name in _NAMES else None
    if not (fault and missing):
        return outcome
    from ipymod.hints import word_on

    kernel, here = facts.of(outcome.kernel, os.path.dirname(os.path.abspath(outcome.job.path)))
    hint = word_on(_wanted(fault, missing[1]), kernel, here) if kernel else ""
    return replace(outcome, fault=replace(fault, hint=hint))


def _wanted(fault: Fault, name: str) -> Any:
    """What was not found: the innermost frame tells who asked, the cell's line the whole name."""
    from ipymod.hints.statement import Wanted

    frames = [found[1] for line in fault.traceback if (found := _FRAME.match(line))]
    file = os.path.expanduser(frames[-1]) if frames else ""
    longer = () if frames else tuple(_longer(fault.source, name))
    return Wanted(name, longer, file if os.path.exists(file) else "")


def _longer(source: str, name: str) -> list[str]:
    """The dotted names of a statement that go on from the missing one, the longest first."""
    found = [
        each
        for base, part in re.findall(_DOTTED.pattern, source)
        for each in ((f"{base}.{part}", base) if part else (base,))
    ]
    return [each for each in dict.fromkeys(found) if each.startswith(f"{name}.")]
