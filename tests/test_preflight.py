"""What becomes of a preflight, without a kernel: faults, bytes that are kept, what is shown."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipymod.cli import main
from ipymod.notebooks.model import Cell, Notebook
from ipymod.preflight import faults
from ipymod.preflight.forms import to_github, to_json, to_junit
from ipymod.preflight.index import index
from ipymod.preflight.keep import with_outputs
from ipymod.preflight.kernelspecs import Kernelspecs
from ipymod.preflight.lacking import lacking, unknown
from ipymod.preflight.model import Fault, Job, Outcome
from ipymod.preflight.pages import places
from ipymod.preflight.text import summary

if TYPE_CHECKING:
    from pathlib import Path

CELL = Cell(2, "code", "def f(x):\n    return 1 / x\n\nf(0)")
STREAM = {"name": "stdout", "output_type": "stream", "text": ["é\n", "b\n"]}
EVIL = '<script>alert("x")</script>\x1b[31m\n::error::x'


class Known(Kernelspecs):
    """Kernelspecs of a machine that has these."""

    names = ("ir", "py312", "python3")  # a property elsewhere

    def __init__(self) -> None:
        """Look at no machine."""


def failed(path: str = "a.ipynb", kernel: str = "", **fault: Any) -> Outcome:
    told: dict[str, Any] = {"kind": "error", "message": "ValueError: no", "cell": 2, "line": 4}
    return Outcome(Job(path, kernel), "python3", 1.25, 3, Fault(**{**told, **fault}))


def passed(path: str = "b.ipynb", kernel: str = "") -> Outcome:
    return Outcome(Job(path, kernel), "python3", 0.5, 2, page=f"{path}.html")


# -- where it failed


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        (["Cell In[3], line 4", "----> 4 f(0)", "Cell In[3], line 2, in f(x)"], 2),
        (["Cell In[3], line 4", "Cell In[1], line 9, in f(x)", "----> 9 1 / x"], 4),
        (["Cell In [3], line 4", "File ~/lib/x.py:7, in g()", "----> 7 1 / x"], 4),
        (["Input In [3], in <cell line: 4>()", "      3 ", "----> 4 f(0)"], 4),
        (["<ipython-input-3-0c1> in <module>", "----> 4 f(0)", "/lib/x.py in g", "--> 9 x"], 4),
        (["/t/ipykernel_7/81.py in <module>", "----> 4 f(0)"], 4),
        (['  File "/t/ipykernel_7/81.py", line 2', "    return 1 /", "SyntaxError: no"], 2),
        (["Error in f(): object 'x' not found"], None),
        ([], None),
    ],
)
def test_a_traceback_of_any_ipython_tells_the_line_of_the_cell(
    traceback: list[str], line: int | None
) -> None:
    assert faults.line_of(traceback) == line


def test_a_fault_is_free_of_colours_and_of_what_moves_a_cursor() -> None:
    told = {
        "ename": "E\x1b[31mvil\x1b[0m",
        "evalue": "one\x1b[2J\rtwo",
        "traceback": ["\x1b[0;31mCell In[3], line 4\x1b[0m", "a\x07b"],
    }
    fault = faults.of_error(CELL, told)
    assert fault.message == r"Evil: one\rtwo"
    assert fault.traceback == ("Cell In[3], line 4", r"a\x07b")
    assert (fault.cell, fault.line, fault.source) == (2, 4, "f(0)")


def test_blank_lines_before_the_first_one_count_though_ipython_drops_them() -> None:
    cell = Cell(0, "code", "\n  \n1 / 0")
    fault = faults.of_error(cell, {"traceback": ["Cell In[3], line 1", "----> 1 1 / 0"]})
    assert (fault.line, fault.source) == (3, "1 / 0")


def test_of_a_traceback_without_end_both_ends_are_kept() -> None:
    lines = [f"line {number}" for number in range(100_000)]
    kept = faults.of_error(CELL, {"traceback": lines}).traceback
    assert len(kept) == 101
    assert (kept[0], kept[-1]) == ("line 0", "line 99999")


def test_a_cell_that_asks_for_input_is_told_so_in_words() -> None:
    told = {"ename": "StdinNotImplementedError", "evalue": "raw_input was called, but ..."}
    assert faults.of_error(CELL, told).message.startswith("it asks for input")


# -- outputs in the bytes of a file


def notebook(**cell: Any) -> dict[str, Any]:
    code: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
    }
    return {
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": "é"}, {**code, **cell}],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "x"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


@given(
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    end=st.sampled_from(["", "\n"]),
    source=st.one_of(st.text(), st.lists(st.text())),
)
def test_outputs_alone_change_whatever_a_file_looks_like(
    indent: Any, newline: str, mark: bytes, end: str, source: Any
) -> None:
    def written(content: Any) -> bytes:
        text = json.dumps(content, indent=indent, ensure_ascii=False) + end
        return mark + text.replace("\n", newline).encode("utf-8", "surrogatepass")

    before = written(notebook(source=source))
    after = with_outputs(before, {1: (7, [STREAM])}, {})
    expected = written(notebook(source=source, execution_count=7, outputs=[STREAM]))
    assert after == expected


def test_what_a_cell_lacks_is_added() -> None:
    content = notebook(source="1")
    del content["cells"][1]["outputs"], content["cells"][1]["execution_count"]
    before = json.dumps(content, indent=1).encode()
    after = with_outputs(before, {1: (1, [STREAM])}, {"state": {}})
    content["cells"][1] |= {"execution_count": 1, "outputs": [STREAM]}
    content["metadata"]["widgets"] = {"state": {}}
    assert json.loads(after) == content
    assert len(after.splitlines()) == len(json.dumps(content, indent=1).splitlines())


def test_half_of_a_surrogate_pair_in_an_output_is_escaped() -> None:
    stream = {**STREAM, "text": ["\ud800"]}
    after = with_outputs(json.dumps(notebook(source="1")).encode(), {1: (1, [stream])}, {})
    assert json.loads(after)["cells"][1]["outputs"] == [stream]


def test_outputs_as_jupyter_writes_them_give_the_file_that_jupyter_writes() -> None:
    content = nbformat.from_dict(notebook(source="1\n2", execution_count=1))
    before = nbformat.writes(content).encode()
    content.cells[1].outputs = [nbformat.v4.new_output("stream", text="é\nb\n")]
    assert with_outputs(before, {1: (1, [STREAM])}, {}) == nbformat.writes(content).encode()


# -- what is shown


def test_the_summary_names_notebook_cell_line_error_and_hint() -> None:
    told = summary(
        [failed(source="int('x')", hint="it helps:\n%pymod pip install x"), passed()],
        Known(),
        seconds=3.21,
    )
    assert told.splitlines() == [
        "a.ipynb cell 3, line 4: ValueError: no",
        "    | int('x')",
        "    it helps:",
        "    %pymod pip install x",
        "",
        "failed   1.2 s  a.ipynb",
        "passed   0.5 s  b.ipynb",
        "1 passed, 1 failed of 2 notebooks in 3.2 s",
    ]


def test_several_kernels_make_a_matrix() -> None:
    outcomes = [failed(kernel="ir"), passed("a.ipynb", "py312"), passed("b.ipynb", "ir")]
    outcomes.append(Outcome(Job("b.ipynb", "py312"), fault=Fault("interrupted", "")))
    head, *rows = summary(outcomes, Known(), seconds=1).splitlines()[2:-1]
    assert head.split() == ["ir", "py312"]
    assert [row.split() for row in rows] == [
        ["failed", "1.2", "s", "passed", "0.5", "s", "a.ipynb"],
        ["passed", "0.5", "s", "not", "run", "-", "b.ipynb"],
    ]


def test_no_such_kernel_takes_ten_lines_however_many_notebooks_ask() -> None:
    outcomes = [
        failed(f"{number}.ipynb", kind="kernel", wanted=f"pyhton{number % 9}", cell=None)
        for number in range(500)
    ]
    lines = lacking(outcomes, Known())
    assert len(lines) == 10
    assert lines[1] == "  pyhton0: 0.ipynb, 9.ipynb and 54 more; the nearest is python3"
    assert "Installed: ir, py312, python3" in lines
    assert "ipymod run --kernel python3" in lines[-2]
    assert "ipymod fix --kernelspec python3" in lines[-1]


def test_a_kernel_that_was_mistyped_is_told_with_the_nearest() -> None:
    told = unknown("py321", Known())
    assert told == "there is no kernel py321; did you mean py312?\nInstalled: ir, py312, python3"


_ARGV = '"argv": ["python", "{connection_file}"], "display_name": "a"'


def kernel_json(folder: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> None:
    """Register kernels by the texts of their kernel.json."""
    for name, text in texts.items():
        spec = folder / "kernels" / name / "kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(text, "utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


@pytest.mark.parametrize(
    "text",
    [
        "{no",
        "[1]",
        '"text"',
        '{"argv": [], "display_name": "a"}',
        '{"display_name": "a"}',
        '{"argv": ["python"], "display_name": 7}',
        f'{{{_ARGV}, "language": null}}',
    ],
)
def test_a_kernel_json_that_is_no_kernelspec_is_told_in_a_line(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel_json(tmp_path / "jupyter", monkeypatch, bad=text)
    (tmp_path / "a.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4}', "utf-8")
    assert main(["run", "--kernel", "bad", str(tmp_path / "a.ipynb")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("ipymod: the kernel bad cannot be read: ")
    assert told.err.count("\n") == 1


def test_a_kernel_that_a_provisioner_starts_needs_no_argv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = '"metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}'
    text = f'{{"argv": [], "display_name": "a", "language": "python", {metadata}}}'
    kernel_json(tmp_path, monkeypatch, far=text)
    assert Kernelspecs().of("far").display_name == "a"


def test_a_broken_kernelspec_hides_no_other_of_a_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_json(tmp_path, monkeypatch, aa="[1]", ab="{}", my_apl=f'{{{_ARGV}, "language": "Apl"}}')
    assert Kernelspecs().named_by(Notebook("a", (), "apl")) == "my_apl"


def test_json_counts_cells_from_0_and_lines_from_1() -> None:
    first, second = json.loads(to_json([failed(), passed()]))
    assert (first["cell"], first["line"], first["status"]) == (2, 4, "failed")
    assert (second["cell"], second["line"], second["message"]) == (None, None, None)


def test_junit_holds_what_is_no_xml() -> None:
    text = to_junit([failed(message=EVIL, traceback=(EVIL,)), passed()], "/", "")
    suite = ET.fromstring(text)[0]  # noqa: S314  we have just written it
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite[0][0]
    assert '<script>alert("x")</script>' in (failure.get("message") or "")


def test_an_annotation_is_one_line_whatever_a_cell_raised() -> None:
    lines = to_github([failed(message=EVIL), passed()], "/", 1).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=a.ipynb,line=1,title=ipymod run%3A error::a.ipynb ")


def test_nothing_from_a_notebook_is_markup_in_the_index() -> None:
    page = index([failed(f"{EVIL}.ipynb", message=EVIL, source=EVIL), passed('"&%/ü.ipynb')], 1)
    assert "<script" not in page
    assert "\x1b" not in page
    assert '<a href="./%22%26%25/%C3%BC.ipynb.html">&quot;&amp;%/ü.ipynb</a>' in page
    assert "prefers-color-scheme: dark" in page


def test_no_page_takes_the_place_of_another_or_of_the_index(tmp_path: Path) -> None:
    names = ["index.ipynb", "a/index.ipynb", "a.ipynb"]
    paths = [str(tmp_path / name) for name in names]
    found = places(paths, ["x", "y"])
    assert len({*found.values()}) == len(found) == 6
    assert "index.html" not in found.values()


# -- wrong use


@pytest.mark.parametrize(
    "words",
    [
        ["-j", "0"],
        ["-j", "many"],
        ["--timeout", "-1"],
        ["--timeout", "nan"],
        ["--format", "xml"],
        ["--write", "--kernel", "a", "--kernel", "b"],
        ["nowhere.ipynb"],
        ["."],
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("ipymod: ")
    assert told.err.count("\n") == 1


def test_no_bar_is_drawn_where_nobody_sees_it(capsys: pytest.CaptureFixture[str]) -> None:
    from ipymod.progress import Progress

    with Progress(2, "notebooks") as bar:
        bar.step("a")
        bar.note("b")
    assert capsys.readouterr().err == ""
    assert sys.stderr is not None
