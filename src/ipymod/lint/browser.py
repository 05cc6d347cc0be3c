"""JUDGE: what a notebook asks of the system, where Python runs in a browser and there is none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.lint.base import REGISTRY, WARNING, At, Finding
from ipymod.lint.examples import aimed_at, code
from ipymod.lint.targets.model import Target
from ipymod.notebooks.code import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipymod.lint.facts import Facts, Line
    from ipymod.notebooks.model import Cell, Notebook

_BROWSER = Target("jupyterlite", "JupyterLite", "3.13", lambda _: "", "", runs_processes=False)


def _names(module: str, words: str) -> frozenset[str]:
    return frozenset(f"{module}.{word}" for word in words.split())


_PROCESSES = (
    _names("subprocess", "run Popen call check_call check_output getoutput getstatusoutput")
    | _names("os", "system popen fork forkpty posix_spawn startfile")
    | _names("os", "execl execle execlp execv execve execvp execvpe")
    | _names("os", "spawnl spawnle spawnlp spawnv spawnve spawnvp spawnvpe")
    | _names("asyncio", "create_subprocess_exec create_subprocess_shell")
    | _names("multiprocessing", "Pool Process Queue Manager")
    | _names("concurrent.futures", "ProcessPoolExecutor")
)
_THREADS = (
    _names("threading", "Thread Timer")
    | _names("concurrent.futures", "ThreadPoolExecutor")
    | _names("_thread", "start_new_thread")
    | {"multiprocessing.pool.ThreadPool", "multiprocessing.dummy.Pool"}
)
_SOCKETS = _names("socket", "socket create_connection create_server") | {"socketserver.TCPServer"}
_MODULES = frozenset(name.partition(".")[0] for name in _PROCESSES | _THREADS | _SOCKETS)


@dataclass(frozen=True)
class Use:
    """A call of the standard library, by its full name, and where it stands."""

    name: str
    cell: int
    line: int


def _example(source: str) -> Callable[[Facts], Facts]:
    return aimed_at(_BROWSER, code(source))


@REGISTRY.check("NB503", "imports", WARNING, example=_example("!ls data"))
def line_for_a_shell_where_there_is_none(
    lines: tuple[Line, ...], target: Target
) -> Iterator[Finding]:
    """A line or a cell is for a shell, and the notebook is meant for a browser.

    JupyterLite runs Python inside the page: there is no shell and no program to start, so that
    `!` and `%%bash` do nothing but fail. `%pip install` is understood there.
    """
    from ipymod.notebooks.imports import lines_of_a_place

    for line in lines if not target.runs_processes else ():
        is_behind_a_test = line.shell.line in lines_of_a_place(line.cell.source)
        if line.shell.kind not in {"bare", "%pip"} and not is_behind_a_test:
            yield Finding(
                f"there is no shell in {target.words}, so this line cannot run",
                fix=_with_magic(line),
                at=At(line.cell.index, line.shell.line),
            )


def _with_magic(line: Line) -> str:
    """The `%pip install` that a line of one call amounts to; empty for everything else."""
    calls = line.reading.calls
    if len(calls) != 1 or calls[0].program not in {"pip", "uv pip"} or calls[0].verb != "install":
        return ""
    named = calls[0].change.requirements if calls[0].change else ()
    is_plain = named and not any(each in text for text in named for each in " <>|;{$")
    return f"%pip install {' '.join(named)}" if is_plain else ""


@REGISTRY.check("NB504", "imports", WARNING, example=_example('import os\n\nos.system("ls data")'))
def process_where_none_can_start(python: Notebook, target: Target) -> Iterator[Finding]:
    """Python code starts a process, and the notebook is meant for a browser.

    Pyodide has the modules, so that their import works; the call raises "emscripten does not
    support processes". `multiprocessing` fails likewise.
    """
    yield from _found(python, target, _PROCESSES, "starts a process, and none can start")


@REGISTRY.check(
    "NB505",
    "imports",
    WARNING,
    example=_example("import threading\n\nthreading.Thread(target=print).start()"),
)
def thread_where_none_can_start(python: Notebook, target: Target) -> Iterator[Finding]:
    """Python code starts a thread, and the notebook is meant for a browser.

    Pyodide has one thread: the call raises "can't start new thread". `asyncio` works there.
    """
    yield from _found(python, target, _THREADS, "starts a thread, and none can start")


@REGISTRY.check(
    "NB506",
    "imports",
    WARNING,
    example=_example('import socket\n\nsocket.create_connection(("localhost", 80))'),
)
def socket_where_none_opens(python: Notebook, target: Target) -> Iterator[Finding]:
    """Python code opens a socket, and the notebook is meant for a browser.

    A page may only fetch addresses: `pyodide.http.pyfetch` does, and `requests` works through it.
    """
    yield from _found(python, target, _SOCKETS, "opens a socket, and none can be opened")


def _found(python: Notebook, target: Target, names: frozenset[str], told: str) -> Iterator[Finding]:
    if not target.runs_processes:
        for use in _uses(python, names):
            yield Finding(f"{use.name} {told} in {target.words}", at=At(use.cell, use.line))


def _uses(python: Notebook, names: frozenset[str]) -> Iterator[Use]:
    """The calls of these names, whatever the notebook's imports call them."""
    modules = {name.partition(".")[0] for name in names}
    aliases: dict[str, str] = {}
    cells = [cell for cell in python.code if any(map(cell.source.__contains__, _MODULES))]
    for cell in cells:
        aliases |= _aliases(cell)
    known = {alias for alias, full in aliases.items() if full.partition(".")[0] in modules}
    for cell in python.code:
        if any(map(cell.source.__contains__, known)):
            yield from _in_cell(cell, aliases, names)


def _aliases(cell: Cell) -> dict[str, str]:
    """What the imports of a cell bind, with the full names."""
    tree = tree_of(cell.source)
    found = {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                found[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for each in node.names:
                found[each.asname or each.name] = f"{node.module}.{each.name}"
    return found


def _in_cell(cell: Cell, aliases: dict[str, str], names: frozenset[str]) -> Iterator[Use]:
    from ipymod.notebooks.imports import lines_of_a_place

    tree = tree_of(cell.source)
    passed = lines_of_a_place(cell.source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and node.lineno not in passed:
            head, dot, rest = _dotted(node.func).partition(".")
            name = f"{aliases.get(head, '')}{dot}{rest}"
            if name in names:
                yield Use(name, cell.index, node.lineno)


def _dotted(node: ast.expr) -> str:
    """A name with its attributes; empty for whatever else is called."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            base = _dotted(value)
            return f"{base}.{name}" if base else ""
    return ""
