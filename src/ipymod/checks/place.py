"""JUDGE: what the place of the kernel and the project of its notebook ask for."""

from __future__ import annotations

import posixpath
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks.base import INFO, REGISTRY, WARNING, Finding
from ipymod.checks.requirements import allows, pins
from ipymod.facts.place import Place, Project, ProjectEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts

_HOSTED = {
    "binder": ("Binder", "when the session ends"),
    "codespaces": ("GitHub Codespaces", "when the codespace is rebuilt"),
    "colab": ("Colab", "when the runtime is recycled"),
    "databricks": ("Databricks", "when the cluster restarts"),
    "deepnote": ("Deepnote", "when the machine restarts"),
    "jupyterhub": ("JupyterHub", "when the server is rebuilt, unless it lies in your home folder"),
    "kaggle": ("Kaggle", "when the session ends"),
    "sagemaker": ("SageMaker", "when the instance or the app restarts"),
}


_PAGES = {
    "jupyterlite": "JupyterLite, a page of your browser",
    "pyodide": "Pyodide, Python for browsers",
}


def _hosted(healthy: Facts) -> Facts:
    return replace(healthy, place=Place(service="colab", signs=("COLAB_RELEASE_TAG",)))


@REGISTRY.check("WP701", "place", INFO, example=_hosted)
def packages_vanish_with_the_session(place: Place) -> Iterator[Finding]:
    """This kernel runs on a hosted service, which does not keep what is installed.

    Such a service starts each session from its own image: many packages are there already, in
    versions that it chose, and what you add is gone the next time. Install what the notebook
    needs in its first cell, so that it is installed again with each session.
    """
    if place.service in _HOSTED:
        name, end = _HOSTED[place.service]
        yield Finding(
            message=f"this kernel runs on {name}; what you install is gone {end}",
            fix="%pip install NAME  # in the first cell of the notebook",
            evidence={"service": place.service, "seen by": ", ".join(place.signs)},
        )


def _translated(healthy: Facts) -> Facts:
    kernel = replace(healthy.kernel, system="Darwin", machine="x86_64")
    return replace(healthy, kernel=kernel, place=Place(translated=True))


@REGISTRY.check("WP702", "place", WARNING, example=_translated)
def python_of_another_processor(place: Place, kernel: Kernel) -> Iterator[Finding]:
    """This Python was built for Intel, and Rosetta translates it for Apple's processor.

    It works, but slowly, and pip takes packages for Intel: some of them have no such build any
    more, and none can be mixed with those for arm64. Make the environment again with a Python
    for arm64.
    """
    if place.translated and kernel.system == "Darwin" and kernel.machine == "x86_64":
        yield Finding(
            message=f"{kernel.executable} is built for x86_64; this machine is arm64, "
            "and Rosetta translates",
            fix="python3 -c 'import platform; print(platform.machine())'"
            "  # make the environment with a Python that says arm64",
            evidence={"kernel": kernel.executable, "built for": kernel.machine, "machine": "arm64"},
        )


def _mixed(healthy: Facts) -> Facts:
    program = "/mnt/c/Python312/Scripts/pip"
    return replace(healthy, place=Place(wsl=True, windows_commands={"pip": program}))


@REGISTRY.check("WP703", "place", WARNING, example=_mixed)
def command_of_windows_in_wsl(place: Place, kernel: Kernel) -> Iterator[Finding]:
    """A command in this Linux under Windows starts a program of Windows.

    WSL adds the PATH of Windows to its own. A `pip` that is found there installs for a Python of
    Windows, which this kernel cannot import from.
    """
    for name, path in place.windows_commands.items() if place.wsl else ():
        module = name.rstrip("3") if name != "jupyter" else "jupyter"
        own = shlex.quote(kernel.executable)
        yield Finding(
            message=f"`{name}` starts {path}, a program of Windows; "
            f"this kernel is {kernel.executable} in Linux",
            fix=f"!{own}" if module == "python" else f"!{own} -m {module}",
            evidence={name: path, "kernel": kernel.executable},
        )


def _in_a_page(healthy: Facts) -> Facts:
    return replace(healthy, place=Place(service="jupyterlite", signs=("pyodide_kernel",)))


