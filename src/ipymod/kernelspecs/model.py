"""DATA: what is known of each kernel that a Jupyter offers, and of its answer once it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from ipymod.facts import Command, Environment, Kernel
    from ipymod.facts.imports import Imports
    from ipymod.facts.kernels import Kernelspec, Kernelspecs, Launch, Server
    from ipymod.registry import Problem


@dataclass(frozen=True)
class Answer:
    """What came of starting a kernel.

    Attributes:
        end: `answered`, `died` before it answered, `silent` until the time was over, or
            `unstartable`: no process came to be.
        seconds: from the start to the first reply, the death or the end of the patience.
        language: as the kernel says, with its version: `python 3.12.4`, `R 4.3.1`.
        executable: its `sys.executable`; empty, as all that follows, if it is no Python.
        environment: its prefix and version, as it says itself; None if it did not say.
        ipykernel: the version of that; empty if it is none.
        has_ipymod: whether it could import ipymod; None if it did not say.
        status: the exit status of one that died; a signal is negative; None if unknown.
        words: the last lines that it wrote before it died or was given up.
        reason: why it could not be started.
    """

    end: str
    seconds: float = 0.0
    language: str = ""
    executable: str = ""
    environment: Environment | None = None
    ipykernel: str = ""
    has_ipymod: bool | None = None
    status: int | None = None
    words: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Difference:
    """What the files and the kernel itself tell differently.

    Attributes:
        what: `environment`, `Python` or `ipykernel`.
        files: what the files say.
        kernel: what the kernel says.
    """

    what: str
    files: str
    kernel: str


@dataclass(frozen=True)
class Entry:
    """One kernelspec.

    Attributes:
        spec: the kernelspec.
        kernel: what it would start, told by files; None if that is no Python, or not to be told.
        launch: how that would be started.
        server: the server that would start it.
        imports: where it would import from; None unless a part of it comes from elsewhere.
        ipykernel: the version that files tell; empty if they tell none.
        problems: what the checks find, the worst first; notes are among them.
        answer: what came of starting it; None if it was not started.
        differences: what that told otherwise than the files.
    """

    spec: Kernelspec
    kernel: Kernel | None = None
    launch: Launch | None = None
    server: Server | None = None
    imports: Imports | None = None
    ipykernel: str = ""
    problems: tuple[Problem, ...] = ()
    answer: Answer | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def state(self) -> str:
        """`hidden`, `error`, `warning`, `note`, `unknown` or `ok`: the worst that is known."""
        if self.spec.shadowed_by:
            return "hidden"
        if self.answer and self.answer.end != "answered":
            return "error"
        worst = self.problems[0].severity.value if self.problems else "ok"
        if self.differences and worst != "error":
            return "warning"
        if worst == "ok" and self.kernel is None and self.answer is None:
            return "unknown"
        return "note" if worst == "info" else worst

    @property
    def faulty(self) -> bool:
        """Whether there is more to say of it than notes; a hidden one can do no harm."""
        return any(each.severity.value != "info" for each in self.problems) or (
            self.state in {"error", "warning"}
        )


@dataclass(frozen=True)
class Listing:
    """The kernels that one Jupyter offers.

    Attributes:
        kernelspecs: all of them, as its files tell.
        jupyter: the kernel that its own Python would be.
        entries: one for each, by name; of one name the one that counts comes first.
        has_client: whether the Python has what starts kernels, `jupyter_client`.
        elsewhere: the `jupyter` on PATH, if it belongs to another environment.
        home: the user's home folder.
    """

    kernelspecs: Kernelspecs
    jupyter: Kernel
    entries: tuple[Entry, ...] = ()
    has_client: bool = True
    elsewhere: Command | None = None
    home: str = ""

    @property
    def faulty(self) -> bool:
        """Whether a kernel has a problem."""
        return any(entry.faulty for entry in self.entries)
