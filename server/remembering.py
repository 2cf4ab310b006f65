"""Series at work: what one evening remembers is known at the next one, while both are held.

Responsible for noticing (doors open, somebody is enrolled, agrees or takes it back, an evening is
over) and for having the rules told who met before; and for forgetting at once what was taken back.
What stands in the store is `series.py`'s, what counts `rooms/series.py`'s. Retention does the same
for events that nobody holds.

Invariants: every process that holds an event does this, and what the first one has done, the others
leave; an event that is loaded is looked at, so what a process that died had noticed is not lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

from rooms import facts as f
from rooms.commands import RememberMet
from rooms.deciding import SERVER
from rooms.messages import Phase
from rooms.refusal import Refusal
from rooms.retention import DAY_MS
from server.ended import ended_events
from server.erasure import want_files
from server.evenings import Evening, Evenings, SteppedDown
from server.journal import ChatEntry, UnknownFact
from server.redis import Store, StoreAway, pairs
from server.sequencer import UnknownEvent
from server.series import KEPT, REMEMBERED_DAYS, Series, digest_of

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
"""Between two looks: hundreds of people may agree within a minute."""

AWAY_SECONDS = 2.0
"""Pause while the store is away."""

CHANGES_LIST = (f.DoorsOpened, f.EventChanged, f.AttendeeAdded, f.ProfileChanged)
"""Facts after which others may be known to have met before."""

CHANGES_SERIES = (f.ConsentGiven, f.Erased, f.EventEnded)
"""Facts after which that may be so at other events of the series too."""


class Remembering:
    """Looks at the events that this process holds."""

    def __init__(self, store: Store, evenings: Evenings) -> None:
        self._store = store
        self._evenings = evenings
        self._series = Series(store)
        self._waiting: dict[str, Evening] = {}
        self._wake = asyncio.Event()
        self._looked_back: set[str] = set()
        """Events whose series' earlier ones were looked at."""

    async def run(self) -> None:
        """Works until cancelled; while the store is away it waits."""
        self._evenings.watch(self._opened)
        while True:
            await self._wake.wait()
            self._wake.clear()
            rest = PAUSE_SECONDS
            while self._waiting:
                evening = self._waiting.pop(next(iter(self._waiting)))
                try:
                    await self.look(evening)
                except StoreAway:
                    self._look_again(evening)
                    rest = AWAY_SECONDS
                    break
                except (UnknownEvent, SteppedDown, Refusal, UnknownFact) as error:
                    log.info("What the series of %s remembers waits: %s", evening.id, error)
            await asyncio.sleep(rest)

    # What an evening calls

    def _opened(self, evening: Evening) -> None:
        evening.listen(self)
        self._look_again(evening)

    def fact(self, evening: Evening, entry_id: str, fact: f.AnyFact) -> None:
        """Notes what may change who is known to have met."""
        if isinstance(fact, CHANGES_LIST):
            self._look_again(evening)
        elif isinstance(fact, CHANGES_SERIES):
            self._look_again(evening)
            series = digest_of(evening.register.details.series)
            for other in self._evenings.held():
                if series and digest_of(other.register.details.series) == series:
                    self._look_again(other)

    def said(self, evening: Evening, entry_id: str, entry: ChatEntry) -> None:
        """Nothing that is said counts."""

    def lost(self, evening: Evening) -> None:
        """Looks anew once the journal is read anew."""
        self._look_again(evening)

    def _look_again(self, evening: Evening) -> None:
        self._waiting[evening.id] = evening
        self._wake.set()

    # Looking

    async def look(self, evening: Evening) -> None:
        """Forgets what was taken back, keeps what is over, tells who met before.

        Raises StoreAway, UnknownEvent, SteppedDown, Refusal.
        """
        event, register, now = evening.event, evening.register, self._store.clock()
        if not self._evenings.holds(evening):
            return
        moved = await self._series.follow(event.id, register)
        if await self._series.take_back(event.id, register, now) or moved:
            await want_files(self._store)
        if event.phase is Phase.ENDED:
            await self._series.keep(event, register, now)
            return
        digest = digest_of(register.details.series)
        if event.phase is Phase.DRAFT or not (digest or event.met_before):
            return
        if digest and evening.id not in self._looked_back:
            await self._look_back(evening, digest, now)
            self._looked_back.add(evening.id)
        found = await self._series.met_before(event, register, now) if digest else []
        before = event.met_before.keys()
        if {frozenset(two) for two in found} != {frozenset(two) for two in before}:
            await evening.submit(SERVER, RememberMet(pairs=tuple(found)))

    async def _look_back(self, evening: Evening, digest: str, now: int) -> None:
        """Keeps what was not kept yet of earlier events of a series."""
        kept = {id for id, _ in pairs(await self._store.call("HGETALL", KEPT))}
        for one in await ended_events(self._store, self._evenings):
            is_late = one.over_at <= now - REMEMBERED_DAYS * DAY_MS
            if one.series != digest or one.id in kept or one.id == evening.id or is_late:
                continue
            with contextlib.suppress(UnknownEvent, UnknownFact):
                other = await self._evenings.as_it_stands(one.id)
                await self._series.take_back(one.id, other.register, now)
                await self._series.keep(other.event, other.register, now)
