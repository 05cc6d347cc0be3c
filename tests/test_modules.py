from __future__ import annotations

import sys
import time
import zipfile
from importlib import invalidate_caches
from typing import TYPE_CHECKING

import pytest

from ipymod.modules import find, names, nearest, runnables, shadowed

if TYPE_CHECKING:
    from pathlib import Path

GUARDED = '"""Say hello.\n\nAnd more."""\nif __name__ == "__main__":\n    print("hello")\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Fill a directory with one module of each kind; each leaves a trace when it is run."""
    trace = f"open({str(tmp_path / 'trace')!r}, 'w').close()\n"
    files = {
        "plain.py": trace,
        "pkg/__init__.py": trace,
        "pkg/__main__.py": trace,
        "pkg/leaf.py": trace,
        "pkg/sub/__init__.py": trace,
        "pkg/sub/deep.py": trace,
        "space/leaf.py": trace,
        "space/inner/__init__.py": trace,
        "space/nested/leaf.py": trace,
        "my-script.py": trace,
        "data/table.csv": "1,2",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@pytest.fixture
def on_path(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", [str(place), *sys.path])
    invalidate_caches()
    return place


@pytest.mark.parametrize(
    ("name", "kind", "file", "parents", "main"),
    [
        ("plain", "module", "plain.py", [], None),
        ("pkg", "package", "pkg/__init__.py", ["pkg/__init__.py"], "pkg/__main__.py"),
        ("pkg.leaf", "module", "pkg/leaf.py", ["pkg/__init__.py"], None),
        ("space", "namespace", None, [], None),
        ("space.nested", "namespace", None, [], None),
        ("space.nested.leaf", "module", "space/nested/leaf.py", [], None),
        ("space.leaf", "module", "space/leaf.py", [], None),
        ("space.inner", "package", "space/inner/__init__.py", ["space/inner/__init__.py"], None),
        ("pkg.nope", "missing", None, ["pkg/__init__.py"], None),
        ("plain.nope", "missing", None, [], None),
    ],
)
def test_a_name_is_found_with_all_that_python_would_load(  # noqa: PLR0913, PLR0917  the columns of a table
    place: Path, name: str, kind: str, file: str | None, parents: list[str], main: str | None
) -> None:
    found = find(name, [str(place)])
    assert (found.name, found.kind) == (name, kind)
    assert found.file == (file and str(place / file))
    assert found.parents == tuple(str(place / parent) for parent in parents)
    assert found.main == (main and str(place / main))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("sys", "builtin"), ("__hello__", "frozen"), ("runpy", "frozen"), ("json.tool", "module")],
)
def test_the_kind_of_a_standard_module_is_known(name: str, kind: str) -> None:
    assert find(name).kind == kind


def test_an_extension_is_told_by_its_suffix(tmp_path: Path) -> None:
    import importlib.machinery

    file = tmp_path / f"fast{importlib.machinery.EXTENSION_SUFFIXES[0]}"
    file.touch()
    assert find("fast", [str(tmp_path)]).kind == "extension"


@pytest.mark.parametrize(
    "name", ["", ".", ".pkg", "pkg.", "pkg..leaf", "my-script", "a b", "pkg/leaf", "a\0b", "\ud800"]
)
def test_a_name_that_cannot_be_imported_is_missing(place: Path, name: str) -> None:
    assert find(name, [str(place)]).kind == "missing"


def test_rubbish_on_the_path_raises_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no archive")
    for entry in (str(broken), str(tmp_path / "gone"), "null\0byte", str(tmp_path / "gone" / "x")):
        assert find("plain", [entry]).kind == "missing"


def test_a_package_in_an_archive_is_found(tmp_path: Path) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("zipped/__init__.py", "")
        content.writestr("zipped/__main__.py", "")
    found = find("zipped", [str(archive)])
    assert found.kind == "package"
    assert found.main == str(archive / "zipped" / "__main__.py")


def test_nothing_is_imported_and_nothing_runs(on_path: Path) -> None:
    import difflib  # noqa: F401  loaded on purpose, it is no finding
    import fnmatch  # noqa: F401  likewise
    import pkgutil  # noqa: F401  likewise

    before = set(sys.modules)
    for name in ("pkg", "pkg.leaf", "pkg.sub.deep", "space.inner", "xml.etree.ElementTree"):
        find(name)
    names("pkg.sub.")
    nearest("pkgg.sub.dep")
    runnables("pkg.sub.*")
    assert set(sys.modules) == before
    assert not (on_path / "trace").exists()


def test_a_top_level_name_is_found_within_a_millisecond() -> None:
    find("json")
    took = []
    for _ in range(50):
        start = time.perf_counter()
        find("json")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.001


def test_a_prefix_gives_the_names_that_begin_with_it(on_path: Path) -> None:
    assert on_path
    assert "json" in names("js")
    assert {"http.client", "http.server"} <= set(names("http."))
    assert names("pkg.") == ["pkg.leaf", "pkg.sub"]
    assert names("pkg.sub.d") == ["pkg.sub.deep"]
    assert names("space.") == ["space.inner", "space.leaf", "space.nested"]
    assert names("nothing.at.all.") == []


def test_private_names_and_test_suites_come_only_when_asked_for() -> None:
    assert not [name for name in names("") if name.startswith("_")]
    assert "_thread" in names("_th")
    assert "unittest.__main__" not in names("unittest.__")
    assert "idlelib.idle_test" not in names("idlelib.")


def test_a_directory_of_data_is_no_name(on_path: Path) -> None:
    assert (on_path / "data").is_dir()
    assert "data" not in names("dat")


