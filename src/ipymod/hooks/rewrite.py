"""FACE: puts a call of `lines.before` and `lines.after` around what a shell or an installer gets.

IPython has made calls of `!x`, `%x` and `%%x` by now, so that what stands in a string or a comment
is none. In a cell that runs another, such as `%%time`, IPython transforms the inner one in turn.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ipymod.cells import method_of, shell_argument
from ipymod.hooks import lines

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_INSTALLERS = {
    "pip": "%pip",
    "uv": "%uv",
    "conda": "%conda",
    "mamba": "%conda",
    "micromamba": "%conda",
}
# The function that a cell defines may run where ipymod is gone, or never was: in another process.
# It goes by no name that a user may have taken, such as `getattr`.
_MODULE = f"__import__('sys').modules.get({lines.__name__!r})"
_BEFORE = f"__import__('builtins').getattr({_MODULE}, 'before', lambda text, kind: text)"
_AFTER = f"__import__('builtins').getattr({_MODULE}, 'after', lambda value: value)"


class Rewriter:
    """A transformer for `InteractiveShell.ast_transformers`.

    Args:
        shell: the shell among whose transformers it stands.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

    def visit(self, tree: ast.AST) -> ast.AST:
        """Surround the calls in a tree; one that is too deep for IPython to go on stays as is."""
        try:
            ast.fix_missing_locations(tree)  # IPython does it behind any transformer
        except RecursionError:
            self._make_way()
            return tree
        for node in [each for each in ast.walk(tree) if isinstance(each, ast.Call)]:
            _surround(node)
        return tree

    def _make_way(self) -> None:
        """Leave, for this cell; taking out another than the last would make IPython skip one."""
        if self._shell.ast_transformers[-1:] == [self]:
            self._shell.ast_transformers.pop()


def _surround(node: ast.Call) -> None:
    """Make it a call of `after` on what it was, which gets the text of `before`."""
    found = _argument(node)
    if found is None:
        return
    at, kind = found
    text = node.args[at]
    words = [text, ast.copy_location(ast.Constant(kind), text)]
    node.args[at] = ast.copy_location(ast.Call(_function(_BEFORE, text), words, []), text)
    inner = ast.copy_location(ast.Call(node.func, node.args, node.keywords), node)
    node.func, node.args, node.keywords = _function(_AFTER, node), [inner], []


def _argument(node: ast.Call) -> tuple[int, str] | None:
    """Which argument is meant, and its kind; None if the call is of no interest."""
    match method_of(node):
        case "run_line_magic", [name, _] if name in _INSTALLERS:
            return 1, _INSTALLERS[name]
        case ("system" | "getoutput") as method, [] if _is_made_later(node):
            return shell_argument(method, [""])
        case method, words:
            return shell_argument(method, words)


def _is_made_later(node: ast.Call) -> bool:
    """Tell whether the text is known when the line runs: `get_ipython().system(f"pip {x}")`."""
    return len(node.args) == 1 and not isinstance(node.args[0], ast.Starred | ast.Constant)


def _function(source: str, place: ast.expr) -> ast.expr:
    """The expression, on the line of that place: a debugger goes by it."""
    above = "\n" * (place.lineno - 1)
    return ast.parse(f"({above}{source})", mode="eval").body
