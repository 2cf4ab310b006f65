"""Showing out: whoever has no place in a room any more is disconnected from it at the media server.

A page leaves by itself as soon as it is told; this is for pages that do not: one that was tampered
with, or has lost its socket. Responsible for whom to show out after a fact, and for the calls of
LiveKit's room service (`RemoveParticipant`: Twirp, JSON over HTTP,
https://docs.livekit.io/reference/other/roomservice-api/).

Deliberately holds nobody up: the evening never waits for it, and what does not succeed after a few
tries is logged and given up; the ticket ends some minutes after its room.

Invariants: of several processes the one that appended a fact makes its calls; nobody is shown out
of a room in which they have a place again; a token of ours opens one call for one room.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from rooms import facts as f
from rooms.event import Event
from server.evenings import Evening
from server.gathering import most_in
from server.journal import ChatEntry
from server.media import Ways
from server.outgoing import BadAddress, NoAnswer, post

log = logging.getLogger(__name__)

PATH = "/twirp/livekit.RoomService/RemoveParticipant"

CALL_SECONDS = 5.0
PAUSE_SECONDS = (1.0, 5.0)
"""Between the tries of one call; after the last it is given up."""

AT_ONCE = 8
MOST_WAITING = 20_000
"""Calls that wait; the oldest go first, since their pages have most likely left by themselves."""

GONE = 404
"""They have left already, or the room is closed: what was wanted."""

NOT_OURS = (401, 403)
"""The key or secret is wrong: no use trying again."""


class Leaving(Struct, frozen=True):
    """Somebody who is to be shown out of a room that they left at an instant (ms)."""

    evening: Evening
    room: str
    id: str
    at: int


class ShowingOut:
    """Listens to every evening; `run` makes the calls. `clock` gives the server's time (ms)."""

    def __init__(self, ways: Ways, clock: Callable[[], int]) -> None:
        self._ways = ways
        self._clock = clock
        self._waiting: deque[Leaving] = deque(maxlen=MOST_WAITING)
        self._stir = asyncio.Semaphore(0)

    def open(self, evening: Evening) -> None:
        """Begins to listen to an event, where there is a media server at all."""
        if self._ways.room_service is not None:
            evening.listen(self)

    def fact(self, evening: Evening, entry_id: str, fact: f.AnyFact) -> None:
        """Has those shown out who have no place in a room any more by a fact of this process."""
        if not evening.is_own_fact:
            return
        for room, id in left_by(evening.event, fact):
            if self._ways.is_served(most_in(evening.event, room)):
                self._waiting.append(Leaving(evening, room, id, fact.at))
                self._stir.release()

    def said(self, evening: Evening, entry_id: str, entry: ChatEntry) -> None:
        """Words move nobody."""

    def lost(self, evening: Evening) -> None:
        """What is to be done is known by then."""

    async def run(self) -> None:
        """Works until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(self._lane(), name=f"showing out {number}")

    async def _lane(self) -> None:
        while True:
            await self._stir.acquire()
            if self._waiting:  # what was too much was dropped, not what it stirred
                await self._show_out(self._waiting.popleft())

    async def _show_out(self, leaving: Leaving) -> None:
        why = ""
        for pause in (0.0, *PAUSE_SECONDS):
            await asyncio.sleep(pause)
            if leaving.evening.event.place_of(leaving.id) == leaving.room:
                return
            try:
                status, _ = await self._ask(leaving)
            except (NoAnswer, BadAddress) as error:
                why = str(error)
                continue
            if status == GONE or 200 <= status < 300:
                return
            why = f"it answered {status}"
            if status in NOT_OURS:
                break
        log.warning("Somebody was not removed from a room of the media server: %s.", why)

    async def _ask(self, leaving: Leaving) -> tuple[int, int | None]:
        room = f"{leaving.evening.id}:{leaving.room}"
        service = self._ways.room_service or ""
        token, revoke_before = self._ways.removal(room, leaving.at, self._clock())
        asked = {"room": room, "identity": leaving.id, "revokeTokenTs": str(revoke_before)}
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        body = msgspec.json.encode(asked)
        return await post(service + PATH, body, headers, private=True, seconds=CALL_SECONDS)


def left_by(event: Event, fact: f.AnyFact) -> Iterator[tuple[str, str]]:
    """Yields the rooms and those who by a fact, folded already, have no place in them any more."""
    match fact:
        case f.Unseated() | f.VisitEnded():
            yield fact.room, fact.id
        case f.RoomEnded():
            yield from _everybody(event, [fact.room])
        case f.RoundEnded():
            rooms = event.rooms.values()
            over = (r.id for r in rooms if r.round == fact.round and r.ended_at == fact.as_of)
            yield from _everybody(event, over)


def _everybody(event: Event, rooms: Iterable[str]) -> Iterator[tuple[str, str]]:
    for id in rooms:
        room = event.rooms[id]
        yield from ((id, person) for person in room.people)
        station = event.station_of(room)
        if station is not None:
            yield id, station
