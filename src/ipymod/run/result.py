"""What a `%pymod` line gives back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ipymod.errors import IpymodError


@dataclass(frozen=True, repr=False)
class Result:
    """How one run of a module ended.

    Attributes:
        args: the whole command, interpreter first.
        returncode: the status as `subprocess` counts it: 200 is 200, a signal is negative.
        stdout: what it printed, where `--capture` kept it, else None.
        stderr: likewise.
        seconds: wall time, from start to end.
        cpu_seconds: user and system time of the module and of the children it waited for.
        peak_memory: bytes of the largest process, None where the system does not say.
        log: the file that holds every byte of the output, None where there is none.
    """

    args: tuple[str, ...]
    returncode: int
    stdout: str | None = None
    stderr: str | None = None
    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    log: str | None = None
    _silent: bool = field(default=False, repr=False, compare=False)

    def __repr__(self) -> str:
        kept = self.stdout is not None
        parts = [
            f"args={' '.join(self.args)!r}",
            f"returncode={self.returncode}",
            *(
                [f"stdout={shortened(self.stdout)}", f"stderr={shortened(self.stderr)}"]
                if kept
                else []
            ),
            f"seconds={self.seconds:.3g}",
            *([f"log={self.log!r}"] if self.log else []),
        ]
        return f"Result({', '.join(parts)})"

    def unseen(self) -> Result:
        """Give a copy that shows nothing the first time: a line's value is not its output."""
        return replace(self, _silent=True)

    def _ipython_display_(self) -> None:
        if self._silent:
            object.__setattr__(self, "_silent", False)
        else:
            print(repr(self))  # noqa: T201  what a display is for

    def json(self) -> Any:
        """Read the captured output as JSON.

        Raises:
            IpymodError: nothing was captured, or it is no JSON.
        """
        import json

        if self.stdout is None:
            raise IpymodError("the output was shown, not kept: r = %pymod --capture NAME")
        try:
            return json.loads(self.stdout)
        except ValueError as error:
            start = self.stdout.strip()[:60] or "nothing"
            raise IpymodError(f"the output is no JSON ({error}); it begins: {start}") from error


def shortened(text: str | None, most: int = 60) -> str:
    """Write a text as Python would, its beginning only if it is long."""
    whole = text or ""
    rest = len(whole) - most
    return repr(whole) if rest <= 0 else f"{whole[:most]!r}... {rest} more characters"


def duration(seconds: float) -> str:
    """Write a time as people say it: `850 ms`, `2.3 s`, `4 min 10 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 100:  # noqa: PLR2004  beyond, minutes read better
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def size(count: float) -> str:
    """Write a number of bytes as people say it: `812 B`, `1.4 MB`."""
    if count < 1000:  # noqa: PLR2004  the SI step
        return f"{count:.0f} B"
    step = 1 if count < 999_950 else 2 if count < 999_950_000 else 3  # noqa: PLR2004  as rounded
    return f"{count / 1000**step:.1f} {('kB', 'MB', 'GB')[step - 1]}"
