"""What is installed where the kernel imports from, and what is wrong with it."""

from __future__ import annotations

from ipymod.frozen import dataclass


@dataclass(frozen=True)
class Distribution:
    """One installed distribution, as its own metadata tells it.

    Attributes:
        name: normalized: `pyjwt`.
        version: as it is written; empty if it does not tell.
        location: the directory that it is imported from.
        title: the name as its author writes it: `PyJWT`.
        folder: the name of its metadata in `location`: `PyJWT-2.10.1.dist-info`.
        installer: `pip`, `uv`, `conda`, `debian`, ...; empty if it does not tell.
        requires: its requirements, as they are written; those of extras are left out.
        tags: what its wheel was built for, `py3-none-any`; empty if it came from no wheel.
        editable: the folder of its sources if it is an editable install, else empty.
        top: the first part of each path that it owns: `jwt`, `six.py`; nothing outside `location`.
    """

    name: str
    version: str
    location: str
    title: str = ""
    folder: str = ""
    installer: str = ""
    requires: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    editable: str = ""
    top: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duplicate:
    """One name with several folders of metadata in one directory.

    Attributes:
        name: normalized.
        location: the directory.
        folders: the names of the folders, sorted.
        versions: what they say, in the same order.
    """

    name: str
    location: str
    folders: tuple[str, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True)
class Leftover:
    """A folder or file that an installer renamed in order to delete it.

    Attributes:
        name: as it is called now: `~umpy`.
        location: the directory that it lies in.
        age: seconds since it was renamed or changed.
    """

    name: str
    location: str
    age: float


@dataclass(frozen=True)
class Shared:
    """A file that several distributions say they own.

    Attributes:
        path: relative to `location`, with slashes.
        location: the directory of all its owners.
        owners: their titles, sorted.
        same: whether all of them brought the same bytes.
        namespace: whether it only opens a namespace that is meant to be shared, or holds nothing.
        by: the owner whose bytes lie there now; empty if it was not looked up, or is none of them.
    """

    path: str
    location: str
    owners: tuple[str, ...]
    same: bool = False
    namespace: bool = False
    by: str = ""


@dataclass(frozen=True)
class Overwritten:
    """A package of conda whose files another installer replaced.

    Attributes:
        name: normalized.
        conda: the version that conda believes is there.
        version: the version that is imported.
        installer: who brought it: `pip`; empty if it does not tell.
        both: whether the metadata of both lie there, so that files of both are mixed.
    """

    name: str
    conda: str
    version: str
    installer: str = ""
    both: bool = False


@dataclass(frozen=True)
class Gone:
    """An editable install whose sources are not where they were.

    Attributes:
        name: the title of the distribution.
        source: the path that does not exist.
        origin: the file that names it.
        unmounted: whether it lies on a drive that is not there now.
    """

    name: str
    source: str
    origin: str
    unmounted: bool = False


@dataclass(frozen=True)
class Foreign:
    """A distribution from a wheel that was not built for this interpreter.

    Attributes:
        name: the title of the distribution.
        version: its version.
        tags: what its wheel was built for; the interpreter supports none of them.
    """

    name: str
    version: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Binary:
    """A compiled file for another processor than the interpreter's.

    Attributes:
        name: the title of the distribution.
        version: its version.
        path: the file.
        machine: what it was built for: `arm64`; several are joined by `+`.
        kernel: what the interpreter runs on: `x86_64`.
    """

    name: str
    version: str
    path: str
    machine: str
    kernel: str


@dataclass(frozen=True)
class Unmet:
    """A requirement that what is installed does not meet.

    Attributes:
        name: what is required, normalized; `python` for the interpreter itself.
        wanted: the versions: `>=2,<3`; empty if any would do.
        found: the version that is installed, empty if none is.
        by: the title of the distribution that requires it.
        version: the version of that one.
    """

    name: str
    wanted: str
    found: str
    by: str
    version: str


@dataclass(frozen=True)
class Managed:
    """An environment of the operating system, which forbids pip to install there.

    Attributes:
        prefix: the environment that `pip` on PATH installs into.
        pip: the version of its pip; empty if unknown.
    """

    prefix: str
    pip: str = ""


@dataclass(frozen=True)
class Incomplete:
    """A distribution that lacks files which it lists.

    Attributes:
        name: normalized.
        version: its version.
        location: the directory.
        missing: modules and the `__init__.py` of packages, relative to it, with slashes.
    """

    name: str
    version: str
    location: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Packages:
    """What is installed in all directories that the kernel imports from.

    Attributes:
        distributions: as `pip list` lists them: of each name the one that is found first.
        pip: the version of the pip that `python -m pip` starts; `?` if it does not tell;
            empty if there is none.
        managed: what `pip` on PATH installs into, if that belongs to the operating system.
        duplicates: names with several versions in one directory.
        leftovers: what interrupted installers left.
        shared: files with several owners.
        overwritten: packages of conda that another installer replaced.
        gone: editable installs without their sources.
        foreign: wheels for another Python or system.
        binaries: compiled files for another processor.
        unmet: requirements that are not met.
        incomplete: distributions that lack files.
        unread: the paths of metadata that do not even tell a name.
    """

    distributions: tuple[Distribution, ...]
    pip: str = ""
    managed: Managed | None = None
    duplicates: tuple[Duplicate, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    shared: tuple[Shared, ...] = ()
    overwritten: tuple[Overwritten, ...] = ()
    gone: tuple[Gone, ...] = ()
    foreign: tuple[Foreign, ...] = ()
    binaries: tuple[Binary, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    incomplete: tuple[Incomplete, ...] = ()
    unread: tuple[str, ...] = ()

    def version_of(self, name: str) -> str:
        """The version of an installed distribution, by its normalized name; empty if none."""
        return next((each.version for each in self.distributions if each.name == name), "")


_SITE = "/home/ada/project/.venv/lib/python3.12/site-packages"


def _healthy(title: str, version: str, *top: str, requires: tuple[str, ...] = ()) -> Distribution:
    folder = f"{title}-{version}.dist-info"
    return Distribution(
        name=title.lower(),
        version=version,
        location=_SITE,
        title=title,
        folder=folder,
        installer="pip",
        requires=requires,
        tags=("py3-none-any",),
        top=(folder, *top),
    )


HEALTHY_PACKAGES = Packages(
    distributions=(
        _healthy("ipykernel", "7.4.0", "ipykernel", "ipykernel_launcher.py", requires=("ipython",)),
        _healthy("ipython", "9.7.0", "IPython"),
        _healthy("numpy", "2.1.0", "numpy"),
        _healthy("pip", "24.0", "pip"),
        _healthy("PyJWT", "2.10.1", "jwt"),
    ),
    pip="24.0",
)
