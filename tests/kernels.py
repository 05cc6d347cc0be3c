"""Live kernels for tests: start one of any Python, run cells, interrupt, answer, restart, kill."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import psutil
import zmq
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

Message = dict[str, Any]
Answers = Sequence[str] | Callable[[str, bool], str]

MARK = "IPYMOD_LIVE_KERNEL"  # all that a kernel starts inherits it, and is found by it
READY_SECONDS = 60
POLL_SECONDS = 0.1


@dataclass
class Output:
    """What one cell gave; filled while the cell runs.

    Attributes:
        streams: (seconds since the cell was sent, "stdout" or "stderr", text), one a message.
        displays: contents of display_data and update_display_data, each with its `msg_type`.
        result: the MIME bundle of the cell's value.
        error: (ename, evalue, lines of the traceback) as the front end shows it.
        reply: the content of execute_reply; empty while the cell runs.
        questions: (prompt, is it a password) for each line that the cell asked for.
        seconds: from sent until idle and replied; while the cell runs, until the last message.
    """

    streams: list[tuple[float, str, str]] = field(default_factory=list)
    displays: list[Message] = field(default_factory=list)
    result: Message | None = None
    error: tuple[str, str, list[str]] | None = None
    reply: Message = field(default_factory=dict)
    questions: list[tuple[str, bool]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def stdout(self) -> str:
        return self._text("stdout")

    @property
    def stderr(self) -> str:
        return self._text("stderr")

    def _text(self, wanted: str) -> str:
        return "".join(text for _, name, text in self.streams if name == wanted)

    def take(self, message: Message) -> None:
        """Add what one message of the cell holds."""
        content = message["content"]
        match message["header"]["msg_type"]:
            case "stream":
                self.streams.append((self.seconds, content["name"], content["text"]))
            case "display_data" | "update_display_data" as kind:
                self.displays.append({"msg_type": kind, **content})
            case "execute_result":
                self.result = content["data"]
            case "error":
                self.error = (content["ename"], content["evalue"], content["traceback"])


class LiveKernel:
    """A real kernel in its own process; use it in a `with`, which leaves no process behind.

    Settings of the user's IPython and Jupyter stay outside; the home folder is the real one.

    Attributes:
        strays: the messages, status left out, that belong to another cell than the one running.
        log: the file with what the kernel's process itself wrote.
    """

    def __init__(
        self,
        python: str = sys.executable,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.python = python
        self.strays: list[Message] = []
        self._mark = uuid4().hex
        self._cwd = cwd
        self._extra_env = dict(env or {})
        self._client: Any = None
        self._unanswered = False

    # -- from start to end

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="ipymod-", ignore_cleanup_errors=True)
        self._home = Path(self._folder.name)
        self.log = self._home / "kernel.log"
        self._manager: Any = self._new_manager()
        try:
            with self.log.open("ab") as log:
                self._manager.start_kernel(
                    cwd=str(self._cwd or Path.cwd()), env=self._env(), stdout=log, stderr=log
                )
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.shutdown(now=True)
        finally:
            while offspring := self.offspring():
                _kill(offspring)
            self._manager.context.destroy(linger=0)
            self._folder.cleanup()

    def _new_manager(self) -> Any:
        spec = self._home / "kernels" / "live" / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": "live", "language": "python"}))
        specs = KernelSpecManager(kernel_dirs=[str(spec.parents[1])], ensure_native_kernel=False)
        return KernelManager(
            kernel_name="live",
            kernel_spec_manager=specs,
            connection_file=str(self._home / "connection.json"),
            # free ports are a race between test workers
            transport="tcp" if sys.platform == "win32" else "ipc",
        )

    def _env(self) -> dict[str, str]:
        folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        ours = {name: str(self._home / name.lower()) for name in folders}
        return {**os.environ, **ours, MARK: self._mark, **self._extra_env}

    def _connect(self) -> None:
        self._client = self._manager.client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=READY_SECONDS)
        except RuntimeError as error:
            log = self.log.read_text("utf-8", "replace")
            raise RuntimeError(f"{self.python} gives no kernel: {error}\n{log}") from error
        self._unanswered = False

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
            self._client.context.destroy(linger=0)
            self._client = None

    @property
    def pid(self) -> int:
        provisioner = getattr(self._manager, "provisioner", None)  # jupyter_client 7 and later
        return int((provisioner or self._manager.kernel).pid)

    @property
    def alive(self) -> bool:
        return bool(self._manager.is_alive())

    @property
    def usable(self) -> bool:
        """Does it live, and wait for a cell."""
        return self.alive and not self._unanswered

    def interrupt(self) -> None:
        """Send SIGINT to the kernel's process group, as Jupyter does; from any thread."""
        if sys.platform == "win32":
            self._manager.interrupt_kernel()
        else:  # the same, without the event loop that the manager leaves open in each thread
            os.killpg(os.getpgid(self.pid), signal.SIGINT)

    def restart(self, *, now: bool) -> None:
        """Restart as Jupyter does: `now` kills, otherwise the kernel is asked to end."""
        self._disconnect()
        with self.log.open("ab") as log:
            self._manager.restart_kernel(now=now, stdout=log, stderr=log)
        self._connect()

    def shutdown(self, *, now: bool) -> None:
        """Shut down as Jupyter does; does nothing if there is no kernel any more."""
        self._disconnect()
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=now)

    def kill_alone(self) -> None:
        """Kill the kernel's process only, not its group, and wait for its end."""
        psutil.Process(self.pid).kill()
        while self.alive:
            time.sleep(0.01)

    def offspring(self) -> list[psutil.Process]:
        """Every living process that was started in this kernel, orphans too; not the kernel."""
        kernel = self.pid if self._manager.has_kernel else None
        return [process for process in _marked(self._mark) if process.pid != kernel]

    # -- cells

    def run(
        self,
        code: str,
        *,
        timeout: float = 60,
        answers: Answers | None = None,
        while_running: Callable[[Output], None] | None = None,
        silent: bool = False,
    ) -> Output:
        """Execute a cell and wait until the kernel is idle and has replied.

        Args:
            code: the cell.
            timeout: seconds until TimeoutError; the cell is interrupted then.
            answers: lines for `input`, or a function of (prompt, password); None means that the
                front end has no keyboard, as with nbclient.
            while_running: called after each message, may interrupt the kernel.
            silent: neither counted nor kept in the history, and without the hooks of a cell.

        Raises:
            TimeoutError: the cell did not end in time.
            RuntimeError: the kernel died.
        """
        cell = _Cell(answers, while_running or (lambda _: None), time.monotonic() + timeout)
        start = time.monotonic()
        cell.msg_id = self._client.execute(
            code, silent=silent, allow_stdin=answers is not None, stop_on_error=False
        )
        with self._unanswered_on_error():
            while not cell.done:
                self._step(cell, start)
        return cell.output

    def value(self, expression: str) -> Any:
        """The value of an expression in the kernel, by way of JSON; leaves no trace there."""
        marker = uuid4().hex
        code = f"print({marker!r} + __import__('json').dumps({expression}))"
        output = self.run(code, silent=True)
        if output.error:
            raise AssertionError("\n".join(output.error[2]))
        return json.loads(output.stdout.split(marker)[-1])

    def idle(self, seconds: float) -> list[Message]:
        """Run nothing for so long; the messages that came, which are in `strays` too."""
        before, end = len(self.strays), time.monotonic() + seconds
        while self._ready("iopub", seconds=max(0, end - time.monotonic())):
            self._stray(self._client.get_iopub_msg(timeout=0))
        return self.strays[before:]

    @contextmanager
    def _unanswered_on_error(self) -> Iterator[None]:
        self._unanswered = True
        try:
            yield
        except BaseException:
            if self.alive:
                self.interrupt()
            raise
        self._unanswered = False

    def _step(self, cell: _Cell, start: float) -> None:
        ready = self._ready("iopub", "stdin", "shell", seconds=POLL_SECONDS)
        cell.output.seconds = time.monotonic() - start
        if "iopub" in ready:
            message = self._client.get_iopub_msg(timeout=0)
            if not cell.takes(message):
                self._stray(message)
        elif "stdin" in ready:
            self._client.input(cell.answer(self._client.get_stdin_msg(timeout=0)["content"]))
        elif "shell" in ready:
            cell.finish(self._client.get_shell_msg(timeout=0))
        elif not self.alive:
            raise RuntimeError(f"the kernel died; what it gave: {cell.output}")
        cell.check_time()

    def _ready(self, *names: str, seconds: float) -> set[str]:
        sockets = {getattr(self._client, f"{name}_channel").socket: name for name in names}
        poller = zmq.Poller()
        for socket in sockets:
            poller.register(socket, zmq.POLLIN)
        return {sockets[socket] for socket, _ in poller.poll(ceil(1000 * seconds))}

    def _stray(self, message: Message) -> None:
        if message["header"]["msg_type"] != "status":
            self.strays.append(message)


