"""GATHER: the whole way from a name to an environment, step by step, with nothing started."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts import Command
from ipymod.frozen import dataclass
from ipymod.launchers import files, shebang
from ipymod.launchers.packages import pip_of
from ipymod.launchers.path import first_on_path, silent_before
from ipymod.launchers.prefix import Examined, examine, isolation, real_prefix
from ipymod.launchers.steps import (
    MISSING,
    STUB,
    UNUSABLE,
    Broken,
    Python,
    Start,
    Step,
    Unknown,
    is_pip,
    is_python,
)
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.launchers.surroundings import Surroundings

_DEPTH = 8
_SCRIPTS = frozenset({"bin", "scripts"})
_PROGRAMS = (b"\x7fELF", *(bytes.fromhex(magic) for magic in ("cefaedfe", "cffaedfe", "cafebabe")))
_MAC_STUBS = pattern(r"/usr/bin/(?:python3|pip3)")
_MAC_TOOLS = "/Library/Developer/CommandLineTools"
_MAC_CHOICE = "/var/db/xcode_select_link"


@dataclass(frozen=True)
class Way:
    """How a launcher leads to its end.

    Attributes:
        end: the last step: an interpreter, or why there is none.
        steps: a sentence each.
        sure: false if a rule was used that has exceptions.
        origin: the file or variable that made a shim choose; empty where none chose.
    """

    end: Python | Broken | Unknown
    steps: tuple[str, ...]
    sure: bool
    origin: str = ""


def command(name: str, surroundings: Surroundings) -> Command | None:
    """What a shell would reach by a name; None if PATH has no such file."""
    known = surroundings.answers
    if ("command", name) not in known:
        path = first_on_path(name, surroundings)
        known["command", name] = path and _first_hit(path, name, surroundings)
    found: Command | None = known["command", name]
    return found


def _first_hit(path: str, name: str, surroundings: Surroundings) -> Command:
    silent = silent_before(path, surroundings)
    if silent:
        reason = f"{silent}, which stands before it on PATH, does not answer"
        return Command(name, path, reason=reason, steps=(reason,))
    return resolve(path, name, surroundings)


def resolve(path: str, name: str, surroundings: Surroundings) -> Command:
    """What a launcher would start.

    Args:
        path: the file, absolute or from the working directory.
        name: what was typed to reach it.
        surroundings: what it would see.
    """
    way = follow(path, surroundings)
    found = _ended(Command(name, path, steps=way.steps, origin=way.origin), way, surroundings)
    return replace(found, home=_home(found, surroundings))


def _ended(found: Command, way: Way, surroundings: Surroundings) -> Command:
    """The command with what is at the end of its way."""
    end = way.end
    if isinstance(end, Python):
        return _judged(found, way, end)
    if isinstance(end, Unknown):
        return replace(found, reason=end.reason)
    found = _broken(found, end.reason, end.fault, sure=way.sure)
    if end.python:
        environment = examine(end.python, surroundings).environment
        found = replace(found, python=end.python, environment=environment)
    return found


def _broken(found: Command, reason: str, fault: str, *, sure: bool) -> Command:
    certainty = _certainty(sure=sure)
    return replace(found, state="broken", certainty=certainty, reason=reason, fault=fault)


def _home(found: Command, surroundings: Surroundings) -> str:
    """The environment that the file lies in, links of the file and its folders not followed.

    A script that is only a link to one elsewhere lies in none.
    """
    prefix = _prefix_around(surroundings.absolute(found.path))
    if not prefix:
        return ""
    if not is_python(found.path) and os.path.islink(found.path):
        real = os.path.realpath(prefix)
        if not os.path.realpath(found.path).startswith(os.path.join(real, "")):
            return ""
    reached = found.environment
    one_place = reached and reached.real == real_prefix(prefix, surroundings)
    return reached.prefix if reached and one_place else prefix


def _prefix_around(path: str) -> str:
    """The prefix whose folder of launchers the file lies in; conda's Windows has one in both."""
    folder = os.path.dirname(path)
    above = [os.path.dirname(folder)] if os.path.basename(folder).lower() in _SCRIPTS else []
    for prefix in (*above, folder):
        if files.kind(os.path.join(prefix, "pyvenv.cfg")) == "file":
            return prefix
        if files.kind(os.path.join(prefix, "conda-meta")) == "directory":
            return prefix
    return ""


def follow(path: str, surroundings: Surroundings) -> Way:
    """Go from file to file until an interpreter is reached, or the way ends."""
    step: Step = Start(surroundings.absolute(path), (), surroundings)
    steps: list[str] = []
    origin, sure, seen = "", True, set()
    while isinstance(step, Start) and not isinstance(step, Python) and len(steps) < _DEPTH:
        if (step.path, step.around.path) in seen:
            step = Broken(f"{step.path} leads back to itself", fault=UNUSABLE)
            break
        seen.add((step.path, step.around.path))
        step = _next(step)
        steps.append(step.says)
        sure, origin = sure and step.sure, step.origin or origin
    if isinstance(step, Python | Broken | Unknown):
        return Way(step, tuple(filter(None, steps)), sure, origin)
    unknown = Unknown(f"{path} goes through too many files")
    return Way(unknown, tuple(filter(None, steps)), sure, origin)


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
    if start.around.windows or not head or head.startswith(b"MZ"):
        from ipymod.launchers import windows  # what few machines need is loaded there alone

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
        return Broken(f"{start.path} is no program of this system", fault=UNUSABLE)
    from ipymod.launchers import trampolines

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
        from ipymod.launchers import asdf

        return asdf.follow_mise(start)
    if is_python(real):
        reason = f"{path} is {real} itself, under another name"
        return Broken(reason, python=path, fault=UNUSABLE)
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
    return Broken(f"{start.path} only offers to install Apple's developer tools", fault=STUB)


def _judged(found: Command, way: Way, python: Python) -> Command:
    """The answer where an interpreter was reached."""
    examined = examine(python.path, python.around, python.flags)
    found = replace(found, python=python.path, environment=examined.environment)
    if examined.fault:
        return _broken(found, examined.fault, "", sure=way.sure)
    if reason := _fault_of_script(python):
        return _broken(found, reason, UNUSABLE, sure=way.sure)
    if examined.doubt:
        return replace(found, reason=examined.doubt)
    sure = way.sure and examined.sure
    if reason := _without_pip(found, python, examined):
        return _broken(found, reason, MISSING, sure=False)
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
