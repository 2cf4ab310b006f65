"""Bad input and bad luck: names nobody expects, endless messages, what a browser lacks or loses."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.broken import NO_WEBRTC, UNPLUGS_THE_MICROPHONE
from tests.guests import guests, quick_round
from tests.tour.evening import in_the_room
from tests.tour.stage import Look, Stage, gone, seen

LONG = quick_round(
    seconds=3600,
    size=4,
    least=4,
    most=4,
    preview_seconds=20,
    walking_seconds=20,
    break_seconds=3600,
)
ENDLESS = ("Anastasia Wilhelmina " * 10)[:200].strip()
"""As long as a name may be."""

MARKUP = "<img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "\u200fد. ليلى حداد"
WITHOUT_SPACES = "w" * 2_000
PEOPLE: list[dict[str, object]] = [
    {"name": ENDLESS, "interests": "film", "title": ENDLESS},
    {"name": MARKUP, "interests": "film", "title": MARKUP},
    {"name": RIGHT_TO_LEFT, "organisation": "مؤسسة الشاي", "interests": "film; شاي"},
    {"name": "Ana", "interests": "film"},
]
SCRIPT = "<script>alert(document.cookie)</script>"


async def bad_luck(stage: Stage, look: Look) -> None:
    """A room of odd names and messages, a device that goes, somebody of whom nothing comes."""
    house = stage.house
    await house.opens([], title="Spring tea", rounds=[LONG, LONG])
    await house.brings(PEOPLE)
    house.people["Anastasia"] = house.people.pop(ENDLESS)
    page = await stage.phone()
    await page.context.grant_permissions(["camera", "microphone"])
    await stage.comes_in(page, "Ana")
    await stage.heading(page, "Welcome, {name}", name="Ana")
    async with guests(house, "Anastasia", MARKUP, RIGHT_TO_LEFT) as (endless, markup, leila):
        await house.commands("start-round")
        await stage.heading(page, "You are about to meet")
        await look("odd-names-preview", page)
        await in_the_room(page)
        await look("odd-names-first-minute", page)
        await stage.press(page, "Skip")
        await gone(page.locator(".turns"))
        await look("odd-names-room", page)
        await endless.asks("media", microphone=True, camera=False, screen=False)
        await markup.asks("say", text=WITHOUT_SPACES)
        await leila.asks("say", text=SCRIPT)
        await expect(page.locator(".chat-said")).to_have_count(2)
        await page.locator("#chat-text").focus()
        await look("endless-message", page)
        await seen(page.locator(".tile .link-button").first)
        await look("nothing-comes-from-one", page)
        await unplugged(stage, look, page)
        await house.commands("end-round")
        await stage.heading(page, "You just met")
        await look("odd-names-after", page)
        await without_calls(stage, look)


async def unplugged(stage: Stage, look: Look, page: Page) -> None:
    """The microphone is on, and gone."""
    switch = page.locator(".switch-microphone")
    await switch.click()
    await expect(switch).to_have_attribute("aria-pressed", "true")
    await page.evaluate(UNPLUGS_THE_MICROPHONE)
    await seen(page.get_by_role("alert"))
    await look("microphone-unplugged", page)
    await stage.press(page, "Go on without")
    await gone(page.get_by_role("alert"))


async def without_calls(stage: Stage, look: Look) -> None:
    """A browser that cannot carry sound and picture."""
    page = await stage.phone()
    await page.add_init_script(NO_WEBRTC)
    await stage.comes_in(page, RIGHT_TO_LEFT)
    await stage.opens(page, "check")
    await seen(page.locator("main h1"))
    await look("no-calls-check", page)
    await stage.opens(page, "now")
    await stage.house.commands("start-round")
    await in_the_room(page)
    await seen(page.locator(".trouble .attention"))
    await look("no-calls-room", page)
