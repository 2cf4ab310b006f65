"""Patience with others that is not used up by a stall of our own.

Responsible for ending what takes longer than so many seconds, as `asyncio.timeout` does. Does not
count time in which this process itself stood still: on a machine that was paused, or too busy to
give it a turn, the answer and the end of the time are found at the same moment, and `asyncio`
takes the end. Here what came meanwhile is read first.

Invariant: nothing is ended before its seconds are over.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

STALLED_SECONDS = 0.25
"""Who looks up so much later than meant to stood still."""

AGAIN_SECONDS = 1.0
"""How long the other side then has: what it sent meanwhile is here, and may need more turns."""


class Within:
    """Raises TimeoutError where its block takes longer than `seconds`; None: it may for ever."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._ends = asyncio.timeout(None)
        self._look: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> None:
        await self._ends.__aenter__()
        if self._seconds is not None:
            self._look_after(self._seconds)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._look is not None:
            self._look.cancel()
        await self._ends.__aexit__(kind, error, trace)

    def _look_after(self, seconds: float) -> None:
        due = self._loop.time() + seconds
        self._look = self._loop.call_at(due, self._looks, due)

    def _looks(self, due: float) -> None:
        now = self._loop.time()
        if now - due > STALLED_SECONDS:
            self._look_after(AGAIN_SECONDS)
        else:
            self._ends.reschedule(now)
