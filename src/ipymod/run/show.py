"""Show an output as it comes, as much as a front end can take; the rest goes to the log."""

from __future__ import annotations

import codecs
import time
from typing import TYPE_CHECKING

from ipymod.run.result import size
from ipymod.run.screen import Screen
from ipymod.run.streams import UNBROKEN

if TYPE_CHECKING:
    from ipymod.run.frontend import FrontEnd
    from ipymod.run.log import Log

# The notebook server drops output above 1 MB/s or 1000 messages/s, measured over 3 s.
_BURST = 250_000  # bytes shown at once; more is hard to scroll past
_RATE = 200_000  # bytes/s that are shown for as long as they come
_MOST = 10_000_000  # characters of one cell; beyond, notebooks become hard to open and to save
_PACE = 0.05  # seconds between two flushes
_TAIL = 4000  # characters of the end of a long output
_TAIL_LINES = 30  # of them; VS Code folds what is longer
_TAIL_PACE = 0.25  # seconds between two looks at it
_LONG, _LONG_PACE = 10.0, 0.5  # after so many seconds a bar moves twice a second


class Lane:
    """One stream on its way: bytes, then text, then what a front end can show."""

    def __init__(self, name: str, front: FrontEnd, width: int) -> None:
        self.name = name
        self.screen = Screen(width)
        self.shown = 0
        self.open = False  # whether an unfinished line is on show
        self._front = front
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> None:
        """Take some output, cut anywhere."""
        self.screen.feed(self.decode(data))

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """Give the characters that are complete; the rest waits for the bytes to come."""
        return self._decoder.decode(data, final)

    def show(self) -> None:
        """Write what has changed since the last time."""
        self._write(self.screen.take())
        self.open = bool(self.screen.unfinished)

    def finish(self) -> None:
        """Write the rest, but for a character that is not complete yet."""
        self._write(self.screen.finish())

    def _write(self, text: str) -> None:
        if text:
            self.shown += len(text)
            self._front.write(self.name, text)


class Budget:
    """How much may still be shown now: a bucket that fills again as time passes."""

    def __init__(self, *, limited: bool) -> None:
        self._limited = limited
        self._left = float(_BURST)
        self._filled = time.monotonic()

    def take(self, data: bytes) -> bytes:
        """Give the part of the data that may be shown, cut at a line where it has to be cut."""
        if not self._limited:
            return data
        now = time.monotonic()
        self._left = min(_BURST, self._left + (now - self._filled) * _RATE)
        self._filled = now
        if len(data) > self._left:
            end = int(self._left)
            data = data[: data.rfind(b"\n", 0, end) + 1 or end]
        self._left -= len(data)
        return data


