"""JUDGE: all checks, one family a file; a check is a function of facts and touches nothing."""

from __future__ import annotations

from ipymod.checks import config, imports, kernels, live, names, packages, path, place
from ipymod.checks.base import REGISTRY

FAMILIES = (path, kernels, imports, packages, config, live, place, names)

__all__ = ["FAMILIES", "REGISTRY"]
