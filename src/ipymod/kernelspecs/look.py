"""GATHER: the kernels that a Python's Jupyter would offer, told without starting anything."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.errors import UsageError
from ipymod.facts import Kernel, same
from ipymod.facts.kernels import Kernelspecs
from ipymod.kernelspecs.model import Entry, Listing
from ipymod.launchers import command, files, find_on_path, interpreter_of, resolve
from ipymod.survey import this_kernel
from ipymod.survey.importable import module_directory
from ipymod.survey.kernels import gather_kernelspecs, jupyter_of, kernel_facts, server_of
from ipymod.survey.kernelspecs import kernel_target
from ipymod.survey.launch import gather_launch

if TYPE_CHECKING:
    from ipymod.facts import Command
    from ipymod.facts.imports import Imports
    from ipymod.facts.kernels import Kernelspec, Launch, Server
    from ipymod.kernelspecs.model import Answer
    from ipymod.launchers import Surroundings
    from ipymod.survey.jupyter import Jupyter

# What draws notebooks, and the server that it then is.
_APPLICATIONS = {
    "jupyterlab": "jupyter-lab",
    "notebook": "jupyter-notebook",
    "nbclassic": "jupyter-nbclassic",
    "voila": "voila",
}


def look(here: Surroundings, python: str = "") -> Listing:
    """What is offered here.

    Args:
        here: what the Jupyter would see.
        python: whose Jupyter; empty for that of the Python that runs us.

    Raises:
        UsageError: there is no Python of which files tell.
    """
    own = _of_python(python, here) if python else replace(this_kernel(here), running=False)
    jupyter = jupyter_of(own, here)
    kernelspecs = gather_kernelspecs(own, here) or Kernelspecs()
    specs = sorted(kernelspecs.specs, key=lambda spec: spec.name)
    environment = jupyter.environment
    return Listing(
        kernelspecs=replace(kernelspecs, specs=tuple(specs)),
        jupyter=own,
        entries=tuple(_entry(spec, jupyter) for spec in specs),
        has_client=bool(module_directory("jupyter_client", environment, here)),
        elsewhere=_elsewhere(own, here),
        home=here.home,
    )


def looked_closely(entry: Entry, answer: Answer, here: Surroundings) -> Entry:
    """The same with where a kernel imports from that died, which mostly tells why it did."""
    if answer.end != "died" or entry.kernel is None:
        return entry
    from ipymod.survey.imports import gather_imports

    return replace(entry, imports=gather_imports(entry.kernel, here))


def _of_python(python: str, here: Surroundings) -> Kernel:
    """The kernel that a Python would be, as far as files tell."""
    path = _file(python, here)
    if os.path.isdir(path):
        inside = interpreter_of(path)
        told = f"its Python is {inside}" if inside else "there is no Python in it"
        raise UsageError(f"{python} is a directory; {told}")
    found = resolve(path, python, here)
    environment = found.environment
    if not found.python or not environment or found.state == "broken":
        reason = found.reason or "it is no Python that files tell of"
        raise UsageError(f"--python takes the path of an interpreter, not {python}: {reason}")
    return Kernel(
        executable=found.python,
        prefix=environment.prefix,
        base_prefix=environment.base_prefix,
        version=environment.version,
        environment=environment,
        cwd=here.cwd,
        system=here.system,
        running=False,
    )


def _file(python: str, here: Surroundings) -> str:
    """The path, or where PATH has the name."""
    on_path = [] if os.path.dirname(python) else find_on_path(python, here)
    return next(iter(on_path), here.absolute(os.path.expanduser(python)))


def _elsewhere(own: Kernel, here: Surroundings) -> Command | None:
    """The `jupyter` that a terminal would start, if that is another environment's."""
    found = command("jupyter", here)
    if not found or found.state != "ok" or not found.environment or not found.python:
        return None
    return None if same(found.environment, own.environment) else found


def _entry(spec: Kernelspec, jupyter: Jupyter) -> Entry:
    if not spec.argv or not spec.command:
        return Entry(spec)
    around = kernel_target(spec, jupyter).around
    kernel = kernel_facts(spec, around)
    if kernel is None:
        return Entry(spec)
    launch = gather_launch(kernel, around)
    return Entry(
        spec,
        kernel=kernel,
        launch=launch,
        server=_server(jupyter, kernel, around),
        imports=_imports(kernel, launch, around),
        ipykernel=_version(launch, "ipykernel"),
    )


def _server(jupyter: Jupyter, kernel: Kernel, around: Surroundings) -> Server:
    server = server_of(jupyter, kernel.environment, around)
    shows = (name for drawn, name in _APPLICATIONS.items() if drawn in server.versions)
    return replace(server, application=next(shows, ""))


def _imports(kernel: Kernel, launch: Launch, around: Surroundings) -> Imports | None:
    """Where the kernel would import from, which costs more than all else: only if it matters."""
    own = kernel.environment.site
    if all(copy in own for part in launch.parts for copy in part.copies):
        return None
    from ipymod.survey.imports import gather_imports

    return gather_imports(kernel, around)


def _version(launch: Launch, name: str) -> str:
    """The version of a part, where it is first found."""
    places = (part.copies[0] for part in launch.parts if part.name == name and part.copies)
    for entry in (entry for place in places for entry in files.names(place)):
        project, _, rest = entry.partition("-")
        if project == name and entry.endswith((".dist-info", ".egg-info")):
            return rest.rpartition(".")[0].partition("-")[0]
    return ""
