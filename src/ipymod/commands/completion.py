r"""FACE: `ipymod completion`: what a shell runs when TAB is pressed, and what it is told.

The scripts hold no word of a command. They ask `ipymod completion --words` with the words so far,
the unfinished one last, and read a kind: `words`, `notebooks`, `files` or `folders`. For `words` a
candidate a line follows, with a tab and what it means; paths the shell knows best by itself.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from typing import TYPE_CHECKING

from ipymod.commands import COMMANDS
from ipymod.commands.parser import Parser
from ipymod.console import say
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_FIRST = {"--help": "list the commands", "--version": "the version of ipymod"}
_OF_LINT, _OF_BINDER, _OF_MACHINES = "ipymod.lint.rules", "ipymod.binder.checks", "ipymod.checks"
_CHECKS = {"whichpip": (_OF_MACHINES,), "explain": (_OF_MACHINES, _OF_LINT, _OF_BINDER)}
_OF_FILES = {"ready", "class"}  # the others read notebooks
_KERNEL = pattern(r"[A-Za-z0-9._-]+")  # Jupyter warns of others, and they would need quotes


def main(words: Sequence[str]) -> int:
    """Answer `ipymod completion`."""
    if words[:1] == ["--words"]:
        say("\n".join(answer(words[1:])))
    else:
        say(SCRIPTS[parser().parse_args(words).shell], end="")
    return 0


def parser() -> Parser:
    """Give what reads its words."""
    options = Parser(
        "completion",
        "Print what makes a shell complete the words of ipymod when TAB is pressed.",
        (
            'eval "$(ipymod completion bash)"     in ~/.bashrc',
            'eval "$(ipymod completion zsh)"      in ~/.zshrc, after compinit',
            "ipymod completion fish | source      in ~/.config/fish/config.fish",
        ),
    )
    options.add_argument("shell", metavar="SHELL", choices=SCRIPTS, help="bash, zsh or fish")
    return options


def answer(words: Iterable[str]) -> list[str]:
    """Tell what may come next, in lines as described above; none if nothing is known.

    Args:
        words: those behind `ipymod`, as they were typed; the last one is unfinished.
    """
    *before, current = _apart([*words] or [""])
    if not before:
        known = {name: each.about for name, each in COMMANDS.items()}
        return _told(_FIRST if current.startswith("-") else known, current)
    name, *rest = before
    options = parser_of(name)
    return _behind(options, name, rest, current.lstrip("'\"")) if options else []


def _apart(words: Sequence[str]) -> Iterator[str]:
    """The words as if a blank stood for `=` behind an option; bash gives the `=` as a word."""
    for word, last in zip(words, ("", *words), strict=False):
        if word.startswith("--"):
            yield from word.split("=", 1)
        elif word != "=" or not last.startswith("--"):
            yield word
    if words[-1] == "=":
        yield ""


def parser_of(name: str) -> argparse.ArgumentParser | None:
    """What reads the words of a command; None where there is none."""
    if name not in COMMANDS:
        return None
    module = f"ipymod.commands.{COMMANDS[name].module}"
    try:
        make = import_module(module).parser
    except (ImportError, AttributeError):
        return None
    if make.__module__ != module:
        return None
    is_shared = COMMANDS[name].module == "startup"  # by three commands
    made: argparse.ArgumentParser = make(name) if is_shared else make()
    return made


def _behind(
    options: argparse.ArgumentParser, command: str, before: Sequence[str], current: str
) -> list[str]:
    actions = options._actions  # noqa: SLF001  argparse tells them nowhere else
    awaited = _awaited(actions, before)
    is_value = awaited is not None and bool(awaited.option_strings)
    if awaited and not (current.startswith("-") and "--" not in before):
        return _values(awaited, command, current)
    if is_value and awaited and awaited.nargs != argparse.OPTIONAL:
        return []
    return _told(_names(actions, before), current)


def _awaited(actions: Iterable[argparse.Action], before: Iterable[str]) -> argparse.Action | None:
    """The option that lacks its value, or the place that the next word takes."""
    named = {name: action for action in actions for name in action.option_strings}
    places = [action for action in actions if not action.option_strings]
    waiting: argparse.Action | None = None
    for word in before:
        if word in named:
            waiting = named[word] if named[word].nargs != 0 else None
        elif word == "--":
            named, waiting = {}, None
        elif waiting:
            waiting = waiting if waiting.nargs in _MANY else None
        elif places and places[0].nargs not in _MANY:
            del places[0]
    return waiting or next(iter(places), None)


_MANY = (argparse.ZERO_OR_MORE, argparse.ONE_OR_MORE)


def _names(actions: Iterable[argparse.Action], before: Sequence[str]) -> dict[str, str]:
    """The options that are left, with their help."""
    return {
        name: str(action.help or "")
        for action in actions
        if action.help != argparse.SUPPRESS
        and (_is_repeatable(action) or not {*action.option_strings} & {*before})
        for name in action.option_strings
    }


def _is_repeatable(action: argparse.Action) -> bool:
    return isinstance(action, argparse._AppendAction)  # noqa: SLF001  as above


def _values(action: argparse.Action, command: str, current: str) -> list[str]:
    """What may be a value; its name in the help says what it is."""
    if action.choices:
        return _told({str(each): "" for each in action.choices}, current)
    meant = str(action.metavar or action.dest).upper()
    for word, give in _MEANT.items():
        if word in meant:
            return give(action, command, current)
    return []


def _told(known: Mapping[str, str], current: str) -> list[str]:
    fitting = {word: about for word, about in known.items() if word.startswith(current)}
    return ["words", *(f"{word}\t{' '.join(about.split())}" for word, about in fitting.items())]


def _codes(_: argparse.Action, command: str, current: str) -> list[str]:
    """Codes, several with commas between them."""
    given, comma, last = current.rpartition(",")
    lines = _told(_checks(command), last)
    return [lines[0], *(f"{given}{comma}{line}" for line in lines[1:])]


def _checks(command: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for module in _CHECKS.get(command, (_OF_LINT,)):
        try:
            registry = import_module(module).REGISTRY
        except (ImportError, AttributeError):
            continue
        found |= {check.code: check.summary for check in registry}
    return found


def _kernels(_: argparse.Action, __: str, current: str) -> list[str]:
    from ipymod.launchers import Surroundings
    from ipymod.survey import this_kernel
    from ipymod.survey.jupyter import kernel_directories
    from ipymod.survey.kernels import jupyter_of

    here = Surroundings.now()
    found = {"python3"}  # this Python: Jupyter offers it without a file
    for folder in kernel_directories(jupyter_of(this_kernel(here), here)):
        try:
            found |= {name.lower() for name in os.listdir(folder) if _is_kernel(folder, name)}
        except OSError:
            continue  # most of them are not there
    return _told(dict.fromkeys(sorted(found), ""), current)


def _is_kernel(folder: str, name: str) -> bool:
    is_plain = _KERNEL.fullmatch(name) is not None
    return is_plain and os.path.isfile(os.path.join(folder, name, "kernel.json"))


def _paths(action: argparse.Action, command: str, _: str) -> list[str]:
    """Notebooks where a command is about them, any file behind an option."""
    return ["files" if action.option_strings or command in _OF_FILES else "notebooks"]


_MEANT: dict[str, Callable[[argparse.Action, str, str], list[str]]] = {
    "CODE": _codes,
    "SELECT": _codes,
    "IGNORE": _codes,
    "NAME": _kernels,
    "KERNEL": _kernels,
    "DIR": lambda *_: ["folders"],
    "PATH": _paths,
    "FILE": _paths,
}

_BASH = r"""# ipymod, completed by bash: eval "$(ipymod completion bash)"
_ipymod() {
    local line kind='' word=${COMP_WORDS[COMP_CWORD]}
    [[ $word == = ]] && word=''
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $kind ]]; then
            kind=$line
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done < <("${COMP_WORDS[0]/#\~\//$HOME/}" completion --words \
        "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    [[ $kind == words || -z $kind ]] && return
    compopt -o filenames 2>/dev/null  # bash quotes them then; that of macOS is too old for it
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(
        compgen -d -- "$word"
        [[ $kind == notebooks ]] && compgen -f -X '!*.ipynb' -- "$word"
        [[ $kind == files ]] && compgen -f -- "$word"
    )
}
complete -F _ipymod ipymod
"""

_ZSH = r"""#compdef ipymod
# ipymod, completed by zsh: eval "$(ipymod completion zsh)"
_ipymod() {
    local kind
    local -a answer names shown
    answer=("${(@f)$(${~words[1]} completion --words "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    kind=$answer[1]
    shift answer
    [[ $PREFIX == --*=* ]] && compset -P '*='
    case $kind in
        words)
            names=("${(@)answer%%$'\t'*}")
            shown=("${(@)answer/$'\t'/  -- }")
            compadd -l -d shown -a names
            ;;
        notebooks) _files -g '*.ipynb' ;;
        folders) _files -/ ;;
        files) _files ;;
    esac
}
if [[ $funcstack[1] == _ipymod ]]; then
    _ipymod "$@"
else
    compdef _ipymod ipymod
fi
"""

_FISH = r"""# ipymod, completed by fish: ipymod completion fish | source
function __ipymod_words
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l command $before[1]
    set -e before[1]
    set -l answer ($command completion --words $before "$current" 2>/dev/null)
    set -l option (string match -r -- '^--[^=]+=' "$current")
    set -l value (string replace -r -- '^--[^=]+=' '' "$current")
    set -l paths
    switch "$answer[1]"
        case words
            printf '%s\n' "$option"$answer[2..-1]
            return
        case notebooks files folders
            set paths (complete -C "a-command-without-completions $value")
    end
    switch "$answer[1]"
        case notebooks
            set paths (string match -r -- '^[^\t]*(?:/|\.ipynb)(?:\t.*)?$' $paths)
        case folders
            set paths (string match -r -- '^[^\t]*/(?:\t.*)?$' $paths)
    end
    printf '%s\n' "$option"$paths
end
complete -c ipymod -f -a '(__ipymod_words)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
