"""One's own page after the evening: whom it shows, what its presses and files do, one's data."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2 as httpx
import pytest_asyncio
import segno
import vobject
from icalendar import Calendar
from msgspec import Struct

from server.agreeing import NEWS, VERSION
from server.first_message import first_message
from server.pages.dots import PALETTE, colour
from server.pages.mine import PEOPLE_AT_ONCE
from server.redis import Store
from server.words import words
from tests.server.callers import Doors, Enrolled, bearer, doors

PEOPLE = [
    {"name": "Ana", "email": "ana@example.org", "phone": "+44 7700 900001", "link": "https://ana.example",
     "organisation": "Kiln", "interests": "Tea; Go"},
    {"name": "Bo", "email": "bo@example.org", "phone": "+44 7700 900002", "interests": "tea",
     "organisation": "Loom"},
    {"name": "花子", "email": "hana@example.org", "organisation": "茶房", "interests": "Go"},
]  # fmt: skip
STATIC = Path(__file__).resolve().parents[2] / "static"


class Over(Struct):
    """An evening that is over, in which Ana sat with Bo for 4 minutes and with 花子 for one."""

    house: Doors
    event: str
    ana: Enrolled
    bo: Enrolled
    hana: Enrolled

    @property
    def path(self) -> str:
        return f"/e/{self.event}/mine"

    async def asks(self, who: Enrolled, type: str, **fields: object) -> None:
        """Has somebody command something over the API."""
        answer = await self.house.client.post(
            f"/api/events/{self.event}/attendees/me/commands",
            json={"type": type, **fields},
            headers=bearer(who.key),
        )
        assert answer.status_code == 200, answer.text

    @contextlib.asynccontextmanager
    async def comes_in(self, who: Enrolled) -> AsyncIterator[httpx.AsyncClient]:
        """Opens somebody's personal link in a browser of their own."""
        async with self.house.browser() as browser:
            came = await browser.post(who.url.removeprefix(self.house.url), data={"agree": "1"})
            assert came.headers["location"] == self.path
            yield browser

    async def are_in_touch(self) -> None:
        """Ana and Bo say yes: she shows her address, he his number."""
        await self.asks(self.ana, "keep-in-touch", about=self.bo.id, fields=["email"])
        await self.asks(self.bo, "keep-in-touch", about=self.ana.id, fields=["phone"])


@pytest_asyncio.fixture
async def over(store: Store) -> AsyncIterator[Over]:
    async with doors(store) as house:
        event = (await house.makes_event(time_zone="Asia/Tokyo"))["id"]
        ana, bo, hana = await house.brings(event, PEOPLE)
        now = store.clock() - 600_000
        met = [
            {"a": ana.id, "b": bo.id, "spans": [[now, now + 240_000]]},
            {"a": ana.id, "b": hana.id, "spans": [[now, now + 60_000]]},
        ]
        body = {
            "round": 1,
            "starts_at": now,
            "ends_at": now + 300_000,
            "meetings": met,
            "ends": True,
        }
        answer = await house.client.post(f"/api/events/{event}/meetings", json=body)
        assert answer.status_code == 200, answer.text
        yield Over(house, event, ana, bo, hana)


