"""JUDGE: which Python repo2docker would take, and from where."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from ipymod.binder import conda, runtime
from ipymod.binder.image import BUILT, DEFAULT, MAJOR, SUPPORTED
from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.binder.facts import File, Repository

_NUMBERS = pattern(r"\d+(\.\d+)*")
_SHORT = 2  # numbers of `3.12`


@dataclass(frozen=True)
class Python:
    """The Python of the image.

    Attributes:
        version: `3.12`; empty if none was found or it cannot be told.
        path: of the file that decided; empty if none did.
        line: of it, from 1.
        fault: why repo2docker stops; empty if it does not.
        kind: of the fault: `version` for one that there is no image for, `runtime` for text that
            cannot be read, `project` for one that the project does not allow.
        wanted: the version as it is written, where that is at fault.
    """

    version: str = ""
    path: str = ""
    line: int = 1
    fault: str = ""
    kind: str = ""
    wanted: str = ""


def of_conda(file: File, environment: conda.Environment) -> Python:
    """The Python of `environment.yml`."""
    if environment.doubt:
        return Python(path=file.path)
    version, line = environment.python
    return _built(version, file.path, line) if version else Python(DEFAULT)


def of_pipfile(repository: Repository) -> Python:
    """The Python of `Pipfile.lock`, then of `Pipfile`."""
    for name, requires in (("Pipfile.lock", _of_lock), ("Pipfile", _of_pipfile)):
        file = repository.configured(name)
        told = requires(file) if file else {}
        for key in ("python_full_version", "python_version"):
            match = _NUMBERS.match(str(told.get(key) or ""))
            if file and match:
                return _built(match[0], file.path, _line_of(file, key))
    return Python(DEFAULT)


def of_runtime(repository: Repository) -> Python:
    """The Python of `runtime.txt`, held against `requires-python`."""
    file = repository.configured("runtime.txt")
    told = runtime.read(file)
    if file is None or told.name not in {"", "python"}:
        return Python(DEFAULT) if told.name else _allowed(repository, Python(DEFAULT))
    if not told.version:
        return _allowed(repository, Python(DEFAULT))
    numbers = runtime.release(told.version)
    if numbers is None:
        fault = f"{told.version!r} is no version of Python"
        return Python("", file.path, 1, fault, "runtime", told.version)
    if len(numbers) == 1:
        return _of_major(repository, told.version, file.path)
    return _allowed(repository, _built(told.version, file.path, 1, is_short=True))


def _of_major(repository: Repository, version: str, path: str) -> Python:
    if version not in MAJOR:
        fault = f"there is no image with Python {version}"
        return Python("", path, 1, fault, "version", version)
    found = _allowed(repository, Python(MAJOR[version]))
    return found if found.path or found.fault else Python(found.version, path)


def _built(version: str, path: str, line: int, *, is_short: bool = False) -> Python:
    """The Python of a pin; a longer one is cut, but for that of `runtime.txt`, which must fit."""
    parts = version.split(".")
    short = MAJOR.get(version, version) if len(parts) == 1 else ".".join(parts[:_SHORT])
    if is_short and len(parts) != _SHORT:
        fault = f"repo2docker takes two numbers there, not {version}"
        return Python("", path, line, fault, "version", version)
    if short not in BUILT:
        fault = f"there is no image with Python {short}"
        return Python("", path, line, fault, "version", version)
    return Python(short, path, line)


def _allowed(repository: Repository, found: Python) -> Python:
    """What the project's `requires-python` makes of it."""
    file = repository.at_root("pyproject.toml")
    wanted = requires_python(file) if file else ""
    version = found.version or found.wanted
    if not file or not wanted:
        return found
    from ipymod.survey.packages.versions import fits  # what it lies beside is not light

    if fits(version, wanted) is not False:
        return found
    line = _line_of(file, "requires-python")
    if found.path:
        fault = f"runtime.txt says {version}, the project wants {wanted}"
        return Python("", found.path, 1, fault, "project", version)
    fitting = [each for each in SUPPORTED if fits(each, wanted)]
    if not fitting:
        fault = f"the project wants Python {wanted}, repo2docker has {SUPPORTED[0]} to"
        return Python("", file.path, line, f"{fault} {SUPPORTED[-1]}", "project", wanted)
    return Python(fitting[-1], file.path, line)


def requires_python(file: File) -> str:
    """What `pyproject.toml` says of it; empty if nothing, or it cannot be read."""
    project = toml(file).get("project")
    told = project.get("requires-python") if isinstance(project, dict) else ""
    return told if isinstance(told, str) else ""


def toml(file: File) -> dict[str, Any]:
    """What stands in a TOML file; nothing if it cannot be read, see `fault_of`."""
    try:
        return tomllib.loads(file.text)
    except (ValueError, RecursionError):
        return {}


def fault_of(file: File) -> tuple[str, int]:
    """Why a file of TOML or JSON cannot be read, and its line; empty if it can."""
    try:
        json.loads(file.text) if file.path.endswith(".lock") else tomllib.loads(file.text)
    except json.JSONDecodeError as error:
        return f"it is no JSON: {error.msg}", error.lineno
    except (ValueError, RecursionError) as error:
        match = pattern(r"line (\d+)").search(str(error))
        return f"it is no TOML: {error}", int(match[1]) if match else 1
    return "", 1


def _of_lock(file: File) -> dict[str, Any]:
    meta = lock(file).get("_meta")
    told = meta.get("requires") if isinstance(meta, dict) else None
    return told if isinstance(told, dict) else {}


def lock(file: File) -> dict[str, Any]:
    """What stands in `Pipfile.lock`; nothing if it cannot be read."""
    try:
        told = json.loads(file.plain)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _of_pipfile(file: File) -> dict[str, Any]:
    told = toml(file).get("requires")
    return told if isinstance(told, dict) else {}


def _line_of(file: File, key: str) -> int:
    lines = enumerate(file.plain.split("\n"), 1)
    return next((number for number, line in lines if key in line), 1)
