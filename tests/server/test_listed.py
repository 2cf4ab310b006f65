"""The desk's list reads an event when it has changed, and else says what it knows."""

from __future__ import annotations

import re

import msgspec

from rooms.commands import CreateEvent, OpenDoors
from rooms.messages import Phase
from rooms.people import Attendee, Details, Role
from rooms.programme import Plan
from server.evenings import Evening, Evenings
from server.listed import Listed, listed
from server.pages.desk import EVENTS_ON_A_PAGE
from server.redis import LISTED, Store, pairs
from tests.server.callers import doors
from tests.server.evening import DANA
from tests.server.house import KEY


class Reader(Evenings):
    """Evenings that note whom they read."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.read: list[str] = []

    async def as_it_stands(self, event_id: str) -> Evening:
        self.read.append(event_id)
        return await super().as_it_stands(event_id)


async def make(evenings: Evenings, id: str, title: str) -> Evening:
    """Makes an event with Dana as its host."""
    dana = Attendee(id=DANA, name="Dana", role=Role.HOST)
    command = CreateEvent(plan=Plan(), details=Details(title=title), host=dana)
    return await evenings.create(command, id)


async def test_an_event_is_read_again_only_once_it_has_changed(store: Store) -> None:
    ours, theirs = Evenings(store), Reader(store)
    spring, autumn = "spring222222", "autumn222222"
    first = await make(ours, spring, "Spring")
    await make(ours, autumn, "Autumn")
    lines = await listed(store, theirs, [spring, autumn, "nothing22222"])
    assert list(lines) == [spring, autumn]
    assert (lines[spring].phase, lines[spring].people) == (Phase.DRAFT, 0)
    assert theirs.read == [spring, autumn]
    theirs.read.clear()
    assert await listed(store, theirs, [spring, autumn]) == lines
    assert theirs.read == []
    await first.submit(DANA, OpenDoors())
    again = await listed(store, theirs, [spring, autumn])
    assert again[spring].phase is Phase.LOBBY
    assert again[autumn] == lines[autumn]
    assert theirs.read == [spring]
    assert theirs.held() == [], "whoever only lists events holds none"
    await ours.delete(autumn)
    assert [id for id, _ in pairs(await store.call("HGETALL", LISTED))] == [spring]
    await ours.close()
    await theirs.close()


async def test_a_line_of_another_version_is_made_anew(store: Store) -> None:
    evenings = Evenings(store)
    id = "spring222222"
    await make(evenings, id, "Spring")
    await store.call("HSET", LISTED, id, b'{"tip": 7}')
    lines = await listed(store, evenings, [id])
    assert lines[id].phase is Phase.DRAFT
    kept = dict(pairs(await store.call("HGETALL", LISTED)))
    assert msgspec.json.decode(kept[id], type=Listed) == lines[id]
    await evenings.close()


async def test_more_events_than_a_page_holds_are_turned_over(store: Store) -> None:
    evenings = Evenings(store)
    titles = [f"Evening {n:03}" for n in range(2 * EVENTS_ON_A_PAGE + 1)]
    for n, title in enumerate(titles):
        await make(evenings, f"event{n:07}", title)
    await evenings.close()
    async with doors(store) as house, house.browser() as browser:
        browser.headers["origin"] = house.url
        await browser.post("/desk", data={"key": KEY})
        seen, path, pages = [], "/desk", []
        while path:
            page = (await browser.get(path)).text
            pages.append(path)
            seen += re.findall(r"Evening \d\d\d", page)
            older = re.search(r'href="([^"]+)">Older events', page)
            newer = re.search(r'href="([^"]+)">Newer events', page)
            assert (newer[1] if newer else "") == (pages[-2] if len(pages) > 1 else "")
            path = older[1] if older else ""
    assert len(pages) == 3
    assert seen == titles[::-1]
