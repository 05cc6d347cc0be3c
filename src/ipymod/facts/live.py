"""What the running process holds, beside what lies on the disk now."""

from __future__ import annotations

from ipymod.frozen import dataclass


@dataclass(frozen=True)
class LoadedModule:
    """A module in memory that lies in a directory of packages; the first of its name with a file.

    Attributes:
        name: as it is imported: `markupsafe`, `google.protobuf`.
        distribution: as it is installed: `MarkupSafe`; empty if none owns the module.
        version: `__version__` in the module's dictionary; empty if it is not a plain text.
        installed: the version of the distribution on disk; empty if it is gone.
        file: what it was loaded from.
        changed: whether the distribution was installed, upgraded or removed since the kernel
            started; the module itself may have been imported before or after.
        written: what the files on disk write as `__version__` now; empty if it is not plain text.
        seen: the version that was on disk when the module was first seen loaded; empty if
            nobody looked. If it is not `installed`, the module was imported before the change.
        deleted: its compiled files that are mapped and no longer on disk, or with other bytes.
    """

    name: str
    distribution: str
    version: str
    installed: str
    file: str
    changed: bool = False
    written: str = ""
    seen: str = ""
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Needs:
    """What a distribution that changed since the kernel started requires of another.

    Attributes:
        distribution: the one that changed.
        version: its version on disk.
        name: what it requires, normalised: `numpy`.
        specifier: which versions: `>=2,<3`; empty for any.
    """

    distribution: str
    version: str
    name: str
    specifier: str = ""


@dataclass(frozen=True)
class Loaded:
    """The running process against the disk.

    Attributes:
        modules: those of distributions that changed since the kernel started, and those with
            deleted files. The others are as they are on disk.
        needs: what the changed distributions require.
        looked_at: how many such modules are loaded in all.
        executable_exists: whether `sys.executable` is there and leads to a file.
        executable_deleted: whether the program that runs was deleted or replaced.
        version: of the interpreter on disk, as exactly as files tell; empty if they do not.
    """

    modules: tuple[LoadedModule, ...] = ()
    needs: tuple[Needs, ...] = ()
    looked_at: int = 0
    executable_exists: bool = True
    executable_deleted: bool = False
    version: str = ""


HEALTHY_LOADED = Loaded(looked_at=42, version="3.12.1")
