"""Events as a worker sees them: read on demand, sequenced and told nowhere.

Responsible for keeping folds of looked-after events and for what follows from each: letters and
deliveries, found anew only when the journal has grown. Deliberately changes no event.
"""

from __future__ import annotations

import logging

from rooms.follow_up import DAY, Letter, letters
from rooms.webhooks import Delivery, deliveries
from server.evening import Evening
from server.journal import START, UnknownFact
from server.redis import Store
from server.sequencer import real_rules

log = logging.getLogger(__name__)

OVER_MS = 45 * DAY
"""So long after its end nothing follows from an event any more, and it is not looked at."""


class Folds:
    """Events as they stand."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[str, Evening] = {}
        self._over: set[str] = set()
        self._letters: dict[str, tuple[str, list[Letter]]] = {}
        self._deliveries: dict[str, tuple[str, dict[str, Delivery]]] = {}

    async def get(self, event_id: str) -> Evening | None:
        """Returns an event read to its journal's end; None: there is none. Raises StoreAway."""
        held = self._held.get(event_id)
        if held is None:
            held = Evening(self._store, event_id, real_rules(), self._lost)
            await held.load()
            if held.journal_id == START:
                return None
            self._held[event_id] = held
        elif await held.still_stands():
            await held.catch_up()
        else:
            self._held.pop(event_id, None)
            return await self.get(event_id)
        return held

    def _lost(self, evening: Evening, reason: str) -> None:
        self._held.pop(evening.id, None)

    async def looked_after(self, event_id: str, now: int) -> Evening | None:
        """Returns an event unless it has been over for long, or cannot be read here."""
        if event_id in self._over:
            return None
        try:
            evening = await self.get(event_id)
        except UnknownFact as error:
            log.error("What follows from %s waits for a newer version of this: %s", event_id, error)
            self._over.add(event_id)
            return None
        if evening is not None and (evening.event.ended_at or now) + OVER_MS < now:
            self._over.add(event_id)
            self._held.pop(event_id, None)
            self._letters.pop(event_id, None)
            self._deliveries.pop(event_id, None)
            return None
        return evening

    def due(self, evening: Evening, now: int) -> dict[str, Letter]:
        """Returns an event's due letters."""
        at, found = self._letters.get(evening.id, ("", []))
        if at != evening.journal_id:
            found = list(letters(evening.event, evening.register))
            self._letters[evening.id] = (evening.journal_id, found)
        return {one.id: one for one in found if one.due_at <= now < one.until}

    def deliveries(self, evening: Evening) -> dict[str, Delivery]:
        """Returns an event's deliveries to the organiser's program, by id."""
        at, found = self._deliveries.get(evening.id, ("", {}))
        if at != evening.journal_id:
            found = {one.id: one for one in deliveries(evening.event)}
            self._deliveries[evening.id] = (evening.journal_id, found)
        return found
