"""JUDGE: which versions a course asks for, in the files that declare what it needs."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from ipymod.binder import conda, python, requirements
from ipymod.binder.image import ON_PYPI
from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.ready.check import is_specifier
from ipymod.ready.line import distribution_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.binder.facts import File, Repository
    from ipymod.binder.requirements import Requirement

_LINE = pattern(
    r"([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*\(?([^;@()]*)\)?(?:@\s*([^\s;]+))?\s*(?:;\s*(.*))?"
)
_CONDA = pattern(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)")
_EXACTLY = pattern(r"(==?)?\s*([\d.]+)(\.?\*)?(=\S+)?")
_INDEX = pattern(r"\s*(?:-i|-f|--index-url|--extra-index-url|--find-links)\b")
_TABLES = ("requirements.txt", "environment.yml", "environment.yaml", "pyproject.toml")
_PRIVATE = pattern(r"\$\{?\w+\}?|[^/@]+:[^/@]+@")  # a variable, or a password, in an address


@dataclass(frozen=True)
class Wanted:
    """What a file says of one distribution.

    Attributes:
        name: as PEP 503 compares it.
        file: that says so.
        specifier: the versions, as pip reads them; empty for any.
        extras: `[excel]`, or empty.
        address: what it is installed from; empty for an index.
        marker: where it is needed; empty for everywhere.
        is_asked: whether it is needed though nobody imports it: what conda or a group names, and
            what is pinned, may be there for another reason.
    """

    name: str
    file: str
    specifier: str = ""
    extras: str = ""
    address: str = ""
    marker: str = ""
    is_asked: bool = False


@dataclass(frozen=True)
class Declared:
    """What the files say.

    Attributes:
        wanted: by name, the first file that tells versions; `pyproject.toml` comes first.
        python: the versions of Python; empty if they do not say.
        remarks: what was not taken, and why.
        files: those that were read.
    """

    wanted: dict[str, Wanted]
    python: str
    remarks: tuple[str, ...]
    files: tuple[str, ...]


def declared(repository: Repository) -> Declared:
    """Read all of them, in the root and in `binder/`."""
    found: dict[str, Wanted] = {}
    remarks: list[str] = []
    files = sorted(filter(_tells, repository.files), key=_rank)
    for file in files:
        for each in _of(file, remarks):
            known = found.get(each.name)
            if known is None or (each.specifier and not known.specifier):
                found[each.name] = each
    found.pop("python", None)
    pythons = [told for file in files if (told := _python(file))]
    remarks += [f"{f.path} names one Python; any will do" for f in files if _pins_python(f)]
    return Declared(
        found, pythons[0] if pythons else "", tuple(remarks), tuple(f.path for f in files)
    )


def _tells(file: File) -> bool:
    name = posixpath.basename(file.path)
    return name in _TABLES or (name.endswith(".txt") and name not in {"runtime.txt", "apt.txt"})


def _rank(file: File) -> tuple[int, bool, str]:
    name = posixpath.basename(file.path)
    at = 1 if name.endswith(".txt") else ("pyproject.toml", "", *_TABLES[1:3]).index(name)
    return at, "/" in file.path, file.path


def _of(file: File, remarks: list[str]) -> Iterator[Wanted]:
    if file.path.endswith(".toml"):
        yield from _of_project(file, remarks)
    elif file.path.endswith(".txt"):
        yield from _of_requirements(file, remarks)
    else:
        yield from _of_environment(file, remarks)


def _of_requirements(file: File, remarks: list[str]) -> Iterator[Wanted]:
    if any(_INDEX.match(line) for line in file.plain.split("\n")):
        remarks.append(f"{file.path} names an index, which the pip of a student does not know")
    for each in requirements.read(file):
        if each.meaning == "constraint":
            remarks.append(f"{file.path}: the limits of {each.place} were not read")
        elif each.meaning == "install":
            yield from _of_line(each, remarks)


def _of_environment(file: File, remarks: list[str]) -> Iterator[Wanted]:
    told = conda.read(file)
    if told.doubt or told.fault:
        remarks.append(f"{file.path} was not read: {told.fault or told.doubt}")
    for item in told.dependencies:
        match = _CONDA.fullmatch(item.text.strip())
        if match:
            name = distribution_name(match[1])
            yield Wanted(ON_PYPI.get(name, name), file.path, of_conda(match[2]))
    for item in told.pip:
        each = requirements.of_line(item.text, file.path, item.line)
        if each and each.meaning == "install":
            yield from _of_line(each, remarks)


def of_conda(text: str) -> str:
    """Versions of conda as pip writes them; empty for what cannot be said so.

    `=1.26` stands for every 1.26, `==1.26` for this one.
    """
    text = text.strip()
    exact = _EXACTLY.fullmatch(text)
    if exact:
        is_any = exact[3] or (exact[1] == "=" and not exact[4])
        return f"=={exact[2].rstrip('.')}{'.*' if is_any else ''}"
    return "" if "|" in text else _specifier(text)


def _of_project(file: File, remarks: list[str]) -> Iterator[Wanted]:
    told = python.toml(file)
    if file.text.strip() and not told:
        remarks.append(f"{file.path} was not read: {python.fault_of(file)[0]}")
    project = told.get("project")
    listed = project.get("dependencies") if isinstance(project, dict) else None
    yield from _of_texts(_strings(listed), file, remarks)
    groups = told.get("dependency-groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        for each in _of_texts(_strings(group), file, remarks):
            yield Wanted(each.name, file.path, each.specifier)


def _of_texts(texts: Iterable[str], file: File, remarks: list[str]) -> Iterator[Wanted]:
    for text in texts:
        each = requirements.of_line(text, file.path, 1)
        if each:
            yield from _of_line(each, remarks)


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _of_line(each: Requirement, remarks: list[str]) -> Iterator[Wanted]:
    if each.path or (each.place and _PRIVATE.search(each.place)):
        remarks.append(f"{each.file}: {_shown(each)} cannot be had by students, so it is left out")
        return
    if each.place and not each.name:
        remarks.append(f"{each.file}: {_shown(each)} does not tell its name, so it is left out")
        return
    text = re.split(r"\s--", each.text, maxsplit=1)[0].strip()
    match = _LINE.fullmatch(text)
    marker = (match[5] or "").strip() if match else ""
    if each.place:
        yield Wanted(each.name, each.file, address=each.place, marker=marker, is_asked=True)
    elif match:
        specifier = _specifier(match[3])
        is_asked = not specifier.startswith("==")
        extras = (match[2] or "").replace(" ", "")
        name = distribution_name(match[1])
        yield Wanted(name, each.file, specifier, extras, "", marker, is_asked)
    elif each.name or not each.place:
        remarks.append(f"{each.file}: {_shown(each)} cannot be understood, so it is left out")


def _shown(each: Requirement) -> str:
    from ipymod.report.redact import redact

    return redact(each.text)


def _specifier(text: str) -> str:
    """The versions, as pip reads them; empty if they are none."""
    tight = re.sub(r"\s+", "", text).rstrip(",")
    return tight if is_specifier(tight) else ""


def _python(file: File) -> str:
    if file.path.endswith(".toml"):
        return python.requires_python(file).strip()
    if not file.path.endswith((".yml", ".yaml")):
        return ""
    items = (_CONDA.fullmatch(item.text.strip()) for item in conda.read(file).dependencies)
    told = next((match[2] for match in items if match and match[1].lower() == "python"), "")
    return "" if not told or _EXACTLY.fullmatch(told.strip()) else _specifier(told)


def _pins_python(file: File) -> bool:
    """Whether it asks for one Python, as a place such as Binder needs it and students do not."""
    return file.path.endswith((".yml", ".yaml")) and bool(conda.read(file).python[0])
