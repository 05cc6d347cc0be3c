"""GATHER: what a command says when it is started, for a few seconds and no longer.

This is the one place of the survey that starts a process, and only when the user asked for it:
without a shell, without input, and whatever the command started ends with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from ipymod.errors import ProbeError
from ipymod.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.launchers import Surroundings

SECONDS = 3.0
_MOST = 1 << 20  # bytes: no answer needs as many, so that who says more is a flood
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Said:
    """What a command said until it ended, had said enough, or its time was up.

    Attributes:
        text: its output and its errors, in the order in which they came.
        late: whether it would have gone on, so that the last words may be missing.
    """

    text: str
    late: bool


def listen(words: Sequence[str], here: Surroundings, seconds: float = SECONDS) -> Said:
    """Start a command, and tell what it says.

    Args:
        words: the command; no shell reads them.
        here: its variables and its working directory, which may be gone.
        seconds: how long it may take before it is killed.

    Raises:
        ProbeError: it cannot be started.
    """
    process = _started(words, here)
    heard: list[bytes] = []
    try:
        reader = threading.Thread(target=_read, args=(process, heard), daemon=True)
        reader.start()
        reader.join(seconds)
        # Something that it left in the background may hold its output open.
        late = reader.is_alive() and process.poll() is None
        said = b"".join(heard)  # what it says when it is killed is no answer
    finally:
        _end(process)
    return Said(said.decode("utf-8", "replace"), late)


def _started(words: Sequence[str], here: Surroundings) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=here.cwd or None,
            env=dict(here.variables),
            start_new_session=True,  # its group can be killed, and no terminal asks for a password
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ProbeError(f"{words[0]} cannot be started: {why}") from None


def _read(process: subprocess.Popen[bytes], heard: list[bytes]) -> None:
    """Read to the end, or to as much as no answer needs: then it is killed."""
    if process.stdout:
        with process.stdout as stream:
            while sum(map(len, heard)) < _MOST and (chunk := os.read(stream.fileno(), _CHUNK)):
                heard.append(chunk)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
