"""Connection loss: a restart is a hiccup, a lift is a calm line, a second tab takes over."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from server.spawning import Spawned, spawn
from tests.browser.coming import comes_by_their_own_link, opens_their_own_link
from tests.browser.hearing import HEARD, hears_once
from tests.browser.visitors import Visitors
from tests.guests import House, guest, quick_round
from tests.server.house import KEY

ROUND = quick_round(seconds=900, break_seconds=600)


async def sits_in_a_room(page: Page, house: House) -> None:
    """Brings Ana's page into a room with Bo's guest, marked so that a reload would show."""
    await comes_by_their_own_link(page, house, "Ana")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    await house.commands("start-round")
    await expect(page.get_by_role("heading", name="Your room")).to_be_attached()
    await page.evaluate("window.neverLoadedAgain = true")


async def has_not_loaded_again(page: Page) -> None:
    assert await page.evaluate("window.neverLoadedAgain === true")


async def test_a_killed_server_that_starts_again_is_a_hiccup_in_the_same_room(
    tmp_path: Path, visitors: Visitors
) -> None:
    server = await spawn(tmp_path, KEY)
    try:
        house = House(server.url, KEY)
        await house.opens(["Ana", "Bo"], rounds=[ROUND])
        page = await visitors.page()
        async with guest(house, "Bo") as bo:
            await sits_in_a_room(page, house)
            await bo.asks("say", text="Before the lights went out")
            await expect(page.locator(".chat-said")).to_have_count(1)
            server = await restarted(server, tmp_path)
            await bo.comes_back()
            await bo.asks("say", text="And after")
            await expect(page.locator(".chat-text")).to_have_text(
                ["Before the lights went out", "And after"]
            )
            await expect(page.get_by_text("Bringing you back")).to_have_count(0)
            await page.get_by_placeholder("Write to the room").fill("I am still here")
            await page.keyboard.press("Enter")
            await bo.sees("said", text="I am still here")
            await has_not_loaded_again(page)
            visitors.forgive("WebSocket connection|Failed to load resource")
    finally:
        await server.end()


async def restarted(server: Spawned, data_dir: Path) -> Spawned:
    """Ends a server as a crash does, and starts it again at the same address."""
    port = urlsplit(server.url).port
    assert port is not None
    await server.kill()
    return await spawn(data_dir, KEY, port=port)


async def test_in_a_lift_a_calm_line_says_so_and_nothing_is_missed(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await sits_in_a_room(page, house)
        await page.evaluate(HEARD)
        await page.context.set_offline(True)
        await expect(page.get_by_text("Bringing you back")).to_be_visible()
        line = await page.locator(".connection-line").bounding_box()
        stage = await page.locator("main").bounding_box()
        assert line
        assert stage
        assert line["y"] + line["height"] <= stage["y"] + 1, "it lies over the page"
        await bo.asks("say", text="While you were away")
        await page.context.set_offline(False)
        await expect(page.get_by_text("While you were away").first).to_be_visible()
        await expect(page.get_by_text("Bringing you back")).to_have_count(0)
        await hears_once(page, "You are back.")
        await has_not_loaded_again(page)
        visitors.forgive("ERR_INTERNET_DISCONNECTED")


async def test_a_phone_that_slept_goes_on_in_the_same_room(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    page = await visitors.page()
    async with guest(house, "Bo") as bo:
        await sits_in_a_room(page, house)
        phone = await page.context.new_cdp_session(page)
        await phone.send("Page.setWebLifecycleState", {"state": "frozen"})
        await bo.asks("say", text="Good night")
        await phone.send("Page.setWebLifecycleState", {"state": "active"})
        await expect(page.get_by_text("Good night").first).to_be_visible()
        await has_not_loaded_again(page)


async def test_a_second_tab_takes_over_and_the_first_can_take_it_back(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo"], rounds=[ROUND])
    first = await visitors.page()
    async with guest(house, "Bo") as bo:
        await sits_in_a_room(first, house)
        second = await first.context.new_page()
        await second.goto(first.url)
        await expect(second.get_by_role("heading", name="Your room")).to_be_attached()
        away = first.get_by_role("heading", name="The evening goes on in another tab")
        await expect(away).to_be_visible()
        await first.get_by_role("button", name="Use this one instead").click()
        await expect(first.get_by_role("heading", name="Your room")).to_be_attached()
        away = second.get_by_role("heading", name="The evening goes on in another tab")
        await expect(away).to_be_visible()
        await bo.asks("say", text="Which tab?")
        await expect(first.get_by_text("Which tab?").first).to_be_visible()


async def test_a_deleted_event_says_that_it_is_gone(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana"], rounds=[ROUND])
    page = await visitors.page()
    await comes_by_their_own_link(page, house, "Ana")
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    await house.deletes_the_event()
    gone = page.get_by_role("heading", name="This evening is no longer here")
    await expect(gone).to_be_visible()


async def test_a_page_whose_program_does_not_arrive_says_what_to_do(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[ROUND])
    page = await visitors.page()
    await page.route("**/attendee/main.js", lambda route: route.abort())
    await opens_their_own_link(page, house, "Ana")
    late = page.get_by_text("This takes longer than it should")
    await expect(late).to_be_visible()
    await page.unroute("**/attendee/main.js")
    await page.get_by_role("link", name="Load the page again").click()
    await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    visitors.forgive("ERR_FAILED")
