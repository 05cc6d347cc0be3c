"""Run the first tutorial in a real kernel, show it as it runs, and keep it as build/tour.html."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter

from ipymod.errors import IpymodError
from ipymod.notebooks.execute import execute

REPOSITORY = Path(__file__).resolve().parents[1]
NOTEBOOK = REPOSITORY / "notebooks" / "1-tour.ipynb"
PAGE = REPOSITORY / "build" / "tour.html"
WIDTH = 80

BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
IN_COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def main() -> int:
    """Give 0, or 1 if a cell failed."""
    try:
        notebook = execute(NOTEBOOK, on_cell=show_cell, on_output=show_output)
    except IpymodError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_status
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(notebook), "utf-8")
    print(f"\nThe same as a page: {PAGE.relative_to(REPOSITORY)}")
    return 0


def show_cell(_: int, cell: Any) -> None:
    """Show what is said, or what is about to run."""
    say = show_text if cell.cell_type == "markdown" else show_code
    print(flush=True)
    for line in cell.source.splitlines():
        say(line)


def show_text(line: str) -> None:
    """Show a line of Markdown: a heading in bold, a paragraph in lines that can be read."""
    print(styled(line, BOLD) if line.startswith("#") else textwrap.fill(line, WIDTH))


def show_code(line: str) -> None:
    """Show a line of code, apart from what it is going to print."""
    print(styled(f"    {line}", DIM) if IN_COLOUR else f"  > {line}".rstrip(), flush=True)


def show_output(_: int, output: Any) -> None:
    """Show what a cell gives: a piece of a stream, a value, or an error."""
    if output.output_type == "stream":
        print(coloured(output.text), end="", flush=True)
    elif output.output_type == "error":
        print(coloured("\n".join(output.traceback)), flush=True)
    else:
        print(coloured(output.data.get("text/plain", "")), flush=True)


def coloured(text: str) -> str:
    """Keep the colours of a text where the terminal can show them."""
    return text if IN_COLOUR else re.sub(r"\x1b\[[0-9;]*m", "", text)


def styled(text: str, style: str) -> str:
    """Dress a line where the terminal can show it."""
    return f"{style}{text}{PLAIN}" if IN_COLOUR else text


def page(notebook: Any) -> str:
    """Make a page that stands alone; a progress bar shows its last frame only."""
    exporter = HTMLExporter(template_name="lab")
    exporter.register_preprocessor(
        "nbconvert.preprocessors.CoalesceStreamsPreprocessor", enabled=True
    )
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": "A tour of ipymod"}})
    return str(html)


if __name__ == "__main__":
    sys.exit(main())
