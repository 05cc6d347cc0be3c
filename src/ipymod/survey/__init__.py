"""GATHER: the facts of this machine and of one interpreter, with nothing started.

Each family has a file; here they are put together into what the checks judge.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ipymod.facts.base import BROWSER, Kernel
from ipymod.launchers import Surroundings, environment_of
from ipymod.launchers.prefix import real_prefix
from ipymod.launchers.unread import PATIENCE, noting, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipymod.facts import Environment
    from ipymod.facts.everything import Facts
    from ipymod.facts.place import Missing

__all__ = ["survey", "this_kernel"]


def survey(
    kernel: Kernel,
    here: Surroundings,
    *,
    modules: Mapping[str, Any] | None = None,
    missing: str = "",
) -> Facts:
    """Gather all that the checks may ask for.

    Args:
        kernel: the interpreter that the facts are about.
        here: what a command would see that it starts.
        modules: what it has imported, `sys.modules`; None if it is not this very process.
        missing: a module that it could not import; empty for none.
    """
    kept, here, unread = _without_silent(kernel, here)
    gather = _gathered_in_browser if kernel.system == BROWSER else _gathered
    with noting() as noted:
        found = gather(kept, here, modules, missing)
    told = (f"{path}: {reason}" for path, reason in noted.items())
    return replace(found, kernel=kernel, unread=(*unread, *told))


def _without_silent(
    kernel: Kernel, here: Surroundings
) -> tuple[Kernel, Surroundings, tuple[str, ...]]:
    """The same without the directories that do not answer, and a word on each of those."""
    on_path = [here.absolute(entry) for entry in here.path]
    imported = {entry: os.path.join(kernel.cwd, entry) for entry in kernel.path if entry}
    quiet = silent([*on_path, *imported.values()])
    if not quiet:
        return kernel, here, ()
    path = tuple(entry for entry in kernel.path if imported.get(entry) not in quiet)
    told = tuple(f"{each}: no answer within {PATIENCE:g} s" for each in quiet)
    return replace(kernel, path=path), replace(here, silent=quiet), told


def _gathered(
    kernel: Kernel, here: Surroundings, modules: Mapping[str, Any] | None, missing: str
) -> Facts:
    from ipymod.facts.everything import Facts
    from ipymod.survey import kernels
    from ipymod.survey.commands import (
        gather_commands,
        gather_conda_target,
        gather_scripts,
        gather_uv_target,
    )
    from ipymod.survey.imports import gather_imports
    from ipymod.survey.live import gather_loaded
    from ipymod.survey.packages import gather_packages
    from ipymod.survey.place import gather_place
    from ipymod.survey.project import gather_project
    from ipymod.survey.settings import gather_settings

    commands: dict[str, Any] = gather_commands(kernel, here)
    return Facts(
        kernel=kernel,
        **commands,
        uv_target=gather_uv_target(kernel, here),
        conda_target=gather_conda_target(kernel, here),
        scripts=gather_scripts(kernel, here),
        kernelspecs=kernels.gather_kernelspecs(kernel, here),
        server=kernels.gather_server(kernel, here),
        notebook=kernels.gather_notebook(kernel, here),
        imports=gather_imports(kernel, here),
        packages=gather_packages(kernel, here),
        settings=gather_settings(kernel, here),
        loaded=None if modules is None else gather_loaded(kernel, here, modules),
        place=gather_place(kernel, here),
        project=gather_project(kernel, here),
        missing=_missing(kernel, here, missing) if missing else None,
    )


def _gathered_in_browser(
    kernel: Kernel, here: Surroundings, modules: Mapping[str, Any] | None, missing: str
) -> Facts:
    """Where nothing can be started, nothing is asked of what would be: shells, pip, servers."""
    from ipymod.facts.everything import Facts
    from ipymod.survey.imports import gather_imports
    from ipymod.survey.live import gather_loaded
    from ipymod.survey.place import gather_place

    return Facts(
        kernel=kernel,
        imports=gather_imports(kernel, here),
        loaded=None if modules is None else gather_loaded(kernel, here, modules),
        place=gather_place(kernel, here),
        missing=_missing(kernel, here, missing) if missing else None,
    )


def _missing(kernel: Kernel, here: Surroundings, name: str) -> Missing | None:
    from ipymod.survey.missing import gather_missing

    return gather_missing(kernel, here, name)


def this_kernel(here: Surroundings | None = None) -> Kernel:
    """Describe the interpreter that runs this; `sys.executable` is never resolved."""
    from ipymod.survey.processes import started

    here = here or Surroundings.now()
    flags = _flags()
    return Kernel(
        executable=sys.executable or "",
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        version=platform.python_version(),
        environment=_environment(here, flags),
        path=tuple(map(str, sys.path)),
        cwd=here.cwd,
        flags=flags,
        started=started(),
        system=BROWSER if sys.platform == "emscripten" else here.system,
        machine=platform.machine(),
    )


def _environment(here: Surroundings, flags: tuple[str, ...]) -> Environment:
    """What files tell, put right by what this process knows of itself."""
    seen = environment_of(sys.executable or "", here, " ".join(flags))
    if seen.prefix == sys.prefix:
        return replace(seen, base_prefix=sys.base_prefix, version=platform.python_version())
    return replace(
        seen,
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        version=platform.python_version(),
        site=seen.site or tuple(path for path in sys.path if path.endswith("-packages")),
        real=real_prefix(sys.prefix, here),
    )


def _flags() -> tuple[str, ...]:
    """The options that change what is imported; -I stands for the others."""
    if sys.flags.isolated:
        return ("-I",)
    given = {
        "-E": sys.flags.ignore_environment,
        "-s": sys.flags.no_user_site,
        "-P": sys.flags.safe_path,
    }
    return tuple(flag for flag, is_set in given.items() if is_set)
