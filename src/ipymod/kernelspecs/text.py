"""SHOW: the kernels in a terminal of 80 columns."""

from __future__ import annotations

import os
import shlex
import textwrap
from typing import TYPE_CHECKING

from ipymod.checks.kernelspecs import file
from ipymod.frozen import dataclass
from ipymod.kernelspecs.learned import explaining
from ipymod.kernelspecs.mending import mending
from ipymod.legible import legible
from ipymod.report.model import listed, words_of
from ipymod.report.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipymod.facts import Environment
    from ipymod.facts.kernels import Kernelspec
    from ipymod.kernelspecs.model import Answer, Entry, Listing
    from ipymod.registry import Problem

WIDTH = 80
_COLOURS = {
    "ok": "\x1b[32m",
    "note": "\x1b[36m",
    "info": "\x1b[36m",
    "warning": "\x1b[33m",
    "error": "\x1b[31m",
    "unknown": "\x1b[35m",
    "hidden": "\x1b[2m",
    "title": "\x1b[1m",
}
_PLAIN = "\x1b[0m"
_STATE = 9  # columns of `warning  `
_LABEL = 12  # columns of `    starts  `


@dataclass(frozen=True)
class Page:
    """How it is laid out.

    Attributes:
        home: what is written as `~`.
        colour: whether there is colour.
        width: columns; a path that is longer stays in one piece.
    """

    home: str = ""
    colour: bool = False
    width: int = WIDTH

    def written(self, listing: Listing, entries: Sequence[Entry]) -> str:
        """Write some kernels of a listing."""
        lines = [*self._head(listing)]
        for entry in entries:
            lines += ["", *self._entry(entry)]
        return "\n".join([*lines, "", *self._end(entries)])

    def mended(self, entries: Sequence[Entry]) -> str:
        """Write the commands that mend what is wrong, each on a line of its own."""
        groups = mending(entries)
        if not groups:
            return "There is nothing to mend."
        lines = ["Nothing was changed. Type these:"]
        for group in groups:
            title = group.title if group.title != "By hand" else "Do this by hand"
            lines += ["", self._in("title", f"{title}:")]
            lines += [f"  {legible(command)}" for command in group.commands]
        return "\n".join(lines)

    # -- above and below the kernels

    def _head(self, listing: Listing) -> Iterator[str]:
        jupyter = listing.jupyter
        specs = listing.kernelspecs.specs
        offered = sum(1 for spec in specs if spec.listed and not spec.shadowed_by)
        version = f" (Python {jupyter.version})" if jupyter.version else ""
        of = f"the Jupyter of {self._short(jupyter.prefix)}{version}"
        yield from self._wrapped(f"{_plural(offered, 'kernel')} of {of}")
        if not listing.has_client:
            lacks = f"{self._short(jupyter.prefix)} has no Jupyter; one installed there would"
            yield from self._wrapped(f"{lacks} offer these")
        if listing.elsewhere:
            yield from self._wrapped(self._elsewhere(listing))

    def _elsewhere(self, listing: Listing) -> str:
        found = listing.elsewhere
        if not found or not found.environment:
            return ""
        where = self._short(found.environment.prefix)
        how = f"ipymod kernels --python {shlex.quote(found.python or '')}"
        return f"`jupyter` on PATH is that of {where}, which may offer others: {how}"

    def _end(self, entries: Sequence[Entry]) -> Iterator[str]:
        counts = [(word, _count(entries, word)) for word in ("error", "warning", "info")]
        named = {"info": "note"}
        told = [_plural(count, named.get(word, word)) for word, count in counts if count]
        failed = [each for each in entries if each.answer and each.answer.end != "answered"]
        unexplained = sum(not explaining(each) for each in failed)
        told += [f"{_plural(unexplained, 'failure')} without a check"] if unexplained else []
        differing = sum(len(each.differences) for each in entries)
        told += [_plural(differing, "difference")] if differing else []
        if not told:
            yield self._in("ok", "OK: no problem")
            return
        worst = next((word for word, count in counts if count), "error")
        found = [each for entry in entries for each in entry.problems]
        code = next((each.code for each in found if each.severity.value == worst), "")
        more = ["ipymod kernels --fix shows what to type"] if mending(entries) else []
        more += [f"ipymod explain {code} says more"] if code else []
        for line in self._wrapped("; ".join([listed(told), *more])):
            yield self._in(worst, line)

    # -- one kernel

    def _entry(self, entry: Entry) -> Iterator[str]:
        spec, state = entry.spec, entry.state
        shown = [f'"{spec.display_name}"'] if spec.display_name else []
        shown += [spec.language] if spec.language else []
        title = "  ".join([spec.name, ", ".join(shown)]).rstrip()
        first, *rest = self._wrapped(title, " " * _STATE)
        yield self._in(state, f"{state:<{_STATE}}") + first[_STATE:]
        yield from rest
        yield from self._row("starts", *self._starts(spec))
        if entry.answer:
            yield from self._row("asked", *self._asked(entry, entry.answer))
        yield from self._row("file", self._short(file(spec)["kernelspec"]))
        if spec.shadowed_by:
            yield from self._row("hidden", f"by {self._short(spec.shadowed_by)}")
        for problem in entry.problems:
            yield from self._problem(problem)

    def _starts(self, spec: Kernelspec) -> Iterator[str]:
        command = spec.command
        if not spec.argv:
            yield "nothing"
        elif command is None:
            yield "what another program decides, perhaps on another machine"
        elif command.state == "broken":
            yield f"nothing: {self._short(command.reason or command.path)}"
        elif command.python and command.environment:
            yield self._short(command.python)
            yield self._environment(command.environment)
        else:
            yield self._short(command.path)
            yield "a program of its own; --start asks what it is"

    def _environment(self, environment: Environment) -> str:
        version = f", Python {environment.version}" if environment.version else ""
        return f"{environment.kind} {self._short(environment.prefix)}{version}"

    def _asked(self, entry: Entry, answer: Answer) -> Iterator[str]:
        after = f"{answer.seconds:.1f} s"
        if answer.end == "answered":
            yield f"answered after {after}: {self._identity(answer)}"
            for each in entry.differences:
                files, kernel = self._short(each.files), self._short(each.kernel)
                yield f"{each.what} differs: the files say {files}, the kernel {kernel}"
            return
        yield {
            "died": f"died after {after}{_status(answer.status)}",
            "silent": f"no answer within {after}; it was killed",
        }.get(answer.end, f"could not be started: {answer.reason}")
        if answer.words:
            yield "its last words:"
            yield from (f"  {line}" for line in answer.words)
        elif answer.end != "unstartable":
            yield "it wrote nothing"
        code = explaining(entry)
        yield f"explained by {code}" if code else "no check explains that"

    def _identity(self, answer: Answer) -> str:
        environment = answer.environment
        if environment is None:
            return answer.language or "it does not say what it is"
        told = [f"Python {environment.version} in {self._short(environment.prefix)}"]
        told += [f"ipykernel {answer.ipykernel}"] if answer.ipykernel else []
        if answer.has_ipymod is not None:
            told.append("with ipymod" if answer.has_ipymod else "without ipymod")
        return ", ".join(told)

    def _problem(self, problem: Problem) -> Iterator[str]:
        word = "note" if problem.severity.value == "info" else problem.severity.value
        title = f"{word} {problem.code} {words_of(problem)}"
        for line in self._wrapped(title, " " * 4):
            yield self._in(problem.severity.value, line)
        yield from self._wrapped(problem.message, " " * 6)

    # -- lines

    def _row(self, label: str, *texts: str) -> Iterator[str]:
        """A label and what belongs to it, a text a line."""
        space = " " * _LABEL
        for number, text in enumerate(texts):
            lines = self._wrapped(text, space) or [space]
            if not number:
                lines[0] = f"    {label:<{_LABEL - 4}}{lines[0][_LABEL:]}"
            yield from lines

    def _wrapped(self, text: str, indent: str = "") -> list[str]:
        own = text[: len(text) - len(text.lstrip())]
        return textwrap.wrap(
            legible(redact(text.lstrip())),
            self.width,
            initial_indent=indent + own,
            subsequent_indent=indent + own,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _short(self, text: str) -> str:
        """A path of the user's home as a shell takes it too."""
        home = self.home.rstrip("\\/")
        below = home and (text == home or text.startswith((home + os.sep, f"{home}/")))
        return f"~{text[len(home) :]}" if below else text

    def _in(self, style: str, text: str) -> str:
        return f"{_COLOURS[style]}{text}{_PLAIN}" if self.colour else text


def _status(status: int | None) -> str:
    if not status:
        return ""
    return f" by signal {-status}" if status < 0 else f" with status {status}"


def _count(entries: Iterable[Entry], severity: str) -> int:
    return sum(each.severity.value == severity for entry in entries for each in entry.problems)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
