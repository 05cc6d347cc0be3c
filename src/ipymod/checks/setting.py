"""JUDGE: how a setting is named, shown without what is secret in it, and taken away."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ipymod.facts.settings import VARIABLES, Setting, Settings

if TYPE_CHECKING:
    from ipymod.facts import Kernel

TRUE = frozenset({"y", "yes", "t", "true", "on", "1"})  # as pip reads them
FALSE = frozenset({"n", "no", "f", "false", "off", "0"})


def is_activated(settings: Settings) -> bool:
    """Whether the kernel's environment is a virtual one that was activated."""
    return any(each.name == "VIRTUAL_ENV" and each.same for each in settings.variables)


def named(setting: Setting) -> str:
    """How a person finds it: the variable, or the option and its file."""
    if setting.section == VARIABLES:
        return setting.origin
    return f"{setting.key} in {setting.origin}"


def evidence(setting: Setting) -> dict[str, str]:
    """The setting itself, without what is secret in it, and who set it."""
    section = {"section": setting.section} if setting.section not in {"", VARIABLES} else {}
    return {setting.key: shown(setting.value), "set by": setting.origin, **section}


def shown(value: str) -> str:
    """A value without what may be secret in its URLs: the user, the password and the query."""
    return " ".join(map(_public, value.split()))


def host(word: str) -> str:
    """The host of a URL, without user and port; a path of files as it is."""
    public = _public(word)
    scheme, found, rest = public.partition("://")
    if not found or scheme == "file":
        return rest or public
    return rest.partition("/")[0].partition(":")[0]


def _public(word: str) -> str:
    """A password may hold @ and /, so the last @ counts; `name=` before a URL goes too."""
    before, found, rest = word.partition("://")
    if not found:
        return word.rpartition("@")[2] if ":" in word.rpartition("@")[0] else word
    rest = rest.rpartition("@")[2].partition("?")[0].partition("#")[0]
    return f"{before.rpartition('=')[2]}://{rest}"


def undo(setting: Setting, settings: Settings, kernel: Kernel) -> str:
    """The command that takes a setting of pip away; a line to follow where there is none."""
    if setting.section == VARIABLES:
        return f'import os; os.environ.pop("{setting.origin}", None)'
    levels = {each.path: each.level for each in settings.pip_files}
    level = levels.get(setting.origin, "")
    # pip edits its own files alone, before version 26 only the last one of a level.
    last = [each.path for each in settings.pip_files if each.level == level][-1:]
    if level in {"global", "user", "site"} and last == [setting.origin] and _starts(setting):
        name = f"{setting.section}.{setting.key}"
        python = shlex.quote(kernel.executable)
        # A `python` in the file would send this very command elsewhere.
        own = f"--python {python} " if setting.key == "python" else ""
        return f"{python} -m pip {own}config --{level} unset {shlex.quote(name)}"
    return f"# take {setting.key} out of [{setting.section}] in {setting.origin}"


def _starts(setting: Setting) -> bool:
    """Whether `pip config` itself works with the setting; it reads this one like any command."""
    if setting.key in {"require-virtualenv", "require-venv"}:
        return setting.value.lower() in TRUE | FALSE
    return True
