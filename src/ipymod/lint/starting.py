"""JUDGE: Python of a cell that starts another Python by its name, or ends the kernel."""

from __future__ import annotations

import ast
import shlex
from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.lint.base import REGISTRY, WARNING, At, Finding
from ipymod.lint.commands import is_of_one_machine
from ipymod.lint.examples import code as a_cell
from ipymod.lint.own_python import with_sys_on_top
from ipymod.patterns import pattern
from ipymod.shell import aim
from ipymod.shell.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.lint.facts import Code
    from ipymod.notebooks.model import Cell, Notebook
    from ipymod.shell import Call

_STARTS = frozenset(
    {"run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput"}
    | {"system", "popen", "create_subprocess_exec", "create_subprocess_shell"}
)
# Names that others have, too, and whose they must be.
_OF_ONES_OWN = frozenset({"run", "call", "Popen", "system", "popen"})
_OWNERS = frozenset({"subprocess", "sp", "asyncio", "os", "get_ipython()"})
_ALONE = frozenset({"Popen", "system", "popen"})  # known without an owner
_FATAL = frozenset({"3", "6", "9", "15", "SIGQUIT", "SIGABRT", "SIGKILL", "SIGTERM"})
_UNKNOWN = "$unknown"  # what only a run could tell
_LONE = pattern(r"\s*(exit|quit)\s*;?\s*\Z")
_PAGE = pattern(r"\s*%%(?:javascript|js|html)\b")
_OWN = {
    "python": "sys.executable",
    "python3": "sys.executable",
    "pip": 'sys.executable, "-m", "pip"',
    "pip3": 'sys.executable, "-m", "pip"',
}


@REGISTRY.check(
    "NB107",
    "commands",
    WARNING,
    example=a_cell('import subprocess\n\nsubprocess.run(["python", "train.py"], check=True)'),
)
def python_started_by_name(code: tuple[Code, ...], python: Notebook) -> Iterator[Finding]:
    """Python code starts the first python or pip on PATH, which need not be the kernel's.

    `subprocess.run(["python", ...])` and `os.system("pip install ...")` look on PATH as a shell
    does. `sys.executable` in place of `"python"` is the interpreter that runs the notebook.
    """
    for each in code:
        for node in ast.walk(each.tree):
            if not isinstance(node, ast.Call):
                continue
            for call in _by_name(_started(node)):
                first = node.args[0]
                yield Finding(
                    f"`{call.executable.text}` here is the first one on PATH, "
                    "which may not be the kernel's",
                    fix="sys.executable",
                    at=At(each.cell.index, _line(first), _mended(first, each.cell, python)),
                )


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1))


def _started(node: ast.Call) -> str:
    """What a call starts, as a text for a shell; empty if it starts nothing, or is unknown."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    if name not in _STARTS or not node.args:
        return ""
    whose = ast.unparse(node.func) if name in _OF_ONES_OWN else ""
    is_known = whose in _ALONE or whose.rpartition(".")[0] in _OWNERS
    return _text(node.args[0]) if not whose or is_known else ""


def _text(node: ast.expr) -> str:
    match node:
        case ast.List() | ast.Tuple():
            return " ".join(map(_word, node.elts))
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(_part(each) for each in node.values)
    return _made(node)


def _made(node: ast.expr) -> str:
    """The text that an expression puts together: `"pip install " + name`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            gap = " " if isinstance(left, ast.List | ast.Tuple) else ""
            return f"{_text(left) or _UNKNOWN}{gap}{_text(right) or _UNKNOWN}"
        case ast.BinOp(left=ast.Constant() as left, op=ast.Mod()):
            return _text(left)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as value, attr="format" | "split")):
            return _text(value)
    return ""


