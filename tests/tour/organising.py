"""The organiser's pages around an evening: before it with a list, after it with what came of it."""

from __future__ import annotations

from playwright.async_api import FilePayload, Page, expect

from tests.server.house import KEY
from tests.tour.filled import QUESTIONS, fills, happens, tomorrow
from tests.tour.stage import Look, Stage, seen

NO_LIST = FilePayload(name="picture.csv", mimeType="text/csv", buffer=b"\x89PNG\r\n\x1a\n\x00\x00")
ODD_COLUMNS = (
    "参加の方,会社,メール,血液型\n"
    "佐藤 花子,みなと計画,hanako.sato@example.jp,A\n"
    "新田 光,窯元ひかり,hikaru@example.jp,O\n"
)
ROUND: dict[str, object] = {"seconds": 600, "size": 4, "break_seconds": 300}


async def is_told(page: Page) -> None:
    """Waits until the page says why not, and is read out from there."""
    await expect(page.locator("#problem")).to_be_focused()


async def signed_in(stage: Stage) -> Page:
    """Returns the desk's page, with somebody signed in."""
    page = await stage.desk()
    await page.goto(f"{stage.house.url}/desk/in/{KEY}")
    await page.locator("main form button[type=submit]").first.click()
    await page.wait_for_url("**/desk")
    return page


async def before(stage: Stage, look: Look) -> None:
    """The desk before an evening: its list, its words, its sign-up, and what is refused."""
    house = stage.house
    title = {"en": "Spring tea", "ja": "春のお茶会"}[stage.language]
    await house.opens(
        [], title=title, doors=False, rounds=[ROUND] * 4, starts_at=tomorrow(),
        time_zone="Asia/Tokyo", locale=stage.language,
        sign_up={
            "capacity": 18, "quotas": [{"segment": "buyers", "most": 6}], "questions": QUESTIONS,
        },
    )  # fmt: skip
    page = await signed_in(stage)
    here = f"{house.url}/desk/{house.event}"
    stage.visitors.forgive("422|409")
    await fills(house)
    await page.goto(here)
    await look("organiser-event", page)
    await saves_badly(stage, look, page, here)
    for name in ("people", "balance", "interests", "mail", "sign-up", "webhooks", "customers"):
        await page.goto(f"{here}/{name}")
        await look(f"organiser-{name}", page)
    await people(stage, look, page, here)
    await importing(look, page, here)
    await page.goto(f"{here}/matching")
    await page.locator("button[value=try]").click()
    await seen(page.locator("#outlook"))
    await look("organiser-matching-tried", page)
    await mails(look, page, here)
    await signing_up(look, page, here)
    await programs(look, page, here)


async def saves_badly(stage: Stage, look: Look, page: Page, here: str) -> None:
    """Goals that are no numbers, a title that is not the event's, a copy without one."""
    await page.locator("#goal-people").fill("many")
    await page.locator("form", has=page.locator("#goal-people")).locator("button").click()
    await is_told(page)
    await look("organiser-event-refused", page)
    await page.goto(here)
    await page.locator("#event-title").fill(f"{await page.locator('#event-title').input_value()} 2")
    await page.locator("form", has=page.locator("#event-title")).locator("button").click()
    await expect(page.locator("[role=status]")).to_be_focused()
    await look("organiser-event-saved", page)


async def people(stage: Stage, look: Look, page: Page, here: str) -> None:
    """One person, changed badly; a new link; nobody found."""
    await page.goto(f"{here}/people")
    await page.locator(".person-name").first.click()
    await seen(page.locator("#name"))
    await look("organiser-person", page)
    await page.locator("#email").fill("ana at home.example.org")
    await page.locator("form", has=page.locator("#name")).evaluate(
        "(one) => { one.noValidate = 1 }"
    )
    await page.locator("button[value=save]").click()
    await is_told(page)
    await look("organiser-person-refused", page)
    await page.goto(f"{here}/people?q=zzz")
    await look("organiser-people-nobody", page)


async def importing(look: Look, page: Page, here: str) -> None:
    """A file that is no list; one whose columns nobody knows."""
    for name, file in (
        ("refused", NO_LIST),
        ("mapped", FilePayload(name="list.csv", mimeType="text/csv", buffer=ODD_COLUMNS.encode())),
    ):
        await page.goto(f"{here}/import")
        files = page.locator("input[type=file]").first
        await files.set_input_files(files=[file])
        await page.locator("form", has=files).locator("button[type=submit]").first.click()
        await seen(page.locator("#columns, #problem:not([hidden])").first)
        await look(f"organiser-import-{name}", page)


async def mails(look: Look, page: Page, here: str) -> None:
    """The words of a mail, broken and shown; the links sent; one letter to copy."""
    await page.goto(f"{here}/mail/confirmation")
    await look("organiser-words", page)
    text = page.locator("textarea").first
    await text.fill("Hello {nam},")
    await page.locator("button[value=save]").click()
    await is_told(page)
    await look("organiser-words-refused", page)
    await page.goto(f"{here}/mail/confirmation")
    await page.locator("button[value=preview]").click()
    await seen(page.locator(".mail-plain"))
    await look("organiser-words-shown", page)
    await page.goto(f"{here}/mail")
    await page.locator("button[value=invite]").click()
    await seen(page.locator("[role=status].good"))
    await look("organiser-mail-waiting", page)
    await page.locator(".mail-letters a").first.click()
    await seen(page.locator("#subject"))
    await look("organiser-letter", page)


async def signing_up(look: Look, page: Page, here: str) -> None:
    """A quota that cannot be read."""
    await page.goto(f"{here}/sign-up")
    await page.locator("#quotas").fill("buyers\nstudios: 4")
    await page.locator("button[value=settings]").click()
    await is_told(page)
    await look("organiser-sign-up-refused", page)


async def programs(look: Look, page: Page, here: str) -> None:
    """An address inside the house; one that is taken, with its secret; no format of Sansan's."""
    await page.goto(f"{here}/webhooks")
    for name, address in (("refused", "https://10.0.0.1/x"), ("set", "https://crm.example.org/x")):
        await page.locator("#address").fill(address)
        await page.locator("button[value=set]").click()
        await seen(page.locator("#problem, #secret").first)
        await look(f"organiser-webhooks-{name}", page)
    await page.goto(f"{here}/customers")
    await page.locator("#file").set_input_files(files=[NO_LIST])
    await page.locator("#owner").fill("hanako")
    await page.locator("form", has=page.locator("#owner")).locator("button").click()
    await is_told(page)
    await look("organiser-customers-refused", page)


async def after(stage: Stage, look: Look) -> None:
    """The desk after an evening: report, mail, leads, what was done with people's data."""
    house = stage.house
    await house.opens([], title="Spring tea", doors=False, rounds=[ROUND] * 4)
    page = await signed_in(stage)
    await page.goto(f"{house.url}/desk/{house.event}/report")
    await look("organiser-report-nothing", page)
    await happens(house, await fills(house))
    here = f"{house.url}/desk/{house.event}"
    await house.reads("pairs.csv")
    for name in ("", "report", "mail", "customers", "people"):
        await page.goto(f"{here}/{name}".rstrip("/"))
        await page.evaluate(
            "for (const one of document.querySelectorAll('details')) one.open = true"
        )
        await look(f"organiser-after{'-' if name else ''}{name}", page)
    await page.goto(f"{house.url}/desk")
    await look("organiser-events", page)
