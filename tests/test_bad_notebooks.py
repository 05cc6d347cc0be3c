"""A folder that holds every bad notebook at once: all are told and left, the rest goes on."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from ipymod.cli import main
from ipymod.lint.fixing import Fixer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.lint.fixing import Fixed

    Captured = pytest.CaptureFixture[str]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")

COMMAND = b"!pip install numpy"
SAFE = b"%pip install numpy"
TIME = 1_500_000_000


def data_of(*lines: str, language: str = "python", kernel: str = "python3") -> bytes:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
    }
    cell["outputs"] = []
    spec = {"display_name": kernel, "language": language, "name": kernel}
    content = {
        "cells": [cell | {"source": list(lines)}],
        "metadata": {"kernelspec": spec, "language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1).encode() + b"\n"


PLAIN = data_of(COMMAND.decode())
OLD = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}

# What gives no notebook; and a word of what is told of it.
BAD = {
    "pointer.ipynb": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
    "empty.ipynb": (b"", "empty"),
    "blank.ipynb": (b" \r\n\n", "empty"),
    "broken.ipynb": (PLAIN[:100], "no JSON"),
    "conflict.ipynb": (
        b"{\n<<<<<<< HEAD\n" + PLAIN[1:-2] + b"=======\n>>>>>>> b\n}\n",
        "conflict",
    ),
    "old.ipynb": (json.dumps(OLD).encode(), "format is 3"),
    "new.ipynb": (PLAIN.replace(b'"nbformat": 4', b'"nbformat": 5'), "format is 5"),
    "list.ipynb": (b"[1, 2]\n", "a list"),
    "cells.ipynb": (b'{"cells": {}, "nbformat": 4}', "list of cells"),
    "deep.ipynb": (b"[" * 100_000, "no program reads"),
    "utf16.ipynb": (PLAIN.decode().encode("utf-16"), "UTF-8"),
    "half.ipynb": (PLAIN.replace(b"numpy", b"numpy \xed\xa0\xbd"), "UTF-8"),  # raw surrogate
}
# What the system gives no content of.
REMARKED = {
    "loop.ipynb": "symbolic links",
    "nowhere.ipynb": "No such file",
    "pipe.ipynb": "no regular file",
    "to-pipe.ipynb": "no regular file",
}
# Odd, and notebooks all the same: mended like any other, and nothing else of them changes.
ODD = {
    "string.ipynb": re.sub(rb'\[\n +("!pip.*")\n +\]', rb"\1", PLAIN),
    "crlf.ipynb": PLAIN.replace(b"\n", b"\r\n"),
    "bom.ipynb": b"\xef\xbb\xbf" + PLAIN,
    "unended.ipynb": PLAIN.rstrip(b"\n"),
    "schema.ipynb": PLAIN.replace(b'   "outputs": [],\n', b""),
    "surrogate.ipynb": PLAIN.replace(b'"display_name": "', b'"display_name": "\\ud83d '),
}
GOOD = {
    "first.ipynb": PLAIN,
    "x.ipynb/inside.ipynb": PLAIN,
    "sub/last.ipynb": data_of("import os\n", "!pip install numpy"),
}
FOREIGN = {
    "r.ipynb": data_of(COMMAND.decode(), language="R", kernel="ir"),
    "julia.ipynb": data_of(COMMAND.decode(), language="julia", kernel="julia-1.10"),
}
ON_REQUEST = "on-request.ipynb"  # mended by unsafe fixes and another kernelspec alone
NO_PYTHON = "no-python.ipynb"  # a cell with half a character, which Python does not compile
OTHERS = {
    ON_REQUEST: data_of("!python a.py", kernel="mine"),
    NO_PYTHON: data_of(COMMAND.decode() + "\n", "x = '\ud83d'"),
}
NO_TEXT = "caf\udce9.ipynb"
CLOSED = "closed.ipynb"
FIXED_FOLDER = "fixed/a.ipynb"
READ_ONLY = "read-only.ipynb"
WRITTEN = "written.ipynb"  # by another program, between our reading and our writing
MENDED = {**GOOD, **ODD}

_CAPABILITIES = 0x20080522  # version 3 of the kernel's structures: two words a set
_OF_ROOT = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH


@contextmanager
def like_any_user() -> Iterator[bool]:
    """Let the modes of files count for root, too; gives whether they do.

    On Linux a thread can lay its powers down, and take them up again.
    """
    if sys.platform != "linux" or os.geteuid():
        yield sys.platform != "win32" and os.geteuid() != 0
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, now = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, now) == 0
    less = (ctypes.c_uint32 * 6)(*now)
    less[0] &= ~_OF_ROOT
    assert libc.capset(header, less) == 0
    try:
        yield True
    finally:
        assert libc.capset(header, now) == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    contents = {name: data for name, (data, _) in BAD.items()} | MENDED | FOREIGN | OTHERS
    contents |= dict.fromkeys((NO_TEXT, CLOSED, FIXED_FOLDER, READ_ONLY, WRITTEN), PLAIN)
    if sys.platform == "darwin":  # names are UTF-8 there
        del contents[NO_TEXT]
    for name, data in contents.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o640)
        os.utime(path, (TIME, TIME))
    _link(tmp_path)
    (tmp_path / CLOSED).chmod(0)
    (tmp_path / READ_ONLY).chmod(0o444)
    (tmp_path / FIXED_FOLDER).parent.chmod(0o555)
    with like_any_user() as count:
        if not count:
            pytest.skip("modes do not count for root here")
        yield tmp_path
    (tmp_path / FIXED_FOLDER).parent.chmod(0o755)


def _link(folder: Path) -> None:
    (folder / "loop.ipynb").symlink_to("loop.ipynb")
    (folder / "nowhere.ipynb").symlink_to("gone")
    (folder / "sub/up").symlink_to("..")
    (folder / "sub/up.ipynb").symlink_to(folder)
    if sys.platform != "win32":  # told to type checkers
        os.mkfifo(folder / "pipe.ipynb")
    (folder / "to-pipe.ipynb").symlink_to("pipe.ipynb")


State = dict[str, tuple[int, int, int, bytes | str]]


def state_of(folder: Path) -> State:
    """All that lies there: mode, time, number and content of each."""
    found: State = {}
    for here, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(here, name)
            told = os.lstat(path)
            content: bytes | str = ""
            if os.path.islink(path):
                content = os.readlink(path)
            elif S_ISREG(told.st_mode) and name != CLOSED:
                content = Path(path).read_bytes()
            when = 0 if os.path.isdir(path) else told.st_mtime_ns  # a folder notes what was mended
            number = told.st_ino
            found[os.path.relpath(path, folder)] = (told.st_mode, when, number, content)
    return found


def printed(words: str, status: int, capsys: Captured) -> str:
    assert main(words.split()) == status
    captured = capsys.readouterr()
    both = captured.out + captured.err
    assert "Traceback" not in both
    return both


def require_each_bad_is_told(told: str) -> None:
    for name, (_, why) in BAD.items():
        assert re.search(rf"\b{name}\b", told), name
        assert why in told
    for name, why in REMARKED.items():
        assert re.search(rf"^ipymod: {name} is passed over: .*{why}", told, re.MULTILINE), name
    assert CLOSED in told
    if sys.platform != "darwin":
        assert r"caf\udce9.ipynb is passed over: its name is no UTF-8" in told


# Lint.


def paths_in_text(out: str) -> set[str]:
    return set(re.findall(r"^(\S+\.ipynb)(?:(?: cell \d+,)? line \d+)?: NB", out, re.MULTILINE))


def paths_in_json(out: str) -> set[str]:
    return {each["path"] for each in json.loads(out)}


def paths_in_sarif(out: str) -> set[str]:
    results = json.loads(out)["runs"][0]["results"]
    places = [each["locations"][0]["physicalLocation"] for each in results]
    return {place["artifactLocation"]["uri"] for place in places}


def paths_in_junit(out: str) -> set[str]:
    cases = ET.fromstring(out).iter("testcase")  # noqa: S314  our own
    return {case.get("file", "") for case in cases if case.find("failure") is not None}


def paths_in_github(out: str) -> set[str]:
    more = re.findall(r"^(\S+\.ipynb)(?:(?: cell \d+,)? line \d+)?: NB", out, re.MULTILINE)
    return set(re.findall(r"^::(?:error|warning) file=([^,]+),", out, re.MULTILINE)) | set(more)


READERS = {
    "text": paths_in_text,
    "json": paths_in_json,
    "sarif": paths_in_sarif,
    "junit": paths_in_junit,
    "github": paths_in_github,
}


@pytest.mark.parametrize("form", READERS)
def test_lint_tells_all_in_every_format_and_touches_nothing(
    form: str, folder: Path, capsys: Captured
) -> None:
    before = state_of(folder)
    assert main(["lint", "--format", form]) == 1
    captured = capsys.readouterr()
    with_problems = {*BAD, *MENDED, *OTHERS, CLOSED, FIXED_FOLDER, READ_ONLY, WRITTEN}
    assert READERS[form](captured.out) == with_problems  # each once: no link up was followed
    require_each_bad_is_told(captured.err + captured.out.replace("\n  ", " "))
    assert "Traceback" not in captured.out + captured.err
    assert state_of(folder) == before


def test_a_fault_of_the_schema_is_told_beside_what_is_in_the_cells(
    folder: Path, capsys: Captured
) -> None:
    assert folder.is_dir()
    main(["lint", "--format", "json", "schema.ipynb", "bom.ipynb"])
    found = [(each["path"], each["code"]) for each in json.loads(capsys.readouterr().out)]
    assert found == [(name, code) for name in ("schema.ipynb", "bom.ipynb") for code in CODES]


CODES = ("NB407", "NB101")

# Fix.


@pytest.fixture
def saved_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Let another program save a notebook after it was read; gives what it saves."""
    saved = data_of("!pip install saved")
    whole = Fixer.fix

    def fix(self: Fixer, path: str, data: bytes) -> Fixed:
        if path == WRITTEN:
            (folder / path).write_bytes(saved)
            os.utime(folder / path, (TIME, TIME))
        return whole(self, path, data)

    monkeypatch.setattr(Fixer, "fix", fix)
    return saved


