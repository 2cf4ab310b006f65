"""The worker: every mail exactly once, however often it dies, and whatever the mail server says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest_asyncio
from msgspec.structs import replace

from rooms.commands import AddAttendees, ChangeEvent, Coming, CreateEvent, Erase, Invite
from rooms.follow_up import due
from rooms.people import Attendee, Details, Role
from rooms.programme import Plan
from server.auth import Keys
from server.doctor import Finding, mail_findings
from server.evenings import Evening, Evenings
from server.mail import Book, Entry, State, trouble
from server.redis import Store
from server.settings import Settings, read_settings
from tests.server.evening import DANA, EVENT, ROUNDS
from tests.server.post import Postbox, a_post_office, a_worker
from tests.server.waiting import wait_until

SECONDS = 90.0


@pytest_asyncio.fixture
async def evenings(store: Store) -> AsyncIterator[Evenings]:
    evenings = Evenings(store)
    yield evenings
    await evenings.close()


async def an_invited_event(evenings: Evenings, people: int) -> Evening:
    """Makes an event whose people were all sent their links."""
    host = Attendee(id=DANA, name="Dana", role=Role.HOST)
    plan = Plan(rounds=ROUNDS, starts_at=4_000_000_000_000, time_zone="Asia/Tokyo")
    create = CreateEvent(plan=plan, details=Details(title="Tea"), host=host)
    evening = await evenings.create(create, EVENT)
    guests = tuple(
        Attendee(id=f"a{i}", name=f"Guest {i}", email=f"guest{i}@people.example")
        for i in range(people)
    )
    await evening.submit("organiser", AddAttendees(people=guests))
    await evening.submit("organiser", Invite(attendees=tuple(one.id for one in guests)))
    return evening


@contextlib.asynccontextmanager
async def working(store: Store, smtp_url: str) -> AsyncIterator[None]:
    worker = await a_worker(store.url, smtp_url)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.terminate()
        await worker.wait()


async def states(store: Store) -> dict[str, State]:
    """Returns what became of each person's confirmation."""
    return {id.split(":")[1]: line.state for id, line in (await Book(store, EVENT).all()).items()}


async def test_everybody_gets_one_mail_though_the_worker_is_killed_again_and_again(
    store: Store, evenings: Evenings
) -> None:
    """`python -m tests.bench mail` does the same with 500 people and 20 kills."""
    await each_gets_one(store, evenings, people=160, kills=6)


