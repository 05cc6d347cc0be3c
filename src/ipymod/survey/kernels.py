"""GATHER: the kernels that Jupyter offers, the server that started this one, its notebook."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts import Kernel
from ipymod.facts.kernels import Kernelspec, Kernelspecs, Server
from ipymod.launchers import Surroundings, environment_of, files
from ipymod.launchers.home import find
from ipymod.launchers.packages import import_order
from ipymod.launchers.prefix import isolation
from ipymod.launchers.steps import Python
from ipymod.survey.importable import module_directory, search_path
from ipymod.survey.jupyter import Jupyter, kernel_directories
from ipymod.survey.kernelspecs import aimed, read
from ipymod.survey.launch import gather_launch
from ipymod.survey.notebook import gather_notebook
from ipymod.survey.processes import Process, parent, process
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Environment

__all__ = [
    "gather_kernelspecs",
    "gather_notebook",
    "gather_server",
    "jupyter_of",
    "kernel_facts",
    "server_of",
]

_SHOWN_WITH = (
    "ipykernel",
    "ipywidgets",
    "jupyter_client",
    "jupyter_core",
    "jupyter_server",
    "jupyterlab",
    "jupyterlab_widgets",
    "nbclassic",
    "notebook",
    "voila",
    "widgetsnbextension",
)
_NATIVE = "python3"  # what Jupyter offers of itself where nothing of that name is registered


def gather_kernelspecs(kernel: Kernel, here: Surroundings) -> Kernelspecs | None:
    """All kernelspecs as the server finds them; without a server, as the kernel's Python would."""
    jupyter = jupyter_of(kernel, here)
    directories = kernel_directories(jupyter)
    specs = tuple(_related([*_specs(directories, jupyter)], jupyter))
    return Kernelspecs(
        specs=specs,
        directories=directories,
        python=jupyter.python,
        prefix=jupyter.environment.prefix,
        of_server=jupyter.is_server,
        launch=gather_launch(kernel, here),
    )


def gather_server(kernel: Kernel, here: Surroundings) -> Server | None:
    """The process that started the kernel; None if nothing says that there is one."""
    pid = parent(here) if kernel.running else 0
    if not pid:
        return None
    found = process(pid, here)
    jupyter = _served(found, here) if found else None
    if found is None or jupyter is None:
        return Server(pid)
    server = server_of(jupyter, kernel.environment, here)
    return replace(server, pid=pid, application=_application(found.argv))


def server_of(jupyter: Jupyter, environment: Environment, around: Surroundings) -> Server:
    """The server that a Jupyter is or would be, for a kernel of an environment and what it sees."""
    return Server(
        pid=0,
        found=True,
        python=jupyter.python,
        environment=jupyter.environment,
        versions=_shown_with(jupyter.versions, jupyter.environment),
        kernel_versions=_shown_with(_versions(environment, around), environment),
    )


def jupyter_of(kernel: Kernel, here: Surroundings) -> Jupyter:
    """Whose Jupyter starts kernels: the server's, else that of the kernel's own Python."""
    pid = parent(here) if kernel.running else 0
    found = process(pid, here) if pid else None
    served = _served(found, here) if found else None
    if served:
        return served
    return Jupyter(kernel.executable, kernel.environment, here, _versions(kernel.environment, here))


def kernel_facts(spec: Kernelspec, here: Surroundings) -> Kernel | None:
    """The kernel that a kernelspec would start, told without starting it.

    Args:
        spec: as `gather_kernelspecs` tells it.
        here: what the kernel would see.

    Returns:
        None if it leads to no Python. The path is as IPython leaves it, the working directory
        after the standard library.
    """
    found = spec.command
    if not found or not found.python or not found.environment or found.state == "broken":
        return None
    environment = found.environment
    flags = tuple(Python("", tuple(spec.argv[1:]), here).flags.split())
    return Kernel(
        executable=found.python,
        prefix=environment.prefix,
        base_prefix=environment.base_prefix,
        version=environment.version,
        environment=environment,
        path=tuple(_static_path(found.python, environment, here, " ".join(flags))),
        cwd=here.cwd,
        flags=flags,
        system=here.system,
        machine=platform.machine(),
        running=False,
    )


def _served(found: Process, here: Surroundings) -> Jupyter | None:
    python = found.python(here)
    if not python:
        return None
    around = found.around(here)
    flags = Python("", found.argv[1:], around).flags
    environment = environment_of(python, around, flags)
    if not environment.base_prefix:
        return None
    return Jupyter(python, environment, around, _versions(environment, around), is_server=True)


