"""JUDGE: the kernels that Jupyter offers, and what each of them would start."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ipymod.checks import running
from ipymod.checks.base import ERROR, INFO, REGISTRY, WARNING, Finding
from ipymod.checks.kernelspecs import (
    NATIVE,
    OWN_KERNEL,
    deleting,
    file,
    offered,
    path,
    reached,
    registering,
    removing,
    told_wrongly,
)
from ipymod.facts import Command, Environment, Kernel
from ipymod.facts.base import same
from ipymod.facts.kernels import Kernelspec, Kernelspecs, Server
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipymod.facts.everything import Facts

__all__ = ["running"]  # the same family: the kernel that runs, its server and its notebook

_NAME = pattern(r"[a-z0-9._-]+")
_WORD = pattern(r"[\w.-]+")
_NO_NAMES = frozenset({"", ".venv", "venv", "env", ".env", "python", "usr", "local", "base"})
_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


def with_spec(healthy: Facts, **changes: object) -> Facts:
    """For examples: a second kernel beside the healthy one, in the user's directory."""
    specs = healthy.kernelspecs or Kernelspecs()
    first = specs.specs[0]
    argv = ("/home/ada/project/.venv/bin/python", *first.argv[1:])
    directory = "/home/ada/.local/share/jupyter/kernels/ada"
    second = replace(
        first, name="ada", directory=directory, order=1, display_name="Ada", argv=argv, own=False
    )
    second = replace(second, **changes)  # type: ignore[arg-type]  # as the caller names them
    return replace(healthy, kernelspecs=replace(specs, specs=(first, second)))


_GONE = Command(
    name="python",
    path="/home/ada/old/.venv/bin/python",
    state="broken",
    certainty="certain",
    reason="/home/ada/old/.venv/bin/python does not exist",
    fault="missing",
)


@REGISTRY.check(
    "WP201",
    "kernels",
    ERROR,
    example=lambda healthy: with_spec(
        healthy, argv=(_GONE.path, "-m", "ipykernel_launcher"), command=_GONE, has_module=None
    ),
)
def kernelspec_starts_nothing(kernelspecs: Kernelspecs, kernel: Kernel) -> Iterator[Finding]:
    """A kernel is offered whose program does not exist or cannot start.

    A kernelspec is a small file that names the program to start. When its environment is moved
    or deleted the file stays, and the kernel is still in the list: choosing it ends with "kernel
    died" or FileNotFoundError in the server's log. Remove it, or register the environment again.
    """
    for spec in offered(kernelspecs):
        if spec.command and spec.command.state == "broken":
            aside = f"; this kernel is {kernel.executable}" if kernel.running else ""
            yield Finding(
                message=f"the kernel {spec.name} starts {spec.argv[0]}, "
                f"and {spec.command.reason}{aside}",
                fix=removing(spec, kernelspecs),
                evidence={**file(spec), "argv[0]": spec.argv[0], "reason": spec.command.reason},
            )


@REGISTRY.check(
    "WP202",
    "kernels",
    ERROR,
    example=lambda healthy: with_spec(
        healthy,
        argv=(),
        command=None,
        module="",
        has_module=None,
        listed=False,
        error="it is no JSON: Expecting value: line 1 column 1 (char 0)",
    ),
)
def kernelspec_is_invalid(kernelspecs: Kernelspecs) -> Iterator[Finding]:
    """A file that should describe a kernel cannot be used.

    Jupyter leaves out a kernel whose `kernel.json` it cannot read, with a line in the server's
    log that nobody sees; one that lacks its command, or whose folder has a name that Jupyter
    does not allow, is offered and cannot be started. A comment, a trailing comma or the byte
    order mark that some editors of Windows write are enough.
    """
    for spec in kernelspecs.specs:
        fault = spec.error or _bad_name(spec)
        if fault and not spec.shadowed_by:
            says = "is offered and cannot start" if spec.listed else "is not offered"
            yield Finding(
                message=f"the kernel {spec.name} {says}: {fault}",
                fix=f"edit {path(spec.directory) / 'kernel.json'}"
                if spec.error
                else f"rename {spec.directory}",
                evidence={**file(spec), "fault": fault},
            )


def _bad_name(spec: Kernelspec) -> str:
    if _NAME.fullmatch(spec.name):
        return ""
    return f"the name of its folder, {spec.name!r}, may have only a to z, 0 to 9, '-', '.' and '_'"


@REGISTRY.check(
    "WP203", "kernels", ERROR, example=lambda healthy: with_spec(healthy, has_module=False)
)
def kernel_without_ipykernel(kernelspecs: Kernelspecs) -> Iterator[Finding]:
    """A kernel's interpreter lacks the module that makes it a kernel.

    The interpreter starts, says "No module named ipykernel_launcher" where nobody reads it, and
    ends. This is so after an environment was made anew without `ipykernel`. Install it there.
    """
    for spec in offered(kernelspecs):
        found = reached(spec)
        if found and spec.has_module is False:
            prefix = found.environment.prefix if found.environment else ""
            yield Finding(
                message=f"the kernel {spec.name} starts {found.python} -m {spec.module}, "
                f"and {prefix} has no {spec.module}",
                fix=_installing(spec, found) or removing(spec, kernelspecs),
                evidence={**file(spec), "module": spec.module, "environment": prefix},
            )


