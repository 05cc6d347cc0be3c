"""What IPython hands to the system for a cell: recorded at the lowest point, and not started.

There all is replaced that IPython replaces: `{expression}`, `$name`, `{{ }}` and `$$`.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from ipymod.lint.fixing import Fixer
from ipymod.lint.linting import Linter, chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kernels import LiveKernel

NAME = "_handed"  # of the list in a kernel
_PIP = r"\s*(?:pip3?|(?:python3?|{0}|\"{1}\"|{1})\s+-m\s+pip)(?=\s|\Z)(.*)\Z"


def replace_the_system() -> list[object]:
    """Put a list in the place of the system; runs inside any kernel, so it imports all it needs."""
    import subprocess
    import sys

    from IPython.core import interactiveshell

    handed: list[object] = []

    def take(command: object, *_: object, **__: object) -> int:
        handed.append(command)
        return 0

    def take_captured(command: object, *_: object, **__: object) -> str:
        handed.append(["captured", command])
        return ""

    interactiveshell.getoutput = take_captured
    for module in (interactiveshell, sys.modules.get("ipykernel.zmqshell")):
        for name in ("system",) if module else ():
            setattr(module, name, take)
    for name in ("call", "run", "check_call", "check_output"):
        setattr(subprocess, name, take)
    return handed


@dataclass(frozen=True)
class Recorded:
    """What came of a cell.

    Attributes:
        handed: the commands in their order; a list is what Python's own `subprocess` got, or
            `["captured", command]`.
        error: the name of the exception with which the cell ended; empty if it did not.
        python: the interpreter.
    """

    handed: tuple[Any, ...]
    error: str
    python: str = sys.executable

    @property
    def for_pip(self) -> list[str]:
        """What follows the words for which `%pip` stands, byte for byte."""
        return [rest_for_pip(command, self.python) for command in self.handed]


def rest_for_pip(command: str, python: str = sys.executable) -> str:
    """What pip gets of a command.

    Raises:
        AssertionError: it is another program's.
    """
    form = _PIP.format(re.escape(shlex.quote(python)), re.escape(python))
    found = re.match(form, command, re.DOTALL)
    assert found, f"{command!r} does not call pip"
    return found[1]


class Recorder:
    """An InteractiveShell of this process that starts nothing."""

    def __init__(self, folder: Path) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self._shell: Any = InteractiveShell(
            config=config, user_module=ModuleType("recorded"), user_ns={}, ipython_dir=str(folder)
        )
        self._clean = dict(self._shell.user_ns)

    def run(self, *cells: str, **variables: object) -> Recorded:
        """Run cells one after the other, with these variables and nothing of earlier calls."""
        self._shell.user_ns.clear()
        self._shell.user_ns.update(self._clean, **variables)
        error = ""
        with _restored():
            handed = replace_the_system()
            for cell in cells:
                result = self._shell.run_cell(cell)
                failed = result.error_before_exec or result.error_in_exec
                error = type(failed).__name__ if failed else ""
        return Recorded(tuple(handed), error)

    def started_by_pymod(self, cell: str, **variables: object) -> list[str]:
        """The arguments with which the only `%pymod` of a cell starts a module; none is started."""
        started: list[list[str]] = []

        def refuse(command: list[str], **_: object) -> None:
            started.append(command)
            raise OSError("it is recorded only")

        self._shell.run_line_magic("load_ext", "ipymod")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ipymod.run.child.subprocess", SimpleNamespace(Popen=refuse))
            self._shell.user_ns.update(self._clean, **variables)
            self._shell.run_cell(cell)
        self._shell.run_line_magic("unload_ext", "ipymod")
        (command,) = started
        return command[command.index("-m") + 1 :]


@contextmanager
def _restored() -> Iterator[None]:
    """Take back what `replace_the_system` does, and what a cell does to this process."""
    from ipykernel import zmqshell
    from IPython.core import interactiveshell

    folder = os.getcwd()
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            *((interactiveshell, name) for name in ("system", "getoutput")),
            (zmqshell, "system"),
            *((subprocess, name) for name in ("call", "run", "check_call", "check_output")),
        ):
            patch.setattr(module, name, getattr(module, name))
        try:
            yield
        finally:
            os.chdir(folder)


@contextmanager
def recorder(folder: Path) -> Iterator[Recorder]:
    """Give a recorder; what a shell changes in its process is put back."""
    kept = sys.modules["__main__"], sys.displayhook, sys.excepthook
    made = Recorder(folder)
    try:
        yield made
    finally:
        sys.modules["__main__"], sys.displayhook, sys.excepthook = kept


class KernelRecorder:
    """The same in a real kernel."""

    def __init__(self, kernel: LiveKernel) -> None:
        self._kernel = kernel
        source = f"{inspect.getsource(replace_the_system)}\n{NAME} = replace_the_system()"
        output = kernel.run(source.replace("-> list[object]", ""))
        assert output.error is None, output.error

    def run(self, cell: str, variables: Mapping[str, object]) -> Recorded:
        """Run a cell with these variables, which JSON can hold."""
        self._kernel.run(f"{NAME}.clear(); globals().update({dict(variables)!r})")
        output = self._kernel.run(cell)
        handed = self._kernel.value(NAME)
        error = output.error[0] if output.error else ""
        return Recorded(tuple(handed), error, self._kernel.python)


def notebook_of(*sources: str, language: str = "python", kind: str = "code") -> bytes:
    """A file with these cells."""
    more: dict[str, object] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    cells: list[dict[str, object]] = [
        {"cell_type": kind, "metadata": {}, "source": source, **more} for source in sources
    ]
    spec = {"name": "k", "display_name": "K", "language": language}
    whole = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(whole).encode()


def mended(
    *sources: str,
    unsafe: bool = False,
    to: Literal["pip", "pymod"] = "pip",
    language: str = "python",
    kind: str = "code",
    select: tuple[str, ...] = (),
) -> str:
    """The last cell after `ipymod fix`, which must have nothing more to do then."""
    fixer = Fixer(Linter(chosen(select, ()), to), unsafe)
    once = fixer.fix("a.ipynb", notebook_of(*sources, language=language, kind=kind))
    again = fixer.fix("a.ipynb", once.after)
    assert again.after == once.after
    assert again.fixes == 0
    return str(json.loads(once.after)["cells"][-1]["source"])


STUB = """#!/bin/sh
printf '%s\\0' "${0##*/}" "$@" > "$RECORDED_ARGUMENTS"
"""


class Sh:
    """A real `sh -c`, with a pip and a Python on PATH that only tell their arguments."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        self._folder = folder
        for name in ("pip", "pip3", "python", "python3"):
            (folder / name).write_text(STUB)
            (folder / name).chmod(0o755)

    def arguments(self, command: str) -> list[str]:
        """The module or program of a command, and what it gets."""
        env = {
            "PATH": f"{self._folder}:/usr/bin:/bin",
            "RECORDED_ARGUMENTS": str(self._told),
            "HOME": "/home/ada",
        }
        self._told.unlink(missing_ok=True)
        subprocess.run(["/bin/sh", "-c", command], env=env, cwd=self._folder, check=True)
        program, *told = self._told.read_text("utf-8").split("\0")[:-1]
        return told[1:] if program.startswith("python") else ["pip", *told]
