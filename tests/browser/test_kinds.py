"""Topics, the open floor and words to everybody, as attendees see them on their page."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.coming import comes_by_their_own_link
from tests.browser.test_everywhere import TOO_WIDE
from tests.browser.visitors import Visitors, findings
from tests.guests import House, guests, quick_round


async def test_topics_are_chosen_and_proposed_by_keyboard(house: House, visitors: Visitors) -> None:
    rounds = [quick_round(kind="topics", topics=["Tea", "Rain in the hills"], seconds=900)]
    await house.opens(["Ana", "Bo", "Chidi", "Hana"], rounds=rounds)
    page = await visitors.page()
    async with guests(house, "Dana", "Bo", "Chidi", "Hana") as (dana, bo, chidi, hana):
        await comes_by_their_own_link(page, house, "Ana")
        listed = await bo.sees("topics")
        topics = {str(topic["text"]): topic["id"] for topic in listed["topics"]}  # type: ignore[attr-defined]
        await bo.asks("choose-topic", topic=topics["Rain in the hills"])
        choice = page.get_by_role("radio", name=re.compile("Rain in the hills"))
        await expect(choice).to_be_visible()
        await choice.focus()
        await page.keyboard.press("Space")
        await expect(choice).to_be_checked()
        await expect(page.get_by_text("2 people").first).to_be_visible()
        await page.get_by_role("button", name="Propose another topic").click()
        await page.get_by_label("Propose a topic").fill("Trains")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("waits for the host's yes.")).to_be_visible()
        assert await findings(page) == []
        for one in (chidi, hana):
            await one.asks("choose-topic", topic=topics["Tea"])
        await dana.asks("start-round")
        await bo.sees("room", with_={"Ana"})
        await expect(page.get_by_text("You talk about")).to_be_visible()
        assert await findings(page) == []


async def test_people_choose_a_room_on_the_open_floor_and_move_on(
    house: House, visitors: Visitors
) -> None:
    rounds = [quick_round(kind="open", seconds=0, size=3, most=3, break_seconds=30)]
    await house.opens(["Ana", "Bo", "Chidi"], rounds=rounds)
    page = await visitors.page()
    async with guests(house, "Dana", "Bo", "Chidi") as (dana, bo, chidi):
        await comes_by_their_own_link(page, house, "Ana")
        await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
        await dana.asks("start-round")
        await expect(page.get_by_role("heading", name="Choose where to sit")).to_be_visible()
        await bo.asks("choose-room", room="new")
        await chidi.asks("choose-room", room="new")
        await expect(page.get_by_role("button", name="Sit down: Room 1, Bo")).to_be_visible()
        assert await findings(page) == []
        assert await page.evaluate(TOO_WIDE) == ""
        await page.get_by_role("button", name="Sit down: Room 1, Bo").click()
        await bo.sees("room-people", joined=lambda cards: bool(cards))
        await expect(page.get_by_role("button", name="Other rooms")).to_be_visible()
        await page.get_by_role("button", name="Other rooms").click()
        await expect(page.get_by_text("You are here")).to_be_visible()
        assert await findings(page) == []
        await page.get_by_role("button", name="Sit down: Room 2, Chidi").click()
        await bo.sees("room-people", left=lambda ids: bool(ids))
        await chidi.sees("room-people", joined=lambda cards: bool(cards))
        await dana.asks("end-round")
        await expect(
            page.get_by_role("heading", level=1, name=re.compile("You just met"))
        ).to_be_visible()


async def test_words_to_everybody_have_a_link_to_the_stream(
    house: House, visitors: Visitors
) -> None:
    stream = "https://stream.example.org/tea"
    await house.opens(["Ana"], rounds=[quick_round(kind="plenary", stream_url=stream, seconds=900)])
    page = await visitors.page()
    async with guests(house, "Dana") as (dana,):
        await comes_by_their_own_link(page, house, "Ana")
        await dana.asks("start-round")
        await expect(page.get_by_role("heading", name="All together")).to_be_visible()
        watch = page.get_by_role("link", name=re.compile("Watch the stream"))
        assert await watch.get_attribute("href") == stream
        assert await watch.get_attribute("rel") == "noopener noreferrer"
        assert await watch.get_attribute("target") == "_blank"
        assert await findings(page) == []


async def opens_the_console(page: Page, house: House) -> None:
    """Dana opens the host's link."""
    assert house.created is not None
    await page.goto(house.created.host_url)
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url("**/host")


async def test_a_host_changes_the_programme_while_it_runs(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=900), quick_round()])
    page = await visitors.page(desk=True)
    async with guests(house, "Ana", "Bo") as (ana, _):
        await opens_the_console(page, house)
        await house.commands("start-round")
        await ana.sees("room")
        await page.get_by_role("button", name="Change the programme…").click()
        await page.get_by_label("Kind").select_option("topics")
        await page.get_by_label("Topics, one in a line").fill("Tea\nRain")
        await page.get_by_role("button", name="Add a round").click()
        await page.get_by_label("Kind").last.select_option("open")
        await page.get_by_label("Minutes (0: until you end it)").fill("0")
        assert await findings(page) == []
        await page.get_by_role("button", name="Save the programme").click()
        told = await ana.sees("phase", programme=lambda rounds: bool(rounds))
        assert [r["kind"] for r in told["programme"]] == ["matched", "topics", "open"]  # type: ignore[attr-defined]
        await expect(page.get_by_role("heading", name="Topics of round 2")).to_be_visible()
        await ana.asks("propose-topic", topic="Trains")
        await page.get_by_role("button", name="Accept “Trains”").click()
        await ana.sees("topics", topics=lambda topics: len(topics) == 3)  # type: ignore[arg-type]
        assert await findings(page) == []


async def test_an_edit_that_was_overtaken_is_not_saved_and_says_so(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[quick_round(), quick_round()])
    page = await visitors.page(desk=True)
    async with guests(house, "Dana", "Ana") as (dana, ana):
        await opens_the_console(page, house)
        await page.evaluate("location.hash = 'programme'")  # as a link from the desk does
        await page.get_by_role("button", name="Drop round 2").click()
        assert not await page.evaluate("location.hash"), "coming anew opens no sheet"
        await dana.asks("change-programme", rounds=[{"seconds": 60}] * 3)
        await ana.sees("phase", programme=lambda rounds: bool(rounds))
        await page.get_by_role("button", name="Save the programme").click()
        await expect(page.get_by_text("Please look at it again").first).to_be_visible()
        await page.get_by_role("button", name="Show it as it is now").click()
        await expect(page.get_by_role("button", name="Drop round 3")).to_be_visible()


async def test_a_room_sees_the_host_who_visits_it(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana", "Bo"], rounds=[quick_round(seconds=900)])
    page = await visitors.page(desk=True)
    async with guests(house, "Ana", "Bo") as (ana, bo):
        await opens_the_console(page, house)
        await house.commands("start-round")
        await ana.sees("room")
        await page.locator("button[data-room]").first.click()
        await page.get_by_role("button", name="Visit the room (they see you)").click()
        await bo.sees("room-people", visiting=lambda ids: bool(ids))
        await bo.asks("say", text="Hello Dana")
        await expect(page.get_by_text("Hello Dana")).to_be_visible()
        assert await findings(page) == []
        await page.get_by_role("button", name="Leave the room").click()
        await ana.sees("room-people", left=lambda ids: bool(ids))
