"""GATHER: which notebooks lie where the user points to."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import deque
from typing import TYPE_CHECKING

from ipymod.errors import UsageError
from ipymod.frozen import dataclass
from ipymod.notebooks.ignored import Ignored

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

_SUFFIX = ".ipynb"
_NEVER_OURS = frozenset(
    {".git", ".ipynb_checkpoints", ".nox", ".tox", ".venv", "__pycache__", "node_modules"}
)
_OF_ENVIRONMENTS = frozenset({"pyvenv.cfg", "conda-meta"})
_IGNORE_FILES = (".gitignore", ".ignore")  # the second is of those who search: it comes last
_MOST = 1 << 22  # bytes of an ignore file
_NO_FILE = "it is no regular file"  # to open a pipe waits for ever


@dataclass(frozen=True)
class _Folder:
    """A folder to look into.

    Attributes:
        shown: as a reader knows it, with a separator at its end; empty for the current one.
        real: its absolute path, without links.
        rules: what ignore files above it say, the nearest last.
        is_given: whether the user named it: then it is looked into whatever it is.
    """

    shown: str
    real: str
    rules: tuple[Ignored, ...]
    is_given: bool = False


@dataclass(frozen=True)
class _Content:
    """What of a folder counts, each as it is shown and as it really is; links lead elsewhere."""

    notebooks: list[tuple[str, str]]
    folders: list[tuple[str, str]]
    links: list[tuple[str, str]]
    rules: tuple[Ignored, ...]


def find(paths: Sequence[str], exclude: Sequence[str] = (), base: str = "") -> Walk:
    """Give the notebooks at and below some paths, in a stable order.

    Args:
        paths: files, which are taken whatever they are called, and folders; none for the current
            folder.
        exclude: lines as in a `.gitignore`; they are not about what the user named.
        base: the folder that these lines are about; the current one by default.

    Raises:
        UsageError: one of the paths is not there.
    """
    for path in paths:
        _require(path)
    return Walk(paths or [os.curdir], exclude, base)


class Walk:
    """Gives notebooks, each once; a file's own name goes before those of links to it.

    Attributes:
        remarks: what was passed over though it may be or hold a notebook, with the reason; whole
            when the walk has ended.
    """

    def __init__(self, paths: Sequence[str], exclude: Sequence[str], base: str) -> None:
        self.remarks: list[str] = []
        self._paths = paths
        self._exclude = Ignored(os.path.realpath(base or os.curdir), "\n".join(exclude))
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        self._seen.clear()
        self.remarks.clear()
        for path in self._paths:
            real = os.path.realpath(path)
            if os.path.isdir(real):
                start = os.path.join(_tidy(path), "").removeprefix(os.path.join(os.curdir, ""))
                yield from self._below(_Folder(start, real, _above(real), is_given=True))
            elif self._is_legible(path):
                yield from self._once(_tidy(path), real)

    def _below(self, start: _Folder) -> Iterator[str]:
        """The notebooks of a folder, then those of the folders in it, then what links lead to."""
        waiting, links = [start], deque[tuple[str, str]]()
        while waiting or links:
            if not waiting:
                shown, real = links.popleft()
                if os.path.isfile(real):
                    yield from self._once(shown, real)
                elif os.path.exists(real) and not os.path.isdir(real):
                    self._pass_over(shown, _NO_FILE)
                else:
                    waiting.append(_Folder(shown, real, _above(real)))
                continue
            folder = waiting.pop()
            if folder.real in self._seen:
                continue
            self._seen.add(folder.real)
            content = self._content(folder)
            for shown, real in content.notebooks:
                yield from self._once(shown, real)
            waiting += (_Folder(*each, content.rules) for each in reversed(content.folders))
            links += content.links

    def _once(self, shown: str, real: str) -> Iterator[str]:
        if real not in self._seen:
            self._seen.add(real)
            yield shown

    def _content(self, folder: _Folder) -> _Content:
        entries = self._entries(folder)
        names = {entry.name for entry in entries}
        content = _Content([], [], [], _rules_of(folder, names))
        if folder.is_given or _OF_ENVIRONMENTS.isdisjoint(names):
            for entry in entries:
                try:
                    self._sort(entry, folder, content)
                except OSError as error:
                    self._pass_over(folder.shown + entry.name, error.strerror)
        return content

    def _entries(self, folder: _Folder) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder.real) as found:
                return sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._pass_over(folder.shown or os.curdir, error.strerror)
            return []

    def _sort(self, entry: os.DirEntry[str], folder: _Folder, content: _Content) -> None:
        """Put an entry where it belongs, if it counts.

        Raises:
            OSError: the system does not tell what it is.
        """
        name, is_folder = entry.name, entry.is_dir()
        if name in _NEVER_OURS or not (is_folder or name.endswith(_SUFFIX)):
            return
        shown = os.path.join(folder.shown + name, "") if is_folder else folder.shown + name
        if self._is_ignored(entry.path, content.rules, is_folder=is_folder):
            return
        if not self._is_legible(shown):
            return
        if _is_link(entry):
            real = os.path.realpath(entry.path)
            if not is_folder or not _leads_up(real, folder.real):
                content.links.append((shown, real))
        elif is_folder:
            content.folders.append((shown, entry.path))
        elif entry.is_file():
            content.notebooks.append((shown, entry.path))
        else:
            self._pass_over(shown, _NO_FILE)

    def _is_ignored(self, path: str, rules: tuple[Ignored, ...], *, is_folder: bool) -> bool:
        for each in (self._exclude, *reversed(rules)):
            said = each.says(path, is_folder=is_folder)
            if said is not None:
                return said
        return False

    def _is_legible(self, shown: str) -> bool:
        """Whether the name is text; the formats in which findings are written know no other."""
        if shown.isascii():
            return True
        try:
            shown.encode()
        except UnicodeEncodeError:
            self._pass_over(shown, "its name is no UTF-8")
            return False
        return True

    def _pass_over(self, shown: str, why: str | None) -> None:
        told = shown.encode("utf-8", "backslashreplace").decode()
        self.remarks.append(f"{told} is passed over: {why}")


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Whether an entry lies elsewhere; Windows has links of another kind, too."""
    if os.name == "nt":
        return os.path.realpath(entry.path) != entry.path
    return entry.is_symlink()


