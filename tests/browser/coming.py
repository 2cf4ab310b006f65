"""Ways of coming in, as sentences: by the event's link, and by one's own."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.guests import House


async def fills_the_door_in(page: Page, house: House, name: str) -> None:
    """Opens the event's link, gives a name, agrees, sends it; the program need not arrive."""
    assert house.created is not None
    await page.goto(house.created.join_url)
    await page.get_by_label(re.compile("Your name|お名前")).fill(name)
    await page.locator("input[name=agree]").check()
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_url(f"**/e/{house.event}")


async def opens_their_own_link(page: Page, house: House, name: str) -> None:
    """Opens a personal link, agrees where it asks, sends it; the program need not arrive."""
    await page.goto(house.people[name].url)
    agree = page.locator("input[name=agree]")
    if await agree.count():
        await agree.check()
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_url(f"**/e/{house.event}")


async def is_in(page: Page) -> None:
    """Waits until the server has welcomed the page: from then on a round seats who came by it."""
    await expect(page.locator("#app > .app:not(.scene-arriving)")).to_be_attached()


async def comes_by_the_open_link(page: Page, house: House, name: str) -> None:
    """Opens the event's link, gives a name, agrees, comes in."""
    await fills_the_door_in(page, house, name)
    await is_in(page)


async def comes_by_their_own_link(page: Page, house: House, name: str) -> None:
    """Opens a personal link, agrees where it asks, comes in."""
    await opens_their_own_link(page, house, name)
    await is_in(page)
