"""A whole evening by keyboard alone: nothing but keys, and a focus that is seen at each stop."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.hands import Hands
from tests.browser.visitors import Visitors
from tests.guests import House, guest, they_arrive, walks, with_walkers

CLOSING_MS = 90_000
ROUND = walks(seconds=900, break_seconds=900)

CHOOSES_A_WORD_IN_SAFARI = """() => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))"""
"""The Enter that ends a composition comes after it there, with nothing but an odd code."""


async def test_a_whole_evening_is_done_by_keyboard_alone(house: House, visitors: Visitors) -> None:
    await house.opens([], rounds=[ROUND, ROUND])
    await with_walkers(house)
    await house.brings(
        [{"name": "Ana", "email": "ana@example.com"}, {"name": "Bo", "email": "bo@example.com"}]
    )
    page = await visitors.page(desk=True)
    hands = Hands(page)
    async with guest(house, "Bo") as bo, guest(house, "Dana", here=False) as dana:
        # In, by the personal link.
        await page.goto(house.people["Ana"].url)
        await hands.activates(page.locator("input[name=agree]"), "Space")
        await hands.activates(page.get_by_role("button", name="Come in"))
        await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()

        # The lobby: a word to everybody, one's own page, and back.
        await hands.goes_to(page.get_by_placeholder("Write to everybody in the lobby"))
        await hands.type("Good evening")
        await hands.press("Enter")
        await bo.sees("said", text="Good evening")
        await hands.activates(page.get_by_role("link", name="You", exact=True))
        await expect(page.get_by_role("heading", name="You", exact=True)).to_be_visible()
        await hands.goes_to(page.get_by_label("What you care about"))
        await hands.type("kites")
        await hands.press("Enter")
        await expect(page.get_by_role("button", name="Remove kites")).to_be_visible()
        await hands.activates(page.get_by_role("link", name="Back to the evening", exact=True))
        await expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()

        # The preview and the room.
        await house.commands("start-round")
        await expect(page.get_by_role("heading", name="You are about to meet")).to_be_visible()
        await hands.goes_to(page.get_by_role("button", name="Sit this one out"))
        await they_arrive(house)
        await expect(page.locator("main.room")).to_be_visible(timeout=CLOSING_MS)
        await hands.goes_to(page.get_by_placeholder("Write to the room"))
        await hands.type("Hello Bo")
        await page.evaluate(CHOOSES_A_WORD_IN_SAFARI)
        await hands.type(" and all")
        await hands.press("Enter")
        await bo.sees("said", text="Hello Bo and all")
        await hands.activates(page.get_by_role("button", name="Give card"))
        dialog = page.get_by_role("dialog")
        await hands.activates(dialog.get_by_role("button", name="Give the card"))
        await expect(dialog).to_have_count(0)
        assert await hands.is_at(page.get_by_role("button", name="Give card"))
        await hands.activates(page.get_by_role("button", name="Call host"))
        await hands.goes_to(dialog.get_by_role("textbox"))
        await hands.type("Is there more tea?")
        await hands.activates(dialog.get_by_role("button", name="Call", exact=True))
        assert (await dana.is_called())["text"] == "Is there more tea?"
        await hands.activates(page.get_by_role("button", name="More about Bo"))
        await expect(dialog).to_be_visible()
        await hands.press("Escape")
        await expect(dialog).to_have_count(0)
        assert await hands.is_at(page.get_by_role("button", name="More about Bo"))

        # The break: a yes, a next step, stars; Bo says yes, too.
        await house.commands("end-round")
        await expect(page.get_by_role("heading", name="You just met")).to_be_visible()
        await hands.activates(page.get_by_role("button", name="Keep in touch with Bo"), "Space")
        await hands.goes_to(page.get_by_label("Next step"))
        await hands.type("Fly kites")
        await hands.goes_to(page.get_by_role("radio", name="1 star"))
        await hands.press("Space", "ArrowRight", "ArrowRight", "ArrowRight")
        await hands.sees_the_focus()
        await expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
        await bo.asks("keep-in-touch", about=house.id("Ana"), yes=True, fields=["email"])
        await expect(page.get_by_text("You are in touch now")).to_be_visible()

        # The second round, and out of it at its end.
        await house.commands("start-round")
        await expect(page.get_by_role("heading", name="You are about to meet")).to_be_visible()
        await they_arrive(house)
        await expect(page.locator("main.room")).to_be_visible(timeout=CLOSING_MS)
        await hands.goes_to(page.get_by_placeholder("Write to the room"))
        await hands.type("Again!")
        await hands.press("Enter")
        await bo.sees("said", text="Again!")
        await house.commands("end-round")
        await house.commands("close-event")

        # What stays.
        over = page.get_by_role("heading", name="Your evening")
        await expect(over).to_be_visible(timeout=CLOSING_MS)
        await hands.goes_to(page.get_by_role("link", name="bo@example.com"))
        await hands.activates(page.get_by_role("button", name="Your note"))
        await expect(page.get_by_label("Next step")).to_have_value(re.compile("Fly kites"))
        await hands.goes_to(page.get_by_label("Note to yourself"))
        await hands.type("Red ones")
        await expect(page.get_by_text("saved", exact=True)).to_be_visible()
