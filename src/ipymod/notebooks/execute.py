"""Run a notebook from its first cell to its last; what comes out of it is seen as it comes."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from ipymod.errors import IpymodError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    OnOutput = Callable[[int, NotebookNode], None]
    OnCell = Callable[[int, NotebookNode], None]

# What nbclient takes for ipykernel, and so keeps out of the user's history.
_OWN_NAME = "python3"
# Its errors are for the reader, its advice about encrypting its sockets is not.
_LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR")

# What nbformat raises; for JSON that is a list it is an AttributeError.
_UNREADABLE = (OSError, ValueError, AttributeError, nbformat.ValidationError)


class _OwnPython(AsyncKernelManager):  # type: ignore[misc]  # no types that hold for 6 to 8
    """Starts a kernel of this very Python: the kernelspecs of the machine are not looked at."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=[sys.executable, *_LAUNCH], language="python")


class _Client(NotebookClient):  # type: ignore[misc]  # no types that hold from 0.6 on
    """Tells of each cell and of each output that it gives; nbclient has hooks for cells alone."""

    on_cell: OnCell | None = None
    on_output: OnOutput | None = None
    place = "the first cell"

    def begin(self, cell: NotebookNode, cell_index: int) -> None:
        self.place = f"cell {cell.get('id', cell_index)}"
        if self.on_cell is not None:
            self.on_cell(cell_index, cell)

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        output = super().output(outs, msg, display_id, cell_index)
        if output is not None and self.on_output is not None:
            self.on_output(cell_index, output)
        return output


def execute(
    path: str | os.PathLike[str],
    *,
    kernel_name: str = "",
    timeout: float = 120,
    on_cell: OnCell | None = None,
    on_output: OnOutput | None = None,
) -> NotebookNode:
    """Execute a notebook in its own folder, and give it with its outputs; the file stays as it is.

    Args:
        path: the notebook.
        kernel_name: a kernelspec; empty means the Python that runs us, whatever the notebook and
            the machine's kernelspecs say.
        timeout: seconds for each cell.
        on_cell: called with the index and the cell before each one, whatever its type.
        on_output: called with the cell's index and each output as it comes; a stream comes in
            many pieces.

    Raises:
        IpymodError: the notebook cannot be read, there is no such kernel, the kernel died, or a
            cell failed or took too long.
    """
    name = os.fspath(path)
    client = _client(_read(name), kernel_name, name)
    client.timeout = math.ceil(timeout)  # nbclient takes whole seconds
    client.on_cell, client.on_output = on_cell, on_output
    client.on_cell_start = client.begin
    try:
        return client.execute()
    except NoSuchKernel as error:
        known = "jupyter kernelspec list shows the known ones"
        raise IpymodError(f"{name}: there is no kernel {kernel_name}; {known}") from error
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise IpymodError(f"{name}: {client.place} {_end(error, client.timeout)}") from error


def _end(error: Exception, timeout: float) -> str:
    if isinstance(error, CellExecutionError):
        return f"failed: {error.ename}: {error.evalue}"
    if isinstance(error, CellTimeoutError):
        return f"was not done after {timeout} s"
    return "lost its kernel: it died"


def _read(path: str) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise IpymodError(f"{path} cannot be read as a notebook: {reason}") from error


def _client(notebook: NotebookNode, kernel_name: str, path: str) -> _Client:
    folder = os.path.dirname(os.path.abspath(path))
    own = {} if kernel_name else {"kernel_manager_class": _OwnPython}
    return _Client(
        notebook,
        kernel_name=kernel_name or _OWN_NAME,
        resources={"metadata": {"path": folder}},
        **own,
    )
