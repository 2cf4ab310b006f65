"""Signing up in every way there is, and one's own pages after the evening."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.tour.filled import QUESTIONS, fills, happens, tomorrow
from tests.tour.stage import Look, Stage, seen

TITLE = {"en": "Spring tea", "ja": "春のお茶会"}
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"


async def opened(stage: Stage, **sign_up: object) -> str:
    """Makes an event with this sign-up; returns its open link."""
    await stage.house.opens(
        [], title=TITLE[stage.language], doors=False, starts_at=tomorrow(), locale=stage.language,
        time_zone="Asia/Tokyo", sign_up=sign_up,
    )  # fmt: skip
    assert stage.house.created is not None
    return stage.house.created.join_url


async def sends(page: Page) -> None:
    """Presses the form's one button, whatever the browser itself thinks of the fields."""
    await page.locator("main form").last.evaluate("(one) => { one.noValidate = true }")
    await page.locator("main form button[type=submit]").last.click()


async def fills_in(page: Page, name: str) -> None:
    """Fills the form in as somebody who has little time."""
    await page.locator("[name=name]").fill(name)
    await page.locator("input[name=agree]").check()
    await page.locator("textarea.input").fill("A friend told me")


async def sign_up(stage: Stage, look: Look) -> None:
    """The sign-up open, refused, full, by approval, by invitation, closed, and over."""
    stage.visitors.forgive("422|409|403")
    page = await stage.phone()
    quotas = [{"segment": "buyers", "most": 1}, {"segment": "学生", "most": 4}]
    await page.goto(await opened(stage, capacity=1, quotas=quotas, questions=QUESTIONS))
    await look("sign-up", page)
    await page.locator("[name=organisation]").fill("Atelier Lima")
    await sends(page)
    await expect(page.locator("#problem")).to_be_focused()
    await look("sign-up-refused", page)
    await fills_in(page, "Ana")
    await sends(page)
    await seen(page.locator("main h1"))
    waits = await stage.phone()
    assert stage.house.created is not None
    await waits.goto(stage.house.created.join_url)
    await look("sign-up-full", waits)
    await fills_in(waits, "花子")
    await sends(waits)
    await seen(waits.locator("h1"))
    await look("sign-up-waiting", waits)
    await page.goto(await opened(stage, how="approval"))
    await look("sign-up-approval", page)
    await page.locator("[name=name]").fill("Ana")
    await page.locator("input[name=agree]").check()
    await sends(page)
    await seen(page.locator("h1"))
    await look("sign-up-asked", page)
    for how in ("invitation", "closed"):
        await page.goto(await opened(stage, how=how))
        await look(f"sign-up-{how}", page)


async def mine(stage: Stage, look: Look) -> None:
    """One's own page after the evening with everything unfolded, one's data, one's mails."""
    stage.visitors.forgive("410")  # the sign-up of an evening that is over
    house = stage.house
    await house.opens([], title=TITLE[stage.language], doors=False, locale=stage.language)
    names = await fills(house)
    await happens(house, names)
    assert house.created is not None
    page = await stage.phone()
    await page.goto(house.created.join_url)
    await look("sign-up-over", page)
    await page.goto(house.people[names[0]].url)
    await page.locator("input[name=agree]").check()
    await page.locator("main form button[type=submit]").last.click()
    await seen(page.locator("#mine"))
    await look("mine", page)
    await page.evaluate(OPEN_ALL)
    await look("mine-unfolded", page)
    await page.goto(f"{house.url}/e/{house.event}/mine?q=zzz")
    await look("mine-nobody-found", page)
    await page.goto(f"{house.url}/e/{house.event}/mine/data")
    await look("mine-data", page)
