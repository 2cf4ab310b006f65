"""Sound and picture: by which way, through which relay, with which ticket, and told to whom."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from rooms.messages import MediaPolicy
from server.doctor import Finding, examine
from server.media import RELAY_SECONDS, RENEW_BEFORE_MS, TICKET_SECONDS, Seat, Ways, ice_servers
from server.redis import Store
from server.settings import Settings, SettingsError, read_settings
from server.turn import RelayError, ask_for_place
from tests.coturn import SECRET, a_relay
from tests.guests import House, guest, guests, quick_round
from tests.server.house import KEY, a_house

NOW = 1_800_000_000_000
PAIR = Seat("tea22", "r1", 4)
LARGE = Seat("tea22", "r1", 12)
MESH = Settings(turn_urls=("stun:s.example.org", "turn:r.example.org"), turn_secret=SECRET)
SERVED = Settings(
    organiser_key=KEY,
    livekit_url="wss://media.example.org",
    livekit_key="APIkey",
    livekit_secret="a-secret-of-thirty-two-characters",
)


def claims(token: str, secret: str) -> dict[str, object]:
    """Reads a token as the media server does: by hand, after checking its HMAC-SHA256."""
    head, body, signature = token.split(".")
    signed = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(signed).decode().rstrip("=") == signature
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "HS256"
    found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert isinstance(found, dict)
    return found


def test_the_relays_credentials_are_one_persons_for_one_evening() -> None:
    stun, turn = Ways(MESH).policy("ana", None, NOW).ice_servers
    assert stun == {"urls": "stun:s.example.org"}
    assert turn["username"] == f"{NOW // 1000 + RELAY_SECONDS}:ana"
    digest = hmac.new(SECRET.encode(), turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(digest).decode()
    assert Ways(MESH).policy("bo", None, NOW).ice_servers[1]["username"] != turn["username"]


def test_a_page_is_told_whether_there_is_a_relay() -> None:
    assert Ways(MESH).policy("ana", None, NOW).relay
    only_stun = replace(MESH, turn_urls=("stun:s.example.org",))
    assert not Ways(only_stun).policy("ana", None, NOW).relay
    assert Ways(Settings(media="none", turn_urls=MESH.turn_urls)).policy("ana", PAIR, NOW) == (
        MediaPolicy()
    )


@pytest.mark.parametrize(
    ("settings", "seat", "served"),
    [
        (SERVED, PAIR, False),
        (SERVED, LARGE, True),
        (SERVED, None, False),
        (replace(SERVED, media="livekit"), PAIR, True),
        (replace(SERVED, media="none"), LARGE, False),
        (MESH, LARGE, False),
    ],
)
def test_a_media_server_carries_rooms_that_a_mesh_does_not(
    settings: Settings, seat: Seat | None, served: bool
) -> None:
    ways = Ways(settings)
    assert (ways.policy("ana", seat, NOW).ticket is not None) is served
    assert seat is None or ways.is_due(seat, NOW, NOW) is served


def test_a_ticket_opens_one_room_to_one_person_for_some_minutes() -> None:
    ticket = Ways(SERVED).policy("ana", LARGE, NOW).ticket
    assert ticket is not None
    assert (ticket.room, ticket.url) == ("r1", "wss://media.example.org")
    said = claims(ticket.token, "a-secret-of-thirty-two-characters")
    assert said["iss"] == "APIkey"
    assert said["sub"] == "ana"
    assert said["exp"] == NOW // 1000 + TICKET_SECONDS
    assert said["video"] == {
        "room": "tea22:r1", "roomJoin": True, "canPublish": True, "canSubscribe": True,
        "canPublishData": False, "canUpdateOwnMetadata": False,
    }  # fmt: skip
    assert set(said) == {"iss", "sub", "nbf", "exp", "video"}, "no name, no metadata"


def test_a_ticket_lasts_as_long_as_its_room_and_some_minutes() -> None:
    open_floor = replace(SERVED, media="livekit")
    seat = Seat("tea22", "r1", 4, ends_at=NOW + 3600_000)
    ticket = Ways(open_floor).policy("ana", seat, NOW).ticket
    assert ticket is not None
    said = claims(ticket.token, "a-secret-of-thirty-two-characters")
    assert said["exp"] == NOW // 1000 + 3600 + TICKET_SECONDS


def test_credentials_are_renewed_before_they_are_too_old() -> None:
    ways = Ways(MESH)
    fresh = RELAY_SECONDS * 1000 - RENEW_BEFORE_MS
    assert not ways.is_due(PAIR, NOW, NOW + fresh)
    assert ways.is_due(PAIR, NOW, NOW + fresh + 1)
    assert not Ways(Settings()).is_due(PAIR, NOW, NOW + fresh + 1)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("MEGURI_TURN_URLS", {"MEGURI_TURN_URLS": "relay.example.org"}),
        ("MEGURI_TURN_URLS", {"MEGURI_TURN_URLS": "turn:a turn:b?x=1"}),
        ("LIVEKIT_URL", {"MEGURI_MEDIA": "livekit"}),
        ("LIVEKIT_URL", {"LIVEKIT_URL": "media.example.org"}),
        ("LIVEKIT_API_KEY", {"LIVEKIT_URL": "wss://media.example.org"}),
        (
            "LIVEKIT_URL",
            {"LIVEKIT_URL": "wss://a; script-src *", "LIVEKIT_API_KEY": "k",
             "LIVEKIT_API_SECRET": "s"},
        ),
    ],
)  # fmt: skip
def test_settings_of_sound_and_picture_that_cannot_be_used_are_named(
    name: str, given: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({"HOME": "/home/ana", **given})


@pytest_asyncio.fixture
async def served(store: Store) -> AsyncIterator[House]:
    """A server with a media server beside it, and rooms of up to twelve."""
    async with a_house(store, SERVED) as house:
        yield house


async def test_each_is_given_a_ticket_of_their_own_before_the_room(served: House) -> None:
    large = quick_round(size=4, most=12, seconds=600)
    await served.opens(["Ana", "Bo"], rounds=[large])
    async with guests(served, "Ana", "Bo") as (ana, bo):
        assert ana.everything[0]["media"] == {
            "policy": "mesh", "ice_servers": [], "relay": False, "ticket": None,
        }  # fmt: skip
        await served.commands("start-round")
        tickets = []
        for one in (ana, bo):
            room = await one.sees("room")
            told = await one.sees("media")
            assert one.everything.index(told) < one.everything.index(room)
            ticket = told["ticket"]
            assert isinstance(ticket, dict)
            assert ticket["room"] == room["id"]
            said = claims(str(ticket["token"]), "a-secret-of-thirty-two-characters")
            assert said["sub"] == served.id(one.name)
            tickets.append(ticket["token"])
        assert len(set(tickets)) == 2
        await served.commands("extend", seconds=60)
        await ana.catches_up()
        assert len(ana.all("media")) == 1, "a new deadline is no new room"
        await ana.drops()
        welcome = await ana.comes_back()
        media = welcome["media"]
        assert isinstance(media, dict)
        assert media["ticket"]["room"] == room["id"]


async def test_rooms_that_a_mesh_carries_get_no_ticket(served: House) -> None:
    await served.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600)])
    async with guests(served, "Ana", "Bo") as (ana, _):
        await served.commands("start-round")
        await ana.sees("room")
        await ana.never_saw("media")


async def test_whoever_sits_at_a_table_gets_no_ticket(served: House) -> None:
    large = quick_round(size=4, most=12, seconds=600)
    await served.opens([], rounds=[large])
    await served.brings([{"name": name, "mode": "on-site"} for name in ("Emre", "Farah")])
    for name in ("Emre", "Farah"):
        await served.commands("check-in", attendee=served.id(name))
    async with guest(served, "Emre") as emre:
        await served.commands("start-round")
        await emre.sees("room")
        await emre.never_saw("media")


async def test_pages_may_connect_to_the_media_server_and_nowhere_else(served: House) -> None:
    await served.opens([])
    assert served.created is not None
    policy = (await served.headers(served.created.join_url))["content-security-policy"]
    connect = next(part for part in policy.split("; ") if part.startswith("connect-src"))
    assert connect.endswith(" wss://media.example.org https://media.example.org")


async def test_pages_connect_nowhere_else_without_a_media_server(house: House) -> None:
    await house.opens([])
    assert house.created is not None
    policy = (await house.headers(house.created.join_url))["content-security-policy"]
    assert "livekit" not in policy
    assert "example.org" not in policy


# Doctor


def findings(settings: Settings, about: str) -> list[Finding]:
    return [each for each in examine(settings) if about in each.sentence]


def test_doctor_says_what_it_means_that_there_is_no_relay(tmp_path: Path) -> None:
    nowhere = Settings(data_dir=tmp_path / "no", redis_url="unix:///nothing")
    (found,) = findings(nowhere, "No relay")
    assert "will see and hear nobody" in found.sentence
    assert "internet address" in found.sentence
    assert "MEGURI_TURN_URLS" in found.mend
    without = replace(nowhere, turn_urls=("turn:127.0.0.1:9",))
    (found,) = findings(without, "MEGURI_TURN_SECRET")
    assert not found.well
    served = replace(nowhere, livekit_url="ws://127.0.0.1:9", media="livekit")
    (found,) = findings(served, "media server")
    assert not found.well
    (found,) = findings(replace(nowhere, media="none"), "no sound and picture")
    assert found.well


@pytest.mark.relay
async def test_doctor_asks_the_relay_for_a_place(tmp_path: Path) -> None:
    async with a_relay(tmp_path) as url:
        settings = Settings(
            data_dir=tmp_path, redis_url="unix:///nothing", turn_urls=(url,), turn_secret=SECRET
        )
        (found,) = await asyncio.to_thread(findings, settings, "The relay at")
        assert found.well, found
        over_tcp = replace(settings, turn_urls=(f"{url}?transport=tcp",))
        (found,) = await asyncio.to_thread(findings, over_tcp, "The relay at")
        assert found.well, found
        (found,) = await asyncio.to_thread(
            findings, replace(settings, turn_secret="another"), "The relay at"
        )
        assert not found.well
        assert "another secret" in found.sentence
        (server,) = ice_servers(settings, "ana", NOW - 400 * 24 * 3_600_000)
        with pytest.raises(RelayError):  # credentials of another year
            await asyncio.to_thread(ask_for_place, url, server["username"], server["credential"])
    (found,) = await asyncio.to_thread(findings, settings, "The relay at")
    assert not found.well
