"""Notebooks changed in place: what was not asked for stays, byte for byte."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environments import REPOSITORY
from ipymod.edits import Edit, applied
from ipymod.errors import IpymodError
from ipymod.notebooks import spans
from ipymod.notebooks.edit import edited, with_kernelspec
from ipymod.notebooks.write import write
from made_notebooks import Layout, Made, Pairs, Source, edits_of, joined, notebooks, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STRING = rb'"(?:[^"\\]|\\.)*+"'
OURS = sorted((REPOSITORY / "notebooks").rglob("*.ipynb"))
ON_WINDOWS = sys.platform == "win32"
IS_ROOT = sys.platform != "win32" and os.geteuid() == 0
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine


def loaded(data: bytes) -> dict[str, Any]:
    content = json.loads(data.decode("utf-8-sig"), parse_constant=str)
    assert isinstance(content, dict)
    return content


def sources(data: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in loaded(data)["cells"]]


def others(data: bytes) -> dict[str, Any]:
    """All but the texts of the sources, of which the shape remains."""
    content = loaded(data)
    for cell in content["cells"]:
        source = cell["source"]
        cell["source"] = len(source) if isinstance(source, list) else "one string"
    return content


def of(*strings: str, layout: Layout = Layout(), is_list: bool = True) -> Made:  # noqa: B008
    """A notebook of one cell."""
    cell = Pairs([("cell_type", "code"), ("source", Source(strings, is_list))])
    return written(Pairs([("cells", [cell]), ("metadata", Pairs()), ("nbformat", 4)]), layout)


@QUICK
@given(notebooks())
def test_the_places_are_those_of_the_writing(made: Made) -> None:
    cells = spans.outline(made.data).members["cells"].value.items
    assert len(cells) == len(made.places)
    for cell, places, text in zip(cells, made.places, made.sources, strict=True):
        tokens = spans.tokens(made.data, cell.members["source"].value)
        assert "".join(token.text for token in tokens) == text
        assert [tuple(spans.edges(made.data, token)) for token in tokens] == list(places)
        assert [token.start + 1 for token in tokens] == [each[0] for each in places]


@QUICK
@given(notebooks(), st.data())
def test_all_outside_the_edited_strings_stays_byte_for_byte(
    made: Made, data: st.DataObject
) -> None:
    before = made.sources
    edits = {i: data.draw(edits_of(before[i])) for i, places in enumerate(made.places) if places}
    expected = [applied(text, edits.get(index, ())) for index, text in enumerate(before)]
    try:
        after = edited(made.data, edits)
    except IpymodError:  # two halves met; JSON cannot keep them apart in one string
        assert [joined(text) for text in expected] != expected
        return
    assert sources(after) == expected
    assert others(after) == others(made.data)
    strings = [each for index in edits if edits[index] for each in made.places[index]]
    starts = [0, *(each[-1] + 1 for each in strings)]
    ends = [*(each[0] - 1 for each in strings), len(made.data)]
    outside = [made.data[a:b] for a, b in zip(starts, ends, strict=True)]
    assert re.fullmatch(STRING.join(map(re.escape, outside)), after, re.DOTALL)


@QUICK
@given(notebooks(), st.data())
def test_within_a_string_all_around_the_edit_stays_byte_for_byte(
    made: Made, data: st.DataObject
) -> None:
    for index, (text, strings) in enumerate(zip(made.sources, made.places, strict=True)):
        edit = next(iter(data.draw(edits_of(text))), None)
        if edit is None or not strings:
            continue
        lowest, highest = places_of(strings, edit.start)[0], places_of(strings, edit.end)[-1]
        try:
            after = edited(made.data, {index: [edit]})
        except IpymodError:
            continue  # told apart by the test above
        assert after.startswith(made.data[:lowest])
        assert after.endswith(made.data[highest:])


def places_of(strings: Sequence[Sequence[int]], character: int) -> list[int]:
    """The places in the file of a place in the joined text: between two strings it has two."""
    found = []
    for places in strings:
        if 0 <= character < len(places):
            found.append(places[character])
        character -= len(places) - 1
    return found


@QUICK
@given(notebooks())
def test_edits_that_change_nothing_give_the_very_bytes(made: Made) -> None:
    whole = {index: [Edit(0, len(text), text)] for index, text in enumerate(made.sources) if text}
    nothing = {index: [Edit(0, 0, "")] for index, each in enumerate(made.places) if each}
    cases: list[dict[int, list[Edit]]] = [whole, nothing, {}, {0: []}, {99: []}]
    for edits in cases:
        assert edited(made.data, edits) == made.data


@QUICK
@given(notebooks(), st.sampled_from(["ir", "é", '"\\', "\U0001f600"]))
def test_a_kernelspec_is_set_and_nothing_else(made: Made, name: str) -> None:
    after = with_kernelspec(made.data, name, "R", "r")
    expected = loaded(made.data)
    metadata = expected.setdefault("metadata", {})
    known = metadata.get("kernelspec")
    asked = {"name": name, "display_name": "R", "language": "r"}
    if isinstance(known, dict) and "language" not in known:
        del asked["language"]
    metadata["kernelspec"] = {**(known or {}), **asked}
    assert loaded(after) == expected
    assert with_kernelspec(after, name, "R", "r") == after
    if "kernelspec" not in (loaded(made.data).get("metadata") or {}) and len(metadata) > 1:
        assert inserted(made.data, after)


def inserted(before: bytes, after: bytes) -> bool:
    """Whether nothing but one insertion was made."""
    return any(
        before == after[:at] + after[at + len(after) - len(before) :] for at in range(len(before))
    )


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_a_real_notebook_changes_in_the_edited_words_alone(path: Path) -> None:
    data = path.read_bytes()
    texts = sources(data)
    marked = [re.sub(r"\w+", "wörd", text) for text in texts]
    after = edited(data, replaced(texts, marked))
    assert sources(after) == marked
    assert others(after) == others(data)
    assert edited(after, replaced(marked, texts)) == data


def replaced(texts: list[str], others: list[str]) -> dict[int, list[Edit]]:
    """The edits that put the words of the others in the place of those of the texts."""
    return {
        index: [
            Edit(one.start(), one.end(), other)
            for one, other in zip(
                re.finditer(r"\w+", text), re.findall(r"\w+", others[index]), strict=True
            )
        ]
        for index, text in enumerate(texts)
    }


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        (rb'["caf\u00e9 \/\n", "b"]', Edit(0, 6, "Café /"), rb'["Caf\u00e9 \/\n", "b"]'),
        (rb'["!pip \\\n", "  x\n", "y"]', Edit(0, 10, "%pip x"), rb'["%pip", " x\n", "y"]'),
        (rb'["a\n", "b\n", "c"]', Edit(1, 4, ""), rb'["a", "", "c"]'),
        (rb'["a\n", "b"]', Edit(2, 2, "x\n"), rb'["a\n", "x\nb"]'),
        (rb'["a", "", "b"]', Edit(2, 2, "!"), rb'["a", "", "b!"]'),
        (rb'["", ""]', Edit(0, 0, "!"), rb'["", "!"]'),
        (rb'"\ud83d\ude00\ud83d\u0041"', Edit(1, 3, "x"), rb'"\ud83d\ude00x"'),
        (rb'"a\\u0041"', Edit(1, 2, "/"), rb'"a/u0041"'),
        (rb'[7, "a", null, "b"]', Edit(1, 2, "c"), rb'[7, "a", null, "c"]'),
        (rb'"ab"', Edit(1, 1, '\t"\ud800'), rb'"a\t\"\ud800b"'),
    ],
)
def test_a_string_of_json_keeps_its_own_spelling(
    source: bytes, edit: Edit, expected: bytes
) -> None:
    notebook = b'{"cells":[{"source":%s}]}'
    assert edited(notebook % source, {0: [edit]}) == notebook % expected


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [
        (rb"", "é".encode()),
        (rb"\u00e9", rb"\u00e9"),
        ("\\u00e9 and é".encode(), "é".encode()),
        (rb"\u001b\u0085\u2028 \ud83d", "é".encode()),  # what everybody writes as escapes
        (rb"\\u00e9", "é".encode()),
        (rb"\\\u00e9", rb"\u00e9"),
        (rb"\ud83d\ude00", rb"\u00e9"),
    ],
)
def test_new_characters_are_written_as_the_file_writes_them(
    elsewhere: bytes, expected: bytes
) -> None:
    notebook = b'\xef\xbb\xbf{"metadata":{"a":"%s"},"cells":[{"source":["%s"]}]}'
    after = edited(notebook % (elsewhere, b"a"), {0: [Edit(0, 1, "é")]})
    assert after == notebook % (elsewhere, expected)


def test_several_edits_to_one_line_and_to_several_cells_are_made_at_once() -> None:
    cells = [Pairs([("source", Source(("a b\n", "c"), is_list=True))]) for _ in range(2)]
    made = written(Pairs([("cells", cells)]), Layout(escapes="ascii"))
    edits = [Edit(2, 3, "two"), Edit(0, 1, "one"), Edit(3, 3, "!"), Edit(4, 5, "")]
    assert sources(edited(made.data, {1: edits, 0: edits[:1]})) == ["a two\nc", "one two!\n"]


@pytest.mark.parametrize(
    ("index", "edits", "told"),
    [
        (1, [Edit(0, 1, "")], "cell 1 has no source"),
        (-1, [Edit(0, 1, "")], "cell -1 has no source"),
        (0, [Edit(0, 9, "")], "from 0 to 9 is not within cell 0"),
        (0, [Edit(2, 1, "")], "from 2 to 1 is not within cell 0"),
        (0, [Edit(0, 2, "x"), Edit(1, 3, "y")], "two changes to cell 0 overlap at 1"),
        (0, [Edit(1, 1, "x"), Edit(1, 2, "y")], "two changes to cell 0 overlap at 1"),
    ],
)
def test_edits_that_do_not_fit_are_refused(index: int, edits: list[Edit], told: str) -> None:
    with pytest.raises(IpymodError, match=told):
        edited(of("abc").data, {index: edits})


@pytest.mark.parametrize("source", [b"null", b"7", b"{}", b'{"a": "b"}', b"[]", b"[7]", b"[[]]"])
def test_a_source_without_any_string_is_refused(source: bytes) -> None:
    with pytest.raises(IpymodError, match="cell 0 has no source that could be changed"):
        edited(b'{"cells":[{"source":%s}]}' % source, {0: [Edit(0, 0, "x")]})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b'"cells"',
        b"{",
        b'{"cells": [}',
        b'{"cells": [{"source": "\xff"}]}',
        b'{"cells": [{"source": "a"}]} and more',
        '{"cells": [{"source": "a"}]}'.encode("utf-16"),
        b'{"cells": 5}',
        b'{"cells": {"*": {"source": "a"}}}',
        b'{"cells": [5]}',
        b'{"worksheets": [{"cells": [{"source": "a"}]}]}',
        b'{"cells": [{"source": "a", "outputs": %s}]}' % (b"[" * 99_999 + b"]" * 99_999),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(IpymodError) as told:
        edited(data, {0: [Edit(0, 1, "b")]})
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("depth", range(900, 1000, 3))
def test_nesting_up_to_the_deepest_is_edited_or_refused(depth: int) -> None:
    data = b'{"cells": [{"source": "a", "outputs": %s}]}' % (b"[" * depth + b"]" * depth)
    try:
        after = edited(data, {0: [Edit(0, 1, "b")]})
    except IpymodError:
        return
    assert after == data.replace(b'"a"', b'"b"')


@pytest.mark.parametrize("indent", [None, 0, 1, 2, 4, "\t"])
@pytest.mark.parametrize("is_ascii", [True, False])
@pytest.mark.parametrize(
    "content",
    [
        {"cells": [], "metadata": {}, "nbformat": 4},
        {"cells": [], "metadata": {"language_info": {"name": "é"}}, "nbformat": 4},
        {"cells": [], "metadata": {"colab": {}, "toc": {}}},
        {"cells": [], "metadata": {"colab": {}}},
        {"cells": ["é"], "nbformat": 4},
        {"cells": []},
        {"cells": [], "metadata": {"kernelspec": {}}},
        {"cells": [], "metadata": {"kernelspec": {"name": "x"}, "x": 1}},
        {"cells": [], "metadata": {"kernelspec": None, "x": 1}},
        {"cells": [], "metadata": {"kernelspec": {"display_name": 7, "language": "R"}}},
    ],
    ids=str,
)
def test_a_kernelspec_is_laid_out_as_json_lays_out_the_file(
    content: dict[str, Any], indent: int | str | None, *, is_ascii: bool
) -> None:
    known = content.get("metadata", {}).get("kernelspec")
    spec = {"display_name": "É", "name": "ir"}
    if known is None or "language" in known:
        spec["language"] = "R"
    expected = {**content, "metadata": {**content.get("metadata", {}), "kernelspec": spec}}
    before, after = (
        json.dumps(each, indent=indent, ensure_ascii=is_ascii, sort_keys=True).encode()
        for each in (content, expected)
    )
    if "é" not in str(content):  # nothing in the file tells how it writes such a character
        after = after.replace(rb"\u00c9", "É".encode())
    for newline in (b"\n", b"\r\n"):
        made = with_kernelspec(before.replace(b"\n", newline), "ir", "É", "R")
        assert made == after.replace(b"\n", newline)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"metadata":{}}', b'{"metadata":{"kernelspec":{SPEC}}}'),
        (b"{}", b'{"metadata": {"kernelspec": {SPEC}}}'),
        (b'{ "metadata": { "x": 1 } }', b'{ "metadata": { "kernelspec": { SPEC }, "x": 1 } }'),
        (b'{\n "metadata": {"x": 1}\n}', b'{\n "metadata": {"kernelspec": {SPEC}, "x": 1}\n}'),
        (
            b'{"metadata": {"a": 1}, "metadata": {"z": 1}}',
            b'{"metadata": {"a": 1}, "metadata": {"kernelspec": {SPEC}, "z": 1}}',
        ),
    ],
)
def test_a_kernelspec_fits_into_a_file_of_few_lines(before: bytes, after: bytes) -> None:
    spec = b'"display_name": "I", "language": "R", "name": "i"'
    if b": " not in before and before != b"{}":
        spec = spec.replace(b" ", b"")
    assert with_kernelspec(before, "i", "I", "R") == after.replace(b"SPEC", spec)


def test_a_kernelspec_that_is_right_keeps_its_escapes() -> None:
    data = rb'{"metadata": {"kernelspec": {"name": "\u0069r", "display_name": "\/R"}}}'
    assert with_kernelspec(data, "ir", "/R", "R") == data
    assert with_kernelspec(data, "ir", "S", "R") == data.replace(rb"\/R", b"S")


@pytest.mark.parametrize("source", [rb'"\ud83dx\ude00"', rb'["a", "\ud83dx\ude00"]'])
def test_two_halves_that_would_become_one_character_are_kept_apart(source: bytes) -> None:
    notebook = b'{"cells":[{"source":%s}]}' % source
    at = sources(notebook)[0].index("x")
    with pytest.raises(IpymodError, match="would alter more than it should"):
        edited(notebook, {0: [Edit(at, at + 1, "")]})


def test_metadata_that_are_no_object_are_refused() -> None:
    with pytest.raises(IpymodError, match="its metadata are no JSON object"):
        with_kernelspec(b'{"metadata": []}', "ir", "R", "R")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder"
    folder.mkdir()
    path = folder / "lesson é.ipynb"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def open_file() -> Iterator[Path]:
    """A file in a folder that other users reach; the folders of pytest are for one user alone."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a folder" / "lesson é.ipynb"
        path.parent.mkdir()
        path.parents[1].chmod(0o755)
        path.parent.chmod(0o777)
        path.write_bytes(b"old")
        yield path


