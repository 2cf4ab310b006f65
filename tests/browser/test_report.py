"""The report in a real browser: looked into by keyboard and finger; axe; its first page on A4."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from server.contacts_import import Chosen
from tests.browser.visitors import Visitors, findings, sticks_out
from tests.server.callers import Doors
from tests.server.desk import house
from tests.server.house import KEY
from tests.server.test_contacts_import import brought

__all__ = ["house"]

BEFORE = Chosen(
    title="Before", people=None, began_at=1_700_000_000_000, silence=14_400, time_zone="UTC"
)
NARROW = {"width": 360, "height": 740}
A4 = (688, 1016)
"""CSS pixels of A4 within the margins of 14 mm that report.css sets."""

HEIGHTS = """selector => Math.min(...[...document.querySelectorAll(selector)]
  .map(text => text.getBoundingClientRect().height).filter(height => height), 99)"""
"""Pixels of the screen (at most 99) that the lowest of some visible words is high."""
OVERLAPS = """selector => {
  const boxes = [...document.querySelectorAll(selector)].map(text => text.getBoundingClientRect());
  return boxes.filter((one, n) => boxes.slice(0, n).some(other => one.left < other.right
    && other.left < one.right && one.top < other.bottom && other.top < one.bottom
    && one.width && other.width)).length;
}"""


@pytest.mark.parametrize(("locale", "dark"), [("en-GB", False), ("ja-JP", True)])
async def test_the_graph_is_looked_into_and_the_first_page_fits_on_one_a4(
    house: Doors, visitors: Visitors, locale: str, dark: bool
) -> None:
    await brought(house, chosen=BEFORE)
    made = await brought(house)
    page = await visitors.page(locale=locale, dark=dark)
    await page.goto(f"{house.url}/desk")
    await page.locator("input[name=key]").fill(KEY)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a dict that is typed
    await page.goto(f"{house.url}/desk/{made.event_id}/report")
    await page.locator("details:has(#goal-cost) summary").click()
    await page.locator("#goal-cost").fill("1200")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")

    assert 12 <= await page.evaluate(HEIGHTS, ".chart text") < 99
    assert 12 <= await page.evaluate(HEIGHTS, "svg.graph .large text") < 99
    for line in (".chart text.value", ".chart text:not(.value)", "svg.graph .large text"):
        assert await page.evaluate(OVERLAPS, line) == 0

    who, said = page.locator("#graph-who"), page.locator("#graph-said")
    await who.select_option(label="Badge 101")
    await expect(said).to_contain_text("Badge 101")
    near = await page.locator("#graph-person tbody tr").count()
    assert near == await page.locator("svg.graph .near").count() - 1 > 0
    onward = page.locator("#graph-person tbody button").first
    name = await onward.inner_text()
    await onward.press("Enter")
    await expect(page.locator("#graph-person-name")).to_be_focused()
    await expect(said).to_contain_text(name)
    await page.locator(".graph-everybody summary").click()
    assert await findings(page) == []
    assert not await sticks_out(page)

    await page.locator("[data-move=in]").press("Enter")
    await expect(page.locator("svg.graph")).not_to_have_attribute("viewBox", "0 0 1000 720")
    await page.locator("[data-move=all]").press("Enter")
    await expect(page.locator("svg.graph")).to_have_attribute("viewBox", "0 0 1000 720")
    me = page.locator("svg.graph circle.me")
    await me.click(force=True)  # the dot that is chosen lets go
    await expect(page.locator("#graph-person")).to_be_hidden()
    await page.locator("#graph-least").select_option(index=1)
    await expect(page.locator("svg.graph .ties:nth-of-type(2) line")).not_to_have_count(0)

    await page.set_viewport_size({"width": A4[0], "height": A4[1]})
    await page.emulate_media(media="print")
    white = "rgb(255, 255, 255)"  # paper is, whether the screen was dark or not
    await expect(page.locator("html")).to_have_css("background-color", white)
    first = await page.locator(".report-first").bounding_box()
    assert first is not None
    assert first["width"] <= A4[0]
    assert first["y"] + first["height"] <= A4[1]
    await expect(page.locator(".graph-tools")).to_be_hidden()
