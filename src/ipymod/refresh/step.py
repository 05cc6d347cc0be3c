"""DATA: what happened to one distribution."""

from __future__ import annotations

from ipymod.frozen import dataclass


@dataclass(frozen=True)
class Step:
    """What happened to one distribution, or to modules that none owns.

    Attributes:
        title: its name; for modules without a distribution the name at the top.
        old: the version before; empty if it was not there.
        new: the version now; empty if it is not there.
        changed: the loaded modules whose content on the disk is another one now.
        gone: the loaded modules whose files are no longer there.
        libraries: shared libraries in memory, other than modules, that were replaced.
        requested: whether somebody asked for it by name.
        is_python: whether it is the Python that this process runs.
    """

    title: str
    old: str
    new: str
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    requested: bool = False
    is_python: bool = False

    @property
    def weight(self) -> int:
        """How much of what is loaded is no longer true."""
        return len(self.changed) + len(self.gone) + len(self.libraries) + self.is_python
