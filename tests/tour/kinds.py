"""What an evening may also be: topics, the open floor, words to everybody, a table with a station,
a practice, a page inside an app.
"""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.guests import Guest, guests, quick_round
from tests.tour.evening import BO, HANAKO, PEOPLE, in_the_room
from tests.tour.stage import Look, Stage, gone, seen

LONG = quick_round(seconds=3600, size=3, break_seconds=3600)
ROUNDS = [
    {**LONG, "kind": "topics", "topics": ["Glazes that failed", "雨の日の器"]},
    {**LONG, "kind": "open"},
    {**LONG, "kind": "plenary", "stream_url": "https://stream.example.org/tea"},
]
PRACTICE_MS = 90_000
LINE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Line/14.9.0"
)


async def other_kinds(stage: Stage, look: Look) -> None:
    """Topics are chosen, rooms are chosen, and somebody speaks to all."""
    house = stage.house
    await house.opens([], title="Spring tea", rounds=ROUNDS)
    await house.brings(PEOPLE)
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    async with guests(house, BO, HANAKO) as (bo, hanako):
        await seen(page.locator(".topic").first)
        await page.locator(".topic").first.click()
        await expect(page.locator(".great-number")).to_have_text("3")
        await look("lobby-topics", page)
        await house.commands("start-round")
        await in_the_room(page)
        await look("room-topic", page)
        await house.commands("end-round")
        await open_floor(stage, look, page, (bo, hanako))
        await house.commands("start-round")
        await stage.heading(page, "All together")
        await look("plenary", page)


async def open_floor(stage: Stage, look: Look, page: Page, others: tuple[Guest, Guest]) -> None:
    """Everybody sits down where they like, and may go on to another room."""
    await stage.house.commands("start-round")
    await stage.heading(page, "Choose where to sit")
    for one in others:
        await one.asks("choose-room", room="new")
    rooms = page.locator(".floor-room:not(.untaken)")
    await expect(rooms).to_have_count(2)
    await look("floor", page)
    await rooms.first.get_by_role("button").click()
    await in_the_room(page)
    await stage.sheet(page, look, "sheet-floor", stage.button(page, "Other rooms"))
    await stage.house.commands("end-round")


async def mixed(stage: Stage, look: Look) -> None:
    """A table and people online share a room: the station, a phone online, one at the table."""
    house = stage.house
    rounds = [{**LONG, "least": 2, "walking_seconds": 20, "preview_seconds": 20}]
    await house.opens(
        [], title="Spring tea", rounds=rounds, tables=3, stations=1, settings={"mixing": "most"}
    )
    await house.brings([{**person, "mode": "on-site"} for person in PEOPLE[:1]])
    await house.brings([*PEOPLE[1:], {"name": "Station", "role": "station", "table": 2}])
    station, ana, bo = await stage.desk(), await stage.phone(), await stage.phone()
    await stage.comes_in(station, "Station")
    await seen(station.locator(".station-wait"))
    await look("station-waits", station)
    await stage.comes_in(ana, "Ana")
    await stage.comes_in(bo, BO)
    await stage.heading(bo, "Welcome, {name}", name=BO)
    async with guests(house, HANAKO):
        await house.commands("check-in", attendee=house.id("Ana"))
        await house.commands("start-round")
        await stage.heading(bo, "You are about to meet")
        await look("mixed-preview", bo)
        await look("mixed-preview-at-the-table", ana)
        for page in (bo, ana):
            await in_the_room(page)
        await look("mixed-room", bo)
        await look("mixed-room-at-the-table", ana)
        await seen(station.locator(".tiles"))
        await look("station", station)


async def practice(stage: Stage, look: Look) -> None:
    """A round with a partner who is a script."""
    await stage.house.opens(["Ana"], title="Spring tea", doors=False)
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.opens(page, "practice")
    await stage.heading(page, "You are about to meet")
    await look("practice-preview", page)
    await expect(page.locator("main.room")).to_be_visible(timeout=PRACTICE_MS)
    await look("practice-room", page)
    await stage.press(page, "End the practice")
    await gone(page.locator(".practice"))


async def in_an_app(stage: Stage, look: Look) -> None:
    """The browser inside a chat app: how to open the real one."""
    house = stage.house
    await house.opens([], title="Spring tea")
    assert house.created is not None
    page = await stage.phone(user_agent=LINE)
    await page.goto(house.created.join_url)
    await look("in-an-app-join", page)
    await house.brings([{"name": "Ana"}])
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    await look("in-an-app-lobby", page)
