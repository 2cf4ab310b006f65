"""Retention runs by itself: whole or not at all, late if it must, and nobody's contacts suffer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from rooms.commands import CallHost, GiveConsent, KeepInTouch, Note
from rooms.facts import EventEnded
from rooms.people import Consent
from rooms.remainder import totals
from rooms.retention import DAY_MS
from rooms.view import you
from server.auth import Keys
from server.erasure import files
from server.evenings import Evening, Evenings
from server.journal import Draft, Journal
from server.redis import Store, key
from server.reporting import reported
from server.retention import RETENTION, Retention, standing
from server.settings import Settings
from tests.server.evening import ANA, BO, DANA, EVENT, an_event
from tests.server.seeded import everything_in
from tests.server.test_evenings import seated
from tests.server.waiting import wait_until


@pytest_asyncio.fixture
async def evenings(store: Store) -> AsyncIterator[Evenings]:
    evenings = Evenings(store)
    yield evenings
    await evenings.close()


async def an_evening_that_is_over(evenings: Evenings, store: Store) -> Evening:
    """Ana, Bo and Chidi sat together; Ana and Bo are contacts, and noted it."""
    evening = await an_event(evenings)
    await seated(evening)
    await evening.submit(ANA, CallHost(text="zqanaxcallqz"))
    await evening.submit(ANA, Note(about=BO, text="zqanaxnoteqz"))
    for by, about in ((ANA, BO), (BO, ANA)):
        await evening.submit(by, KeepInTouch(about=about, fields=("email",)))
    consent = Consent(attendee=ANA, wording="w", version="v", at=1, recipient="Tea")
    await evening.submit(ANA, GiveConsent(consent=consent))
    fact = EventEnded(at=store.clock())
    await Journal(store, EVENT).append(
        [Draft(fact)], {}, expected=evening.journal_id, batch="b", turn="t", due=None, nodes={}
    )
    await evening.caught_up()
    assert evening.event.ended_at is not None
    return evening


def retention(store: Store, evenings: Evenings, *, days: float) -> Retention:
    """Returns a retention whose clock is so many days ahead."""
    keys = Keys(store, Settings())
    return Retention(store, evenings, keys, lambda: store.clock() + int(days * DAY_MS))


async def test_minutes_go_on_their_day_and_what_people_keep_stays(
    store: Store, evenings: Evenings
) -> None:
    evening = await an_evening_that_is_over(evenings, store)
    assert evening.event.rooms
    before = await reported(evening, store.clock())
    assert before.steps.came == 3
    await retention(store, evenings, days=89).once()
    assert evening.event.rooms
    late = retention(store, evenings, days=97)  # it missed a week
    await late.once()
    await wait_until(lambda: not evening.event.rooms, "who held the event has forgotten it too")
    assert (await files(store)).wanted
    assert (await standing(store)).seen_at > 0
    anew = Evenings(store)
    for one in (evening, await anew.get(EVENT)):
        assert not one.event.rooms
        assert one.event.totals == totals(before)
        assert list(one.event.people) == [DANA, "aana", "abo", "achidi"]
        assert [m.card.id for m in you(one.event, one.register, ANA, 0).met] == [BO]
        assert one.event.yeses[(ANA, BO)] == ("email",)
        assert one.register.note(ANA, BO).text == "zqanaxnoteqz"
        assert one.event.consents[ANA][0] == "v"
    await anew.close()
    raw = await everything_in(store)
    assert b"zqanaxcallqz" not in raw
    assert b"seating-fixed" not in raw
    length = await store.call("XLEN", key(EVENT, "journal"))
    await late.once()
    assert await store.call("XLEN", key(EVENT, "journal")) == length
    assert await store.call("TTL", key(EVENT, "journal")) == -1
    # The evening goes on from here: the next append lands.
    await evening.submit(ANA, Note(about=BO, text="again"))
    await evening.caught_up()
    assert evening.register.note(ANA, BO).text == "again"


async def test_nothing_changes_when_somebody_appends_meanwhile_or_the_process_died(
    store: Store, evenings: Evenings
) -> None:
    evening = await an_evening_that_is_over(evenings, store)
    journal = Journal(store, EVENT)
    before = [entry.id async for page in journal.pages() for entry in page]
    fact = EventEnded(at=1)
    assert not await journal.shorten(lambda _: False, before[-2], fact, ["a:aana"])
    assert [entry.id async for page in journal.pages() for entry in page] == before
    assert evening.register.has(ANA)
    await store.call("XADD", key(EVENT, "shorter"), "1-1", "f", "left by one that died")
    await retention(store, evenings, days=97).once()
    await wait_until(lambda: not evening.event.rooms, "it was done all the same")
    assert await store.call("EXISTS", key(EVENT, "shorter")) == 0


async def test_an_event_that_nobody_has_used_for_two_years_goes_altogether(
    store: Store, evenings: Evenings
) -> None:
    await an_evening_that_is_over(evenings, store)
    await retention(store, evenings, days=729).once()
    assert await evenings.ids() == [EVENT]
    assert await store.call("HEXISTS", RETENTION, EVENT) == 1
    await retention(store, evenings, days=1470).once()
    assert await evenings.ids() == []
    assert EVENT.encode() not in b"".join(
        [line for line in (await everything_in(store)).split(b"\n") if b"register" in line]
    )
