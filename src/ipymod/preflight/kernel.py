"""DO: one kernel, from its start to its end; it serves one notebook."""

from __future__ import annotations

import contextlib
import inspect
import os
import signal
import sys
import time
from queue import Empty
from typing import TYPE_CHECKING, Any

from ipymod.preflight.kernelspecs import is_ipykernel

if TYPE_CHECKING:
    from ipymod.preflight.desk import Desk

_PATIENCE = 60  # seconds until a kernel that lives has to answer
_POLL = 0.1
_HEARD = 0.2  # seconds until what the kernel publishes is heard, or it is asked again
_LONGEST = 90  # bytes of the name of a socket that every system takes
_NO_HISTORY = "--HistoryManager.hist_file=:memory:"  # the user's has no room for ours


class KernelError(Exception):
    """A kernel cannot be had; the text says why.

    Attributes:
        is_known: whether there is a kernelspec of its name.
    """

    is_known = True


class NoKernelError(KernelError):
    """There is no kernelspec of that name."""

    is_known = False


class KernelDied(KernelError):  # noqa: N818  the kernel failed, we did not
    """It ended before it answered."""


async def awaited(value: Any) -> Any:
    """Give what it comes to; the same method waits or not, as jupyter_client's versions differ."""
    return await value if inspect.isawaitable(value) else value


class Kernel:
    """A kernel of a kernelspec, in a folder; it lives in a session of its own.

    Attributes:
        manager: what jupyter_client knows of it.
        client: what talks to it, once it is ready.
        language_info: what it says of its language.
    """

    def __init__(self, desk: Desk, name: str, folder: str, *, by_tcp: bool = False) -> None:
        self.name = name
        self._by_tcp = by_tcp
        self._desk = desk
        self._folder = folder
        self._file = desk.connection_file()
        self._log = f"{self._file}.log"
        self.manager: Any = None
        self.client: Any = None
        self.language_info: dict[str, Any] = {}

    async def start(self) -> None:
        """Start it.

        Raises:
            KernelError: there is none, its kernel.json cannot be read, the system does not start
                it.
        """
        try:
            spec = self._desk.kernelspecs.of(self.name)
            if spec is None:
                raise NoKernelError(f"there is no kernel {self.name}")
            self.manager = self._managed(spec)
            await self._launch([_NO_HISTORY] if is_ipykernel(spec) else [])
        except (OSError, ValueError, RuntimeError) as error:
            raise KernelError(f"the kernel {self.name} does not start: {error}") from error
        self.client = self.manager.client(context=self._desk.context)
        self.client.start_channels(stdin=False, hb=False, control=False)
        self.client.allow_stdin = False

    async def ready(self) -> None:
        """Wait until it answers, and what it publishes is heard.

        What it published before belongs to no cell, and whoever runs one passes it over; so there
        is no need to wait until it is quiet, as `wait_for_ready` does.

        Raises:
            KernelError: it died first, or takes too long.
        """
        end = time.monotonic() + _PATIENCE
        self.client.kernel_info()
        while time.monotonic() < end:
            reply = await self._message(self.client.shell_channel, _POLL)
            if reply is None:
                await self._require_life()
            elif reply["msg_type"] == "kernel_info_reply":
                self.language_info = reply["content"].get("language_info", {})
                if await self._message(self.client.iopub_channel, _HEARD) is not None:
                    return
                self.client.kernel_info()
        words = f"did not answer within {_PATIENCE} s"
        raise KernelError(f"the kernel {self.name} {words}{self._last_words()}")

    async def end(self) -> None:
        """Ask it to end, as a front end does, so that what it has open is closed; then make it."""
        try:
            await awaited(self.manager.shutdown_kernel())
        except (OSError, RuntimeError):  # it has ended before
            pass
        finally:
            self.clear()

    def kill(self) -> None:
        """End it at once, with all that it started in its session; for signal handlers, too."""
        process = self._process()
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(OSError):
            if sys.platform != "win32" and os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()

    def clear(self) -> None:
        """Kill it, wait for its end, and remove what it leaves behind."""
        self.kill()
        if process := self._process():
            process.wait()
        if self.client is not None:
            self.client.stop_channels()
            self.client = None
        self._desk.forget(self._file)

    async def interrupt(self) -> None:
        """Interrupt what it does."""
        with contextlib.suppress(OSError, RuntimeError):
            await awaited(self.manager.interrupt_kernel())

    def death(self) -> str:
        """Tell how it died, in words that follow `the kernel`."""
        process = self._process()
        status = process.poll() if process else None
        if status is None:
            return "died"
        if status >= 0:
            return f"ended by itself with exit status {status}"
        return f"was killed by {_signal(-status)}"

    async def _launch(self, more: list[str]) -> None:
        """Start the process; what it writes by itself goes to a file."""
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            await awaited(
                self.manager.start_kernel(
                    cwd=self._folder, extra_arguments=more, stdout=log, stderr=log
                )
            )
        finally:
            os.close(log)

    def _managed(self, spec: Any) -> Any:
        from jupyter_client.manager import AsyncKernelManager

        manager = AsyncKernelManager(
            kernel_name=self.name,
            kernel_spec_manager=self._desk.kernelspecs.manager,
            context=self._desk.context,
            connection_file=self._file,
        )
        # Of files nobody takes one away between our choice and the kernel's, as with ports.
        is_short = len(os.fsencode(self._file)) < _LONGEST
        if is_short and is_ipykernel(spec) and not (self._by_tcp or sys.platform == "win32"):
            manager.transport = "ipc"
        return manager

    async def _message(self, channel: Any, seconds: float) -> Any:
        try:
            return await channel.get_msg(timeout=seconds)
        except Empty:
            return None

    async def _require_life(self) -> None:
        if not await awaited(self.manager.is_alive()):
            words = f"died before it answered{self._last_words()}"
            raise KernelDied(f"the kernel {self.name} {words}")

    def _process(self) -> Any:
        """The process, as `subprocess` has it; None for one that runs elsewhere, or has ended."""
        manager = self.manager
        return getattr(getattr(manager, "provisioner", manager), "process", None) or getattr(
            manager, "kernel", None
        )

    def _last_words(self) -> str:
        """The last line that it wrote by itself."""
        try:
            with open(self._log, "rb") as log:
                log.seek(-min(4096, log.seek(0, os.SEEK_END)), os.SEEK_END)
                lines = log.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        return next((f": {line.strip()}" for line in reversed(lines) if line.strip()), "")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
