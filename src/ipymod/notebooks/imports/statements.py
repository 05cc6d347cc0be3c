"""JUDGE: the imports among the statements of a cell, and which of them the cell can do without."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ipymod.notebooks.code import tree_of
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Statement = tuple[str, int, bool]

_MAY_IMPORT = pattern(
    r"(?m)^[ \t]*(?:from|import)\b|[;:\\][^\n]*\bimport\b|import_module|__import__"
)
_FORGIVING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_DYNAMIC = frozenset({"import_module", "__import__"})
# A test of the place that the cell runs in: what stands behind it is meant for some places only.
_OF_A_PLACE = pattern(
    r"find_spec|TYPE_CHECKING|sys\.modules|colab|kaggle|binder|jupyterlite|pyodide|emscripten"
    r"|sys\.platform|version_info|python_version|platform\.|os\.name|environ|getenv|__version__"
    r"|get_ipython|\bha(?:s|ve)_|_available\b|_installed\b",
    re.IGNORECASE,
)
# Where nobody knows which of several places it is: the others may be without what stands behind it.
_OF_SOME = pattern(
    r"colab|kaggle|binder|emscripten|pyodide|jupyterlite|in_?lite|sys\.platform", re.IGNORECASE
)
_SIMPLE = frozenset({ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Assert})
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def may_import(source: str) -> bool:
    """Tell cells apart at next to no cost: most have no import."""
    return "import" in source and _MAY_IMPORT.search(source) is not None


def statements(tree: ast.Module, source: str) -> list[Statement]:
    """Give each module that is imported: its name, the line, whether the cell does without it.

    Imports in functions count; relative ones, which no cell can do, do not.

    Args:
        tree: of the cell.
        source: of the cell, which tells quickly what need not be looked for.
    """
    reader = _Reader(any(map(source.__contains__, _DYNAMIC)))
    reader.block(tree.body, guarded=False)
    return reader.found


def lines_of_a_place(source: str) -> frozenset[int]:
    """The lines behind `if IN_COLAB:` and the like, from 1; they run in some places alone."""
    tree = tree_of(source) if _OF_SOME.search(source) else None
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.If)] if tree else []
    found = [node for node in tests if _OF_SOME.search(ast.unparse(node.test))]
    return frozenset(
        line for node in found for line in range(node.lineno, (node.end_lineno or 0) + 1)
    )


class _Reader:
    """Walks over statements; expressions are looked into only where a call may import."""

    def __init__(self, dynamic: bool) -> None:  # noqa: FBT001  it is the only one
        self.dynamic = dynamic
        self.found: list[Statement] = []

    def block(self, block: Iterable[ast.AST], *, guarded: bool) -> None:
        for node in block:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.found += [(name, node.lineno, guarded) for name in _origins(node)]
            elif type(node) in _SIMPLE:
                if self.dynamic:
                    self.found += _dynamic(node, guarded=guarded)
            elif isinstance(node, ast.If):
                self._if(node, guarded=guarded)
            else:
                self._within(node, guarded=guarded or _forgives(node))

    def _within(self, node: ast.AST, *, guarded: bool) -> None:
        for name in _BLOCKS:
            block = getattr(node, name, None)
            if type(block) is list:
                self.block(block, guarded=guarded)

    def _if(self, node: ast.If, *, guarded: bool) -> None:
        before = len(self.found)
        self._within(node, guarded=guarded)
        inside = self.found[before:]
        if inside and not guarded and _OF_A_PLACE.search(ast.unparse(node.test)):
            self.found[before:] = [(module, line, True) for module, line, _ in inside]


def _origins(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.level or not node.module:
        return []
    if _is_namespace(node.module):
        return [f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"]
    return [node.module]


@lru_cache(maxsize=1024)
def _is_namespace(module: str) -> bool:
    from ipymod.survey import known

    return known.is_namespace(module)


def _forgives(node: ast.AST) -> bool:
    """Whether what stands within may fail to import and the cell goes on."""
    if isinstance(node, ast.Try | ast.TryStar):
        return any(map(_is_forgiving, node.handlers))
    return isinstance(node, ast.With) and _suppresses(node)


def _is_forgiving(handler: ast.ExceptHandler) -> bool:
    """Whether it takes the error of an import and does not raise another in its place."""
    if isinstance(handler.body[-1], ast.Raise):
        return False
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(each is None or _last_name(each) in _FORGIVING for each in caught)


def _suppresses(node: ast.With) -> bool:
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    return any(
        _last_name(call.func) == "suppress" and any(_last_name(a) in _FORGIVING for a in call.args)
        for call in calls
    )


def _dynamic(node: ast.AST, *, guarded: bool) -> Iterator[Statement]:
    """The calls of `import_module` and `__import__` that name a module literally."""
    for each in ast.walk(node):
        match each:
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if (
                _last_name(each.func) in _DYNAMIC and name and not name.startswith(".")
            ):
                yield name, each.lineno, guarded


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
