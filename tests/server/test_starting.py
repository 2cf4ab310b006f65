"""Beginning an event: from a pattern, as a copy, with goals set beforehand, and its picture."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from rooms.programme import Kind, PlannedRound
from server.pages.patterns import PATTERNS, pattern_body
from server.pages.timeline import timeline
from tests.server.callers import ROUND, Doors
from tests.server.desk import house
from tests.server.house import KEY

__all__ = ["house"]


@contextlib.asynccontextmanager
async def organiser(house: Doors) -> AsyncIterator[httpx.AsyncClient]:
    """Opens a browser that is signed in at the desk."""
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        yield browser


async def event_of(house: Doors, address: httpx.URL) -> dict[str, object]:
    """Returns an event by its page's address, as the API shows it."""
    found = await house.client.get(f"/api/events/{str(address.path).split('/')[2]}")
    shown: dict[str, object] = found.json()
    return shown


@pytest.mark.parametrize("name", [one.name for one in PATTERNS])
async def test_every_pattern_makes_an_event_with_words_of_its_language(
    house: Doors, name: str
) -> None:
    async with organiser(house) as desk:
        form = {"title": "Tea", "pattern": name, "locale": "ja", "time_zone": "Asia/Tokyo"}
        page = await desk.post("/desk/events", data=form, follow_redirects=True)
        assert page.status_code == 200, page.text
        made = await event_of(house, page.url)
    rounds = made["programme"]["rounds"]  # type: ignore[index]
    wanted = pattern_body(name, "ja") or {}
    assert len(rounds) == len(wanted["programme"]["rounds"])  # type: ignore[index]
    said = "".join(one["prompt"] + "".join(one["topics"]) for one in rounds)
    assert re.search("[ぁ-ん]", said)
    assert (made["settings"]["mixing"] == "some") is (name == "hybrid")  # type: ignore[index]


async def test_a_copy_has_the_words_and_settings_and_nobody(house: Doors) -> None:
    rounds = [{**ROUND, "kind": "topics", "topics": ["Kites", "Tea"], "prompt": "Why?"}]
    made = await house.makes_event(
        programme={"rounds": rounds},
        sign_up={"capacity": 7, "questions": [{"id": "why", "words": {"en": "Why?"}}]},
        goals={"people": 40},
        settings={"synonyms": [["AI", "人工知能"]]},
    )
    await house.brings(made["id"])
    async with organiser(house) as desk:
        words = {"on": "1", "do": "save", "subject_ja": "題", "text_ja": "文\n\n{button}"}
        words |= {"subject_en": "Ours: {event}", "text_en": "Come\n\n{button}"}
        await desk.post(f"/desk/{made['id']}/mail/confirmation", data=words)
        page = await desk.post(f"/desk/{made['id']}/copy", data={"title": " "})
        assert page.status_code == 422
        form = {"title": "Tea again", "starts_at": "2030-01-01T19:00"}
        page = await desk.post(f"/desk/{made['id']}/copy", data=form, follow_redirects=True)
        assert "This is the copy." in page.text
        copy = await event_of(house, page.url)
        assert copy["id"] != made["id"]
        mail = await desk.get(f"/desk/{copy['id']}/mail/confirmation")
        assert "Ours: {event}" in mail.text
    before = (await house.client.get(f"/api/events/{made['id']}")).json()
    for kept in ("programme", "settings", "goals"):
        assert copy[kept] == before[kept]
    assert (copy["title"], copy["people"]) == ("Tea again", 0)
    assert copy["starts_at"] == 1_893_524_400_000
    assert copy["sign_up"]["capacity"] == 7  # type: ignore[index]


async def test_goals_and_cost_are_set_on_the_events_page(house: Doors) -> None:
    made = await house.makes_event()
    async with organiser(house) as desk:
        path = f"/desk/{made['id']}/goals"
        page = await desk.post(path, data={"people": "lots", "cost": "12"})
        assert page.status_code == 422
        assert 'value="lots"' in page.text
        form = {"people": "40", "met": "6.5", "contacts": "", "cost": "1,200", "currency": "EUR"}
        page = await desk.post(path, data=form, follow_redirects=True)
        assert 'value="6.5"' in page.text
    goals = (await house.client.get(f"/api/events/{made['id']}")).json()["goals"]
    assert goals == {"people": 40, "met": 6.5, "cost": 1200, "currency": "EUR"}


