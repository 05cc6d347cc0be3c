"""The guardian: a lone script that outlives the kernel by a moment and ends what it left.

It is started by `guard.py` as `python -I -S guardian.py MARK`, in a session of its own, so that
neither a restart nor a killed process group takes it along. Its standard input says which process
groups belong to the kernel (`+PGID` and `-PGID`, a line each). The input ends when the kernel is
gone, whatever ended it; a child that the kernel forked may hold the pipe open, so a change of
parent counts as well.

Only the standard library, nothing of ipymod: it must start in an instant.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

if sys.platform == "win32":
    raise ImportError("on Windows a Job object does this, see windows.py")

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

GRACE = 1.0  # seconds between the polite signal and the one that cannot be refused
VARIABLE = b"IPYMOD_RUN="


def started(pid: int) -> str:
    """Give the start time of a process, in clock ticks since boot; empty where unknown."""
    return b"".join(_stat(pid)[19:20]).decode()


def _stat(pid: int) -> list[bytes]:
    """Give what the system says of a process: state, parent, group and so on, as in proc(5)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()  # the name in brackets may hold anything
    except OSError:
        return []


def peopled(pgid: int) -> bool:
    """Tell whether anybody lives in a process group.

    The system counts the dead as well until somebody asks for their status, and the first process
    of a container often asks late or never.
    """
    if not _send(os.killpg, pgid, 0):
        return False
    pids = _pids()
    return not pids or any(_lives_in(pid, pgid) for pid in pids)


def _lives_in(pid: int, pgid: int) -> bool:
    state, _, group, *_ = _stat(pid) or (b"X", b"", b"")
    return state not in {b"X", b"Z"} and int(group) == pgid


def marked(mark: str) -> set[int]:
    """Find every process whose environment carries the mark, itself left out.

    Children that left the group, such as daemons, still carry it.
    """
    return {pid for pid in _pids() if pid != os.getpid() and _carries(pid, mark.encode())}


def _pids() -> list[int]:
    try:
        return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    except OSError:  # no /proc on this system: the groups have to do
        return []


def _carries(pid: int, mark: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            variables = file.read().split(b"\0")
    except OSError:
        return False
    values = (v[len(VARIABLE) :] for v in variables if v.startswith(VARIABLE))
    return any(_belongs(part, mark) for value in values for part in value.split(b":"))


def _belongs(part: bytes, mark: bytes) -> bool:
    """A kernel's mark `K` covers its runs, marked `K.1`, `K.2` and so on."""
    return part == mark or part.startswith(mark + b".")


def end(groups: dict[int, str], mark: str) -> None:
    """Stop all of them: politely first, by force in the end.

    SIGTERM is sent once, since a second one makes some programs drop their clean-up; SIGKILL
    until nobody is left, since a process may fork while it is being killed.
    """
    _signal_all(groups, mark, signal.SIGTERM)
    if _wait(lambda: not _signal_all(groups, mark, 0)):
        return
    _wait(lambda: not _signal_all(groups, mark, signal.SIGKILL))


def _wait(done: Callable[[], bool]) -> bool:
    """Ask until it is done, for GRACE seconds; tell whether it was.

    It has to be so twice: a first look may miss who was forked while it went on.
    """
    deadline = time.monotonic() + GRACE
    pause = 0.005
    while not (done() and done()):
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 0.1)
    return True


def _signal_all(groups: dict[int, str], mark: str, number: int) -> bool:
    """Signal every group and every marked process; tell whether any was there."""
    hits = [_signal_group(pgid, start, number) for pgid, start in groups.items()]
    hits += [_send(os.kill, pid, number) for pid in marked(mark)]
    return any(hits)


def _signal_group(pgid: int, start: str, number: int) -> bool:
    """Signal a group, unless its number now belongs to somebody else's."""
    now = started(pgid)
    if now and start and now != start:
        return False
    return _send(os.killpg, pgid, number) and peopled(pgid)


def _send(kill: Callable[[int, int], None], number: int, signum: int) -> bool:
    try:
        kill(number, signum)
    except OSError:
        return False
    return True


def watch(kernel: int) -> dict[int, str]:
    """Keep the list of groups until the kernel is gone; give what is left on it."""
    groups: dict[int, str] = {}
    pending = b""
    while os.getppid() == kernel:
        if not select.select([0], [], [], 0.5)[0]:
            continue
        data = os.read(0, 65536)
        if not data:
            break
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            _note(groups, line)
    return groups


def _note(groups: dict[int, str], line: bytes) -> None:
    pgid = int(line[1:])
    if line.startswith(b"+"):
        groups[pgid] = started(pgid)
    else:
        groups.pop(pgid, None)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    end(watch(int(sys.argv[2])), sys.argv[1])
