"""GATHER: what a student's Python has of what a course needs; nothing is imported or started."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass, field
from ipymod.ready.line import distribution_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts
    from ipymod.facts.packages import Packages
    from ipymod.launchers import Surroundings
    from ipymod.ready.check import Check, Need
    from ipymod.registry import Problem

# What stops pip, or makes it install elsewhere; and what is good to know when one installs.
STOPS_PIP = ("WP305", "WP307", "WP410", "WP501", "WP502", "WP504")
PIP_ELSEWHERE = "WP101"
_CODES = (*STOPS_PIP, PIP_ELSEWHERE)
_MOST_LEVELS = 3  # folders upwards that may be the course's
_SYSTEMS = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}


@dataclass(frozen=True)
class Module:
    """What an import would find.

    Attributes:
        kind: as `modules.Found` has it; `missing` for nothing.
        file: its file, or the folder of the package; empty if it has none. Its name alone where it
            lies in the folder that the kernel works in.
        is_own: whether it lies there, and is not installed.
    """

    kind: str
    file: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class Seen:
    """What was seen.

    Attributes:
        kernel: the interpreter.
        os: as a line tells it.
        seat: as a line tells it.
        needs: those of the course that hold on this machine.
        versions: of what is installed, by the names of PEP 503.
        modules: by the names that the course imports.
        damaged: what is installed and will not import, and why.
        lacking: the numbers, from 1, of the files of the course that are not here.
        folder: where they were looked for first.
        has_material: whether any file of the course is here.
        problems: what `%whichpip` says of pip.
        pip: whether the environment has one.
        uv: whether it is on PATH.
        closed: why nothing can be installed: `managed` by the system, `readonly`; or empty.
        takes_user: whether pip may install for the user instead.
        fitting: the kernels that are shown here and whose Python is one of the course's.
        loaded: the modules that the kernel has loaded.
        home: the user's folder.
        has_venv: whether this Python makes environments with pip.
        has_magics: whether ipymod is loaded where lines would be typed into a cell.
    """

    kernel: Kernel
    os: str = "linux"
    seat: str = ""
    needs: tuple[Need, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)
    lacking: tuple[int, ...] = ()
    folder: str = ""
    has_material: bool = True
    problems: tuple[Problem, ...] = ()
    pip: bool = True
    uv: bool = False
    closed: str = ""
    takes_user: bool = False
    fitting: tuple[str, ...] = ()
    loaded: frozenset[str] = frozenset()
    home: str = ""
    has_venv: bool = True
    has_magics: bool = True


def look(check: Check, path: str, kernel: Kernel, here: Surroundings) -> Seen:
    """Look what is here.

    Args:
        check: what the course needs.
        path: of its file; its folder is taken for the course's.
        kernel: the interpreter that is asked about.
        here: what it sees of the machine.
    """
    from ipymod.checks import REGISTRY
    from ipymod.report import build
    from ipymod.survey import survey
    from ipymod.survey.packages import gather_packages

    facts = survey(kernel, here)
    packages = facts.packages or gather_packages(kernel, here)  # a browser's are no facts
    place, imports = kernel.environment, facts.imports
    needs = tuple(_holding(check.needs, kernel))
    folder = os.path.dirname(os.path.abspath(os.path.expanduser(path)))
    lacking, has_material = _lacking(check, [*_upwards(folder), *_upwards(kernel.cwd)])
    managed = bool(place.managed) and kernel.prefix == kernel.base_prefix
    is_readonly = imports is not None and imports.writable is False
    closed = "managed" if managed else "readonly" if is_readonly else ""
    return Seen(
        kernel=kernel,
        os=_system(kernel),
        seat=_seat(check, kernel),
        needs=needs,
        versions={distribution_name(each.name): each.version for each in packages.distributions},
        modules={name: _module(name, kernel, packages) for each in needs for name in each.modules},
        damaged=dict(_damaged(packages)),
        lacking=lacking,
        folder=folder,
        has_material=has_material,
        problems=build(facts, REGISTRY, _CODES).problems,
        pip=bool(packages.pip) or _is_browser(),
        uv=facts.uv is not None and facts.uv.state != "broken",
        closed="" if _is_browser() else closed,
        takes_user=not managed and bool(place.user_site),
        fitting=tuple(_fitting(check, facts)),
        loaded=frozenset(sys.modules) if kernel.running else frozenset(),
        home=here.home,
        has_venv=_module("ensurepip", kernel, packages).kind != "missing",
        has_magics=not kernel.running or _has_magics(),
    )


def _has_magics() -> bool:
    """Whether cells know `%pymod`; `%run FILE` needs no more than that ipymod is installed."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is None or shell.find_line_magic("pymod") is not None


