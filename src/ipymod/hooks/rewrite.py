"""FACE: puts a call of `lines.before` and `lines.after` around what a shell or an installer gets.

IPython has made calls of `!x`, `%x` and `%%x` by now, so that what stands in a string or a comment
is none. In a cell that runs another, such as `%%time`, IPython transforms the inner one in turn.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ipymod.cells import method_of, shell_argument

if TYPE_CHECKING:
    from collections.abc import Sequence

_INSTALLERS = {
    "pip": "%pip",
    "uv": "%uv",
    "conda": "%conda",
    "mamba": "%conda",
    "micromamba": "%conda",
}
_LINES = "__import__('ipymod.hooks.lines', fromlist=['lines'])"


class Rewriter(ast.NodeTransformer):
    """A transformer for `InteractiveShell.ast_transformers`."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Surround the call if it is one of those."""
        self.generic_visit(node)
        method, words = method_of(node)
        found = _argument(method, words) if method else None
        if found is None:
            return node
        at, kind = found
        text = node.args[at]
        node.args[at] = ast.copy_location(_call("before", text, ast.Constant(kind)), text)
        return ast.copy_location(_call("after", node), node)


def _argument(method: str, words: Sequence[str]) -> tuple[int, str] | None:
    """Which argument is meant, and its kind."""
    match method, words:
        case "run_line_magic", [name, _] if name in _INSTALLERS:
            return 1, _INSTALLERS[name]
    return shell_argument(method, words)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    function = ast.parse(f"{_LINES}.{name}", mode="eval").body
    return ast.Call(function, list(arguments), [])
