"""A table's station and people online, in real pages: they see and hear each other (rule 25)."""

from __future__ import annotations

from playwright.async_api import ViewportSize, expect

from tests.browser.broken import NO_WEBRTC
from tests.browser.callers import OWN_ID, Caller, Callers
from tests.browser.coming import comes_by_their_own_link
from tests.browser.conftest import Visitors
from tests.browser.test_everywhere import TOO_WIDE
from tests.browser.test_pages import is_accessible
from tests.guests import House, quick_round

LONG = quick_round(seconds=600, size=3, least=2, walking_seconds=2)


async def test_a_station_and_people_online_see_and_hear_each_other(
    house: House, visitors: Visitors
) -> None:
    await house.opens([], rounds=[LONG], tables=3, stations=1, settings={"mixing": "most"})
    await house.brings(
        [
            {"name": "Emre", "mode": "on-site"},
            {"name": "Station", "role": "station", "table": 2},
        ]
    )
    page = await visitors.page()
    await page.context.grant_permissions(["camera", "microphone"])
    await comes_by_their_own_link(page, house, "Station")
    await expect(page.get_by_role("heading", name="Table 2")).to_be_visible()
    station = Caller(page, "Station", str(await page.evaluate(OWN_ID)))
    await is_accessible(page)
    callers = Callers(house, visitors)
    ana, bo = await callers.comes("Ana"), await callers.comes("Bo")
    await house.commands("check-in", attendee=house.id("Emre"))
    await house.commands("start-round")
    for one in (ana, bo, station):
        await one.is_seated()
    await page.set_viewport_size(ViewportSize(width=360, height=740))
    turn_on = page.get_by_role("button", name="Turn on camera and microphone")
    await expect(turn_on).to_be_in_viewport(ratio=1)
    await turn_on.click()
    for one in (ana, bo):
        await one.turns_on("Microphone", "Camera")
    await station.sees_and_hears(ana, bo)
    await ana.sees_and_hears(station, bo)
    await expect(ana.tile("Table 2").locator("video.begun")).to_be_visible()
    await expect(ana.tile("Emre").locator("video")).to_have_count(0)
    await expect(page.get_by_role("button", name="Keep in touch")).to_have_count(0)
    own = page.get_by_role("region", name="At this table").locator(".tile.own video.begun")
    for width, height in ((1440, 900), (1024, 768)):
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        await expect(own).to_be_in_viewport(ratio=1)
    await page.set_viewport_size(ViewportSize(width=360, height=740))
    assert await page.evaluate(TOO_WIDE) == ""
    await is_accessible(page)
    await is_accessible(ana.page)


async def test_a_browser_that_carries_nothing_is_told_to_be_no_station(
    house: House, visitors: Visitors
) -> None:
    await house.opens([])
    await house.brings([{"name": "Station", "role": "station", "table": 2}])
    page = await visitors.page()
    await page.add_init_script(NO_WEBRTC)
    await comes_by_their_own_link(page, house, "Station")
    told = page.get_by_role("status").filter(has_text="people online will neither see nor hear")
    await expect(told).to_be_visible()