def _holding(needs: Iterable[Need], kernel: Kernel) -> Iterator[Need]:
    """Those whose marker holds here; what cannot be told does."""
    from ipymod.survey.packages.requirements import Machine

    machine = Machine(kernel)
    for need in needs:
        line = f"{need.distribution}; {need.marker}"
        if not need.marker or machine.wanted(line) is not None:
            yield need


def _module(name: str, kernel: Kernel, packages: Packages) -> Module:
    from ipymod.survey.missing import importable

    if _is_browser() and _comes_with_pyodide(name):
        return Module("module")
    found = importable(name, kernel)
    file = found.file or ""
    is_init = os.path.basename(file).startswith("__init__.")
    whole = os.path.dirname(file) if is_init and "." not in name else file
    beside = "." not in name and _is_same(os.path.dirname(whole), kernel.cwd)
    if beside and not _is_source(whole, packages):
        return Module(found.kind, os.path.basename(whole), is_own=True)
    return Module(found.kind, whole)


def _is_source(file: str, packages: Packages) -> bool:
    """Whether a file lies in what is installed: in a folder of packages, or in editable sources."""
    places = {each.editable or each.location for each in packages.distributions}
    return any(place and f"{file}{os.sep}".startswith(f"{place}{os.sep}") for place in places)


def _is_same(one: str, two: str) -> bool:
    return bool(one) and os.path.realpath(one) == os.path.realpath(two)


def _comes_with_pyodide(name: str) -> bool:
    """Whether Pyodide brings a module by itself when a cell imports it."""
    from ipymod.lint.targets import places

    return not places.jupyterlite().missing(name)


def _damaged(packages: Packages) -> Iterator[tuple[str, str]]:
    """What is installed and will not import, and why."""
    for unmet in packages.unmet:
        if not unmet.found and unmet.name != "python":
            yield distribution_name(unmet.by), f"it lacks {unmet.name}, which it needs"
    for lost in packages.incomplete:
        if any("test" not in path for path in lost.missing):
            yield distribution_name(lost.name), f"files of it are gone, such as {lost.missing[0]}"
    for built in packages.foreign:
        yield distribution_name(built.name), "it was built for another Python or system"
    for binary in packages.binaries:
        yield distribution_name(binary.name), f"it was built for {binary.machine}"
    for gone in packages.gone:
        yield distribution_name(gone.name), f"its sources are gone from {gone.source}"


def _lacking(check: Check, folders: Sequence[str]) -> tuple[tuple[int, ...], bool]:
    """The numbers of the files that lie in none of some folders, and whether any of them does."""
    there = {path for path in (*check.files, *check.notebooks) if _lies(path, folders)}
    lacking = [number for number, path in enumerate(check.files, 1) if path not in there]
    return tuple(lacking), bool(there) or not check.files


def _lies(path: str, folders: Iterable[str]) -> bool:
    parts = path.split("/")
    return any(os.path.isfile(os.path.join(folder, *parts)) for folder in folders)


def _upwards(folder: str) -> Iterator[str]:
    for _ in range(_MOST_LEVELS):
        if folder:
            yield folder
        folder = os.path.dirname(folder)


def _fitting(check: Check, facts: Facts) -> Iterator[str]:
    """The kernels whose Python is one of the course's, as a menu shows them."""
    from ipymod.checks.requirements import allows

    for spec in facts.kernelspecs.specs if facts.kernelspecs and check.python else ():
        reached = spec.command.environment if spec.command else None
        if reached and reached.version and allows(check.python, reached.version):
            yield spec.display_name or spec.name


def _is_browser() -> bool:
    return sys.platform == "emscripten"


def _system(kernel: Kernel) -> str:
    if _is_browser():
        return "browser"
    is_known = sys.platform.startswith(("linux", "darwin", "win32"))
    return _SYSTEMS.get(kernel.system, "other") if is_known else "other"


def _seat(check: Check, kernel: Kernel) -> str:
    from ipymod.ready.line import seat

    if _is_browser():
        return seat(check.id, [_random()])
    import platform

    return seat(check.id, [platform.node(), _user(), kernel.prefix])


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without an entry, as in a container
        return ""


def _random() -> str:
    """The same as long as the kernel lives, in a check that runs as a program, too."""
    import uuid

    return os.environ.setdefault("IPYMOD_SEAT", uuid.uuid4().hex)
