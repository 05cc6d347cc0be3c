"""GATHER: the few commands that only a run can tell, started when that is asked for.

Without a shell, without input, three seconds each; whatever they start ends with them.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError
from ipymod.launchers import environment_of, interpreter_of
from ipymod.survey.ask import ask

if TYPE_CHECKING:
    from ipymod.facts import Command
    from ipymod.launchers import Surroundings

_SECONDS = 3.0
_MOST = 65536  # bytes of an answer
# pip 24.0 from /usr/lib/python3/dist-packages/pip (python 3.11)
_PIP = re.compile(r"^pip (\S+) from (.+?) \(python (\d+\.\d+)\)", re.MULTILINE)


def started(command: Command, here: Surroundings) -> Command:
    """Start a `pip` or `python` that is unknown, and tell what it said; others stay as they are."""
    if command.state != "unknown" or not command.name.startswith(("pip", "python")):
        return command
    if command.name.startswith("python"):
        return _python(command, here)
    said = run([command.path, "--version"], here)
    if said is None:
        return replace(command, reason=f"{command.path} --version gave no answer in {_SECONDS:g} s")
    return _pip(command, said, here)


def _python(command: Command, here: Surroundings) -> Command:
    try:
        told = ask(command.path, _SECONDS)
    except IpymodError as error:
        return replace(command, reason=str(error))
    return _known(
        command, told.executable, f"{command.path} was started and described itself", here
    )


def _pip(command: Command, said: str, here: Surroundings) -> Command:
    match = _PIP.search(said)
    python = _interpreter_above(match[2], match[3]) if match else None
    if match is None or python is None:
        first = said.strip().partition("\n")[0][:200]
        return replace(command, reason=f"{command.path} --version says: {first}")
    return _known(command, python, f"{command.path} --version says {match[0]}", here)


def _known(command: Command, python: str, step: str, here: Surroundings) -> Command:
    return replace(
        command,
        python=python,
        environment=environment_of(python, here),
        state="ok",
        certainty="certain",
        reason="",
        steps=(*command.steps, step),
    )


def _interpreter_above(package: str, version: str) -> str | None:
    """The interpreter of the nearest prefix above a package, of that version where it is named."""
    directory = os.path.dirname(package)
    while directory != os.path.dirname(directory):
        named = os.path.join(directory, "bin", f"python{version}")
        found = named if os.path.isfile(named) else interpreter_of(directory)
        if found:
            return found
        directory = os.path.dirname(directory)
    return None


def run(words: list[str], here: Surroundings) -> str | None:
    """What a command says in three seconds; None if it cannot be started or does not end.

    Args:
        words: the command; no shell reads them.
        here: its surroundings.
    """
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=here.cwd or None,
            env=dict(here.variables),
            start_new_session=True,
        )
    except (OSError, ValueError):
        return None
    said: list[bytes] = []
    reader = threading.Thread(target=_read, args=(process, said), daemon=True)
    reader.start()
    reader.join(_SECONDS)
    late = reader.is_alive()  # what it says when it is killed is no answer
    _end(process)
    return said[0].decode("utf-8", "replace") if said and not late else None


def _read(process: subprocess.Popen[bytes], said: list[bytes]) -> None:
    if process.stdout:
        with process.stdout as stream:
            said.append(stream.read(_MOST))


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
