"""FACE: do something on the kernel's event loop as soon as nobody waits for the kernel."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

QUIET = 0.25  # seconds; between the cells of a Run All there is less


def when_idle(shell: InteractiveShell, do: Callable[[], None]) -> Waiting:
    """Do it once, as soon as no cell has run for a moment.

    It is never done where there is no kernel, as in a terminal. What it raises is logged by the
    event loop, on the kernel's standard error.
    """
    return Waiting(shell, do, _loop(shell))


class Waiting:
    """Something that is yet to be done."""

    def __init__(
        self, shell: InteractiveShell, do: Callable[[], None], loop: AbstractEventLoop | None
    ) -> None:
        self._shell = shell
        self._do = do
        self._loop = loop
        self._hooks = {"pre_execute": self._begin, "post_execute": self._end}
        if loop is not None:
            self._in_cell = loop.is_running()  # at the kernel's start it is not: no cell asks
            for event, hook in self._hooks.items():
                shell.events.register(event, hook)
            loop.call_soon_threadsafe(self._wait)

    def cancel(self) -> None:
        """Do it no more; leaves no trace, and does nothing if it was done."""
        if self._loop is not None:
            self._loop = None
            for event, hook in self._hooks.items():
                self._shell.events.unregister(event, hook)

    def _begin(self) -> None:
        self._in_cell = True

    def _end(self) -> None:
        self._in_cell = False
        self._quiet = False

    def _wait(self) -> None:
        if self._loop is not None:
            self._quiet = True
            self._loop.call_later(QUIET, self._look)

    def _look(self) -> None:
        if self._in_cell or not self._quiet:  # a cell that awaits lets the loop run, too
            self._wait()
        elif self._loop is not None:
            self.cancel()
            self._do()


def _loop(shell: InteractiveShell) -> AbstractEventLoop | None:
    """The loop that serves the kernel's cells, or will as soon as the kernel has started."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    served = getattr(kernel, "io_loop", None)
    if served is None:
        try:
            from tornado.ioloop import IOLoop
        except ImportError:  # a kernel of another make
            return None
        served = IOLoop.current()  # what the kernel itself will ask for in a moment
    loop: AbstractEventLoop | None = getattr(served, "asyncio_loop", None)
    return loop
