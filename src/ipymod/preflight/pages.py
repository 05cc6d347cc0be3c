"""DO: a page for each notebook, made by nbconvert."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from ipymod.errors import IpymodError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.preflight.model import Job


class Pages:
    """Writes pages; from one thread at a time, whoever asks.

    Raises:
        UsageError: nbconvert is not installed, or there can be no such folder.
    """

    def __init__(self, folder: str) -> None:
        if importlib.util.find_spec("nbconvert") is None:
            to_type = f"{sys.executable} -m pip install nbconvert"
            raise UsageError(f"--html needs nbconvert, which is not installed; {to_type}")
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}") from error
        self.folder = folder
        self._lock = Lock()

    def write(self, job: Job, data: bytes) -> str:
        """Write the page of a notebook, and give its place in the folder.

        Raises:
            IpymodError: it cannot be made or written.
        """
        path = os.path.join(self.folder, job.page)
        try:
            with self._lock:
                text = self._made(job, data)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except Exception as error:  # templates and filters raise what they like
            raise IpymodError(f"its page {path} cannot be made: {error}") from error
        return job.page

    def _made(self, job: Job, data: bytes) -> str:
        from nbformat.v4 import reads

        name = os.path.basename(job.path).removesuffix(".ipynb")
        content = json.loads(data.decode("utf-8-sig"))
        content.setdefault("metadata", {})
        for cell in content["cells"]:  # nbconvert reads what a schema promises
            code: dict[str, Any]
            code = {"outputs": [], "execution_count": None} if _is_code(cell) else {}
            cell.update({"metadata": {}, "source": "", **code, **cell})
        notebook = reads(json.dumps(content))
        html, _ = self._exporter.from_notebook_node(notebook, {"metadata": {"name": name}})
        return str(html)

    @cached_property
    def _exporter(self) -> Any:
        from nbconvert import HTMLExporter

        return HTMLExporter()


def _is_code(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def places(paths: Sequence[str], kernels: Sequence[str]) -> dict[tuple[str, str], str]:
    """Give the place of each page in the folder of pages, by notebook and kernel.

    It ends on `.ipynb.html`, so none takes the place of the index; with several kernels each has
    a folder of its own.
    """
    full = [os.path.abspath(path) for path in paths]
    try:
        root = os.path.commonpath([os.path.dirname(path) for path in full]) if full else ""
        names = [os.path.relpath(path, root) for path in full]
    except ValueError:  # on several drives
        names = [f"{number}-{os.path.basename(path)}" for number, path in enumerate(full, 1)]
    return {
        (path, kernel): os.path.join(kernel if len(kernels) > 1 else "", f"{name}.html")
        for path, name in zip(paths, names, strict=True)
        for kernel in kernels
    }
