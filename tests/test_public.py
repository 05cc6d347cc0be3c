"""What the project never holds: the paths of a machine that it was made on."""

from __future__ import annotations

import re
import subprocess

import pytest

from environments import REPOSITORY

HOME = re.compile(rb"/(?:root|home|Users)/(?!ada\b|me\b|u\b|user\b|jovyan\b|x\b|somebody\b)\w+")
LISTED = subprocess.run(
    ["git", "ls-files", "src", "notebooks", "docs", "binder", "*.md", "*.toml"],  # noqa: S607  whichever git is here
    cwd=REPOSITORY,
    capture_output=True,
    text=True,
    check=False,  # an unpacked source distribution is no checkout
).stdout.split("\n")
FILES = sorted(filter(None, LISTED))


@pytest.mark.parametrize("path", FILES)
def test_no_file_names_somebodys_home(path: str) -> None:
    assert HOME.findall((REPOSITORY / path).read_bytes()) == []
