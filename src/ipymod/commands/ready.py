"""FACE: `ipymod ready`: a folder becomes a check, and a check is held against this Python."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.commands.parser import Parser
from ipymod.console import remark, say
from ipymod.errors import IpymodError, UsageError
from ipymod.legible import legible

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from ipymod.launchers import Surroundings
    from ipymod.ready.make import Made, Wish
    from ipymod.ready.readiness import Readiness


def main(words: Sequence[str]) -> int:
    """Answer `ipymod ready`."""
    asked = parser().parse_args(words)
    if os.path.isdir(asked.path):
        return _make(asked)
    given = [name for name in ("to", "name", "install") if getattr(asked, name) is not None]
    if given or asked.pin:
        option = f"--{given[0]}" if given else "--pin"
        what = "a file" if os.path.exists(asked.path) else "not there"
        raise UsageError(f"{option} is for making a check from a folder; {asked.path} is {what}")
    told = _of_this(asked.path)
    say(told.text(_width()))
    return told.exit_status


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "ready",
        "Make one small file from a course's notebooks, with which students see whether their"
        " Python is ready; or, with such a file, see whether this one is.",
        (
            "ipymod ready course              makes course-ready.py, to send to students",
            "ipymod ready course-ready.py     what a student types in a terminal",
            "%whichpip --ready course-ready.py   the same in a cell",
        ),
    )
    add = options.add_argument
    add("path", metavar="FILE|FOLDER", help="the check, or the folder of the course")
    add("--to", metavar="FILE", help="write the check there (default: NAME-ready.py, here)")
    add("--name", metavar="TITLE", help="of the course (default: that of its project or folder)")
    add("--install", metavar="SPEC", help="what pip installs to have ipymod (default: ipymod)")
    add("--pin", action="store_true", help="older versions than those of this Python will not do")
    return options


def here(path: str) -> None:
    """Answer a check that was started as a program: in a cell it is shown, else it ends Python."""
    import sys

    is_cell = "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None
    try:
        told = _of_kernel(path) if is_cell else _of_this(path)
    except IpymodError as error:
        if is_cell:
            raise
        remark(str(error))
        sys.exit(error.exit_status)
    if is_cell:
        sys.modules["IPython"].display.display(told)
    else:
        say(told.text(_width()))
        sys.exit(told.exit_status)


def _of_this(path: str) -> Readiness:
    """Look at the kernel that this Python would be in the folder of the check."""
    from dataclasses import replace

    from ipymod.commands.whichpip import of_this
    from ipymod.launchers import Surroundings
    from ipymod.ready.readiness import readiness

    around = Surroundings.now()
    folder, kernel = os.path.dirname(os.path.abspath(path)), of_this(around)
    return readiness(path, replace(kernel, cwd=folder, path=("", *kernel.path)), around)


def _of_kernel(path: str) -> Readiness:
    from ipymod.launchers import Surroundings
    from ipymod.ready.readiness import readiness
    from ipymod.survey import this_kernel

    around = Surroundings.now()
    return readiness(path, this_kernel(around), around)


def _width() -> int:
    from ipymod.console import width

    return width()


# -- making one


def _make(asked: Namespace) -> int:
    from ipymod.launchers import Surroundings
    from ipymod.notebooks.find import find
    from ipymod.ready.file import write
    from ipymod.ready.line import slug
    from ipymod.ready.make import make
    from ipymod.ready.program import program

    walk = find([asked.path])
    made = make(asked.path, list(walk), _wish(asked, Surroundings.now()))
    path = asked.to or f"{slug(made.check.name)}-ready.py"
    write(path, program(made.check, os.path.basename(path)))
    for told in (*walk.remarks, *made.remarks):
        remark(legible(told))
    say("\n".join(_told(made, path)))
    return 0


def _wish(asked: Namespace, around: Surroundings) -> Wish:
    import ipymod
    from ipymod.ready.make import Wish
    from ipymod.survey import this_kernel
    from ipymod.survey.reached import own_shelves
    from ipymod.survey.shelf import all_owners, first_installed, normalised

    shelves = own_shelves(this_kernel(around))

    def version(name: str) -> str:
        found = first_installed(shelves, name)
        return found.version if found else ""

    def owner(module: str) -> str:
        named = [each for each in all_owners(shelves, module, ()) if each.distribution]
        return "" if not named or named[0].source else normalised(named[0].distribution)

    installed = version if asked.pin else None
    return Wish(asked.name or "", _install(asked), ipymod.__version__, installed, owner)


def _install(asked: Namespace) -> str:
    """What pip is told: a version alone is one of ipymod, and a path is the same from anywhere.

    Raises:
        UsageError: a shell could take it for more than one word.
    """
    from ipymod.ready.check import is_install

    given = "ipymod" if asked.install is None else asked.install.strip()
    if given[:1].isdigit() and not os.path.exists(given):
        given = f"ipymod=={given}"
    if not is_install(given):
        raise UsageError(f"--install wants one word that pip takes, not {legible(asked.install)!r}")
    return os.path.abspath(given) if os.path.exists(given) else given


def _told(made: Made, path: str) -> list[str]:
    """What was made, and what the instructor sends."""
    check, name = made.check, os.path.basename(path)
    needed = [need.requirement or need.title for need in check.needs if not need.optional]
    python = f"Python {check.python}" if check.python else "Python 3.11 or newer"
    counts = [_count(len(check.notebooks), "notebook"), _count(len(check.needs), "package")]
    counts += [_count(len(check.files), "file")] if check.files else []
    sources = ", ".join(made.sources) or "no file, so any version will do"
    return [
        f"{legible(path)} checks a Python for {legible(check.name)}: {', '.join(counts)}",
        f"  needed: {', '.join(needed) or 'nothing'}; {python}",
        f"  versions from: {legible(sources)}",
        "",
        "Send it to your students. They save it in the folder of the course, and type in a cell:",
        f"    %run {name}",
        "or in a terminal:",
        f"    python {name}",
        "They send back one line; ipymod class lines.txt tells who is ready.",
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
