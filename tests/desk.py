"""A kernel in a folder of its own, with modules to run there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

    from kernels import LiveKernel, Output

# Prints, and goes on once that was seen: no clock is needed to tell who was first.
HANDSHAKE = """
import os, sys, time
print("a", end="", flush="flush" in sys.argv)
until = time.monotonic() + 20
while not os.path.exists("seen"):
    if time.monotonic() > until:
        sys.exit("nobody saw it")
    time.sleep(0.01)
print("b")
"""
ENDS = """
import os, sys
how = sys.argv[1]
if how == "abort":
    os.abort()
if how == "text":
    sys.exit("some words")
if how.startswith("-"):
    os.kill(os.getpid(), -int(how))
sys.exit(int(how))
"""
ARGUMENTS = "import json, sys\nprint(json.dumps(sys.argv[1:]))\n"


@dataclass
class Desk:
    """A kernel in a folder of its own."""

    kernel: LiveKernel
    folder: Path

    @classmethod
    def at(cls, kernel: LiveKernel, folder: Path) -> Self:
        """Take the kernel to the folder."""
        desk = cls(kernel, folder)
        desk.ok(f"import os\nos.chdir({str(folder)!r})\ndel os")
        return desk

    def module(self, name: str, source: str) -> None:
        file = self.folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")

    def ok(self, cell: str, **options: Any) -> Output:
        """Run a cell that has to succeed."""
        output = self.kernel.run(cell, **options)
        assert output.error is None, "\n".join(output.error[2])
        assert output.reply["status"] == "ok"
        return output

    def fails(self, cell: str, **options: Any) -> Output:
        """Run a cell that has to end with an error of ours, and with no frame of ours."""
        output = self.kernel.run(cell, **options)
        assert output.reply["status"] == "error"
        assert output.error
        traceback = "\n".join(output.error[2])
        assert not re.search(r"ipymod[/\\]|Traceback", traceback), traceback
        return output

    def message(self, cell: str) -> str:
        error = self.fails(cell).error
        assert error
        return error[1]

    def value(self, expression: str) -> Any:
        return self.kernel.value(expression)
