"""The organiser's desk in tests: a house, a browser that is signed in at it, and what pages read.

Fixtures: a test file imports `house`, and `desk` where it sits there, and names them in `__all__`.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest_asyncio

from server.redis import Store
from tests.server.callers import Doors, doors
from tests.server.house import KEY


@pytest_asyncio.fixture
async def house(store: Store) -> AsyncIterator[Doors]:
    """A house, and the organiser's program calling."""
    async with doors(store) as house:
        yield house


@pytest_asyncio.fixture
async def desk(house: Doors) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is signed in at the organiser's desk."""
    async with house.browser() as browser:
        await browser.post("/desk", data={"key": KEY})
        yield browser


async def read(browser: httpx.AsyncClient, path: str) -> str:
    """Returns a page's text."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return html.unescape(page.text)
