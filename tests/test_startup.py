"""`ipymod enable`, `disable` and `status`: one file of ours, and nothing of anybody else's."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environments import environment
from generations import GENERATIONS
from ipymod.cli import main
from ipymod.launchers import Surroundings
from ipymod.startup import file, places

Captured = pytest.CaptureFixture[str]

OURS = Path("profile_default", "startup", file.NAME)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's IPython folder, not yet made; home and environment are made ones, too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    return tmp_path / "ipython"


@pytest.fixture
def ours(folder: Path) -> Path:
    """Our file in the default profile, after `ipymod enable --user`."""
    assert main(["enable", "--user"]) == 0
    return folder / OURS


def tree(folder: Path) -> dict[str, bytes | None]:
    """All below a folder: the bytes of each file, None for a folder."""
    return {
        str(each.relative_to(folder)): each.read_bytes() if each.is_file() else None
        for each in folder.rglob("*")
    }


def lay(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


# -- undone exactly

OTHERS = st.dictionaries(
    st.sampled_from(
        [
            "README",
            "profile_default/history.sqlite",
            "profile_default/ipython_config.py",
            "profile_default/ipython_kernel_config.json",
            "profile_default/startup/00-mine.py",
            "profile_default/startup/README",
            "profile_default/startup/ipymod.py",
            "profile_P/startup/50-ipymod.py.bak",
        ]
    ),
    st.one_of(
        st.binary(max_size=20),
        st.dictionaries(st.text(), st.lists(st.text())).map(lambda told: json.dumps(told).encode()),
    ),
)
TURNS = st.lists(st.sampled_from(["enable", "disable"]), max_size=4)


@settings(max_examples=25)  # each takes a fortieth of a second
@given(others=OTHERS, turns=TURNS)
def test_whatever_is_there_disable_leaves_what_enable_found(
    others: dict[str, bytes], turns: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / OURS
        lay(folder, others)
        before = tree(folder)
        for turn in turns:
            (file.write if turn == "enable" else file.remove)(str(path))
            assert path.exists() == file.is_on(str(path)) == (turn == "enable")
            assert before.items() <= tree(folder).items()
        file.remove(str(path))
        assert tree(folder) == before


@pytest.mark.parametrize("options", [[], ["--sys-prefix"], ["--user"], ["--profile", "P"]])
def test_of_each_place_it_is_undone_by_the_same_options(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "ipython" / "profile_P").mkdir(parents=True)
    before = tree(tmp_path)
    assert main(["enable", *options]) == 0
    made = tree(tmp_path).keys() - before.keys()
    expected = {"--user": "default", "--profile": "profile_P"}.get("".join(options[:1]), "prefix")
    assert len([each for each in made if each.endswith(file.NAME) and expected in each]) == 1
    assert main(["disable", *options]) == 0
    assert tree(tmp_path) == before


def test_twice_is_once(ours: Path, capsys: Captured) -> None:
    before = (ours.read_bytes(), ours.stat().st_mtime_ns)
    assert main(["enable", "--user"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(" for ")[0] for line in told] == ["ipymod is on already"]
    assert (ours.read_bytes(), ours.stat().st_mtime_ns) == before


def test_disable_says_that_it_was_off_already_and_where_it_is_on(
    ours: Path, capsys: Captured
) -> None:
    assert ours.exists()
    capsys.readouterr()
    assert main(["disable"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"ipymod is off already for all kernels of {sys.prefix}: ")
    assert told[1:] == ["It is on for your kernels of profile default: ipymod disable --user"]


def test_a_folder_that_somebody_filled_meanwhile_stays(ours: Path, folder: Path) -> None:
    (ours.parent / "README").touch()
    main(["disable", "--user"])
    assert tree(folder).keys() == {
        "profile_default",
        str(OURS.parent),
        str(OURS.parent / "README"),
    }


def test_an_empty_folder_that_was_there_stays(folder: Path) -> None:
    (folder / "profile_default").mkdir(parents=True)
    main(["enable", "--user"])
    main(["disable", "--user"])
    assert tree(folder) == {"profile_default": None}


def test_a_copy_with_the_line_ends_of_another_system_is_ours(ours: Path) -> None:
    text = ours.read_bytes().replace(b"\r\n", b"\n")
    ours.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert main(["status"]) == 0
    assert main(["disable", "--user"]) == 0
    assert not ours.exists()


# -- what is not ours stays


def changed(path: Path) -> None:
    file.write(str(path))
    path.write_text(path.read_text() + "import numpy\n")


def linked(path: Path) -> None:
    file.write(str(path))
    path.rename(path.with_suffix(".txt"))
    path.symlink_to(path.with_suffix(".txt"))


NOT_OURS = {
    "another file": lambda path: path.write_text("import numpy\n"),
    "an empty file": lambda path: path.touch(),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "a folder": lambda path: path.mkdir(),
    "ours, changed": changed,
    "half of ours": lambda path: path.write_text("# Folders that were made for it: 1\n"),
    "a link to ours": linked,
    "a link to nothing": lambda path: path.symlink_to("gone"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize("command", ["enable", "disable"])
@pytest.mark.parametrize("make", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_ours_stays_and_one_line_names_it(
    make: Any, command: str, folder: Path, capsys: Captured
) -> None:
    path = folder / OURS
    path.parent.mkdir(parents=True)
    make(path)
    before = tree(folder)
    assert main([command, "--user"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"ipymod: {path} ")
    assert told.err.count("\n") == 1
    assert tree(folder) == before
    assert main(["status"]) == 1
    assert f"wrong  your kernels of profile default\n       {path}" in capsys.readouterr().out


@pytest.mark.parametrize("options", [[], ["--user"]])
def test_where_nothing_can_be_written_one_line_says_so(
    options: list[str], tmp_path: Path, capsys: Captured
) -> None:
    for name in ("prefix", "ipython"):
        (tmp_path / name).write_text("no folder")
    before = tree(tmp_path)
    assert main(["enable", *options]) == 1
    told = capsys.readouterr().err
    assert "cannot be written: " in told
    assert told.count("\n") == 1
    assert ("ipymod enable --user" in told) == (not options)
    assert tree(tmp_path) == before


LIMITED = """
import resource, sys
from ipymod.errors import IpymodError
from ipymod.startup import file
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    file.write(sys.argv[1])
except IpymodError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such limits")
def test_a_disk_that_is_full_leaves_nothing_half_done(folder: Path) -> None:
    folder.mkdir()
    command = [sys.executable, "-B", "-c", LIMITED, str(folder / OURS)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == f"{folder / OURS} cannot be written: File too large\n"
    assert tree(folder) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such modes")
def test_others_may_read_it_as_they_may_read_any_new_file(ours: Path) -> None:
    (ours.parent / "new.txt").touch()
    assert ours.stat().st_mode == (ours.parent / "new.txt").stat().st_mode


# -- the file itself


def test_its_name_is_none_that_can_be_imported() -> None:
    assert not Path(file.NAME).stem.isidentifier()


def test_it_gives_no_name_and_takes_none(ours: Path) -> None:
    nodes = list(ast.walk(ast.parse(ours.read_text())))
    assert not [
        each for each in nodes if isinstance(each, ast.Import | ast.ImportFrom | ast.Assign)
    ]
    assert not [each for each in nodes if isinstance(each, ast.ExceptHandler) and each.name]


# -- where IPython looks


def as_ipython_has_it(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    from IPython.paths import get_ipython_dir

    for name in ("IPYTHONDIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ours = places.ipython_dir(Surroundings.now())
    with warnings.catch_warnings(action="ignore"):  # it warns where there are two
        assert ours == os.path.abspath(get_ipython_dir())
    return ours


@pytest.mark.skipif(sys.platform == "win32", reason="it has no XDG_CONFIG_HOME")
@pytest.mark.parametrize(
    ("variables", "made", "expected"),
    [
        ({}, [], ".ipython"),
        ({"IPYTHONDIR": "~/own/"}, ["own"], "own"),
        ({}, [".config/ipython"], ".config/ipython"),
        ({"XDG_CONFIG_HOME": ""}, [".config/ipython"], ".config/ipython"),
        ({}, [".config/ipython", ".ipython"], ".ipython"),
        ({"IPYTHONDIR": "~/own"}, [".config/ipython"], "own"),
    ],
)
def test_the_users_folder_is_where_ipython_has_it(
    variables: dict[str, str],
    made: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for each in made:
        (tmp_path / each).mkdir(parents=True)
    assert as_ipython_has_it(variables, monkeypatch) == str((tmp_path / expected).resolve())


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_in_place_of_the_old_folder_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "ipython").symlink_to(tmp_path / "real")
    assert as_ipython_has_it({}, monkeypatch) == str(tmp_path.resolve() / ".ipython")


def test_on_windows_it_lies_in_the_home_folder_whatever_else_is_there(tmp_path: Path) -> None:
    (tmp_path / ".config" / "ipython").mkdir(parents=True)
    here = Surroundings((), str(tmp_path), {"PROGRAMDATA": "data"}, str(tmp_path), "Windows")
    assert places.ipython_dir(here) == str(tmp_path.resolve() / ".ipython")
    (place,) = places.of_system(here)
    assert place.path == os.path.join("data", "ipython", "startup", file.NAME)


ASKED = """
import os, sys
sys.prefix = sys.argv[1]
from IPython.core import application
print(*application.ENV_CONFIG_DIRS, *application.SYSTEM_CONFIG_DIRS, sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="its folder holds for some versions only")
@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_other_folders_are_those_of_ipython(generation: str) -> None:
    command = [environment(generation), "-c", ASKED, sys.prefix]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [places.of_environment(sys.prefix), *places.of_system(Surroundings.now())]
    assert [each.path for each in found] == [
        os.path.join(each, "startup", file.NAME) for each in told
    ]


# -- profiles


def kernelspec(folder: Path, *words: str) -> None:
    """Register a kernel that is started with these words."""
    file = folder / "kernels" / "own" / "kernel.json"
    file.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *words]
    file.write_text(json.dumps({"argv": argv, "display_name": "own", "language": "python"}))


def test_a_profile_that_is_not_there_is_not_made(folder: Path, capsys: Captured) -> None:
    (folder / "profile_analysis").mkdir(parents=True)
    assert main(["enable", "--profile", "analisys"]) == 2
    told = capsys.readouterr().err
    assert f"no profile 'analisys' in {folder}; known: default, analysis; " in told
    assert tree(folder) == {"profile_analysis": None}


@pytest.mark.parametrize(
    "words", [["--profile=P"], ["--profile", "P"], ["--IPKernelApp.profile=P"]]
)
def test_a_profile_that_no_kernel_starts_with_is_told(
    words: list[str],
    folder: Path,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    (folder / "profile_P").mkdir(parents=True)
    assert main(["enable", "--profile", "P"]) == 0
    assert "starts with profile P" in capsys.readouterr().out
    assert main(["status"]) == 1
    assert "starts with profile P" in capsys.readouterr().out
    kernelspec(tmp_path / "jupyter", *words)
    assert main(["status"]) == 0
    assert "starts with profile P" not in capsys.readouterr().out


# -- status


def test_status_tells_each_place(ours: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"off    all kernels of {sys.prefix}",
        f"       {os.path.join(sys.prefix, 'etc', 'ipython', 'startup', file.NAME)}",
        "on     your kernels of profile default",
        f"       {ours}",
    ]


def test_status_says_that_it_is_on_nowhere(capsys: Captured) -> None:
    assert main(["status"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "No kernel loads ipymod when it starts; `ipymod enable` makes them do so."
    assert len(told) == 5


def test_status_says_that_ipython_looks_elsewhere(
    tmp_path: Path, folder: Path, capsys: Captured
) -> None:
    path = tmp_path / ".ipython" / OURS
    file.write(str(path))
    assert main(["status"]) == 1
    told = capsys.readouterr().out
    assert main(["disable"]) == 0  # it has no option that would name that one
    assert "It is on" not in capsys.readouterr().out
    assert f"{path}\n       no kernel that starts from here runs it: IPYTHONDIR is {folder}" in told


@pytest.mark.parametrize("given", ["own", "", "."])
def test_status_says_that_each_kernel_looks_elsewhere(
    given: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", given)
    assert main(["enable", "--user"]) == 0
    assert main(["status"]) == 1
    assert f"IPYTHONDIR is {given!r}, and each kernel reads that" in capsys.readouterr().out


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="who is root may write everywhere"
)
def test_a_folder_that_became_read_only_is_told(ours: Path, folder: Path, capsys: Captured) -> None:
    for each in (folder, ours.parent):
        each.chmod(0o555)
    try:
        assert main(["status"]) == 1
        assert f"{folder} is not writable" in capsys.readouterr().out
        assert main(["disable", "--user"]) == 1
        assert "cannot be removed: Permission denied" in capsys.readouterr().err
    finally:
        for each in (folder, ours.parent):
            each.chmod(0o755)
    assert ours.exists()


# -- how it is asked


@pytest.mark.parametrize(
    "words",
    [
        ["enable", "--user", "--sys-prefix"],
        ["enable", "--sys-prefix", "--profile", "default"],
        ["enable", "--profile"],
        ["enable", "--profile", ""],
        ["enable", "--profile", "../.."],
        ["enable", "--system"],
        ["disable", "all"],
        ["status", "--user"],
    ],
)
def test_wrong_use_ends_with_status_2_and_one_line(
    words: list[str], tmp_path: Path, capsys: Captured
) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("command", ["enable", "disable", "status"])
def test_help_fits_a_terminal(command: str, capsys: Captured) -> None:
    assert main([command, "--help"]) == 0
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: ipymod {command}")
    assert f"\n  {command} " in told
    assert max(map(len, told.splitlines())) <= 80
