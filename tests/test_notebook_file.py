"""A notebook is read as Jupyter would read it; what is none is told, and never raised."""

from __future__ import annotations

import copy
import json
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipymod.lint.linting import Linter, chosen
from ipymod.notebooks.file import parse, read
from ipymod.notebooks.loads import Loads
from ipymod.notebooks.model import Notebook, Unreadable
from ipymod.notebooks.places import line_in_file
from ipymod.notebooks.schema import faults_of

if TYPE_CHECKING:
    from pathlib import Path

LINTER = Linter(chosen((), ()))
SPEC = {"name": "python3", "display_name": "Python 3"}


def notebook(*sources: Any, minor: int = 5, **changes: Any) -> dict[str, Any]:
    """A valid notebook of code cells."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for source in sources
    ]
    for at, cell in enumerate(cells):
        if minor >= 5:
            cell["id"] = f"c{at}"
    whole = {"cells": cells, "metadata": {"kernelspec": SPEC}, "nbformat": 4}
    return {**whole, "nbformat_minor": minor, **changes}


def parsed(content: Any) -> Notebook | Unreadable:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse("a.ipynb", data)


def known(content: Any) -> Notebook:
    found = parsed(content)
    assert isinstance(found, Notebook), found
    return found


# --- what is no notebook ---

GOOD = json.dumps(notebook("x = 1"), indent=1).encode()
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
NO_NOTEBOOKS: list[tuple[str, bytes, str, int]] = [
    ("a pointer of Git LFS", POINTER, "pointer", 1),
    ("one with the ends of lines of Windows", POINTER.replace(b"\n", b"\r\n"), "pointer", 1),
    ("nothing", b"", "empty", 1),
    ("blanks", b" \r\n\t\n", "empty", 1),
    ("a cut file", GOOD[: len(GOOD) // 2], "json", 9),
    ("a comma too much", b'{\n "cells": [],\n}\n', "json", 3),
    ("with the ends of lines of Windows", b'{\r\n "cells": [],\r\n}\r\n', "json", 3),
    ("a newline within a text", b'{"cells": [\n {"source": "a\nb"}]}', "json", 2),
    ("broken behind a picture", b'{"image/png": "' + b"A" * 2000 + b'",\n"x":\n}', "json", 3),
    ("a merge conflict", b'{\n "cells": [\n<<<<<<< HEAD\n  1\n=======\n', "json", 3),
    ("a merge conflict at once", b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> b\n", "json", 1),
    ("a page of a server", b"<!DOCTYPE html>\n<html></html>", "json", 1),
    ("a script", b"import os\nprint(1)\n", "json", 1),
    ("zeros, as a disk that broke leaves them", b"\0" * 512, "json", 1),
    ("UTF-16", GOOD.decode().encode("utf-16"), "encoding", 1),
    ("UTF-16 without a mark", GOOD.decode().encode("utf-16-le"), "json", 1),
    ("Latin-1", b'{"cells": [],\n "metadata": {"title": "\xe9"}}', "encoding", 2),
    ("half of a character", GOOD[:-1] + b"\xf0\x9f", "encoding", 20),
    ("too deep", b"[" * 100_000 + b"]" * 100_000, "json", 1),
    ("a number of 5,000 digits", b'{"nbformat": ' + b"9" * 5000 + b"}", "json", 1),
    ("a list", b"[1, 2]", "shape", 1),
    ("a number", b"42", "shape", 1),
    ("a text", b'"x"', "shape", 1),
    ("null", b"null", "shape", 1),
    ("another table", b'{"name": "x", "version": "1.0"}', "shape", 1),
    ("an empty table", b"{}", "shape", 1),
    ("cells that are none", b'{"cells": [1, 2], "nbformat": 4}', "shape", 1),
    ("a table of cells", b'{"cells": {}, "nbformat": 4}', "shape", 1),
    ("format 3", b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', "old", 1),
    ("format 2", b'{"nbformat": 2, "worksheets": []}', "old", 1),
    ("format 5", b'{"nbformat": 5, "nbformat_minor": 0, "cells": []}', "new", 1),
]


def test_what_is_no_notebook_is_told_with_its_line() -> None:
    wrong: list[tuple[str, object, object]] = []
    for name, data, kind, line in NO_NOTEBOOKS:
        found = parsed(data)
        told: object = (found.kind, found.line) if isinstance(found, Unreadable) else found
        if told != (kind, line):
            wrong.append((name, told, (kind, line)))
        codes = [problem.code for problem in LINTER.problems(found)]
        if len(codes) != 1 or not codes[0].startswith("NB40"):
            wrong.append((name, codes, "one finding of the file"))
    assert wrong == []


def test_a_reason_is_one_line_that_ends_a_sentence() -> None:
    for name, data, _, _ in NO_NOTEBOOKS:
        found = parsed(data)
        assert isinstance(found, Unreadable), name
        assert found.reason.startswith(("it ", "its ", "byte ")), name
        assert "\n" not in found.reason, name
        assert len(found.reason) < 200, name


def test_the_marks_of_a_conflict_within_a_text_are_a_text() -> None:
    assert known(notebook("x\n<<<<<<< HEAD\ny")).cells[0].source == "x\n<<<<<<< HEAD\ny"


def test_what_the_system_refuses_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "x.ipynb"
    folder.mkdir()
    refused = [str(folder), str(tmp_path / "none.ipynb"), "a\0b.ipynb", "n" * 5000 + ".ipynb"]
    for path in refused:
        found = read(path)
        assert isinstance(found, Unreadable), path
        assert (found.kind, found.path) == ("denied", path)
        assert found.reason.startswith("it cannot be read: ")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_that_loops_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").symlink_to(tmp_path / "b.ipynb")
    (tmp_path / "b.ipynb").symlink_to(tmp_path / "a.ipynb")
    found = read(str(tmp_path / "a.ipynb"))
    assert isinstance(found, Unreadable)
    assert found.kind == "denied"


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="root may read everything",
)
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(GOOD)
    path.chmod(0)
    found = read(str(path))
    assert isinstance(found, Unreadable)
    assert found.kind == "denied"


# --- odd notebooks ---


def test_however_a_notebook_is_written_it_reads_the_same() -> None:
    content = notebook("import os\n!pip install x", "# é \U0001f600\ny = '''\n'''")
    written = [
        json.dumps(content).encode(),
        json.dumps(content, indent=4).encode() + b"\n",
        json.dumps(content, indent="\t", ensure_ascii=False).encode(),
        json.dumps(content, indent=1).replace("\n", "\r\n").encode(),
        json.dumps(content, separators=(",", ":")).encode() + b"\n\n\n",
        json.dumps({key: content[key] for key in reversed(content)}).encode(),
    ]
    first, *others = map(known, written)
    assert [cell.source for cell in first.cells] == [c["source"] for c in content["cells"]]
    assert all(other == first for other in others)


def test_a_source_may_be_a_text_or_its_lines() -> None:
    one, other = known(notebook("a\nb\n", "")), known(notebook(["a\n", "b\n"], []))
    assert one.cells == other.cells
    assert (one.faults, other.faults) == ((), ())


def test_a_source_that_is_neither_is_a_fault_and_empty() -> None:
    odd: tuple[Any, ...] = (None, 1, {}, True)
    for source in odd:
        found = known(notebook(source))
        assert found.cells[0].source == ""
        assert len(found.faults) == 1
    mixed = known(notebook(["a", 1, None, "b"]))
    assert (mixed.cells[0].source, len(mixed.faults)) == ("ab", 1)


def test_a_byte_order_mark_is_a_fault_and_the_cells_are_read() -> None:
    found = known(b"\xef\xbb\xbf" + GOOD)
    assert [cell.source for cell in found.cells] == ["x = 1"]
    assert found.faults == ("it begins with a byte order mark, and Jupyter does not read it",)
    broken = parsed(b"\xef\xbb\xbf{\n,}")
    assert isinstance(broken, Unreadable)
    assert (broken.kind, broken.line) == ("json", 2)


def test_half_a_surrogate_pair_is_no_reason_to_stop() -> None:
    found = known(notebook("!pip install \ud83d\nimport subprocess\nsubprocess.run(['pip'])\n"))
    codes = [problem.code for problem in LINTER.problems(found)]
    assert codes == ["NB101"]  # Python does not parse such a cell


def test_of_a_key_that_stands_twice_the_last_counts_as_for_jupyter() -> None:
    data = b'{"nbformat": 3, "cells": [1], "metadata": {}, "nbformat_minor": 4, "nbformat": 4,'
    assert known(data + b' "cells": []}').cells == ()
    reference = nbformat.reads((data + b' "cells": []}').decode(), as_version=4)
    assert reference.cells == []


def test_the_language_is_that_of_the_kernel_that_ran_it() -> None:
    def language(**metadata: Any) -> str:
        return known(notebook(metadata=metadata)).language

    ir = {"name": "ir", "display_name": "R"}
    assert language() == "python"
    assert language(kernelspec=SPEC) == "python"
    assert language(kernelspec=SPEC, language_info={"name": "python"}) == "python"
    assert language(kernelspec={**SPEC, "language": "Python"}) == "python"
    assert language(language_info={"name": "ipython"}) == "python"
    assert language(kernelspec={**ir, "language": "R"}) == "r"
    assert language(kernelspec=ir) == "r"
    assert language(kernelspec={"name": "julia-1.9", "display_name": "Julia"}) == "julia"
    assert language(kernelspec=ir, language_info={"name": "python"}) == "python"
    assert language(kernelspec=SPEC, language_info={"name": "R"}) == "r"
    assert language(kernelspec=None, language_info=3) == "python"
    assert language(kernelspec={"name": 3, "language": []}, language_info={"name": 1}) == "python"


def test_tags_are_texts() -> None:
    content = notebook("x")
    content["cells"][0]["metadata"] = {"tags": ["noqa", 3, None, "", "b"]}
    assert known(content).cells[0].tags == ("noqa", "b")
    for odd in ("noqa", None, 1, {"noqa": 1}):
        content["cells"][0]["metadata"] = {"tags": odd}
        assert known(content).cells[0].tags == ()


# --- the schema, compared with nbformat's own ---


def is_valid(content: dict[str, Any]) -> bool:
    """What nbformat says."""
    with warnings.catch_warnings(action="error"):  # it warns of ids that it makes up
        try:
            nbformat.validate(copy.deepcopy(content))
        except Exception:  # noqa: BLE001  some faults break the validator itself
            return False
    return True


def full(minor: int) -> dict[str, Any]:
    """A valid notebook with all that its schema knows."""
    bundle = {
        "text/plain": ["a\n"],
        "image/png": "x",
        "application/json": {"a": 1},
        "application/vnd.x+json": [1],
    }
    whole = notebook("x = 1", ["y\n"], minor=minor)
    whole["metadata"] = {
        "kernelspec": dict(SPEC),
        "language_info": {"name": "python", "codemirror_mode": {"name": "x"}, "mimetype": "a"},
        "orig_nbformat": 4,
        "title": "t",
        "authors": [{"name": "a"}],
        "other": 1,
    }
    first = whole["cells"][0]
    first["metadata"] = {
        "collapsed": True,
        "scrolled": "auto",
        "name": "n",
        "tags": ["a", "b"],
        "jupyter": {"source_hidden": True},
        "execution": {"iopub.status.busy": "x"},
        "mine": [],
    }
    first["execution_count"] = 1
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    first["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "display_data", "data": dict(bundle), "metadata": {}},
        {**result, "data": dict(bundle)},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a"]},
    ]
    for kind in ("markdown", "raw"):
        cell: dict[str, Any] = {
            "cell_type": kind,
            "metadata": {"name": "n", "tags": []},
            "source": "# x",
        }
        cell["attachments"] = {"a.png": {"image/png": "x"}}
        if minor >= 5:
            cell["id"] = kind
        whole["cells"].append(cell)
    whole["cells"][-1]["metadata"]["format"] = "text/html"
    return whole


VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.5, "", "a", "a,b", "auto", "!" * 3, "x" * 65),
    *([], ["a"], [1], ["a", "a"], [None], {}, {"a": 1}, {"a": "b"}, {"a": {}}, {"a": {"b": 1}}),
    {"name": 1},
    {"name": "n", "display_name": "d"},
]
ADD = "is added"
DROP = "is dropped"


def places(node: Any) -> list[tuple[Any, Any]]:
    """Each table or list in it, with each key or index."""
    found: list[tuple[Any, Any]] = []
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            found += [(node, key), *places(value)]
    return found


def mutated(content: dict[str, Any], at: int, value: Any) -> dict[str, Any]:
    """The notebook with one thing changed, dropped or added."""
    content = copy.deepcopy(content)
    all_places = places(content)
    node, key = all_places[at % len(all_places)]
    if value == DROP:
        del node[key]
    elif value == ADD and isinstance(node, dict):
        node["unknown"] = 1
    elif value != ADD:
        node[key] = copy.deepcopy(value)
    return content


def disagreement(content: dict[str, Any]) -> str:
    """What we say where nbformat says something else."""
    cells = content.get("cells")
    is_read = isinstance(cells, list) and all(isinstance(cell, dict) for cell in cells)
    if not is_read or content.get("nbformat") != 4:
        return ""  # told in another way
    ours, valid = faults_of(content), is_valid(content)
    if bool(ours) == valid:
        return f"nbformat: {'valid' if valid else 'wrong'}, ours: {ours}"
    return ""


@pytest.mark.parametrize("minor", range(6))
def test_a_valid_notebook_has_no_fault(minor: int) -> None:
    for content in (full(minor), notebook("x", minor=minor), notebook(minor=minor)):
        assert is_valid(content)
        assert faults_of(content) == ()


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 5), st.integers(0, 200), st.sampled_from([*VALUES, ADD, DROP]), st.booleans())
def test_a_fault_is_one_where_nbformat_finds_one(
    minor: int,
    at: int,
    value: Any,
    is_full: bool,  # noqa: FBT001  drawn
) -> None:
    content = mutated(full(minor) if is_full else notebook("x", minor=minor), at, value)
    assert disagreement(content) == ""


def test_ids_are_wrong_where_nbformat_says_so() -> None:
    for minor in (4, 5):
        for ids in (("a", "b"), ("a-_9", "B"), ("", "b"), ("a b", "c"), ("x" * 65, "c"), (1, "c")):
            content = notebook("x", "y", minor=minor)
            for cell, name in zip(content["cells"], ids, strict=True):
                cell["id"] = name
            assert disagreement(content) == "", (minor, ids)


def test_an_id_that_two_cells_have_is_a_fault_though_nbformat_repairs_it() -> None:
    content = notebook("x", "y")
    content["cells"][1]["id"] = content["cells"][0]["id"]
    assert faults_of(content) == ("cell 2 has the id 'c0' of another cell",)


def test_a_format_of_the_future_is_not_judged_by_the_schema_of_today() -> None:
    content = notebook("x", minor=7, news=1)
    content["cells"].append({"cell_type": "canvas", "id": "a", "metadata": {}, "source": "x"})
    assert is_valid(content)
    assert faults_of(content) == ()


def test_many_faults_are_told_in_part() -> None:
    content = notebook(*range(50))
    assert 0 < len(faults_of(content)) < 10
    assert {problem.code for problem in LINTER.problems(known(content))} == {"NB407"}


# --- which parser reads it makes no difference ---

ODD = [
    *('"', "\\", '\\"', "\\\\", "image/png", '"image/png": "', "\n", "\t", "A" * 1100, "\x01"),
    *("é", "\U0001f600", "\ud800", "\ude00", "{", "}", ",", ":", "\\n", "\\u00e9", "\u2028"),
]
texts = st.lists(st.sampled_from(ODD), max_size=6).map("".join)
trees = st.recursive(
    st.one_of(texts, st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


def outcome(loads: Loads, data: bytes) -> tuple[str, str, int]:
    """What comes of parsing: the value, or the error and its place."""
    try:
        return "value", repr(loads(data)), 0
    except json.JSONDecodeError as error:
        return "JSONDecodeError", error.msg, error.pos
    except (ValueError, RecursionError) as error:
        return type(error).__name__, "", 0


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees, st.sampled_from([None, 1, "\t"]), st.booleans(), st.integers(0, 9))
def test_a_text_is_the_same_by_either_parser(
    tree: Any,
    indent: Any,
    is_ascii: bool,  # noqa: FBT001  drawn
    cut: int,
) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=is_ascii)
    data = text.encode("utf-8", "surrogatepass")
    for part in (data, data[: len(data) - cut], data + b"\n", data.replace(b'"', b"'", 1)):
        assert outcome(Loads(0), part) == outcome(Loads(1 << 40), part)


def test_what_is_no_notebook_is_the_same_by_either_parser() -> None:
    for name, data, _, _ in NO_NOTEBOOKS:
        assert outcome(Loads(0), data) == outcome(Loads(1 << 40), data), name
    data = b'{"a": 1, "a": 2, "b": NaN, "c": [-0.0, 1e400, 12345678901234567890]}'
    assert outcome(Loads(0), data) == outcome(Loads(1 << 40), data)


# --- lines of the file ---


@pytest.mark.parametrize(
    ("source", "indent", "lines"),
    [
        (["a\n", "b\n", "c"], 1, {1: 5, 2: 6, 3: 7}),
        ("a\nb\nc", 1, {1: 4, 2: 4, 3: 4}),
        (["a\nb", "c\n", "d"], 1, {1: 5, 2: 5, 3: 7}),
        (["a\n"], None, {1: 1, 9: 1}),
        ([], 1, {1: 1}),
    ],
)
def test_a_line_of_a_cell_has_its_line_in_the_file(
    tmp_path: Path, source: object, indent: int | None, lines: dict[int, int]
) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps({"cells": [{"source": source}]}, indent=indent))
    found = {line: line_in_file(str(file), 0, line) for line in lines}
    assert found == lines
    text = file.read_text().splitlines()
    assert all('"' in text[at - 1] for at in found.values() if source)


def test_what_is_gone_has_no_lines(tmp_path: Path) -> None:
    assert line_in_file(str(tmp_path / "gone.ipynb"), 3, 4) == 1
