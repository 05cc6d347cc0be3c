"""JUDGE: what of a course's needs is not so here; a function of the check and of what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.checks.requirements import allows
from ipymod.frozen import dataclass
from ipymod.ready.line import ABSENT, BROKEN, MISSING, NO, READONLY, SHADOWED, WRONG, YES, Line
from ipymod.ready.seen import PIP_ELSEWHERE
from ipymod.survey.packages.versions import fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.ready.check import Check, Need
    from ipymod.ready.seen import Module, Seen

_NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Thing:
    """One thing that is not so.

    Attributes:
        title: what it is about: a distribution, `Python`, a file.
        needs: what the course needs.
        here: what is here.
        fault: as a line tells it: its name and how it is.
        action: `install`, `reinstall`, `rename`, `python`, `fetch`, or empty where nobody knows.
        need: of a distribution.
        file: that hides a module.
        hides_wrong: what of the distribution is not so behind that file: MISSING, or its version.
    """

    title: str
    needs: str
    here: str
    fault: tuple[str, str]
    action: str = ""
    need: Need | None = None
    file: str = ""
    hides_wrong: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes:
        things: that have to be done; none if all is ready.
        remarks: what is good to know, a sentence each.
        line: for the instructor.
    """

    things: tuple[Thing, ...]
    remarks: tuple[str, ...]
    line: Line


def judge(check: Check, seen: Seen) -> Verdict:
    """Hold one against the other."""
    found = [thing for need in seen.needs if (thing := _of_need(need, seen))]
    things = (*_of_python(check, seen), *(each for each in found if not _is_optional(each)))
    if seen.has_material:
        things = (*things, *_of_files(check, seen))
    return Verdict(things, tuple(_remarks(check, seen, found)), _line(check, seen, things))


def _is_optional(thing: Thing) -> bool:
    return thing.need is not None and thing.need.optional


def _of_python(check: Check, seen: Seen) -> Iterator[Thing]:
    version = seen.kernel.version
    if check.python and not allows(check.python, version):
        yield Thing("Python", check.python, version, ("python", WRONG), "python")


def _of_need(need: Need, seen: Seen) -> Thing | None:
    version = seen.versions.get(need.distribution, "")
    modules = {name: seen.modules[name] for name in need.modules}
    own = next((each for each in modules.values() if each.is_own), None)
    if own is not None:
        return _hidden(need, own, version)
    if not version and not _is_there(need, modules):
        action = "install" if need.distribution else ""
        told = _NOT_INSTALLED if need.distribution else "cannot be imported"
        return _thing(need, told, MISSING, action)
    return _of_installed(need, version, modules, seen) if version else None


def _is_there(need: Need, modules: dict[str, Module]) -> bool:
    """Whether its modules are there all the same: of another distribution, or of Python itself."""
    return bool(need.modules) and all(each.kind != "missing" for each in modules.values())


def _of_installed(need: Need, version: str, modules: dict[str, Module], seen: Seen) -> Thing | None:
    if not _suits(version, need):
        return _thing(need, version, version, "install")
    reason = seen.damaged.get(need.distribution, "")
    if reason:
        action = "install" if reason.startswith("it lacks") else "reinstall"
        return _thing(need, f"{version}, broken: {reason}", BROKEN, action)
    gone = [name for name, each in modules.items() if each.kind == "missing"]
    if gone:
        told = f"{version}, broken: {gone[0]} cannot be imported"
        return _thing(need, told, BROKEN, "reinstall")
    return None


def _hidden(need: Need, own: Module, version: str) -> Thing:
    """A file of the student's own stands where the package would be found."""
    told = f"{version or _NOT_INSTALLED}, hidden by your own {own.file}"
    needs = need.specifier or "any version"
    fault = (need.title, SHADOWED)
    wrong = MISSING if not version else "" if _suits(version, need) else version
    return Thing(need.title, needs, told, fault, "rename", need, own.file, wrong)


def _suits(version: str, need: Need) -> bool:
    """Whether a version is one of those wanted; what cannot be told is."""
    return not need.specifier or fits(version, need.specifier) is not False


def _thing(need: Need, here: str, fault: str, action: str) -> Thing:
    needs = need.specifier or ("the one of the course" if need.address else "any version")
    if not need.distribution:
        needs = f"the module, for {', '.join(need.places)}" if need.places else "the module"
    return Thing(need.title, needs, here, (need.title, fault), action, need)


def _of_files(check: Check, seen: Seen) -> Iterator[Thing]:
    for number in seen.lacking:
        fault = (f"file-{number}", ABSENT)
        yield Thing(check.files[number - 1], "the file", "not here", fault, "fetch")


def _remarks(check: Check, seen: Seen, found: list[Thing]) -> Iterator[str]:
    for thing in filter(_is_optional, found):
        places = ", ".join(thing.need.places) if thing.need else ""
        yield f"{thing.title} is {thing.here}; {places} can do without it."
    if not seen.has_material:
        yield f"The files of the course are not in {seen.folder}, so they were not looked at."
    if any(each.code == PIP_ELSEWHERE for each in seen.problems) and found:
        yield "A plain pip installs into another Python here; the lines below do not."
    if check.is_changed:
        yield "The check was changed by hand after ipymod had made it."


def _faults(thing: Thing) -> Iterator[tuple[str, str]]:
    """What a line tells of it; what is hidden may have to be installed, too."""
    yield thing.fault
    if thing.hides_wrong:
        yield thing.title, thing.hides_wrong


def _line(check: Check, seen: Seen, things: tuple[Thing, ...]) -> Line:
    faults = [fault for each in things for fault in _faults(each)]
    installs = any(each.action in {"install", "reinstall"} or each.hides_wrong for each in things)
    if installs and seen.closed and not seen.takes_user:
        faults.append(("kernel", READONLY))
    if installs and any(each.code == PIP_ELSEWHERE for each in seen.problems):
        faults.append(("do", "pip-elsewhere"))
    version, state = seen.kernel.version, NO if things else YES
    return Line(check.id, seen.seat, version, seen.os, state, tuple(faults))
