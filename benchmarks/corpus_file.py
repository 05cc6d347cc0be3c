"""From a plan to the bytes of a file, and what stands in it where."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import corpus_counts as counts
from corpus_forms import Block, Form, written
from corpus_outputs import Studio
from corpus_phrases import NOUNS
from corpus_plan import FOREIGN, ID_TOO_EARLY, NO_METADATA, NO_OUTPUTS, NO_STREAM_NAME, Plan
from corpus_text import Author

MARKDOWN = 0.6  # markdown cells for each code cell
PYTHON_2 = 0.01  # of the notebooks hold code that no Python 3 can parse
TOGETHER = 0.6  # of the forms share the cell of the one before
AMONG_CODE = 0.3  # of those that may stand anywhere
_FOREIGN = ("conda_python3", "venv", ".venv", "pytorch", "tf2", "base", "dev", "conda-env-{}-py")
_SHOWN = ("Python 3", "Python 3 (ipykernel)")
_OTHERS = {
    "r": ("ir", "R", "R", 'library({})\nx <- c({}, 2)\nsystem("pip install {}")'),
    "julia": ("julia-1.9", "Julia 1.9.3", "julia", "using {}\nx = {}\nrun(`pip install {}`)"),
    "javascript": ("deno", "Deno", "typescript", "const {} = {};\nconsole.log('!pip install {}')"),
}

Cell = dict[str, Any]


@dataclass(frozen=True)
class Label:
    """What stands at a place.

    Attributes:
        path: of the file, with slashes, from the folder of the corpus.
        cell: among all cells, from 0.
        line: in the cell, from 1.
        form: its name in `corpus_counts`.
        traits: what else holds for it.
        text: the line.
    """

    path: str
    cell: int
    line: int
    form: str
    traits: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Made:
    """A file and what stands in it."""

    data: bytes
    labels: tuple[Label, ...] = ()
    cells: int = 0


@dataclass(frozen=True)
class _Text:
    """The text of a code cell, the forms that it holds (line from 1, form), what comes before."""

    source: str
    forms: tuple[tuple[int, Form], ...] = ()
    needs: tuple[str, ...] = ()


def made(plan: Plan, studio: Studio | None) -> Made:
    """Make a file; without a studio it has no outputs."""
    random = Random(plan.seed)  # noqa: S311  the same corpus every time
    if plan.kind == counts.POINTER:
        return Made(_pointer(random))
    if plan.kind == counts.EMPTY:
        return Made(b"")
    cells, labels = _cells(plan, random)
    notebook = _notebook(plan, cells, random)
    if studio and plan.kind != counts.OLD:
        _show(plan, notebook, studio, random)
    data = _bytes(notebook, plan)
    if plan.kind == counts.BROKEN:
        return Made(data[: len(data) * 2 // 3])
    return Made(data, tuple(labels), len(cells))


def _pointer(random: Random) -> bytes:
    digest = random.randbytes(32).hex()
    size = random.randrange(100_000, 9_000_000)
    told = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"
    return told.encode()


# -- cells


def _cells(plan: Plan, random: Random) -> tuple[list[Cell], list[Label]]:
    """Give the cells, markdown among the code, and where each form stands."""
    texts = _other(plan.kind, random) if plan.kind in _OTHERS else _python(plan, random)
    author = Author(random)
    cells: list[Cell] = []
    labels: list[Label] = []
    for text in texts:
        while random.random() < MARKDOWN / (1 + MARKDOWN):
            cells.append({"cell_type": "markdown", "metadata": {}, "source": author.prose()})
        lines = text.source.split("\n")
        labels += (
            Label(plan.path, len(cells), line, form.name, form.traits, lines[line - 1])
            for line, form in text.forms
        )
        cells.append(_code(text.source))
    return cells, labels


def _code(source: str) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _other(kind: str, random: Random) -> list[_Text]:
    pattern = _OTHERS[kind][3]
    words = [random.sample(NOUNS, 3) for _ in range(random.randrange(5, 30))]
    return [_Text(pattern.format(*each)) for each in words]


def _python(plan: Plan, random: Random) -> list[_Text]:
    """Give the code cells: forms stand rather before than behind the others."""
    author = Author(random)
    special = list(_gathered([(form, written(form, random)) for form in plan.forms], random))
    opening = [_Text(text) for text in author.opening()]
    needed = sum(len(text.needs) for text in special)
    count = plan.code - len(opening) - len(special) - needed
    ordinary = [_Text(author.cell()) for _ in range(count)]
    if random.random() < PYTHON_2 and ordinary:
        ordinary[-1] = _Text(author.python_2())
    texts = [*opening, *ordinary]
    for each in special:
        place = int(random.random() ** 2 * len(texts))
        texts[place:place] = [*map(_Text, each.needs), each]
    return texts


def _gathered(blocks: list[tuple[Form, Block]], random: Random) -> Iterator[_Text]:
    """Put forms together into cells."""
    held: list[tuple[Form, Block]] = []
    for form, block in blocks:
        if held and (block.alone or held[-1][1].alone or random.random() > TOGETHER):
            yield _joined(held)
            held = []
        held.append((form, block))
    if held:
        yield _joined(held)


def _joined(blocks: list[tuple[Form, Block]]) -> _Text:
    lines: list[str] = []
    forms = []
    for form, block in blocks:
        forms.append((len(lines) + block.at + 1, form))
        lines += block.lines
    needs = tuple(block.needs for _, block in blocks if block.needs)
    return _Text("\n".join(lines), tuple(forms), needs)


# -- the notebook


def _notebook(plan: Plan, cells: list[Cell], random: Random) -> Cell:
    minor = random.choice((0, 1, 2, 2, 4, 4, 4, 5, 5, 5))
    if plan.invalid == ID_TOO_EARLY:
        minor = 4
    if minor >= 5 or plan.invalid == ID_TOO_EARLY:  # noqa: PLR2004  since 4.5 cells have ids
        for cell in cells:
            cell["id"] = random.randbytes(4).hex()
    metadata = _metadata(plan, random)
    if plan.style.indent == 2:  # noqa: PLR2004  as Colab writes them
        notebook = {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": cells}
    else:
        notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}
    _spoil(notebook, plan.invalid)
    return _old(notebook) if plan.kind == counts.OLD else notebook


def _metadata(plan: Plan, random: Random) -> Cell:
    metadata: Cell = {}
    if plan.kernel:
        name = plan.kernel
        shown = random.choice(_SHOWN)
        if name == FOREIGN:
            name = random.choice(_FOREIGN).format(random.choice(NOUNS))
            shown = f"Python ({name})"
        metadata["kernelspec"] = {"display_name": shown, "language": "python", "name": name}
    if plan.kind in _OTHERS:
        name, shown, language, _ = _OTHERS[plan.kind]
        metadata["kernelspec"] = {"display_name": shown, "language": language, "name": name}
        metadata["language_info"] = {"name": language}
    elif random.random() < 0.9:  # noqa: PLR2004  a kernel has opened most of them
        version = f"3.{random.randrange(5, 13)}.{random.randrange(12)}"
        metadata["language_info"] = {"name": "python", "version": version}
    if plan.style.indent == 2:  # noqa: PLR2004  as Colab writes them
        metadata["colab"] = {"name": plan.path.rpartition("/")[2], "provenance": []}
    return metadata


def _spoil(notebook: Cell, fault: str) -> None:
    """Put in what the schema forbids."""
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    match fault:
        case name if name == NO_OUTPUTS:
            del code["outputs"]
        case name if name == NO_METADATA:
            del code["metadata"]
        case name if name == NO_STREAM_NAME:
            code["outputs"] = [{"output_type": "stream", "text": ["done\n"]}]


def _old(notebook: Cell) -> Cell:
    """Give the same in format 3, where code is `input` in a worksheet."""
    cells = [
        {"cell_type": "code", "input": cell["source"], "language": "python", "outputs": []}
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    sheet = {"cells": cells, "metadata": {}}
    metadata = {"name": ""}
    return {"metadata": metadata, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]}


def _show(plan: Plan, notebook: Cell, studio: Studio, random: Random) -> None:
    """Fill the file up to its size with outputs, and number the cells that have run."""
    cells = [cell for cell in notebook["cells"] if "outputs" in cell]
    room = plan.bytes - len(_bytes(notebook, plan))
    if not cells or room <= 0:
        return
    for output in studio.outputs(room, len(cells), random):
        random.choice(cells)["outputs"].append(output)
    for number, cell in enumerate(cells, 1):
        cell["execution_count"] = number


# -- bytes


def _bytes(notebook: Cell, plan: Plan) -> bytes:
    style = plan.style
    text = json.dumps(_split(notebook, plan), indent=style.indent, ensure_ascii=False)
    text += "\n" if style.final_newline else ""
    return text.replace("\n", "\r\n" if style.crlf else "\n").encode()


def _split(notebook: Cell, plan: Plan) -> Cell:
    """Make a list of lines of each source, unless the style wants one string."""
    if plan.style.whole or plan.kind == counts.OLD:
        return notebook
    cells = [
        {**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}
