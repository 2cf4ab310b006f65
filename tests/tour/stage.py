"""A stage: a server with an event of its own, a language, and the pages of those who come.

Responsible for what all states need: words of the language, waiting for what is seen, opening and
closing a sheet. Knows no state; those are in `entry.py`, `evening.py` and `hosting.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from server import words
from tests.browser.coming import is_in
from tests.browser.visitors import Visitors
from tests.guests import House

Look = Callable[[str, Page], Awaitable[None]]
"""Called with each state's name and the page that shows it."""

LOCALES = {"en": "en-GB", "ja": "ja-JP"}


class Stage:
    """Where the states of one language are driven."""

    def __init__(self, house: House, visitors: Visitors, language: str) -> None:
        self.house = house
        self.visitors = visitors
        self.language = language
        self._words = words.words(language)

    def t(self, msgid: str, **values: str) -> str:
        """Returns a sentence of the pages in this stage's language."""
        found = self._words.gettext(msgid)
        for name, value in values.items():
            found = found.replace("{" + name + "}", value)
        return found

    async def phone(self, *, user_agent: str | None = None) -> Page:
        """Returns somebody's phone, in this stage's language; `user_agent`: another browser's."""
        locale = LOCALES[self.language]
        return await self.visitors.page(locale=locale, user_agent=user_agent)

    async def desk(self) -> Page:
        """Returns somebody's computer, in this stage's language."""
        return await self.visitors.page(locale=LOCALES[self.language], desk=True)

    def button(self, page: Page, msgid: str, **values: str) -> Locator:
        """Returns the first button with this sentence."""
        return page.get_by_role("button", name=self.t(msgid, **values)).first

    async def press(self, page: Page, msgid: str, **values: str) -> None:
        """Presses the first button with this sentence."""
        await self.button(page, msgid, **values).click()

    async def heading(self, page: Page, msgid: str, **values: str) -> None:
        """Waits until the page's heading reads so."""
        await seen(page.get_by_role("heading", name=self.t(msgid, **values)).first)

    async def opens(self, page: Page, hash: str) -> None:
        """Goes to another page of the app, as its links do."""
        await page.evaluate("(hash) => { location.hash = hash }", hash)

    async def comes_in(self, page: Page, name: str) -> None:
        """Opens somebody's own link, agrees where it asks, comes in."""
        await page.goto(self.house.people[name].url)
        agree = page.locator("input[name=agree]")
        if await agree.count():
            await agree.check()
        await page.locator("main form button[type=submit]").last.click()
        await page.wait_for_url(f"**/e/{self.house.event}")
        await is_in(page)

    async def sheet(self, page: Page, look: Look, name: str, opener: Locator) -> None:
        """Opens a sheet, looks at it, closes it."""
        await opener.click()
        await seen(page.locator("dialog[open]"))
        await look(name, page)
        await page.keyboard.press("Escape")
        await gone(page.locator("dialog[open]"))


async def seen(what: Locator) -> None:
    """Waits until something is on the page for the eye."""
    await expect(what).to_be_visible()


async def gone(what: Locator) -> None:
    """Waits until something is no longer on the page."""
    await expect(what).to_have_count(0)
