"""DO: start kernels as Jupyter does, several at once, ask each who it is, and stop it again."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import time
from contextlib import suppress
from queue import Empty
from typing import IO, TYPE_CHECKING, Any

from jupyter_client import AsyncKernelManager

from ipymod.facts import Environment
from ipymod.frozen import dataclass
from ipymod.kernelspecs.model import Answer
from ipymod.kernelspecs.words import last_words
from ipymod.launchers import Surroundings, real_prefix
from ipymod.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Told = Callable[[str, Answer], None]
    Waiting = Callable[[list[str]], None]

AT_ONCE = 4  # a kernel that starts keeps a core busy, and eats 60 MB
_LOOK = 0.1  # seconds: how often a kernel that does not answer is looked at
_TICK = 0.5  # seconds between the signs of life that we give
_FOLDER = "ipymod-kernel-"  # so begin the folders of connection files
_TAIL = 1 << 14  # bytes of what a kernel wrote
_PORT_TAKEN = pattern(r"Address already in use|EADDRINUSE", re.IGNORECASE)
_NAME = "ipymod_who"
# Runs on Python 2.7 too; `imp` is what it has in place of `importlib.util`.
_WHO = f"""
import sys
def {_NAME}():
    import json, platform
    try:
        from importlib.util import find_spec as find
    except ImportError:
        from imp import find_module as find
    try:
        has = bool(find("ipymod"))
    except Exception:
        has = False
    base = getattr(sys, "real_prefix", None) or getattr(sys, "base_prefix", sys.prefix)
    own = getattr(sys.modules.get("ipykernel"), "__version__", "")
    told = [sys.executable, sys.prefix, base, platform.python_version(), own, has]
    return json.dumps(told)
