"""The host's console, from closed doors to the end of the evening."""

from __future__ import annotations

from playwright.async_api import Page

from tests.guests import guests
from tests.tour.evening import BO, HANAKO, PEOPLE, ROUND
from tests.tour.stage import Look, Stage, seen


async def console(stage: Stage, look: Look) -> None:
    """The board: doors, a proposal, a round with somebody who calls, the break."""
    house = stage.house
    rounds = [{**ROUND, "preview_seconds": 0, "walking_seconds": 0}] * 2
    await house.opens([], title="Spring tea", doors=False, rounds=rounds)
    await house.brings([*PEOPLE, {"name": "Chidi"}])
    assert house.created is not None
    page = await stage.desk()
    await page.goto(house.created.host_url)
    await page.locator("main form button[type=submit]").click()
    await seen(stage.button(page, "Open doors"))
    await look("host-draft", page)
    await stage.press(page, "Open doors")
    start = stage.button(page, "Start round {n}", n="1")
    await seen(start)
    await look("host-lobby-empty", page)
    async with guests(house, "Ana", BO, HANAKO, "Chidi") as (ana, bo, _, _):
        await seen(page.get_by_text(BO).first)
        await look("host-lobby", page)
        await start.click()
        await seen(stage.button(page, "Pause"))
        await look("host-round", page)
        await ana.asks("call-host", text="Is there more tea?")
        await bo.asks("report", about=house.id("Ana"), text="Too loud")
        await bo.drops()
        await seen(page.get_by_text("Is there more tea?").first)
        await look("host-needed", page)
        await sheets(stage, look, page)
        await stage.press(page, "Pause")
        await seen(stage.button(page, "Resume"))
        await look("host-paused", page)
        await stage.press(page, "Resume")
        await house.commands("end-round")
        await seen(stage.button(page, "Start round {n}", n="2"))
        await look("host-break", page)


async def sheets(stage: Stage, look: Look, page: Page) -> None:
    """The sheets of a room and of a person."""
    opener = page.locator("[aria-haspopup=dialog]").first
    if await opener.count():
        await stage.sheet(page, look, "host-sheet", opener)