def _installing(spec: Kernelspec, found: Command) -> str:
    """How the missing module is installed; empty if it is not known who brings it."""
    if spec.module.partition(".")[0] not in OWN_KERNEL:
        return ""  # to install what merely has that name may install a stranger's code
    python = shlex.quote(found.python or "")
    if found.environment and found.environment.kind == "uv":
        return f"uv pip install --python {python} ipykernel"
    return f"{python} -m pip install ipykernel"


@REGISTRY.check(
    "WP204",
    "kernels",
    INFO,
    example=lambda healthy: with_spec(
        healthy, argv=("python", "-m", "ipykernel_launcher", "-f", "{connection_file}"), own=True
    ),
)
def kernelspec_names_no_path(kernelspecs: Kernelspecs, server: Server) -> Iterator[Finding]:
    """A kernel's command is a bare name, so each server starts another Python for it.

    For `python` and `python3` a server takes its own interpreter, for any other name the first
    on its PATH. That is right for the kernel that lies in the server's own environment, and for
    the one called python3, which means the server's own Python everywhere. Any other is a
    surprise: started from another environment, the same kernel is another one.
    """
    for spec in offered(kernelspecs) if server.found else ():
        found = reached(spec)
        if not found or not spec.argv or re.search(r"[/\\]", spec.argv[0]):
            continue
        inside = _within(spec.directory, kernelspecs.prefix)
        wrong = told_wrongly((spec.name, spec.display_name), found.environment)
        if spec.own and not wrong and (inside or spec.name == NATIVE):
            continue
        means = "the server's own Python" if spec.own else "the first on the server's PATH"
        yield Finding(
            message=f"the kernel {spec.name} starts `{spec.argv[0]}`, which is {means}: "
            f"{found.python} for this server, another one for others"
            + (f", and it calls itself {wrong}" if wrong else ""),
            fix=registering(spec, found.python or "", spec.display_name),
            evidence={**file(spec), "argv[0]": spec.argv[0], "starts": found.python or ""},
            severity=INFO if inside and not wrong else WARNING,
        )


def _within(directory: str, prefix: str) -> bool:
    return bool(prefix) and path(directory).is_relative_to(path(prefix))


_OLD_ENVIRONMENT = Environment("/home/ada/old", "/usr", "venv", "3.12.1")
_OLD = Command(
    name="python",
    path="/home/ada/old/bin/python",
    python="/home/ada/old/bin/python",
    environment=_OLD_ENVIRONMENT,
    state="ok",
    certainty="certain",
)


def _two_of_a_name(healthy: Facts) -> Facts:
    facts = with_spec(healthy)
    specs = facts.kernelspecs or Kernelspecs()
    first = specs.specs[1]
    directory = "/usr/local/share/jupyter/kernels/ada"
    hidden = replace(first, argv=(_OLD.path,), command=_OLD, directory=directory)
    hidden = replace(hidden, order=2, shadowed_by=first.directory)
    return replace(facts, kernelspecs=replace(specs, specs=(*specs.specs, hidden)))


@REGISTRY.check("WP205", "kernels", WARNING, example=_two_of_a_name)
def kernelspec_is_shadowed(kernelspecs: Kernelspecs, kernel: Kernel) -> Iterator[Finding]:
    """Two kernels have one name and start different Pythons; only the first can be chosen.

    Jupyter looks for kernels in several directories, and the first of a name wins. Which one is
    first depends on the server: one in an environment of its own takes that before the user's
    directory, any other server the user's directory before its own. So "Python 3" is the old
    environment here and the new one there. Where the server's own kernel comes first, the other
    one is merely out of reach.
    """
    winners = {spec.directory: spec for spec in kernelspecs.specs if not spec.shadowed_by}
    for spec in kernelspecs.specs:
        winner = winners.get(spec.shadowed_by)
        first, second = winner and reached(winner), reached(spec)
        if winner and first and second and not _is_same(first, second):
            yield Finding(
                message=f"the kernel {spec.name} starts {first.python}, because "
                f"{winner.directory} comes before {spec.directory}, which starts {second.python}",
                fix=_keeping_the_servers(winner, spec, kernelspecs, kernel),
                evidence={
                    "used": winner.directory,
                    "starts": first.python or "",
                    "hidden": spec.directory,
                    "would start": second.python or "",
                },
                severity=INFO if _is_servers(winner, first, kernelspecs) else None,
            )


def _is_servers(spec: Kernelspec, found: Command, kernelspecs: Kernelspecs) -> bool:
    """Whether a kernel lies in the server's own environment and starts its Python."""
    environment = found.environment
    own = environment is not None and environment.prefix == kernelspecs.prefix
    return own and _within(spec.directory, kernelspecs.prefix)


