"""JUDGE: what a command reaches, and whether that is the kernel's own environment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.facts import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipymod.facts import Command, Environment, Kernel


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


def short(version: str) -> str:
    """`3.12` of `3.12.1`."""
    return ".".join(version.split(".")[:2])


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
