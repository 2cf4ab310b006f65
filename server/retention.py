"""Retention, running by itself: minutes forgotten when their date has come, unused events deleted.

Responsible for looking at every event, now and then, for putting the shorter journal in the place
of the longer one, and for what series remember (`series.py`): kept before minutes go, and pruned.
What is due when, and what stays, is `rooms/retention.py`'s. Any number of processes may run it; one
at a time works.

Invariants:
- A step is taken whole or not at all, and only on the journal it was decided on; what a process
  that died has left is done by the next one, however late.
- An event is looked into once a day at the most, until something of it is due.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from msgspec import Struct

from rooms.facts import AnyFact, MinutesForgotten
from rooms.remainder import totals
from rooms.retention import dates, outlives, rows_to_forget
from server.auth import Keys
from server.ended import remember
from server.erasure import want_files
from server.evening import Evening
from server.evenings import Evenings
from server.journal import START, Journal, UnknownFact
from server.redis import Store, StoreAway, pairs
from server.reporting import reported
from server.sequencer import real_rules
from server.series import Series

log = logging.getLogger(__name__)

RETENTION = "meguri:retention"
"""Hash: event to when it is to be looked into again (ms); `seen`, when all were looked at last;
`series`, when what series remember is to be looked through again."""

PRUNED = "series"

TURN = "meguri:retaining"
TURN_MS = 10 * 60_000
"""How long one process has the turn: it ends by itself, should that process die."""

PAUSE_SECONDS = 15 * 60.0
"""Between two looks."""

AWAY_SECONDS = 5.0
"""Pause while the store is away."""

AGAIN_MS = 24 * 3600 * 1000
"""An event is looked into once a day at the least."""


class Retention:
    """Forgets what is due in all events of a store. `now`: the clock, in ms."""

    def __init__(
        self, store: Store, evenings: Evenings, keys: Keys, now: Callable[[], int]
    ) -> None:
        self._store = store
        self._evenings = evenings
        self._keys = keys
        self._series = Series(store)
        self._now = now
        self._name = secrets.token_urlsafe(9)

    async def run(self) -> None:
        """Works until cancelled; while the store is away it waits."""
        while True:
            try:
                await self.once()
                await asyncio.sleep(PAUSE_SECONDS)
            except StoreAway:
                await asyncio.sleep(AWAY_SECONDS)

    async def once(self) -> None:
        """Does what is due in every event, unless another process is at it. Raises StoreAway."""
        if await self._store.call("SET", TURN, self._name, "NX", "PX", TURN_MS) is None:
            return
        try:
            looked = dict(pairs(await self._store.call("HGETALL", RETENTION)))
            ids = await self._evenings.ids()
            for event_id in ids:
                if self._now() >= int(looked.get(event_id, b"0")):
                    await self._look_into(event_id)
            if self._now() >= int(looked.get(PRUNED, b"0")):
                if await self._series.prune(self._now()):
                    await want_files(self._store)
                await self._store.call("HSET", RETENTION, PRUNED, self._now() + AGAIN_MS)
            await self._store.call("HSET", RETENTION, "seen", self._now())
            if gone := set(looked) - set(ids) - {"seen", PRUNED}:
                await self._store.call("HDEL", RETENTION, *gone)
        finally:
            await self._store.call("DEL", TURN)

    async def _look_into(self, event_id: str) -> None:
        evening = Evening(self._store, event_id, real_rules(), lambda *_: None)
        try:
            await evening.load()
        except UnknownFact as error:
            log.error("What is due in %s waits for a newer version of this: %s", event_id, error)
            return
        if evening.journal_id == START:
            return
        now = self._now()
        due = dates(evening.event, int(evening.journal_id.split("-")[0]))
        if due.everything_at is not None and due.everything_at <= now:
            await self._keys.forget_event(event_id)
            await self._evenings.delete(event_id)
            await want_files(self._store)
            log.info("The event %s was not used for two years and is deleted.", event_id)
            return
        moved = await self._series.follow(event_id, evening.register)
        if await self._series.take_back(event_id, evening.register, now) or moved:
            await want_files(self._store)
        await self._series.keep(evening.event, evening.register, now)
        if due.minutes_at is not None and due.minutes_at <= now:
            if not await self._forget_minutes(evening, now):
                return  # somebody appended meanwhile: the next time
            due = dates(evening.event, now)
        await remember(self._store, evening)
        ahead = [at for at in (due.minutes_at, due.everything_at) if at is not None and at > now]
        again = min([now + AGAIN_MS, *ahead])
        await self._store.call("HSET", RETENTION, event_id, again)

    async def _forget_minutes(self, evening: Evening, now: int) -> bool:
        journal = Journal(self._store, evening.id)
        kept: list[AnyFact] = []
        async for page in journal.pages():
            kept += [entry.fact for entry in page if outlives(entry.fact)]
        rows = rows_to_forget(evening.register.rows, kept)
        found = await reported(evening, now, graph=False)
        fact = MinutesForgotten(at=now, totals=totals(found))
        if not await journal.shorten(outlives, evening.journal_id, fact, rows):
            return False
        await want_files(self._store)
        log.info("Who met whom at the event %s is kept no longer.", evening.id)
        return True


class Kept(Struct, frozen=True):
    """How retention stands: when it last looked at all events (ms); 0: never."""

    seen_at: int


async def standing(store: Store) -> Kept:
    """Reads when retention last ran. Raises StoreAway."""
    seen = await store.call("HGET", RETENTION, "seen")
    return Kept(int(seen) if isinstance(seen, bytes) else 0)
