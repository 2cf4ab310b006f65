"""An attendee's evening, online and on site: each state once, in the order one lives through it."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.guests import Guest, guest, guests
from tests.tour.stage import Look, Stage, gone, seen

ROUND: dict[str, object] = {
    "seconds": 3600,
    "size": 4,
    "least": 2,
    "preview_seconds": 20,
    "walking_seconds": 20,
    "break_seconds": 3600,
    "more_time": True,
    "prompt": "What did you make with your hands last?",
}
LAST_MINUTE = 58
CLOSING_MS = 90_000
ROOM_MS = 90_000
"""A preview may have just begun."""

INTERESTS = "ceramics; film; 陶芸"
BO, HANAKO = "Bo Lindqvist", "佐藤 花子"
PEOPLE: list[dict[str, object]] = [
    {"name": "Ana", "interests": INTERESTS, "email": "ana@example.com", "title": "Potter"},
    {"name": BO, "interests": INTERESTS, "email": "bo@example.com", "organisation": "Kiln & Co"},
    {"name": HANAKO, "reading": "さとう はなこ", "interests": "陶芸; film", "title": "陶芸家"},
]


async def lobby(stage: Stage, look: Look) -> None:
    """Before the doors open, alone, with others; one's own page, nobody met yet, removed, left."""
    house = stage.house
    await house.opens([], title="Spring tea", doors=False, rounds=[ROUND, ROUND])
    await house.brings(PEOPLE)
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Good to have you, {name}", name="Ana")
    await look("draft", page)
    await house.commands("open-doors")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    await look("lobby-alone", page)
    async with guests(house, BO, HANAKO) as (bo, hanako):
        await bo.asks("say", text="Good evening, everybody")
        await hanako.asks("say", text="こんばんは。はじめまして。")
        await house.commands("announce", text="Tea is in the kitchen. お茶をどうぞ。")
        await expect(page.locator(".chat-said")).to_have_count(2)
        await expect(page.locator(".great-number")).to_have_text("3")
        await look("lobby", page)
        await stage.press(page, "Sit out for now")
        await seen(stage.button(page, "Come back in"))
        await look("lobby-sitting-out", page)
    await stage.opens(page, "you")
    await stage.heading(page, "You")
    await look("you", page)
    await stage.sheet(page, look, "sheet-settings", stage.button(page, "Settings"))
    await stage.opens(page, "people")
    await stage.heading(page, "People you met")
    await look("people-nobody", page)
    await stage.opens(page, "check")
    await seen(page.locator("main h1"))
    await look("check", page)
    await house.commands("remove", attendee=house.id("Ana"), reason="Loud")
    await stage.heading(page, "A host has taken you out of the evening")
    await look("removed", page)


async def preview_and_room(stage: Stage, look: Look) -> None:
    """The preview and everything that can be seen in a room."""
    house = stage.house
    await house.opens([], title="Spring tea", rounds=[ROUND, ROUND])
    await house.brings(PEOPLE)
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    async with guests(house, BO, HANAKO) as (bo, hanako):
        await house.commands("start-round")
        await stage.heading(page, "You are about to meet")
        await look("preview", page)
        await in_the_room(page)
        await look("room", page)
        await bo.asks("say", text="Hello! Which glaze is that? https://example.com/glaze")
        await hanako.asks("say", text="はじめまして、佐藤です。")
        await expect(page.locator(".chat-said")).to_have_count(2)
        await look("room-chat", page)
        await room_sheets(stage, look, page)
        await calling_a_host(stage, look, page)
        await house.commands("pause")
        await seen(page.locator(".paused"))
        await look("room-paused", page)
        await house.commands("resume")
        await gone(page.locator(".paused"))
        await hanako.drops()
        await seen(page.locator(".away").first)
        await look("room-dropped", page)
        await hanako.comes_back()
        await gone(page.locator(".away"))
        await house.commands("extend", seconds=LAST_MINUTE - await seconds_left(bo))
        await seen(page.locator(".last-minute"))
        await look("room-last-minute", page)
        await stage.press(page, "Wish for more time")
        await look("room-wished", page)
        await house.commands("extend", seconds=1800)
        await hanako.asks("sit-out")
        await bo.drops()
        await seen(page.locator(".alone"))
        await look("room-alone", page)


async def seconds_left(one: Guest) -> int:
    """Returns the seconds until the round's end, as the server counts them."""
    await one.sends({"type": "clock", "t": 0})
    now = (await one.sees("clock", t=0))["now"]
    ends_at = one.all("phase")[-1]["ends_at"]
    assert isinstance(now, int)
    assert isinstance(ends_at, int)
    return (ends_at - now) // 1000


async def in_the_room(page: Page) -> None:
    """Waits until the room has begun."""
    await expect(page.locator("main.room")).to_be_visible(timeout=ROOM_MS)


