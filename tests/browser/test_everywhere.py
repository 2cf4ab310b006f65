"""Every page in every state, in both languages and themes: axe finds nothing, nothing overflows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.visitors import Visitors, findings, sticks_out
from tests.guests import House
from tests.tour.scenes import AROUND, LANGUAGES, SCENES, Scene
from tests.tour.stage import Stage

NARROWEST = 320
"""WCAG 1.4.10: what 1,280 pixels are at 400 %."""

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > wide) return "the page";
  const scrolls = (one) => one && (one.scrollWidth > one.clientWidth
    && ["auto", "scroll"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  const all = "a, button, select, textarea, input:not(.visually-hidden-input)";
  const out = [...document.querySelectorAll(all)]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !scrolls(one)
      && !one.closest(".skip, .visually-hidden"))
    .find((one) => one.getBoundingClientRect().right > wide + 1);
  return out ? out.outerHTML.slice(0, 120) : "";
}"""
"""Returns what is wider than the page, or nothing; what lies in a box that scrolls may be."""

Theme = Literal["light", "dark"]
THEMES: Mapping[str, Theme] = {"en": "light", "ja": "dark"}
"""One theme a language, for plain pages: their colours do not change with the words."""


class Faults:
    """What was found, each fault with the states that show it."""

    def __init__(self, themes: Sequence[Theme] = ("light", "dark")) -> None:
        self._themes = themes
        self._found: dict[str, list[str]] = {}

    async def look(self, name: str, page: Page) -> None:
        """Looks at a state in its themes, and at its narrowest."""
        for theme in self._themes:
            await page.emulate_media(color_scheme=theme)
            for fault in await findings(page):
                self._add(fault, f"{name}, {theme}")
        size = page.viewport_size
        assert size is not None
        await page.set_viewport_size(ViewportSize(width=NARROWEST, height=size["height"]))
        if wide := await sticks_out(page, TOO_WIDE):
            self._add(f"wider than {NARROWEST} pixels: {wide}", name)
        await page.set_viewport_size(size)

    def _add(self, fault: str, where: str) -> None:
        self._found.setdefault(fault, []).append(where)

    def report(self) -> str:
        """Returns all faults, or nothing."""
        return "\n".join(f"{fault}\n    in {'; '.join(at)}" for fault, at in self._found.items())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_axe_finds_nothing_and_nothing_overflows(
    house: House, visitors: Visitors, scene: Scene, language: str
) -> None:
    faults = Faults()
    await scene(Stage(house, visitors, language), faults.look)
    assert not faults.report(), faults.report()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", AROUND, ids=lambda scene: scene.__name__)
async def test_the_pages_around_an_evening_are_accessible_and_fit(
    house: House, visitors: Visitors, scene: Scene, language: str
) -> None:
    faults = Faults([THEMES[language]])
    await scene(Stage(house, visitors, language), faults.look)
    assert not faults.report(), faults.report()
