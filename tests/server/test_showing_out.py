"""Showing out: the media server is asked to remove whoever has no place in a room any more."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

from msgspec.structs import replace

from server.media import CLOCKS_DIFFER_SECONDS
from server.redis import Store
from server.settings import Settings
from tests.guests import Guest, House, guests, quick_round
from tests.server.house import KEY, a_house
from tests.server.receivers import Call, Receiver, receiving
from tests.server.waiting import wait_until

SECRET = "a-secret-of-thirty-two-characters"
SERVED = Settings(organiser_key=KEY, media="livekit", livekit_key="APIkey", livekit_secret=SECRET)
NAMES = ["Ana", "Bo", "Chidi", "Emre"]


@contextlib.asynccontextmanager
async def served(store: Store, media: Receiver) -> AsyncIterator[House]:
    """A server whose rooms a media server carries; its room service is a receiver here."""
    async with receiving(media):
        address = media.url.replace("http", "ws", 1).removesuffix("/hook")
        async with a_house(store, replace(SERVED, livekit_url=address)) as house:
            yield house


def claims(call: Call) -> dict[str, object]:
    """Reads a call's token as the media server does: by hand, after checking its HMAC-SHA256."""
    token = call.headers["authorization"].removeprefix("Bearer ")
    head, body, signature = token.split(".")
    signed = hmac.digest(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256)
    assert base64.urlsafe_b64encode(signed).decode().rstrip("=") == signature
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return found


async def ticket_of(one: Guest) -> dict[str, object]:
    """Returns the claims of somebody's last ticket."""
    ticket = (await one.sees("media"))["ticket"]
    assert isinstance(ticket, dict)
    found: dict[str, object] = json.loads(
        base64.urlsafe_b64decode(str(ticket["token"]).split(".")[1] + "==")
    )
    return found


async def test_who_is_removed_is_removed_from_their_room_at_the_media_server(
    store: Store,
) -> None:
    media = Receiver(200)
    async with served(store, media) as house:
        await house.opens(NAMES[:3], rounds=[quick_round(seconds=600)])
        async with guests(house, "Ana", "Bo", "Chidi") as (ana, bo, _):
            await house.commands("start-round")
            room = await ana.sees("room")
            ticket = await ticket_of(bo)
            await house.commands("remove", attendee=bo.id)
            await wait_until(media.has(1), "the call about Bo")
            [call] = media.calls
            assert call.path == "/twirp/livekit.RoomService/RemoveParticipant"
            assert call.headers["content-type"] == "application/json"
            name = f"{house.event}:{room['id']}"
            before = int(str(call.said.pop("revokeTokenTs")))
            assert call.said == {"room": name, "identity": bo.id, "revokeTokenTs": str(before)}
            assert before > int(str(ticket["nbf"])), "the ticket that was given opens nothing more"
            said = claims(call)
            assert said["iss"] == "APIkey"
            assert said["video"] == {"roomAdmin": True, "room": name}
            assert before <= int(str(said["nbf"])) + 1, "a ticket given from now on does"
            assert int(str(said["exp"])) - int(str(said["nbf"])) == 60 + CLOCKS_DIFFER_SECONDS


async def test_who_is_moved_leaves_the_old_room_and_stays_in_the_new(store: Store) -> None:
    media = Receiver()
    async with served(store, media) as house:
        await house.opens(NAMES, rounds=[quick_round(seconds=600, size=2, most=3)])
        async with guests(house, *NAMES) as (ana, *others):
            await house.commands("start-round")
            before = await ana.sees("room")
            rooms = [await one.sees("room") for one in others]
            onward = next(room["id"] for room in rooms if room["id"] != before["id"])
            await house.commands("move", attendee=ana.id, room=onward)
            await ana.sees("room", id=onward)
            await wait_until(media.has(1), "the call about Ana")
            left = {(c.said["room"], c.said["identity"]) for c in media.calls}
            assert (f"{house.event}:{before['id']}", ana.id) in left
            assert (f"{house.event}:{onward}", ana.id) not in left


async def test_at_a_rounds_end_everybody_leaves_also_where_the_first_try_fails(
    store: Store,
) -> None:
    media = Receiver(503, 404)
    async with served(store, media) as house:
        await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600)])
        async with guests(house, "Ana", "Bo") as (ana, bo):
            await house.commands("start-round")
            await ana.sees("room")
            await house.commands("end-round")
            await ana.sees("phase", phase="break")  # nobody waited for the media server
            await wait_until(media.has(3), "one try that fails, one that need not be, one again")
            asked = [str(call.said["identity"]) for call in media.calls]
            assert sorted(set(asked)) == sorted([ana.id, bo.id])
            assert asked[2] == asked[0]


async def test_a_media_server_that_takes_no_key_is_asked_once_and_holds_up_nobody(
    store: Store,
) -> None:
    media = Receiver(401, 401, 401, 401)
    async with served(store, media) as house:
        await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600), quick_round()])
        async with guests(house, "Ana", "Bo") as (ana, bo):
            await house.commands("start-round")
            await bo.sees("room", with_={"Ana"})
            await house.commands("end-round")
            await wait_until(media.has(2), "a call about each")
            await house.commands("start-round")
            await ana.sees("phase", phase="round", round=2)
            assert len(media.calls) == 2
