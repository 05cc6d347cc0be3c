"""Imports point down, and nothing grows too long."""

from __future__ import annotations

import ast
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from environments import REPOSITORY, environment
from generations import GENERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kernels import LiveKernel

SOURCE = REPOSITORY / "src"
ALL_OF_OURS = ("ipymod",)

# What values and patterns are made of lies below all rows.
BELOW_ALL = ("ipymod.frozen", "ipymod.patterns", "ipymod.edits", "ipymod.legible")

# Who may import which of ours. A row speaks for what lies under it too, the first row alone not.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "ipymod": ("ipymod.magics",),
    "ipymod.frozen": (),
    "ipymod.patterns": (),
    "ipymod.edits": (),
    "ipymod.errors": (),
    "ipymod.facts": ("ipymod.facts",),
    "ipymod.registry": ("ipymod.errors",),
    "ipymod.checks": ("ipymod.checks", "ipymod.facts", "ipymod.registry"),
    "ipymod.launchers": ("ipymod.facts", "ipymod.launchers"),
    "ipymod.probe": (),
    "ipymod.survey": (
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.launchers",
        "ipymod.listing",
        "ipymod.maps",
        "ipymod.modules",
        "ipymod.probe",
        "ipymod.survey",
    ),
    "ipymod.names": ("ipymod.facts", "ipymod.launchers", "ipymod.modules", "ipymod.survey"),
    "ipymod.report": (
        "ipymod.checks",
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.registry",
        "ipymod.report",
    ),
    "ipymod.legible": (),
    "ipymod.listing": (),
    "ipymod.maps": (),
    "ipymod.modules": ("ipymod.listing",),
    "ipymod.run": ("ipymod.errors", "ipymod.modules", "ipymod.run"),
    "ipymod.notebooks": ("ipymod.cells", "ipymod.errors", "ipymod.notebooks"),
    "ipymod.notebooks.imports": (
        "ipymod.launchers",
        "ipymod.notebooks",
        "ipymod.shell",
        "ipymod.survey",
    ),
    "ipymod.lint": (
        "ipymod.cells",
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.launchers",
        "ipymod.lint",
        "ipymod.notebooks",
        "ipymod.registry",
        "ipymod.shell",
        "ipymod.survey",
    ),
    "ipymod.binder": (
        "ipymod.binder",
        "ipymod.checks.requirements",
        "ipymod.launchers",
        "ipymod.notebooks",
        "ipymod.registry",
        "ipymod.survey",
    ),
    "ipymod.ready": (
        "ipymod.binder",
        "ipymod.checks",
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.launchers",
        "ipymod.lint.targets",
        "ipymod.notebooks",
        "ipymod.ready",
        "ipymod.registry",
        "ipymod.report",
        "ipymod.survey",
    ),
    "ipymod.classroom": (
        "ipymod.classroom",
        "ipymod.errors",
        "ipymod.ready.check",
        "ipymod.ready.file",
        "ipymod.ready.line",
        "ipymod.report.markdown",
    ),
    "ipymod.formats": (
        "ipymod.errors",
        "ipymod.formats",
        "ipymod.lint.found",
        "ipymod.registry",
    ),
    "ipymod.kernelspecs": (
        "ipymod.checks",
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.kernelspecs",
        "ipymod.launchers",
        "ipymod.registry",
        "ipymod.report",
        "ipymod.survey",
    ),
    "ipymod.preflight": (
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.formats",
        "ipymod.hints",
        "ipymod.launchers",
        "ipymod.notebooks",
        "ipymod.preflight",
        "ipymod.survey",
    ),
    "ipymod.progress": (),
    "ipymod.console": ("ipymod.errors",),
    "ipymod.commands": ALL_OF_OURS,
    "ipymod.refresh": ("ipymod.refresh", "ipymod.maps"),
    "ipymod.shell": ("ipymod.shell",),
    "ipymod.cells": (),
    "ipymod.browser": ("ipymod.browser", "ipymod.cells", "ipymod.errors", "ipymod.run"),
    "ipymod.frontends": (),
    "ipymod.idle": (),
    "ipymod.enabled": ("ipymod.greeting",),
    "ipymod.greeting": (
        "ipymod.checks",
        "ipymod.facts",
        "ipymod.hooks.saying",
        "ipymod.hooks.switch",
        "ipymod.idle",
        "ipymod.launchers",
        "ipymod.report",
        "ipymod.survey",
    ),
    "ipymod.startup": (
        "ipymod.errors",
        "ipymod.launchers",
        "ipymod.startup",
        "ipymod.survey",
    ),
    "ipymod.hints": (
        "ipymod.checks",
        "ipymod.facts",
        "ipymod.hints",
        "ipymod.launchers",
        "ipymod.survey",
    ),
    "ipymod.guard": (
        "ipymod.checks.reached",
        "ipymod.facts",
        "ipymod.guard",
        "ipymod.launchers",
        "ipymod.shell",
        "ipymod.survey",
    ),
    "ipymod.hooks": (
        "ipymod.cells",
        "ipymod.errors",
        "ipymod.guard",
        "ipymod.hints",
        "ipymod.hooks",
        "ipymod.idle",
        "ipymod.launchers",
        "ipymod.refresh",
        "ipymod.survey",
    ),
    "ipymod.actions": (
        "ipymod.browser",
        "ipymod.errors",
        "ipymod.frontends",
        "ipymod.modules",
        "ipymod.run",
    ),
    "ipymod.whichpip": (
        "ipymod.checks",
        "ipymod.errors",
        "ipymod.facts",
        "ipymod.launchers",
        "ipymod.names",
        "ipymod.ready",
        "ipymod.registry",
        "ipymod.report",
        "ipymod.run.tokens",
        "ipymod.survey",
    ),
    "ipymod.cli": ALL_OF_OURS,
    "ipymod.__main__": ("ipymod.cli",),
    "ipymod.completion": ALL_OF_OURS,
    "ipymod.magics": ALL_OF_OURS,
}

