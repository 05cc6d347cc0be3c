"""GATHER: the whole way from a name to an environment, step by step, with nothing started."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ipymod.facts import Command
from ipymod.launchers import asdf, files, shebang, trampolines, windows
from ipymod.launchers.packages import pip_of
from ipymod.launchers.path import first_on_path
from ipymod.launchers.prefix import Examined, examine, isolation
from ipymod.launchers.steps import Broken, Python, Start, Step, Unknown, is_pip, is_python

if TYPE_CHECKING:
    from ipymod.launchers.surroundings import Surroundings

_DEPTH = 8
_PROGRAMS = (b"\x7fELF", *(bytes.fromhex(magic) for magic in ("cefaedfe", "cffaedfe", "cafebabe")))
_MAC_STUBS = re.compile(r"/usr/bin/(?:python3|pip3)")
_MAC_TOOLS = "/Library/Developer/CommandLineTools"
_MAC_CHOICE = "/var/db/xcode_select_link"


@dataclass(frozen=True)
class Way:
    """How a launcher leads to its end.

    Attributes:
        end: the last step: an interpreter, or why there is none.
        steps: a sentence each.
        sure: false if a rule was used that has exceptions.
    """

    end: Python | Broken | Unknown
    steps: tuple[str, ...]
    sure: bool


def command(name: str, surroundings: Surroundings) -> Command | None:
    """What a shell would reach by a name; None if PATH has no such file."""
    path = first_on_path(name, surroundings)
    return None if path is None else resolve(path, name, surroundings)


def resolve(path: str, name: str, surroundings: Surroundings) -> Command:
    """What a launcher would start.

    Args:
        path: the file, absolute or from the working directory.
        name: what was typed to reach it.
        surroundings: what it would see.
    """
    way = follow(path, surroundings)
    found = Command(name, path, steps=way.steps)
    if isinstance(way.end, Python):
        return _judged(found, way, way.end)
    found = replace(found, reason=way.end.reason)
    if isinstance(way.end, Unknown):
        return found
    found = replace(found, state="broken", certainty=_certainty(sure=way.sure))
    if way.end.python:
        examined = examine(way.end.python, surroundings)
        found = replace(found, python=way.end.python, environment=examined.environment)
    return found


def follow(path: str, surroundings: Surroundings) -> Way:
    """Go from file to file until an interpreter is reached, or the way ends."""
    step: Step = Start(surroundings.absolute(path), (), surroundings)
    steps: list[str] = []
    sure, seen = True, set()
    while isinstance(step, Start) and not isinstance(step, Python) and len(steps) < _DEPTH:
        if (step.path, step.around.path) in seen:
            step = Broken(f"{step.path} leads back to itself")
            break
        seen.add((step.path, step.around.path))
        step = _next(step)
        steps.append(step.says)
        sure = sure and step.sure
    if isinstance(step, Python | Broken | Unknown):
        return Way(step, tuple(filter(None, steps)), sure)
    return Way(Unknown(f"{path} goes through too many files"), tuple(filter(None, steps)), sure)


def imported_first(python: Python) -> tuple[str, ...]:
    """The directories before all packages: the script's or the working one, then PYTHONPATH."""
    ignores = isolation(python.flags)
    around = python.around
    kind, target = python.target
    first: tuple[str, ...] = ()
    if "P" not in ignores and kind and not around.variables.get("PYTHONSAFEPATH"):
        script = os.path.dirname(os.path.realpath(around.absolute(target)))
        first = (script if kind == "script" else around.cwd,)
    written = "" if "E" in ignores else around.variables.get("PYTHONPATH", "")
    entries = written.split(";" if around.windows else ":") if written else []
    return (*first, *(around.absolute(entry) for entry in entries))


def _next(start: Start) -> Step:
    """One step further from a file."""
    stub = _mac_stub(start)
    if stub:
        return stub
    kind = files.kind(start.path)
    if kind == "special":
        return Unknown(f"{start.path} is no regular file")
    if kind != "file":
        return Broken(_absent(start.path, kind))
    if not start.around.windows and not os.access(start.path, os.X_OK):
        return Broken(f"{start.path} is not executable")
    head = files.head(start.path)
    if head is None:
        return _unread(start)
    return _by_content(start, head)


def _absent(path: str, kind: str) -> str:
    if kind == "directory":
        return f"{path} is a directory"
    if kind == "dangling":
        return f"{path} is a link to {files.followed(path)[-1]}, which does not exist"
    return f"{path} does not exist"