class Show:
    """Takes the output of a module and shows it.

    The head streams into the cell. Once it is more than the front end can take, everything is
    written to the log, and the cell keeps a live tail and the count of what was left out.
    """

    def __init__(self, front: FrontEnd, log: Log, width: int = UNBROKEN) -> None:
        self.lanes = {name: Lane(name, front, width) for name in ("stdout", "stderr")}
        self._front = front
        self._log = log
        self._logs = front.limited or log.path is not None  # a capture holds the text already
        self._budget = Budget(limited=front.limited)
        self._flooded = 0  # bytes that came after the head
        self._tail = ""
        self._changed = False
        self._due = 0.0
        self._began = time.monotonic()
        self._last = "stdout"
        self._told_error = False

    @property
    def flooding(self) -> bool:
        """Whether the head is full."""
        return self._flooded > 0

    def receive(self, name: str, data: bytes) -> None:
        """Take some output of a stream."""
        if self._logs:
            self._log.write(data)
        self._changed, self._last = True, name
        head = b"" if self.flooding else self._budget.take(data)
        if head:
            self.lanes[name].feed(head)
        if len(head) < len(data):
            self._overflow(name, data[len(head) :])

    def _overflow(self, name: str, data: bytes) -> None:
        if not self.flooding:
            self._log.begin()
            self._finish_head()
        self._flooded += len(data)
        self._add_to_tail(self.lanes[name].decode(data))

    def _add_to_tail(self, text: str) -> None:
        self._tail = (self._tail + text[-_TAIL:])[-_TAIL:]

    def _finish_head(self) -> None:
        for lane in self._in_order():
            lane.finish()
        if any(lane.shown for lane in self.lanes.values()):  # a flush waits for another thread
            self._front.flush()

    def due(self) -> float:
        """Give the time, on the monotonic clock, at which `refresh` has something to do."""
        return self._due if self._changed else float("inf")

    def refresh(self) -> None:
        """Show what has come, unless that was done a moment ago."""
        now = time.monotonic()
        if not self._changed or now < self._due:
            return
        self._changed = False
        self._due = now + self._pace(now)
        if self.flooding:
            self._front.tail(self._tail_text())
        else:
            self._show_lanes()
        self._tell_error()

    def _pace(self, now: float) -> float:
        if self.flooding:
            return _TAIL_PACE
        animated = self.lanes[self._last].screen.unfinished
        return _LONG_PACE if animated and now - self._began > _LONG else _PACE

    def _show_lanes(self) -> None:
        for lane in self._in_order():
            lane.show()
        self._front.flush()
        if self._front.limited and sum(lane.shown for lane in self.lanes.values()) > _MOST:
            self._overflow(self._last, b"\n")

    def _in_order(self) -> list[Lane]:
        """Put what has a line open first: a bar on stderr ends before stdout goes on."""
        return sorted(self.lanes.values(), key=lambda lane: not lane.open)

    def _tell_error(self) -> None:
        if self._log.error and not self._told_error:
            self._told_error = True
            self._front.write("stderr", f"ipymod: {self._log.error}\n")

    def prompt(self) -> str:
        """Give the unfinished line of the stream that wrote last."""
        return self.lanes[self._last].screen.unfinished

    def take_prompt(self) -> str:
        """Take the unfinished line away from the cell, to be asked as a question instead."""
        prompt = self.prompt()
        if prompt:
            self.lanes[self._last].feed(b"\r\x1b[2K")
            self._refresh_now()
        return prompt

    def finish(self) -> None:
        """Show the rest: the module has ended."""
        for lane in self.lanes.values():
            take = self._add_to_tail if self.flooding else lane.screen.feed
            take(lane.decode(b"", final=True))
        if self.flooding:
            self._front.tail(self._tail_text())
        else:
            self._finish_head()
        self._tell_error()

    def note(self, text: str) -> None:
        """Say something of our own, on a line of its own."""
        self._refresh_now()
        start = "\n" if self.prompt() else ""
        self._front.write("stderr", f"{start}ipymod: {text}\n")
        self._front.flush()

    def _refresh_now(self) -> None:
        self._changed, self._due = True, 0.0
        self.refresh()

    def _tail_text(self) -> str:
        shown = self._tail
        if len(shown) == _TAIL:  # it begins anywhere
            shown = shown[shown.find("\n") + 1 :]
        shown = "".join(shown.splitlines(keepends=True)[-_TAIL_LINES:])
        screen = Screen(UNBROKEN)
        screen.feed(shown)
        left_out = self._flooded - len(shown.encode())
        count = f"{size(left_out)} left out here; " if left_out > 0 else ""
        return f"[{count}all of it: {self._log.path}]\n{screen.finish()}"


class Keep:
    """Takes the output of a module and keeps it, for `--capture`; only notes are shown."""

    flooding = False

    def __init__(self, front: FrontEnd, log: Log) -> None:
        self._front = front
        self._log = log
        self._kept: dict[str, list[bytes]] = {"stdout": [], "stderr": []}

    def receive(self, name: str, data: bytes) -> None:
        """Take some output of a stream."""
        self._kept[name].append(data)
        if self._log.path:
            self._log.write(data)

    def text(self, name: str) -> str:
        """Give all of a stream; bytes that are no UTF-8 become U+FFFD."""
        return b"".join(self._kept[name]).decode("utf-8", "replace")

    def due(self) -> float:
        """There is nothing to show."""
        return float("inf")

    def refresh(self) -> None:
        """There is nothing to show."""

    def prompt(self) -> str:
        """Give the unfinished line; it stays in what is kept, as in a pipe."""
        last = self._kept["stderr"][-1:] or self._kept["stdout"][-1:]
        return b"".join(last).decode("utf-8", "replace").rpartition("\n")[2]

    take_prompt = prompt

    def finish(self) -> None:
        """Say it when the log is not whole."""
        if self._log.error:
            self.note(self._log.error)

    def note(self, text: str) -> None:
        """Say something of our own: beside the module's output, not in it."""
        self._front.write("stderr", f"ipymod: {text}\n")
