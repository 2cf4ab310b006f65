"""Nodes: the processes that serve together, and what becomes of a lost one's connections.

Responsible for this process's heartbeat, for noticing that another's has stopped, and for noticing
that the store is away. Deliberately has no leader: everybody who notices a loss submits it, and the
rules make one fact of it.

Invariants:
- A name is used by one process, once; after its own loss a process takes a new one.
- A loss is only believed by an observer that reached the store all the while.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from asyncio import TaskGroup
from collections.abc import Callable

from msgspec import Struct

from rooms.commands import LoseNode
from rooms.deciding import SERVER
from rooms.facts import AnyFact, NodeLost
from rooms.refusal import Refusal
from server.evenings import Evening, Evenings, SteppedDown
from server.journal import ChatEntry, UnknownFact
from server.redis import NODES, Store, StoreAway, StoreError, pairs
from server.sequencer import UnknownEvent

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
"""Between two heartbeats."""

LOST_SECONDS = 5.0
"""A heartbeat unchanged for so long, while this process reached the store, is a lost process."""

OWN_GAP_SECONDS = 2.5
"""An observer whose own beats were further apart than this has not watched all the while."""

AWAY_SECONDS = 1.5
"""How long the store may not answer before people are told; a restart takes 0.1 s."""

TRY_SECONDS = 0.25
"""Pause before the store is asked again while it is away."""

FORGET_MS = 7 * 24 * 3600 * 1000
"""Names of processes gone for a week are dropped from the list."""


class _Seen(Struct, frozen=True):
    """A heartbeat (ms; None: the name is not in the list), and since when it is unchanged."""

    heartbeat: int | None
    since: float
    as_of: int


class Nodes:
    """This process's name and heartbeat, and its view of the others."""

    def __init__(
        self, store: Store, evenings: Evenings, lost_myself: Callable[[], None] | None = None
    ) -> None:
        self._store = store
        self._evenings = evenings
        self._lost_myself = lost_myself
        self.name = new_name()
        self.is_leaving = False
        """This process ends, and says itself that its connections are gone."""
        self.store_away = False
        """Whether the store has not answered for a while."""
        self._told: list[Callable[[bool], None]] = []
        self._seen: dict[str, _Seen] = {}
        self._lost: dict[str, int] = {}
        self._beat_at = float("-inf")
        self._failing_since: float | None = None
        self._losing: set[tuple[str, str]] = set()
        evenings.watch(self._opened)

    def _opened(self, evening: Evening) -> None:
        evening.listen(self)

    def on_store(self, tell: Callable[[bool], None]) -> None:
        """Calls `tell` with True when the store is away, and with False when it is back."""
        self._told = [*self._told, tell]

    def is_lost(self, node: str) -> bool:
        """Says whether a process is known to be gone."""
        return node in self._lost

    async def run(self) -> None:
        """Works until cancelled."""
        async with TaskGroup() as losses:
            while True:
                try:
                    async with asyncio.timeout(AWAY_SECONDS):
                        await self.beat(time.monotonic())
                except (StoreAway, TimeoutError) as error:
                    self._not_reached(time.monotonic(), error)
                    await asyncio.sleep(TRY_SECONDS)
                    continue
                self._reached()
                for evening, node, as_of in self.losses():
                    losses.create_task(self._lose(evening, node, as_of), name=f"loss of {node}")
                await asyncio.sleep(BEAT_SECONDS)

    async def beat(self, at: float) -> None:
        """Writes this process's heartbeat and looks at the others', at a monotonic instant (s).

        Raises StoreAway.
        """
        await self._store.now()
        beats = [
            ("HSET", NODES, self.name, self._store.clock()),
            ("HGETALL", NODES),
        ]
        listed = {name: int(value) for name, value in pairs((await self._store.calls(beats))[1])}
        if at - self._beat_at > OWN_GAP_SECONDS:
            self._seen = {}
        self._beat_at = at
        self._look(listed, at)
        old = [n for n, beat in listed.items() if beat < self._store.clock() - FORGET_MS]
        if old:
            await self._store.call("HDEL", NODES, *old)

    def _look(self, listed: dict[str, int], at: float) -> None:
        now = self._store.clock()
        names = {*listed, *(node for e in self._evenings.held() for node in e.nodes)}
        seen: dict[str, _Seen] = {}
        for name in names - {self.name}:
            beat = listed.get(name)
            before = self._seen.get(name)
            if before is None or before.heartbeat != beat:
                seen[name] = _Seen(beat, at, now if beat is None else beat)
                self._lost.pop(name, None)
            else:
                seen[name] = before
                if at - before.since >= LOST_SECONDS:
                    self._lost[name] = before.as_of
        self._seen = seen

    def losses(self) -> list[tuple[Evening, str, int]]:
        """Returns (event, lost process, its last heartbeat) for losses still to be recorded."""
        return [
            (evening, node, self._lost[node])
            for evening in self._evenings.held()
            for node in evening.nodes & self._lost.keys()
            if (evening.id, node) not in self._losing
        ]

    async def _lose(self, evening: Evening, node: str, as_of: int) -> None:
        # A task of its own: it waits while the store is away, and the heartbeat must not.
        self._losing.add((evening.id, node))
        try:
            await lose(evening, node, as_of)
        finally:
            self._losing.discard((evening.id, node))

    # The store

    def _not_reached(self, at: float, error: Exception) -> None:
        self._seen = {}
        self._failing_since = at if self._failing_since is None else self._failing_since
        if not self.store_away and at - self._failing_since >= AWAY_SECONDS - TRY_SECONDS:
            log.warning("The store does not answer: %r", error)  # a time-out has no words
            self._tell_away(True)

    def _reached(self) -> None:
        self._failing_since = None
        if self.store_away:
            log.warning("The store answers again.")
            self._tell_away(False)

    def _tell_away(self, away: bool) -> None:
        self.store_away = away
        for tell in self._told:
            tell(away)

    # As a listener

    def fact(self, evening: Evening, entry_id: str, fact: AnyFact) -> None:
        """Notices that this process was taken for lost: its sockets must go."""
        if isinstance(fact, NodeLost) and fact.node == self.name:
            if not self.is_leaving:
                log.warning("This process was taken for lost; it goes on under a new name.")
            self.name = new_name()
            if self._lost_myself is not None:
                self._lost_myself()

    def said(self, evening: Evening, entry_id: str, entry: ChatEntry) -> None:
        """Nothing said concerns processes."""

    def lost(self, evening: Evening) -> None:
        """Nothing here was derived from the journal."""


