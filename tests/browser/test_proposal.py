"""The host's page for the next round: looking at the proposal and changing it."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.test_pages import is_accessible
from tests.guests import House, quick_round

NAMES = ("Ana", "Bo", "Chidi", "Emre", "Fatou", "Goran", "花子")


async def come_to_tables(house: House, names: tuple[str, ...], **changes: object) -> None:
    """Opens an event whose people are on site, checked in, without a phone."""
    await house.opens([], rounds=[quick_round(seconds=1, size=3, **changes)] * 2)
    await house.brings([{"name": name, "mode": "on-site", "interests": "jazz"} for name in names])
    for name in names:
        await house.commands("check-in", attendee=house.id(name))


async def proposal_of(page: Page, house: House, seated: str) -> Locator:
    """Opens the host's page and, on it, the proposal for all who came: `seated` is its first line.

    Not one for those who came first: what is changed in it would be overtaken by the next.
    """
    assert house.created is not None
    await page.goto(house.created.host_url)
    await page.locator("main form button[type=submit]").click()
    await page.get_by_role("button", name="Look, swap, keep…").click()
    sheet = page.get_by_role("dialog", name=re.compile("Seating of round 1"))
    await expect(sheet.locator(".numbers")).to_contain_text(seated)
    await expect(sheet.get_by_role("button", name="Ana", exact=True)).to_be_visible()
    return sheet


def room_with(sheet: Locator, name: str) -> Locator:
    """Returns the proposed room in which somebody sits."""
    return sheet.locator(".proposed-room").filter(
        has=sheet.page.get_by_role("button", name=name, exact=True)
    )


async def people_of(room: Locator) -> list[str]:
    return await room.locator(".proposed-person bdi").all_inner_texts()


async def test_a_host_swaps_two_people_by_keyboard_and_takes_it_back(
    house: House, visitors: Visitors
) -> None:
    await come_to_tables(house, NAMES[:6])
    page = await visitors.page(desk=True)
    sheet = await proposal_of(page, house, "6 in 2 rooms")
    before = await people_of(room_with(sheet, "Ana"))
    other = next(name for name in NAMES[:6] if name not in before)
    await sheet.get_by_role("button", name="Ana", exact=True).focus()
    await page.keyboard.press("Enter")
    chosen = sheet.get_by_role("button", name="Ana", exact=True)
    await expect(chosen).to_have_attribute("aria-pressed", "true")
    await is_accessible(page)
    await sheet.get_by_role("button", name=other, exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(room_with(sheet, other)).to_contain_text(
        next(name for name in before if name != "Ana")
    )
    await expect(sheet.get_by_role("button", name=other, exact=True)).to_be_focused()
    said = sheet.get_by_role("status").filter(has_text="changed places")
    await expect(said).to_have_text(f"Ana and {other} changed places.")
    await expect(room_with(sheet, "Ana").get_by_role("button", name="Kept")).to_have_count(0)
    keeps = room_with(sheet, "Ana").get_by_role("button", name=re.compile("^Keep room"))
    await expect(keeps).to_have_attribute("aria-pressed", "true")
    await sheet.get_by_role("button", name="Undo").click()
    await expect(room_with(sheet, "Ana")).to_contain_text(
        next(name for name in before if name != "Ana")
    )
    assert set(await people_of(room_with(sheet, "Ana"))) == set(before)


async def test_an_undo_that_something_else_prevents_says_so_before_it_is_pressed(
    house: House, visitors: Visitors
) -> None:
    await come_to_tables(house, NAMES[:6])
    page = await visitors.page(desk=True)
    sheet = await proposal_of(page, house, "6 in 2 rooms")
    await sheet.get_by_role("button", name=re.compile("^Keep room")).first.click()
    undo = sheet.get_by_role("button", name="Undo: the next seating")
    await expect(undo).to_be_enabled()
    await house.commands("swap", a=house.id("Ana"), b=house.id(await far_from(sheet, "Ana")))
    await expect(undo).to_be_disabled()
    await expect(undo).to_have_accessible_description("The proposal has changed since.")
    await is_accessible(page)


async def far_from(sheet: Locator, name: str) -> str:
    """Returns somebody of another room."""
    near = await people_of(room_with(sheet, name))
    return next(other for other in NAMES[:6] if other not in near)


async def test_a_host_drags_somebody_onto_somebody_else(house: House, visitors: Visitors) -> None:
    await come_to_tables(house, NAMES[:6])
    page = await visitors.page(desk=True)
    sheet = await proposal_of(page, house, "6 in 2 rooms")
    before = await people_of(room_with(sheet, "Ana"))
    other = next(name for name in NAMES[:6] if name not in before)
    await sheet.get_by_role("button", name="Ana", exact=True).hover()
    await page.mouse.down()
    await sheet.get_by_role("button", name=other, exact=True).hover()
    await page.mouse.move(*await middle_of(sheet.get_by_role("button", name=other, exact=True)))
    await page.mouse.up()
    await expect(room_with(sheet, other)).to_contain_text(
        next(name for name in before if name != "Ana")
    )
    chosen = sheet.get_by_role("button", name="Ana", exact=True)
    await expect(chosen).to_have_attribute("aria-pressed", "false")


async def middle_of(place: Locator) -> tuple[float, float]:
    box = await place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def test_a_host_keeps_a_person_and_a_room_and_draws_the_rest_anew(
    house: House, visitors: Visitors
) -> None:
    await come_to_tables(house, NAMES[:6])
    page = await visitors.page(desk=True)
    sheet = await proposal_of(page, house, "6 in 2 rooms")
    await sheet.get_by_role("button", name="Ana", exact=True).click()
    await sheet.get_by_role("button", name="Keep Ana in this room").click()
    await expect(sheet.get_by_role("button", name=re.compile("^Ana kept"))).to_be_visible()
    far = sheet.locator(".proposed-room").filter(has_not_text="Ana")
    kept = await people_of(far)
    await far.get_by_role("button", name=re.compile("^Keep room")).click()
    await expect(far.get_by_role("button", name=re.compile("^Keep room"))).to_have_attribute(
        "aria-pressed", "true"
    )
    await sheet.get_by_role("button", name="Draw the rest anew").click()
    await expect(sheet.get_by_role("status").first).to_have_text("Another seating is being drawn.")
    await expect(room_with(sheet, kept[0]).locator(".proposed-person")).to_have_count(len(kept))
    assert set(await people_of(room_with(sheet, kept[0]))) == set(kept)
    await sheet.get_by_role("button", name="Keep nothing").click()
    await expect(sheet.get_by_role("button", name="Keep nothing")).to_have_count(0)


async def test_a_host_reads_what_is_in_the_way_and_lets_somebody_sit_out(
    house: House, visitors: Visitors
) -> None:
    await come_to_tables(house, NAMES, least=3, most=3)
    page = await visitors.page(desk=True)
    sheet = await proposal_of(page, house, "7 in 2 rooms")
    strained = sheet.get_by_role("region", name="Not everything can hold at once")
    await expect(strained).to_contain_text("the sizes of rooms")
    await is_accessible(page)
    choice = strained.get_by_role("button", name=re.compile("Let some sit out"))
    await expect(choice).to_contain_text("sits out")
    words = await choice.locator(".second").inner_text()
    await choice.click()
    out = sheet.get_by_role("region", name=re.compile("^Sit out"))
    await expect(out).to_be_visible(timeout=60_000)
    assert words == f"{(await people_of(out))[0]} sits out", "what was promised is what comes"
    await is_accessible(page)


async def test_many_rooms_are_found_by_name_and_shown_a_few_at_a_time(
    house: House, visitors: Visitors
) -> None:
    await come_to_tables(house, ())
    page = await visitors.page(desk=True)
    assert house.created is not None
    await house.brings([{"name": f"Guest {n}", "mode": "on-site"} for n in range(150)])
    await house.brings([{"name": "花子", "mode": "on-site"}])
    for name in [*(f"Guest {n}" for n in range(150)), "花子"]:
        await house.commands("check-in", attendee=house.id(name))
    await page.goto(house.created.host_url)
    await page.locator("main form button[type=submit]").click()
    await page.get_by_role("button", name="Look, swap, keep…").click()
    sheet = page.get_by_role("dialog")
    await expect(sheet.locator(".numbers")).to_contain_text("151 in", timeout=120_000)
    await expect(sheet.locator(".proposed-room")).to_have_count(40)
    await sheet.get_by_role("searchbox").fill("花子")
    await expect(sheet.locator(".proposed-room")).to_have_count(1)
    await expect(sheet.get_by_role("button", name="花子", exact=True)).to_be_visible()