def _leads_up(real: str, folder: str) -> bool:
    return os.path.join(folder, "").startswith(os.path.join(real, ""))


def _rules_of(folder: _Folder, names: Container[str]) -> tuple[Ignored, ...]:
    """What counts in a folder that has these names; a repository in it starts anew."""
    if ".git" in names:
        return tuple(_read(folder.real, names))
    return (*folder.rules, *_read(folder.real, names))


def _above(folder: str) -> tuple[Ignored, ...]:
    """What is said above a folder, from the root of its repository on; nothing outside of one."""
    way: list[str] = []
    while not os.path.lexists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return ()
        way.append(folder)
    return tuple(rules for each in reversed(way) for rules in _read(each, (".git", *_IGNORE_FILES)))


def _read(folder: str, names: Container[str]) -> Iterator[Ignored]:
    files = [_exclude_file(folder)] if ".git" in names else []
    files += [os.path.join(folder, name) for name in _IGNORE_FILES if name in names]
    for path in files:
        with contextlib.suppress(OSError), open(path, "rb") as file:
            yield Ignored(folder, file.read(_MOST).decode("utf-8", "surrogateescape"))


def _exclude_file(folder: str) -> str:
    """Where the root of a repository has lines that are not shared; worktrees have a common one."""
    git = os.path.join(folder, ".git")
    if os.path.isfile(git):
        git = os.path.join(folder, _told(git).removeprefix("gitdir: "))
        git = os.path.join(git, _told(os.path.join(git, "commondir")))
    return os.path.join(git, "info", "exclude")


def _told(path: str) -> str:
    """What a file of one line says; empty where there is none."""
    with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        return file.readline().rstrip("\n")
    return ""


def _tidy(path: str) -> str:
    """The path without what says nothing; `..` stays: after a link it means another folder."""
    return path if os.pardir in path.split(os.sep) else os.path.normpath(path)


def _require(path: str) -> None:
    """Refuse what is not there, and what is neither a file nor a folder.

    Raises:
        UsageError: it is not, or cannot be reached.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(path):
            leads = os.readlink(path)
            raise UsageError(f"{path!r} is a link to {leads!r}, which is not there") from None
        raise UsageError(f"there is no {path!r}; {_instead(path)}") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path!r} cannot be reached: {why}") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise UsageError(f"{path!r} cannot be read: {_NO_FILE}; name notebooks or folders of them")


def _instead(path: str) -> str:
    from difflib import get_close_matches

    folder, name = os.path.split(path)
    with contextlib.suppress(OSError):
        if near := get_close_matches(name, os.listdir(folder or os.curdir), n=1):
            return f"did you mean {os.path.join(folder, near[0])!r}?"
    return "name notebooks or folders of notebooks, or nothing for the current folder"