async def each_gets_one(store: Store, evenings: Evenings, *, people: int, kills: int) -> None:
    """Kills the worker in the middle, so many times; fails unless each got exactly one mail."""
    await an_invited_event(evenings, people)
    postbox = Postbox()
    async with a_post_office(postbox) as smtp_url:
        for kill in range(kills):
            worker = await a_worker(store.url, smtp_url)
            await wait_until(postbox.has((kill + 1) * people // (kills + 2)), "some mails", SECONDS)
            worker.kill()
            await worker.wait()
        async with working(store, smtp_url):
            await wait_until(lambda: len(postbox.counts()) == people, "all mails", SECONDS)
            await wait_until(lambda: all_sent(store, people), "all written down", SECONDS)
    assert set(postbox.counts().values()) == {1}
    assert len({mail["Message-ID"] for mail in postbox.mails}) == people


async def test_a_letter_whose_carrier_died_in_the_last_moment_is_not_sent_again_by_itself(
    store: Store, evenings: Evenings
) -> None:
    evening = await an_invited_event(evenings, 1)
    [letter] = due(evening.event, evening.register, store.clock())
    long_ago = Entry(state=State.HANDING, at=store.clock() - 7 * 60_000)
    await Book(store, EVENT).swap(letter, None, long_ago)
    postbox = Postbox()
    async with a_post_office(postbox) as smtp_url, working(store, smtp_url):

        async def is_unsure() -> bool:
            return await states(store) == {"a0": State.UNSURE}

        await wait_until(is_unsure, "the letter is unsure", SECONDS)
    assert postbox.to == []


async def all_sent(store: Store, people: int) -> bool:
    found = list((await states(store)).values())
    return len(found) == people and set(found) == {State.SENT}


async def test_what_the_server_refuses_is_said_and_others_get_theirs(
    store: Store, evenings: Evenings
) -> None:
    evening = await an_invited_event(evenings, 4)
    postbox = Postbox()
    postbox.refuse["guest0@people.example"] = "550 5.1.1 <guest0@people.example> nobody here"
    postbox.refuse["guest1@people.example"] = "451 4.7.1 come back later"
    postbox.refuse_mail["guest2@people.example"] = "554 5.7.1 looks like spam"
    async with a_post_office(postbox) as smtp_url, working(store, smtp_url):
        settled = {"a0": "failed", "a1": "waiting", "a2": "failed", "a3": "sent"}

        async def are_settled() -> bool:
            book = await Book(store, EVENT).all()
            tried = all(
                line.at and (line.tries or line.state is State.SENT) for line in book.values()
            )
            return await states(store) == settled and tried

        await wait_until(are_settled, "each is settled", SECONDS)

        async def is_known() -> bool:
            await evening.caught_up()
            return evening.register.dead_address("a0") is not None

        await wait_until(is_known, "nobody will be written to at that address", SECONDS)
    assert [id for id in evening.event.people if evening.register.dead_address(id)] == ["a0"]
    book = {id.split(":")[1]: line for id, line in (await Book(store, EVENT).all()).items()}
    assert (book["a0"].why, book["a2"].why, book["a1"].why) == (
        "refused-address", "refused-mail", "later",
    )  # fmt: skip
    assert book["a1"].not_before > store.clock()
    assert "@" not in "".join(line.said for line in book.values())
    assert postbox.to == ["guest3@people.example"]


async def test_a_server_that_dies_before_its_answer_leaves_a_letter_unsure_and_not_sent_twice(
    store: Store, evenings: Evenings
) -> None:
    await an_invited_event(evenings, 1)
    postbox = Postbox()
    postbox.hang_up = 1
    async with a_post_office(postbox) as smtp_url, working(store, smtp_url):

        async def is_unsure() -> bool:
            return await states(store) == {"a0": State.UNSURE}

        await wait_until(is_unsure, "the letter is unsure", SECONDS)
        [letter] = await Book(store, EVENT).all()
        assert len(postbox.to) == 1
        assert await Book(store, EVENT).again(letter, store.clock())
        await wait_until(lambda: len(postbox.to) == 2, "sent again, as a person asked", SECONDS)
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1


async def test_a_server_that_is_away_is_said_and_nothing_is_lost(
    store: Store, evenings: Evenings
) -> None:
    await an_invited_event(evenings, 2)
    postbox = Postbox()
    async with a_post_office(postbox) as smtp_url:
        pass
    async with working(store, smtp_url):

        async def is_said() -> bool:
            said = await trouble(store, store.clock())
            return said.worker and said.why == "away"

        await wait_until(is_said, "the trouble is said", SECONDS)
    book = (await Book(store, EVENT).all()).values()
    assert {(line.state, line.tries) for line in book} <= {(State.WAITING, 0), (State.TAKEN, 0)}


async def test_nobody_erased_is_written_to(store: Store, evenings: Evenings) -> None:
    evening = await an_invited_event(evenings, 2)
    await evening.submit("organiser", Erase(attendee="a0"))
    postbox = Postbox()
    async with a_post_office(postbox) as smtp_url, working(store, smtp_url):
        await wait_until(lambda: len(postbox.to) == 1, "the other's mail", SECONDS)
    assert postbox.to == ["guest1@people.example"]


async def test_who_moves_up_from_the_waiting_list_gets_one_letter_with_a_calendar_file(
    store: Store, evenings: Evenings
) -> None:
    evening = await an_invited_event(evenings, 1)
    plan = replace(evening.event.plan, capacity=1)
    await evening.submit("organiser", ChangeEvent(plan=plan))
    bo = Attendee(id="bo", name="花子", email="bo@people.example", locale="ja")
    await evening.submit("organiser", AddAttendees(people=(bo,), by_event_link=True))
    postbox = Postbox()
    async with a_post_office(postbox) as url, working(store, url):
        await wait_until(postbox.has(2), "both have their first letter", seconds=SECONDS)
        await evening.submit("a0", Coming(coming=False))
        await wait_until(postbox.has(3), "the next one has a place", seconds=SECONDS)
    assert postbox.counts() == {"guest0@people.example": 1, "bo@people.example": 2}
    waiting, place = (mail for mail in postbox.mails if "bo@" in str(mail["To"]))
    assert "キャンセル待ち" in str(waiting["Subject"])
    assert "ご参加いただけます" in str(place["Subject"])
    assert not list(waiting.iter_attachments())
    assert [one.get_filename() for one in place.iter_attachments()] == ["event.ics"]


async def test_the_links_in_a_mail_are_the_same_each_time_and_end_with_the_persons_key(
    store: Store, evenings: Evenings
) -> None:
    keys = Keys(store, Settings())
    await an_invited_event(evenings, 1)
    own = await keys.make(EVENT, "a0", Role.ATTENDEE)
    mailed = await keys.mailed_key(EVENT, "a0", Role.ATTENDEE)
    assert await keys.mailed_key(EVENT, "a0", Role.ATTENDEE) == mailed
    for key in (own, mailed):
        found = await keys.find(key)
        assert found is not None
        assert not found.ended
    await keys.make(EVENT, "a0", Role.ATTENDEE)
    found = await keys.find(mailed)
    assert found is not None
    assert found.ended == "replaced"
    assert await keys.mailed_key(EVENT, "a0", Role.ATTENDEE) != mailed
    await keys.forget(EVENT, ["a0"])
    assert not await keys.has_key(EVENT, "a0")


async def test_the_doctor_greets_the_mail_server_and_sends_nothing() -> None:
    postbox = Postbox()
    async with a_post_office(postbox) as smtp_url:
        found = await asyncio.to_thread(of, smtp_url)
        assert [(one.well, postbox.sessions) for one in found] == [(True, 1)]
    [gone] = await asyncio.to_thread(of, smtp_url)
    assert not gone.well
    assert "cannot be reached" in gone.sentence
    assert postbox.to == []


def of(smtp_url: str) -> list[Finding]:
    """Returns what the doctor says of mail, with this server set."""
    given = {"MEGURI_SMTP_URL": smtp_url, "MEGURI_PUBLIC_URL": "https://tea.example.org"}
    return mail_findings(read_settings(given))
