"""What a shell command is about: calls of Python, and of what installs packages for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.patterns import pattern
from ipymod.shell import installers
from ipymod.shell.around import Surroundings
from ipymod.shell.model import Word
from ipymod.shell.options import Arguments, Option, divide
from ipymod.shell.wrappers import Bare, name_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipymod.shell.installers import Installer
    from ipymod.shell.model import Redirect, ShellCommand

_PYTHON = pattern(r"(?:python|pypy)[0-9.]*w?|py")
_PIP = pattern(r"pip[0-9.]*")
_CONDAS = frozenset({"conda", "mamba", "micromamba"})
_THIS_PYTHON = frozenset({"{sys.executable}", "$sys.executable"})
_VALUED_OF_PYTHON = frozenset({"-W", "-X", "-Q", "--check-hash-based-pycs"})
_TASK = pattern(r"-[bBdEiIOPqRsSuvx]*([mcVh])(.*)", re.DOTALL)
_HELPS = ("--help", "--help-all", "--help-env", "--help-xoptions", "-?")
_LONG_TASKS = {"--version": "-V", "-": "-"} | dict.fromkeys(_HELPS, "-h")
_VERSION = pattern(r"=.*|[0-9]+(?:\.[0-9*]+)*(?:,.*)?", re.DOTALL)
_MAKING_OF_UV = frozenset({"venv", "init", "add", "sync", "run"})
_ANSWERS = ("PIP_NO_INPUT=", "PIP_YES=", "CONDA_ALWAYS_YES=")


@dataclass(frozen=True)
class Change:
    """What a call installs or removes.

    Attributes:
        requirements: what it names, `-e` included; files of requirements are among the options.
        targets: the options that name an environment or a place.
        accidental: redirects that were meant as versions: `keras>=3` writes to the file `=3`.
        asks: it waits for an answer that nobody gives.
        is_empty: it names nothing.
    """

    requirements: tuple[str, ...] = ()
    targets: tuple[Option, ...] = ()
    accidental: tuple[Redirect, ...] = ()
    asks: bool = False
    is_empty: bool = False


@dataclass(frozen=True)
class Call:
    """A call of Python, or of a program that installs packages for it.

    Attributes:
        command: where it stands.
        program: `python`, `pip`, `conda` (mamba and micromamba, too), `uv`, `uv pip`.
        executable: the word that says what is started: `pip3`, `~/env/bin/pip`, and for
            `python -m pip` the word `python`.
        verb: `install`, `list`; for Python what says what to run: `-m`, `-c`, `-V`, `-`, or
            `script`; empty where there is none, or only a run could tell.
        arguments: the words behind the verb; for Python the module or script comes first.
        options: those before and behind the verb.
        change: None if it is not known to install or remove anything.
        through: `sudo`, `env`, `xargs`, ...: what starts it.
        assignments: `PIP_TARGET=x` before it.
        after: what may have changed the meaning of names and paths before: `source x`; or empty.
    """

    command: ShellCommand
    program: str
    executable: Word
    verb: str
    arguments: tuple[Word, ...]
    options: tuple[Option, ...]
    change: Change | None
    through: tuple[str, ...]
    assignments: tuple[Word, ...]
    after: str

    @property
    def is_this_python(self) -> bool:
        """Tell whether `{sys.executable}` is what it starts: the kernel's own interpreter."""
        return _is_this_python(self.executable)


def calls(commands: Iterable[ShellCommand]) -> tuple[Call, ...]:
    """Give the calls among the commands of one text, in their order."""
    found, around = [], Surroundings()
    for command in commands:
        bare = unwrap(command)
        call = _call(command, bare, around) if bare.words else None
        if call:
            found.append(call)
        around.see(
            command,
            is_known=bool(call),
            is_activation=bool(call and _is_activation(call)),
            is_making=bool(call and _is_making(call)),
        )
    return tuple(found)


def _call(command: ShellCommand, bare: Bare, around: Surroundings) -> Call | None:
    executable, rest = bare.words[0], bare.words[1:]
    name = name_of(executable)
    reading = _Reading(command, bare, around.before(command, bare))
    if _PIP.fullmatch(name):
        return reading.installer("pip", rest)
    if name in _CONDAS:
        return reading.installer("conda", rest)
    if name == "uv":
        return reading.uv(rest)
    if name == "uvx":
        return reading.made("uv", "tool", rest)
    is_python = _PYTHON.fullmatch(name) or _is_this_python(executable)
    return reading.python(rest) if is_python else None


