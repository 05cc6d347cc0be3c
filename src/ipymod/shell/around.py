"""Whether a name still means what it meant when the text began: `source env/bin/activate`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipymod.patterns import pattern
from ipymod.shell.wrappers import name_of

if TYPE_CHECKING:
    from ipymod.shell.model import ShellCommand, Word
    from ipymod.shell.wrappers import Bare

_CHANGES_NAMES = frozenset({"source", ".", "eval", "alias", "module", "ml", "pyenv", "asdf"})
_CHANGES_FOLDER = frozenset({"cd", "pushd", "popd", "virtualenv"})
_SETS = frozenset({"export", "declare", "typeset", "readonly"})
_MATTERS = pattern(
    r"(?:PATH|HOME|VIRTUAL_ENV|PYTHONHOME|PYTHONUSERBASE|PYENV_\w+|(?:CONDA|MAMBA)_(?!ALWAYS_YES)\w+"
    r"|PIP_(?:TARGET|PREFIX|ROOT|USER|PYTHON|CONFIG_FILE)"
    r"|UV_(?:PYTHON|SYSTEM_PYTHON|PROJECT\w*|CONFIG_FILE|WORKING_DIR\w*))\+?="
)
_RELATIVE = pattern(r"[^/~{$]+/.*", re.DOTALL)


class Surroundings:
    """Collects what the commands seen so far may have changed."""

    def __init__(self) -> None:
        self._names = ""  # the first command that may have changed what names mean
        self._folder = ""  # the first that may have changed what is found from this folder on
        self._functions: dict[str, str] = {}

    def before(self, command: ShellCommand, bare: Bare) -> str:
        """Give what may have changed the meaning of this command's program; empty if nothing."""
        function = next((each for each in command.nesting if each.startswith("function ")), "")
        own = next((each.source for each in bare.assignments if _MATTERS.match(each.source)), "")
        redefined = self._functions.get(bare.words[0].text, "")
        folder = self._folder if _starts_from_the_folder(bare) else ""
        return self._names or function or redefined or own or folder

    def see(
        self, command: ShellCommand, *, is_known: bool, is_activation: bool, is_making: bool
    ) -> None:
        """Take note of a command that comes before the next.

        Args:
            command: what comes before.
            is_known: it is a call.
            is_activation: one that activates an environment.
            is_making: one that may make an environment where there was none.
        """
        for function in command.nesting:
            if function.startswith("function "):
                self._functions[function.split()[1]] = function
        said = " ".join(word.source for word in command.words[:2])
        if is_activation or not (is_known or self._keeps_names(command)):
            self._names = self._names or said or command.assignments[0].source
        elif is_making or _changes_folder(command):
            self._folder = self._folder or said

    def _keeps_names(self, command: ShellCommand) -> bool:
        if not command.words:
            return not any(map(_matters, command.assignments))
        first, *rest = command.words
        if first.text in _SETS:
            return not any(map(_matters, rest))
        name = name_of(first)
        return bool(name) and name not in _CHANGES_NAMES and not name.endswith("activate")


def _changes_folder(command: ShellCommand) -> bool:
    return bool(command.words) and name_of(command.words[0]) in _CHANGES_FOLDER


def _starts_from_the_folder(bare: Bare) -> bool:
    """Tell whether the folder decides what is meant: `./pip`, and uv, which looks around."""
    first, *rest = bare.words
    is_uv = name_of(first) == "uv" or [word.text for word in rest[:2]] == ["-m", "uv"]
    return is_uv or bool(_RELATIVE.fullmatch(first.text))


def _matters(word: Word) -> bool:
    return bool(_MATTERS.match(word.source))
