"""`ipymod fix`, on real files: what it writes, what it leaves, what it says."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from environments import REPOSITORY
from ipymod.cli import main
from ipymod.lint.fixing import Fixed, Fixer

if TYPE_CHECKING:
    from collections.abc import Mapping

    Captured = pytest.CaptureFixture[str]

PYTHON: Mapping[str, object] = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
R: Mapping[str, object] = {
    "kernelspec": {"display_name": "R", "language": "R", "name": "ir"},
    "language_info": {"name": "R"},
}
is_root = hasattr(os, "geteuid") and os.geteuid() == 0


def cell(source: object, kind: str = "code", tags: tuple[str, ...] = ()) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    more: dict[str, Any] = {"execution_count": 1, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, **more, "metadata": metadata, "source": source}


def data_of(*cells: Any, metadata: Mapping[str, object] = PYTHON, **layout: Any) -> bytes:
    content = {
        "cells": [each if isinstance(each, dict) else cell([each]) for each in cells],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return json.dumps(content, **{"indent": 1, "ensure_ascii": False, **layout}).encode() + b"\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *cells: Any, name: str = "a.ipynb", **more: Any) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data_of(*cells, **more))
    return path


def fix(*words: str) -> int:
    return main(["fix", *words])


def told(capsys: Captured) -> str:
    """What was said; nothing else may have been."""
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


# --- what is written ---


def test_only_the_sign_and_the_name_change(folder: Path, capsys: Captured) -> None:
    path = write(folder, "!pip install a  # é\n", cell(["# !pip\n", "no"], "markdown"))
    before = path.read_bytes()
    assert fix() == 0
    assert path.read_bytes() == before.replace(b"!pip install", b"%pip install")
    assert told(capsys) == (
        "a.ipynb: 1 fix\n1 fix made in 1 notebook of 1; ipymod lint shows what is left\n"
    )


def test_a_second_run_changes_nothing(folder: Path, capsys: Captured) -> None:
    path = write(folder, "!pip install a>=1\n!python b\n!pip uninstall c\n!cd d")
    fix("--unsafe-fixes")
    once, at = path.read_bytes(), path.stat().st_mtime_ns
    capsys.readouterr()
    assert fix("--unsafe-fixes") == 0
    assert path.read_bytes() == once
    assert path.stat().st_mtime_ns == at
    assert told(capsys) == "1 notebook: nothing to mend\n"


@pytest.mark.parametrize(
    "layout",
    [{"indent": 1}, {"indent": 2}, {"indent": "\t"}, {"indent": None}, {"ensure_ascii": True}],
    ids=str,
)
@pytest.mark.parametrize("source", ["!pip install é\nx", ["!pip install é\n", "x"]], ids=type)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("ends", [(b"", b"\n"), (b"\xef\xbb\xbf", b"")], ids=["usual", "odd"])
def test_every_shape_of_file_keeps_all_but_the_words(
    folder: Path, layout: dict[str, Any], source: object, newline: bytes, ends: tuple[bytes, bytes]
) -> None:
    data = data_of(cell(source), "'é'", **layout).rstrip(b"\n").replace(b"\n", newline)
    data = ends[0] + data + ends[1]
    (folder / "a.ipynb").write_bytes(data)
    assert fix() == 0
    assert (folder / "a.ipynb").read_bytes() == data.replace(b"!pip", b"%pip")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["!pip", " install a"], ["%pip", " install a"]),
        (["!p", "ip3", " install a"], ["%pip", "", " install a"]),
        (["!pip list\r\n", "!pip list\r\n"], ["%pip list\r\n", "%pip list\r\n"]),
        (["if x:\n", " !pip list \\\n", "  -v"], ["if x:\n", " %pip list \\\n", "  -v"]),
        (["%%capture\n", "!python -m pip list"], ["%%capture\n", "%pip list"]),
    ],
)
def test_the_strings_of_a_source_stay_as_many(
    folder: Path, before: list[str], after: list[str]
) -> None:
    path = write(folder, cell(before))
    assert fix() == 0
    assert "".join(json.loads(path.read_bytes())["cells"][0]["source"]) == "".join(after)
    assert len(json.loads(path.read_bytes())["cells"][0]["source"]) == len(before)


def test_outputs_and_escapes_of_other_cells_are_not_touched(folder: Path) -> None:
    text = r'{"cells": [{"cell_type":"code","metadata":{},"source":"!\u0070ip list\u0020\/x",'
    text += r'"outputs":[{"name":"\u0073tdout","text":["!pip install a\u00e9\/"]}],"z":1e400}]'
    data = (text + r',"metadata":{ },"nbformat":4,"nbformat_minor":4  }').encode()
    (folder / "a.ipynb").write_bytes(data)
    assert fix() == 0
    assert (folder / "a.ipynb").read_bytes() == data.replace(rb"!\u0070ip", rb"%\u0070ip")


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_the_mode_is_kept_and_a_link_stays_one(folder: Path) -> None:
    path = write(folder, "!pip install a", name="real/b.ipynb")
    path.chmod(0o640)
    (folder / "a.ipynb").symlink_to(path)
    assert fix("a.ipynb") == 0
    assert (folder / "a.ipynb").is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert b"%pip" in path.read_bytes()
    assert sorted(os.listdir(path.parent)) == ["b.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_notebook_with_two_names_is_mended_once(folder: Path, capsys: Captured) -> None:
    write(folder, "!pip install a", name="b.ipynb")
    (folder / "a.ipynb").symlink_to("b.ipynb")
    (folder / "loop").symlink_to(".")
    assert fix(".", "b.ipynb", "a.ipynb") == 0
    assert told(capsys).splitlines()[-1].startswith("1 fix made in 1 notebook of 1;")


# --- which fixes ---


def source_after(folder: Path, source: str, *words: str, **more: Any) -> str:
    path = write(folder, source, **more)
    fix(*words)
    return "".join(json.loads(path.read_bytes())["cells"][0]["source"])


def test_pymod_is_written_on_request(folder: Path) -> None:
    assert source_after(folder, "!pip install a", "--to", "pymod") == "%pymod pip install a"
    assert source_after(folder, "!python -m spacy x", "--to", "pymod") == "%pymod spacy x"
    assert source_after(folder, "!pip install {a}", "--to", "pymod") == "!pip install {a}"


def test_the_project_may_say_what_is_written(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.ipymod.fix]\nto = "pymod"\n')
    assert source_after(folder, "!pip install a") == "%pymod pip install a"
    assert source_after(folder, "!pip install a", "--to", "pip") == "%pip install a"


def test_unsafe_fixes_are_made_on_request_alone(folder: Path) -> None:
    assert source_after(folder, "!python a") == "!python a"
    assert source_after(folder, "!python a", "--unsafe-fixes") == "import sys\n!{sys.executable} a"


@pytest.mark.parametrize(
    ("words", "after"),
    [
        (["--select", "NB101"], "%pip uninstall a\n!cd b"),
        (["--select", "NB2"], "!pip uninstall -y a\n%cd b"),
        (["--select", "waiting", "--ignore", "NB203"], "!pip uninstall -y a\n!cd b"),
        (["--ignore", "NB101,NB201"], "!pip uninstall a\n%cd b"),
        (["--select", "NB4"], "!pip uninstall a\n!cd b"),
    ],
)
def test_rules_are_selected_as_for_lint(folder: Path, words: list[str], after: str) -> None:
    assert source_after(folder, "!pip uninstall a\n!cd b", "--unsafe-fixes", *words) == after


@pytest.mark.parametrize(
    "source",
    [
        "!pip install a  # noqa",
        "!pip install a  # noqa: NB101",
        "!pip install \\\n  a  # noqa: NB101",
    ],
)
def test_what_is_silenced_is_not_mended(folder: Path, source: str) -> None:
    assert source_after(folder, source) == source
    assert source_after(folder, f"{source}\n!pip install b") == f"{source}\n%pip install b"


@pytest.mark.parametrize("tag", ["noqa", "noqa:NB101", "noqa-NB1"])
def test_a_cell_with_a_tag_is_not_mended(folder: Path, tag: str) -> None:
    path = write(folder, cell("!pip install a", tags=(tag,)), "!pip install b")
    fix()
    first, second = json.loads(path.read_bytes())["cells"]
    assert first["source"] == "!pip install a"
    assert second["source"] == ["%pip install b"]


@pytest.mark.parametrize("metadata", [R, {"language_info": {"name": "julia"}}], ids=["R", "julia"])
def test_notebooks_of_other_languages_are_left(
    folder: Path, metadata: Mapping[str, object], capsys: Captured
) -> None:
    path = write(folder, "!pip install a\n!cd b", metadata=metadata)
    before = path.read_bytes()
    assert fix("--unsafe-fixes", "--kernelspec", "python3") == 0
    assert path.read_bytes() == before
    assert told(capsys) == "1 notebook: nothing to mend\n"


# --- kernelspec ---


SPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
OTHER = {"display_name": "Python (thesis)", "language": "python", "name": "thesis"}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": None},
        {"kernelspec": {}},
        {"kernelspec": OTHER, "z": {"kernelspec": OTHER}},
        {"kernelspec": {"name": "thesis"}, "language_info": {"name": "python"}},
        {"language_info": {"name": "python"}},
    ],
    ids=str,
)
def test_a_kernelspec_is_set_on_request(folder: Path, metadata: dict[str, object]) -> None:
    path = write(folder, "x = 1", metadata=metadata)
    before = json.loads(path.read_bytes())
    fix()
    assert json.loads(path.read_bytes()) == before
    assert fix("--kernelspec", "python3") == 0
    after = json.loads(path.read_bytes())
    assert after["metadata"].pop("kernelspec").items() <= SPEC.items()
    before["metadata"].pop("kernelspec", None)
    assert after == before
    once = path.read_bytes()
    fix("--kernelspec", "python3")
    assert path.read_bytes() == once


def test_a_kernel_that_is_not_here_is_named_all_the_same_and_told(
    folder: Path, capsys: Captured
) -> None:
    path = write(folder, "x = 1")
    assert fix("--kernelspec", "pyhton3") == 0
    assert b"pyhton3" in path.read_bytes()
    assert "there is no kernel pyhton3 on this machine; known here: " in capsys.readouterr().err
    fix("--kernelspec", "python3")
    assert "there is no kernel" not in capsys.readouterr().err


def test_a_kernelspec_that_is_right_is_not_written_anew(folder: Path, capsys: Captured) -> None:
    path = write(folder, "x = 1", metadata={"kernelspec": {**SPEC, "display_name": "Mine"}})
    before = path.read_bytes()
    assert fix("--kernelspec", "python3") == 0
    assert path.read_bytes() == before
    assert told(capsys) == "1 notebook: nothing to mend\n"


def test_the_bytes_around_a_kernelspec_stay(folder: Path) -> None:
    path = write(folder, "x = 1", metadata={"kernelspec": OTHER})
    before = path.read_bytes()
    fix("--kernelspec", "python3")
    expected = before.replace(b"Python (thesis)", b"Python 3 (ipykernel)")
    assert path.read_bytes() == expected.replace(b'"thesis"', b'"python3"')


def test_a_kernelspec_and_a_cell_are_mended_at_once(folder: Path, capsys: Captured) -> None:
    path = write(folder, "!pip install a", metadata={"kernelspec": OTHER})
    assert fix("--kernelspec", "python3") == 0
    assert told(capsys).startswith("a.ipynb: 2 fixes\n2 fixes made in 1 notebook of 1;")
    assert b"%pip" in path.read_bytes()
    assert b"thesis" not in path.read_bytes()


# --- --diff ---


def test_a_diff_shows_cells_and_writes_nothing(folder: Path, capsys: Captured) -> None:
    path = write(folder, "x = 1", "import a\n!pip install b\nc", metadata={"kernelspec": OTHER})
    before = path.read_bytes()
    assert fix("--diff", "--kernelspec", "python3") == 1
    assert path.read_bytes() == before
    assert told(capsys) == (
        "--- a.ipynb kernelspec\n+++ a.ipynb kernelspec\n@@ -1 +1 @@\n-thesis\n+python3\n"
        "--- a.ipynb cell 2\n+++ a.ipynb cell 2\n@@ -1,3 +1,3 @@\n"
        " import a\n-!pip install b\n+%pip install b\n c\n"
        "2 fixes would be made in 1 notebook of 1; ipymod lint shows what is left\n"
    )


def test_a_diff_of_nothing_is_success(folder: Path, capsys: Captured) -> None:
    write(folder, "%pip install a")
    assert fix("--diff") == 0
    assert told(capsys) == "1 notebook: nothing to mend\n"


def test_what_a_diff_shows_is_what_is_written(folder: Path, capsys: Captured) -> None:
    path = write(folder, "!pip install a>=1\n!python b", "!pip uninstall c")
    fix("--diff", "--unsafe-fixes")
    shown = [line[1:] for line in told(capsys).splitlines() if line[:1] in {"+", " "}]
    fix("--unsafe-fixes")
    sources = ["".join(each["source"]) for each in json.loads(path.read_bytes())["cells"]]
    assert [line for line in shown if not line.startswith("++")] == "\n".join(sources).split("\n")


# --- what is left alone ---


BROKEN = {
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
    "empty": (b"", "it is empty"),
    "cut off": (data_of("!pip install a")[:-20], "it is no JSON"),
    "merged": (b"{\n<<<<<<< HEAD\n}\n", "merge conflict"),
    "list": (b"[]", "no notebook"),
    "old": (b'{"worksheets": [], "nbformat": 3, "nbformat_minor": 0}', "format is 3"),
    "latin": (data_of("!pip install \xe9").decode().encode("latin-1"), "UTF-8"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_notebook_is_told_and_left_and_the_rest_goes_on(
    folder: Path, kind: str, capsys: Captured
) -> None:
    data, why = BROKEN[kind]
    (folder / "a.ipynb").write_bytes(data)
    other = write(folder, "!pip install a", name="b.ipynb")
    assert fix() == 1
    assert (folder / "a.ipynb").read_bytes() == data
    assert b"%pip" in other.read_bytes()
    captured = capsys.readouterr()
    assert captured.err.startswith("ipymod: a.ipynb: left as it is: ")
    assert captured.err.count("\n") == 1
    assert why in captured.err
    assert captured.out.startswith("b.ipynb: 1 fix\n1 fix made in 1 notebook of 2;")


def test_a_read_only_file_is_told_and_left(folder: Path, capsys: Captured) -> None:
    path = write(folder, "!pip install a")
    before = path.read_bytes()
    path.chmod(0o444)
    assert fix("--diff") == 1
    capsys.readouterr()
    assert fix() == 1
    assert path.read_bytes() == before
    captured = capsys.readouterr()
    assert "a.ipynb: left as it is: " in captured.err
    assert "read-only" in captured.err
    assert captured.out == "1 notebook: nothing was mended\n"
    path.chmod(0o644)


@pytest.mark.skipif(is_root or os.name == "nt", reason="root may write everywhere")
def test_a_read_only_folder_is_told_and_left(folder: Path, capsys: Captured) -> None:
    path = write(folder, "!pip install a", name="sub/a.ipynb")
    before = path.read_bytes()
    path.parent.chmod(0o555)
    try:
        assert fix() == 1
    finally:
        path.parent.chmod(0o755)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["a.ipynb"]
    assert "left as it is" in capsys.readouterr().err


def test_a_notebook_that_is_written_meanwhile_is_left(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder, "!pip install a")
    other = data_of("!pip install saved")
    whole = Fixer.fix

    def saved_meanwhile(self: Fixer, name: str, data: bytes) -> Fixed:
        fixed = whole(self, name, data)
        path.write_bytes(other)
        return fixed

    monkeypatch.setattr(Fixer, "fix", saved_meanwhile)
    assert fix() == 1
    assert path.read_bytes() == other
    assert "changed by another program" in capsys.readouterr().err


def test_a_notebook_that_is_gone_meanwhile_is_told(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder, "!pip install a")
    whole = Fixer.fix

    def removed_meanwhile(self: Fixer, name: str, data: bytes) -> Fixed:
        path.unlink()
        return whole(self, name, data)

    monkeypatch.setattr(Fixer, "fix", removed_meanwhile)
    assert fix() == 1
    assert os.listdir(folder) == []
    assert capsys.readouterr().err.count("\n") == 1


def test_checkpoints_and_ignored_files_are_passed_over(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("old.ipynb\n")
    paths = [
        write(folder, "!pip install a", name=name)
        for name in (".ipynb_checkpoints/a.ipynb", "old.ipynb", "draft.ipynb")
    ]
    before = paths[0].read_bytes()
    assert fix("--exclude", "draft.ipynb") == 0
    assert all(path.read_bytes() == before for path in paths)
    assert fix("old.ipynb") == 0
    assert paths[1].read_bytes() != before


# --- the command line ---


def test_the_files_that_pre_commit_names_are_mended_and_no_others(
    folder: Path, capsys: Captured
) -> None:
    names = ["a.ipynb", "sub/b c.ipynb", "ü.ipynb", "other.ipynb"]
    paths = [write(folder, "!pip install a", name=name) for name in names]
    before = paths[0].read_bytes()
    assert fix(*names[:3]) == 0
    assert [path.read_bytes() != before for path in paths] == [True, True, True, False]
    assert told(capsys).splitlines() == [
        "a.ipynb: 1 fix",
        f"{Path('sub/b c.ipynb')}: 1 fix",
        "ü.ipynb: 1 fix",
        "3 fixes made in 3 notebooks of 3; ipymod lint shows what is left",
    ]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["missing.ipynb"], "there is no 'missing.ipynb'"),
        (["--select", "NB999"], "NB999"),
        (["--to", "conda"], "conda"),
        (["--nothing"], "--nothing"),
        (["--kernelspec"], "--kernelspec"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    folder: Path, words: list[str], why: str, capsys: Captured
) -> None:
    path = write(folder, "!pip install a")
    before = path.read_bytes()
    assert fix(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert why in captured.err
    assert "Traceback" not in captured.err
    assert path.read_bytes() == before


def test_a_folder_without_notebooks_is_no_error(folder: Path, capsys: Captured) -> None:
    assert folder.is_dir()
    assert fix() == 0
    assert told(capsys) == "0 notebooks: nothing to mend\n"


def test_the_help_has_examples(capsys: Captured) -> None:
    assert fix("--help") == 0
    out = told(capsys)
    assert "ipymod fix --diff" in out
    assert "--unsafe-fixes" in out


@pytest.mark.slow
def test_the_installed_command_does_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, "!pip install a")
    command = [sys.executable, "-X", "importtime", "-m", "ipymod", "fix", "a.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("a.ipynb: 1 fix\n")
    assert b"%pip" in path.read_bytes()
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"nbformat", "nbclient", "IPython", "ipykernel"}


def test_the_notebooks_of_the_project_have_nothing_to_mend(capsys: Captured) -> None:
    assert fix("--diff", str(REPOSITORY / "notebooks")) == 0
    assert "nothing to mend" in told(capsys)
