"""Fixes, proved: what IPython hands to the system for a cell is the same before and after."""

from __future__ import annotations

import builtins
import json
import keyword
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import notebook_lines
import real_lines
from environments import environment
from fix_lines import ABOVE, FORMS, LEFT, NEVER, PYMOD, UNSAFE
from ipymod.lint.examples import HEALTHY
from ipymod.lint.facts import Facts
from ipymod.lint.fixing import Fixer
from ipymod.lint.linting import Linter, chosen
from ipymod.lint.rules import REGISTRY
from ipymod.notebooks.code import shell_lines, tree_of
from ipymod.notebooks.file import parse
from ipymod.notebooks.model import Cell, Notebook
from kernels import LiveKernel
from recorded import KernelRecorder, Recorder, Sh, mended, notebook_of, recorder, rest_for_pip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from ipymod.registry import Check, Problem

pytestmark = pytest.mark.skipif(os.name == "nt", reason="cmd.exe quotes otherwise")
ROWS = [
    row
    for module in (notebook_lines, real_lines)
    for row in (*module.SPEAKS, *module.SILENT)
]  # fmt: skip
VALUES = (
    *("numpy", "a b", "it's", "'a b'", '"c"', "100%", "Ä", "", "a#b", "x?", "a\\", "~", "*"),
    *("$HOME", '{"a": 1}', "a{}", ["a", "b"], {"a": 1}, 3.5, None),
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    with recorder(tmp_path_factory.mktemp("ipython")) as made:
        yield made


def prove(recording: Recorder, cell: str, after: str, **variables: object) -> int:
    """Compare what pip gets; give how often it is called.

    Raises:
        AssertionError: it is not the same, byte for byte.
    """
    now = recording.run(after, **variables).for_pip
    assert now == recording.run(cell, **variables).for_pip, (cell, after, variables)
    return len(now)


def names_in(cell: str) -> set[str]:
    """The names that IPython may replace."""
    told = re.findall(r"[^\W\d]\w*", " ".join(re.findall(r"\{[^}]*\}|\$\w+", cell)))
    return {name for name in told if not (hasattr(builtins, name) or keyword.iskeyword(name))}


# --- safe fixes ---


@pytest.mark.parametrize("cell", FORMS)
def test_a_safe_fix_hands_over_the_same_command(recording: Recorder, cell: str) -> None:
    after = mended(cell)
    assert after != cell
    assert prove(recording, cell, after, x="a b", y="'c' \"d\"") >= 1
    prove(recording, cell, after)


@pytest.mark.slow
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_it_is_the_same_whatever_the_variables_hold(recording: Recorder, value: object) -> None:
    for cell in FORMS:
        prove(recording, cell, mended(cell), x=value, y=value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "around",
    [
        "if True:\n    {}",
        "for _ in [1, 2]:\n\t{}\n\ty",
        "def f(x, y):\n    {}\nf('a', 'b c')",
        "async def f(x, y):\n    {}\nawait f('a', 'b c')",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    {}",
        "%%capture\n{}",
        "%%time\n{}",
        "%%timeit -n1 -r1\n{}",
        "%%prun -q\n{}",
        "%%capture\n%%time\nif True:\n  {}",
    ],
)
def test_it_is_the_same_among_other_lines(recording: Recorder, around: str) -> None:
    for cell in FORMS:
        if cell.startswith("!") and "\n" not in cell and not cell.endswith("\\"):
            whole = around.format(cell)
            after = mended(whole)
            assert after != whole
            assert prove(recording, whole, after, x="a b", y="'c'") >= 1


@pytest.mark.parametrize("cell", LEFT)
def test_what_is_not_provably_the_same_is_left(cell: str) -> None:
    assert mended(cell) == cell
    assert mended(f"import a\n{cell}" if not cell.startswith("%%") else cell).endswith(cell)


@pytest.mark.parametrize(
    ("cell", "variables"),
    [
        ("!pip install $x '{y}'", {"x": "X", "y": "Y"}),
        ("!pip install '$x' \"{y}\"", {"x": "X", "y": "it's"}),
        ("!pip install ${x}", {"x": "y", "y": "Y"}),
        ("!pip install {{x}}", {"x": "X"}),
        ("!pip install $$x", {"x": "X"}),
        ("!pip install $line", {}),
    ],
)
def test_what_is_left_since_it_is_expanded_twice_is_indeed_another_command(
    recording: Recorder, cell: str, variables: dict[str, object]
) -> None:
    before, after = (
        recording.run(each, **variables).for_pip for each in (cell, f"%{cell[1:]}")
    )  # fmt: skip
    assert before != after
    assert mended(cell) == cell


@pytest.mark.parametrize("value", ["{y}", "$y", "{{y}}", "$$y"])
def test_a_value_that_itself_asks_for_a_variable_is_the_one_limit(
    recording: Recorder, value: str
) -> None:
    # `%pip` expands what it was given once more: no text of a cell tells what its variables hold.
    before, after = (
        recording.run(each, x=value, y="Y").for_pip
        for each in ("!pip install {x}", mended("!pip install {x}"))
    )
    assert before == [f" install {value}"]
    assert after != before


def test_a_cell_of_one_line_without_a_sign_is_the_same_command(recording: Recorder) -> None:
    for cell in ("pip install a", "pip install {x} 'b c' # d", "pip3 install a"):
        assert mended(cell) in {f"%{cell}", cell}
        recorded = recording.run(cell, x="X")
        if mended(cell) != cell:
            assert recording.run(mended(cell), x="X") == recorded
    assert recording.run("pip install a\nx = 1").error == "SyntaxError"
    assert recording.run(mended("pip install a\nx = 1")).for_pip == [" install a"]


def test_a_comment_that_ends_on_a_question_mark_asks_for_no_help(recording: Recorder) -> None:
    cell = "!pip install a  # really?"
    assert recording.run(cell).for_pip == [" install a  # really?"]
    assert [line.text for line in shell_lines(cell)] == ["pip install a  # really?"]
    assert shell_lines("!pip install a?") == ()
    assert recording.run("!pip install a?").handed == ()


# --- the rows of real cells ---


def _first(cell: str) -> str:
    lines = shell_lines(cell)
    return " ".join(lines[0].text.split()) if lines else ""


def _is_mended(cell: str) -> bool:
    """Whether its first text is a statement, and the rule about pip speaks of it."""
    facts = Facts(notebook=Notebook("a.ipynb", (Cell(0, "code", cell),)))
    problems = REGISTRY.judge(facts, ["NB101"]).problems
    return bool(problems) and shell_lines(cell)[0].kind == "line" and tree_of(cell) is not None


@pytest.mark.parametrize("module", [notebook_lines, real_lines], ids=lambda each: each.__name__)
def test_the_fix_of_a_row_is_its_safe_form(module: ModuleType) -> None:
    for cell, _, form in module.SPEAKS:
        after = mended(cell)
        if form is None or not _is_mended(cell):
            assert _first(after) == _first(cell), cell
        else:
            assert form.removeprefix("%pip ").split() == _first(after).split(), cell
            assert after != cell


def test_what_needs_no_fix_gets_none() -> None:
    for cell, _, _ in (*notebook_lines.SILENT, *real_lines.SILENT):
        lines = shell_lines(cell)
        if not any(line.kind == "bare" for line in lines):
            assert mended(cell) == cell


@pytest.mark.slow
@pytest.mark.parametrize("value", ["numpy", "a 'b c'", ["a", "b"], None], ids=repr)
def test_every_line_of_the_rows_that_is_mended_hands_over_the_same(
    recording: Recorder, value: object
) -> None:
    proved = 0
    for cell, *_ in ROWS:
        variables = dict.fromkeys(names_in(cell) - {"sys"}, value) if value else {}
        for line in shell_lines(cell):
            alone = f"!{line.text}"
            after = mended(alone)
            if line.kind == "line" and after != alone:
                proved += prove(recording, alone, after, sys=sys, **variables)
    assert proved > 70


@pytest.mark.slow
def test_every_row_that_is_mended_hands_over_the_same(recording: Recorder) -> None:
    for cell, *_ in ROWS:
        after = mended(cell)
        if after != cell and not any(line.kind == "bare" for line in shell_lines(cell)):
            before, now = (recording.run(each, sys=sys) for each in (cell, after))
            for one, two in zip(before.handed, now.handed, strict=True):
                assert one == two or rest_for_pip(one) == rest_for_pip(two), cell


PIECES = st.lists(
    st.sampled_from(
        (
            *(
                " install ",
                " a",
                "pip",
                " ",
                "\t",
                "  ",
                "'",
                '"',
                "'b c'",
                '"d"',
                "#",
                " # e",
                "?",
            ),
            *("{x}", "{y!r}", "{x[0]}", '{f"{x}"}', "{", "}", "{{", "$x", "$y", "$", "$$", "${x}"),
            *("{1,2}", "\\", "\\\n", "%", "=", "é", ";", "&", "|", ">", "*", "~", "!", "$line"),
        )
    ),
    max_size=8,
).map("".join)
HEADS = st.sampled_from(("!pip", "! pip", "!pip3 install", "!python -m pip", "%time !pip install"))
SOME = st.sampled_from(("numpy", "a b", "it's", "'q'", '"', "$", ["a", "b"]))


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])
@given(HEADS, PIECES, SOME, SOME)
@example("!pip install", " $x '{y}'", "X", "Y")
@example("!pip install", " {x} 'a$y'", "it's", "Y")
@example("!pip", "\tinstall a", "", "")
def test_whatever_is_mended_hands_over_the_same(
    recording: Recorder, head: str, rest: str, x: object, y: object
) -> None:
    cell = f"{head}{rest}"
    after = mended(cell)
    assume(after != cell)
    assert prove(recording, cell, after, x=x, y=y) == 1


