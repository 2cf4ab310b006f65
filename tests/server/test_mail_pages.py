"""Mail at the desk and by a mail's own link: sent by a press, stopped by one, worded by anybody."""

from __future__ import annotations

import html

import httpx2 as httpx
import pytest

from rooms.people import Role
from server.mail_texts import TEXT_LIMIT
from tests.server.callers import Doors
from tests.server.desk import desk, house, read

__all__ = ["desk", "house"]


async def test_links_are_sent_by_a_press_and_can_be_read_where_no_mail_server_is(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    here = f"/desk/{event}/mail"
    page = await read(desk, here)
    assert "MEGURI_SMTP_URL" in page
    assert "2 people with an address have not been sent a link yet." in page
    await desk.post(here, data={"do": "invite"})
    page = await read(desk, here)
    assert "Everybody with an address has a link." in page
    [path] = {
        part.split('"')[0] for part in page.split('href="') if f"confirmation:{ana.id}" in part
    }
    letter = await read(desk, path)
    assert "Hello Ana" in letter
    by_hand = {"do": "by-hand", "letter": path.rpartition("/")[2]}
    noted = await desk.post(here, data=by_hand, follow_redirects=True)
    assert "you sent it yourself" in noted.text
    assert "I have sent it myself" not in await read(desk, path)
    page = await read(desk, here)
    assert path not in page, "it waits no more"
    assert [f'data-label="{name}">1<' in page for name in ("Went out", "Still to go")] == [True] * 2
    twice = await desk.post(here, data=by_hand, follow_redirects=True)
    assert "has gone out already" in twice.text
    assert (await desk.post(here, data={**by_hand, "letter": "x"})).status_code == 404
    link = letter.split(f"{house.url}/e/{event}/in/")[1].split()[0]
    async with house.browser() as phone:
        assert "Ana" in await read(phone, f"/e/{event}/in/{link}")
        came = await phone.post(f"/e/{event}/in/{link}", data={"agree": "1"})
        assert came.headers["location"] == f"/e/{event}"
        assert (await phone.get(f"/e/{event}")).status_code == 200


async def test_words_are_edited_shown_with_a_person_and_refused_where_a_place_is_broken(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    await house.brings(event)
    here = f"/desk/{event}/mail/missed"
    form = {
        "subject_en": "Oh, {name}", "text_en": "We missed you at {event}.",
        "subject_ja": "{name}様", "text_ja": "残念です。", "on": "1", "language": "en",
    }  # fmt: skip
    shown = await desk.post(here, data={**form, "do": "preview"})
    assert "We missed you at Tea." in shown.text
    assert "We missed you at" not in await read(desk, here)
    broken = await desk.post(here, data={**form, "text_ja": "{nmae}", "do": "save"})
    assert broken.status_code == 422
    assert "Nothing can be filled in for {nmae}." in html.unescape(broken.text)
    await desk.post(here, data={**form, "do": "save"})
    assert "We missed you at Tea." in await read(desk, here)
    preview = await desk.get(f"{here}/preview?language=ja")
    assert "残念です。" in preview.text
    assert "sandbox" in preview.headers["content-security-policy"]
    await desk.post(here, data={"do": "usual"})
    assert "We missed you at" not in await read(desk, here)
    await desk.post(here, data={**form, "on": "", "do": "save"})
    assert '<span class="tag">off</span>' in await read(desk, f"/desk/{event}/mail")


async def test_words_may_be_as_long_as_the_page_says_in_any_script(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    long = "髙" * TEXT_LIMIT
    form = {"subject_en": "Oh", "text_en": long, "subject_ja": "残念", "text_ja": long, "on": "1"}
    saved = await desk.post(f"/desk/{event}/mail/missed", data={**form, "do": "save"})
    assert saved.headers["location"].endswith("?saved=1")
    refused = await desk.post(f"/desk/{event}/mail/missed", data={"text_en": "x" * 300_000})
    assert refused.status_code == 413
    assert "That is too big: at most 256 KB." in refused.text


async def test_opening_a_mails_link_does_nothing_and_a_press_does(house: Doors) -> None:
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    key = await house.keys.choice_key(event, ana.id)
    path = f"/e/{event}/mail/{ana.id}/{key}"
    async with house.browser() as browser:
        for _ in range(2):
            assert "No more mails" in await read(browser, path)
        await browser.post(path, data={"do": "stop"})
        assert "You get no more mails about this event." in await read(browser, path)
        await browser.post(path, data={"do": "start"})
        await browser.post(path, data={"do": "decline"})
        assert "You said that you can't come." in await read(browser, path)
        assert (await browser.get(f"/e/{event}/mail/{ana.id}/wrong")).status_code == 404
        other = await house.keys.choice_key(event, "somebody")
        assert (await browser.get(f"/e/{event}/mail/{ana.id}/{other}")).status_code == 404


async def test_a_mail_provider_unsubscribes_by_one_click_from_its_own_machines(
    house: Doors,
) -> None:
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    path = f"/e/{event}/mail/{ana.id}/{await house.keys.choice_key(event, ana.id)}"
    async with httpx.AsyncClient(base_url=house.url) as provider:
        away = {"origin": "https://provider.example"}
        done = await provider.post(path, data={"List-Unsubscribe": "One-Click"}, headers=away)
        assert done.status_code == 200
        assert "You get no more mails" in await read(provider, path)
        foreign = await provider.post(path, data={"do": "start"}, headers=away)
        assert foreign.status_code == 403


async def test_the_choice_link_signs_nobody_in(house: Doors) -> None:
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    key = await house.keys.choice_key(event, ana.id)
    async with house.browser() as browser:
        await browser.post(f"/e/{event}/mail/{ana.id}/{key}", data={"do": "decline"})
        assert not browser.cookies
        assert (await browser.get(f"/e/{event}/in/{key}")).status_code == 404


@pytest.mark.parametrize("page", ["", "/missed", "/nothing", "/letters/x:y"])
async def test_the_desks_mail_is_the_organisers_alone(house: Doors, page: str) -> None:
    event = (await house.makes_event())["id"]
    async with house.browser() as browser:
        assert (await browser.get(f"/desk/{event}/mail{page}")).status_code == 401


async def test_the_mailed_key_ends_when_a_new_link_is_made(
    house: Doors, desk: httpx.AsyncClient
) -> None:
    event = (await house.makes_event())["id"]
    [ana, _] = await house.brings(event)
    key = await house.keys.mailed_key(event, ana.id, Role.ATTENDEE)
    assert (await desk.get(f"/e/{event}/in/{key}")).status_code == 200
    await desk.post(f"/desk/{event}/people/{ana.id}/link")
    assert (await desk.get(f"/e/{event}/in/{key}")).status_code == 410
