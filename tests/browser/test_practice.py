"""The practice round: lived alone and whole, given up at once when the evening calls."""

from __future__ import annotations

import re

from playwright.async_api import Page, Request, expect

from tests.browser.coming import comes_by_the_open_link
from tests.browser.conftest import Visitors
from tests.browser.test_check import KEEP_TRACKS, nothing_is_open
from tests.browser.test_pages import is_accessible
from tests.guests import House, guest, quick_round

A_PRACTICE_MS = 180_000
PREVIEW_MS = 60_000


async def begins_a_practice(page: Page, house: House, name: str = "Ana") -> None:
    """Comes in and presses the lobby's button."""
    await comes_by_the_open_link(page, house, name)
    await page.get_by_role("button", name=re.compile("Practise|練習する")).click()


async def writes(page: Page, text: str) -> None:
    """Writes a line to the room, as one does."""
    await page.get_by_placeholder("Write to the room").fill(text)
    await page.keyboard.press("Enter")


async def test_a_whole_round_is_lived_alone_before_the_doors_open(
    house: House, visitors: Visitors
) -> None:
    await house.opens([], doors=False)
    page = await visitors.page(desk=True)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data))))
    posted: list[Request] = []
    await begins_a_practice(page, house)
    page.on("request", lambda request: posted.append(request) if request.method != "GET" else None)
    await expect(page.get_by_role("heading", name="You are about to meet")).to_be_visible()
    await expect(page.get_by_text("nothing is sent or kept")).to_be_visible()
    await is_accessible(page)

    thread = page.get_by_role("log", name="Chat in the room")
    await expect(thread.get_by_text("I'm Momo")).to_be_visible(timeout=PREVIEW_MS)
    await is_accessible(page)
    await writes(page, "Hello Momo")
    await expect(thread.get_by_text("Hello Momo")).to_be_visible()
    await expect(thread.get_by_text("That arrived.")).to_be_visible()
    keep = page.get_by_role("button", name="Keep in touch with Momo")
    await keep.click()
    await expect(keep).to_have_attribute("aria-pressed", "true")

    last = page.locator("#announcer").get_by_text("Ten seconds left.")
    await expect(last).to_be_attached(timeout=A_PRACTICE_MS)
    await expect(page.get_by_role("heading", name="You just met")).to_be_visible(timeout=PREVIEW_MS)
    await expect(page.get_by_text("You are in touch now").first).to_be_visible()
    await expect(page.get_by_text("That is all")).to_be_visible()
    await is_accessible(page)
    await page.get_by_role("button", name="Back to the evening").click()
    await expect(page.get_by_role("heading", name="Good to have you, Ana")).to_be_visible()
    told = {kind for frame in sent for kind in re.findall(r'"type":"([\w-]+)"', frame)}
    assert told <= {"here", "clock"}, "nothing of a practice reaches the server"
    assert posted == []
    await page.get_by_role("link", name="People met").click()
    await expect(page.get_by_text("Nobody yet.")).to_be_visible()


async def test_the_real_round_ends_a_practice_at_once(house: House, visitors: Visitors) -> None:
    await house.opens(["Bo"], rounds=[quick_round(preview_seconds=15)])
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await begins_a_practice(page, house)
        await expect(page.get_by_text("your practice partner").first).to_be_visible()
        await house.commands("announce", text="We begin in a moment")
        await expect(page.get_by_text("We begin in a moment").first).to_be_visible()
        await expect(page.get_by_text("your practice partner").first).to_be_visible()
        await house.commands("start-round")
        await bo.sees("room", with_={"Ana"})
        await expect(page.get_by_text("Bo", exact=True).first).to_be_visible()
        await expect(page.get_by_text("your practice partner")).to_have_count(0)
        await expect(page.get_by_text("nothing is sent or kept")).to_have_count(0)


async def test_leaving_in_a_practice_leaves_the_practice_alone(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Bo"])
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await begins_a_practice(page, house)
        await page.get_by_role("button", name="Sit this one out").click()
        await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
        await expect(page.get_by_role("button", name="Sit out for now")).to_be_visible()
        await house.commands("start-round")
        await bo.sees("room", with_={"Ana"})


async def test_the_partner_is_seen_and_a_camera_tried_there_is_off_in_the_real_room(
    talking: House, visitors: Visitors
) -> None:
    await talking.opens(["Bo"])
    page = await visitors.page(desk=True)
    await page.add_init_script(KEEP_TRACKS)
    async with guest(talking, "Bo") as bo:
        await begins_a_practice(page, talking)
        tile = page.get_by_role("listitem").filter(has_text="your practice partner")
        await expect(tile.locator("video.begun")).to_be_visible(timeout=PREVIEW_MS)
        switches = page.get_by_role("group", name="Sound and picture")
        await switches.get_by_role("button", name="Camera").click()
        await expect(page.locator("video.mirrored")).to_be_visible()
        await page.get_by_role("button", name="Let Momo speak").click()
        await expect(tile.get_by_text("speaking:")).to_be_attached()
        await talking.commands("start-round")
        room = await bo.sees("room", with_={"Ana"})
        await expect(page.get_by_role("heading", name="Your room")).to_be_attached()
        await expect(page.get_by_text("your practice partner")).to_have_count(0)
        await nothing_is_open(page)
        assert room["media"] == {}
