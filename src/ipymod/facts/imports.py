"""What decides where an import finds its module: `sys.path`, and everything that fills it."""

from __future__ import annotations

from ipymod.frozen import dataclass, field


@dataclass(frozen=True)
class PathEntry:
    """One entry of `sys.path`.

    Attributes:
        entry: as it stands there; empty means the working directory.
        exists: whether a directory or an archive is there.
        role: `cwd`, `stdlib`, `site` (packages of the kernel's environment), `user` (of its
            user), `pythonpath`, `pth` (a line of a `.pth` file) or `other`.
        origin: what put it there: `PYTHONPATH`, a `.pth` file with its line as `x.pth:3`, or
            empty where that is not known.
        owner: the prefix of the environment that it belongs to, empty if to none.
        foreign: whether that is another environment than the kernel's and its base.
        version: of the Python that it was filled for, as `3.12`; empty if any Python may use it.
        distributions: what is installed there, normalised name to version.
        inside: the package whose own folder this is, if that can be imported by its name from
            another entry; else empty.
    """

    entry: str
    exists: bool = True
    role: str = "other"
    origin: str = ""
    owner: str = ""
    foreign: bool = False
    version: str = ""
    distributions: dict[str, str] = field(default_factory=dict)
    inside: str = ""


@dataclass(frozen=True)
class Twin:
    """A module of an entry that shares its name with a standard or an installed module.

    A folder without `__init__` is none: the other one is imported, wherever it stands.

    Attributes:
        name: what an import says.
        file: the file, or the folder of the package.
        position: of its entry in `sys.path`, from 0.
        of: `stdlib` or `installed`: what it shares its name with.
        other: where that one is, as a file or a folder.
        first: whether it stands before the other one.
        distribution: what installed the file itself, as `enum34 1.1.10`; empty if nothing did.
        hides: what installed the other one, as `numpy 1.26.0`; empty in the standard library.
        project: whether it is the source of the very project that installed the other one.
        loaded: what the kernel has loaded by that name: `this`, `other`, or empty for nothing.
    """

    name: str
    file: str
    position: int
    of: str = "stdlib"
    other: str = ""
    first: bool = False
    distribution: str = ""
    hides: str = ""
    project: bool = False
    loaded: str = ""


@dataclass(frozen=True)
class PthLine:
    """A line of a `.pth` file, comments left out.

    Attributes:
        file: the `.pth` file.
        number: of the line, from 1.
        text: the line, its end cut off if it is long.
        kind: `path` (added to `sys.path` if it exists) or `import` (run at each start).
        exists: whether the path exists; True for code.
        outside: whether the path lies outside the kernel's environment and its base.
        owner: the distribution or the tool that is known to have written the file, or empty.
    """

    file: str
    number: int
    text: str
    kind: str = "path"
    exists: bool = True
    outside: bool = False
    owner: str = ""


@dataclass(frozen=True)
class Imports:
    """Where the kernel's imports come from.

    Attributes:
        entries: `sys.path`.
        twins: modules that share a name with others.
        pth: the lines of the `.pth` files in the entries of role `site` and `user`.
        customize: files that are run at each start: `sitecustomize.py`, `usercustomize.py`; those
            in the folder of the standard library belong to the system's Python and are left out.
        pythonpath: the value of PYTHONPATH, empty if it is not set.
        pythonhome: the value of PYTHONHOME, empty if it is not set.
        led_astray: the Pythons that PYTHONHOME sends to a library which is not theirs: what
            starts them (`pip`, or a path) to their own base prefix.
        user_site: the user's directory of packages, whether it is looked at or not.
        site: the directory that pip fills.
        writable: whether the user may write there; None where only trying would tell. For root
            that is the truth, whatever the mode of the directory says.
        root: whether the kernel runs as root.
        locked: distributions in that directory whose files this user may not replace.
    """

    entries: tuple[PathEntry, ...] = ()
    twins: tuple[Twin, ...] = ()
    pth: tuple[PthLine, ...] = ()
    customize: tuple[str, ...] = ()
    pythonpath: str = ""
    pythonhome: str = ""
    led_astray: dict[str, str] = field(default_factory=dict)
    user_site: str = ""
    site: str = ""
    writable: bool | None = True
    root: bool = False
    locked: tuple[str, ...] = ()


_SITE = "/home/ada/project/.venv/lib/python3.12/site-packages"

HEALTHY_IMPORTS = Imports(
    entries=(
        PathEntry("/usr/lib/python312.zip", exists=False, role="stdlib", owner="/usr"),
        PathEntry("/usr/lib/python3.12", role="stdlib", owner="/usr", version="3.12"),
        PathEntry("/usr/lib/python3.12/lib-dynload", role="stdlib", owner="/usr", version="3.12"),
        PathEntry("", role="cwd"),
        PathEntry(
            _SITE,
            role="site",
            owner="/home/ada/project/.venv",
            version="3.12",
            distributions={"pip": "24.0", "ipykernel": "7.4.0", "numpy": "2.1.0"},
        ),
    ),
    user_site="/home/ada/.local/lib/python3.12/site-packages",
    site=_SITE,
)
