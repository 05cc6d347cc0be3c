"""Which notebooks a path means; what is ignored is what git says is ignored."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipymod.errors import UsageError
from ipymod.notebooks.find import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ALONE = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "XDG_CONFIG_HOME": os.devnull,
}
on_posix = pytest.mark.skipif(os.name == "nt", reason="names of bytes, modes and links of POSIX")


def git(*words: str, where: Path) -> str:
    command = ["git", "-c", "core.quotePath=off", *words]
    done = subprocess.run(command, cwd=where, env=ALONE, capture_output=True, check=True)
    return done.stdout.decode()


def by_git(where: Path) -> set[str]:
    told = git("ls-files", "-coz", "--exclude-standard", where=where)
    return {name.replace("/", os.sep) for name in told.split("\0") if name.endswith(".ipynb")}


def make(where: Path, names: Iterable[str]) -> None:
    for name in names:
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def native(*names: str) -> list[str]:
    return [name.replace("/", os.sep) for name in names]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one; no repository is above it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repository(here: Path) -> Path:
    git("init", "--quiet", where=here)
    return here


def test_without_a_path_the_current_folder_is_meant(here: Path) -> None:
    make(here, ["b.ipynb", "a/z.ipynb", "a/b/c.ipynb", "a.ipynb", "a.py", "a.ipynb.bak"])
    assert list(find([])) == native("a.ipynb", "b.ipynb", "a/z.ipynb", "a/b/c.ipynb")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (".", "a/b.ipynb"),
        ("./", "a/b.ipynb"),
        ("a", "a/b.ipynb"),
        ("./a//", "a/b.ipynb"),
        ("a/b.ipynb", "a/b.ipynb"),
        ("./a/./b.ipynb", "a/b.ipynb"),
        ("../here", "../here/a/b.ipynb"),
        ("a/..", "a/../a/b.ipynb"),
    ],
)
def test_a_path_is_shown_as_its_reader_knows_it(
    given: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "here", ["a/b.ipynb"])
    monkeypatch.chdir(tmp_path / "here")
    assert list(find([given.replace("/", os.sep)])) == native(shown)


def test_an_absolute_folder_gives_absolute_paths(tmp_path: Path) -> None:
    make(tmp_path, ["a.ipynb"])
    assert list(find([str(tmp_path)])) == [str(tmp_path / "a.ipynb")]


def test_a_file_that_the_user_names_is_taken_whatever_it_is(repository: Path) -> None:
    make(repository, ["notes.json", ".ipynb_checkpoints/a.ipynb", "secret.ipynb"])
    (repository / ".gitignore").write_text("secret*\n")
    named = native("notes.json", ".ipynb_checkpoints/a.ipynb", "secret.ipynb")
    assert list(find(named)) == named
    assert list(find([])) == []


def test_a_folder_that_the_user_names_is_walked_whatever_it_is(repository: Path) -> None:
    make(repository, [".venv/pyvenv.cfg", ".venv/a.ipynb", "build/b.ipynb"])
    (repository / ".gitignore").write_text("build/\n")
    assert list(find([".venv", "build"])) == native(".venv/a.ipynb", "build/b.ipynb")


@pytest.mark.parametrize(
    "name",
    [
        ".ipynb_checkpoints/x-checkpoint.ipynb",
        ".git/x.ipynb",
        ".venv/x.ipynb",
        "node_modules/p/x.ipynb",
        "deep/__pycache__/x.ipynb",
        ".nox/x.ipynb",
        ".tox/x.ipynb",
    ],
)
def test_folders_of_tools_are_passed_over(name: str, here: Path) -> None:
    make(here, [name, "a.ipynb"])
    assert list(find([])) == ["a.ipynb"]


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history"])
def test_environments_are_passed_over_whatever_their_name(mark: str, here: Path) -> None:
    make(here, [f"py/{mark}", "py/lib/x.ipynb", "py.ipynb", "python/y.ipynb"])
    assert list(find([])) == native("py.ipynb", "python/y.ipynb")


def test_a_folder_with_the_suffix_is_walked(here: Path) -> None:
    make(here, ["odd.ipynb/a.ipynb"])
    assert list(find([])) == native("odd.ipynb/a.ipynb")


def test_a_file_comes_once_however_often_it_is_named(here: Path) -> None:
    make(here, ["a/b.ipynb", "a/c.ipynb"])
    twice = [*native("a/c.ipynb", "./a/c.ipynb"), str(here / "a" / "c.ipynb"), "a", "."]
    assert list(find(twice)) == native("a/c.ipynb", "a/b.ipynb")


def test_a_walk_can_be_walked_again(here: Path) -> None:
    make(here, ["a.ipynb"])
    walk = find([])
    assert list(walk) == list(walk) == ["a.ipynb"]


# Links.


@on_posix
def test_a_file_goes_by_its_own_name_before_those_of_links(here: Path) -> None:
    make(here, ["z/real.ipynb"])
    (here / "a.ipynb").symlink_to("z/real.ipynb")
    (here / "b").symlink_to("z")
    assert list(find([])) == ["z/real.ipynb"]
    assert list(find(["a.ipynb", "."])) == ["a.ipynb"]


@on_posix
def test_what_lies_elsewhere_is_reached_through_a_link(tmp_path: Path, here: Path) -> None:
    make(tmp_path, ["course/a.ipynb", "data/one.ipynb", "data/sub/two.ipynb"])
    (here / "course" / "data").symlink_to(tmp_path / "data")
    (here / "course" / "again").symlink_to(tmp_path / "data")
    found = ["course/a.ipynb", "course/again/one.ipynb", "course/again/sub/two.ipynb"]
    assert list(find(["course"])) == found


@on_posix
def test_links_that_loop_are_followed_no_further(here: Path) -> None:
    make(here, ["a/b/c.ipynb"])
    (here / "a" / "b" / "up").symlink_to("..")
    (here / "a" / "b" / "top").symlink_to("/")
    (here / "a" / "b" / "self").symlink_to("self")
    walk = find(["a"])
    assert list(walk) == ["a/b/c.ipynb"]
    assert [remark.partition(" ")[0] for remark in walk.remarks] == ["a/b/self"]


@on_posix
def test_two_folders_that_link_to_each_other_are_walked_once(here: Path) -> None:
    make(here, ["a/1.ipynb", "b/2.ipynb"])
    (here / "a" / "b").symlink_to("../b")
    (here / "b" / "a").symlink_to("../a")
    assert list(find([])) == ["a/1.ipynb", "b/2.ipynb"]
    assert list(find(["a"])) == ["a/1.ipynb", "a/b/2.ipynb"]


@on_posix
def test_a_link_to_an_ignored_name_is_passed_over(repository: Path) -> None:
    make(repository, ["node_modules/x.ipynb", ".venv/x.ipynb", "data/x.ipynb"])
    (repository / ".gitignore").write_text("data/\n")
    (repository / "lib").mkdir()
    for name in ("node_modules", ".venv", "data"):
        (repository / "lib" / name).symlink_to(f"../{name}")
    assert list(find([])) == []


@on_posix
def test_a_link_that_leads_nowhere_is_remarked(here: Path) -> None:
    (here / "a.ipynb").symlink_to("gone.ipynb")
    walk = find([])
    assert list(walk) == []
    assert walk.remarks == ["a.ipynb is passed over: No such file or directory"]


# What the system refuses, and names that are no text.


@on_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read_is_remarked(here: Path) -> None:
    make(here, ["a/x.ipynb", "b.ipynb"])
    (here / "a").chmod(0)
    walk = find([])
    try:
        assert list(walk) == ["b.ipynb"]
    finally:
        (here / "a").chmod(0o700)
    assert walk.remarks == ["a/ is passed over: Permission denied"]


@on_posix
@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_names_that_are_no_text_are_remarked(here: Path) -> None:
    os.mkdir(os.fsencode(here) + b"/folder\xff")
    for name in (b"/caf\xe9.ipynb", b"/folder\xff/a.ipynb", b"/caf\xe9.txt"):
        with open(os.fsencode(here) + name, "wb"):
            pass
    make(here, ["caf\u00e9.ipynb"])
    walk = find([])
    assert list(walk) == ["caf\u00e9.ipynb"]
    assert walk.remarks == [
        r"caf\udce9.ipynb is passed over: its name is no UTF-8",
        r"folder\udcff/ is passed over: its name is no UTF-8",
    ]


@on_posix
def test_what_is_no_file_is_not_opened(here: Path) -> None:
    if sys.platform != "win32":  # told to type checkers
        os.mkfifo(here / "pipe.ipynb")
    (here / "link.ipynb").symlink_to("pipe.ipynb")
    assert list(find([])) == []


def test_folders_may_lie_deeper_than_python_calls(here: Path) -> None:
    name = os.path.join(*["d"] * 200, "a.ipynb")
    make(here, [name])
    most = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert list(find([])) == [name]
    finally:
        sys.setrecursionlimit(most)


# Paths that are not there.


def test_a_path_that_is_not_there_is_refused_before_anything_is_given(here: Path) -> None:
    make(here, ["lesson1.ipynb"])
    with pytest.raises(UsageError, match=r"no 'leson1.ipynb'; did you mean 'lesson1.ipynb'\?"):
        find(["lesson1.ipynb", "leson1.ipynb"])


@pytest.mark.parametrize("name", ["", "nowhere/at/all", "a.ipynb/b", "a\0b", "x" * 5000])
def test_no_path_leads_to_a_traceback(name: str, here: Path) -> None:
    make(here, ["a.ipynb"])
    with pytest.raises(UsageError):
        find([name])


# What is ignored.

TREE = [
    *("a.ipynb", "draft-a.ipynb", "build/b.ipynb", "src/build/c.ipynb", "src/keep/d.ipynb"),
    *("src/keep/deep/e.ipynb", "src/drop/f.ipynb", "docs/_build/g.ipynb", "docs/h.ipynb"),
    *("with blank.ipynb", "#odd.ipynb", "!odd.ipynb", "[x].ipynb", "caf\u00e9.ipynb"),
    *("env/lib/i.ipynb", "x/y/z/j.ipynb", "x/z/k.ipynb", "x/z.ipynb", "Upper/L.ipynb"),
]


@pytest.mark.parametrize(
    "lines",
    [
        ["build"],
        ["build/"],
        ["/build"],
        ["src/build/"],
        ["*.ipynb", "!a.ipynb"],
        ["*", "!*/", "!a.ipynb", "!e.ipynb"],
        ["/*", "!/src"],
        ["/src/*", "!/src/keep/"],
        ["src/", "!src/keep/d.ipynb"],
        ["*.ipynb", "build/", "!build/"],
        ["**/z"],
        ["x/**"],
        ["x/**/z"],
        ["**/y/**", "docs/**/g.ipynb"],
        ["# build", "\\#odd.ipynb", "\\!odd.ipynb"],
        ["\\[x].ipynb"],
        ["[[]x].ipynb"],
        ["with blank.ipynb   "],
        ["with\\ blank.ipynb"],
        ["*k.ipynb\\ "],
        ["[a-c].ipynb", "[!a-h].ipynb"],
        ["[[:upper:]]*"],
        ["caf\u00e9*"],
        ["a.ipynb\r", "\ufeffbuild"],
        ["?.ipynb", "!?.ipynb"],
        ["/x[!a]z.ipynb", "x[+-9]z", "x?z.ipynb", "/x*z.ipynb"],
        ["draft-*"],
        ["d[", "build\\", "[", "[!]", "[^]", "!", "/", "//", "***", ""],
        ["upper"],
    ],
    ids=" ".join,
)
def test_what_is_ignored_is_what_git_ignores(lines: list[str], repository: Path) -> None:
    make(repository, TREE)
    (repository / ".gitignore").write_text("\n".join(lines), "utf-8", newline="")
    assert set(find([])) == by_git(repository)


def test_the_lines_nearest_to_a_notebook_decide(repository: Path) -> None:
    make(repository, TREE)
    (repository / ".gitignore").write_text("*.ipynb\ndeep/\nx/z/\n")
    (repository / "src" / ".gitignore").write_text("!*.ipynb\n/build/c.ipynb\n")
    (repository / "src" / "keep" / ".gitignore").write_text("d.ipynb\n!deep/\n")
    (repository / "x" / ".gitignore").write_text("!z.ipynb\n")
    assert (
        set(find([]))
        == by_git(repository)
        == {*native("src/drop/f.ipynb", "src/keep/deep/e.ipynb", "x/z.ipynb")}
    )


def test_lines_above_the_given_folder_count_up_to_the_root(repository: Path) -> None:
    make(repository, TREE)
    (repository / ".gitignore").write_text("/src/keep/d.ipynb\ndeep/\n")
    assert list(find(native("src/keep"))) == []


def test_lines_above_count_only_in_a_repository(here: Path) -> None:
    make(here, ["course/a.ipynb", "course/b.ipynb"])
    (here / ".gitignore").write_text("a.ipynb\n")
    (here / "course" / ".gitignore").write_text("b.ipynb\n")
    assert list(find(["course"])) == native("course/a.ipynb")


def test_a_repository_in_a_repository_has_its_own_lines(repository: Path) -> None:
    make(repository, ["inner/a.ipynb", "inner/b.ipynb"])
    (repository / ".gitignore").write_text("a.ipynb\n")
    git("init", "--quiet", where=repository / "inner")
    (repository / "inner" / ".gitignore").write_text("b.ipynb\n")
    assert list(find([])) == list(find(["inner"])) == native("inner/a.ipynb")


def test_lines_that_are_not_shared_count_in_worktrees_too(repository: Path) -> None:
    make(repository, ["a.ipynb", "b.ipynb"])
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--allow-empty", "-mx",
        where=repository)  # fmt: skip
    git("worktree", "add", "--quiet", "tree", where=repository)
    make(repository, ["tree/a.ipynb", "tree/c.ipynb"])
    (repository / ".git" / "info" / "exclude").write_text("a.ipynb\n")
    assert by_git(repository / "tree") == {"c.ipynb"}
    assert list(find([])) == native("b.ipynb", "tree/c.ipynb")


def test_the_file_of_those_who_search_goes_before_that_of_git(here: Path) -> None:
    make(here, ["a.ipynb", "b.ipynb"])
    (here / ".gitignore").write_text("a.ipynb\n")
    (here / ".ignore").write_text("!a.ipynb\nb.ipynb\n")
    assert list(find([])) == ["a.ipynb"]


def test_an_ignore_file_that_is_none_does_no_harm(here: Path) -> None:
    make(here, ["a.ipynb", ".gitignore/x", "b/c.ipynb"])
    (here / "b" / ".gitignore").write_bytes(b"\xff\xfe\x00*[\x00")
    assert list(find([])) == native("a.ipynb", "b/c.ipynb")


def test_a_line_of_many_wildcards_takes_no_time(here: Path) -> None:
    make(here, ["a" * 200 + ".ipynb"])
    (here / ".gitignore").write_text("*a" * 40 + "*b.ipynb\n" + "**/" * 30 + "*a" * 40 + "*c*\n")
    started = time.process_time()
    assert len(list(find([]))) == 1
    assert time.process_time() - started < 1


PIECES = ["a", "b", "ab", "*", "?", "[ab]", "[!a]", "[^b]", "[a-b]", "[b-a]", "[]a]", "[", "[!/]"]
PIECES += ["*.ipynb", ".ipynb", "a.ipynb", "\\a", "\\ ", " ", "#", "!", "[[:alpha:]]", "]", "[^"]
# Before 2.52 git took the stars of `a**` for any folders, other than it says.
PARTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(
    lambda pieces: re.sub(r"[*]+", "*", "".join(pieces))
)
LINES = st.lists(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "", "!", "#"]),
        st.sampled_from(["", "", "/", "**/"]),
        st.lists(PARTS | st.just("**"), min_size=1, max_size=3).map("/".join),
        st.sampled_from(["", "", "/", "/**", " ", "\r"]),
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def forest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with names that lines can be about in many ways."""
    root = tmp_path_factory.mktemp("forest")
    git("init", "--quiet", where=root)
    for folder in ("", "a/", "b/", "a/b/", "a/a/", "b/ab/"):
        make(root, [f"{folder}{name}.ipynb" for name in ("", "a", "b", "ab", "a b", "#a", "[a")])
    return root


