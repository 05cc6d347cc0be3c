"""JUDGE: `environment.yml`, as far as it tells what is installed.

The usual form is read here, strictly: whatever else is left to PyYAML, where that is installed.
Nothing is guessed: what neither can read is told as not understood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from ipymod.binder.facts import File

_KEY = pattern(r"([A-Za-z_][\w-]*):(?:[ ]+(.*))?")
_ITEM = pattern(r"( *)-( +)(.*)")
_PLAIN = pattern(r"[A-Za-z_.<>=/0-9-](?:[^:#\s]|:(?=\S)|(?<=\S)#| +(?=[^\s#]))*")
_TOLD = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_PYTHON = pattern(r"python\s*=+\s*([\d.]*)")  # what repo2docker takes for a pin
_NAMES_PYTHON = pattern(r"(?:[\w./-]+::)?python(?![\w.-])\s*\S", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A dependency as it is written, and its line, from 1."""

    text: str
    line: int


@dataclass(frozen=True)
class Environment:
    """What `environment.yml` says.

    Attributes:
        dependencies: those of conda.
        pip: those of pip.
        prefix: where the environment lay that this was exported from; empty without.
        fault: why repo2docker cannot read it, empty if it can.
        doubt: why it cannot be told here what stands in it, empty if it can.
        line: of the fault or doubt, from 1.
    """

    dependencies: tuple[Item, ...] = ()
    pip: tuple[Item, ...] = ()
    prefix: str = ""
    fault: str = ""
    doubt: str = ""
    line: int = 1

    @property
    def python(self) -> tuple[str, int]:
        """The version that repo2docker takes from it, empty without one, and its line."""
        found = ((_PYTHON.match(item.text), item) for item in self.dependencies)
        pins = [(match[1], item.line) for match, item in found if match]
        return pins[0] if pins else ("", 1)

    @property
    def other_python(self) -> Item | None:
        """What speaks of Python's version in a way that repo2docker does not understand."""
        spoken = (item for item in self.dependencies if _NAMES_PYTHON.match(item.text))
        item = next(spoken, None)
        return item if item and not self.python[0] else None


class _Unusual(Exception):  # noqa: N818  it is no fault
    """A form that is not read here; its argument is the line."""


def read(file: File) -> Environment:
    """Read the file."""
    try:
        return _Reader(file.plain).environment()
    except _Unusual as unusual:
        return _by_yaml(file.plain, unusual.args[0])


class _Reader:
    """Reads the form that `conda env export` and people write; refuses every other."""

    def __init__(self, text: str) -> None:
        numbered = enumerate(text.split("\n"), 1)
        told = [(at, line.rstrip(" ")) for at, line in numbered]
        self._lines = [
            (at, each) for at, each in told if each and not each.lstrip().startswith("#")
        ]
        if self._lines and self._lines[0][1] == "---":
            del self._lines[0]
        self._next = 0

    def environment(self) -> Environment:
        found: dict[str, Any] = {}
        while self._next < len(self._lines):
            at, line = self._take()
            match = _KEY.fullmatch(line)
            if not match or match[1] in found:
                raise _Unusual(at)
            found[match[1]] = self._value(match[1], match[2] or "", at)
        conda, pip = found.get("dependencies") or ((), ())
        return Environment(conda, pip, found.get("prefix", ""))

    def _take(self) -> tuple[int, str]:
        self._next += 1
        at, line = self._lines[self._next - 1]
        if "\t" in line:
            raise _Unusual(at)
        return at, line

    def _value(self, key: str, rest: str, at: int) -> Any:
        rest = "" if rest.lstrip().startswith("#") else rest
        if key == "dependencies":
            if rest:
                raise _Unusual(at)
            return self._dependencies()
        if rest:
            return self._scalar(rest, at)
        if key == "variables":
            return self._pairs()
        return [self._scalar(text, line) for line, _, text in self._items(at_least=0)]

    def _scalar(self, text: str, at: int) -> str:
        """The text of a value that is text for sure."""
        text = text.strip()
        for quote in "'\"":
            if text.startswith(quote):
                inner, end, rest = text[1:].partition(quote)
                if not end or "\\" in inner or (rest and not re.match(r"\s+#", rest)):
                    raise _Unusual(at)
                return inner
        bare = re.split(r"\s#", text, maxsplit=1)[0].rstrip()
        is_word = _PLAIN.fullmatch(bare) and re.search(r"[A-Za-z]", bare)
        if not is_word or bare.lower() in _TOLD or bare.startswith(("- ", "? ", "---")):
            raise _Unusual(at)
        return bare

    def _items(self, at_least: int) -> list[tuple[int, int, str]]:
        """The items of a list that begins here: line, column of the text, text."""
        found: list[tuple[int, int, str]] = []
        indent = -1
        while self._next < len(self._lines):
            match = _ITEM.fullmatch(self._lines[self._next][1])
            if not match or len(match[1]) < at_least:
                break
            indent = len(match[1]) if indent < 0 else indent
            if len(match[1]) != indent:
                break
            at, _ = self._take()
            column = len(match[1]) + 1 + len(match[2])
            if match[3].rstrip() == "pip:" and not at_least:
                found += [(at, -1, "pip:"), *self._items(column)]
                found.append((at, -1, ""))
            else:
                found.append((at, column, match[3]))
        return found

    def _dependencies(self) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        conda: list[Item] = []
        pip: list[Item] = []
        into = conda
        for at, column, text in self._items(at_least=0):
            if column < 0:
                if text and pip:
                    raise _Unusual(at)
                into = pip if text else conda
            else:
                into.append(Item(self._scalar(text, at), at))
        return tuple(conda), tuple(pip)

    def _pairs(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._next < len(self._lines) and self._lines[self._next][1].startswith(" "):
            at, line = self._take()
            match = _KEY.fullmatch(line.lstrip())
            if not match or match[1] in found:
                raise _Unusual(at)
            found[match[1]] = self._scalar(match[2] or "", at)
        return found


def _by_yaml(text: str, at: int) -> Environment:
    """Let PyYAML read what is unusual."""
    import importlib

    try:
        yaml: Any = importlib.import_module("yaml")  # comes with Jupyter's server, not with us
    except ImportError:
        return Environment(doubt="it is written in a form that takes PyYAML to read", line=at)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = getattr(error, "problem", None) or getattr(error, "reason", None)  # of characters
        fault = f"it is no YAML: {told}" if told else "it is no YAML"
        return Environment(fault=fault, line=mark.line + 1 if mark else at)
    except RecursionError:
        return Environment(doubt="it is nested too deeply", line=at)
    return _of_nodes(root)


def _of_nodes(root: Any) -> Environment:
    if root is None:
        return Environment()
    if root.id != "mapping":
        return Environment(fault="it holds no mapping such as `dependencies:`")
    found = {key.value: value for key, value in root.value if key.id == "scalar"}
    prefix = found.get("prefix")
    listed = found.get("dependencies")
    nodes = listed.value if listed is not None and listed.id == "sequence" else []
    told = prefix.value if prefix is not None and prefix.id == "scalar" else ""
    return Environment(tuple(_texts(nodes)), tuple(_of_pip(nodes)), told)


def _texts(nodes: Any) -> list[Item]:
    return [Item(node.value, node.start_mark.line + 1) for node in nodes if node.id == "scalar"]


def _of_pip(nodes: Any) -> list[Item]:
    inner = [pair for node in nodes if node.id == "mapping" for pair in node.value]
    lists = [value for key, value in inner if key.value == "pip" and value.id == "sequence"]
    return [item for each in lists for item in _texts(each.value)]