async def read(browser: httpx.AsyncClient, path: str) -> str:
    """Returns a page's text."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    assert page.headers["cache-control"] == "no-store"
    return html.unescape(page.text)


def names(page: str) -> list[str]:
    """Returns who is listed, in order."""
    return re.findall(r"<h2><bdi>([^<]+)</bdi>", page)


async def test_a_personal_link_leads_to_everybody_met_with_minutes_and_shared_interests(
    over: Over,
) -> None:
    await over.are_in_touch()
    async with over.comes_in(over.ana) as browser:
        page = await read(browser, over.path)
        assert names(page) == ["Bo", "花子"]
        assert "4 minutes together" in page
        assert "1 minute together" in page
        assert 'href="tel:+447700900002"' in page
        assert "bo@example.org" not in page, "he did not give it"
        assert "hana@example.org" not in page
    async with over.house.browser() as stranger:
        for path in ("", "/contacts.vcf", "/card.svg", "/data", "/data.json", "/meeting.ics"):
            assert (await stranger.get(over.path + path)).status_code == 401


async def test_people_are_found_by_name_work_interest_and_note(over: Over) -> None:
    await over.asks(over.ana, "note", about=over.hana.id, text="Knows a potter", next_step="Write")
    async with over.comes_in(over.ana) as browser:
        for asked, found in (
            ("bo", ["Bo"]), ("ｌｏｏｍ", ["Bo"]), ("茶房", ["花子"]), ("potter", ["花子"]),
            ("go", ["花子"]), ("loom potter", []),
        ):  # fmt: skip
            assert names(await read(browser, f"{over.path}?q={asked}")) == found, asked
        assert names(await read(browser, f"{over.path}?show=open")) == ["花子"]
        assert names(await read(browser, f"{over.path}?show=in-touch")) == []


async def test_hundreds_of_people_met_are_on_pages_and_what_was_saved_is_on_its_own(
    store: Store,
) -> None:
    many = 2 * PEOPLE_AT_ONCE + 5
    async with doors(store) as house:
        event = (await house.makes_event())["id"]
        people = [{"name": f"Guest {n}"} for n in range(many)]
        ana, *guests = await house.brings(event, [{"name": "Ana"}, *people])
        now = store.clock() - 600_000
        met = [
            {"a": ana.id, "b": guest.id, "spans": [[now, now + 500_000 - 1000 * n]]}
            for n, guest in enumerate(guests)
        ]
        body = {"round": 1, "starts_at": now, "ends_at": now + 500_000, "meetings": met,
                "ends": True}  # fmt: skip
        await house.client.post(f"/api/events/{event}/meetings", json=body)
        over = Over(house, event, ana, guests[0], guests[-1])
        async with over.comes_in(ana) as browser:
            seen = []
            for page in ("", "?page=2", "?page=3", "?page=99999"):
                found = await read(browser, over.path + page)
                assert f"You met {many} people." in found
                seen.append(names(found))
            assert seen[0] + seen[1] + seen[2] == [f"Guest {n}" for n in range(many)]
            assert seen[3] == seen[2]
            searched = await read(browser, f"{over.path}?q=guest&page=2")
            assert f"Found: {many}" in searched
            assert 'href="?q=guest&page=3#people"' in searched
            form = {"about": guests[-1].id, "do": "note", "text": "", "next_step": "call"}
            saved = await browser.post(over.path, data=form, follow_redirects=True)
            assert names(saved.text) == seen[2]
            assert "Saved." in saved.text


async def test_notes_yeses_cards_and_answers_are_plain_forms(over: Over) -> None:
    bo = over.bo.id
    async with over.comes_in(over.ana) as browser:
        form = {"do": "note", "about": bo, "text": "Red kites", "next_step": "Fly", "done": "1"}
        pressed = await browser.post(over.path, data=form)
        assert pressed.headers["location"] == f"{over.path}?saved={bo}#p-{bo}"
        page = await read(browser, f"{over.path}?saved={bo}")
        assert "Red kites" in page
        assert "step-done" in page
        await browser.post(over.path, data={"do": "yes", "about": bo, "fields": ["email"]})
        assert "You said yes." in await read(browser, over.path)
        await browser.post(over.path, data={"do": "no", "about": bo})
        assert "You said yes." not in await read(browser, over.path)
        await browser.post(over.path, data={"do": "card", "about": bo, "fields": ["phone"]})
        async with over.comes_in(over.bo) as other:
            assert "+44 7700 900001" in await read(other, over.path)
            await browser.post(over.path, data={"do": "no-card", "about": bo})
            assert "+44 7700 900001" not in await read(other, over.path)
        await browser.post(over.path, data={"do": "answer", "again": "yes", "change": "nothing"})
        assert "Thank you. You can still change your answer." in await read(browser, over.path)
        foreign = {"origin": "https://evil.example"}
        stolen = await browser.post(over.path, data={"do": "card", "about": bo}, headers=foreign)
        assert stolen.status_code == 403


async def test_contacts_are_saved_one_by_one_or_all_with_the_fields_given_and_no_others(
    over: Over,
) -> None:
    await over.are_in_touch()
    await over.asks(over.hana, "give-card", to=over.ana.id, fields=["email"])
    async with over.comes_in(over.ana) as browser:
        for version in ("3.0", "4.0"):
            file = await browser.get(f"{over.path}/contacts.vcf?version={version}")
            assert "attachment" in file.headers["content-disposition"]
            bo, hana = vobject.readComponents(file.text)
            assert (bo.version.value, bo.fn.value, hana.fn.value) == (version, "Bo", "花子")
            assert not hasattr(bo, "email")
            assert hana.email.value == "hana@example.org"
        one = vobject.readOne((await browser.get(f"{over.path}/contacts/{over.bo.id}.vcf")).text)
        assert one.tel.value == "+44 7700 900002"
    async with over.comes_in(over.bo) as browser:
        nobody = await browser.get(f"{over.path}/contacts/{over.hana.id}.vcf")
        assert nobody.status_code == 404, "Bo never met her"


async def test_ones_own_code_holds_the_fields_chosen_and_no_others(over: Over) -> None:
    async with over.comes_in(over.ana) as browser:
        file = await browser.get(f"{over.path}/card.vcf?field=email")
        assert "ana@example.org" in file.text
        assert "7700" not in file.text
        picture = await browser.get(f"{over.path}/card.svg?field=email")
        assert picture.headers["content-type"] == "image/svg+xml"
        same = io.BytesIO()
        segno.make(file.text, error="m", micro=False, encoding="utf-8").save(
            same, kind="svg", border=4, dark="#20242e", light="#ffffff", xmldecl=False
        )
        assert picture.content == same.getvalue()
        bare = await browser.get(f"{over.path}/card.vcf?field=")
        assert "example" not in bare.text


async def test_a_meeting_is_at_the_chosen_time_in_the_chosen_zone_and_holds_no_note(
    over: Over,
) -> None:
    await over.are_in_touch()
    await over.asks(over.ana, "note", about=over.bo.id, text="secret", next_step="hush")
    async with over.comes_in(over.ana) as browser:
        query = f"with={over.bo.id}&day=2037-03-29&time=09:30&minutes=45&zone=Europe/Berlin"
        file = await browser.get(f"{over.path}/meeting.ics?{query}&where=Caf%C3%A9")
        [entry] = Calendar.from_ical(file.content).walk("VEVENT")
        starts, ends = entry.decoded("dtstart"), entry.decoded("dtend")
        assert starts == datetime(2037, 3, 29, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        assert (ends - starts).total_seconds() == 45 * 60
        assert (str(entry["summary"]), str(entry["location"])) == ("Ana and Bo", "Café")
        assert "secret" not in file.text
        assert "hush" not in file.text
        broken = await browser.get(f"{over.path}/meeting.ics?with={over.bo.id}&day=x&time=9")
        assert broken.status_code == 422
        other = query.replace(over.bo.id, over.hana.id)
        assert (await browser.get(f"{over.path}/meeting.ics?{other}")).status_code == 404


async def test_a_first_message_is_made_of_what_was_shared_in_both_languages(over: Over) -> None:
    await over.are_in_touch()
    await over.asks(over.ana, "note", about=over.bo.id, next_step="Send <the> drawings")
    async with over.comes_in(over.ana) as browser:
        page = await read(browser, over.path)
        assert "It was good to meet you at “Tea”. I liked that we both care about Tea." in page
        assert "What I noted for us: Send <the> drawings" in page
        assert "Boさん" in page
    japanese = first_message(words("ja"), to="花子", me="Ana", event="茶会", shared=("茶", "碁"))
    assert japanese.startswith("花子さん\n\n「茶会」")
    assert "茶、碁" in japanese


async def test_my_data_is_seen_taken_home_and_erased_and_others_keep_their_minutes(
    over: Over,
) -> None:
    await over.are_in_touch()
    await over.asks(over.ana, "note", about=over.bo.id, text="Red kites")
    async with over.comes_in(over.ana) as browser, over.comes_in(over.bo) as other:
        path = f"{over.path}/data"
        page = await read(browser, path)
        for words_ in ("ana@example.org", "Red kites", "with “someone” in your place"):
            assert words_ in page
        kept = json.loads((await browser.get(f"{path}.json")).text)
        assert kept["profile"]["email"] == "ana@example.org"
        assert kept["notes"][0]["text"] == "Red kites"
        assert kept["contacts"][0]["theirs"]["phone"] == "+44 7700 900002"
        unsure = await browser.post(path, data={})
        assert unsure.status_code == 422
        gone = await browser.post(path, data={"sure": "1"})
        assert gone.headers["location"] == f"{over.path}/erased"
        assert "It is erased" in await read(browser, f"{over.path}/erased")
        assert (await browser.get(over.path)).status_code == 401
        link = over.ana.url.removeprefix(over.house.url)
        assert (await browser.get(link)).status_code == 404
        page = await read(other, over.path)
        assert names(page) == ["Someone"]
        assert "4 minutes together" in page
        assert "Ana" not in page


async def test_what_the_organiser_may_have_is_given_and_taken_back_after_the_end(
    over: Over,
) -> None:
    leads = f"/api/events/{over.event}/leads.csv"
    async with over.comes_in(over.ana) as browser:
        data = f"{over.path}/data"
        assert "I can take this back at any time on my page." in await read(browser, data)
        given = {"do": "choose", "fields": ["phone", "news"]}
        page = await browser.post(data, data=given, follow_redirects=True)
        assert "Saved." in page.text
        assert "the organiser may have: E-mail, Phone, writing to you by e-mail" in page.text
        agreed = csv.DictReader(io.StringIO((await over.house.client.get(leads)).text))
        [ana] = list(agreed)
        assert (ana["email"], ana["phone"]) == ("ana@example.org", "'+44 7700 900001")
        assert NEWS in ana["consent_wording"]
        assert ana["consent_version"] == VERSION
        await browser.post(data, data={"do": "choose", "fields": ["phone"]})
        later = csv.DictReader(io.StringIO((await over.house.client.get(leads)).text))
        assert [(row["change"], row["email"]) for row in later] == [("withdrawn", "")]
    async with over.house.browser() as stranger:
        assert (await stranger.post(data, data=given)).status_code == 401


def test_a_persons_dot_has_the_colour_it_has_on_every_other_screen() -> None:
    source = (STATIC / "dots.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r"#[0-9a-f]{6}", source)) == PALETTE
    assert len({colour(f"a{n}") for n in range(60)}) == len(PALETTE)
