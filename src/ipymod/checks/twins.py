"""JUDGE: modules that share their name with a standard module or an installed package.

Decided by the real order of `sys.path`, never by the name alone.
"""

from __future__ import annotations

import ntpath
import posixpath
import shlex
from typing import TYPE_CHECKING

from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING, Finding
from ipymod.checks.early import BEFORE_ANY, early_names
from ipymod.checks.entry import ADDED, CWD, SITE, short, with_imports
from ipymod.facts.imports import Imports, PathEntry, Twin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.registry import Severity

# Packages that many distributions install by mistake, and many folders have for themselves.
_ORDINARY = frozenset({
    "benchmarks", "conftest", "docs", "examples", "scripts", "setup", "src", "test", "tests",
    "tools",
})  # fmt: skip


@REGISTRY.check(
    "WP310",
    "imports",
    ERROR,
    example=with_imports(twins=(Twin("re", "/home/ada/project/re.py", CWD),)),
)
def file_with_the_name_of_a_standard_module(imports: Imports, kernel: Kernel) -> Iterator[Finding]:
    """A file of yours has the name of a module of the standard library.

    What happens depends on where its folder stands in `sys.path`. Before the standard library, as
    with PYTHONPATH or an old ipykernel, every import of the name takes your file. In the folder of
    the notebook a kernel mostly takes the standard one, but a few modules are imported while it
    starts, before that folder is moved back: then no kernel starts there. And `python script.py`
    in that folder takes your file always.
    """
    for twin in imports.twins:
        entry = imports.entries[twin.position]
        if twin.of != "stdlib" or twin.distribution or entry.inside:
            continue
        if entry.role == "cwd" and twin.name in BEFORE_ANY:
            continue
        if told := _outcome(twin, entry, kernel):
            yield Finding(
                f"{twin.file} has the name of the standard module {twin.name}: {told[1]}",
                _rename(twin, kernel),
                {"file": twin.file, "standard": twin.other, "position": str(twin.position)},
                told[0],
            )


def _outcome(twin: Twin, entry: PathEntry, kernel: Kernel) -> tuple[Severity, str] | None:
    """What the file does where it stands, and how bad that is; None if nothing."""
    if twin.first and twin.loaded == "other":
        return WARNING, "the standard one is loaded now, but the next kernel takes the file"
    if twin.first:
        return ERROR, f"import {twin.name} takes the file, which stands first in sys.path"
    if entry.role != "cwd":
        return None
    if twin.name in early_names(kernel.version) and not {"-P", "-I"} & {*kernel.flags}:
        return ERROR, "kernels import the file while they start, and may not start in this folder"
    return WARNING, "this kernel takes the standard one, but python script.py here takes the file"


def _rename(twin: Twin, kernel: Kernel) -> str:
    windows = kernel.system == "Windows"
    folder, name = (ntpath if windows else posixpath).split(twin.file)
    if windows:
        return f'ren "{twin.file}" "my_{name}"'
    return f"mv {shlex.quote(twin.file)} {shlex.quote(posixpath.join(folder, 'my_' + name))}"


@REGISTRY.check(
    "WP311",
    "imports",
    ERROR,
    example=with_imports(
        twins=(
            Twin(
                "numpy",
                "/home/ada/project/numpy.py",
                CWD,
                of="installed",
                other="/home/ada/project/.venv/lib/python3.12/site-packages/numpy",
                first=True,
                hides="numpy 2.1.0",
            ),
        )
    ),
)
def file_with_the_name_of_a_package(imports: Imports, kernel: Kernel) -> Iterator[Finding]:
    """A file or folder of yours has the name of an installed package, and is imported instead.

    The folder of the notebook comes before the installed packages, so `numpy.py` beside it is
    what `import numpy` finds, in this kernel and for every package that needs numpy. Rename the
    file. The sources of a project that is itself installed under that name are not reported.
    """
    for twin in imports.twins:
        if twin.of != "installed" or not twin.first or twin.project or twin.name in _ORDINARY:
            continue
        entry = imports.entries[twin.position]
        if entry.inside or (twin.distribution and entry.role in ADDED):
            continue
        later = twin.loaded == "other"
        yield Finding(
            f"{twin.file} has the name of {twin.hides or twin.other}: "
            + ("the next kernel" if later else f"import {twin.name}")
            + " takes the file",
            _rename(twin, kernel),
            {"file": twin.file, "installed": twin.other, "position": str(twin.position)},
            WARNING if later or not twin.hides else None,
        )


@REGISTRY.check(
    "WP312",
    "imports",
    INFO,
    example=with_imports(
        twins=(
            Twin(
                "enum",
                "/home/ada/project/.venv/lib/python3.12/site-packages/enum",
                SITE,
                distribution="enum34 1.1.10",
            ),
        )
    ),
)
def package_that_python_has_built_in(imports: Imports, kernel: Kernel) -> Iterator[Finding]:
    """An installed package brings a module that this Python has in its standard library.

    Packages such as enum34, typing, dataclasses or pathlib were made for old Pythons. They do
    nothing as long as the standard library comes first, but break much as soon as the path changes.
    """
    for twin in imports.twins:
        if twin.of != "stdlib" or not twin.distribution:
            continue
        name = twin.distribution.partition(" ")[0]
        effect = "hides it" if twin.first else "does nothing"
        yield Finding(
            f"{twin.distribution} brings {twin.name}, which Python {short(kernel.version)} has in "
            f"its standard library: it {effect}",
            f"{shlex.quote(kernel.executable)} -m pip uninstall {shlex.quote(name)}",
            {"file": twin.file, "standard": twin.other, "position": str(twin.position)},
            WARNING if twin.first else None,
        )
