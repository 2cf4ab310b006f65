"""What a page and the server say to each other on one socket (`SignalRequest`, `SignalResponse`).

Source: https://github.com/livekit/protocol/blob/main/protobufs/livekit_rtc.proto
"""

from __future__ import annotations

import asyncio
import contextlib
import time

from aiortc import InvalidStateError
from livekit.protocol import models, rtc
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.media_server.calls import Call, Downward
from tests.media_server.forwarding import Source
from tests.media_server.rooms import Person, Publication, Room
from tests.media_server.tickets import Ticket

PING_EVERY_SECONDS = 5
LOST_AFTER_SECONDS = 15
PROTOCOL = 16
VERSION = "1.9.0"


class Session:
    """One page's socket: from joining a room to leaving it."""

    def __init__(self, socket: WebSocket, room: Room, ticket: Ticket) -> None:
        self._socket = socket
        self._room = room
        self._outbox: asyncio.Queue[rtc.SignalResponse | None] = asyncio.Queue()
        self._later: asyncio.Queue[Publication] = asyncio.Queue()
        self._person = Person(ticket.identity, ticket.grant, self._say)
        self._left = False

    async def run(self, *, one_connection: bool, offer: rtc.SessionDescription | None) -> None:
        """Joins, and does what the page asks until it goes."""
        person = self._person
        person.call = Call(self._found, self._gone, self._wants)
        person.listening = person.call if one_connection else Downward(self._offers)
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._send())
            try:
                await self._join(one_connection, offer)
                while not self._left:
                    request = rtc.SignalRequest.FromString(await self._socket.receive_bytes())
                    await self._does(request)
            except (WebSocketDisconnect, RuntimeError, InvalidStateError):
                pass  # it is gone: closed by the page, or by us while it asked for something
            finally:
                await self._room.leaves(person)
                self._outbox.put_nowait(None)
            await sending

    def _say(self, said: rtc.SignalResponse) -> None:
        self._outbox.put_nowait(said)

    async def _send(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page was faster
            while (said := await self._outbox.get()) is not None:
                await self._socket.send_bytes(said.SerializeToString())
                if said.HasField("leave"):
                    break
            await self._socket.close()

    async def _join(self, one_connection: bool, offer: rtc.SessionDescription | None) -> None:
        person, room = self._person, self._room
        others = [one.info() for one in room.people.values() if one.identity != person.identity]
        await room.enters(person)
        self._say(
            rtc.SignalResponse(
                join=rtc.JoinResponse(
                    room=room.info(), participant=person.info(), other_participants=others,
                    server_version=VERSION, subscriber_primary=not one_connection,
                    server_info=models.ServerInfo(version=VERSION, protocol=PROTOCOL),
                    ping_interval=PING_EVERY_SECONDS, ping_timeout=LOST_AFTER_SECONDS,
                    enabled_publish_codecs=[
                        models.Codec(mime=mime) for mime in ("audio/opus", "video/VP8")
                    ],
                )
            )
        )  # fmt: skip
        if offer is not None:
            await self._offered(offer)
        if isinstance(person.listening, Downward):
            await person.listening.offer()
        await room.hears_all(person)

    async def _does(self, request: rtc.SignalRequest) -> None:
        """Does what the page asks; what is not needed here is left."""
        person = self._person
        assert person.call is not None
        match request.WhichOneof("message"):
            case "offer":
                await self._offered(request.offer)
            case "answer" if isinstance(person.listening, Downward):
                await person.listening.answered(request.answer.sdp)
            case "trickle":
                upward = request.trickle.target == rtc.SignalTarget.PUBLISHER
                call = person.call if upward else person.listening
                assert call is not None
                await call.candidate(request.trickle.candidateInit)
            case "add_track":
                self._add_track(request.add_track)
            case "mute":
                self._mute(request.mute)
            case "track_setting":
                self._watch(request.track_setting)
            case "ping":
                self._say(rtc.SignalResponse(pong=int(time.time() * 1000)))
            case "ping_req":
                asked_at = request.ping_req.timestamp
                pong = rtc.Pong(last_ping_timestamp=asked_at, timestamp=int(time.time() * 1000))
                self._say(rtc.SignalResponse(pong_resp=pong))
            case "leave":
                self._left = True

    # Tracks of this page

    async def _offered(self, offer: rtc.SessionDescription) -> None:
        assert self._person.call is not None
        sdp, tracks = await self._person.call.offered(offer.sdp)
        answer = rtc.SessionDescription(type="answer", sdp=sdp, id=offer.id, mid_to_track_id=tracks)
        self._say(rtc.SignalResponse(answer=answer))
        while not self._later.empty():
            publication = self._later.get_nowait()
            if publication.source is None:
                await self._room.withdraws(self._person, publication)
            else:
                await self._room.publishes(self._person, publication)

    def _add_track(self, asked: rtc.AddTrackRequest) -> None:
        if not self._person.grant.can_publish:
            return  # as LiveKit, which does not answer; the page gives up by itself
        publication = Publication(asked)
        self._person.publications[publication.info.sid] = publication
        published = rtc.TrackPublishedResponse(cid=asked.cid, track=publication.info)
        self._say(rtc.SignalResponse(track_published=published))

    def _found(self, cid: str, source: Source) -> None:
        """Joins a track to what was asked for it: Firefox's offer has another id than its page."""
        waiting = [one for one in self._person.publications.values() if one.source is None]
        kind = models.TrackType.Value(source.kind.upper())
        for publication in sorted(waiting, key=lambda one: one.cid != cid):
            if publication.cid == cid or publication.info.type == kind:
                publication.cid, publication.source = cid, source
                self._later.put_nowait(publication)
                return

    def _gone(self, cid: str) -> None:
        for publication in self._person.publications.values():
            if publication.cid == cid and publication.source is not None:
                publication.source = None
                self._later.put_nowait(publication)
                return

    def _mute(self, asked: rtc.MuteTrackRequest) -> None:
        publication = self._person.publications.get(asked.sid)
        if publication is not None:
            publication.info.muted = asked.muted
            self._room.tell(self._person)

    # Tracks of others

    def _wants(self, audios: int, videos: int) -> None:
        more = rtc.MediaSectionsRequirement(num_audios=audios, num_videos=videos)
        self._say(rtc.SignalResponse(media_sections_requirement=more))

    def _offers(self, sdp: str, tracks: dict[str, str]) -> None:
        offer = rtc.SessionDescription(type="offer", sdp=sdp, id=0, mid_to_track_id=tracks)
        self._say(rtc.SignalResponse(offer=offer))

    def _watch(self, asked: rtc.UpdateTrackSettings) -> None:
        """Sends pictures that are not looked at no further."""
        for person in self._room.people.values():
            for track in asked.track_sids:
                publication = person.publications.get(track)
                copy = publication.copies.get(self._person.id) if publication else None
                if publication and copy and copy.paused != asked.disabled:
                    copy.paused = asked.disabled
                    if publication.source and not copy.paused:
                        publication.source.ask_for_whole()
