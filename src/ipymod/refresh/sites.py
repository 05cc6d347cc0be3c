"""GATHER: the directories in which this interpreter looks for `.pth` files when it starts."""

from __future__ import annotations

import os
import site
import sys


def base_directories() -> list[str]:
    """Those of the base, before which the user's own stands; a venv's own come even earlier."""
    return [os.path.abspath(each) for each in site.getsitepackages([sys.base_prefix])]


def user_directory() -> str:
    """The user's own; empty if this interpreter would not look there."""
    if not site.ENABLE_USER_SITE:  # -s, -I, an isolated environment, another user's rights
        return ""
    place = site.getusersitepackages()
    return os.path.abspath(place) if place else ""


def site_directories() -> list[str]:
    """All of them, whether they are there or not, in the order of start-up."""
    own = [os.path.abspath(each) for each in site.getsitepackages()]
    base = base_directories()
    first = [each for each in own if each not in base]
    user = user_directory()
    return list(dict.fromkeys([*first, *([user] if user else []), *own]))


def lines_of(content: bytes) -> list[str]:
    """The lines of a `.pth` file that Python heeds."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = (line.rstrip() for line in text.splitlines())
    return [line for line in lines if line.strip() and not line.startswith("#")]


def is_code(line: str) -> bool:
    """Whether a line is run, and not taken for a path."""
    return line.startswith(("import ", "import\t"))


def paths_of(directory: str, content: bytes) -> list[str]:
    """The paths that a `.pth` file in this directory adds to `sys.path`, if they are there."""
    lines = [line for line in lines_of(content) if not is_code(line) and "\0" not in line]
    return [os.path.abspath(os.path.join(directory, line)) for line in lines]