def test_a_programmes_picture_is_as_long_as_the_programme() -> None:
    each = PlannedRound(seconds=540, break_seconds=40, preview_seconds=20)
    floor = PlannedRound(seconds=0, kind=Kind.OPEN, preview_seconds=20, break_seconds=999)
    picture = timeline((each, each, floor), 1_893_524_400_000, "Asia/Tokyo", "en")
    assert picture is not None
    assert (picture.begins, picture.ends, picture.minutes) == ("04:00", "04:35", 35)
    assert picture.is_open
    assert [block.number for block in picture.blocks] == ["1", "2", "3"]
    last = picture.blocks[-1]
    assert round(last.x + last.width) == 100
    assert timeline((), None, "UTC", "en") is None
    many = timeline((each,) * 40, None, "UTC", "ja")
    assert many is not None
    assert {block.number for block in many.blocks} == {""}


async def test_title_and_time_are_changed_later_and_nothing_typed_is_lost(house: Doors) -> None:
    async with organiser(house) as desk:
        event = (await house.makes_event())["id"]
        form = {"title": "Late tea", "starts_at": "2030-05-01T19:30", "time_zone": "Asia/Tokyo"}
        form["series"] = " Teas  of the year "
        page = await desk.post(f"/desk/{event}/details", data=form, follow_redirects=True)
        assert 'value="Teas of the year"' in page.text
        assert 'value="2030-05-01T19:30"' in page.text
        shown = (await house.client.get(f"/api/events/{event}")).json()
        assert (shown["title"], shown["time_zone"]) == ("Late tea", "Asia/Tokyo")
        assert shown["starts_at"] == 1_903_861_800_000
        untitled = await desk.post(f"/desk/{event}/details", data={**form, "title": " "})
        assert untitled.status_code == 422
        assert "An event needs a title." in untitled.text
        wrong = await desk.post(f"/desk/{event}/details", data={**form, "time_zone": "Mars/Base"})
        assert wrong.status_code == 422
        assert 'value="Mars/Base"' in wrong.text
        assert 'href="#event-zone"' in wrong.text
        wrong = await desk.post(f"/desk/{event}/details", data={**form, "series": "x" * 81})
        assert 'href="#event-series"' in wrong.text
        shown = (await house.client.get(f"/api/events/{event}")).json()
        assert shown["series"] == "Teas of the year"


async def test_a_new_title_keeps_the_seconds_of_the_start_and_says_what_was_saved(
    house: Doors,
) -> None:
    async with organiser(house) as desk:
        starts_at = 1_903_861_812_345
        made = await house.makes_event(starts_at=starts_at, time_zone="Asia/Tokyo")
        form = {"title": "Late tea", "starts_at": "2030-05-01T19:30", "time_zone": "Asia/Tokyo"}
        page = await desk.post(f"/desk/{made['id']}/details", data=form, follow_redirects=True)
        assert "Title, time and series are saved." in page.text
        shown = (await house.client.get(f"/api/events/{made['id']}")).json()
        assert (shown["title"], shown["starts_at"]) == ("Late tea", starts_at)
        await desk.post(f"/desk/{made['id']}/details", data={**form, "starts_at": ""})
        shown = (await house.client.get(f"/api/events/{made['id']}")).json()
        assert shown["starts_at"] is None


async def test_a_refused_form_of_an_event_comes_back_as_typed_and_leads_to_its_field(
    house: Doors,
) -> None:
    event = (await house.makes_event(title="Tea"))["id"]
    async with organiser(house) as desk:
        for name, form, field in (
            ("goals", {"cost": "a lot", "currency": "JPY"}, "goal-cost"),
            ("copy", {"title": "Tea 2", "starts_at": "soon"}, "copy-starts"),
            ("delete", {"title": "Toe"}, "delete-title"),
        ):
            page = await desk.post(f"/desk/{event}/{name}", data=form)
            assert page.status_code == 422
            assert f'href="#{field}"' in page.text
            assert all(f'value="{value}"' in page.text for value in form.values()), name


async def test_the_page_of_an_event_says_what_comes_next(house: Doors) -> None:
    event = (await house.makes_event())["id"]
    async with organiser(house) as desk:

        async def reads() -> str:
            return (await desk.get(f"/desk/{event}")).text

        assert "Nobody is on the list yet." in await reads()
        ana, bo = await house.brings(event)
        assert "2 people have not been sent their links yet" in await reads()
        await desk.post(f"/desk/{event}/mail", data={"do": "invite"})
        assert "Everybody can come in." in await reads()
        now = house.store.clock()
        met = [{"a": ana.id, "b": bo.id, "spans": [[now - 60_000, now]]}]
        over = {
            "round": 1,
            "starts_at": now - 60_000,
            "ends_at": now,
            "meetings": met,
            "ends": True,
        }
        await house.client.post(f"/api/events/{event}/meetings", json=over)
        assert "The evening is over." in await reads()
