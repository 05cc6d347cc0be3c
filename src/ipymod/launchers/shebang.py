"""GATHER: what a `#!` line starts, split as the system's own loader splits it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers.files import decoded
from ipymod.launchers.path import first_on_path
from ipymod.launchers.steps import MISSING, UNUSABLE, Broken, Start, Step, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.launchers.surroundings import Surroundings

_LINUX = 256  # bytes that Linux looks at, the last one not usable (BINPRM_BUF_SIZE since 5.1)
_OLD_LINUX = 127
_DARWIN = 512
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "busybox"})


def follow(start: Start, head: bytes) -> Step:
    """The next step from a file whose first bytes, `#!` among them, are given."""
    line = split(head, start.around.system)
    if line is None:
        return Broken(_too_long(start, head), fault=UNUSABLE)
    interpreter, words = line
    shown = f"{start.path} starts with #!{' '.join([interpreter, *words])}".replace("\r", "\\r")
    old = start.around.system == "Linux" and len(head.split(b"\n", 1)[0]) > _OLD_LINUX
    if any("\r" in word for word in (interpreter, *words)):
        reason = f"{start.path} has Windows line ends: its first line ends with \\r"
        return Broken(reason, shown, fault=UNUSABLE)
    if b"\0" in head.split(b"\n", 1)[0]:
        reason = f"the first line of {start.path} has a NUL, which Python refuses"
        return Broken(reason, shown, fault=UNUSABLE)
    name = os.path.basename(interpreter)
    if name == "env" or name in _SHELLS:
        return _through(start, head, line, shown)
    path = start.around.absolute(interpreter)
    if path != interpreter and not os.path.exists(path):
        reason = f"{start.path} does not say where {interpreter} is: {path} does not exist"
        return Broken(reason, shown, fault=UNUSABLE)
    sure = start.sure and not old
    return Start(path, (*words, start.path, *start.words), start.around, shown, sure)


def split(head: bytes, system: str) -> tuple[str, list[str]] | None:
    """The interpreter and its words; None where the loader refuses the file.

    Linux hands everything behind the interpreter over as one word; macOS splits it.
    """
    limit = _DARWIN if system == "Darwin" else _LINUX
    seen = head[2:limit]
    line, newline, _ = seen.partition(b"\n")
    if not newline and len(head) >= limit:
        line = line[: limit - 3]
        if not re.search(rb"[ \t\0]", line.lstrip(b" \t")):
            return None  # the name of the interpreter itself is cut
    if system == "Windows":
        return _quoted(decoded(line))
    words = line.strip(b" \t").replace(b"\t", b" ").split(b" ", 1)
    name, nul, _ = words[0].partition(b"\0")
    if not name:
        return None
    rest = decoded(words[1]).strip(" \t") if len(words) > 1 and not nul else ""
    return decoded(name), rest.split() if system == "Darwin" else [rest][: bool(rest)]


def _quoted(line: str) -> tuple[str, list[str]] | None:
    r"""A line as launchers on Windows read it: `"C:\a b\python.exe" -E`."""
    match = re.match(r'\s*(?:"([^"]+)"|(\S+))\s*(.*)', line.rstrip("\r"))
    if match is None:
        return None
    return match[1] or match[2], match[3].split()


def _too_long(start: Start, head: bytes) -> str:
    line = head[2:].split(b"\n", 1)[0]
    if not line.strip(b" \t\0"):
        return f"{start.path} starts with #! and names no interpreter"
    limit = _DARWIN if start.around.system == "Darwin" else _LINUX - 1
    return f"the first line of {start.path} is longer than the {limit} bytes that the system reads"


def _through(start: Start, head: bytes, line: tuple[str, list[str]], shown: str) -> Step:
    """A line that names `env` or a shell: neither is where the way ends."""
    interpreter, words = line
    if start.around.system != "Windows" and not os.path.exists(start.around.absolute(interpreter)):
        return Broken(f"{interpreter} does not exist", shown)
    if os.path.basename(interpreter) == "env":
        return _env(start, head, words, shown)
    return _text_of_a_shell(start, head, shown)


def _text_of_a_shell(start: Start, head: bytes, shown: str) -> Step:
    from ipymod.launchers import trampolines  # shims and long prefixes alone need it

    return trampolines.follow(start, decoded(head), shown)


def _env(start: Start, head: bytes, words: Sequence[str], shown: str) -> Step:
    command = _Env(start.around)
    problem = command.read(list(words))
    if problem:
        return problem
    if not command.words:
        return Unknown(f"{start.path} starts env without a command", shown)
    name, *rest = command.words
    if os.path.basename(name) in _SHELLS:
        return _text_of_a_shell(start, head, shown)
    found = first_on_path(name, command.around)
    if found is None:
        more = "; only env -S takes several words" if " " in name else ""
        reason = f"{start.path} asks env for {name!r}, which is not on PATH{more}"
        return Broken(reason, shown, fault=UNUSABLE if more else MISSING)
    says = f"{shown}, and env finds {found}"
    return Start(found, (*rest, start.path, *start.words), command.around, says, start.sure)


class _Env:
    """The command line of `env`, read word by word.

    Attributes:
        words: the command and its words, once they are read.
        around: what the command will see.
    """

    def __init__(self, around: Surroundings) -> None:
        self.words: list[str] = []
        self.around = around

    def read(self, words: list[str]) -> Step | None:
        """Take options and assignments away; a step if that is where it ends."""
        while words:
            word = words.pop(0)
            if word == "--":
                break
            if word.startswith("-"):
                problem = self._option(word, words)
                if problem:
                    return problem
            elif re.match(r"\w+=", word) and " " not in word:
                self._assign(word)
            else:
                words.insert(0, word)
                break
        self.words = words
        return None

    def _assign(self, word: str) -> None:
        name, _, text = word.partition("=")
        if name == "PATH":
            self.around = self.around.with_path(text.split(":"))
        else:
            self.around = self.around.with_variables(**{name: text})

    def _option(self, word: str, words: list[str]) -> Step | None:
        """Act on one option; what it splits goes back to the front of `words`."""
        if word in {"-", "-i", "--ignore-environment"}:
            self.around = self.around.without_variables()
        elif match := re.match(r"(?:-[iv]*S|--split-string=?)(.*)", word, re.DOTALL):
            return self._split(word, match[1] or " ".join(words), words)
        elif match := re.match(r"(?:-u|--unset=)(.*)", word):
            self.around = self.around.without_variables(match[1] or "".join(words[:1]))
            del words[: not match[1]]
        elif match := re.match(r"-P(.*)", word):
            self.around = self.around.with_path((match[1] or "".join(words[:1])).split(":"))
            del words[: not match[1]]
        elif " " in word:
            reason = f"env takes {word!r} for one option; only env -S takes several words"
            return Broken(reason, fault=UNUSABLE)
        elif word not in {"-v", "--debug"}:
            return Unknown(f"env {word} is not understood here")
        return None

    def _split(self, word: str, text: str, words: list[str]) -> Step | None:
        import shlex

        if "\\" in text or "$" in text:
            return Unknown(f"env {word} is not understood here")
        if word.startswith("-i"):
            self.around = self.around.without_variables()
        try:
            words[:] = shlex.split(text)
        except ValueError:
            return Broken(f"env -S finds an open quote in {text!r}", fault=UNUSABLE)
        return None