"""


def start(names: Iterable[str], timeout: float, told: Told, waiting: Waiting) -> None:
    """Start each kernel once; nothing of it is left when this returns.

    Args:
        names: of kernelspecs, as this Python's Jupyter offers them.
        timeout: seconds that each kernel has for its answers.
        told: called with the name and the answer as each one ends.
        waiting: called twice a second with the names of those that run.
    """
    loop = asyncio.SelectorEventLoop  # on Windows, the usual one cannot wait for sockets of zmq
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(_all(list(names), timeout, told, waiting))


async def _all(names: list[str], patience: float, told: Told, waiting: Waiting) -> None:
    places = asyncio.Semaphore(min(AT_ONCE, os.cpu_count() or 1))
    running: list[str] = []

    async def one(name: str) -> None:
        async with places:
            running.append(name)
            answer = await _one(name, patience)
            running.remove(name)
        told(name, answer)

    async def watch() -> None:
        while True:
            await asyncio.sleep(_TICK)
            waiting(running)

    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch())
        await asyncio.gather(*map(one, names))
        watching.cancel()


async def _one(name: str, patience: float) -> Answer:
    answer = await _tried(name, patience)
    if any(_PORT_TAKEN.search(line) for line in answer.words):  # between our look and its start
        answer = await _tried(name, patience)
    return answer


async def _tried(name: str, patience: float) -> Answer:
    with tempfile.TemporaryDirectory(prefix=_FOLDER, ignore_cleanup_errors=True) as folder:
        file = os.path.join(folder, "connection.json")
        manager = AsyncKernelManager(kernel_name=name, connection_file=file)
        with tempfile.TemporaryFile() as log:
            run = _Run(manager, log, time.monotonic(), patience)
            try:
                answer = await run.answer()
            except BaseException:
                await run.stop(now=True)
                raise
            await run.stop(now=answer.end != "answered")
    return answer


@dataclass(frozen=True)
class _Run:
    """One kernel, from its start to its end.

    Attributes:
        manager: what starts and stops it.
        log: takes what it writes.
        begin: when it was started, by the clock that never goes back.
        patience: seconds from then.
    """

    manager: Any
    log: IO[bytes]
    begin: float
    patience: float

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self.begin

    async def answer(self) -> Answer:
        """Start it, and ask it until it answers, dies or takes too long."""
        try:
            await self.manager.start_kernel(stdout=self.log, stderr=self.log)
        except Exception as error:  # noqa: BLE001  a provisioner may be anybody's
            _heard(self.manager)
            reason = str(error) or type(error).__name__
            return Answer("unstartable", self.seconds, reason=last_words(reason)[-1])
        client = self.manager.client()
        client.start_channels(iopub=False, stdin=False, hb=False)
        try:
            return await self._asked(client)
        finally:
            client.stop_channels()

    async def _asked(self, client: Any) -> Answer:
        reply = await self._reply(client, client.kernel_info())
        if reply is None:
            return await self._without_answer()
        seconds, language = self.seconds, _language(reply)
        if language.partition(" ")[0] != "python":
            return Answer("answered", seconds, language)
        question = client.execute(
            _WHO, silent=True, user_expressions={_NAME: f"{_NAME}()"}, allow_stdin=False
        )
        reply = await self._reply(client, question)
        if reply is None:
            return await self._without_answer()
        return Answer("answered", seconds, language, **_who(reply))

    async def _reply(self, client: Any, question: str) -> dict[str, Any] | None:
        """The reply to a question; None if the kernel dies or takes too long."""
        while self.seconds < self.patience:
            with suppress(Empty, ValueError, LookupError, TypeError):  # no reply, or rubbish
                message = await client.get_shell_msg(timeout=_LOOK)
                if message["parent_header"].get("msg_id") == question:
                    content: dict[str, Any] = message["content"]
                    return content
            if not await self.manager.is_alive():
                break
        return None

    async def _without_answer(self) -> Answer:
        seconds, status = self.seconds, await self._status()
        end = "silent" if status is None else "died"
        return Answer(end, seconds, status=status, words=last_words(self._said()))

    async def _status(self) -> int | None:
        provisioner = getattr(self.manager, "provisioner", None)  # jupyter_client 7 and later
        if provisioner is None:
            status: int | None = self.manager.kernel.poll()
        else:
            status = await provisioner.poll()
        return status

    def _said(self) -> str:
        length = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, length - _TAIL))
        return self.log.read().decode("utf-8", "replace")

    async def stop(self, *, now: bool) -> None:
        """End it and all that it started.

        Args:
            now: kill it; else it is asked, and killed if that does not help.
        """
        group = self._group()
        if now:
            _kill(group)
        try:
            with suppress(Exception):  # jupyter_client 6 refuses where there is no process
                await self.manager.shutdown_kernel(now=now)
        finally:
            _kill(group)

    def _group(self) -> int:
        """The number of its group of processes; 0 if there is none."""
        provisioner = getattr(self.manager, "provisioner", None)
        process = getattr(self.manager, "kernel", None)  # jupyter_client 6
        return getattr(provisioner, "pgid", None) or getattr(process, "pid", None) or 0


def _kill(group: int) -> None:
    """Kill what is left of a group of processes; on Windows a kernel's job ends with it."""
    if group and sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _heard(manager: Any) -> None:
    """Take the error out of the future that the manager keeps, or it is printed at our end."""
    ready = getattr(manager, "ready", None)
    if ready is not None and ready.done():
        ready.exception()


def _language(reply: dict[str, Any]) -> str:
    told = reply.get("language_info")
    words = (told.get("name"), told.get("version")) if isinstance(told, dict) else ()
    return " ".join(word for word in words if isinstance(word, str))


def _who(reply: dict[str, Any]) -> dict[str, Any]:
    """What it said of itself, as the fields of an answer; nothing if that is not to be read."""
    try:
        data = reply["user_expressions"][_NAME]["data"]["text/plain"]
        executable, prefix, base, version, ipykernel, has = json.loads(ast.literal_eval(data))
    except (KeyError, TypeError, ValueError, SyntaxError):
        return {}
    real = real_prefix(prefix, Surroundings.now())
    return {
        "executable": executable or "",
        "environment": Environment(prefix, base, "", version, real=real),
        "ipykernel": ipykernel,
        "has_ipymod": has,
    }
