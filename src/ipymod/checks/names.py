"""JUDGE: why a module could not be imported, and what it is installed as.

No fix says `pip install` with the name of a module: who installs a name that nobody knows gets
whatever somebody registered under it. Only names of distributions that were seen are printed.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ipymod.checks.base import ERROR, REGISTRY, WARNING, Finding
from ipymod.facts.place import Installed, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.facts.everything import Facts


def _elsewhere(healthy: Facts) -> Facts:
    numpy = Installed("numpy", "2.1.0", prefix="/usr", python="3.11", via=("pip on PATH",))
    return replace(healthy, missing=Missing("numpy", elsewhere=(numpy,)))


@REGISTRY.check("WP901", "names", ERROR, example=_elsewhere)
def module_elsewhere_or_misnamed(missing: Missing, kernel: Kernel) -> Iterator[Finding]:
    """A module could not be imported by this kernel.

    Most often it is installed for another Python than this kernel's, or its distribution has
    another name than the module, or the name is misspelt. A package of an unknown name is never
    worth a try: anybody can register the name that others mistype.
    """
    if missing.impostor:
        return
    explain = next(each for applies, each in _EXPLANATIONS if applies(missing))
    message, fix = explain(missing, kernel)
    yield Finding(message, fix, {"module": missing.module, **_seen(missing)})


def _seen(missing: Missing) -> dict[str, str]:
    places = {
        f"{each.distribution} {each.version}".strip(): each.metadata or each.prefix
        for each in (*missing.here, *missing.elsewhere)
    }
    return places | ({"file": missing.shadow} if missing.shadow else {})


def _shadowed(missing: Missing, _kernel: Kernel) -> tuple[str, str]:
    top = missing.module.partition(".")[0]
    file = shlex.quote(missing.shadow)
    return (
        f"{missing.shadow} is found first under the name {top}, and it has no {missing.module}",
        f"!mv {file} {shlex.quote(_renamed(missing.shadow))}",
    )


def _renamed(path: str) -> str:
    """The same file, named so that it hides nothing: `my_random.py`."""
    cut = max(path.rfind("/"), path.rfind("\\")) + 1
    return f"{path[:cut]}my_{path[cut:]}"


def _removed(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    says = (
        f"Python {missing.removed} took {missing.module} out of the standard library; "
        f"this kernel is Python {kernel.version}"
    )
    if missing.distributions:
        return f"{says}; {missing.distributions[0]} has it", _install(missing.distributions[0])
    return (f"{says}; {missing.instead} takes its place" if missing.instead else says), ""


def _added(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    says = (
        f"{missing.module} is in the standard library from Python {missing.added} on; "
        f"this kernel is Python {kernel.version}"
    )
    if missing.distributions:
        first = missing.distributions[0]
        return f"{says}; before that, {first} does the same", _install(first)
    return says, ""


def _standard(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    says = (
        f"{missing.module} belongs to the standard library, and {kernel.executable} "
        "was built or packaged without it; pip cannot add it"
    )
    return says, ""


def _reinstall(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    first = missing.here[0]
    says = (
        f"{first.distribution} {first.version} is installed in {kernel.prefix} and should have "
        f"{missing.module}, which is not found there"
    )
    return says, _install("--force-reinstall", "--no-deps", first.distribution)


def _lacking(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    first, wanted = missing.here[0], next(iter(missing.distributions), "")
    bounded = "<" in wanted  # newer versions are known to have it no more
    says = (
        f"{missing.module} comes with {wanted if bounded else first.distribution}, and "
        f"{first.distribution} {first.version} in {kernel.prefix} has none"
    )
    return (says, _install(wanted)) if bounded else (f"{says}; another version may have it", "")


def _part(missing: Missing, _kernel: Kernel) -> tuple[str, str]:
    owner = missing.here[0] if missing.here else None
    whose = f", which {owner.distribution} {owner.version} brings" if owner else ""
    near = f"did you mean {missing.near[0]}?" if missing.near else "another version may have it"
    return f"{missing.found} is found{whose}, and it has no {missing.module}; {near}", ""


def _other_place(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    first = missing.elsewhere[0]
    where = first.prefix or first.metadata
    version = f" (Python {first.python})" if first.python else ""
    via = f", reached by {first.via[0]}" if first.via else ""
    what = f"{first.distribution} {first.version}".strip() or missing.module
    says = (
        f"{what} is installed in {where}{version}{via}; "
        f"this kernel is {kernel.executable} (Python {kernel.version})"
    )
    return says, _install_as(first)


def _install_as(installed: Installed) -> str:
    """The command that installs the same here; nothing where only its URL would tell from where."""
    if not installed.source:
        return _install(installed.distribution) if installed.distribution else ""
    path = unquote(installed.source.removeprefix("file://"))
    return _install(path) if path.startswith("/") else ""


def _other_name(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    first, *others = missing.distributions
    beside = f" (or {', '.join(others)})" if others else ""
    top = missing.module.partition(".")[0]
    says = (
        f"{top} comes with the distribution {first}{beside}, "
        f"which is not installed in {kernel.prefix}"
    )
    return says, _install(first)


def _misspelt(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    known = missing.alike
    guesses = [*missing.near[:1], *(f"{each}, which is not installed" for each in known)]
    return (
        f"{kernel.executable} finds no {missing.module}; did you mean {' or '.join(guesses)}?",
        "" if known else f"import {missing.near[0]}",
    )


def _unknown(missing: Missing, kernel: Kernel) -> tuple[str, str]:
    says = (
        f"{kernel.executable} finds no {missing.module}, nor does any environment reached from "
        "here; look up what its distribution is called before you install anything"
    )
    return says, ""


# The first that applies explains the failure; what was seen comes before what is only known.
_EXPLANATIONS = (
    (lambda missing: missing.shadow, _shadowed),
    (lambda missing: missing.found, _part),
    (lambda missing: missing.removed, _removed),
    (lambda missing: missing.added, _added),
    (lambda missing: missing.standard, _standard),
    (lambda missing: missing.here and missing.listed, _reinstall),
    (lambda missing: missing.here, _lacking),
    (lambda missing: missing.elsewhere, _other_place),
    (lambda missing: missing.distributions, _other_name),
    (lambda missing: missing.near or missing.alike, _misspelt),
    (lambda _missing: True, _unknown),
)


def _impostor(healthy: Facts) -> Facts:
    other = Installed("jwt", "1.3.1", prefix=healthy.kernel.prefix)
    missing = Missing("jwt.encode", found="jwt", distributions=("PyJWT",), impostor=other)
    return replace(healthy, missing=missing)


@REGISTRY.check("WP902", "names", WARNING, example=_impostor)
def distribution_of_another_project(missing: Missing, kernel: Kernel) -> Iterator[Finding]:
    """A distribution was installed under the name of the module, and it is another project.

    The name in `import jwt` is not the name that pip wants: there it is PyJWT, and `jwt` is
    somebody else's. Remove the one and install the other; if both are there they have overwritten
    each other's files.
    """
    if missing.impostor and missing.distributions:
        wrong, right = missing.impostor, missing.distributions[0]
        yield Finding(
            message=f"{wrong.distribution} {wrong.version} is installed in {kernel.prefix}; "
            f"{missing.module} is of {right}",
            fix=f"%pymod pip uninstall -y {shlex.quote(wrong.distribution)}\n"
            + _install(*_overwritten(missing, right), right),
            evidence={"module": missing.module, "installed": wrong.metadata, "wanted": right},
        )


def _overwritten(missing: Missing, right: str) -> tuple[str, ...]:
    """The options that bring back the files of the right one, if it is installed as well."""
    both = any(each.distribution.lower() == right.lower() for each in missing.here)
    return ("--force-reinstall", "--no-deps") if both else ()


def _install(*words: str) -> str:
    return "%pymod pip install " + " ".join(map(shlex.quote, words))
