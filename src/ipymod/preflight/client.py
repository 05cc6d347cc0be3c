"""DO: nbclient, told to keep no more than is asked for; loaded while the first kernels start."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.notebooks.model import Notebook
    from ipymod.preflight.kernel import Kernel


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Hide a module from those who can do without it."""
    is_new = name not in sys.modules
    if is_new:
        sys.modules[name] = None  # type: ignore[assignment]  # so an import fails at once
    try:
        yield
    finally:
        if is_new:
            del sys.modules[name]


# It builds a grammar of addresses for two seconds, which no schema of a notebook asks for; it is
# there where Jupyter Lab is.
with _without("rfc3987_syntax"):
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    from nbformat.v4.rwbase import split_lines


class Client(NotebookClient):  # type: ignore[misc]  # no types that hold from 0.6 on
    """Executes cells; outputs are kept where they are asked for, and an error always.

    Attributes:
        keeps: whether outputs are kept.
        error: the content of the message of the last error; None if the cell had none.
    """

    keeps = False
    error: dict[str, Any] | None = None

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Take an output, as nbclient calls it; give it if it is kept."""
        if msg["msg_type"] == "error":
            self.error = msg["content"]
        if not self.keeps:
            return None
        output = super().output(outs, msg, display_id, cell_index)
        if output is not None and len(outs) > 1 and _is_one_stream(*outs[-2:]):
            outs[-2].text += outs.pop().text
        return output

    def kept(self) -> dict[int, tuple[int | None, list[Any]]]:
        """Give execution count and outputs of each cell that was executed, as files have them."""
        split_lines(self.nb)
        cells = enumerate(self.nb.cells) if self.keeps else ()
        return {
            index: (cell.execution_count, cell.outputs)
            for index, cell in cells
            if cell.cell_type == "code" and cell.execution_count
        }

    def widgets(self) -> dict[str, Any]:
        """Give the state of the widgets, as the metadata of notebooks have it."""
        self.set_widgets_metadata()
        return dict(self.nb.metadata.get("widgets", {}))


def _is_one_stream(one: Any, other: Any) -> bool:
    """Tell whether a front end would join them; a stream comes in many pieces."""
    kinds = {one.output_type, other.output_type}
    return kinds == {"stream"} and one.name == other.name


def client_of(notebook: Notebook, kernel: Kernel, *, keeps: bool) -> Client:
    """Give what executes the cells of a notebook in a kernel that is ready.

    Its notebook has the same cells, with nothing in them but what execution depends on.
    """
    cells = [
        (new_code_cell if cell.kind == "code" else new_markdown_cell)(
            cell.source, metadata={"tags": list(cell.tags)}
        )
        for cell in notebook.cells
    ]
    client = Client(new_notebook(cells=cells), km=kernel.manager, record_timing=False)
    client.kc, client.keeps = kernel.client, keeps
    return client
