"""Webhooks: signed, tried again, under one id; one that hangs holds up nobody else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest_asyncio
from msgspec.structs import replace

from rooms.commands import (
    AddAttendees,
    ChangeWebhook,
    Erase,
    Invite,
    KeepInTouch,
    Observed,
    RecordMeetings,
)
from rooms.deciding import ORGANISER
from rooms.people import Attendee, Webhook
from server.auth import Keys
from server.evenings import Evening, Evenings
from server.folds import Folds
from server.journal import Journal
from server.mail import Book, Entry, State
from server.redis import Store, key
from server.settings import Settings
from server.webhooks import BOOK, LEASE_MS, LONGEST_MS, RETRY_MS, signature
from tests.guests import House, guests, quick_round
from tests.server.evening import ANA, BO, EVENT, an_event
from tests.server.post import Postbox, a_post_office, a_worker
from tests.server.receivers import Receiver, is_signed, receiving
from tests.server.waiting import wait_until

ANA_WITH_ADDRESS = Attendee(id=ANA, name="Ana", email="ana@example.org")
SECONDS = 40.0


@pytest_asyncio.fixture
async def evenings(store: Store) -> AsyncIterator[Evenings]:
    evenings = Evenings(store)
    yield evenings
    await evenings.close()


@contextlib.asynccontextmanager
async def working(store: Store, smtp_url: str = "", private: str = "yes") -> AsyncIterator[None]:
    """Runs a worker that may call this machine."""
    worker = await a_worker(store.url, smtp_url, MEGURI_WEBHOOKS_PRIVATE=private)
    try:
        yield
    finally:
        worker.terminate()
        await worker.wait()


async def an_event_that_tells(evenings: Evenings, url: str, id: str = EVENT) -> Evening:
    """Makes an event that is over, where Ana and Bo met, and whose messages go to a receiver."""
    evening = await an_event(evenings, id=id, doors=False)
    await evening.submit(ORGANISER, ChangeWebhook(webhook=Webhook(address=url, salt="grains")))
    await evening.submit(ORGANISER, AddAttendees(people=(ANA_WITH_ADDRESS,)))
    met = Observed(a=ANA, b=BO, spans=((1_000, 61_000),))
    recorded = RecordMeetings(round=1, starts_at=0, ends_at=90_000, meetings=(met,), ends=True)
    await evening.submit(ORGANISER, recorded)
    return evening


async def become_contacts(evening: Evening) -> None:
    await evening.submit(ANA, KeepInTouch(about=BO, fields=("email",)))
    await evening.submit(BO, KeepInTouch(about=ANA))


async def line_of(store: Store, type: str, id: str = EVENT) -> Entry | None:
    """Returns what became of an event's only delivery of a type."""
    book = await Book(store, id, BOOK).all()
    found = [line for delivery, line in book.items() if delivery.startswith(type)]
    assert len(found) <= 1
    return found[0] if found else None


async def becomes(store: Store, state: State, id: str = EVENT, *, tries: int) -> Entry:
    """Waits until the end of an event has come so far; returns its line."""

    async def has() -> bool:
        line = await line_of(store, "event.ended", id)
        return line is not None and (line.state, line.tries) == (state, tries)

    await wait_until(has, f"{id} is {state} after {tries} tries", SECONDS)
    line = await line_of(store, "event.ended", id)
    assert line is not None
    return line


async def make_due(store: Store, line: Entry, id: str = EVENT) -> None:
    """Lets the pause before the next try, or the lease, be over."""
    long_ago = replace(line, not_before=0, at=line.at - LEASE_MS - 1)
    assert await Book(store, id, BOOK).swap("event.ended", line, long_ago)


