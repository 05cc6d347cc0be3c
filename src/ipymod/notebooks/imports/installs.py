"""GATHER: what the cells of a notebook install, and in which cell."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.notebooks.code import escapes, shell_lines, tree_of
from ipymod.notebooks.imports.statements import lines_of_a_place
from ipymod.patterns import pattern
from ipymod.shell.reading import read
from ipymod.survey import known
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.notebooks.model import Cell, Notebook
    from ipymod.shell.calls import Call

_INSTALLERS = ("pip", "conda", "mamba", "uv ")
_VERBS = ("install", "uv add", "uv sync", "env update")
_REMOVING = frozenset({"uninstall", "remove"})
_LISTS = frozenset({"-r", "--requirement", "--requirements"})
_NAME = pattern(r"([A-Za-z0-9][\w.-]*)\s*(?:\[|@|[<>=!~;,\s]|$)")
_EGG = pattern(r"[#&]egg=([\w.-]+)")
_WHEEL = pattern(r"([A-Za-z0-9][\w.]*)-\d[^/]*\.(?:whl|tar\.gz|zip)")
_LAST = pattern(r"/([\w.-]+?)(?:\.git)?(?:@[^/]*)?(?:#.*)?$")
_PYMOD = pattern(r"pymod\s+(?:--[a-z-]+(?:[= ]\S+)?\s+)*?(pip|uv)\s+(.+)")
_OF_PYODIDE = frozenset({"micropip", "piplite"})
_MOST = 1 << 16  # bytes of a file of requirements


class Installs:
    """What a notebook installs."""

    def __init__(self, notebook: Notebook) -> None:
        self._cells: dict[str, int] = {}  # of a distribution, the first cell that installs it
        self._first: int | None = None
        folder = os.path.dirname(notebook.path)
        for cell in notebook.code:
            if _may_install(cell.source):
                for name in (
                    *_by_shell(cell, folder),
                    *_by_pymod(cell, folder),
                    *_by_python(cell),
                ):
                    self._cells.setdefault(normalised(name), cell.index)
                    self._first = cell.index if self._first is None else self._first

    def of(self, module: str, cell: int) -> int | None:
        """The cell, this one or an earlier one, that installs what brings a module."""
        if not self._cells:
            return None
        names = {normalised(module.partition(".")[0]), normalised(module)}
        names.update(normalised(name) for name in known.distributions_of(module))
        found = [self._cells[name] for name in names if name in self._cells]
        return next((each for each in sorted(found) if each <= cell), None)

    def before(self, cell: int) -> int | None:
        """The first cell that installs anything, if this one is not earlier."""
        return self._first if self._first is not None and self._first <= cell else None


def _may_install(source: str) -> bool:
    return any(map(source.__contains__, _VERBS)) and any(map(source.__contains__, _INSTALLERS))


def _by_shell(cell: Cell, folder: str) -> Iterator[str]:
    elsewhere = lines_of_a_place(cell.source)
    for line in shell_lines(cell.source):
        for call in read(line.text, line.kind, windows=False).calls:
            if call.change is not None and call.verb not in _REMOVING:
                yield from ([""] if line.line in elsewhere else _named(call, folder))


def _by_pymod(cell: Cell, folder: str) -> Iterator[str]:
    """What our own magic installs, wherever its own options stand."""
    for escape in escapes(cell.source) if "pymod" in cell.source else ():
        found = _PYMOD.match(escape.text) if escape.sign == "%" else None
        for call in read(found[2], f"%{found[1]}", windows=False).calls if found else ():
            if call.change is not None and call.verb not in _REMOVING:
                yield from _named(call, folder)


def _named(call: Call, folder: str) -> Iterator[str]:
    """What a call installs; an empty name for what cannot be told."""
    yield ""  # whatever it is, it may need more
    for requirement in call.change.requirements if call.change else ():
        yield _name_of(requirement)
    for option in call.options:
        if option.name in _LISTS and option.value:
            text = files.text(os.path.join(folder, option.value), _MOST)
            yield from map(_name_of, text.splitlines())


def _name_of(requirement: str) -> str:
    """The name of what is required; of an address what it most likely is, else empty."""
    text = requirement.strip().strip("\"'")
    if "/" not in text and (found := _NAME.match(text)):
        return found[1]
    patterns = (_EGG, _WHEEL, _LAST)
    if " @ " in text:
        return text.partition(" @ ")[0].partition("[")[0].strip()
    return next((found[1] for each in patterns if (found := each.search(text))), "")


def _by_python(cell: Cell) -> Iterator[str]:
    """What calls such as `subprocess.run([sys.executable, "-m", "pip", "install", "x"])` name."""
    tree = tree_of(cell.source) if "(" in cell.source else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and node.args:
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="install")) if (
            name in _OF_PYODIDE
        ):
            yield from ("", *map(_name_of, _texts(node.args[0])))
        case ast.Call(args=[ast.List() | ast.Tuple() as given, *_]):
            words = _texts(given)
            if "install" in words and {"pip", "conda", "uv"}.intersection(words):
                after = words[words.index("install") + 1 :]
                yield from ("", *(_name_of(word) for word in after if word[:1] != "-"))
        case ast.Call(args=[ast.Constant(value=str(text)), *_]) if "install" in text:
            for call in read(text, "line", windows=False).calls:
                if call.change is not None and call.verb not in _REMOVING:
                    yield from _named(call, "")


def _texts(node: ast.expr) -> list[str]:
    each = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    values = [item.value for item in each if isinstance(item, ast.Constant)]
    return [value for value in values if isinstance(value, str)]
