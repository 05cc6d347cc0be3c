"""JUDGE: what is said of a line that leads astray, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.checks.reached import short
from ipymod.shell import aim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.facts import Environment, Kernel
    from ipymod.guard.reach import Reached
    from ipymod.shell import Call, Redirect

NO_SHELL = "a browser has no shell, so this line cannot run"
_REMOVES = frozenset({"uninstall", "remove"})


def astray(call: Call, found: Reached, kernel: Kernel) -> str:
    """Name both environments, and what each is to the call."""
    does, relation = _does(call)
    why = f" because of {found.why}" if found.why else ""
    there, own = _place(found.environment), _place(kernel.environment, kernel.prefix)
    return f"{found.name} {does} {there}{why}, not {relation} this kernel's {own}"


def _does(call: Call) -> tuple[str, str]:
    """What the call does to an environment, and the preposition of the sentence's second half."""
    if aim(call) == "reads":
        return "looks at", "at"
    if call.verb in _REMOVES:
        return "removes from", "from"
    if call.change is not None or call.verb in {"install", "update", "upgrade", "sync"}:
        return "installs into", "into"
    return "runs with the packages of", "with those of"


def _place(environment: Environment, prefix: str = "") -> str:
    version = short(environment.version)
    where = prefix or environment.prefix
    return f"{where} (Python {version})" if version else where


def redirected(call: Call, text: str, shell: str) -> str:
    """Say what a `>` without quotes does in that shell."""
    found = _worst(call.change.accidental if call.change else (), shell)
    if found is None:
        return ""
    typed = text[found.start : found.end].strip()
    file = found.target.text
    if _names_a_program(found, shell):
        does = f"looks for a program named {file.removeprefix('=')}, and stops if there is none"
    elif found.operator == "<":
        does = f"reads a file named {file}, and stops if there is none"
    else:
        does = f"writes a file named {file}, and any version is installed"
    return f"{typed} stands outside quotes: the shell {does}"


def _worst(redirects: Sequence[Redirect], shell: str) -> Redirect | None:
    """The one that stops the shell, if one does: of `>=3,<4` it is the second."""
    stopping = (each for each in redirects if _names_a_program(each, shell) or each.operator == "<")
    return next(stopping, redirects[0] if redirects else None)


def _names_a_program(redirect: Redirect, shell: str) -> bool:
    """Tell whether the shell takes `=3` for the path of a program."""
    return shell == "zsh" and redirect.target.text.startswith("=")


def asking(call: Call) -> str:
    """Say that nobody can answer."""
    return f"{call.program} {call.verb} asks before it acts, and nobody can answer here"