def _by_content(start: Start, head: bytes) -> Step:
    """The step from a file that may be executed, by what it begins with."""
    extension = os.path.splitext(start.path)[1].lower()
    if start.around.windows and extension in {".bat", ".cmd"}:
        return windows.batch(start)
    if not head:
        return windows.stub(start)
    if head.startswith(b"MZ"):
        return windows.follow(start)
    if head.startswith(b"#!"):
        return shebang.follow(start, head)
    return _program(start) if head.startswith(_PROGRAMS) else _bare(start, head)


def _bare(start: Start, head: bytes) -> Step:
    """The step from a file without `#!`: a shell runs it itself, other programs refuse."""
    if b"\0" in head:
        return Broken(f"{start.path} is no program of this system")
    step = trampolines.follow(start, files.decoded(head), f"{start.path} has no #! line")
    return replace(step, sure=False)


def _unread(start: Start) -> Step:
    if is_python(start.path):
        return Python(start.path, start.words, start.around, sure=False)
    return Unknown(f"{start.path} may not be read")


def _program(start: Start) -> Step:
    path = start.path
    if is_python(path):
        return Python(path, start.words, start.around, f"{path} is a Python", start.sure)
    real = os.path.realpath(path)
    if os.path.basename(real) == "mise":
        return asdf.follow_mise(start)
    if is_python(real):
        return Broken(f"{path} is {real} itself, under another name", python=path)
    return Unknown(f"{path} is a program of its own and no script of Python")


def _mac_stub(start: Start) -> Step | None:
    """What stands in for the developer tools of macOS, which may not be installed."""
    if start.around.system != "Darwin" or not _MAC_STUBS.fullmatch(start.path):
        return None
    chosen = start.around.variables.get("DEVELOPER_DIR") or os.path.realpath(_MAC_CHOICE)
    for tools in (chosen, _MAC_TOOLS):
        target = os.path.join(tools, "usr", "bin", os.path.basename(start.path))
        if os.path.isfile(target):
            says = f"{start.path} stands for {target}"
            return Start(target, start.words, start.around, says, start.sure)
    return Broken(f"{start.path} only offers to install Apple's developer tools")


def _judged(found: Command, way: Way, python: Python) -> Command:
    """The answer where an interpreter was reached."""
    examined = examine(python.path, python.around, python.flags)
    found = replace(found, python=python.path, environment=examined.environment)
    fault = examined.fault or _fault_of_script(python)
    if fault:
        return replace(found, state="broken", certainty=_certainty(sure=way.sure), reason=fault)
    if examined.doubt:
        return replace(found, reason=examined.doubt)
    sure = way.sure and examined.sure
    fault = _without_pip(found, python, examined)
    if fault:
        return replace(found, state="broken", certainty="likely", reason=fault)
    where = f"{python.path} imports from {examined.environment.prefix}"
    return replace(found, state="ok", certainty=_certainty(sure=sure), steps=(*found.steps, where))


def _certainty(*, sure: bool) -> str:
    return "certain" if sure else "likely"


def _fault_of_script(python: Python) -> str:
    """Why Python would refuse the script, or do nothing; empty if all is well."""
    kind, target = python.target
    text = files.text(target) if kind == "script" else ""
    first, *rest = text.split("\n", 3)
    if not first.startswith("#!"):
        return ""
    if not "".join(rest).strip():
        return f"{target} holds nothing but its first line"
    opening = "\n".join([first, *rest[:2]])
    if re.search("[\udc80-\udcff]", opening) and not re.search(r"coding[:=]", opening):
        return f"{target} begins with bytes that are no UTF-8, which Python refuses"
    return ""


def _without_pip(found: Command, python: Python, examined: Examined) -> str:
    """Why a launcher of pip finds no pip, or one that it does not accept; empty if all is well."""
    kind, target = python.target
    if not (target == "pip" if kind == "module" else kind and is_pip(found.name)):
        return ""
    pip = pip_of(examined.environment, imported_first(python))
    if pip is None:
        return f"there is no pip in {examined.environment.prefix}"
    text = files.text(target) if kind == "script" else ""
    # setuptools' own scripts name the version that they were made for.
    wanted = re.search(r"__requires__ = ['\"]pip==([^'\"]+)", text)
    if wanted and pip[0] and wanted[1] != pip[0]:
        return f"{target} wants pip {wanted[1]}, and {pip[1]} is pip {pip[0]}"
    return ""
