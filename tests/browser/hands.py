"""Hands on a keyboard, and eyes that look for the focus: no mouse, no touch."""

from __future__ import annotations

import asyncio

from playwright.async_api import Locator, Page, expect

from tests.browser.visitors import SETTLED

MOST_TABS = 120
MOST_LOOKS = 200
LOOK_EVERY_SECONDS = 0.05

FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "nothing has the focus";
  const words = at.getAttribute("aria-label") ?? at.innerText ?? at.name ?? "";
  const name = `${at.tagName} ${at.id} ${words}`.slice(0, 80);
  if (at.tagName === "MAIN") return ""; // the beginning of a view, reached by no Tab
  // What is hidden from the eye (a star, a chip) shows its focus on its label.
  const label = at.closest("label");
  const shown = label ? [label, ...label.querySelectorAll("*")] : [at];
  const ring = shown.some((one) => {
    const style = getComputedStyle(one);
    const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return outline || style.boxShadow !== "none";
  });
  if (!ring) return `no focus is seen on ${name}`;
  const box = (label ?? at).getBoundingClientRect();
  const inside = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.2], [0.5, 0.8]].some(([x, y]) => {
    const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return hit && ((label ?? at).contains(hit) || hit.contains(at));
  });
  return inside ? "" : `the focus is covered or out of sight on ${name}`;
}"""
"""Says what is wrong with where the focus is, or nothing: WCAG 2.4.7 and 2.4.11."""


class Hands:
    """Somebody at a keyboard; each step of the focus has to be seen."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def press(self, *keys: str) -> None:
        """Presses keys, one after another."""
        for key in keys:
            await self._page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Types where the focus is."""
        await self._page.keyboard.type(text)

    async def goes_to(self, what: Locator) -> None:
        """Tabs until the focus is there; at each stop it has to be seen."""
        await expect(what).to_be_attached()
        for _ in range(MOST_TABS):
            if await self.is_at(what):
                return
            await self._page.keyboard.press("Tab")
            await self.sees_the_focus()
        raise AssertionError(f"{MOST_TABS} tabs do not reach {what}")

    async def activates(self, what: Locator, key: str = "Enter") -> None:
        """Tabs there and presses Enter, or Space."""
        await self.goes_to(what)
        await self.press(key)

    async def is_at(self, what: Locator) -> bool:
        """Says whether the focus is there."""
        return bool(await what.evaluate("(one) => one === document.activeElement"))

    async def sees_the_focus(self) -> None:
        """Fails when the focus cannot be seen; past the last stop it is the browser's own."""
        if await self._page.evaluate(FOCUS) == "nothing has the focus":
            await self._page.keyboard.press("Tab")
        wrong = ""
        for _ in range(MOST_LOOKS):  # a skip link slides in
            await self._page.evaluate(SETTLED)
            wrong = await self._page.evaluate(FOCUS)
            if not wrong:
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        raise AssertionError(wrong)
