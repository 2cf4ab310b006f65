"""The attendee page by its states: lobby, preview, room; heard once, by keyboard, any script."""

from __future__ import annotations

import re
import time
from typing import cast

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.broken import NO_DEVICES
from tests.browser.coming import comes_by_the_open_link
from tests.browser.conftest import Visitors
from tests.browser.hearing import HEARD, heard, heard_with, hears_once
from tests.browser.visitors import sticks_out
from tests.guests import House, guest, guests, quick_round
from tests.server.waiting import wait_until

TALK = quick_round(seconds=600, size=4, break_seconds=30)


async def is_accessible(page: Page) -> None:
    """Fails with axe's findings, if there are any."""
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


async def opens_settings(page: Page) -> None:
    """Opens the sheet of the page's settings and waits until it is there."""
    await page.get_by_role("button", name="Settings").click()
    await expect(page.get_by_role("heading", name="Settings")).to_be_visible()


# The lobby


async def test_interests_are_changed_in_the_lobby_with_suggestions(
    house: House, visitors: Visitors
) -> None:
    await house.opens([])
    await house.brings([{"name": f"P{n}", "interests": ["ceramics"]} for n in range(5)])
    page = await visitors.page()
    await comes_by_the_open_link(page, house, "Chidi")
    await page.get_by_role("button", name="Add").click()
    field = page.get_by_role("textbox", name="What you care about")
    await page.get_by_role("button", name="Add ceramics").click()
    await expect(page.get_by_role("button", name="Remove ceramics")).to_be_visible()
    await field.fill("陶芸、 hiking")
    await field.press("Enter")
    await expect(page.get_by_role("button", name="Remove 陶芸")).to_be_visible()
    await expect(page.get_by_role("button", name="Remove hiking")).to_be_visible()
    await is_accessible(page)
    await page.get_by_role("button", name="Remove hiking").click()
    await expect(page.get_by_role("button", name="Remove hiking")).to_have_count(0)
    await expect(field).to_be_focused()


async def test_the_enter_that_ends_a_japanese_word_adds_nothing(
    house: House, visitors: Visitors
) -> None:
    await house.opens([])
    page = await visitors.page()
    await comes_by_the_open_link(page, house, "花子")
    await page.get_by_role("button", name="Add").click()
    field = page.get_by_role("textbox", name="What you care about")
    await field.fill("とうげい")
    await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await expect(field).to_have_value("とうげい")
    await field.press("Enter")
    await expect(field).to_have_value("")
    await expect(page.get_by_role("button", name="Remove とうげい")).to_be_visible()


async def test_nobody_is_named_in_the_lobby_until_they_choose_it(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"])
    page = await visitors.page()
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(page, house, "Chidi")
        await expect(page.get_by_text("people are here")).to_be_visible()
        await expect(page.get_by_text("With you:")).to_have_count(0)
        await ana.asks("profile", show_in_lobby=True)
        await expect(page.get_by_text("With you: Ana")).to_be_visible()
        await page.get_by_label("Show my name in the lobby").check()
        await ana.sees("faces", people=lambda people: "Chidi" in str(people))
        await is_accessible(page)
        await page.get_by_label("Show my name in the lobby").uncheck()
        await ana.sees("faces", people=lambda people: "Chidi" not in str(people))


async def test_what_happens_next_is_told_in_words(house: House, visitors: Visitors) -> None:
    rounds = [quick_round(seconds=480, size=4), quick_round(seconds=180, size=2)]
    await house.opens([], rounds=rounds)
    page = await visitors.page()
    await comes_by_the_open_link(page, house, "Chidi")
    ahead = page.get_by_role("region", name="The evening ahead")
    await expect(ahead.get_by_text("8 minutes, about 4 at a table")).to_be_visible()
    await expect(ahead.get_by_text("when the host calls it")).to_have_count(1)
    await expect(ahead.get_by_text("3 minutes, two at a table")).to_be_visible()


async def test_where_the_event_asks_one_says_ready_with_one_large_button(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], settings={"ready_check": True}, rounds=[TALK])
    page = await visitors.page(locale="ja-JP", dark=True)
    async with guest(house, "Ana") as ana:
        await ana.asks("ready")
        await comes_by_the_open_link(page, house, "花子")
        await is_accessible(page)
        button = page.locator("button.ready")
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 60
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await is_accessible(page)
        await house.commands("start-round")
        await ana.sees("room", with_={"花子"})


