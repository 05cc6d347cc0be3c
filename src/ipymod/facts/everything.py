"""All that is known for one report."""

from __future__ import annotations

from ipymod.facts.base import Command, Kernel
from ipymod.facts.commands import Scripts, Target
from ipymod.facts.imports import Imports
from ipymod.facts.kernels import Kernelspecs, Notebook, Server
from ipymod.facts.live import Loaded
from ipymod.facts.packages import Packages
from ipymod.facts.place import Missing, Place, Project
from ipymod.facts.settings import Settings
from ipymod.frozen import dataclass


@dataclass(frozen=True)
class Facts:
    """What the checks judge. None is what could not be found out, or does not exist here.

    What is there and could not be read stands in `unread`, a path and the reason each.
    """

    kernel: Kernel
    pip: Command | None = None
    pip3: Command | None = None
    python: Command | None = None
    python3: Command | None = None
    uv: Command | None = None
    conda: Command | None = None
    jupyter: Command | None = None
    uv_target: Target | None = None
    conda_target: Target | None = None
    scripts: Scripts | None = None
    kernelspecs: Kernelspecs | None = None
    server: Server | None = None
    notebook: Notebook | None = None
    imports: Imports | None = None
    packages: Packages | None = None
    settings: Settings | None = None
    loaded: Loaded | None = None
    place: Place | None = None
    project: Project | None = None
    missing: Missing | None = None
    unread: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[Command, ...] | None:
        """The commands that are on PATH; None if none is."""
        named = (self.pip, self.pip3, self.python, self.python3, self.uv, self.conda, self.jupyter)
        return tuple(filter(None, named)) or None
