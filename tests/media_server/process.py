"""The media server as a process of its own: started, killed in the middle, started again."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import sys
import urllib.error
import urllib.request
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

from server.settings import Settings
from tests.server.house import KEY
from tests.server.waiting import wait_until

API_KEY = "APIkeyOfTheTests"
SECRET = "known-to-the-media-server-and-to-meguri"
STARTS_WITHIN_SECONDS = 60.0
ROOT = Path(__file__).resolve().parents[2]


PORTS = range(20_000, 32_000)
"""Below those of outgoing connections: nobody takes one while the server is dead."""


def _free_port() -> int:
    for _ in range(50):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", random.choice(PORTS)))
            return int(one.getsockname()[1])
    raise AssertionError("no port is free")


class MediaServer:
    """Where it is to be found, and its process. `old`: as servers before `/rtc/v1`."""

    def __init__(self, *, old: bool = False) -> None:
        self.port = _free_port()
        self._old = old
        self._process: Process | None = None

    @property
    def http(self) -> str:
        """Where it takes requests."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, *, media: str = "livekit") -> Settings:
        """Returns settings of a house whose rooms it carries; by `mesh`, the large ones."""
        return Settings(
            organiser_key=KEY, media=media, livekit_url=f"ws://127.0.0.1:{self.port}",
            livekit_key=API_KEY, livekit_secret=SECRET,
        )  # fmt: skip

    async def start(self) -> None:
        """Starts it, and returns once it answers."""
        arguments = [str(self.port), API_KEY, SECRET, *(["old"] if self._old else [])]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.media_server", *arguments, cwd=ROOT
        )
        await wait_until(
            lambda: asyncio.to_thread(self._answers), "the media server answers",
            STARTS_WITHIN_SECONDS,
        )  # fmt: skip

    async def die(self) -> None:
        """Ends it without a word to anybody."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.http) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextlib.asynccontextmanager
async def a_media_server(*, old: bool = False) -> AsyncIterator[MediaServer]:
    """Starts it, and ends it."""
    server = MediaServer(old=old)
    await server.start()
    try:
        yield server
    finally:
        await server.die()
