"""Waiting for output: by polling, without pidfd, and with threads as on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from ipymod.run import polling
from ipymod.run.polling import PollSource
from ipymod.run.source import Source, ThreadSource

if TYPE_CHECKING:
    from collections.abc import Callable


def streams(child: subprocess.Popen[bytes]) -> dict[str, int]:
    assert child.stdout is not None
    assert child.stderr is not None
    return {"stdout": child.stdout.fileno(), "stderr": child.stderr.fileno()}


def poll_it(child: subprocess.Popen[bytes]) -> Source:
    return PollSource(streams(child), child.pid, None)


def threads(child: subprocess.Popen[bytes]) -> Source:
    return ThreadSource(streams(child))


def start(program: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", program]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def read_all(flow: Source) -> dict[str, bytes]:
    got = {"stdout": b"", "stderr": b""}
    deadline = time.monotonic() + 30
    while flow.open and time.monotonic() < deadline:
        for name, data in flow.wait(1.0):
            got[name] += data
    flow.close()
    return got


@pytest.mark.parametrize("make", [poll_it, threads])
def test_every_byte_arrives_and_the_streams_stay_apart(make: Callable[..., Source]) -> None:
    program = "import os; [os.write(fd, b'%d' % fd * 70000) for _ in range(9) for fd in (1, 2)]"
    with start(program) as child:
        assert read_all(make(child)) == {"stdout": b"1" * 630_000, "stderr": b"2" * 630_000}


@pytest.mark.parametrize("make", [poll_it, threads])
def test_waiting_ends_when_time_is_up(make: Callable[..., Source]) -> None:
    with start("import time; time.sleep(60)") as child:
        flow = make(child)
        began = time.monotonic()
        assert flow.wait(0.05) == []
        assert time.monotonic() - began < 1
        child.kill()
        flow.close()


def test_a_poll_ends_with_the_child_even_if_its_own_child_holds_the_pipe() -> None:
    program = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()'])"
    read, keep_open = os.pipe()
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=read, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        flow = PollSource({"stdout": child.stdout.fileno()}, child.pid, None)
        while child.poll() is None:
            flow.wait(20.0)
        assert flow.open == {"stdout"}
        os.close(keep_open)  # the grandchild reads its end of file
        os.close(read)
        assert read_all(flow)["stdout"] == b""


def test_without_pidfd_the_end_is_seen_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_pidfd", lambda _: None)
    with start("print('x')") as child:
        flow = poll_it(child)
        assert read_all(flow)["stdout"].strip() == b"x"
        began = time.monotonic()
        while child.poll() is None:
            flow.wait(20.0)
        assert time.monotonic() - began < 5


def test_a_wake_up_call_ends_the_waiting() -> None:
    wake, bell = os.pipe()
    with start("import time; time.sleep(60)") as child:
        flow = PollSource(streams(child), child.pid, wake)
        os.write(bell, b"!")
        assert flow.wait(20.0) == []
        child.kill()
        flow.close()
    os.close(wake)
    os.close(bell)
