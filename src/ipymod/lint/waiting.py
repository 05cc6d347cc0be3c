"""JUDGE: commands of a cell that do something else than their author meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.edits import Edit
from ipymod.lint.base import ERROR, REGISTRY, WARNING, At, Finding
from ipymod.lint.commands import at
from ipymod.lint.examples import code
from ipymod.patterns import pattern
from ipymod.shell.parser import parse
from ipymod.shell.repairs import with_answer, with_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.lint.facts import Line
    from ipymod.shell import Call

_APT = pattern(
    r"\b(?:apt|apt-get|aptitude|yum|dnf)\b[^;&|\n]*\b(?:install|remove|upgrade)\b[^;&|\n]*"
)
_VERBS = ("install", "remove", "upgrade")
_ANSWERED = pattern(
    r"(?:^|\s)(?:-\w*(?:y|qq)\w*|-q=2|--yes|--assume-yes|--assumeyes|-s|--dry-run|--help)\b"
)
_OF_A_SHELL = frozenset("$`*?[\\")
_FEEDS = pattern(r"\byes\b|<|\becho\b")


@REGISTRY.check("NB201", "waiting", ERROR, example=code("%pip uninstall seaborn"))
def command_waits_for_an_answer(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A command asks before it acts, and nobody can answer.

    A notebook gives a command of the shell no keyboard: what asks "Proceed (Y/n)?" waits for
    ever, or gives up. The command needs its answer beforehand: `-y`.
    """
    for line in lines:
        for call in line.reading.calls:
            if _asks(call) and line.reading.kind != "%conda":
                name = call.executable.text if call.program == "conda" else call.program
                yield Finding(
                    f"`{name} {call.verb}` asks before it acts, and nobody can answer",
                    fix=f"{name} {call.verb} -y ...",
                    at=at(line, call, _in_cell(line, with_answer(call))),
                )
        yield from _packages_of_the_system(line)


def _asks(call: Call) -> bool:
    change = call.change
    if change:
        return change.asks and not change.is_empty
    return call.program == "conda" and call.verb == "create" and not _may_be_answered(call)


def _may_be_answered(call: Call) -> bool:
    """Tell whether a call that changes nothing that is there has its answer, or may have it."""
    names = {option.name for option in call.options}
    command = call.command
    is_told = bool(names & {"-y", "--yes", "--json", "-d", "--dry-run", "-h", "--help"})
    is_fed = command.piped_from or any(each.operator.startswith("<") for each in command.redirects)
    is_unsure = command.nesting or not all(word.is_sure for word in command.words)
    return bool(is_told or is_fed or is_unsure)


def _packages_of_the_system(line: Line) -> Iterator[Finding]:
    text = line.reading.text
    for found in _APT.finditer(text) if any(map(text.__contains__, _VERBS)) else ():
        if (
            not _ANSWERED.search(found[0])
            and not _FEEDS.search(text)
            and _is_command(found[0], text)
        ):
            start = line.at(found.start())
            number = line.cell.source.count("\n", 0, start) + 1
            name = found[0].split()[0]
            yield Finding(
                f"`{name}` asks before it acts, and nobody can answer",
                fix=f"{name} -y ...",
                at=At(line.cell.index, number),
            )


def _is_command(part: str, text: str) -> bool:
    """Tell a command from words that another one prints."""
    name = part.split(maxsplit=1)[0]
    return any(name in [word.text for word in each.words[:3]] for each in parse(text) or ())


