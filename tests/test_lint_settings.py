"""What a project says about its notebooks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ipymod.cli import main
from ipymod.errors import UsageError
from ipymod.lint.settings import Settings, settings_of

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
[project]
name = "course"

[tool.ipymod.lint]
select = ["NB1", "NB201"]
ignore = ["NB105"]
extend-select = ["NB3"]
exclude = ["drafts/", "*-old.ipynb"]
per-file-ignores = {"exercises" = ["NB101", "NB102"], "/setup.ipynb" = ["NB1"]}
target = "binder"

[tool.ipymod.fix]
to = "pymod"
"""


def told(folder: Path, text: str) -> Settings:
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return settings_of(str(folder))


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        told(folder, text)
    file = str(folder / "pyproject.toml")
    assert str(caught.value).startswith(file)
    return str(caught.value).removeprefix(file)


def test_all_that_a_project_may_say_is_read(tmp_path: Path) -> None:
    assert told(tmp_path, WHOLE) == Settings(
        file=str(tmp_path / "pyproject.toml"),
        select=("NB1", "NB201"),
        ignore=("NB105",),
        extend_select=("NB3",),
        exclude=("drafts/", "*-old.ipynb"),
        per_file_ignores={"exercises": ("NB101", "NB102"), "/setup.ipynb": ("NB1",)},
        target="binder",
        to="pymod",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[project]\nname = 'course'\n",
        "[project]\nname = 'x'\ndependencies = ['ipymod']\n",
        "[tool.ruff]\nselect = ['ipymod']\n",
        "tool = 'ipymod'\n",
        "broken = [\n",
    ],
)
def test_a_project_that_says_nothing_has_no_settings(text: str, tmp_path: Path) -> None:
    assert told(tmp_path, text) == Settings()
    assert Settings().folder == ""


def test_the_nearest_file_that_speaks_of_ipymod_counts(tmp_path: Path) -> None:
    inner = tmp_path / "lessons" / "one"
    inner.mkdir(parents=True)
    (inner / "a.ipynb").touch()
    told(tmp_path, "[tool.ipymod.fix]\nto = 'pymod'\n")
    told(inner.parent, "[project]\nname = 'lessons'\n")
    for start in (inner, inner / "a.ipynb", inner / "not-there.ipynb"):
        assert settings_of(str(start)).folder == str(tmp_path)
    assert told(inner, "[tool.ipymod.lint]\n") == Settings(file=str(inner / "pyproject.toml"))


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    assert told(tmp_path, "[tool.ipymod.fix]\nto = 'pip'\n").to == "pip"
    assert settings_of(str(tmp_path)) is settings_of(str(tmp_path))
    assert told(tmp_path, "[tool.ipymod.fix]\nto = 'pymod'\n").to == "pymod"


