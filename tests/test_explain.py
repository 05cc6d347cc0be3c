from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib import invalidate_caches
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.modules import runnables
from ipymod.run.explain import explain

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """\
import json, sys
known = [name for name in sys.argv[1].split(",") if name in sys.modules]
print(json.dumps({
    "dunder_name": __name__, "package": __package__,
    "spec_name": __spec__ and __spec__.name, "path0": sys.path[0], "argv0": sys.argv[0],
    "imported": known, "runs": __file__,
}))
"""
# The parents that a report looks for in sys.modules.
PARENTS = "pkg,pkg.sub,space,space.inner,zipped,plain"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path.resolve() / "here"
    files = {
        "plain.py": REPORT,
        "my-script.py": REPORT,
        "pkg/__init__.py": "",
        "pkg/__main__.py": REPORT,
        "pkg/relative.py": "from . import sub\n" + REPORT,
        "pkg/sub/__init__.py": "",
        "pkg/sub/leaf.py": REPORT,
        "bare/__init__.py": "",
        "space/leaf.py": REPORT,
        "space/inner/__init__.py": "",
        "space/inner/__main__.py": REPORT,
        "folder/__init__.py": "",
        "folder/__main__/__init__.py": "",
    }
    for name, text in files.items():
        file = here / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    archive = tmp_path.resolve() / "code.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("zipped/__init__.py", "")
        content.writestr("zipped/leaf.py", REPORT)
    monkeypatch.setattr(sys, "path", [*sys.path, str(archive)])
    monkeypatch.setenv("PYTHONPATH", str(archive))
    monkeypatch.chdir(here)
    invalidate_caches()
    return here


def run(argv: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)


def facts(shown: Any) -> dict[str, Any]:
    names = ("dunder_name", "package", "spec_name", "path0", "argv0")
    known = [name for name, _ in shown.imported]
    return {name: getattr(shown, name) for name in names} | {"imported": known}


@pytest.mark.parametrize(
    "name",
    ["plain", "my-script", "pkg", "pkg.__main__", "pkg.sub.leaf", "pkg.relative", "space.leaf",
     "space.inner", "zipped.leaf"],
)  # fmt: skip
def test_the_explanation_says_what_the_module_itself_reports(place: Path, name: str) -> None:
    shown = explain(name, [PARENTS], str(place), [sys.executable])
    report = json.loads(run(shown.argv).stdout)
    assert shown.problem == ""
    assert shown.runs == report.pop("runs")
    told = set(report.pop("imported")) - ({"pkg.sub"} if name == "pkg.relative" else set())
    mine = facts(shown)
    assert set(mine.pop("imported")) == told
    assert mine == report


@pytest.mark.parametrize("name", ["plain", "pkg", "pkg.sub.leaf", "space.leaf"])
def test_the_other_column_says_what_the_file_itself_reports(place: Path, name: str) -> None:
    script = explain(name, [PARENTS], str(place), [sys.executable]).script
    assert script
    assert script.note == ""
    report = json.loads(run(script.argv).stdout)
    del report["runs"]
    assert facts(script) == report


def test_without_the_working_directory_the_path_begins_elsewhere(place: Path) -> None:
    shown = explain("zipped.leaf", [PARENTS], str(place), [sys.executable, "-P"])
    report = json.loads(run(shown.argv).stdout)
    assert report["runs"] == shown.runs
    assert shown.path0 != str(place)
    missing = explain("plain", [], str(place), [sys.executable, "-P"])
    assert missing == explain("plain", [], str(place), [sys.executable, "-P"], safe_path=True)
    assert missing.problem == "No module named plain"
    assert run(missing.argv).stderr.rstrip().endswith(missing.problem)


@pytest.mark.parametrize(
    "name",
    ["bare", "bare.__main__", "space", "pkg.sub", "pkg.nope", "pkg.nope.deep", "nope", "nope.deep",
     "json", "json.nope", "sys", "sys.nope", "plain.py", "plain.nope", "plain.nope.deep", ".plain",
     "pkg..sub", "pkg.", "a b", "folder", "folder.__main__", "__main__", "__phello__",
     "json.tool.py", "pkg/sub", ""],
)  # fmt: skip
def test_the_problem_is_said_in_the_words_of_python(place: Path, name: str) -> None:
    shown = explain(name, [PARENTS], str(place), [sys.executable])
    ended = run(shown.argv)
    assert ended.returncode == 1
    assert f"{sys.executable}: {shown.problem}" == ended.stderr.rstrip("\n")
    assert shown.runs is None
    assert shown.problem.strip() in " ".join(str(shown).split())


