"""The rules: each form that people write is found where it should be, and nowhere else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ipymod.cli import main
from ipymod.edits import applied
from ipymod.errors import UsageError
from ipymod.lint.examples import HEALTHY
from ipymod.lint.linting import Linter, chosen
from ipymod.lint.rules import REGISTRY
from ipymod.notebooks.model import Cell, Notebook
from lint_forms import SILENT, SPEAKS
from lint_real import REAL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ipymod.registry import Check

RULES = list(REGISTRY)
LINTER = Linter(chosen((), ()))
NOTEBOOK = Notebook("a.ipynb", (), "python", "python3", "Python 3", has_kernelspec=True)


def codes(*sources: str, tags: tuple[str, ...] = ()) -> list[str]:
    """The codes found in a notebook of these cells."""
    cells = tuple(Cell(at, "code", source, tags) for at, source in enumerate(sources))
    return [problem.code for problem in LINTER.problems(replace(NOTEBOOK, cells=cells))]


def places(source: str) -> str:
    """What is found in a cell, and at which of its lines: `NB101:1 NB203:2`."""
    found = LINTER.problems(replace(NOTEBOOK, cells=(Cell(0, "code", source),)))
    return " ".join(f"{each.code}:{each.at.line}" for each in found if each.at)


def disagreements(rows: Iterable[tuple[str, str]]) -> str:
    """The rows of which something else is said than they have it."""
    found = ((cell, expected, places(cell)) for cell, expected in rows)
    return "\n".join(
        f"{cell!r}: expected {expected or 'nothing'}, found {said or 'nothing'}"
        for cell, expected, said in found
        if said != expected
    )


def fixed(source: str, *, unsafe: bool = False, above: str = "") -> str:
    """A cell after what the rules would do to it."""
    cells = (Cell(0, "code", above), Cell(1, "code", source))
    for problem in LINTER.problems(replace(NOTEBOOK, cells=cells)):
        if problem.at and problem.at.edits and (unsafe or problem.at.is_safe):
            source = applied(source, problem.at.edits)
            break
    return source


# --- the whole registry ---


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_example_trips_its_own_rule_alone(rule: Check) -> None:
    facts = rule.example(HEALTHY)
    assert {problem.code for problem in REGISTRY.judge(facts).problems} == {rule.code}


def test_a_healthy_notebook_has_no_problem() -> None:
    assert REGISTRY.judge(HEALTHY).problems == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_explanation_is_a_sentence_and_a_reason(rule: Check) -> None:
    assert rule.summary.endswith(".")
    assert rule.explanation
    assert re.fullmatch(r"NB\d{3}", rule.code)
    assert "check" not in rule.name


# --- the forms ---


def test_what_people_write_is_told_at_its_line() -> None:
    assert disagreements(SPEAKS) == ""


def test_what_comes_near_it_is_not_told() -> None:
    assert disagreements((cell, "") for cell in SILENT) == ""


def test_cells_of_public_notebooks_are_told_what_a_reader_would_tell() -> None:
    assert disagreements(REAL) == ""


def test_the_forms_are_about_all_rules_and_half_of_them_are_near_misses() -> None:
    assert len(SILENT) >= len(SPEAKS)
    told = {word[:5] for _, expected in SPEAKS for word in expected.split()}
    assert told == {rule.code for rule in RULES if rule.family in {"commands", "waiting"}}


def test_markdown_and_raw_cells_are_no_code() -> None:
    cells = (
        Cell(0, "markdown", "!pip install x\n\n    os._exit(0)"),
        Cell(1, "raw", "!pip install x\nimport os\nos._exit(0)"),
        Cell(2, "heading", "!cd x"),
    )
    assert LINTER.problems(replace(NOTEBOOK, cells=cells)) == []


def test_a_cell_that_does_not_parse_is_read_up_to_its_end() -> None:
    assert codes("!pip install x\nif (") == ["NB101"]
    assert codes("x = '''\n!pip install x") == []


@pytest.mark.parametrize("name", ["conda", "mamba", "micromamba"])
def test_a_program_that_asks_is_told_by_the_name_that_was_typed(name: str) -> None:
    cells = (Cell(0, "code", f"!{name} install -c conda-forge x"),)
    told = [each.message for each in LINTER.problems(replace(NOTEBOOK, cells=cells))]
    assert f"`{name} install` asks before it acts, and nobody can answer" in told


def test_each_cell_is_told_by_its_own_number() -> None:
    sources = ("x = 1", "!pip install a", "", "\n!cd b")
    cells = tuple(Cell(at, "code", source) for at, source in enumerate(sources))
    found = LINTER.problems(replace(NOTEBOOK, cells=cells))
    at = [(each.at.cell, each.at.line, each.code) for each in found if each.at]
    assert at == [(1, 1, "NB101"), (3, 2, "NB203")]


def test_a_path_is_no_fault_where_a_line_of_the_notebook_makes_it() -> None:
    assert codes("!python -m venv /srv/env", "!/srv/env/bin/pip install x") == []
    assert codes("!bash Miniconda3.sh -b -p /srv/conda", "!/srv/conda/bin/python a.py") == []
    assert codes("!conda create -y -p '/srv/e'", "%%bash\n/srv/e/bin/python a.py") == []
    assert codes("!ls /srv/env", "!/srv/env/bin/pip install x") == ["NB106"]
    assert codes("!python -m venv /srv/env2", "!/srv/env/bin/pip install x") == ["NB106"]
    assert codes("!/srv/venv/bin/pip install x") == ["NB106"]


# --- other languages, kernels ---


@pytest.mark.parametrize("name", ["r", "julia", "bash", "sql", "c++", "scala"])
def test_cells_of_another_language_are_not_judged(name: str) -> None:
    cells = tuple(Cell(at, "code", cell) for at, (cell, _) in enumerate(SPEAKS))
    other = replace(NOTEBOOK, language=name, kernel="ir", display_name="R", cells=cells)
    assert LINTER.problems(other) == []
    assert LINTER.problems(replace(other, language="python"))


def test_a_kernel_is_told_that_other_machines_lack() -> None:
    def said(kernel: str, *, has_spec: bool = True) -> list[str]:
        notebook = replace(NOTEBOOK, kernel=kernel, has_kernelspec=has_spec)
        return [each.code for each in LINTER.problems(notebook)]

    for name in ("python3", "python", "xpython", "pyodide"):
        assert said(name) == []
    for name in ("venv", "base", "conda-env-x-py", "python2", "python37", "Python3"):
        assert said(name) == ["NB302"]
    assert said("", has_spec=False) == said("") == ["NB301"]


# --- what is silenced ---


@pytest.mark.parametrize(
    "comment",
    [
        *("# noqa", "#noqa", "# NOQA", "# noqa: NB101", "# noqa:NB101", "# noqa: nb101"),
        *("# noqa : NB1", "# noqa: NB203, NB101", "# noqa: E501 NB101", "# x # noqa"),
        *("# noqa: NB101 since it is Colab", "# type: ignore # noqa: NB101"),
    ],
)
def test_a_comment_at_its_line_silences_a_rule(comment: str) -> None:
    assert codes(f"!pip install x  {comment}\n!pip install y") == ["NB101"]


@pytest.mark.parametrize("comment", ["# noqa: NB102", "# noqa: E501", "# no qa", "noqa", "# NB101"])
def test_a_comment_about_something_else_silences_nothing(comment: str) -> None:
    assert codes(f"!pip install x  {comment}") == ["NB101"]


def test_a_comment_ends_a_line_that_goes_on() -> None:
    assert codes("!pip install a \\\n  b  # noqa: NB101") == []
    assert codes("!pip install a\n# noqa: NB101") == ["NB101"]
    assert codes("# noqa: NB101\n!pip install a") == ["NB101"]


def test_a_comment_is_heard_in_python_and_in_scripts() -> None:
    assert codes("import os\nos._exit(0)  # noqa: NB204") == []
    assert codes("%%bash\npip install x  # noqa: NB101\npip install y") == ["NB101"]
    assert codes("%pip uninstall x  # noqa: NB201") == []


@pytest.mark.parametrize("tag", ["noqa", "noqa:NB101", "noqa: NB1", "noqa-NB101", "NOQA:nb101"])
def test_a_tag_silences_a_cell(tag: str) -> None:
    assert codes("!pip install x\n!pip install y", tags=("other", tag)) == []


@pytest.mark.parametrize("tag", ["noqa:NB102", "skip", "noqax", "my noqa", ""])
def test_another_tag_does_not(tag: str) -> None:
    assert codes("!pip install x", tags=(tag,)) == ["NB101"]


# --- which rules ---


def test_rules_are_chosen_by_code_by_its_beginning_and_by_family() -> None:
    def said(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[str]:
        cells = (Cell(0, "code", "!pip install x\n!python a.py\n!cd b\n%pip uninstall c"),)
        notebook = replace(NOTEBOOK, cells=cells)
        return [each.code for each in Linter(chosen(select, ignore)).problems(notebook)]

    assert said() == ["NB101", "NB102", "NB203", "NB201"]
    assert said(("NB101",)) == ["NB101"]
    assert said(("NB2",)) == said(("waiting",)) == ["NB203", "NB201"]
    assert said(("nb101", "NB203")) == ["NB101", "NB203"]
    assert said(ignore=("NB2",)) == ["NB101", "NB102"]
    assert said(("NB1",), ("NB102",)) == ["NB101"]
    assert said(("NB1",), ("NB1",)) == said(("NB4",)) == []


@pytest.mark.parametrize(
    ("source", "summary", "status"),
    [
        ("x = 1", "OK: no problem, 1 note in 1 of 1 notebook", 0),
        ("!cd b", "1 problem and 1 note in 1 of 1 notebook;", 1),
    ],
)
def test_a_note_is_marked_and_counts_as_no_problem(
    source: str, summary: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []}]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "a.ipynb").write_text(json.dumps(content), "utf-8")
    assert main(["lint", "--select", "NB2,NB3", str(tmp_path)]) == status
    told = " ".join(capsys.readouterr().out.split())
    assert summary in told
    assert told.count("(a note)") == told.count("NB301 (a note)") == 1


def test_where_no_notebook_was_found_the_summary_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "OK: no notebook was found\n"


@pytest.mark.parametrize("word", ["NB5", "imports", "NB501,NB503"])
def test_imports_alone_are_not_called_clean_where_nothing_is_there_to_compare(
    word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--select", word, str(tmp_path)]) == 2
    assert "--kernel NAME, --python PATH or --target PLACE" in capsys.readouterr().err
    assert main(["lint", "--select", word, "--target", "colab", str(tmp_path)]) == 0
    assert main(["lint", "--select", f"{word},NB1", str(tmp_path)]) == 0


@pytest.mark.parametrize("word", ["NB999", "X", "NB1O1"])
def test_a_rule_that_there_is_not_is_wrong_use(word: str) -> None:
    with pytest.raises(UsageError, match=word):
        chosen((word,), ())
    with pytest.raises(UsageError, match=word):
        chosen((), (word,))


# --- fixing ---

FIXES: list[tuple[str, str, str]] = [  # a cell; what is safe; what is made when asked
    ("!pip install x", "%pip install x", ""),
    ("! pip3 install -q {FLAG} x $y # z", "%pip install -q {FLAG} x $y # z", ""),
    ("if a:\n    !pip install x", "if a:\n    %pip install x", ""),
    ("!python -m pip install x", "%pip install x", ""),
    ("!pip install a \\\n  b", "%pip install a \\\n  b", ""),
    ("pip install x", "%pip install x", ""),
    ("!python a.py", "", "import sys\n!{sys.executable} a.py"),
    ("!cd x", "", "%cd x"),
    ("%pip uninstall x", "", "%pip uninstall -y x"),
    ("%pip install x>=2", "", "%pip install 'x>=2'"),
    ("subprocess.run(['python', 'a'])", "", "import sys\nsubprocess.run([sys.executable, 'a'])"),
]
NEVER = [
    *("x = !pip list", "!pip list | grep x", "!pip install x; ls", "!pip install x > log"),
    *("!cd x && pip install .", "!A=1 pip install x", "!sudo pip install x", "!/usr/bin/pip list"),
    *("%%bash\npip install x", "os.system('pip install x')", "!pip install x\nif (", "!!pip list"),
    *("!uv pip install --system x", "os._exit(0)", "!conda install -y x", "!pip3.9 list"),
    *("!pip install $(cat x)", "!pip install `cat x`", "!pip list &", "!export A=1", "!pip 'x"),
]


def test_a_fix_is_safe_where_it_is_the_same_and_made_when_asked_where_it_is_not() -> None:
    rows = [(cell, safe or cell, unsafe) for cell, safe, unsafe in FIXES]
    assert [fixed(cell) for cell, _, _ in rows] == [safe for _, safe, _ in rows]
    asked = [(fixed(cell, unsafe=True), unsafe) for cell, _, unsafe in rows if unsafe]
    assert [made for made, _ in asked] == [unsafe for _, unsafe in asked]


def test_nothing_is_fixed_by_itself_that_only_a_reader_can_mend() -> None:
    assert [cell for cell in NEVER if fixed(cell) != cell] == []