async def test_an_evening_is_told_as_it_goes_signed_and_with_the_fields_that_were_given(
    house: House, store: Store, evenings: Evenings
) -> None:
    receiver = Receiver()
    async with receiving(receiver), working(store):
        await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600, size=2)])
        evening = await evenings.get(house.event)
        webhook = Webhook(address=receiver.url, salt="grains")
        await evening.submit(ORGANISER, ChangeWebhook(webhook=webhook))
        async with guests(house, "Ana", "Bo") as (ana, bo):
            await ana.asks("profile", email="ana@example.org", organisation="Ana Works")
            await house.commands("start-round")
            await bo.sees("room", with_={"Ana"})
            await ana.asks("keep-in-touch", about=bo.id, fields=["email"])
            await bo.asks("keep-in-touch", about=ana.id)
            await house.commands("end-round")
            await wait_until(receiver.has(2), "the round and the contact", SECONDS)
        await wait_until(lambda: all_sent(store, house.event, 2), "both are written down", SECONDS)
    assert receiver.types() == ["contact.made", "round.ended"]
    [contact] = [call for call in receiver.calls if call.said["type"] == "contact.made"]
    assert (contact.path, contact.headers["content-type"]) == ("/hook", "application/json")
    assert b"Ana" in contact.body
    assert b"ana@example.org" not in contact.body, "she lets Bo have it, and not the organiser"
    secret = await Keys(store, Settings()).webhook_secret(house.event, "grains")
    other = await Keys(store, Settings()).webhook_secret(house.event, "other grains")
    assert all(is_signed(secret, call) for call in receiver.calls)
    assert not any(is_signed(other, call) for call in receiver.calls)
    altered = replace(contact, body=contact.body.replace(b"Ana", b"Eve"))
    assert not is_signed(secret, altered)


async def all_sent(store: Store, event_id: str, number: int) -> bool:
    book = await Book(store, event_id, BOOK).all()
    return [line.state for line in book.values()] == [State.SENT] * number


async def test_each_receiver_is_met_by_its_temper_and_none_holds_up_another_or_a_mail(
    store: Store, evenings: Evenings
) -> None:
    hanging, failing, gone = Receiver(hangs=True), Receiver(500, 503), Receiver(410)
    elsewhere = Receiver()
    async with receiving(hanging, failing, gone, elsewhere):
        moved = Receiver(302, headers=f"location: {elsewhere.url}\r\n")
        async with receiving(moved):
            tempers = {"hanging": hanging, "failing": failing, "gone": gone, "moved": moved}
            for id, receiver in tempers.items():
                await an_event_that_tells(evenings, receiver.url, id)
            postbox = Postbox()
            async with a_post_office(postbox) as smtp_url, working(store, smtp_url):
                await wait_until(hanging.has(1), "the hanging one is called", SECONDS)
                await invite_somebody(evenings)
                await wait_until(postbox.has(1), "a mail is sent", SECONDS)
                line = await becomes(store, State.FAILED, "gone", tries=1)
                assert (line.why, line.said) == ("gone", "410")
                line = await becomes(store, State.WAITING, "moved", tries=1)
                assert (line.why, line.said) == ("redirects", "302")
                line = await becomes(store, State.WAITING, "failing", tries=1)
                assert line.not_before - line.at == RETRY_MS[0]
                await make_due(store, line, "failing")
                line = await becomes(store, State.WAITING, "failing", tries=2)
                assert (line.why, line.said) == ("answered", "503")
                assert line.not_before - line.at == RETRY_MS[1]
                await make_due(store, line, "failing")
                await becomes(store, State.SENT, "failing", tries=3)
                assert await Book(store, "gone", BOOK).revive("event.ended", store.clock())
                await becomes(store, State.SENT, "gone", tries=1)
                held = await line_of(store, "event.ended", "hanging")
                assert held is not None
                assert held.state is State.TAKEN or held.why == "slow"
    assert len({call.id for call in failing.calls}) == 1
    assert elsewhere.calls == []


async def test_an_address_that_says_when_to_come_again_is_left_alone_until_then(
    store: Store, evenings: Evenings
) -> None:
    asked = {"120": 120_000, "0": RETRY_MS[0], "99999999": LONGEST_MS}
    busy = {wait: Receiver(429, headers=f"Retry-After: {wait}\r\n") for wait in asked}
    later = Receiver()
    async with receiving(*busy.values(), later), working(store):
        for wait, receiver in busy.items():
            await an_event_that_tells(evenings, receiver.url, f"e{wait}")
        for wait, milliseconds in asked.items():
            line = await becomes(store, State.WAITING, f"e{wait}", tries=1)
            waits = line.not_before - line.at
            assert (line.why, line.said, waits) == ("answered", "429", milliseconds)
        evening = await evenings.get("e120")
        await evening.submit(ORGANISER, ChangeWebhook(test=True))
        # The worker looks at events in turn: when this one is told, it has looked at that one.
        await an_event_that_tells(evenings, later.url, "later")
        await wait_until(later.has(1), "another event's is told", SECONDS)
    assert len(busy["120"].calls) == 1


