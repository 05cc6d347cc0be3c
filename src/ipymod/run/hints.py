"""What to type instead, where that is known for sure."""

from __future__ import annotations

import os
import re
import shlex
import sys
from typing import TYPE_CHECKING

from ipymod import modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NO_ANSWER = (b"EOFError", b"No input was expected")  # Python's own words, and pip's
_OF_PIP = frozenset({"download", "freeze", "install", "list", "show", "uninstall", "wheel"})
_PYTHON = re.compile(r"py|python[0-9.]*")
_SHELL = frozenset({"|", "||", "&", "&&", ";", ">", ">>", "<", "<<", "2>", "2>&1", "&>"})
_BROKEN = re.compile(rb"Retry\(total=0,.*connection broken by '(?!SSLError)")  # the last of pip's
_NOTHING = b"(from versions: none)"
_FILE = re.compile(rb'File "([^"\n]+)"')


def of_the_shell(sources: Iterable[str]) -> str:
    """Give a word about a `|` or `>` that stands alone: it reaches the module as an argument."""
    for word in sources:
        if word in _SHELL:
            return (
                f"there is no shell here, {word} is an argument like any other: --log FILE keeps"
                f" the output, r = %pymod --capture NAME reads it; write '{word}' if it is meant"
            )
    return ""


def about_the_name(name: str, args: Sequence[str], cwd: str) -> str:
    """Say why NAME cannot be run, and what can; empty if it can."""
    if name == "-":
        return ""
    if name.endswith(".py") and os.path.isfile(os.path.join(cwd, name)):
        return f"a module is named without .py: %pymod {name.removesuffix('.py')}"
    # "" is where the kernel is, not where the module was run.
    found = modules.locate(name, [cwd, *filter(None, sys.path)])
    if found.kind in {"package", "namespace"} and found.main is None:
        return _about_a_package(name)
    return _about_the_missing(name, args) if found.kind == "missing" else ""


def _about_a_package(name: str) -> str:
    inner = [each.name for each in modules.runnables(f"{name}.*")][:3]
    can = f"; {' and '.join(inner)} can" if inner else ""
    return f"{name} is a package without __main__ and cannot be run itself{can}"


def _about_the_missing(name: str, args: Sequence[str]) -> str:
    missing = f"there is no module {name} in this kernel's environment"
    if name.partition(".")[0] == "pip":
        uv = f"uv pip install --python {shlex.quote(sys.executable)} NAME"
        return f"{missing}; %pymod ensurepip puts pip there, or use {uv}"
    if _PYTHON.fullmatch(name):
        script = next((arg for arg in args if arg.endswith(".py")), "NAME")
        return f"{missing}; python is there already: %pymod {script.removesuffix('.py')}"
    if name in _OF_PIP:
        return f"{missing}; did you mean %pymod pip {name}?"
    if name in {"conda", "mamba"}:
        return f"{missing}; it is a command: %{name} {' '.join(args[:1]) or 'install'}"
    near = " or ".join(modules.nearest(name))
    return f"{missing}; " + (f"did you mean {near}?" if near else "%pymod --list shows what is")


def wants_an_answer(last_words: bytes) -> bool:
    """Tell whether a module says at its end that it read an end of file for an answer."""
    return any(word in last_words for word in _NO_ANSWER)


def about_the_end(last_words: bytes, cwd: str, *, unanswered: bool) -> str:
    """Explain a failure from what the module said last; empty if it does not say enough."""
    if unanswered:
        return (
            "it wants an answer, and nobody can give one here: say it in the arguments"
            " (pip uninstall -y) or in a cell's body (%%pymod NAME)"
        )
    if _NOTHING in last_words and _BROKEN.search(last_words):
        return (
            "its connection to the package index broke (see Retrying), so it found nothing;"
            " look at the network, then run this again"
        )
    return _about_a_local_file(last_words, cwd)


def _about_a_local_file(last_words: bytes, cwd: str) -> str:
    """Name a file of the working directory that took the place of a standard module."""
    for found in _FILE.findall(last_words):
        folder, file = os.path.split(os.fsdecode(found))
        stem = file.removesuffix(".py")
        if folder == cwd and stem in sys.stdlib_module_names:
            return f"{file} in the working directory hides Python's own {stem}: rename it"
    return ""
