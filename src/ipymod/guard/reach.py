"""GATHER: the environment that a call would act on, found out without starting it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.frozen import dataclass
from ipymod.guard.doubt import is_doubtful, is_found_from_the_folder, is_moving
from ipymod.guard.mend import Means
from ipymod.launchers import command, pip_of, resolve
from ipymod.launchers.path import first_on_path
from ipymod.shell import aim

if TYPE_CHECKING:
    from ipymod.facts import Command, Environment, Kernel
    from ipymod.facts.commands import Target
    from ipymod.launchers import Surroundings
    from ipymod.shell import Call
    from ipymod.shell.reading import Reading

# What sudo searches in place of PATH, unless its own settings say otherwise.
_OF_ROOT = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PLACES_OF_PIP = frozenset({"target", "prefix", "root"})
_ANSWERS_OF_PIP = frozenset({"yes", "no-input"})
_ANSWERS_OF_MAMBA = ("MAMBA_ALWAYS_YES", "MAMBA_YES")
_NO = frozenset({"", "0", "false", "no", "off", "n", "f"})


@dataclass(frozen=True)
class Reached:
    """Where a call leads.

    Attributes:
        name: what is called, in words: `pip on your PATH`, `uv pip`.
        environment: the one that it acts on.
        why: what decided, other than PATH: a variable, a file; empty if nothing did.
    """

    name: str
    environment: Environment
    why: str = ""


def reach(call: Call, reading: Reading, kernel: Kernel, here: Surroundings) -> Reached | None:
    """Give what a call acts on; None if that is nothing, meant, or known to a run alone."""
    aimed = aim(call)
    if call.is_this_python or aimed not in {"here", "reads", "system"}:
        return None
    if is_doubtful(call, reading, here):
        return None
    if "sudo" in call.through:
        here = here.with_path(_OF_ROOT).without_variables("VIRTUAL_ENV", "CONDA_PREFIX")
    if call.program in {"pip", "python"}:
        return _started(call, reading, kernel, here)
    if call.program == "conda":
        return _of_conda(call, kernel, here)
    if aimed == "system":
        here = here.with_variables(UV_SYSTEM_PYTHON="1")
    return _of_uv(call, kernel, here)


def is_answered(call: Call, kernel: Kernel, here: Surroundings) -> bool:
    """Tell whether a setting answers what the call would ask."""
    if call.program == "conda":
        from ipymod.survey.tool_settings import conda_settings

        settings = conda_settings(here)
        told = [here.variables.get(name, "") for name in _ANSWERS_OF_MAMBA]
        told += [each.value for each in settings if each.key == "always_yes"]
    else:
        from ipymod.survey.pip_settings import pip_settings

        settings = pip_settings(kernel, here)[0]
        told = [each.value for each in settings if each.key in _ANSWERS_OF_PIP]
    return any(value.lower() not in _NO for value in told)


def means_of(kernel: Kernel, here: Surroundings) -> Means:
    """Tell what there is to install for the kernel with."""
    return Means(
        kernel.executable,
        kernel.prefix,
        is_conda=kernel.environment.kind == "conda",
        has_pip=pip_of(kernel.environment) is not None,
        has_uv=first_on_path("uv", here) is not None,
        has_user_site=bool(kernel.environment.user_site),
        windows=here.windows,
    )


def _started(call: Call, reading: Reading, kernel: Kernel, here: Surroundings) -> Reached | None:
    found = _found(call, here)
    if found is None or found.state != "ok" or not found.environment:
        return None
    if is_moving(call, reading) and is_found_from_the_folder(found, here):
        return None
    if call.program == "pip" and _is_sent_elsewhere(call, kernel, found.environment, here):
        return None
    return Reached(_named(call, found.name), found.environment, found.origin)


def _named(call: Call, name: str) -> str:
    if "sudo" in call.through:  # which has a PATH of its own
        return f"sudo {name}"
    return name if os.path.dirname(name) else f"{name} on your PATH"


def _is_sent_elsewhere(
    call: Call, kernel: Kernel, environment: Environment, here: Surroundings
) -> bool:
    """Tell whether pip's settings name another place, or another Python."""
    from ipymod.survey.pip_settings import pip_settings

    around = replace(kernel, prefix=environment.prefix, base_prefix=environment.base_prefix)
    told = {setting.key for setting in pip_settings(around, here)[0]}
    return "python" in told or bool(call.change and told & _PLACES_OF_PIP)


def _found(call: Call, here: Surroundings) -> Command | None:
    """The program; None if there is none, or a variable decides."""
    word = call.executable
    if not word.is_sure:
        return None
    if not os.path.dirname(word.text):
        return command(word.text, here)
    path = here.absolute(word.text)
    return resolve(path, word.text, here) if os.path.isfile(path) else None


def _of_conda(call: Call, kernel: Kernel, here: Surroundings) -> Reached | None:
    from ipymod.survey.commands import gather_conda_target

    found = _found(call, here)
    is_activated = "CONDA_PREFIX" in here.variables
    if found is None or not (is_activated or found.name == "conda"):
        return None  # the others have bases of their own
    return _aimed(found.name, gather_conda_target(kernel, here, found))


def _of_uv(call: Call, kernel: Kernel, here: Surroundings) -> Reached | None:
    from ipymod.survey.uv_target import gather_uv_target

    target = gather_uv_target(kernel, here)
    if call.program == "uv pip":
        return _aimed("uv pip", target)
    return _aimed(f"uv {call.verb}", target.project if target else None)


def _aimed(name: str, target: Target | None) -> Reached | None:
    if target is None or target.state != "ok" or not target.environment:
        return None
    return Reached(name, target.environment, "" if target.reason == "PATH" else target.reason)
