"""DO: all of it, from the first job to the last, in an event loop of its own."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ipymod.preflight.desk import Desk
from ipymod.preflight.pool import Pool
from ipymod.preflight.stopping import stopping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipymod.preflight.kernelspecs import Kernelspecs
    from ipymod.preflight.model import Job, Settings
    from ipymod.preflight.pages import Pages
    from ipymod.preflight.pool import Watch

_TICK = 0.5  # seconds


def fly(
    jobs: Sequence[Job],
    settings: Settings,
    kernelspecs: Kernelspecs,
    pages: Pages | None,
    watch: Watch,
) -> int:
    """Do all jobs; the exit status that a signal asked for, 0 if none came.

    No kernel is left when it returns.
    """
    # Sockets of ZeroMQ cannot be waited for by the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with Desk(kernelspecs) as desk, asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_flown(Pool(desk, settings, pages, watch), jobs, watch, desk))


async def _flown(pool: Pool, jobs: Sequence[Job], watch: Watch, desk: Desk) -> int:
    def ended() -> None:
        pool.kill()
        desk.clear()

    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(pool.run(jobs))
    ticks = asyncio.ensure_future(_ticked(watch))
    with stopping(lambda: loop.call_soon_threadsafe(work.cancel), ended) as stop:
        with suppress(asyncio.CancelledError):
            await work
        ticks.cancel()
        return stop.status


async def _ticked(watch: Watch) -> None:
    """Let a bar tell the time; on Windows a signal is seen when the loop wakes up, too."""
    while True:
        await asyncio.sleep(_TICK)
        watch.tick()
