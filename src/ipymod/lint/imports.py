"""JUDGE: imports that the environment lacks which notebooks are meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.lint.base import INFO, REGISTRY, WARNING, At, Finding
from ipymod.lint.examples import aimed_at, code
from ipymod.lint.targets.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipymod.lint.facts import Facts
    from ipymod.notebooks.imports import Import

_WITHOUT_NUMPY = Target(
    "kernel", "the kernel course", "3.12", lambda module: module if module == "numpy" else ""
)


def _example(source: str) -> Callable[[Facts], Facts]:
    return aimed_at(_WITHOUT_NUMPY, code(source))


@REGISTRY.check("NB501", "imports", WARNING, example=_example("import numpy as np"))
def import_that_the_target_lacks(imports: tuple[Import, ...], target: Target) -> Iterator[Finding]:
    """A cell imports a module that the environment has not which the notebook is meant for.

    It will stop there with ModuleNotFoundError. What the notebook installs before, what lies
    beside it and what it can do without is no fault; where an earlier cell installs something
    else, which may bring the module, this is only said.
    """
    yield from _lacked(imports, target, guarded=False)


@REGISTRY.check(
    "NB502",
    "imports",
    INFO,
    example=_example("try:\n    import numpy\nexcept ImportError:\n    numpy = None"),
)
def guarded_import_that_the_target_lacks(
    imports: tuple[Import, ...], target: Target
) -> Iterator[Finding]:
    """The environment lacks a module that the notebook can do without.

    The import stands in a `try`, or behind a test of the place, so that the notebook goes on; it
    takes another way there than where it was written.
    """
    yield from _lacked(imports, target, guarded=True)


def _lacked(imports: tuple[Import, ...], target: Target, *, guarded: bool) -> Iterator[Finding]:
    seen = set()
    for each in imports:
        is_brought = each.own or each.installed_by is not None
        if is_brought or each.guarded is not guarded or each.module in seen:
            continue
        seen.add(each.module)  # the first import of it stops the notebook
        if lack := target.lack(each.module):
            reasons = [lack.reason] if lack.reason else []
            is_unsure = each.perhaps_by is not None and not lack.is_final
            if is_unsure:
                reasons.append("what an earlier cell installs may bring it")
            yield Finding(
                f"{lack.module} is not in {target.words}{_because(reasons)}",
                fix=lack.hint,
                severity=INFO if is_unsure else None,
                at=At(each.cell, each.line),
            )


def _because(reasons: list[str]) -> str:
    return f": {'; '.join(reasons)}" if reasons else ""
