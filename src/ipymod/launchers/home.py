"""GATHER: where an interpreter finds its standard library: its home, the base of environments.

Python looks beside its own file, links of that file followed, and upwards, for the library of
its own version. Where that fails it takes a path that was compiled in, which only a run can tell.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers.surroundings import Surroundings

_LIBRARY = pattern(r"((?:python|pypy)\d\.\d+t?)")
_NAMED = pattern(r"((?:python|pypy)\d\.\d+t?)[dmu]{0,3}(?:\.exe)?")
_LANDMARKS = ("os.py", "os.pyc")


@dataclass(frozen=True)
class Home:
    """A standard library and the prefix that it belongs to.

    Attributes:
        prefix: the prefix, links of directories not followed.
        library: `lib/python3.12` or `Lib`, below the prefix.
        sure: false if Python itself may look elsewhere first.
    """

    prefix: str
    library: str
    sure: bool = True

    @property
    def name(self) -> str:
        """`python3.12`, `pypy3.10`, `python3.13t`; empty on Windows."""
        last = os.path.basename(self.library)
        return last if _LIBRARY.fullmatch(last) else ""

    @property
    def stdlib(self) -> str:
        """The directory of the standard library."""
        return os.path.join(self.prefix, self.library)


def find(python: str, config: dict[str, str], around: Surroundings) -> Home | None:
    """The home of an interpreter that has this `pyvenv.cfg`, empty for none.

    None if only the compiled-in path is left.
    """
    chain = files.followed(python)
    if files.kind(chain[-1]) != "file":
        return None
    name = named(chain, config)
    home = upwards(config.get("home") or os.path.dirname(chain[-1]), name, around)
    if home or (around.windows and config):
        return home
    # Now the compiled-in path takes over: most likely it is where the real file lies.
    beyond = upwards(os.path.dirname(os.path.realpath(chain[-1])), name, around)
    return beyond and Home(beyond.prefix, beyond.library, sure=False)


def named(chain: list[str], config: dict[str, str]) -> str:
    """The name of the library that an interpreter looks for, as far as names tell: `python3.12`.

    The file's own name and those of the links to it come first, then a file beside it, then
    `pyvenv.cfg`, which may be older than the base it speaks of.
    """
    for path in reversed(chain):
        if match := _NAMED.fullmatch(os.path.basename(path)):
            return match[1]
    beside = {
        match[1]
        for each in files.names(os.path.dirname(chain[-1]))
        if (match := _NAMED.fullmatch(each))
    }
    if len(beside) == 1 and config:
        return beside.pop()
    version = re.match(r"\d\.\d+", config.get("version_info") or config.get("version") or "")
    family = "pypy" if config.get("implementation", "").lower() == "pypy" else "python"
    return f"{family}{version[0]}" if version else ""


def upwards(directory: str, name: str, around: Surroundings) -> Home | None:
    """The nearest prefix, from a directory upwards, that has the library of that name."""
    while True:
        library = library_of(directory, name, around)
        if library:
            return Home(directory, library)
        directory, below = os.path.dirname(directory), directory
        if directory in {below, os.path.dirname(directory)}:
            return None  # the root itself is never a prefix


def library_of(prefix: str, name: str, around: Surroundings) -> str | None:
    """The standard library in a prefix; if no name is known, the only one that is there."""
    if around.windows:
        return "Lib" if _has_landmark(os.path.join(prefix, "Lib")) else None
    found = [library for library in _libraries(prefix, name) if _has(prefix, library)]
    return found[0] if found and (name or len(found) == 1) else None


def _libraries(prefix: str, name: str) -> Iterator[str]:
    for lib in ("lib", "lib64"):
        if name:
            yield os.path.join(lib, name)
        else:
            inside = files.names(os.path.join(prefix, lib))
            yield from (os.path.join(lib, each) for each in inside if _LIBRARY.fullmatch(each))


def _has(prefix: str, library: str) -> bool:
    return _has_landmark(os.path.join(prefix, library))


def _has_landmark(directory: str) -> bool:
    return any(os.path.isfile(os.path.join(directory, name)) for name in _LANDMARKS)


def full_version(home: Home, config: dict[str, str], root: str) -> str:
    """The version as exactly as files tell it; `root` is where pyenv keeps its versions.

    What belongs to the base itself comes first: `pyvenv.cfg` was true when it was written.
    """
    short = short_version(home, config)
    told = (
        _from_header(home, short)
        or _from_details(home)
        or _from_conda(home.prefix)
        or _from_folder(home.prefix, root)
        or _plain(config.get("version_info") or config.get("version") or "")
    )
    return told if told and (not short or told.startswith(f"{short}.")) else short


def short_version(home: Home, config: dict[str, str]) -> str:
    """`3.12`, or empty."""
    if match := re.search(r"\d\.\d+", home.name):
        return match[0]
    for name in files.names(home.prefix):  # python312.dll
        if match := re.fullmatch(r"python(\d)(\d+)t?\.dll", name, re.IGNORECASE):
            return f"{match[1]}.{match[2]}"
    match = re.match(r"\d\.\d+", config.get("version_info") or config.get("version") or "")
    return match[0] if match else ""


def _plain(version: str) -> str:
    """`3.12.1` of `3.12.1.final.0`; `3.13.0rc2` of `3.13.0.candidate.2` is not worth guessing."""
    match = re.match(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?", version)
    return match[0] if match and "candidate" not in version else ""


def _from_header(home: Home, short: str) -> str:
    folders = [f"python{short}{flags}" for flags in ("", "m", "t")] if home.name else [""]
    for folder in folders:
        text = files.text(os.path.join(home.prefix, "include", folder, "patchlevel.h"))
        if match := re.search(r'#define\s+PY_VERSION\s+"([^"+]+)', text):
            return match[1]
    return ""


def _from_details(home: Home) -> str:
    text = files.text(os.path.join(home.stdlib, "build-details.json"), 65536)
    match = re.search(
        r'"implementation".*?"major":\s*(\d+).*?"minor":\s*(\d+).*?"micro":\s*(\d+)',
        text,
        re.DOTALL,
    )
    return ".".join(match.groups()) if match else ""


def _from_conda(prefix: str) -> str:
    for name in files.names(os.path.join(prefix, "conda-meta")):
        if match := re.fullmatch(r"python-(\d+\.\d+\.\d+\w*)-[^-]+\.json", name):
            return match[1]
    return ""


def _from_folder(prefix: str, root: str) -> str:
    inside = os.path.dirname(prefix) == os.path.join(root, "versions")
    return _plain(os.path.basename(prefix)) if inside else ""