class _Reading:
    """Reads one command; its methods differ in what they take its words for."""

    def __init__(self, command: ShellCommand, bare: Bare, after: str) -> None:
        self.command, self.bare, self.after = command, bare, after

    def python(self, words: tuple[Word, ...]) -> Call:
        before, rest = _until_the_task(words)
        verb, rest = _task(rest)
        is_a_word = verb == "-m" and bool(rest) and rest[0] in words  # not so in `-mpip`
        module = rest[0].text if is_a_word else ""
        if module == "pip":
            return self.installer("pip", rest[1:])
        if module == "uv":
            return self.uv(rest[1:])
        options = divide(before, _VALUED_OF_PYTHON).options
        change = Change() if _installs(verb, rest) else None
        return self.made("python", verb, rest, options, change)

    def uv(self, words: tuple[Word, ...]) -> Call:
        start = divide(words, installers.UV.valued_before, up_to_first=True)
        if start.others and start.others[0].text == "pip":
            return self.installer("uv pip", start.others[1:], start.options)
        return self.installer("uv", words)

    def installer(
        self, program: str, words: tuple[Word, ...], options: tuple[Option, ...] = ()
    ) -> Call:
        kind = installers.BY_NAME[program]
        start = divide(words, kind.valued_before, up_to_first=True)
        verb, rest = _verb(start.others, kind)
        flags = {each.removeprefix(f"{verb} ") for each in kind.flags}
        later = divide(rest, kind.valued - flags, up_to_first=verb in kind.starts_another)
        told = Arguments((*options, *start.options, *later.options), later.others)
        pretends = told.has("--help", "-h", "--dry-run", *kind.pretends)
        is_apart = any(f"{verb} {option.name}" in kind.apart for option in told.options)
        is_change = verb in kind.changing and not pretends and not is_apart
        change = self._change(kind, verb, told) if is_change else None
        return self.made(program, verb, rest, told.options, change)

    def made(
        self,
        program: str,
        verb: str,
        rest: tuple[Word, ...],
        options: tuple[Option, ...] = (),
        change: Change | None = None,
    ) -> Call:
        return Call(
            self.command,
            program,
            self.bare.words[0],
            verb,
            rest,
            options,
            change,
            self.bare.through,
            self.bare.assignments,
            self.after,
        )

    def _change(self, kind: Installer, verb: str, told: Arguments) -> Change:
        named = tuple(word.text for word in told.others) + told.values("-e", "--editable")
        is_told = named or told.has(*kind.names_else) or verb in kind.needs_nothing
        return Change(
            named,
            tuple(option for option in told.options if option.name in kind.targets),
            _accidental(self.command, told.others),
            asks=verb in kind.asks and not self._is_answered(told),
            is_empty=not is_told and "xargs" not in self.bare.through,
        )

    def _is_answered(self, told: Arguments) -> bool:
        """Tell whether an answer is given, or may be."""
        feeds = any(redirect.operator.startswith("<") for redirect in self.command.redirects)
        is_set = any(word.source.startswith(_ANSWERS) for word in self.bare.assignments)
        is_yes = told.has("-y", "--yes", "--no-input", "--json")
        may_be = self.command.nesting or not all(word.is_sure for word in told.others)
        return bool(feeds or self.command.piped_from or is_set or is_yes or may_be)


def _is_this_python(word: Word) -> bool:
    return not word.is_sure and word.text.replace(" ", "") in _THIS_PYTHON


def _is_activation(call: Call) -> bool:
    return call.program == "conda" and call.verb in {"activate", "deactivate"}


def _is_making(call: Call) -> bool:
    """Tell whether there may be an environment afterwards where there was none."""
    if call.program == "uv":
        return call.verb in _MAKING_OF_UV
    module = call.arguments[0].text if call.verb == "-m" and call.arguments else ""
    return call.program == "python" and module in {"venv", "virtualenv"}


def _until_the_task(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Divide where Python's own options end."""
    at = 0
    while at < len(words):
        text = words[at].text
        if not text.startswith("-") or text in _LONG_TASKS or _TASK.fullmatch(text):
            break
        at += 2 if text in _VALUED_OF_PYTHON else 1
    return words[:at], words[at:]


def _task(words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]]:
    """What Python runs, and the words from the module or script on."""
    if not words:
        return "", ()
    text = words[0].text
    if found := _TASK.fullmatch(text):
        return f"-{found[1]}", (*_glued(words[0], found), *words[1:])
    if text in _LONG_TASKS:
        return _LONG_TASKS[text], words[1:]
    return ("script" if words[0].is_sure else ""), words


def _glued(word: Word, found: re.Match[str]) -> tuple[Word, ...]:
    """The module of `-mpip`, as a word of its own."""
    module = found[2]
    if found[1] != "m" or not module:
        return ()
    source = module if word.source.endswith(module) else ""  # quotes may stand between
    return (Word(source, module, word.end - len(source), word.is_quoted, word.is_sure),)


def _installs(verb: str, rest: tuple[Word, ...]) -> bool:
    """Tell whether Python runs something that is known to install."""
    texts = [word.text for word in rest]
    if verb == "script" and name_of(rest[0]) == "setup.py":
        return bool({"install", "develop"} & set(texts[1:]))
    is_installer = texts[:2] == ["spacy", "download"] or texts[:1] == ["ensurepip"]
    return verb == "-m" and is_installer


def _verb(words: tuple[Word, ...], kind: Installer) -> tuple[str, tuple[Word, ...]]:
    if not words or not words[0].is_sure:
        return "", words
    verb, rest = words[0].text, words[1:]
    if verb in kind.with_a_second and rest and rest[0].is_sure and rest[0].text[:1] != "-":
        return f"{verb} {rest[0].text}", rest[1:]
    return verb, rest


def _accidental(command: ShellCommand, named: tuple[Word, ...]) -> tuple[Redirect, ...]:
    """Redirects to something that begins with `=`, or to a version right behind a name."""
    found: list[Redirect] = []
    ends = {word.end for word in named}
    for redirect in command.redirects:
        is_angle = redirect.operator in {"<", ">"} and not redirect.fd
        follows = redirect.start in ends or redirect.target.source.startswith("=")
        if is_angle and follows and _VERSION.fullmatch(redirect.target.source):
            found.append(redirect)
            ends.add(redirect.end)
    return tuple(found)
