"""Run a notebook from its first cell to its last; what comes out of it is seen as it comes."""

from __future__ import annotations

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

# ipykernel of the Python that runs us, by whatever name a kernelspec file knows another.
_OWN_NAME = "python3"
_LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}")


class _OwnPython(AsyncKernelManager):
    """Starts a kernel of this very Python: the kernelspecs of the machine are not looked at."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=[sys.executable, *_LAUNCH], language="python")


class _Client(NotebookClient):
    """Tells of each output that a cell gives; nbclient has hooks for cells alone."""

    on_output: OnOutput | None = None

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
    shown = os.fspath(path)
    notebook = _read(shown)
    client = _client(notebook, kernel_name, shown)
    client.timeout = timeout
    client.on_output = on_output
    if on_cell is not None:
        client.on_cell_start = lambda cell, cell_index: on_cell(cell_index, cell)
    try:
        return client.execute()
    except CellExecutionError as error:
        raise IpymodError(f"{shown}: {_place(notebook)}: {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise IpymodError(f"{shown}: {_place(notebook)} took more than {timeout:g} s") from error
    except DeadKernelError as error:
        raise IpymodError(f"{shown}: the kernel died in {_place(notebook)}") from error
    except NoSuchKernel as error:
        raise IpymodError(
            f"{shown}: there is no kernel {kernel_name}; jupyter kernelspec list shows which are"
        ) from error


def _read(path: str) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
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
