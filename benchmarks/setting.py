"""Where a case is measured: a folder, an environment that is active, a kernel once it is used."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from live import LiveKernel, Output

MODULES = Path(__file__).resolve().parent / "modules"
# A user's kernel buffers and keeps bytecode, whatever the shell around us says.
USUAL = {"PYTHONUNBUFFERED": "", "PYTHONDONTWRITEBYTECODE": ""}
FOUND_SOMETHING = 1  # the status of a tool that looks for problems


class Setting:
    """A new folder beside our modules, in which the kernel and all else put temporary files.

    Attributes:
        python: the interpreter of the kernel; its environment is active, as in a shell.
        folder: the working directory.
        variables: what differs from our own; the kernel takes them when it is first used.
        quick: whether the case has to be quick.
    """

    def __init__(self, python: str, folder: Path, stack: ExitStack, *, quick: bool) -> None:
        scripts = os.path.dirname(python)
        self.python = python
        self.folder = folder
        self.quick = quick
        self.variables = {
            **USUAL,
            "TMPDIR": str(folder),
            "VIRTUAL_ENV": os.path.dirname(scripts),
            "PATH": os.pathsep.join([scripts, os.environ["PATH"]]),
        }
        self._stack = stack

    @cached_property
    def kernel(self) -> LiveKernel:
        """The kernel, started now if it was not used before."""
        live = LiveKernel(self.python, self.folder, self.variables)
        return self._stack.enter_context(live)

    def put_on_path(self, folders: list[Path]) -> None:
        """Put folders before all others."""
        entries = [*map(str, folders), self.variables["PATH"]]
        self.variables["PATH"] = os.pathsep.join(entries)

    def cell(self, code: str) -> Output:
        """Run a cell as a front end with a keyboard does.

        Raises:
            RuntimeError: it ended with an error, so its time means nothing.
        """
        output = self.kernel.run(code, answers=[], timeout=600)
        if output.error:
            raise RuntimeError(f"{code}\n{output.error[0]}: {output.error[1]}")
        return output

    def told(self, code: str) -> float:
        """Run a cell that leaves its result in `seconds`; give that in milliseconds."""
        self.cell(code)
        return 1000 * float(self.kernel.value("seconds"))

    def which(self, name: str) -> str | None:
        """What a shell would start here by that name."""
        return shutil.which(name, path=self.variables["PATH"])

    def process(self, *command: str) -> float:
        """Start a command as a shell would, wait for its end; give the milliseconds.

        Raises:
            RuntimeError: it failed, so its time means nothing.
        """
        program = self.which(command[0]) or command[0]
        variables = {**os.environ, **self.variables}
        start = time.perf_counter()
        ended = subprocess.run(
            [program, *command[1:]],
            check=False,
            capture_output=True,
            cwd=self.folder,
            env=variables,
        )
        seconds = time.perf_counter() - start
        if ended.returncode not in {0, FOUND_SOMETHING}:
            raise RuntimeError(f"{command} ends with {ended.returncode}: {ended.stderr!r}")
        return 1000 * seconds


@contextmanager
def setting(python: str, *, quick: bool) -> Iterator[Setting]:
    """Give a new setting; at its end nothing is left of it."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        for module in MODULES.glob("*.py"):
            shutil.copy(module, folder)
        yield Setting(python, folder, stack, quick=quick)
