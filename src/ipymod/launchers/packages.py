"""GATHER: the pip that a Python would import."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ipymod.launchers import files
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipymod.facts import Environment

_DISTRIBUTION = pattern(r"pip-([^-]+)(?:-[^/]*)?\.(?:dist-info|egg-info|egg)")


def pip_of(environment: Environment, before: Sequence[str] = ()) -> tuple[str, str] | None:
    """The version of the pip that an environment imports, and the directory of its package.

    Args:
        environment: as `environment_of` tells it.
        before: directories that come earlier in `sys.path`, such as those of PYTHONPATH.

    Returns:
        None if there is no pip; an empty version if it does not tell its own.
    """
    for directory in before:
        if found := _pip_in(directory):
            return found
    for directory in import_order(environment):
        for place in (directory, *_linked(directory)):
            if found := _pip_in(place):
                return found
    return None


def import_order(environment: Environment) -> tuple[str, ...]:
    """The site directories as they stand in `sys.path`.

    A virtual environment comes before the user's directory, a base after it.
    """
    if not environment.user_site:
        return environment.site
    own = 0 if environment.prefix == environment.base_prefix else 1
    return (*environment.site[:own], environment.user_site, *environment.site[own:])


def _pip_in(directory: str) -> tuple[str, str] | None:
    package = os.path.join(directory, "pip")
    text = files.text(os.path.join(package, "__init__.py"))
    if not text and not os.path.isfile(os.path.join(package, "__init__.py")):
        return None
    version = re.search(r"""^__version__ = ["']([^"']+)""", text, re.MULTILINE)
    return version[1] if version else _by_metadata(directory), package


def _by_metadata(directory: str) -> str:
    matches = (_DISTRIBUTION.fullmatch(name) for name in files.names(directory))
    return next((match[1] for match in matches if match), "")


def _linked(directory: str) -> Iterator[str]:
    """The directories that `.pth` files add."""
    for name in files.names(directory):
        if name.endswith(".pth") and not name.startswith("."):
            for line in files.text(os.path.join(directory, name)).splitlines():
                if line.strip() and not line.startswith(("#", "import ", "import\t")):
                    yield os.path.join(directory, line.strip())