def test_a_relative_start_means_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(tmp_path, WHOLE)
    monkeypatch.chdir(tmp_path)
    assert (
        settings_of(".")
        == settings_of("")
        == settings_of("a.ipynb")
        == settings_of("../" + tmp_path.name)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[tool.ipymod.lint]\nselct = []",
            ": [tool.ipymod.lint] has 'selct'; did you mean select?",
        ),
        (
            "[tool.ipymod.lint]\nto = 'pip'",
            ": [tool.ipymod.lint] has 'to'; its place is [tool.ipymod.fix]",
        ),
        ("[tool.ipymod]\nto = 'pip'", ": [tool.ipymod] has 'to'; its place is [tool.ipymod.fix]"),
        ("[tool.ipymod.lnt]\n", ": [tool.ipymod] has 'lnt'; did you mean lint?"),
        ("[tool.ipymod]\n'' = 1", ": [tool.ipymod] has ''; known there: lint, fix"),
        (
            "[tool.ipymod.lint]\nselect = 'NB101'",
            (
                ": select in [tool.ipymod.lint] is 'NB101'; "
                'it has to be a list of texts: ["NB101", "NB2"]'
            ),
        ),
        (
            "[tool.ipymod.lint]\nignore = ['NB101', 2]",
            (
                ": ignore in [tool.ipymod.lint] is ['NB101', 2]; "
                'it has to be a list of texts: ["NB101", "NB2"]'
            ),
        ),
        (
            "[tool.ipymod.lint]\ntarget = 'kaggle'",
            (
                ": target in [tool.ipymod.lint] is 'kaggle'; "
                "it has to be binder or jupyterlite or colab"
            ),
        ),
        (
            "[tool.ipymod.fix]\nto = ['pip']",
            ": to in [tool.ipymod.fix] is ['pip']; it has to be pip or pymod",
        ),
        (
            "[tool.ipymod.lint]\nkernel = ''",
            ": kernel in [tool.ipymod.lint] is ''; it has to be the name of a kernel",
        ),
        (
            "[tool.ipymod.lint]\nper-file-ignores = {'a' = 'NB101'}",
            (
                ": per-file-ignores in [tool.ipymod.lint] is {'a': 'NB101'}; "
                'it has to be a table of lists: {"drafts/" = ["NB1"]}'
            ),
        ),
        (
            "[tool.ipymod.lint]\nkernel = 'k'\ntarget = 'colab'",
            ": target and kernel are about two environments; keep one",
        ),
        (
            "[tool]\nipymod = 3",
            ": tool.ipymod is 3; it has to be a table, [tool.ipymod]",
        ),
        (
            "[[tool.ipymod.lint]]\nselect = []",
            ": tool.ipymod.lint is [{'select': []}]; it has to be a table, [tool.ipymod.lint]",
        ),
        (
            "[tool.ipymod.lint]\nselect = [\n",
            " is no TOML: Invalid value (at end of document)",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_may_stand_there(
    text: str, said: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, text) == said


def test_a_long_value_is_not_shown_in_full(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, f"[tool.ipymod.lint]\nselect = '{'x' * 9000}'")) < 200


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b"[tool.ipymod]\n# caf\xe9")
    with pytest.raises(UsageError, match=r"is no UTF-8: .* at byte 19"):
        settings_of(str(tmp_path))


def test_tables_in_tables_without_end_are_refused(tmp_path: Path) -> None:
    assert "is no TOML" in refusal(tmp_path, f"[tool.ipymod]\na = {'[' * 20_000}")


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(UsageError, match=r"pyproject\.toml cannot be read: "):
        settings_of(str(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("venv/bin/python", "{folder}/venv/bin/python"),
        ("./python", "{folder}/./python"),
        ("/usr/bin/python3", "/usr/bin/python3"),
        ("~/py/bin/python", "{home}/py/bin/python"),
        ("python3.12", "python3.12"),
    ],
)
def test_the_path_of_a_python_is_one_from_the_file_on(
    given: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    found = told(tmp_path, f"[tool.ipymod.lint]\npython = '{given}'").python
    assert found == path.format(folder=tmp_path, home=tmp_path / "home")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("exercises/a.ipynb", ("NB101", "NB102")),
        ("week1/exercises/deep/a.ipynb", ("NB101", "NB102")),
        ("exercises/setup.ipynb", ("NB101", "NB102")),
        ("setup.ipynb", ("NB1",)),
        ("week1/setup.ipynb", ()),
        ("exercises.ipynb", ()),
        ("my-exercises/a.ipynb", ()),
        ("../exercises/a.ipynb", ()),
    ],
)
def test_codes_are_left_out_in_the_notebooks_that_a_line_fits(
    name: str, codes: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    settings = told(project, WHOLE)
    assert settings.ignored_in(str(project / name)) == codes
    monkeypatch.chdir(project)
    assert settings.ignored_in(name) == codes


def test_a_project_that_says_nothing_leaves_nothing_out() -> None:
    assert Settings().ignored_in("exercises/a.ipynb") == ()


def test_toml_is_read_only_where_a_project_speaks_of_ipymod(tmp_path: Path) -> None:
    told(tmp_path, "[project]\nname = 'course'\n")
    code = (
        "import sys; from ipymod.lint.settings import settings_of\n"
        "settings_of(sys.argv[1]); print('tomllib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize(("words", "status"), [([], 1), (["--force-exclude"], 0)])
def test_a_named_file_is_excluded_only_where_that_is_forced(
    tmp_path: Path, words: list[str], status: int
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ipymod.lint]\nexclude = ['archive/']\n")
    file = tmp_path / "archive" / "old.ipynb"
    file.parent.mkdir()
    file.write_text("")
    assert main(["lint", *words, str(file)]) == status
