"""GATHER: the environments that notebooks are to run in, and which modules each of them has.

`environment.of_kernel` makes one of a kernel of this machine, `places` has those of lists. Neither
is loaded before a target is named.
"""

from __future__ import annotations

from ipymod.lint.targets.model import Lack, Target

__all__ = ["Lack", "Target"]
