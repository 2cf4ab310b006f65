"""What a screen reader is given by a page's live region, kept: sentences leave it after seconds."""

from __future__ import annotations

import json

from playwright.async_api import Page

from tests.server.waiting import wait_until

HEARD = """
window.heard = [];
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes) window.heard.push(node.textContent);
}).observe(document.getElementById("announcer"), { childList: true });
"""
"""Keeps what a screen reader would be given by the live region, in order."""


async def heard(page: Page) -> list[str]:
    """Returns the sentences spoken since HEARD was run."""
    found: list[str] = json.loads(await page.evaluate("JSON.stringify(window.heard)"))
    return found


async def hears_once(page: Page, sentence: str) -> None:
    """Waits until a sentence was spoken, and fails when it was spoken more than once."""

    async def spoken() -> bool:
        return sentence in await heard(page)

    await wait_until(spoken, f"{sentence!r} to be spoken")
    assert (await heard(page)).count(sentence) == 1


async def heard_with(page: Page, words: str) -> list[str]:
    """Waits until a sentence with these words was spoken; returns all of them."""
    found: list[str] = []

    async def spoken() -> bool:
        found[:] = [sentence for sentence in await heard(page) if words in sentence]
        return bool(found)

    await wait_until(spoken, f"a sentence with {words!r} to be spoken")
    return found