def same_as_git(forest: Path, *texts: Sequence[str]) -> bool:
    for folder, lines in zip(("", "a", "a/b"), texts, strict=True):
        (forest / folder / ".gitignore").write_text("\n".join(lines), newline="")
    return {os.path.relpath(path, forest) for path in find([str(forest)])} == by_git(forest)


@settings(max_examples=10)
@given(root=LINES, inner=LINES, deep=LINES)
def test_any_lines_mean_what_they_mean_to_git(
    root: Sequence[str], inner: Sequence[str], deep: Sequence[str], forest: Path
) -> None:
    assert same_as_git(forest, root, inner, deep)


@pytest.mark.slow
@settings(max_examples=150)
@given(root=LINES, inner=LINES, deep=LINES)
def test_any_of_many_more_lines_mean_what_they_mean_to_git(
    root: Sequence[str], inner: Sequence[str], deep: Sequence[str], forest: Path
) -> None:
    assert same_as_git(forest, root, inner, deep)


# What the project or the command excludes.


def test_what_is_excluded_is_passed_over_whatever_ignore_files_say(here: Path) -> None:
    make(here, ["a.ipynb", "old/b.ipynb", "src/old/c.ipynb", "src/d.ipynb"])
    (here / ".gitignore").write_text("!old/\n")
    assert list(find([], ["old", "/a.*"])) == native("src/d.ipynb")