def names(file: Path) -> list[str]:
    return sorted(os.listdir(file.parent))


def refused(file: Path, told: str, after: bytes = b"new") -> None:
    """Writing is refused in one line; the file and its folder are as they were."""
    before, around = file.read_bytes(), names(file)
    with pytest.raises(IpymodError) as error:
        write(str(file), before, after)
    assert f"{file}" in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert (file.read_bytes(), names(file)) == (before, around)


@contextmanager
def without_rights() -> Iterator[None]:
    """Be a user whom modes bind; root may do everything."""
    if sys.platform == "win32" or not IS_ROOT:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_gets_new_content_and_nothing_stays_beside_it(file: Path) -> None:
    write(str(file), b"old", b"new" * 99_999)
    assert file.read_bytes() == b"new" * 99_999
    assert names(file) == [file.name]


def test_the_same_content_is_not_written(file: Path) -> None:
    before = file.stat()
    write(str(file), b"old", b"old")
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.skipif(ON_WINDOWS, reason="it has no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_a_file_keeps_its_mode_and_its_time_is_new(file: Path, mode: int) -> None:
    file.chmod(mode)
    os.utime(file, (1, 1))
    write(str(file), b"old", b"new")
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert file.stat().st_mtime > 1


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
def test_what_root_writes_stays_with_its_owner(file: Path) -> None:
    shutil.chown(file, 65534, 65533)
    write(str(file), b"old", b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (65534, 65533)


@pytest.mark.skipif(not IS_ROOT, reason="takes two users")
def test_a_file_of_somebody_else_that_all_may_write_can_be_written(open_file: Path) -> None:
    open_file.chmod(0o666)
    with without_rights():
        write(str(open_file), b"old", b"new")
    assert (open_file.stat().st_uid, stat.S_IMODE(open_file.stat().st_mode)) == (65534, 0o666)


@pytest.mark.skipif(ON_WINDOWS, reason="links take rights there")
def test_a_link_stays_a_link_and_its_file_is_written(file: Path, tmp_path: Path) -> None:
    link, second = tmp_path / "link.ipynb", tmp_path / "second.ipynb"
    link.symlink_to(os.path.join("a folder", file.name))
    second.symlink_to(link)
    write(str(second), b"old", b"new")
    assert (second.is_symlink(), link.is_symlink()) == (True, True)
    assert (file.read_bytes(), file.is_symlink()) == (b"new", False)
    assert sorted(os.listdir(tmp_path)) == ["a folder", "link.ipynb", "second.ipynb"]


@pytest.mark.skipif(ON_WINDOWS, reason="links take rights there")
def test_a_link_that_loops_or_leads_nowhere_is_refused(tmp_path: Path) -> None:
    loop, lost = tmp_path / "loop.ipynb", tmp_path / "lost.ipynb"
    loop.symlink_to(loop)
    lost.symlink_to("nowhere.ipynb")
    for link in (loop, lost):
        with pytest.raises(IpymodError, match=r"cannot be written: .*; it is as it was"):
            write(str(link), b"old", b"new")
    assert sorted(os.listdir(tmp_path)) == ["loop.ipynb", "lost.ipynb"]


def test_another_name_of_the_same_file_keeps_the_old_content(file: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.ipynb"
    os.link(file, backup)
    write(str(file), b"old", b"new")
    assert (file.read_bytes(), backup.read_bytes()) == (b"new", b"old")


@pytest.mark.parametrize("meanwhile", [b"", b"ol", b"old and more", b"another"])
def test_what_another_program_wrote_meanwhile_is_left(file: Path, meanwhile: bytes) -> None:
    file.write_bytes(meanwhile)
    with pytest.raises(IpymodError, match="was changed by another program meanwhile"):
        write(str(file), b"old", b"new")
    assert (file.read_bytes(), names(file)) == (meanwhile, [file.name])


def test_who_reads_meanwhile_sees_the_old_content_or_the_new(file: Path) -> None:
    contents = [b"a" * 99_999, b"b" * 99_999]
    file.write_bytes(contents[0])
    seen, done = set(), threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(file.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(20):
        write_when_free(file, contents[turn % 2], contents[1 - turn % 2])
    done.set()
    reader.join()
    assert seen <= set(contents)


def write_when_free(file: Path, before: bytes, after: bytes) -> None:
    """Windows replaces no file that somebody has open."""
    while file.read_bytes() != after:
        try:
            write(str(file), before, after)
        except IpymodError:
            assert ON_WINDOWS


def test_a_read_only_file_is_left(file: Path) -> None:
    file.chmod(0o444)
    refused(file, "cannot be written: it is read-only")
    file.chmod(0o644)


@pytest.mark.skipif(ON_WINDOWS, reason="it has no such modes")
def test_a_read_only_folder_is_left(open_file: Path) -> None:
    open_file.chmod(0o666)
    open_file.parent.chmod(0o555)
    with without_rights():
        refused(open_file, "cannot be written: Permission denied; it is as it was")
    open_file.parent.chmod(0o755)


@pytest.mark.skipif(not IS_ROOT, reason="takes two users")
def test_a_file_that_only_another_user_may_write_is_left(open_file: Path) -> None:
    open_file.chmod(0o644)
    with without_rights():
        refused(open_file, "cannot be written: Permission denied; it is as it was")


@pytest.mark.skipif(ON_WINDOWS, reason="it has no such limits")
def test_a_disk_that_is_full_leaves_the_file_as_it_was(file: Path) -> None:
    if sys.platform == "win32":
        return
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        refused(file, "cannot be written: File too large; it is as it was", b"new" * 999)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_folder_is_no_file(file: Path) -> None:
    with pytest.raises(IpymodError, match="it is no file"):
        write(str(file.parent), b"old", b"new")


@pytest.mark.skipif(not ON_WINDOWS, reason="elsewhere a file that is open can be replaced")
def test_a_file_that_another_program_has_open_is_left(file: Path) -> None:
    with file.open("rb"):
        refused(file, "cannot be written: ")
