"""GATHER: where Poetry keeps the environment of a project, computed as Poetry computes it.

Poetry names it after the project, a digest of the project's folder and the version of Python:
`demo-x1Y2z3Q4-py3.12`, in the folder of its cache unless it is told to use `.venv`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ipymod.launchers import files
from ipymod.survey.shelf import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.launchers import Surroundings

_LONGEST = 42  # characters of the project's name


def poetry_prefixes(
    root: str, name: str, local: dict[str, Any], here: Surroundings
) -> Iterator[str]:
    """The prefixes that Poetry may use for a project, the one that it would take first.

    Args:
        root: the project's folder.
        name: the project's name; empty if it has none.
        local: what `poetry.toml` of the project says.
        here: whose variables and home decide.
    """
    settings = local.get("virtualenvs")
    table = settings if isinstance(settings, dict) else {}
    inside = here.variables.get("POETRY_VIRTUALENVS_IN_PROJECT") or table.get("in-project")
    refused = str(inside).lower() in {"false", "0"}
    if not refused:
        yield os.path.join(root, ".venv")
    place = _virtualenvs(root, table, here)
    base = environment_name(root, name)
    found = [each for each in files.names(place) if each.startswith(f"{base}-py")]
    chosen = _chosen(place, base)
    for each in sorted(found, key=lambda each: each != f"{base}-py{chosen}"):
        yield os.path.join(place, each)


def environment_name(root: str, name: str) -> str:
    """The name of the environment, without the version of Python at its end."""
    import base64
    import hashlib

    plain = re.sub(r'[ $`!*@"\\\r\n\t]', "_", normalised(name or "non-package-mode"))[:_LONGEST]
    folder = os.path.normcase(os.path.realpath(root))
    digest = hashlib.sha256(folder.encode("utf-8", "surrogateescape")).digest()
    return f"{plain}-{base64.urlsafe_b64encode(digest).decode()[:8]}"


def _virtualenvs(root: str, table: dict[str, Any], here: Surroundings) -> str:
    """The folder of environments; the variable comes before the settings, the cache last."""
    told = here.variables.get("POETRY_VIRTUALENVS_PATH") or table.get("path")
    cache = here.variables.get("POETRY_CACHE_DIR") or _cache(here)
    if not isinstance(told, str):
        return os.path.join(cache, "virtualenvs")
    return os.path.join(root, at_home(told.replace("{cache-dir}", cache), here))


def at_home(path: str, here: Surroundings) -> str:
    """A path that may begin with `~/`."""
    return os.path.join(here.home, path[2:]) if path.startswith(("~/", "~\\")) else path


def _cache(here: Surroundings) -> str:
    if here.windows:
        local = here.variables.get("LOCALAPPDATA") or os.path.join(here.home, "AppData", "Local")
        return os.path.join(local, "pypoetry", "Cache")
    if here.system == "Darwin":
        return os.path.join(here.home, "Library", "Caches", "pypoetry")
    xdg = here.variables.get("XDG_CACHE_HOME") or os.path.join(here.home, ".cache")
    return os.path.join(xdg, "pypoetry")


def _chosen(place: str, base: str) -> str:
    """The version of Python that `poetry env use` noted in `envs.toml`, else empty."""
    text = files.text(os.path.join(place, "envs.toml"), 1 << 20)
    table = re.search(rf'(?ms)^\[(?:"|){re.escape(base)}(?:"|)\]\s*$(.*?)(?=^\[|\Z)', text)
    minor = table and re.search(r'(?m)^minor\s*=\s*"([^"]+)"', table[1])
    return minor[1] if minor else ""
