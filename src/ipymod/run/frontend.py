"""What a run needs of the place where its output is seen. The faces make one; see `magics.py`."""

from __future__ import annotations

from typing import Protocol


class FrontEnd(Protocol):
    """The notebook, a terminal, or a capture.

    Attributes:
        limited: whether it can take only so much text; a capture takes all.
        can_answer: whether somebody sits there who may be asked.
        is_terminal: whether a module can be given the very terminal that we write to.
    """

    limited: bool
    can_answer: bool
    is_terminal: bool

    def write(self, stream: str, text: str) -> None:
        """Show text of `stdout` or `stderr`."""

    def flush(self) -> None:
        """Let what was written be seen now."""

    def tail(self, text: str) -> None:
        """Show the end of an output that is too long, in place of what this showed before."""

    def ask(self, prompt: str, *, hidden: bool) -> str:
        """Ask the reader.

        Raises:
            EOFError: the reader ends the input.
            KeyboardInterrupt: the reader interrupts instead of answering.
        """
