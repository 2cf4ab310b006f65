"""The console's line to the server: kept, resumed, and with the server's clock.

Responsible for coming back by itself, with a wait drawn at random so that not everybody returns at
once; for noticing a line that went silent; for the server's time. Knows nothing of the board.
Invariant: a command is answered once, through any number of reconnections; where its session was
lost its answer is `UNANSWERED`, since it may have been done.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from rooms import messages as m
from rooms.commands import Clock, Command
from server.attending import Answer, Chain, Door, Ended, Heard

BASE_SECONDS = 0.5
CAP_SECONDS = 4.0
"""Back-off with full jitter: a wait drawn from 0 to BASE × 2ⁿ, at most CAP."""

CLOCK_SECONDS = 15.0
ANSWER_SECONDS = 6.0
"""The server's time is asked for so often; a line that takes longer to answer is dead."""

FIRST_CLOCKS = (0.0, 0.3, 1.0)
"""At first a few quick questions, so that the first countdown is right."""

SAMPLES = 8
FINAL_STATUS = frozenset({400, 401, 403, 404})
"""Handshakes refused for good; others (429, 503) are tried again."""


class Now(StrEnum):
    """How the line is."""

    CONNECTING = "connecting"
    OPEN = "open"
    LOST = "lost"


class NobodyThere(Exception):
    """The very first connection came to nothing: no server is at this address."""


class Line:
    """One host's line. `hear` gets every message but the clock's, `changed` how the line is."""

    def __init__(
        self,
        door: Door,
        hear: Callable[[Heard], None],
        changed: Callable[[Now], None],
        *,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.state = Now.CONNECTING
        self._hear = hear
        self._changed = changed
        self._draw = draw
        self._chain = Chain(door, self._heard, repeats=False)
        self._samples: deque[tuple[float, float]] = deque(maxlen=SAMPLES)
        self._answered = asyncio.Event()
        self._was_there = False
        self._ends = False

    def now(self) -> int:
        """Returns the server's time (ms), as well as it is known."""
        if not self._samples:
            return int(time.time() * 1000)
        return int(time.monotonic() * 1000 + min(self._samples)[1])

    def ask(self, command: Command) -> asyncio.Future[Answer]:
        """Sends a command, now or once connected again; the future is its one answer."""
        return self._chain.ask(command)

    def tell(self, command: Command) -> None:
        """Sends a command that wants no answer, if connected."""
        self._chain.tell(command)

    def drop(self) -> None:
        """Lets go of a connection as a lost network does; it comes back by itself."""
        self._chain.drop()

    async def close(self) -> None:
        """Ends the line in the orderly way."""
        self._ends = True
        await self._chain.close()

    async def run(self) -> Ended:
        """Keeps the line until it may not come back; returns why. Raises NobodyThere."""
        attempt = 0
        while True:
            minding = asyncio.create_task(self._mind_clock())
            try:
                ended = await self._chain.attend()
            finally:
                minding.cancel()
                with suppress(asyncio.CancelledError):
                    await minding
            if self._ends or not ended.may_come_back or ended.status in FINAL_STATUS:
                return ended
            if not self._was_there and ended.code is None and ended.status is None:
                raise NobodyThere(ended.reason)
            if self.state is Now.OPEN:
                attempt = 0
            self._set(Now.LOST)
            await asyncio.sleep(self._draw() * min(CAP_SECONDS, BASE_SECONDS * 2**attempt))
            attempt += 1

    def _set(self, state: Now) -> None:
        if state is not self.state:
            self.state = state
            self._changed(state)

    def _heard(self, message: Heard) -> None:
        match message:
            case m.ClockNow(t=t, now=now):
                self._answered.set()
                received = time.monotonic() * 1000
                trip = max(0.0, received - t) if t is not None else ANSWER_SECONDS * 1000
                self._samples.append((trip, now + trip / 2 - received))
            case m.Welcome(now=now):
                self._was_there = True
                self._samples.append((ANSWER_SECONDS * 1000, now - time.monotonic() * 1000))
                self._hear(message)
                self._set(Now.OPEN)
            case _:
                self._hear(message)

    async def _mind_clock(self) -> None:
        """Asks for the server's time now and then; drops a line that does not answer."""
        await self._chain.welcomed.wait()
        asked = 0
        while True:
            wait = FIRST_CLOCKS[asked] if asked < len(FIRST_CLOCKS) else CLOCK_SECONDS
            await asyncio.sleep(wait)
            asked += 1
            self._answered.clear()
            self.tell(Clock(t=time.monotonic() * 1000))
            try:
                await asyncio.wait_for(self._answered.wait(), ANSWER_SECONDS)
            except TimeoutError:
                self.drop()
                return