# --- %pymod, which starts no shell ---


@pytest.mark.slow
@pytest.mark.parametrize("cell", PYMOD)
def test_pymod_starts_what_a_real_shell_would(
    recording: Recorder, cell: str, tmp_path: Path
) -> None:
    after = mended(cell, to="pymod")
    assert after != cell
    (command,) = recording.run(cell).handed
    assert recording.started_by_pymod(after) == Sh(tmp_path).arguments(command)


@pytest.mark.slow
def test_pymod_starts_the_same_for_every_row(recording: Recorder, tmp_path: Path) -> None:
    sh, proved = Sh(tmp_path), 0
    for cell, *_ in ROWS:
        for line in shell_lines(cell):
            alone = f"!{line.text}"
            after = mended(alone, to="pymod")
            if line.kind == "line" and after != alone:
                (command,) = recording.run(alone).handed
                assert recording.started_by_pymod(after) == sh.arguments(command), alone
                proved += 1
    assert proved > 50


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(HEADS.filter(lambda head: not head.startswith("%")), PIECES)
def test_whatever_pymod_is_made_of_starts_the_same(
    recording: Recorder, tmp_path: Path, head: str, rest: str
) -> None:
    cell = f"{head}{rest}"
    after = mended(cell, to="pymod")
    assume(after != cell)
    (command,) = recording.run(cell).handed
    assert recording.started_by_pymod(after) == Sh(tmp_path).arguments(command), cell


