"""GATHER: what Windows launchers start: programs with a Python script, or a path, appended.

| Launcher | Where the interpreter stands |
|---|---|
| uv since 0.9 | the resource UV_PYTHON_PATH |
| uv before | at the end: path, its length, `UVSC` (script), `UVPY` (Python) or `UVUV` |
| pip, virtualenv (distlib) | a `#!` line before the zip file at the end |
| setuptools | the `#!` line of `NAME-script.py` beside it |
| conda | `NAME-script.py` without that line: the `python.exe` one directory up |
"""

from __future__ import annotations

import os
import re
import struct
from typing import TYPE_CHECKING

from ipymod.launchers import files, pyenv, shebang
from ipymod.launchers.path import first_on_path, is_executable
from ipymod.launchers.steps import STUB, UNUSABLE, Broken, Python, Start, Step, Unknown, is_python
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRAILERS = {b"UVSC": "script", b"UVUV": "script", b"UVPY": "python"}
_RCDATA = 10
_NAMED = 0x80000000  # a resource's name, or the next level, stands at the offset in the other bits
_DATA_MOST = 1 << 20  # bytes of resources worth reading; uv's have some hundreds
_STORE = "PythonSoftwareFoundation.Python."
_BATCH = pattern(r'"([^"%\r\n]*python[\w.]*\.exe)"|([^\s"@]*python[\w.]*\.exe)', re.IGNORECASE)


def follow(start: Start) -> Step:
    """The next step from a program of Windows."""
    path = start.path
    uv = uv_target(path)
    if uv and not _in_environment(path):
        kind, target = uv
        target = os.path.join(os.path.dirname(path), target)
        words = (path, *start.words) if kind == "script" else start.words
        return Start(target, words, start.around, f"{path} is a launcher of uv for {target}")
    if is_python(path):
        return Python(path, start.words, start.around, f"{path} is a Python", start.sure)
    if os.path.basename(path).lower() in {"py.exe", "pyw.exe"}:
        return Unknown(f"{path} takes its version from the registry and from py.ini")
    line = appended_line(path)
    if line:
        return _from_line(start, line, f"{path} is a launcher with {line}")
    return _beside(start) or Unknown(f"{path} is a program of its own and no known launcher")


def stub(start: Start) -> Step:
    """The step from an empty file: Windows keeps such aliases for what its store offers."""
    path = start.path
    folder = os.path.dirname(path)
    if os.path.basename(folder).lower() != "windowsapps":
        return Broken(f"{path} is empty", fault=UNUSABLE)
    if any(name.startswith(_STORE) for name in files.names(folder)):
        return Unknown(f"{path} leads to the Python of the Microsoft Store")
    return Broken(f"{path} is no Python: it opens the Microsoft Store", fault=STUB)


def batch(start: Start) -> Step:
    """The step from a `.bat` or `.cmd` file."""
    text = files.text(start.path)
    if re.search(r"\bpyenv(?:\.bat)?\"?\s+exec\b", text):
        return _pyenv_win(start)
    text = text.replace("%~dp0", os.path.join(os.path.dirname(start.path), ""))
    lines = [line for line in text.splitlines() if "%*" in line]
    found = [match for line in lines if (match := _BATCH.search(line))]
    if len(found) != 1 or "%" in found[0][0]:
        return Unknown(f"{start.path} is a batch file that would have to be run")
    target = found[0][1] or found[0][2]
    rest = tuple(found[0].string[found[0].end() :].replace("%*", "").split())
    says = f"{start.path} is a batch file that starts {target}"
    return Start(target, (*rest, *start.words), start.around, says, sure=False)


def uv_target(path: str) -> tuple[str, str] | None:
    """`script` or `python`, and the interpreter's path as uv wrote it into its launcher."""
    end = files.tail(path, files.ENOUGH) or b""
    if kind := _TRAILERS.get(end[-4:]):
        (length,) = struct.unpack("<I", end[-8:-4].rjust(4, b"\0"))
        return kind, files.decoded(end[-8 - length : -8])
    resources = dict(_resources(path))
    target = resources.get("UV_PYTHON_PATH", b"")
    kind = "python" if resources.get("UV_TRAMPOLINE_KIND", b"")[:1] == b"\x02" else "script"
    return (kind, files.decoded(target).rstrip("\0")) if target else None


def appended_line(path: str) -> str:
    """The `#!` line between a program and the zip file at its end; empty if there is none."""
    end = files.tail(path, files.ENOUGH) or b""
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) < at + 20:
        return ""
    size, offset = struct.unpack_from("<II", end, at + 12)
    begin = os.path.getsize(path) - len(end) + at - size - offset
    before = files.part(path, max(0, begin - 1024), min(begin, 1024)) if begin > 0 else None
    line = (before or b"").rpartition(b"#!")
    return files.decoded(line[1] + line[2]).strip() if line[1] else ""


