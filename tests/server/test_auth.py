"""Who is asking: keys, cookies, and forms of other sites."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from rooms.people import Role
from server.auth import Keys, Session, hashed, is_same_origin, new_key
from server.limits import Buckets
from server.redis import Store
from server.settings import Settings

ATTENDEE = Session("a1", Role.ATTENDEE)


async def test_a_key_is_stored_as_its_hash_alone(store: Store) -> None:
    keys = Keys(store, Settings())
    key = await keys.make("event", "a1", Role.ATTENDEE)
    found = await keys.find(key)
    assert found
    assert (found.record.event, found.record.id, found.record.role) == ("event", "a1", "attendee")
    stored = await store.call("HGETALL", "meguri:keys")
    assert key.encode() not in b" ".join(x for x in stored if isinstance(x, bytes))  # type: ignore[union-attr]


async def test_a_new_key_ends_the_old_one_and_its_sessions(store: Store) -> None:
    keys = Keys(store, Settings())
    old = await keys.make("event", "a1", Role.ATTENDEE)
    session = Session("a1", Role.ATTENDEE, hashed(old)[:16])
    assert await keys.still_holds("event", session)
    await keys.make("event", "a1", Role.ATTENDEE)
    found = await keys.find(old)
    assert found
    assert found.ended == "replaced"
    assert not await keys.still_holds("event", session)
    assert await keys.still_holds("event", ATTENDEE), "a session that no key began goes on"


async def test_keys_are_long_and_mails_do_not_cut_them() -> None:
    made = {new_key() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(key) == 32 and key[0].isalnum() and key[-1].isalnum() for key in made)


async def test_forgetting_an_event_leaves_the_others(store: Store) -> None:
    keys = Keys(store, Settings())
    gone = [await keys.make("one", "a1", Role.ATTENDEE) for _ in range(3)]
    stays = await keys.make("two", "a1", Role.ATTENDEE)
    await keys.forget_event("one")
    assert [await keys.find(key) for key in gone] == [None, None, None]
    assert await keys.find(stays)
    assert await store.call("HLEN", "meguri:keys") == 2


@pytest.mark.parametrize("key", ["", "x", "\udcff", "ключ", "x" * 5000])
async def test_any_other_text_opens_nothing(store: Store, key: str) -> None:
    keys = Keys(store, Settings(organiser_key="the key"))
    assert await keys.find(key) is None
    assert not await keys.is_organiser_key(key)
    assert not await keys.is_join_key("event", key)


async def test_the_open_link_is_the_same_in_every_process_and_no_other_events(
    store: Store,
) -> None:
    one, other = Keys(store, Settings()), Keys(store, Settings())
    key = await one.join_key("event")
    assert await other.is_join_key("event", key)
    assert not await other.is_join_key("event2", key)
    assert not await other.is_join_key("event", key[:-1])


async def test_the_organisers_key_is_made_once_and_can_be_made_anew(store: Store) -> None:
    keys = Keys(store, Settings())
    first = await keys.first_organiser_key()
    assert first
    assert await keys.first_organiser_key() is None
    assert await keys.is_organiser_key(first)
    desk = await keys.organiser_session()
    assert await keys.still_holds(None, desk)
    second = await keys.new_organiser_key()
    assert not await keys.is_organiser_key(first)
    assert await keys.is_organiser_key(second)
    assert not await keys.still_holds(None, desk), "the desk's cookie ends with the key"


async def test_the_settings_key_goes_before_the_stored_one(store: Store) -> None:
    assert await Keys(store, Settings()).first_organiser_key()
    keys = Keys(store, Settings(organiser_key="mine"))
    assert await keys.first_organiser_key() is None
    assert await keys.is_organiser_key("mine")


async def test_a_cookie_is_read_by_every_process_and_under_its_own_name(store: Store) -> None:
    value = await Keys(store, Settings()).sign("meguri_a", ATTENDEE)
    keys = Keys(store, Settings())
    assert await keys.read("meguri_a", value, 60) == ATTENDEE
    assert await keys.read("meguri_b", value, 60) is None
    assert await keys.read("meguri_host_a", value, 60) is None
    assert await keys.read("meguri_a", value[:-1], 60) is None
    assert await keys.read("meguri_a", "x" + value, 60) is None
    assert await keys.read("meguri_a", value, -1) is None, "too old"


def request(**headers: str) -> Request:
    raw = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in {"host": "tea.example.org", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"origin": "https://tea.example.org"}, True),
        ({"origin": "http://tea.example.org"}, True),
        ({"origin": "https://public.example.org"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://tea.example.org.evil.example"}, False),
        ({"origin": "https://tea.example.org:8443"}, False),
        ({"origin": "http://["}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec_fetch_site": "same-origin"}, True),
        ({"origin": "null", "sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, False),
        ({}, False),
    ],
)
def test_forms_of_other_sites_are_told_apart(headers: dict[str, str], same: bool) -> None:
    settings = Settings(public_url="https://public.example.org")
    assert is_same_origin(request(**headers), settings) is same


def test_a_request_that_says_nothing_of_its_origin_is_as_the_caller_wishes() -> None:
    assert is_same_origin(request(), Settings(), unsaid=True)
    assert not is_same_origin(request(origin="null"), Settings(), unsaid=True)


# Limits


def test_a_bucket_gives_its_burst_and_fills_again() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("ana", 0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("ana", 0) == pytest.approx(0.5)
    assert buckets.take("bo", 0) == 0, "each has their own"
    assert buckets.take("ana", 0.5) == 0
    assert buckets.take("ana", 0.6) > 0
    assert buckets.left("ana", 1000) == 3


def test_buckets_stay_within_their_memory() -> None:
    buckets = Buckets(rate=1, burst=1, most=10)
    for n in range(1000):
        buckets.take(f"address {n}", 0)
    assert len(buckets) == 10
