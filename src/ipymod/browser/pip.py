"""DO: a line of pip, done by what a browser has in its place."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ipymod.browser import listed
from ipymod.browser.wish import read
from ipymod.errors import IpymodError, ModuleFailed
from ipymod.run.outcome import Outcome
from ipymod.run.result import Result

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ipymod.browser.wish import Wish
    from ipymod.run.options import Request


def perform(request: Request) -> Outcome | Awaitable[Outcome]:
    """Do what a line of pip asks for; to install takes awaiting.

    Raises:
        UsageError: it is not known here; the text says what to do.
    """
    wish = read(request.args)
    said = _Said(request)
    if wish.left_out:
        verb = "means" if len(wish.left_out) == 1 else "mean"
        said.note(f"{' '.join(wish.left_out)} {verb} nothing in a browser and is left out")
    if wish.verb == "install":
        return _install(wish, said)
    return _at_once(wish, said)


async def _install(wish: Wish, said: _Said) -> Outcome:
    from ipymod.browser.piplite import install

    try:
        said.show(await install(wish))
    except IpymodError as error:
        return said.outcome(str(error))
    return said.outcome()


def _at_once(wish: Wish, said: _Said) -> Outcome:
    if wish.verb == "show":
        text, missing = listed.told(wish.names)
        said.show(text)
        lost = f"not installed here: {', '.join(missing)}" if missing else ""
        return said.outcome("" if text else lost)
    if wish.verb == "uninstall":
        from ipymod.browser.piplite import remove

        said.show(remove(wish.names))
    else:
        said.show(listed.listing("freeze" if wish.verb == "freeze" else wish.form))
    return said.outcome()


class _Said:
    """What a line has said, shown or kept, and how long it took."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._kept: list[str] = []
        self._begin = time.perf_counter()

    def note(self, text: str) -> None:
        """Say a word of our own beside it."""
        print(f"ipymod: {text}", file=sys.stderr)  # noqa: T201  as the module would

    def show(self, text: str) -> None:
        """Print it, or keep it where that was asked for."""
        if text:
            self._kept.append(f"{text}\n")
        if text and not self._request.capture:
            print(text)  # noqa: T201  as the module would

    def outcome(self, failure: str = "") -> Outcome:
        """How it ended: well, or with a failure in one line."""
        request, status = self._request, 1 if failure else 0
        result = Result(
            args=("piplite", *request.args),
            returncode=status,
            stdout="".join(self._kept) if request.capture else None,
            stderr=f"{failure}\n" if request.capture and failure else None,
            seconds=time.perf_counter() - self._begin,
        )
        if failure and not request.check:
            self.note(failure)
        error = ModuleFailed(failure, status) if failure and request.check else None
        return Outcome(result, error)
