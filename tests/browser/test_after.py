"""After a round: whom one met, the quiet yes, notes of which no keystroke is lost, stars."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.coming import comes_by_their_own_link
from tests.browser.hearing import HEARD, heard_with
from tests.browser.visitors import Visitors
from tests.guests import House, guest, quick_round

ROUND = quick_round(seconds=600, break_seconds=600)


async def sits_with_bo(page: Page, house: House) -> None:
    """Brings Ana's page into a room; Bo's guest is there."""
    await comes_by_their_own_link(page, house, "Ana")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    await house.commands("start-round")
    await expect(page.get_by_role("list", name="People in this room")).to_contain_text("Bo")


async def has_sat_with_bo(page: Page, house: House) -> None:
    """Brings Ana's page to the break after a round."""
    await sits_with_bo(page, house)
    await house.commands("end-round")
    await expect(page.get_by_role("heading", name="You just met")).to_be_visible()


async def opens_the_note(page: Page) -> None:
    await page.get_by_role("button", name="Add a note").click()


async def test_a_yes_a_note_and_stars_take_a_few_presses_and_stay(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await has_sat_with_bo(page, house)
        await page.get_by_role("button", name="Keep in touch with Bo").click()
        await page.get_by_label("Next step").fill("Send the drawings")
        await expect(page.get_by_text("saved", exact=True)).to_be_visible()
        await page.locator("label.star").nth(3).click()
        await expect(page.get_by_text("Thank you. Only totals are shown")).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("Next step")).to_have_value("Send the drawings")
        await expect(page.get_by_role("radio", name="4 stars")).to_be_checked()

        await page.evaluate(HEARD)
        await bo.asks("keep-in-touch", about=house.id("Ana"), yes=True, fields=[])
        await expect(page.get_by_text("You are in touch now")).to_be_visible()
        assert len(await heard_with(page, "You and Bo are in touch now.")) == 1
        await bo.asks("keep-in-touch", about=house.id("Ana"), yes=False)
        await expect(page.get_by_text("You are in touch now")).to_have_count(0)
        await expect(page.get_by_label("Next step")).to_have_value("Send the drawings")


async def test_every_keystroke_survives_a_reload_in_the_middle_of_a_word(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    async with guest(house, "Bo"):
        await has_sat_with_bo(page, house)
        await opens_the_note(page)
        await page.get_by_label("Note to yourself").press_sequentially("Likes te")
        said = page.get_by_placeholder("Write to everybody in the lobby")
        await said.press_sequentially("Who has the k")
        await page.reload()
        await opens_the_note_again(page)
        await expect(page.get_by_label("Note to yourself")).to_have_value("Likes te")
        await expect(said).to_have_value("Who has the k")


async def test_only_what_is_filled_in_is_given_and_the_rest_offers_to_be_filled_in(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Bo"], rounds=[ROUND])
    await house.brings([{"name": "Ana", "email": "ana@example.com"}])
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await has_sat_with_bo(page, house)
        given = page.get_by_role("group", name="What a contact sees of you")
        await expect(given.get_by_role("checkbox")).to_have_count(1)
        await expect(given.get_by_role("checkbox", name="e-mail")).to_be_checked()
        await expect(given.get_by_text("Not filled in yet: phone, link.")).to_be_visible()
        await page.get_by_role("button", name="Keep in touch with Bo").click()
        await page.evaluate("location.hash = 'you'")
        await page.get_by_role("textbox", name="Phone").fill("+81 3 1234 5678")
        await page.get_by_role("button", name="Save").click()
        await bo.asks("keep-in-touch", about=house.id("Ana"), yes=True, fields=[])
        contact = await bo.sees("contact")
        fields = contact["fields"]
        assert isinstance(fields, dict)
        assert sorted(name for name in fields if name != "name") == ["email"]


async def opens_the_note_again(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("Add a note|Your note")).click()


async def test_what_is_typed_without_a_connection_is_kept_and_sent_when_it_is_back(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    async with guest(house, "Bo"):
        await has_sat_with_bo(page, house)
        await opens_the_note(page)
        await page.context.set_offline(True)
        await page.get_by_label("Note to yourself").fill("Likes tea")
        await page.get_by_label("Note to yourself").blur()
        await expect(
            page.get_by_text("kept here, saved once the connection is back")
        ).to_be_visible()
        await page.context.set_offline(False)
        await expect(page.get_by_text("saved", exact=True)).to_be_visible()
        visitors.forgive("ERR_INTERNET_DISCONNECTED")


async def test_a_note_goes_on_through_the_next_round_and_the_end_of_the_event(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND, ROUND])
    page = await visitors.page()
    async with guest(house, "Bo"):
        await has_sat_with_bo(page, house)
        await opens_the_note(page)
        await page.get_by_label("Note to yourself").press_sequentially("Likes te")
        await house.commands("start-round")
        await expect(page.get_by_role("heading", name="Your room")).to_be_attached()
        await page.get_by_role("link", name="People met").click()
        await opens_the_note_again(page)
        note = page.get_by_label("Note to yourself")
        await expect(note).to_have_value("Likes te")
        await note.press("End")
        await note.press_sequentially("a")
        await house.commands("end-round")
        await house.commands("close-event")
        await expect(note).to_have_value("Likes tea")
        await expect(page.get_by_text("saved", exact=True)).to_be_visible()


async def test_what_is_unfinished_waits_under_people_met_with_its_number(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=600)])
    page = await visitors.page()
    async with guest(house, "Bo"):
        await sits_with_bo(page, house)
        link = page.get_by_role("link", name="People met")
        await expect(link).to_have_accessible_name("People met")
        await house.commands("end-round")
        await expect(link).to_have_accessible_name("People met 1 still open")
        await link.click()
        await expect(page.get_by_role("heading", name="Still open")).to_be_visible()
        await page.locator("label.star").nth(2).click()
        await page.get_by_role("button", name="Not now: Bo").click()
        await expect(page.get_by_role("heading", name="People you met")).to_be_focused()
        await expect(link).to_have_accessible_name("People met")
        await expect(page.get_by_role("button", name="Keep in touch with Bo")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("button", name="Keep in touch with Bo")).to_be_visible()
        await expect(page.get_by_role("heading", name="Still open")).to_have_count(0)


async def test_where_the_browsers_store_is_blocked_notes_are_sent_all_the_same(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    await page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window,"
        " name, {get() { throw new DOMException('', 'SecurityError'); }});"
    )
    async with guest(house, "Bo"):
        await has_sat_with_bo(page, house)
        await opens_the_note(page)
        await page.get_by_label("Note to yourself").fill("Likes tea")
        await expect(page.get_by_text("saved", exact=True)).to_be_visible()
        await page.reload()
        await opens_the_note_again(page)
        await expect(page.get_by_label("Note to yourself")).to_have_value("Likes tea")