@REGISTRY.check("WP704", "place", INFO, example=_in_a_page)
def kernel_in_the_browser(place: Place, kernel: Kernel) -> Iterator[Finding]:
    """This kernel runs inside a page of a browser, where no process can be started.

    JupyterLite brings Pyodide, which is Python made for browsers. There is no shell, so that
    `!` fails; there is no pip, no other environment and no server, and `sys.executable` names
    nothing that could be started. `%pymod NAME` runs a module inside the kernel, and `%pymod pip
    install NAME` asks piplite, which takes wheels that are pure Python or built by Pyodide. They
    are gone when the kernel restarts.
    """
    if place.service in _PAGES:
        yield Finding(
            message=f"this kernel is {_PAGES[place.service]}: no shell, no pip, no other"
            " environment can be started, and sys.executable names nothing; modules run inside"
            " the kernel, and what you install is gone when it restarts",
            fix="%pymod pip install NAME",
            evidence={"sys.executable": kernel.executable, "seen by": ", ".join(place.signs)},
        )


def _unused(healthy: Facts) -> Facts:
    project = healthy.project or Project("/home/ada/project", "project")
    other = ProjectEnvironment(
        "uv",
        "/home/ada/other/.venv",
        "/home/ada/other/.venv/bin/python",
        "/home/ada/other/uv.lock",
        ipykernel=True,
    )
    return replace(
        healthy,
        project=replace(project, root="/home/ada/other", name="other", environments=(other,)),
    )


@REGISTRY.check("WP801", "place", WARNING, example=_unused)
def project_environment_unused(project: Project, kernel: Kernel) -> Iterator[Finding]:
    """The notebook lies in a project that has its own environment, and the kernel runs elsewhere.

    What the project declares is installed in its environment; this kernel does not see it, and
    what you install here is not in the project. Register the project's Python as a kernel and
    choose it for this notebook.
    """
    existing = project.environments
    if not existing or any(each.of_kernel for each in existing) or _inside(project, kernel):
        return
    first = existing[0]
    yield Finding(
        message=f"the project {project.name} has its environment in {first.prefix}; "
        f"this kernel runs in {kernel.prefix}",
        fix=_registering(first, project),
        evidence={
            "project": project.root,
            "environment": first.prefix,
            "named by": first.named_by,
            "kernel": kernel.prefix,
        },
    )


def _inside(project: Project, kernel: Kernel) -> bool:
    """Whether the kernel's environment lies in the project's folder: then it is one of its own."""
    root = project.root.replace("\\", "/").rstrip("/")
    return kernel.prefix.replace("\\", "/").startswith(f"{root}/")


def _registering(environment: ProjectEnvironment, project: Project) -> str:
    if not environment.python:
        return ""
    python = shlex.quote(environment.python)
    name = shlex.quote(project.name)
    register = f"!{python} -m ipykernel install --user --name {name}"
    if environment.ipykernel:
        return register
    root = shlex.quote(project.root)
    first = {
        "uv": f"!uv add --project {root} --dev ipykernel",
        "poetry": f"!poetry -C {root} add --group dev ipykernel",
        "pdm": f"!pdm add -p {root} -d ipykernel",
        "pixi": f"!pixi add --manifest-path {root} ipykernel",
        "conda": f"!conda install -p {shlex.quote(environment.prefix)} ipykernel",
    }.get(environment.tool, f"!{python} -m pip install ipykernel")
    return f"{first}\n{register}"


def _too_old(healthy: Facts) -> Facts:
    project = healthy.project or Project("/home/ada/project", "project")
    return replace(healthy, project=replace(project, requires=">=3.13"))


@REGISTRY.check("WP802", "place", WARNING, example=_too_old)
def python_not_of_the_project(project: Project, kernel: Kernel) -> Iterator[Finding]:
    """The project asks for another version of Python than the kernel's.

    Code of the project may use what this version does not have, and its packages may refuse to
    be installed. Choose a kernel of a version that the project allows.
    """
    if project.requires and not allows(project.requires, kernel.version):
        yield _version(project, kernel, f"requires Python {project.requires}", project.requires_in)
    wanted = pins(project.pinned)
    if wanted and not any(_agrees(each, kernel.version) for each in wanted):
        yield _version(project, kernel, f"is pinned to Python {wanted[0]}", project.pinned_in)


def _agrees(pin: str, version: str) -> bool:
    """Whether both are of one feature version: a pinned patch level is no other language."""
    numbers = pin.split(".")[:2]
    return version.split(".")[: len(numbers)] == numbers


def _version(project: Project, kernel: Kernel, wish: str, file: str) -> Finding:
    return Finding(
        message=f"the project {project.name} {wish} in {posixpath.basename(file) or file}; "
        f"this kernel is Python {kernel.version}",
        fix=_fitting(project, kernel),
        evidence={"file": file, "wanted": wish, "kernel": kernel.version},
    )


def _fitting(project: Project, kernel: Kernel) -> str:
    """How to get a kernel of the project's; nothing where its own environment is the kernel's."""
    others = [each for each in project.environments if not each.of_kernel]
    if others and not _inside(project, kernel):
        return _registering(others[0], project)
    return ""
