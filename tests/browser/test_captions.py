"""Live captions: asked for, agreed to after it was said where the sound goes, read by who asked."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.coming import comes_by_the_open_link
from tests.browser.conftest import Visitors
from tests.browser.test_pages import is_accessible
from tests.guests import House, quick_round
from tests.server.waiting import wait_until

LISTENER = """
window.listeners = [];
window.SpeechRecognition = window.webkitSpeechRecognition = class {
  constructor() { this.results = []; window.listeners.push(this); }
  start() { this.running = true; }
  abort() { this.running = false; this.onend?.(); }
  stop() { this.abort(); }
  hears(transcript) {
    this.results.push(Object.assign([{ transcript }], { isFinal: true }));
    this.onresult({ resultIndex: this.results.length - 1, results: this.results });
  }
};"""
DEAF = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;"
ROUND = quick_round(seconds=900)


async def sits_down(page: Page, house: House, name: str) -> None:
    """Comes into the lobby."""
    await comes_by_the_open_link(page, house, name)
    await expect(page.get_by_role("main")).to_contain_text(re.compile("Lobby|ロビー"))


async def listens(page: Page, running: bool) -> None:
    """Waits until somebody's recogniser runs, or none does."""

    async def does() -> bool:
        return bool(await page.evaluate("window.listeners.some((one) => one.running)") == running)

    await wait_until(does, f"a recogniser {'runs' if running else 'is silent'}")


@pytest.mark.parametrize(("locale", "dark"), [("en-GB", False), ("ja-JP", True)])
async def test_captions_are_asked_for_agreed_to_and_read(
    talking: House, visitors: Visitors, locale: str, dark: bool
) -> None:
    await talking.opens([], rounds=[ROUND])
    ana, bo = await visitors.page(), await visitors.page(locale=locale, dark=dark)
    await ana.add_init_script(DEAF)
    await bo.add_init_script(LISTENER)
    await sits_down(ana, talking, "Ana")
    await sits_down(bo, talking, "Bo")
    await talking.commands("start-round")

    await ana.get_by_role("button", name="Captions").click()
    await expect(ana.get_by_text("This browser cannot write down speech")).to_be_visible()
    await ana.get_by_role("checkbox", name=re.compile("I would like to read")).check()
    await is_accessible(ana)
    await ana.get_by_role("button", name="Close").click()
    await expect(ana.get_by_text("Your roommates have been asked")).to_be_visible()

    asked = bo.locator(".captions-asked")
    await expect(asked).to_contain_text("Ana")
    assert await bo.evaluate("window.listeners.length") == 0, "nothing listens before a yes"
    await asked.get_by_role("button").first.click()
    where = bo.get_by_text(re.compile("maker's servers|提供元のサーバー"))
    await expect(where).to_be_visible()
    await is_accessible(bo)
    yes = bo.get_by_role("button", name=re.compile("Yes, write down|はい、発言を"))
    await yes.click()
    assert await bo.evaluate("window.listeners.length") == 0, "the microphone is off"
    sound = bo.get_by_role("group", name=re.compile("Sound and picture|音声と映像"))
    await sound.get_by_role("button", name=re.compile("^(Microphone|マイク)")).click()
    await listens(bo, True)
    await bo.evaluate("window.listeners.at(-1).hears('good evening, Ana')")

    log = ana.get_by_role("log", name="What was said")
    await expect(log).to_contain_text("good evening, Ana")
    await expect(log).to_contain_text("Bo")
    await expect(log).to_have_attribute("aria-live", "off")
    await is_accessible(ana)
    await is_accessible(bo)

    await sound.get_by_role("button", name=re.compile("^(Microphone|マイク)")).click()
    await listens(bo, False)
