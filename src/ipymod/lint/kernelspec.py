"""JUDGE: the kernel that a notebook names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.lint.base import INFO, REGISTRY, WARNING, At, Finding
from ipymod.lint.examples import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.notebooks.model import Notebook

NATIVE = "python3"
_OTHERS = frozenset({"python", "xpython", "pyodide"})  # what other front ends offer everywhere


@REGISTRY.check(
    "NB301",
    "kernelspec",
    INFO,
    example=metadata(has_kernelspec=False, kernel="", display_name=""),
)
def kernelspec_is_missing(python: Notebook) -> Iterator[Finding]:
    """A notebook does not say which kernel it is for.

    Whoever opens it is asked for a kernel first, and tools that run notebooks need to be told.
    """
    if not python.has_kernelspec or not python.kernel:
        yield Finding(
            f"it names no kernel; {NATIVE} is there wherever ipykernel is",
            fix=f"ipymod fix --kernelspec {NATIVE}",
            at=At(),
        )


@REGISTRY.check(
    "NB302",
    "kernelspec",
    WARNING,
    example=metadata(kernel="ada-thesis", display_name="Python (ada-thesis)"),
)
def kernelspec_of_one_machine(python: Notebook) -> Iterator[Finding]:
    """A notebook names a kernel that its author's machine had, and others lack.

    Jupyter offers `python3` wherever ipykernel is installed. Any other name was registered by
    hand: on another machine the notebook opens with "No such kernel", and does not run there
    without being asked.
    """
    if python.kernel and python.kernel not in {NATIVE, *_OTHERS}:
        yield Finding(
            f'it names the kernel {python.kernel} ("{python.display_name}"), '
            f"which other machines lack; {NATIVE} is there wherever ipykernel is",
            fix=f"ipymod fix --kernelspec {NATIVE}",
            at=At(),
        )
