"""GATHER: the facts of another Python, which is started to describe itself."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

from ipymod import probe
from ipymod.errors import ProbeError
from ipymod.facts import Environment, Kernel
from ipymod.launchers import Surroundings, environment_of, real_prefix
from ipymod.survey.listen import SECONDS, Said, listen

_WITHOUT_ISOLATION = ("-E", "-s")  # what Python 2.7 has in place of -I


def ask(python: str, seconds: float = SECONDS, here: Surroundings | None = None) -> Kernel:
    """The kernel that a Python would be if it were started here without options.

    It is started isolated, so that no variable and no file of the user keeps it from answering;
    what isolation hides, PYTHONPATH and the user's directory of packages, is put back into `path`.

    Args:
        python: the path of the interpreter, or a name on PATH.
        seconds: how long it may take before it is killed.
        here: what it would see; None for what this process sees.

    Raises:
        ProbeError: it cannot be started, gives no answer or takes too long.
    """
    here = here or Surroundings.now()
    said = listen([python, "-I", probe.__file__], here, seconds)
    if "Unknown option: -I" in said.text:
        said = listen([python, *_WITHOUT_ISOLATION, probe.__file__], here, seconds)
    return _kernel(_answer(python, said, seconds), here)


def _answer(python: str, said: Said, seconds: float) -> dict[str, Any]:
    """What it told; it may have gone on to do something else, which is no matter."""
    _, begun, rest = said.text.rpartition(probe.BEGIN)
    answer, ended, _ = rest.partition(probe.END)
    if not begun or not ended:
        raise ProbeError(_no_answer(python, said, seconds))
    try:
        told = json.loads(answer)
        return {**told, "path": tuple(told["path"]), "site": tuple(told["site"])}
    except (ValueError, TypeError, KeyError) as error:
        raise ProbeError(f"{python} described itself wrongly: {error}") from None


def _no_answer(python: str, said: Said, seconds: float) -> str:
    if said.late:
        return f"{python} did not describe itself within {seconds:g} s"
    last = next((line for line in reversed(said.text.splitlines()) if line.strip()), "nothing")
    return f"{python} is no Python that describes itself; it said: {last[:200]}"


def _kernel(told: dict[str, Any], here: Surroundings) -> Kernel:
    environment = _environment(told, here)
    return Kernel(
        executable=told["executable"],
        prefix=told["prefix"],
        base_prefix=told["base_prefix"],
        version=told["version"],
        environment=environment,
        path=_path(told["path"], environment, here),
        cwd=here.cwd,
        system=told["system"],
        machine=told["machine"],
        running=False,
    )


def _environment(told: dict[str, Any], here: Surroundings) -> Environment:
    """What it says itself, with what files tell of the kind, which no Python knows."""
    seen = environment_of(told["executable"], here)
    return replace(
        seen,
        prefix=told["prefix"],
        base_prefix=told["base_prefix"],
        version=told["version"],
        site=told["site"],
        scripts=told["scripts"],
        user_site=told["user_site"] if seen.user_site else "",
        managed=told["managed"],
        real=real_prefix(told["prefix"], here),
    )


def _path(path: tuple[str, ...], environment: Environment, here: Surroundings) -> tuple[str, ...]:
    """`sys.path` as it is without isolation; a user's directory comes before those of the base."""
    written = here.variables.get("PYTHONPATH", "")
    before = written.split(os.pathsep) if written else []
    user = environment.user_site
    if user and os.path.isdir(user) and user not in path:
        own = 0 if environment.prefix == environment.base_prefix else 1
        at = next((i for i, each in enumerate(path) if each in environment.site[own:]), len(path))
        path = (*path[:at], user, *path[at:])
    return tuple(dict.fromkeys((*map(here.absolute, before), *path)))
