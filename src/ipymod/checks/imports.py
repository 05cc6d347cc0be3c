"""JUDGE: what stands in `sys.path`, and in which order."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ipymod.checks import twins
from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING, Finding
from ipymod.checks.entry import (
    ADDED,
    BEFORE,
    SITE,
    listed,
    put_by,
    short,
    take_away,
    with_entry,
    with_imports,
)
from ipymod.facts.imports import Imports, PathEntry, PthLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel

PARTS = (twins,)  # the rest of the family
_OF_COLAB = "/env/python"  # every kernel there has it in PYTHONPATH, and none has the folder

# -- distributions that hide others


@REGISTRY.check(
    "WP301",
    "imports",
    WARNING,
    example=with_entry(
        SITE,
        PathEntry(
            "/home/ada/.local/lib/python3.12/site-packages",
            role="user",
            distributions={"numpy": "1.26.0"},
        ),
    ),
)
def user_packages_hide_those_of_the_environment(
    imports: Imports, kernel: Kernel
) -> Iterator[Finding]:
    """A package in the user's own directory is imported instead of the environment's.

    `pip install --user`, or pip where it may not write, installs below your home directory, and
    every environment of the same Python version that looks there takes those packages first: conda
    environments and system-wide Pythons do. Uninstall the copy of the user, or set
    PYTHONNOUSERSITE=1 where the kernel is started.
    """
    for position, entry in enumerate(imports.entries):
        if entry.role != "user":
            continue
        others = [each for each in imports.entries[position + 1 :] if _is_site(each)]
        differing = _hidden(entry, others)
        alike = {
            name for other in others for name in entry.distributions.keys() & other.distributions
        }
        names = sorted(differing or alike)
        if names:
            same = "" if differing else ", in the same version"
            yield Finding(
                f"{listed(names, differing)} in {entry.entry} hide"
                f"{'s' if len(names) == 1 else ''} what {kernel.prefix} has{same}",
                f"{shlex.quote(kernel.executable)} -m pip uninstall {' '.join(names)}",
                {"user site": entry.entry, **differing},
                None if differing else INFO,
            )


def _is_site(entry: PathEntry) -> bool:
    """Debian's own packages apart: there the user's are meant to come first."""
    return entry.role == "site" and not entry.entry.endswith("dist-packages")


def _hidden(entry: PathEntry, others: list[PathEntry]) -> dict[str, str]:
    """What the entry hides in another version: name to both versions."""
    hidden: dict[str, str] = {}
    for other in others:
        for name, version in entry.distributions.items():
            theirs = other.distributions.get(name, version)
            if theirs != version:
                hidden.setdefault(name, f"{version} before {theirs}")
    return hidden


@REGISTRY.check(
    "WP302",
    "imports",
    WARNING,
    example=with_entry(
        BEFORE,
        PathEntry(
            "/home/ada/other/.venv/lib/python3.12/site-packages",
            role="pythonpath",
            origin="PYTHONPATH",
            owner="/home/ada/other/.venv",
            foreign=True,
            version="3.12",
        ),
    ),
)
def packages_of_another_environment_on_the_path(
    imports: Imports, kernel: Kernel
) -> Iterator[Finding]:
    """An entry of `sys.path` brings packages of another environment, or hides those of this one.

    Directories in PYTHONPATH come before everything that is installed, in every Python that is
    started; lines of `.pth` files and `sys.path.append` add others. Two environments mixed in one
    process import one half of a package from here and the other half from there. Folders with
    source code alone are no problem, and are not reported.
    """
    for position, entry in _added(imports):
        if entry.version not in {"", short(kernel.version)}:
            continue
        later = [e for e in imports.entries[position + 1 :] if e.role in {"site", "user"}]
        hidden = _hidden(entry, later)
        if not hidden and not entry.foreign:
            continue
        what = (
            f"brings {listed(sorted(hidden), hidden)}, which hides that of {kernel.prefix}"
            if hidden
            else f"belongs to {entry.owner}; this kernel is {kernel.prefix}"
        )
        yield Finding(
            f"{entry.entry}, {put_by(entry)}, {what}",
            take_away(entry),
            {"entry": entry.entry, "origin": entry.origin, "position": str(position), **hidden},
        )


@REGISTRY.check(
    "WP304",
    "imports",
    ERROR,
    example=with_entry(
        BEFORE,
        PathEntry(
            "/srv/packages",
            role="pythonpath",
            origin="PYTHONPATH",
            version="3.10",
            distributions={"lxml": "4.9.0"},
        ),
    ),
)
def packages_of_another_python_on_the_path(imports: Imports, kernel: Kernel) -> Iterator[Finding]:
    """An entry of `sys.path` was filled for another version of Python.

    Compiled modules work with one version only, so imports from there fail with `No module named
    'x._y'` though the package is plainly there; pure ones may not know this Python yet. The usual
    cause is a PYTHONPATH in `.bashrc` that was right for an older Python.
    """
    for position, entry in _added(imports):
        if entry.version not in {"", short(kernel.version)}:
            yield Finding(
                f"{entry.entry}, {put_by(entry)}, holds packages for Python {entry.version}; "
                f"this kernel runs {kernel.version}",
                take_away(entry),
                {"entry": entry.entry, "origin": entry.origin, "position": str(position)},
            )


def _added(imports: Imports) -> Iterator[tuple[int, PathEntry]]:
    """The entries that somebody added; a package's own folder is a fault of its own."""
    for position, entry in enumerate(imports.entries):
        if entry.role in ADDED and entry.exists and not entry.inside:
            yield position, entry