def new_name() -> str:
    """Returns a name no process had before."""
    return f"n{secrets.token_hex(6)}"


async def lose(evening: Evening, node: str, as_of: int) -> None:
    """Records that a process is gone since `as_of` (ms), and that it holds nothing here."""
    try:
        await evening.submit(SERVER, LoseNode(node=node, as_of=as_of))
        await evening.forget_node(node)
    except Refusal as refusal:
        log.warning("The loss of %s was refused: %s", node, refusal)
    except (StoreAway, SteppedDown, UnknownEvent) as error:
        log.info("The loss of %s is recorded later: %s", node, error)


async def lose_older_nodes(store: Store) -> int:
    """Records the loss of every process that was there before; returns how many events that met.

    For whoever has just started the bundled store, before any socket is accepted: nobody else can
    be alive on it. Raises StoreAway, and StoreError when a newer version wrote the data.
    """
    evenings = Evenings(store)
    met = 0
    try:
        beats = {name: int(at) for name, at in pairs(await store.call("HGETALL", NODES))}
        cursor = ""
        while cursor != "0":
            cursor, found = await evenings.scan(cursor or "0")
            for event_id, (_, nodes) in found.items():
                if nodes:
                    evening = await evenings.get(event_id)
                    met += 1
                    for node, at in nodes.items():
                        await lose(evening, node, beats.get(node, at))
        if beats:
            await store.call("HDEL", NODES, *beats)
    except UnknownFact as error:
        raise StoreError(
            f"The data was written by a newer version of Meguri, start that one: {error}."
        ) from error
    finally:
        await evenings.close()
    return met
