"""FACE: the texts that a cell hands to a shell, as IPython itself understands the cell.

No line is guessed at: IPython's tokenizer turns `!` and `%` into calls, and the calls are read.
So a `!` in a string, in a comment or in a `%%writefile` is none.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# What a cell with a shell in it holds; others may hold it, too. Literals first: that is fast.
_BANG = pattern(r"!(?<![^\s=]!)(?!=)")
_MAGIC = pattern(r"%[ \t]*(?:!|(?:sx|system|bash|sh|shell|script)\b)")
_BARE_NAMES = ("pip ", "conda ", "mamba ", "uv ")
_BARE_LINE = pattern(r"^[ \t]*(?:pip|conda|mamba|micromamba|uv)[ \t]+[\w-]", re.MULTILINE)
_BARE = pattern(r"([ \t]*)((?:pip|conda|mamba|micromamba|uv)[ \t]+(?:-\w+[ \t]+)*[a-z]+\b.*)")
_SHELLS = frozenset({"bash", "sh"})
_OF_COLAB = "shell"  # a magic of its own, whose body bash gets as it is
_LOGS_IN = frozenset({"-l", "--login", "-i", "-li", "-il"})  # what PATH is then, profiles decide
_VALUED_OF_SCRIPT = pattern(r"--(?:out|err|proc)[ \t]+\S+")
_CAPTURING = frozenset({"sx", "system", "!"})
_RUN_THEIR_BODY = frozenset({"capture", "time", "timeit", "prun"})


@dataclass(frozen=True)
class ShellText:
    """A text for a shell, and where it stands.

    Attributes:
        text: what the shell gets; in a line, continued lines are joined, and `{expression}` and
            `$name` are not yet replaced.
        line: the cell's line where it begins, from 1.
        kind: `line` for `!x`; `captured` for `!!x`, `a = !x`, `%sx`, `%system`; `script` for
            `%%bash`, `%%sh`, `%%script bash`; `captured script` for `%%sx`, `%%!`;
            `bare` for `pip install x` without `!`, which is `%pip` or nothing.
        last_line: the cell's line where it ends.
    """

    text: str
    line: int
    kind: str
    last_line: int

    @property
    def is_line_of_ipython(self) -> bool:
        """Tell whether IPython replaces `{expression}` in it before a shell sees it."""
        return self.kind in {"line", "captured", "captured script"}


def shell_texts(cell: str, transform: Callable[[str], str] | None = None) -> list[ShellText]:
    """Give the texts that a cell hands to a shell, in their order.

    Args:
        cell: the source of a cell.
        transform: IPython's `transform_cell`; without it that of a fresh IPython.
    """
    if not may_hold_one(cell):
        return []
    return list(_texts(cell, transform or _of_ipython(), 0))


def may_hold_one(cell: str) -> bool:
    """Tell cells apart at next to no cost: most hold neither `!` nor `%` nor a bare `pip`."""
    if "!" in cell and _BANG.search(cell):
        return True
    if "%" in cell and _MAGIC.search(cell):
        return True
    may_be_bare = any(name in cell for name in _BARE_NAMES)
    return "get_ipython(" in cell or (may_be_bare and bool(_BARE_LINE.search(cell)))


def _of_ipython() -> Callable[[str], str]:
    from IPython.core.inputtransformer2 import TransformerManager

    transform: Callable[[str], str] = TransformerManager().transform_cell
    return transform


def _texts(cell: str, transform: Callable[[str], str], above: int) -> Iterator[ShellText]:
    calls = _calls(cell, transform)
    lines = cell.split("\n")
    skipped = next((at for at, line in enumerate(lines) if line.strip()), 0)
    for node, method, words in calls:
        line = node.lineno + skipped
        joined = _joined(lines, line)
        skipped += joined
        yield from _of_call(method, words, _Place(line + above, joined, transform))


@dataclass(frozen=True)
class _Place:
    """Where a call stands, how many more lines it takes, and how cells within are read."""

    line: int
    joined: int
    transform: Callable[[str], str]


def _of_call(method: str, words: list[str], place: _Place) -> Iterator[ShellText]:
    if found := shell_argument(method, words):
        yield _text(words[found[0]], found[1], place)
        return
    match method, words:
        case "bare", [text]:
            yield _text(text, "bare", place)
        case "run_line_magic", ["time", text] if may_hold_one(text):
            yield from _texts(text, place.transform, place.line - 1)
        case "run_cell_magic", [name, _, body] if name in _RUN_THEIR_BODY and may_hold_one(body):
            yield from _texts(body, place.transform, place.line)


def shell_argument(method: str, words: Sequence[str]) -> tuple[int, str] | None:
    """Which argument of a call of IPython's is a text for a shell, and of what kind; or None.

    Args:
        method: of IPython's shell: `system`, `getoutput`, `run_line_magic`, `run_cell_magic`.
        words: all its arguments.
    """
    match method, words:
        case "system", [_]:
            return 0, "line"
        case "getoutput", [_]:
            return 0, "captured"
        case "run_line_magic", [name, _] if name in _CAPTURING:
            return 1, "captured"
        case "run_cell_magic", [name, _, _] if name in _CAPTURING:
            return 2, "captured script"
        case "run_cell_magic", [name, options, _] if _is_of_a_shell(name, options):
            return 2, "script"
    return None


def _text(text: str, kind: str, place: _Place) -> ShellText:
    if not kind.endswith("script"):
        return ShellText(text, place.line, kind, place.line + place.joined)
    last = place.line + len(text.rstrip("\n").split("\n"))
    return ShellText(text, place.line + 1, kind, last)


def _is_of_a_shell(name: str, options: str) -> bool:
    """Tell whether the body is for a shell that starts with the kernel's own variables."""
    is_shell = (
        name in _SHELLS or name == _OF_COLAB or (name == "script" and _starts_a_shell(options))
    )
    return is_shell and not _LOGS_IN.intersection(options.split())


