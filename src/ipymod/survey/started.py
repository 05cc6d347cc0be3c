"""GATHER: the few commands that only a run can tell, started when that is asked for."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.errors import IpymodError, ProbeError
from ipymod.launchers import environment_of, interpreter_of
from ipymod.patterns import pattern
from ipymod.survey.ask import ask
from ipymod.survey.listen import SECONDS, listen

if TYPE_CHECKING:
    from ipymod.facts import Command, Environment
    from ipymod.launchers import Surroundings

# pip 24.0 from /usr/lib/python3/dist-packages/pip (python 3.11)
_PIP = pattern(r"^pip (\S+) from (.+?) \(python (\d+\.\d+)\)", re.MULTILINE)
_EXECUTABLE = pattern(r"^sys\.executable: (.+?)\r?$", re.MULTILINE)


def started(command: Command, here: Surroundings) -> Command:
    """Start a `pip` or `python` that is unknown, and tell what it said; others stay as they are."""
    if command.state != "unknown" or not command.name.startswith(("pip", "python")):
        return command
    try:
        if command.name.startswith("python"):
            return _python(command, here)
        return _pip(command, here)
    except IpymodError as error:
        return replace(command, reason=str(error))


def _python(command: Command, here: Surroundings) -> Command:
    told = ask(command.path, here=here)
    step = f"{command.path} was started and described itself"
    return _known(command, told.executable, told.environment, step)


def _pip(command: Command, here: Surroundings) -> Command:
    version = _said(command, "--version", here)
    match = _PIP.search(version)
    if match is None:
        first = version.strip().partition("\n")[0][:200] or "nothing"
        raise ProbeError(f"{command.path} --version says {first}")
    own = _EXECUTABLE.search(_said(command, "debug", here))  # pip before 19.2 knows no debug
    if own:
        step = f"{command.path} debug says that it is run by {own[1]}"
        return _known(command, own[1], environment_of(own[1], here), step)
    return _by_package(command, match, here)


def _said(command: Command, word: str, here: Surroundings) -> str:
    said = listen([command.path, word], here)
    if said.late:
        raise ProbeError(f"{command.path} {word} gave no answer in {SECONDS:g} s")
    return said.text


def _by_package(command: Command, match: re.Match[str], here: Surroundings) -> Command:
    """By the place of its package: the same, unless an environment lends it from its base."""
    line, package, version = match[0], match[2], match[3]
    python = _interpreter_above(package, version)
    environment = environment_of(python, here) if python else None
    if python is None or environment is None or not _holds(environment, package):
        raise ProbeError(f"{command.path} --version says {line}, and no Python lies there")
    known = _known(command, python, environment, f"{command.path} --version says {line}")
    return replace(known, certainty="likely")


def _known(command: Command, python: str, environment: Environment, step: str) -> Command:
    return replace(
        command,
        python=python,
        environment=environment,
        state="ok",
        certainty="certain",
        reason="",
        steps=(*command.steps, step),
    )


def _holds(environment: Environment, package: str) -> bool:
    place = os.path.realpath(os.path.dirname(package))
    return place in {os.path.realpath(each) for each in environment.site}


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
