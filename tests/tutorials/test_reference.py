"""The reference has every option and every check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ipymod.commands import COMMANDS
from ipymod.commands.completion import parser_of
from ipymod.commands.explain import chapters
from ipymod.run.options import OPTIONS
from ipymod.whichpip import parser
from tutorials.books import FOLDER, read, source

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from tutorials.books import Ran

NAME = "reference.ipynb"
# They change files of the user's kernels, and so are shown in a manual alone.
ONLY_IN_THE_MANUAL = {"enable", "disable", "status", "completion"}


def code(prefix: str) -> str:
    """All cells of code whose id begins so."""
    cells = read(FOLDER / NAME)["cells"]
    mine = [cell for cell in cells if cell["cell_type"] == "code" and cell["id"].startswith(prefix)]
    return "\n".join(map(source, mine))


def flags(options: ArgumentParser) -> set[str]:
    """The long options that there are."""
    known = {flag for action in options._actions for flag in action.option_strings}  # noqa: SLF001  argparse tells them nowhere else
    return {flag for flag in known if flag.startswith("--")} - {"--help"}


def missing(wanted: set[str], text: str) -> list[str]:
    return sorted(flag for flag in wanted if not re.search(rf"{flag}\b", text))


def test_every_option_of_pymod_is_at_work() -> None:
    assert missing({option.flag for option in OPTIONS}, code("pymod")) == []


def test_every_option_of_whichpip_is_at_work() -> None:
    assert missing(flags(parser("%whichpip")), code("whichpip")) == []


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - ONLY_IN_THE_MANUAL))
def test_every_option_of_a_command_is_at_work(command: str) -> None:
    options = parser_of(command)
    assert options is not None
    assert missing(flags(options) - flags(parser("%whichpip")), code("")) == []
    assert f"ipymod {command}" in code("")


@pytest.mark.tutorials
def test_every_check_has_its_page(kept: dict[str, Ran]) -> None:
    shown = "".join(kept[NAME].cells.values())
    codes = [check.code for chapter in chapters() for check in chapter.registry]
    assert [code for code in codes if not re.search(rf"^{code}: ", shown, re.MULTILINE)] == []


@pytest.mark.tutorials
def test_every_command_has_its_manual(kept: dict[str, Ran]) -> None:
    shown = "".join(kept[NAME].cells.values())
    assert [name for name in COMMANDS if f"usage: ipymod {name}" not in shown] == []