def _is_same(one: Command, two: Command) -> bool:
    return bool(one.environment and two.environment and same(one.environment, two.environment))


def _keeping_the_servers(
    winner: Kernelspec, hidden: Kernelspec, kernelspecs: Kernelspecs, kernel: Kernel
) -> str:
    """What takes away the one that does not belong to the server's own environment."""
    if _within(hidden.directory, kernelspecs.prefix):
        return removing(winner, kernelspecs)
    return deleting(hidden.directory, kernel)


@REGISTRY.check(
    "WP206",
    "kernels",
    INFO,
    example=lambda healthy: with_spec(healthy, display_name="Python 3.9 (Ada)"),
)
def kernel_has_a_wrong_name(kernelspecs: Kernelspecs) -> Iterator[Finding]:
    """A kernel is shown under a name that is not true, or that another kernel has too.

    The name in the menu is free text, written once: it says "Python 3.9" long after its
    environment was made again with 3.12, and two kernels called "Python 3" cannot be told apart.
    """
    choices = [spec for spec in offered(kernelspecs) if spec.argv]
    shown: dict[str, list[Kernelspec]] = defaultdict(list)
    for spec in choices:
        shown[spec.display_name].append(spec)
    for spec in choices:
        if (found := reached(spec)) and (fault := _lie(spec, choices)):
            yield _misnamed(spec, found, f"is {fault}")
    for name, specs in shown.items():
        second = specs[-1]
        if name and len(specs) > 1 and (found := reached(second)):
            others = ", ".join(spec.name for spec in specs[:-1])
            yield _misnamed(second, found, f"so is {others}")


def _lie(spec: Kernelspec, choices: Iterable[Kernelspec]) -> str:
    environment = spec.command.environment if spec.command else None
    if environment and (wrong := told_wrongly((spec.display_name,), environment)):
        return f"not Python {wrong}, but {environment.version}"
    own = path(environment.prefix).name if environment else ""
    known = {
        path(each.command.environment.prefix).name
        for each in choices
        if each.command and each.command.environment
    }
    told = set(_WORD.findall(spec.display_name)) & (known - _NO_NAMES)
    return f"not in {min(told)}, but in {own}" if told and own not in told else ""


def _misnamed(spec: Kernelspec, found: Command, fault: str) -> Finding:
    version = found.environment.version if found.environment else ""
    better = f"Python {version} ({spec.name})"
    return Finding(
        message=f'the kernel {spec.name} is shown as "{spec.display_name}" and {fault}; '
        f"it starts {found.python}",
        fix=registering(spec, found.python or "", better),
        evidence={**file(spec), "display_name": spec.display_name, "starts": found.python or ""},
    )


@REGISTRY.check(
    "WP209",
    "kernels",
    WARNING,
    example=lambda healthy: with_spec(healthy, env={"PATH": "/opt/tool/bin"}),
)
def kernelspec_spoils_the_variables(kernelspecs: Kernelspecs) -> Iterator[Finding]:
    """A kernel's file sets variables that lead it to another environment, or to nothing.

    `env` in a `kernel.json` is put over what the server has. A PATH without `${PATH}` takes all
    other commands away; PYTHONPATH, PYTHONHOME, CONDA_PREFIX or a path of libraries from another
    environment mixes the two; `${NAME}` of a variable that the server lacks stays as it stands.
    """
    for spec in offered(kernelspecs):
        for name, fault in _spoilt(spec):
            python = spec.command.python if spec.command else None
            mendable = python and spec.module in OWN_KERNEL
            yield Finding(
                message=f"the kernel {spec.name} sets {name}={spec.env.get(name, '')}, {fault}",
                fix=registering(spec, python or "", spec.display_name)
                if mendable
                else f"edit {path(spec.directory) / 'kernel.json'}",
                evidence={**file(spec), name: spec.env.get(name, "")},
            )


def _spoilt(spec: Kernelspec) -> Iterator[tuple[str, str]]:
    """The variables that do harm, and what harm."""
    environment = spec.command.environment if spec.command else None
    for name, text in spec.env.items():
        lacking = [each for each in spec.unset if re.search(rf"\$(?:{each}\b|{{{each}}})", text)]
        if lacking:
            yield name, f"and the server has no variable {lacking[0]}"
        elif name in spec.foreign and environment:
            yield name, f"which is of {spec.foreign[name]}; the kernel is of {environment.prefix}"
        elif name == "PATH" and environment and _cuts_off(text, environment):
            yield name, "without ${PATH}: what the server finds by name, this kernel does not"


def _cuts_off(text: str, environment: Environment) -> bool:
    """Whether PATH is replaced, and not by an activation, which begins with the own programs."""
    first = re.split(r"[;:](?![\\/])|:(?=/)", text)[0]
    own = {environment.scripts, environment.prefix} - {""}
    return not re.search(r"\$(?:PATH\b|\{PATH\})", text) and first.rstrip("/\\") not in own
