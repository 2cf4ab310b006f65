"""Rooms, who is in them, and what everybody is told of the others.

Knows no socket and no token: a person has a `say` for messages to their page, and their calls.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable

from livekit.protocol import models, rtc

from tests.media_server.calls import Call, Downward, Heard
from tests.media_server.forwarding import Copy, Source
from tests.media_server.tickets import Grant

SPEAKS_FROM = 0.03
"""The level from which somebody speaks, from 0 to 1: about 30 dB below full scale."""

LISTEN_EVERY_SECONDS = 0.3

Say = Callable[[rtc.SignalResponse], None]


def new_id(prefix: str) -> str:
    """Returns an id as the protocol's are: its kind, and some letters."""
    return f"{prefix}_{secrets.token_hex(6)}"


class Publication:
    """A track that somebody sends, and the copies that others receive, by their ids."""

    def __init__(self, asked: rtc.AddTrackRequest) -> None:
        self.cid = asked.cid
        self.source: Source | None = None
        self.copies: dict[str, Copy] = {}
        self.info = models.TrackInfo(
            sid=new_id("TR"), type=asked.type, name=asked.name, muted=asked.muted,
            width=asked.width, height=asked.height, source=asked.source,
            mime_type="audio/opus" if asked.type == models.TrackType.AUDIO else "video/VP8",
        )  # fmt: skip


class Person:
    """Somebody in a room."""

    def __init__(self, identity: str, grant: Grant, say: Say) -> None:
        self.id = new_id("PA")
        self.identity = identity
        self.grant = grant
        self.say = say
        self.publications: dict[str, Publication] = {}
        self.call: Call | None = None
        self.listening: Call | Downward | None = None
        self.level = 0.0
        self._versions = itertools.count(1)
        self._joined = time.time()

    def info(self, *, gone: bool = False) -> models.ParticipantInfo:
        """Returns what the others are told."""
        states = models.ParticipantInfo.State
        return models.ParticipantInfo(
            sid=self.id, identity=self.identity, version=next(self._versions),
            state=states.DISCONNECTED if gone else states.ACTIVE, joined_at=int(self._joined),
            tracks=[one.info for one in self.publications.values() if one.source],
            is_publisher=bool(self.publications),
            permission=models.ParticipantPermission(
                can_publish=self.grant.can_publish, can_subscribe=self.grant.can_subscribe,
                can_publish_data=self.grant.can_publish_data,
                can_update_metadata=self.grant.can_update_own_metadata,
            ),
        )  # fmt: skip

    async def hears(self, other: Person, publication: Publication) -> None:
        """Begins to receive somebody's track, unless they do already."""
        if self.listening is None or publication.source is None or not self.grant.can_subscribe:
            return
        if self.id in publication.copies:
            return
        copy = publication.copies[self.id] = publication.source.copy()
        track = publication.info.sid
        await self.listening.hear(Heard(copy, f"{other.id}|{track}", track))

    async def hears_no_more(self, publication: Publication) -> None:
        """Receives a track no more."""
        copy = publication.copies.pop(self.id, None)
        if copy is not None and publication.source is not None:
            publication.source.end(copy)
        if self.listening is not None:
            await self.listening.unhear(publication.info.sid)

    async def hang_up(self) -> None:
        """Ends their calls."""
        for one in {self.call, self.listening} - {None}:
            assert one is not None
            await one.close()
        self.call = self.listening = None


class Room:
    """One room, as long as somebody is in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.id = new_id("RM")
        self.people: dict[str, Person] = {}

    def info(self) -> models.Room:
        """Returns what pages are told of it."""
        return models.Room(sid=self.id, name=self.name, num_participants=len(self.people))

    async def enters(self, person: Person) -> None:
        """Lets somebody in, who has a call; whoever has the same identity has to go."""
        before = self.people.get(person.identity)
        if before is not None:
            await self.leaves(before, models.DisconnectReason.DUPLICATE_IDENTITY)
        self.people[person.identity] = person
        self.tell(person)

    async def hears_all(self, person: Person) -> None:
        """Has somebody receive everything that is sent already."""
        for other in self._others(person):
            for publication in list(other.publications.values()):
                await person.hears(other, publication)

    async def leaves(self, person: Person, why: models.DisconnectReason | None = None) -> None:
        """Takes somebody out; `why` is said to their page, and not where they asked to go."""
        if self.people.get(person.identity) is not person:
            return
        if why is not None:
            away = rtc.LeaveRequest.Action.DISCONNECT
            person.say(rtc.SignalResponse(leave=rtc.LeaveRequest(reason=why, action=away)))
        del self.people[person.identity]
        for publication in list(person.publications.values()):
            await self.withdraws(person, publication)
        for other in self.people.values():
            for publication in other.publications.values():
                await person.hears_no_more(publication)
        await person.hang_up()
        self.tell(person, gone=True)

    async def publishes(self, person: Person, publication: Publication) -> None:
        """Has everybody else know and receive a track that comes in now."""
        self.tell(person)
        for other in self._others(person):
            await other.hears(person, publication)

    async def withdraws(self, person: Person, publication: Publication) -> None:
        """Has nobody receive a track any more."""
        person.publications.pop(publication.info.sid, None)
        for other in self._others(person):
            await other.hears_no_more(publication)
        self.tell(person)

    def tell(self, person: Person, *, gone: bool = False) -> None:
        """Tells everybody else how somebody stands."""
        update = rtc.ParticipantUpdate(participants=[person.info(gone=gone)])
        for other in self._others(person):
            other.say(rtc.SignalResponse(update=update))

    def tell_who_speaks(self) -> None:
        """Tells everybody whose voice rose or fell silent."""
        changed = []
        for person in self.people.values():
            heard = [p.source.level for p in person.publications.values() if p.source]
            level = max(heard, default=0.0)
            level = level if level >= SPEAKS_FROM else 0.0
            if level or person.level:
                changed.append(models.SpeakerInfo(sid=person.id, level=level, active=level > 0))
            person.level = level
        if changed:
            said = rtc.SignalResponse(speakers_changed=rtc.SpeakersChanged(speakers=changed))
            for person in self.people.values():
                person.say(said)

    def _others(self, person: Person) -> list[Person]:
        return [other for other in self.people.values() if other is not person]


class Rooms:
    """All rooms, by name."""

    def __init__(self) -> None:
        self.open: dict[str, Room] = {}

    def enter(self, name: str) -> Room:
        """Returns a room, opened where it is not."""
        return self.open.setdefault(name, Room(name))

    async def listen(self) -> None:
        """Says who speaks, and closes empty rooms, until cancelled."""
        while True:
            await asyncio.sleep(LISTEN_EVERY_SECONDS)
            for room in list(self.open.values()):
                room.tell_who_speaks()
                if not room.people:
                    del self.open[room.name]
