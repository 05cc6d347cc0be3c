"""DATA: a machine without a fault; each check's example changes as little of it as it can.

Ada's notebook runs in the environment of her project, and her shell has that environment active.
"""

from __future__ import annotations

from ipymod.facts.base import Command, Environment, Kernel
from ipymod.facts.commands import (
    HEALTHY_CONDA_TARGET,
    HEALTHY_SCRIPTS,
    HEALTHY_UV,
    HEALTHY_UV_TARGET,
)
from ipymod.facts.everything import Facts
from ipymod.facts.imports import HEALTHY_IMPORTS
from ipymod.facts.kernels import HEALTHY_KERNELSPECS, HEALTHY_NOTEBOOK, HEALTHY_SERVER
from ipymod.facts.live import HEALTHY_LOADED
from ipymod.facts.packages import HEALTHY_PACKAGES
from ipymod.facts.place import HEALTHY_MISSING, HEALTHY_PLACE, HEALTHY_PROJECT
from ipymod.facts.settings import HEALTHY_SETTINGS

_PREFIX = "/home/ada/project/.venv"
_SITE = f"{_PREFIX}/lib/python3.12/site-packages"
_ENVIRONMENT = Environment(
    prefix=_PREFIX,
    base_prefix="/usr",
    kind="venv",
    version="3.12.1",
    site=(_SITE,),
    scripts=f"{_PREFIX}/bin",
)


def _own(name: str) -> Command:
    """A command of the kernel's own environment."""
    path = f"{_PREFIX}/bin/{name}"
    return Command(
        name=name,
        path=path,
        python=path if name.startswith("python") else f"{_PREFIX}/bin/python",
        environment=_ENVIRONMENT,
        state="ok",
        certainty="certain",
        home=_PREFIX,
        steps=(f"{_PREFIX}/bin/python imports from {_PREFIX}",),
    )


HEALTHY_KERNEL = Kernel(
    executable=f"{_PREFIX}/bin/python",
    prefix=_PREFIX,
    base_prefix="/usr",
    version="3.12.1",
    environment=_ENVIRONMENT,
    path=tuple(entry.entry for entry in HEALTHY_IMPORTS.entries),
    cwd="/home/ada/project",
    started=1_700_000_000.0,
)

HEALTHY = Facts(
    kernel=HEALTHY_KERNEL,
    pip=_own("pip"),
    pip3=_own("pip3"),
    python=_own("python"),
    python3=_own("python3"),
    uv=HEALTHY_UV,
    jupyter=_own("jupyter"),
    uv_target=HEALTHY_UV_TARGET,
    conda_target=HEALTHY_CONDA_TARGET,
    scripts=HEALTHY_SCRIPTS,
    kernelspecs=HEALTHY_KERNELSPECS,
    server=HEALTHY_SERVER,
    notebook=HEALTHY_NOTEBOOK,
    imports=HEALTHY_IMPORTS,
    packages=HEALTHY_PACKAGES,
    settings=HEALTHY_SETTINGS,
    loaded=HEALTHY_LOADED,
    place=HEALTHY_PLACE,
    project=HEALTHY_PROJECT,
    missing=HEALTHY_MISSING,
)
