"""The desk's page about webhooks as people see it: by hand, in both languages, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from rooms.commands import ChangeWebhook
from rooms.deciding import ORGANISER
from server.evenings import Evenings
from server.mail import Book, Entry, State
from server.redis import Store
from server.webhooks import BOOK
from tests.browser.visitors import Visitors, findings, sticks_out
from tests.guests import House
from tests.server.house import KEY

NARROW = {"width": 320, "height": 640}


async def fits_and_is_accessible(page: Page) -> None:
    """Fails with axe's findings, or when something is wider than a narrow phone."""
    assert await findings(page) == []
    assert not await sticks_out(page)


@pytest.mark.parametrize(("locale", "dark"), [("en-GB", False), ("ja-JP", True)])
async def test_webhooks_are_set_up_on_a_phone(
    house: House, visitors: Visitors, store: Store, locale: str, dark: bool
) -> None:
    await house.opens(["Ana", "Bo"])
    visitors.forgive("422")  # an address that is refused, on purpose
    page = await visitors.page(locale=locale, dark=dark)
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a dict that is typed
    await page.goto(f"{house.url}/desk")
    await page.locator("input[name=key]").fill(KEY)
    await page.keyboard.press("Enter")
    await page.locator(f"a[href='/desk/{house.event}']").click()
    await page.locator(f"main .card a[href='/desk/{house.event}/customers']").click()
    await page.locator("#owner").wait_for()
    await fits_and_is_accessible(page)
    await page.go_back()
    await page.locator(f"main .card a[href='/desk/{house.event}/webhooks']").click()
    await page.wait_for_url("**/webhooks")
    await fits_and_is_accessible(page)

    await page.locator("#address").fill("https://192.168.1.1/hook")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#address")).to_have_value("https://192.168.1.1/hook")
    await fits_and_is_accessible(page)

    address = "https://crm.example.org/hooks/" + "a" * 60
    await page.locator("#address").fill(address)
    await page.keyboard.press("Enter")
    await expect(page.locator("#secret")).to_have_value(re.compile("^whsec_"))
    await fits_and_is_accessible(page)

    await has_every_state(store, house.event)
    await page.locator("section[aria-labelledby=where] button[value=test]").click()
    await expect(page.get_by_text("503").first).to_be_visible()
    await expect(page.locator("#secret")).to_have_count(0)
    await fits_and_is_accessible(page)
    await page.locator("button[value=again]").click()
    await expect(page.locator("button[value=again]")).to_have_count(0)


async def has_every_state(store: Store, event_id: str) -> None:
    """Has tests sent, one each of what can come of one."""
    evenings = Evenings(store)
    try:
        evening = await evenings.get(event_id)
        book, now = Book(store, event_id, BOOK), store.clock()
        for line in (
            Entry(state=State.SENT, at=now, tries=1, said="204"),
            Entry(state=State.TAKEN, at=now),
            Entry(state=State.WAITING, at=now, tries=2, not_before=now + 1_800_000, why="slow"),
            Entry(state=State.FAILED, at=now, tries=10, why="answered", said="503"),
        ):
            await evening.submit(ORGANISER, ChangeWebhook(test=True))
            at = evening.event.webhooks[-1].at
            await book.swap(f"webhook.test:{at}", None, line)
    finally:
        await evenings.close()
