"""Webhooks at the desk: an address by a press, its secret once, each message in words."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2 as httpx
import pytest
import pytest_asyncio

from rooms.commands import Erase
from rooms.deciding import ORGANISER
from server.evenings import Evenings
from server.mail import Book, Entry, State
from server.redis import Store
from server.settings import Settings
from server.webhooks import BOOK
from tests.server.callers import Doors, doors
from tests.server.desk import desk, read
from tests.server.evening import ANA, EVENT
from tests.server.house import KEY
from tests.server.post import a_worker
from tests.server.receivers import Receiver, is_signed, receiving
from tests.server.test_webhooks import an_event_that_tells, become_contacts
from tests.server.waiting import wait_until

__all__ = ["desk"]

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]+=*")
SECONDS = 40.0


@pytest_asyncio.fixture
async def house(store: Store) -> AsyncIterator[Doors]:
    async with doors(store, Settings(organiser_key=KEY, webhooks_private=True)) as house:
        yield house


async def press(browser: httpx.AsyncClient, path: str, **form: str) -> str:
    """Presses a button; returns the text of what came of it."""
    answer = await browser.post(path, data=form, follow_redirects=True)
    return html.unescape(answer.text)


async def test_an_address_is_set_tested_renewed_and_removed(
    house: Doors, desk: httpx.AsyncClient, store: Store
) -> None:
    event = (await house.makes_event())["id"]
    here = f"/desk/{event}/webhooks"
    assert here in await read(desk, f"/desk/{event}")
    assert "No address is set, so nothing is sent." in await read(desk, here)
    receiver = Receiver()
    async with receiving(receiver):
        page = await press(desk, here, do="set", address=receiver.url)
        [secret] = set(SECRET.findall(page))
        assert "Nobody is sending" in page
        page = await read(desk, here)
        assert receiver.url in page
        assert not SECRET.search(page), "it is shown once"
        worker = await a_worker(store.url, "", MEGURI_WEBHOOKS_PRIVATE="yes")
        try:
            assert "The test is on its way." in await press(desk, here, do="test")
            await wait_until(receiver.has(1), "the test", SECONDS)
            await wait_until(delivered(desk, here), "the desk says so", SECONDS)
            assert "Nobody is sending" not in await read(desk, here)
            [renewed] = set(SECRET.findall(await press(desk, here, do="renew")))
            await press(desk, here, do="test")
            await wait_until(receiver.has(2), "another test", SECONDS)
        finally:
            worker.terminate()
            await worker.wait()
    assert receiver.types() == ["webhook.test", "webhook.test"]
    assert [is_signed(secret, call) for call in receiver.calls] == [True, False]
    assert [is_signed(renewed, call) for call in receiver.calls] == [False, True]
    assert "Nothing is sent any more." in await press(desk, here, do="remove")
    assert "No address is set yet." in await press(desk, here, do="test")
    page = await read(desk, here)
    assert page.index("Address removed") < page.index("New secret") < page.index("Address set")


def delivered(browser: httpx.AsyncClient, path: str) -> Callable[[], Awaitable[bool]]:
    """Returns what says whether the desk calls a message delivered."""

    async def is_delivered() -> bool:
        return "Delivered (204)" in await read(browser, path)

    return is_delivered


async def test_what_was_given_up_says_why_and_is_sent_again_by_a_press(
    house: Doors, desk: httpx.AsyncClient, store: Store
) -> None:
    event = (await house.makes_event())["id"]
    here = f"/desk/{event}/webhooks"
    await press(desk, here, do="set", address="https://crm.example.org/hook")
    await press(desk, here, do="test")
    [delivery] = re.findall(r"webhook\.test:\d+", await give_up(desk, here, house, store, event))
    page = await press(desk, here, do="again", delivery=delivery)
    assert "It is sent once more." in page
    assert "These were given up" not in page
    line = (await Book(store, event, BOOK).all())[delivery]
    assert (line.state, line.tries) == (State.WAITING, 0)


async def give_up(
    desk: httpx.AsyncClient, here: str, house: Doors, store: Store, event: str
) -> str:
    """Has the only message's last try fail; returns the page then."""
    facts = (await house.client.get(f"/api/events/{event}/journal.jsonl")).text
    [at] = re.findall(r'"type":"webhook-changed","at":(\d+),"change":"test"', facts)
    failed = Entry(state=State.FAILED, at=0, tries=10, why="answered", said="503")
    await Book(store, event, BOOK).swap(f"webhook.test:{at}", None, failed)
    page = await read(desk, here)
    assert "It answered 503. Given up after 10 tries." in page
    return page


async def test_messages_are_listed_by_whom_they_are_about_and_the_erased_are_named_no_more(
    desk: httpx.AsyncClient, store: Store
) -> None:
    here = f"/desk/{EVENT}/webhooks"
    evenings = Evenings(store)
    try:
        evening = await an_event_that_tells(evenings, "https://crm.example.org/")
        await become_contacts(evening)
        page = await read(desk, here)
        assert "The evening is over" in page
        assert "A contact was made</strong> · <bdi>Ana and Bo</bdi>" in page
        await evening.submit(ORGANISER, Erase(attendee=ANA))
    finally:
        await evenings.close()
    page = await read(desk, here)
    assert "A contact was taken back</strong> · <bdi>somebody who was erased and Bo</bdi>" in page
    assert "Ana" not in page


@pytest.mark.parametrize("address", ["crm.example.org", "ftp://crm.example.org", "https://"])
async def test_what_is_no_address_is_refused_in_words_and_kept_in_the_form(
    house: Doors, desk: httpx.AsyncClient, address: str
) -> None:
    event = (await house.makes_event())["id"]
    here = f"/desk/{event}/webhooks"
    answer = await desk.post(here, data={"do": "set", "address": address})
    assert answer.status_code == 422
    assert "Please write an address like" in answer.text
    assert f'value="{address}"' in answer.text
    assert "No address is set" in await read(desk, here)


async def test_an_address_inside_is_refused_where_that_is_not_allowed(store: Store) -> None:
    async with doors(store) as house, house.browser() as desk:
        await desk.post("/desk", data={"key": KEY})
        event = (await house.makes_event())["id"]
        here = f"/desk/{event}/webhooks"
        assert "must begin with https" in await press(
            desk, here, do="set", address="http://crm.example.org/"
        )
        assert "inside the server's own network" in await press(
            desk, here, do="set", address="https://192.168.1.1/"
        )
