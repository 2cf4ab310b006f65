"""The pages around an evening: the first page, the doors, the desk, and when something is wrong."""

from __future__ import annotations

from playwright.async_api import FilePayload

from tests.server.house import KEY
from tests.tour.stage import Look, Stage, seen

PEOPLE = (
    "name,email,organisation,interests\n"
    "Ana Lima,ana@example.com,Atelier Lima,ceramics;film\n"
    "佐藤 花子,hanako@example.com,窯元,陶芸\n"
    "Bo Lindqvist,bo@example.com,,\n"
    ",nobody@example.com,,\n"
)


async def doors(stage: Stage, look: Look) -> None:
    """The first page, the event's link, one's own link, the host's, and links that open nothing."""
    house = stage.house
    page = await stage.phone()
    await page.goto(house.url)
    await look("home", page)
    await house.opens([], title="Spring tea")
    await house.brings([{"name": "Ana"}, {"name": "Emre", "mode": "on-site"}])
    assert house.created is not None
    await page.goto(house.created.join_url)
    await look("join", page)
    await page.locator("details summary").first.click()
    await look("join-more", page)
    await page.goto(house.people["Ana"].url)
    await look("own-link", page)
    await page.goto(house.created.host_url)
    await look("host-link", page)
    stage.visitors.forgive("Failed to load resource")
    await page.goto(house.created.join_url[:-2])
    await look("broken-link", page)
    await page.goto(f"{house.url}/nowhere")
    await look("not-found", page)
    await page.goto(f"{house.url}/e/{house.event}")
    await look("unknown-here", page)
    await page.goto(f"{house.url}/e/{house.event}/host")
    await look("not-a-host", page)
    await stage.comes_in(page, "Ana")
    await page.goto(house.url)
    await look("home-with-an-evening", page)
    await page.goto(house.created.join_url)
    await look("join-already-in", page)


async def desk(stage: Stage, look: Look) -> None:
    """The organiser's desk: signing in, no event, a list looked at and landed, somebody new."""
    house = stage.house
    page = await stage.desk()
    stage.visitors.forgive("Failed to load resource")
    await page.goto(f"{house.url}/desk")
    await look("desk-sign-in", page)
    await page.goto(f"{house.url}/desk/in/{KEY}")
    await look("desk-link", page)
    await page.locator("main form button[type=submit]").first.click()
    await page.wait_for_url("**/desk")
    await look("desk-empty", page)
    await house.opens([], title="Spring tea", doors=False)
    await page.goto(f"{house.url}/desk/{house.event}/import")
    files = page.locator("input[type=file]").first
    people = FilePayload(name="people.csv", mimeType="text/csv", buffer=PEOPLE.encode())
    await files.set_input_files(files=[people])
    await page.locator("form", has=files).locator("button[type=submit]").first.click()
    await seen(page.locator("#preview"))
    await look("desk-import-looked-at", page)
    await page.locator("button[value=land]").click()
    await seen(page.locator("#result"))
    await look("desk-people-imported", page)
    await page.goto(f"{house.url}/desk/{house.event}/people/new")
    await look("desk-people-new", page)
    await page.goto(f"{house.url}/desk")
    await look("desk", page)


async def the_end(stage: Stage, look: Look) -> None:
    """The doors of an evening that is over, and a page whose event was deleted."""
    house = stage.house
    await house.opens(["Ana"], title="Spring tea")
    assert house.created is not None
    page = await stage.phone()
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    await house.deletes_the_event()
    await stage.heading(page, "This evening is no longer here")
    await look("deleted", page)
