"""JUDGE: all checks, one family a file; a check is a function of facts and touches nothing.

Who takes the registry from here takes it with every family. Who imports one family, as the word
after a failed import does, loads that one alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipymod.checks.families import FAMILIES, REGISTRY

__all__ = ["FAMILIES", "REGISTRY"]


def __getattr__(name: str) -> Any:
    """The families and their registry, loaded when they are first asked for.

    Raises:
        AttributeError: the name is neither.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ipymod.checks import families

    return getattr(families, name)
