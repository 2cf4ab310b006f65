"""The sign-up in a real browser: set up at the desk, full, waiting, moving up; axe on each page."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.visitors import Visitors, findings, sticks_out
from tests.server.callers import Doors
from tests.server.desk import house
from tests.server.house import KEY

__all__ = ["house"]


async def comes_to_the_desk(page: Page, house: Doors, event: str) -> None:
    """Signs in as the organiser and opens the page of the sign-up."""
    await page.goto(f"{house.url}/desk/{event}")
    await page.locator("input[name=key]").fill(KEY)
    await page.locator("main form button[type=submit]").click()
    await page.get_by_role("link", name="Sign-up: places").click()


async def test_an_organiser_opens_a_sign_up_and_people_come_wait_and_move_up(
    house: Doors, visitors: Visitors
) -> None:
    made = await house.makes_event()
    visitors.forgive("401|422")
    desk = await visitors.page(desk=True)
    await comes_to_the_desk(desk, house, made["id"])
    await desk.get_by_label("Places", exact=True).fill("1")
    await desk.locator("form", has_text="Who may sign up").get_by_role("button").click()
    await expect(desk.get_by_role("status")).to_have_text("Saved.")
    await desk.get_by_label("In English", exact=True).first.fill("What brings you here?")
    await desk.get_by_label("Must be answered").first.check()
    await desk.get_by_role("button", name="Save the questions").click()
    await expect(desk.get_by_text("Question 1")).to_be_visible()
    assert await findings(desk) == []

    ana, bo = await visitors.page(), await visitors.page(dark=True)
    for page, name in ((ana, "Ana"), (bo, "Bo")):
        await page.goto(made["join_url"])
        await page.get_by_label("Your name").fill(name)
        await page.get_by_label("What brings you here?").fill("Kites <b>")
        await page.locator("input[name=agree]").check()
        assert await findings(page) == []
        assert not await sticks_out(page)
        await page.locator("main form button[type=submit]").last.click()
        await expect(page.locator("input[name=agree]")).to_have_count(0)  # the first has the place
    await expect(bo.get_by_text("Your number is 1.")).to_be_visible()
    assert await findings(bo) == []
    await expect(ana.get_by_role("heading", name="Good to have you, Ana")).to_be_visible()

    await desk.reload()
    await expect(desk.get_by_text("Kites <b>")).to_be_visible()
    await desk.get_by_role("checkbox", name="Bo ").check()
    await desk.get_by_role("button", name="Give those ticked a place").click()
    await expect(desk.get_by_text("Answered.")).to_be_visible()
    await bo.get_by_role("link", name="Look again").click()
    await expect(bo.get_by_role("heading", name="Good to have you, Bo")).to_be_visible()


async def test_the_choices_to_be_written_to_are_accessible_where_one_comes_in_and_on_ones_page(
    house: Doors, visitors: Visitors
) -> None:
    made = await house.makes_event(series="Tea evenings")
    [ana, _] = await house.brings(made["id"])
    page = await visitors.page(dark=True)
    await page.goto(ana.url)
    await page.get_by_label("The organiser may write to me").check()
    await page.locator("input[name=agree]").check()
    assert await findings(page) == []
    assert not await sticks_out(page)
    await page.locator("main form button[type=submit]").last.click()
    await page.get_by_role("link", name="You", exact=True).click()
    await expect(page.get_by_label("The organiser may write to me")).to_be_checked()
    assert await findings(page) == []
    series = page.get_by_label("evenings of “Tea evenings”")
    await expect(series).not_to_be_checked()
    async with page.expect_response("**/mine/series"):  # asked anew once it is agreed to
        await series.check()
    assert await findings(page) == []
    await page.reload()
    await expect(series).to_be_checked()
