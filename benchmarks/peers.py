"""The ways to run a module from a notebook, as the cells that a user would write."""

from collections.abc import Callable

OURS = "%pymod"
TTY = "%pymod --tty"
SUBPROCESS = "subprocess.run"
BANG = "!"
PIP = "%pip's way"  # %pip itself runs pip alone; this is the call that it makes
RUN = "%run -m"
SCRIPT = "%%script"

Cell = Callable[[str, str], str]


def _in_subprocess(module: str, arguments: str) -> str:
    words = ", ".join(map(repr, (module, *arguments.split())))
    return f"import subprocess, sys; subprocess.run([sys.executable, '-m', {words}])"


def _as_pip_does(module: str, arguments: str) -> str:
    return f"get_ipython().system(sys.executable + ' -m {module} {arguments}')"


# What makes the cell, from a module and its arguments (words without blanks).
PEERS: dict[str, Cell] = {
    OURS: "%pymod {} {}".format,
    TTY: "%pymod --tty {} {}".format,
    SUBPROCESS: _in_subprocess,
    BANG: "!{{sys.executable}} -m {} {}".format,
    PIP: _as_pip_does,
    RUN: "%run -m {} {}".format,
    SCRIPT: "%%script {{sys.executable}} -m {} {}\n\n".format,
}