def test_a_new_file_is_completed_at_once(on_path: Path) -> None:
    assert names("brandnew") == []
    time.sleep(0.02)  # the clock of some file systems ticks every 10 ms
    (on_path / "brandnew.py").touch()
    assert names("brandnew") == ["brandnew"]


def test_the_second_completion_is_quick() -> None:
    names("js")
    start = time.perf_counter()
    names("js")
    assert time.perf_counter() - start < 0.02


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jsn", "json"),
        ("JSON", "json"),
        ("jsn.tol", "json.tool"),
        ("json.tol", "json.tool"),
        ("htpp.server", "http.server"),
        ("ipython", "IPython"),
        ("ipython-pygments-lexers", "ipython_pygments_lexers"),
    ],
)
def test_a_misspelt_name_is_mended(typed: str, meant: str) -> None:
    assert nearest(typed)[0] == meant


def test_a_name_like_no_other_and_a_right_one_have_no_neighbours() -> None:
    assert nearest("qqqwwwzzz") == []
    assert nearest("json.tool") == []


def test_no_more_neighbours_than_asked_for() -> None:
    assert len(nearest("pick", 1)) == 1


def test_modules_with_a_guard_and_packages_with_a_main_can_be_run(on_path: Path) -> None:
    (on_path / "guarded.py").write_text(GUARDED)
    (on_path / "swapped.py").write_text("if '__main__' == __name__: pass\n")
    found = {each.name: each for each in runnables()}
    assert {"guarded", "swapped", "pkg", "json.tool", "http.server", "unittest", "pip"} <= set(
        found
    )
    assert (found["guarded"].summary, found["guarded"].origin) == ("Say hello.", "installed")
    assert found["json.tool"].origin == "standard library"


@pytest.mark.parametrize(
    "source",
    [
        'TEXT = """\nif __name__ == "__main__":\n    run()\n"""\n',
        'def f():\n    if __name__ == "__main__":\n        pass\n',
        'if __name__ != "__main__":\n    raise ImportError\n',
        "# if __name__ == '__main__':\n",
        'if __name__ == "__main__"\n    broken(\n',
    ],
)
def test_what_only_looks_like_a_guard_is_none(on_path: Path, source: str) -> None:
    (on_path / "pretends.py").write_text(source)
    assert runnables("pretends") == []


def test_what_lies_in_the_working_directory_is_here(
    on_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(on_path)
    (on_path / "guarded.py").write_text(GUARDED)
    assert [(each.name, each.origin) for each in runnables("guarded")] == [("guarded", "here")]


def test_test_suites_idle_and_private_modules_are_not_listed() -> None:
    listed = {each.name for each in runnables()}
    assert "idlelib" in listed
    parts = {
        part
        for name in listed
        if name.split(".")[0] in sys.stdlib_module_names
        for part in name.split(".")
    }
    assert not parts & {"test", "tests", "idle_test"}
    assert not [name for name in listed if name.startswith(("_", "idlelib."))]


def test_a_word_is_looked_for_anywhere_and_a_glob_fits_the_whole_name() -> None:
    assert "json.tool" in {each.name for each in runnables("JSON")}
    assert [each.name for each in runnables("json.*")] == ["json.tool"]
    assert "json.tool" in {each.name for each in runnables("*.tool")}
    assert all(each.name.endswith(".tool") for each in runnables("*.tool"))


def test_whatever_lies_in_the_working_directory_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unguarded_script.py").write_text("print(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert [(each.name, each.origin) for each in runnables("unguarded_*")] == [
        ("unguarded_script", "here")
    ]


def test_a_pattern_with_dots_goes_deeper(on_path: Path) -> None:
    (on_path / "pkg" / "sub" / "deep.py").write_text(GUARDED)
    assert "pkg.sub.deep" not in {each.name for each in runnables()}
    assert [each.name for each in runnables("pkg.sub.*")] == ["pkg.sub.deep"]
    assert [each.name for each in runnables("pkg.sub.deep")] == ["pkg.sub.deep"]


def test_a_package_without_a_docstring_is_described_by_its_distribution(on_path: Path) -> None:
    info = on_path / "tool_kit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: tool-kit\nSummary: A box of tools\n\nSummary: no\n")
    (info / "RECORD").write_text("pkg/__init__.py,,\n")
    assert [each.summary for each in runnables("pkg")] == ["A box of tools"]


def test_the_whole_list_takes_less_than_two_seconds() -> None:
    start = time.perf_counter()
    runnables()
    assert time.perf_counter() - start < 2


def test_a_local_file_hides_a_module_of_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "json.py").touch()
    hidden = shadowed("json.tool", str(tmp_path), ["", str(tmp_path), *sys.path])
    assert hidden
    assert (hidden.name, hidden.kind) == ("json", "package")


def test_a_local_package_hides_an_installed_one(tmp_path: Path) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    assert shadowed("pip", str(tmp_path), sys.path) == find("pip")


@pytest.mark.parametrize("name", ["sys", "runpy", "os", "__hello__"])
def test_builtin_and_frozen_modules_cannot_be_hidden(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").touch()
    assert shadowed(name, str(tmp_path), sys.path) is None


def test_a_directory_without_init_and_another_case_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "json").mkdir()
    (tmp_path / "Pip.py").touch()
    assert shadowed("json", str(tmp_path), sys.path) is None
    assert shadowed("pip", str(tmp_path), sys.path) is None


def test_an_editable_project_does_not_hide_itself(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "mine.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "src", target_is_directory=True)
    source = str(tmp_path / "src")
    assert shadowed("mine", source, ["", source, str(tmp_path / "link")]) is None
