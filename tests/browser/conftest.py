"""One browser for all tests of pages, and visitors who come with an empty one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from tests.browser.chromium import chromium

SECONDS = 10.0


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once."""
    async with chromium() as started:
        yield started


class Visitors:
    """People with a browser of their own; what their pages complain about is kept."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    async def page(self, *, desk: bool = False, locale: str = "en-GB", dark: bool = False) -> Page:
        """Returns an empty page of somebody new: a phone's, or a desk's."""
        context = await self._browser.new_context(
            viewport={"width": 1280, "height": 800} if desk else {"width": 390, "height": 844},
            locale=locale,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(SECONDS * 1000)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("console", self._hears)
        page.on("pageerror", self._breaks)
        return page

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _breaks(self, error: Error) -> None:
        self.complaints.append(str(error))

    async def go(self) -> None:
        """Closes everybody's browser."""
        for context in self._contexts:
            await context.close()


@pytest_asyncio.fixture
async def visitors(browser: Browser) -> AsyncIterator[Visitors]:
    """People with a browser; the test fails when one of their pages complained."""
    came = Visitors(browser)
    yield came
    await came.go()
    assert came.complaints == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs Chromium."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
