"""The command line and the environment variables that a module is started with."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A `pip.py` beside the notebook must not take pip's place: these run with -P.
INSTALLERS = frozenset({"conda", "ensurepip", "pip", "pipx", "uv", "venv", "virtualenv"})
# These draw bars only on a terminal, and are run to be watched.
WATCHED = frozenset({"pip", "uv"})

MARK = "IPYMOD_RUN"

# sys.flags attribute -> the letter; what decides which modules and which sites the kernel sees.
_LETTERS = {
    "debug": "d",
    "dont_write_bytecode": "B",
    "no_site": "S",
    "verbose": "v",
    "bytes_warning": "b",
    "quiet": "q",
    "optimize": "O",
}


def command(name: str, args: Sequence[str]) -> list[str]:
    """Build `python -m NAME ARGS` for the kernel's interpreter, with the kernel's own flags.

    NAME `-` is a program on standard input, as for `python` itself.

    Raises:
        IpymodError: this Python does not know its own executable.
    """
    module = ["-"] if name == "-" else ["-m", name]
    return [*interpreter(name), *module, *args]


def interpreter(name: str) -> list[str]:
    """Give the kernel's interpreter and the flags that NAME is run with."""
    if not sys.executable:
        raise IpymodError(
            "sys.executable is empty: this kernel does not know which Python it is, so no module"
            " can be started; %pymod --here NAME runs it inside the kernel"
        )
    safe = ["-P"] if is_installer(name) and not sys.flags.safe_path else []
    return [sys.executable, *flags(), *safe]


def is_installer(name: str) -> bool:
    """Tell whether NAME changes an environment, and so must never be a local file."""
    return name.partition(".")[0] in INSTALLERS


def flags() -> list[str]:
    """Give the flags that this interpreter was started with, less those about its program."""
    letters = [f"-{letter * getattr(sys.flags, a)}" for a, letter in _LETTERS.items()]
    found = [flag for flag in (*_isolation(), *letters) if flag != "-"]
    if sys.flags.ignore_environment:
        found.append("-u")  # PYTHONUNBUFFERED, by which the others stream, is ignored then
    found += [f"-W{option}" for option in sys.warnoptions]
    for key, value in sys._xoptions.items():  # noqa: SLF001  documented, in spite of its name
        found += ["-X", key if value is True else f"{key}={value}"]
    return found


def _isolation() -> list[str]:
    if sys.flags.isolated:
        return ["-I"]
    wanted = {
        "-E": sys.flags.ignore_environment,
        "-s": sys.flags.no_user_site,
        "-P": sys.flags.safe_path,
    }
    return [flag for flag, given in wanted.items() if given]


def variables(extra: Mapping[str, str], mark: str, *, output: str, answers: bool) -> dict[str, str]:
    """Build the environment of a module.

    What ipykernel sets for `!` (colours without a terminal, the inline backend) is taken out:
    a module on a pipe writes plain text, as in a terminal's pipe, and one on a terminal sees it.

    Args:
        extra: what `--env` sets; it has the last word.
        mark: by which all that descends from the module is found again.
        output: `pipes`, `tty` or `inherit`.
        answers: whether somebody can be asked.
    """
    env = {key: value for key, value in os.environ.items() if not _of_the_kernel(key, value)}
    if output != "inherit":
        env["PYTHONUNBUFFERED"] = "1"
    if output == "tty":
        env["TERM"] = "xterm-256color"
    if output != "inherit" and not answers:
        env["PIP_NO_INPUT"] = "1"
    if os.name == "nt":
        env.setdefault("PYTHONIOENCODING", "utf-8")
    env[MARK] = ":".join(filter(None, (os.environ.get(MARK), mark)))
    env.update(extra)
    return env


def _of_the_kernel(key: str, value: str) -> bool:
    if key == "MPLBACKEND":
        return value.startswith("module://")
    return key in {"FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"} and value == "1"
