r"""JUDGE: which names the lines of a `.gitignore` mean; nothing is read here.

The rules are those of gitignore(5) and of git's own `wildmatch`, and the tests compare with git. An
entry is judged by itself: whoever walks does not go below what is ignored, so no line has to mean
what lies there. A name is made of characters here, where git sees bytes: `?` is any letter.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIX = ".ipynb"
_KEPT = pattern(r"(?:\\.|[^\\ ]|\\\Z| +(?=[^ ]))*", re.DOTALL)  # all but spaces at the end
_TOKEN = pattern(
    r"""\*+ | \\. | \[ [!^]?+ \]?+ (?: \[:[^\]]*:\] | \\. | [^\]\\] )* \] | .""",
    re.VERBOSE | re.DOTALL,
)
_MEMBER = pattern(r"\[:([^\]]*):\] | (\\.|.) (?: - (\\.|.) )?", re.VERBOSE | re.DOTALL)
_WILD = pattern(r"[*?\[\\]")
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_NEVER = "(?!)"


@dataclass(frozen=True)
class _Line:
    """One line.

    Attributes:
        number: where it stands; the last line that fits decides.
        glob: what has to fit, without the marks around it.
        ignores: False where it begins with `!`.
        of_names: whether it is about the last part of a path alone.
        of_folders: whether it is about folders alone.
    """

    number: int
    glob: str
    ignores: bool
    of_names: bool
    of_folders: bool


class Ignored:
    """What some lines say of the folders and notebooks below a folder.

    Args:
        folder: the absolute path of the folder that the lines are about.
        text: the lines.
    """

    def __init__(self, folder: str, text: str) -> None:
        self._below = os.path.join(folder, "")
        self._lines = list(_lines(text))
        self._tables: dict[bool, tuple[_Table, _Table]] = {}

    def says(self, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether an absolute path is ignored; None where no line speaks of it.

        Of files only notebooks are judged.
        """
        if not self._lines:
            return None
        names, paths = self._tables.get(is_folder) or self._tables_for(is_folder=is_folder)
        inside = path.removeprefix(self._below)
        inside = inside.replace(os.sep, "/")
        number = max(names.last(inside.rpartition("/")[2]), paths.last(inside))
        return None if number < 0 else self._lines[number].ignores

    def cover(self, path: str) -> bool:
        """Tell whether the absolute path of a notebook is ignored, or a folder above it."""
        if self.says(path, is_folder=False):
            return True
        way = path
        while (way := os.path.dirname(way)).startswith(self._below):
            if self.says(way, is_folder=True):
                return True
        return False

    def _tables_for(self, *, is_folder: bool) -> tuple[_Table, _Table]:
        fit = self._lines
        if not is_folder:
            fit = [each for each in fit if not each.of_folders and _may_fit_notebooks(each.glob)]
        names = _Table([line for line in fit if line.of_names])
        paths = _Table([line for line in fit if not line.of_names])
        self._tables[is_folder] = names, paths
        return names, paths


class _Table:
    """Lines of one kind: those without wildcards are looked up, the others are one expression."""

    def __init__(self, lines: list[_Line]) -> None:
        self._plain = {line.glob: line.number for line in lines if not _WILD.search(line.glob)}
        wild = [line for line in lines if _WILD.search(line.glob)][::-1]  # the last one comes first
        self._numbers = [line.number for line in wild]
        self._any = pattern("|".join(f"({_expression(line)})\\Z" for line in wild))

    def last(self, text: str) -> int:
        """The number of the last line that fits, -1 if none does."""
        number = self._plain.get(text, -1)
        found = self._any.match(text) if self._numbers else None
        return max(number, self._numbers[(found.lastindex or 1) - 1]) if found else number


def _lines(text: str) -> Iterator[_Line]:
    given = (line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n"))
    kept = (match[0] for line in given if line[:1] != "#" and (match := _KEPT.match(line)))
    for number, line in enumerate(filter(None, kept)):
        glob = line.removeprefix("!")
        bare = glob.removesuffix("/")
        of_names = "/" not in bare
        yield _Line(number, bare.removeprefix("/"), glob == line, of_names, bare != glob)


def _may_fit_notebooks(glob: str) -> bool:
    """Whether a notebook can be meant: most lines are about other suffixes."""
    tail = re.split(r"[*?\[\]\\/]", glob)[-1] if _WILD.search(glob) else ""
    return tail.endswith(_SUFFIX) or _SUFFIX.endswith(tail)


def _expression(line: _Line) -> str:
    """The glob as a regular expression without groups; it has to fit up to the end."""
    tokens = _TOKEN.findall(line.glob)
    if "[" in tokens or "\\" in tokens:  # it is not closed, nothing is escaped: git fits nothing
        return _NEVER
    if line.of_names:
        return _part(tokens)
    *folders, name = _split(tokens, "/")
    above = "".join(r"(?:.*/)?" if _is_any_depth(part) else f"{_part(part)}/" for part in folders)
    return above + (".*" if _is_any_depth(name) else _part(name))


def _split(tokens: list[str], at: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.startswith(at):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _is_any_depth(part: list[str]) -> bool:
    return len(part) == 1 and part[0].startswith("**")


def _part(tokens: list[str]) -> str:
    """What lies between two slashes.

    A `*` that another one follows takes as little as it can and gives nothing back, which finds
    the same; so a line of many `*` takes no longer than others.
    """
    first, *others = ("".join(map(_letter, piece)) for piece in _split(tokens, "*"))
    between = "".join(f"(?>[^/]*?{piece})" for piece in others[:-1])
    return first + between + "".join(f"[^/]*{piece}" for piece in others[-1:])


def _letter(token: str) -> str:
    if token == "?":  # noqa: S105  no password
        return "[^/]"
    if token.startswith("["):
        return _set(token[1:-1])
    return re.escape(token[-1])


def _set(text: str) -> str:
    """What may stand between brackets; it never fits a slash."""
    is_not = text.startswith(("!", "^"))
    members = "".join(_member(*match.groups("")) for match in _MEMBER.finditer(text, int(is_not)))
    if _NEVER in members:
        return _NEVER
    return f"(?!/)[{'^' if is_not else ''}{members}]"


def _member(kind: str, first: str, last: str) -> str:
    if not first:
        return _CLASSES.get(kind, _NEVER)
    first, last = first[-1], last[-1:]
    return re.escape(first) + (f"-{re.escape(last)}" if last >= first else "")
