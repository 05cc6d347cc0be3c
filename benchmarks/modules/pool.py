"""Execute notebooks, each in a kernel of its own that was started ahead: `python pool.py DIR`.

This is what somebody who knows nbclient well would write by hand: no more than it has to be, and
no report. Some kernels start or run at any time; ready ones wait for a notebook; they end beside
all other work.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from nbclient import NotebookClient

AT_ONCE = int(os.environ.get("AT_ONCE", "4"))

Started = tuple[AsyncKernelManager, AsyncKernelClient]


async def start(folder: str) -> Started:
    """Start a kernel, and wait until it answers."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(cwd=folder)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    return manager, client


async def stop(manager: AsyncKernelManager, client: AsyncKernelClient) -> None:
    """End a kernel."""
    client.stop_channels()
    await manager.shutdown_kernel(now=True)


async def run(path: Path, started: asyncio.Task[Started]) -> None:
    """Execute a notebook in the kernel that was started for it."""
    notebook = nbformat.read(path, as_version=4)
    manager, client = await started
    executor = NotebookClient(notebook, km=manager, timeout=120)
    executor.kc = client
    await executor.async_execute()
    print(path.name, "passed")


async def main(folder: str, paths: Sequence[Path]) -> None:
    """Execute all, some at once."""
    in_flight = asyncio.Semaphore(AT_ONCE)
    ends: list[asyncio.Task[None]] = []

    async def one(path: Path) -> None:
        async with in_flight:
            started = asyncio.create_task(start(folder))
            await run(path, started)
        ends.append(asyncio.create_task(stop(*started.result())))

    await asyncio.gather(*map(one, paths))
    await asyncio.gather(*ends)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sorted(Path(sys.argv[1]).glob("*.ipynb"))))
