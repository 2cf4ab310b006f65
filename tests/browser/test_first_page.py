"""The first page is light, and nothing on it asks another server (visitors fail when one does)."""

from __future__ import annotations

import logging

from msgspec import Struct, convert
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.coming import comes_by_their_own_link, fills_the_door_in, is_in
from tests.browser.test_everywhere import TOO_WIDE
from tests.browser.visitors import Visitors
from tests.guests import House
from tests.server.waiting import wait_until

log = logging.getLogger(__name__)

MOST_KILOBYTES = 60

RESTED = (
    "() => performance.getEntriesByType('resource').some(({name}) => name.endsWith('/beside.js'))"
)
"""Whether the page has come to rest: it now fetches what it may need later."""

FETCHED = """() => performance.getEntriesByType('resource')
  .filter(({startTime}, _, all) => startTime < (all.find(
    ({name}) => name.endsWith('/beside.js'))?.startTime ?? Infinity))
  .map(({name, encodedBodySize, transferSize}) => ({name, encodedBodySize, transferSize}))"""


class Fetched(Struct, rename="camel"):
    """A file a page fetched, with its bytes as they came (compressed)."""

    name: str
    encoded_body_size: int
    transfer_size: int


async def kilobytes(page: Page) -> float:
    """Returns what the page's scripts and styles weighed as they came, in units of 1,024 bytes."""
    files = convert(await page.evaluate(FETCHED), list[Fetched])
    weighed = [file for file in files if file.name.endswith((".js", ".css"))]
    assert all(file.encoded_body_size for file in weighed), "a size was not told"
    for file in sorted(weighed, key=lambda file: -file.encoded_body_size):
        log.info("%7d %s", file.encoded_body_size, file.name.rsplit("/static/", 1)[-1])
    total = sum(file.encoded_body_size for file in weighed) / 1024
    log.info("%.1f KB in %d files", total, len(weighed))
    return total


async def test_the_lobby_needs_less_than_60_kilobytes_until_it_rests(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"])
    page = await visitors.page()
    await comes_by_their_own_link(page, house, "Ana")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    scripts = await page.evaluate("document.querySelectorAll('script[src]').length")
    assert scripts == 1
    await wait_until(lambda: page.evaluate(RESTED), "the page to come to rest")
    assert 10 < await kilobytes(page) < MOST_KILOBYTES


async def test_the_sign_up_is_lighter_still_and_works_without_a_script(
    house: House, visitors: Visitors
) -> None:
    await house.opens([])
    assert house.created is not None
    page = await visitors.page()
    await page.goto(house.created.join_url)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert 0 < await kilobytes(page) < MOST_KILOBYTES / 3
    await page.route("**/*.js", lambda route: route.abort())
    visitors.forgive("ERR_FAILED")
    await fills_the_door_in(page, house, "Ana")


async def test_no_page_has_a_style_or_script_of_its_own(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana"])
    assert house.created is not None
    page = await visitors.page()
    await comes_by_their_own_link(page, house, "Ana")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    own = (
        "document.querySelectorAll('[style], style,"
        " script:not([src]):not([type*=json]):not([type=importmap])').length"
    )
    assert await page.evaluate(own) == 0
    await page.goto(house.created.host_url)
    assert await page.evaluate(own) == 0


async def test_a_breach_of_the_policy_is_a_complaint(house: House, visitors: Visitors) -> None:
    await house.opens([])
    assert house.created is not None
    page = await visitors.page()
    await page.goto(house.created.join_url)
    await page.evaluate("document.body.setAttribute('style', 'color: red')")
    await page.evaluate(
        "() => { try { document.body.innerHTML = '<p>' } catch { /* Trusted Types */ } }"
    )
    await page.evaluate("fetch('http://meguri.invalid/').catch(() => {})")

    def all_are_told() -> bool:
        told = " ".join(visitors.complaints)
        return all(breach in told for breach in ("style-src", "trusted-types", "connect-src"))

    await wait_until(all_are_told, "each breach is told")
    visitors.forgive(".*")


async def test_nothing_lies_under_the_notch_of_a_phone_on_its_side(
    house: House, visitors: Visitors
) -> None:
    await house.opens([])
    assert house.created is not None
    page = await visitors.page()
    await page.set_viewport_size(ViewportSize(width=667, height=375))
    screen = await page.context.new_cdp_session(page)
    insets = dict.fromkeys(("left", "leftMax", "right", "rightMax"), 59)
    await screen.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    await fills_the_door_in(page, house, "Ana")
    await is_in(page)
    brand = page.locator(".head-brand")
    await expect(brand).to_be_visible()
    box = await brand.bounding_box()
    assert box is not None
    assert box["x"] >= 59
    assert await page.evaluate(TOO_WIDE) == ""
