"""Whatever lies on the machine: never a traceback, never a wait, and a verdict."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ipymod.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Report = Callable[..., dict[str, Any]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links"),
]

RUBBISH = bytes(range(256)) * 20
FIRST_LINES = {
    "rubbish": b"#!" + RUBBISH,
    "zeros": b"#!\0\0\0",
    "nothing": b"#!",
    "long": b"#!/" + b"a" * 5000,
    "a folder": b"#!/tmp\n",
    "a program": b"\x7fELF" + RUBBISH,
    "of Windows": b"MZ" + RUBBISH,
    "in UTF-16": "#!/usr/bin/python3\n".encode("utf-16"),
    "empty": b"",
}


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o755)
    return path


@pytest.fixture
def report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Report:
    """Gather and judge with a PATH and with variables; text, HTML and JSON are all written."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def told(*path: str, words: tuple[str, ...] = (), **variables: str) -> dict[str, Any]:
        monkeypatch.setenv("PATH", os.pathsep.join(path))
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        page = tmp_path / "page.html"
        assert main(["whichpip", *words, "--all", "--save", str(page)]) in {0, 1}
        text = capsys.readouterr().out
        assert "problem" in text.splitlines()[0] or text.startswith("OK: ")
        assert main(["whichpip", *words, "--json"]) in {0, 1}
        data: dict[str, Any] = json.loads(capsys.readouterr().out)
        return data

    return told


def state(told: dict[str, Any], name: str = "pip") -> str:
    found = [each["state"] for each in told["commands"] if each["name"] == name]
    return found[0] if found else "absent"


@pytest.mark.parametrize("first", FIRST_LINES.values(), ids=FIRST_LINES)
def test_a_launcher_of_rubbish_leads_nowhere(first: bytes, report: Report, tmp_path: Path) -> None:
    write(tmp_path / "bin" / "pip", first)
    assert state(report(str(tmp_path / "bin"), words=("path",))) in {"broken", "unknown"}


def test_a_launcher_of_many_gigabytes_is_read_no_further_than_it_must(
    report: Report, tmp_path: Path
) -> None:
    pip = write(tmp_path / "bin" / "pip", f"#!{sys.executable}\nimport pip\n".encode())
    os.truncate(pip, 8 << 30)
    assert state(report(str(tmp_path / "bin"), words=("path",))) != "absent"


def test_pipes_in_place_of_commands_are_waited_for_by_nobody(
    report: Report, tmp_path: Path
) -> None:
    for name in ("pip", "python", "uv", "conda", "jupyter"):
        os.mkfifo(tmp_path / name, 0o777)
    assert report(str(tmp_path))["commands"] == []


