"""One browser for all tests of pages, and visitors who come with an empty one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from server.redis import Store
from server.settings import Settings
from tests.browser.chromium import chromium
from tests.browser.visitors import SECONDS, Visitors
from tests.guests import House
from tests.server.house import KEY, a_house

__all__ = ["SECONDS", "Visitors"]


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture
async def visitors(browser: Browser) -> AsyncIterator[Visitors]:
    """People with a browser; the test fails when one of their pages complained."""
    came = Visitors(browser)
    yield came
    await came.go()
    assert came.complaints == []


@pytest_asyncio.fixture
async def silent(store: Store) -> AsyncIterator[House]:
    """A house whose rooms carry neither sound nor picture."""
    async with a_house(store, Settings(organiser_key=KEY, media="none")) as house:
        yield house


@pytest_asyncio.fixture
async def talking(store: Store) -> AsyncIterator[House]:
    """A house whose rooms carry sound and picture."""
    async with a_house(store, Settings(organiser_key=KEY, media="mesh")) as house:
        yield house


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs Chromium."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
