"""What every family of checks stands on: interpreters, environments, commands, the kernel."""

from __future__ import annotations

from ipymod.frozen import dataclass

BROWSER = "Emscripten"  # the system of a kernel in a page: Pyodide, which can start nothing


@dataclass(frozen=True)
class Environment:
    """A prefix: one place that packages are installed into.

    Attributes:
        prefix: `sys.prefix` of its Python, never resolved through links.
        base_prefix: the prefix of the Python that it was made from; its own if it is a base.
        kind: `venv`, `virtualenv`, `uv`, `conda`, `debian`, `pyenv` or `base`.
        version: of its Python, as exactly as it is known: `3.12.1`, `3.12`, or empty.
        site: the directories that packages are imported from, the one that pip fills first.
        scripts: the directory of its launchers.
        system_site: whether the base's packages are seen too.
        user_site: the user's directory of packages, if this Python looks there, else empty.
        managed: the text of EXTERNALLY-MANAGED where pip must not install, else empty.
        real: the prefix with all links resolved, in one case where the system knows none; only
            to compare by, see `same`; empty if unknown.
    """

    prefix: str
    base_prefix: str
    kind: str
    version: str = ""
    site: tuple[str, ...] = ()
    scripts: str = ""
    system_site: bool = False
    user_site: str = ""
    managed: str = ""
    real: str = ""


def same(one: Environment, two: Environment) -> bool:
    """Whether two environments are one: their prefixes are, links resolved.

    Bases of several versions may share a prefix, as `/usr` does; those are not the same.
    """
    if (one.real or one.prefix) != (two.real or two.prefix):
        return False
    is_base = one.prefix == one.base_prefix and two.prefix == two.base_prefix
    versions = {_short(each.version) for each in (one, two) if each.version}
    return not (is_base and len(versions) > 1)


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


@dataclass(frozen=True)
class Command:
    """What a shell would reach by a name, found out without starting it.

    Attributes:
        name: as it is typed: `pip`.
        path: the file that a shell would start.
        python: the interpreter that the file leads to, never resolved through links.
        environment: the environment of that interpreter.
        state: `ok`, `broken` (it cannot start; `reason` says why) or `unknown`.
        certainty: `certain`, `likely`, or `unknown` when it would have to be run.
        reason: why it is broken or unknown, in words; empty when it is ok.
        fault: what kind of break it is: `missing` (what it would run is gone or cannot be run),
            `unusable` (its own text can be followed by no system), `stub` (it only advertises),
            `shim` (the version that it asks for is not installed), or empty for another kind.
        home: the prefix of the virtual or conda environment that the file lies in, written as
            `environment.prefix` is if that is the same place; empty if in none.
        origin: the file or variable that made a shim choose, empty where none chose.
        steps: how the answer was found, a sentence each, in order.
    """

    name: str
    path: str
    python: str | None = None
    environment: Environment | None = None
    state: str = "unknown"
    certainty: str = "unknown"
    reason: str = ""
    fault: str = ""
    home: str = ""
    origin: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kernel:
    """The interpreter that the report is about: the kernel's own, or the one that was asked.

    Attributes:
        executable: `sys.executable`, never resolved through links.
        prefix: `sys.prefix`; two interpreters are the same if this is, links resolved.
        base_prefix: `sys.base_prefix`.
        version: `3.12.1`.
        environment: what is known of its prefix.
        path: `sys.path`, as it is.
        cwd: its working directory.
        flags: the letters it was started with that change what it imports: `-I`, `-s`, `-E`, `-P`.
        started: when it was started, seconds since the epoch; 0 where unknown.
        system: `Linux`, `Darwin`, `Windows`, or `Emscripten` for Pyodide in a browser.
        machine: `x86_64`, `arm64`, ...
        running: whether it is running now; False if it was asked about itself for this report.
    """

    executable: str
    prefix: str
    base_prefix: str
    version: str
    environment: Environment
    path: tuple[str, ...] = ()
    cwd: str = ""
    flags: tuple[str, ...] = ()
    started: float = 0.0
    system: str = "Linux"
    machine: str = "x86_64"
    running: bool = True
