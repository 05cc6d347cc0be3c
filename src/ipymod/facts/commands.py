"""DATA: where installers would install, the kernel's own scripts, how environments were made."""

from __future__ import annotations

from ipymod.facts.base import Command, Environment
from ipymod.frozen import dataclass, field


@dataclass(frozen=True)
class Target:
    """What a command that installs would change, found out without starting it.

    Attributes:
        command: as it is typed: `uv pip install`, `conda install`.
        environment: the environment that it would change; None if it would refuse, if only a run
            tells, or if packages go to a folder of their own.
        reason: what decides: `VIRTUAL_ENV`, a file, a folder, `PATH`; empty if nothing does.
        state: `ok`, `broken` (it would refuse; the last step says why) or `unknown`.
        certainty: `certain`, `likely`, or `unknown` when it would have to be run.
        folder: the directory that `target` or `prefix` in uv's files sends packages to, else empty.
        seen: whether the kernel imports from that folder.
        steps: how the answer was found, a sentence each, in order.
        project: what `uv add` and `uv run` would change, which follow another rule; None outside
            of projects, for projects without an environment and for conda.
    """

    command: str
    environment: Environment | None = None
    reason: str = ""
    state: str = "unknown"
    certainty: str = "unknown"
    folder: str = ""
    seen: bool = False
    steps: tuple[str, ...] = ()
    project: Target | None = None


@dataclass(frozen=True)
class Made:
    """What the files of a virtual environment tell of how it was made.

    Attributes:
        prefix: where it is.
        made_for: the prefix that its own files name, if that is another place; else empty.
        gone: the base that `pyvenv.cfg` or a link names and that is not there; else empty.
        starts: whether its interpreter may start all the same, by a path inside the program.
        runs: the version of the Python that it would run now: `3.11`; empty if unknown.
        filled_for: the versions of Python that it has directories of packages for: `3.9`.
    """

    prefix: str
    made_for: str = ""
    gone: str = ""
    starts: bool = True
    runs: str = ""
    filled_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """A command that a distribution of the kernel brings and that a shell does not start.

    Attributes:
        name: as it is typed: `black`.
        path: the file in the kernel's directory of scripts.
        found: the file that a shell starts by that name; empty if it finds none.
    """

    name: str
    path: str
    found: str = ""


@dataclass(frozen=True)
class Scripts:
    """The commands of the kernel's own environment.

    Attributes:
        directory: where its launchers lie.
        on_path: whether PATH has that directory, links resolved.
        astray: commands that are there and that a shell starts elsewhere, or not at all; a few,
            those first that it starts elsewhere.
        faulty: launchers that are there and cannot start, or lead to another environment; one
            for each kind of first line.
        alike: how many launchers begin like a faulty one, by its name, itself included.
        environments: the virtual environments in question: the kernel's own, and those that the
            commands on PATH lie in.
    """

    directory: str
    on_path: bool = True
    astray: tuple[Script, ...] = ()
    faulty: tuple[Command, ...] = ()
    alike: dict[str, int] = field(default_factory=dict)
    environments: tuple[Made, ...] = ()


_PREFIX = "/home/ada/project/.venv"
_ENVIRONMENT = Environment(
    prefix=_PREFIX,
    base_prefix="/usr",
    kind="venv",
    version="3.12.1",
    site=(f"{_PREFIX}/lib/python3.12/site-packages",),
    scripts=f"{_PREFIX}/bin",
)
HEALTHY_UV = Command(
    name="uv",
    path="/home/ada/.local/bin/uv",
    reason="/home/ada/.local/bin/uv is a program of its own and no script of Python",
)
HEALTHY_UV_TARGET = Target(
    command="uv pip install",
    environment=_ENVIRONMENT,
    reason="VIRTUAL_ENV",
    state="ok",
    certainty="certain",
    steps=(f"VIRTUAL_ENV is {_PREFIX}",),
)
HEALTHY_CONDA_TARGET: Target | None = None  # there is no conda
HEALTHY_SCRIPTS = Scripts(
    directory=f"{_PREFIX}/bin",
    environments=(Made(_PREFIX, runs="3.12", filled_for=("3.12",)),),
)
