"""The rehearsal's stage: the evening's moments as everybody in it can wait for them, and its host.

Conducts over the HTTP API as a host would: doors, check-in, rounds. Whoever hears a phase first
makes it known, so that nobody depends on one socket. It keeps no log of what happened in rooms.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

from rooms.messages import Phase

RAMP = 16
"""Sockets opened at once: a crowd at the door, not a wall."""


class Stage:
    """What all simulated attendees share: the clock of this computer and the phases heard."""

    def __init__(self, seconds: int) -> None:
        self.ramp = asyncio.Semaphore(RAMP)
        self.over = asyncio.Event()
        self.phase = Phase.DRAFT
        self.round = 0
        self.called_at: dict[int, float] = {}
        self._seconds = seconds
        self._heard: dict[tuple[int, Phase], asyncio.Event] = defaultdict(asyncio.Event)
        self._acts: set[asyncio.Task[None]] = set()

    def now(self) -> float:
        """Returns this computer's steady clock in milliseconds."""
        return asyncio.get_running_loop().time() * 1000

    def hears(self, phase: Phase, round: int) -> None:
        """Makes a phase known to all who wait for it."""
        self.phase, self.round = phase, round
        self._heard[round, phase].set()

    async def reached(self, round: int, phase: Phase, seconds: float) -> bool:
        """Waits until anybody heard of a phase; says whether that came within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._heard[round, phase].wait()
        except TimeoutError:
            return False
        return True

    async def over_after(self, round: int, seconds: float) -> bool:
        """Waits until a round is over (break, lobby or end); says whether within `seconds`."""
        ends = [
            asyncio.create_task(self.reached(round, phase, seconds))
            for phase in (Phase.BREAK, Phase.LOBBY, Phase.ENDED)
        ]
        done, others = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        return any(end.result() for end in done)

    async def moment(self, round: int, share: float) -> None:
        """Waits until a share of a round's length has passed."""
        await self._heard[round, Phase.ROUND].wait()
        await asyncio.sleep(self._seconds * share)

    def owns(self, act: asyncio.Task[None]) -> None:
        """Takes note of something begun, so that it ends with the evening."""
        self._acts.add(act)
        act.add_done_callback(self._acts.discard)

    def ends(self) -> None:
        """Ends the evening for everybody: nothing new begins, what is under way is cancelled."""
        self.over.set()
        for act in self._acts:
            act.cancel()
