"""FACE: how far a command has come, shown where that is a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

_AFTER = 1.0  # seconds: what takes less has no bar, and does not load what draws one
_EACH = 0.1  # seconds between two frames
_LONGEST = 40  # characters of a name
_FORM = "{n_fmt}/{total_fmt} {unit} |{bar:20}| {elapsed}{postfix}"


class Progress:
    """A bar on standard error, from the second second on; none where that is no terminal.

    Use it in a `with`, at the end of which it is taken away.
    """

    def __init__(self, total: int, what: str) -> None:
        """Begin.

        Args:
            total: how many there are to do.
            what: what they are, as in `3/8 notebooks`.
        """
        self.total = total
        self.what = what
        self.done = 0
        self._next = time.monotonic() + _AFTER
        self._bar: Any = None
        self._shown = bool(sys.stderr and sys.stderr.isatty())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self, name: str = "", by: int = 1) -> None:
        """Tell that one more is done, and what is at work now."""
        self.done += by
        if not self._shown or time.monotonic() < self._next:
            return
        bar = self._made()
        bar.n = self.done
        bar.set_postfix_str(_inert(name))  # draws it
        self._next = time.monotonic() + _EACH

    def note(self, text: str) -> None:
        """Show what is at work, where nothing more is done yet."""
        self.step(text, by=0)

    def _made(self) -> Any:
        if self._bar is None:
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread: who works here tells how far it is
            self._bar = tqdm(
                total=self.total,
                initial=self.done,
                unit=self.what,
                bar_format=_FORM,
                leave=False,
                file=sys.stderr,
                delay=_AFTER,  # not drawn before there is a name beside it
            )
            self._bar.start_t -= _AFTER
        return self._bar


def _inert(name: str) -> str:
    """A name of a file without what a terminal would obey, and its end where it is long."""
    text = "".join(each if each.isprintable() else "?" for each in name)
    return text if len(text) < _LONGEST else f"...{text[-30:]}"
