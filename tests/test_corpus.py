"""The made corpus: its frequencies are those of the wild, and its manifest tells the truth."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections import Counter, defaultdict
from statistics import mean
from typing import TYPE_CHECKING, Any

import pytest

from environments import REPOSITORY

sys.path.append(str(REPOSITORY / "benchmarks"))

import corpus
import corpus_counts as counts
from corpus_file import made
from corpus_outputs import Studio
from corpus_plan import FEWEST, FOREIGN, INVALID, Plan, plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALL, FEW = 2000, 60
FORMS = counts.UNSAFE | counts.OTHER_FORMS
TRAITS = counts.KINDS | counts.TRAITS
# What IPython hands to the shell, line by line.
SHELL = (
    *(counts.PIP, counts.PIP3, counts.SCRIPT, counts.MODULE, counts.CONDA, counts.UV, counts.OWN),
    *(counts.APT, counts.CD, counts.SUDO, counts.HARD_CODED),
)


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return plan(ALL, 1)


@pytest.fixture(scope="module")
def python(plans: list[Plan]) -> list[Plan]:
    return [each for each in plans if each.kind == counts.PYTHON and not each.checkpoint]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("corpus")
    corpus.make(made, FEW, outputs=False)
    return made


@pytest.fixture(scope="module")
def notebooks(folder: Path) -> dict[str, Any]:
    """All that can be loaded, and is of the present format."""
    loaded = {
        file["path"]: json.loads((folder / file["path"]).read_bytes())
        for file in corpus.files(folder)
        if file["kind"] not in counts.UNREADABLE
    }
    return {path: notebook for path, notebook in loaded.items() if "cells" in notebook}


def near(count: int, counted: int, share: float) -> bool:
    """Whether it is the share of what was counted, to the nearest; rare ones are there once."""
    return abs(count - max(1, counted * share)) <= 1


# -- what is planned for 2,000


@pytest.mark.parametrize(("form", "counted"), FORMS.items())
def test_a_form_is_in_as_many_notebooks_as_in_the_wild(
    form: str, counted: int, python: list[Plan]
) -> None:
    found = sum(form in {each.name for each in notebook.forms} for notebook in python)
    assert near(found, counted, len(python) / 8402)


@pytest.mark.parametrize(("trait", "counted"), TRAITS.items())
def test_a_trait_is_in_as_many_pip_commands_as_in_the_wild(
    trait: str, counted: int, python: list[Plan]
) -> None:
    traits = [form.traits for each in python for form in each.forms if form.name.startswith("pip")]
    found = sum(trait in each for each in traits)
    assert near(found, counted, len(traits) / counts.PIP_COMMANDS)


def test_there_are_as_many_pip_commands_for_a_notebook_as_in_the_wild(python: list[Plan]) -> None:
    commands = [form for each in python for form in each.forms if form.name.startswith("pip")]
    assert near(len(commands), counts.PIP_COMMANDS, len(python) / 8402)


def test_45_of_100_notebooks_hold_an_unsafe_form(python: list[Plan]) -> None:
    unsafe = sum(
        not counts.UNSAFE.keys().isdisjoint(form.name for form in each.forms) for each in python
    )
    assert unsafe / len(python) == pytest.approx(0.449, abs=0.001)


@pytest.mark.parametrize(
    ("kernel", "counted"), [(FOREIGN, counts.FOREIGN_KERNEL), ("", counts.NO_KERNEL)]
)
def test_kernelspecs_are_foreign_or_missing_as_often_as_in_the_wild(
    kernel: str, counted: int, python: list[Plan]
) -> None:
    found = sum(each.kernel == kernel for each in python)
    assert near(found, counted, len(python) / 8402)


@pytest.mark.parametrize(("kind", "counted"), (counts.UNREADABLE | counts.OTHERS).items())
def test_files_are_no_python_notebooks_as_often_as_in_the_wild(
    kind: str, counted: int, plans: list[Plan]
) -> None:
    assert near(sum(each.kind == kind for each in plans), counted, ALL / counts.FILES)


def test_checkpoints_faults_and_the_looks_of_files_are_as_frequent_as_in_the_wild(
    plans: list[Plan], python: list[Plan]
) -> None:
    styles = [each.style for each in plans if each.readable]
    share = ALL / counts.FILES
    assert near(sum(each.checkpoint for each in plans), counts.CHECKPOINTS, share)
    assert near(sum(each.invalid != "" for each in python), counts.INVALID, share)
    assert {each.invalid for each in python} == {"", *INVALID}
    assert near(sum(each.whole for each in styles), counts.STRING_SOURCE, share)
    assert near(sum(not each.final_newline for each in styles), counts.NO_FINAL_NEWLINE, share)
    assert near(sum(each.crlf for each in styles), counts.CRLF, share)
    indents = Counter(each.indent for each in styles)
    for indent, counted in counts.INDENTS.items():
        assert indents[indent] == pytest.approx(counted * share, abs=3)


def test_sizes_are_skewed_and_their_mean_is_that_of_the_wild(plans: list[Plan]) -> None:
    sizes = sorted(each.bytes for each in plans if each.readable)
    assert mean(sizes) == pytest.approx(counts.BYTES, rel=0.001)
    assert sizes[len(sizes) // 2] < counts.BYTES / 5 < counts.BYTES * 50 < sizes[-1]


def test_notebooks_have_as_many_code_cells_as_in_the_wild(python: list[Plan]) -> None:
    assert mean(each.code for each in python) == pytest.approx(counts.CODE_CELLS, rel=0.03)


def test_each_file_has_a_path_of_its_own_on_systems_that_know_no_case(plans: list[Plan]) -> None:
    assert len({each.path.lower() for each in plans}) == ALL


# -- the same everywhere


def text(plans: list[Plan]) -> str:
    """A hash of the bytes of some files, outputs included."""
    studio = Studio(1)
    return hashlib.sha256(b"".join(made(each, studio).data for each in plans[:4])).hexdigest()[:12]


def test_the_same_words_make_the_same_bytes_on_every_machine() -> None:
    one = plan(FEWEST, 1)
    assert one == plan(FEWEST, 1) != plan(FEWEST, 2)
    assert text(one) == text(one) == "bf912637b4c9", "or a template was changed"


# -- what was made


def test_what_cannot_be_loaded_is_what_the_manifest_calls_so(folder: Path) -> None:
    for file in corpus.files(folder):
        data = (folder / file["path"]).read_bytes()
        assert len(data) == file["bytes"]
        if file["kind"] in counts.UNREADABLE:
            with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid"):
                json.loads(data)
        else:
            json.loads(data)


@pytest.mark.slow
def test_nbformat_finds_invalid_what_the_manifest_calls_so(tmp_path: Path) -> None:
    from nbformat import ValidationError, validate

    corpus.make(tmp_path, FEWEST, outputs=False)
    for file in corpus.files(tmp_path):
        if file["kind"] in {*counts.UNREADABLE, counts.OLD}:
            continue
        notebook = json.loads((tmp_path / file["path"]).read_bytes())
        try:
            validate(notebook)
            is_valid = True
        except ValidationError:
            is_valid = False
        assert is_valid is (file["invalid"] == ""), file["path"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", INVALID)
def test_each_fault_is_one_for_nbformat(fault: str) -> None:
    from nbformat import ValidationError, validate

    one = Plan("seed", "x.ipynb", counts.PYTHON, 20_000, 5, invalid=fault)
    with pytest.raises(ValidationError):
        validate(json.loads(made(one, Studio(1)).data))


def test_the_bytes_look_as_the_manifest_says(folder: Path) -> None:
    for file in corpus.files(folder):
        data, style = (folder / file["path"]).read_bytes(), file["style"]
        if file["kind"] in counts.UNREADABLE:
            continue
        newline = b"\r\n" if style["crlf"] else b"\n"
        assert data.endswith(newline) is style["final_newline"]
        assert (b"\r\n" in data) is (style["crlf"] and (style["final_newline"] or b"\n" in data))
        if style["indent"]:
            assert data.startswith(b"{" + newline + b" " * style["indent"] + b'"')


def python_cells(notebooks: dict[str, Any]) -> Iterator[tuple[str, int, str]]:
    """The code cells of Python: path, index, text."""
    for path, notebook in notebooks.items():
        if notebook["metadata"].get("language_info", {}).get("name", "python") != "python":
            continue
        for at, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] == "code":
                yield path, at, "".join(cell["source"])


def test_each_label_names_a_line_of_a_code_cell(folder: Path, notebooks: dict[str, Any]) -> None:
    found = corpus.labels(folder)
    for label in found:
        cell = notebooks[label.path]["cells"][label.cell]
        assert cell["cell_type"] == "code"
        assert "".join(cell["source"]).split("\n")[label.line - 1] == label.text
    assert {label.form for label in found} == FORMS.keys()
    assert {trait for label in found for trait in label.traits} == TRAITS.keys()


def test_no_command_of_the_shell_is_without_its_label(
    folder: Path, notebooks: dict[str, Any]
) -> None:
    labelled = {(label.path, label.cell, label.line) for label in corpus.labels(folder)}
    found = {
        (path, at, number)
        for path, at, source in python_cells(notebooks)
        for number, line in enumerate(source.split("\n"), 1)
        if line.lstrip().startswith(("!", "pip ", "os.system", "subprocess."))
    }
    assert found <= labelled


def test_seven_of_ten_installs_pin_nothing(folder: Path) -> None:
    installs = [
        label.text
        for label in corpus.labels(folder)
        if label.form.startswith("pip") and "install" in label.text
    ]
    pinned = sum(any(mark in text for mark in ("==", ">=", "~=")) for text in installs)
    assert 0.5 < 1 - pinned / len(installs) < 0.85


# -- the truth of IPython


@pytest.mark.slow
def test_code_is_what_ipython_takes_it_for(folder: Path, notebooks: dict[str, Any]) -> None:
    from IPython.core.inputtransformer2 import TransformerManager

    forms: dict[tuple[str, int], list[str]] = defaultdict(list)
    for label in corpus.labels(folder):
        forms[label.path, label.cell].append(label.form)
    for path, at, source in python_cells(notebooks):
        held = Counter(forms[path, at])
        text = TransformerManager().transform_cell(source)
        if text.startswith("get_ipython().run_cell_magic") or counts.BARE in held:
            continue
        ast.parse(text)
        assert text.count("get_ipython().system(") == sum(held[form] for form in SHELL), text
