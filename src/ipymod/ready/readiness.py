"""SHOW: whether a Python is ready for a course: the same words as text, Markdown and HTML."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ipymod.frozen import dataclass
from ipymod.legible import legible
from ipymod.ready.line import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel
    from ipymod.launchers import Surroundings
    from ipymod.ready.check import Check
    from ipymod.ready.judge import Verdict
    from ipymod.ready.seen import Seen
    from ipymod.ready.steps import Step

_WIDTH = 80
HEAD = ("what", "the course needs", "here")
SEND = "Send your instructor this line; it holds no name and no path:"


@dataclass(frozen=True)
class Readiness:
    """What there is to say to a student.

    Attributes:
        check: what the course needs.
        seen: what is here.
        verdict: what of it is not so.
        steps: what to do.
    """

    check: Check
    seen: Seen
    verdict: Verdict
    steps: tuple[Step, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is to be done."""
        return not self.verdict.things

    @property
    def exit_status(self) -> int:
        """0 if all is ready, else 1."""
        return 0 if self.is_ready else 1

    @property
    def line(self) -> str:
        """What the instructor wants to have."""
        return encode(self.verdict.line)

    @property
    def first_line(self) -> str:
        """The verdict."""
        if self.is_ready:
            return f"Ready for {self.check.name}"
        count = len(self.verdict.things)
        return f"Not ready for {self.check.name}: {count} thing{'s' * (count > 1)} to do"

    @property
    def kernel_line(self) -> str:
        """Which Python it is about."""
        kernel = self.seen.kernel
        what = "This kernel is" if kernel.running else "This is"
        where = "in the browser" if self.seen.os == "browser" else kernel.executable
        return f"{what} Python {kernel.version}, {where}"

    @property
    def praise(self) -> str:
        """What was found in order; empty if something is not."""
        count = sum(not need.optional for need in self.seen.needs)
        if not self.is_ready or not count:
            return ""
        words = {1: "Its package is", 2: "Both packages that it needs are"}
        return f"{words.get(count, f'All {count} packages that it needs are')} here"

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """What is not so, below HEAD."""
        return tuple((each.title, each.needs, each.here) for each in self.verdict.things)

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = _WIDTH) -> str:
        """Write it for a terminal; the line for the instructor stays in one piece."""
        return "\n".join(_text(self, width))

    def markdown(self) -> str:
        """Write it as Markdown."""
        return "\n\n".join(_markdown(self)) + "\n"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Let every front end take the form that it shows best."""
        from ipymod.ready.page import html

        return {
            "text/plain": self.text(),
            "text/html": html(self),
            "text/markdown": self.markdown(),
        }


def readiness(path: str, kernel: Kernel, here: Surroundings) -> Readiness:
    """Hold a Python against the check in a file.

    Args:
        path: of the file, as it was typed.
        kernel: the interpreter.
        here: what it sees of the machine.

    Raises:
        UsageError: the file is no check.
    """
    from ipymod.ready.file import read
    from ipymod.ready.judge import judge
    from ipymod.ready.seen import look
    from ipymod.ready.steps import steps

    check = read(path)
    seen = look(check, path, kernel, here)
    verdict = judge(check, seen)
    return Readiness(check, seen, verdict, steps(check, path, seen, verdict.things))


def _text(told: Readiness, width: int) -> Iterator[str]:
    yield from _wrapped(told.first_line, width)
    yield from _wrapped(told.kernel_line, width)
    if told.rows:
        yield ""
        yield from _table(told.rows, width)
    elif told.praise:
        yield from _wrapped(told.praise, width)
    for each in told.verdict.remarks:
        yield ""
        yield from _wrapped(each, width)
    for step in told.steps:
        yield ""
        yield from _wrapped(step.words, width)
        yield from (f"    {legible(line)}" for line in step.lines)
    yield ""
    yield from _wrapped(SEND, width)
    yield ""
    yield told.line


def _table(rows: tuple[tuple[str, str, str], ...], width: int) -> Iterator[str]:
    """Columns; what is long goes on in a line below."""
    cells = [HEAD, *(tuple(map(legible, row)) for row in rows)]
    first, second = (max(len(row[column]) for row in cells) for column in (0, 1))
    start = first + second + 6
    for title, needs, here in cells:
        lines = _wrapped(here, max(width - start, width // 3))
        yield f"  {title:<{first}}  {needs:<{second}}  {lines[0]}"
        yield from (" " * start + line for line in lines[1:])


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(legible(text), width, break_long_words=False, break_on_hyphens=False) or [
        ""
    ]


def _markdown(told: Readiness) -> Iterator[str]:
    from ipymod.report.markdown import fenced, prose

    yield f"**{prose(told.first_line)}**"
    yield prose(told.kernel_line)
    if told.rows:
        head = f"| {' | '.join(HEAD)} |\n| --- | --- | --- |"
        yield "\n".join([head, *(f"| {' | '.join(map(prose, row))} |" for row in told.rows)])
    yield from map(prose, filter(None, (told.praise, *told.verdict.remarks)))
    for step in told.steps:
        yield prose(step.words)
        if step.lines:
            yield fenced("\n".join(step.lines))
    yield SEND
    yield fenced(told.line)