def test_pipes_in_place_of_files_are_waited_for_by_nobody(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = tmp_path / "home/.local/share/jupyter/kernels/piped"
    venv = tmp_path / ".venv"
    for folder in (kernels, venv / "bin", tmp_path / "home/.config/pip"):
        folder.mkdir(parents=True)
    files = ["pyproject.toml", "uv.toml", ".python-version", "environment.yml", "json.py"]
    places = [kernels / "kernel.json", venv / "pyvenv.cfg", *(tmp_path / name for name in files)]
    for place in (*places, tmp_path / "home/.config/pip/pip.conf"):
        os.mkfifo(place)
    (venv / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    assert report(str(venv / "bin"), VIRTUAL_ENV=str(venv))["schema"] == 1


def test_links_in_a_circle_lead_nowhere(report: Report, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    kernels = tmp_path / "home/.local/share/jupyter"
    kernels.mkdir(parents=True)
    (kernels / "kernels").symlink_to("kernels")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pip").symlink_to("pip")
    loop = str(tmp_path / "loop")
    told = report(loop, str(tmp_path / "bin"), VIRTUAL_ENV=loop, PYTHONPATH=loop)
    assert told["commands"] == []


@pytest.mark.parametrize(
    "entry", ["", ".", "relative", "~/bin", "a file", "new\nline", "\udcff\udcfe"]
)
def test_an_odd_entry_of_path_is_followed_as_a_shell_does(
    entry: str, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    pip = f"#!{sys.executable}\nimport pip\n".encode()
    if entry not in {"~/bin", "a file"}:
        write(tmp_path / entry / "pip", pip)
    monkeypatch.chdir(tmp_path)
    expected = "absent" if entry in {"~/bin", "a file"} else "ok"
    assert state(report(entry, words=("path",), PYTHONPATH=entry)) == expected


def test_a_path_of_a_thousand_entries_is_gone_through(report: Report, tmp_path: Path) -> None:
    folders = [tmp_path / f"{number}" for number in range(500)]
    for folder in folders:
        folder.mkdir()
    write(folders[-1] / "pip", f"#!{sys.executable}\nimport pip\n".encode())
    entries = [
        *map(str, folders[:250]),
        *(f"/none/{n}" for n in range(500)),
        *map(str, folders[250:]),
    ]
    assert state(report(*entries, words=("path",))) == "ok"


@pytest.mark.parametrize(
    "text",
    [
        b'{"argv": [',
        b"[1]",
        b"[" * 100_000,
        RUBBISH,
        b'{"argv": [1, null], "display_name": 5, "env": {"PATH": 7}, "language": []}',
        b'{"argv": ["/x\\u0000y"], "display_name": "\\ud800", "language": "python"}',
        b'{"argv": ["python"], "x": "' + b"x" * 5_000_000 + b'"}',
    ],
    ids=["cut", "a list", "deep", "rubbish", "types", "characters", "huge"],
)
def test_a_kernelspec_of_rubbish_is_told_or_left_out(
    text: bytes, report: Report, tmp_path: Path
) -> None:
    folder = tmp_path / "home/.local/share/jupyter/kernels/odd"
    write(folder / "kernel.json", text)
    told = report(str(tmp_path), words=("kernels",))
    assert {each["code"] for each in told["problems"]} & {"WP201", "WP202"}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with two distributions, whose metadata may be spoilt."""
    at = tmp_path_factory.mktemp("copied") / "v"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(at)], check=True)
    site = next(at.glob("lib/python*/site-packages"))
    for name in ("one", "two", "three"):
        write(site / name / "__init__.py", b"")
        info = site / f"{name}-1.0.dist-info"
        write(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode())
        write(info / "RECORD", f"{name}/__init__.py,,\n".encode())
    return at


def spoil_by_pipes(site: Path) -> None:
    for path in (site / "one-1.0.dist-info/RECORD", site / "two-1.0.dist-info/METADATA"):
        path.unlink()
        os.mkfifo(path)


def spoil_by_rubbish(site: Path) -> None:
    for name in ("RECORD", "METADATA", "direct_url.json"):
        write(site / "one-1.0.dist-info" / name, RUBBISH)
    write(site / "two-1.0.dist-info/direct_url.json", b'{"url": [')
    write(site.parents[2] / "conda-meta/one-1.0-0.json", b"{")
    write(site.parents[2] / "conda-meta/two-1.0-0.json", b'{"name": 5, "files": {}}')


def spoil_by_shape(site: Path) -> None:
    (site / "three-1.0.dist-info/METADATA").unlink()
    (site / "three-1.0.dist-info/METADATA").mkdir()
    (site / "four-1.0.dist-info").symlink_to("four-1.0.dist-info")
    (site / "five-1.0.dist-info").write_text("a file")
    (site / "six-1.0.dist-info").mkdir()
    os.mkdir(os.fsencode(site) + b"/\xff\xfe-1.0.dist-info")


@pytest.mark.parametrize("spoil", [spoil_by_pipes, spoil_by_rubbish, spoil_by_shape])
def test_spoilt_metadata_are_survived(
    spoil: Callable[[Path], None], copied: Path, report: Report, tmp_path: Path
) -> None:
    at = tmp_path / "v"
    shutil.copytree(copied, at, symlinks=True)
    spoil(next(at.glob("lib/python*/site-packages")))
    words = ("packages", "one", "two", "three", "six", "--python", str(at / "bin" / "python"))
    assert len(report("/usr/bin", words=words)["names"]) == 4


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_what_may_not_be_read_is_survived(report: Report, tmp_path: Path) -> None:
    pip = write(tmp_path / "bin" / "pip", f"#!{sys.executable}\nimport pip\n".encode())
    pip.chmod(0o311)
    kernels = tmp_path / "home/.local/share/jupyter/kernels"
    kernels.mkdir(parents=True)
    kernels.chmod(0)
    try:
        assert state(report(str(tmp_path / "bin"))) == "unknown"
    finally:
        kernels.chmod(0o755)
