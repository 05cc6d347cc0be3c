"""FACE: the commands, one file each; a file is loaded when its command is given."""

from __future__ import annotations

from ipymod.frozen import dataclass


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        words: what may stand behind its name, for the list.
        about: what it does, in a few words.
        module: under `ipymod.commands`; its `main` takes the words and gives the exit status.
    """

    words: str
    about: str
    module: str


COMMANDS = {
    "whichpip": Command(
        "[NAME|CODE|FAMILY ...]", "which Python this is, what leads elsewhere", "whichpip"
    ),
    "lint": Command("[PATH ...]", "what in notebooks will surprise, and where", "lint"),
    "fix": Command("[PATH ...]", "mend what is provably the same", "fix"),
    "run": Command("[PATH ...]", "execute notebooks, many at once", "run"),
    "kernels": Command("[NAME ...]", "each kernel, and what it really starts", "kernels"),
    "binder": Command("[PATH]", "a repository as Binder would read it", "binder"),
    "ready": Command("FOLDER|FILE", "what a course needs, and whether it is here", "ready"),
    "class": Command("FILE ...", "a class: who is ready, and what helps most", "classroom"),
    "explain": Command("[CODE]", "what a check means; without CODE all of them", "explain"),
    "enable": Command("[--user] [--profile P]", "kernels load ipymod when they start", "startup"),
    "disable": Command("[--user] [--profile P]", "undo that", "startup"),
    "status": Command("", "which kernels do", "startup"),
    "completion": Command("SHELL", "words completed by bash, zsh, fish", "completion"),
}
