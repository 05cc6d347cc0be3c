"""GATHER: the facts of another Python, which is started to describe itself.

This is the one place of the survey that starts a process, and only when the user asked for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

from ipymod import probe
from ipymod.errors import ProbeError
from ipymod.facts import Environment, Kernel
from ipymod.launchers import Surroundings, environment_of

_MOST = 1 << 20  # bytes of output: a description has some thousand
_WITHOUT_ISOLATION = ("-E", "-s")  # what Python 2.7 has in place of -I


def ask(python: str, seconds: float = 3.0) -> Kernel:
    """The kernel that a Python would be if it were started here without options.

    It is started isolated, so that no variable and no file of the user keeps it from answering;
    what isolation hides, PYTHONPATH and the user's directory of packages, is put back into `path`.

    Args:
        python: the path of the interpreter, or a name on PATH.
        seconds: how long it may take before it is killed.

    Raises:
        ProbeError: it cannot be started, gives no answer or takes too long.
    """
    said = _run([python, "-I", probe.__file__], seconds)
    if "Unknown option: -I" in said:
        said = _run([python, *_WITHOUT_ISOLATION, probe.__file__], seconds)
    return _kernel(_answer(python, said), Surroundings.now())


def _run(command: list[str], seconds: float) -> str:
    """What a process says, errors included; it and what it started are gone afterwards."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=os.name != "nt",
        )
    except (OSError, ValueError) as error:
        raise ProbeError(f"{command[0]} cannot be started: {error}; give a Python's path") from None
    said: list[bytes] = []
    reader = threading.Thread(target=_read, args=(process, said), daemon=True)
    reader.start()
    reader.join(seconds)
    late = reader.is_alive()
    _kill(process)
    process.wait()
    if late:
        raise ProbeError(f"{command[0]} did not describe itself within {seconds:g} s")
    return b"".join(said).decode("utf-8", "replace")


def _read(process: subprocess.Popen[bytes], said: list[bytes]) -> None:
    """Read to the end, or to as much as no answer needs: then it is killed."""
    if process.stdout:
        with process.stdout as stream:
            said.append(stream.read(_MOST))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _answer(python: str, said: str) -> dict[str, Any]:
    _, begun, rest = said.rpartition(probe.BEGIN)
    answer, ended, _ = rest.partition(probe.END)
    if not begun or not ended:
        last = next((line for line in reversed(said.splitlines()) if line.strip()), "nothing")
        raise ProbeError(f"{python} is no Python that describes itself; it said: {last[:200]}")
    try:
        told = json.loads(answer)
        return {**told, "path": tuple(told["path"]), "site": tuple(told["site"])}
    except (ValueError, TypeError, KeyError) as error:
        raise ProbeError(f"{python} described itself wrongly: {error}") from None


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
