"""Starts a `meguri serve` of our own, beside us, and ends it: for rehearsals and tests.

The child gets a port of its own and the data folder it is given; it is ended by its process id, on
Linux also when we are killed, and its bundled store ends with it. Knows nothing of what the server
does.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

from server.orphans import ending_with_us
from server.settings import child_environment

START_SECONDS = 120.0
"""A small machine with much else to do needs half a minute for what else takes two seconds."""
END_SECONDS = 15.0
"""How long a server may take to end before it is killed."""

ADDRESS = re.compile(rb"https?://\S+")


class NotStarted(Exception):
    """The server did not come up; the text is its own last words."""


class Spawned:
    """A running `meguri serve`: its address and its process."""

    def __init__(self, url: str, process: Process) -> None:
        self.url = url
        self.process = process
        self._reading = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        """Empties the pipe, so that the child never waits for us to read."""
        assert self.process.stdout is not None
        while await self.process.stdout.read(1 << 16):
            pass

    async def end(self) -> None:
        """Asks it to end, insists after 15 s, and waits until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
            try:
                async with asyncio.timeout(END_SECONDS):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
        await self.process.wait()
        await self._reading

    async def kill(self) -> None:
        """Ends it as a crash does, with kill -9, and waits until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await self._reading


async def spawn(
    data_dir: Path,
    key: str,
    *,
    port: int = 0,
    workers: int = 1,
    redis_url: str | None = None,
    within: float = START_SECONDS,
) -> Spawned:
    """Starts a server (port 0: a free one) and returns once it serves, `within` so many seconds.

    Raises NotStarted.
    """
    environment = child_environment(
        MEGURI_DATA_DIR=str(data_dir),
        MEGURI_ORGANISER_KEY=key,
        MEGURI_PUBLIC_URL=None,
        REDIS_URL=redis_url,
        PYTHONUNBUFFERED="1",
    )
    command = ["serve", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", *command,
        env=environment, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, preexec_fn=ending_with_us(),
    )  # fmt: skip
    assert process.stdout is not None
    words = b""
    try:
        async with asyncio.timeout(within):
            while line := await process.stdout.readline():
                words += line
                if found := ADDRESS.search(line):
                    return Spawned(found.group().decode().rstrip("/"), process)
    except TimeoutError:
        process.kill()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    await process.wait()
    raise NotStarted(words.decode(errors="replace").strip() or "The server did not start.")


@contextlib.asynccontextmanager
async def spawned(
    data_dir: Path, key: str, *, workers: int = 1, within: float = START_SECONDS
) -> AsyncIterator[Spawned]:
    """Runs a server for as long as the block lasts. Raises NotStarted."""
    server = await spawn(data_dir, key, workers=workers, within=within)
    try:
        yield server
    finally:
        await server.end()