def test_the_signature_is_that_of_the_specifications_own_libraries() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def invite_somebody(evenings: Evenings) -> None:
    evening = await an_event(evenings, id="withmail", doors=False)
    await evening.submit(ORGANISER, AddAttendees(people=(ANA_WITH_ADDRESS,)))
    await evening.submit(ORGANISER, Invite(attendees=(ANA,)))


async def test_a_worker_killed_in_the_middle_is_followed_by_the_same_id(
    store: Store, evenings: Evenings
) -> None:
    receiver = Receiver(hangs=True)
    async with receiving(receiver):
        await an_event_that_tells(evenings, receiver.url)
        worker = await a_worker(store.url, "", MEGURI_WEBHOOKS_PRIVATE="yes")
        await wait_until(receiver.has(1), "the first try", SECONDS)
        worker.kill()
        await worker.wait()
        line = await becomes(store, State.TAKEN, tries=0)
        receiver.hangs = False
        await make_due(store, line)
        async with working(store):
            await becomes(store, State.SENT, tries=1)
    first, second = receiver.calls
    assert (first.id, first.said["type"]) == (second.id, "event.ended")


async def test_after_ten_tries_it_is_a_dead_letter_and_this_machine_is_not_called_unless_allowed(
    store: Store, evenings: Evenings
) -> None:
    receiver = Receiver()
    async with receiving(receiver):
        await an_event_that_tells(evenings, receiver.url)
        worn = Entry(state=State.WAITING, at=0, tries=len(RETRY_MS))
        assert await Book(store, EVENT, BOOK).swap("event.ended", None, worn)
        async with working(store, private="no"):
            line = await becomes(store, State.FAILED, tries=10)
    assert line.why == "not-https"
    assert receiver.calls == []


async def test_a_contact_taken_back_is_told_to_whoever_was_told_of_it_and_to_nobody_else(
    store: Store, evenings: Evenings
) -> None:
    told, untold = Receiver(), Receiver()
    async with receiving(told, untold):
        known = await an_event_that_tells(evenings, told.url, "known")
        unknown = await an_event_that_tells(evenings, untold.url, "unknown")
        for evening in (known, unknown):
            await become_contacts(evening)
        await unknown.submit(ANA, KeepInTouch(about=BO, yes=False))
        async with working(store):
            await wait_until(told.has(2), "the contact", SECONDS)
            await known.submit(ANA, KeepInTouch(about=BO, yes=False))
            await wait_until(told.has(3), "that it was taken back", SECONDS)

            async def is_dropped() -> bool:
                line = await line_of(store, "contact.withdrawn", "unknown")
                return line is not None and line.state is State.DROPPED

            await wait_until(is_dropped, "nobody is told", SECONDS)
    assert told.types() == ["contact.made", "contact.withdrawn", "event.ended"]
    assert untold.types() == ["event.ended"]


async def test_erasure_reaches_what_waits_and_deleting_an_event_leaves_no_book(
    store: Store, evenings: Evenings
) -> None:
    evening = await an_event_that_tells(evenings, "https://hook.example/")
    await become_contacts(evening)
    book = Book(store, EVENT, BOOK)
    [contact] = [id for id in Folds(store).deliveries(evening) if id.startswith("contact.made")]
    for id in (contact, "event.ended"):
        await book.swap(id, None, Entry(state=State.FAILED, at=0, tries=10))
    await evening.submit(ORGANISER, Erase(attendee=ANA))
    assert set(await book.all()) == {"event.ended"}
    assert contact not in Folds(store).deliveries(evening)
    await Journal(store, EVENT).delete()
    assert await store.call("EXISTS", key(EVENT, BOOK)) == 0
