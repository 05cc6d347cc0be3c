"""What cannot be read is said, and what does not answer holds nobody up."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ipymod.checks import REGISTRY
from ipymod.launchers import Surroundings, command, files
from ipymod.launchers.unread import noting, silent
from ipymod.report import build
from ipymod.survey import survey, this_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUSE = "/dev/fuse"
as_root = pytest.mark.skipif(
    not (sys.platform == "linux" and os.geteuid() == 0 and os.path.exists(FUSE)),
    reason="a directory that hangs needs root and /dev/fuse",
)


@contextmanager
def hanging(directory: Path) -> Iterator[str]:
    """A file system whose program never answers, as that of a server that is gone."""
    directory.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    program = os.open(FUSE, os.O_RDWR)
    options = f"fd={program},rootmode=40000,user_id=0,group_id=0".encode()
    path = os.fsencode(directory)
    if libc.mount(b"nobody", path, b"fuse", 0, options):
        os.close(program)
        pytest.skip(f"/dev/fuse cannot be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        yield str(directory)
    finally:
        os.close(program)  # whoever waits gets an error now
        libc.umount2(path, 2)


def launcher(directory: Path) -> str:
    directory.mkdir()
    path = directory / "pip"
    path.write_text(f"#!{sys.executable}\nimport pip\n", "utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.slow
@as_root
def test_a_directory_that_hangs_is_passed_over_and_said(tmp_path: Path) -> None:
    pip = launcher(tmp_path / "bin")
    with hanging(tmp_path / "gone") as gone:
        here = replace(Surroundings.now(), path=(gone, str(tmp_path / "bin"), "/usr/bin"))
        kernel = this_kernel()
        start = time.monotonic()
        facts = survey(replace(kernel, path=(*kernel.path, gone)), here)
        assert time.monotonic() - start < 10
        assert facts.unread == (f"{gone}: no answer within 1 s",)
        assert facts.pip is not None
        assert (facts.pip.path, facts.pip.state) == (pip, "unknown")
        report = build(facts, REGISTRY)
        assert not [each for each in report.problems if each.code == "WP101"]
        for text in (report.text(), report.html(), report.markdown()):
            assert "no answer within 1 s" in text.replace("\n", " ")


@as_root
def test_a_directory_that_hangs_behind_a_command_changes_nothing_about_it(tmp_path: Path) -> None:
    launcher(tmp_path / "bin")
    with hanging(tmp_path / "gone") as gone:
        here = replace(Surroundings.now(), path=(str(tmp_path / "bin"), gone))
        assert silent(here.path, 0.2) == (gone,)
        found = command("pip", replace(here, silent=(gone,)))
        assert found is not None
        assert found.state == "ok"


def test_directories_that_answer_cost_nothing(tmp_path: Path) -> None:
    many = [str(tmp_path), "/nowhere", str(tmp_path / "\0")] * 300
    start = time.monotonic()
    assert silent(many) == ()
    assert time.monotonic() - start < 0.9


@pytest.mark.skipif(sys.platform == "win32", reason="links in a circle are made as on POSIX")
def test_what_is_there_and_cannot_be_read_is_noted(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with noting() as noted:
        assert files.names(str(loop)) == []
        assert files.names(str(tmp_path / "nowhere")) == []
        assert files.head(str(tmp_path)) is None
    assert list(noted) == [str(loop)]
    assert files.names(str(loop)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_folder_that_may_not_be_listed_is_named_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    real = os.listdir

    def refusing(path: str = ".") -> list[str]:
        if path == str(shut):  # root may list all, and tests often run as root
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "listdir", refusing)
    kernel = this_kernel()
    facts = survey(replace(kernel, path=(*kernel.path, str(shut))), Surroundings.now())
    assert f"{shut}: Permission denied" in facts.unread
