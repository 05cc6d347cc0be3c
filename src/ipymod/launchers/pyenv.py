"""GATHER: which of pyenv's Pythons a shim would start, by the rules of `pyenv exec`.

A shim knows its root alone. The version is PYENV_VERSION, or the nearest `.python-version`, or
the root's `version` file, or `system`, which is what PATH has without the shims.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.launchers import files
from ipymod.launchers.path import first_on_path, is_executable
from ipymod.launchers.steps import SHIM, Broken, Start, Step, Unknown, is_pip
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers.surroundings import Surroundings

_ROOT = pattern(r"""^\s*export PYENV_ROOT=(?:"([^"$]+)"|'([^']+)'|([^\s"'$]+))""", re.MULTILINE)
_UNSTABLE = pattern(r"-dev$|-src$|-latest$|(?:a|b|rc)\d+$")


@dataclass(frozen=True)
class Choice:
    """The versions that pyenv would try, in order, and where they were written."""

    versions: tuple[str, ...]
    origin: str


def is_shim(script: str) -> bool:
    """Whether a shell script is one of pyenv's shims."""
    return re.search(r'pyenv"?\s+exec\s', script) is not None


def follow(start: Start, script: str) -> Step:
    """The file that pyenv would start, with PATH and PYENV_VERSION as it sets them."""
    match = _ROOT.search(script)
    root = (match[1] or match[2] or match[3]) if match else root_of(start.around)
    name = os.path.basename(start.path)
    choice = chosen(root, start.around)
    if "" in choice.versions:
        return Unknown(f"pyenv reads an empty version from {choice.origin}")
    says = f"{start.path} is a shim of pyenv, which reads {':'.join(choice.versions)}"
    says = f"{says} from {choice.origin}"
    found = _search(root, name, choice, start)
    if found is None:
        return _nothing(root, name, choice, says)
    around = _as_exec_sets_it(root, found, name, choice, start.around)
    says = f"{says} and takes {found}"
    return Start(found, start.words, around, says, start.sure, choice.origin)


def root_of(around: Surroundings) -> str:
    """The directory that pyenv keeps everything in."""
    return around.variables.get("PYENV_ROOT") or os.path.join(around.home, ".pyenv")


def chosen(root: str, around: Surroundings) -> Choice:
    """What pyenv reads as its version here; a name that is not installed stays as it is."""
    text, origin = around.variables.get("PYENV_VERSION", ""), "PYENV_VERSION"
    if not text:
        origin = _version_file(around) or os.path.join(root, "version")
        text = ":".join(_written(origin, root))
    if not text or text == "system":
        return Choice(("system",), origin if text else f"nothing ({origin} names none)")
    names = text.removesuffix(":").split(":")
    return Choice(tuple(_installed(root, name) for name in names), origin)


def _version_file(around: Surroundings) -> str | None:
    """The `.python-version` nearest to PYENV_DIR, then to the working directory."""
    working = _logical(around)
    for top in dict.fromkeys([around.variables.get("PYENV_DIR") or working, working]):
        directory = top
        while True:
            candidate = f"{directory}/.python-version"
            if files.kind(candidate) == "file":
                return candidate
            if "/" not in directory:
                break
            directory = directory.rpartition("/")[0]
    return None


def _logical(around: Surroundings) -> str:
    """The working directory as the shell names it: through the links that led there."""
    named = around.variables.get("PWD", "")
    try:
        same = named.startswith("/") and os.path.samefile(named, around.cwd)
    except (OSError, ValueError):
        same = False
    return named if same else around.cwd


def _written(path: str, root: str) -> Iterator[str]:
    """The first word of each line, without comments and without ways out of `versions`."""
    for line in files.text(path).replace("\0", "").split("\n"):  # bash drops NULs as well
        word = next(iter(re.split(r"[ \t\r]+", line.strip(" \t\r"))), "")
        if word and not word.startswith("#") and _is_safe(word, root):
            yield word


def _is_safe(word: str, root: str) -> bool:
    if word != ".." and "/" not in word:
        return True
    versions = os.path.realpath(os.path.join(root, "versions"))
    return os.path.realpath(os.path.join(versions, word)).startswith(versions + os.sep)


def _installed(root: str, name: str) -> str:
    """The version that a name means: itself, without `python-`, or the latest that begins so."""
    plain = name.removeprefix("python-")
    for each in (name, plain):
        if each == "system" or os.path.isdir(os.path.join(root, "versions", each)):
            return each
    return latest(root, name) or latest(root, plain) or plain


def latest(root: str, prefix: str) -> str | None:
    """The newest stable version that begins with a prefix, as `pyenv latest` sorts them."""
    free_threaded = re.search(r"\dt$", prefix) is not None
    begin = prefix.removesuffix("t") if free_threaded else prefix
    versions = os.path.join(root, "versions")
    fitting = [
        name
        for name in files.names(versions)
        if name.startswith((f"{begin}-", f"{begin}."))
        and not _UNSTABLE.search(name)
        and (name.endswith("t") if free_threaded else not re.search(r"\dt$", name))
        and os.path.isdir(os.path.join(versions, name))
    ]
    return max(fitting, key=_sorted_as, default=None)


def _sorted_as(name: str) -> tuple[str, int, int, int]:
    """The first field as text, three more as numbers, a dash after the first word as a dot."""
    fields = [*re.sub(r"^([^\W_]+)-", r"\1.", name).split("."), "", "", ""]
    numbers = [re.match(r"\d*", field) for field in fields[1:4]]
    first, second, third = (int(number[0] or 0) if number else 0 for number in numbers)
    return fields[0], first, second, third


def _search(root: str, name: str, choice: Choice, start: Start) -> str | None:
    """The first file of that name: in each version, at last on PATH without the shims."""
    for version in (*choice.versions, "system"):
        if version == "system":
            found = first_on_path(name, _without_shims(root, start))
        else:
            candidate = os.path.join(root, "versions", version, "bin", name)
            found = candidate if is_executable(candidate, start.around) else None
        if found:
            return found
    return None


def _without_shims(root: str, start: Start) -> Surroundings:
    """PATH without the entries that are written just like the shims' directory."""
    shims = {f"{root}/shims", os.path.dirname(start.path)}
    home = start.around.home
    return start.around.with_path(
        entry for entry in start.around.path if entry.replace("~", home) not in shims
    )


def _nothing(root: str, name: str, choice: Choice, says: str) -> Step:
    versions = os.path.join(root, "versions")
    missing = [
        version
        for version in choice.versions
        if version != "system" and not os.path.isdir(os.path.join(versions, version))
    ]
    if missing:
        wanted = ", ".join(missing)
        reason = f"pyenv has no version {wanted}, which {choice.origin} asks for"
        return Broken(reason, says, fault=SHIM, origin=choice.origin)
    if any(os.path.exists(f"{versions}/{each}/bin/activate") for each in choice.versions):
        return Unknown(f"pyenv may find {name} in the base of an environment", says)
    reason = f"pyenv finds no {name} in {', '.join(choice.versions)}"
    return Broken(reason, says, fault=SHIM, origin=choice.origin)


def _as_exec_sets_it(
    root: str, found: str, name: str, choice: Choice, around: Surroundings
) -> Surroundings:
    variables = {"PYENV_ROOT": root, "PYENV_VERSION": ":".join(choice.versions)}
    after = around.with_variables(**variables)
    # For pip, a hook puts its directory first even where the version is `system`.
    if found.startswith(root) or is_pip(name):
        after = after.with_path((os.path.dirname(found), *around.path))
    return after
