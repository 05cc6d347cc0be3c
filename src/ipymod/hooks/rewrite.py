"""FACE: puts a call of `lines.before` and `lines.after` around what a shell or an installer gets.

IPython has made calls of `!x`, `%x` and `%%x` by now, so that what stands in a string or a comment
is none. In a cell that runs another, such as `%%time`, IPython transforms the inner one in turn.
"""

from __future__ import annotations

import ast

from ipymod.cells import method_of, shell_argument

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
        found = _argument(node)
        if found is None:
            return node
        at, kind = found
        text = node.args[at]
        node.args[at] = ast.copy_location(_call("before", text, ast.Constant(kind)), text)
        return ast.copy_location(_call("after", node), node)


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


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    function = ast.parse(f"{_LINES}.{name}", mode="eval").body
    return ast.Call(function, list(arguments), [])