class _Cell:
    """A running cell: where its messages go, and what is still to come."""

    def __init__(
        self, answers: Answers | None, after: Callable[[Output], None], deadline: float
    ) -> None:
        self.output = Output()
        self.msg_id = ""
        self._answers = answers if callable(answers) else iter(answers or ())
        self._after = after
        self._deadline = deadline
        self._idle = False

    @property
    def done(self) -> bool:
        return self._idle and bool(self.output.reply)

    def takes(self, message: Message) -> bool:
        """Take the message if it is ours, and say whether it was."""
        if message["parent_header"].get("msg_id") != self.msg_id:
            return False
        self.output.take(message)
        if message["header"]["msg_type"] == "status":
            self._idle = message["content"]["execution_state"] == "idle"
        self._after(self.output)
        return True

    def finish(self, reply: Message) -> None:
        if reply["parent_header"].get("msg_id") == self.msg_id:
            self.output.reply = reply["content"]

    def answer(self, request: Message) -> str:
        """Note a question, and answer it.

        Raises:
            AssertionError: no answer is left.
        """
        question = (request["prompt"], request["password"])
        self.output.questions.append(question)
        if callable(self._answers):
            return self._answers(*question)
        answer = next(self._answers, None)
        if answer is None:
            raise AssertionError(f"no answer is left for {question}; so far: {self.output}")
        return answer

    def check_time(self) -> None:
        if not self.done and time.monotonic() > self._deadline:
            raise TimeoutError(f"the cell runs after {self.output.seconds:.1f} s: {self.output}")


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=0.1)


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or belongs to another user
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                yield process
