"""Run a module in this cell: show what it prints, ask what it asks, stop when told to."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ipymod.run.child import Child, Plan
from ipymod.run.interrupts import Interrupts
from ipymod.run.questions import Questions, can_tell
from ipymod.run.source import Source, source
from ipymod.run.stop import Stop
from ipymod.run.streams import Streams

if TYPE_CHECKING:
    from ipymod.run.frontend import FrontEnd

_LOOK = 0.05  # seconds between looks at memory, questions and time limits
_FIRST_LOOK = 0.005  # seconds; each look is twice as late as the one before, up to _LOOK
_COALESCE = 0.001  # seconds: reads that follow each other faster wait for more
_HOLD = 0.003  # seconds that an unfinished line is held back, in case it is a question
_WORDS = 4096  # bytes of the end that are kept
_DRAINS = 64  # reads before a question, and after the end


class Sink(Protocol):
    """What takes the output: `show.Show` or `show.Keep`."""

    @property
    def flooding(self) -> bool:
        """Whether output is no longer shown as it comes."""

    def receive(self, name: str, data: bytes) -> None:
        """Take some output of a stream."""

    def due(self) -> float:
        """Give the monotonic time at which `refresh` has something to do."""

    def refresh(self) -> None:
        """Show what has come."""

    def prompt(self) -> str:
        """Give the unfinished line."""

    def take_prompt(self) -> str:
        """Take the unfinished line away, to be asked as a question."""

    def finish(self) -> None:
        """Show the rest."""

    def note(self, text: str) -> None:
        """Say something of our own."""


@dataclass(frozen=True)
class Manner:
    """How a module is run.

    Attributes:
        output: `pipes`, `tty`, or `inherit` for the terminal in which we are ourselves.
        body: the text that it reads as standard input, None where it may ask.
        timeout: seconds after which it is stopped.
    """

    output: str = "pipes"
    body: str | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Ending:
    """How the run ended.

    Attributes:
        child: the process, with its status and what it used.
        why: `interrupt`, `timeout`, or empty when it ended by itself.
        refused: whether it wanted input that nobody could give.
        last_words: the end of what it wrote, 4 kB at most.
        rest: its open streams, when something that it started still holds them.
    """

    child: Child
    why: str
    refused: bool
    last_words: bytes
    rest: Streams | None


def run(plan: Plan, manner: Manner, front: FrontEnd, sink: Sink) -> Ending:
    """Start a module and stay with it until it ends.

    Raises:
        IpymodError: it cannot be started.
    """
    streams = Streams()
    kind = _wire(streams, manner, front)
    with Interrupts() as interrupts:
        try:
            child = Child(plan, streams)
        except BaseException:
            streams.close()
            raise
        streams.started()
        flow = source(streams.ours, child.pid, interrupts.wake)
        questions = Questions(streams, child.pid, kind)
        try:
            return _Run(child, streams, flow, questions, interrupts, front, sink, manner).follow()
        except BaseException:  # such as a sink that cannot be written to: nobody follows any more
            child.kill()
            child.sweep()
            streams.close()
            raise
        finally:
            flow.close()


def _wire(streams: Streams, manner: Manner, front: FrontEnd) -> str:
    """Connect the three streams; tell which kind of standard input it became."""
    if manner.output == "inherit":
        streams.inherit()
    elif manner.output == "tty":
        streams.use_terminal()
    else:
        streams.use_pipes()
    if manner.body is not None:
        streams.use_text(manner.body)
    elif manner.output != "inherit" and can_tell():
        return _wire_questions(streams, front)
    return "closed"


def _wire_questions(streams: Streams, front: FrontEnd) -> str:
    if front.can_answer:
        streams.use_keyboard()
        return "ask"
    streams.use_silence()
    return "silent"


@dataclass
class _Run:
    """One module in the foreground, from start to end."""

    child: Child
    streams: Streams
    flow: Source
    questions: Questions
    interrupts: Interrupts
    front: FrontEnd
    sink: Sink
    manner: Manner
    _heard: float = 0.0
    _looked: float = 0.0
    _pause: float = _FIRST_LOOK
    _last_words: bytes = b""

    def __post_init__(self) -> None:
        self.stop = Stop(self.child)
        self.limit = self.child.began + (self.manner.timeout or float("inf"))

    def follow(self) -> Ending:
        """Stay with the module until it has ended."""
        heeded = 0
        while self.child.poll() is None:
            self._step()
            if self.interrupts.count > heeded:
                heeded = self.interrupts.count
                self._interrupt()
        return self._end()

    def _interrupt(self) -> None:
        """Pass an interrupt on; a terminal has already sent it to everybody in front of it."""
        if self.child.plan.own_group:
            self.stop.press("interrupt")

    def _step(self) -> None:
        """Wait for something to happen, and act on it."""
        until = min(self.sink.due(), self._looked + self._pause)
        self._hear(max(until - time.monotonic(), 0.0))
        if time.monotonic() - self._looked > self._pause:
            self._pause = min(2 * self._pause, _LOOK)
            self._look()
        self.sink.refresh()

    def _hear(self, seconds: float) -> None:
        """Take what was printed, and let it gather a little when it comes fast."""
        heard = self._receive(seconds)
        if not heard:
            return
        self.questions.noticed_output()
        now = time.monotonic()
        if now - self._heard < _COALESCE:
            self._gather()
        elif self.questions.kind == "ask" and not heard.endswith(b"\n"):
            self._hold()
        self._heard = now

    def _receive(self, seconds: float) -> bytes:
        """Hand on what was printed; give the last piece."""
        last = b""
        for name, data in self.flow.wait(seconds):
            if name != "echo":
                self.sink.receive(name, data)
                last = data
                self._last_words = (self._last_words + data[-_WORDS:])[-_WORDS:]
        return last

    def _gather(self) -> None:
        """Let more come, where there is room for it: a pipe holds 1 MB, a terminal only 4 kB."""
        if self.manner.output != "tty":
            time.sleep(5 * _COALESCE if self.sink.flooding else _COALESCE)

    def _drain(self, silence: float) -> None:
        """Take what was printed, until nothing comes for so many seconds."""
        for _ in range(_DRAINS):  # somebody may go on writing for ever
            if not self.flow.open or not self._receive(silence):
                return

    def _hold(self) -> None:
        """Hold an unfinished line back for a moment: if it is a question, it is asked as one."""
        end = time.monotonic() + _HOLD
        while time.monotonic() < end and self.child.poll() is None:
            rests = self.child.rests  # looked at first: a question that comes between is not missed
            if self.questions.waiting():
                self._ask()
                return
            if rests:
                return
            time.sleep(_HOLD / 10)

    def _look(self) -> None:
        """See to what no descriptor tells: memory, time limits, questions."""
        self._looked = time.monotonic()
        self.child.sample()
        self.stop.tick()
        if self._looked > self.limit and not self.stop.why:
            self.stop.press("timeout")
        if self.questions.waiting():
            self._ask()
        elif self.questions.out_of_patience():
            self.questions.end()

    def _ask(self) -> None:
        """Pass the module's question on, or the end of file where nobody is there."""
        self._drain(0.0)  # the question itself may still be on its way
        if self.questions.kind == "silent":
            self.sink.note(_unanswered(self.sink.prompt()))
            self.questions.end(refused=True)
            return
        prompt = self.sink.take_prompt()
        with self.interrupts.paused():
            try:
                self.questions.answer(self.front.ask(prompt, hidden=self.questions.hidden))
            except EOFError:
                self.questions.end()
            except KeyboardInterrupt:
                self.stop.press("interrupt")

    def _end(self) -> Ending:
        """Take the rest of the output; end what an interrupt has to end."""
        why = self._why()
        if self.stop.why:
            self.child.sweep()
        self._drain(self.flow.settle)
        self.sink.finish()
        return Ending(self.child, why, self.questions.refused, self._last_words, self._rest())

    def _why(self) -> str:
        interrupted = self.child.returncode in {-signal.SIGINT, 128 + signal.SIGINT}
        if self.interrupts.count and (interrupted or self.child.plan.own_group):
            return "interrupt"
        return self.stop.why

    def _rest(self) -> Streams | None:
        """Close the streams, or keep them for whoever still writes to them."""
        if self.flow.open and self.child.left_behind and not self.stop.why:
            return self.streams
        self.streams.close()
        self.child.leave()
        return None


def _unanswered(prompt: str) -> str:
    asked = f"asks {prompt.strip()!r}" if prompt.strip() else "reads its standard input"
    return f"the module {asked}, and nobody can answer here: it gets the end of file"