@REGISTRY.check("NB202", "waiting", ERROR, example=code('%pip install "numpy" seaborn>=0.13'))
def version_is_a_redirect(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A version stands outside quotes, so that the shell takes it for the name of a file.

    `pip install keras>=3` installs any keras, and what pip prints goes to a file called `=3`.
    The requirement needs quotes: `"keras>=3"`.
    """
    for line in lines:
        for call in line.reading.calls:
            for redirect in call.change.accidental[:1] if call.change else ():
                typed = line.reading.text[redirect.start : redirect.end].strip()
                does = "reads from" if redirect.operator == "<" else "writes to"
                edits = with_version(call, line.reading, windows=False)
                yield Finding(
                    f"`{typed}` stands outside quotes: the shell {does} "
                    f"a file named {redirect.target.text}, and the version is lost",
                    fix=f'"NAME{typed}"',
                    at=at(line, call, _in_cell(line, edits)),
                )


def _in_cell(line: Line, edits: Iterable[Edit] | None) -> tuple[Edit, ...]:
    """The same edits, counted in the cell."""
    return tuple(Edit(line.at(e.start), line.at(e.end), e.text) for e in edits or ())


_LOST = {
    "cd": "changes the folder",
    "pushd": "changes the folder",
    "export": "sets a variable",
    "source": "changes variables",
    ".": "changes variables",
    "activate": "changes the active environment",
    "deactivate": "changes the active environment",
}
_ASSIGNS = pattern(r"[A-Za-z_]\w*=")
_SETS_UP = pattern(r"activate|env|vars|profile|rc\b|setup|path|conf|conda")


@REGISTRY.check("NB203", "waiting", WARNING, example=code("!cd data"))
def change_is_lost(lines: tuple[Line, ...]) -> Iterator[Finding]:
    """A command changes a shell that ends with the line.

    Each `!` line has a shell of its own: after `!cd data` the notebook is where it was, after
    `!export A=1` there is no such variable, and `!conda activate x` activates nothing. `%cd` and
    `%env` change the kernel itself; an environment is chosen with the kernel.
    """
    for line in lines:
        if line.shell.kind not in {"line", "captured"}:
            continue
        word = _lost(line)
        if word:
            yield Finding(
                f"`{word}` {_LOST.get(word.split()[-1], 'sets a variable')} "
                "of a shell that ends with this line",
                fix=_instead(word),
                at=At(line.cell.index, line.shell.line, _to_cd(line, word)),
            )


def _instead(word: str) -> str:
    if word == "export" or "=" in word:
        return "%env NAME=VALUE"
    return "%cd FOLDER" if word == "cd" else ""


def _lost(line: Line) -> str:
    """The word of the only command of a line, if what it does ends with the line."""
    text = line.shell.text.strip()
    if not text.startswith((*_LOST, "conda", "mamba")) and not _ASSIGNS.match(text):
        return ""
    commands = parse(text, is_line_of_ipython=True) or ()
    if len(commands) != 1 or commands[0].nesting:
        return ""
    words = [word.text for word in commands[0].words]
    if not words:
        return commands[0].assignments[0].source if commands[0].assignments else ""
    if words[0] in {"conda", "mamba"}:
        return " ".join(words[:2]) if words[1:2] in (["activate"], ["deactivate"]) else ""
    return words[0] if words[0] in _LOST and not _is_kept(words) else ""


def _is_kept(words: list[str]) -> bool:
    """Tell whether what a line does outlives its shell: a list, or a script of other things."""
    if words[0] in {"source", "."}:
        name = words[1] if len(words) > 1 else ""
        return name.endswith(".sh") and not _SETS_UP.search(name)
    return len(words) == 1 and not words[0].endswith("activate")


def _to_cd(line: Line, word: str) -> tuple[Edit, ...]:
    """Make `%cd` of a plain `!cd`: a magic takes one folder, and no shell's signs."""
    text = line.shell.text
    commands = parse(text, is_line_of_ipython=True) or ()
    if word != "cd" or not line.is_fixable or len(commands) != 1 or commands[0].redirects:
        return ()
    verb, *folders = commands[0].words
    is_all = text.strip() == text[verb.start : commands[0].end]  # no `;`, and no comment
    if len(folders) != 1 or not is_all or set(folders[0].source) & _OF_A_SHELL:
        return ()
    if text[verb.end : verb.end + 1] != " ":  # a tab is a part of the name of a magic
        return ()
    return (Edit(line.shell.escape.start, line.shell.at(verb.start), "%"),)
