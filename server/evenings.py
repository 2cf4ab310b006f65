"""Evenings: the live events of this process, and the list of all events.

Responsible for holding each event once, for making and deleting events, and for stepping down when
one of them cannot go on here. Deliberately does nothing within an event: that is `evening.py`.

Invariants:
- An event is held at most once per process, and loaded once however many ask for it.
- Whoever watches is told of every event that is held, before anybody can ask it anything.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from rooms.commands import CreateEvent
from rooms.deciding import ORGANISER
from rooms.refusal import Refusal
from server.evening import Evening, Listener, SteppedDown, Tip
from server.journal import (
    START,
    Journal,
    UnknownFact,
    read_meta,
)
from server.redis import ENDED, EVENTS, LISTED, Store, items, key, pairs, text
from server.sequencer import Rules, UnknownEvent, real_rules
from server.series import Series

__all__ = ["Evening", "Evenings", "Listener", "SteppedDown", "Tip"]


class Evenings:
    """The live events of this process, and the list of all events."""

    def __init__(
        self,
        store: Store,
        *,
        rules: Rules | None = None,
        step_down: Callable[[str], None] | None = None,
    ) -> None:
        self._store = store
        self._rules = rules or real_rules()
        self._step_down = step_down
        self._held: dict[str, Evening] = {}
        self._loading: dict[str, asyncio.Task[Evening]] = {}
        self._watchers: list[Callable[[Evening], None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self.trouble = ""
        """Why this process must step down; empty while all is well."""

    def held(self) -> list[Evening]:
        """Returns the events this process holds."""
        return list(self._held.values())

    def holds(self, evening: Evening) -> bool:
        """Says whether this very evening is live here."""
        return self._held.get(evening.id) is evening

    def watch(self, opened: Callable[[Evening], None]) -> None:
        """Calls `opened` for every event held now and from now on."""
        self._watchers = [*self._watchers, opened]
        for evening in self.held():
            opened(evening)

    async def get(self, event_id: str) -> Evening:
        """Returns a live event, loading it first where it is not held.

        Raises UnknownEvent, StoreAway, UnknownFact.
        """
        held = self._held.get(event_id)
        if held is not None:
            return held
        loading = self._loading.get(event_id)
        if loading is None:
            loading = asyncio.create_task(self._load(event_id), name=f"loading {event_id}")
            self._loading[event_id] = loading
            loading.add_done_callback(lambda _: self._loading.pop(event_id, None))
        return await asyncio.shield(loading)

    async def as_it_stands(self, event_id: str) -> Evening:
        """Returns an event read to its end, for looking at only: one not held is not held after.

        Raises UnknownEvent, StoreAway, UnknownFact.
        """
        held = self._held.get(event_id)
        if held is not None:
            await held.caught_up()
            return held
        evening = Evening(self._store, event_id, self._rules, lambda *_: None)
        await evening.load()
        if evening.journal_id == START:
            raise UnknownEvent(event_id)
        return evening

    async def _load(self, event_id: str) -> Evening:
        evening = Evening(self._store, event_id, self._rules, self._in_trouble)
        try:
            await evening.load()
        except UnknownFact as error:
            self._must_step_down(f"A newer version of Meguri wrote: {error}.")
            raise
        if evening.journal_id == START:
            raise UnknownEvent(event_id)
        evening.start()
        self._hold(evening)
        return evening

    def _hold(self, evening: Evening) -> None:
        self._held[evening.id] = evening
        for opened in self._watchers:
            opened(evening)

    async def create(self, command: CreateEvent, event_id: str) -> Evening:
        """Makes an event. Raises Refusal."""
        # Listed first: after a crash in between, an empty entry in the list does no harm.
        await self._store.call("HSETNX", EVENTS, event_id, self._store.clock())
        evening = Evening(self._store, event_id, self._rules, self._in_trouble)
        evening.start()
        try:
            await evening.submit(ORGANISER, command)
        except Refusal:
            await evening.stop()
            if evening.journal_id == START:
                await self._store.call("HDEL", EVENTS, event_id)
            raise
        except BaseException:
            await evening.stop()
            raise
        self._hold(evening)
        return evening

    async def ids(self) -> list[str]:
        """Reads the ids of all events, the oldest first. Raises StoreAway."""
        listed = pairs(await self._store.call("HGETALL", EVENTS))
        return [id for id, _ in sorted(listed, key=lambda item: (int(item[1]), item[0]))]

    async def scan(self, cursor: str) -> tuple[str, dict[str, tuple[int | None, dict[str, int]]]]:
        """Reads some of all events' alarms and processes; "0" begins, and comes back at the end.

        Gives the next cursor, and by event (due, {process: instant}). Raises StoreAway.
        """
        reply = items(await self._store.call("HSCAN", EVENTS, cursor, "COUNT", 500))
        ids = [id for id, _ in pairs(reply[1])]
        metas = await self._store.calls([("HGETALL", key(id, "meta")) for id in ids])
        return text(reply[0]), {id: read_meta(meta) for id, meta in zip(ids, metas, strict=True)}

    async def delete(self, event_id: str) -> None:
        """Deletes an event and all that was kept of it. Raises StoreAway."""
        await Journal(self._store, event_id).delete()
        await self._store.call("HDEL", EVENTS, event_id)
        await self._store.call("HDEL", ENDED, event_id)
        await self._store.call("HDEL", LISTED, event_id)
        await Series(self._store).forget_event(event_id)
        held = self._held.get(event_id)
        if held is not None:
            with contextlib.suppress(UnknownEvent):  # which is what it should find
                await held.caught_up()

    def _in_trouble(self, evening: Evening, reason: str) -> None:
        if self.holds(evening):
            del self._held[evening.id]
        stopping = asyncio.create_task(evening.stop(), name=f"stopping {evening.id}")
        self._closing.add(stopping)
        stopping.add_done_callback(self._closing.discard)
        if reason:
            self._must_step_down(reason)

    def _must_step_down(self, reason: str) -> None:
        self.trouble = self.trouble or reason
        if self._step_down is not None:
            self._step_down(reason)

    async def close(self) -> None:
        """Lets go of all events."""
        for loading in list(self._loading.values()):
            loading.cancel()
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        held, self._held = self.held(), {}
        for evening in held:
            await evening.stop()
        await asyncio.gather(*self._closing, return_exceptions=True)
