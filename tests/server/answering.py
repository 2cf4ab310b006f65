"""Answering: servers of a test's own making, which speak with each client until they hang up."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod


class Answering(ABC):
    """Speaks with whoever connects, as `speak` says; knows who is still on the line."""

    def __init__(self) -> None:
        self._lines: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speaks with one client; whoever hangs up in the middle does no harm."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes one connection; for `asyncio.start_server`."""
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self.speak(reader, writer)
        finally:
            self._lines.discard(task)
            writer.close()

    def hang_up(self) -> None:
        """Ends every conversation."""
        for line in self._lines:
            line.cancel()
