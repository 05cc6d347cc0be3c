"""JUDGE: the kernel that runs, beside the server that started it and the notebook it runs for."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks.base import INFO, REGISTRY, WARNING, Finding
from ipymod.checks.kernelspecs import OWN_KERNEL, minor
from ipymod.checks.reached import drawing, shows_notebooks
from ipymod.facts import Environment, Kernel
from ipymod.facts.base import same
from ipymod.facts.kernels import Activation, Kernelspecs, Notebook, Part, Server
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts.everything import Facts
    from ipymod.facts.imports import Imports

_OF_AN_EDITOR = pattern(r"jvsc[0-9a-f]{8}")  # the names that VS Code makes up
# ipywidgets 8 speaks to jupyterlab_widgets 3 and widgetsnbextension 4, and so on.
_FITTING = {
    "8": {"jupyterlab_widgets": "3", "widgetsnbextension": "4"},
    "7": {"jupyterlab_widgets": "1", "widgetsnbextension": "3"},
}


def _q(text: str) -> str:
    return shlex.quote(text)


def _major(version: str) -> str:
    return version.partition(".")[0]


def _registered_anew(healthy: Facts) -> Facts:
    specs = healthy.kernelspecs or Kernelspecs()
    first = specs.specs[0]
    new = Environment("/home/ada/new", "/usr", "venv", "3.12.1")
    command = first.command and replace(
        first.command, path="/home/ada/new/bin/python", python="/home/ada/new/bin/python"
    )
    command = command and replace(command, environment=new)
    spec = replace(first, argv=("/home/ada/new/bin/python",), own=False, command=command)
    return replace(healthy, kernelspecs=replace(specs, specs=(spec,)))


@REGISTRY.check("WP207", "kernels", WARNING, example=_registered_anew)
def kernel_is_not_as_registered(kernelspecs: Kernelspecs, kernel: Kernel) -> Iterator[Finding]:
    """The kernel that runs is another Python than its name stands for now.

    Its kernelspec was changed after it was started. A restart does not help, because the server
    keeps what it has read for a kernel that it started: shut the kernel down and choose it again.
    """
    name = kernelspecs.launch.kernelspec
    spec = kernelspecs.named(name) if name else None
    found = spec.command if spec else None
    if not spec or not found or not found.environment or not _is_certain(spec.module, found):
        return
    if not same(found.environment, kernel.environment):
        yield Finding(
            message=f"the kernel {name} now stands for {found.python}; "
            f"this kernel was started under that name and is {kernel.executable}",
            fix="# shut this kernel down, and choose it again in the menu of kernels",
            evidence={
                "kernelspec": spec.directory,
                "starts": found.python or "",
                "kernel": kernel.executable,
            },
        )


def _is_certain(module: str, found: object) -> bool:
    """Whether the command itself becomes the kernel: a runner starts another interpreter."""
    sure = (getattr(found, "state", ""), getattr(found, "certainty", ""))
    return module in OWN_KERNEL and sure == ("ok", "certain")


@REGISTRY.check(
    "WP208",
    "kernels",
    WARNING,
    example=lambda healthy: replace(
        healthy, notebook=replace(healthy.notebook, kernelspec="thesis")
    ),
)
def notebook_asks_for_another_kernel(
    notebook: Notebook, kernelspecs: Kernelspecs, kernel: Kernel
) -> Iterator[Finding]:
    """The notebook names a kernel that is not there, or was last run with another Python.

    A notebook carries the name of its kernel and the version of its language. Where nobody can
    choose, as with papermill, nbconvert or CI, the name has to exist: else NoSuchKernel. A
    version that differs means that the outputs that are saved came from another Python, as with
    nearly every notebook that was passed on: good to know if results differ.
    """
    if notebook.language not in {"", "python"}:
        return
    evidence = {"notebook": notebook.path, "kernel": kernel.executable}
    if _is_unknown(notebook.kernelspec, kernelspecs):
        offered = ", ".join(sorted({spec.name for spec in kernelspecs.specs if spec.listed}))
        yield Finding(
            message=f"the notebook asks for the kernel {notebook.kernelspec}; "
            f"there are {offered or 'none'}",
            fix=f"{_q(kernel.executable)} -m ipykernel install --user "
            f"--name {_q(notebook.kernelspec)}",
            evidence={**evidence, "kernelspec.name": notebook.kernelspec, "offered": offered},
        )
    if notebook.version and minor(notebook.version) != minor(kernel.version):
        yield Finding(
            message=f"the notebook was saved with Python {notebook.version}; "
            f"this kernel is {kernel.version}",
            fix="# run all cells and save the notebook, or choose the kernel it was made with",
            evidence={**evidence, "language_info.version": notebook.version},
            severity=INFO,
        )


def _is_unknown(name: str, kernelspecs: Kernelspecs) -> bool:
    """Whether the server offers no kernel of that name, as far as its list is known."""
    if not name or not kernelspecs.of_server or _OF_AN_EDITOR.search(name):
        return False
    return name != kernelspecs.launch.kernelspec and kernelspecs.named(name) is None


def _server_elsewhere(healthy: Facts) -> Facts:
    environment = Environment("/opt/jupyter", "/usr", "venv", "3.12.1")
    server = replace(
        healthy.server or Server(1),
        python="/opt/jupyter/bin/python",
        environment=environment,
    )
    jupyter = healthy.jupyter and replace(
        healthy.jupyter,
        path="/opt/jupyter/bin/jupyter",
        python=server.python,
        environment=environment,
        home=environment.prefix,
    )
    return replace(healthy, server=server, jupyter=jupyter)


@REGISTRY.check("WP210", "kernels", INFO, example=_server_elsewhere)
def server_runs_elsewhere(server: Server, kernel: Kernel) -> Iterator[Finding]:
    """The Jupyter server runs in another environment than this kernel.

    That is a good way to work: one JupyterLab for many environments. But what draws in the
    browser has to be installed beside the server: widgets of ipywidgets need the fitting version
    of their other half there, else they show "model not found", and where this kernel's
    environment has a JupyterLab too, an extension that is installed here does nothing.
    """
    if not server.environment or same(server.environment, kernel.environment):
        return
    shows = drawing(server.versions) if shows_notebooks(server) else []
    evidence = {"server": server.python, "kernel": kernel.executable}
    both = f"the server is {server.python}; this kernel is {kernel.executable}"
    unfit = _unfit(server) if shows else {}
    for half, wanted in unfit.items():
        has = f"has {half} {server.versions[half]}" if half in server.versions else f"lacks {half}"
        widgets = server.kernel_versions["ipywidgets"]
        yield Finding(
            message=f"{both} with ipywidgets {widgets}, which needs {half} {wanted}; "
            f"the server {has}",
            fix=f"{_q(server.python)} -m pip install {_q(f'{half}=={wanted}.*')}",
            evidence={**evidence, "ipywidgets": widgets, half: server.versions.get(half, "none")},
            severity=WARNING,
        )
    if shows and not unfit and drawing(server.kernel_versions):
        yield Finding(
            message=f"{both}; extensions of {shows[0]} have to be installed in the server's",
            fix=f"{_q(server.python)} -m pip install EXTENSION",
            evidence=evidence,
        )


def _unfit(server: Server) -> dict[str, str]:
    """The halves of widgets that the server needs in another major version, and in which."""
    fitting = _FITTING.get(_major(server.kernel_versions.get("ipywidgets", "")), {})
    # Notebook before 7 and Voila draw with the one, JupyterLab and Notebook 7 with the other.
    modern = "jupyterlab" in server.versions
    half = "jupyterlab_widgets" if modern else "widgetsnbextension"
    if half not in fitting:
        return {}
    told = server.versions.get(half)
    is_fit = told == "" or (told is not None and _major(told) == fitting[half])
    return {} if is_fit else {half: fitting[half]}


def _two_copies(healthy: Facts) -> Facts:
    specs = healthy.kernelspecs or Kernelspecs()
    user = "/home/ada/.local/lib/python3.12/site-packages"
    own = healthy.kernel.environment.site
    parts = (Part("ipykernel", user, (user, *own)), *specs.launch.parts[1:])
    launch = replace(specs.launch, parts=parts)
    return replace(healthy, kernelspecs=replace(specs, launch=launch))


@REGISTRY.check("WP211", "kernels", WARNING, example=_two_copies)
def kernel_is_made_of_two(
    kernelspecs: Kernelspecs, kernel: Kernel, imports: Imports
) -> Iterator[Finding]:
    """A package that the kernel is made of comes from outside its environment, or is there twice.

    `ipykernel` and what it stands on are one set. A copy in the user's directory or on PYTHONPATH
    is seen by every Python of that version and replaces a part of the set: kernels die or hang
    after an upgrade that touched only one of the copies.
    """
    own = _own(kernel, imports)
    for part in kernelspecs.launch.parts:
        strange = [copy for copy in part.copies if copy not in own]
        twice = len(part.copies) > 1 and bool(strange)
        loaded = part.loaded or next(iter(part.copies), "")
        if twice or loaded in strange:
            others = [copy for copy in part.copies if copy != loaded]
            also = f", and it is in {others[0]} too" if others else ""
            yield Finding(
                message=f"{part.name} of this kernel is in {loaded}{also}; "
                f"the kernel's environment is {kernel.prefix}",
                fix=_without(part, strange[0], kernel),
                evidence={
                    "loaded": loaded,
                    "copies": ", ".join(part.copies),
                    "environment": ", ".join(kernel.environment.site),
                },
            )


def _own(kernel: Kernel, imports: Imports) -> set[str]:
    """The directories that belong to the environment; the base's do where that is seen too.

    For a Python outside of any environment the user's own directory is the usual place.
    """
    environment = kernel.environment
    below = {each.entry for each in imports.entries if each.role == "site"}
    personal = environment.kind in {"base", "debian", "pyenv"}
    return {*environment.site, *below, *([environment.user_site] if personal else [])}


def _without(part: Part, strange: str, kernel: Kernel) -> str:
    first = next(iter(part.copies), "")
    if strange == kernel.environment.user_site and first == strange:  # pip takes the first
        return f"{_q(kernel.executable)} -m pip uninstall -y {part.name}"
    return f"# take {strange} away from PYTHONPATH, or set PYTHONNOUSERSITE=1"


def _bare_conda(healthy: Facts) -> Facts:
    specs = healthy.kernelspecs or Kernelspecs()
    script = f"{healthy.kernel.prefix}/etc/conda/activate.d/gdal.sh"
    launch = replace(specs.launch, activation=Activation("", on_path=False, scripts=(script,)))
    return replace(healthy, kernelspecs=replace(specs, launch=launch))


@REGISTRY.check("WP212", "kernels", WARNING, example=_bare_conda)
def conda_environment_is_not_activated(
    kernelspecs: Kernelspecs, kernel: Kernel
) -> Iterator[Finding]:
    """The kernel runs in a conda environment that was not activated.

    Some packages, such as GDAL and PROJ, set variables when their environment is activated, and
    on Windows libraries are found by PATH. A kernel that the server starts by its path alone has
    none of that: imports fail with missing DLLs, data files or symbols. Start the server in the
    activated environment, or let nb_conda_kernels activate it.
    """
    activation = kernelspecs.launch.activation
    if activation is None or not (activation.scripts or kernel.system == "Windows"):
        return
    set_to = activation.variable
    if activation.on_path and activation.active:
        return
    lacks = "PATH lacks its programs" if not activation.on_path else ""
    says = f"CONDA_PREFIX is {set_to}" if set_to else "CONDA_PREFIX is not set"
    yield Finding(
        message=f"this kernel runs in {kernel.prefix}, which is not activated: "
        + " and ".join(filter(None, (says, lacks))),
        fix=f"conda run --no-capture-output -p {_q(kernel.prefix)} "
        f"{_q(kernelspecs.python)} -m jupyter lab",
        evidence={
            "kernel": kernel.prefix,
            "CONDA_PREFIX": set_to,
            "activation": ", ".join(activation.scripts),
        },
    )