def test_what_is_excluded_is_about_the_folder_of_the_settings(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(here, ["src/a.ipynb", "src/src/b.ipynb", "src/c.ipynb"])
    monkeypatch.chdir(here / "src")
    assert list(find([], ["src/a.ipynb"], str(here))) == native("c.ipynb", "src/b.ipynb")
    assert list(find([], ["src/b.ipynb"])) == ["a.ipynb", "c.ipynb"]


def test_what_is_excluded_is_taken_when_it_is_named(here: Path) -> None:
    make(here, ["old/b.ipynb"])
    assert list(find(native("old/b.ipynb"), ["old"])) == native("old/b.ipynb")
    assert list(find(["old"], ["old"])) == native("old/b.ipynb")


def test_a_thousand_notebooks_are_found_in_no_time(repository: Path) -> None:
    make(repository, (f"{n % 10}/{n // 10}/{k}.ipynb" for n in range(100) for k in range(10)))
    lines = ["build/", "*.egg-info/", "*.py[cod]", ".env", "docs/_build/", "*.log"] * 16
    (repository / ".gitignore").write_text("\n".join([*lines, "Untitled*.ipynb"]))
    started = time.process_time()
    assert len(list(find([]))) == 1000
    assert time.process_time() - started < 0.15  # it takes a tenth of that
