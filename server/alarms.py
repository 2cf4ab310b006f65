"""Alarms: what is due happens, with no leader and no browser tab needed.

Responsible for waking each live event at the instant its fold names, and for loading events that
nobody holds when theirs has come. Deliberately does not know what an alarm means: the rules decide,
and whoever appends first has done it.

Invariants:
- Every process that holds an event arms its alarm; an alarm that comes to nothing does no harm.
- `meguri:alarms` is a hint: what it lacks is found by the sweep.
"""

from __future__ import annotations

import asyncio
import logging
import random
from asyncio import TaskGroup, TimerHandle

from rooms.commands import Alarm
from rooms.deciding import CLOCK
from rooms.refusal import Refusal
from server.evenings import Evening, Evenings, SteppedDown
from server.journal import UnknownFact
from server.nodes import Nodes
from server.redis import ALARMS, Part, Store, StoreAway, items, text
from server.sequencer import UnknownEvent

log = logging.getLogger(__name__)

JITTER_SECONDS = 0.02
"""Spreads processes that hold the same event; rounds end within 250 ms of their deadline."""

SWEEP_SECONDS = 10.0
"""How often alarms of events that nobody holds are looked for."""

LONGEST_ARM_SECONDS = 600.0
"""Timers are set anew this often, since the store's clock and ours drift apart."""

AGAIN_SECONDS = 1.0
"""Pause before an alarm that came to nothing is tried again."""


class Alarms:
    """The timers of this process's events, and the sweep over all events."""

    def __init__(self, store: Store, evenings: Evenings, nodes: Nodes) -> None:
        self._store = store
        self._evenings = evenings
        self._nodes = nodes
        self._rng = random.Random()
        self._timers: dict[str, tuple[int, TimerHandle]] = {}
        self._hints: dict[str, int | None] = {}
        self._hint = asyncio.Event()
        self._group: TaskGroup | None = None
        self._cursor = "0"

    async def run(self) -> None:
        """Works until cancelled; begins with a sweep over all events."""
        async with TaskGroup() as group:
            self._group = group
            self._evenings.watch(self._opened)
            group.create_task(self._write_hints(), name="alarm hints")
            try:
                await self._sweeps()
            finally:  # first of all, so that no timer rings into a group that ends
                self._group = None
                for _, timer in self._timers.values():
                    timer.cancel()
                self._timers = {}

    # Timers

    def _opened(self, evening: Evening) -> None:
        evening.after_folding(self._arm)
        self._arm(evening)

    def _arm(self, evening: Evening, least_seconds: float = 0.0) -> None:
        due = evening.due_at
        old = self._timers.get(evening.id)
        if old is not None:
            if old[0] == due and least_seconds == 0.0:
                return
            old[1].cancel()
            del self._timers[evening.id]
        if old is None or old[0] != due:
            self._hints[evening.id] = due
            self._hint.set()
        if due is None or self._group is None:
            return
        wait = max(0, due - self._store.clock()) / 1000 + self._rng.uniform(0, JITTER_SECONDS)
        wait = max(least_seconds, min(LONGEST_ARM_SECONDS, wait))
        timer = asyncio.get_running_loop().call_later(wait, self._rang, evening, due)
        self._timers[evening.id] = (due, timer)

    def _rang(self, evening: Evening, due: int) -> None:
        self._timers.pop(evening.id, None)
        if self._group is None or not self._evenings.holds(evening):
            return
        if self._store.clock() < due:
            self._arm(evening)
            return
        self._group.create_task(self._wake(evening, due), name=f"alarm of {evening.id}")

    async def _wake(self, evening: Evening, due: int) -> None:
        try:
            await evening.submit(CLOCK, Alarm())
        except (SteppedDown, UnknownEvent) as error:
            log.info("An alarm of %s found nobody: %s", evening.id, error)
            return
        except Refusal as refusal:
            log.warning("An alarm of %s was refused: %s", evening.id, refusal)
        except Exception:  # a bug in the rules, told by the sequencer; other events go on
            log.exception("An alarm of %s failed.", evening.id)
        if evening.due_at == due:
            self._arm(evening, AGAIN_SECONDS)

    # Hints

    async def _write_hints(self) -> None:
        while True:
            await self._hint.wait()
            self._hint.clear()
            hints, self._hints = self._hints, {}
            try:
                await self._store.calls(_hint_commands(hints))
            except StoreAway:
                self._hints = {**hints, **self._hints}
                self._hint.set()
                await asyncio.sleep(AGAIN_SECONDS)

    # Events that nobody holds

    async def _sweeps(self) -> None:
        whole = True
        while True:
            try:
                await self.sweep(whole=whole)
                whole = False
            except StoreAway as error:
                log.info("A sweep waits for the store: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self, *, whole: bool = False) -> None:
        """Loads events due before the next sweep, or with connections of processes that are gone.

        Looks at all hints and at some hundred events, or at all of them. Raises StoreAway.
        """
        soon = self._store.clock() + int((SWEEP_SECONDS + AGAIN_SECONDS) * 1000)
        hinted = await self._store.call("ZRANGEBYSCORE", ALARMS, "-inf", soon)
        wanted = {text(id) for id in items(hinted)}
        while True:
            self._cursor, found = await self._evenings.scan(self._cursor)
            hints: dict[str, int | None] = {}
            for event_id, (due, nodes) in found.items():
                hints[event_id] = due
                if (due is not None and due <= soon) or any(map(self._nodes.is_lost, nodes)):
                    wanted.add(event_id)
            await self._store.calls(_hint_commands(hints))
            if self._cursor == "0" or not whole:
                break
        for event_id in wanted:
            await self._load(event_id)

    async def _load(self, event_id: str) -> None:
        try:
            await self._evenings.get(event_id)
        except UnknownEvent:  # deleted, or never made to the end
            await self._store.call("ZREM", ALARMS, event_id)
        except UnknownFact as error:
            log.error("An event that is due cannot be read: %s", error)


def _hint_commands(hints: dict[str, int | None]) -> list[tuple[Part, ...]]:
    return [
        ("ZREM", ALARMS, event_id) if due is None else ("ZADD", ALARMS, due, event_id)
        for event_id, due in hints.items()
    ]
