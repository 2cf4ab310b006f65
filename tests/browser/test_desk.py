"""The desk from an empty start to the last export, as somebody organises for the first time: each
page says what comes next. In both languages, in light and in dark; axe at each state that
`test_everywhere` does not come to."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.visitors import Visitors, findings
from tests.guests import House
from tests.server.house import KEY
from tests.tour.scenes import LANGUAGES
from tests.tour.stage import LOCALES, Stage

TITLES = {"en": "Spring tea", "ja": "春のお茶会"}
LISTS = {
    "en": "name,email\nAna,ana@example.com\n=cmd(),bo@example.com\n,x@example.com\n",
    "ja": "氏名,メールアドレス\nAna,ana@example.com\n=cmd(),bo@example.com\n,x@example.com\n",
}
TAKEN = {"pairs.csv", "pairs.xlsx", "network.graphml", "hubspot.csv", "journal.jsonl"}


class Organiser(Stage):
    """Somebody at the desk, who reads its words in their language."""

    page: Page

    async def signs_in(self) -> None:
        """Opens the desk by the link that the server's first start shows."""
        dark = self.language == "ja"
        self.page = await self.visitors.page(locale=LOCALES[self.language], desk=True, dark=dark)
        await self.page.goto(f"{self.house.url}/desk/in/{KEY}")
        await self.press(self.page, "Sign in")

    async def reads(self, msgid: str, **values: str) -> None:
        """Waits until a sentence is on the page."""
        await expect(self.page.get_by_text(self.t(msgid, **values)).first).to_be_visible()

    async def is_at(self, msgid: str) -> None:
        """Waits for a page by its heading."""
        heading = self.page.get_by_role("heading", level=1, name=self.t(msgid), exact=True)
        await expect(heading).to_be_visible()

    def next(self, msgid: str) -> Locator:
        """Returns a link of what the event's page says comes next."""
        region = self.page.get_by_role("region", name=self.t("What comes next"))
        return region.get_by_role("link", name=self.t(msgid), exact=True)

    async def goes_to(self, msgid: str) -> None:
        """Follows a link of the way between the event's pages."""
        ways = self.page.get_by_role("navigation", name=self.t("Pages of this event"))
        await ways.get_by_role("link", name=self.t(msgid), exact=True).click()

    async def looks(self) -> None:
        """Fails with what axe finds."""
        assert await findings(self.page) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_from_an_empty_desk_to_the_last_export(
    house: House, visitors: Visitors, tmp_path: Path, language: str
) -> None:
    dana = Organiser(house, visitors, language)
    await dana.signs_in()
    await dana.is_at("The organiser's desk")
    await dana.looks()
    page = dana.page
    await page.get_by_label(dana.t("Title")).fill(TITLES[language])
    await dana.press(page, "Make the event")
    await dana.is_at(TITLES[language])
    await dana.reads("What comes next")
    await dana.looks()
    await dana.next("Bring people in").click()
    people = tmp_path / "people.csv"
    people.write_text(LISTS[language], encoding="utf-8")
    await page.get_by_label(dana.t("Choose a file, or drag it here")).set_input_files(people)
    await dana.press(page, "Look at it first")
    await expect(page.locator("#preview")).to_be_visible()
    await dana.looks()
    await page.locator("button[value=land]").click()
    await dana.reads(
        "Rows left out, and why. Mend them and bring the same file again: nobody is doubled."
    )
    await dana.looks()
    await page.get_by_role("link", name=dana.t("Back to the event")).click()
    await dana.next("Print cards with their links").click()
    listed = page.get_by_role("region", name=dana.t("The list of people"))
    await expect(listed.get_by_text("=cmd()", exact=True)).to_be_visible()
    await listed.get_by_role("link", name="Ana").click()
    await page.locator("#segment").fill("buyers")
    await dana.press(page, "Save")
    await expect(page.get_by_role("status")).to_be_focused()
    async with page.expect_popup() as popup:
        await dana.press(page, "Print a card with it")
    cards = await popup.value
    code = cards.get_by_alt_text(dana.t("Code that opens the page of {name}", name="Ana"))
    await expect(code).to_be_visible()
    assert await findings(cards) == []
    await cards.close()
    await dana.goes_to("Mail")
    await page.locator("button[value=invite]").click()
    await expect(page.get_by_role("status")).to_be_focused()
    await dana.goes_to("Overview")
    await dana.next("Try the matching").click()
    await dana.press(page, "Try on your list, without saving")
    await expect(page.locator("#outlook")).to_be_visible()
    for name in ("Balance", "Interests", "Report"):
        await dana.goes_to(name)
        await expect(page.locator(".desk-pages [aria-current=page]")).to_have_text(dana.t(name))
    await dana.goes_to("Overview")
    await takes_files_home(dana)


async def takes_files_home(dana: Organiser) -> None:
    """Downloads every other file of the event's page, in one language these, in the other those:
    Chromium starts no more than ten downloads of a page in a burst."""
    files = dana.page.get_by_role("region", name=dana.t("Take it home")).locator("a[download]")
    await expect(files.last).to_have_text("journal.jsonl")
    names = await files.all_inner_texts()
    for number in range(LANGUAGES.index(dana.language), len(names), 2):
        async with dana.page.expect_download() as download:
            await files.nth(number).click()
        file = await download.value
        assert names[number].partition(".")[0] in file.suggested_filename
        assert (await file.path()).stat().st_size > 0 or names[number].endswith("jsonl")
    assert set(names) > TAKEN
