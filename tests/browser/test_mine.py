"""One's own page in a real browser: notes while typed, search, copying; axe; the end of the app."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.visitors import Visitors, findings, sticks_out
from tests.server.callers import Enrolled
from tests.server.test_mine import Over, over

__all__ = ["over"]


async def opens(page: Page, evening: Over, who: Enrolled) -> None:
    """Opens a personal link, agrees, and comes to one's own page."""
    await page.goto(who.url)
    agree = page.locator("input[name=agree]")
    if await agree.count():
        await agree.check()
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_url(f"**{evening.path}")


@pytest_asyncio.fixture
async def talked(over: Over) -> AsyncIterator[Over]:
    """Ana and Bo are in touch; she noted a next step."""
    await over.are_in_touch()
    await over.asks(over.ana, "note", about=over.bo.id, next_step="Send the drawings")
    yield over


async def test_notes_are_saved_while_typed_and_survive_a_lost_line(
    talked: Over, visitors: Visitors
) -> None:
    page = await visitors.page()
    await opens(page, talked, talked.ana)
    bo = page.locator(f"#p-{talked.bo.id}")
    fold = bo.locator("summary", has_text="Your note and next step")
    await fold.focus()
    await page.keyboard.press("Enter")
    await bo.get_by_label("Note to yourself").press_sequentially("Red kites")
    await expect(bo.get_by_text("saved", exact=True)).to_be_visible()
    await page.context.set_offline(True)
    await bo.get_by_label("Done").check()
    await expect(bo.get_by_text("kept here, saved once the connection is back")).to_be_visible()
    await page.context.set_offline(False)
    await expect(bo.get_by_text("saved", exact=True)).to_be_visible()
    await page.reload()
    await expect(bo.locator(".step-done")).to_contain_text("Send the drawings")
    await page.get_by_role("searchbox").fill("KITES")
    await expect(page.locator(".mine-person:visible")).to_have_count(1)
    await expect(page.get_by_text("Found: 1")).to_be_visible()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bo.locator("summary", has_text="A first message").click()
    await bo.get_by_role("button", name="Copy").first.click()
    await expect(bo.get_by_text("Copied")).to_be_visible()
    assert "Hello Bo," in await page.evaluate("navigator.clipboard.readText()")
    visitors.forgive("ERR_INTERNET_DISCONNECTED")


async def test_the_page_and_ones_data_are_without_a_finding_in_either_language_and_theme(
    talked: Over, visitors: Visitors
) -> None:
    for locale, dark in (("en-GB", False), ("ja-JP", True)):
        page = await visitors.page(locale=locale, dark=dark)
        await opens(page, talked, talked.ana)
        await page.evaluate(
            "for (const one of document.querySelectorAll('details')) one.open = true"
        )
        assert await findings(page) == []
        await page.set_viewport_size({"width": 320, "height": 800})
        assert not await sticks_out(page)
        await page.goto(f"{talked.house.url}{talked.path}/data")
        assert await findings(page) == []
        assert not await sticks_out(page)


async def test_the_end_of_the_evening_leads_to_the_page_and_asks_two_questions(
    talked: Over, visitors: Visitors
) -> None:
    page = await visitors.page()
    await opens(page, talked, talked.ana)
    await page.goto(f"{talked.house.url}/e/{talked.event}")
    await expect(page.get_by_role("heading", name="Two questions before you go")).to_be_visible()
    await page.get_by_label("Perhaps").check()
    await page.get_by_label("More rounds").check()
    await page.get_by_role("button", name="Answer").click()
    await expect(page.get_by_text("Thank you for your answers.")).to_be_visible()
    assert await findings(page) == []
    await page.get_by_role("link", name="Open your page").click()
    await expect(page.get_by_role("radio", name="Perhaps")).to_be_checked()
