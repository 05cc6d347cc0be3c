"""JUDGE: the families of all checks; importing this registers every one of them."""

from __future__ import annotations

from ipymod.checks import config, imports, kernels, live, names, packages, path, place
from ipymod.checks.base import REGISTRY

FAMILIES = (path, kernels, imports, packages, config, live, place, names)

__all__ = ["FAMILIES", "REGISTRY"]