def _starts_a_shell(options: str) -> bool:
    words = _VALUED_OF_SCRIPT.sub("", options).split()
    program = next((word for word in words if not word.startswith("-")), "")
    return program.rpartition("/")[2] in _SHELLS


def _calls(cell: str, transform: Callable[[str], str]) -> list[tuple[ast.Call, str, list[str]]]:
    """The calls of IPython in a cell, in their order, with their literal arguments."""
    tree = _tree(cell, transform)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    told = [(node, *method_of(node)) for node in nodes]
    found = [(node, name, words) for node, name, words in told if name]
    return sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset))


def _tree(cell: str, transform: Callable[[str], str]) -> ast.Module | None:
    try:
        source = transform(cell)
    except (SyntaxError, IndexError):  # the second is a fault of IPython's own
        return None
    return parsed(source) or parsed(_with_bare_calls(source))


def parsed(source: str) -> ast.Module | None:
    """Parse a text as Python, without its warnings; None if it is none."""
    import warnings

    try:
        with warnings.catch_warnings(action="ignore"):  # Python will say it when the cell runs
            return ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _with_bare_calls(source: str) -> str:
    """Make calls of bare `pip install x`; in a string such a line stays one of the string."""
    lines = source.split("\n")
    found = [_BARE.fullmatch(line) for line in lines]
    pairs = zip(lines, found, strict=True)
    return "\n".join(
        f"{bare[1]}get_ipython().bare({bare[2]!r})" if bare else line for line, bare in pairs
    )


def method_of(node: ast.Call) -> tuple[str, list[str]]:
    """Give the name of IPython's method, and its arguments; no name if it is another call."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=name)
        ):
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            words = [value for value in values if isinstance(value, str)]
            return name, words if len(words) == len(node.args) else []
    return "", []


def _joined(lines: list[str], line: int) -> int:
    """How many lines IPython has joined to this one."""
    at = line - 1
    if at >= len(lines) or "get_ipython" in lines[at]:
        return 0
    last = at
    while last + 1 < len(lines) and lines[last].rstrip("\r").endswith("\\"):
        last += 1
    return last - at