# Who may import which of others; whatever is not named here, nobody may.
IMPORTED_BY: dict[str, tuple[str, ...]] = {
    "IPython": ("ipymod.cells", "ipymod.completion", "ipymod.frontends", "ipymod.magics"),
    "jupyter_client": (
        "ipymod.kernelspecs.start",
        "ipymod.notebooks.execute",
        "ipymod.preflight.kernel",
        "ipymod.preflight.kernelspecs",
    ),
    "micropip": ("ipymod.browser",),
    "nbclient": ("ipymod.notebooks.execute", "ipymod.preflight"),
    "nbconvert": ("ipymod.preflight.pages",),
    "nbformat": ("ipymod.notebooks.execute", "ipymod.preflight"),
    "orjson": ("ipymod.notebooks.loads",),
    "packaging": ("ipymod.survey.packages",),
    "piplite": ("ipymod.browser",),
    "psutil": ("ipymod.survey",),
    "pyodide": ("ipymod.browser",),
    "tornado": ("ipymod.idle",),
    "tqdm": ("ipymod.progress",),
    "traitlets": ("ipymod.hooks.settings", "ipymod.preflight.kernelspecs"),
    "zmq": ("ipymod.preflight.desk",),
}

MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_TEST_FILE = 700  # a list of cases reads well at any length


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}
OUR_FILES = [
    path.relative_to(REPOSITORY).as_posix()
    for folder in ("src", "tests", "tools", "benchmarks")
    for path in sorted((REPOSITORY / folder).rglob("*.py"))
]


def under(module: str, rows: tuple[str, ...]) -> bool:
    return any(module == row or module.startswith(f"{row}.") for row in rows)


def row_of(module: str) -> str | None:
    if module == "ipymod":
        return module
    fitting = [row for row in MAY_IMPORT if row != "ipymod" and under(module, (row,))]
    return max(fitting, key=len, default=None)


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes beneath, without what only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from executed(child)


def package_of(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


@cache
def imports(module: str) -> frozenset[str]:
    """The full name of each module that this one imports, at its top or in a function."""
    return frozenset(_imports(module))


def _imports(module: str) -> Iterator[str]:
    for node in executed(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package_of(module).split(".")[: 1 - node.level or None] if node.level else []
            origin = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield inner if inner in MODULES else origin


def test_a_module_imports_only_what_lies_below() -> None:
    wrong = {module: _above(module) for module in MODULES}
    assert {module: names for module, names in wrong.items() if names} == {}


def _above(module: str) -> set[str]:
    row = row_of(module)
    assert row, f"{module} is in no row of MAY_IMPORT"
    ours = {name for name in imports(module) if under(name, ALL_OF_OURS)}
    return {name for name in ours if not under(name, MAY_IMPORT[row] + BELOW_ALL)}


def test_a_package_of_others_is_imported_only_where_it_belongs() -> None:
    wrong = {module: _misplaced(module) for module in MODULES}
    assert {module: names for module, names in wrong.items() if names} == {}


def _misplaced(module: str) -> set[str]:
    packages = {name.partition(".")[0] for name in imports(module)}
    others = packages - sys.stdlib_module_names - {"ipymod"}
    return {name for name in others if not under(module, IMPORTED_BY.get(name, ()))}


def test_the_tables_name_no_module_that_is_gone() -> None:
    assert set(MAY_IMPORT) <= set(MODULES)


def test_no_function_and_no_module_grows_too_long() -> None:
    assert [each for path in OUR_FILES for each in _too_long(path)] == []


def _too_long(path: str) -> Iterator[str]:
    text = (REPOSITORY / path).read_text("utf-8")
    most = MOST_LINES_OF_A_TEST_FILE if path.startswith("tests/") else MOST_LINES_OF_A_MODULE
    if len(text.splitlines()) > most:
        yield path
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield f"{path}: {node.name}"


def new_modules(kernel: LiveKernel, code: str) -> set[str]:
    kernel.run("%load_ext autoreload\nbefore = None")  # what the first magic loads is not ours
    kernel.run("before = {*__import__('sys').modules}", silent=True)
    output = kernel.run(code)
    assert output.error is None, output.error
    return set(kernel.value("sorted({*__import__('sys').modules} - before)"))


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_import_loads_the_package_itself_alone(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    kernel = fresh_kernel(environment(generation))
    assert new_modules(kernel, "import ipymod") <= {"ipymod", "ipymod.errors"}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_extension_loads_nothing_that_is_not_ours(
    generation: str, fresh_kernel: Callable[..., LiveKernel]
) -> None:
    loaded = new_modules(fresh_kernel(environment(generation)), "%load_ext ipymod")
    assert {name for name in loaded if not under(name, ALL_OF_OURS)} == set()
