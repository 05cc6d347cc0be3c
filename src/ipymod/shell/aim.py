"""Which environment a call is about: the one that its word reaches, another one, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipymod.patterns import pattern
from ipymod.shell.installers import BY_NAME
from ipymod.shell.wrappers import name_of

if TYPE_CHECKING:
    from ipymod.shell.calls import Call

Aim = Literal["here", "reads", "system", "named", "none", "unsure"]

# Modules that do the same with every Python.
_OF_NO_ENVIRONMENT = frozenset(
    {"venv", "virtualenv", "json.tool", "http.server", "SimpleHTTPServer", "zipfile", "tarfile"}
    | {"gzip", "base64", "calendar", "uuid", "webbrowser", "this", "antigravity"}
)
_TELL_OF_IT = frozenset({"site", "sysconfig"})
_HELP = frozenset({"--help", "-h", "-?"})
_VERSION = frozenset({"--version", "-V"})
_OF_A_VERSION = pattern(r"-[23][0-9.]*(?:-\d+)?|-V:.*")
_REACHED = frozenset({"--user"})  # the user site is that of the Python reached


def aim(call: Call) -> Aim:
    """Tell which environment a call is about, by its verb and options alone.

    What the environment reached is, its word decides: for `python` and `pip` what a shell finds
    by that name (which may be a path: whether that is on purpose is not asked here); for `conda`
    the active environment; for `uv pip` what uv finds from the folder on; for `uv add`, `remove`,
    `sync` and `run` that of the project around the folder. Variables are not looked at either:
    `PIP_TARGET=x` before the call is in its `after`.

    Returns:
        `here`: it changes the environment reached, or runs something with it: `pip install`,
            `--user` included, `python a.py`, `uv add`, `uv run`, `conda run` without a name.
        `reads`: it only tells of the environment reached, so that a wrong one misleads:
            `pip list`, `pip --version`, `python -V`, `pip install --dry-run`, `conda info`.
        `system`: `uv pip` with `--system` changes or reads the first Python on PATH that is no
            virtual environment, whatever uv would find without it.
        `named`: an option names another place on purpose: `--target`, `--prefix`, `--root`,
            `--python`, `-n`, `--project`, `--script`, `py -3.11`; or a file does: `conda env
            update`.
        `none`: it touches no environment that is there: `--help`, `pip download`, `pip cache`,
            `python -m venv new`, `conda create`, `conda activate`, `uv venv`, `uv lock`, `uvx`,
            `uv add --no-sync`; and verbs that are not known.
        `unsure`: only a run could tell its verb: `pip {verb} x`, `xargs pip`.
    """
    names = {option.name for option in call.options}
    if names & _HELP or (call.program == "python" and call.verb == "-h"):
        return "none"
    if _names_a_version(call):
        return "named"
    if call.program == "python":
        return _of_python(call)
    return _of_verb(call, names) if call.verb else _without_a_verb(call, names)


def _names_a_version(call: Call) -> bool:
    """Tell whether Python's launcher on Windows is given a version: `py -3.11`."""
    words = call.command.words
    behind = words[words.index(call.executable) + 1 :]
    is_launcher = name_of(call.executable) == "py" and behind
    return bool(is_launcher and _OF_A_VERSION.fullmatch(behind[0].text))


def _of_python(call: Call) -> Aim:
    module = call.arguments[0].text if call.verb == "-m" and call.arguments else ""
    if module in _OF_NO_ENVIRONMENT:
        return "none"
    return "reads" if call.verb == "-V" or module in _TELL_OF_IT else "here"


def _without_a_verb(call: Call, names: set[str]) -> Aim:
    if call.arguments or "xargs" in call.through:
        return "unsure"
    if call.program == "pip" and names & _VERSION:
        return _elsewhere(call, names) or "reads"
    return "none"


def _of_verb(call: Call, names: set[str]) -> Aim:
    kind = BY_NAME[call.program]
    is_acting = call.verb in kind.changing | kind.acting
    is_apart = any(f"{call.verb} {name}" in kind.apart for name in names)
    if is_apart or not (is_acting or call.verb in kind.reading):
        return "none"
    pretends = bool(names & (kind.pretends | {"--dry-run"}))
    return _elsewhere(call, names) or ("here" if is_acting and not pretends else "reads")


def _elsewhere(call: Call, names: set[str]) -> Aim | None:
    """What an option says instead of the environment reached; None if none says anything."""
    named = names & (BY_NAME[call.program].targets - _REACHED)
    if named - {"--system"} or call.verb == "env update":
        return "named"
    return "system" if named else None
