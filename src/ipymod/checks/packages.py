"""JUDGE: what is wrong with the packages that are installed for the kernel."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING, Finding
from ipymod.facts.packages import (
    Binary,
    Duplicate,
    Foreign,
    Gone,
    Incomplete,
    Leftover,
    Managed,
    Overwritten,
    Packages,
    Shared,
    Unmet,
)
from ipymod.facts.settings import Settings, obeyed
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts

_SITE = "/home/ada/project/.venv/lib/python3.12/site-packages"
_STILL_RUNNING = 60.0  # seconds: an installer that is at work has such folders too
_SHOWN = 3  # names in a sentence; the evidence has more
_OBEYS_THE_SYSTEM = (23, 0)  # the first pip that reads EXTERNALLY-MANAGED
_FOR_PYTHON_3_12 = {"pip": (23, 1, 2), "setuptools": (66, 1)}  # the first that start there
_OF_TESTS = pattern(r"(^|/)(tests?|testing|docs?|examples?|benchmarks?)/")
_TRUE = {"1", "on", "t", "true", "y", "yes"}


def _pip(kernel: Kernel, *words: str) -> str:
    return shlex.join([kernel.executable, "-m", "pip", *words])


def _again(kernel: Kernel, name: str, version: str) -> str:
    wanted = f"{name}=={version}" if version else name
    return _pip(kernel, "install", "--force-reinstall", "--no-deps", wanted)


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _beside(location: str, name: str) -> str:
    return f"{location}\\{name}" if "\\" in location else f"{location}/{name}"


def _packages(facts: Facts, **changes: Any) -> Facts:
    assert facts.packages is not None  # noqa: S101  for mypy: healthy facts have them
    return replace(facts, packages=replace(facts.packages, **changes))


def _duplicate(healthy: Facts) -> Facts:
    folders = ("PyJWT-1.7.1.dist-info", "PyJWT-2.10.1.dist-info")
    return _packages(healthy, duplicates=(Duplicate("pyjwt", _SITE, folders, ("1.7.1", "2.10.1")),))


@REGISTRY.check("WP401", "packages", WARNING, example=_duplicate)
def two_versions_of_one_distribution(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """Two folders of metadata stand for one distribution in the same directory.

    The code of one version lies there, but which of the two folders tells about it is chance:
    `pip list` may show a version that is not the one you import. It happens when an update was
    interrupted or two tools installed side by side. Take both away and install it once.
    """
    for each in packages.duplicates:
        kinds = {name.rpartition(".")[2] for name in each.folders}
        if len(set(each.versions)) == 1 and len(kinds) == len(each.folders):
            continue  # conda builds bring the old kind of metadata beside the new one
        paths = [_beside(each.location, name) for name in each.folders]
        without = [_pip(kernel, "uninstall", "--yes", each.name)] * len(paths)  # one each time
        yield Finding(
            message=f"{each.name} is installed as {' and as '.join(each.versions)} "
            f"in {each.location}; only one of them can be what you import",
            fix=" && ".join([*without, _pip(kernel, "install", each.name)]),
            evidence=dict(zip(paths, each.versions, strict=True)),
        )


def _leftover(healthy: Facts) -> Facts:
    return _packages(healthy, leftovers=(Leftover("~umpy", _SITE, 86400.0),))


@REGISTRY.check("WP402", "packages", INFO, example=_leftover)
def leftovers_of_an_interrupted_install(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """An installer renamed folders in order to delete them, and never came back.

    pip puts a `~` in place of the first letter, and warns of an "invalid distribution" ever
    after; conda uses names of its own. Nothing imports them: they can be deleted.
    """
    windows = kernel.system == "Windows"
    old = [each for each in packages.leftovers if each.age >= _STILL_RUNNING]
    old.sort(key=lambda each: (each.location, each.name))
    for location, group in groupby(old, key=lambda each: each.location):
        names = [each.name for each in group]
        paths = [_beside(location, name) for name in names]
        delete = [f'rmdir /s /q "{path}"' for path in paths]
        yield Finding(
            message=f"an interrupted install left {_some(names)} in {location}; "
            "nothing imports what is called so",
            fix=" && ".join(delete) if windows else shlex.join(["rm", "-r", *paths]),
            evidence={"leftovers": ", ".join(paths)},
        )


def _clobbered(healthy: Facts) -> Facts:
    return _packages(healthy, shared=(Shared("jwt/__init__.py", _SITE, ("PyJWT", "jwt")),))


@REGISTRY.check("WP403", "packages", WARNING, example=_clobbered)
def files_of_two_distributions(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """Two distributions own the same file, so the one that came later overwrote the other.

    What you import is a mixture, and uninstalling one of them breaks the other, as it happens
    with PyJWT and jwt, or with opencv-python and opencv-python-headless. Uninstall all of them,
    then install the one that you need.
    """
    broken = [
        each
        for each in packages.shared
        if not (each.same or each.namespace or _OF_TESTS.match(each.path))
    ]
    broken.sort(key=lambda each: each.owners)
    for owners, group in groupby(broken, key=lambda each: each.owners):
        files = list(group)
        by = next((f"; {each.path} is that of {each.by}" for each in files if each.by), "")
        without = _pip(kernel, "uninstall", "--yes", *owners)
        yield Finding(
            message=f"{' and '.join(owners)} both own "
            f"{_some(each.path for each in files)}{by or '; only one of them can be there'}",
            fix=f"{without} && {_pip(kernel, 'install', owners[0])}"
            f"  # or {' or '.join(owners[1:])}",
            evidence={"location": files[0].location, "files": str(len(files))},
        )


def _overwritten(healthy: Facts) -> Facts:
    return _packages(healthy, overwritten=(Overwritten("numpy", "1.26.4", "2.1.0", "pip"),))


@REGISTRY.check("WP404", "packages", WARNING, example=_overwritten)
def package_of_conda_overwritten(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """Another installer replaced a package that conda installed, and conda does not know.

    conda goes on to solve with the version that it remembers, so its next change may break what
    you import, or mix the files of both. It is an error where both are mixed already. Let conda
    put its own package back, and use pip only for what conda does not have.
    """
    for each in packages.overwritten:
        mixed = "; metadata of both lie there, so files of both may be mixed" if each.both else ""
        yield Finding(
            message=f"conda believes that {each.name} {each.conda} is installed, but it is "
            f"{each.version}{f' by {each.installer}' if each.installer else ''}{mixed}",
            fix=shlex.join(
                ["conda", "install", "-p", kernel.prefix, "--force-reinstall", each.name]
            ),
            evidence={"conda": each.conda, "imported": each.version, "prefix": kernel.prefix},
            severity=ERROR if each.both else None,
        )


def _gone(healthy: Facts) -> Facts:
    origin = f"{_SITE}/mine-0.1.dist-info/direct_url.json"
    return _packages(healthy, gone=(Gone("mine", "/home/ada/mine", origin),))


@REGISTRY.check("WP405", "packages", ERROR, example=_gone)
def sources_of_editable_install_gone(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """An editable install points to a folder that does not exist.

    `pip install -e` copies nothing: Python imports from your folder. Since that was moved, renamed
    or deleted, `pip list` still shows the distribution, and importing it fails. Install it
    again from where it lies now, or uninstall it.
    """
    for each in packages.gone:
        if not each.unmounted:
            yield Finding(
                message=f"{each.name} is installed as editable from {each.source}, "
                "which does not exist",
                fix=_pip(kernel, "uninstall", "--yes", each.name),
                evidence={"source": each.source, "named by": each.origin},
            )


def _foreign(healthy: Facts) -> Facts:
    tags = ("cp310-cp310-manylinux_2_17_x86_64",)
    return _packages(healthy, foreign=(Foreign("numpy", "2.1.0", tags),))


@REGISTRY.check("WP406", "packages", ERROR, example=_foreign)
def wheel_for_another_python(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """A wheel is installed that was not built for this Python or this system.

    Its compiled modules are not found ("No module named X._speedups") or do not load (GLIBC,
    ELF). It happens when folders are copied between machines or Pythons, and with `pip install
    --platform --target`. Install it again with the kernel's own pip.
    """
    for each in packages.foreign:
        yield Finding(
            message=f"{each.name} {each.version} was built for {_some(each.tags)}; "
            f"this kernel is Python {kernel.version} on {kernel.system} {kernel.machine}",
            fix=_again(kernel, each.name, each.version),
            evidence={"tags": ", ".join(each.tags), "kernel": kernel.executable},
        )


def _binary(healthy: Facts) -> Facts:
    path = f"{_SITE}/numpy/_core/_simd.cpython-312-x86_64-linux-gnu.so"
    return _packages(healthy, binaries=(Binary("numpy", "2.1.0", path, "arm64", "x86_64"),))


@REGISTRY.check("WP407", "packages", ERROR, example=_binary)
def binary_for_another_processor(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """A compiled module was built for another processor than the interpreter's.

    The system refuses to load it ("wrong architecture", "have 'x86_64', need 'arm64'"), whatever
    the metadata says. Install it again with the kernel's own pip; if many are wrong, make the
    environment again with a Python for this processor.
    """
    for each in packages.binaries:
        yield Finding(
            message=f"{each.name} {each.version} brings {each.path} for {each.machine}, "
            f"but the kernel runs on {each.kernel}",
            fix=_again(kernel, each.name, each.version),
            evidence={"file": each.path, "built for": each.machine, "kernel": each.kernel},
        )


def _unmet(healthy: Facts) -> Facts:
    return _packages(healthy, unmet=(Unmet("ipython", ">=9.9", "9.7.0", "ipykernel", "7.4.0"),))


@REGISTRY.check("WP408", "packages", INFO, example=_unmet)
def requirements_unmet(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """A distribution requires another one that is missing here, or has the wrong version.

    This is what `pip check` reports. A missing one is a warning, since an import will fail; one of
    another version often works all the same. It comes from `--no-deps`, from uninstalling, and
    from installing one package after the other.
    """
    ordered = sorted(packages.unmet, key=lambda each: each.name)
    for name, group in groupby(ordered, key=lambda each: each.name):
        unmet = list(group)
        found = unmet[0].found
        wishes = [f"{e.by} {e.version} wants {name}{e.wanted or ' (any version)'}" for e in unmet]
        yield Finding(
            message=f"{_some(wishes)}; {f'{name} {found}' if found else f'no {name}'} is installed",
            fix=_meet(kernel, name, unmet),
            evidence={f"{each.by} {each.version}": f"{name}{each.wanted}" for each in unmet},
            severity=None if found else WARNING,
        )


def _meet(kernel: Kernel, name: str, unmet: list[Unmet]) -> str:
    if name == "python":  # other versions of these distributions may allow this Python
        return _pip(kernel, "install", "--force-reinstall", *(each.by for each in unmet))
    wanted = dict.fromkeys(each.wanted for each in unmet if each.wanted)
    return _pip(kernel, "install", name + ",".join(wanted))


@REGISTRY.check("WP409", "packages", WARNING, example=lambda healthy: _packages(healthy, pip=""))
def kernel_without_pip(packages: Packages, kernel: Kernel, settings: Settings) -> Iterator[Finding]:
    """The kernel's environment has no pip, so `%pip` says "No module named pip".

    uv and `venv --without-pip` make environments like that on purpose. Install with uv from
    outside, or put pip into the environment. Where uv made it and is at hand, nothing is amiss.
    """
    if packages.pip:
        return
    uv = shlex.join(["uv", "pip", "install", "--python", kernel.executable]) + " NAME"
    own = shlex.join([kernel.executable, "-m", "ensurepip"])
    by_kind = {
        "uv": f"{uv}  # or {own}",
        "conda": shlex.join(["conda", "install", "-p", kernel.prefix, "pip"]),
        "debian": "sudo apt install python3-pip",
    }
    yield Finding(
        message=f"no pip is installed for {kernel.executable}, so %pip and python -m pip fail",
        fix=by_kind.get(kernel.environment.kind, f"{own}  # or {uv}"),
        evidence={"prefix": kernel.prefix, "kind": kernel.environment.kind},
        severity=INFO if kernel.environment.kind == "uv" and "uv" in settings.tools else None,
    )


@REGISTRY.check(
    "WP410", "packages", WARNING, example=lambda healthy: _packages(healthy, pip="22.3.1")
)
def pip_too_old_for_this_python(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """This pip or setuptools was made before this Python and does not work with it.

    Python 3.12 took away parts of its library that older ones need, so they stop with
    "module 'pkgutil' has no attribute 'ImpImporter'" or "No module named 'distutils'". Since such
    a pip cannot even update itself, Python's own copy of pip replaces it.
    """
    if _numbers(kernel.version)[:2] < (3, 12):
        return
    versions = {"pip": packages.pip, "setuptools": packages.version_of("setuptools")}
    own = shlex.join([kernel.executable, "-m", "ensurepip", "--upgrade"])
    for name, first in _FOR_PYTHON_3_12.items():
        if versions[name] and () < _numbers(versions[name]) < first:
            enough = ".".join(map(str, first))
            yield Finding(
                message=f"{name} {versions[name]} does not work with Python {kernel.version}, "
                f"which needs {name} {enough} or newer",
                fix=own if name == "pip" else _pip(kernel, "install", "--upgrade", name),
                evidence={name: versions[name], "kernel": kernel.executable},
            )


def _managed(healthy: Facts) -> Facts:
    return _packages(healthy, managed=Managed("/usr", "24.0"))


@REGISTRY.check("WP411", "packages", WARNING, example=_managed)
def externally_managed(packages: Packages, kernel: Kernel, settings: Settings) -> Iterator[Finding]:
    """The operating system owns this Python, and pip must not install into it.

    pip stops with "externally-managed-environment", because its packages would replace those that
    the system's own tools rely on. Make a virtual environment and register it as a kernel. If
    pip was told to install all the same, that is good to know.
    """
    setting = obeyed(settings.pip, "break-system-packages")
    forced = setting is not None and setting.value.lower() in _TRUE
    does = "installs into it all the same" if forced else "refuses to install there"
    own = kernel.environment.managed and kernel.prefix == kernel.base_prefix
    if own and _obeys(packages.pip):
        yield Finding(
            message=f"{kernel.prefix}, where this kernel's packages lie, belongs to the operating "
            f"system; pip {does}",
            fix=_new_kernel(kernel),
            evidence={"prefix": kernel.prefix, "pip": packages.pip},
            severity=INFO if forced else None,
        )
    elif not own and packages.managed and _obeys(packages.managed.pip):
        yield Finding(
            message=f"`!pip` installs into {packages.managed.prefix}, which belongs to the "
            f"operating system: it {does}; the kernel's own packages lie in {kernel.prefix}",
            fix="%pip install NAME",
            evidence={"prefix": packages.managed.prefix, "pip": packages.managed.pip},
            severity=INFO,
        )


def _obeys(pip: str) -> bool:
    return not _numbers(pip) or _numbers(pip) >= _OBEYS_THE_SYSTEM


def _new_kernel(kernel: Kernel) -> str:
    scripts = "Scripts" if kernel.system == "Windows" else "bin"
    new = f"~/.venvs/notebook/{scripts}/python"
    return (
        f"{shlex.quote(kernel.executable)} -m venv ~/.venvs/notebook && "
        f"{new} -m pip install ipykernel && "
        f"{new} -m ipykernel install --user --name notebook"
    )


def _incomplete(healthy: Facts) -> Facts:
    missing = ("numpy/linalg/__init__.py",)
    return _packages(healthy, incomplete=(Incomplete("numpy", "2.1.0", _SITE, missing),))


@REGISTRY.check("WP412", "packages", WARNING, example=_incomplete)
def files_of_a_distribution_missing(packages: Packages, kernel: Kernel) -> Iterator[Finding]:
    """A distribution is installed, but modules that it brought are not there any more.

    Something deleted files without uninstalling: an interrupted update, an uninstalled
    distribution that owned the same files, or a hand. Install it again. Folders of tests, which
    many systems leave out to save space, do not count.
    """
    twice = {(each.name, each.location) for each in packages.duplicates}
    for each in packages.incomplete:
        missing = [path for path in each.missing if not _OF_TESTS.search(path)]
        if missing and (each.name, each.location) not in twice:
            yield Finding(
                message=f"{each.name} {each.version} lists {_some(missing)}, "
                f"not found in {each.location}",
                fix=_again(kernel, each.name, each.version),
                evidence={"missing": ", ".join(missing), "location": each.location},
            )
