"""The server's addresses: the socket, its validation, and the room service.

As LiveKit has them: `/rtc/v1` and `/rtc` (today's and the older way to join), each with
`/validate`, which says why a socket was refused; `/twirp/livekit.RoomService/…` for commands;
`/` says "OK".
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
from collections.abc import AsyncIterator

from google.protobuf import json_format
from livekit.protocol import models, room, rtc
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.media_server.rooms import Rooms
from tests.media_server.signalling import Session
from tests.media_server.tickets import Refused, Ticket, Tickets


def media_app(tickets: Tickets, *, newest: bool = True) -> Starlette:
    """Returns the server. `newest` False: as before `/rtc/v1`."""
    rooms = Rooms()

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        listening = asyncio.create_task(rooms.listen())
        yield
        listening.cancel()

    ways = ["/rtc/v1", "/rtc"] if newest else ["/rtc"]
    doors = Doors(tickets, rooms)
    return Starlette(
        routes=[
            Route("/", lambda request: PlainTextResponse("OK")),
            *(WebSocketRoute(way, doors.join) for way in ways),
            *(Route(f"{way}/validate", doors.validate) for way in ways),
            Route("/twirp/livekit.RoomService/RemoveParticipant", doors.remove, methods=["POST"]),
        ],
        middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"])],
        lifespan=lifespan,
    )


class Doors:
    """Answers at each address."""

    def __init__(self, tickets: Tickets, rooms: Rooms) -> None:
        self._tickets = tickets
        self._rooms = rooms

    async def join(self, socket: WebSocket) -> None:
        """Lets a page in by its token, and keeps to its socket until it goes."""
        try:
            ticket = self._ticket(socket)
        except Refused as refused:
            await socket.send_denial_response(PlainTextResponse(str(refused), 401))
            return
        await socket.accept()
        wrapped = socket.query_params.get("join_request")
        asked = _join_request(wrapped) if wrapped else rtc.JoinRequest()
        if asked.reconnect or socket.query_params.get("reconnect") == "1":
            await _join_anew(socket)
            return
        session = Session(socket, self._rooms.enter(ticket.grant.room), ticket)
        offer = asked.publisher_offer if asked.HasField("publisher_offer") else None
        await session.run(one_connection=wrapped is not None, offer=offer)

    async def validate(self, request: Request) -> Response:
        """Says whether a token opens its room, and if not, why."""
        try:
            self._ticket(request)
        except Refused as refused:
            return PlainTextResponse(str(refused), 401)
        return PlainTextResponse("success")

    async def remove(self, request: Request) -> Response:
        """Shows somebody out of a room, and takes their tokens back (Twirp, JSON)."""
        said = room.RoomParticipantIdentity()
        json_format.Parse(await request.body(), said)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            self._tickets.administering(token, said.room)
        except Refused as refused:
            return JSONResponse({"code": "unauthenticated", "msg": str(refused)}, 401)
        self._tickets.take_back(said.room, said.identity, said.revoke_token_ts)
        there = self._rooms.open.get(said.room)
        person = there.people.get(said.identity) if there else None
        if there is None or person is None:
            return JSONResponse({"code": "not_found", "msg": "participant does not exist"}, 404)
        await there.leaves(person, models.DisconnectReason.PARTICIPANT_REMOVED)
        return JSONResponse({})

    def _ticket(self, asked: HTTPConnection) -> Ticket:
        token = asked.query_params.get("access_token", "")
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return self._tickets.joining(token or bearer)


def _join_request(wrapped: str) -> rtc.JoinRequest:
    """Reads what a page says as it joins: base64 for addresses, of a message that holds another."""
    outer = rtc.WrappedJoinRequest.FromString(base64.urlsafe_b64decode(wrapped))
    packed = outer.compression == rtc.WrappedJoinRequest.Compression.GZIP
    inner = gzip.decompress(outer.join_request) if packed else outer.join_request
    return rtc.JoinRequest.FromString(inner)


async def _join_anew(socket: WebSocket) -> None:
    """Answers who wants to go on with a session that is not there."""
    leave = rtc.LeaveRequest(
        reason=models.DisconnectReason.STATE_MISMATCH,
        action=rtc.LeaveRequest.Action.RECONNECT,
    )
    await socket.send_bytes(rtc.SignalResponse(leave=leave).SerializeToString())
    await socket.close()