@pytest.mark.parametrize(
    "cell",
    [
        *("!pip install {x}", "!pip install $x", "!pip install a*", "!pip install ~/a"),
        *("!pip install a\\ b", "!pip install a?", "!pip install '{x}'", "!pip install a \\"),
        *("!pip install a; pip install b", "!pip install $(cat a)", "!python a.py", "!python -V"),
    ],
)
def test_what_a_shell_would_change_is_not_made_pymod(cell: str) -> None:
    assert mended(cell, to="pymod") == cell


# --- unsafe fixes ---


@pytest.mark.parametrize(("cell", "after", "handed"), UNSAFE)
def test_an_unsafe_fix_does_what_its_rule_says(
    recording: Recorder, cell: str, after: str, handed: list[object]
) -> None:
    assert mended(cell, unsafe=True) == after
    recorded = recording.run(after)
    assert recorded.error == ""
    assert json.loads(json.dumps(recorded.handed).replace(sys.executable, "EXE")) == handed


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        ("!cd data", "%cd data"),
        ("! cd data", "%cd data"),
        ("!cd 'a b'", "%cd 'a b'"),
        ("!cd {x}", "%cd {x}"),
        ("if 1:\n    !cd data", "if 1:\n    %cd data"),
        ("%time !cd data", "%time %cd data"),
    ],
)
def test_a_change_of_folder_lasts(
    recording: Recorder, cell: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data", "a b"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert mended(cell, unsafe=True) == after
    show = "import subprocess, os; subprocess.run(os.getcwd())"
    (folder,) = recording.run(after, show, x="data").handed
    assert folder in {str(tmp_path / "data"), str(tmp_path / "a b")}


@pytest.mark.parametrize(("above", "after"), ABOVE)
def test_sys_is_imported_unless_a_cell_above_has_done_so(above: str, after: str) -> None:
    assert mended(above, "!python a", unsafe=True) == after


@pytest.mark.parametrize("cell", NEVER)
def test_even_an_unsafe_fix_leaves_what_it_cannot_understand(cell: str) -> None:
    assert mended(cell, unsafe=True) == cell


@pytest.mark.parametrize("language", ["R", "julia", "bash"])
def test_notebooks_of_other_languages_are_left(language: str) -> None:
    for cell, *_ in UNSAFE:
        assert mended(cell, unsafe=True, language=language) == cell


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_cells_of_text_are_left(kind: str) -> None:
    for cell, *_ in UNSAFE:
        assert mended(cell, unsafe=True, kind=kind) == cell


def test_what_does_not_parse_is_left() -> None:
    for cell in (*(row[0] for row in UNSAFE), *FORMS):
        if not cell.endswith(("\\", "\\\n", "\r\n")):
            assert mended(f"{cell}\n)", unsafe=True) == f"{cell}\n)"


# --- the whole registry ---


def _repaired(facts: Facts, code: str) -> Facts:
    """What a rule reads when its repairs are made, which a second time changes nothing."""
    assert facts.notebook
    fixer = Fixer(Linter(chosen((code,), ())), unsafe=True)
    once = fixer.fix("a.ipynb", notebook_of(*(cell.source for cell in facts.notebook.code)))
    assert fixer.fix("a.ipynb", once.after).after == once.after
    read = parse("a.ipynb", once.after)
    assert isinstance(read, Notebook)
    return Facts(notebook=read)


def _repairs(facts: Facts, code: str) -> list[Problem]:
    problems = REGISTRY.judge(facts, [code]).problems
    return [problem for problem in problems if problem.at and problem.at.edits]


@pytest.mark.parametrize("rule", list(REGISTRY), ids=lambda rule: rule.code)
def test_after_its_repair_a_rule_is_silent(rule: Check) -> None:
    facts = rule.example(HEALTHY)
    if _repairs(facts, rule.code):
        assert REGISTRY.judge(_repaired(facts, rule.code), [rule.code]).problems == ()


def test_the_rules_that_repair_are_these() -> None:
    repairing = {rule.code for rule in REGISTRY if _repairs(rule.example(HEALTHY), rule.code)}
    assert repairing == {"NB101", "NB102", "NB103", "NB107", "NB201", "NB202", "NB203"}


@pytest.mark.slow
@pytest.mark.parametrize("code", ["NB101", "NB102", "NB103", "NB107", "NB201", "NB202", "NB203"])
def test_after_its_repair_a_rule_has_no_repair_left_for_any_row(code: str) -> None:
    for cell in (*FORMS, *(row[0] for row in ROWS), *(row[0] for row in UNSAFE)):
        facts = Facts(notebook=Notebook("a.ipynb", (Cell(0, "code", cell),)))
        if _repairs(facts, code):
            assert _repairs(_repaired(facts, code), code) == [], cell


# --- real kernels ---


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("generation", ["colab", "ipython8", "ipython9"])
def test_each_generation_of_ipython_hands_over_what_it_should(generation: str) -> None:
    python = environment(generation)
    with LiveKernel(python) as kernel:
        recording = KernelRecorder(kernel)
        for cell in FORMS:
            variables = {"x": "a b", "y": "'c'"}
            before, now = (recording.run(each, variables) for each in (cell, mended(cell)))
            assert now.for_pip, cell
            assert before.for_pip == now.for_pip, cell
        for _, after, handed in UNSAFE:
            told = json.dumps(recording.run(after, {}).handed)
            assert json.loads(told.replace(python, "EXE")) == handed, after
