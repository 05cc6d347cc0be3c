"""GATHER: what a shell would reach by name, and where conda would install."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ipymod.facts import Environment
from ipymod.facts.commands import Target
from ipymod.launchers import command, environment_of, interpreter_of, real_prefix
from ipymod.survey.scripts import gather_scripts
from ipymod.survey.uv_target import gather_uv_target

if TYPE_CHECKING:
    from ipymod.facts import Command, Kernel
    from ipymod.launchers import Surroundings

__all__ = ["gather_commands", "gather_conda_target", "gather_scripts", "gather_uv_target"]

_NAMES = ("pip", "pip3", "python", "python3", "uv", "conda", "jupyter")
_OF_BASE = frozenset({"", "base", "root"})


def gather_commands(kernel: Kernel, here: Surroundings) -> dict[str, Command | None]:  # noqa: ARG001  as all gatherers
    """The commands by name, as `Facts` has them; None for one that is not on PATH."""
    return {name: command(name, here) for name in _NAMES}


def gather_conda_target(
    kernel: Kernel,  # noqa: ARG001  as all gatherers
    here: Surroundings,
    conda: Command | None = None,
) -> Target | None:
    """What `conda install` would change: the active environment, else conda's own base.

    Args:
        kernel: the interpreter that the facts are about.
        here: what conda would see.
        conda: the command, if it is known already.

    Returns:
        None if there is no conda on PATH.
    """
    conda = conda or command("conda", here)
    if conda is None:
        return None
    root = conda.environment.prefix if conda.environment and conda.state == "ok" else ""
    reason, prefix = _named(root, here)
    if not prefix:
        return Target("conda install", reason=reason, steps=(*conda.steps, conda.reason))
    step = f"conda takes {prefix} because of {reason}"
    if not os.path.isdir(prefix):
        steps = (step, f"{prefix} does not exist")
        return Target("conda install", None, reason, "broken", "certain", steps=steps)
    environment = _environment(prefix, here)
    return Target("conda install", environment, reason, "ok", "certain", steps=(step,))


def _named(root: str, here: Surroundings) -> tuple[str, str]:
    """What decides, and the prefix; that is empty where only conda itself could tell."""
    active = here.variables.get("CONDA_PREFIX", "")
    if active:
        return "CONDA_PREFIX", here.absolute(active)
    name = here.variables.get("CONDA_DEFAULT_ENV", "")
    if name in _OF_BASE:
        return "PATH", root
    if os.sep in name:
        return "CONDA_DEFAULT_ENV", here.absolute(name)
    places = [os.path.join(root, "envs")] if root else []
    places.append(os.path.join(here.home, ".conda", "envs"))
    prefixes = [os.path.join(place, name) for place in places]
    found = next(filter(os.path.isdir, prefixes), "")
    return "CONDA_DEFAULT_ENV", found


def _environment(prefix: str, here: Surroundings) -> Environment:
    """The environment; one without a Python has a prefix all the same."""
    python = interpreter_of(prefix)
    if python:
        return environment_of(python, here.without_variables("PYTHONHOME"))
    return Environment(prefix, prefix, "conda", real=real_prefix(prefix, here))
