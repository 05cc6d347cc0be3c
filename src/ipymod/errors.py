"""The errors that ipymod raises on purpose, and the exit status that each one means."""

from __future__ import annotations


class IpymodError(Exception):
    """Something a user can mend; its text says what is wrong and what to type.

    The notebook shows the text alone: no traceback through our code helps anybody.
    """

    exit_status = 1

    def _render_traceback_(self) -> list[str]:
        """Give IPython the lines to show in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class UsageError(IpymodError):
    """The line cannot be understood: no NAME, an unknown option, an unbalanced quote."""

    exit_status = 2


class ModuleFailed(IpymodError):  # noqa: N818  the module failed, we did not
    """A module ended with a status other than 0.

    Attributes:
        returncode: the status as `subprocess` counts it; a signal is negative.
    """

    def __init__(self, message: str, returncode: int) -> None:
        super().__init__(message)
        self.returncode = returncode


class ProbeError(IpymodError):
    """A Python could not describe itself: it is none, does not start or does not end."""
