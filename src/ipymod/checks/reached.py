"""JUDGE: what a command reaches, and whether that is the kernel's own environment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts import same
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.facts import Command, Environment, Kernel
    from ipymod.facts.kernels import Server

# What draws notebooks in a browser; its extensions have to lie beside it.
_DRAWS = ("jupyterlab", "notebook", "nbclassic", "voila")
# Whatever else starts kernels, such as papermill, nbconvert or pytest, shows them to nobody.
_SERVERS = pattern(
    r"jupyter-?(?:lab|labhub|notebook|server|nbclassic|voila)|jupyter_server|notebook|nbclassic|voila"
    r"|(?:jupyterhub|batchspawner)[.-]singleuser"
)


def named(commands: Iterable[Command], *names: str) -> list[Command]:
    """The commands of these names that are on PATH, in the order of the names."""
    return sorted((c for c in commands if c.name in names), key=lambda c: names.index(c.name))


def reached(command: Command | None) -> Environment | None:
    """The environment that a command works on; None if it cannot start or that is not known."""
    environment = command.environment if command and command.state == "ok" else None
    return environment if environment and environment.prefix else None


def is_own(environment: Environment, kernel: Kernel) -> bool:
    """Whether an environment is the kernel's; what Python itself says of its prefix counts."""
    own = kernel.environment
    if environment.prefix == kernel.prefix:
        return same(replace(environment, real=""), replace(own, prefix=kernel.prefix, real=""))
    return same(environment, own)


def shows_notebooks(server: Server) -> bool:
    """Whether the process that started the kernel is a server that people have in their browser."""
    return server.found and _SERVERS.fullmatch(server.application) is not None


def drawing(versions: Iterable[str]) -> list[str]:
    """Those of an environment's distributions that draw notebooks."""
    known = frozenset(versions)
    return [name for name in _DRAWS if name in known]


def short(version: str) -> str:
    """`3.12` of `3.12.1`."""
    return ".".join(version.split(".")[:2])


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