def _application(argv: tuple[str, ...]) -> str:
    """What a Python runs: the name of its script or module; empty if it runs neither."""
    kind, target = Python("", argv[1:], Surroundings((), "", {}, "", "")).target
    name = os.path.basename(target) if kind == "script" else target
    return name.removesuffix(".py").removesuffix(".exe").removesuffix("-script")


def _versions(environment: Environment, around: Surroundings) -> dict[str, str]:
    """The distributions of an environment, by normalised name; the first on the path counts."""
    found: dict[str, str] = {}
    for place in search_path(environment, around):
        for name in files.names(place):
            stem, dot, ending = name.rpartition(".")
            if dot and ending in {"dist-info", "egg-info"}:
                project, _, version = stem.partition("-")
                found.setdefault(normalised(project), version.partition("-")[0])
    return found


def _shown_with(versions: dict[str, str], environment: Environment) -> dict[str, str]:
    told = {name: versions.get(normalised(name)) for name in _SHOWN_WITH}
    shown = {name: version for name, version in told.items() if version is not None}
    extension = os.path.join(
        environment.prefix, "share", "jupyter", "labextensions", "@jupyter-widgets"
    )
    if os.path.isdir(extension):  # without its distribution, of whatever version
        shown.setdefault("jupyterlab_widgets", "")
    return shown


def _specs(directories: Iterable[str], jupyter: Jupyter) -> Iterator[Kernelspec]:
    """Every kernelspec in the order in which Jupyter takes them."""
    for order, directory in enumerate(directories):
        for path in _inside(jupyter.around.absolute(directory)):
            yield replace(read(path, jupyter), order=order)


def _inside(directory: str) -> list[str]:
    """The directories of kernels in one; of names that differ in case alone the last wins.

    They are not sorted: the order in which the system lists them decides.
    """
    try:
        paths = [os.path.join(directory, name) for name in os.listdir(directory)]
    except (OSError, ValueError):
        return []
    kernels = [path for path in paths if os.path.isfile(os.path.join(path, "kernel.json"))]
    taken = {os.path.basename(path).lower(): path for path in kernels}
    return [*taken.values(), *(path for path in kernels if path not in taken.values())]


def _related(specs: list[Kernelspec], jupyter: Jupyter) -> Iterator[Kernelspec]:
    """The same, with what they mean for each other, and with the one that Jupyter makes up."""
    directories: dict[str, list[str]] = {}
    for spec in specs:
        directories.setdefault(spec.name, []).append(spec.directory)
    for spec in specs:
        first, *rest = directories[spec.name]
        if spec.directory == first:
            yield replace(spec, shadows=tuple(rest))
        else:
            yield replace(spec, shadowed_by=first)
    if _NATIVE not in directories:
        yield from _native(jupyter)


def _native(jupyter: Jupyter) -> Iterator[Kernelspec]:
    """The kernel that needs no file: the server's own Python, if ipykernel is there."""
    place = module_directory("ipykernel", jupyter.environment, jupyter.around)
    if place:
        major = jupyter.versions.get("ipykernel", "").partition(".")[0]
        old = major.isdigit() and int(major) < 6  # noqa: PLR2004  it called itself so before 6
        spec = Kernelspec(
            _NATIVE,
            os.path.join(place, "ipykernel", "resources"),
            order=-1,
            display_name="Python 3" if old else "Python 3 (ipykernel)",
            language="python",
            argv=(jupyter.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
        )
        yield aimed(spec, jupyter)


def _static_path(
    python: str, environment: Environment, here: Surroundings, flags: str
) -> Iterator[str]:
    """`sys.path` of a kernel, as far as files tell it."""
    packages = dict.fromkeys(search_path(environment, here, flags))
    named = [place for place in packages if place not in import_order(environment)]
    config = {"home": environment.base_prefix} if environment.base_prefix else {}
    home = find(python, config, here)
    variable = [place for place in named if place in _variable(here, flags)]
    yield from variable
    if home:
        digits = "".join(environment.version.split(".")[:2])
        yield os.path.join(os.path.dirname(home.stdlib), f"python{digits}.zip")
        yield home.stdlib
        yield os.path.join(home.stdlib, "lib-dynload")
    yield ""
    yield from (place for place in packages if place not in variable and os.path.isdir(place))


def _variable(here: Surroundings, flags: str) -> list[str]:
    """The entries of PYTHONPATH."""
    if "E" in isolation(flags):
        return []
    listed = here.variables.get("PYTHONPATH", "").split(";" if here.windows else ":")
    return [here.absolute(place) for place in listed if place]