@pytest.mark.parametrize("options", ["", " --unsafe-fixes --kernelspec python3"])
def test_fix_mends_the_good_and_leaves_the_bad_as_they_are(
    options: str, folder: Path, saved_meanwhile: bytes, capsys: Captured
) -> None:
    before = state_of(folder)
    told = printed(f"fix{options}", 1, capsys)
    require_each_bad_is_told(told)
    for name, why in LEFT.items():
        assert re.search(rf"^ipymod: {name}: left as it is: .*{why}", told, re.MULTILINE), name
    after = state_of(folder)
    assert after.keys() == before.keys()  # no file of ours is left
    for name, data in MENDED.items():
        assert f"{name}: 1 fix\n" in told
        assert after[name][0] == before[name][0]
        assert after[name][3] == data.replace(COMMAND, SAFE), name
    changed = {*MENDED, WRITTEN, *([ON_REQUEST] if options else [])}
    for name in before.keys() - changed:
        assert after[name] == before[name], name
    assert after[WRITTEN][3] == saved_meanwhile
    content = json.loads(after[ON_REQUEST][3])
    asked = (
        ("import sys\n!{sys.executable} a.py", "python3") if options else ("!python a.py", "mine")
    )
    assert ("".join(content["cells"][0]["source"]), kernel_of(content)) == asked