def test_a_package_that_cannot_be_run_is_imported_all_the_same(place: Path) -> None:
    shown = explain("bare", [], str(place), [sys.executable])
    assert shown.imported == (("bare", str(place / "bare" / "__init__.py")),)
    shown = explain("folder.__main__", [], str(place), [sys.executable])
    assert [name for name, _ in shown.imported] == ["folder"]


def test_a_module_of_the_standard_library_is_explained(place: Path) -> None:
    shown = explain("json.tool", ["--help"], str(place), [sys.executable])
    assert (shown.package, shown.spec_name) == ("json", "json.tool")
    assert run(shown.argv).returncode == 0


def test_a_frozen_module_has_no_file_for_its_argv(place: Path) -> None:
    program = "import sys, atexit; atexit.register(lambda: print(sys.argv[0]))"
    (place / "sitecustomize.py").write_text(program)
    for flags, said in (((), "frozen"), (("-X", "frozen_modules=off"), "__hello__.py")):
        shown = explain("__hello__", [], str(place), [sys.executable, *flags])
        env = {**os.environ, "PYTHONPATH": str(place)}
        printed = subprocess.run(shown.argv, env=env, capture_output=True, text=True, check=True)
        assert shown.argv0
        assert printed.stdout.split()[-1] == shown.argv0
        assert shown.argv0.endswith(said)


def test_a_relative_import_is_foretold(place: Path) -> None:
    script = explain("pkg.relative", [PARENTS], str(place), [sys.executable]).script
    assert script
    last = run(script.argv).stderr.rstrip().splitlines()[-1]
    assert last in script.note
    assert "line 1" in script.note


def test_a_file_inside_an_archive_cannot_be_opened(place: Path) -> None:
    script = explain("zipped.leaf", [], str(place), [sys.executable]).script
    assert script
    assert "archive" in script.note
    assert run(script.argv).returncode != 0


def test_a_local_file_that_hides_a_module_is_named(place: Path) -> None:
    (place / "json.py").touch()
    shown = explain("json", [], str(place), [sys.executable])
    assert shown.hides
    assert shown.hides.name == "json"
    assert "python -P -m" in str(shown)
    assert explain("json", [], str(place), [sys.executable], safe_path=True).hides is None


def test_nothing_is_imported_for_an_explanation(place: Path) -> None:
    (place / "pkg" / "__init__.py").write_text("open('trace', 'w').close()")
    str(explain("pkg", [], str(place), [sys.executable]))
    before = set(sys.modules)
    for name in ("pkg", "pkg.sub.leaf", "space.inner", "pkg.nope"):
        explain(name, [], str(place), [sys.executable])._repr_mimebundle_()
    assert set(sys.modules) - before <= {"html", "html.entities"}
    assert not (place / "trace").exists()


def test_the_table_fits_eighty_columns_where_the_paths_are_short(place: Path) -> None:
    shown = explain("nope", ["a b"], str(place), ["python", "-u"])
    assert "python -u -m nope 'a b'" in str(shown)
    assert max(map(len, str(shown).splitlines())) <= 80


def test_the_html_is_escaped_and_plain(place: Path) -> None:
    bundle = explain("pkg", ["<b>&"], str(place), ["python"])._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "&lt;b&gt;&amp;" in bundle["text/html"]
    assert "<b>" not in bundle["text/html"]
    assert "style=" not in bundle["text/html"]
    assert f"{os.sep}<wbr>" in bundle["text/html"]  # a long path can be broken
    assert bundle["text/html"].count("<tr>") == bundle["text/html"].count("</tr>") == 9


@pytest.mark.slow
def test_every_listed_module_of_the_standard_library_runs_by_its_explanation(place: Path) -> None:
    listed = [each.name for each in runnables() if each.origin == "standard library"]
    assert len(listed) > 40
    for name in listed:
        assert explain(name, [], str(place), [sys.executable]).problem == "", name


@pytest.mark.parametrize("name", ["json.tool", "ast", "unittest", "venv", "http.server", "dis"])
def test_a_listed_module_really_runs(place: Path, name: str) -> None:
    assert place
    assert name in {each.name for each in runnables(name)}
    assert run((sys.executable, "-m", name, "--help")).returncode == 0