async def room_sheets(stage: Stage, look: Look, page: Page) -> None:
    """The sheets that a room opens."""
    more = stage.button(page, "More about {name}", name=BO)
    await stage.sheet(page, look, "sheet-person", more)
    await more.click()
    await stage.sheet(page, look, "sheet-block", stage.button(page, "Not meet again"))
    await more.click()
    await stage.sheet(page, look, "sheet-report", stage.button(page, "Report to the host"))
    await stage.sheet(page, look, "sheet-card", stage.button(page, "Give card"))
    await stage.sheet(page, look, "sheet-call", stage.button(page, "Call host"))
    await stage.sheet(page, look, "sheet-leave", stage.button(page, "Leave"))
    await stage.sheet(page, look, "sheet-devices", stage.button(page, "Devices"))
    captions = stage.button(page, "Captions")
    await captions.click()
    await seen(page.locator(".captions-panel:not([hidden])"))
    await look("room-captions", page)
    await captions.click()


async def calling_a_host(stage: Stage, look: Look, page: Page) -> None:
    """A call, seen and answered."""
    async with guest(stage.house, "Dana", here=False) as dana:
        await stage.button(page, "Call host").click()
        await page.locator("dialog[open] button[type=submit]").click()
        await gone(page.locator("dialog[open]"))
        call = await dana.is_called()
        await seen(page.locator(".standing .card.attention"))
        await look("room-called", page)
        await dana.asks("answer-call", call=call["id"], text="I am coming over.")
        await seen(page.locator(".standing .card.good"))
        await look("room-answered", page)


async def after_and_end(stage: Stage, look: Look) -> None:
    """After a round, in touch, what is open, the line lost, a second tab, the end."""
    house = stage.house
    rounds = [{**ROUND, "preview_seconds": 0, "walking_seconds": 0}] * 2
    await house.opens([], title="Spring tea", rounds=rounds)
    await house.brings(PEOPLE)
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    async with guests(house, BO, HANAKO) as (bo, _):
        await house.commands("start-round")
        await in_the_room(page)
        await house.commands("end-round")
        await stage.heading(page, "You just met")
        await look("after", page)
        await in_touch(stage, look, page, bo)
        await house.commands("start-round")
        await in_the_room(page)
        await house.commands("end-round")
        await stage.heading(page, "You just met")
        await stage.opens(page, "people")
        await stage.heading(page, "People you met")
        await look("people", page)
        await lost(stage, look, page)
        await second_tab(stage, look, page)
        await stage.opens(page, "now")
        await stage.heading(page, "You just met")
        await house.commands("close-event")  # the rest of it goes by the clock
        await seen(page.locator(".line.attention"))
        await look("closing", page)
        await expect(page.get_by_role("heading", name=stage.t("Your evening"))).to_be_visible(
            timeout=CLOSING_MS
        )
        await look("ended", page)


async def in_touch(stage: Stage, look: Look, page: Page, bo: Guest) -> None:
    """A yes on both sides, a note, stars."""
    await bo.asks("keep-in-touch", about=stage.house.id("Ana"), yes=True, fields=["email"])
    await stage.press(page, "Keep in touch with {name}", name=BO)
    await seen(page.locator(".mutual"))
    await page.locator(".met input.input").first.fill("Send the drawings of the kiln")
    await seen(page.get_by_text(stage.t("saved"), exact=True).first)
    await page.locator("label.star").nth(3).click()
    await look("after-in-touch", page)


async def lost(stage: Stage, look: Look, page: Page) -> None:
    """The line is gone, and comes back."""
    stage.visitors.forgive("ERR_INTERNET_DISCONNECTED")
    await page.context.set_offline(True)
    line = page.locator(".connection-line")
    await seen(line)
    await look("line-lost", page)
    await seen(stage.button(page, "Try now"))
    await look("line-lost-long", page)
    await page.context.set_offline(False)
    await gone(line)


async def second_tab(stage: Stage, look: Look, page: Page) -> None:
    """A second tab takes over; the first says so, and takes it back."""
    second = await page.context.new_page()
    await second.goto(page.url)
    await stage.heading(page, "The evening goes on in another tab")
    await look("other-tab", page)
    await second.close()
    await stage.press(page, "Use this one instead")


async def leaving(stage: Stage, look: Look) -> None:
    """Out of a round, left; and on site: checked in, called to a table, there, at the table."""
    house = stage.house
    await house.opens([], title="Spring tea", rounds=[ROUND, ROUND], tables=4)
    await house.brings([{**person, "mode": "on-site"} for person in PEOPLE])
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    await look("on-site-lobby", page)
    for name in ("Ana", BO, HANAKO):
        await house.commands("check-in", attendee=house.id(name))
    await look("on-site-checked-in", page)
    async with guests(house, BO, HANAKO) as (bo, _):
        await house.commands("start-round")
        there = stage.button(page, "I'm at the table")
        await seen(there)
        await look("on-site-preview", page)
        await there.click()
        await gone(there)
        await look("on-site-arrived", page)
        await in_the_room(page)
        await look("on-site-table", page)
        await bo.asks("arrived")
        await stage.button(page, "Leave").click()
        await stage.press(page, "Go to the lobby")
        await seen(page.locator("main.panes"))
        await look("lobby-out", page)
        await house.commands("end-round")
