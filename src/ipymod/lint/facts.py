"""DATA: what the rules judge: one notebook, read; each part is made when a rule first asks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ipymod.frozen import dataclass
from ipymod.notebooks.code import shell_lines, tree_of
from ipymod.shell.reading import read as read_text

if TYPE_CHECKING:
    import ast

    from ipymod.lint.targets import Target
    from ipymod.notebooks.code import ShellLine
    from ipymod.notebooks.imports import Import
    from ipymod.notebooks.model import Cell, Notebook, Unreadable
    from ipymod.shell.reading import Reading

# One of these stands in every cell that starts a program, or ends the kernel. Plain words: to look
# for each costs less than to look for a pattern of all.
_MAY_START = (
    *("subprocess", "sp.", "Popen", "system(", "popen", "check_call", "check_output", "getoutput"),
    *("os.kill", "_exit", "os.abort", "do_shutdown", "exit(", "quit(", "kernel.restart"),
)
_STATEMENTS = frozenset({"line", "bare", "%pip", "%conda", "%uv"})
# And one of these in every notebook that has such a cell.
_ARE_IN_SUCH_NOTEBOOKS = (
    *("process", "system(", "popen", "getoutput", "exit(", "quit(", "do_shutdown"),
    *("os.kill", "os.abort", "kernel.restart"),
)


def _holds_one(source: str, words: tuple[str, ...]) -> bool:
    return any(map(source.__contains__, words))


@dataclass(frozen=True)
class Line:
    """A line for a shell in a cell, read.

    Attributes:
        cell: where it stands.
        shell: the line.
        reading: its calls; positions count in `reading.text`, which for `%pip` has `pip` in front.
    """

    cell: Cell
    shell: ShellLine
    reading: Reading

    @property
    def is_fixable(self) -> bool:
        """Whether a change of it may be provably the same: a statement in a cell that parses."""
        is_statement = self.shell.kind in _STATEMENTS and not self.shell.escape.is_captured
        return is_statement and tree_of(self.cell.source) is not None

    def at(self, position: int) -> int:
        """Where in the cell a character of what was read stands."""
        return self.shell.at(position - len(self.reading.program))


@dataclass(frozen=True)
class Code:
    """A cell of Python that may start something, parsed."""

    cell: Cell
    tree: ast.Module


@dataclass(frozen=True)
class Facts:
    """All that the rules read; None where there is nothing to judge.

    Attributes:
        file: why the file gives no notebook.
        notebook: the notebook.
        to: what a fix makes of `!pip`: `%pip` or `%pymod pip`.
        target: the environment that the notebook is to run in.
    """

    file: Unreadable | None = None
    notebook: Notebook | None = None
    to: Literal["pip", "pymod"] = "pip"
    target: Target | None = None

    @cached_property
    def python(self) -> Notebook | None:
        """The notebook, if its cells are Python."""
        notebook = self.notebook
        return notebook if notebook and notebook.language == "python" else None

    @cached_property
    def lines(self) -> tuple[Line, ...] | None:
        """The lines for a shell of a notebook in Python."""
        if self.python is None:
            return None
        return tuple(
            [
                Line(cell, line, read_text(line.text, line.kind, windows=False))
                for cell in self.python.cells
                if cell.kind == "code"
                for line in shell_lines(cell.source)
            ]
        )

    @cached_property
    def code(self) -> tuple[Code, ...] | None:
        """The cells of a notebook in Python whose Python may start a program or end the kernel."""
        if self.python is None:
            return None
        cells = self.python.code
        if not _holds_one("\n".join([cell.source for cell in cells]), _ARE_IN_SUCH_NOTEBOOKS):
            return ()
        found = [cell for cell in cells if _holds_one(cell.source, _MAY_START)]
        return tuple(Code(cell, tree) for cell in found if (tree := tree_of(cell.source)))

    @cached_property
    def imports(self) -> tuple[Import, ...] | None:
        """What it imports; None unless a target is named."""
        if self.python is None or self.target is None:
            return None
        from ipymod.notebooks.imports import imports_of

        return imports_of(self.python)
