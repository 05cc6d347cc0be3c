"""The scanner of cells: what IPython takes out of a cell, compared with IPython itself."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import notebook_lines
import real_lines
from ipymod.cells import shell_texts
from ipymod.notebooks.code import as_python, escapes, shell_lines, tree_of

CELLS = [
    row[0]
    for module in (notebook_lines, real_lines)
    for row in (*module.SPEAKS, *module.SILENT)
    if "get_ipython" not in row[0] and ">>>" not in row[0]  # read as Python, and prompts are rare
]
AROUND = (
    "{}",
    "\n\n{}\n",
    "if True:\n    {}\n    more = 1",
    "text = '''\n!pip install not_this\n'''\n{}",
    'call(\n    "!",  # !pip install not_this\n    x != 1,\n)\n{}\nafter = !ls',
    "%%time\n{}",
    "x = 1 \\\n  + 2\n{}",
)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "!",
                "!!",
                "%",
                "%%",
                "ls",
                " ",
                "\n",
                "\\\n",
                "    ",
                "=",
                "==",
                "!=",
            ),
            *(
                "'",
                '"',
                '"""',
                "'''",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "#",
                "a",
                "f",
                "\\",
                "%sx ",
            ),
            *(
                "if a:",
                "%time ",
                "%%bash\n",
                "%pip ",
                "a = ",
                "a.b = !",
                "\t",
                "%timeit",
                "%%capture\n",
            ),
        ]
    ),
    max_size=12,
).map("".join)


def ours(cell: str) -> list[tuple[str, int, str, int]]:
    lines = [line for line in shell_lines(cell) if not line.kind.startswith("%")]
    told = [(line.text.strip(), line.line, line.kind, line.escape.last_line) for line in lines]
    return [each for each in told if each[0]]


def of_ipython(cell: str) -> list[tuple[str, int, str, int]]:
    told = [(text.text.strip(), text.line, text.kind, text.last_line) for text in shell_texts(cell)]
    return [each for each in told if each[0]]


def check_alike(whole: str) -> None:
    if whole.startswith("    ") or tree_of(whole) is None:
        return  # what IPython moves to the left, and what it refuses
    assert ours(whole) == of_ipython(whole), whole


def test_the_lines_for_a_shell_are_those_that_ipython_finds() -> None:
    for cell in CELLS:
        check_alike(cell)


@pytest.mark.slow
@pytest.mark.parametrize("around", AROUND)
def test_they_are_the_same_among_other_lines(around: str) -> None:
    for cell in CELLS:
        if "\n" not in cell:
            check_alike(around.format(cell))


@settings(max_examples=200, deadline=None)
@given(PIECES)
@example("a = b = !ls")
@example("f(a = !ls)")
@example("a = 1; b = !ls")
@example("a[0] = !ls \\\n  -l\n!pwd")
@example("x = '\\\n!ls'\n!pwd")
@example("!echo '\n!pwd'")
@example("%time !ls")
@example("%time !ls \\\n  a")
def test_whatever_stands_in_a_cell_that_parses_is_read_as_ipython_reads_it(cell: str) -> None:
    found = of_ipython(cell)
    if found and tree_of(cell) is not None and not cell.startswith((" ", "\t")):
        assert {each[:3] for each in ours(cell)} == {each[:3] for each in found}


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_no_text_breaks_the_scanner_and_each_part_lies_where_it_says(cell: str) -> None:
    for escape in escapes(cell):
        assert 0 <= escape.start <= escape.end <= len(cell)
        assert escape.line == cell.count("\n", 0, escape.start) + 1
    for line in shell_lines(cell):
        for at, character in enumerate(line.text.rstrip("\n")):
            place = line.at(at)
            assert character == " " or cell[place] == character


def test_a_character_of_a_continued_line_is_found_in_its_cell() -> None:
    cell = "if a:\n    !pip install \\\n        one \\\n  two"
    (line,) = shell_lines(cell)
    assert line.text == "pip install          one    two"
    assert cell[line.at(line.text.index("two")) :] == "two"
    assert cell[line.at(line.text.index("one")) :].startswith("one")


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("!ls\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls \\\n      -l\nb", "if a:\n    pass\n\nb"),
        ("files = !ls\nfiles", "files = 0\nfiles"),
        ("%%time\n!ls\nx", "pass\npass\nx"),
        ("%%bash\nls", ""),
        ("%%writefile a.py\nimport b", ""),
        ("pip install x\nimport x", "pass\nimport x"),
        ("print('!ls')", "print('!ls')"),
    ],
)
def test_a_cell_as_python_keeps_its_lines(cell: str, python: str) -> None:
    assert as_python(cell) == python
    ast.parse(python)


@pytest.mark.parametrize("cell", ["str.split?", "x = 1\nx??", "?str", "a.b[0].c?"])
def test_a_question_for_help_is_no_error(cell: str) -> None:
    assert tree_of(cell) is not None


@pytest.mark.parametrize("cell", ["def", "x = [", "{{ cookiecutter.name }} ="])
def test_what_is_no_python_has_no_tree(cell: str) -> None:
    assert tree_of(cell) is None