def kernel_of(content: dict[str, Any]) -> str:
    name: str = content["metadata"]["kernelspec"]["name"]
    return name


LEFT = {
    CLOSED: "Permission denied",
    FIXED_FOLDER: "Permission denied",
    READ_ONLY: "read-only",
    WRITTEN: "changed by another program",
}


def test_a_second_fix_has_nothing_left_to_mend(folder: Path, capsys: Captured) -> None:
    printed("fix", 1, capsys)
    before = state_of(folder)
    assert "nothing was mended" in printed("fix", 1, capsys)
    assert state_of(folder) == before


@pytest.mark.parametrize("options", ["", " --unsafe-fixes --kernelspec python3"])
def test_a_diff_shows_the_good_and_tells_the_bad_and_touches_nothing(
    options: str, folder: Path, capsys: Captured
) -> None:
    before = state_of(folder)
    told = printed(f"fix --diff{options}", 1, capsys)
    require_each_bad_is_told(told)
    shown = set(re.findall(r"^\+\+\+ (\S+) cell 1$", told, re.MULTILINE))
    assert shown == {*MENDED, FIXED_FOLDER, READ_ONLY, WRITTEN, *([ON_REQUEST] if options else [])}
    assert state_of(folder) == before


# What is named on the command line.


@pytest.mark.parametrize("command", ["lint", "fix", "fix --diff", "run"])
@pytest.mark.parametrize("name", REMARKED)
def test_what_cannot_be_opened_is_refused_in_one_line_and_never_waited_for(
    command: str, name: str, folder: Path, capsys: Captured
) -> None:
    before = state_of(folder)
    told = printed(f"{command} {name} first.ipynb", 2, capsys)
    assert told.startswith(f"ipymod: '{name}' ")
    assert told.count("\n") == 1
    assert "did you mean" not in told
    assert state_of(folder) == before