def _in_environment(path: str) -> bool:
    """Whether it is the interpreter of a virtual environment, which keeps its own name."""
    above = os.path.dirname(os.path.dirname(path))
    return is_python(path) and os.path.isfile(os.path.join(above, "pyvenv.cfg"))


def _from_line(start: Start, line: str, says: str) -> Step:
    split = shebang.split(line.encode("utf-8", "surrogateescape"), "Windows")
    if split is None:
        return Broken(f"{start.path} names no interpreter", says, fault=UNUSABLE)
    interpreter, words = split
    here = os.path.join(os.path.dirname(start.path), "")
    target = re.sub(r"<launcher_dir>[\\/]?", lambda _: here, interpreter)
    if os.path.basename(interpreter) == "env" and words:
        name = words.pop(0)
        found = first_on_path(name, start.around)
        if found is None:
            return Broken(f"{start.path} asks for {name}, which is not on PATH", says)
        target = found
    elif not os.path.dirname(target):
        return Unknown(f"{start.path} asks for {target} without saying where", says)
    return Start(target, (*words, start.path, *start.words), start.around, says, start.sure)


def _beside(start: Start) -> Step | None:
    """The step by a script of the same name beside a program."""
    stem = os.path.splitext(start.path)[0]
    for script in (f"{stem}-script.py", f"{stem}-script.pyw"):
        if files.kind(script) != "file":
            continue
        line = files.text(script).split("\n", 1)[0].strip()
        if line.startswith("#!"):
            return _from_line(start, line, f"{script} starts with {line}")
        scripts = os.path.dirname(start.path)
        places = (os.path.dirname(scripts), scripts)
        paths = [os.path.join(place, "python.exe") for place in places]
        target = next((path for path in paths if os.path.isfile(path)), paths[0])
        says = f"{script} names no interpreter, so {start.path} takes {target}"
        return Start(target, (script, *start.words), start.around, says, start.sure)
    return None


def _pyenv_win(start: Start) -> Step:
    root = start.around.variables.get("PYENV") or os.path.dirname(os.path.dirname(start.path))
    choice = pyenv.chosen(root.rstrip("\\/"), start.around)
    name = os.path.splitext(os.path.basename(start.path))[0] + ".exe"
    says = f"{start.path} is a shim of pyenv-win, which reads {' '.join(choice.versions)}"
    says = f"{says} from {choice.origin}"
    for version in choice.versions:
        prefix = os.path.join(root, "versions", version)
        for path in (os.path.join(prefix, name), os.path.join(prefix, "Scripts", name)):
            if is_executable(path, start.around):
                return Start(
                    path, start.words, start.around, f"{says} and takes {path}", sure=False
                )
    return Unknown(f"pyenv-win may find {name} elsewhere", says)


def _resources(path: str) -> Iterator[tuple[str, bytes]]:
    """The named raw resources of a program; nothing if it is damaged."""
    try:
        address, data = _resource_section(path)
        for identifier, offset in _entries(data, 0):
            if identifier == _RCDATA:
                yield from _raw_data(data, offset & ~_NAMED, address)
    except (struct.error, UnicodeDecodeError):
        return


def _resource_section(path: str) -> tuple[int, bytes]:
    """Where the section of resources is loaded, and its bytes."""
    head = files.head(path) or b""
    (at,) = struct.unpack_from("<I", head, 0x3C)
    (count,) = struct.unpack_from("<H", head, at + 6)
    (optional,) = struct.unpack_from("<H", head, at + 20)
    for number in range(count):
        section = at + 24 + optional + 40 * number
        if head[section : section + 8].rstrip(b"\0") == b".rsrc":
            address, size, offset = struct.unpack_from("<III", head, section + 12)
            return address, files.part(path, offset, min(size, _DATA_MOST)) or b""
    raise struct.error("no resources")


def _entries(data: bytes, directory: int) -> Iterator[tuple[int, int]]:
    """The names, or places of names, in a directory of resources, and the places they lead to."""
    named, numbered = struct.unpack_from("<HH", data, directory + 12)
    for number in range(named + numbered):
        yield struct.unpack_from("<II", data, directory + 16 + 8 * number)


def _raw_data(data: bytes, directory: int, address: int) -> Iterator[tuple[str, bytes]]:
    for name, offset in _entries(data, directory):
        if not name & _NAMED:
            continue
        (length,) = struct.unpack_from("<H", data, name & ~_NAMED)
        begin = (name & ~_NAMED) + 2
        text = data[begin : begin + 2 * length].decode("utf-16-le")
        for _language, leaf in _entries(data, offset & ~_NAMED):
            place, size = struct.unpack_from("<II", data, leaf)
            yield text, data[place - address : place - address + size]
