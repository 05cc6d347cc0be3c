"""The places where output is seen: a notebook's cell, a terminal, a capture."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ipymod.run.frontend import FrontEnd


class Plain:
    """Writes to `sys.stdout` and `sys.stderr` as they are now: `%%capture`, a script, a file."""

    limited = False
    can_answer = False
    is_terminal = False

    def __init__(self) -> None:
        self._streams = {"stdout": sys.stdout, "stderr": sys.stderr}
        self._last = "stdout"
        self._begun = False

    def write(self, stream: str, text: str) -> None:
        """See `FrontEnd.write`."""
        if not self._begun:  # what the cell printed before comes first, on both streams
            self._begun = True
            self.flush()
        if stream != self._last:  # each has a buffer of its own, and the order is seen
            self._streams[self._last].flush()
            self._last = stream
        self._streams[stream].write(text)

    def flush(self) -> None:
        """See `FrontEnd.flush`."""
        for stream in self._streams.values():
            stream.flush()

    def tail(self, text: str) -> None:
        """See `FrontEnd.tail`; nothing is left out here."""

    def ask(self, prompt: str, *, hidden: bool) -> str:
        """See `FrontEnd.ask`; nobody is here."""
        raise EOFError(f"nobody can answer {prompt!r} here, hidden or not: {hidden}")


class Terminal(Plain):
    """The terminal that we were started in; modules get it as it is."""

    can_answer = True
    is_terminal = True

    def ask(self, prompt: str, *, hidden: bool) -> str:
        """See `FrontEnd.ask`; needed where the output goes through us, as with `--log`."""
        if not hidden:
            return input(prompt)
        import getpass

        return getpass.getpass(prompt)


class Notebook(Plain):
    """The cell of a notebook."""

    limited = True

    def __init__(self, kernel: Any) -> None:
        super().__init__()
        self._kernel = kernel
        self._tail: Any = None
        # The front end says with each cell whether it can be asked; nbclient cannot.
        self.can_answer = bool(getattr(kernel, "_allow_stdin", False))

    def tail(self, text: str) -> None:
        """See `FrontEnd.tail`."""
        from IPython.display import display

        data = {"text/plain": text}
        if self._tail is None:
            self._tail = display(data, raw=True, display_id=True)
        else:
            self._tail.update(data, raw=True)

    def ask(self, prompt: str, *, hidden: bool) -> str:
        """See `FrontEnd.ask`."""
        ask = self._kernel.getpass if hidden else self._kernel.raw_input
        return str(ask(prompt))


def front_end(shell: InteractiveShell) -> FrontEnd:
    """Tell where the output of this cell is seen."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        captured = not hasattr(sys.stdout, "pub_thread")  # what ipykernel's streams have
        return Plain() if captured else Notebook(kernel)
    return Terminal() if sys.stdout is sys.__stdout__ else Plain()