# Binder.


def test_binder_lists_what_it_could_not_read(folder: Path, capsys: Captured) -> None:
    before = state_of(folder)
    assert main(["binder", "--json"]) == 1  # it has no kernels for R and Julia
    out = capsys.readouterr().out
    page: dict[str, Any] = json.loads(out)
    assert {each["path"] for each in page["unread"]} == {*BAD, CLOSED}
    looked_at = {*MENDED, *FOREIGN, *OTHERS, FIXED_FOLDER, READ_ONLY, WRITTEN}
    assert set(page["notebooks"]) == looked_at
    remarks = [f"ipymod: {remark}" for remark in page["remarks"]]
    unread = [f"{each['path']}: {each['reason']}" for each in page["unread"]]
    require_each_bad_is_told("\n".join((*remarks, *unread)))
    assert state_of(folder) == before


def test_binder_counts_and_names_what_it_could_not_read(folder: Path, capsys: Captured) -> None:
    before = state_of(folder)
    told = printed("binder", 1, capsys)
    require_each_bad_is_told(told)
    read = len(MENDED) + len(FOREIGN) + len(OTHERS) + 3
    assert f"{read} notebooks looked at; {len(BAD) + 1} more cannot be read" in told
    assert state_of(folder) == before


# Run, which starts kernels.


@pytest.mark.slow
def test_run_executes_the_good_and_tells_the_bad(folder: Path, capsys: Captured) -> None:
    for name in (*MENDED, *FOREIGN, *OTHERS, READ_ONLY, WRITTEN):
        (folder / name).unlink()
    (folder / FIXED_FOLDER).write_bytes(data_of("print(6 * 7)"))
    (folder / "good.ipynb").write_bytes(data_of("print(6 * 7)"))
    before = state_of(folder)
    assert main(["run", "-j2", "--format", "json"]) == 1
    captured = capsys.readouterr()
    outcomes = {each["path"]: each["kind"] or each["status"] for each in json.loads(captured.out)}
    faulty = dict.fromkeys((*BAD, CLOSED), "unreadable")
    assert outcomes == faulty | dict.fromkeys((FIXED_FOLDER, "good.ipynb"), "passed")
    require_each_bad_is_told(captured.err + captured.out)
    assert "Traceback" not in captured.err + captured.out
    assert state_of(folder) == before


# A notebook of 100 MB.

MEASURED = """
import resource, sys, time
from ipymod.cli import main
began = time.perf_counter()
status = main(sys.argv[1:])
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
most *= 1 if sys.platform == "darwin" else 1024
print("\\n", status, time.perf_counter() - began, most)
"""


@pytest.mark.slow
@pytest.mark.parametrize("words", ["lint", "fix --diff"])
def test_a_notebook_of_100_mb_takes_seconds_and_less_than_a_gigabyte(
    words: str, tmp_path: Path
) -> None:
    picture = {"data": {"image/png": "iVBORw0K" * 125_000}, "metadata": {}}
    content = json.loads(PLAIN)
    content["cells"][0]["outputs"] = [picture | {"output_type": "display_data"}] * 100
    path = tmp_path / "large.ipynb"
    path.write_text(json.dumps(content))
    before = path.stat()
    assert before.st_size > 100_000_000
    out = subprocess.run(
        [sys.executable, "-c", MEASURED, *words.split(), "large.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    status, seconds, most = map(float, out.split("\n")[-2].split())
    assert status == 1
    assert SAFE.decode() in out
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert seconds < 30  # the benchmarks measure; this is for what never ends
    assert most < 1 << 30
