"""An evening as people see it: coming in, the room, writing, keeping in touch; host and desk."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.coming import comes_by_the_open_link
from tests.browser.visitors import Visitors, findings, sticks_out
from tests.guests import House, guest, guests, quick_round

ROUND = quick_round(seconds=600, size=4, break_seconds=30)

TOO_TALL = """() => {
  const { scrollHeight, clientHeight } = document.scrollingElement;
  return scrollHeight > clientHeight ? `${scrollHeight} px of ${clientHeight}` : "";
}"""
"""Returns by how much the page scrolls, or nothing."""


async def is_accessible(page: Page) -> None:
    """Fails with axe's findings, if there are any."""
    assert await findings(page) == []


async def test_a_newcomer_comes_in_meets_people_and_keeps_in_touch(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    async with guests(house, "Ana", "Bo") as (ana, bo):
        await comes_by_the_open_link(page, house, "Chidi")
        await expect(page.get_by_role("heading", name="Welcome, Chidi")).to_be_visible()
        await ana.sees("lobby", present=3)

        await house.commands("start-round")
        await ana.sees("room", with_={"Bo", "Chidi"})
        await expect(page.get_by_text("Why you three")).to_be_visible()
        await ana.asks("say", text="Hello Chidi")
        await expect(page.get_by_text("Hello Chidi").first).to_be_visible()

        chat = page.get_by_role("button", name=re.compile("^Chat"))
        if await chat.is_visible():
            await chat.click()
        await page.get_by_placeholder("Write to the room").fill("Hello from the page")
        await page.keyboard.press("Enter")
        said = await bo.sees("said", text="Hello from the page")
        chidi = str(said["from"])

        await ana.asks("keep-in-touch", about=chidi, yes=True, fields=[])
        if await page.get_by_role("button", name="Close").first.is_visible():
            await page.get_by_role("button", name="Close").first.click()
        await page.get_by_role("button", name="More about Ana").click()
        sheet = page.get_by_role("dialog", name="Ana")
        await sheet.get_by_role("button", name="Keep in touch with Ana").click()
        await house.commands("end-round")
        await ana.sees("contact")
        await expect(page.get_by_text("Ana").first).to_be_visible()


async def test_a_room_at_a_desk_fits_its_window_and_shows_no_scrollbar(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[ROUND])
    page = await visitors.page(desk=True)
    async with guest(house, "Ana"):
        await comes_by_the_open_link(page, house, "Bo")
        await house.commands("start-round")
        await expect(page.locator("main.room")).to_be_visible()
        assert not await sticks_out(page, TOO_TALL)


@pytest.mark.parametrize("dark", [False, True])
async def test_what_an_attendee_sees_is_accessible(
    house: House, visitors: Visitors, dark: bool
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    assert house.created is not None
    page = await visitors.page(dark=dark)
    async with guests(house, "Ana", "Bo") as (ana, _):
        await page.goto(house.created.join_url)
        await is_accessible(page)
        await comes_by_the_open_link(page, house, "Chidi")
        await expect(page.get_by_role("heading", name="Welcome, Chidi")).to_be_visible()
        await is_accessible(page)
        await house.commands("start-round")
        await ana.sees("room", with_={"Bo", "Chidi"})
        await expect(page.get_by_text("Why you three")).to_be_visible()
        await is_accessible(page)
        await house.commands("end-round")
        await ana.sees("phase", phase=lambda phase: phase in ("break", "lobby"))
        over = re.compile("You just met|The round is over|People you met")
        await expect(page.get_by_role("heading", level=1, name=over)).to_be_visible()
        await is_accessible(page)


async def test_japanese_pages_are_japanese(house: House, visitors: Visitors) -> None:
    await house.opens(["Bo"], rounds=[ROUND])
    page = await visitors.page(locale="ja-JP")
    async with guest(house, "Bo") as bo:
        await comes_by_the_open_link(page, house, "花子")
        assert await page.locator("html").get_attribute("lang") == "ja"
        await expect(page.get_by_text("ロビー").first).to_be_visible()
        await house.commands("start-round")
        await bo.sees("room", with_={"花子"})
        await expect(page.get_by_role("heading", name="あなたのルーム")).to_be_visible()


async def test_a_host_opens_doors_and_runs_a_round(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND], doors=False)
    assert house.created is not None
    page = await visitors.page(desk=True)
    async with guests(house, "Ana", "Bo") as (ana, _):
        await page.goto(house.created.host_url)
        await is_accessible(page)
        await page.locator("main form button[type=submit]").click()
        await page.get_by_role("button", name="Open doors").click()
        await ana.sees("phase", phase="lobby")
        await page.get_by_role("button", name="Start round 1").click()
        await ana.sees("room", with_={"Bo"})
        await expect(page.get_by_role("button", name="Pause")).to_be_visible()
        await is_accessible(page)
        await page.get_by_role("button", name="Pause").click()
        await ana.sees("phase", paused=lambda at: at is not None)


async def test_a_broken_link_is_a_friendly_page(house: House, visitors: Visitors) -> None:
    await house.opens([])
    assert house.created is not None
    page = await visitors.page()
    answer = await page.goto(house.created.join_url[:-2])
    assert answer is not None
    assert answer.status in (403, 404, 410)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await is_accessible(page)
    visitors.forgive("Failed to load resource")  # the browser itself names the status
