"""What a series remembers: who met at one evening is known at the next, by consent, 400 days."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator

import pytest_asyncio

from rooms.commands import (
    AddAttendees,
    CreateEvent,
    Erase,
    Observed,
    OpenDoors,
    Profile,
    RecordMeetings,
)
from rooms.deciding import ORGANISER
from rooms.people import Attendee, Details, Role
from rooms.programme import Plan
from rooms.standing import pair
from server.auth import Keys
from server.erasure import ERASING, Eraser, Erasure, finish, note
from server.evenings import Evening, Evenings
from server.redis import EVENTS, Store, items, key, pairs
from server.remembering import Remembering
from server.series import ALL, CODES, KEPT, Series, digest_of
from server.settings import Settings
from tests.server.callers import Doors, Enrolled, doors
from tests.server.evening import ROUNDS
from tests.server.test_retention import retention
from tests.server.waiting import wait_until

SERIES = "Tea Evenings"
NAMES = {"ana": "Ana", "bo": "Bo", "hana": "花子"}


async def fields(store: Store, series: str = SERIES) -> dict[str, bytes]:
    """Returns all that a series remembers."""
    return dict(pairs(await store.call("HGETALL", key("series", digest_of(series)))))


@pytest_asyncio.fixture
async def evenings(store: Store) -> AsyncIterator[Evenings]:
    evenings = Evenings(store)
    yield evenings
    await evenings.close()


async def an_evening(
    evenings: Evenings, number: int, *, series: str = SERIES, agree: tuple[str, ...] = ("ana", "bo")
) -> Evening:
    """An evening of a series with Ana, Bo and 花子, of whom some agree."""
    dana = Attendee(id=f"dana{number}", name="Dana", role=Role.HOST)
    details = Details(title=f"Tea {number}", series=series)
    create = CreateEvent(plan=Plan(rounds=ROUNDS), details=details, host=dana)
    evening = await evenings.create(create, f"event{number}")
    people = tuple(
        Attendee(id=f"{id}{number}", name=name, email=f"{id}@example.org")
        for id, name in NAMES.items()
    )
    await evening.submit(ORGANISER, AddAttendees(people=people))
    for id in agree:
        await evening.submit(f"{id}{number}", Profile(remembered_in=series))
    return evening


async def at_which_all_met(evenings: Evenings, store: Store, number: int, *agree: str) -> Evening:
    """An evening that is over, at which everybody met everybody for a minute."""
    evening = await an_evening(evenings, number, agree=agree or ("ana", "bo"))
    now, ids = store.clock(), [f"{id}{number}" for id in NAMES]
    spans = ((now - 60_000, now),)
    met = tuple(Observed(a=a, b=b, spans=spans) for i, a in enumerate(ids) for b in ids[i + 1 :])
    command = RecordMeetings(round=1, starts_at=now - 60_000, ends_at=now, meetings=met, ends=True)
    await evening.submit(ORGANISER, command)
    return evening


async def with_open_doors(
    evenings: Evenings, number: int, *agree: str, series: str = SERIES
) -> Evening:
    """An evening whose doors are open."""
    evening = await an_evening(evenings, number, series=series, agree=agree or ("ana", "bo"))
    await evening.submit(ORGANISER, OpenDoors())
    return evening


async def test_two_who_agreed_and_met_are_known_at_the_next_evening(
    store: Store, evenings: Evenings
) -> None:
    first = await at_which_all_met(evenings, store, 1)
    other = await with_open_doors(evenings, 2, series="Coffee")
    second = await with_open_doors(evenings, 3, "ana", "bo", "hana")
    remembering = Remembering(store, evenings)
    for evening in (other, second):
        await remembering.look(evening)
    assert not other.event.met_before
    assert second.event.met_before == {("ana3", "bo3"): 0}, "花子 had not agreed at the first"
    [(field, at)] = (await fields(store)).items()
    when, _, event = at.decode().partition(":")
    assert 0 <= store.clock() - int(when) < 600_000
    assert event == first.id
    assert "@" not in field
    assert await Series(store).code(" ANA@example.org") in field
    length = await store.call("XLEN", key(second.id, "journal"))
    anew = Evenings(store)
    await Remembering(store, anew).look(await anew.get(second.id))
    assert await store.call("XLEN", key(second.id, "journal")) == length, "once is enough"
    await anew.close()
    assert not (await evenings.as_it_stands(first.id)).event.met_before


async def test_retention_keeps_it_once_and_forgets_it_after_400_days(
    store: Store, evenings: Evenings
) -> None:
    first = await at_which_all_met(evenings, store, 1)
    await retention(store, evenings, days=0.1).once()
    kept = await fields(store)
    assert len(kept) == 1
    await retention(store, evenings, days=97).once()
    await first.caught_up()
    assert not first.event.met, "the minutes are forgotten"
    await retention(store, evenings, days=399).once()
    assert await fields(store) == kept
    await retention(store, evenings, days=401).once()
    assert await fields(store) == {}
    assert await store.call("SMEMBERS", ALL) == []
    assert await store.call("HEXISTS", KEPT, first.id) == 1
    await evenings.delete(first.id)
    assert await store.call("HEXISTS", KEPT, first.id) == 0


async def test_what_is_taken_back_at_one_evening_stays_unknown_at_all(
    store: Store, evenings: Evenings
) -> None:
    first = await at_which_all_met(evenings, store, 1, "ana", "bo", "hana")
    second = await with_open_doors(evenings, 2, "ana", "bo", "hana")
    remembering = Remembering(store, evenings)
    await remembering.look(second)
    assert len(second.event.met_before) == 3
    await second.submit("bo2", Profile(remembered_in=""))
    assert set(second.event.met_before) == {("ana2", "hana2")}, "at once, by the rules alone"
    await remembering.look(second)
    code = await Series(store).code("bo@example.org")
    assert [name for name in await fields(store) if code in name] == [f"-{code}"]
    for _ in range(2):
        await retention(store, evenings, days=2).once()
        await remembering.look(first)
    assert len(await fields(store)) == 2, "Ana and 花子; and that Bo has taken it back"
    assert not await Series(store).agrees(first.register, "bo1", store.clock())
    third = await with_open_doors(evenings, 3)
    await remembering.look(third)
    assert not third.event.met_before, "agreed to anew: from now on"
    await remembering.look(await at_which_all_met(evenings, store, 4))
    assert len([name for name in await fields(store) if code in name]) == 2


async def test_somebody_erased_is_in_no_series_and_does_not_come_back(
    store: Store, evenings: Evenings
) -> None:
    await at_which_all_met(evenings, store, 1)
    second = await with_open_doors(evenings, 2)
    remembering = Remembering(store, evenings)
    await remembering.look(second)
    assert len(await fields(store)) == len(second.event.met_before) == 1
    await second.submit(ORGANISER, Erase(attendee="ana2"))
    assert not second.event.met_before
    assert await fields(store) == {}
    assert await store.call("SMEMBERS", ALL) == []
    await retention(store, evenings, days=2).once()
    await remembering.look(second)
    assert await fields(store) == {}


async def test_a_deleted_event_leaves_only_what_another_one_made(
    store: Store, evenings: Evenings
) -> None:
    remembering = Remembering(store, evenings)
    first = await at_which_all_met(evenings, store, 1)
    second = await at_which_all_met(evenings, store, 2, "ana", "bo", "hana")
    for evening in (first, second):
        await remembering.look(evening)
    assert len(await fields(store)) == 3
    await evenings.delete(second.id)
    [value] = (await fields(store)).values()
    assert value.endswith(b":event1"), "Ana and Bo met at the first one too"
    await store.call("HDEL", EVENTS, first.id)  # as far as a process came that died
    await retention(store, evenings, days=2).once()
    assert await fields(store) == {}


async def test_a_new_address_takes_along_whom_one_met_and_an_erasure_finds_both(
    store: Store, evenings: Evenings
) -> None:
    remembering = Remembering(store, evenings)
    first = await at_which_all_met(evenings, store, 1)
    await remembering.look(first)
    await first.submit("ana1", Profile(email="ana@new.example"))
    await remembering.look(first)
    old, new = [await Series(store).code(f"ana@{at}") for at in ("example.org", "new.example")]
    [field] = await fields(store)
    assert new in field
    assert old not in field
    second = await at_which_all_met(evenings, store, 2)  # where she has the old one
    await remembering.look(second)
    assert len(await fields(store)) == 2
    await first.submit(ORGANISER, Erase(attendee="ana1"))
    await finish(store, Erasure(first.id, "ana1", "ana@new.example"))
    assert await fields(store) == {}
    assert await store.call("HKEYS", key(first.id, CODES)) == [b"bo1"]


async def test_what_is_taken_back_under_a_new_address_is_under_the_old_one_too(
    store: Store, evenings: Evenings
) -> None:
    remembering = Remembering(store, evenings)
    first = await at_which_all_met(evenings, store, 1)
    second = await at_which_all_met(evenings, store, 2)
    for evening in (first, second):
        await remembering.look(evening)
    await first.submit("ana1", Profile(email="ana@new.example"))
    await first.submit("ana1", Profile(remembered_in=""))
    await remembering.look(first)
    assert all(field.startswith("-") for field in await fields(store))


async def test_an_erasure_whose_process_died_is_finished_in_the_series_too(
    store: Store, evenings: Evenings
) -> None:
    first = await at_which_all_met(evenings, store, 1)
    await Remembering(store, evenings).look(first)
    erasure = Erasure(first.id, "ana1", "ana@example.org")
    await note(store, erasure)
    begun = dict(pairs(await store.call("HGETALL", ERASING)))[erasure.field]
    assert b"@" not in begun
    await store.call("HSET", ERASING, erasure.field, b"1 " + begun.partition(b" ")[2])
    await store.call("HDEL", key(first.id, "register"), "a:ana1")  # so far the rules had come
    await Eraser(store, Keys(store, Settings())).finish_left()
    assert await fields(store) == {}
    assert items(await store.call("HGETALL", ERASING)) == []


# Over HTTP


async def comes_in(house: Doors, who: Enrolled, *ticked: str) -> None:
    async with house.browser() as browser:
        page = await browser.get(who.url.removeprefix(house.url))
        assert "evenings of “tea evenings”" in html.unescape(page.text).casefold()
        form = {"agree": "1", "fields": list(ticked)}
        answer = await browser.post(who.url.removeprefix(house.url), data=form)
        assert answer.status_code == 303


async def ticks(house: Doors, who: Enrolled, event: str, *fields: str) -> str:
    """Saves one's choices on My data; returns the page."""
    async with house.browser() as browser:
        await browser.post(who.url.removeprefix(house.url))
        data = {"do": "choose", "fields": list(fields)}
        page = await browser.post(f"/e/{event}/mine/data", data=data, follow_redirects=True)
        assert page.status_code == 200
        return html.unescape(page.text)


