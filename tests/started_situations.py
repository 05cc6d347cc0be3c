"""How kernels are started on healthy machines, and what the report says inside them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from environments import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthy_situations import Machine

TOKEN = "for-tests"  # noqa: S105  the server listens on this machine alone, while tests run
CELL = f"""
import sys
sys.path.insert(0, {str(REPOSITORY / "src")!r})
import ipymod
del sys.path[0]  # what it needs later, it finds beside itself
from ipymod.launchers import Surroundings
from ipymod.checks import REGISTRY
from ipymod.report import build
from ipymod.survey import survey, this_kernel
def _ask():
    import json
    here = Surroundings.now()
    report = build(survey(this_kernel(here), here, modules=sys.modules), REGISTRY)
    print(json.dumps([report.first_line, report.text(), report.json(facts=False)]))
_ask()
"""
STARTER = """
import json, os, sys
from jupyter_client.manager import KernelManager
name, code = json.loads(sys.argv[1])
manager = KernelManager(kernel_name=name, transport="ipc")
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    hook = lambda message: sys.stdout.write(message["content"].get("text", ""))
    reply = client.execute_interactive(code, timeout=60, output_hook=hook)
    assert reply["content"]["status"] == "ok", reply["content"]
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""


@dataclass(frozen=True)
class Answer:
    """What the report said in a kernel."""

    first_line: str
    text: str
    data: dict[str, Any]

    @property
    def problems(self) -> dict[str, str]:
        """Code and message of the errors and warnings."""
        told = self.data["problems"]
        return {each["code"]: each["message"] for each in told if each["severity"] != "info"}

    @property
    def notes(self) -> dict[str, str]:
        """Code and message of what is good to know."""
        told = self.data["problems"]
        return {each["code"]: each["message"] for each in told if each["severity"] == "info"}


def answer_of(printed: str) -> Answer:
    return Answer(*json.loads(printed.strip().splitlines()[-1]))


def order(machine: Machine, name: str = "python3") -> str:
    """What STARTER is told."""
    return json.dumps([name, f"{machine.cell}\n{CELL}"])


def asked(machine: Machine, home: Path, name: str = "python3", by: str = "") -> Answer:
    """The report in a kernel that a program starts by `jupyter_client`.

    Args:
        machine: where the program runs.
        home: a new home folder.
        name: of the kernelspec.
        by: the program's Python, if it is not the kernel's own.
    """
    told = subprocess.run(
        [by or machine.python, "-W", "ignore", "-c", STARTER, order(machine, name)],
        env=machine.environ(home),
        cwd=machine.cwd or home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return answer_of(told.stdout)


def registered(machine: Machine, home: Path, name: str = "mine") -> str:
    """The name under which `ipykernel install --user` has made the kernel known."""
    words = ("-m", "ipykernel", "install", "--user", "--name", name)
    environ = machine.environ(home)
    subprocess.run([machine.python, *words], env=environ, check=True, capture_output=True)
    return name


def asked_alone(machine: Machine, home: Path) -> Answer:
    """The report in a kernel that an editor starts by its path, without a server of Jupyter's."""
    file, _ = write_connection_file(
        str(home / "kernel-v3.json"), transport="ipc", ip=str(home / "k")
    )
    words = [machine.python, "-m", "ipykernel_launcher", f"--f={file}"]
    where = machine.cwd or home
    with (home / "kernel.log").open("wb") as log:
        process = subprocess.Popen(
            words, env=machine.environ(home), cwd=where, stdout=log, stderr=log
        )
    try:
        return of_kernel(machine, file)
    finally:
        process.kill()
        process.wait()


def of_kernel(machine: Machine, file: str) -> Answer:
    """The report in the kernel of a connection file."""
    client = BlockingKernelClient()
    client.load_connection_file(file)
    client.start_channels()
    printed: list[str] = []
    try:
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(
            f"{machine.cell}\n{CELL}",
            timeout=60,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
        assert reply["content"]["status"] == "ok", reply["content"]
    finally:
        client.stop_channels()
        client.context.destroy(linger=0)
    return answer_of("".join(printed))


class Server:
    """A real JupyterLab on a machine; use it in a `with`."""

    def __init__(self, machine: Machine, home: Path, server: str = "") -> None:
        self.machine = machine
        self.home = home
        self._python = server or machine.python
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    def __enter__(self) -> Self:
        options = {"ServerApp.ip": "127.0.0.1", "ServerApp.port": self._port}
        options |= {"IdentityProvider.token": TOKEN, "ServerApp.allow_root": True}
        words = [f"--{name}={value}" for name, value in options.items()]
        program = Path(self._python).with_name("jupyter-lab")
        with (self.home / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(program), "--no-browser", *words],
                env=self.machine.environ(self.home),
                cwd=self.machine.cwd or self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._await()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _await(self) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end and self._process.poll() is None:
            with suppress(OSError):
                self._call("api/status")
                return
            time.sleep(0.1)
        raise RuntimeError((self.home / "server.log").read_text("utf-8", "replace"))

    def _call(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        url = f"http://127.0.0.1:{self._port}/{path}?token={TOKEN}"
        sent = json.dumps(data).encode() if data else None
        with urllib.request.urlopen(url, sent, timeout=60) as reply:
            return json.load(reply)

    def asked(self, name: str = "python3") -> Answer:
        """The report in a kernel of that name, for a notebook that the server opened."""
        wanted = {"path": "mine.ipynb", "name": "mine", "type": "notebook"}
        session = self._call("api/sessions", {**wanted, "kernel": {"name": name}})
        runtime = self.home / ".local/share/jupyter/runtime"
        return of_kernel(self.machine, str(runtime / f"kernel-{session['kernel']['id']}.json"))