# -- what fills the path


@REGISTRY.check(
    "WP303",
    "imports",
    INFO,
    example=with_entry(
        BEFORE,
        PathEntry("/home/ada/gone", exists=False, role="pythonpath", origin="PYTHONPATH"),
    ),
)
def path_entry_that_leads_nowhere(imports: Imports) -> Iterator[Finding]:
    """PYTHONPATH or a `.pth` file names a directory that does not exist.

    What was meant to be imported from there is not found, and nothing says so. Often the directory
    was moved, a drive is not mounted, or the name is misspelt. The archive of the standard library
    (`python312.zip`) hardly ever exists, and is not meant.
    """
    for entry in imports.entries:
        if entry.role == "pythonpath" and not entry.exists and entry.entry != _OF_COLAB:
            yield Finding(
                f"PYTHONPATH names {entry.entry}, which does not exist",
                evidence={"PYTHONPATH": imports.pythonpath},
            )
    for line in imports.pth:
        if line.kind == "path" and not line.exists and not line.owner:
            yield Finding(
                f"line {line.number} of {line.file} names {line.text}, which does not exist",
                evidence={f"{line.file}:{line.number}": line.text},
            )


@REGISTRY.check(
    "WP305",
    "imports",
    ERROR,
    example=with_imports(
        pythonhome="/opt/old", led_astray={"/home/ada/project/.venv/bin/python": "/usr"}
    ),
)
def home_of_another_python_is_set(imports: Imports) -> Iterator[Finding]:
    """PYTHONHOME sends Pythons to a standard library that is not theirs.

    Every Python started from here looks there for its standard library, whatever its version. Most
    do not start at all: `No module named 'encodings'`. Programs that carry their own Python set the
    variable for it, and everything that they start inherits it.
    """
    if imports.led_astray:
        names = sorted(imports.led_astray)
        yield Finding(
            f"PYTHONHOME is {imports.pythonhome}, but {listed(names)} "
            f"belong{'s' if len(names) == 1 else ''} to {imports.led_astray[names[0]]}",
            'import os; os.environ.pop("PYTHONHOME", None)',
            {"PYTHONHOME": imports.pythonhome, **imports.led_astray},
        )