def _word(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return shlex.quote(node.value)
    return f'"{_UNKNOWN}"'


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    is_own = isinstance(node, ast.FormattedValue) and ast.unparse(node.value) == "sys.executable"
    return "{sys.executable}" if is_own else _UNKNOWN


def _by_name(text: str) -> Iterator[Call]:
    kind = "line" if "{sys.executable}" in text else "script"
    for call in read(text, kind, windows=False).calls:
        is_meant = call.is_this_python or call.after or aim(call) in {"named", "none"}
        if call.program in {"python", "pip"} and not is_meant:
            is_path = is_of_one_machine(call) and "/" in call.executable.text
            if not is_path or call.executable.text.startswith(("/", "~/")):
                yield call
                return


def _mended(node: ast.expr, cell: Cell, python: Notebook) -> tuple[Edit, ...]:
    """Put the kernel's interpreter in the place of the first word of a list."""
    words = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    first = words[0] if words else None
    own = _OWN.get(str(first.value)) if isinstance(first, ast.Constant) else None
    if first is None or own is None or first.end_lineno != first.lineno:
        return ()
    start = _offset(cell.source, first.lineno, first.col_offset)
    end = _offset(cell.source, first.lineno, first.end_col_offset or 0)
    if cell.source[start:end].strip("\"'") != str(getattr(first, "value", "")):
        return ()  # an escape, or a line that was moved
    return (*with_sys_on_top(cell, start, python), Edit(start, end, own))


def _offset(source: str, line: int, column: int) -> int:
    """Where in the text: Python counts columns in bytes."""
    start = 0
    for _ in range(line - 1):
        start = source.index("\n", start) + 1
    end = source.find("\n", start)
    text = source[start : end if end >= 0 else None]
    return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


@REGISTRY.check("NB204", "waiting", WARNING, example=a_cell("import os\n\nos._exit(0)"))
def kernel_ended_by_code(code: tuple[Code, ...], python: Notebook) -> Iterator[Finding]:
    """A cell ends or restarts the kernel that runs it.

    Whoever runs all cells loses what the cells above have made, and stops there; whatever runs
    notebooks without a reader sees a kernel that died. After an install a restart is seldom
    needed: `%load_ext ipymod` makes new versions importable.
    """
    for each in code:
        for node in ast.walk(each.tree):
            what = _ending(node, each.tree)
            if what and not (what == "os._exit()" and "fork" in each.cell.source):  # of a child
                yield Finding(f"`{what}` ends this kernel", at=At(each.cell.index, _line(node)))
    yield from _ended_by_page(python)
    yield from _ended_by_name(python)


def _ended_by_name(python: Notebook) -> Iterator[Finding]:
    """The name alone: IPython makes a call of it where it is the only line of its cell."""
    for cell in python.code:
        found = _LONE.match(cell.source)
        if found:
            line = cell.source.count("\n", 0, found.start(1)) + 1
            yield Finding(f"`{found[1]}` ends this kernel", at=At(cell.index, line))


def _ended_by_page(python: Notebook) -> Iterator[Finding]:
    for cell in python.code:
        at = cell.source.find("kernel.restart")
        start = cell.source.rfind("\n", 0, at) + 1
        if at >= 0 and _PAGE.match(cell.source) and "//" not in cell.source[start:at]:
            line = cell.source.count("\n", 0, at) + 1
            yield Finding("the page restarts this kernel", at=At(cell.index, line))


def _ending(node: ast.AST, tree: ast.Module) -> str:
    """What ends the kernel, as it is written; empty if it does not."""
    if not isinstance(node, ast.Call):
        return ""
    name = ast.unparse(node.func)
    if name in {"os._exit", "exit", "quit", "os.abort"}:
        is_statement = any(isinstance(each, ast.Expr) and each.value is node for each in tree.body)
        return f"{name}()" if is_statement or name.startswith("os.") else ""
    if name == "os.kill":
        whom, signal = (*map(ast.unparse, node.args), "", "")[:2]
        is_fatal = whom == "os.getpid()" and signal.rpartition(".")[2] in _FATAL
        return ast.unparse(node) if is_fatal else ""
    if name.endswith(".do_shutdown"):
        return f"{name}()"
    text = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    is_page = name.rpartition(".")[2] in {"Javascript", "HTML", "display_javascript"}
    return f"{name}(...)" if is_page and "kernel.restart" in str(text) else ""