TICKED = 'value="series" checked'


async def test_the_box_at_the_door_and_on_my_data_says_who_is_known_next_time(
    store: Store,
) -> None:
    people = [{"name": name, "email": f"{id}@example.org"} for id, name in NAMES.items()]
    async with doors(store) as house:
        event = (await house.makes_event(series=SERIES))["id"]
        ana, bo, hana = await house.brings(event, people)
        for who, ticked in ((ana, ["series"]), (bo, ["series", "news"]), (hana, ["email"])):
            await comes_in(house, who, *ticked)
        now = store.clock() - 600_000
        spans = [[now, now + 60_000]]
        two = [(ana, bo), (ana, hana), (bo, hana)]
        met = [{"a": a.id, "b": b.id, "spans": spans} for a, b in two]
        body = {
            "round": 1, "starts_at": now, "ends_at": now + 90_000, "meetings": met, "ends": True,
        }  # fmt: skip
        answer = await house.client.post(f"/api/events/{event}/meetings", json=body)
        assert answer.status_code == 200, answer.text

        async def remembers(count: int) -> bool:
            return len(await fields(store)) == count

        await wait_until(lambda: remembers(1), "two who agreed and met are remembered")
        page = await ticks(house, hana, event, "email", "series")
        assert TICKED in page
        assert "remembered in the series: Tea Evenings" in page
        await wait_until(lambda: remembers(3), "who agrees afterwards is too")
        following = (await house.makes_event(series="tea evenings"))["id"]
        ana2, bo2, hana2 = await house.brings(following, people)
        for who in (ana2, bo2, hana2):
            await comes_in(house, who, "series")
        path = f"/api/events/{following}/commands"
        await house.client.post(path, json={"type": "open-doors"})
        reader = Evenings(store)

        async def knows(*expected: tuple[str, str]) -> bool:
            known = (await reader.as_it_stands(following)).event.met_before
            return set(known) == {pair(a, b) for a, b in expected}

        every = [(a.id, b.id) for a, b in ((ana2, bo2), (ana2, hana2), (bo2, hana2))]
        await wait_until(lambda: knows(*every), "they are known at the next evening")
        assert TICKED not in await ticks(house, bo2, following)
        await wait_until(lambda: knows(every[1]), "who took it back is not")

        async def is_unticked() -> bool:
            async with house.browser() as browser:
                await browser.post(bo.url.removeprefix(house.url))
                return TICKED not in (await browser.get(f"/e/{event}/mine/data")).text

        await wait_until(is_unticked, "nor at the evening before")
        exported = await house.client.get(f"/api/events/{following}/journal.jsonl")
        assert "consent-given" in exported.text
        assert "met-in-series" not in exported.text


async def test_the_evenings_page_asks_about_its_series_as_my_data_does(store: Store) -> None:
    async with doors(store) as house:
        event = (await house.makes_event(series=SERIES))["id"]
        [ana, bo] = await house.brings(
            event, [{"name": "Ana", "email": "a@b.example"}, {"name": "Bo"}]
        )
        for who in (ana, bo):
            await comes_in(house, who)
            assert await told_of_series(house, who, event) == {"series": SERIES, "agrees": False}
            page = await ticks(house, who, event, "series")
            assert TICKED in page
            assert ("once your e-mail address is on your card" in page) is (who is bo)
            assert await told_of_series(house, who, event) == {"series": SERIES, "agrees": True}


async def told_of_series(house: Doors, who: Enrolled, event: str) -> object:
    async with house.browser() as browser:
        await browser.post(who.url.removeprefix(house.url))
        return (await browser.get(f"/e/{event}/mine/series")).json()