@REGISTRY.check(
    "WP306",
    "imports",
    INFO,
    example=with_imports(
        pth=(
            PthLine(
                "/home/ada/project/.venv/lib/python3.12/site-packages/mine.pth",
                1,
                "/home/ada/lib",
                outside=True,
            ),
        )
    ),
)
def files_that_change_every_start(imports: Imports) -> Iterator[Finding]:
    """A file that no package brought adds to `sys.path`, or runs code, whenever Python starts.

    `.pth` files in the directory of packages may name further directories, and may hold lines of
    code; `sitecustomize.py` and `usercustomize.py` are run as they are. Who runs the machine may
    have put them there for a reason, so this is good to know and no fault. Those of setuptools,
    coverage, virtualenv, uv and of editable installs are expected, and are not reported.
    """
    for line in imports.pth:
        place = {f"{line.file}:{line.number}": line.text}
        if line.owner:
            continue
        if line.kind == "import":
            text = (
                f"line {line.number} of {line.file} runs code at each start, and no package owns it"
            )
            yield Finding(text, evidence=place)
        elif line.exists and line.outside:
            text = f"line {line.number} of {line.file} puts {line.text} on sys.path"
            yield Finding(text, evidence=place)
    for file in imports.customize:
        yield Finding(f"{file} is run at each start", evidence={"file": file})


@REGISTRY.check("WP307", "imports", WARNING, example=with_imports(writable=False))
def packages_go_where_the_kernel_does_not_look(
    imports: Imports, kernel: Kernel
) -> Iterator[Finding]:
    """You may not write to the kernel's packages, and it does not look into your own.

    Pip then says `Defaulting to user installation because normal site-packages is not writeable`
    and the import fails all the same, or it stops with `Permission denied`. The same happens to
    single packages that another user, often root, has installed. An environment of your own, with
    a kernel of its own, ends it. For root every directory is writable, whatever its mode says.
    """
    reads_user = any(entry.role == "user" for entry in imports.entries)
    if imports.writable is False and not (reads_user or kernel.environment.user_site):
        yield Finding(
            f"{imports.site} is not writable, and the kernel does not look into the user's own "
            f"packages{f', {imports.user_site}' if imports.user_site else ''}",
            f"{shlex.quote(kernel.executable)} -m venv ~/.venvs/mine && "
            "~/.venvs/mine/bin/python -m pip install ipykernel && "
            "~/.venvs/mine/bin/python -m ipykernel install --user --name mine",
            {"site": imports.site},
        )
    elif imports.writable and imports.locked:
        names = sorted(imports.locked)
        yield Finding(
            f"{listed(names)} in {imports.site} belong{'s' if len(names) == 1 else ''} to "
            "another user: pip can neither upgrade nor remove it",
            f'sudo chown -R "$(id -un)" {shlex.quote(imports.site)}',
            {"site": imports.site, "distributions": " ".join(names)},
        )


@REGISTRY.check(
    "WP308",
    "imports",
    ERROR,
    example=with_entry(
        BEFORE,
        PathEntry(
            "/home/ada/project/.venv/lib/python3.12/site-packages/numpy",
            role="pythonpath",
            origin="PYTHONPATH",
            inside="numpy",
        ),
    ),
)
def folder_of_a_package_on_the_path(imports: Imports, kernel: Kernel) -> Iterator[Finding]:
    """An entry of `sys.path` is the inside of a package, so its parts pass for whole modules.

    With the folder of numpy on the path, `import random` gives `numpy.random`, and numpy itself
    may exist twice. What belongs on the path is the folder above it.
    """
    library = _library(imports)
    for position, entry in enumerate(imports.entries):
        if entry.inside:
            place = entry.entry or kernel.cwd
            yield Finding(
                f"{place} is the inside of the package {entry.inside}, yet it stands in sys.path: "
                f"parts of {entry.inside} are imported as modules of their own",
                "%cd .." if entry.role == "cwd" else take_away(entry),
                {"entry": place, "origin": entry.origin, "position": str(position)},
                None if position < library else WARNING,
            )


def _library(imports: Imports) -> int:
    """Where the standard library begins."""
    found = (i for i, e in enumerate(imports.entries) if e.role == "stdlib" and e.exists)
    return next(found, 0)