async def test_one_sits_out_and_comes_back(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana", "Bo"], rounds=[TALK])
    page = await visitors.page()
    async with guests(house, "Ana", "Bo") as (ana, _):
        await comes_by_the_open_link(page, house, "Chidi")
        await page.get_by_role("button", name="Sit out for now").click()
        await expect(page.get_by_role("button", name="Come back in")).to_be_visible()
        await house.commands("start-round")
        await ana.sees("room", with_={"Bo"})
        await expect(page.get_by_role("heading", name="Taking a breather")).to_be_visible()
        await is_accessible(page)
        await page.get_by_role("button", name="Come back in").click()
        await expect(page.locator(".lobby-why")).to_have_text(re.compile("There is a seat for you"))
        await ana.sees("room-people", joined=lambda joined: "Chidi" in str(joined))
        await expect(page.get_by_text("Chat in the room")).to_be_visible()


# The preview


async def test_a_preview_calls_back_whoever_looked_at_another_page(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[quick_round(seconds=600, size=2, preview_seconds=600)])
    page = await visitors.page()
    await page.add_init_script(NO_DEVICES)
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(page, house, "Chidi")
        await page.evaluate(HEARD)
        await page.get_by_role("link", name="You", exact=True).click()
        await house.commands("start-round")
        await ana.sees("room", with_={"Chidi"})
        await expect(page.get_by_role("heading", name="You are about to meet")).to_be_visible()
        await hears_once(page, "You are about to meet Ana.")
        await expect(page).to_have_title(re.compile("^● A round begins"))
        await page.set_viewport_size({"width": 360, "height": 500})  # as with many to meet
        for name in ("Microphone", "Sit this one out"):
            await expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        await page.get_by_role("button", name="Microphone").click()
        await expect(page.get_by_text("No microphone found")).to_be_in_viewport()
        await is_accessible(page)


async def test_short_words_at_the_edge_lie_in_a_landmark(house: House, visitors: Visitors) -> None:
    await house.opens([])
    page = await visitors.page()
    await comes_by_the_open_link(page, house, "Chidi")
    await expect(page.get_by_role("heading", name="Welcome, Chidi")).to_be_visible()
    news = page.get_by_role("region", name="News")
    toast = news.locator(".toast", has_text="1 person here")

    async def read_out() -> bool:
        await page.keyboard.press("w")  # its listener comes with what is fetched at rest
        return await toast.count() > 0

    await wait_until(read_out, "the answer to be shown")
    await is_accessible(page)


# The room


async def test_the_first_minute_names_who_begins_the_same_for_all(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[TALK])
    one, other = await visitors.page(), await visitors.page(locale="ja-JP", dark=True)
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(one, house, "Chidi")
        await comes_by_the_open_link(other, house, "花子")
        await one.evaluate(HEARD)
        await house.commands("start-round")
        await ana.sees("room", with_={"Chidi", "花子"})
        await expect(one.get_by_role("heading", name="The first minute")).to_be_visible()
        await expect(other.get_by_role("heading", name="最初の一分")).to_be_visible()
        turns = "ol.turns li[aria-current] .visually-hidden"

        async def name_the_same() -> bool:  # between two looks the next may have their turn
            named = {await page.locator(turns).inner_text() for page in (one, other)}
            return named in ({"Ana"}, {"You", "Chidi"}, {"花子", "あなた"})

        await wait_until(name_the_same, "both pages name the same person")
        first = await heard_with(one, "one line")
        assert len(first) == len(set(first)), first
        await is_accessible(one)
        await is_accessible(other)
        await one.get_by_role("button", name="Skip").click()
        await expect(one.get_by_role("heading", name="To begin with")).to_be_visible()
        await expect(other.get_by_role("heading", name="最初の一分")).to_be_visible()
        before = await one.locator(".prompt-words").inner_text()
        await one.get_by_role("button", name="Another question").click()
        await expect(one.locator(".prompt-words")).not_to_have_text(before)


SMALL_PHONES = ((360, 640), (320, 568), (375, 553))
EIGHT = ["Ana", "Bo Lindqvist", "Emre", "佐藤 花子", "Fumi", "Gus", "Hana"]
BELOW = """() => {
  const end = document.querySelector(".controls").getBoundingClientRect().top;
  return [...document.querySelectorAll(".tile-picture, .turns")]
    .filter((one) => scrollY > 0 || one.getBoundingClientRect().bottom > end + 1)
    .map((one) => one.className);
}"""
"""What of the room's pictures and the order drawn lies below the controls, or the fold."""


async def test_all_eight_and_five_are_in_sight_on_a_small_phone_also_below_words_put_away_at_last(
    house: House, visitors: Visitors
) -> None:
    rounds = [quick_round(seconds=600, size=8, least=8, most=8, break_seconds=30)]
    await house.opens(EIGHT, rounds=rounds)
    page = await visitors.page(locale="ja-JP")
    async with guests(house, *EIGHT) as people:
        await comes_by_the_open_link(page, house, "Chidi")
        await house.commands("start-round")
        await expect(page.get_by_role("heading", name="最初の一分")).to_be_attached()
        await expect(page.locator(".tile-picture")).to_have_count(8)
        await house.commands("pause")  # a first minute as long as this looks at it
        await _shows_everybody(page, "the first minute, of eight")
        await page.get_by_role("button", name="Bo Lindqvistさんについて").press("Enter")
        keep = page.get_by_role("dialog").locator(".keep")
        await keep.press("Enter")
        await expect(keep).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("Escape")
        await page.locator(".turns-end button").press("Enter")
        await expect(page.locator(".turns")).to_have_count(0)
        await _shows_everybody(page, "a room of eight")
        async with guest(house, "Dana") as dana:
            await page.get_by_role("button", name="ホストを呼ぶ").press("Enter")
            await page.get_by_role("dialog").locator("button.primary").press("Enter")
            await dana.asks("answer-call", call=(await dana.is_called())["id"], text="On my way")
            await expect(page.locator(".standing")).to_contain_text("On my way")
        await _shows_everybody(page, "eight below the host's answer")
        for one in people[4:]:
            await one.asks("sit-out")
        await expect(page.locator(".tile-picture")).to_have_count(5)
        await _shows_everybody(page, "five below the host's answer")
        await page.locator(".standing").get_by_role("button").press("Enter")
        await expect(page.locator(".standing")).to_be_empty()
        await _shows_everybody(page, "a room of five")


async def _shows_everybody(page: Page, state: str) -> None:
    for width, height in SMALL_PHONES:
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        await page.evaluate("scrollTo(0, 0)")
        await wait_until(lambda: _has_nothing_below(page), f"{state}, at {width} by {height}")


async def _has_nothing_below(page: Page) -> bool:
    below: list[str] = await page.evaluate(BELOW)
    return not below


async def test_coming_and_going_and_the_last_minute_are_heard_once(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana", "Bo", "Emre"], rounds=[TALK])
    page = await visitors.page()
    async with guests(house, "Ana", "Bo") as (ana, bo):
        await comes_by_the_open_link(page, house, "Chidi")
        await page.evaluate(HEARD)
        await house.commands("start-round")
        room = await ana.sees("room", with_={"Bo", "Chidi"})
        async with guest(house, "Emre") as emre:
            await hears_once(page, "Emre joins in a moment.")
            await emre.sees("room")
            await hears_once(page, "Emre joined.")
            await emre.asks("sit-out")
            await hears_once(page, "Emre left.")
        await bo.asks("sit-out")
        await hears_once(page, "Bo left.")
        left = cast(int, room["ends_at"]) / 1000 - time.time()
        await house.commands("extend", seconds=round(62 - left))
        await hears_once(page, "One minute left.")


async def test_calling_the_host_shows_that_it_was_seen_and_the_answer_is_heard_once(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[TALK])
    page = await visitors.page()
    async with guest(house, "Ana") as ana, guest(house, "Dana") as dana:
        await comes_by_the_open_link(page, house, "Chidi")
        await house.commands("start-round")
        await ana.sees("room", with_={"Chidi"})
        await expect(page.get_by_text("Chat in the room")).to_be_visible()
        await page.evaluate(HEARD)
        await page.get_by_role("button", name="Call host").click()
        await page.get_by_label("What can they help with?").fill(SCRIPT)
        await page.get_by_role("button", name="Call", exact=True).click()
        await expect(page.get_by_text("It is on their screen now.").first).to_be_visible()
        call = (await dana.is_called())["id"]
        await dana.asks("call-seen", call=call)
        await hears_once(page, "A host has seen your call.")
        await dana.asks("answer-call", call=call, text="On my way")
        await expect(page.get_by_text("On my way").first).to_be_visible()
        await hears_once(page, "The host answers: On my way")
        await is_accessible(page)

        await page.get_by_role("button", name="Call host").click()
        words = page.get_by_label("What can they help with?")
        await words.fill("There is an ech")
        await house.commands("end-round")
        await expect(page.locator("h1", has_text="You just met")).to_be_attached()
        await expect(words).to_have_value("There is an ech")
        await page.keyboard.press("Escape")
        await expect(page.locator("#main")).to_be_focused()


async def test_whoever_is_left_alone_sees_what_happens_next(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[TALK])
    page = await visitors.page()
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(page, house, "Chidi")
        await house.commands("start-round")
        await ana.sees("room", with_={"Chidi"})
        await ana.drops()
        await expect(page.get_by_text("reconnecting").first).to_be_visible()
        alone = page.get_by_role("region", name="Only you are here right now")
        await expect(alone.get_by_text("we bring you to other people")).to_be_visible()
        await expect(page.get_by_role("heading", name="The first minute")).to_have_count(0)
        await alone.get_by_role("button", name="Wait here").click(timeout=90_000)
        await expect(alone.get_by_text("We wait with you.")).to_be_visible()
        await is_accessible(page)
        await ana.comes_back()
        await expect(alone).to_have_count(0)


async def test_the_language_changes_without_leaving_the_room(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[TALK])
    page = await visitors.page(desk=True)
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(page, house, "Chidi")
        await house.commands("start-round")
        await ana.sees("room", with_={"Chidi"})
        await page.get_by_placeholder("Write to the room").fill("half a sen")
        await page.evaluate("window.stayed = true")
        await page.get_by_role("link", name="You", exact=True).click()
        await opens_settings(page)
        await is_accessible(page)
        await page.get_by_label("日本語").check(force=True)
        await expect(page.get_by_role("heading", name="設定")).to_be_visible()
        await expect(page.locator("html")).to_have_attribute("lang", "ja")
        await is_accessible(page)
        await page.keyboard.press("Escape")
        await page.get_by_role("link", name="ルームに戻る").click()
        await expect(page.get_by_placeholder("ルームのみなさんへ")).to_have_value("half a sen")
        assert await page.evaluate("window.stayed") is True
        assert not [m for m in ana.everything if m["type"] == "room-people" and m.get("dropped")]
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("lang", "ja")


async def test_keys_read_out_and_can_be_changed_or_turned_off(
    house: House, visitors: Visitors
) -> None:
    await house.opens(["Ana"], rounds=[TALK])
    page = await visitors.page(desk=True)
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(page, house, "Chidi")
        await house.commands("start-round")
        await ana.sees("room", with_={"Chidi"})
        await page.evaluate(HEARD)
        told = page.locator(".toast")

        async def answers(key: str, sentence: str) -> None:
            async def pressed() -> bool:
                await page.keyboard.press(key)
                return await told.get_by_text(sentence).count() > 0

            await wait_until(pressed, f"{key} to read {sentence!r}")

        await answers("w", "Here with you: Ana.")
        await answers("t", "left in this round.")
        await answers("s", "Nobody is speaking.")
        field = page.get_by_placeholder("Write to the room")
        await page.evaluate("window.heard = []")
        await field.press("w")
        await expect(field).to_have_value("w")
        assert read_out(await heard(page)) == []
        await field.fill("")

        await page.get_by_role("link", name="You", exact=True).click()
        await opens_settings(page)
        who = page.get_by_role("textbox", name="Who is here")
        await who.press("t")
        await expect(page.get_by_role("dialog").get_by_text("already reads out")).to_be_visible()
        await who.press("q")
        await expect(who).to_have_value("Q")
        await page.keyboard.press("Escape")
        await page.reload()
        await answers("q", "Here with you: Ana.")
        await opens_settings(page)
        await page.get_by_label("Use these keys").uncheck()
        await page.keyboard.press("Escape")
        await page.evaluate(HEARD)
        await page.keyboard.press("q")
        await page.keyboard.press("t")
        assert read_out(await heard(page)) == []


def read_out(spoken: list[str]) -> list[str]:
    """Returns what keys read out; whose turn it is in the first minute is spoken without a key."""
    return [said for said in spoken if "Here with you" in said or "left in this round" in said]


async def test_light_and_dark_can_be_chosen_by_hand(house: House, visitors: Visitors) -> None:
    await house.opens([])
    page = await visitors.page(dark=True)
    await comes_by_the_open_link(page, house, "Chidi")

    async def paper_is(colour: str) -> None:
        async def is_so() -> bool:
            paper = "getComputedStyle(document.documentElement).backgroundColor"
            return str(await page.evaluate(paper)) == colour

        await wait_until(is_so, f"the paper to be {colour}")

    await paper_is("rgb(20, 23, 31)")
    await page.get_by_role("link", name="You", exact=True).click()
    await opens_settings(page)
    await page.get_by_label("Light").check(force=True)
    await paper_is("rgb(250, 247, 241)")
    await is_accessible(page)
    await page.reload()
    await paper_is("rgb(250, 247, 241)")


# Bad input

LONG = "w" * 2_000
SCRIPT = "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>"
RTL = "\u202eدانا العربية"


async def test_names_and_words_of_any_kind_stay_text_and_fit_a_narrow_page(
    house: House, visitors: Visitors
) -> None:
    await house.opens([], rounds=[TALK])
    await house.brings(
        [
            {"name": "N" * 200, "organisation": "O" * 200, "interests": ["i" * 80]},
            {"name": SCRIPT[:200], "interests": ["<b>i</b>"]},
            {"name": RTL},
        ]
    )
    house.people |= {
        short: house.people[name]
        for short, name in (("long", "N" * 200), ("script", SCRIPT[:200]), ("rtl", RTL))
    }
    page = await visitors.page()
    await page.set_viewport_size({"width": 320, "height": 640})  # 1280 px at 400 %, or 640 at 200 %
    async with guests(house, "long", "script", "rtl") as people:
        for person in people:
            await person.asks("profile", show_in_lobby=True)
        await comes_by_the_open_link(page, house, "Chidi")
        await expect(page.get_by_text("With you:")).to_be_visible()
        assert not await sticks_out(page)
        await house.commands("start-round")
        await expect(page.get_by_role("heading", name="The first minute")).to_be_visible()
        await people[0].asks("say", text=LONG)
        await people[1].asks("say", text=SCRIPT)
        await people[2].asks("say", text=RTL)
        log = page.get_by_role("log").locator(".chat-text")
        await expect(log.filter(has_text=LONG)).to_be_attached()
        await expect(log.filter(has_text=SCRIPT)).to_be_attached()
        assert not await sticks_out(page)
        await is_accessible(page)
        await page.get_by_role("button", name=re.compile("^More about N")).click()
        await page.get_by_role("button", name=re.compile("^Keep in touch with N")).click()
        assert not await sticks_out(page)
        await is_accessible(page)
    assert await page.evaluate("window.broken") is None


async def test_a_message_is_no_longer_than_it_may_be(house: House, visitors: Visitors) -> None:
    await house.opens(["Ana"])
    page = await visitors.page()
    async with guest(house, "Ana") as ana:
        await comes_by_the_open_link(page, house, "Chidi")
        field = page.get_by_placeholder("Write to everybody in the lobby")
        await field.focus()
        await page.keyboard.insert_text(LONG + "more")
        await expect(field).to_have_value(LONG)
        await page.keyboard.press("Enter")
        await ana.sees("said", text=LONG)


async def test_with_storage_blocked_choices_hold_for_the_page(
    house: House, visitors: Visitors
) -> None:
    await house.opens([])
    page = await visitors.page()
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } });"
    )
    await comes_by_the_open_link(page, house, "Chidi")
    await page.get_by_role("link", name="You", exact=True).click()
    await opens_settings(page)
    await page.get_by_label("Chime").uncheck()
    await page.keyboard.press("Escape")
    await opens_settings(page)
    await expect(page.get_by_label("Chime")).not_to_be_checked()
